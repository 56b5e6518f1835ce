import IdentityCore
import MockIdP

/// The table of the facts, by its numbers, and what its text names beyond it.
enum JumpCloudRows {
  private typealias J = JumpCloudOrganisations

  static let all = table + people + policies + portal

  static let table: [JumpCloudRow] = [
    JumpCloudRow("1", "MFA for all but a group that she is not in", .enforced, reason: ["SSO MFA"])
    {
      $0.policies = [J.ssoMFA]
    },
    JumpCloudRow(
      "2", "she is in the group that is left out, her flag is not set", .notEnforced,
      witness: ["the user's own flag"]
    ) {
      $0.policies = [J.ssoMFA]
      $0.groups[0].members = [ProviderBench.ana]
    },
    JumpCloudRow("3", "the policy is switched off, her flag is set", .enforced) {
      $0.policies = [J.policy("p1", "SSO MFA", ["disabled": true])]
      $0.users[0].requiresMFA = true
    },
    JumpCloudRow(
      "4", "MFA outside the office only", .enforcedConditionally,
      witness: ["inside IP list Office", "the user's own flag"]
    ) {
      $0.policies = [
        J.policy("p1", "SSO MFA", ["conditions": ["not": ["ipAddressIn": ["l1"]]]])
      ]
    },
    JumpCloudRow(
      "5", "her flag is set, with an exception until tomorrow", .enforcedConditionally,
      witness: ["started before the user's exception from MFA ends (20"]
    ) {
      $0.users[0].requiresMFA = true
      $0.users[0].exclusion = true
      $0.users[0].exclusionUntil = J.day(1)
    },
    JumpCloudRow(
      "6", "a one-time password is set up, nothing asks for it", .notEnforced, enrolled: .yes
    ) { $0.users[0].totp = true },
    JumpCloudRow(
      "7", "a policy for her group asks for one factor, one for all for two",
      .enforcedConditionally,
      witness: ["with the weakest of several matching policies deciding", "For g-dev"]
    ) {
      $0.policies = [J.ssoMFA, J.forGroup("g-dev", ["effect": J.noMFA])]
      $0.groups[1].members = [ProviderBench.ana]
    },
    JumpCloudRow("8a", "factors as words", .enforced, reason: ["SSO MFA"]) {
      $0.policies = [
        J.policy(
          "p1", "SSO MFA", ["effect": ["obligations": ["mfaFactors": ["TOTP", "WEBAUTHN"]]]])
      ]
    },
    JumpCloudRow("8b", "factors as objects", .enforced, reason: ["SSO MFA"]) {
      $0.policies = [
        J.policy(
          "p1", "SSO MFA",
          ["effect": ["obligations": ["mfaFactors": [["type": "TOTP"], ["type": "WEBAUTHN"]]]]])
      ]
    },
  ]

  static let people: [JumpCloudRow] = [
    JumpCloudRow("5.1a", "she is suspended", .notEvaluated, reason: ["suspended"]) {
      $0.policies = [J.ssoMFA]
      $0.users[0].suspended = true
    },
    JumpCloudRow("5.1b", "she is not activated", .notEvaluated, reason: ["not activated"]) {
      $0.users[0].activated = false
    },
    JumpCloudRow("5.1c", "she is staged", .notEvaluated) { $0.users[0].state = "STAGED" },
    JumpCloudRow(
      "5.1d", "the application is not hers", .notEvaluated, reason: ["not the application"]
    ) { $0.groups[2].members = ["bo@acme.com"] },
    JumpCloudRow("5.1e", "she is bound to the application without a group", .enforced) {
      $0.policies = [J.ssoMFA]
      $0.groups[2].members = []
      $0.apps[0].users = [ProviderBench.ana]
    },
    JumpCloudRow("5.1f", "a state nobody knows may let her in", .notEnforced) {
      $0.users[0].state = "SABBATICAL"
    },
    JumpCloudRow("1.1", "nobody goes by her address", .cannotTell, reason: ["No account"]) {
      $0.users = []
    },
    JumpCloudRow(
      "6a", "her flag is not told", .cannotTell, reason: ["the account does not tell"]
    ) { $0.users[0].hidden = ["enable_user_portal_multifactor"] },
    JumpCloudRow("6b", "her flag is not told, but a policy asks for MFA", .enforced) {
      $0.policies = [J.ssoMFA]
      $0.users[0].hidden = ["enable_user_portal_multifactor"]
    },
    JumpCloudRow("6c", "her flag is set", .enforced, enrolled: .no) {
      $0.users[0].requiresMFA = true
    },
    JumpCloudRow("5a", "the exception is over", .enforced) {
      $0.users[0].requiresMFA = true
      $0.users[0].exclusion = true
      $0.users[0].exclusionUntil = J.day(-1)
    },
    JumpCloudRow("5b", "the exception has no end", .notEnforced, witness: ["excepted"]) {
      $0.users[0].requiresMFA = true
      $0.users[0].exclusion = true
    },
    JumpCloudRow("5c", "the exception is not told", .cannotTell, reason: ["excepted"]) {
      $0.users[0].requiresMFA = true
      $0.users[0].hidden = ["mfa"]
    },
    JumpCloudRow("5d", "the end of the exception is no date", .cannotTell) {
      $0.users[0].requiresMFA = true
      $0.users[0].exclusion = true
      $0.users[0].exclusionUntil = "soon"
    },
    JumpCloudRow("5e", "an exception from the flag is none from a policy", .enforced) {
      $0.policies = [J.ssoMFA]
      $0.users[0].requiresMFA = true
      $0.users[0].exclusion = true
      $0.users[0].exclusionUntil = J.day(1)
    },
    JumpCloudRow(
      "9", "an external identity provider manages her, and nobody reads it", .cannotTell,
      reason: ["identity provider idp-7"]
    ) {
      $0.policies = [J.ssoMFA]
      $0.users[0].extra = managed
    },
    JumpCloudRow(
      "9a", "the external identity provider asks for one factor", .notEnforced,
      behind: [Behind(key: "idp-7", verdict: .notEnforced)]
    ) {
      $0.policies = [J.ssoMFA]
      $0.users[0].extra = managed
    },
    JumpCloudRow(
      "9b", "both ways in ask for two", .enforced,
      behind: [Behind(key: "idp-7", verdict: .enforced)]
    ) {
      $0.policies = [J.ssoMFA]
      $0.users[0].extra = managed
    },
    JumpCloudRow(
      "9d", "two identity providers manage her, and the second asks for one factor", .notEnforced,
      behind: [
        Behind(key: "idp-6", verdict: .enforced), Behind(key: "idp-7", verdict: .notEnforced),
      ]
    ) {
      $0.policies = [J.ssoMFA]
      $0.users[0].extra = [
        "restrictedFields": [
          ["field": "email", "type": "federated_identity_provider", "id": "idp-6"],
          ["field": "password", "type": "federated_identity_provider", "id": "idp-7"],
        ]
      ]
    },
    JumpCloudRow(
      "9e", "which identity providers manage her is not told", .cannotTell,
      reason: ["the row does not tell"]
    ) {
      $0.policies = [J.ssoMFA]
      $0.users[0].hidden = ["restrictedFields"]
    },
    JumpCloudRow("9c", "a directory that is no identity provider manages her", .enforced) {
      $0.policies = [J.ssoMFA]
      $0.users[0].extra = [
        "restrictedFields": [["field": "email", "type": "active_directory", "id": "ad-1"]]
      ]
    },
  ]

  private static let managed: JSON = [
    "restrictedFields": [
      ["field": "password", "type": "federated_identity_provider", "id": "idp-7"]
    ]
  ]

  static let portal: [JumpCloudRow] = [
    JumpCloudRow(
      "10", "her flag is set, but a portal policy lets managed devices in without",
      .enforcedConditionally, witness: ["with a managed device", "Portal"]
    ) {
      $0.users[0].requiresMFA = true
      $0.policies = [J.portal(J.noMFA, ["conditions": ["deviceManaged": true]])]
    },
    JumpCloudRow(
      "10a", "only a portal policy asks for MFA", .cannotTell,
      reason: ["sign-ins that begin at the application"]
    ) { $0.policies = [J.portal(J.mfa)] },
    JumpCloudRow("10b", "a portal policy refuses, her flag is not set", .notEnforced) {
      $0.policies = [J.portal(J.deny)]
    },
    JumpCloudRow("10c", "a portal policy is no matter where one guards the application", .enforced)
    {
      $0.policies = [J.ssoMFA, J.portal(J.noMFA)]
    },
    JumpCloudRow("10d", "a policy for LDAP is none for the application", .notEnforced) {
      $0.policies = [
        J.policy("p1", "LDAP", ["type": "ldap", "targets": ["resources": [["type": "ldap"]]]])
      ]
    },
  ]
}
