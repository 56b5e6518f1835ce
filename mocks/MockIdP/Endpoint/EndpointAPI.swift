internal import Foundation

/// Answers as a configurable HTTP endpoint with JSON.
///
/// Strict: unknown query parameters, wrong media types and sizes that are no numbers are refused with 400.
struct EndpointAPI: VendorAPI {
  /// What is answered from.
  struct Context: Sendable {
    let endpoint: JSONEndpoint
    let state: MockState
  }

  static let vendor = Vendor.json
  let state: MockState
  let router = Router(routes: EndpointReads.routes + EndpointTokens.routes)

  func answer(_ call: Call, _ route: Route<Context>) async throws -> Reply {
    let endpoint = await state.organisation.scenario[JSONEndpoint.self]
    let context = Context(endpoint: endpoint, state: state)
    if route.scope == EndpointTokens.open { return try await route.answer(call, context) }
    try await authorize(call, endpoint)
    let accept = call.headers["accept"] ?? "*/*"
    guard
      ["application/json", "application/*", "*/*", "application/x-ndjson"].contains(
        where: accept.contains)
    else {
      throw Refusal(status: 406, code: "not_acceptable", message: "Only JSON is served here.")
    }
    var reply = try await route.answer(call, context)
    if let charset = endpoint.charset {
      if charset == "iso-8859-1" {
        let text = String(decoding: reply.body, as: UTF8.self)
        reply.body = text.unicodeScalars.map { $0.value < 256 ? UInt8($0.value) : 0x3F }
      }
      reply.setHeader("Content-Type", "application/json; charset=\(charset)")
    }
    return reply
  }

  private func authorize(_ call: Call, _ endpoint: JSONEndpoint) async throws {
    let sent = call.headers["authorization"] ?? ""
    let isRight: Bool
    switch endpoint.credentials {
    case .none: isRight = true
    case .basic:
      let pair = Data("\(endpoint.user):\(endpoint.secret)".utf8).base64EncodedString()
      isRight = sent == "Basic \(pair)"
    case .bearer: isRight = sent == "Bearer \(endpoint.secret)"
    case .header: isRight = call.headers[endpoint.user.lowercased()] == endpoint.secret
    case .query: isRight = call.parameter(endpoint.user) == endpoint.secret
    case .clientCredentials, .login:
      let token =
        sent.hasPrefix("Bearer ") ? await state.accessToken(String(sent.dropFirst(7))) : nil
      isRight = token.map { $0.expires > Date() } ?? false
    }
    guard isRight else {
      throw Refusal(
        status: 401, code: "unauthorized", message: "The credentials are not valid.",
        headers: [("WWW-Authenticate", "Bearer realm=\"people\"")])
    }
  }

  func reply(to refusal: Refusal) -> Reply {
    let body: JSON =
      refusal.isOAuth
      ? ["error": .string(refusal.code), "error_description": .string(refusal.message)]
      : ["error": ["code": .string(refusal.code), "message": .string(refusal.message)]]
    var reply = Reply(status: refusal.status, json: body)
    reply.headers += refusal.headers
    return reply
  }

  func finish(_ reply: inout Reply, _ call: Call) async {
    reply.setHeader("Date", HTTPDate.now())
  }

  /// Wherever this list names its next page.
  func setNext(_ next: String?, _ reply: inout Reply) {
    if reply.header("After-Cursor") != nil {
      reply.setHeader("After-Cursor", next)
    } else if reply.header("Link") != nil {
      reply.setHeader("Link", next.map { "<\($0)>; rel=\"next\"" })
    } else if var body = try? JSON(parsing: reply.body), body["meta"] != nil {
      body["meta"]?["next"] = next.map { .string($0) }
      reply.body = body.bytes
    }
  }

  var rowsKey: String? { "data" }
}

/// The token endpoint of an endpoint: client credentials (RFC 6749).
enum EndpointTokens {
  typealias Context = EndpointAPI.Context

  /// The scope of what needs no token.
  static let open = "open"

  static let routes: [Route<Context>] = [
    Route("POST /oauth/token", scope: open, token), Route("POST /login", scope: open, login),
  ]

  /// A token for a name and a secret, as endpoints give that know no OAuth.
  private static func login(_ call: Call, _ context: Context) async throws -> Reply {
    let endpoint = context.endpoint
    guard endpoint.credentials == .login else {
      throw Refusal(status: 404, code: "not_found", message: "There is no log-in.")
    }
    guard call.headers["content-type"]?.hasPrefix("application/json") == true,
      call.json?["name"]?.text == endpoint.user, call.json?["secret"]?.text == endpoint.secret
    else {
      throw Refusal(status: 401, code: "unauthorized", message: "The log-in is not valid.")
    }
    let lifetime = endpoint.tokenLifetime ?? 300
    let text = await context.state.issue(
      .init(
        client: OAuthClient(endpoint.user, keys: []), scopes: [],
        expires: Date().addingTimeInterval(Double(lifetime))))
    return Reply(json: ["access_token": .string(text), "expires_in": .integer(lifetime)])
  }

  private static func token(_ call: Call, _ context: Context) async throws -> Reply {
    let endpoint = context.endpoint
    func refuse(_ code: String, _ message: String, _ status: Int = 400) -> Refusal {
      Refusal(status: status, code: code, message: message, isOAuth: true)
    }
    let parameters = try parameters(call, isJSON: endpoint.wantsJSONBody, refuse)
    guard parameters["grant_type"] == "client_credentials" else {
      throw refuse("unsupported_grant_type", "Only client_credentials is supported.")
    }
    let client = endpoint.wantsSecretInForm ? form(parameters) : basic(call)
    guard client?.id == endpoint.user, client?.secret == endpoint.secret else {
      throw refuse("invalid_client", "The client is not known.", 401)
    }
    if let audience = endpoint.audience, parameters["audience"] != audience {
      throw refuse("invalid_request", "The audience is missing.")
    }
    let lifetime = endpoint.tokenLifetime ?? 300
    let text = await context.state.issue(
      .init(
        client: OAuthClient(endpoint.user, keys: []), scopes: [],
        expires: Date().addingTimeInterval(Double(lifetime))))
    var reply: [String: JSON] = ["access_token": .string(text), "token_type": "Bearer"]
    if let lifetime = endpoint.tokenLifetime { reply["expires_in"] = .integer(lifetime) }
    return Reply(json: .object(reply))
  }

  private static func parameters(
    _ call: Call, isJSON: Bool, _ refuse: (String, String, Int) -> Refusal
  ) throws -> [String: String] {
    let type = call.headers["content-type"] ?? ""
    let expected = isJSON ? "application/json" : "application/x-www-form-urlencoded"
    guard type.hasPrefix(expected) else {
      throw refuse("invalid_request", "Send \(expected).", 400)
    }
    if isJSON { return (call.json ?? [:]).compactMapValues(\.text) }
    return Dictionary(
      Call.form(String(decoding: call.body, as: UTF8.self)).map { ($0.name, $0.value) }
    ) { first, _ in first }
  }

  private static func form(_ parameters: [String: String]) -> (id: String, secret: String)? {
    guard let id = parameters["client_id"], let secret = parameters["client_secret"] else {
      return nil
    }
    return (id, secret)
  }

  /// RFC 6749 §2.3.1: both parts are form-encoded before they are joined.
  private static func basic(_ call: Call) -> (id: String, secret: String)? {
    let header = call.headers["authorization"] ?? ""
    guard header.hasPrefix("Basic "),
      let data = Data(base64Encoded: String(header.dropFirst(6)))
    else { return nil }
    let parts = String(decoding: data, as: UTF8.self).split(separator: ":", maxSplits: 1)
    let decoded = parts.compactMap { $0.replacing("+", with: " ").removingPercentEncoding }
    return decoded.count == 2 ? (decoded[0], decoded[1]) : nil
  }
}
