public import CurlTransport

/// Why an alert could not be handed over, or a channel could not be set up.
///
/// Neither its text nor its parts hold a secret, a path of a webhook or the words of a receiver.
public struct AlertError: Error, Sendable {
  /// What went wrong; tests, listings and exit codes rely on these names.
  public enum Code: String, Sendable, CaseIterable {
    /// A setting of the channel is wrong; nothing was sent.
    case configuration
    /// Nobody is to receive the message.
    case noRecipients = "no-recipients"
    /// No connection, no trusted connection, or no answer in time.
    case unreachable
    /// The receiver says "not now": 408, 425, 429, 5xx, or 4xx of a mail server.
    case busy
    /// The receiver refuses us: wrong address, wrong credentials, a redirect.
    case denied
    /// The receiver refuses this one message or its recipients; others may pass.
    case rejected
    /// The receiver wants nothing more: 410.
    case gone
    /// The task was cancelled or its time was over; the message may or may not have arrived.
    case cancelled
    /// The outbox could not be read or written.
    case outbox
  }

  /// What went wrong.
  public let code: Code

  /// The name of the channel.
  public let channel: String

  /// The status of HTTP or SMTP, when there was one.
  public let status: Int?

  /// What failed and what to do, in one or two sentences.
  public let detail: String

  /// How long the receiver asks us to wait.
  public let retryAfter: Duration?

  /// The failure underneath, when the transport reported one.
  public let cause: TransportError?

  /// Describes a failure.
  public init(
    _ code: Code, channel: String, status: Int? = nil, detail: String,
    retryAfter: Duration? = nil, cause: TransportError? = nil
  ) {
    self.code = code
    self.channel = channel
    self.status = status
    self.detail = detail
    self.retryAfter = retryAfter
    self.cause = cause
  }

  /// Whether the next message on the same channel may pass all the same.
  public var concernsOneMessage: Bool { code == .rejected || code == .noRecipients }

  /// Whether another try is pointless until a person mends something.
  public var isFinal: Bool { code == .gone }
}

extension AlertError: CustomStringConvertible {
  /// One line: channel, what failed, status, code.
  public var description: String {
    "\(channel): \(detail) [\(code.rawValue)\(status.map { " \($0)" } ?? "")]"
  }
}
