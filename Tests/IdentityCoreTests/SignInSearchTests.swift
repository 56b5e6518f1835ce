import TestSupport
import Testing

@testable import IdentityCore

/// The two ways to decide a model give the same, and neither throws away what it found.
@Suite("Diagram and search")
struct SignInSearchTests {
  private static let signature = AccountTable.Signature(status: .active, atoms: [0], assigned: [1])

  @Test("the diagram and the search agree on models too large to enumerate", arguments: 1...4)
  func agree(seed: Int) throws {
    var models = RandomModels(seed: UInt64(2000 + seed))
    var verdicts: [Verdict: Int] = [:]
    var unfinished = 0
    for round in 0..<100 {
      let (model, signature) = models.large()
      let evaluator = SignInEvaluator(model, upstream: [:], work: 50_000)
      let policy = ResidualPolicy(evaluator.model, signature)
      var reach = ReachableRules(policy)
      reach.collect()
      var searched = SignInResult(verdict: .cannotTell)
      evaluator.search(policy, reach, &searched)
      let result = evaluator.evaluate(signature)
      if searched.unknowns.contains(where: { $0.title.contains("too many conditions") }) {
        unfinished += 1
        continue
      }
      try #require(result.verdict == searched.verdict, "round \(round): \(model)")
      // The search may fail to show a proof, and shows none that is none.
      try #require(result.isProven || !searched.isProven, "round \(round): \(model)")
      try #require(result.findsNoWayIn == searched.findsNoWayIn, "round \(round): \(model)")
      let isWitness = try proves(result, policy, model)
      try #require(isWitness, "round \(round): \(result.witness) of \(model)")
      if reach.unknowns.isEmpty {
        try #require(result.isProven == searched.isProven)
        try #require(result.witness.count <= searched.witness.count, "round \(round): \(model)")
      }
      verdicts[result.verdict, default: 0] += 1
    }
    let table = verdicts.map { "\($0.key.rawValue) \($0.value)" }.sorted().joined(separator: ", ")
    print("diagram and search, seed \(seed) of 4: 100 models (\(table)), \(unfinished) unfinished")
    #expect(verdicts.count >= 4)
    #expect(unfinished < 30)
  }

  /// Whether every sign-in with the facts of the witness is let in with one factor in some world.
  private func proves(
    _ result: SignInResult, _ policy: ResidualPolicy, _ model: SignInModel
  ) throws -> Bool {
    guard result.verdict == .notEnforced || result.verdict == .enforcedConditionally else {
      return result.witness.isEmpty
    }
    var partial = policy.domains
    for fact in result.witness {
      let variable = try #require(model.variables.firstIndex { $0.name == fact.name })
      let value = try #require(Int(fact.value))
      partial[variable] = 1 << UInt64(value)
    }
    // With unknowns the world is the diagram's choice; that one factor can be enough is what is left to check.
    var search = EscapeSearch(policy, WorkMeter(free: 5_000_000))
    let escape = try search.find(Outcome.single.bit, in: partial)
    if escape == nil { return false }
    if policy.domains.count > policy.firstUnknown { return true }
    return try search.find(Outcome.others, in: partial) == nil
  }

  @Test("the order of the variables changes nothing")
  func orders() throws {
    var models = RandomModels(seed: 3000)
    var compared = 0
    for _ in 0..<100 {
      let (model, signature) = models.large()
      let policy = ResidualPolicy(model, signature)
      var orders = VariableOrders(policy)
      var outcomes: [Set<UInt8>] = []
      for choice in VariableOrders.Choice.allCases {
        guard let order = orders.order(choice) else { continue }
        let made = try? SignInDiagram(policy, order, WorkMeter(free: 100_000))
        guard let made else { continue }
        outcomes.append(Set(made.worlds.map(\.outcomes)))
        for (outcomes, world) in made.worlds {
          var diagram = made
          for outcome in Outcome.allCases {
            let found = try diagram.find(outcome.bit, in: world)
            #expect((found != nil) == (outcomes & outcome.bit != 0))
          }
        }
      }
      if outcomes.count > 1 { compared += 1 }
      #expect(Set(outcomes).count <= 1)
    }
    #expect(compared > 30)
  }

  // MARK: Budgets

  /// Conditions over many zones that no order of them makes small, and that are hard to search.
  private static func tangle(_ count: Int) -> Condition {
    var random = SplitMix(seed: 9)
    return .all(
      (0..<count * 4).map { _ in
        .any(
          (0..<3).map { _ in
            let zone = Condition.variable(
              Int.random(in: 1..<count, using: &random), in: [1])
            return Bool.random(using: &random) ? zone : .not(zone)
          })
      })
  }

  private static func tangled(escape: Condition, then demand: Demand = .multiFactor) -> SignInModel
  {
    let count = 120
    return SignInModel(
      variables: (0..<count).map { Variable(name: "zone \($0)", values: ["outside", "inside"]) },
      atoms: (0..<60).map { SubjectAtom(kind: .group, id: "g\($0)", name: "g\($0)") },
      unknowns: [Unknown(title: "who is in group 'Legacy'", remedy: "grant it")],
      policy: .firstMatch(
        [
          .init(escape, .demand(.singleFactor, by: nil)),
          .init(.any((0..<60).map { .subject($0) }), .demand(.multiFactor, by: nil)),
          .init(tangle(count), .demand(demand, by: nil)),
        ],
        otherwise: .demand(.refused, by: nil)))
  }

  @Test("an escape found before the budget ends is kept, with its witness")
  func keepsEscape() {
    let model = Self.tangled(escape: .variable(0, in: [1]))
    let evaluator = SignInEvaluator(model, upstream: [:], work: 0)
    let result = evaluator.evaluate(Self.signature)
    #expect(result.verdict == .enforcedConditionally)
    #expect(result.isProven)
    #expect(result.witness == [ContextFact(name: "zone 0", value: "inside")])
    #expect(evaluator.verdict(Self.signature) == .enforcedConditionally)
  }

  @Test("an escape that hangs on an unknown is kept, and not called proven")
  func keepsUnprovenEscape() {
    let model = Self.tangled(escape: .all([.unknown(0), .variable(0, in: [1])]))
    let result = SignInEvaluator(model, upstream: [:], work: 0).evaluate(Self.signature)
    #expect(result.verdict == .enforcedConditionally)
    #expect(!result.isProven)
    #expect(result.witness == [ContextFact(name: "zone 0", value: "inside")])
  }

  @Test("without an escape and without an end nobody can tell")
  func nothingFound() {
    let model = Self.tangled(escape: .never, then: .singleFactor)
    let result = SignInEvaluator(model, upstream: [:], work: 0).evaluate(Self.signature)
    #expect(result.verdict == .cannotTell)
    #expect(!result.findsNoWayIn)
    #expect(result.unknowns.contains { $0.title.contains("too many conditions") })
  }

  @Test("the budget is the model's, and what is simple needs none")
  func perModel() {
    let evaluator = SignInEvaluator(
      Self.tangled(escape: .variable(0, in: [1])), upstream: [:], work: 30_000)
    func evaluate(_ facts: UInt64) -> Verdict {
      evaluator.evaluate(
        AccountTable.Signature(status: .active, atoms: [facts], assigned: [1])
      ).verdict
    }
    #expect(evaluate(0) == .enforcedConditionally)
    #expect(evaluator.workLeft == 0)
    // The others cost what is free, however many they are.
    let time = ProcessorTime.measure {
      for _ in 0..<3 { #expect(evaluate(0) == .enforcedConditionally) }
    }
    #expect(time < .seconds(20), "\(time)")
    // Whoever is in a group is asked for two factors: decided whatever the others cost.
    let result = evaluator.evaluate(
      AccountTable.Signature(status: .active, atoms: [1], assigned: [1]))
    #expect(result.verdict == .enforcedConditionally)
    #expect(result.unknowns.isEmpty)
  }

  @Test("a meter takes from a reserve what it is allowed, and no more than is there")
  func meter() throws {
    let reserve = SearchBudget(10_000)
    var meter = WorkMeter(free: 100, then: 6_000, from: reserve)
    try meter.spend(100)
    #expect(reserve.left == 10_000)
    try meter.spend(5_000)
    #expect(throws: BudgetExceeded.self) { try meter.spend(2_000) }
    #expect(reserve.left == 4_000)
    var other = WorkMeter(free: 0, then: .max, from: reserve)
    try other.spend(3_000)
    #expect(throws: BudgetExceeded.self) { try other.spend(3_000) }
    #expect(reserve.left == 0)
    var alone = WorkMeter(free: 10)
    #expect(throws: BudgetExceeded.self) { try alone.spend(11) }
  }
}
