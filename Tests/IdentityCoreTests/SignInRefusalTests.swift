import Testing

@testable import IdentityCore

/// Always refused by rules that were read is no way in; nothing found is cannot-tell.
@Suite("Sign-ins that nobody gets through")
struct SignInRefusalTests {
  private static let rules = ["Blocked", "Contractors"].enumerated().map {
    RuleReference(
      policyID: "p", policyName: "Access", ruleID: "r\($0)", ruleName: $1, position: $0 + 1,
      demand: "refuses")
  }

  private static func model(_ policy: SignInPolicy) -> SignInModel {
    SignInModel(
      variables: [Variable(name: "zone HQ", values: ["outside", "inside"])],
      unknowns: [
        Unknown(title: "whether the rule applies", remedy: "read it"),
        Unknown(title: "what the flow asks for", remedy: "read that"),
      ], rules: rules, policy: policy)
  }

  private static func evaluate(_ policy: SignInPolicy) -> SignInResult {
    SignInEvaluator(model(policy)).evaluate(
      AccountTable.Signature(status: .active, atoms: [0], assigned: [1]))
  }

  private static let refused = SignInPolicy.demand(.refused, by: 0)
  private static let alsoRefused = SignInPolicy.demand(.refused, by: 1)
  private static let nothing = SignInPolicy.demand(.refused, by: nil)
  private static let multi = SignInPolicy.demand(.multiFactor, by: nil)
  private static let single = SignInPolicy.demand(.singleFactor, by: nil)
  private static let inside = Condition.variable(0, in: [1])

  private static func when(
    _ condition: Condition, _ then: SignInPolicy, else otherwise: SignInPolicy
  ) -> SignInPolicy {
    .firstMatch([.init(condition, then)], otherwise: otherwise)
  }

  struct Row: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var policy: SignInPolicy
    var verdict: Verdict

    init(_ description: String, _ policy: SignInPolicy, _ verdict: Verdict) {
      testDescription = description
      self.policy = policy
      self.verdict = verdict
    }
  }

  @Test(
    "refused by what was read is no way in, and names the rules",
    arguments: [
      Row("one rule", refused, .notEvaluated),
      Row("one inside, one outside", when(inside, refused, else: alsoRefused), .notEvaluated),
      Row("all parts, one of which refuses", .all([multi, refused, single]), .notEvaluated),
      Row("each of several ways", .any([refused, alsoRefused]), .notEvaluated),
      Row("the one way that there is", .any([refused, nothing]), .notEvaluated),
      Row("whatever is not known", .all([.demand(.unknown(1), by: nil), refused]), .notEvaluated),
      Row(
        "by this rule or that, nobody knows which", when(.unknown(0), refused, else: alsoRefused),
        .notEvaluated),
    ])
  func refusedByRules(row: Row) {
    let result = Self.evaluate(row.policy)
    #expect(result.verdict == row.verdict)
    #expect(result.closingRules.isEmpty == false)
    #expect(result.closingRules.allSatisfy { $0 == 0 || $0 == 1 })
  }

  @Test(
    "nothing found is cannot-tell",
    arguments: [
      Row("a refusal of no rule", nothing, .cannotTell),
      Row("no way at all", .any([]), .cannotTell),
      Row("ways that are none", .any([nothing, .all([nothing, multi])]), .cannotTell),
      Row(
        "inside refused, outside nothing found", when(inside, refused, else: nothing), .cannotTell),
      Row(
        "a refusal that hangs on an unknown", when(.unknown(0), refused, else: nothing), .cannotTell
      ),
      Row(
        "an unreadable flow", .all([.demand(.unknown(1), by: nil), nothing]), .cannotTell),
    ])
  func nothingFound(row: Row) {
    #expect(Self.evaluate(row.policy).verdict == row.verdict)
  }

  @Test(
    "worlds in which nobody gets in are no better and no worse than enforced ones",
    arguments: [
      Row("or two factors", when(.unknown(0), refused, else: multi), .enforced),
      Row("or two factors, nothing found", when(.unknown(0), nothing, else: multi), .enforced),
      Row("or one factor", when(.unknown(0), refused, else: single), .cannotTell),
      Row(
        "or one factor inside",
        when(.unknown(0), refused, else: when(inside, single, else: multi)),
        .enforcedConditionally),
      Row(
        "or one factor in those let in",
        when(.unknown(0), refused, else: when(inside, single, else: alsoRefused)), .cannotTell),
    ])
  func worlds(row: Row) {
    #expect(Self.evaluate(row.policy).verdict == row.verdict)
  }

  @Test("a sign-in that cannot be is neither refused nor let in")
  func impossible() {
    var model = Self.model(Self.when(Self.inside, Self.multi, else: Self.refused))
    model.axioms = [.not(Self.inside)]
    let signature = AccountTable.Signature(status: .active, atoms: [0], assigned: [1])
    #expect(SignInEvaluator(model).evaluate(signature).verdict == .notEvaluated)
    model.axioms = [.not(Self.inside), Self.inside]
    #expect(SignInEvaluator(model).evaluate(signature).verdict == .cannotTell)
  }

  @Test("the door names the rules that refuse, and nothing found has words of its own")
  func words() {
    let app = ProviderApp(id: "a", label: "Slack", state: .inactive(""))
    let signature = AccountTable.Signature(status: .active, atoms: [0], assigned: [1])
    func door(_ policy: SignInPolicy) -> Door {
      let wording = SignInWording(
        model: Self.model(policy), app: app, source: "okta", traces: RuleTraces(Self.model(policy)))
      return wording.door(Self.evaluate(policy), signature)
    }
    let refused = door(
      Self.when(Self.inside, Self.refused, else: .all([Self.multi, Self.alsoRefused])))
    #expect(refused.verdict == .notEvaluated)
    #expect(refused.code == .accessDenied)
    #expect(
      refused.reason
        == "No sign-in to Slack gets in: rule 1 'Blocked' of policy 'Access' refuses; rule 2 'Contractors' of policy 'Access' refuses."
    )
    let nothing = door(Self.nothing)
    #expect(nothing.code == .policyUnknown)
    #expect(
      nothing.reason.hasPrefix("No way to sign in to Slack was found, and no rule that refuses it.")
    )
    #expect(nothing.reason.contains("To mend it: see at okta"))
    let unsure = door(Self.when(.unknown(0), Self.refused, else: Self.nothing))
    #expect(unsure.reason.contains("rule 1 'Blocked' of policy 'Access' refuses"))
    #expect(
      unsure.reason.contains("It is not known whether the rule applies. To mend it: read it."))
  }
}
