public import IdentityCore

/// What one delivery did, channel by channel.
public struct DeliverySummary: Sendable {
  /// A message that was not taken.
  public struct Failure: Sendable {
    /// The message, as it was before the try.
    public let message: AlertMessage
    /// What went wrong.
    public let error: AlertError
    /// When it is tried again; nil when it was given up.
    public let next: Timestamp?
  }

  /// What happened on one channel.
  public struct Channel: Sendable {
    /// The name of the channel.
    public let name: String
    /// Messages that the receiver took.
    public var delivered = 0
    /// Messages with nothing above the channel's floor, marked as delivered and not sent.
    public var skipped = 0
    /// Messages that were not taken, in order; one that was tried twice stands here twice.
    public var failures: [Failure] = []
    /// What people should know about messages that were taken.
    public var warnings: [String] = []
    /// Whether the time was over, or the task cancelled, before everything due was tried.
    public var isCutShort = false
    /// Why the outbox could not be read or written; the rest of the channel stays due.
    public var outboxError: AlertError?

    init(name: String) { self.name = name }
  }

  /// The channels, in the order they were given.
  public var channels: [Channel]

  /// Messages that receivers took.
  public var delivered: Int { channels.reduce(0) { $0 + $1.delivered } }

  /// Messages given up, which stay as failed.
  public var givenUp: Int {
    channels.reduce(0) { $0 + $1.failures.filter { $0.next == nil }.count }
  }

  /// Whether everything that was due has been taken.
  public var isComplete: Bool {
    channels.allSatisfy { $0.failures.isEmpty && !$0.isCutShort && $0.outboxError == nil }
  }
}
