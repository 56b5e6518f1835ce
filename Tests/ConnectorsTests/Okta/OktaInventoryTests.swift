import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import Okta

/// The closed list of doors and modifiers at Okta: what is not known of one is never taken for absent.
@Suite("Okta: the closed list") struct OktaInventoryTests {
  private typealias O = Organisations

  @Test("the organisation as Okta recommends it: every line is accounted for, without a vouch")
  func reference() async throws {
    try await Bench.run(O.small()) { bench in
      let record = try #require(await bench.judge()[O.ana])
      #expect(record.verdict == .enforced, "\(record.reason)")
      let inventory = record.judgement.deciding?.inventory ?? []
      #expect(Set(inventory.map(\.row)) == Set(OktaDoors.allCases.map(\.row.id)))
      #expect(!inventory.contains { $0.state == .unknown || $0.state == .vouched }, "\(inventory)")
    }
  }

  @Test("the state of a line and the verdict that it gives", arguments: OktaInventoryRows.all)
  func row(_ row: OktaInventoryRow) async throws {
    try await Bench.run(row.scenario) { bench in
      let record = try #require(await bench.judge(okta: row.okta)[O.ana])
      let told = record.judgement.deciding?.inventory.filter { $0.row == row.line } ?? []
      #expect(record.verdict == row.expected, "\(record.reason) \(told)")
      let states = Set(told.map(\.state))
      #expect(row.isOnly ? states == [row.state] : states.contains(row.state), "\(told)")
    }
  }

  @Test("a key that nobody knows concerns those whom its rule is for, and is named by its place")
  func place() async throws {
    let strange = OktaInventoryRows.strange(in: ["Contractors"])
    try await Bench.run(strange) { bench in
      let record = try #require(await bench.judge()[O.ana])
      #expect(record.verdict == .enforced, "\(record.reason)")
      let told = try #require(
        record.judgement.deciding?.inventory.first { $0.row == "unrecognised" })
      #expect(told.object?.hasSuffix(": actions/appSignOn/skipFor") == true)
      #expect(told.version?.count == 8)
    }
  }

  @Test("a vouch for a key counts for one version of it, and never above what was read")
  func vouch() async throws {
    let cases: [(factors: String, version: String?, expected: Verdict)] = [
      ("2FA", nil, .enforced), ("2FA", "00000000", .cannotTell), ("1FA", nil, .notEnforced),
    ]
    for (factors, version, expected) in cases {
      try await Bench.run(OktaInventoryRows.strange(in: [], factors)) { bench in
        let before = try #require(await bench.judge()[O.ana])
        #expect(before.verdict == .cannotTell, "\(before.reason)")
        let entry = try #require(
          before.judgement.deciding?.inventory.first { $0.row == "unrecognised" })
        var vouch = try #require(Vouch.for("unrecognised").first)
        vouch.object = entry.object
        vouch.version = version ?? entry.version
        let vouches = [vouch]
        let after = try #require(await bench.judge(okta: { $0.vouches = vouches })[O.ana])
        #expect(after.verdict == expected, "\(after.reason)")
      }
    }
  }
}

/// A world, a line of the inventory, its state there, and Ana's verdict.
struct OktaInventoryRow: Sendable, CustomTestStringConvertible {
  var line: String
  var situation: String
  var scenario: Scenario
  var state: InventoryEntry.State
  var expected: Verdict
  /// Whether all things of the line are in that state.
  var isOnly: Bool
  var okta: @Sendable (inout OktaConfiguration) -> Void = { _ in }

  var testDescription: String { "\(line): \(situation)" }

  init(
    _ line: OktaDoors, _ situation: String, _ state: InventoryEntry.State, _ expected: Verdict,
    only isOnly: Bool = true,
    okta: @escaping @Sendable (inout OktaConfiguration) -> Void = { _ in }, _ scenario: Scenario
  ) {
    self.line = line.row.id
    self.situation = situation
    self.scenario = scenario
    self.state = state
    self.expected = expected
    self.isOnly = isOnly
    self.okta = okta
  }
}

enum OktaInventoryRows {
  private typealias O = Organisations

  static let all: [OktaInventoryRow] = recovery + ordered + managed + grants + zones + others

  // MARK: Recovery

  /// Password policies with one rule whose reset says something.
  private static func reset(_ reset: JSON?, status: String = "ACTIVE", _ more: [Policy] = [])
    -> Scenario
  {
    var rule = Rule("Reset")
    rule.status = status
    rule.isSystem = true
    rule.actions = reset.map { ["selfServicePasswordReset": $0] } ?? [:]
    var rules = [rule]
    if status != "ACTIVE" {
      rules.append(
        Rule("Other") { $0.actions = ["selfServicePasswordReset": ["access": "DENY"]] })
    }
    let passwords = Policy("Passwords", type: "PASSWORD", isSystem: true, rules: rules)
    return O.small { $0.okta.policies += [passwords] + more }
  }

  private static func requiring(_ requirement: JSON) -> JSON {
    ["access": "ALLOW", "requirement": requirement]
  }

  private static let oneStep = requiring([
    "accessControl": "LEGACY", "primary": ["methods": ["email"]], "stepUp": ["required": false],
  ])

  private static let recovery: [OktaInventoryRow] = [
    .init(.recovery, "a second thing is asked for", .closed, .enforced, O.small()),
    .init(.recovery, "refused", .closed, .enforced, reset(["access": "DENY"])),
    .init(.recovery, "by mail alone", .unknown, .enforcedConditionally, reset(oneStep)),
    .init(
      .recovery, "by mail alone, in a rule that is off", .closed, .enforced,
      reset(oneStep, status: "INACTIVE")),
    .init(.recovery, "not shown", .unknown, .enforcedConditionally, reset(nil)),
    .init(
      .recovery, "allowed, and not how", .unknown, .enforcedConditionally,
      reset(["access": "ALLOW"])),
    .init(
      .recovery, "with a key that is not known", .unknown, .enforcedConditionally,
      reset(requiring(["stepUp": ["required": true], "except": ["groups": ["g"]]]))),
    .init(
      .recovery, "where a text stands for a flag", .unknown, .enforcedConditionally,
      reset(requiring(["stepUp": ["required": "true"]]))),
    .init(
      .recovery, "of another kind", .unknown, .enforcedConditionally,
      reset(requiring(["accessControl": "NEW", "stepUp": ["required": true]]))),
    .init(
      .recovery, "where one factor is enough anyway", .unknown, .notEnforced,
      {
        var scenario = reset(oneStep)
        scenario[policy: "Strict"].rules = [.catchAll("1FA")]
        return scenario
      }()),
    .init(
      .recovery, "on Classic Engine", .closed, .enforced,
      O.session([O.sessionPolicy("All", rules: [Rule("MFA") { $0.requiresFactor = true }])]) {
        $0.okta.pipeline = "v1"
      }),
  ]

  /// Password policies for a group of Ana's and for everybody.
  private static func resets(_ own: JSON, _ others: JSON, provider: String = "OKTA") -> Scenario {
    func policy(_ name: String, _ reset: JSON, _ change: (inout Policy) -> Void) -> Policy {
      var rule = Rule("Reset")
      rule.actions = ["selfServicePasswordReset": reset]
      var policy = Policy(name, type: "PASSWORD", rules: [rule])
      change(&policy)
      return policy
    }
    return O.small {
      $0.okta.policies += [
        policy("Staff", own) {
          $0.groups = ["Staff"]
          $0.raw = ["conditions": ["authProvider": ["provider": .string(provider)]]]
        },
        policy("Default", others) {
          $0.priority = 2
          $0.isSystem = true
          $0.rules[0].isSystem = true
        },
      ]
    }
  }

  private static let twoSteps = requiring(["accessControl": "LEGACY", "stepUp": ["required": true]])

  private static let ordered: [OktaInventoryRow] = [
    .init(
      .recovery, "by mail alone, for others", .unknown, .enforced, only: false,
      resets(twoSteps, oneStep)),
    .init(
      .recovery, "by mail alone, for her group", .unknown, .enforcedConditionally, only: false,
      resets(oneStep, twoSteps)),
    .init(
      .recovery, "by mail alone, for others and for passwords of Active Directory", .unknown,
      .enforcedConditionally, only: false,
      resets(twoSteps, oneStep, provider: "ACTIVE_DIRECTORY")),
    .init(
      .recovery, "by mail alone, for passwords of Active Directory", .unknown, .enforced,
      only: false, resets(oneStep, twoSteps, provider: "ACTIVE_DIRECTORY")),
  ]

  /// Resets that are left to account management policies.
  private static func managed(_ policies: [Policy]) -> Scenario {
    reset(requiring(["accessControl": "AUTH_POLICY"]), policies)
  }

  private static func management(_ rules: [Rule]) -> Policy {
    Policy(
      "Account management", rules: rules,
      raw: ["_embedded": ["resourceType": "END_USER_ACCOUNT_MANAGEMENT"]])
  }

  private static func managing(_ rules: [Rule]) -> Scenario {
    O.small { $0.okta.policies.append(management(rules)) }
  }

  private static let managed: [OktaInventoryRow] = [
    .init(.enrolment, "no account management policy", .absent, .enforced, O.small()),
    .init(
      .enrolment, "each rule asks for two factors", .closed, .enforced,
      managing([.catchAll("2FA")])),
    .init(
      .enrolment, "one factor is enough", .unknown, .enforcedConditionally,
      managing([.catchAll("1FA")])),
    .init(.enrolment, "no rule is listed", .unknown, .enforcedConditionally, managing([])),
    .init(
      .recovery, "left to a policy that asks for two factors", .closed, .enforced,
      managed([management([.catchAll("2FA")])])),
    .init(
      .recovery, "left to a policy that asks for one factor in a zone", .unknown,
      .enforcedConditionally,
      managed([
        management([
          Rule("HQ") {
            $0.zones = ["HQ"]
            $0.factors = "1FA"
          }, .catchAll("2FA"),
        ])
      ])),
    .init(
      .recovery, "left to a policy that is not there", .unknown, .enforcedConditionally,
      managed([])),
  ]

  // MARK: Grants

  private static func openID(_ grants: JSON?) -> Scenario {
    O.small {
      $0.okta.apps[0].signOnMode = "OPENID_CONNECT"
      $0.okta.apps[0].raw = grants.map { ["settings": ["oauthClient": ["grant_types": $0]]] }
    }
  }

  private static let grants: [OktaInventoryRow] = [
    .init(.grants, "a SAML application has none", .absent, .enforced, O.small()),
    .init(
      .grants, "the sign-in page", .judged, .enforced,
      openID(["authorization_code", "refresh_token"])),
    .init(
      .grants, "an application that acts for nobody", .closed, .enforced,
      openID(["client_credentials"])),
    .init(.grants, "a password without a page", .unknown, .cannotTell, openID(["password"])),
    .init(
      .grants, "a grant that is newer than we are", .unknown, .cannotTell,
      openID(["urn:example:params:grant-type:new"])),
    .init(.grants, "not shown", .unknown, .cannotTell, openID(nil)),
    .init(.grants, "a text for a list", .unknown, .cannotTell, openID("authorization_code")),
  ]

  // MARK: Zones

  private static let world = ["0.0.0.0/0"]
  private static let wholeWorld = ["0.0.0.0/0", "::/0"]

  /// A rule for the zone Place before a catch-all.
  private static func rule(
    _ factors: String, gateways: [String], raw: JSON? = nil, isExcluded: Bool = false,
    otherwise: String
  ) -> Scenario {
    let rule = Rule("Place") {
      if isExcluded { $0.exceptZones = ["Place"] } else { $0.zones = ["Place"] }
      $0.factors = factors
    }
    return O.app([rule, .catchAll(otherwise)]) {
      var zone = Zone("Place", gateways: gateways)
      zone.raw = raw
      $0.okta.zones.append(zone)
    }
  }

  private static func row(
    _ situation: String, _ expected: Verdict, _ scenario: Scenario
  ) -> OktaInventoryRow {
    .init(.zones, situation, .judged, expected, scenario)
  }

  private static let zones: [OktaInventoryRow] = [
    .init(.zones, "no rule names one", .absent, .enforced, O.small()),
    row(
      "one factor everywhere", .notEnforced, rule("1FA", gateways: world, otherwise: "2FA")),
    row(
      "two factors everywhere by IPv4, one elsewhere", .enforcedConditionally,
      rule("2FA", gateways: world, otherwise: "1FA")),
    row(
      "two factors everywhere, one elsewhere", .enforced,
      rule("2FA", gateways: wholeWorld, otherwise: "1FA")),
    row(
      "one factor outside of everywhere", .enforced,
      rule("1FA", gateways: wholeWorld, isExcluded: true, otherwise: "2FA")),
    row(
      "one factor outside of all of IPv4", .enforcedConditionally,
      rule("1FA", gateways: world, isExcluded: true, otherwise: "2FA")),
    row(
      "two factors outside of all of IPv4, one inside", .notEnforced,
      rule("2FA", gateways: world, isExcluded: true, otherwise: "1FA")),
    row(
      "one factor in an empty zone", .enforced,
      rule("1FA", gateways: [], raw: ["proxies": []], otherwise: "2FA")),
    row(
      "two factors in an empty zone, one elsewhere", .notEnforced,
      rule("2FA", gateways: [], raw: ["proxies": []], otherwise: "1FA")),
    row(
      "one factor in a zone of proxies only", .enforcedConditionally,
      rule(
        "1FA", gateways: [], raw: ["proxies": [["type": "CIDR", "value": "192.0.2.7/32"]]],
        otherwise: "2FA")),
    row(
      "one factor in a blocklist", .cannotTell,
      rule("1FA", gateways: ["192.0.2.0/24"], raw: ["usage": "BLOCKLIST"], otherwise: "2FA")),
    row("one factor in any zone, of which one is everywhere", .enforcedConditionally, anyZone),
    row(
      "one factor in any zone, and everywhere is one", .notEnforced,
      every("1FA", "2FA", gateways: wholeWorld)),
    row(
      "one factor in any zone, and all of IPv4 is one", .notEnforced,
      every("1FA", "2FA", gateways: world)),
    row(
      "two factors in any zone, and only a blocklist is one", .cannotTell,
      every("2FA", "1FA", gateways: world, raw: ["usage": "BLOCKLIST"])),
    row(
      "a rule that nobody can read for all of IPv4", .cannotTell,
      O.app([
        Rule("Place") {
          $0.zones = ["Place"]
          $0.raw = ["newThing": 1]
        }, .catchAll("2FA"),
      ]) { $0.okta.zones.append(Zone("Place", gateways: world)) }),
  ]

  /// A rule for any zone, where there is but one.
  private static func every(
    _ factors: String, _ otherwise: String, gateways: [String], raw: JSON? = nil
  ) -> Scenario {
    let rule = Rule("Any") {
      $0.zones = ["ALL_ZONES"]
      $0.factors = factors
    }
    return O.app([rule, .catchAll(otherwise)]) {
      var zone = Zone("Place", gateways: gateways)
      zone.raw = raw
      $0.okta.zones = [zone]
    }
  }

  private static let anyZone = O.app([
    Rule("Others") {
      $0.groups = ["Contractors"]
      $0.zones = ["World", "VPN", "Blocked"]
      $0.factors = "1FA"
    },
    Rule("HQ") { $0.zones = ["HQ"] },
    Rule("Any") {
      $0.conditions = ["network": ["connection": "ZONE", "include": ["ALL_ZONES"]]]
      $0.factors = "1FA"
    }, .catchAll("2FA"),
  ]) { $0.okta.zones.append(Zone("World", gateways: wholeWorld)) }

  // MARK: Others

  /// A rule with a key that nobody knows, before a catch-all that asks for two factors.
  static func strange(in groups: [String], _ factors: String = "2FA") -> Scenario {
    O.app([
      Rule("Strange") {
        $0.groups = groups
        $0.actions = [
          "appSignOn": [
            "access": "ALLOW", "skipFor": ["x"],
            "verificationMethod": [
              "type": "ASSURANCE", "factorMode": .string(factors), "reauthenticateIn": "PT2H",
            ],
          ]
        ]
      }, .catchAll("2FA"),
    ])
  }

  private static let classic = O.session([
    O.sessionPolicy("All", rules: [Rule("MFA") { $0.requiresFactor = true }])
  ]) { $0.okta.pipeline = "v1" }

  private static func provider(_ change: (inout InboundIdentityProvider) -> Void) -> Scenario {
    var provider = InboundIdentityProvider("Partner")
    provider.linksAccounts = true
    change(&provider)
    let made = provider
    return O.small { $0.okta.identityProviders = [made] }
  }

  private static let others: [OktaInventoryRow] = [
    .init(.appPolicy, "read", .judged, .enforced, O.small()),
    .init(
      .appPolicy, "vouched for by the old key", .vouched, .enforced,
      okta: { $0.perAppPolicies = .none }, classic),
    .init(.chains, "on Classic Engine", .absent, .enforced, classic),
    .init(.inbound, "there is none", .absent, .enforced, O.small()),
    .init(
      .inbound, "vouched for by the old key", .vouched, .enforced,
      okta: { $0.inboundFederation = .none }, O.small()),
    .init(.inbound, "one that says nothing of factors", .judged, .enforced, provider { _ in }),
    .init(
      .firstLink, "one that links whoever comes", .judged, .enforcedConditionally,
      provider { $0.trustsClaims = true }),
    .init(
      .inbound, "one that maps claims in the older way", .judged, .enforcedConditionally,
      provider { $0.raw = ["policy": ["mapAMRClaims": true]] }),
    .init(
      .unrecognised, "a key of an inbound provider", .unknown, .enforcedConditionally,
      provider { $0.raw = ["policy": ["trustMfa": true]] }),
    .init(.unrecognised, "nothing", .absent, .enforced, O.small()),
    .init(.unrecognised, "a key of an action", .unknown, .cannotTell, strange(in: [])),
    .init(
      .unrecognised, "a key of a condition", .unknown, .cannotTell,
      O.app([
        Rule("First") {
          $0.conditions = ["network": ["connection": "ANYWHERE", "newThing": 1]]
          $0.factors = "1FA"
        }, .catchAll("2FA"),
      ])),
    .init(.helpDesk, "said", .outOfScope, .enforced, O.small()),
    .init(.otherInterfaces, "by design", .closed, .enforced, O.small()),
    .init(
      .storedPassword, "a form of the application's own", .judged, .enforcedConditionally,
      O.small { $0.okta.apps[0].signOnMode = "BROWSER_PLUGIN" }),
    .init(
      .assignment, "a broker lets everybody in", .judged, .enforced,
      O.small {
        $0.okta.apps[0].users = []
        $0.okta.apps[0].raw = ["settings": ["implicitAssignment": true]]
      }),
  ]
}
