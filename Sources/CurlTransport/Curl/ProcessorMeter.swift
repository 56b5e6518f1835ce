internal import Foundation

/// The processor time of the loop thread, lap by lap: what lies between two looks is what one transfer took.
///
/// Loop thread only.
final class ProcessorMeter {
  private var last: Duration = .zero

  /// Begins a lap.
  func restart() { last = Self.now }

  /// The processor time since the lap began; the next one begins.
  func lap() -> Duration {
    let now = Self.now
    defer { last = now }
    return now - last
  }

  private static var now: Duration {
    var time = timespec()
    guard clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0 else { return .zero }
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
