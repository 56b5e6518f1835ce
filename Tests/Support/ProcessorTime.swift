import Foundation

/// Time that the calling thread spent on a processor: what a bound on work is measured by, whatever else the machine does.
public enum ProcessorTime {
  /// Runs a body that does not wait, and says what it cost.
  public static func measure(_ body: () throws -> Void) rethrows -> Duration {
    let start = now
    try body()
    return now - start
  }

  private static var now: Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
