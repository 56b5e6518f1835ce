/// Exact search over the sign-ins of a residual policy.
///
/// A partial sign-in is the set of values each variable may still have. Judging it gives every outcome still possible
/// (at most too many, never too few); the search splits on a variable that still matters until the outcome is certain.
struct EscapeSearch {
  /// The values each variable may still have.
  typealias Partial = [UInt64]

  let policy: ResidualPolicy
  /// How many partial sign-ins were judged.
  private(set) var steps = 0
  /// More steps than this end the search; a caller then knows nothing.
  let budget: Int
  /// From here on variables stay open: what is found holds whatever they are.
  private let splitEnd: Int

  init(_ policy: ResidualPolicy, budget: Int = 4_000_000, splittingBelow end: Int = .max) {
    self.policy = policy
    self.budget = budget
    splitEnd = end
  }

  struct BudgetExceeded: Error {}

  /// A partial sign-in inside `start` of which every completion has an outcome in `wanted`; nil: no sign-in has.
  ///
  /// Where some variables stay open, nil says only that none was found that holds for all they may be.
  mutating func find(_ wanted: UInt8, in start: Partial) throws -> Partial? {
    steps += 1
    if steps > budget { throw BudgetExceeded() }
    var split: (variable: Int, mask: UInt64)?
    var axiomsHold = true
    for axiom in policy.axioms {
      switch judge(axiom, start, &split) {
      case .some(false): return nil
      case .some(true): continue
      case .none: axiomsHold = false
      }
    }
    let possible = outcomes(policy.root, start, &split)
    if possible & wanted == 0 { return nil }
    if axiomsHold && possible & ~wanted == 0 { return start }
    guard let split else { return splitEnd == .max ? start : nil }
    for mask in [split.mask, ~split.mask] {
      var half = start
      half[split.variable] &= mask
      if half[split.variable] == 0 { continue }
      if let found = try find(wanted, in: half) { return found }
    }
    return nil
  }

  /// Whether a condition holds in every completion (true), in none (false), or cannot be said (nil).
  private func judge(
    _ formula: ResidualPolicy.Formula, _ partial: Partial,
    _ split: inout (variable: Int, mask: UInt64)?
  ) -> Bool? {
    switch formula {
    case .constant(let value): return value
    case .variable(let index, let mask):
      let left = partial[index]
      if left & mask == 0 { return false }
      if left & ~mask == 0 { return true }
      if split == nil, index < splitEnd { split = (index, mask) }
      return nil
    case .not(let inner): return judge(inner, partial, &split).map { !$0 }
    case .all(let parts): return connect(parts, partial, &split, neutral: true)
    case .any(let parts): return connect(parts, partial, &split, neutral: false)
    }
  }

  private func connect(
    _ parts: [ResidualPolicy.Formula], _ partial: Partial,
    _ split: inout (variable: Int, mask: UInt64)?, neutral: Bool
  ) -> Bool? {
    let before = split
    var isOpen = false
    for part in parts {
      switch judge(part, partial, &split) {
      case .some(let value) where value != neutral:
        split = before
        return !neutral
      case .some: continue
      case .none: isOpen = true
      }
    }
    return isOpen ? nil : neutral
  }

  /// The outcomes still possible, as bits of ``Outcome``.
  private func outcomes(
    _ tree: ResidualPolicy.Tree, _ partial: Partial, _ split: inout (variable: Int, mask: UInt64)?
  ) -> UInt8 {
    switch tree {
    case .leaf(let outcome, _): return outcome.bit
    case .open(let variable):
      let left = partial[variable]
      if split == nil, variable < splitEnd, left & (left - 1) != 0 {
        split = (variable, left & ~(left - 1))
      }
      return UInt8(left)
    case .firstMatch(let branches, let otherwise):
      var possible: UInt8 = 0
      for (condition, branch) in branches {
        switch judge(condition, partial, &split) {
        case .some(false): continue
        case .some(true): return possible | outcomes(branch, partial, &split)
        case .none: possible |= outcomes(branch, partial, &split)
        }
      }
      return possible | outcomes(otherwise, partial, &split)
    case .all(let parts):
      return parts.reduce(Outcome.single.bit) {
        OutcomeTable.all(($0, outcomes($1, partial, &split)))
      }
    case .any(let parts):
      return parts.reduce(Outcome.refused.bit) {
        OutcomeTable.any(($0, outcomes($1, partial, &split)))
      }
    }
  }
}

/// How sets of outcomes combine, for every pair of sets.
enum OutcomeTable {
  /// All parts are to be passed: a refusal refuses, two factors anywhere are two factors.
  static func all(_ sets: (UInt8, UInt8)) -> UInt8 { allTable[Int(sets.0) << 3 | Int(sets.1)] }
  /// The person chooses: the weakest that lets in.
  static func any(_ sets: (UInt8, UInt8)) -> UInt8 { anyTable[Int(sets.0) << 3 | Int(sets.1)] }

  private static let allTable = table { a, b in
    if a == .refused || b == .refused { return .refused }
    return a == .multi || b == .multi ? .multi : .single
  }

  private static let anyTable = table { a, b in
    if a == .refused { return b }
    if b == .refused { return a }
    return a == .single || b == .single ? .single : .multi
  }

  private static func table(_ combine: (Outcome, Outcome) -> Outcome) -> [UInt8] {
    (0..<64).map { index in
      var result: UInt8 = 0
      for a in Outcome.allCases where index >> 3 & Int(a.bit) != 0 {
        for b in Outcome.allCases where index & Int(b.bit) != 0 { result |= combine(a, b).bit }
      }
      return result
    }
  }
}
