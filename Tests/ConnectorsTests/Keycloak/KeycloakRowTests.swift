import Connectors
import CurlTransport
import Foundation
import IdentityCore
import MockIdP
import Testing

/// A situation in a Keycloak realm and the verdict it must give for Ana.
struct KeycloakRow: Sendable, CustomTestStringConvertible {
  let number: String
  let situation: String
  let expected: Verdict
  /// A part of the witness, where there must be one.
  var witness: String?
  var code: ReasonCode?
  /// A part of the reason.
  var reason: String?
  var configure: @Sendable (inout KeycloakConfiguration) -> Void = { _ in }
  let change: @Sendable (inout KeycloakTenant) -> Void

  init(
    _ number: String, _ situation: String, _ expected: Verdict, witness: String? = nil,
    code: ReasonCode? = nil, reason: String? = nil,
    configure: @escaping @Sendable (inout KeycloakConfiguration) -> Void = { _ in },
    _ change: @escaping @Sendable (inout KeycloakTenant) -> Void
  ) {
    self.number = number
    self.situation = situation
    self.expected = expected
    self.witness = witness
    self.code = code
    self.reason = reason
    self.configure = configure
    self.change = change
  }

  var testDescription: String { "\(number): \(situation)" }
}

/// A realm with one client and Ana in it.
enum KeycloakRealms {
  static let app = "heroku"
  static let ana = ProviderBench.ana

  static func small(_ change: (inout KeycloakTenant) -> Void = { _ in }) -> Scenario {
    var tenant = KeycloakTenant()
    tenant.users = [KeycloakUser(ana)]
    tenant.clients = [KeycloakClientSpec(app)]
    change(&tenant)
    var scenario = Scenario()
    scenario[KeycloakTenant.self] = tenant
    return scenario
  }

  /// The realm's browser flow: cookie, or a form of these steps.
  static func browser(_ steps: [KeycloakStepSpec]) -> KeycloakFlowSpec {
    flow("browser", steps)
  }

  static func flow(_ alias: String, _ steps: [KeycloakStepSpec]) -> KeycloakFlowSpec {
    KeycloakFlowSpec(
      alias,
      [.step("auth-cookie", .alternative), .flow("\(alias) forms", .alternative, steps)])
  }

  static let password = KeycloakStepSpec.step("auth-username-password-form")
  static let otp = KeycloakStepSpec.step("auth-otp-form")

  static func conditional(
    _ condition: String, _ config: [String: String] = [:], _ steps: [KeycloakStepSpec] = [otp]
  ) -> KeycloakStepSpec {
    .flow(
      "2FA by \(condition)", .conditional, [.step(condition, .required, config)] + steps)
  }

  static func level(_ level: Int, _ steps: [KeycloakStepSpec]) -> KeycloakStepSpec {
    .flow(
      "level \(level)", .conditional,
      [
        .step(
          "conditional-level-of-authentication", .required,
          ["loa-condition-level": String(level), "loa-max-age": "36000"])
      ] + steps)
  }

  static let strict = [password, KeycloakStepSpec.flow("2FA", .required, [otp])]
  static let levels = [level(1, [password]), level(2, [otp])]
  static let acrMap = ["acr.loa.map": #"{"aal1":"1","aal2":"2"}"#]
}

extension ProviderBench {
  func keycloak(
    _ change: (inout KeycloakConfiguration) -> Void = { _ in }
  ) -> KeycloakConnector {
    let endpoint = mock[.keycloak]
    var configuration = KeycloakConfiguration(
      name: "sso", url: endpoint?.baseURL ?? "", realm: "acme", clientID: "idsync",
      clientSecret: Secret(endpoint?.token ?? ""))
    change(&configuration)
    return KeycloakConnector(
      configuration: configuration, transport: transport, clock: clock, logger: log.logger)
  }
}

@Suite("Keycloak verdicts, row by row") struct KeycloakRowTests {
  @Test("every situation of the table gives its verdict", arguments: KeycloakRows.all)
  func row(_ row: KeycloakRow) async throws {
    try await ProviderBench.run(KeycloakRealms.small(row.change)) { bench in
      let reading = await bench.read(bench.keycloak(row.configure), app: KeycloakRealms.app)
      #expect(reading.source.isComplete, "\(reading.source.issues)")
      let records = ProviderBench.judge(reading, app: KeycloakRealms.app)
      let record = try #require(records[KeycloakRealms.ana])
      #expect(record.verdict == row.expected, "\(record.reason)")
      if let witness = row.witness {
        #expect(record.witness?.contains(witness) == true, "\(record.witness ?? "no witness")")
      }
      if let code = row.code { #expect(record.judgement.deciding?.code == code) }
      if let reason = row.reason {
        #expect(record.reason.contains(reason), "\(record.reason)")
      }
    }
  }
}

enum KeycloakRows {
  private typealias K = KeycloakRealms

  static let all: [KeycloakRow] = defaults + steps + doors + levels + conditions + brokers

  private static let defaults: [KeycloakRow] = [
    KeycloakRow(
      "1", "a new realm, a one-time password set up", .notEnforced,
      witness: "Username Password Form", code: .policySingleFactor
    ) { $0.users[0].credentials.append("otp") },
    KeycloakRow("2", "a new realm, nothing set up", .notEnforced) { _ in },
    KeycloakRow(
      "1b", "a new realm, a one-time password set up, and the operator takes that",
      .enforcedConditionally, witness: "one-time password removed by the person",
      configure: { $0.enrolmentDriven = .conditional }
    ) { $0.users[0].credentials.append("otp") },
    KeycloakRow(
      "2b", "a new realm, nothing set up, and the operator takes what is", .notEnforced,
      configure: { $0.enrolmentDriven = .conditional }
    ) { _ in },
  ]

  private static let steps: [KeycloakRow] = [
    KeycloakRow("3", "password, then a one-time password, both required", .enforced) {
      $0.flows = [K.browser(K.strict)]
    },
    KeycloakRow("4", "password, then one of two second factors", .enforced) {
      $0.flows = [
        K.browser([
          K.password,
          .flow(
            "2FA", .required,
            [.step("auth-otp-form", .alternative), .step("webauthn-authenticator", .alternative)]),
        ])
      ]
    },
    KeycloakRow("5", "a conditional sub-flow without a condition", .notEnforced) {
      $0.flows = [K.browser([K.password, .flow("2FA", .conditional, [K.otp])])]
    },
    KeycloakRow("8", "password required beside an alternative", .notEnforced) {
      $0.flows = [K.browser([K.password, .step("auth-otp-form", .alternative)])]
    },
    KeycloakRow("15", "one-time passwords skipped for a role, and she has it", .notEnforced) {
      skipping(["skipOtpRole": "svc", "defaultOtpOutcome": "force"], &$0)
      $0.users[0].roles = ["svc"]
    },
    KeycloakRow("15b", "one-time passwords skipped for a role she has not", .enforced) {
      skipping(["skipOtpRole": "svc", "defaultOtpOutcome": "force"], &$0)
    },
    KeycloakRow(
      "16", "one-time passwords skipped by a request header", .enforcedConditionally,
      witness: "with a request header like X-Trusted: yes"
    ) { skipping(["noOtpRequiredForHeaderPattern": "X-Trusted: yes"], &$0) },
    KeycloakRow("16b", "her attribute skips one-time passwords", .notEnforced) {
      skipping(["otpControlAttribute": "otp_mode", "forceOtpRole": "svc"], &$0)
      $0.users[0].attributes = ["otp_mode": ["skip"]]
      $0.users[0].roles = ["svc"]
    },
    KeycloakRow("16c", "her attribute forces one-time passwords before any role", .enforced) {
      skipping(["otpControlAttribute": "otp_mode", "skipOtpRole": "svc"], &$0)
      $0.users[0].attributes = ["otp_mode": ["force"]]
      $0.users[0].roles = ["svc"]
    },
    KeycloakRow("16d", "one-time passwords skipped by default", .notEnforced) {
      skipping(["defaultOtpOutcome": "skip"], &$0)
    },
    KeycloakRow(
      "17", "an authenticator of others in place of the one-time password", .cannotTell,
      reason: "acme-sms"
    ) { $0.flows = [K.browser([K.password, .step("acme-sms")])] },
    KeycloakRow(
      "17b", "the same, and the operator vouches for it", .enforced,
      configure: { $0.secondFactorProviders = ["acme-sms"] }
    ) { $0.flows = [K.browser([K.password, .step("acme-sms")])] },
    KeycloakRow("17c", "an authenticator of others beside a password alone", .notEnforced) {
      $0.flows = [K.browser([.step("acme-sms", .alternative), alternative(K.password)])]
    },
    KeycloakRow(
      "17d", "an authenticator of others before a one-time password", .enforced
    ) { $0.flows = [K.browser([K.password, .step("acme-terms"), K.otp])] },
    KeycloakRow("22", "passkeys only", .enforced) {
      $0.flows = [K.browser([.step("webauthn-authenticator-passwordless")])]
    },
    KeycloakRow("22b", "user name, then a one-time password alone", .notEnforced) {
      $0.flows = [K.browser([.step("auth-username-form"), K.otp])]
    },
    KeycloakRow("22c", "a passkey, or a password and a one-time password", .enforced) {
      $0.flows = [
        K.browser([
          .step("auth-username-form"),
          .flow(
            "ways", .required,
            [
              .step("webauthn-authenticator-passwordless", .alternative),
              .flow("classic", .alternative, [.step("auth-password-form"), K.otp]),
            ]),
        ])
      ]
    },
    KeycloakRow("7.3d", "Kerberos beside a strict form", .notEnforced) {
      var flow = K.browser(K.strict)
      flow.steps.append(.step("auth-spnego", .alternative))
      $0.flows = [flow]
    },
    KeycloakRow("5-", "a level whose conditional steps are all skipped", .cannotTell) {
      $0.flows = [
        K.browser([
          K.conditional("conditional-user-role", ["condUserRole": "gone"]),
          alternative(K.password),
        ])
      ]
    },
    KeycloakRow("5--", "a required sub-flow without live steps", .cannotTell) {
      $0.flows = [
        K.browser([K.password, .flow("2FA", .required, [.step("auth-otp-form", .disabled)])])
      ]
    },
    KeycloakRow("5+", "a level that leads nowhere beside a strict form", .enforced) {
      var flow = K.browser(K.strict)
      flow.steps.insert(
        .flow(
          "Organization", .alternative,
          [K.conditional("conditional-user-configured", [:], [.step("organization", .alternative)])]
        ), at: 1)
      $0.flows = [flow]
    },
    KeycloakRow("5d", "everything refused", .enforced, code: .accessDenied) {
      $0.flows = [K.browser([K.password, .step("deny-access-authenticator")])]
    },
  ]

  private static let doors: [KeycloakRow] = [
    KeycloakRow(
      "9", "a strict flow bound to the client, others use the realm's weak one",
      .enforcedConditionally,
      witness: "with a single sign-on session opened through portal"
    ) { overridden(&$0) },
    KeycloakRow("9b", "a strict flow bound to the client, and no other client", .enforced) {
      overridden(&$0)
      $0.clients.removeAll { $0.clientID == "portal" }
    },
    KeycloakRow("9c", "the other client is switched off", .enforced) {
      overridden(&$0)
      $0.clients[1].enabled = false
    },
    KeycloakRow("9d", "the strict flow takes no sessions", .enforced) {
      overridden(&$0)
      $0.flows[0].steps.removeFirst()
    },
    KeycloakRow("10", "strict, but the password grant is on", .notEnforced) {
      $0.flows = [K.browser(K.strict)]
      $0.clients[0].directGrants = true
    },
    KeycloakRow("10b", "strict on both doors", .enforced) {
      $0.flows = [
        K.browser(K.strict),
        KeycloakFlowSpec(
          "direct grant",
          [
            .step("direct-grant-validate-username"), .step("direct-grant-validate-password"),
            .step("direct-grant-validate-otp"),
          ]),
      ]
      $0.clients[0].directGrants = true
    },
    KeycloakRow("10c", "a strict password grant bound to the client", .enforced) {
      $0.flows = [
        K.browser(K.strict),
        KeycloakFlowSpec(
          "own grant",
          [.step("direct-grant-validate-password"), .step("direct-grant-validate-otp")]),
      ]
      $0.clients[0].directGrants = true
      $0.clients[0].directGrantFlow = "own grant"
    },
    KeycloakRow("19", "an override that is empty", .notEnforced) { $0.clients[0].browserFlow = "" },
    KeycloakRow("19b", "an override that is gone", .cannotTell, reason: "not there") {
      $0.clients[0].browserFlow = "gone"
    },
    KeycloakRow("7.1", "no such client", .cannotTell, reason: "shows no client heroku") {
      $0.clients = []
    },
    KeycloakRow("7.1b", "the client is switched off", .notEvaluated, code: .appInactive) {
      $0.clients[0].enabled = false
    },
    KeycloakRow("7.1c", "the account is switched off", .notEvaluated, code: .deprovisioned) {
      $0.users[0].enabled = false
    },
    KeycloakRow("7.1d", "no account", .cannotTell, code: .notInIdP) { $0.users = [] },
    KeycloakRow("7.2", "a SAML client with a strict flow", .enforced) {
      $0.flows = [K.browser(K.strict)]
      $0.clients[0].clientProtocol = "saml"
      $0.clients[0].standardFlow = false
    },
    KeycloakRow("7.2b", "a client for services only", .enforced, code: .accessDenied) {
      $0.clients[0].standardFlow = false
    },
  ]

  private static let levels: [KeycloakRow] = [
    KeycloakRow("11", "levels, and the server insists on the second", .enforced) {
      stepped(&$0, ["minimum.acr.value": "aal2"])
    },
    KeycloakRow("11b", "the same beside a client that asks for nothing", .enforced) {
      stepped(&$0, ["minimum.acr.value": "aal2"])
      $0.clients.append(KeycloakClientSpec("portal"))
    },
    KeycloakRow("11c", "the minimum is the first level", .notEnforced) {
      stepped(&$0, ["minimum.acr.value": "aal1"])
    },
    KeycloakRow(
      "12", "levels, and only the client asks for the second", .enforcedConditionally,
      witness: "lowered in the address"
    ) { stepped(&$0, ["default.acr.values": "aal2"]) },
    KeycloakRow("12b", "the client asks for either level", .notEnforced) {
      stepped(&$0, ["default.acr.values": "aal1##aal2"])
    },
    KeycloakRow("12c", "asked by the client and insisted on", .enforced) {
      stepped(&$0, ["default.acr.values": "aal1", "minimum.acr.value": "aal2"])
    },
    KeycloakRow("13", "levels, and nobody asks for any", .notEnforced) { stepped(&$0, [:]) },
    KeycloakRow("14", "the only level asks for both factors", .enforced) {
      $0.flows = [K.browser([K.level(2, [K.password, K.otp])])]
    },
    KeycloakRow("20", "a minimum that only the client's own flow knows", .notEnforced) {
      $0.flows = [K.flow("stepped", K.levels)]
      $0.clients[0].browserFlow = "stepped"
      $0.clients[0].attributes = ["minimum.acr.value": "2"]
    },
    KeycloakRow("20b", "a minimum that the realm's flow knows", .enforced) {
      $0.flows = [K.browser(K.levels)]
      $0.clients[0].attributes = ["minimum.acr.value": "2"]
    },
    KeycloakRow("20c", "the client's own map of levels", .enforced) {
      $0.flows = [K.browser(K.levels)]
      $0.clients[0].attributes = [
        "minimum.acr.value": "gold", "acr.loa.map": #"{"gold":2}"#,
      ]
    },
    KeycloakRow("6.4", "a minimum for a SAML client", .cannotTell, reason: "SAML client heroku") {
      stepped(&$0, ["minimum.acr.value": "aal2"])
      $0.clients[0].clientProtocol = "saml"
    },
  ]

  private static let conditions: [KeycloakRow] = [
    KeycloakRow("6", "two factors for a role that she has through a group", .enforced) {
      staff(&$0)
      $0.groups = [KeycloakGroupNode("people", groups: [KeycloakGroupNode("it", roles: ["staff"])])]
      $0.users[0].groups = ["/people/it"]
    },
    KeycloakRow("6b", "two factors for a role that she has not", .notEnforced) {
      staff(&$0)
      $0.users.append(KeycloakUser("bob@acme.com") { $0.roles = ["staff"] })
    },
    KeycloakRow("6c", "the role of a group above hers", .enforced) {
      staff(&$0)
      $0.groups = [
        KeycloakGroupNode("people", roles: ["staff"], groups: [KeycloakGroupNode("it")])
      ]
      $0.users[0].groups = ["/people/it"]
    },
    KeycloakRow("6d", "a role that another one brings along", .enforced) {
      staff(&$0)
      $0.roles.append(KeycloakRoleSpec("lead", composites: ["staff"]))
      $0.roles.append(KeycloakRoleSpec("head", composites: ["lead"]))
      $0.users[0].roles = ["head"]
    },
    KeycloakRow("6e", "a client's role", .enforced) {
      staff(&$0, role: "portal.app.staff")
      $0.clients.append(
        KeycloakClientSpec("portal.app") {
          $0.roles = [KeycloakRoleSpec("staff")]
          $0.standardFlow = false
        })
      $0.users[0].roles = ["portal.app.staff"]
    },
    KeycloakRow("6f", "a server that lists no roles: she has it", .enforced) {
      staff(&$0)
      $0.users[0].roles = ["staff"]
      $0.listsRoles = false
    },
    KeycloakRow("6g", "a server that lists no roles: she has it not", .notEnforced) {
      staff(&$0)
      $0.listsRoles = false
    },
    KeycloakRow("6h", "groups that come nested", .enforced) {
      staff(&$0)
      $0.groups = [KeycloakGroupNode("people", groups: [KeycloakGroupNode("it", roles: ["staff"])])]
      $0.users[0].groups = ["/people/it"]
      $0.nestsGroups = true
    },
    KeycloakRow("7", "two factors for all without a role, and she has it", .notEnforced) {
      staff(&$0, negated: true)
      $0.users[0].roles = ["staff"]
    },
    KeycloakRow("7b", "two factors for all without a role, and she has it not", .enforced) {
      staff(&$0, negated: true)
    },
    KeycloakRow("21", "the role is gone", .notEnforced) {
      staff(&$0)
      $0.roles = []
    },
    KeycloakRow("21b", "the role is gone, and it is negated", .notEnforced) {
      staff(&$0, negated: true)
      $0.roles = []
    },
    KeycloakRow("C1", "two factors for an attribute that she has", .enforced) {
      asked("conditional-user-attribute", department, &$0)
      $0.users[0].attributes = ["department": ["hr", "it"]]
    },
    KeycloakRow("C1b", "two factors for an attribute that she has not", .notEnforced) {
      asked("conditional-user-attribute", department, &$0)
    },
    KeycloakRow("C1c", "the attribute of her group", .enforced) {
      asked(
        "conditional-user-attribute",
        department.merging(["include_group_attributes": "true"]) { $1 }, &$0)
      $0.groups = [
        KeycloakGroupNode(
          "people", attributes: ["department": ["it"]], groups: [KeycloakGroupNode("ops")])
      ]
      $0.users[0].groups = ["/people/ops"]
    },
    KeycloakRow("C1d", "an attribute that she must not have", .notEnforced) {
      asked("conditional-user-attribute", department.merging(["not": "true"]) { $1 }, &$0)
      $0.users[0].attributes = ["department": ["it"]]
    },
    KeycloakRow("C1e", "an attribute compared with a pattern", .cannotTell, reason: "pattern") {
      asked("conditional-user-attribute", department.merging(["regex": "true"]) { $1 }, &$0)
    },
    KeycloakRow("C2", "two factors for a group she is below of", .enforced) {
      asked("conditional-user-group", ["condUserGroup": "/people"], &$0)
      $0.groups = [KeycloakGroupNode("people", groups: [KeycloakGroupNode("it")])]
      $0.users[0].groups = ["/people/it"]
    },
    KeycloakRow("C2b", "two factors for a group she is not in", .notEnforced) {
      asked("conditional-user-group", ["condUserGroup": "/people"], &$0)
      $0.groups = [KeycloakGroupNode("people")]
    },
    KeycloakRow("C3", "a scope of every sign-in", .enforced) {
      asked("conditional-client-scope", ["client_scope": "profile"], &$0)
    },
    KeycloakRow(
      "C3b", "a scope that may be asked for", .enforcedConditionally,
      witness: "without scope offline_access"
    ) {
      asked("conditional-client-scope", ["client_scope": "offline_access"], &$0)
    },
    KeycloakRow("C3c", "a scope that the client has not", .notEnforced) {
      asked("conditional-client-scope", ["client_scope": "admin"], &$0)
    },
    KeycloakRow("C4", "two factors unless a passkey was used", .enforced) {
      $0.flows = [
        K.browser([
          .flow(
            "first", .required,
            [
              alternative(K.password), .step("webauthn-authenticator-passwordless", .alternative),
            ]),
          K.conditional("conditional-credential", ["credentials": "webauthn-passwordless"]),
        ])
      ]
    },
    KeycloakRow("C4b", "two factors only if a password was used", .enforced) {
      $0.flows = [
        K.browser([
          .flow(
            "first", .required,
            [
              alternative(K.password), .step("webauthn-authenticator-passwordless", .alternative),
            ]),
          K.conditional(
            "conditional-credential", ["credentials": "password", "included": "true"]),
        ])
      ]
    },
    KeycloakRow("C4c", "two factors unless a password was used", .notEnforced) {
      $0.flows = [
        K.browser([
          K.password, K.conditional("conditional-credential", ["credentials": "password"]),
        ])
      ]
    },
    KeycloakRow("C5", "two factors unless another sub-flow ended well", .notEnforced) {
      $0.flows = [
        K.browser([
          .flow("office", .required, [K.password]),
          K.conditional(
            "conditional-sub-flow-executed",
            ["flow_to_check": "office", "check_result": "not-executed"]),
        ])
      ]
    },
    KeycloakRow("C5b", "two factors if another sub-flow ended well", .enforced) {
      $0.flows = [
        K.browser([
          .flow("office", .required, [K.password]),
          K.conditional(
            "conditional-sub-flow-executed",
            ["flow_to_check": "office", "check_result": "executed"]),
        ])
      ]
    },
    KeycloakRow("C6", "a condition of others", .cannotTell, reason: "conditional-ip-range") {
      asked("conditional-ip-range", ["range": "10.0.0.0/8"], &$0)
    },
    KeycloakRow("C6b", "a condition of others that guards nothing needed", .enforced) {
      $0.flows = [K.browser(K.strict + [K.conditional("conditional-ip-range")])]
    },
  ]

  private static let brokers: [KeycloakRow] = [
    KeycloakRow(
      "18", "linked to Google, strict otherwise, and nobody reads Google", .cannotTell,
      reason: "google"
    ) {
      linked(&$0)
    },
    KeycloakRow("18b", "linked to Google beside a password alone", .notEnforced) {
      linked(&$0)
      $0.flows = []
    },
    KeycloakRow("18c", "linked to Google, a one-time password after it", .enforced) {
      linked(&$0)
      $0.flows.append(KeycloakFlowSpec("after broker", [K.otp]))
      $0.identityProviders[0].postBrokerFlow = "after broker"
    },
    KeycloakRow("18d", "others are linked to Google, she is not", .enforced) {
      linked(&$0)
      $0.users[0].identityProviders = []
    },
    KeycloakRow("18e", "linked to a provider that is switched off", .enforced) {
      linked(&$0)
      $0.identityProviders[0].enabled = false
    },
    KeycloakRow("18f", "no way in but Google, not linked yet", .cannotTell, reason: "google") {
      linked(&$0)
      $0.users[0].identityProviders = []
      $0.flows = [KeycloakFlowSpec("browser", [.step("identity-provider-redirector")])]
    },
  ]

  // MARK: Parts

  private static func alternative(_ step: KeycloakStepSpec) -> KeycloakStepSpec {
    var step = step
    step.requirement = .alternative
    return step
  }

  private static let department = [
    "attribute_name": "department", "attribute_expected_value": "it",
  ]

  private static func asked(
    _ condition: String, _ config: [String: String], _ tenant: inout KeycloakTenant
  ) {
    tenant.flows = [K.browser([K.password, K.conditional(condition, config)])]
  }

  private static func staff(
    _ tenant: inout KeycloakTenant, role: String = "staff", negated: Bool = false
  ) {
    tenant.roles = [KeycloakRoleSpec("staff"), KeycloakRoleSpec("svc")]
    asked(
      "conditional-user-role",
      ["condUserRole": role, "negate": negated ? "true" : "false"], &tenant)
  }

  private static func skipping(_ config: [String: String], _ tenant: inout KeycloakTenant) {
    tenant.roles = [KeycloakRoleSpec("svc")]
    tenant.flows = [
      K.browser([K.password, .step("auth-conditional-otp-form", .required, config)])
    ]
  }

  private static func overridden(_ tenant: inout KeycloakTenant) {
    tenant.flows = [K.flow("strict", K.strict)]
    tenant.clients[0].browserFlow = "strict"
    tenant.clients.append(KeycloakClientSpec("portal"))
  }

  private static func stepped(_ tenant: inout KeycloakTenant, _ attributes: [String: String]) {
    tenant.flows = [K.browser(K.levels)]
    tenant.attributes = K.acrMap
    tenant.clients[0].attributes = attributes
  }

  private static func linked(_ tenant: inout KeycloakTenant) {
    var flow = K.browser(K.strict)
    flow.steps.insert(.step("identity-provider-redirector", .alternative), at: 1)
    tenant.flows = [flow]
    tenant.identityProviders = [KeycloakBrokerSpec("google", providerID: "google")]
    tenant.users[0].identityProviders = ["google"]
    tenant.users.append(KeycloakUser("bob@acme.com") { $0.identityProviders = ["google"] })
  }
}
