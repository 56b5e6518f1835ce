import MockIdP

/// Organisations that use all that idsync reads of Okta at once, each with another door.
enum OktaWorld: String, CaseIterable, Sendable {
  /// Rules that weaken above a catch-all that asks for two factors.
  case strict
  /// Rules that protect above a catch-all that asks for one factor.
  case lenient
  /// A stored password, and a session that asks for two factors of some.
  case stored
  /// Classic Engine: the session alone.
  case classic

  static let app = Bench.app
  static let people = [
    "ana", "bo", "cy", "dee", "eve", "fay", "gus", "hal", "ida", "jo", "kim", "lee",
  ].map { "\($0)@acme.com" }

  static let contractorType = "oty0contractors00000"

  var scenario: Scenario {
    var okta = OktaOrganisation(
      pipeline: self == .classic ? "v1" : "idx",
      groups: [Group("Contractors"), Group("Office")],
      policies: policies, zones: [Zone("HQ"), Zone("VPN")],
      identityProviders: [
        InboundIdentityProvider("Partner", trustsClaims: true),
        InboundIdentityProvider("Off", trustsClaims: true),
      ])
    okta.identityProviders[1].status = "INACTIVE"
    okta.rateLimit = 1_000_000
    var app = OktaApp("Heroku", id: Self.app, accessPolicy: "Main", users: users)
    if self == .stored { app.signOnMode = "BROWSER_PLUGIN" }
    okta.apps = [app]
    return Scenario(people: accounts, okta: okta)
  }

  private var users: [AppUser] {
    var users = ["ana", "bo", "cy", "fay", "gus", "hal", "ida", "kim"].map {
      AppUser("\($0)@acme.com")
    }
    users.append(AppUser("joseph@corp.example", userName: "jo@acme.com"))
    users.append(AppUser("lee@acme.com", status: "SUSPENDED"))
    return users
  }

  private var accounts: [Person] {
    [
      Person("ana@acme.com"),
      Person("bo@acme.com", login: "bo", groups: ["Contractors"]),
      Person("cy@acme.com"),
      Person("dee@acme.com", status: "DEPROVISIONED"),
      Person("eve@acme.com"),
      Person("fay@acme.com", identityProviders: ["Partner"]),
      Person("gus@acme.com", status: "SUSPENDED", groups: ["Office"]),
      Person("hal@acme.com", provider: "FEDERATION", groups: ["Contractors"]),
      Person("ida@acme.com", groups: ["Office"], userType: Self.contractorType),
      Person("joseph@corp.example", groups: ["Contractors"]),
      Person("kim@acme.com", groups: ["Office"], identityProviders: ["Off"]),
      Person("lee@acme.com"),
    ]
  }

  private var policies: [Policy] {
    let weak = self == .strict ? "1FA" : "2FA"
    guard self == .strict || self == .lenient else {
      return [Policy("Main", rules: [.catchAll("1FA")])] + sessions
    }
    let main = Policy(
      "Main",
      rules: [
        Rule("Named") {
          $0.users = ["cy@acme.com"]
          $0.factors = weak
        },
        Rule("Type") {
          $0.userTypes = [OktaWorld.contractorType]
          $0.exceptGroups = ["Contractors"]
          $0.factors = weak
        },
        Rule("Contractors") {
          $0.groups = ["Contractors"]
          $0.exceptUsers = ["ana@acme.com"]
          $0.factors = weak
        },
        Rule("Away") {
          $0.groups = ["Office"]
          $0.zones = ["HQ"]
          $0.exceptZones = ["VPN"]
          $0.device = "managed"
          $0.platforms = ["WINDOWS"]
          $0.risk = "HIGH"
          $0.factors = weak
        },
        Rule("Touch") {
          $0.groups = ["Office"]
          $0.expression = "device.profile.managed == true"
          $0.factors = "1FA"
          $0.constraints = [["possession": ["userVerification": "REQUIRED"]]]
        },
        Rule("Chain") {
          $0.groups = ["Office"]
          $0.expression = "user.profile.site == 'HQ'"
          $0.actions = Self.chain
        },
        .catchAll(self == .strict ? "2FA" : "1FA"),
      ])
    return [main]
  }

  private static let chain: JSON = [
    "appSignOn": [
      "access": "ALLOW",
      "verificationMethod": [
        "type": "AUTH_METHOD_CHAIN",
        "chains": [
          [
            "authenticationMethods": [["key": "okta_password", "method": "password"]],
            "next": [
              ["authenticationMethods": [["key": "okta_verify", "method": "push"]]]
            ],
          ]
        ],
      ],
    ]
  ]

  private var sessions: [Policy] {
    [
      Policy(
        "Contractors", type: "OKTA_SIGN_ON", priority: 1, groups: ["Contractors"],
        rules: [
          Rule("Radius") {
            $0.authType = "RADIUS"
            $0.requiresFactor = true
          },
          Rule("Remembered") {
            $0.zones = ["HQ"]
            $0.requiresFactor = true
            $0.promptMode = "SESSION"
            $0.factorLifetime = 15
          },
          Rule("Always") { $0.requiresFactor = true },
        ]),
      Policy(
        "Office", type: "OKTA_SIGN_ON", priority: 2, groups: ["Office"],
        rules: [
          Rule("Named") {
            $0.users = ["kim@acme.com"]
            $0.requiresFactor = true
          },
          Rule("Refused") {
            $0.zones = ["VPN"]
            $0.access = "DENY"
          },
        ]),
    ]
  }
}
