/// Decides whether one factor can be enough for a person at an application; exact, and the only evaluator.
public struct SignInEvaluator: Sendable {
  /// The model judged by, upstream providers resolved.
  let model: SignInModel
  /// The rules of the model that stand for a provider behind which lets the person in nowhere.
  let closed: [RuleReference.ID: UpstreamAnswer]
  /// What the diagrams of all who are judged by the model may cost together, beyond what each may cost alone.
  private let diagrams: SearchBudget
  /// The same of searches where no diagram stays small, and of witnesses.
  private let searches: SearchBudget

  /// The work beyond what is free, for all who are judged by one model.
  static let work = 8_000_000

  /// Prepares to judge accounts by a model.
  ///
  /// Sign-ins that it leaves to other providers are unknown unless they were resolved before.
  public init(_ model: SignInModel) {
    self.init(model, upstream: [:])
  }

  /// Prepares to judge accounts by a model and by what its upstream providers ask of them.
  ///
  /// - Parameter work: what tangled policies may cost beyond what is free.
  init(
    _ model: SignInModel, upstream answers: [Upstream.ID: UpstreamAnswer],
    work: Int = SignInEvaluator.work
  ) {
    let resolved = model.resolving(answers)
    self.model = resolved.model
    closed = resolved.closed
    diagrams = SearchBudget(work)
    searches = SearchBudget(2 * work)
  }

  /// What is left of the work that diagrams may cost.
  var workLeft: Int { diagrams.left }

  /// Judges every account with this signature.
  ///
  /// A model so tangled that the search would not end in reasonable time gives `cannot-tell`, or `enforced-conditionally`
  /// with what was found until then.
  public func evaluate(_ signature: AccountTable.Signature) -> SignInResult {
    let policy = ResidualPolicy(model, signature)
    var reach = ReachableRules(policy)
    reach.collect()
    var result = SignInResult(verdict: .cannotTell)
    result.reachableRules = reach.rules
    result.closingRules = reach.closing
    result.opaqueRules = reach.opaque
    result.unknowns = model.unknowns(reach.unknowns, of: policy)
    var atoms = DecidingAtoms()
    atoms.collect(model.policy)
    result.decidingAtoms = atoms.list
    do throws(BudgetExceeded) {
      let diagram = try SignInDiagram.make(policy, diagrams)
      let worlds = PossibleWorlds(diagram)
      apply(worlds, policy, reach, &result)
      if let world = worlds.deciding {
        note(world, escape: nil, diagram, policy, reach, &result)
      }
    } catch {
      search(policy, reach, &result)
    }
    return result
  }

  /// The verdict alone, without witness and reasons.
  public func verdict(_ signature: AccountTable.Signature) -> Verdict {
    let policy = ResidualPolicy(model, signature)
    if let diagram = try? SignInDiagram.make(policy, diagrams) {
      return PossibleWorlds(diagram).verdict
    }
    var reach = ReachableRules(policy)
    reach.collect()
    var result = SignInResult(verdict: .cannotTell)
    search(policy, reach, &result)
    return result.verdict
  }

  /// Judges without a diagram, within what is left of the budget.
  func search(_ policy: ResidualPolicy, _ reach: ReachableRules, _ result: inout SignInResult) {
    var search = WorldSearch(
      policy, relevant: reach.unknowns.sorted(),
      WorkMeter(free: Self.freeWork, then: .max, from: searches))
    do throws(BudgetExceeded) {
      try search.run()
      apply(search.worlds, policy, reach, &result)
      if let world = search.worlds.deciding {
        let engine = EscapeSearch(policy, search.search.meter)
        note(world, escape: search.escape, engine, policy, reach, &result)
      }
    } catch {
      result.unknowns.append(Self.tooTangled)
      // What was found stays found: at best there are sign-ins that ask for more.
      guard let escape = search.escape, search.worlds.example[.notEnforced] == nil else { return }
      result.verdict = .enforcedConditionally
      result.isProven = reach.unknowns.allSatisfy { escape[$0] == policy.domains[$0] }
      var world = policy.domains
      for unknown in reach.unknowns { world[unknown] = escape[unknown] & (~escape[unknown] + 1) }
      let engine = EscapeSearch(policy, WorkMeter(free: Self.freeWork))
      note(world, escape: escape, engine, policy, reach, &result)
    }
  }

  /// The work of a search that counts against no budget.
  private static let freeWork = 200_000
  /// The work spent on looking for a smaller witness: free, and of the budget.
  private static let witnessWork = (free: 100_000, more: 400_000)

  private static let tooTangled = Unknown(
    title: "how these policies work together: too many conditions to search them all",
    remedy: "simplify the conditions of the policies named in the evidence")

  private func apply(
    _ worlds: PossibleWorlds, _ policy: ResidualPolicy, _ reach: ReachableRules,
    _ result: inout SignInResult
  ) {
    result.verdict = worlds.verdict
    result.isProven = worlds.isProven
    guard worlds.isClosed else { return }
    result.closingRules = reach.refusing
    result.findsNoWayIn = worlds.verdict == .cannotTell
    guard worlds.verdict == .notEvaluated else { return }
    let behind = reach.refusing.filter { closed[$0] != nil }
    if !behind.isEmpty, letsIn(policy.ignoring(Set(behind))) {
      result.closedUpstreams = behind.compactMap { closed[$0] }
    }
  }

  /// Whether some sign-in gets in; where that would take too long to say, it does.
  private func letsIn(_ policy: ResidualPolicy) -> Bool {
    guard var diagram = try? SignInDiagram.make(policy, diagrams) else { return true }
    let found = try? diagram.find(Outcome.entering, in: policy.domains)
    return found != nil
  }

  /// Notes the witness of a world and the rules that let it in.
  private func note(
    _ world: EscapeSearch.Partial, escape: EscapeSearch.Partial?, _ engine: some SignInSearch,
    _ policy: ResidualPolicy, _ reach: ReachableRules, _ result: inout SignInResult
  ) {
    guard result.verdict == .notEnforced || result.verdict == .enforcedConditionally else { return }
    var engine = engine
    let found = (try? engine.find(Outcome.single.bit, in: world)) ?? escape
    guard let found else { return }
    var witness = SmallestWitness(
      policy, engine, world: world, variables: reach.variables.sorted())
    let smallest = witness.find(
      found,
      within: WorkMeter(
        free: Self.witnessWork.free, then: Self.witnessWork.more, from: searches))
    result.witness = policy.joined(smallest).map { variable, value in
      let variable = model.variables[variable]
      return ContextFact(name: variable.name, value: variable.values[value])
    }
    result.witnessRules = witness.rules(of: smallest, escape: found)
  }
}

extension SignInModel {
  /// What the unknown variables of a residual policy are, each once.
  fileprivate func unknowns(_ variables: Set<Int>, of policy: ResidualPolicy) -> [Unknown] {
    var seen: Set<Unknown.ID> = []
    return variables.sorted().compactMap { variable in
      switch policy.unknowns[variable - policy.firstUnknown] {
      case .condition(let id), .demand(let id): seen.insert(id).inserted ? unknowns[id] : nil
      case .atom(let atom): unreadableAtoms[atom]?.about(atoms[atom])
      }
    }
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
