public import CurlTransport
internal import IdentityCore
public import Logging

/// Brings what is due in the outbox to the channels: each in order, all at the same time, at least once.
public struct AlertDispatcher: Sendable {
  /// How patiently, and for how long, is delivered.
  public struct Options: Sendable {
    /// When a message that was not taken is tried again.
    public var schedule: RetrySchedule
    /// How long one delivery may take altogether; what is under way then is cancelled and stays due.
    public var deadline: Duration
    /// The longest wait for the next try that is sat out at once instead of being left to the next delivery.
    public var patience: Duration
    /// How many messages are asked for at a time.
    public var batch: Int

    /// Sets the options.
    public init(
      schedule: RetrySchedule = .standard, deadline: Duration = .seconds(120),
      patience: Duration = .seconds(10), batch: Int = 50
    ) {
      self.schedule = schedule
      self.deadline = deadline
      self.patience = patience
      self.batch = batch
    }
  }

  private let channels: [any AlertChannel]
  private let outbox: any Outbox
  private let options: Options
  private let clock: TransportClock
  private let logger: Logger

  /// Makes a dispatcher; channels have different names.
  public init(
    channels: [any AlertChannel], outbox: any Outbox, options: Options = Options(),
    clock: TransportClock = .system, logger: Logger
  ) {
    self.channels = channels
    self.outbox = outbox
    self.options = options
    self.clock = clock
    self.logger = logger
  }

  /// Delivers everything that is due, and tells what came of it.
  ///
  /// A channel that cannot be reached is left alone after the first message that shows it; one that answers
  /// 410 is asked nothing more, and what is due on it is given up. Messages of channels that are not among
  /// those given are not touched.
  public func dispatch() async -> DeliverySummary {
    let end = clock.uptime() + options.deadline
    return await withTaskGroup(of: (Int, DeliverySummary.Channel).self) { group in
      for (index, channel) in channels.enumerated() {
        group.addTask {
          let delivery = ChannelDelivery(
            channel: channel, outbox: outbox, options: options, clock: clock, logger: logger,
            end: end)
          return (index, await delivery.run())
        }
      }
      var results: [(Int, DeliverySummary.Channel)] = []
      for await result in group { results.append(result) }
      return DeliverySummary(channels: results.sorted { $0.0 < $1.0 }.map(\.1))
    }
  }
}
