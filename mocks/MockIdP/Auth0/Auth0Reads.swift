extension Auth0API {
  static let reads: [Route<Context>] = [
    Route("GET /api/v2/guardian/policies", scope: "read:mfa_policies") { _, context in
      Reply(json: .array(context.tenant.policies.map { .string($0) }))
    },
    Route("GET /api/v2/guardian/factors", scope: "read:guardian_factors") { _, context in
      let names = [
        "push-notification", "sms", "email", "duo", "otp", "webauthn-roaming",
        "webauthn-platform", "recovery-code",
      ]
      return Reply(
        json: .array(
          names.map { name in
            [
              "name": .string(name), "enabled": .bool(context.tenant.factors.contains(name)),
              "trial_expired": false,
            ]
          }))
    },
    Route("GET /api/v2/tenants/settings", scope: "read:tenant_settings") { _, context in
      Reply(json: [
        "customize_mfa_in_postlogin_action": .bool(context.tenant.actionsChooseFactors),
        "session_lifetime": .integer(context.tenant.sessionHours),
      ])
    },
    Route("GET /api/v2/rules", scope: "read:rules") { call, context in
      Reply(
        json: .array(
          page(context.tenant.rules, call).map { rule in
            [
              "id": .string(rule.id), "name": .string(rule.name), "order": 1,
              "enabled": .bool(rule.isEnabled), "script": .string(rule.script),
              "stage": "login_success",
            ]
          }))
    },
    Route("GET /api/v2/connections", scope: "read:connections") { call, context in
      Reply(
        json: .array(
          page(context.tenant.connections, call).map { connection in
            [
              "id": .string("con_" + connection.name), "name": .string(connection.name),
              "strategy": .string(connection.strategy), "options": connection.options,
            ]
          }))
    },
    Route("GET /api/v2/actions/triggers/post-login/bindings", scope: "read:actions", bindings),
    Route("GET /api/v2/actions/actions/{action}", scope: "read:actions", action),
    Route("GET /api/v2/clients", scope: "read:clients") { call, context in
      let size = min(100, call.parameter("per_page").flatMap { Int($0) } ?? 50)
      let page = call.parameter("page").flatMap { Int($0) } ?? 0
      return Reply(
        json: .array(context.tenant.clients.dropFirst(page * size).prefix(size).map(shape)))
    },
    Route("GET /api/v2/clients/{client}", scope: "read:clients") { call, context in
      guard !context.tenant.hidesSingleClients,
        let client = context.tenant.clients.first(where: { $0.id == call.capture("client") })
      else {
        throw Refusal(
          status: 404, code: "inexistent_client", message: "The client does not exist")
      }
      return Reply(json: shape(client))
    },
    Route("GET /api/v2/users", scope: "read:users", users),
  ]

  private static func page<Row>(_ rows: [Row], _ call: Call) -> ArraySlice<Row> {
    let size = min(100, call.parameter("per_page").flatMap { Int($0) } ?? 50)
    let page = call.parameter("page").flatMap { Int($0) } ?? 0
    return rows.dropFirst(page * size).prefix(size)
  }

  private static func shape(_ client: Auth0Tenant.Client) -> JSON {
    let shape: [String: JSON] = [
      "client_id": .string(client.id), "name": .string(client.name),
      "grant_types": .array(client.grants.map { .string($0) }),
    ]
    return .object(shape.merging(client.further ?? [:]) { _, further in further })
  }

  private static func bindings(_ call: Call, _ context: Context) async throws -> Reply {
    let size = 20
    let page = call.parameter("page").flatMap { Int($0) } ?? 0
    let bindings = context.tenant.actions.enumerated().dropFirst(page * size).prefix(size).map {
      index, action -> JSON in
      [
        "id": .string("binding\(index)"), "trigger_id": "post-login",
        "display_name": .string(action.name),
        "action": ["id": .string(action.id), "name": .string(action.name), "status": "built"],
      ]
    }
    return Reply(json: [
      "bindings": .array(bindings), "total": .integer(context.tenant.actions.count),
      "page": .integer(page), "per_page": .integer(size),
    ])
  }

  private static func action(_ call: Call, _ context: Context) async throws -> Reply {
    guard let action = context.tenant.actions.first(where: { $0.id == call.capture("action") })
    else { throw Refusal(status: 404, code: "action_not_found", message: "Not found.") }
    var deployed: [String: JSON] = [
      "id": "v1", "deployed": true, "code": .string(action.code),
    ]
    deployed["dependencies"] = action.dependencies.map { all in
      .array(all.map { ["name": .string($0.key), "version": .string($0.value)] })
    }
    return Reply(json: [
      "id": .string(action.id), "name": .string(action.name), "status": "built",
      "code": .string(action.code + "\n// draft"), "all_changes_deployed": false,
      "deployed_version": .object(deployed),
    ])
  }

  private static func users(_ call: Call, _ context: Context) async throws -> Reply {
    func refuse(_ message: String) -> Refusal {
      Refusal(status: 400, code: "invalid_query_string", message: message)
    }
    let size = call.parameter("per_page").map { Int($0) } ?? 50
    let page = call.parameter("page").map { Int($0) } ?? 0
    guard let size, (0...100).contains(size) else {
      throw refuse("Query validation error: per_page is over the maximum of 100")
    }
    guard let page, page >= 0 else { throw refuse("Query validation error: page") }
    guard call.parameter("search_engine").map({ $0 == "v3" }) ?? true else {
      throw refuse("You are not allowed to use search_engine v1 or v2")
    }
    // Deeper pages are refused, however many users there are.
    guard page * size < searchCap else {
      throw refuse("You can only page through the first 1000 records.")
    }
    let total = context.tenant.userCount
    let range = min(page * size, total)..<min((page + 1) * size, total, searchCap)
    let fields = call.parameter("fields").map { Set($0.split(separator: ",").map(String.init)) }
    let rows = range.map { shape(context.tenant.user(at: $0), fields) }
    guard call.parameter("include_totals") == "true" else { return Reply(json: .array(rows)) }
    return Reply(json: [
      "start": .integer(page * size), "limit": .integer(size), "length": .integer(rows.count),
      "total": .integer(total), "users": .array(rows),
    ])
  }

  private static func shape(_ user: Auth0Tenant.User, _ fields: Set<String>?) -> JSON {
    var all: [String: JSON] = ["user_id": .string(user.id), "email_verified": true]
    all["email"] = user.email.map { .string($0) }
    all["username"] = user.username.map { .string($0) }
    all["blocked"] = user.blocked.map { .bool($0) }
    let parts = user.id.split(separator: "|", maxSplits: 1).map(String.init)
    let identities =
      user.identities
      ?? [
        .init(
          "Username-Password-Authentication", provider: "auth0", user: parts.last ?? user.id)
      ]
    let social: Set<String> = ["google-oauth2", "github", "facebook", "apple", "linkedin"]
    all["identities"] = .array(
      identities.map {
        [
          "connection": .string($0.connection), "provider": .string($0.provider),
          "user_id": .string($0.user), "isSocial": .bool(social.contains($0.provider)),
        ]
      })
    all["multifactor"] = user.multifactor.map { .array($0.map { .string($0) }) }
    return .object(fields.map { fields in all.filter { fields.contains($0.key) } } ?? all)
  }
}
