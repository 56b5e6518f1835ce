/// The fewest facts of a sign-in that make one factor enough, whatever else the sign-in is like.
struct SmallestWitness {
  private let policy: ResidualPolicy
  private let world: EscapeSearch.Partial
  private let variables: [Int]
  private var search: EscapeSearch

  /// The search for a smaller witness than one that cannot be shortened goes so far, and no further.
  private static let budget = 60_000

  init(_ policy: ResidualPolicy, world: EscapeSearch.Partial, variables: [Int]) {
    self.policy = policy
    self.world = world
    self.variables = variables.filter { world[$0] & (world[$0] - 1) != 0 }
    search = EscapeSearch(policy)
  }

  /// Variables with one value each, sorted by variable; empty when every sign-in of this world escapes.
  mutating func find() throws -> [(variable: Int, value: Int)] {
    let short = try shortened()
    search = EscapeSearch(policy, budget: Self.budget)
    defer { search = EscapeSearch(policy) }
    do {
      for size in 0..<short.count {
        if let found = try extend(world, from: 0, by: size) { return facts(of: found) }
      }
    } catch is EscapeSearch.BudgetExceeded {
      return short
    }
    return short
  }

  /// `partial` with `count` more variables from `start` on fixed, so that every sign-in left escapes.
  private mutating func extend(
    _ partial: EscapeSearch.Partial, from start: Int, by count: Int
  ) throws -> EscapeSearch.Partial? {
    if count == 0 { return try alwaysEscapes(partial) ? partial : nil }
    // Nothing escapes inside: no need to look closer.
    if try search.find(Outcome.single.bit, in: partial) == nil { return nil }
    for index in start..<max(start, variables.count - count + 1) {
      var narrower = partial
      for value in Self.values(partial[variables[index]]) {
        narrower[variables[index]] = 1 << UInt64(value)
        if let found = try extend(narrower, from: index + 1, by: count - 1) { return found }
      }
    }
    return nil
  }

  private mutating func alwaysEscapes(_ partial: EscapeSearch.Partial) throws -> Bool {
    let other = Outcome.refused.bit | Outcome.multi.bit
    guard try search.find(Outcome.single.bit, in: partial) != nil else { return false }
    return try search.find(other, in: partial) == nil
  }

  /// A witness of which no fact can be left out; not always the smallest.
  private mutating func shortened() throws -> [(variable: Int, value: Int)] {
    guard var partial = try completed(world) else { return [] }
    for variable in variables {
      let value = partial[variable]
      partial[variable] = world[variable]
      if try !alwaysEscapes(partial) { partial[variable] = value }
    }
    return facts(of: partial)
  }

  /// The rules that decide the sign-in of a witness, those that ask for one factor only.
  mutating func rules(of facts: [(variable: Int, value: Int)]) throws -> [RuleReference.ID] {
    var partial = world
    for fact in facts { partial[fact.variable] = 1 << UInt64(fact.value) }
    guard let complete = try completed(partial) else { return [] }
    var rules: [RuleReference.ID] = []
    _ = trace(policy.root, complete, &rules)
    return rules
  }

  /// One concrete sign-in that escapes: every variable with one value.
  private mutating func completed(_ start: EscapeSearch.Partial) throws -> EscapeSearch.Partial? {
    guard try search.find(Outcome.single.bit, in: start) != nil else { return nil }
    var partial = start
    for variable in partial.indices {
      for value in Self.values(partial[variable]) {
        var narrower = partial
        narrower[variable] = 1 << UInt64(value)
        if try search.find(Outcome.single.bit, in: narrower) != nil {
          partial = narrower
          break
        }
      }
    }
    return partial
  }

  private func trace(
    _ tree: ResidualPolicy.Tree, _ partial: EscapeSearch.Partial, _ rules: inout [RuleReference.ID]
  ) -> Outcome {
    switch tree {
    case .leaf(let outcome, let rule):
      if outcome == .single, let rule, !rules.contains(rule) { rules.append(rule) }
      return outcome
    case .open(let variable):
      return Outcome(rawValue: partial[variable].trailingZeroBitCount) ?? .refused
    case .firstMatch(let branches, let otherwise):
      for (condition, branch) in branches where Self.holds(condition, partial) {
        return trace(branch, partial, &rules)
      }
      return trace(otherwise, partial, &rules)
    case .all(let parts):
      let outcomes = parts.map { trace($0, partial, &rules) }
      if outcomes.contains(.refused) { return .refused }
      return outcomes.contains(.multi) ? .multi : .single
    case .any(let parts):
      var result = Outcome.refused
      for part in parts {
        var own: [RuleReference.ID] = []
        switch trace(part, partial, &own) {
        case .single:
          rules += own.filter { !rules.contains($0) }
          return .single
        case .multi: result = .multi
        case .refused: continue
        }
      }
      return result
    }
  }

  private static func holds(
    _ formula: ResidualPolicy.Formula, _ partial: EscapeSearch.Partial
  ) -> Bool {
    switch formula {
    case .constant(let value): value
    case .variable(let index, let mask): partial[index] & mask != 0
    case .not(let inner): !holds(inner, partial)
    case .all(let parts): parts.allSatisfy { holds($0, partial) }
    case .any(let parts): parts.contains { holds($0, partial) }
    }
  }

  private static func values(_ mask: UInt64) -> [Int] {
    (0..<64).filter { mask & (1 << UInt64($0)) != 0 }
  }

  private func facts(of partial: EscapeSearch.Partial) -> [(variable: Int, value: Int)] {
    variables.compactMap { variable in
      partial[variable] == world[variable]
        ? nil : (variable, partial[variable].trailingZeroBitCount)
    }
  }
}
