public import Foundation

/// Time, sleep and chance, so that tests neither wait nor throw dice.
public struct TransportClock: Sendable {
  /// The time of day.
  public var now: @Sendable () -> Date

  /// Time that never runs backwards, since some moment.
  public var uptime: @Sendable () -> Duration

  /// Waits, or throws when the task is cancelled.
  public var sleep: @Sendable (Duration) async throws -> Void

  /// A number from 0 up to, but without, 1.
  public var random: @Sendable () -> Double

  /// Puts a clock together.
  public init(
    now: @escaping @Sendable () -> Date, uptime: @escaping @Sendable () -> Duration,
    sleep: @escaping @Sendable (Duration) async throws -> Void,
    random: @escaping @Sendable () -> Double
  ) {
    self.now = now
    self.uptime = uptime
    self.sleep = sleep
    self.random = random
  }

  /// The clock of the machine.
  public static var system: TransportClock {
    let start = ContinuousClock.now
    return TransportClock(
      now: { Date() }, uptime: { ContinuousClock.now - start },
      sleep: { try await Task.sleep(for: $0) }, random: { Double.random(in: 0..<1) })
  }

  /// A wait drawn evenly from zero to the bound.
  func jitter(upTo bound: Duration) -> Duration { bound * random() }
}
