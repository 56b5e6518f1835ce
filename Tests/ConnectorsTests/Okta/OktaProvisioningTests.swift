import ConnectorKit
import IdentityCore
import MockIdP
import Testing

/// What a sign-in through another identity provider changes about an account is part of the sign-in.
///
/// - SeeAlso: <https://developer.okta.com/docs/api/openapi/okta-management/management/tags/identityprovider>
@Suite("Okta, accounts that an identity provider changes") struct OktaProvisioningTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    var status = "ACTIVE"
    /// What the provider does at a sign-in.
    var provisioning: JSON = ["action": "AUTO"]
    /// Whether accounts are linked at the first sign-in.
    var links = true
    var isInForce = true
    /// The rules of the application's policy.
    var rules: [Rule] = [.catchAll("2FA")]
    /// Whether the person is in group `Spared`.
    var isSpared = false
    let expected: Verdict
    var testDescription: String { name }
  }

  private static func waking(_ key: String, _ action: String) -> JSON {
    ["action": "AUTO", "conditions": [key: ["action": .string(action)]]]
  }

  private static func groups(_ action: String, _ rest: JSON) -> JSON {
    ["action": "AUTO", "groups": (["action": .string(action)] as JSON).merging(rest)]
  }

  private static func rule(_ factors: String) -> Rule {
    Rule("Spared") {
      $0.groups = ["Spared"]
      $0.factors = factors
    }
  }

  private static let spared: JSON = ["00gSpared"]

  static let rows: [Row] = [
    Row(
      name: "a suspended account that a sign-in brings back", status: "SUSPENDED",
      provisioning: waking("suspended", "UNSUSPEND"), expected: .cannotTell),
    Row(
      name: "a deprovisioned account that a sign-in brings back", status: "DEPROVISIONED",
      provisioning: waking("deprovisioned", "REACTIVATE"), expected: .cannotTell),
    Row(
      name: "a suspended account that stays so", status: "SUSPENDED",
      provisioning: waking("suspended", "NONE"), expected: .notEvaluated),
    Row(
      name: "a suspended account, and the provider is off", status: "SUSPENDED",
      provisioning: waking("suspended", "UNSUSPEND"), isInForce: false, expected: .notEvaluated),
    Row(
      name: "a suspended account, and an action that is newer than we are", status: "SUSPENDED",
      provisioning: waking("suspended", "WAKE"), expected: .cannotTell),
    Row(
      name: "an account that was just invited comes in by the link of its mail",
      status: "PROVISIONED", expected: .enforced),
    Row(name: "an account that was never activated", status: "STAGED", expected: .notEvaluated),
    Row(
      name: "a sign-in puts people into the group that is spared",
      provisioning: groups("ASSIGN", ["assignments": spared]),
      rules: [rule("1FA"), .catchAll("2FA")], expected: .enforcedConditionally),
    Row(
      name: "the provider says who is in the group that is spared",
      provisioning: groups("APPEND", ["filter": spared]), rules: [rule("1FA"), .catchAll("2FA")],
      expected: .enforcedConditionally),
    Row(
      name: "a sign-in gives another group",
      provisioning: groups("ASSIGN", ["assignments": ["00gOther"]]),
      rules: [rule("1FA"), .catchAll("2FA")], expected: .enforced),
    Row(
      name: "the provider gives a group, and links nobody",
      provisioning: groups("ASSIGN", ["assignments": spared]), links: false,
      rules: [rule("1FA"), .catchAll("2FA")], expected: .enforced),
    Row(
      name: "a sign-in takes people out of the group that is asked",
      provisioning: groups("SYNC", ["filter": spared]), rules: [rule("2FA"), .catchAll("1FA")],
      isSpared: true, expected: .enforcedConditionally),
    Row(
      name: "who is spared already is not protected by being taken out",
      provisioning: groups("SYNC", ["filter": spared]), rules: [rule("1FA"), .catchAll("2FA")],
      isSpared: true, expected: .notEnforced),
  ]

  @Test("are judged as what they may become", arguments: rows)
  func row(_ row: Row) async throws {
    var okta = OktaOrganisation(
      groups: [Group("Spared", id: "00gSpared")],
      apps: [
        OktaApp(
          "Heroku", id: Bench.app, accessPolicy: "Main", users: [AppUser("ana@acme.com")])
      ], policies: [Policy("Main", id: "rstMain", rules: row.rules)],
      identityProviders: [
        InboundIdentityProvider("Partner")
      ])
    okta.identityProviders[0].status = row.isInForce ? "ACTIVE" : "INACTIVE"
    okta.identityProviders[0].linksAccounts = row.links
    okta.identityProviders[0].raw = ["policy": ["provisioning": row.provisioning]]
    okta.rateLimit = 1_000_000
    let scenario = Scenario(
      people: [
        Person("ana@acme.com", status: row.status, groups: row.isSpared ? ["Spared"] : [])
      ], okta: okta)
    try await Bench.run(scenario) { bench in
      let reading = await ConformanceReading(
        of: bench.okta(), app: Bench.app, people: ["ana@acme.com"])
      #expect(reading.source.isComplete, "\(reading.source.issues)")
      let record = try #require(try reading.reconciled().records["ana@acme.com"])
      #expect(record.verdict == row.expected, "\(record.reason)")
    }
  }

  @Test("who may not be linked is not asked about the provider's word, and the reading is whole")
  func exceptions() async throws {
    let people = ["ana@acme.com", "bo@acme.com"].map { Person($0) }
    for (users, spared) in [
      (["exclude": [.string(people[1].id)]] as JSON, Verdict.enforced),
      (["exclude": [], "excludeAdmins": true], .enforcedConditionally),
    ] {
      var okta = OktaOrganisation(
        apps: [
          OktaApp(
            "Heroku", id: Bench.app, accessPolicy: "Main", users: people.map { AppUser($0.email) })
        ], policies: [Policy("Main", id: "rstMain", rules: [.catchAll("2FA")])],
        identityProviders: [InboundIdentityProvider("Partner", trustsClaims: true)])
      okta.identityProviders[0].linksAccounts = true
      okta.identityProviders[0].raw = ["policy": ["accountLink": ["filter": ["users": users]]]]
      okta.rateLimit = 1_000_000
      try await Bench.run(Scenario(people: people, okta: okta)) { bench in
        let reading = await ConformanceReading(
          of: bench.okta(), app: Bench.app, people: people.map(\.email))
        #expect(reading.source.isComplete, "\(reading.source.issues)")
        let records = try reading.reconciled().records
        #expect(records["ana@acme.com"]?.verdict == .enforcedConditionally)
        #expect(records["bo@acme.com"]?.verdict == spared)
      }
    }
  }
}
