/// Answers whether some sign-in of a residual policy has one of the wanted outcomes.
protocol SignInSearch {
  /// A partial sign-in inside `start` of which every possible completion has an outcome in `wanted`; nil: no sign-in has.
  mutating func find(
    _ wanted: UInt8, in start: EscapeSearch.Partial
  ) throws(BudgetExceeded) -> EscapeSearch.Partial?

  /// What questions may cost.
  var meter: WorkMeter { get set }
}

/// Exact search over the sign-ins of a residual policy, for policies of which no diagram stays small.
///
/// A partial sign-in is the set of values each variable may still have. Judging it gives every outcome still possible
/// (at most too many, never too few); the search splits on a variable that still matters until the outcome is certain.
struct EscapeSearch: SignInSearch {
  /// The values each variable may still have.
  typealias Partial = [UInt64]

  let policy: ResidualPolicy
  /// What the search may cost; each condition and demand that is looked at counts.
  var meter: WorkMeter
  /// From here on variables stay open: what is found holds whatever they are.
  private let splitEnd: Int

  /// What was seen on the way through a policy.
  private struct Look {
    /// The first variable that still matters, and some of its values.
    var split: (variable: Int, mask: UInt64)?
    var work = 0
  }

  init(_ policy: ResidualPolicy, _ meter: WorkMeter, splittingBelow end: Int = .max) {
    self.policy = policy
    self.meter = meter
    splitEnd = end
  }

  /// A partial sign-in inside `start` of which every completion has an outcome in `wanted`; nil: no sign-in has.
  ///
  /// Where some variables stay open, nil says only that none was found that holds for all they may be.
  mutating func find(_ wanted: UInt8, in start: Partial) throws(BudgetExceeded) -> Partial? {
    var look = Look()
    let certain = judge(wanted, start, &look)
    try meter.spend(look.work)
    if let certain { return certain ? start : nil }
    guard let split = look.split else { return splitEnd == .max ? start : nil }
    for mask in [split.mask, ~split.mask] {
      var half = start
      half[split.variable] &= mask
      if half[split.variable] == 0 { continue }
      if let found = try find(wanted, in: half) { return found }
    }
    return nil
  }

  /// Whether every completion is a sign-in with a wanted outcome (true), none is (false), or that cannot be said (nil).
  private func judge(_ wanted: UInt8, _ partial: Partial, _ look: inout Look) -> Bool? {
    var axiomsHold = true
    for axiom in policy.axioms {
      switch holds(axiom, partial, &look) {
      case .some(false): return false
      case .some(true): continue
      case .none: axiomsHold = false
      }
    }
    let possible = outcomes(policy.root, partial, &look)
    if possible & wanted == 0 { return false }
    return axiomsHold && possible & ~wanted == 0 ? true : nil
  }

  /// Whether a condition holds in every completion (true), in none (false), or cannot be said (nil).
  private func holds(
    _ formula: ResidualPolicy.Formula, _ partial: Partial, _ look: inout Look
  ) -> Bool? {
    look.work += 1
    switch formula {
    case .constant(let value): return value
    case .variable(let index, let mask):
      let left = partial[index]
      if left & mask == 0 { return false }
      if left & ~mask == 0 { return true }
      if look.split == nil, index < splitEnd { look.split = (index, mask) }
      return nil
    case .not(let inner): return holds(inner, partial, &look).map { !$0 }
    case .all(let parts): return connect(parts, partial, &look, neutral: true)
    case .any(let parts): return connect(parts, partial, &look, neutral: false)
    }
  }

  private func connect(
    _ parts: [ResidualPolicy.Formula], _ partial: Partial, _ look: inout Look, neutral: Bool
  ) -> Bool? {
    let before = look.split
    var isOpen = false
    for part in parts {
      switch holds(part, partial, &look) {
      case .some(let value) where value != neutral:
        look.split = before
        return !neutral
      case .some: continue
      case .none: isOpen = true
      }
    }
    return isOpen ? nil : neutral
  }

  /// The outcomes still possible, as bits of ``Outcome``.
  private func outcomes(
    _ tree: ResidualPolicy.Tree, _ partial: Partial, _ look: inout Look
  ) -> UInt8 {
    look.work += 1
    switch tree {
    case .leaf(let outcome, _): return outcome.bit
    case .open(let variable, _):
      let left = partial[variable]
      if look.split == nil, variable < splitEnd, left & (left - 1) != 0 {
        look.split = (variable, left & ~(left - 1))
      }
      return Outcome.ofOpenDemand(left)
    case .firstMatch(let branches, let otherwise):
      var possible: UInt8 = 0
      for (condition, branch) in branches {
        switch holds(condition, partial, &look) {
        case .some(false): continue
        case .some(true): return possible | outcomes(branch, partial, &look)
        case .none: possible |= outcomes(branch, partial, &look)
        }
      }
      return possible | outcomes(otherwise, partial, &look)
    case .all(let parts):
      return parts.reduce(Outcome.single.bit) {
        OutcomeTable.all(($0, outcomes($1, partial, &look)))
      }
    case .any(let parts):
      return parts.reduce(Outcome.nothing.bit) {
        OutcomeTable.any(($0, outcomes($1, partial, &look)))
      }
    }
  }
}
