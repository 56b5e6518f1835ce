import ConnectorKit
import IdentityCore
import MockIdP
import Testing

@testable import Keycloak

/// What stands beside the flow and changes whom it is about: mappers of identity providers, other flows, accounts of the
/// same address, and what older and newer servers say.
@Suite("Keycloak: beside the flow") struct KeycloakBesideTests {
  typealias K = KeycloakRealms
  typealias Change = @Sendable (inout KeycloakTenant) -> Void

  private static func verdict(
    faults: [Fault] = [], vouches: [Vouch] = [], _ change: Change
  ) async throws -> (record: MemberRecord, reading: ProviderReading) {
    var scenario = K.small(change)
    scenario.faults = faults
    return try await ProviderBench.run(scenario) { bench in
      let reading = await bench.read(bench.keycloak { $0.vouches = vouches }, app: K.app)
      return (try #require(ProviderBench.judge(reading, app: K.app)[K.ana]), reading)
    }
  }

  /// The next run, in which some calls go wrong, says nothing better.
  private static func twoRuns(_ faults: [Fault], _ change: Change) async throws {
    try await ProviderBench.run(K.small(change)) { bench in
      func read() async -> ConformanceReading {
        await ConformanceReading(of: bench.keycloak(), app: K.app, people: [K.ana])
      }
      let runs = try TwoRuns(await read(), after: [:], of: K.ana)
      #expect(!runs.found.findings.isEmpty)
      await bench.mock.setFaults(faults)
      try runs.expect(await read(), of: K.ana, "\(faults.map(\.endpoint))")
    }
  }

  // MARK: Mappers

  private static let mappers =
    "GET /admin/realms/{realm}/identity-provider/instances/{alias}/mappers"

  /// Everybody but those whom a fact excepts is asked for two factors, also behind an identity provider.
  private static func world(_ condition: KeycloakStepSpec, _ mapper: JSON?) -> Change {
    {
      $0.roles = [KeycloakRoleSpec("svc"), KeycloakRoleSpec("all", composites: ["svc"])]
      // Shown attributes, so that what is not among them is not hidden.
      $0.users[0].attributes = ["mail": ["x"]]
      $0.groups = [KeycloakGroupNode("svc", groups: [KeycloakGroupNode("bots")])]
      $0.flows = [
        K.browser([K.password, condition]),
        KeycloakFlowSpec("deny", [.step("deny-access-authenticator")]),
      ]
      $0.identityProviders = [
        KeycloakBrokerSpec("partner") {
          $0.firstBrokerFlow = "deny"
          $0.postBrokerFlow = "behind"
          $0.mappers = mapper.map { [$0] } ?? []
        }
      ]
      $0.flows.append(KeycloakFlowSpec("behind", [K.otp]))
    }
  }

  private static func mapper(_ type: String, _ config: [String: JSON]) -> JSON {
    [
      "id": "m1", "name": "m", "identityProviderAlias": "partner",
      "identityProviderMapper": .string(type), "config": .object(config),
    ]
  }

  private static let role = K.conditional(
    "conditional-user-role", ["condUserRole": "svc", "negate": "true"])
  private static let group = K.conditional(
    "conditional-user-group", ["condUserGroup": "/svc", "negate": "true"])
  private static let attribute = K.conditional(
    "conditional-user-attribute",
    ["attribute_name": "mfa", "attribute_expected_value": "off", "not": "true"])

  private static let mapped: [(KeycloakStepSpec, JSON?, Verdict)] = [
    (role, nil, .enforced),
    (role, mapper("oidc-hardcoded-role-idp-mapper", ["role": "svc"]), .cannotTell),
    (role, mapper("oidc-role-idp-mapper", ["role": "all", "claim": "x"]), .cannotTell),
    (role, mapper("saml-advanced-role-idp-mapper", ["role": "other"]), .enforced),
    (role, mapper("oidc-advanced-group-idp-mapper", ["group": "/x"]), .cannotTell),
    (role, mapper("oidc-username-idp-mapper", ["template": "x"]), .enforced),
    (role, mapper("acme-mapper", [:]), .cannotTell),
    (role, mapper("oidc-hardcoded-role-idp-mapper", [:]), .cannotTell),
    (group, mapper("oidc-hardcoded-group-idp-mapper", ["group": "/svc/bots"]), .cannotTell),
    (group, mapper("oidc-hardcoded-group-idp-mapper", ["group": "/staff"]), .enforced),
    (attribute, mapper("hardcoded-attribute-idp-mapper", ["attribute": "mfa"]), .cannotTell),
    (attribute, mapper("oidc-user-attribute-idp-mapper", ["user.attribute": "x"]), .enforced),
    (attribute, mapper("github-user-attribute-mapper", ["userAttribute": "mfa"]), .cannotTell),
  ]

  @Test("a mapper gives at a sign-in what no list shows now", arguments: mapped.indices)
  func mapper(index: Int) async throws {
    let (condition, mapper, expected) = Self.mapped[index]
    let linking = Vouch(
      row: "linking", reason: "looked at", author: "ciso@acme.com",
      until: try #require(Timestamp("2099-01-01T00:00:00Z")), day: "2099-01-01")
    let outcome = try await Self.verdict(vouches: [linking], Self.world(condition, mapper))
    #expect(outcome.record.verdict == expected, "\(outcome.record.reason)")
    #expect(outcome.reading.source.isComplete, "\(outcome.reading.source.issues)")
  }

  @Test("mappers that cannot be read may give anything, and end no finding")
  func unreadMappers() async throws {
    let refused = [Fault(.keycloak, Self.mappers, .forbidden, times: nil)]
    let outcome = try await Self.verdict(faults: refused, Self.world(Self.role, nil))
    #expect(outcome.record.verdict == .cannotTell)
    #expect(!outcome.reading.source.isComplete)
    let mapper = Self.mapper("oidc-hardcoded-role-idp-mapper", ["role": "svc"])
    try await Self.twoRuns(refused, Self.world(Self.role, mapper))
    // Nobody asks for roles, so nobody asks for mappers.
    let plain = try await Self.verdict(faults: refused, Self.world(K.otp, nil))
    #expect(plain.reading.source.isComplete, "\(plain.reading.source.issues)")
  }

  // MARK: One-time passwords that another flow waives

  @Test("a conditional form without settings of its own asks who has none as another flow's says")
  func waived() async throws {
    let bare = KeycloakStepSpec.step("auth-conditional-otp-form")
    let other = KeycloakFlowSpec(
      "portal",
      [K.password, .step("auth-conditional-otp-form", .required, ["defaultOtpOutcome": "skip"])])
    func world(_ flows: KeycloakFlowSpec...) -> Change {
      { $0.flows = [K.browser([K.password, bare])] + flows }
    }
    #expect(try await Self.verdict(world()).record.verdict == .enforced)
    #expect(try await Self.verdict(world(other)).record.verdict == .cannotTell)
    let executions = "GET /admin/realms/{realm}/authentication/flows/{flow}/executions"
    try await Self.twoRuns([Fault(.keycloak, executions, .forbidden, times: nil)], world(other))
    let own = try await Self.verdict {
      let form = KeycloakStepSpec.step(
        "auth-conditional-otp-form", .required, ["defaultOtpOutcome": "force"])
      $0.flows = [K.browser([K.password, form]), other]
    }
    #expect(own.record.verdict == .enforced, "\(own.record.reason)")
  }

  // MARK: Accounts of the same address

  @Test("a disabled account is no end where people make another one of the same address")
  func secondAccount() async throws {
    let open: Change = {
      $0.flows = [K.browser(K.strict)]
      $0.users[0].enabled = false
      $0.registrationAllowed = true
      $0.sharesAddresses = true
    }
    let outcome = try await Self.verdict(open)
    #expect(outcome.record.verdict == .cannotTell, "\(outcome.record.reason)")
    for close in [
      { $0.registrationAllowed = false }, { $0.sharesAddresses = false },
    ] as [Change] {
      let closed = try await Self.verdict {
        open(&$0)
        close(&$0)
      }
      #expect(closed.record.verdict == .notEvaluated, "\(closed.record.reason)")
      #expect(closed.record.judgement.deciding?.code == .deprovisioned)
    }
    let realm = "GET /admin/realms/{realm}"
    try await Self.twoRuns(
      [Fault(.keycloak, realm, .missingField, times: nil, text: "/registrationAllowed")], open)
  }

  // MARK: Older and newer servers

  @Test("a key of the realm that nobody knows is one thing, until somebody vouches for it")
  func realmKeys() async throws {
    let change: Change = {
      $0.flows = [K.browser(K.strict)]
      $0.further = ["trustedBrowsersSkipOtp": true, "displayName": "Acme", "verifyEmail": true]
    }
    let outcome = try await Self.verdict(change)
    #expect(outcome.record.verdict == .cannotTell, "\(outcome.record.reason)")
    let entry = try #require(outcome.reading.apps[0].inventory.first { $0.state == .unknown })
    #expect(entry.object == "realm/trustedBrowsersSkipOtp")
    let vouch = Vouch(
      row: entry.row, object: entry.object, version: entry.version, reason: "looked at",
      author: "ciso@acme.com", until: try #require(Timestamp("2099-01-01T00:00:00Z")),
      day: "2099-01-01")
    #expect(try await Self.verdict(vouches: [vouch], change).record.verdict == .enforced)
  }

  @Test("one of the two lists of client policies that is not there is no absence of both")
  func policyLists() async throws {
    let lists = ["profiles", "policies"].map {
      Fault(
        .keycloak, "GET /admin/realms/{realm}/client-policies/\($0)", .notFound, times: nil)
    }
    let strict: Change = { $0.flows = [K.browser(K.strict)] }
    for list in lists {
      let outcome = try await Self.verdict(faults: [list], strict)
      #expect(outcome.record.verdict == .cannotTell, "\(list.endpoint)")
      #expect(!outcome.reading.source.isComplete)
    }
    #expect(try await Self.verdict(faults: lists, strict).record.verdict == .enforced)
  }

  @Test("servers that list no groups below others say so with 405, or 404")
  func olderGroups() async throws {
    for status in [404, nil] {
      let fault = status.map {
        Fault(
          .keycloak, "GET /admin/realms/{realm}/groups/{group}/children", .status, times: nil,
          status: $0)
      }
      let outcome = try await Self.verdict(faults: [fault].compactMap(\.self)) {
        $0.nestsGroups = true
        $0.listsChildren = false
        $0.groups = [KeycloakGroupNode("svc", groups: [KeycloakGroupNode("bots")])]
        $0.users[0].groups = ["/svc/bots"]
        $0.flows = [K.browser([K.password, Self.group])]
      }
      #expect(outcome.record.verdict == .notEnforced, "\(status ?? 405): \(outcome.record.reason)")
      #expect(outcome.reading.source.isComplete, "\(outcome.reading.source.issues)")
    }
  }
}
