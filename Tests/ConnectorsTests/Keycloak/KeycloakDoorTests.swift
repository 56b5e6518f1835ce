import ConnectorKit
import IdentityCore
import MockIdP
import Testing

@testable import Keycloak

/// A realm in which one door or modifier has a certain state, and the verdict that this makes for Ana.
private struct DoorWorld: Sendable, CustomTestStringConvertible {
  let row: String
  let state: InventoryEntry.State
  let verdict: Verdict
  let situation: String
  let change: @Sendable (inout KeycloakTenant) -> Void

  init(
    _ row: String, _ state: InventoryEntry.State, _ verdict: Verdict, _ situation: String,
    _ change: @escaping @Sendable (inout KeycloakTenant) -> Void
  ) {
    self.row = row
    self.state = state
    self.verdict = verdict
    self.situation = situation
    self.change = change
  }

  var testDescription: String { "\(row) \(state.rawValue): \(situation)" }
}

/// The doors of a realm and what changes them, each in two states at least.
@Suite("Keycloak: doors and modifiers") struct KeycloakDoorTests {
  typealias K = KeycloakRealms

  private func read(
    vouches: [Vouch] = [], _ change: @Sendable (inout KeycloakTenant) -> Void
  ) async throws -> (record: MemberRecord, reading: ProviderReading) {
    let scenario = K.small {
      $0.flows = [K.browser(K.strict)]
      change(&$0)
    }
    return try await ProviderBench.run(scenario) { bench in
      let reading = await bench.read(bench.keycloak { $0.vouches = vouches }, app: K.app)
      let records = ProviderBench.judge(reading, app: K.app)
      return (try #require(records[K.ana]), reading)
    }
  }

  private static func vouch(_ entry: InventoryEntry, version: String? = nil) throws -> Vouch {
    Vouch(
      row: entry.row, object: entry.object, version: version ?? entry.version, reason: "looked at",
      author: "ciso@acme.com", until: try #require(Timestamp("2099-01-01T00:00:00Z")),
      day: "2099-01-01")
  }

  @Test("a realm as recommended is enforced, and every line is accounted for")
  func reference() async throws {
    let (record, reading) = try await read { _ in }
    #expect(record.verdict == .enforced, "\(record.reason)")
    let inventory = reading.apps.first?.inventory ?? []
    #expect(Set(inventory.map(\.row)) == Set(KeycloakDoors.allCases.map(\.row.id)))
    #expect(!inventory.contains { $0.state == .unknown })
  }

  private static let worlds: [DoorWorld] = grants + modifiers

  private static let grants: [DoorWorld] = [
    DoorWorld("browser-flow", .judged, .enforced, "the standard flow") { _ in },
    DoorWorld("browser-flow", .absent, .notEnforced, "the password grant alone") {
      $0.clients[0].standardFlow = false
      $0.clients[0].directGrants = true
    },
    DoorWorld("password-grant", .absent, .enforced, "off") { _ in },
    DoorWorld("password-grant", .judged, .notEnforced, "on") { $0.clients[0].directGrants = true },
    DoorWorld("device-grant", .absent, .enforced, "off") { _ in },
    DoorWorld("device-grant", .judged, .enforced, "on, by a strict flow") {
      $0.clients[0].attributes = ["oauth2.device.authorization.grant.enabled": "true"]
    },
    DoorWorld("ciba", .absent, .enforced, "off") {
      $0.clients[0].attributes = ["oidc.ciba.grant.enabled": "false"]
    },
    DoorWorld("ciba", .unknown, .cannotTell, "on") {
      $0.clients[0].attributes = ["oidc.ciba.grant.enabled": "true"]
    },
    DoorWorld("token-exchange", .absent, .enforced, "off") {
      $0.clients[0].attributes = ["standard.token.exchange.enabled": "false"]
    },
    DoorWorld("token-exchange", .unknown, .enforcedConditionally, "on at another client") {
      $0.clients.append(
        KeycloakClientSpec("portal") {
          $0.attributes = ["standard.token.exchange.enabled": "true"]
        })
    },
    DoorWorld("legacy-token-exchange", .closed, .enforced, "no permissions of clients") {
      $0.clients.append(KeycloakClientSpec("realm-management") { $0.bearerOnly = true })
    },
    DoorWorld(
      "legacy-token-exchange", .unknown, .enforcedConditionally, "permissions of clients in force"
    ) {
      $0.clients.append(
        KeycloakClientSpec("realm-management") {
          $0.bearerOnly = true
          $0.further = ["authorizationServicesEnabled": true]
        })
    },
    DoorWorld("jwt-grant", .absent, .enforced, "off") { _ in },
    DoorWorld("jwt-grant", .unknown, .cannotTell, "on") {
      $0.clients[0].attributes = [
        "oauth2.jwt.authorization.grant.enabled": "true",
        "oauth2.jwt.authorization.grant.idp": "partner",
      ]
    },
    DoorWorld("saml-ecp", .absent, .enforced, "off") { $0.clients[0].clientProtocol = "saml" },
    DoorWorld("saml-ecp", .judged, .notEnforced, "on") {
      $0.clients[0].clientProtocol = "saml"
      $0.clients[0].attributes = ["saml.allow.ecp.flow": "true"]
    },
    DoorWorld("registration", .absent, .enforced, "off") { _ in },
    DoorWorld("registration", .closed, .enforced, "an address has one account") {
      $0.registrationAllowed = true
    },
    DoorWorld("registration", .unknown, .cannotTell, "an address may have two accounts") {
      $0.registrationAllowed = true
      $0.sharesAddresses = true
    },
    DoorWorld("broker", .absent, .enforced, "none") { _ in },
    DoorWorld("broker", .judged, .cannotTell, "one, and she is linked to it") {
      KeycloakRows.linked(&$0)
    },
    DoorWorld("broker-first", .absent, .enforced, "none, but a link that signs nobody in") {
      $0.identityProviders = [KeycloakBrokerSpec("google") { $0.linkOnly = true }]
    },
    DoorWorld("broker-first", .judged, .cannotTell, "anybody may be linked by a mail") {
      KeycloakRows.linked(&$0)
      $0.users[0].identityProviders = []
    },
    DoorWorld("linking", .absent, .enforced, "a link that signs nobody in") {
      $0.identityProviders = [KeycloakBrokerSpec("google") { $0.linkOnly = true }]
    },
    DoorWorld("linking", .judged, .enforcedConditionally, "strictly at the first time") {
      KeycloakRows.strictlyLinking(&$0)
    },
    DoorWorld("password-reset", .closed, .enforced, "off") { _ in },
    DoorWorld("password-reset", .judged, .notEnforced, "on") { $0.resetAllowed = true },
    DoorWorld("held-tokens", .outOfScope, .enforced, "always") { _ in },
    DoorWorld("impersonation", .outOfScope, .enforced, "always") { _ in },
  ]

  private static let modifiers: [DoorWorld] = [
    DoorWorld("old-sessions", .closed, .enforced, "ten hours") { _ in },
    DoorWorld("old-sessions", .judged, .enforcedConditionally, "a month") {
      $0.sessionLifespan = 2_592_000
    },
    DoorWorld("old-sessions", .judged, .enforcedConditionally, "a month where remembered") {
      $0.rememberMe = true
      $0.rememberedLifespan = 2_592_000
    },
    DoorWorld("old-sessions", .closed, .enforced, "a month where remembered, and nothing is") {
      $0.rememberedLifespan = 2_592_000
    },
    DoorWorld("old-sessions", .judged, .enforced, "a month, and the flow takes no sessions") {
      $0.sessionLifespan = 2_592_000
      $0.flows = [KeycloakFlowSpec("browser", K.strict)]
    },
    DoorWorld("old-sessions", .judged, .enforcedConditionally, "the realm does not say") {
      $0.sessionLifespan = nil
    },
    DoorWorld("passkeys", .judged, .notEnforced, "a touch") {
      $0.passkeyVerification = "preferred"
      $0.flows = [K.browser([.step("webauthn-authenticator-passwordless")])]
    },
    DoorWorld("client-list", .closed, .enforced, "roles alone") { _ in },
    DoorWorld("client-list", .unknown, .enforcedConditionally, "fine permissions") {
      $0.hasFinePermissions = true
    },
    DoorWorld("client-policies", .judged, .cannotTell, "one selects a weaker flow") {
      $0.flows.append(KeycloakFlowSpec("weak", [K.password]))
      KeycloakRows.selected("weak", &$0)
    },
    DoorWorld("client-policies", .absent, .enforced, "none") { _ in },
    DoorWorld("sessions", .judged, .enforced, "the flow takes them") { _ in },
    DoorWorld("sessions", .absent, .enforced, "the flow takes none") {
      $0.flows = [KeycloakFlowSpec("browser", K.strict)]
    },
    DoorWorld("passkeys", .absent, .enforced, "no flow takes one") {
      $0.passkeyVerification = "preferred"
    },
    DoorWorld("attributes", .absent, .enforced, "no condition asks for one") { _ in },
    DoorWorld("attributes", .judged, .notEnforced, "a condition asks for one") {
      $0.flows = [
        K.browser([
          K.password, K.conditional("conditional-user-attribute", KeycloakRows.department),
        ])
      ]
      $0.users[0].attributes = ["department": ["hr"]]
    },
    DoorWorld("memberships", .absent, .enforced, "no condition asks for one") { _ in },
    DoorWorld("memberships", .judged, .enforced, "a condition asks for a role that she has") {
      KeycloakRows.staff(&$0)
      $0.users[0].roles = ["staff"]
    },
    DoorWorld(
      "client-policies", .judged, .enforcedConditionally,
      "one selects a strict flow that takes sessions, which another client opens with a password"
    ) {
      $0.flows = [
        K.flow("strict", K.strict), KeycloakFlowSpec("own", K.strict),
        K.browser([K.password]),
      ]
      $0.clients[0].browserFlow = "own"
      $0.clients.append(KeycloakClientSpec("portal"))
      KeycloakRows.selected("strict", &$0)
    },
    DoorWorld("other-authenticators", .absent, .enforced, "none") { _ in },
    DoorWorld("unrecognised", .absent, .enforced, "nothing new") { _ in },
  ]

  @Test("each line has its state and makes its verdict", arguments: worlds)
  fileprivate func world(_ world: DoorWorld) async throws {
    let (record, reading) = try await read(world.change)
    let entry = try #require(reading.apps.first?.inventory.first { $0.row == world.row })
    #expect(entry.state == world.state, "\(entry.why)")
    #expect(record.verdict == world.verdict, "\(record.reason) \(record.witness ?? "")")
    guard entry.state == .unknown else { return }
    // Vouched for at its version, it is accounted for; at another, it is not.
    let vouched = try await read(vouches: [Self.vouch(entry)], world.change)
    #expect(vouched.record.verdict == .enforced, "\(vouched.record.reason)")
    if entry.version != nil {
      let other = try await read(vouches: [Self.vouch(entry, version: "00000000")], world.change)
      #expect(other.record.verdict == world.verdict)
    }
  }

  @Test("authenticators that the operator names are the configuration's word")
  func named() async throws {
    let scenario = K.small { $0.flows = [K.browser([K.password, .step("acme-sms")])] }
    try await ProviderBench.run(scenario) { bench in
      let reading = await bench.read(
        bench.keycloak { $0.secondFactorProviders = ["acme-sms"] }, app: K.app)
      let entry = reading.apps.first?.inventory.first { $0.row == "other-authenticators" }
      #expect(entry?.state == .vouched)
      #expect(ProviderBench.judge(reading, app: K.app)[K.ana]?.verdict == .enforced)
    }
  }

  // MARK: A newer server

  private static let newer: [(String, @Sendable (inout KeycloakTenant) -> Void)] = [
    ("realm/magicLinkFlow", { $0.further = ["magicLinkFlow": "magic"] }),
    ("client heroku/walletEnabled", { $0.clients[0].further = ["walletEnabled": true] }),
    (
      "client heroku/attributes/oauth2.wallet.grant.enabled",
      { $0.clients[0].attributes = ["oauth2.wallet.grant.enabled": "true"] }
    ),
    (
      "client portal/attributes/oauth2.wallet.grant.enabled",
      {
        $0.clients.append(
          KeycloakClientSpec("portal") { $0.attributes = ["oauth2.wallet.grant.enabled": "true"] })
      }
    ),
    (
      "client policy weak/chosen/wallet-login",
      {
        KeycloakRows.selected("weak", &$0)
        $0.clientProfiles = [
          ["name": "chosen", "executors": [["executor": "wallet-login", "configuration": [:]]]]
        ]
      }
    ),
    (
      "client policy weak/chosen",
      {
        KeycloakRows.selected("weak", &$0)
        $0.clientProfiles = []
      }
    ),
    (
      "flow browser/Condition - user role/unless",
      {
        $0.roles = [KeycloakRoleSpec("staff")]
        $0.users[0].roles = ["staff"]
        $0.flows = [
          K.browser([
            K.password,
            K.conditional(
              "conditional-user-role", ["condUserRole": "staff", "unless": "trusted"]),
          ])
        ]
      }
    ),
    (
      "flow browser/OTP Form/skipFor",
      {
        $0.flows = [K.browser([K.password, .step("auth-otp-form", .required, ["skipFor": "1d"])])]
      }
    ),
  ]

  @Test(
    "what is newer than we are is unknown, named, and can be vouched for", arguments: newer.indices)
  func unrecognised(index: Int) async throws {
    let (path, change) = Self.newer[index]
    let (record, reading) = try await read(change)
    #expect(record.verdict == .cannotTell, "\(path): \(record.reason)")
    let entries = reading.apps.first?.inventory.filter { $0.row == "unrecognised" } ?? []
    #expect(entries.map(\.object) == [path])
    let entry = try #require(entries.first)
    #expect(entry.state == .unknown)
    let vouched = try await read(vouches: [Self.vouch(entry)], change)
    #expect(vouched.record.verdict == .enforced, "\(path): \(vouched.record.reason)")
    let other = try await read(vouches: [Self.vouch(entry, version: "00000000")], change)
    #expect(other.record.verdict == .cannotTell)
  }

  @Test("what is newer proves nobody to be let in with one factor either")
  func newerStricter() async throws {
    let (record, _) = try await read {
      // Without the unknown setting she has not the role, and a password is enough.
      $0.roles = [KeycloakRoleSpec("staff")]
      $0.flows = [
        K.browser([
          K.password,
          K.conditional("conditional-user-role", ["condUserRole": "staff", "orAll": "true"]),
        ])
      ]
    }
    #expect(record.verdict == .cannotTell)
  }

  @Test("a null where client policies have a list is damage, and no absence")
  func nullLists() async throws {
    for policies in [
      [["name": "p", "enabled": true, "profiles": nil, "conditions": []]],
      [["name": "p", "enabled": true, "profiles": [nil], "conditions": []]],
    ] as [[JSON]] {
      let (record, _) = try await read { $0.clientPolicies = policies }
      #expect(record.verdict == .cannotTell)
    }
  }
}
