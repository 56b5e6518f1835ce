/// Okta's JSON for policies and rules: the short form spelt out, the vendor's form as given.
struct OktaPolicyShapes: Sendable {
  let context: OktaAPI.Context

  private var organisation: Organisation { context.organisation }

  /// One policy; its rules are embedded when the caller expands them.
  func policy(_ policy: Policy, expandsRules: Bool) -> JSON {
    let own = "\(context.baseURL)/api/v1/policies/\(policy.id)"
    var shape: JSON = [
      "id": .string(policy.id), "name": .string(policy.name), "type": .string(policy.type),
      "status": .string(policy.status), "system": .bool(policy.isSystem),
      "priority": .integer(policy.type == "ACCESS_POLICY" ? 1 : policy.priority),
      "description": .string(policy.name), "created": "2024-01-01T00:00:00.000Z",
      "lastUpdated": .string(Scenario.defaultTime),
      "_links": [
        "self": ["href": .string(own)], "rules": ["href": .string(own + "/rules")],
        "mappings": ["href": .string(own + "/mappings")],
      ],
    ]
    if policy.type != "ACCESS_POLICY" {
      let groups =
        policy.groups.isEmpty
        ? organisation.groups.filter { $0.type == "BUILT_IN" }.map(\.id) : groupIDs(policy.groups)
      shape["conditions"] = ["people": ["groups": ["include": .strings(groups)]]]
      if policy.type == "PASSWORD" {
        shape["conditions"]?["authProvider"] = ["provider": "OKTA"]
      }
    }
    if policy.type == "ACCESS_POLICY" || expandsRules {
      var embedded: [String: JSON] = [:]
      if policy.type == "ACCESS_POLICY" { embedded["resourceType"] = "APP" }
      if expandsRules { embedded["rules"] = .array(rules(policy)) }
      shape["_embedded"] = .object(embedded)
    }
    return shape.merging(policy.raw)
  }

  /// The rules of a policy, in the order of the scenario.
  func rules(_ policy: Policy) -> [JSON] {
    policy.rules.enumerated().map { rule($1, at: $0, of: policy) }
  }

  /// The id of a rule.
  static func id(_ rule: Rule, of policy: Policy) -> String {
    rule.id
      ?? Identifier.okta(policy.type == "ACCESS_POLICY" ? "rul" : "0pr", policy.id + rule.name)
  }

  private func rule(_ rule: Rule, at place: Int, of policy: Policy) -> JSON {
    let isApp = policy.type == "ACCESS_POLICY"
    let fallback = isApp ? (rule.isSystem ? 99 : place) : place + 1
    let shape: JSON = [
      "id": .string(Self.id(rule, of: policy)), "name": .string(rule.name),
      "type": policy.type == "OKTA_SIGN_ON" ? "SIGN_ON" : .string(policy.type),
      "status": .string(rule.status), "priority": .integer(rule.priority ?? fallback),
      "system": .bool(rule.isSystem),
      "conditions": rule.conditions ?? (isApp ? appConditions(rule) : sessionConditions(rule)),
      "actions": rule.actions ?? (isApp ? appActions(rule) : sessionActions(rule, policy)),
      "created": "2024-01-01T00:00:00.000Z", "lastUpdated": .string(Scenario.defaultTime),
    ]
    return shape.merging(rule.raw)
  }

  private func groupIDs(_ keys: [String]) -> [String] {
    keys.map { organisation.group($0)?.id ?? $0 }
  }

  private func zoneIDs(_ keys: [String]) -> [String] {
    keys.map { key in context.okta.zones.first { $0.name == key }?.id ?? key }
  }

  private func userIDs(_ keys: [String]) -> [String] {
    keys.map { key in
      organisation.position(of: key).flatMap { organisation.person(at: $0)?.id } ?? key
    }
  }

  private func people(_ rule: Rule) -> JSON {
    var users: JSON = ["exclude": .strings(userIDs(rule.exceptUsers))]
    if !rule.users.isEmpty { users["include"] = .strings(userIDs(rule.users)) }
    var people: JSON = ["users": users]
    if !rule.groups.isEmpty || !rule.exceptGroups.isEmpty {
      people["groups"] = [
        "include": .strings(groupIDs(rule.groups)),
        "exclude": .strings(groupIDs(rule.exceptGroups)),
      ]
    }
    return people
  }

  private func network(_ rule: Rule) -> JSON {
    guard !rule.zones.isEmpty || !rule.exceptZones.isEmpty else {
      return ["connection": "ANYWHERE"]
    }
    var network: JSON = ["connection": "ZONE"]
    if !rule.zones.isEmpty { network["include"] = .strings(zoneIDs(rule.zones)) }
    if !rule.exceptZones.isEmpty { network["exclude"] = .strings(zoneIDs(rule.exceptZones)) }
    return network
  }

  private func appConditions(_ rule: Rule) -> JSON {
    if rule.isSystem { return .null }
    var conditions: JSON = [
      "people": people(rule), "network": network(rule),
      "riskScore": ["level": .string(rule.risk ?? "ANY")],
      "userType": ["include": .strings(rule.userTypes), "exclude": []],
    ]
    if !rule.platforms.isEmpty {
      let mobile: Set = ["ANDROID", "IOS"]
      conditions["platform"] = [
        "include": .array(
          rule.platforms.map { system in
            [
              "type": mobile.contains(system) ? "MOBILE" : "DESKTOP",
              "os": ["type": .string(system)],
            ]
          })
      ]
    }
    switch rule.device {
    case "managed"?: conditions["device"] = ["managed": true, "registered": true]
    case "registered"?: conditions["device"] = ["registered": true]
    default: break
    }
    if let expression = rule.expression {
      conditions["elCondition"] = ["condition": .string(expression)]
    }
    return conditions
  }

  private func sessionConditions(_ rule: Rule) -> JSON {
    var conditions: JSON = [
      "people": people(rule), "network": network(rule),
      "authContext": ["authType": .string(rule.authType ?? "ANY")],
    ]
    if let risk = rule.risk { conditions["riskScore"] = ["level": .string(risk)] }
    return conditions
  }

  private func appActions(_ rule: Rule) -> JSON {
    guard rule.access == "ALLOW" else { return ["appSignOn": ["access": .string(rule.access)]] }
    var method: JSON = [
      "type": "ASSURANCE", "factorMode": .string(rule.factors), "reauthenticateIn": "PT2H",
    ]
    method["constraints"] =
      rule.constraints
      ?? (rule.factors == "2FA" ? [["knowledge": ["required": true, "types": ["password"]]]] : nil)
    return ["appSignOn": ["access": "ALLOW", "verificationMethod": method]]
  }

  private func sessionActions(_ rule: Rule, _ policy: Policy) -> JSON {
    guard policy.type == "OKTA_SIGN_ON" else { return [:] }
    var signon: JSON = [
      "access": .string(rule.access), "requireFactor": .bool(rule.requiresFactor),
      "primaryFactor": "PASSWORD_IDP_ANY_FACTOR", "rememberDeviceByDefault": false,
      "session": [
        "usePersistentCookie": false, "maxSessionIdleMinutes": 120,
        "maxSessionLifetimeMinutes": 120,
      ],
    ]
    if rule.requiresFactor {
      signon["factorPromptMode"] = .string(rule.promptMode ?? "ALWAYS")
      if let lifetime = rule.factorLifetime { signon["factorLifetime"] = .integer(lifetime) }
    }
    return ["signon": signon]
  }
}
