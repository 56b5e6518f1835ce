import ConnectorKit
import IdentityCore
import MockIdP

@testable import Keycloak

extension KeycloakRows {
  static let levels: [KeycloakRow] = [
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

  static let conditions: [KeycloakRow] = [
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
    KeycloakRow("6i", "an old server that lists neither roles nor groups below others", .enforced) {
      staff(&$0)
      $0.groups = [KeycloakGroupNode("people", groups: [KeycloakGroupNode("it", roles: ["staff"])])]
      $0.users[0].groups = ["/people/it"]
      $0.listsRoles = false
      $0.listsChildren = false
    },
    KeycloakRow("6j", "a server that lists roles, but no groups below others", .enforced) {
      staff(&$0)
      $0.groups = [KeycloakGroupNode("people", groups: [KeycloakGroupNode("it", roles: ["staff"])])]
      $0.users[0].groups = ["/people/it"]
      $0.listsChildren = false
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
      $0.users.append(KeycloakUser("bob@acme.com") { $0.attributes = ["department": ["it"]] })
    },
    KeycloakRow(
      "C1f", "two factors but for an attribute that nobody is shown with", .cannotTell,
      reason: "no attributes are shown"
    ) { asked("conditional-user-attribute", department.merging(["not": "true"]) { $1 }, &$0) },
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
    KeycloakRow(
      "C1g", "two factors for an attribute that she has and may edit", .enforcedConditionally,
      witness: "attribute department changed by the person"
    ) {
      asked("conditional-user-attribute", department, &$0)
      $0.users[0].attributes = ["department": ["it"]]
      $0.profile = profile(edit: ["admin", "user"])
    },
    KeycloakRow("C1h", "two factors for an attribute that she has not, and may edit", .notEnforced)
    {
      asked("conditional-user-attribute", department, &$0)
      $0.users[0].attributes = ["other": ["x"]]
      $0.profile = profile(edit: ["admin", "user"])
    },
    KeycloakRow("C1i", "two factors for an attribute that only administrators edit", .enforced) {
      asked("conditional-user-attribute", department, &$0)
      $0.users[0].attributes = ["department": ["it"]]
      $0.profile = profile(edit: ["admin"])
    },
    KeycloakRow(
      "C1j", "two factors for an attribute of a realm where everything may be edited",
      .enforcedConditionally
    ) {
      asked("conditional-user-attribute", department, &$0)
      $0.users[0].attributes = ["department": ["it"]]
      $0.profile = ["attributes": [], "unmanagedAttributePolicy": "ENABLED"]
    },
    KeycloakRow(
      "C1k", "two factors but for an attribute that the realm does not show", .cannotTell,
      reason: "the realm does not show the attribute"
    ) {
      asked("conditional-user-attribute", department.merging(["not": "true"]) { $1 }, &$0)
      $0.users[0].attributes = ["other": ["x"]]
      $0.profile = ["attributes": []]
    },
    KeycloakRow(
      "C1l", "an attribute that she may edit skips one-time passwords", .enforcedConditionally,
      witness: "attribute otp_mode changed by the person"
    ) {
      skipping(["otpControlAttribute": "otp_mode"], &$0)
      $0.users[0].attributes = ["department": ["it"]]
      $0.profile = ["attributes": [], "unmanagedAttributePolicy": "ENABLED"]
    },
    KeycloakRow(
      "C1m", "a server without a profile of users", .enforcedConditionally,
      witness: "attribute department changed by the person"
    ) {
      asked("conditional-user-attribute", department, &$0)
      $0.users[0].attributes = ["department": ["it"]]
      $0.profile = nil
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
    KeycloakRow("C3d", "a client whose row leaves its scopes out", .enforced) {
      asked("conditional-client-scope", ["client_scope": "profile"], &$0)
      $0.clients[0].omitted = ["defaultClientScopes", "optionalClientScopes"]
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
    KeycloakRow(
      "C3e", "a scope that spares from two factors, at another client only", .enforcedConditionally,
      witness: "scope phone at portal"
    ) {
      // Here the second factor is asked for with the scope, there without it.
      $0.flows = [
        KeycloakFlowSpec(
          "strict",
          [
            .flow(
              "session", .alternative,
              [
                .step("auth-cookie"),
                K.conditional("conditional-client-scope", ["client_scope": "phone"]),
              ]),
            .flow("strict forms", .alternative, K.strict),
          ]),
        K.browser([
          K.password,
          K.conditional(
            "conditional-client-scope", ["client_scope": "phone", "negate": "true"]),
        ]),
      ]
      $0.clients[0].browserFlow = "strict"
      $0.clients[0].optionalScopes = ["phone"]
      $0.clients.append(KeycloakClientSpec("portal") { $0.optionalScopes = ["phone"] })
    },
    KeycloakRow(
      "C7", "two conditions of one name, one for and one against a factor", .cannotTell,
      reason: "conditional-ip-range"
    ) {
      // Read as one condition, one of the two would always ask.
      $0.flows = [
        K.browser([
          K.password,
          .flow(
            "inside", .conditional,
            [
              .step("conditional-ip-range", .required, ["range": "10.0.0.0/8"]),
              .step("allow-access-authenticator"),
            ]),
          K.conditional(
            "conditional-sub-flow-executed",
            ["flow_to_check": "inside", "check_result": "not-executed"]),
          K.conditional("conditional-ip-range", ["range": "192.168.0.0/16"]),
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

  /// A profile of users that declares the department.
  private static func profile(edit: [String]) -> JSON {
    [
      "attributes": [
        [
          "name": "department",
          "permissions": ["view": ["admin", "user"], "edit": .array(edit.map { .string($0) })],
        ]
      ]
    ]
  }

  static let brokers: [KeycloakRow] = [
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
    KeycloakRow(
      "18d", "others are linked to Google, she is not yet", .cannotTell, reason: "google"
    ) {
      linked(&$0)
      $0.users[0].identityProviders = []
    },
    KeycloakRow(
      "18d+", "the same, and first sign-ins make accounts only: the account console links",
      .enforcedConditionally, witness: "a link to another identity provider that the person makes"
    ) {
      linked(&$0)
      $0.users[0].identityProviders = []
      closed(&$0)
    },
    KeycloakRow(
      "18d+1", "the same, and nobody links in the account console", .enforced,
      configure: { $0.vouches = Vouch.for("linking") }
    ) {
      linked(&$0)
      $0.users[0].identityProviders = []
      closed(&$0)
    },
    KeycloakRow(
      "18d+2", "the same with a one-time password after it", .enforced
    ) {
      linked(&$0)
      $0.users[0].identityProviders = []
      closed(&$0)
      $0.flows.append(KeycloakFlowSpec("after broker", [K.otp]))
      $0.identityProviders[0].postBrokerFlow = "after broker"
    },
    KeycloakRow(
      "18d+3", "a first sign-in that refuses everybody", .enforcedConditionally,
      witness: "a link to another identity provider that the person makes"
    ) {
      linked(&$0)
      $0.users[0].identityProviders = []
      $0.flows.append(KeycloakFlowSpec("nobody", [.step("deny-access-authenticator")]))
      $0.identityProviders[0].firstBrokerFlow = "nobody"
    },
    KeycloakRow(
      "18d1", "not linked yet, and a first sign-in links by the address alone", .cannotTell
    ) {
      linked(&$0)
      $0.users[0].identityProviders = []
      $0.flows.append(
        KeycloakFlowSpec(
          "auto", [.step("idp-detect-existing-broker-user"), .step("idp-auto-link")]))
      $0.identityProviders[0].firstBrokerFlow = "auto"
    },
    KeycloakRow(
      "18d2", "not linked yet, and a first sign-in takes two factors, once", .enforcedConditionally,
      witness: "a link to another identity provider that the person makes"
    ) { strictlyLinking(&$0) },
    KeycloakRow(
      "18d2+", "the same, and a vouch for the account console does not close it",
      .enforcedConditionally, configure: { $0.vouches = Vouch.for("linking") }
    ) { strictlyLinking(&$0) },
    KeycloakRow(
      "18d3", "not linked yet, and nobody names the flow of first sign-ins: the realm's",
      .cannotTell
    ) {
      linked(&$0)
      $0.users[0].identityProviders = []
      $0.identityProviders[0].firstBrokerFlow = nil
    },
    KeycloakRow("18d4", "nobody is ever linked to it", .cannotTell, reason: "google") {
      linked(&$0)
      $0.users[0].identityProviders = []
      closed(&$0)
      $0.identityProviders[0].config["doNotStoreUsers"] = "true"
    },
    KeycloakRow("18e", "linked to a provider that is switched off", .enforced) {
      linked(&$0)
      $0.identityProviders[0].enabled = false
    },
    KeycloakRow(
      "18g", "passkeys only, but linked to Google at another client, and nobody reads Google",
      .enforcedConditionally, witness: "with a single sign-on session opened through account"
    ) { besideGoogle(&$0) },
    KeycloakRow("18h", "the same with a one-time password after Google", .enforced) {
      besideGoogle(&$0)
      $0.flows.append(KeycloakFlowSpec("after broker", [K.otp]))
      $0.identityProviders[0].postBrokerFlow = "after broker"
    },
    KeycloakRow(
      "18i", "passkeys only, and others are linked to Google", .enforced,
      configure: { $0.vouches = Vouch.for("linking") }
    ) {
      besideGoogle(&$0)
      $0.users[0].identityProviders = []
      closed(&$0)
    },
    KeycloakRow(
      "18j", "linked to two providers of one name, of which one is strong", .cannotTell,
      reason: "Corp (partner)"
    ) {
      linked(&$0)
      $0.identityProviders = ["corp", "partner"].map { alias in
        KeycloakBrokerSpec(alias) { $0.displayName = "Corp" }
      }
      $0.identityProviders[0].postBrokerFlow = "after broker"
      $0.flows.append(KeycloakFlowSpec("after broker", [K.otp]))
      $0.users[0].identityProviders = ["corp", "partner"]
    },
    KeycloakRow("18f", "no way in but Google, not linked yet", .cannotTell, reason: "google") {
      linked(&$0)
      $0.users[0].identityProviders = []
      $0.flows = [KeycloakFlowSpec("browser", [.step("identity-provider-redirector")])]
    },
  ]
}
