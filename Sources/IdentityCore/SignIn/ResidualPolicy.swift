/// A model with one person's facts put in: what is left are variables of the sign-in and unknowns.
///
/// Unknowns become variables too, behind those of the sign-in: one of {false, true} for a condition, one of the three
/// outcomes for an unreadable demand. A value set is a bit mask, so a variable has at most 64 values.
struct ResidualPolicy {
  indirect enum Formula {
    case constant(Bool)
    case variable(Int, UInt64)
    case not(Formula)
    case all([Formula])
    case any([Formula])
  }

  indirect enum Tree {
    case leaf(Outcome, RuleReference.ID?)
    /// An unreadable demand: the variable's value is the outcome.
    case open(Int)
    case firstMatch([(Formula, Tree)], otherwise: Tree)
    case all([Tree])
    case any([Tree])
  }

  var root: Tree
  var axioms: [Formula]
  /// The values each variable may have; sign-in variables first.
  var domains: [UInt64]
  /// From here on variables are unknowns.
  var firstUnknown: Int
  /// What each unknown variable stands for, in order.
  var unknowns: [Unknown]

  /// Puts an account's facts into a model.
  init(_ model: SignInModel, _ signature: AccountTable.Signature) {
    var builder = Builder(model: model, signature: signature)
    let root = builder.tree(model.policy)
    let axioms = model.axioms.map { builder.formula($0) }
    self.root = root
    self.axioms = axioms
    domains = builder.domains
    firstUnknown = model.variables.count
    unknowns = builder.unknowns
  }
}

/// What a sign-in meets; raw values are bit positions.
enum Outcome: Int, CaseIterable {
  case refused = 0
  case single = 1
  case multi = 2

  /// The name in a witness of an unreadable demand.
  var bit: UInt8 { 1 << UInt8(rawValue) }
}

private struct Builder {
  let model: SignInModel
  let signature: AccountTable.Signature
  var domains: [UInt64]
  var unknowns: [Unknown] = []
  private var conditionUnknowns: [Unknown.ID: Int] = [:]
  private var demandUnknowns: [Unknown.ID: Int] = [:]
  private var atomUnknowns: [SubjectAtom.ID: Int] = [:]

  init(model: SignInModel, signature: AccountTable.Signature) {
    self.model = model
    self.signature = signature
    domains = model.variables.map { mask(ofFirst: $0.values.count) }
  }

  mutating func tree(_ policy: SignInPolicy) -> ResidualPolicy.Tree {
    switch policy {
    case .demand(.refused, let rule): return .leaf(.refused, rule)
    case .demand(.singleFactor, let rule): return .leaf(.single, rule)
    case .demand(.multiFactor, let rule): return .leaf(.multi, rule)
    case .demand(.unknown(let id), _):
      return .open(variable(for: id, in: \.demandUnknowns, values: 3))
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
    case .variable(let id, let values):
      let mask = values.reduce(UInt64(0)) { $0 | 1 << UInt64($1) } & domains[id]
      return mask == 0
        ? .constant(false) : mask == domains[id] ? .constant(true) : .variable(id, mask)
    case .subject(let atom):
      guard let unknown = model.unreadableAtoms[atom] else {
        return .constant(signature.has(atom))
      }
      return .variable(variable(forAtom: atom, unknown), 0b10)
    case .unknown(let id):
      return .variable(variable(for: id, in: \.conditionUnknowns, values: 2), 0b10)
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

  private mutating func variable(
    for id: Unknown.ID, in table: WritableKeyPath<Builder, [Unknown.ID: Int]>, values: Int
  ) -> Int {
    if let known = self[keyPath: table][id] { return known }
    let index = add(model.unknowns[id], values: values)
    self[keyPath: table][id] = index
    return index
  }

  private mutating func variable(forAtom atom: SubjectAtom.ID, _ unknown: Unknown) -> Int {
    if let known = atomUnknowns[atom] { return known }
    let index = add(unknown, values: 2)
    atomUnknowns[atom] = index
    return index
  }

  private mutating func add(_ unknown: Unknown, values: Int) -> Int {
    domains.append(mask(ofFirst: values))
    unknowns.append(unknown)
    return domains.count - 1
  }
}

private func mask(ofFirst count: Int) -> UInt64 {
  count >= 64 ? .max : (1 << UInt64(count)) - 1
}
