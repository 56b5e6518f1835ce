import IdentityCore
import MockIdP
import Testing

extension PingOneRow {
  // MARK: Other identity providers

  private static let external: JSON = [
    "type": "IDENTITY_PROVIDER", "identityProvider": ["id": "idp-9"],
  ]
  private static let byName: JSON = [
    "type": "IDENTIFIER_FIRST",
    "discoveryRules": [
      [
        "condition": ["value": "${identifier}", "contains": "@ACME.com"],
        "identityProvider": ["id": "idp-9"],
      ]
    ],
  ]
  private static let social = login.merging(["socialProviders": [["id": "idp-9"]]])
  private static let strong = [Behind(key: "idp-9", verdict: .enforced)]
  private static let weak = [Behind(key: "idp-9", verdict: .notEnforced)]

  static let providers: [PingOneRow] = [
    PingOneRow(
      "13", "an identity provider that nobody reads", .cannotTell, says: "identity provider idp-9"
    ) { $0.steps = [external] },
    PingOneRow("13a", "an identity provider that asks for two", .enforced, behind: strong) {
      $0.steps = [external]
    },
    PingOneRow("13b", "an identity provider that asks for one", .notEnforced, behind: weak) {
      $0.steps = [external]
    },
    PingOneRow("13c", "an identity provider, and a device behind it", .enforced) {
      $0.steps = [external, block]
    },
    PingOneRow(
      "13d", "an identity provider, but a session of a password will do", .enforcedConditionally,
      says: "with password session younger than 8 hours", behind: strong
    ) { $0.steps = [external.merging(["condition": oldPassword])] },
    PingOneRow("14", "a password or a social provider", .notEnforced, behind: strong) {
      $0.steps = [social]
    },
    PingOneRow("14a", "the same with a device behind it", .enforced, behind: weak) {
      $0.steps = [social, block]
    },
    PingOneRow(
      "14b", "an authority over her account that nobody reads", .cannotTell,
      says: "identity provider idp-9"
    ) {
      $0.steps = [byName]
      $0.ana.identityProvider = "idp-9"
    },
    PingOneRow("15", "an authority over her account that asks for two", .enforced, behind: strong) {
      $0.steps = [byName]
      $0.ana.identityProvider = "idp-9"
    },
    PingOneRow(
      "15a", "an authority over her account that asks for one", .notEnforced, behind: weak
    ) {
      $0.steps = [byName]
      $0.ana.identityProvider = "idp-9"
    },
    PingOneRow(
      "15b", "a rule for her name, but her account is PingOne's own", .cannotTell,
      says: "also decides for people who have an account", behind: strong
    ) { $0.steps = [byName] },
    PingOneRow("15c", "a rule for other names", .notEnforced, behind: strong) {
      $0.steps = [byName]
      $0.steps[0]["discoveryRules"] = [
        [
          "condition": ["value": "${identifier}", "contains": "@other.com"],
          "identityProvider": ["id": "idp-9"],
        ]
      ]
    },
    PingOneRow("15d", "a rule for her name, and a device behind it", .enforced) {
      $0.steps = [byName, block]
    },
  ]

  // MARK: People and applications

  private static func access(_ groups: [String], _ type: String) -> JSON {
    ["group": ["type": .string(type), "groups": .array(groups.map { ["id": .string($0)] })]]
  }

  static let people: [PingOneRow] = [
    PingOneRow("17", "she is switched off", .notEvaluated, code: .deprovisioned) {
      $0.ana.enabled = false
    },
    PingOneRow("17a", "she is locked, which ends by itself", .enforced) {
      $0.ana.accountStatus = "LOCKED"
    },
    PingOneRow("17b", "she may not authenticate", .notEvaluated, code: .deprovisioned) {
      $0.ana.canAuthenticate = false
    },
    PingOneRow("17c", "she has no account", .cannotTell, code: .notInIdP) {
      $0.users.removeFirst()
    },
    PingOneRow("19", "access control leaves her out", .notEvaluated, code: .notAssigned) {
      $0.apps[0].accessControl = access(["g-1", "g-2"], "ANY_GROUP")
    },
    PingOneRow("19a", "access control lets her in", .enforced, shows: "any of the groups g-1, g-2")
    {
      $0.apps[0].accessControl = access(["g-1", "g-2"], "ANY_GROUP")
      $0.ana.groups = ["g-2"]
    },
    PingOneRow("19b", "one of all the groups it takes", .notEvaluated, code: .notAssigned) {
      $0.apps[0].accessControl = access(["g-1", "g-2"], "ALL_GROUPS")
      $0.ana.groups = ["g-2"]
    },
    PingOneRow("19c", "all the groups it takes", .enforced) {
      $0.apps[0].accessControl = access(["g-1", "g-2"], "ALL_GROUPS")
      $0.ana.groups = ["g-1", "g-2"]
    },
    PingOneRow("19d", "a kind of access control that is not known", .cannotTell, shows: "NO_GROUP")
    {
      $0.apps[0].accessControl = access(["g-1"], "NO_GROUP")
    },
    PingOneRow("19d+", "access control of no kind", .cannotTell) {
      $0.apps[0].accessControl = access(["g-1"], "")
    },
    PingOneRow("19d++", "access control that names no group", .cannotTell) {
      $0.apps[0].accessControl = access([], "ANY_GROUP")
    },
    PingOneRow(
      "19e", "a group of access control that may not be read leaves nobody out", .notEnforced,
      faults: refused("/users", first: 2)
    ) {
      $0.steps = [login]
      $0.apps[0].accessControl = access(["g-1"], "ANY_GROUP")
    },
    PingOneRow(
      "19f", "access for administrators only leaves nobody out", .enforced,
      shows: "ADMIN_USERS_ONLY"
    ) { $0.apps[0].accessControl = ["role": ["type": "ADMIN_USERS_ONLY"]] },
  ]

  static let applications: [PingOneRow] = [
    PingOneRow("18", "the application is switched off", .notEvaluated, code: .appInactive) {
      $0.apps[0].enabled = false
    },
    PingOneRow("18a", "no such application", .cannotTell, says: "no application with the id") {
      $0.apps = []
    },
    PingOneRow("18b", "a link", .cannotTell, says: "authenticates nobody") {
      $0.apps[0].protocol = "EXTERNAL_LINK"
    },
    PingOneRow("18c", "the console of administrators", .cannotTell, says: "policy of its own") {
      $0.apps[0].type = "PING_ONE_ADMIN_CONSOLE"
    },
    PingOneRow(
      "18d", "its flows may not be read", .cannotTell, says: "DaVinci",
      faults: refused("/applications/{app}/flowPolicyAssignments")),
    PingOneRow(
      "18e", "its policies may not be read", .cannotTell, says: "Which sign-on policy",
      faults: refused("/applications/{app}/signOnPolicyAssignments")),
  ]
}
