import IdentityCore
import MockIdP

@testable import Okta

extension OktaAttack {
  private static let strict = Policy("Strict").id
  private static let sessionsRefused = Hide.refused("type=OKTA_SIGN_ON")
  private static let policyRefused = Hide.refused("/policies/\(strict)?")

  /// A session that asks for two factors in front of an application that asks for one.
  private static let session: Change = {
    $0[policy: "Strict"].rules = [.catchAll("1FA")]
    $0.okta.policies.append(
      Organisations.sessionPolicy("All", rules: [Rule("MFA") { $0.requiresFactor = true }]))
  }

  /// Lays something over the only rule of the session policy.
  private static func session(_ raw: JSON) -> Change {
    { $0[policy: "All"].rules[0].raw = raw.merging($0[policy: "All"].rules[0].raw) }
  }

  /// Lays something over what the first rule of the session policy does.
  private static func signon(_ raw: JSON) -> Change {
    { scenario in
      let rule = scenario[policy: "All"].rules[0].raw ?? [:]
      scenario[policy: "All"].rules[0].raw = rule.merging(["actions": ["signon": raw]])
    }
  }

  /// Lays something over the first rule of the application's policy.
  private static func rule(_ raw: JSON) -> Change {
    { scenario in
      let rule = scenario[policy: "Strict"].rules[0].raw ?? [:]
      scenario[policy: "Strict"].rules[0].raw = rule.merging(raw)
    }
  }

  private static func method(_ raw: JSON) -> Change {
    rule(["actions": ["appSignOn": ["verificationMethod": raw]]])
  }

  // MARK: Policies

  static let policies: [OktaAttack] = [
    .init(
      .sessionPolicies, "a rule asks for a password only", .notEnforced,
      hidden: [
        sessionsRefused, Hide("requireFactor null", signon(["requireFactor": .null])),
        Hide("access null", signon(["access": .null])),
        Hide("conditions null", session(["conditions": .null])),
      ], good: session
    ) { $0[policy: "All"].rules[0].requiresFactor = false },
    .init(
      .sessionPolicies, "a rule is off", .notEnforced,
      hidden: [sessionsRefused, Hide("status null", session(["status": .null]))], good: session
    ) { $0[policy: "All"].rules[0].status = "INACTIVE" },
    .init(
      .appPolicy, "a rule asks for one factor", .notEnforced,
      hidden: [
        policyRefused, .refused("/mappings"),
        Hide("link null") { $0.okta.apps[0].raw = ["_links": ["accessPolicy": .null]] },
        Hide("factorMode null", method(["factorMode": .null])),
        Hide("actions null", rule(["actions": .null])),
      ]
    ) { $0[policy: "Strict"].rules = [.catchAll("1FA")] },
    .init(
      .appPolicy, "another policy", .notEnforced,
      hidden: [.refused("/policies/\(Policy("Weak").id)?"), .refused("/mappings")],
      good: { $0.okta.policies.append(Policy("Weak", rules: [.catchAll("1FA")])) }
    ) { $0.okta.apps[0].accessPolicy = "Weak" },
    .init(
      .otherInterfaces, "a rule for RADIUS is for everything", .notEnforced,
      hidden: [
        sessionsRefused,
        Hide("authContext null", session(["conditions": ["authContext": .null]])),
      ], good: interface("RADIUS")
    ) { $0[policy: "All"].rules[0].authType = "ANY" },
    .init(
      .otherInterfaces, "a rule for LDAP is for everything", .notEnforced,
      hidden: [
        sessionsRefused,
        Hide("authType null", session(["conditions": ["authContext": ["authType": .null]]])),
      ], good: interface("LDAP_INTERFACE")
    ) { $0[policy: "All"].rules[0].authType = "ANY" },
  ]

  /// A rule for an interface that asks for a password, before one that asks for two factors.
  private static func interface(_ type: String) -> Change {
    { scenario in
      session(&scenario)
      scenario[policy: "All"].rules.insert(Rule("Interface") { $0.authType = type }, at: 0)
    }
  }

  // MARK: Conditions

  /// A rule that asks for one factor before a catch-all that asks for two.
  private static func weak(_ change: @escaping @Sendable (inout Rule) -> Void) -> Change {
    { scenario in
      var weak = Rule("Weak") { $0.factors = "1FA" }
      change(&weak)
      scenario[policy: "Strict"].rules = [weak, .catchAll("2FA")]
    }
  }

  private static let emptyZone: Change = { scenario in
    weak { $0.zones = ["Place"] }(&scenario)
    var zone = Zone("Place", gateways: [])
    zone.raw = ["proxies": []]
    scenario.okta.zones.append(zone)
  }

  private static func place(_ gateways: [String]) -> Change {
    { $0.okta.zones[$0.okta.zones.count - 1].gateways = gateways }
  }

  private static let gatewaysNull = Hide("gateways null") {
    $0.okta.zones[$0.okta.zones.count - 1].raw = ["gateways": .null, "proxies": []]
  }

  static let conditions: [OktaAttack] = [
    .init(
      .memberships, "she joins a group", .notEnforced,
      hidden: [.refused("/groups/\(Group("Contractors").id)/users")],
      good: weak { $0.groups = ["Contractors"] }
    ) { $0[person: ana].groups.append("Contractors") },
    .init(
      .memberships, "her type changes", .notEnforced,
      hidden: [Hide("type null") { $0[person: ana].raw = ["type": .null] }],
      good: weak { $0.userTypes = ["oty0weak"] }
    ) { $0[person: ana].userType = "oty0weak" },
    .init(
      .zones, "an empty zone becomes all addresses", .notEnforced,
      hidden: [.refused("/api/v1/zones"), gatewaysNull], good: emptyZone,
      place(["0.0.0.0/0", "::/0"])),
    .init(
      .zones, "an empty zone gets addresses", .enforcedConditionally,
      hidden: [.refused("/api/v1/zones"), gatewaysNull], good: emptyZone, place(["192.0.2.0/24"])),
    .init(
      .unrecognised, "a key of a rule", .cannotTell, hidden: [policyRefused],
      rule(["newThing": 1])),
    .init(
      .unrecognised, "a key of a condition", .cannotTell,
      hidden: [policyRefused, Hide("conditions null", rule(["conditions": .null]))],
      good: weak { $0.groups = ["Contractors"] },
      rule(["conditions": ["newThing": ["level": 1], "people": ["groups": ["include": []]]]])),
  ]

  // MARK: Demands

  private static func chain(_ keys: [[String]]) -> JSON {
    let chains = keys.map { steps -> JSON in
      steps.reversed().reduce(nil as JSON?) { next, key in
        var step: JSON = ["authenticationMethods": [["key": .string(key), "method": "m"]]]
        if let next { step["next"] = [next] }
        return step
      } ?? [:]
    }
    return [
      "appSignOn": [
        "access": "ALLOW",
        "verificationMethod": [
          "type": "AUTH_METHOD_CHAIN", "reauthenticateIn": "PT2H", "chains": .array(chains),
        ],
      ]
    ]
  }

  private static func chains(_ keys: [[String]]) -> Change {
    {
      $0[policy: "Strict"].rules = [.catchAll("2FA")]
      $0[policy: "Strict"].rules[0].actions = chain(keys)
    }
  }

  private static let chainsNull = Hide("chains null", method(["chains": .null]))

  /// A demand for two factors with an interval, for which people may choose to stay signed in or not.
  private static func kept(_ choice: String, _ again: String) -> Change {
    {
      $0[policy: "Strict"].rules[0].actions = [
        "appSignOn": [
          "access": "ALLOW", "keepMeSignedIn": ["postAuth": .string(choice)],
          "verificationMethod": [
            "type": "ASSURANCE", "factorMode": "2FA", "reauthenticateIn": .string(again),
          ],
        ]
      ]
    }
  }

  private static let long: JSON = [
    "session": ["maxSessionLifetimeMinutes": 10_000, "maxSessionIdleMinutes": 10_000]
  ]

  static let demands: [OktaAttack] = [
    .init(
      .chains, "a chain of one step", .notEnforced, hidden: [policyRefused, chainsNull],
      good: chains([["okta_password", "okta_verify"]]), chains([["okta_password"]])),
    .init(
      .chains, "a further chain of one step", .notEnforced, hidden: [policyRefused, chainsNull],
      good: chains([["okta_password", "okta_verify"]]),
      chains([["okta_password", "okta_verify"], ["okta_verify"]])),
    .init(
      .smartCards, "a card alone", .cannotTell, hidden: [policyRefused, chainsNull],
      good: chains([["okta_password", "smart_card_idp"]]), chains([["smart_card_idp"]])),
    .init(
      .smartCards, "a card alone, too", .cannotTell, hidden: [policyRefused, chainsNull],
      good: chains([["okta_password", "smart_card_idp"]]),
      chains([["okta_password", "smart_card_idp"], ["smart_card_idp"]])),
    .init(
      .rememberedDevice, "for ever", .enforcedConditionally,
      hidden: [
        sessionsRefused, Hide("factorPromptMode null", signon(["factorPromptMode": .null])),
      ], good: session
    ) { $0[policy: "All"].rules[0].promptMode = "DEVICE" },
    .init(
      .rememberedDevice, "for a month", .enforcedConditionally,
      hidden: [sessionsRefused, Hide("factorLifetime null", signon(["factorLifetime": .null]))],
      good: session
    ) {
      $0[policy: "All"].rules[0].promptMode = "SESSION"
      $0[policy: "All"].rules[0].factorLifetime = 43_200
    },
    .init(
      .staySignedIn, "people may choose it", .enforcedConditionally,
      hidden: [
        policyRefused,
        Hide(
          "postAuth null", rule(["actions": ["appSignOn": ["keepMeSignedIn": ["postAuth": .null]]]])
        ),
      ], good: kept("NOT_ALLOWED", "P30D"), kept("ALLOWED", "P30D")),
    .init(
      .staySignedIn, "the rule asks anew after a month", .enforcedConditionally,
      hidden: [policyRefused, Hide("reauthenticateIn null", method(["reauthenticateIn": .null]))],
      good: kept("ALLOWED", "PT2H"), kept("ALLOWED", "P30D")),
    .init(
      .sessionLength, "a session that asked for two factors lasts a week", .enforcedConditionally,
      hidden: [sessionsRefused, Hide("session null", signon(["session": .null]))], good: session,
      signon(long)),
    .init(
      .sessionLength, "a session lasts a week, and the rule asks anew after a month",
      .enforcedConditionally,
      hidden: [
        Hide(
          "lifetimes null",
          signon([
            "session": ["maxSessionLifetimeMinutes": .null, "maxSessionIdleMinutes": .null]
          ]))
      ],
      good: { scenario in
        session(&scenario)
        scenario[policy: "All"].rules[0].requiresFactor = false
        kept("NOT_ALLOWED", "P30D")(&scenario)
      }, signon(long)),
  ]

  // MARK: Providers

  /// A provider that says nothing of factors, and to which nobody is linked or gets linked.
  private static func partner(
    _ change: @escaping @Sendable (inout InboundIdentityProvider) -> Void = { _ in }
  ) -> Change {
    {
      var partner = InboundIdentityProvider("Partner", id: "0oaPartner")
      change(&partner)
      $0.okta.identityProviders = [partner]
    }
  }

  private static let linked: Change = {
    partner()(&$0)
    $0[person: ana].identityProviders = ["Partner"]
  }

  private static func policy(_ raw: JSON) -> Change {
    { scenario in
      let policy = scenario.okta.identityProviders[0].raw ?? [:]
      scenario.okta.identityProviders[0].raw = policy.merging(["policy": raw])
    }
  }

  private static let providersRefused = Hide.refused("/api/v1/idps")

  static let providers: [OktaAttack] = [
    .init(
      .inbound, "its word is taken", .enforcedConditionally,
      hidden: [
        providersRefused,
        Hide("policy null") { $0.okta.identityProviders[0].raw = ["policy": .null] },
        Hide("trustClaims null", policy(["trustClaims": .null])),
      ], good: linked
    ) { $0.okta.identityProviders[0].trustsClaims = true },
    .init(
      .inbound, "its word is taken in the older way", .enforcedConditionally,
      hidden: [providersRefused, Hide("mapAMRClaims null", policy(["mapAMRClaims": .null]))],
      good: linked, policy(["mapAMRClaims": true])),
    .init(
      .firstLink, "everybody gets linked", .enforcedConditionally,
      hidden: [providersRefused, Hide("accountLink null", policy(["accountLink": .null]))],
      good: partner { $0.trustsClaims = true }
    ) { $0.okta.identityProviders[0].linksAccounts = true },
    .init(
      .firstLink, "her group gets linked", .enforcedConditionally,
      hidden: [
        providersRefused, Hide("filter null", policy(["accountLink": ["filter": .null]])),
      ], good: partner { $0.trustsClaims = true },
      policy([
        "accountLink": [
          "action": "AUTO", "filter": ["groups": ["include": [.string(Group("Staff").id)]]],
        ]
      ])),
    .init(
      .links, "she is linked", .enforcedConditionally,
      hidden: [.refused("/idps/0oaPartner/users"), providersRefused],
      good: partner { $0.trustsClaims = true }
    ) { $0[person: ana].identityProviders = ["Partner"] },
    .init(
      .links, "she is linked to a second one", .enforcedConditionally,
      hidden: [.refused("/idps/0oaSecond/users"), providersRefused],
      good: {
        linked(&$0)
        $0.okta.identityProviders.append(
          InboundIdentityProvider("Second", id: "0oaSecond", trustsClaims: true))
      }
    ) { $0[person: ana].identityProviders.append("Second") },
    .init(
      .ownProvider, "another provider vouches for her password", .enforcedConditionally,
      hidden: [
        Hide("provider null") { $0[person: ana].raw = ["credentials": ["provider": .null]] }
      ]
    ) { $0[person: ana].provider = "FEDERATION" },
    .init(
      .ownProvider, "a social one does", .enforcedConditionally,
      hidden: [Hide("credentials null") { $0[person: ana].raw = ["credentials": .null] }]
    ) { $0[person: ana].provider = "SOCIAL" },
  ]

  // MARK: Applications

  private static let appRefused = Hide.refused("/apps/\(Bench.app)?")
  private static let usersRefused = Hide.refused("/apps/\(Bench.app)/users")

  private static func app(_ raw: JSON) -> Change {
    { scenario in
      let app = scenario.okta.apps[0].raw ?? [:]
      scenario.okta.apps[0].raw = app.merging(raw)
    }
  }

  private static func grants(_ grants: [JSON]) -> Change {
    { scenario in
      scenario.okta.apps[0].signOnMode = "OPENID_CONNECT"
      app(["settings": ["oauthClient": ["grant_types": .array(grants)]]])(&scenario)
    }
  }

  /// She is on no list of an application that asks for one factor.
  private static let unassigned: Change = {
    $0[policy: "Strict"].rules = [.catchAll("1FA")]
    $0.okta.apps[0].users = []
  }

  /// Somebody else's account, for whom the application's rule asks for one factor.
  private static let other: Change = { scenario in
    weak { $0.groups = ["Contractors"] }(&scenario)
    scenario.people.append(Person("x@corp.example", groups: ["Contractors"]))
    scenario.okta.apps[0].users.append(AppUser("x@corp.example"))
  }

  static let applications: [OktaAttack] = [
    .init(
      .assignment, "she gets it", .notEnforced, hidden: [usersRefused, appRefused],
      good: unassigned
    ) { $0.okta.apps[0].users = [AppUser(ana)] },
    .init(
      .assignment, "everybody gets it", .notEnforced,
      hidden: [appRefused, Hide("settings null", app(["settings": .null]))], good: unassigned,
      app(["settings": ["implicitAssignment": true]])),
    .init(
      .namesAtApplication, "another account goes by her name", .cannotTell,
      hidden: [
        usersRefused,
        Hide("userName null") {
          $0.okta.pageEdits = [
            OktaPageEdit(
              page: "/api/v1/apps/\(Bench.app)/users?limit=500",
              field: ["1", "credentials", "userName"], value: .null)
          ]
        },
      ], good: other
    ) { $0.okta.apps[0].users[1].userName = ana },
    .init(
      .namesAtApplication, "a weaker account goes by her name instead", .notEnforced,
      hidden: [usersRefused],
      good: {
        other(&$0)
        $0.people[0].email = "y@corp.example"
        $0.people[0].login = "y@corp.example"
        $0.okta.apps[0].users[0] = AppUser("y@corp.example", userName: ana)
      }
    ) {
      $0.okta.apps[0].users[0].userName = "y@corp.example"
      $0.okta.apps[0].users[1].userName = ana
    },
    .init(
      .storedPassword, "a form of the application's own", .enforcedConditionally,
      hidden: [appRefused, Hide("signOnMode null", app(["signOnMode": .null]))]
    ) { $0.okta.apps[0].signOnMode = "BROWSER_PLUGIN" },
    .init(
      .storedPassword, "a password in every request", .enforcedConditionally, hidden: [appRefused]
    ) { $0.okta.apps[0].signOnMode = "BASIC_AUTH" },
    .init(
      .grants, "a password without a page", .cannotTell,
      hidden: [
        appRefused,
        Hide("grant_types null", app(["settings": ["oauthClient": ["grant_types": .null]]])),
      ], good: grants(["authorization_code"]), grants(["authorization_code", "password"])),
    .init(
      .grants, "a grant that is newer than we are", .cannotTell,
      hidden: [appRefused, Hide("settings null", app(["settings": .null]))],
      good: grants(["authorization_code"]), grants(["urn:example:new"])),
  ]

  // MARK: Others

  private static func reset(_ requirement: JSON) -> Change {
    {
      var rule = Rule("Reset")
      rule.isSystem = true
      rule.actions = [
        "selfServicePasswordReset": ["access": "ALLOW", "requirement": requirement]
      ]
      $0.okta.policies.removeAll { $0.type == "PASSWORD" }
      $0.okta.policies.append(
        Policy("Passwords", type: "PASSWORD", isSystem: true, rules: [rule]))
    }
  }

  private static func stepUp(_ isRequired: JSON) -> Change {
    reset(["accessControl": "LEGACY", "stepUp": ["required": isRequired]])
  }

  private static func managed(_ factors: String) -> Change {
    {
      reset(["accessControl": "AUTH_POLICY"])(&$0)
      $0.okta.policies.removeAll { $0.name == "Management" }
      $0.okta.policies.append(
        Policy(
          "Management", rules: [.catchAll(factors)],
          raw: ["_embedded": ["resourceType": "END_USER_ACCOUNT_MANAGEMENT"]]))
    }
  }

  private static func enrols(_ factors: String, _ operation: String? = nil) -> Change {
    {
      var rule = Rule("Weak")
      rule.factors = factors
      rule.expression = operation
      $0.okta.policies.removeAll { $0.name == "Management" }
      $0.okta.policies.append(
        Policy(
          "Management", rules: [rule, .catchAll("2FA")],
          raw: ["_embedded": ["resourceType": "END_USER_ACCOUNT_MANAGEMENT"]]))
    }
  }

  static let others: [OktaAttack] = [
    .init(
      .enrolment, "one factor sets up another", .enforcedConditionally,
      hidden: [.refused("type=ACCESS_POLICY")], good: enrols("2FA"), enrols("1FA")),
    .init(
      .enrolment, "one factor takes another away", .enforcedConditionally,
      hidden: [.refused("type=ACCESS_POLICY")],
      enrols("1FA", "accessRequest.operation == 'unenroll'")),
    .init(
      .recovery, "by one step", .enforcedConditionally,
      hidden: [.refused("type=PASSWORD"), Hide("required null", stepUp(.null))],
      good: stepUp(true), stepUp(false)),
    .init(
      .recovery, "under a policy that asks for one factor", .enforcedConditionally,
      hidden: [
        .refused("type=ACCESS_POLICY"), Hide("requirement null", reset(.null)),
      ], good: managed("2FA"), managed("1FA")),
  ]
}
