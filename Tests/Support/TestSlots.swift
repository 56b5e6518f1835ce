import Foundation
import Synchronization

/// Bounds how many tests hold servers at once.
///
/// Each server of FlyingFox keeps a thread of libdispatch waiting for its sockets, and libdispatch has 255 of
/// them: when every test of the suite starts its servers at the same time, nothing can run any more, not even
/// the tests that would end theirs. So whatever starts servers for one test runs inside ``run(_:)``.
public enum TestSlots {
  /// How many tests may hold servers: plenty to keep all cores busy, far from the 255.
  public static let width = max(8, 4 * ProcessInfo.processInfo.activeProcessorCount)

  @TaskLocal private static var isInside = false
  private static let gate: Gate = {
    raiseOpenFiles()
    return Gate(free: width)
  }()

  /// Raises the number of open files to what is allowed: each server of FlyingFox leaves a descriptor behind.
  private static func raiseOpenFiles() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  /// Runs the body when a slot is free, first come, first served; a call inside another needs none.
  public static func run<R>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> R
  ) async rethrows -> R {
    if isInside { return try await body() }
    await gate.enter()
    defer { gate.leave() }
    return try await $isInside.withValue(true) { try await body() }
  }

  private final class Gate: Sendable {
    private struct State {
      var free: Int
      var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(free: Int) { state = Mutex(State(free: free)) }

    func enter() async {
      await withCheckedContinuation { continuation in
        let isFree = state.withLock { state in
          if state.free > 0 {
            state.free -= 1
            return true
          }
          state.waiting.append(continuation)
          return false
        }
        if isFree { continuation.resume() }
      }
    }

    func leave() {
      let next: CheckedContinuation<Void, Never>? = state.withLock { state in
        guard !state.waiting.isEmpty else {
          state.free += 1
          return nil
        }
        return state.waiting.removeFirst()
      }
      next?.resume()
    }
  }
}
