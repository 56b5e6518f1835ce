internal import Synchronization

/// Lets a number of requests through at once, in the order in which they came.
///
/// The number can be lowered when the vendor complains and grows back with success.
final class ConcurrencyGate: Sendable {
  private struct Waiter {
    let id: UInt64
    let continuation: CheckedContinuation<Bool, Never>
  }

  private struct State {
    var limit: Int
    var inUse = 0
    var waiters: [Waiter] = []
    var nextID: UInt64 = 0
    var successes = 0
  }

  /// How many replies without complaint let one request more through.
  private static let successesPerStep = 20

  private let most: Int
  private let state: Mutex<State>

  init(limit: Int) {
    most = max(1, limit)
    state = Mutex(State(limit: max(1, limit)))
  }

  /// How many requests run or wait.
  var demand: Int { state.withLock { $0.inUse + $0.waiters.count } }

  /// How many requests may run at once now.
  var limit: Int { state.withLock { $0.limit } }

  /// Waits for a place.
  ///
  /// - Returns: false when the task was cancelled while it waited; there is then no place to give back.
  func enter() async -> Bool {
    let id: UInt64? = state.withLock { state in
      if state.inUse < state.limit, state.waiters.isEmpty {
        state.inUse += 1
        return nil
      }
      state.nextID += 1
      return state.nextID
    }
    guard let id else { return true }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer: Bool? = state.withLock { state in
          if Task.isCancelled { return false }
          if state.inUse < state.limit, state.waiters.isEmpty {
            state.inUse += 1
            return true
          }
          state.waiters.append(Waiter(id: id, continuation: continuation))
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
      }
      waiter?.continuation.resume(returning: false)
    }
  }

  /// Gives a place back.
  func leave() {
    let admitted = state.withLock { state in
      state.inUse -= 1
      return Self.admit(&state)
    }
    for waiter in admitted { waiter.continuation.resume(returning: true) }
  }

  /// Lets only half as many through from now on.
  func narrow() {
    state.withLock { state in
      state.limit = max(1, state.limit / 2)
      state.successes = 0
    }
  }

  /// Notes a reply without complaint.
  func widen() {
    let admitted: [Waiter] = state.withLock { state in
      guard state.limit < most else { return [] }
      state.successes += 1
      guard state.successes >= Self.successesPerStep else { return [] }
      state.successes = 0
      state.limit += 1
      return Self.admit(&state)
    }
    for waiter in admitted { waiter.continuation.resume(returning: true) }
  }

  private static func admit(_ state: inout State) -> [Waiter] {
    let free = min(state.limit - state.inUse, state.waiters.count)
    guard free > 0 else { return [] }
    let admitted = Array(state.waiters.prefix(free))
    state.waiters.removeFirst(free)
    state.inUse += free
    return admitted
  }
}
