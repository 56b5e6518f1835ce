import IdentityCore

/// The oracle: every world and every sign-in enumerated, nothing clever.
struct BruteForce {
  let model: SignInModel
  let signature: AccountTable.Signature

  /// Fixed values of all that a model leaves open.
  struct World: Hashable {
    var conditions: [Bool]
    var demands: [Int]
    var atoms: [SubjectAtom.ID: Bool]
  }

  enum Outcome { case refused, single, multi }

  var worlds: [World] {
    var all = [World(conditions: [], demands: [], atoms: [:])]
    for _ in model.unknowns {
      all = all.flatMap { world in
        [false, true].flatMap { condition in
          (0..<3).map { demand in
            World(
              conditions: world.conditions + [condition], demands: world.demands + [demand],
              atoms: world.atoms)
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
    return all
  }

  var contexts: [[Int]] {
    var all: [[Int]] = [[]]
    for variable in model.variables {
      all = all.flatMap { context in variable.values.indices.map { context + [$0] } }
    }
    return all
  }

  func signIns(_ world: World) -> [([Int], Outcome)] {
    contexts.filter { context in model.axioms.allSatisfy { holds($0, context, world) } }
      .map { ($0, outcome(model.policy, $0, world)) }
  }

  func verdict(_ world: World) -> Verdict {
    let outcomes = signIns(world).map(\.1).filter { $0 != .refused }
    if !outcomes.contains(.single) { return .enforced }
    return outcomes.contains(.multi) ? .enforcedConditionally : .notEnforced
  }

  var verdict: Verdict {
    let all = Set(worlds.map { verdict($0) })
    if all.count == 1, let only = all.first { return only }
    return all.contains(.notEnforced) ? .cannotTell : .enforcedConditionally
  }

  /// Whether every sign-in with these facts passes with one factor, and there is one.
  func guarantees(_ facts: [Int: Int], _ signIns: [([Int], Outcome)]) -> Bool {
    let matching = signIns.filter { context, _ in facts.allSatisfy { context[$0.key] == $0.value } }
    return !matching.isEmpty && matching.allSatisfy { $0.1 == .single }
  }

  /// The size of the smallest witness in a world.
  func smallestWitness(_ signIns: [([Int], Outcome)]) -> Int? {
    var partials: [[Int: Int]] = [[:]]
    for (index, variable) in model.variables.enumerated() {
      partials = partials.flatMap { partial in
        [partial]
          + variable.values.indices.map { value in
            partial.merging([index: value]) { $1 }
          }
      }
    }
    return partials.filter { guarantees($0, signIns) }.map(\.count).min()
  }

  private func outcome(_ policy: SignInPolicy, _ context: [Int], _ world: World) -> Outcome {
    switch policy {
    case .demand(.refused, _): return .refused
    // Sign-ins left to another provider are resolved before a model is judged.
    case .demand(.singleFactor, _), .upstream: return .single
    case .demand(.multiFactor, _): return .multi
    case .demand(.unknown(let id), _): return [.refused, .single, .multi][world.demands[id]]
    case .firstMatch(let branches, let otherwise):
      let branch = branches.first { holds($0.condition, context, world) }
      return outcome(branch?.policy ?? otherwise, context, world)
    case .all(let parts):
      let all = parts.map { outcome($0, context, world) }
      return all.contains(.refused) ? .refused : all.contains(.multi) ? .multi : .single
    case .any(let parts):
      let open = parts.map { outcome($0, context, world) }.filter { $0 != .refused }
      return open.isEmpty ? .refused : open.contains(.single) ? .single : .multi
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

  init(seed: UInt64) { random = SplitMix(seed: seed) }

  mutating func model() -> (SignInModel, AccountTable.Signature) {
    let variables = (0..<Int.random(in: 0...4, using: &random)).map { index in
      Variable(
        name: "v\(index)",
        values: (0..<Int.random(in: 2...4, using: &random)).map { "\($0)" })
    }
    let atoms = (0..<Int.random(in: 1...3, using: &random)).map {
      SubjectAtom(kind: .group, id: "g\($0)", name: "group \($0)")
    }
    let unknowns = (0..<pick([0, 0, 1, 1, 2])).map {
      Unknown(title: "u\($0)", remedy: "r\($0)")
    }
    var model = SignInModel(
      variables: variables, atoms: atoms, unknowns: unknowns, policy: .demand(.refused, by: nil))
    if Int.random(in: 0..<4, using: &random) == 0 {
      model.unreadableAtoms[0] = Unknown(title: "a0", remedy: "")
    }
    model.policy = policy(model, depth: 3)
    if !variables.isEmpty, Int.random(in: 0..<3, using: &random) == 0 {
      model.axioms = [.any([.not(atom(model, context: true)), atom(model, context: true)])]
    }
    let bits = UInt64.random(in: 0..<8, using: &random)
    return (model, AccountTable.Signature(status: .active, atoms: [bits], assigned: [1]))
  }

  private mutating func policy(_ model: SignInModel, depth: Int) -> SignInPolicy {
    switch depth == 0 ? 0 : Int.random(in: 0..<6, using: &random) {
    case 0:
      let demands: [Demand] = [.refused, .singleFactor, .singleFactor, .multiFactor, .multiFactor]
      if !model.unknowns.isEmpty, Int.random(in: 0..<6, using: &random) == 0 {
        return .demand(.unknown(pick(Array(model.unknowns.indices))), by: nil)
      }
      return .demand(pick(demands), by: nil)
    case 1: return .all(parts(model, depth))
    case 2: return .any(parts(model, depth))
    default:
      let branches = (0..<Int.random(in: 1...3, using: &random)).map { _ in
        SignInPolicy.Branch(condition(model, depth: 2), policy(model, depth: depth - 1))
      }
      return .firstMatch(branches, otherwise: policy(model, depth: depth - 1))
    }
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
