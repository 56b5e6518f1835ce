internal import Foundation
internal import Synchronization

/// Answers as Auth0 does: the Management API v2 and the token endpoint.
final class Auth0API: VendorAPI {
  struct Context: Sendable {
    let tenant: Auth0Tenant
    let api: Auth0API
    let baseURL: String
  }

  private struct Token {
    var scopes: Set<String>
    var ends: Date
  }

  static let vendor = Vendor.auth0
  static let open = "-"
  /// The search shows no user beyond this one.
  static let searchCap = 1000

  let state: MockState
  let router: Router<Context>
  private let tokens = Mutex<[String: Token]>([:])

  init(state: MockState) {
    self.state = state
    router = Router(routes: Self.reads + [Route("POST /oauth/token", scope: Self.open, Self.token)])
  }

  func answer(_ call: Call, _ route: Route<Context>) async throws -> Reply {
    let tenant = await state.organisation.scenario[Auth0Tenant.self]
    if route.scope != Self.open {
      let parts = (call.headers["authorization"] ?? "").split(separator: " ").map(String.init)
      let token = parts.count == 2 && parts[0] == "Bearer" ? find(parts[1]) : nil
      guard let token else {
        throw Refusal(status: 401, code: "invalid_token", message: "Invalid token")
      }
      guard token.scopes.contains(route.scope) else {
        throw Refusal(
          status: 403, code: "insufficient_scope",
          message: "Insufficient scope, expected any of: \(route.scope)")
      }
    }
    return try await route.answer(
      call, Context(tenant: tenant, api: self, baseURL: call.baseURL))
  }

  private func find(_ text: String) -> Token? {
    tokens.withLock { $0[text] }.flatMap { $0.ends > .now ? $0 : nil }
  }

  func reply(to refusal: Refusal) -> Reply {
    if refusal.isOAuth {
      var reply = Reply(
        status: refusal.status,
        json: ["error": .string(refusal.code), "error_description": .string(refusal.message)])
      reply.headers += refusal.headers
      return reply
    }
    let names = [
      400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
      429: "Too Many Requests",
    ]
    var reply = Reply(
      status: refusal.status,
      json: [
        "statusCode": .integer(refusal.status),
        "error": .string(names[refusal.status] ?? "Internal Server Error"),
        "message": .string(refusal.message), "errorCode": .string(refusal.code),
      ])
    reply.headers += refusal.headers
    return reply
  }

  func finish(_ reply: inout Reply, _ call: Call) async {
    reply.setHeader("Date", HTTPDate.now())
    reply.headers += [("X-RateLimit-Limit", "1000"), ("X-RateLimit-Remaining", "999")]
    reply.headers.append(("X-RateLimit-Reset", String(Int(Date().timeIntervalSince1970) + 60)))
  }

  func limitRefusal(_ fault: Fault) -> Refusal {
    let reset = Int(Date().timeIntervalSince1970) + Int((fault.seconds ?? 1).rounded(.up))
    return Refusal(
      status: 429, code: "too_many_requests", message: "Global limit has been reached",
      headers: [
        ("X-RateLimit-Limit", "10"), ("X-RateLimit-Remaining", "0"),
        ("X-RateLimit-Reset", String(reset)),
      ])
  }

  func refusalCode(_ status: Int) -> String {
    let codes = [
      400: "invalid_query_string", 401: "invalid_token", 403: "insufficient_scope",
      404: "inexistent_resource",
    ]
    return codes[status] ?? "internal_error"
  }

  var rowsKey: String? { "users" }

  // MARK: Tokens

  private static func token(_ call: Call, _ context: Context) async throws -> Reply {
    func refuse(_ code: String, _ message: String, status: Int) -> Refusal {
      Refusal(status: status, code: code, message: message, isOAuth: true)
    }
    let type = call.headers["content-type"] ?? ""
    var values: [String: String] = [:]
    if type.hasPrefix("application/json") {
      values = (call.json ?? [:]).compactMapValues(\.text)
    } else if type.hasPrefix("application/x-www-form-urlencoded") {
      for (name, value) in Call.form(String(decoding: call.body, as: UTF8.self)) {
        values[name] = value
      }
    }
    guard values["grant_type"] == "client_credentials" else {
      throw refuse("unsupported_grant_type", "Unsupported grant type", status: 403)
    }
    guard values["client_id"] == context.tenant.clientID,
      values["client_secret"] == context.tenant.clientSecret
    else { throw refuse("access_denied", "Unauthorized", status: 401) }
    // Without the slash at the end it is another service.
    guard values["audience"] == context.baseURL + "/api/v2/" else {
      throw refuse("access_denied", "Service not found: \(values["audience"] ?? "")", status: 403)
    }
    let text = "eyJ.\(UInt64.random(in: .min ... .max)).mock"
    let token = Token(
      scopes: Set(context.tenant.scopes),
      ends: .now.addingTimeInterval(Double(context.tenant.tokenLifetime)))
    context.api.tokens.withLock { $0[text] = token }
    return Reply(json: [
      "access_token": .string(text), "token_type": "Bearer",
      "expires_in": .integer(context.tenant.tokenLifetime),
      "scope": .string(context.tenant.scopes.joined(separator: " ")),
    ])
  }
}
