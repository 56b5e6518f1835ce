import IdentityCore

/// The oracle: every world and every sign-in enumerated, nothing clever.
struct BruteForce {
  let model: SignInModel
  let signature: AccountTable.Signature
  /// What stands behind each upstream provider.
  var behind: [Behind] = []

  init(model: SignInModel, signature: AccountTable.Signature, behind: [Behind] = []) {
    self.model = model
    self.signature = signature
    self.behind = behind
    contexts = dimensions.reduce([[]]) { all, count in
      all.flatMap { context in (0..<count).map { context + [$0] } }
    }
  }

  /// What is known of a provider to which sign-ins are left.
  enum Behind: CaseIterable {
    case strong, weak, closed, unknown
    /// One factor is enough in some sign-ins.
    case conditional
    /// One factor is enough in some sign-ins, or in none: nobody knows.
    case perhapsConditional
  }

  /// Fixed values of all that a model leaves open.
  struct World: Hashable {
    var conditions: [Bool]
    var demands: [Int]
    var atoms: [SubjectAtom.ID: Bool]
    var behind: [Int]
  }

  enum Outcome { case refused, nothing, single, multi }

  /// What all sign-ins of a world come to.
  enum Fate: Hashable { case notEnforced, conditional, enforced, refused, nothing, impossible }

  var worlds: [World] {
    var all = [World(conditions: [], demands: [], atoms: [:], behind: [])]
    for _ in model.unknowns {
      all = all.flatMap { world in
        [false, true].flatMap { condition in
          (0..<3).map { demand in
            World(
              conditions: world.conditions + [condition], demands: world.demands + [demand],
              atoms: world.atoms, behind: [])
          }
        }
      }
    }
    for atom in model.unreadableAtoms.keys.sorted() {
      all = all.flatMap { world in
        [false, true].map { value in
          var next = world
          next.atoms[atom] = value
          return next
        }
      }
    }
    for provider in behind {
      let ways = provider == .unknown ? 3 : provider == .perhapsConditional ? 2 : 1
      all = all.flatMap { world in
        (0..<ways).map { value in
          var next = world
          next.behind.append(value)
          return next
        }
      }
    }
    return all
  }

  /// How many values each variable of a sign-in has: those of the model, then one for each conditional provider behind.
  var dimensions: [Int] {
    model.variables.map(\.values.count)
      + behind.filter { $0 == .conditional || $0 == .perhapsConditional }.map { _ in 2 }
  }

  private var contexts: [[Int]] = []

  func signIns(_ world: World) -> [([Int], Outcome)] {
    contexts.filter { context in model.axioms.allSatisfy { holds($0, context, world) } }
      .map { ($0, outcome(model.policy, $0, world)) }
  }

  func fate(_ signIns: [([Int], Outcome)]) -> Fate {
    let all = signIns.map(\.1)
    if all.isEmpty { return .impossible }
    if all.contains(.single) { return all.contains(.multi) ? .conditional : .notEnforced }
    if all.contains(.multi) { return .enforced }
    return all.allSatisfy { $0 == .refused } ? .refused : .nothing
  }

  /// What a set of worlds means, by the words of the design.
  static func verdict(_ fates: Set<Fate>) -> Verdict {
    let possible = fates.subtracting([.impossible])
    let open = possible.subtracting([.refused, .nothing])
    if open.isEmpty { return possible == [.refused] ? .notEvaluated : .cannotTell }
    if open.contains(.notEnforced) {
      return possible == [.notEnforced] ? .notEnforced : .cannotTell
    }
    return open.contains(.conditional) ? .enforcedConditionally : .enforced
  }

  /// Whether every sign-in with these facts passes with one factor, and there is one.
  func guarantees(_ facts: [Int: Int], _ signIns: [([Int], Outcome)]) -> Bool {
    let matching = signIns.filter { context, _ in facts.allSatisfy { context[$0.key] == $0.value } }
    return !matching.isEmpty && matching.allSatisfy { $0.1 == .single }
  }

  /// The size of the smallest witness in a world.
  func smallestWitness(_ signIns: [([Int], Outcome)]) -> Int? {
    var partials: [[Int: Int]] = [[:]]
    for (index, count) in dimensions.enumerated() {
      partials = partials.flatMap { partial in
        [partial] + (0..<count).map { value in partial.merging([index: value]) { $1 } }
      }
    }
    return partials.filter { guarantees($0, signIns) }.map(\.count).min()
  }

  private func outcome(_ policy: SignInPolicy, _ context: [Int], _ world: World) -> Outcome {
    switch policy {
    case .demand(.refused, let rule): return rule == nil ? .nothing : .refused
    case .demand(.singleFactor, _): return .single
    case .demand(.multiFactor, _): return .multi
    case .demand(.unknown(let id), _): return [.nothing, .single, .multi][world.demands[id]]
    case .firstMatch(let branches, let otherwise):
      let branch = branches.first { holds($0.condition, context, world) }
      return outcome(branch?.policy ?? otherwise, context, world)
    case .all(let parts):
      let all = parts.map { outcome($0, context, world) }
      if all.contains(.refused) { return .refused }
      return all.contains(.nothing) ? .nothing : all.contains(.multi) ? .multi : .single
    case .any(let parts):
      let all = parts.map { outcome($0, context, world) }
      if all.contains(.single) { return .single }
      return all.contains(.multi) ? .multi : all.contains(.refused) ? .refused : .nothing
    case .upstream(let id, _): return outcome(behind: id, context, world)
    }
  }

  private func outcome(behind id: Upstream.ID, _ context: [Int], _ world: World) -> Outcome {
    let place =
      model.variables.count
      + behind[..<id].count { $0 == .conditional || $0 == .perhapsConditional }
    switch behind[id] {
    case .strong: return .multi
    case .weak: return .single
    case .closed: return .refused
    case .unknown: return [.nothing, .single, .multi][world.behind[id]]
    case .conditional: return context[place] == 0 ? .single : .multi
    case .perhapsConditional:
      return context[place] == 0 && world.behind[id] == 1 ? .single : .multi
    }
  }

  private func holds(_ condition: Condition, _ context: [Int], _ world: World) -> Bool {
    switch condition {
    case .always: true
    case .never: false
    case .variable(let id, let values): values.contains(context[id])
    case .subject(let atom): world.atoms[atom] ?? signature.has(atom)
    case .unknown(let id): world.conditions[id]
    case .not(let inner): !holds(inner, context, world)
    case .all(let parts): parts.allSatisfy { holds($0, context, world) }
    case .any(let parts): parts.contains { holds($0, context, world) }
    }
  }
}

/// A small repeatable generator of random numbers.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Random policy sets of every shape the common form has.
struct RandomModels {
  var random: SplitMix
  private var refuses = false

  init(seed: UInt64) { random = SplitMix(seed: seed) }

  mutating func model(upstreams: Int = 0) -> (SignInModel, AccountTable.Signature) {
    let most = upstreams == 0 ? 4 : 3
    let variables = (0..<Int.random(in: 0...most, using: &random)).map { index in
      Variable(
        name: "v\(index)",
        values: (0..<Int.random(in: 2...4, using: &random)).map { "\($0)" })
    }
    let atoms = (0..<Int.random(in: 1...3, using: &random)).map {
      SubjectAtom(kind: .group, id: "g\($0)", name: "group \($0)")
    }
    let unknowns = (0..<pick(upstreams == 0 ? [0, 0, 1, 1, 2] : [0, 0, 1])).map {
      Unknown(title: "u\($0)", remedy: "r\($0)")
    }
    let rules = (0..<3).map {
      RuleReference(
        policyID: "p\($0)", policyName: "P\($0)", ruleID: "r\($0)", ruleName: "R\($0)",
        demand: "decides"
      )
    }
    var model = SignInModel(
      variables: variables, atoms: atoms, unknowns: unknowns, rules: rules,
      policy: .demand(.refused, by: nil),
      upstreams: (0..<upstreams).map { Upstream(name: "up\($0)", keys: []) })
    if Int.random(in: 0..<4, using: &random) == 0 {
      model.unreadableAtoms[0] = Unknown(title: "a0", remedy: "")
    }
    // Some sets of policies that mostly refuse: the others seldom close every way.
    refuses = Int.random(in: 0..<4, using: &random) == 0
    model.policy = policy(model, depth: 3)
    if !variables.isEmpty, Int.random(in: 0..<3, using: &random) == 0 {
      model.axioms = [.any([.not(atom(model, context: true)), atom(model, context: true)])]
    }
    if !unknowns.isEmpty, Int.random(in: 0..<6, using: &random) == 0 {
      model.axioms.append(.any([.not(.unknown(0)), atom(model, context: false)]))
    }
    let bits = UInt64.random(in: 0..<8, using: &random)
    return (model, AccountTable.Signature(status: .active, atoms: [bits], assigned: [1]))
  }

  /// A set of policies with more sign-ins and worlds than can be enumerated.
  mutating func large() -> (SignInModel, AccountTable.Signature) {
    let variables = (0..<Int.random(in: 8...16, using: &random)).map { index in
      Variable(
        name: "v\(index)", values: (0..<Int.random(in: 2...5, using: &random)).map { "\($0)" })
    }
    let atoms = (0..<8).map { SubjectAtom(kind: .group, id: "g\($0)", name: "group \($0)") }
    let unknowns = (0..<pick([0, 0, 2, 4, 8])).map { Unknown(title: "u\($0)", remedy: "") }
    let rule = RuleReference(
      policyID: "p", policyName: "P", ruleID: "r", ruleName: "R", demand: "decides")
    var model = SignInModel(
      variables: variables, atoms: atoms, unknowns: unknowns, rules: [rule, rule, rule],
      policy: .demand(.refused, by: nil))
    for atom in 0..<3 where Bool.random(using: &random) {
      model.unreadableAtoms[atom] = Unknown(title: "a\(atom)", remedy: "")
    }
    refuses = Int.random(in: 0..<5, using: &random) == 0
    model.policy = .all([policy(model, depth: 4), policy(model, depth: 4)])
    if refuses { model.policy = .any([model.policy, policy(model, depth: 3)]) }
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      model.axioms.append(.any([.not(atom(model, context: true)), atom(model, context: true)]))
    }
    let bits = UInt64.random(in: 0..<256, using: &random)
    return (model, AccountTable.Signature(status: .active, atoms: [bits], assigned: [1]))
  }

  private mutating func policy(_ model: SignInModel, depth: Int) -> SignInPolicy {
    switch depth == 0 ? 0 : Int.random(in: 0..<6, using: &random) {
    case 0: return leaf(model)
    case 1: return .all(parts(model, depth))
    case 2:
      return Int.random(in: 0..<20, using: &random) == 0 ? .any([]) : .any(parts(model, depth))
    default:
      let branches = (0..<Int.random(in: 1...3, using: &random)).map { _ in
        SignInPolicy.Branch(condition(model, depth: 2), policy(model, depth: depth - 1))
      }
      return .firstMatch(branches, otherwise: policy(model, depth: depth - 1))
    }
  }

  private mutating func leaf(_ model: SignInModel) -> SignInPolicy {
    if !model.upstreams.isEmpty, Int.random(in: 0..<3, using: &random) == 0 {
      return .upstream(pick(Array(model.upstreams.indices)), by: pick([nil, 0]))
    }
    if !model.unknowns.isEmpty, Int.random(in: 0..<6, using: &random) == 0 {
      return .demand(.unknown(pick(Array(model.unknowns.indices))), by: nil)
    }
    let demands: [Demand] =
      refuses
      ? [.refused, .refused, .refused, .refused, .refused, .refused, .multiFactor]
      : [.refused, .singleFactor, .singleFactor, .multiFactor, .multiFactor]
    let demand = pick(demands)
    return .demand(demand, by: pick(refuses ? [nil, 0, 1, 2, 2, 1, 0] : [nil, 0, 1, 2]))
  }

  private mutating func pick<T>(_ values: [T]) -> T {
    values[Int.random(in: 0..<values.count, using: &random)]
  }

  private mutating func parts(_ model: SignInModel, _ depth: Int) -> [SignInPolicy] {
    (0..<Int.random(in: 1...3, using: &random)).map { _ in policy(model, depth: depth - 1) }
  }

  private mutating func condition(_ model: SignInModel, depth: Int) -> Condition {
    switch depth == 0 ? 9 : Int.random(in: 0..<12, using: &random) {
    case 0: return .always
    case 1: return .not(condition(model, depth: depth - 1))
    case 2, 3:
      return .all([condition(model, depth: depth - 1), condition(model, depth: depth - 1)])
    case 4: return .any([condition(model, depth: depth - 1), condition(model, depth: depth - 1)])
    default: return atom(model, context: false)
    }
  }

  private mutating func atom(_ model: SignInModel, context: Bool) -> Condition {
    let kind = context ? 0 : Int.random(in: 0..<6, using: &random)
    if kind == 4 { return .subject(pick(Array(model.atoms.indices))) }
    if kind == 5, let unknown = model.unknowns.indices.randomElement(using: &random) {
      return .unknown(unknown)
    }
    guard let id = model.variables.indices.randomElement(using: &random) else {
      return .subject(pick(Array(model.atoms.indices)))
    }
    let values = model.variables[id].values.indices.filter { _ in Bool.random(using: &random) }
    return .variable(id, in: Set(values))
  }
}
