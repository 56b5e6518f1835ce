/// When a message that was not taken is tried again.
public struct RetrySchedule: Sendable {
  /// The wait after the first, second, … try; after the last one the message is given up.
  public var delays: [Duration]

  /// The part of a wait that chance adds, so that many messages do not come back at once.
  public var jitter: Double

  /// Sets a schedule.
  public init(delays: [Duration], jitter: Double = 0.1) {
    self.delays = delays
    self.jitter = jitter
  }

  /// The longest wait of all, with all that chance may add.
  public var longest: Duration { (delays.max() ?? .zero) * (1 + jitter) }

  /// The schedule that Standard Webhooks 1.0 gives: ten tries in a little over three days.
  public static var standard: RetrySchedule {
    RetrySchedule(delays: [
      .seconds(5), .seconds(300), .seconds(1800), .seconds(7200), .seconds(18_000),
      .seconds(36_000), .seconds(50_400), .seconds(72_000), .seconds(86_400),
    ])
  }

  /// The wait after a number of failed tries, or nil when the message is to be given up.
  ///
  /// - Parameters:
  ///   - tries: the tries made, the failed one included; from 1.
  ///   - retryAfter: what the receiver asks for; it can lengthen the wait up to the longest of the schedule, and never
  ///     shortens it: what lies further ahead was put off by a clock that ran ahead.
  ///   - random: a number from 0 up to, but without, 1.
  public func wait(afterTries tries: Int, retryAfter: Duration?, random: Double) -> Duration? {
    guard tries >= 1, tries <= delays.count else { return nil }
    let delay = delays[tries - 1]
    return max(delay + delay * (jitter * random), min(retryAfter ?? .zero, longest))
  }
}
