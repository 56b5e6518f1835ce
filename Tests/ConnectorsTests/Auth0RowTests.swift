import Crypto
import CurlTransport
import Foundation
import IdentityCore
import MockIdP
import Testing

@testable import Auth0
@testable import ConnectorKit

/// One person at an Auth0 tenant, judged over HTTP.
enum Auth0Bench {
  static let ana = "ana.lima@acme.com"
  static let app = "AbCdEf123"
  /// What no API of Auth0 shows of a tenant.
  static let vouched = Vouch.for("remembered-browser", "other-connections")

  static func scenario(_ change: (inout Auth0Tenant) -> Void = { _ in }) -> Scenario {
    var scenario = Scenario()
    var tenant = Auth0Tenant()
    tenant.users = [.init(ana)]
    tenant.clients = [.init(app, name: "Heroku")]
    change(&tenant)
    scenario[Auth0Tenant.self] = tenant
    return scenario
  }

  static func connector(
    _ bench: Bench, attestations: [Auth0Configuration.Attestation] = [],
    vouches: [Vouch] = Auth0Bench.vouched
  ) throws -> Auth0Connector {
    let endpoint = try #require(bench.mock[.auth0])
    return Auth0Connector(
      configuration: Auth0Configuration(
        name: "auth0", url: endpoint.baseURL, clientID: "mockM2M",
        clientSecret: Secret(endpoint.token), attestations: attestations, vouches: vouches),
      transport: bench.transport, clock: { Timestamp(Date()) }, logger: bench.log.logger)
  }

  static func hash(_ code: String) -> String {
    SHA256.hash(data: Data(code.utf8)).map { String(format: "%02x", $0) }.joined()
  }
}

@Suite("Auth0 verdicts, row by row") struct Auth0RowTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var number: String
    var situation: String
    var expected: Verdict
    var reason = ""
    var enrolled: Tri?
    var attested: Auth0Configuration.Attestation?
    var change: @Sendable (inout Auth0Tenant) -> Void = { _ in }

    var testDescription: String { "\(number): \(situation)" }
  }

  private static let code =
    "exports.onExecutePostLogin = async (event, api) => { if (event.client.client_id === 'AbCdEf123') { api.multifactor.enable('any') } }"
  private static let action = Auth0Tenant.Action("Ask", id: "act1", code: code)

  private static let enterprise = Auth0Tenant.Identity(
    "acme-okta", provider: "okta", user: "acme-okta|ana@okta.example")

  static let rows: [Row] = [
    Row(
      number: "1", situation: "all applications, a factor is on, no Actions", expected: .enforced),
    Row(
      number: "2", situation: "all applications, all factors are off", expected: .notEnforced,
      reason: "no factor is switched on"
    ) { $0.factors = [] },
    Row(number: "2b", situation: "only recovery codes are on", expected: .notEnforced) {
      $0.factors = ["recovery-code"]
    },
    Row(
      number: "3", situation: "confidence score", expected: .enforcedConditionally,
      reason: "confidence high"
    ) { $0.policies = ["confidence-score"] },
    Row(
      number: "4", situation: "no policy, but a factor is set up", expected: .notEnforced,
      enrolled: .yes
    ) {
      $0.policies = []
      $0.users[0].multifactor = ["google-authenticator"]
    },
    Row(
      number: "5", situation: "no policy, an Action asks for a factor", expected: .cannotTell,
      reason: "whether the code of Action 'Ask' asks for a second factor"
    ) {
      $0.policies = []
      $0.actions = [action]
    },
    Row(
      number: "6", situation: "the same with an attestation of its code", expected: .enforced,
      attested: .init(action: "act1", codeSHA256: Auth0Bench.hash(code), word: .enforced)
    ) {
      $0.policies = []
      $0.actions = [action]
    },
    Row(
      number: "6b", situation: "attested to ask some sign-ins", expected: .enforcedConditionally,
      attested: .init(action: "act1", codeSHA256: Auth0Bench.hash(code), word: .conditional)
    ) {
      $0.policies = []
      $0.actions = [action]
    },
    Row(
      number: "6c", situation: "attested to ask nobody", expected: .notEnforced,
      attested: .init(action: "act1", codeSHA256: Auth0Bench.hash(code), word: .none)
    ) {
      $0.policies = []
      $0.actions = [action]
    },
    Row(
      number: "6d", situation: "the code changed since it was attested", expected: .cannotTell,
      attested: .init(action: "act1", codeSHA256: Auth0Bench.hash("old"), word: .enforced)
    ) {
      $0.policies = []
      $0.actions = [action]
    },
    Row(
      number: "7", situation: "policies may not be read", expected: .cannotTell,
      reason: "insufficient_scope"
    ) { $0.scopes.removeAll { $0 == "read:mfa_policies" } },
    Row(number: "7b", situation: "Actions may not be read", expected: .cannotTell) {
      $0.scopes.removeAll { $0 == "read:actions" }
    },
    Row(number: "8", situation: "the user is blocked", expected: .notEvaluated) {
      $0.users[0].blocked = true
    },
    Row(number: "10", situation: "an Action asks beside the policy", expected: .enforced) {
      $0.actions = [action]
    },
    Row(
      number: "11", situation: "an Action can switch the policy off",
      expected: .enforcedConditionally, reason: "switches MFA off"
    ) {
      $0.actions = [
        .init("Off", id: "act2", code: "if (x) { api.multifactor.enable( \"none\" ) }")
      ]
    },
    Row(number: "12", situation: "an Action that is not about factors", expected: .enforced) {
      $0.actions = [.init("Log", id: "act3", code: "console.log(1)")]
    },
    Row(
      number: "13", situation: "the tenant lets Actions choose the factors", expected: .cannotTell
    ) {
      $0.actionsChooseFactors = true
      $0.actions = [action]
    },
    Row(number: "14", situation: "a policy of a name we do not know", expected: .cannotTell) {
      $0.policies = ["moon-phase"]
    },
    Row(number: "15", situation: "no such user", expected: .cannotTell, reason: "No account") {
      $0.users = []
    },
    Row(
      number: "10b",
      situation: "the Action that can switch the policy off is bound on a later page",
      expected: .enforcedConditionally, reason: "switches MFA off"
    ) {
      $0.actions = (0..<45).map { .init("Log \($0)", id: "log\($0)", code: "console.log(1)") }
      $0.actions.append(.init("Off", id: "off", code: "api.multifactor.enable('none')"))
    },
    Row(
      number: "16b", situation: "the application is found in the list only", expected: .enforced
    ) {
      $0.hidesSingleClients = true
      $0.clients = (0..<150).map { .init("other\($0)", name: "Other") } + $0.clients
    },
    Row(
      number: "17", situation: "no policy, an enterprise connection that nobody reads",
      expected: .cannotTell, reason: "acme-okta"
    ) {
      $0.policies = []
      $0.users[0].identities = [enterprise]
    },
    Row(
      number: "17b", situation: "no policy, a social connection that nobody reads",
      expected: .cannotTell, reason: "google-oauth2"
    ) {
      $0.policies = []
      $0.users[0].identities = [
        .init("google-oauth2", provider: "google-oauth2", user: "1157")
      ]
    },
    Row(
      number: "17c", situation: "no policy, a database beside an enterprise connection",
      expected: .notEnforced, reason: "connection Users"
    ) {
      $0.policies = []
      $0.users[0].identities = [enterprise, .init("Users", provider: "auth0", user: "u1")]
    },
    Row(
      number: "17d", situation: "no policy, a code by e-mail", expected: .notEnforced,
      reason: "connection email"
    ) {
      $0.policies = []
      $0.users[0].identities = [.init("email", provider: "email", user: "u1")]
    },
    Row(
      number: "17e", situation: "all applications, behind an enterprise connection",
      expected: .enforced
    ) { $0.users[0].identities = [enterprise] },
    Row(
      number: "17f", situation: "no policy, and no identities are told", expected: .cannotTell,
      reason: "through which connections"
    ) {
      $0.policies = []
      $0.users[0].identities = []
    },
    Row(number: "17g", situation: "all applications, no identities told", expected: .enforced) {
      $0.users[0].identities = []
    },
    Row(number: "16", situation: "no such application", expected: .cannotTell) { $0.clients = [] },
  ]

  @Test("every situation of the table gives its verdict", arguments: rows)
  func row(row: Row) async throws {
    try await Bench.run(Auth0Bench.scenario(row.change)) { bench in
      let connector = try Auth0Bench.connector(
        bench, attestations: row.attested.map { [$0] } ?? [])
      let reading = await ConformanceReading(
        of: connector, app: Auth0Bench.app, people: [Auth0Bench.ana])
      let record = try #require(try reading.reconciled().records[Auth0Bench.ana])
      #expect(record.verdict == row.expected, "\(record.reason)")
      let told = record.reason + (record.witness ?? "")
      #expect(row.reason.isEmpty || told.contains(row.reason), "\(told)")
      if let enrolled = row.enrolled { #expect(record.enrolled == enrolled) }
    }
  }

  @Test(
    "behind an enterprise connection the linked account is asked about, and the weakest way in counts",
    arguments: [
      (Verdict.enforced, false, Verdict.enforced), (.notEnforced, false, .notEnforced),
      (.enforced, true, .notEnforced),
    ])
  func linked(behind: Verdict, hasDatabase: Bool, expected: Verdict) async throws {
    let scenario = Auth0Bench.scenario { tenant in
      tenant.policies = []
      tenant.users[0].identities = [Self.enterprise]
      if hasDatabase {
        tenant.users[0].identities?.append(.init("Users", provider: "auth0", user: "u1"))
      }
    }
    try await Bench.run(scenario) { bench in
      var door = await OneDoor.read(
        try Auth0Bench.connector(bench), app: Auth0Bench.app, people: [Auth0Bench.ana])
      #expect(
        door.provider.accounts[0].links
          == [AccountLink(upstream: "acme-okta", subject: "ana@okta.example")])
      var reading = door.provider
      reading.routes = [
        UpstreamRoute(
          identityProvider: "acme-okta",
          target: SignInTarget(provider: "behind", app: "\(behind)"))
      ]
      door = OneDoor(
        provider: reading, app: Auth0Bench.app,
        behind: ["behind": Behind.reading(["ana@okta.example"])])
      let record = door.record(Auth0Bench.ana)
      #expect(record.verdict == expected, "\(record.reason)")
    }
  }

  @Test("9: a search that shows 1,000 of 4,000 users is incomplete, and says how to go on")
  func cap() async throws {
    try await Bench.run(Auth0Bench.scenario { $0.generated = 3999 }) { bench in
      let connector = try Auth0Bench.connector(bench)
      let reading = await ConformanceReading(
        of: connector, app: Auth0Bench.app, people: [Auth0Bench.ana, "person2000@acme.com"])
      #expect(!reading.source.isComplete)
      #expect(reading.source.issues.first?.message.contains("1000 of 4000") == true)
      let records = try reading.reconciled().records
      #expect(records["person2000@acme.com"]?.verdict == .cannotTell)
      #expect(records[Auth0Bench.ana]?.verdict == .cannotTell)
      #expect(await bench.mock.requestCounts(.auth0)["GET /api/v2/users"] == 10)
    }
  }
}
