internal import Synchronization

/// What all retries of a source may cost together.
final class RetryBudget: Sendable {
  private struct State {
    var retries: Int
    var wait: Duration
  }

  private let state: Mutex<State>

  init(_ policy: RetryPolicy) {
    state = Mutex(State(retries: policy.totalRetries, wait: policy.totalBudget))
  }

  /// Takes one retry and its wait out of the budget.
  ///
  /// - Returns: false when there is not enough left; nothing is taken then.
  func spend(_ wait: Duration) -> Bool {
    state.withLock { state in
      guard state.retries > 0, wait <= state.wait else { return false }
      state.retries -= 1
      state.wait -= wait
      return true
    }
  }
}
