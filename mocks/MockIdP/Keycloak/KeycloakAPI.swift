internal import Foundation

/// Answers as Keycloak does: the token endpoint and the reads of the Admin REST API.
struct KeycloakAPI: VendorAPI {
  /// The realm that is asked, and what the caller may see.
  struct Context: Sendable {
    let realm: KeycloakRealmIndex
    let state: MockState
    let roles: Set<String>

    var tenant: KeycloakTenant { realm.tenant }
  }

  static let vendor = Vendor.keycloak
  /// The role of endpoints that ask for no token.
  static let open = "-"
  let state: MockState
  let router = Router(routes: KeycloakReads.routes + KeycloakPeopleReads.routes + [token])

  func answer(_ call: Call, _ route: Route<Context>) async throws -> Reply {
    let tenant = await state.organisation.scenario[KeycloakTenant.self]
    guard route.scope != Self.open else {
      return try await route.answer(
        call, Context(realm: KeycloakRealmIndex(tenant), state: state, roles: []))
    }
    let roles = try await authorize(call, tenant)
    guard call.capture("realm") == tenant.realm else {
      throw Refusal(status: 404, code: "not_found", message: "Realm not found.")
    }
    guard route.scope.split(separator: "|").contains(where: { roles.contains(String($0)) }) else {
      throw Refusal(status: 403, code: "forbidden", message: "HTTP 403 Forbidden")
    }
    return try await route.answer(
      call, Context(realm: KeycloakRealmIndex(tenant), state: state, roles: roles))
  }

  private func authorize(_ call: Call, _ tenant: KeycloakTenant) async throws -> Set<String> {
    let parts = (call.headers["authorization"] ?? "").split(separator: " ").map(String.init)
    guard parts.count == 2, parts[0].lowercased() == "bearer",
      let token = await state.accessToken(parts[1]), token.expires > .now,
      let service = tenant.services.first(where: { $0.id == token.client.id })
    else {
      throw Refusal(status: 401, code: "unauthorized", message: "HTTP 401 Unauthorized")
    }
    return Set(service.roles)
  }

  func reply(to refusal: Refusal) -> Reply {
    var json: [String: JSON] = ["error": .string(refusal.message)]
    if refusal.isOAuth {
      json = ["error": .string(refusal.code), "error_description": .string(refusal.message)]
    } else if refusal.status == 400 {
      json = ["errorMessage": .string(refusal.message)]
    }
    var reply = Reply(status: refusal.status, json: .object(json))
    reply.headers += refusal.headers
    return reply
  }

  func finish(_ reply: inout Reply, _ call: Call) async {
    reply.setHeader("Cache-Control", "no-cache")
    reply.setHeader("Date", HTTPDate.now())
  }

  /// Keycloak has no limit of its own; what a proxy before it says.
  func limitRefusal(_ fault: Fault) -> Refusal {
    let seconds = String(Int((fault.seconds ?? 1).rounded(.up)))
    return Refusal(
      status: 429, code: "limited", message: "Too Many Requests",
      headers: fault.text == nil ? [("Retry-After", seconds)] : [])
  }

  /// Lists are counted in rows: nothing names a next page.
  func setNext(_ next: String?, _ reply: inout Reply) {}

  // MARK: Tokens

  private static let token = Route<Context>(
    "POST /realms/{realm}/protocol/openid-connect/token", scope: open
  ) { call, context in
    let tenant = context.tenant
    guard call.capture("realm") == tenant.authRealm ?? tenant.realm else {
      throw Refusal(status: 404, code: "Realm does not exist", message: "", isOAuth: true)
    }
    let type = call.headers["content-type"] ?? ""
    guard type.hasPrefix("application/x-www-form-urlencoded") else {
      throw Refusal(status: 415, code: "invalid_request", message: "Not a form.", isOAuth: true)
    }
    var form: [String: String] = [:]
    for (name, value) in Call.form(String(decoding: call.body, as: UTF8.self)) {
      guard form.updateValue(value, forKey: name) == nil else {
        throw Refusal(
          status: 400, code: "invalid_request", message: "duplicated parameter", isOAuth: true)
      }
    }
    let (id, secret) = credentials(call, form)
    guard let service = tenant.services.first(where: { $0.id == id }), service.secret == secret
    else {
      throw Refusal(
        status: 401, code: "invalid_client",
        message: "Invalid client or Invalid client credentials", isOAuth: true)
    }
    guard form["grant_type"] == "client_credentials" else {
      throw Refusal(
        status: 400, code: "unsupported_grant_type", message: "Unsupported grant_type",
        isOAuth: true)
    }
    guard service.hasServiceAccount else {
      throw Refusal(
        status: 401, code: "unauthorized_client",
        message: "Client not enabled to retrieve service account", isOAuth: true)
    }
    let text = await context.state.issue(
      .init(
        client: OAuthClient(service.id, keys: []), scopes: Set(service.roles),
        expires: Date().addingTimeInterval(Double(tenant.tokenLifetime))))
    return Reply(json: [
      "access_token": .string(text), "expires_in": .integer(tenant.tokenLifetime),
      "refresh_expires_in": 0, "token_type": "Bearer", "not-before-policy": 0, "scope": "profile",
    ])
  }

  /// The client's id and secret: from HTTP Basic, encoded as in a form, or from the body.
  private static func credentials(
    _ call: Call, _ form: [String: String]
  ) -> (id: String?, secret: String?) {
    let parts = (call.headers["authorization"] ?? "").split(separator: " ").map(String.init)
    guard parts.count == 2, parts[0].lowercased() == "basic",
      let data = Data(base64Encoded: parts[1])
    else { return (form["client_id"], form["client_secret"]) }
    let pair = String(decoding: data, as: UTF8.self)
      .split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      .map { $0.replacing("+", with: " ").removingPercentEncoding }
    return (pair.first ?? nil, pair.count > 1 ? pair[1] : nil)
  }
}
