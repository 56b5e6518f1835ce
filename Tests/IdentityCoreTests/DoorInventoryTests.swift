import Testing

@testable import IdentityCore

/// What is made of doors and modifiers that nobody knows.
@Suite("Doors and modifiers of unknown state")
struct DoorInventoryTests {
  private static let person = AccountTable.Signature(
    status: .active, atoms: [0], assigned: [1])
  private static let door = InventoryRow(.door, "reset", "the reset", about: "")
  private static let modifier = InventoryRow(
    .modifier, "remembered", "a remembered browser", worst: .opensSometimes("remembered"), about: ""
  )

  private func verdict(
    _ policy: SignInPolicy, _ row: InventoryRow, _ state: InventoryEntry.State = .unknown
  ) -> Verdict {
    let model = SignInModel(
      rules: [
        RuleReference(policyID: "p", policyName: "P", ruleID: "r", ruleName: "R", demand: "asks")
      ], policy: policy
    ).accounting(for: [InventoryEntry(row, state: state, why: "not read", remedy: "look")])
    return SignInEvaluator(model).evaluate(Self.person).verdict
  }

  private static let enforced = SignInPolicy.demand(.multiFactor, by: 0)
  private static let refused = SignInPolicy.demand(.refused, by: 0)
  private static let single = SignInPolicy.demand(.singleFactor, by: 0)

  @Test("a door of unknown state beside an enforced one: nobody can tell")
  func door() {
    #expect(verdict(Self.enforced, Self.door) == .cannotTell)
    #expect(verdict(Self.refused, Self.door) == .cannotTell)
    #expect(verdict(Self.single, Self.door) == .notEnforced)
  }

  @Test("a modifier of unknown state: its worst case, and who is refused stays refused")
  func modifier() {
    #expect(verdict(Self.enforced, Self.modifier) == .enforcedConditionally)
    #expect(verdict(Self.refused, Self.modifier) == .notEvaluated)
    #expect(verdict(Self.single, Self.modifier) == .notEnforced)
    let both = SignInPolicy.all([Self.enforced, Self.single])
    #expect(verdict(both, Self.modifier) == .enforcedConditionally)
    #expect(verdict(.any([Self.refused, Self.enforced]), Self.modifier) == .enforcedConditionally)
  }

  @Test(
    "what is accounted for changes nothing",
    arguments: InventoryEntry.State.allCases.filter { $0 != .unknown })
  func accounted(state: InventoryEntry.State) {
    for row in [Self.door, Self.modifier] {
      #expect(verdict(Self.enforced, row, state) == .enforced)
      #expect(verdict(Self.refused, row, state) == .notEvaluated)
      #expect(verdict(Self.single, row, state) == .notEnforced)
    }
  }

  @Test("a vouch that ends takes the verdict with it by the reader's clock, though no run says so")
  func endedVouch() throws {
    let end = TestTeam.now
    var entry = InventoryEntry(Self.door, state: .vouched, why: "looked at, says ciso@acme.com")
    entry.until = end
    func verdict(_ verdict: Verdict, after seconds: Int64) throws -> MemberRecord {
      var team = TestTeam()
      team.add(TestTeam.ana("ana@acme.com"))
      var record = try #require(team.records["ana@acme.com"])
      record.judgement = Judgement(doors: [
        Door(
          provider: "okta", app: "a", verdict: verdict, code: .policyEnforces, reason: "",
          inventory: [entry])
      ])
      return AgeLimit(staleAfter: 86_400, now: end.adding(seconds: seconds)).applied(
        to: record, observedAt: end.adding(seconds: -60))
    }
    for good in [Verdict.enforced, .enforcedConditionally, .notEvaluated] {
      #expect(try verdict(good, after: -1).verdict == good)
      let ended = try verdict(good, after: 0)
      #expect(ended.verdict == .cannotTell && ended.isGap)
      #expect(ended.findings.isSuperset(of: FindingSet(.cannotTell)))
      #expect(ended.judgement.deciding?.reason.contains("Nobody vouches for the reset") == true)
    }
    #expect(try verdict(.notEnforced, after: 1).verdict == .notEnforced)
  }

  @Test("what the model holds at its place concerns only those whom that place is about")
  func heldByTheModel() {
    let held = Self.door.unknown("policy P: key", "not known", remedy: "look")
    let model = SignInModel(
      atoms: [SubjectAtom(kind: .group, id: "g", name: "g")], unknowns: [held],
      rules: [
        RuleReference(policyID: "p", policyName: "P", ruleID: "r", ruleName: "R", demand: "asks")
      ],
      policy: .firstMatch(
        [.init(.all([.subject(0), .unknown(0)]), Self.single)], otherwise: Self.enforced)
    ).accounting(for: [
      InventoryEntry(
        Self.door, object: "policy P: key", state: .unknown, why: "not known", remedy: "look")
    ])
    let evaluator = SignInEvaluator(model)
    let member = AccountTable.Signature(status: .active, atoms: [1], assigned: [1])
    let other = AccountTable.Signature(status: .active, atoms: [0], assigned: [1])
    #expect(evaluator.evaluate(member).verdict == .cannotTell)
    #expect(evaluator.evaluate(other).verdict == .enforced)
  }
}
