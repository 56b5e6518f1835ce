import IdentityCore
import MockIdP
import Testing

/// Two things are the same only when they are the same condition of the same object.
@Suite("Okta, what is the same") struct OktaIdentityTests {
  private typealias O = Organisations

  private static func verdict(_ scenario: Scenario) async throws -> Verdict? {
    try await Bench.run(scenario) { await $0.judge()[O.ana]?.verdict }
  }

  /// A rule that holds by `first` asks for two factors, a namesake that holds by `second` for one.
  private static func twins(_ first: JSON, _ second: JSON) -> [Rule] {
    [
      Rule("Twin") {
        $0.id = "rul1"
        $0.conditions = conditions(first)
      },
      Rule("Twin") {
        $0.id = "rul2"
        $0.conditions = conditions(second)
        $0.factors = "1FA"
      }, .catchAll("2FA"),
    ]
  }

  private static func conditions(_ more: JSON) -> JSON {
    JSON.object([
      "people": ["users": ["exclude": []]], "network": ["connection": "ANYWHERE"],
      "riskScore": ["level": "ANY"], "userType": ["include": [], "exclude": []],
    ]).merging(more)
  }

  @Test("not two expressions that differ in a blank inside a text")
  func expressions() async throws {
    let rules = Self.twins(
      ["elCondition": ["condition": "user.a == 'x y'"]],
      ["elCondition": ["condition": "user.a == 'x  y'"]])
    #expect(try await Self.verdict(O.app(rules)) == .cannotTell)
  }

  @Test("not two conditions that begin alike")
  func longTexts() async throws {
    let text = String(repeating: "same ", count: 40)
    let rules = Self.twins(
      ["newCondition": .string(text + "A")], ["newCondition": .string(text + "B")])
    #expect(try await Self.verdict(O.app(rules)) == .cannotTell)
  }

  @Test("not the same expression of two rules that bear one name")
  func places() async throws {
    let condition: JSON = ["elCondition": ["condition": "user.isMemberOf('x')"]]
    #expect(
      try await Self.verdict(O.app(Self.twins(condition, condition))) == .cannotTell)
  }

  @Test(
    "not a zone without known effect in a rule for those inside and one for those outside",
    arguments: ["inactive", "deleted", "unreadable"])
  func zones(how: String) async throws {
    let scenario = O.app([
      Rule("Inside") { $0.zones = ["HQ"] }, Rule("Outside") { $0.exceptZones = ["HQ"] },
      .catchAll("1FA"),
    ]) {
      switch how {
      case "inactive": $0.okta.zones[0].status = "INACTIVE"
      case "deleted": $0.okta.zones.removeFirst()
      default: $0.faults = [Fault(.okta, "GET /api/v1/zones", .forbidden, times: nil)]
      }
    }
    #expect(try await Self.verdict(scenario) == .cannotTell)
  }

  @Test("not two zones, two groups or two providers of one name")
  func namesakes() async throws {
    let zones = O.app([
      Rule("Inside") { $0.zones = ["nzo1"] }, Rule("Outside") { $0.exceptZones = ["nzo2"] },
      .catchAll("1FA"),
    ]) { $0.okta.zones = [Zone("HQ", id: "nzo1"), Zone("HQ", id: "nzo2")] }
    #expect(try await Self.verdict(zones) == .enforcedConditionally)
    let groups = O.app([Rule("In") { $0.groups = ["00g1"] }, .catchAll("1FA")]) {
      $0.okta.groups = [Group("Twins", id: "00g1"), Group("Twins", id: "00g2")]
      $0[person: O.ana].groups = ["00g2"]
    }
    #expect(try await Self.verdict(groups) == .notEnforced)
    let providers = O.small {
      $0.okta.identityProviders = [
        InboundIdentityProvider("Partner", id: "0oa1", trustsClaims: true),
        InboundIdentityProvider("Partner", id: "0oa2", trustsClaims: true),
      ]
      $0[person: O.ana].identityProviders = ["0oa1", "0oa2"]
    }
    try await Bench.run(providers) { bench in
      let upstreams = await bench.judge().model?.upstreams ?? []
      let partners = upstreams.filter { $0.keys.contains { $0.hasPrefix("0oa") } }
      #expect(Set(partners.map(\.name)).count == 2)
      #expect(partners.allSatisfy { !$0.keys.contains("Partner") })
    }
  }

  @Test("a provider that people of no trusted provider cannot use changes nothing while unread")
  func unlinked() async throws {
    let rules = [
      Rule("Partner") {
        $0.conditions = ["identityProvider": ["provider": "SPECIFIC_IDP", "idpIds": ["0oaGone"]]]
        $0.requiresFactor = true
      },
      Rule("Everybody"),
    ]
    let scenario = O.session([O.sessionPolicy("All", rules: rules)]) {
      $0.faults = [Fault(.okta, "GET /api/v1/idps", .forbidden, times: nil)]
    }
    #expect(try await Self.verdict(scenario) == .cannotTell)
  }
}

/// What a value means that Okta does not show, or that is newer than we are.
@Suite("Okta, what is not known") struct OktaUnknownTests {
  private typealias O = Organisations

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let expected: Verdict
    let scenario: Scenario
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(
      name: "a sign-on mode that is new", expected: .cannotTell,
      scenario: O.small {
        $0[app: Bench.app].signOnMode = "TELEPATHY"
      }),
    Case(
      name: "no sign-on mode", expected: .cannotTell,
      scenario: O.small {
        $0[app: Bench.app].raw = ["signOnMode": .null]
      }),
    Case(
      name: "no sign-on mode, one factor", expected: .notEnforced,
      scenario: O.app([.catchAll("1FA")]) {
        $0[app: Bench.app].raw = ["signOnMode": .null]
      }),
    Case(
      name: "an application status that is new", expected: .cannotTell,
      scenario: O.small {
        $0[app: Bench.app].status = "PAUSED"
      }),
    Case(
      name: "an account status that is new", expected: .cannotTell,
      scenario: O.small {
        $0[person: O.ana].status = "FROZEN"
      }),
    Case(
      name: "an account without status", expected: .cannotTell,
      scenario: O.small {
        $0[person: O.ana].raw = ["status": .null]
      }),
    Case(
      name: "an account without provider", expected: .enforcedConditionally,
      scenario: O.small {
        $0[person: O.ana].raw = ["credentials": ["provider": .null]]
      }),
    Case(
      name: "an account of a provider type that is new", expected: .enforcedConditionally,
      scenario: O.small {
        $0[person: O.ana].provider = "ORACLE"
      }),
    Case(
      name: "an account without type, and a rule by type", expected: .cannotTell,
      scenario: O.app([
        Rule("Type") { $0.userTypes = ["oty0mock0default0000"] }, .catchAll("1FA"),
      ]) { $0[person: O.ana].raw = ["type": .null] }),
    Case(
      name: "rules in an unknown order", expected: .cannotTell,
      scenario: O.app([
        Rule("Strong") { $0.raw = ["priority": .null] }, Rule("Weak") { $0.factors = "1FA" },
        .catchAll("1FA"),
      ])),
    Case(
      name: "one rule without priority before the catch-all", expected: .enforced,
      scenario: O.app([
        Rule("Strong") { $0.raw = ["priority": .null] }, .catchAll("1FA"),
      ])),
    Case(
      name: "a rule whose number lies behind the catch-all's", expected: .enforced,
      scenario: O.app([
        Rule("Strong") { $0.priority = 120 }, .catchAll("1FA"),
      ])),
    Case(
      name: "a catch-all that says first", expected: .enforced,
      scenario: O.app([
        Rule("Strong") { $0.priority = 3 },
        Rule("Catch-all Rule") {
          $0.isSystem = true
          $0.priority = 0
          $0.factors = "1FA"
        },
      ])),
    Case(
      name: "an identity provider without policy", expected: .enforcedConditionally,
      scenario: linked {
        $0.raw = ["policy": .null]
      }),
    Case(
      name: "an identity provider without trustClaims", expected: .enforcedConditionally,
      scenario: linked {
        $0.raw = ["policy": ["trustClaims": .null]]
      }),
    Case(
      name: "an identity provider that maps AMR claims", expected: .enforcedConditionally,
      scenario: linked {
        $0.raw = ["policy": ["mapAMRClaims": true]]
      }),
    Case(
      name: "a session policy without conditions", expected: .cannotTell, scenario: session(.null)),
    Case(
      name: "a session policy without people", expected: .cannotTell,
      scenario: session(["people": .null])),
    Case(
      name: "a session policy without groups", expected: .cannotTell,
      scenario: session(["people": ["groups": .null]])),
    Case(
      name: "a session policy without group list", expected: .cannotTell,
      scenario: session(["people": ["groups": ["include": .null]]])),
    Case(
      name: "an app rule for everyone", expected: .enforced,
      scenario: O.app([
        Rule("Everyone") { $0.raw = ["conditions": .null] }, .catchAll("1FA"),
      ])),
    Case(
      name: "a method of a chain without name", expected: .cannotTell,
      scenario: O.app([
        Rule("Chain") {
          $0.actions = [
            "appSignOn": [
              "access": "ALLOW",
              "verificationMethod": [
                "type": "AUTH_METHOD_CHAIN",
                "chains": [
                  [
                    "authenticationMethods": [["key": "okta_verify"]],
                    "next": [
                      ["authenticationMethods": [["key": "okta_verify", "method": "push"]]]
                    ],
                  ]
                ],
              ],
            ]
          ]
        }, .catchAll("1FA"),
      ])),
  ]

  @Test("is never a pass", arguments: cases)
  func unknown(_ kase: Case) async throws {
    try await Bench.run(kase.scenario) { bench in
      let record = await bench.judge()[O.ana]
      #expect(record?.verdict == kase.expected, "\(record?.reason ?? "")")
    }
  }

  private static func linked(_ change: (inout InboundIdentityProvider) -> Void) -> Scenario {
    O.small {
      var provider = InboundIdentityProvider("Partner")
      change(&provider)
      $0.okta.identityProviders = [provider]
      $0[person: O.ana].identityProviders = ["Partner"]
    }
  }

  /// Contractors are asked for two factors, she is none; the policy's conditions are changed.
  private static func session(_ conditions: JSON) -> Scenario {
    O.session([
      O.sessionPolicy(
        "Contractors", groups: ["Contractors"], rules: [Rule("MFA") { $0.requiresFactor = true }])
    ]) { $0[policy: "Contractors"].raw = ["conditions": conditions] }
  }
}
