import MockIdP

/// The organisation as Okta shows it.
extension OktaRandomWorld {
  /// The other addresses of people whom only the application knows by that of the team.
  static func account(_ member: Member) -> String {
    member.isRenamed ? member.email.replacing("acme.com", with: "corp.example") : member.email
  }

  static func group(_ number: Int) -> String { "Group \(number)" }
  static func provider(_ number: Int) -> String { "0oaProvider\(number)" }
  static let typeA = "otyA"

  var scenario: Scenario {
    var okta = OktaOrganisation(
      pipeline: isClassic ? "v1" : "idx", groups: (0..<3).map { Group(Self.group($0)) },
      apps: [app], policies: shownSessions + shownPasswords + [shownAppPolicy, shownManagement],
      zones: zones.map(Self.shown),
      identityProviders: providers.enumerated().map { Self.shown($1, $0) })
    okta.rateLimit = 1_000_000
    if areZonesRefused { okta.pageFaults["/api/v1/zones"] = .forbidden }
    if areSessionsRefused { okta.pageFaults["type=OKTA_SIGN_ON"] = .forbidden }
    if arePasswordsRefused { okta.pageFaults["type=PASSWORD"] = .forbidden }
    if inbound == .refused { okta.pageFaults["/api/v1/idps"] = .forbidden }
    if let hiddenGroup {
      let id = Group(Self.group(hiddenGroup)).id
      okta.pageFaults["/api/v1/groups/\(id)/users"] = .forbidden
    }
    return Scenario(people: people.map(Self.shown), okta: okta)
  }

  private var app: OktaApp {
    var app = OktaApp(
      "Heroku", id: Bench.app, signOnMode: signOnMode,
      accessPolicy: hasAppPolicy ? "application" : nil,
      users: people.compactMap { member in
        member.traits.assignment.map {
          AppUser(Self.account(member), status: $0, userName: member.email)
        }
      })
    app.status = appStatus
    var raw: JSON = [:]
    if signOnMode == "OPENID_CONNECT", let grants {
      raw["settings"] = ["oauthClient": ["grant_types": .texts(grants)]]
    }
    switch openness {
    case .nobody: break
    case .everybody: raw = raw.merging(["settings": ["implicitAssignment": true]])
    case .whoeverAsks: raw["accessibility"] = ["selfService": true]
    case .notShown: raw["accessibility"] = .null
    }
    app.raw = raw
    return app
  }

  private static func shown(_ member: Member) -> Person {
    let traits = member.traits
    var raw: JSON = [:]
    if traits.status == nil { raw["status"] = .null }
    if traits.isOfTypeA == nil { raw["type"] = .null }
    if traits.provider == nil { raw["credentials"] = ["provider": .null] }
    return Person(
      account(member), status: traits.status ?? "ACTIVE", provider: traits.provider ?? "OKTA",
      groups: traits.groups.sorted().map(Self.group),
      userType: traits.isOfTypeA == true ? typeA : "otyB",
      identityProviders: traits.links.sorted().map(provider), raw: raw)
  }

  private static func shown(_ zone: ZoneKind) -> Zone {
    var shown = Zone(zone.rawValue)
    switch zone {
    case .empty:
      shown.gateways = []
      shown.raw = ["proxies": []]
    case .ipv4: shown.gateways = ["0.0.0.0/0"]
    case .world: shown.gateways = ["0.0.0.0/1", "128.0.0.0/1", "::/0"]
    case .off: shown.status = "INACTIVE"
    case .blocklist: shown.usage = "BLOCKLIST"
    case .office, .vpn, .gone, .every: break
    }
    return shown
  }

  private static func shown(_ provider: Provider, _ number: Int) -> InboundIdentityProvider {
    var shown = InboundIdentityProvider("Provider \(number)", id: Self.provider(number))
    shown.status = provider.isActive ? "ACTIVE" : "INACTIVE"
    shown.trustsClaims = provider.belief == .shared
    var policy: JSON = [:]
    switch provider.belief {
    case .shared, .none: break
    case .mapped: policy["mapAMRClaims"] = true
    case .strange: policy["trustMfa"] = true
    case .notShown: policy["trustClaims"] = .null
    }
    switch provider.link {
    case .nobody: break
    case .everybody: shown.linksAccounts = true
    case .group(let group):
      policy["accountLink"] = [
        "action": "AUTO",
        "filter": ["groups": ["include": [.string(Group(Self.group(group)).id)]]],
      ]
    case .strange: policy["accountLink"] = ["action": "SOMETIMES"]
    }
    shown.raw = ["policy": policy]
    return shown
  }

  // MARK: Policies

  private var shownSessions: [Policy] {
    sessions.map { policy in
      shown(policy, type: "OKTA_SIGN_ON") { rule in
        var action = Self.json(rule.demand)
        if rule.strange == .action { action["skipFor"] = ["x"] }
        return ["signon": action]
      }
    }
  }

  private var shownPasswords: [Policy] {
    passwords.map { policy in
      shown(policy, type: "PASSWORD") { rule in
        rule.demand == .notShown ? [:] : ["selfServicePasswordReset": Self.json(rule.demand)]
      }
    }
  }

  private var shownAppPolicy: Policy {
    let policy = PolicySpec(id: "application", isStrange: isAppPolicyStrange, rules: appRules)
    return shown(policy, type: "ACCESS_POLICY") { rule in
      var action = Self.json(rule.demand)
      if rule.strange == .action { action["skipFor"] = ["x"] }
      return ["appSignOn": action]
    }
  }

  private var shownManagement: Policy {
    Policy(
      "management",
      rules: management == .none ? [] : [.catchAll(management == .two ? "2FA" : "1FA")],
      raw: ["_embedded": ["resourceType": "END_USER_ACCOUNT_MANAGEMENT"]])
  }

  private func shown<Demand>(
    _ policy: PolicySpec<Demand>, type: String, _ actions: (RuleSpec<Demand>) -> JSON
  ) -> Policy {
    var raw: JSON = [:]
    if policy.isStrange { raw["newThing"] = 1 }
    if type == "PASSWORD" {
      raw["conditions"] = [
        "authProvider": policy.provider.map { ["provider": .string($0)] } ?? .null
      ]
    }
    return Policy(
      policy.id, type: type, status: policy.isActive ? "ACTIVE" : "INACTIVE",
      priority: policy.priority, isSystem: policy.isSystem,
      groups: policy.groups.sorted().map(Self.group),
      // The order of the list is none.
      rules: policy.rules.reversed().map { shown($0, actions($0)) },
      raw: raw)
  }

  private func shown<Demand>(_ rule: RuleSpec<Demand>, _ actions: JSON) -> Rule {
    let (scope, place) = (rule.scope, rule.place)
    var shown = Rule(rule.id)
    shown.id = rule.id
    shown.status = rule.isActive ? "ACTIVE" : "INACTIVE"
    shown.isSystem = rule.isSystem
    shown.priority = rule.priority
    shown.actions = actions
    shown.groups = scope.groups.sorted().map(Self.group)
    shown.exceptGroups = scope.exceptGroups.sorted().map(Self.group)
    shown.users = scope.list.map(list) ?? []
    shown.exceptUsers = scope.exceptList.map(list) ?? []
    shown.zones = place.zones.map(\.rawValue)
    shown.exceptZones = place.exceptZones.map(\.rawValue)
    shown.device = place.device
    shown.risk = place.risk
    shown.platforms = place.platform.map { [$0] } ?? []
    shown.authType = place.authType
    switch place.expression {
    case .device: shown.expression = "device.profile.managed == true"
    case .user: shown.expression = "user.profile.site == 'HQ'"
    case nil: break
    }
    var conditions: JSON = [:]
    if let isOfTypeA = scope.isOfTypeA {
      conditions["userType"] = [
        isOfTypeA ? "include" : "exclude": [.string(Self.typeA)],
        isOfTypeA ? "exclude" : "include": [],
      ]
    }
    switch place.way {
    case .okta: conditions["identityProvider"] = ["provider": "OKTA"]
    case .provider(let number):
      conditions["identityProvider"] = [
        "provider": "SPECIFIC_IDP", "idpIds": [.string(Self.provider(number))],
      ]
    case nil: break
    }
    if rule.strange == .condition { conditions["newThing"] = ["level": 1] }
    var raw: JSON = [:]
    if conditions != [:] { raw["conditions"] = conditions }
    if rule.strange == .rule { raw["newThing"] = 1 }
    shown.raw = raw
    return shown
  }

  /// The people on a list.
  private func list(_ number: Int) -> [String] {
    people.filter { $0.traits.lists.contains(number) }.map(Self.account)
  }
}
