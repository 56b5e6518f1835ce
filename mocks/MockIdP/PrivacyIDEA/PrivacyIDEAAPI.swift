internal import Foundation

/// Answers as privacyIDEA does: the sign-in of an administrator, and reads of policies, people and tokens.
struct PrivacyIDEAAPI: VendorAPI {
  struct Context: Sendable {
    let server: PrivacyIDEAServer
    let state: MockState
  }

  static let vendor = Vendor.privacyIDEA
  private static let open = "-"
  let state: MockState
  let router = Router<Context>(routes: [
    Route("POST /auth", scope: open, login),
    Route("GET /policy/", scope: "policyread", policies),
    Route("GET /event/", scope: "eventhandling_read", handlers),
    Route("GET /user/", scope: "userlist", users),
    Route("GET /token/", scope: "tokenlist", tokens),
  ])

  func answer(_ call: Call, _ route: Route<Context>) async throws -> Reply {
    let server = await state.organisation.scenario[PrivacyIDEAServer.self]
    if route.scope != Self.open {
      // The server reads its own header first, and takes a plain token in the usual one.
      let text = call.headers["pi-authorization"] ?? call.headers["authorization"] ?? ""
      guard let token = await state.accessToken(text), token.expires > .now else {
        throw Refusal(
          status: 401, code: "4033", message: "Authentication failure. Error during decoding.")
      }
      guard server.rights.contains(route.scope) else {
        throw Refusal(
          status: 403, code: "303",
          message: "Admin actions are defined, but the action \(route.scope) is not allowed!")
      }
    }
    return try await route.answer(call, Context(server: server, state: state))
  }

  func reply(to refusal: Refusal) -> Reply {
    var reply = Reply(
      status: refusal.status,
      json: [
        "id": 1, "jsonrpc": "2.0", "detail": nil, "version": "privacyIDEA 3.14",
        "result": [
          "status": false,
          "error": [
            "code": .integer(Int(refusal.code) ?? 905), "message": .string(refusal.message),
          ],
        ],
      ])
    reply.headers += refusal.headers
    return reply
  }

  func refusalCode(_ status: Int) -> String {
    [401: "4031", 403: "303", 404: "601"][status] ?? "905"
  }

  func limitRefusal(_ fault: Fault) -> Refusal {
    let seconds = String(Int((fault.seconds ?? 1).rounded(.up)))
    return Refusal(
      status: 429, code: "905", message: "Too Many Requests",
      headers: fault.text == nil ? [("Retry-After", seconds)] : [])
  }

  /// Pages are counted: nothing names a next one.
  func setNext(_ next: String?, _ reply: inout Reply) {}

  private static func envelope(_ value: JSON, detail: JSON = nil) -> Reply {
    Reply(json: [
      "id": 1, "jsonrpc": "2.0", "detail": detail, "version": "privacyIDEA 3.14",
      "versionnumber": "3.14", "time": 1_790_000_000.5, "signature": "rsa_sha256_pss:00",
      "result": ["status": true, "value": value],
    ])
  }

  private static func refuseUnknown(_ call: Call, _ allowed: Set<String>) throws {
    if let strange = call.parameters.first(where: { !allowed.contains($0.name) }) {
      throw Refusal(status: 400, code: "905", message: "Unknown parameter \(strange.name)")
    }
  }

  // MARK: Endpoints

  @Sendable private static func login(_ call: Call, _ context: Context) async throws -> Reply {
    let isForm = (call.headers["content-type"] ?? "").hasPrefix("application/x-www-form-urlencoded")
    let form = Dictionary(
      Call.form(isForm ? String(decoding: call.body, as: UTF8.self) : "")
        .map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    let name = form["username"] ?? call.json?["username"]?.text
    let password = form["password"] ?? call.json?["password"]?.text
    let server = context.server
    guard name == server.username, password == server.password else {
      throw Refusal(
        status: 401, code: "4031", message: "Authentication failure. Wrong credentials")
    }
    if server.asksAdministrator {
      return envelope(false, detail: ["multi_challenge": [["client_mode": "interactive"]]])
    }
    let text = await context.state.issue(
      .init(
        client: OAuthClient(server.username, keys: []), scopes: [],
        expires: Date().addingTimeInterval(3600)))
    return envelope([
      "token": .string(text), "role": "admin", "username": .string(server.username), "realm": "",
      "rights": .strings(server.rights),
    ])
  }

  @Sendable private static func policies(_ call: Call, _ context: Context) throws -> Reply {
    try refuseUnknown(call, ["scope", "active", "name", "realm"])
    let rest: JSON = [
      "scope": "authentication", "active": true, "realm": [], "resolver": [], "user": [],
      "client": [], "adminrealm": [], "adminuser": [], "time": "", "priority": 1,
      "conditions": [], "check_all_resolvers": false, "user_case_insensitive": false,
      "user_agents": [], "pinode": [], "description": "",
    ]
    var all = (context.server.policies + context.server.userPolicies).map { rest.merging($0) }
    if call.parameter("active") == "true" { all = all.filter { $0["active"]?.isTrue == true } }
    if let scope = call.parameter("scope") { all = all.filter { $0["scope"]?.text == scope } }
    guard context.server.namesPolicies else { return envelope(.array(all)) }
    return envelope(
      .object(Dictionary(all.map { ($0["name"]?.text ?? "", $0) }, uniquingKeysWith: { $1 })))
  }

  @Sendable private static func handlers(_ call: Call, _ context: Context) throws -> Reply {
    try refuseUnknown(call, [])
    let rest: JSON = [
      "id": 1, "active": true, "event": ["validate_check"], "action": "sendmail",
      "condition": "", "conditions": [:], "options": [:], "ordering": 0, "position": "post",
    ]
    return envelope(.array(context.server.eventHandlers.map { rest.merging($0) }))
  }

  @Sendable private static func users(_ call: Call, _ context: Context) throws -> Reply {
    try refuseUnknown(call, ["realm", "username", "has_tokens", "resolver"])
    let server = context.server
    guard call.parameter("realm")?.lowercased() == server.realm.lowercased() else {
      return envelope([])
    }
    let rows = server.users.enumerated().map { index, user -> JSON in
      [
        "userid": .string("uid-\(user.username)"), "username": .string(user.username),
        "email": .string(user.email), "resolver": .string(user.resolver), "givenname": "",
        "surname": "", "phone": "", "mobile": "", "editable": false, "description": "",
      ]
    }
    let detail: JSON =
      server.skippedResolvers.isEmpty
      ? nil : ["skipped_resolvers": .strings(server.skippedResolvers)]
    return envelope(.array(rows), detail: detail)
  }

  @Sendable private static func tokens(_ call: Call, _ context: Context) throws -> Reply {
    try refuseUnknown(call, ["user", "realm", "page", "pagesize", "serial", "type", "assigned"])
    let page = Int(call.parameter("page") ?? "1") ?? 0
    let size = Int(call.parameter("pagesize") ?? "15") ?? 0
    guard page > 0, size > 0, size <= 1000 else {
      throw Refusal(status: 400, code: "905", message: "Wrong page")
    }
    var all = Array(context.server.tokens.enumerated())
    if let user = call.parameter("user") { all = all.filter { $0.element.username == user } }
    // Names of realms have no case; the server keeps them in lower case.
    if let realm = call.parameter("realm"), realm.lowercased() != context.server.realm { all = [] }
    let start = (page - 1) * size
    let rows = all.dropFirst(start).prefix(size).map { index, token -> JSON in
      [
        "serial": .string(token.serial ?? "PI\(index)"), "tokentype": .string(token.type),
        "active": .bool(token.active), "revoked": .bool(token.revoked),
        "locked": .bool(token.locked), "failcount": 0, "maxfail": 10,
        "rollout_state": .string(token.rolloutState), "username": .string(token.username),
        "realms": .strings(token.username.isEmpty ? [] : [context.server.realm]),
        "resolver": .string(token.resolver), "description": "", "info": .object(token.info),
      ]
    }
    return envelope([
      "tokens": .array(rows), "count": .integer(all.count), "current": .integer(page),
      "next": start + size < all.count ? .integer(page + 1) : nil,
      "prev": page > 1 ? .integer(page - 1) : nil,
    ])
  }
}
