/// Policies, rules and mappings at Okta.
enum OktaPolicyReads {
  typealias Context = OktaAPI.Context

  static let routes: [Route<Context>] = [
    Route("GET /api/v1/policies", scope: "okta.policies.read", policies),
    Route("GET /api/v1/policies/{policy}", scope: "okta.policies.read", policy),
    Route("GET /api/v1/policies/{policy}/rules", scope: "okta.policies.read", rules),
    Route("GET /api/v1/policies/{policy}/rules/{rule}", scope: "okta.policies.read", rule),
    Route("GET /api/v1/policies/{policy}/mappings", scope: "okta.policies.read", mappings),
    Route("GET /api/v1/policies/{policy}/app", scope: "okta.policies.read", apps),
    Route("POST /api/v1/policies/simulate", scope: "okta.policies.read") { call, context in
      try OktaSimulation(context).answer(call)
    },
  ]

  private static let types: Set = [
    "ACCESS_POLICY", "ENTITY_RISK", "IDP_DISCOVERY", "MFA_ENROLL", "OKTA_SIGN_ON", "PASSWORD",
    "POST_AUTH_SESSION", "PROFILE_ENROLLMENT", "DEVICE_SIGNAL_COLLECTION",
    "SESSION_VIOLATION_DETECTION", "CLIENT_UPDATE", "IDENTITY_CLAIM_SOURCING",
  ]
  private static let classicTypes: Set = [
    "IDP_DISCOVERY", "MFA_ENROLL", "OKTA_SIGN_ON", "PASSWORD",
  ]

  private static func policies(_ call: Call, _ context: Context) throws -> Reply {
    let known = context.isClassic ? classicTypes : types
    guard let type = call.parameter("type"), known.contains(type) else {
      throw OktaAPI.invalid("Invalid policy type specified.")
    }
    let page = try OktaPage(call, default: context.okta.policyPageSize, allowed: 1...200)
    var rows = context.organisation.policies.filter { $0.type == type }
    if let status = call.parameter("status") { rows = rows.filter { $0.status == status } }
    if let prefix = call.parameter("q")?.lowercased() {
      rows = rows.filter { $0.name.lowercased().hasPrefix(prefix) }
    }
    if let app = call.parameter("resourceId") {
      rows = rows.filter { policy in mapped(policy, context).contains { $0.id == app } }
    }
    rows.sort {
      call.parameter("sortBy") == "name"
        ? $0.name.precedes($1.name) : $0.priority < $1.priority
    }
    let shapes = OktaPolicyShapes(context: context)
    let expandsRules = call.parameter("expand") == "rules"
    return page.cut(rows.map { shapes.policy($0, expandsRules: expandsRules) })
  }

  private static func named(_ call: Call, _ context: Context) throws -> Policy {
    let id = call.capture("policy")
    let found = context.organisation.policies.first { $0.id == id }
    guard let found, !context.isClassic || classicTypes.contains(found.type) else {
      throw OktaAPI.notFound("\(id) (Policy)")
    }
    return found
  }

  private static func policy(_ call: Call, _ context: Context) throws -> Reply {
    let shapes = OktaPolicyShapes(context: context)
    return Reply(
      json: shapes.policy(
        try named(call, context), expandsRules: call.parameter("expand") == "rules"))
  }

  private static func rules(_ call: Call, _ context: Context) throws -> Reply {
    let rows = OktaPolicyShapes(context: context).rules(try named(call, context))
    return try OktaPage(call, default: context.okta.policyPageSize, allowed: 1...200).cut(rows)
  }

  private static func rule(_ call: Call, _ context: Context) throws -> Reply {
    let rows = OktaPolicyShapes(context: context).rules(try named(call, context))
    let id = JSON.string(call.capture("rule"))
    guard let rule = rows.first(where: { $0["id"] == id }) else {
      throw OktaAPI.notFound("\(call.capture("rule")) (PolicyRule)")
    }
    return Reply(json: rule)
  }

  private static func mapped(_ policy: Policy, _ context: Context) -> [OktaApp] {
    context.okta.apps.filter { $0.accessPolicy == policy.id || $0.accessPolicy == policy.name }
  }

  private static func mappings(_ call: Call, _ context: Context) throws -> Reply {
    let policy = try named(call, context)
    let own = "\(context.baseURL)/api/v1/policies/\(policy.id)"
    let rows = mapped(policy, context).map { app -> JSON in
      let id = Identifier.okta("mpo", policy.id + app.id)
      return [
        "id": .string(id),
        "_links": [
          "self": ["href": .string("\(own)/mappings/\(id)")],
          "policy": ["href": .string(own)],
          "application": ["href": .string("\(context.baseURL)/api/v1/apps/\(app.id)")],
        ],
      ]
    }
    return Reply(json: .array(rows))
  }

  private static func apps(_ call: Call, _ context: Context) throws -> Reply {
    let policy = try named(call, context)
    return Reply(json: .array(mapped(policy, context).map { OktaShapes.app($0, context) }))
  }
}
