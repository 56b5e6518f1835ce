internal import Foundation

/// Answers as PingOne does: the platform API under `/v1`, and tokens under `/as/token`.
struct PingOneAPI: VendorAPI {
  /// The environment that is asked.
  struct Context: Sendable {
    let tenant: PingOneTenant
    let state: MockState
  }

  static let vendor = Vendor.pingOne
  /// The scope of the token endpoint.
  static let open = "-"
  let state: MockState
  let router = Router(
    routes: PingOneReads.routes + [Route("POST /{env}/as/token", scope: open, token)])

  func answer(_ call: Call, _ route: Route<Context>) async throws -> Reply {
    let tenant = await state.organisation.scenario[PingOneTenant.self]
    let context = Context(tenant: tenant, state: state)
    if route.scope == Self.open { return try await route.answer(call, context) }
    let parts = (call.headers["authorization"] ?? "").split(separator: " ").map(String.init)
    guard parts.count == 2, parts[0] == "Bearer", let token = await state.accessToken(parts[1]),
      token.expires > .now
    else {
      throw Refusal(
        status: 401, code: "INVALID_TOKEN",
        message: "The access token provided is expired, revoked, malformed, or invalid.")
    }
    guard call.capture("env") == tenant.environment else {
      throw Self.missing("Unable to find environment with ID: '\(call.capture("env"))'")
    }
    guard token.scopes.contains(route.scope) else {
      throw Refusal(
        status: 403, code: "ACCESS_FAILED",
        message: "The actor attempting to perform the request is not authorized.")
    }
    return try await route.answer(call, context)
  }

  // MARK: Tokens

  private static func token(_ call: Call, _ context: Context) async throws -> Reply {
    let tenant = context.tenant
    func refuse(_ status: Int, _ code: String, _ message: String) -> Refusal {
      Refusal(status: status, code: code, message: message, isOAuth: true)
    }
    guard call.headers["content-type"]?.hasPrefix("application/x-www-form-urlencoded") == true
    else { throw refuse(400, "invalid_request", "The request must be form encoded") }
    var values: [String: String] = [:]
    for (name, value) in Call.form(String(decoding: call.body, as: UTF8.self)) {
      values[name] = value
    }
    guard call.capture("env") == tenant.workerEnvironment else {
      throw missing("The environment is not known")
    }
    let found = tenant.usesPost ? named(values) : named(call.headers["authorization"] ?? "")
    guard let found, found == (tenant.clientID, tenant.clientSecret) else {
      throw refuse(
        401, "invalid_client", "Request denied: Unsupported authentication method or credentials")
    }
    guard values["grant_type"] == "client_credentials" else {
      throw refuse(400, "unsupported_grant_type", "The grant type is not supported")
    }
    let text = await context.state.issue(
      .init(
        client: OAuthClient(tenant.clientID, keys: []), scopes: Set(tenant.roles),
        expires: Date().addingTimeInterval(3600)))
    return Reply(json: [
      "access_token": .string(text), "token_type": "Bearer", "expires_in": 3600,
    ])
  }

  private static func named(_ values: [String: String]) -> (String, String)? {
    guard let id = values["client_id"], let secret = values["client_secret"] else { return nil }
    return (id, secret)
  }

  /// The id and secret of a Basic header, each form-encoded as RFC 6749 wants it.
  private static func named(_ header: String) -> (String, String)? {
    let words = header.split(separator: " ").map(String.init)
    guard words.count == 2, words[0] == "Basic", let data = Data(base64Encoded: words[1]) else {
      return nil
    }
    let parts = String(decoding: data, as: UTF8.self)
      .split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      .map { $0.replacing("+", with: " ").removingPercentEncoding ?? "" }
    return parts.count == 2 ? (parts[0], parts[1]) : nil
  }

  // MARK: Refusals

  static func missing(_ message: String) -> Refusal {
    Refusal(status: 404, code: "NOT_FOUND", message: message)
  }

  func reply(to refusal: Refusal) -> Reply {
    var reply: Reply
    if refusal.isOAuth {
      reply = Reply(
        status: refusal.status,
        json: ["error": .string(refusal.code), "error_description": .string(refusal.message)])
    } else {
      let codes = [
        "not_found": "NOT_FOUND", "method_not_allowed": "METHOD_NOT_ALLOWED",
        "internal": "UNEXPECTED_ERROR",
      ]
      let code = codes[refusal.code] ?? refusal.code
      reply = Reply(
        status: refusal.status,
        json: [
          "id": "0f1e2d3c-0000-4000-8000-000000000000", "code": .string(code),
          "message": .string(refusal.message),
          "details": [["code": .string(code), "message": .string(refusal.message)]],
        ])
    }
    reply.headers += refusal.headers
    return reply
  }

  func finish(_ reply: inout Reply, _ call: Call) async {
    reply.setHeader("Date", HTTPDate.now())
  }

  func limitRefusal(_ fault: Fault) -> Refusal {
    let wait = fault.text == nil ? String(Int((fault.seconds ?? 1).rounded(.up))) : nil
    return Refusal(
      status: 429, code: "REQUEST_LIMITED", message: "Too many requests.",
      headers: wait.map { [("Retry-After", $0)] } ?? [])
  }

  func refusalCode(_ status: Int) -> String {
    let codes = [
      400: "INVALID_REQUEST", 401: "INVALID_TOKEN", 403: "ACCESS_FAILED", 404: "NOT_FOUND",
      429: "REQUEST_LIMITED",
    ]
    return codes[status] ?? "UNEXPECTED_ERROR"
  }

  func setNext(_ next: String?, _ reply: inout Reply) {
    guard var body = try? JSON(parsing: reply.body), body["_links"] != nil else { return }
    let link: JSON = if let next { ["href": .string(next)] } else { [:] }
    body[path: "_links.next"] = link
    reply.body = body.bytes
  }

  var rowsKeys: [String] {
    [
      "users", "devices", "applications", "signOnPolicyAssignments", "flowPolicyAssignments",
      "signOnPolicies", "actions", "deviceAuthenticationPolicies",
    ].map { "_embedded.\($0)" }
  }
}
