import Testing

@testable import IdentityCore

/// Providers that leave sign-ins to one another: okta, which the team signs in through, and those behind it.
@Suite("Chains of identity providers")
struct FederationChainTests {
  /// What a provider of the chain does with a sign-in.
  enum Step: Sendable {
    case asksFor(Demand)
    /// One factor inside the office, two elsewhere.
    case conditional
    case leaves(to: String)
    /// Two factors for those in the group at position 0; the others are left to another provider.
    case leavesOthers(to: String)
    case unknown
  }

  private static func model(_ name: String, _ step: Step) -> SignInModel {
    let rules = [
      RuleReference(
        policyID: "p-\(name)", policyName: "Policy of \(name)", ruleID: "r", ruleName: "All",
        position: 1, demand: "decides")
    ]
    func left(to other: String, _ policy: SignInPolicy) -> SignInModel {
      SignInModel(
        atoms: [SubjectAtom(kind: .group, id: "g", name: "Staff")], rules: rules, policy: policy,
        upstreams: [Upstream(name: other, keys: ["idp-\(other)", "\(other).example"])])
    }
    switch step {
    case .asksFor(let demand): return SignInModel(rules: rules, policy: .demand(demand, by: 0))
    case .conditional:
      return SignInModel(
        variables: [Variable(name: "zone Office", values: ["outside", "inside"])], rules: rules,
        policy: .firstMatch(
          [.init(.variable(0, in: [1]), .demand(.singleFactor, by: 0))],
          otherwise: .demand(.multiFactor, by: 0)))
    case .leaves(let other): return left(to: other, .upstream(0, by: 0))
    case .leavesOthers(let other):
      return left(
        to: other,
        .firstMatch(
          [.init(.subject(0), .demand(.multiFactor, by: 0))], otherwise: .upstream(0, by: 0)))
    case .unknown:
      return SignInModel(
        unknowns: [Unknown(title: "what the expression means", remedy: "simplify it")],
        rules: rules, policy: .demand(.unknown(0), by: 0))
    }
  }

  /// A team with one member, whose account is at every provider of the chain.
  private static func team(
    _ steps: [(String, Step)], routes: Bool = true,
    change: (String, inout Account) -> Void = { _, _ in }
  ) -> TestTeam {
    var team = TestTeam()
    team.add(TestTeam.ana())
    change("okta", &team.accounts[0])
    for (name, step) in steps {
      if name == "okta" {
        team.state = .readable(model(name, step))
        team.routes = routes ? Self.routes(of: step) : []
      }
      var account = Account(id: "\(name)-1", email: "ana@acme.com", assigned: [0])
      change(name, &account)
      var table = AccountTable(atomCount: 4)
      table.append(name == "okta" ? team.accounts[0] : account)
      var reading = ProviderReading(
        source: SourceReading(
          name: name, kind: "okta", startedAt: TestTeam.now, observedAt: TestTeam.now),
        apps: [ProviderApp(id: "app", label: name, state: .readable(model(name, step)))],
        accounts: table)
      if routes { reading.routes = Self.routes(of: step) }
      team.otherProviders[name] = reading
    }
    return team
  }

  private static func routes(of step: Step) -> [UpstreamRoute] {
    switch step {
    case .leaves(let other), .leavesOthers(let other):
      [
        UpstreamRoute(
          identityProvider: "\(other.uppercased()).example/",
          target: SignInTarget(provider: other, app: "app"))
      ]
    case .asksFor, .conditional, .unknown: []
    }
  }

  struct Row: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var last: Step
    var verdict: Verdict
    var finding: FindingKind?
  }

  @Test(
    "what the last provider asks for is the verdict, through three providers",
    arguments: [
      Row(testDescription: "two factors", last: .asksFor(.multiFactor), verdict: .enforced),
      Row(
        testDescription: "one factor", last: .asksFor(.singleFactor), verdict: .notEnforced,
        finding: .mfaNotEnforced),
      Row(testDescription: "refused", last: .asksFor(.refused), verdict: .notEvaluated),
      Row(
        testDescription: "one factor in the office", last: .conditional,
        verdict: .enforcedConditionally, finding: .mfaConditional),
      Row(
        testDescription: "nobody knows", last: .unknown, verdict: .cannotTell,
        finding: .cannotTell),
    ])
  func chain(row: Row) throws {
    let team = Self.team([
      ("okta", .leaves(to: "entra")), ("entra", .leaves(to: "keycloak")), ("keycloak", row.last),
    ])
    let record = try #require(team.records["ana@acme.com"])
    #expect(record.verdict == row.verdict, "\(record.reason)")
    #expect(row.finding.map { record.findings.contains(FindingSet($0)) } ?? true)
    let hops = (record.judgement.deciding?.evidence ?? []).filter { $0.kind == .delegation }
    #expect(hops.map(\.name) == ["sign-in left to entra", "sign-in left to keycloak"])
    #expect(hops.last?.value.contains(record.verdict.rawValue) == true)
  }

  @Test("the witness of the last provider is told at the first one")
  func witness() throws {
    let conditional = Self.team([("okta", .leaves(to: "entra")), ("entra", .conditional)])
    let record = try #require(conditional.records["ana@acme.com"])
    #expect(record.witness?.contains("with entra letting in with one factor") == true)
    #expect(record.witness?.contains("inside zone Office") == true, "\(record.witness ?? "")")
    let open = Self.team([("okta", .leaves(to: "entra")), ("entra", .asksFor(.singleFactor))])
    let other = try #require(open.records["ana@acme.com"])
    #expect(other.witness?.contains("at entra: any sign-in") == true, "\(other.witness ?? "")")
  }

  @Test("a circle of providers is cannot-tell, and names them")
  func circle() throws {
    let team = Self.team([("okta", .leaves(to: "entra")), ("entra", .leaves(to: "okta"))])
    let record = try #require(team.records["ana@acme.com"])
    #expect(record.verdict == .cannotTell)
    #expect(record.reason.contains("in a circle (okta → entra → okta)"), "\(record.reason)")
  }

  @Test("a chain over three hops is cannot-tell")
  func tooLong() throws {
    let steps: [(String, Step)] = [
      ("okta", .leaves(to: "a")), ("a", .leaves(to: "b")), ("b", .leaves(to: "c")),
      ("c", .leaves(to: "d")), ("d", .asksFor(.multiFactor)),
    ]
    let record = try #require(Self.team(steps).records["ana@acme.com"])
    #expect(record.verdict == .cannotTell)
    #expect(record.reason.contains("too long"), "\(record.reason)")
    let shorter = Self.team(Array(steps[1...]).map { ($0.0 == "a" ? "okta" : $0.0, $0.1) })
    #expect(shorter.records["ana@acme.com"]?.verdict == .enforced)
  }

  @Test("a provider that nobody reads is cannot-tell, and says which to configure")
  func unrouted() throws {
    let team = Self.team(
      [("okta", .leaves(to: "entra")), ("entra", .asksFor(.multiFactor))], routes: false)
    let record = try #require(team.records["ana@acme.com"])
    #expect(record.verdict == .cannotTell)
    #expect(record.reason.contains("what entra asks for"), "\(record.reason)")
    #expect(record.reason.contains("name it under upstream"))
  }

  @Test("only those whose sign-in is left are judged by the other provider")
  func onlyOthers() throws {
    let steps: [(String, Step)] = [
      ("okta", .leavesOthers(to: "entra")), ("entra", .asksFor(.singleFactor)),
    ]
    let staff = Self.team(steps) { name, account in if name == "okta" { account.atoms = [0] } }
    #expect(staff.records["ana@acme.com"]?.verdict == .enforced)
    #expect(Self.team(steps).records["ana@acme.com"]?.verdict == .notEnforced)
  }

  @Test("who cannot sign in at the other provider has no way in; who is unknown there may have one")
  func accounts() throws {
    let steps: [(String, Step)] = [
      ("okta", .leaves(to: "entra")), ("entra", .asksFor(.singleFactor)),
    ]
    let inactive = Self.team(steps) { name, account in
      if name == "entra" { account.status = .inactive }
    }
    #expect(inactive.records["ana@acme.com"]?.verdict == .notEvaluated)
    let unassigned = Self.team(steps) { name, account in
      if name == "entra" { account.assigned = [] }
    }
    #expect(unassigned.records["ana@acme.com"]?.verdict == .notEvaluated)
    let stranger = Self.team(steps) { name, account in
      if name == "entra" { account.email = "someone@acme.com" }
    }
    #expect(stranger.records["ana@acme.com"]?.verdict == .cannotTell)
  }

  @Test("a provider behind that was not read to its end improves nobody")
  func incomplete() throws {
    var team = Self.team([("okta", .leaves(to: "entra")), ("entra", .asksFor(.multiFactor))])
    let prior = try #require(
      Self.team([("okta", .leaves(to: "entra")), ("entra", .asksFor(.singleFactor))])
        .records["ana@acme.com"])
    team.otherProviders["entra"]?.source.issues = [
      SourceIssue(code: "forbidden", call: "GET /x", message: "No.", remedy: "grant it")
    ]
    let changes = try team.reconcile(MemoryPrior(["ana@acme.com": prior])).changes
    #expect(changes.allSatisfy { $0.record.verdict == .notEnforced })
    var judge = team.adjudicator
    #expect(!judge.person(0).doubts.isEmpty)
  }

  @Test("the proof accounts for the doors of every provider of the chain, and names whose they are")
  func inventories() throws {
    var team = Self.team([("okta", .leaves(to: "entra")), ("entra", .asksFor(.multiFactor))])
    let reset = InventoryRow(.door, "reset", "the reset of a password", about: "")
    func account(_ source: SourceName, _ state: InventoryEntry.State) throws {
      var app = try #require(team.otherProviders[source]?.apps[0])
      app.account(for: [InventoryEntry(reset, state: state, why: "looked at", remedy: "look")])
      team.otherProviders[source]?.apps[0] = app
    }
    try account("entra", .closed)
    let proof = try #require(team.records["ana@acme.com"]?.judgement.deciding)
    #expect(proof.verdict == .enforced)
    #expect(proof.inventory.map(\.name) == ["the reset of a password at entra"])
    try account("entra", .unknown)
    #expect(team.records["ana@acme.com"]?.verdict == .cannotTell)
  }
}
