internal import Foundation

/// Answers as Okta does: the management API of both engines and the org authorization server.
struct OktaAPI: VendorAPI {
  /// The organisation that is asked, and where it lives.
  struct Context: Sendable {
    let organisation: Organisation
    let state: MockState
    let baseURL: String
    /// The scopes of the caller; nil is everything.
    let scopes: Set<String>?

    var okta: OktaOrganisation { organisation.scenario.okta }
    var isClassic: Bool { okta.pipeline == "v1" }
  }

  static let vendor = Vendor.okta
  /// The scope of endpoints that ask for no credentials.
  static let open = "-"
  let state: MockState
  let router = Router(
    routes: OktaTokenEndpoint.routes + OktaDirectoryReads.routes + OktaAppReads.routes
      + OktaPolicyReads.routes + OktaOtherReads.routes)

  func answer(_ call: Call, _ route: Route<Context>) async throws -> Reply {
    let organisation = await state.organisation
    if ["POST", "PUT"].contains(call.method), call.body.isEmpty,
      call.headers["content-length"] == nil
    {
      throw Refusal(status: 411, code: "E0000001", message: "Content-Length is required.")
    }
    let scopes = route.scope == Self.open ? nil : try await authorize(call, organisation)
    let window = await state.spendOktaRequest(of: Self.family(route.template))
    let limits: [(name: String, value: String)] = [
      ("X-Rate-Limit-Limit", String(window.limit)),
      ("X-Rate-Limit-Remaining", String(max(0, window.remaining))),
      ("X-Rate-Limit-Reset", String(Int(window.reset.timeIntervalSince1970.rounded(.up)))),
    ]
    do {
      for (text, kind) in organisation.scenario.okta.pageFaults
      where "\(call.path)?\(call.query)".contains(text) {
        let fault = Fault(.okta, route.template, kind)
        if let refusal = fault.refusal(self) { throw refusal }
        return Reply(
          status: 200, headers: [("Content-Type", "application/json")], body: Array("{".utf8))
      }
      guard window.remaining >= 0 else {
        throw Refusal(
          status: 429, code: "E0000047",
          message: "API call exceeded rate limit due to too many requests.")
      }
      guard route.scope == Self.open || scopes?.contains(route.scope) != false else {
        throw Refusal(
          status: 403, code: "E0000006",
          message: "You do not have permission to perform the requested action")
      }
      let context = Context(
        organisation: organisation, state: state, baseURL: call.baseURL, scopes: scopes)
      var reply = try await route.answer(call, context)
      reply.headers += limits
      return reply
    } catch var refusal as Refusal {
      refusal.headers += limits
      throw refusal
    }
  }

  /// The endpoint family whose bucket a request counts in.
  static func family(_ template: String) -> String {
    let path = template.split(separator: " ").last.map(String.init) ?? template
    let parts = path.split(separator: "/")
    let isOne = parts.count > 3 && parts[0] == "api"
    return "/" + parts.prefix(isOne ? 4 : 3).joined(separator: "/")
  }

  /// Checks the credentials and returns the caller's scopes; nil is everything.
  private func authorize(_ call: Call, _ organisation: Organisation) async throws -> Set<String>? {
    let parts = (call.headers["authorization"] ?? "").split(separator: " ").map(String.init)
    let invalid = Refusal(status: 401, code: "E0000011", message: "Invalid token provided")
    guard parts.count == 2 else { throw invalid }
    switch parts[0].lowercased() {
    case "ssws":
      let tokens = organisation.scenario.okta.tokens
      guard let token = tokens.first(where: { $0.token == parts[1] }), !token.isExpired else {
        throw invalid
      }
      return token.scopes.map { Set($0) }
    case "bearer":
      guard let token = await state.accessToken(parts[1]), token.expires > .now else {
        var refusal = invalid
        refusal.headers = [
          (
            "WWW-Authenticate",
            "Bearer realm=\"IdpMyAccountAPI\", error=\"invalid_token\", "
              + "error_description=\"The access token is invalid or has expired.\""
          )
        ]
        throw refusal
      }
      // Scopes alone are not enough: the app needs an admin role as well.
      return token.client.hasAdminRole ? token.scopes : []
    default: throw invalid
    }
  }

  func reply(to refusal: Refusal) -> Reply {
    var reply: Reply
    if refusal.isOAuth {
      reply = Reply(
        status: refusal.status,
        json: [
          "error": .string(refusal.code), "error_description": .string(refusal.message),
        ])
    } else {
      let codes = [
        "not_found": "E0000007", "method_not_allowed": "E0000022", "internal": "E0000009",
      ]
      let code = JSON.string(codes[refusal.code] ?? refusal.code)
      reply = Reply(
        status: refusal.status,
        json: [
          "errorCode": code, "errorSummary": .string(refusal.message), "errorLink": code,
          "errorId": .string("oae" + String(Identifier.hash(refusal.message), radix: 36)),
          "errorCauses": [],
        ])
    }
    reply.headers += refusal.headers
    return reply
  }

  func finish(_ reply: inout Reply, _ call: Call) async {
    let page = call.path + (call.query.isEmpty ? "" : "?" + call.query)
    for edit in await state.organisation.scenario.okta.pageEdits where edit.page == page {
      guard let document = try? JSON(parsing: reply.body) else { continue }
      reply.body = edit.applied(to: document).bytes
    }
    let serial = await state.nextSerial()
    reply.setHeader("X-Okta-Request-Id", Identifier.okta("req", "request \(serial)"))
    reply.setHeader("Date", HTTPDate.now())
    reply.setHeader("Cache-Control", "no-cache, no-store")
  }

  /// The refusal of a request that makes no sense.
  static func invalid(_ message: String) -> Refusal {
    Refusal(status: 400, code: "E0000001", message: "Api validation failed: \(message)")
  }

  /// The refusal for something that is not there.
  static func notFound(_ what: String) -> Refusal {
    Refusal(
      status: 404, code: "E0000007", message: "Not found: Resource not found: \(what)")
  }
}
