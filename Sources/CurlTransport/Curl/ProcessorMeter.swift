internal import Foundation
internal import Synchronization

/// The processor time of the loop thread, lap by lap: what lies between two looks is what one transfer took.
///
/// The loop thread begins and ends the laps; any thread may ask how long the present one lasts.
final class ProcessorMeter: Sendable {
  /// Where the lap began, in nanoseconds of the thread's processor time; `Int64.max` between two laps.
  private let beginning = Atomic<Int64>(.max)
  private let clock = Atomic<clockid_t>(CLOCK_THREAD_CPUTIME_ID)

  /// Measures the thread that calls.
  func attach() {
    var id = clockid_t()
    guard pthread_getcpuclockid(pthread_self(), &id) == 0 else { return }
    clock.store(id, ordering: .releasing)
  }

  /// Begins a lap.
  func restart() { beginning.store(now, ordering: .releasing) }

  /// Ends the lap; the time until the next one belongs to nobody.
  func stop() { beginning.store(.max, ordering: .releasing) }

  /// The processor time since the lap began; the next one begins.
  func lap() -> Duration {
    let start = beginning.load(ordering: .acquiring)
    guard start != .max else { return .zero }
    let end = now
    beginning.store(end, ordering: .releasing)
    return .nanoseconds(end - start)
  }

  /// How much processor time the present lap took until now, seen from any thread; zero between two laps.
  var present: Duration {
    let start = beginning.load(ordering: .acquiring)
    return start == .max ? .zero : .nanoseconds(max(0, now - start))
  }

  private var now: Int64 {
    var time = timespec()
    guard clock_gettime(clock.load(ordering: .acquiring), &time) == 0 else { return 0 }
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
