/// The fewest facts of a sign-in that make one factor enough, whatever else the sign-in is like.
struct SmallestWitness<Search: SignInSearch> {
  /// Variables with one value each, sorted by variable.
  typealias Facts = [(variable: Int, value: Int)]

  private let policy: ResidualPolicy
  private let world: EscapeSearch.Partial
  private let variables: [Int]
  private var search: Search

  /// - Parameter world: every unknown fixed; one factor is enough for some sign-in there.
  init(_ policy: ResidualPolicy, _ search: Search, world: EscapeSearch.Partial, variables: [Int]) {
    self.policy = policy
    self.world = world
    self.variables = variables.filter { world[$0] & (world[$0] - 1) != 0 }
    self.search = search
  }

  /// The smallest witness; empty when every sign-in of this world escapes.
  ///
  /// - Parameters:
  ///   - escape: a partial sign-in that escapes; it is the witness when there is no budget even for shortening it.
  ///   - meter: what looking for a smaller one than one that cannot be shortened may cost.
  mutating func find(_ escape: EscapeSearch.Partial, within meter: WorkMeter) -> Facts {
    guard let short = try? shortened() else { return whole(facts(of: escape), escape) }
    let before = search.meter
    search.meter = meter
    let smaller = try? smaller(than: short)
    search.meter = before
    return whole(smaller ?? short, escape)
  }

  /// Facts with all digits of a variable where some are among them.
  private mutating func whole(_ facts: Facts, _ escape: EscapeSearch.Partial) -> Facts {
    let fixed = Set(facts.map(\.variable))
    let missing = policy.digits.filter {
      let all = [$0.key] + $0.value
      return !fixed.isDisjoint(with: all) && !fixed.isSuperset(of: all)
    }.flatMap { [$0.key] + $0.value }
    if missing.isEmpty { return facts }
    let complete = completed(with: facts, escape)
    let more = missing.filter { !fixed.contains($0) }.map { variable in
      (variable: variable, value: complete[variable].trailingZeroBitCount)
    }
    return (facts + more).sorted { $0.variable < $1.variable }
  }

  private mutating func smaller(than short: Facts) throws(BudgetExceeded) -> Facts? {
    let (needed, open) = try necessary()
    let base = variables.count { needed[$0] != world[$0] }
    for size in base..<max(base, short.count) {
      if let found = try extend(needed, open, from: 0, by: size - base) { return facts(of: found) }
    }
    return nil
  }

  /// The world with all facts that no witness is without, and the variables that are left.
  ///
  /// Without a value of such a variable nothing escapes, and no axiom speaks of it: a sign-in that differs in it alone is
  /// possible and does not escape.
  private mutating func necessary() throws(BudgetExceeded) -> (EscapeSearch.Partial, [Int]) {
    var needed = world
    var open: [Int] = []
    let bound = policy.axiomVariables
    for variable in variables {
      var values = Self.values(world[variable])[...]
      if !bound.contains(variable) {
        var escaping: [Int] = []
        for value in values where escaping.count < 2 {
          var narrower = world
          narrower[variable] = 1 << UInt64(value)
          if try search.find(Outcome.single.bit, in: narrower) != nil { escaping.append(value) }
        }
        values = escaping[...]
      }
      if values.count == 1, let value = values.first {
        needed[variable] = 1 << UInt64(value)
      } else {
        open.append(variable)
      }
    }
    return (needed, open)
  }

  /// `partial` with `count` more of the open variables from `start` on fixed, so that every sign-in left escapes.
  private mutating func extend(
    _ partial: EscapeSearch.Partial, _ open: [Int], from start: Int, by count: Int
  ) throws(BudgetExceeded) -> EscapeSearch.Partial? {
    if count == 0 { return try alwaysEscapes(partial) ? partial : nil }
    // Nothing escapes inside: no need to look closer.
    if try search.find(Outcome.single.bit, in: partial) == nil { return nil }
    for index in start..<max(start, open.count - count + 1) {
      var narrower = partial
      for value in Self.values(partial[open[index]]) {
        narrower[open[index]] = 1 << UInt64(value)
        if let found = try extend(narrower, open, from: index + 1, by: count - 1) { return found }
      }
    }
    return nil
  }

  private mutating func alwaysEscapes(
    _ partial: EscapeSearch.Partial
  ) throws(BudgetExceeded) -> Bool {
    guard try search.find(Outcome.single.bit, in: partial) != nil else { return false }
    return try search.find(Outcome.others, in: partial) == nil
  }

  /// A witness of which no fact can be left out; not always the smallest.
  private mutating func shortened() throws(BudgetExceeded) -> Facts {
    guard var partial = try completed(world) else { return [] }
    for variable in variables {
      let value = partial[variable]
      partial[variable] = world[variable]
      if try !alwaysEscapes(partial) { partial[variable] = value }
    }
    return facts(of: partial)
  }

  /// The rules that decide the sign-in of a witness, those that ask for one factor only.
  mutating func rules(of facts: Facts, escape: EscapeSearch.Partial) -> [RuleReference.ID] {
    var rules: [RuleReference.ID] = []
    _ = trace(policy.root, completed(with: facts, escape), &rules)
    return rules
  }

  /// One concrete sign-in with these facts that escapes; one of `escape` where there is no budget to find it.
  private mutating func completed(
    with facts: Facts, _ escape: EscapeSearch.Partial
  ) -> EscapeSearch.Partial {
    var partial = world
    for fact in facts { partial[fact.variable] = 1 << UInt64(fact.value) }
    return (try? completed(partial)) ?? escape.map { $0 & (~$0 + 1) }
  }

  /// One concrete sign-in that escapes: every variable with one value.
  private mutating func completed(
    _ start: EscapeSearch.Partial
  ) throws(BudgetExceeded) -> EscapeSearch.Partial? {
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
    case .open(let variable, _):
      return Outcome(bits: Outcome.ofOpenDemand(partial[variable])) ?? .nothing
    case .firstMatch(let branches, let otherwise):
      for (condition, branch) in branches where Self.holds(condition, partial) {
        return trace(branch, partial, &rules)
      }
      return trace(otherwise, partial, &rules)
    case .all(let parts):
      return parts.reduce(.single) { Outcome.all($0, trace($1, partial, &rules)) }
    case .any(let parts):
      var result = Outcome.nothing
      for part in parts {
        var own: [RuleReference.ID] = []
        result = Outcome.any(result, trace(part, partial, &own))
        if result == .single {
          rules += own.filter { !rules.contains($0) }
          break
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

  private func facts(of partial: EscapeSearch.Partial) -> Facts {
    variables.compactMap { variable in
      partial[variable] == world[variable]
        ? nil : (variable, partial[variable].trailingZeroBitCount)
    }
  }
}
