internal import Synchronization

/// How much longer the requests of a source may take, by its own deadline and by that of its transport.
final class TimeBudget: Sendable {
  /// What is left, and the deadline that says so.
  struct Left: Sendable {
    var duration: Duration
    var deadline: Deadline

    /// Whether nothing is left that a request could be made in.
    var isOver: Bool { duration <= .zero }
  }

  private struct State {
    /// How many requests are under way.
    var running = 0
    /// Since when any of them is.
    var since: Duration = .zero
    /// For how long requests were under way before.
    var used: Duration = .zero
  }

  private let own: Deadline?
  private let shared: Deadline?
  /// When the shared one began, by `clock`.
  private let start: Duration
  private let clock: TransportClock
  private let state = Mutex(State())

  init(own: Deadline?, shared: Deadline?, start: Duration, clock: TransportClock) {
    self.own = own
    self.shared = shared
    self.start = start
    self.clock = clock
  }

  /// Notes that a request begins; each has its ``end()``.
  func begin() {
    let now = clock.uptime()
    state.withLock { state in
      if state.running == 0 { state.since = now }
      state.running += 1
    }
  }

  /// Notes that a request has its answer.
  func end() {
    let now = clock.uptime()
    state.withLock { state in
      state.running -= 1
      if state.running == 0 { state.used += now - state.since }
    }
  }

  /// What is left now by whichever ends first; nil without any deadline.
  var left: Left? {
    let now = clock.uptime()
    let used = state.withLock { $0.used + ($0.running > 0 ? now - $0.since : .zero) }
    let all =
      [own.map { Left(duration: $0.duration - used, deadline: $0) }]
      + [shared.map { Left(duration: $0.duration - (now - start), deadline: $0) }]
    return all.compactMap(\.self).min { $0.duration < $1.duration }
  }
}
