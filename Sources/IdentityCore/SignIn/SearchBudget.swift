internal import Synchronization

/// Thrown by a search that would not end in reasonable time.
struct BudgetExceeded: Error {}

/// The work that one model may cost beyond what is free, whoever is judged by it.
///
/// Shared by all who are judged, so that tangled policies cost a run a bounded time, not one for each person.
final class SearchBudget: Sendable {
  private let amount: Mutex<Int>

  init(_ amount: Int) { self.amount = Mutex(amount) }

  /// What is left.
  var left: Int { amount.withLock { $0 } }

  /// Takes a portion; fewer at the end, none when nothing is left.
  func take(_ portion: Int) -> Int {
    amount.withLock { left in
      let taken = min(portion, left)
      left -= taken
      return taken
    }
  }
}

/// Counts the work of one search against what it may cost.
struct WorkMeter {
  /// What may still be done without asking the reserve.
  private var free: Int
  /// What may be taken from the reserve.
  private var allowance: Int
  private let reserve: SearchBudget?

  private static let portion = 4096

  /// A meter that allows `free` work, then up to `allowance` of a shared reserve.
  init(free: Int, then allowance: Int = 0, from reserve: SearchBudget? = nil) {
    self.free = free
    self.allowance = reserve == nil ? 0 : allowance
    self.reserve = reserve
  }

  /// Counts work done.
  mutating func spend(_ work: Int = 1) throws(BudgetExceeded) {
    free -= work
    while free < 0 {
      let more = reserve?.take(min(Self.portion, allowance)) ?? 0
      if more == 0 { throw BudgetExceeded() }
      allowance -= more
      free += more
    }
  }
}
