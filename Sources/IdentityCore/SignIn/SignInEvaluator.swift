/// What policies say about one person's sign-ins to one application.
public struct SignInResult: Sendable, Hashable {
  /// The verdict over all possible worlds and sign-ins.
  public var verdict: Verdict
  /// Whether every sign-in is refused: enforced for want of any way in.
  public var isAlwaysRefused = false
  /// The fewest facts of a sign-in that make every such sign-in pass with one factor, in the order of the variables.
  ///
  /// Empty when nothing escapes, and when every sign-in does.
  public var witness: [ContextFact] = []
  /// The rules that let the witness in.
  public var witnessRules: [RuleReference.ID] = []
  /// The rules that may decide a sign-in of this person, in the order they are asked.
  public var reachableRules: [RuleReference.ID] = []
  /// Those of them that refuse or ask for two factors.
  public var closingRules: [RuleReference.ID] = []
  /// The facts about the person that decided which rules are left.
  public var decidingAtoms: [SubjectAtom.ID] = []
  /// What is not known and may matter.
  public var unknowns: [Unknown] = []
}

/// Decides whether one factor can be enough for a person at an application; exact, and the only evaluator.
public struct SignInEvaluator: Sendable {
  /// The model judged by, upstream providers resolved.
  let model: SignInModel

  /// Prepares to judge accounts by a model.
  ///
  /// Sign-ins that it leaves to other providers are unknown unless they were resolved before.
  public init(_ model: SignInModel) {
    self.init(model, upstream: [:])
  }

  /// Prepares to judge accounts by a model and by what its upstream providers ask of them.
  init(_ model: SignInModel, upstream answers: [Upstream.ID: UpstreamAnswer]) {
    self.model = model.resolving(answers)
  }

  /// Judges every account with this signature.
  ///
  /// A model so tangled that the search would not end in reasonable time gives `cannot-tell`.
  public func evaluate(_ signature: AccountTable.Signature) -> SignInResult {
    let policy = ResidualPolicy(model, signature)
    var result = SignInResult(verdict: .cannotTell)
    var reach = ReachableRules(policy)
    reach.collect()
    result.reachableRules = reach.rules
    result.closingRules = reach.closing
    result.unknowns = reach.unknowns.sorted().map { policy.unknowns[$0 - policy.firstUnknown] }
    var atoms = DecidingAtoms()
    atoms.collect(model.policy)
    result.decidingAtoms = atoms.list
    do {
      try decide(policy, reach, &result)
    } catch {
      result.verdict = .cannotTell
      result.unknowns.append(
        Unknown(
          title: "how these policies work together: too many conditions to search them all",
          remedy: "simplify the conditions of the policies named in the evidence"))
    }
    return result
  }

  /// The verdict alone, without witness and reasons.
  public func verdict(_ signature: AccountTable.Signature) -> Verdict {
    let policy = ResidualPolicy(model, signature)
    var reach = ReachableRules(policy)
    reach.collect()
    var search = EscapeSearch(policy)
    var worlds = PossibleWorlds(policy, relevant: reach.unknowns.sorted())
    do {
      try worlds.visit(policy.domains, &search)
      return worlds.verdict
    } catch {
      return .cannotTell
    }
  }

  private func decide(
    _ policy: ResidualPolicy, _ reach: ReachableRules, _ result: inout SignInResult
  ) throws {
    var search = EscapeSearch(policy)
    var worlds = PossibleWorlds(policy, relevant: reach.unknowns.sorted())
    try worlds.visit(policy.domains, &search)
    result.verdict = worlds.verdict
    switch worlds.verdict {
    case .enforced:
      let anySignIn = Outcome.single.bit | Outcome.multi.bit
      result.isAlwaysRefused = try search.find(anySignIn, in: policy.domains) == nil
    case .notEnforced, .enforcedConditionally:
      guard let world = worlds.example[worlds.verdict] else { return }
      var witness = SmallestWitness(policy, world: world, variables: reach.variables.sorted())
      let smallest = try witness.find()
      result.witness = smallest.map { variable, value in
        let variable = model.variables[variable]
        return ContextFact(name: variable.name, value: variable.values[value])
      }
      result.witnessRules = try witness.rules(of: smallest)
    case .cannotTell, .notEvaluated: break
    }
  }
}

/// The verdicts of all possible worlds, each unknown fixed one way or the other.
private struct PossibleWorlds {
  let relevant: [Int]
  /// A world for each verdict found.
  private(set) var example: [Verdict: EscapeSearch.Partial] = [:]
  /// Looks for sign-ins that ask for two factors whatever is not known.
  private var certain: EscapeSearch

  /// Steps spent on a short cut; without it the worlds are gone through one by one.
  private static let budget = 200_000

  init(_ policy: ResidualPolicy, relevant: [Int]) {
    self.relevant = relevant
    certain = EscapeSearch(policy, budget: Self.budget, splittingBelow: policy.firstUnknown)
  }

  /// The same verdict in all worlds: that one; the worst conditional: that; otherwise nobody can tell.
  var verdict: Verdict {
    if example.count == 1, let only = example.keys.first { return only }
    return example[.notEnforced] == nil ? .enforcedConditionally : .cannotTell
  }

  mutating func visit(_ world: EscapeSearch.Partial, _ search: inout EscapeSearch) throws {
    if example[.notEnforced] != nil && example.count > 1 { return }
    guard let single = try search.find(Outcome.single.bit, in: world) else {
      return note(.enforced, world)
    }
    let multi = try search.find(Outcome.multi.bit, in: world)
    let open = relevant.first { world[$0] & (world[$0] - 1) != 0 }
    guard let open else { return note(multi == nil ? .notEnforced : .enforcedConditionally, world) }
    if multi == nil, try search.find(Outcome.refused.bit, in: world) == nil {
      return note(.notEnforced, world)
    }
    // Where some sign-in asks for two factors in every world, none is worse than one in which another does not.
    if multi != nil, (try? certain.find(Outcome.multi.bit, in: world)) != nil {
      let simplest = fixed(world, as: world)
      let isOpen = try search.find(Outcome.single.bit, in: simplest) != nil
      return note(.enforcedConditionally, isOpen ? simplest : fixed(world, as: single))
    }
    var left = world[open]
    while left != 0 {
      let value = left & (~left + 1)
      left &= ~value
      var narrower = world
      narrower[open] = value
      try visit(narrower, &search)
    }
  }

  /// The world in which every unknown has the first of the values that it may have in a partial sign-in.
  private func fixed(
    _ world: EscapeSearch.Partial, as partial: EscapeSearch.Partial
  ) -> EscapeSearch.Partial {
    var result = world
    for unknown in relevant { result[unknown] = partial[unknown] & (~partial[unknown] + 1) }
    return result
  }

  private mutating func note(_ verdict: Verdict, _ world: EscapeSearch.Partial) {
    if example[verdict] == nil { example[verdict] = world }
  }
}

/// The facts about people a policy asks for, in order of appearance.
private struct DecidingAtoms {
  private(set) var list: [SubjectAtom.ID] = []
  private var seen: Set<SubjectAtom.ID> = []

  mutating func collect(_ policy: SignInPolicy) {
    switch policy {
    case .demand, .upstream: return
    case .firstMatch(let branches, let otherwise):
      for branch in branches {
        collect(branch.condition)
        collect(branch.policy)
      }
      collect(otherwise)
    case .all(let parts), .any(let parts): parts.forEach { collect($0) }
    }
  }

  private mutating func collect(_ condition: Condition) {
    switch condition {
    case .always, .never, .variable, .unknown: return
    case .subject(let atom): if seen.insert(atom).inserted { list.append(atom) }
    case .not(let inner): collect(inner)
    case .all(let parts), .any(let parts): parts.forEach { collect($0) }
    }
  }
}
