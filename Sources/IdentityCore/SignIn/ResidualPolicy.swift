/// A model with one person's facts put in: what is left are variables of the sign-in and unknowns.
///
/// Unknowns become variables too, behind those of the sign-in: one of {false, true} for a condition, one of the three
/// outcomes for an unreadable demand. A value set is a bit mask, so a variable has at most 64 values; one of the model that
/// has more becomes several, the digits of its values to the base 64.
struct ResidualPolicy {
  indirect enum Formula {
    case constant(Bool)
    case variable(Int, UInt64)
    case not(Formula)
    case all([Formula])
    case any([Formula])

    /// Adds the variables that it speaks of.
    func collectVariables(into set: inout Set<Int>) {
      switch self {
      case .constant: return
      case .variable(let index, _): set.insert(index)
      case .not(let inner): inner.collectVariables(into: &set)
      case .all(let parts), .any(let parts):
        for part in parts { part.collectVariables(into: &set) }
      }
    }
  }

  indirect enum Tree {
    case leaf(Outcome, RuleReference.ID?)
    /// An unreadable demand of a rule: the variable's value is the outcome.
    case open(Int, RuleReference.ID?)
    case firstMatch([(Formula, Tree)], otherwise: Tree)
    case all([Tree])
    case any([Tree])
  }

  var root: Tree
  var axioms: [Formula]
  /// The values each variable may have; sign-in variables first.
  var domains: [UInt64]
  /// The further digits of variables with more than 64 values, the lowest first.
  var digits: [Int: [Int]]
  /// From here on variables are unknowns.
  var firstUnknown: Int
  /// What each unknown variable stands for, in order.
  var unknowns: [UnknownThing]

  /// What is not known, by what it is and not by what it is called.
  enum UnknownThing: Hashable {
    case condition(Unknown.ID)
    case demand(Unknown.ID)
    case atom(SubjectAtom.ID)
  }

  /// Puts an account's facts into a model.
  init(_ model: SignInModel, _ signature: AccountTable.Signature) {
    var builder = Builder(model: model, signature: signature)
    let root = builder.tree(model.policy)
    let axioms = model.axioms.map { builder.formula($0) }
    self.root = root
    self.axioms = axioms + builder.existing
    domains = builder.domains
    digits = builder.digits
    firstUnknown = builder.firstUnknown
    unknowns = builder.unknowns
  }

  /// Facts about variables of the model: digits put together again.
  func joined(_ facts: [(variable: Int, value: Int)]) -> [(variable: Int, value: Int)] {
    if digits.isEmpty { return facts }
    let values = Dictionary(facts.map { ($0.variable, $0.value) }) { first, _ in first }
    let further = Set(digits.values.joined())
    return facts.filter { !further.contains($0.variable) }.map { variable, value in
      let high = (digits[variable] ?? []).reversed().reduce(0) { ($0 + (values[$1] ?? 0)) << 6 }
      return (variable, high + value)
    }
  }

  /// The same without the demands of some rules, as if they asked for nothing.
  func ignoring(_ rules: Set<RuleReference.ID>) -> ResidualPolicy {
    var policy = self
    policy.root = root.ignoring(rules)
    return policy
  }

  /// The variables that axioms speak of.
  var axiomVariables: Set<Int> { axioms.reduce(into: []) { $1.collectVariables(into: &$0) } }
}

extension ResidualPolicy.Tree {
  fileprivate func ignoring(_ rules: Set<RuleReference.ID>) -> Self {
    switch self {
    case .leaf(_, let rule): rule.map(rules.contains) == true ? .leaf(.single, nil) : self
    case .open: self
    case .firstMatch(let branches, let otherwise):
      .firstMatch(
        branches.map { ($0.0, $0.1.ignoring(rules)) }, otherwise: otherwise.ignoring(rules))
    case .all(let parts): .all(parts.map { $0.ignoring(rules) })
    case .any(let parts): .any(parts.map { $0.ignoring(rules) })
    }
  }
}

private struct Builder {
  let model: SignInModel
  let signature: AccountTable.Signature
  var domains: [UInt64]
  var unknowns: [ResidualPolicy.UnknownThing] = []
  private var places: [ResidualPolicy.UnknownThing: Int] = [:]
  private(set) var digits: [Int: [Int]] = [:]
  let firstUnknown: Int

  init(model: SignInModel, signature: AccountTable.Signature) {
    self.model = model
    self.signature = signature
    domains = model.variables.map { mask(ofFirst: $0.values.count) }
    for (id, variable) in model.variables.enumerated() where variable.values.count > 64 {
      var count = variable.values.count
      while count > 64 {
        count = (count + 63) / 64
        digits[id, default: []].append(domains.count)
        domains.append(mask(ofFirst: count))
      }
    }
    firstUnknown = domains.count
  }

  /// That variables of several digits have values that there are.
  var existing: [ResidualPolicy.Formula] {
    digits.keys.sorted().map { id in
      wide([id] + (digits[id] ?? []), Array(model.variables[id].values.indices))
    }
  }

  /// That a variable of several digits has one of some values.
  private func wide(_ places: [Int], _ values: [Int]) -> ResidualPolicy.Formula {
    guard let last = places.last else { return .constant(true) }
    let shift = 6 * (places.count - 1)
    if shift == 0 { return .variable(last, values.reduce(0) { $0 | 1 << UInt64($1) }) }
    let byDigit = Dictionary(grouping: values) { $0 >> shift }
    return .any(
      byDigit.keys.sorted().map { digit in
        let rest = (byDigit[digit] ?? []).map { $0 & (1 << shift - 1) }
        return .all([
          .variable(last, 1 << UInt64(digit)), wide(places.dropLast(), rest),
        ])
      })
  }

  mutating func tree(_ policy: SignInPolicy) -> ResidualPolicy.Tree {
    switch policy {
    // A refusal of no rule is nothing but the want of a way in.
    case .demand(.refused, let rule): return .leaf(rule == nil ? .nothing : .refused, rule)
    case .demand(.singleFactor, let rule): return .leaf(.single, rule)
    case .demand(.multiFactor, let rule): return .leaf(.multi, rule)
    case .demand(.unknown(let id), let rule):
      return .open(variable(.demand(id), values: 3), rule)
    case .firstMatch(let branches, let otherwise):
      var kept: [(ResidualPolicy.Formula, ResidualPolicy.Tree)] = []
      for branch in branches {
        switch formula(branch.condition) {
        case .constant(false): continue
        case .constant(true):
          let last = tree(branch.policy)
          return kept.isEmpty ? last : .firstMatch(kept, otherwise: last)
        case let condition: kept.append((condition, tree(branch.policy)))
        }
      }
      let last = tree(otherwise)
      return kept.isEmpty ? last : .firstMatch(kept, otherwise: last)
    case .all(let parts):
      // A part that asks for nothing and is nobody's rule says nothing.
      let trees = parts.map { tree($0) }.filter {
        if case .leaf(.single, nil) = $0 { false } else { true }
      }
      return trees.isEmpty ? .leaf(.single, nil) : trees.count == 1 ? trees[0] : .all(trees)
    case .any(let parts): return .any(parts.map { tree($0) })
    // Resolved before the evaluation; refusing here could only hide a way in.
    case .upstream(_, let rule): return .leaf(.single, rule)
    }
  }

  mutating func formula(_ condition: Condition) -> ResidualPolicy.Formula {
    switch condition {
    case .always: return .constant(true)
    case .never: return .constant(false)
    case .variable(let id, let values) where digits[id] != nil:
      let there = values.filter(model.variables[id].values.indices.contains).sorted()
      if there.isEmpty { return .constant(false) }
      if there.count == model.variables[id].values.count { return .constant(true) }
      return wide([id] + (digits[id] ?? []), there)
    case .variable(let id, let values):
      let mask = values.reduce(UInt64(0)) { $0 | 1 << UInt64($1) } & domains[id]
      return mask == 0
        ? .constant(false) : mask == domains[id] ? .constant(true) : .variable(id, mask)
    case .subject(let atom):
      return model.unreadableAtoms[atom] == nil
        ? .constant(signature.has(atom)) : .variable(variable(.atom(atom), values: 2), 0b10)
    case .unknown(let id):
      return .variable(variable(.condition(id), values: 2), 0b10)
    case .not(let inner):
      switch formula(inner) {
      case .constant(let value): return .constant(!value)
      case .not(let twice): return twice
      case let other: return .not(other)
      }
    case .all(let parts):
      return connect(parts, neutral: true)
    case .any(let parts):
      return connect(parts, neutral: false)
    }
  }

  /// A conjunction (`neutral` true) or disjunction, constants folded away.
  private mutating func connect(_ parts: [Condition], neutral: Bool) -> ResidualPolicy.Formula {
    var kept: [ResidualPolicy.Formula] = []
    for part in parts {
      let value = formula(part)
      if case .constant(let known) = value {
        if known != neutral { return .constant(!neutral) }
      } else {
        kept.append(value)
      }
    }
    if kept.isEmpty { return .constant(neutral) }
    if kept.count == 1 { return kept[0] }
    return neutral ? .all(kept) : .any(kept)
  }

  private mutating func variable(_ thing: ResidualPolicy.UnknownThing, values: Int) -> Int {
    if let known = places[thing] { return known }
    let place = domains.count
    domains.append(mask(ofFirst: values))
    unknowns.append(thing)
    places[thing] = place
    return place
  }
}

private func mask(ofFirst count: Int) -> UInt64 {
  count >= 64 ? .max : (1 << UInt64(count)) - 1
}
