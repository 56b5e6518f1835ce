import IdentityCore
import MockIdP

@testable import Keycloak

/// The situations of the table, and some more of their kind.
enum KeycloakRows {
  typealias K = KeycloakRealms

  static let all: [KeycloakRow] = defaults + steps + doors + levels + conditions + brokers

  static let defaults: [KeycloakRow] = [
    KeycloakRow(
      "1", "a new realm, a one-time password set up", .notEnforced,
      witness: "Username Password Form", code: .policySingleFactor,
      reason: "enrolment-driven: 'Browser - Conditional 2FA' is skipped for people who have no "
        + "one-time password"
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

  static let steps: [KeycloakRow] = [
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
    KeycloakRow("22d", "passkeys only, and nobody says who holds them", .notEnforced) {
      $0.flows = [K.browser([.step("webauthn-authenticator-passwordless")])]
      $0.passkeyVerification = "preferred"
    },
    KeycloakRow(
      "22e", "passkeys only, and the realm does not say what they check", .cannotTell,
      reason: "whether passkeys must check who holds them"
    ) {
      $0.flows = [K.browser([.step("webauthn-authenticator-passwordless")])]
      $0.passkeyVerification = nil
    },
    KeycloakRow("22f", "a password, then a passkey that checks nobody", .enforced) {
      $0.flows = [K.browser([K.password, .step("webauthn-authenticator-passwordless")])]
      $0.passkeyVerification = "discouraged"
    },
    KeycloakRow("22g", "two things that one has are one factor", .notEnforced) {
      $0.flows = [K.browser([.step("auth-username-form"), K.otp, .step("webauthn-authenticator")])]
    },
    KeycloakRow("22h", "a certificate alone", .notEnforced) {
      $0.flows = [K.browser([.step("auth-x509-client-username-form")])]
    },
    KeycloakRow("22i", "a certificate, then a password", .enforced) {
      $0.flows = [
        K.browser([.step("auth-x509-client-username-form"), .step("auth-password-form")])
      ]
    },
    KeycloakRow(
      "22j", "a certificate that the operator says is locked", .enforced,
      configure: { $0.secondFactorProviders = ["auth-x509-client-username-form"] }
    ) { $0.flows = [K.browser([.step("auth-x509-client-username-form")])] },
    KeycloakRow(
      "22k", "a passkey instead of the name skips the second factor", .notEnforced
    ) {
      $0.passkeysForNames = true
      $0.passkeyVerification = "preferred"
      $0.flows = [
        K.browser([
          K.password,
          K.conditional("conditional-credential", ["credentials": "webauthn-passwordless"]),
        ])
      ]
    },
    KeycloakRow("22l", "the same, and passkeys check who holds them", .enforced) {
      $0.passkeysForNames = true
      $0.flows = [
        K.browser([
          K.password,
          K.conditional("conditional-credential", ["credentials": "webauthn-passwordless"]),
        ])
      ]
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
    KeycloakRow(
      "5o", "a required level of nothing but what people set up themselves", .cannotTell,
      reason: "who have not set up what a level of it asks for"
    ) {
      $0.flows = [
        K.browser([
          K.password,
          .flow("2FA", .required, [K.conditional("conditional-user-configured")]),
        ])
      ]
      $0.users[0].credentials.append("otp")
    },
    KeycloakRow("5d", "everything refused", .notEvaluated, code: .accessDenied) {
      $0.flows = [K.browser([K.password, .step("deny-access-authenticator")])]
    },
  ]

  static let doors: [KeycloakRow] = [
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
    KeycloakRow("9e", "a session is taken only before a one-time password", .enforced) {
      overridden(&$0)
      $0.flows[0].steps[0] = .flow(
        "session", .alternative, [.step("auth-cookie"), K.otp])
    },
    KeycloakRow(
      "9f", "the same, and the session's flow asks for a one-time password alone",
      .enforcedConditionally, witness: "with a single sign-on session opened through portal"
    ) {
      overridden(&$0)
      $0.flows[0].steps[0] = .flow(
        "session", .alternative, [.step("auth-cookie"), K.otp])
      $0.flows.append(K.browser([.step("auth-username-form"), K.otp]))
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
    KeycloakRow(
      "R1", "a forgotten password ends in a session", .notEnforced, witness: "reset-password"
    ) {
      $0.flows = [K.browser(K.strict)]
      $0.resetAllowed = true
    },
    KeycloakRow("R2", "a forgotten password takes the second factor as well", .enforced) {
      $0.flows = [
        K.browser(K.strict),
        KeycloakFlowSpec(
          "reset credentials",
          [
            .step("reset-credentials-choose-user"), .step("reset-credential-email"), K.otp,
            .step("reset-password"),
          ]),
      ]
      $0.resetAllowed = true
    },
    KeycloakRow(
      "R3", "nobody says whether passwords are reset", .cannotTell,
      reason: "whether people may have a forgotten password reset"
    ) {
      $0.flows = [K.browser(K.strict)]
      $0.resetAllowed = nil
    },
    KeycloakRow("D1", "sign-ins that a service asks for on a device", .cannotTell, reason: "CIBA") {
      $0.flows = [K.browser(K.strict)]
      $0.clients[0].attributes = ["oidc.ciba.grant.enabled": "true"]
    },
    KeycloakRow("D2", "SAML with a name and a password", .notEnforced) {
      $0.flows = [K.browser(K.strict)]
      $0.clients[0].clientProtocol = "saml"
      $0.clients[0].attributes = ["saml.allow.ecp.flow": "true"]
    },
    KeycloakRow("D3", "a device is given a session without the level", .notEnforced) {
      stepped(
        &$0,
        ["minimum.acr.value": "aal2", "oauth2.device.authorization.grant.enabled": "true"])
    },
    KeycloakRow(
      "D4", "a client policy selects a weaker flow", .cannotTell, reason: "client policy 'weak'"
    ) {
      $0.flows = [K.browser(K.strict), KeycloakFlowSpec("weak", [K.password])]
      selected("weak", &$0)
    },
    KeycloakRow("D5", "a client policy selects a strict flow", .enforced) {
      $0.flows = [K.browser(K.strict), KeycloakFlowSpec("own strict", K.strict)]
      selected("own strict", &$0)
    },
    KeycloakRow("7.2", "a SAML client with a strict flow", .enforced) {
      $0.flows = [K.browser(K.strict)]
      $0.clients[0].clientProtocol = "saml"
      $0.clients[0].standardFlow = false
    },
    KeycloakRow("7.2c", "a SAML client that says nothing of the standard flow", .enforced) {
      $0.flows = [K.browser(K.strict)]
      $0.clients[0].clientProtocol = "saml"
      $0.clients[0].omitted = ["standardFlowEnabled"]
    },
    KeycloakRow("7.2b", "a client for services only", .cannotTell, reason: "no way in for people") {
      $0.clients[0].standardFlow = false
    },
    KeycloakRow("7.2d", "a client of a protocol of its own", .cannotTell, reason: "docker-v2") {
      $0.flows = [K.browser(K.strict)]
      $0.clients[0].clientProtocol = "docker-v2"
    },
  ]

  // MARK: Parts

  static func alternative(_ step: KeycloakStepSpec) -> KeycloakStepSpec {
    var step = step
    step.requirement = .alternative
    return step
  }

  static let department = [
    "attribute_name": "department", "attribute_expected_value": "it",
  ]

  static func asked(
    _ condition: String, _ config: [String: String], _ tenant: inout KeycloakTenant
  ) {
    tenant.flows = [K.browser([K.password, K.conditional(condition, config)])]
  }

  static func staff(
    _ tenant: inout KeycloakTenant, role: String = "staff", negated: Bool = false
  ) {
    tenant.roles = [KeycloakRoleSpec("staff"), KeycloakRoleSpec("svc")]
    asked(
      "conditional-user-role",
      ["condUserRole": role, "negate": negated ? "true" : "false"], &tenant)
  }

  static func skipping(_ config: [String: String], _ tenant: inout KeycloakTenant) {
    tenant.roles = [KeycloakRoleSpec("svc")]
    tenant.flows = [
      K.browser([K.password, .step("auth-conditional-otp-form", .required, config)])
    ]
  }

  /// A client policy for whatever client that puts a flow in the place of its own.
  static func selected(_ flow: String, _ tenant: inout KeycloakTenant) {
    tenant.clientPolicies = [
      [
        "name": "weak", "enabled": true, "profiles": ["chosen"],
        "conditions": [["condition": "any-client", "configuration": [:]]],
      ]
    ]
    tenant.clientProfiles = [
      [
        "name": "chosen",
        "executors": [
          [
            "executor": "auth-flow-enforcer",
            "configuration": ["auth-flow-alias": .string(flow), "auth-flow-loa": 1],
          ]
        ],
      ]
    ]
  }

  /// First sign-ins through other providers that let in nobody who has an account.
  static func closed(_ tenant: inout KeycloakTenant) {
    tenant.flows.append(KeycloakFlowSpec("new people", [.step("idp-create-user-if-unique")]))
    for index in tenant.identityProviders.indices {
      tenant.identityProviders[index].firstBrokerFlow = "new people"
    }
  }

  /// Not linked yet, and a first sign-in that asks for a password and a one-time password.
  static func strictlyLinking(_ tenant: inout KeycloakTenant) {
    linked(&tenant)
    tenant.users[0].identityProviders = []
    tenant.flows.append(
      KeycloakFlowSpec(
        "local",
        [.step("idp-detect-existing-broker-user")] + [
          .step("idp-username-password-form"), K.otp,
        ]))
    tenant.identityProviders[0].firstBrokerFlow = "local"
  }

  static func overridden(_ tenant: inout KeycloakTenant) {
    tenant.flows = [K.flow("strict", K.strict)]
    tenant.clients[0].browserFlow = "strict"
    tenant.clients.append(KeycloakClientSpec("portal"))
  }

  static func stepped(_ tenant: inout KeycloakTenant, _ attributes: [String: String]) {
    tenant.flows = [K.browser(K.levels)]
    tenant.attributes = K.acrMap
    tenant.clients[0].attributes = attributes
  }

  /// Passkeys only for the client, and a strict flow with Google beside it for the account console.
  static func besideGoogle(_ tenant: inout KeycloakTenant) {
    linked(&tenant)
    tenant.flows.append(K.flow("strict", [.step("webauthn-authenticator-passwordless")]))
    tenant.clients[0].browserFlow = "strict"
    tenant.clients.append(KeycloakClientSpec("account"))
  }

  static func linked(_ tenant: inout KeycloakTenant) {
    var flow = K.browser(K.strict)
    flow.steps.insert(.step("identity-provider-redirector", .alternative), at: 1)
    tenant.flows = [flow]
    tenant.identityProviders = [KeycloakBrokerSpec("google", providerID: "google")]
    tenant.users[0].identityProviders = ["google"]
    tenant.users.append(KeycloakUser("bob@acme.com") { $0.identityProviders = ["google"] })
  }
}
