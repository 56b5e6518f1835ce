import IdentityCore
import MockIdP

extension JumpCloudRows {
  private typealias J = JumpCloudOrganisations

  static let policies: [JumpCloudRow] = [
    JumpCloudRow(
      "5.3", "every sign-in is refused: no way in at all", .notEvaluated,
      reason: ["No sign-in", "refuses"]
    ) { $0.policies = [J.policy("p1", "Nobody", ["effect": J.deny])] },
    JumpCloudRow(
      "5.3a", "one policy refuses, one lets in with one factor", .notEnforced,
      witness: ["with the weakest of several matching policies deciding"]
    ) {
      $0.policies = [
        J.policy("p1", "Nobody", ["effect": J.deny]),
        J.policy("p2", "Everybody", ["effect": J.noMFA]),
      ]
    },
    JumpCloudRow("5.3b", "unmanaged devices are refused, the others asked", .enforced) {
      $0.policies = [
        J.policy(
          "p0", "Managed only", ["effect": J.deny, "conditions": ["deviceManaged": false]]),
        J.ssoMFA,
      ]
    },
    JumpCloudRow(
      "5.4", "a policy asks for one factor only, whatever her flag says", .notEnforced,
      witness: ["Everybody"]
    ) {
      $0.policies = [J.policy("p1", "Everybody", ["effect": J.noMFA])]
      $0.users[0].requiresMFA = true
    },
    JumpCloudRow("5.4a", "an action without obligations asks for one factor", .notEnforced) {
      let plain = J.policy("p1", without: "effect")
      $0.policies = [plain.merging(["effect": ["action": "allow"]])]
      $0.users[0].requiresMFA = true
    },
    // A key of the device alone is one factor.
    JumpCloudRow("5.4b", "the only factor is the device's own", .notEnforced, witness: ["DURT"]) {
      $0.policies = [
        J.policy("p1", "Go", ["effect": ["obligations": ["mfaFactors": [["type": "DURT"]]]]])
      ]
    },
    JumpCloudRow("5.5", "MFA inside the office and outside it", .enforced) {
      $0.policies = [
        J.policy("p1", "Inside", ["conditions": ["ipAddressIn": ["l1"]]]),
        J.policy("p2", "Outside", ["conditions": ["not": ["ipAddressIn": ["l1"]]]]),
      ]
    },
    JumpCloudRow(
      "5.5a", "MFA outside two lists, of which she may be in either", .enforcedConditionally,
      witness: ["inside IP list"]
    ) {
      $0.policies = [
        J.policy("p1", "Outside", ["conditions": ["not": ["ipAddressIn": ["l1", "l2"]]]])
      ]
    },
    JumpCloudRow(
      "5.5b", "MFA for devices that are not both managed and encrypted", .enforcedConditionally,
      witness: ["with a managed device", "with an encrypted device"]
    ) {
      $0.policies = [
        J.policy(
          "p1", "Strange devices",
          ["conditions": ["not": ["all": [["deviceManaged": true], ["deviceEncrypted": true]]]]])
      ]
    },
    JumpCloudRow(
      "5.5c", "MFA abroad or on unmanaged devices", .enforcedConditionally,
      witness: ["from country DE", "with a managed device"]
    ) {
      $0.policies = [
        J.policy(
          "p1", "Abroad",
          [
            "conditions": [
              "any": [
                ["not": ["locationIn": ["countries": ["DE"]]]], ["deviceManaged": false],
              ]
            ]
          ])
      ]
    },
    JumpCloudRow("5.5d", "MFA in some countries, and in all others", .enforced) {
      $0.policies = [
        J.policy("p1", "Here", ["conditions": ["locationIn": ["countries": ["DE", "FR"]]]]),
        J.policy(
          "p2", "There", ["conditions": ["not": ["locationIn": ["countries": ["FR", "DE"]]]]]),
      ]
    },
    JumpCloudRow(
      "5.5e", "MFA here and in one of two other countries", .enforcedConditionally,
      witness: ["from country FR"]
    ) {
      $0.policies = [
        J.policy("p1", "A", ["conditions": ["locationIn": ["countries": ["DE"]]]]),
        J.policy(
          "p2", "B", ["conditions": ["not": ["locationIn": ["countries": ["DE", "FR"]]]]]),
      ]
    },
    JumpCloudRow("5.5f", "MFA outside the office, and her flag is set", .enforced) {
      $0.policies = [
        J.policy("p1", "SSO MFA", ["conditions": ["not": ["ipAddressIn": ["l1"]]]])
      ]
      $0.users[0].requiresMFA = true
    },
    JumpCloudRow("5.5g", "MFA from a list that was deleted", .enforcedConditionally) {
      $0.policies = [J.policy("p1", "SSO MFA", ["conditions": ["ipAddressIn": ["gone"]]])]
    },
    JumpCloudRow(
      "11", "a kind of condition nobody knows", .cannotTell, reason: ["userRisk"]
    ) { $0.policies = [J.policy("p1", "Risk", ["conditions": ["userRisk": ["high"]]])] },
    JumpCloudRow("11a", "the same under a policy that asks anyway", .enforced) {
      $0.policies = [J.ssoMFA, J.policy("p2", "Risk", ["conditions": ["userRisk": ["high"]]])]
    },
    JumpCloudRow("11b", "two conditions without all or any", .cannotTell) {
      $0.policies = [
        J.policy("p1", "Both", ["conditions": ["deviceManaged": true, "deviceEncrypted": true]])
      ]
    },
    JumpCloudRow("11c", "all of nothing", .cannotTell) {
      $0.policies = [J.policy("p1", "Empty", ["conditions": ["all": []]])]
    },
    JumpCloudRow(
      "11d", "a condition that is no yes or no", .cannotTell, reason: ["deviceManaged"]
    ) { $0.policies = [J.policy("p1", "Odd", ["conditions": ["deviceManaged": "yes"]])] },
    JumpCloudRow("11e", "no word of conditions", .cannotTell, reason: ["names none"]) {
      $0.policies = [J.policy("p1", without: "conditions")]
    },
    JumpCloudRow("12", "an action nobody knows", .cannotTell, reason: ["the action unknown"]) {
      $0.policies = [J.policy("p1", "Odd", ["effect": ["action": "unknown"]])]
    },
    JumpCloudRow("12a", "no word of what it does", .cannotTell, reason: ["the action ?"]) {
      $0.policies = [J.policy("p1", without: "effect")]
    },
    JumpCloudRow("12b", "an obligation nobody knows", .cannotTell, reason: ["passkey"]) {
      $0.policies = [
        J.policy(
          "p1", "Odd",
          ["effect": ["obligations": ["mfa": ["required": false], "passkey": ["required": true]]]])
      ]
    },
    JumpCloudRow("12c", "MFA is neither required nor not", .cannotTell) {
      $0.policies = [
        J.policy("p1", "Odd", ["effect": ["obligations": ["mfa": ["required": "maybe"]]]])
      ]
    },
    JumpCloudRow("13", "a target nobody knows", .cannotTell, reason: ["deviceGroups"]) {
      $0.policies = [
        J.policy("p1", "Odd", ["targets": ["deviceGroups": ["inclusions": ["d1"]]]])
      ]
    },
    JumpCloudRow("13a", "a user who is not all", .cannotTell, reason: ["ADMINS"]) {
      $0.policies = [
        J.policy("p1", "Odd", ["targets": ["users": ["inclusions": ["ADMINS"]]]])
      ]
    },
    JumpCloudRow("13b", "users are left out in a way nobody knows", .cannotTell) {
      $0.policies = [J.policy("p1", "Odd", ["targets": ["users": ["exclusions": ["u1"]]]])]
    },
    JumpCloudRow("13c", "an attribute at an application", .cannotTell, reason: ["userAttributes"]) {
      let bind: JSON = ["field": "ldap_binding_user", "operator": "EQ", "value": true]
      $0.policies = [
        J.policy("p1", "Odd", ["targets": ["userAttributes": ["exclusions": [bind]]]])
      ]
    },
    JumpCloudRow("13d", "it names nobody", .cannotTell, reason: ["whom policy 'SSO MFA' is for"]) {
      $0.policies = [
        J.policy("p1", "SSO MFA").merging(["targets": ["users": ["inclusions": []]]])
      ]
    },
    JumpCloudRow("13e", "it is for her group", .enforced) {
      $0.policies = [J.forGroup("g-dev")]
      $0.groups[1].members = [ProviderBench.ana]
    },
    JumpCloudRow("13f", "it is for another group", .notEnforced) {
      $0.policies = [J.forGroup("g-dev")]
      $0.groups[1].members = ["bo@acme.com"]
    },
    JumpCloudRow(
      "13g", "it is for a group that is not there", .cannotTell, reason: ["who is in group g-gone"],
      isComplete: false
    ) { $0.policies = [J.forGroup("g-gone")] },
    JumpCloudRow("14", "it is for this application", .enforced) {
      $0.policies = [J.policy("p1", "Heroku", ["targets": resources(J.app)])]
    },
    JumpCloudRow("14a", "it is for another application", .notEnforced) {
      $0.policies = [J.policy("p1", "Wiki", ["targets": resources(J.other)])]
    },
    JumpCloudRow("14b", "it leaves this application out", .notEnforced) {
      $0.policies = [
        J.policy("p1", "SSO MFA", ["targets": ["excludedApplications": [.string(J.app)]]])
      ]
    },
    JumpCloudRow("14c", "it leaves another application out", .enforced) {
      $0.policies = [
        J.policy("p1", "SSO MFA", ["targets": ["excludedApplications": [.string(J.other)]]])
      ]
    },
    JumpCloudRow("14d", "a kind of resource nobody knows", .cannotTell, reason: ["mainframe"]) {
      $0.policies = [
        J.policy("p1", "Odd", ["targets": ["resources": [["type": "mainframe"]]]])
      ]
    },
    JumpCloudRow("14e", "no word of resources", .cannotTell, reason: ["stands before"]) {
      $0.policies = [J.policy("p1", "Odd", ["targets": ["resources": []]])]
    },
    JumpCloudRow("15", "it only monitors", .notEnforced) {
      $0.policies = [J.policy("p1", "SSO MFA", ["monitorOnly": true])]
    },
    JumpCloudRow("15a", "whether it is switched on is not told", .cannotTell, isComplete: false) {
      $0.policies = [J.policy("p1", without: "disabled")]
    },
    JumpCloudRow(
      "5.7", "policies may not be read", .cannotTell, reason: ["authn/policies"], isComplete: false
    ) {
      $0.rights.removeAll { $0 == "policies" }
      $0.users[0].requiresMFA = true
    },
    JumpCloudRow("5.7a", "users may not be read", .cannotTell, isComplete: false) {
      $0.policies = [J.ssoMFA]
      $0.rights.removeAll { $0 == "users" }
    },
    JumpCloudRow("5.7b", "there is no such application", .cannotTell, isComplete: false) {
      $0.policies = [J.ssoMFA]
      $0.apps = []
    },
    JumpCloudRow(
      "5.7c", "groups may not be read", .cannotTell, reason: ["who is in group g-svc"],
      isComplete: false
    ) {
      $0.policies = [J.ssoMFA]
      $0.rights.removeAll { $0 == "groups" }
    },
    JumpCloudRow(
      "5.7d", "IP lists may not be read: their ids stand in", .enforcedConditionally,
      witness: ["inside IP list l1"]
    ) {
      $0.policies = [
        J.policy("p1", "SSO MFA", ["conditions": ["not": ["ipAddressIn": ["l1"]]]])
      ]
      $0.rights.removeAll { $0 == "iplists" }
    },
  ]

  private static func resources(_ app: String) -> JSON {
    ["resources": [["type": "application", "id": .string(app)]]]
  }
}
