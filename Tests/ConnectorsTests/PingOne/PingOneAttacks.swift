import IdentityCore
import MockIdP

@testable import PingOne

extension PingOneAttack {
  private static let bench = PingOneBench.self
  private static let login = PingOneBench.login
  private static let block = PingOneBench.block
  private static let applicationsRefused = Hide.refused("/applications")
  private static let actions = "/signOnPolicies/{policy}/actions"
  private static let actionsRefused = Hide.refused(actions)
  private static let devicePolicies = "/deviceAuthenticationPolicies"

  private static func steps(_ steps: [JSON]) -> Change { { $0.steps = steps } }

  /// Lays something over the second step.
  private static func second(_ raw: JSON) -> Change {
    { $0.steps[1] = $0.steps[1].merging(raw) }
  }

  private static func conditionNull(_ name: String = "condition null") -> Hide {
    Hide(name: name, change: second(["condition": .null]))
  }

  // MARK: Policies

  private static let external: JSON = [
    "type": "IDENTITY_PROVIDER", "identityProvider": ["id": "idp-9"],
  ]
  private static let byName: JSON = ["type": "IDENTIFIER_FIRST"]

  static let policies: [PingOneAttack] = [
    .init(
      .signOnPolicies, "a second policy asks for a password only", .notEnforced,
      hidden: [
        .refused("/applications/{app}/signOnPolicyAssignments"), actionsRefused,
        .null("priority", of: "/applications/{app}/signOnPolicyAssignments"),
      ]
    ) { $0.apps[0].policies = ["pol-1", "pol-0"] },
    .init(
      .signOnPolicies, "a step is gone", .notEnforced,
      hidden: [actionsRefused, .null("type", of: actions)], steps([login])),
    .init(
      .davinci, "a flow", .cannotTell,
      hidden: [.refused("/applications/{app}/flowPolicyAssignments")]
    ) { $0.apps[0].flows = ["f1"] },
    .init(
      .davinci, "a flow in place of policies", .cannotTell,
      hidden: [.refused("/applications/{app}/flowPolicyAssignments")]
    ) {
      $0.apps[0].flows = ["f1"]
      $0.apps[0].policies = []
    },
    .init(
      .otherProviders, "one that nobody reads", .cannotTell,
      hidden: [actionsRefused, .null("identityProvider", of: actions)],
      good: steps([external, block]), steps([external])),
    .init(
      .otherProviders, "one with authority over her account", .cannotTell,
      hidden: [
        actionsRefused, .null("identityProvider", of: "/users"),
      ], good: steps([byName, block])
    ) {
      $0.steps = [byName]
      $0.ana.identityProvider = "idp-9"
    },
    .init(
      .recovery, "in place of the only password", .notEnforced,
      hidden: [actionsRefused, .null("recovery", of: actions)],
      steps([login.merging(["recovery": ["enabled": true]])])),
    .init(
      .recovery, "in a policy by name", .notEnforced,
      hidden: [actionsRefused, .null("recovery", of: actions)],
      steps([byName.merging(["recovery": ["enabled": true]])])),
    .init(
      .pingID, "nobody says what it asks for", .cannotTell,
      hidden: [actionsRefused, .null("type", of: actions)],
      steps([login, ["type": "PINGID_AUTHENTICATION"]])),
    .init(
      .pingID, "at the login of Windows", .cannotTell, hidden: [actionsRefused],
      steps([["type": "PINGID_WINLOGIN_PASSWORDLESS_AUTHENTICATION"]])),
  ]

  // MARK: Applications

  private static func grants(_ grants: [String]) -> Change {
    {
      $0.apps[0].protocol = "OPENID_CONNECT"
      $0.apps[0].grants = grants
    }
  }

  /// She is outside the only group that may use the application, which asks for a password.
  private static let narrowed: Change = {
    $0.steps = [login]
    $0.apps[0].accessControl = ["group": ["type": "ANY_GROUP", "groups": [["id": "g-1"]]]]
  }

  static let applications: [PingOneAttack] = [
    .init(
      .applicationType, "WS-Federation", .cannotTell,
      hidden: [applicationsRefused, .null("protocol", of: "/applications")]
    ) { $0.apps[0].protocol = "WS_FED" },
    .init(
      .applicationType, "a type that is newer than we are", .cannotTell,
      hidden: [applicationsRefused, .null("type", of: "/applications")]
    ) { $0.apps[0].type = "NEW" },
    .init(
      .grants, "a grant without a page", .cannotTell,
      hidden: [applicationsRefused, .null("grantTypes", of: "/applications")],
      good: grants(["AUTHORIZATION_CODE"]), grants(["AUTHORIZATION_CODE", "CIBA"])),
    .init(
      .grants, "a grant that is newer than we are", .cannotTell,
      hidden: [applicationsRefused, .null("grantTypes", of: "/applications")],
      good: grants(["AUTHORIZATION_CODE"]), grants(["NEW"])),
    .init(
      .accessControl, "she joins the group", .notEnforced,
      hidden: [.refused("/users", first: 2), applicationsRefused], good: narrowed
    ) { $0.ana.groups = ["g-1"] },
    .init(
      .accessControl, "everybody may use it", .notEnforced,
      hidden: [
        applicationsRefused,
        Hide(name: "accessControl null", change: { $0.apps[0].accessControl = .null }),
      ], good: narrowed
    ) { $0.apps[0].accessControl = nil },
  ]

  // MARK: People

  private static func bypass(_ more: JSON) -> Change { { $0.ana.bypass = more } }
  private static let bypassRefused = Hide.refused("/users/{user}/bypassMFA")
  private static let devicesRefused = Hide.refused("/users/{user}/devices")
  private static let past: JSON = ["bypassMFAEnabledUntil": "2020-01-01T00:00:00.000Z"]

  static let people: [PingOneAttack] = [
    .init(
      .switchedOff, "MFA is switched off for her", .notEnforced,
      hidden: [.null("mfaEnabled", of: "/users"), .refused("/users")]
    ) { $0.ana.mfaEnabled = false },
    .init(
      .switchedOff, "where people without a device pass", .notEnforced,
      hidden: [.null("mfaEnabled", of: "/users"), .refused("/users")],
      good: {
        $0.steps = [login, bench.bypass]
        $0.ana.devices = [.init("TOTP")]
      }
    ) { $0.ana.mfaEnabled = false },
    .init(
      .noDevice, "her device is gone", .notEnforced,
      hidden: [devicesRefused, .null("status", of: "/users/{user}/devices")],
      good: {
        $0.steps = [login, bench.bypass]
        $0.ana.devices = [.init("TOTP")]
      }
    ) { $0.ana.devices = [] },
    .init(
      .noDevice, "people without a device pass", .notEnforced,
      hidden: [devicesRefused, .null("noDevicesMode", of: actions), actionsRefused],
      steps([login, bench.bypass])),
    .init(
      .bypass, "until long from now", .notEnforced,
      hidden: [
        bypassRefused, .null("bypassMFAEnabledUntil", of: "/users/{user}/bypassMFA"),
      ], bypass(["bypassMFAEnabledUntil": "2099-01-01T00:00:00.000Z"])),
    .init(
      .bypass, "a flag that says so", .notEnforced,
      hidden: [bypassRefused, .null("bypassMFAEnabled", of: "/users/{user}/bypassMFA")],
      bypass(past.merging(["bypassMFAEnabled": true]))),
    .init(
      .memberships, "she leaves a group", .notEnforced,
      hidden: [.refused("/users", first: 2), actionsRefused],
      good: {
        $0.steps = [login, bench.mfa(when: PingOneRow.staff)]
        $0.ana.groups = ["g-staff"]
      }
    ) { $0.ana.groups = [] },
    .init(
      .memberships, "she comes to another population", .notEnforced,
      hidden: [.null("population", of: "/users"), actionsRefused],
      good: steps([login, bench.mfa(when: PingOneRow.home)])
    ) { $0.ana.population = "P2" },
  ]

  // MARK: Conditions

  private static func when(_ condition: JSON) -> Change {
    steps([login, bench.mfa(when: condition)])
  }

  private static func remembers(_ time: JSON) -> Change {
    { $0.devicePolicies[0]["rememberMe"] = ["web": time] }
  }

  static let conditions: [PingOneAttack] = [
    .init(
      .freshness, "a second factor of this month counts", .enforcedConditionally,
      hidden: [actionsRefused, conditionNull()], good: when(PingOneRow.oldFactor),
      when(PingOneRow.lastMonth)),
    .init(
      .freshness, "a password of today counts", .enforcedConditionally,
      hidden: [actionsRefused, conditionNull()], when(PingOneRow.oldPassword)),
    .init(
      .rememberedBrowser, "for a month", .enforcedConditionally,
      hidden: [.refused(devicePolicies), .null("rememberMe", of: devicePolicies)],
      remembers(["enabled": true, "lifeTime": ["duration": 30, "timeUnit": "DAYS"]])),
    .init(
      .rememberedBrowser, "for a time that is not told", .enforcedConditionally,
      hidden: [.refused(devicePolicies), .null("rememberMe", of: devicePolicies)],
      remembers(["enabled": true])),
    .init(
      .networks, "not in the office", .enforcedConditionally,
      hidden: [actionsRefused, conditionNull()], when(["not": PingOneRow.office])),
    .init(
      .networks, "from anonymous networks only", .enforcedConditionally,
      hidden: [actionsRefused, conditionNull()], when(PingOneRow.anonymous)),
  ]

  // MARK: Others

  static let others: [PingOneAttack] = [
    .init(
      .unrecognised, "a key of a step", .cannotTell, hidden: [actionsRefused],
      second(["newThing": 1])),
    .init(
      .unrecognised, "a key of an MFA policy", .cannotTell,
      hidden: [.null("id", of: devicePolicies)]
    ) { $0.devicePolicies[0]["newThing"] = 1 },
  ]
}
