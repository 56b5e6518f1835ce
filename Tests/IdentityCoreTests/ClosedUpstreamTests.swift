import Testing

@testable import IdentityCore

/// A person whom the provider behind lets in nowhere has no way in, for the reason of that provider.
@Suite("Closed providers behind")
struct ClosedUpstreamTests {
  private static let rules = [
    RuleReference(
      policyID: "p", policyName: "Routing", ruleID: "r", ruleName: "Everybody", position: 1,
      demand: "leaves the sign-in to others"),
    RuleReference(
      policyID: "p", policyName: "Routing", ruleID: "s", ruleName: "Blocked", position: 2,
      demand: "refuses"),
  ]

  private static func leaves(_ policy: SignInPolicy, to others: [String]) -> SignInModel {
    SignInModel(
      variables: [Variable(name: "zone HQ", values: ["outside", "inside"])], rules: rules,
      policy: policy, upstreams: others.map { Upstream(name: $0, keys: []) })
  }

  private static let open = SignInModel(rules: rules, policy: .demand(.singleFactor, by: 0))

  /// A member who signs in at okta, which leaves sign-ins to others.
  private static func record(
    _ model: SignInModel, behind: [String: SignInModel] = ["entra": open, "keycloak": open],
    appStates: [String: ProviderApp.State] = [:],
    change: (String, inout Account) -> Void = { _, _ in }
  ) throws -> MemberRecord {
    var team = TestTeam()
    team.add(TestTeam.ana())
    team.state = .readable(model)
    let routes = ["entra", "keycloak"].map {
      UpstreamRoute(identityProvider: $0, target: SignInTarget(provider: $0, app: "app"))
    }
    team.routes = routes
    for (name, model) in behind {
      var account = Account(id: "\(name)-1", email: "ana@acme.com", assigned: [0])
      change(name, &account)
      var table = AccountTable(atomCount: 4)
      table.append(account)
      var reading = ProviderReading(
        source: SourceReading(
          name: name, kind: name, startedAt: TestTeam.now, observedAt: TestTeam.now),
        apps: [
          ProviderApp(
            id: "app", label: "App of \(name)", state: appStates[name] ?? .readable(model))
        ], accounts: table)
      reading.routes = name == "entra" ? routes : []
      team.otherProviders[name] = reading
    }
    return try #require(team.records["ana@acme.com"])
  }

  private static let all = leaves(.upstream(0, by: 0), to: ["entra"])

  @Test("an account that cannot sign in there is deprovisioned, with its finding")
  func deprovisioned() throws {
    let record = try Self.record(Self.all) { name, account in
      if name == "entra" {
        account.status = .inactive
        account.statusText = "suspended"
      }
    }
    #expect(record.verdict == .notEvaluated)
    #expect(record.judgement.deciding?.code == .deprovisioned)
    #expect(record.judgement.deciding?.provider == "okta")
    #expect(
      record.reason
        == "No sign-in to Heroku gets in: it is left to entra, where there is no way in: The account at entra cannot sign in (suspended), but is still on the team."
    )
    #expect(record.findings.contains(FindingSet(.deprovisionedAtIdP)))
    let evidence = record.judgement.deciding?.evidence ?? []
    #expect(evidence.contains { $0.kind == .delegation && $0.name == "sign-in left to entra" })
    #expect(evidence.filter { $0.kind == .rule }.map(\.id) == ["r"], "no rule that is not okta's")
  }

  @Test("an account without the application there is not assigned, with its finding")
  func notAssigned() throws {
    let record = try Self.record(Self.all) { name, account in
      if name == "entra" { account.assigned = [] }
    }
    #expect(record.verdict == .notEvaluated)
    #expect(record.judgement.deciding?.code == .notAssigned)
    #expect(record.reason.contains("left to entra"))
    #expect(record.findings.contains(FindingSet(.notAssigned)))
  }

  @Test("an application that is switched off there")
  func appInactive() throws {
    let record = try Self.record(
      Self.all, appStates: ["entra": .inactive("The application is switched off.")])
    #expect(record.verdict == .notEvaluated)
    #expect(record.judgement.deciding?.code == .appInactive)
    #expect(record.reason.contains("left to entra, where there is no way in: The application"))
  }

  @Test("rules there that refuse every sign-in")
  func accessDenied() throws {
    let refusing = SignInModel(rules: Self.rules, policy: .demand(.refused, by: 1))
    let record = try Self.record(Self.all, behind: ["entra": refusing])
    #expect(record.verdict == .notEvaluated)
    #expect(record.judgement.deciding?.code == .accessDenied)
    #expect(record.reason.contains("left to entra"))
    #expect(record.reason.contains("rule 2 'Blocked' of policy 'Routing' refuses"))
    // Nothing found there is not known here.
    let empty = SignInModel(policy: .demand(.refused, by: nil))
    #expect(try Self.record(Self.all, behind: ["entra": empty]).verdict == .cannotTell)
  }

  @Test("the reason comes through a chain")
  func chain() throws {
    let middle = Self.leaves(.upstream(0, by: 0), to: ["keycloak"])
    let record = try Self.record(Self.all, behind: ["entra": middle, "keycloak": Self.open]) {
      name, account in if name == "keycloak" { account.status = .inactive }
    }
    #expect(record.verdict == .notEvaluated)
    #expect(record.judgement.deciding?.code == .deprovisioned)
    #expect(record.reason.contains("left to entra") && record.reason.contains("left to keycloak"))
  }

  @Test("several, each closed for a reason of its own: both are named, the first one's code")
  func several() throws {
    for policy in [
      SignInPolicy.any([.upstream(0, by: 0), .upstream(1, by: nil)]),
      .firstMatch(
        [.init(.variable(0, in: [1]), .upstream(0, by: 0))], otherwise: .upstream(1, by: nil)),
      .all([.upstream(0, by: nil), .upstream(1, by: nil)]),
    ] {
      let record = try Self.record(Self.leaves(policy, to: ["keycloak", "entra"])) {
        if $0 == "keycloak" { $1.assigned = [] } else { $1.status = .inactive }
      }
      #expect(record.verdict == .notEvaluated)
      #expect(record.judgement.deciding?.code == .notAssigned)
      #expect(record.reason.contains("left to keycloak") && record.reason.contains("left to entra"))
    }
  }

  @Test("one of several that is open counts")
  func oneOpen() throws {
    let choice = Self.leaves(
      .any([.upstream(0, by: 0), .upstream(1, by: 0)]), to: ["entra", "keycloak"])
    let record = try Self.record(choice) { if $0 == "entra" { $1.status = .inactive } }
    #expect(record.verdict == .notEnforced)
  }

  @Test("where rules of one's own refuse anyway, they are the reason")
  func ownRules() throws {
    let both = SignInPolicy.all([.upstream(0, by: 0), .demand(.refused, by: 1)])
    let record = try Self.record(Self.leaves(both, to: ["entra"])) { name, account in
      if name == "entra" { account.status = .inactive }
    }
    #expect(record.judgement.deciding?.code == .accessDenied)
    #expect(record.reason.contains("rule 2 'Blocked'"))
    let partly = SignInPolicy.firstMatch(
      [.init(.variable(0, in: [1]), .demand(.refused, by: 1))], otherwise: .upstream(0, by: 0))
    let other = try Self.record(Self.leaves(partly, to: ["entra"])) { name, account in
      if name == "entra" { account.status = .inactive }
    }
    #expect(other.judgement.deciding?.code == .deprovisioned)
    #expect(other.reason.contains("left to entra") && other.reason.contains("rule 2 'Blocked'"))
  }

  @Test("an escape at a provider behind that hangs on an unknown is not proven here either")
  func unproven() throws {
    func entra(_ otherwise: SignInPolicy) -> SignInModel {
      SignInModel(
        variables: [Variable(name: "zone HQ", values: ["outside", "inside"])],
        unknowns: [Unknown(title: "who is in group 'Legacy'", remedy: "grant it")],
        rules: Self.rules,
        policy: .firstMatch(
          [
            .init(.all([.unknown(0), .variable(0, in: [1])]), .demand(.singleFactor, by: 0))
          ], otherwise: otherwise))
    }
    let record = try Self.record(
      Self.all, behind: ["entra": entra(.demand(.multiFactor, by: 0))])
    #expect(record.verdict == .enforcedConditionally)
    #expect(record.judgement.deciding?.isProven == false)
    let outside = SignInPolicy.firstMatch(
      [.init(.variable(0, in: [0]), .demand(.singleFactor, by: 0))],
      otherwise: .demand(.multiFactor, by: 0))
    let proven = try Self.record(Self.all, behind: ["entra": entra(outside)])
    // Where the unknown holds, one factor is enough everywhere.
    #expect(proven.verdict == .cannotTell)
    let known = SignInModel(
      variables: [Variable(name: "zone HQ", values: ["outside", "inside"])], rules: Self.rules,
      policy: outside)
    let certain = try Self.record(Self.all, behind: ["entra": known])
    #expect(certain.verdict == .enforcedConditionally)
    #expect(certain.judgement.deciding?.isProven == true)
  }
}
