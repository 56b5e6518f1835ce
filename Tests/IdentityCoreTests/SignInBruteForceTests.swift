import Testing

@testable import IdentityCore

/// Every verdict against an enumeration of all worlds and all sign-ins.
@Suite("Sign-in evaluation against brute force")
struct SignInBruteForceTests {
  /// How the models of a suite were judged.
  private struct Tally {
    var verdicts: [String: Int] = [:]
    var witnesses = 0

    func report(_ title: String, _ count: Int) {
      let table = verdicts.map { "\($0.key) \($0.value)" }.sorted().joined(separator: ", ")
      print("\(title): \(count) policy sets agree (\(table)), \(witnesses) witnesses smallest")
    }
  }

  @Test("verdict, proof and smallest witness of random policy sets", arguments: 1...8)
  func random(seed: Int) throws {
    var models = RandomModels(seed: UInt64(seed))
    var tally = Tally()
    for round in 0..<2000 {
      let (model, signature) = models.model()
      try check(
        BruteForce(model: model, signature: signature), SignInEvaluator(model), round, &tally)
    }
    tally.report("brute force, seed \(seed) of 8", 2000)
    #expect(Set(tally.verdicts.keys).count == 6, "the generator reaches every verdict")
  }

  @Test("the same with sign-ins that are left to other providers", arguments: 1...8)
  func upstream(seed: Int) throws {
    var models = RandomModels(seed: UInt64(1000 + seed))
    var tally = Tally()
    for round in 0..<1000 {
      let count = Int.random(in: 1...2, using: &models.random)
      let (model, signature) = models.model(upstreams: count)
      let behind = (0..<count).compactMap { _ in
        BruteForce.Behind.allCases.randomElement(using: &models.random)
      }
      let answers = behind.enumerated().map { ($0, Self.answer($0, $1)) }
      let evaluator = SignInEvaluator(
        model, upstream: Dictionary(uniqueKeysWithValues: answers))
      let oracle = BruteForce(model: model, signature: signature, behind: behind)
      try check(oracle, evaluator, round, &tally)
    }
    tally.report("brute force with upstream providers, seed \(seed) of 8", 1000)
    #expect(Set(tally.verdicts.keys).count == 6, "the generator reaches every verdict")
  }

  private static func answer(_ id: Int, _ behind: BruteForce.Behind) -> UpstreamAnswer {
    let verdict: Verdict =
      switch behind {
      case .strong: .enforced
      case .weak: .notEnforced
      case .closed: .notEvaluated
      case .unknown: .cannotTell
      case .conditional, .perhapsConditional: .enforcedConditionally
      }
    return UpstreamAnswer(
      source: "up\(id)", verdict: verdict, isClosed: behind == .closed, words: "\(behind)",
      code: behind == .closed ? .deprovisioned : .policyUnknown,
      isProven: behind != .perhapsConditional)
  }

  private func check(
    _ oracle: BruteForce, _ evaluator: SignInEvaluator, _ round: Int, _ tally: inout Tally
  ) throws {
    let result = evaluator.evaluate(oracle.signature)
    let worlds = oracle.worlds.map { oracle.signIns($0) }
    let fates = Set(worlds.map { oracle.fate($0) })
    let verdict = BruteForce.verdict(fates)
    try #require(result.verdict == verdict, "round \(round): \(fates) of \(oracle)")
    try #require(evaluator.verdict(oracle.signature) == verdict, "round \(round): verdict alone")
    let possible = fates.subtracting([.impossible])
    let isProven = verdict != .enforcedConditionally || possible == [.conditional]
    try #require(result.isProven == isProven, "round \(round): proof, \(fates) of \(oracle)")
    let isClosed = possible.isSubset(of: [.refused, .nothing])
    try #require(
      result.findsNoWayIn == (isClosed && verdict == .cannotTell), "round \(round): \(oracle)")
    try checkSearch(evaluator, oracle.signature, result, round)
    let name = verdict.rawValue + (result.isProven ? "" : " unproven")
    tally.verdicts[name, default: 0] += 1
    guard verdict == .notEnforced || verdict == .enforcedConditionally else {
      return try #require(result.witness.isEmpty && result.witnessRules.isEmpty)
    }
    var facts: [Int: Int] = [:]
    for fact in result.witness {
      let variables = evaluator.model.variables
      let variable = try #require(variables.firstIndex { $0.name == fact.name })
      let value: Int = try #require(variables[variable].values.firstIndex(of: fact.value))
      facts[variable] = value
    }
    let wanted: BruteForce.Fate = verdict == .notEnforced ? .notEnforced : .conditional
    let proves = worlds.contains { signIns in
      oracle.fate(signIns) == wanted && oracle.guarantees(facts, signIns)
        && oracle.smallestWitness(signIns) == facts.count
    }
    try #require(proves, "round \(round): witness \(result.witness) of \(oracle)")
    tally.witnesses += 1
  }

  /// What decides where no diagram stays small says the same; a proof it may fail to show.
  private func checkSearch(
    _ evaluator: SignInEvaluator, _ signature: AccountTable.Signature, _ result: SignInResult,
    _ round: Int
  ) throws {
    let policy = ResidualPolicy(evaluator.model, signature)
    var reach = ReachableRules(policy)
    reach.collect()
    var searched = SignInResult(verdict: .cannotTell)
    evaluator.search(policy, reach, &searched)
    try #require(searched.verdict == result.verdict, "round \(round): search")
    try #require(result.isProven || !searched.isProven, "round \(round): proof of the search")
    try #require(searched.findsNoWayIn == result.findsNoWayIn, "round \(round): search")
  }
}
