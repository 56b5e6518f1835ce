/// The reads of Duo's Admin API; the scope of a route names the signature it insists on.
enum DuoReads {
  typealias Context = DuoAPI.Context

  static let routes: [Route<Context>] = [
    Route("GET /admin/v1/users", scope: "any", users),
    Route("GET /admin/v3/integrations", scope: "v5", integrations),
    Route("GET /admin/v3/integrations/{integration}", scope: "v5", integration),
    Route("GET /admin/v2/policies", scope: "v5", policies),
    Route("GET /admin/v2/policies/global", scope: "v5", global),
    Route("GET /admin/v2/policies/summary", scope: "v5", summary),
    Route("GET /admin/v2/policies/calculate", scope: "v5", calculate),
    Route("GET /admin/v2/policies/{policy}", scope: "v5", policy),
  ]

  /// An offset this far on is another name for the same page, for faults.
  private static let alias = 1_000_000_000

  private static func page(
    _ call: Call, _ rows: [JSON], declared: Int? = nil, default fallback: Int, most: Int
  ) throws -> Reply {
    let known: Set = ["limit", "offset", "username", "email"]
    guard call.parameters.allSatisfy({ known.contains($0.name) }),
      let limit = Int(call.parameter("limit") ?? String(fallback)), (1...most).contains(limit),
      let offset = Int(call.parameter("offset") ?? "0"), offset >= 0
    else { throw DuoAPI.refusal(400, "40002", "Invalid request parameters") }
    let start = offset % alias
    let page = Array(rows.dropFirst(start).prefix(limit))
    var metadata: [String: JSON] = ["total_objects": .integer(declared ?? rows.count)]
    if start > 0 { metadata["prev_offset"] = .integer(max(0, start - limit)) }
    if start + page.count < rows.count { metadata["next_offset"] = .integer(start + page.count) }
    var reply = Reply(json: [
      "stat": "OK", "response": .array(page), "metadata": .object(metadata),
    ])
    reply.page = Reply.Page(current: String(offset), again: String(start + alias))
    return reply
  }

  private static func one(_ json: JSON) -> Reply { Reply(json: ["stat": "OK", "response": json]) }

  private static func missing() -> Refusal { DuoAPI.refusal(404, "40401", "Resource not found") }

  // MARK: Users

  private static func users(_ call: Call, _ context: Context) throws -> Reply {
    try page(
      call, context.tenant.users.map { user($0, context.tenant) },
      declared: context.tenant.declaredUsers, default: 100, most: 300)
  }

  private static func user(_ user: DuoUser, _ tenant: DuoTenant) -> JSON {
    var aliases: [String: JSON] = [:]
    for (number, alias) in user.aliases.enumerated() {
      aliases["alias\(number + 1)"] = .string(alias)
    }
    let phone: JSON = [
      "phone_id": .string(Identifier.duo("DP", user.name)), "number": "+34600000001",
      "type": "Mobile", "platform": "Apple iOS", "activated": true,
      "capabilities": ["push", "mobile_otp"],
    ]
    let row: [String: JSON] = [
      "user_id": .string(user.id), "username": .string(user.name),
      "alias1": aliases["alias1"] ?? .null, "alias2": aliases["alias2"] ?? .null,
      "alias3": aliases["alias3"] ?? .null, "alias4": aliases["alias4"] ?? .null,
      "aliases": .object(aliases), "email": .string(user.email), "realname": .null,
      "firstname": .null, "lastname": .null, "status": .string(user.status),
      "lockout_reason": .null, "is_enrolled": .bool(user.isEnrolled), "created": 1_706_041_056,
      "last_login": .null, "last_directory_sync": .null, "notes": "",
      "groups": .array(
        user.groups.map { name in
          let group = tenant.group(name)
          return [
            "group_id": .string(group.id), "name": .string(group.name), "desc": "",
            "status": .string(group.status), "push_enabled": false, "sms_enabled": false,
            "mobile_otp_enabled": false,
          ]
        }), "phones": user.isEnrolled ? [phone] : [], "tokens": [], "u2ftokens": [],
      "webauthncredentials": [], "desktoptokens": [],
    ]
    return .object(row.merging(user.fields) { _, shown in shown })
  }

  // MARK: Integrations

  private static func integrations(_ call: Call, _ context: Context) throws -> Reply {
    try page(
      call, context.tenant.integrations.map { integration($0, context.tenant) }, default: 100,
      most: 500)
  }

  private static func integration(_ call: Call, _ context: Context) throws -> Reply {
    let key = call.capture("integration")
    guard let found = context.tenant.integrations.first(where: { $0.key == key }) else {
      throw missing()
    }
    return one(integration(found, context.tenant))
  }

  private static func integration(_ integration: DuoIntegration, _ tenant: DuoTenant) -> JSON {
    [
      "integration_key": .string(integration.key), "name": .string(integration.name),
      "type": .string(integration.type),
      "policy_key": integration.policy.map { .string($0) } ?? .null,
      "user_access": .string(integration.access),
      "groups_allowed": .strings(integration.permittedGroups.map { tenant.group($0).id }),
      "self_service_allowed": false, "prompt_v4_enabled": 1,
      "username_normalization_policy": integration.normalization.map { .string($0) } ?? .null,
      "secret_key": "mockSecretOfAnotherApplication",
    ]
  }

  // MARK: Policies

  private static func json(_ policy: DuoPolicy) -> JSON {
    [
      "policy_key": .string(policy.key), "policy_name": .string(policy.name),
      "is_global_policy": .bool(policy.isGlobal), "sections": .object(policy.sections),
    ]
  }

  private static func policies(_ call: Call, _ context: Context) throws -> Reply {
    try page(call, context.tenant.policies.map(json), default: 100, most: 100)
  }

  private static func global(_ call: Call, _ context: Context) throws -> Reply {
    guard let policy = context.tenant.policies.first(where: \.isGlobal) else { throw missing() }
    return one(json(policy))
  }

  private static func policy(_ call: Call, _ context: Context) throws -> Reply {
    let key = call.capture("policy")
    guard let policy = context.tenant.policies.first(where: { $0.key == key }) else {
      throw missing()
    }
    return one(json(policy))
  }

  private static func summary(_ call: Call, _ context: Context) throws -> Reply {
    let tenant = context.tenant
    let rows: [JSON] = tenant.policies.map { policy in
      var uses: [JSON] = []
      for integration in tenant.integrations {
        if integration.policy == policy.key {
          uses.append([
            "app_integration_key": .string(integration.key), "app_name": .string(integration.name),
            "apply_type": "app",
          ])
        }
        for use in integration.groupPolicies where use.policy == policy.key {
          uses.append([
            "app_integration_key": .string(integration.key), "app_name": .string(integration.name),
            "apply_type": "group_app",
            "group_name": .string(integration.groupTitles[use.group] ?? use.group),
          ])
        }
      }
      return [
        "policy_key": .string(policy.key), "policy_name": .string(policy.name),
        "policy_applies_to": .array(uses),
      ]
    }
    return one([
      "policies": .array(
        tenant.isSummaryEmpty ? [] : tenant.isSummaryTruncated ? Array(rows.prefix(1)) : rows),
      "policy_count": .integer(rows.count),
      "response_is_truncated": .bool(tenant.isSummaryTruncated), "warnings": [],
    ])
  }

  private static func calculate(_ call: Call, _ context: Context) throws -> Reply {
    let tenant = context.tenant
    guard call.parameters.count == 2, let key = call.parameter("integration_key"),
      let id = call.parameter("user_id")
    else { throw DuoAPI.refusal(400, "40002", "Invalid request parameters") }
    guard let integration = tenant.integrations.first(where: { $0.key == key }),
      let user = tenant.users.first(where: { $0.id == id })
    else { throw missing() }
    let layers = tenant.layers(integration, user)
    var sections: [String: JSON] = [:]
    for layer in layers { sections.merge(layer.sections) { nearer, _ in nearer } }
    return one([
      "policy_elements": .array(
        layers.map { ["policy_key": .string($0.key), "policy_name": .string($0.name)] }),
      "sections": .object(sections),
    ])
  }
}
