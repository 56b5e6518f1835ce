internal import Foundation

/// Users, devices, applications and policies.
enum PingOneReads {
  typealias Context = PingOneAPI.Context

  private static let people = "Identity Data Read Only"
  private static let settings = "Configuration Read Only"
  private static let base = "GET /v1/environments/{env}"

  static let routes: [Route<Context>] = [
    Route("\(base)/users", scope: people, users),
    Route("\(base)/users/{user}/devices", scope: people) { call, context in
      let found = try user(call, context)
      return try list(
        "devices",
        found.devices.enumerated().map { index, device in
          [
            "id": .string("\(found.id)-device-\(index)"), "type": .string(device.type),
            "status": .string(device.status),
          ]
        }, call)
    },
    Route("\(base)/users/{user}/mfaEnabled", scope: people) { call, context in
      Reply(json: ["mfaEnabled": .bool(try user(call, context).mfaEnabled ?? false)])
    },
    Route("\(base)/users/{user}/bypassMFA", scope: people) { call, context in
      Reply(json: try user(call, context).bypass ?? [:])
    },
    Route("\(base)/applications", scope: settings) { call, context in
      try list("applications", context.tenant.apps.map(shape), call)
    },
    Route("\(base)/applications/{app}/signOnPolicyAssignments", scope: settings) { call, context in
      try list(
        "signOnPolicyAssignments",
        // The order of the rows is none; only the priority tells.
        try app(call, context).policies.enumerated().reversed().map { index, policy in
          [
            "id": .string("\(call.capture("app"))-\(policy)"), "priority": .integer(index + 1),
            "signOnPolicy": ["id": .string(policy)],
          ]
        }, call)
    },
    Route("\(base)/applications/{app}/flowPolicyAssignments", scope: settings) { call, context in
      try list(
        "flowPolicyAssignments",
        try app(call, context).flows.enumerated().map { index, flow in
          [
            "id": .string("\(call.capture("app"))-\(flow)"), "priority": .integer(index + 1),
            "flowPolicy": ["id": .string(flow)],
          ]
        }, call)
    },
    Route("\(base)/signOnPolicies", scope: settings) { call, context in
      try list(
        "signOnPolicies",
        context.tenant.policies.map { policy in
          [
            "id": .string(policy.id), "name": .string(policy.name),
            "default": .bool(policy.isDefault),
          ]
        }, call)
    },
    Route("\(base)/signOnPolicies/{policy}/actions", scope: settings, actions),
    Route("\(base)/deviceAuthenticationPolicies", scope: settings) { call, context in
      try list("deviceAuthenticationPolicies", context.tenant.devicePolicies, call)
    },
  ]

  private static func invalid(_ message: String) -> Refusal {
    Refusal(status: 400, code: "INVALID_REQUEST", message: message)
  }

  // MARK: Parts

  private static func user(_ call: Call, _ context: Context) throws -> PingOneUser {
    guard let user = context.tenant.users.first(where: { $0.id == call.capture("user") }) else {
      throw PingOneAPI.missing("Unable to find user")
    }
    return user
  }

  private static func app(_ call: Call, _ context: Context) throws -> PingOneApp {
    guard let app = context.tenant.apps.first(where: { $0.id == call.capture("app") }) else {
      throw PingOneAPI.missing("Unable to find application")
    }
    return app
  }

  private static func shape(_ app: PingOneApp) -> JSON {
    .compact([
      "id": .string(app.id), "name": .string(app.name), "enabled": .bool(app.enabled),
      "protocol": .string(app.protocol), "type": .string(app.type),
      "accessControl": app.accessControl, "grantTypes": app.grants.map { .strings($0) },
    ])
  }

  private static func actions(_ call: Call, _ context: Context) async throws -> Reply {
    let id = call.capture("policy")
    guard let policy = context.tenant.policies.first(where: { $0.id == id }) else {
      throw PingOneAPI.missing("Unable to find sign-on policy")
    }
    let rows = policy.actions.enumerated().map { index, action -> JSON in
      let own: JSON = [
        "id": .string("\(id)-action-\(index + 1)"), "priority": .integer(index + 1),
        "signOnPolicy": ["id": .string(id)],
      ]
      return own.merging(action)
    }
    return try list("actions", rows, call)
  }

  // MARK: Lists

  /// A list that fits on one page, which takes no parameters.
  private static func list(_ key: String, _ rows: [JSON], _ call: Call) throws -> Reply {
    if let name = call.parameters.first?.name {
      throw invalid("The parameter \(name) is not supported")
    }
    return Reply(json: [
      "_links": ["self": ["href": .string(call.baseURL + call.path)]],
      "_embedded": .object([key: .array(rows)]), "count": .integer(rows.count),
      "size": .integer(rows.count),
    ])
  }

  private static func users(_ call: Call, _ context: Context) async throws -> Reply {
    let known = ["limit", "cursor", "filter", "include", "expand"]
    if let name = call.parameters.first(where: { !known.contains($0.name) })?.name {
      throw invalid("The parameter \(name) is not supported")
    }
    let wanted = try filter(call.parameter("filter"))
    let rows = context.tenant.users.filter(wanted).map { user in
      shape(user, showsGroups: call.parameter("include") == "memberOfGroupIDs")
    }
    var size = 100
    if let text = call.parameter("limit") {
      guard let limit = Int(text), (1...100).contains(limit) else {
        throw invalid("The limit must be between 1 and 100")
      }
      size = limit
    }
    size = min(size, context.tenant.largestPage ?? size)
    let (start, turn) = try cursor(call)
    let shown = rows.dropFirst(start).prefix(size)
    var links: JSON = ["self": ["href": .string(url(call, start, turn))]]
    if start + shown.count < rows.count {
      links["next"] = ["href": .string(url(call, start + shown.count, 0))]
    }
    var reply = Reply(json: [
      "_links": links, "_embedded": ["users": .array(Array(shown))],
      "count": .integer(rows.count), "size": .integer(shown.count),
    ])
    reply.page = Reply.Page(current: url(call, start, turn), again: url(call, start, turn + 1))
    return reply
  }

  private static func shape(_ user: PingOneUser, showsGroups: Bool) -> JSON {
    let provider: JSON =
      if let id = user.identityProvider {
        ["id": .string(id), "type": "SAML"]
      } else {
        ["type": "PING_ONE"]
      }
    return .compact([
      "id": .string(user.id), "email": .string(user.email), "username": .string(user.username),
      "enabled": .bool(user.enabled), "lifecycle": ["status": "ACCOUNT_OK"],
      "account": [
        "status": .string(user.accountStatus), "canAuthenticate": .bool(user.canAuthenticate),
      ],
      "population": ["id": .string(user.population)],
      "mfaEnabled": user.mfaEnabled.map { .bool($0) },
      "identityProvider": provider,
      "memberOfGroupIDs": showsGroups ? .strings(user.groups) : nil,
      "updatedAt": "2026-11-01T08:00:00.000Z",
    ])
  }

  /// The two comparisons that are known, joined with `and`.
  private static func filter(_ text: String?) throws -> (PingOneUser) -> Bool {
    guard let text else { return { _ in true } }
    let parts = try text.components(separatedBy: " and ").map { part in
      if part == "enabled eq true" { return { (user: PingOneUser) in user.enabled } }
      if part == "enabled eq false" { return { (user: PingOneUser) in !user.enabled } }
      let (head, tail) = ("memberOfGroups[id eq \"", "\"]")
      guard part.hasPrefix(head), part.hasSuffix(tail) else {
        throw invalid("The filter is not valid")
      }
      let id = String(part.dropFirst(head.count).dropLast(tail.count))
      return { (user: PingOneUser) in user.groups.contains(id) }
    }
    return { user in parts.allSatisfy { $0(user) } }
  }

  // MARK: Cursors

  private static func cursor(_ call: Call) throws -> (Int, Int) {
    guard let text = call.parameter("cursor") else { return (0, 0) }
    let parts = Hex.decode(text).map { String(decoding: $0, as: UTF8.self) }?
      .split(separator: ".").compactMap { Int($0) }
    guard let parts, parts.count == 2 else { throw invalid("The cursor is not valid") }
    return (parts[0], parts[1])
  }

  private static func url(_ call: Call, _ position: Int, _ turn: Int) -> String {
    let kept = call.query.split(separator: "&").filter { !$0.hasPrefix("cursor=") }.map(String.init)
    let cursor = "cursor=" + Hex.encode("\(position).\(turn)".utf8)
    let query = position == 0 && turn == 0 ? kept : kept + [cursor]
    return call.baseURL + call.path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
  }
}
