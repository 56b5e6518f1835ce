internal import Foundation

/// Answers as OneLogin does: tokens, users, applications and devices.
struct OneLoginAPI: VendorAPI {
  /// The account that is asked.
  struct Context: Sendable {
    let account: OneLoginAccount
    let state: MockState
  }

  static let vendor = Vendor.oneLogin
  /// The scope of the token endpoint.
  static let open = "-"
  let state: MockState
  let router = Router(routes: OneLoginReads.routes + [tokenRoute])

  private static let tokenRoute = Route<Context>(
    "POST /auth/oauth2/v2/token", scope: open, token)

  func answer(_ call: Call, _ route: Route<Context>) async throws -> Reply {
    let account = await state.organisation.scenario[OneLoginAccount.self]
    let context = Context(account: account, state: state)
    if route.scope == Self.open { return try await route.answer(call, context) }
    let parts = (call.headers["authorization"] ?? "").split(separator: " ").map(String.init)
    guard parts.count == 2, parts[0].lowercased() == "bearer",
      let token = await state.accessToken(parts[1]), token.expires > .now
    else { throw Refusal(status: 401, code: "UnauthorizedError", message: "Unauthorized") }
    guard account.mayReadAll || route.scope == "Read Users" else {
      throw Refusal(
        status: 403, code: "ForbiddenError", message: "Insufficient scope to perform this action")
    }
    return try await route.answer(call, context)
  }

  private static func token(_ call: Call, _ context: Context) async throws -> Reply {
    let refusal = Refusal(
      status: 401, code: "Unauthorized", message: "Authentication Failure", isOAuth: true)
    guard isKnown(call.headers["authorization"] ?? "", context.account) else { throw refusal }
    guard call.headers["content-type"]?.hasPrefix("application/json") == true,
      call.json?["grant_type"]?.text == "client_credentials"
    else {
      throw Refusal(
        status: 400, code: "bad request", message: "grant_type is incorrect/absent", isOAuth: true)
    }
    let text = await context.state.issue(
      .init(
        client: OAuthClient(context.account.clientID, keys: []), scopes: ["Read All"],
        expires: Date().addingTimeInterval(36_000)))
    return Reply(json: [
      "access_token": .string(text), "created_at": "2026-11-24T08:00:00.000Z",
      "expires_in": 36_000, "refresh_token": "mock-refresh", "token_type": "bearer",
      "account_id": 555_555,
    ])
  }

  /// The vendor's own scheme, or HTTP Basic.
  private static func isKnown(_ header: String, _ account: OneLoginAccount) -> Bool {
    let (id, secret) = (account.clientID, account.clientSecret)
    if header.replacing(" ", with: "") == "client_id:\(id),client_secret:\(secret)" { return true }
    return header == "Basic " + Data("\(id):\(secret)".utf8).base64EncodedString()
  }

  func reply(to refusal: Refusal) -> Reply {
    let codes = ["not_found": "NotFoundError", "internal": "InternalServerError"]
    let code = codes[refusal.code] ?? refusal.code
    var reply: Reply
    if refusal.isOAuth {
      reply = Reply(
        status: refusal.status,
        json: [
          "status": [
            "error": true, "code": .integer(refusal.status), "type": .string(code),
            "message": .string(refusal.message),
          ]
        ])
    } else {
      reply = Reply(
        status: refusal.status,
        json: [
          "name": .string(code), "message": .string(refusal.message),
          "statusCode": .integer(refusal.status),
        ])
    }
    reply.headers += refusal.headers
    return reply
  }

  func finish(_ reply: inout Reply, _ call: Call) async {
    reply.setHeader("Date", HTTPDate.now())
    guard reply.header("X-RateLimit-Remaining") == nil else { return }
    // The reset is in seconds from now, not since 1970.
    for (name, value) in [("Limit", "5000"), ("Remaining", "4990"), ("Reset", "1800")] {
      reply.setHeader("X-RateLimit-\(name)", value)
    }
  }

  func limitRefusal(_ fault: Fault) -> Refusal {
    Refusal(
      status: 429, code: "TooManyRequestsError", message: "Too many requests",
      headers: [
        ("X-RateLimit-Limit", "5000"), ("X-RateLimit-Remaining", "0"),
        ("X-RateLimit-Reset", String(Int((fault.seconds ?? 1).rounded(.up)))),
      ])
  }

  func refusalCode(_ status: Int) -> String {
    [401: "UnauthorizedError", 403: "ForbiddenError", 404: "NotFoundError"][status]
      ?? "InternalServerError"
  }

  func setNext(_ next: String?, _ reply: inout Reply) { reply.setHeader("After-Cursor", next) }
}

/// Users, applications and devices.
enum OneLoginReads {
  typealias Context = OneLoginAPI.Context

  static let routes: [Route<Context>] = [
    Route("GET /api/2/users", scope: "Read Users", users),
    Route("GET /api/2/apps", scope: "Read All") { call, context in
      try page(context.account.apps.map { row($0) }, call, context)
    },
    Route("GET /api/2/apps/{app}", scope: "Read All") { call, context in
      Reply(json: row(try app(call, context)))
    },
    Route("GET /api/2/apps/{app}/users", scope: "Read All") { call, context in
      let emails = Set(try app(call, context).users)
      let users = context.account.users.filter { emails.contains($0.email) }
      return try page(
        users.map { ["id": .integer($0.id), "email": .string($0.email)] }, call, context)
    },
    Route("GET /api/2/mfa/users/{user}/devices", scope: "Read All", devices),
    Route("GET /api/1/groups", scope: "Read All", groups),
  ]

  /// A list of version 1: rows under `data`, the cursor of the next page beside them.
  private static func groups(_ call: Call, _ context: Context) async throws -> Reply {
    let all = context.account.groups
    let size = min(
      call.parameter("limit").flatMap { Int($0) } ?? 50, context.account.largestPage ?? 50)
    let start = call.parameter("after_cursor").flatMap { Int($0) } ?? 0
    let rows = all.dropFirst(start).prefix(size)
    let next = start + rows.count < all.count ? start + rows.count : nil
    return Reply(json: [
      "status": ["error": false, "code": 200, "type": "success", "message": "Success"],
      "pagination": [
        "before_cursor": .null, "after_cursor": next.map { .string(String($0)) } ?? .null,
        "previous_link": .null, "next_link": .null,
      ],
      "data": .array(
        rows.map {
          ["id": .integer($0.id), "name": .string($0.name), "reference": .null]
        }),
    ])
  }

  private static func users(_ call: Call, _ context: Context) async throws -> Reply {
    let names = call.parameter("fields").map { Set($0.split(separator: ",").map(String.init)) }
    let rows = context.account.users.map { user -> JSON in
      let row: [String: JSON] = [
        "id": .integer(user.id), "email": .string(user.email), "username": .string(user.email),
        "firstname": .null, "lastname": .null, "status": .integer(user.status),
        "state": .integer(user.state), "group_id": user.group.map { .integer($0) } ?? .null,
        "trusted_idp_id": user.trustedProvider.map { .integer($0) } ?? .null, "role_ids": [5],
        "last_login": "2026-11-01T08:00:00.000Z", "updated_at": "2026-11-01T08:00:00.000Z",
      ]
      return .object(row.filter { names?.contains($0.key) != false })
    }
    return try page(rows, call, context)
  }

  private static func row(_ app: OneLoginApp) -> JSON {
    [
      "id": .integer(app.id), "name": .string(app.name), "visible": true,
      "policy_id": app.policy.map { .integer($0) } ?? .null, "role_ids": [5],
      "enforcement_point": .null,
    ]
  }

  private static func app(_ call: Call, _ context: Context) throws -> OneLoginApp {
    let id = Int(call.capture("app"))
    guard let app = context.account.apps.first(where: { $0.id == id }) else {
      throw Refusal(status: 404, code: "not_found", message: "The resource was not found")
    }
    return app
  }

  private static func devices(_ call: Call, _ context: Context) async throws -> Reply {
    let id = Int(call.capture("user"))
    guard let user = context.account.users.first(where: { $0.id == id }) else {
      throw Refusal(status: 404, code: "not_found", message: "The resource was not found")
    }
    let rows = user.devices.enumerated().map { index, factor -> JSON in
      [
        "device_id": .string("\(1000 + index)"), "user_display_name": "Phone",
        "type_display_name": .string(factor), "auth_factor_name": .string(factor),
        "default": .bool(index == 0),
      ]
    }
    return Reply(json: .array(rows))
  }

  /// A page of a list; the cursor of the next stands in a header.
  private static func page(_ rows: [JSON], _ call: Call, _ context: Context) throws -> Reply {
    let invalid = Refusal(
      status: 400, code: "BadRequestError", message: "The parameters are not valid")
    var size = 50
    if let text = call.parameter("limit") {
      guard let limit = Int(text), (1...100).contains(limit) else { throw invalid }
      size = limit
    }
    size = min(size, context.account.largestPage ?? size)
    var start = 0
    var turn = 0
    if let cursor = call.parameter("cursor"), !cursor.isEmpty {
      let parts = Hex.decode(cursor).map { String(decoding: $0, as: UTF8.self) }?
        .split(separator: ".").compactMap { Int($0) }
      guard let parts, parts.count == 2 else { throw invalid }
      (start, turn) = (parts[0], parts[1])
    }
    func cursor(_ position: Int, _ turn: Int) -> String { Hex.encode("\(position).\(turn)".utf8) }
    let shown = rows.dropFirst(start).prefix(size)
    var reply = Reply(json: .array(Array(shown)))
    reply.headers.append(("Total-Count", String(rows.count)))
    if start + shown.count < rows.count {
      let next = cursor(start + shown.count, 0)
      if !context.account.losesCursor { reply.headers.append(("After-Cursor", next)) }
      reply.headers.append(("Link", "<\(call.baseURL + call.path)?cursor=\(next)>; rel=\"next\""))
    }
    reply.page = Reply.Page(current: cursor(start, turn), again: cursor(start, turn + 1))
    return reply
  }
}
