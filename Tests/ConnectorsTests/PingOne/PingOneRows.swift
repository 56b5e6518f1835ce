import IdentityCore
import MockIdP
import Testing

@testable import PingOne

/// A situation at PingOne and the verdict it must give for Ana.
struct PingOneRow: Sendable, CustomTestStringConvertible {
  let number: String
  let situation: String
  let expected: Verdict
  /// What the reason or the witness says.
  var says: String
  /// What the evidence says.
  var shows: String
  var code: ReasonCode?
  var faults: [Fault]
  var behind: [Behind]
  var switchedOff: PingOneConfiguration.SwitchedOff
  var pingID: PingOneConfiguration.Attested?
  var rememberedMinutes: Int
  let tenant: @Sendable (inout PingOneTenant) -> Void

  init(
    _ number: String, _ situation: String, _ expected: Verdict, says: String = "",
    shows: String = "", code: ReasonCode? = nil, faults: [Fault] = [], behind: [Behind] = [],
    switchedOff: PingOneConfiguration.SwitchedOff = .notEnforced,
    pingID: PingOneConfiguration.Attested? = nil, rememberedMinutes: Int = 1440,
    _ tenant: @escaping @Sendable (inout PingOneTenant) -> Void = { _ in }
  ) {
    self.number = number
    self.situation = situation
    self.expected = expected
    self.says = says
    self.shows = shows
    self.code = code
    self.faults = faults
    self.behind = behind
    self.switchedOff = switchedOff
    self.pingID = pingID
    self.rememberedMinutes = rememberedMinutes
    self.tenant = tenant
  }

  var testDescription: String { "\(number): \(situation)" }

  static let all = table + devices + conditions + policies + providers + people + applications

  static let bench = PingOneBench.self
  static let login = PingOneBench.login
  static let block = PingOneBench.block
  static let address: JSON = "${flow.request.http.remoteIp}"
  static let home: JSON = ["value": "${user.population.id}", "equals": "P1"]
  static let away: JSON = ["value": "${user.population.id}", "equals": "P2"]
  static let staff: JSON = ["value": "${user.memberOfGroupIDs}", "contains": "g-staff"]
  static let office: JSON = ["contains": address, "ipRange": ["10.0.0.0/8"]]
  static let anonymous: JSON = ["anonymousNetwork": [], "valid": address]
  static let oldFactor: JSON = [
    "secondsSince": "${session.lastSignOn.withAuthenticator.mfa.at}", "greater": 43200,
  ]
  static let oldPassword: JSON = [
    "secondsSince": "${session.lastSignOn.withAuthenticator.pwd.at}", "greater": 28800,
  ]

  static let lastMonth: JSON = [
    "secondsSince": "${session.lastSignOn.withAuthenticator.mfa.at}", "greater": 2_592_000,
  ]

  static func when(_ condition: JSON) -> @Sendable (inout PingOneTenant) -> Void {
    { $0.steps = [login, bench.mfa(when: condition)] }
  }

  static func refused(_ path: String, first: Int = 1) -> [Fault] {
    [Fault(.pingOne, "GET /v1/environments/{env}\(path)", .forbidden, first: first, times: nil)]
  }

  // MARK: The table

  static let table: [PingOneRow] = [
    PingOneRow("1", "a password and a device, no condition", .enforced),
    PingOneRow(
      "2", "people without a device pass, and she has none", .notEnforced,
      says: "lets people without a device pass"
    ) { $0.steps = [login, bench.bypass] },
    PingOneRow(
      "3", "people without a device pass, she has TOTP", .enforcedConditionally,
      says: "with the person's own devices removed"
    ) {
      $0.steps = [login, bench.bypass]
      $0.ana.devices = [.init("TOTP")]
    },
    PingOneRow(
      "4", "no policy of its own, the default asks for a password", .notEnforced,
      says: "Single_Factor", shows: "default sign-on policy"
    ) { $0.apps[0].policies = [] },
    PingOneRow("5", "a DaVinci flow", .cannotTell, says: "davinci") { $0.apps[0].flows = ["f1"] },
    PingOneRow(
      "6", "a device from anonymous networks only", .enforcedConditionally,
      says: "without an anonymous network", when(anonymous)),
    PingOneRow("7", "a device for another population", .notEnforced) {
      $0.steps = [login, bench.mfa(when: home)]
      $0.ana.population = "P2"
    },
    PingOneRow(
      "8", "MFA is switched off for her", .notEnforced, says: "mfa-disabled-on-user"
    ) { $0.ana.mfaEnabled = false },
    PingOneRow(
      "8a", "the same where that cannot be told", .cannotTell, says: "mfa-disabled-on-user",
      switchedOff: .cannotTell
    ) { $0.ana.mfaEnabled = false },
    PingOneRow(
      "9", "a device unless one was shown in the last 12 hours", .enforced,
      shows: "no session with a second factor younger than 12 hours", when(oldFactor)),
    PingOneRow(
      "7m", "a second factor of this month spares her", .enforcedConditionally,
      says: "session with a second factor", when(lastMonth)),
  ]

  // MARK: Devices

  static let devices: [PingOneRow] = [
    PingOneRow("1a", "nothing said of people without a device", .enforced) {
      $0.steps = [login, bench.mfa(nil)]
    },
    PingOneRow(
      "1b", "a word for people without a device that is not known", .cannotTell, says: "PERHAPS"
    ) { $0.steps = [login, bench.mfa("PERHAPS")] },
    PingOneRow("3a", "her device is not set up yet", .notEnforced) {
      $0.steps = [login, bench.bypass]
      $0.ana.devices = [.init("TOTP", status: "ACTIVATION_REQUIRED")]
    },
    PingOneRow("3b", "her device is of a kind that does not count", .notEnforced) {
      $0.steps = [login, bench.bypass]
      $0.ana.devices = [.init("VOICE")]
    },
    PingOneRow(
      "3c", "which devices count may not be read", .cannotTell, says: "of a kind that counts",
      faults: refused("/deviceAuthenticationPolicies")
    ) {
      $0.steps = [login, bench.bypass]
      $0.ana.devices = [.init("TOTP")]
    },
    PingOneRow(
      "3d", "her devices may not be read", .cannotTell, says: "whether the person has a device",
      faults: refused("/users/{user}/devices")
    ) {
      $0.steps = [login, bench.bypass]
      $0.ana.devices = [.init("TOTP")]
    },
    PingOneRow("3e", "the step itself names the methods", .enforcedConditionally) {
      $0.steps = [
        login,
        [
          "type": "MULTI_FACTOR_AUTHENTICATION", "noDevicesMode": "BYPASS",
          "authenticator": ["enabled": true], "sms": ["enabled": false],
        ],
      ]
      $0.ana.devices = [.init("TOTP")]
    },
    PingOneRow(
      "8b", "MFA is switched off, people without a device pass", .notEnforced,
      switchedOff: .cannotTell
    ) {
      $0.steps = [login, bench.bypass]
      $0.ana.mfaEnabled = false
      $0.ana.devices = [.init("TOTP")]
    },
    PingOneRow(
      "8c", "whether MFA is switched on is not told", .cannotTell, says: "PingOne does not say"
    ) { $0.ana.mfaEnabled = nil },
    PingOneRow(
      "20", "a device and no password before it", .notEnforced, says: "asks for a device only"
    ) { $0.steps = [block] },
    PingOneRow(
      "20a", "a device that may check who holds it, and no password", .cannotTell,
      says: "checks who holds it"
    ) {
      $0.steps = [block]
      $0.devicePolicies[0]["sms"] = ["enabled": false]
      $0.devicePolicies[0]["totp"] = ["enabled": false]
    },
    PingOneRow(
      "21", "browsers are remembered for 30 days", .enforcedConditionally,
      says: "with a remembered browser: rule 1"
    ) { $0.devicePolicies[0]["rememberMe"] = remember(30, "DAYS") },
    PingOneRow(
      "21a", "browsers are remembered for 8 hours", .enforced, shows: "remembered for 8 hours"
    ) { $0.devicePolicies[0]["rememberMe"] = remember(8, "HOURS") },
    PingOneRow(
      "21b", "30 days are within the limit", .enforced,
      rememberedMinutes: 43_200
    ) { $0.devicePolicies[0]["rememberMe"] = remember(30, "DAYS") },
    PingOneRow("21c", "for how long is not told", .enforcedConditionally) {
      $0.devicePolicies[0]["rememberMe"] = ["web": ["enabled": true]]
    },
    PingOneRow(
      "21d", "whether browsers are remembered may not be read", .enforcedConditionally,
      faults: refused("/deviceAuthenticationPolicies")),
  ]

  static func remember(_ count: Int, _ unit: String) -> JSON {
    [
      "web": [
        "enabled": true,
        "lifeTime": ["duration": .integer(count), "timeUnit": .string(unit)],
      ]
    ]
  }

  // MARK: Conditions

  static let conditions: [PingOneRow] = [
    PingOneRow(
      "6a", "a device outside the office", .enforcedConditionally,
      says: "inside network 10.0.0.0/8", when(["not": office])),
    PingOneRow(
      "6b", "a device on impossible travel", .enforcedConditionally,
      says: "without impossible travel",
      when(["geoVelocity": address, "valid": ["previousSuccessfulAuthenticationIp": "x"]])),
    PingOneRow(
      "6c", "a device at a high risk", .enforcedConditionally, says: "without IP risk 80–100",
      when(["ipRisk": ["minScore": 80, "maxScore": 100], "valid": address])),
    PingOneRow("6d", "a device inside the office and one outside it", .enforced) {
      $0.steps = [login, bench.mfa(when: office), bench.mfa(when: ["not": office])]
    },
    PingOneRow(
      "6e", "a device for a range of scores and for all below", .enforcedConditionally,
      says: "without"
    ) {
      $0.steps =
        [login]
        + [(0, 49), (50, 100)].map { least, most in
          bench.mfa(
            when: [
              "ipRisk": ["minScore": .integer(least), "maxScore": .integer(most)], "valid": address,
            ])
        }
    },
    PingOneRow("7a", "a device for her population", .enforced, when(home)),
    PingOneRow(
      "7b", "a device for one of several populations", .enforced, when(["or": [away, home]])),
    PingOneRow("7c", "a device for everybody else", .notEnforced, when(["not": [home]])),
    PingOneRow("7d", "a device for a group that she is in", .enforced) {
      when(staff)(&$0)
      $0.ana.groups = ["g-staff"]
    },
    PingOneRow("7e", "a device for a group that she is not in", .notEnforced, when(staff)),
    PingOneRow(
      "7f", "a device for a group that may not be read", .cannotTell,
      says: "who is in group g-staff", faults: refused("/users", first: 2), when(staff)),
    PingOneRow(
      "9a", "a device unless she gave her password lately", .enforcedConditionally,
      says: "with password session younger than 8 hours", when(oldPassword)),
    PingOneRow(
      "9b", "a device unless shown lately, for another population", .notEnforced,
      when(["and": [oldFactor, away]])),
    PingOneRow(
      "9a+", "a device unless shown lately, and MFA is switched off for her", .notEnforced
    ) {
      when(oldFactor)(&$0)
      $0.ana.mfaEnabled = false
    },
    PingOneRow("9c", "a password unless given lately, and always a device", .enforced) {
      $0.steps = [login.merging(["condition": oldPassword]), block]
    },
    PingOneRow(
      "9d", "a device unless shown lately, and at a risk", .enforced,
      when(["or": [oldFactor, anonymous]])),
    PingOneRow(
      "9e", "a device unless shown lately, outside the office", .enforcedConditionally,
      says: "inside network 10.0.0.0/8", when(["and": [oldFactor, ["not": office]]])),
    PingOneRow(
      "9f", "a password for another population only, and a device", .notEnforced,
      says: "asks for a device only"
    ) { $0.steps = [login.merging(["condition": away]), block] },
    PingOneRow(
      "11", "a condition of a kind that is not known", .cannotTell, says: "moonPhase",
      when(["moonPhase": "full"])),
    PingOneRow(
      "11a", "a condition over other data about her", .cannotTell, says: "user.title",
      when(["value": "${user.title}", "equals": "Engineer"])),
    PingOneRow("11b", "an unknown condition beside one that holds", .enforced) {
      $0.steps = [login, bench.mfa(when: ["moonPhase": "full"]), block]
    },
    PingOneRow(
      "11c", "a known kind in an unknown shape", .cannotTell, says: "ipRange",
      when(["contains": "${user.ip}", "ipRange": ["10.0.0.0/8"]])),
    PingOneRow("11d", "an empty condition", .cannotTell, when([:])),
  ]

  // MARK: Policies

  static func second(
    _ actions: [JSON]
  ) -> @Sendable (inout PingOneTenant) -> Void {
    {
      $0.policies.append(PingOneSignOnPolicy("pol-2", name: "Second", actions: actions))
      $0.apps[0].policies = ["pol-1", "pol-2"]
    }
  }

  static let policies: [PingOneRow] = [
    PingOneRow("4a", "the default policy asks for a device", .enforced) {
      $0.apps[0].policies = []
      $0.policies[0].actions = [login, block]
    },
    PingOneRow(
      "4b", "no policy is the default", .cannotTell, says: "no sign-on policy of the environment"
    ) {
      $0.apps[0].policies = []
      $0.policies[0].isDefault = false
    },
    PingOneRow(
      "4c", "the policies may not be read, and it has none of its own", .cannotTell,
      faults: refused("/signOnPolicies")
    ) { $0.apps[0].policies = [] },
    PingOneRow("4d", "a policy without steps", .notEnforced, says: "asks for no password") {
      $0.steps = []
    },
    PingOneRow(
      "10", "a second policy asks for a password only", .notEnforced, says: "of policy 'Second'",
      second([login])),
    PingOneRow("10a", "both policies ask for a device", .enforced, second([login, block])),
    PingOneRow(
      "10b", "the second one asks under a condition", .enforcedConditionally,
      says: "without an anonymous network", second([login, bench.mfa(when: anonymous)])),
    PingOneRow(
      "10c", "the steps of the second may not be read", .cannotTell, says: "Second",
      faults: [
        Fault(
          .pingOne, "GET /v1/environments/{env}/signOnPolicies/{policy}/actions", .forbidden,
          times: nil)
      ], second([login, block])),
    PingOneRow("12", "a step of a type that is not known", .cannotTell, says: "TELEPATHY") {
      $0.steps = [login, block, ["type": "TELEPATHY"]]
    },
    PingOneRow("12a", "steps that ask for consent and data", .enforced) {
      $0.steps = [login, ["type": "AGREEMENT"], block, ["type": "PROGRESSIVE_PROFILING"]]
    },
    PingOneRow("12b", "steps in another order than they are listed in", .enforced) {
      $0.steps = [block.merging(["priority": 2]), login.merging(["priority": 1])]
    },
    PingOneRow("16", "PingID, for which nobody vouches", .cannotTell, says: "PingID") {
      $0.steps = [login, ["type": "PINGID_AUTHENTICATION"]]
    },
    PingOneRow(
      "16a", "PingID, vouched for", .enforced, shows: "vouches",
      pingID: .enforced
    ) { $0.steps = [login, ["type": "PINGID_AUTHENTICATION"]] },
    PingOneRow(
      "16b", "PingID, vouched for with exceptions", .enforcedConditionally,
      says: "with the exceptions of PingID", pingID: .conditional
    ) { $0.steps = [login, ["type": "PINGID_AUTHENTICATION"]] },
    PingOneRow(
      "16c", "PingID, which asks for nothing", .notEnforced,
      pingID: PingOneConfiguration.Attested.none
    ) { $0.steps = [login, ["type": "PINGID_AUTHENTICATION"]] },
    PingOneRow(
      "16d", "PingID at the Windows login, without a password", .cannotTell,
      pingID: .enforced
    ) { $0.steps = [["type": "PINGID_WINLOGIN_PASSWORDLESS_AUTHENTICATION"]] },
  ]
}
