internal import Foundation

/// Answers as Microsoft Graph and the token endpoint of Entra ID do.
struct EntraAPI: VendorAPI {
  /// The tenant that is asked.
  struct Context: Sendable {
    let api: EntraAPI
    let directory: EntraDirectory
    var tenant: EntraTenant { directory.tenant }
  }

  static let vendor = Vendor.entra
  /// The scope of endpoints that ask for no credentials.
  static let open = "-"
  /// The scope of endpoints for which any token will do.
  static let any = "*"

  let state: MockState
  let baseURL: String
  let pace: EntraPace
  let router = Router(
    routes: EntraTokenEndpoint.routes + EntraDirectoryReads.routes + EntraPolicyReads.routes
      + EntraBatch.routes)

  init(state: MockState, baseURL: String) {
    self.state = state
    self.baseURL = baseURL
    pace = EntraPace()
  }

  func answer(_ call: Call, _ route: Route<Context>) async throws -> Reply {
    let organisation = await state.organisation
    let directory = await pace.directory(of: organisation)
    if route.scope != Self.open {
      try await authorize(call, route.scope, directory.tenant)
      try checkLicence(route.template, directory.tenant)
      if let rate = directory.tenant.conditionalAccessRate,
        route.template.contains("/identity/conditionalAccess/"),
        await !pace.admits(rate)
      {
        // This service says no word about when to come back.
        throw Refusal(status: 429, code: "TooManyRequests", message: "Too many requests.")
      }
    }
    return try await route.answer(call, Context(api: self, directory: directory))
  }

  private func authorize(_ call: Call, _ scope: String, _ tenant: EntraTenant) async throws {
    let parts = (call.headers["authorization"] ?? "").split(separator: " ").map(String.init)
    guard parts.count == 2, parts[0].lowercased() == "bearer",
      let token = await state.accessToken(parts[1]), token.expires > .now
    else {
      throw Refusal(
        status: 401, code: "InvalidAuthenticationToken",
        message: "Access token has expired or is not yet valid.",
        headers: [("WWW-Authenticate", "Bearer error=\"invalid_token\"")])
    }
    let allowed = scope.split(separator: "|").map(String.init)
    guard scope == Self.any || !token.scopes.isDisjoint(with: allowed) else {
      throw Refusal(
        status: 403, code: "Authorization_RequestDenied",
        message: "Insufficient privileges to complete the operation.")
    }
  }

  private func checkLicence(_ template: String, _ tenant: EntraTenant) throws {
    guard !tenant.isPremium,
      template.contains("/conditionalAccess/") || template.contains("/reports/")
    else { return }
    throw Refusal(
      status: 403, code: "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
      message: "Neither tenant is B2C or tenant doesn't have premium license")
  }

  func reply(to refusal: Refusal) -> Reply {
    var reply: Reply
    if refusal.isOAuth {
      let number = Int(refusal.message.prefix { $0 != ":" }.filter(\.isNumber)) ?? 0
      reply = Reply(
        status: refusal.status,
        json: [
          "error": .string(refusal.code), "error_description": .string(refusal.message),
          "error_codes": [.integer(number)], "timestamp": "2026-06-02 05:00:00Z",
          "trace_id": .string(Identifier.uuid("trace")),
          "correlation_id": .string(Identifier.uuid("correlation")),
        ])
    } else {
      let codes = [
        "not_found": "ResourceNotFound", "method_not_allowed": "Request_BadRequest",
        "internal": "InternalServerError",
      ]
      reply = Reply(
        status: refusal.status,
        json: [
          "error": [
            "code": .string(codes[refusal.code] ?? refusal.code),
            "message": .string(refusal.message),
            "innerError": [
              "date": "2026-06-02T05:00:00", "request-id": .string(Identifier.uuid("request")),
              "client-request-id": .string(Identifier.uuid("client request")),
            ],
          ]
        ])
    }
    reply.headers += refusal.headers
    return reply
  }

  func finish(_ reply: inout Reply, _ call: Call) async {
    let serial = await state.nextSerial()
    reply.setHeader("request-id", Identifier.uuid("request \(serial)"))
    if let own = call.headers["client-request-id"] { reply.setHeader("client-request-id", own) }
    reply.setHeader("Date", HTTPDate.now())
    await state.organisation.scenario[EntraTenant.self].damage?.apply(to: &reply, of: call)
  }

  // MARK: Faults

  func limitRefusal(_ fault: Fault) -> Refusal {
    let seconds = fault.seconds.map { String(Int($0.rounded(.up))) }
    return Refusal(
      status: 429, code: "TooManyRequests", message: "Too many requests.",
      // Conditional Access names no time; the others do.
      headers: seconds.map { [("Retry-After", $0)] } ?? [])
  }

  func refusalCode(_ status: Int) -> String {
    [
      400: "Request_BadRequest", 401: "InvalidAuthenticationToken",
      403: "Authorization_RequestDenied", 404: "Request_ResourceNotFound",
      429: "TooManyRequests", 503: "ServiceUnavailable",
    ][status] ?? "InternalServerError"
  }

  func setNext(_ next: String?, _ reply: inout Reply) {
    guard var json = (try? JSON(parsing: reply.body))?.properties else { return }
    json["@odata.nextLink"] = next.map { .string($0) }
    reply.body = JSON.object(json).bytes
  }

  var rowsKey: String? { "value" }

  // MARK: Refusals

  /// The refusal of a request that makes no sense.
  static func invalid(_ message: String) -> Refusal {
    Refusal(status: 400, code: "Request_BadRequest", message: message)
  }

  /// The refusal for something that is not there.
  static func notFound(_ id: String) -> Refusal {
    Refusal(
      status: 404, code: "Request_ResourceNotFound",
      message:
        "Resource '\(id)' does not exist or one of its queried reference-property objects are not present."
    )
  }
}

/// What the server side remembers between calls: the budget of Conditional Access and the tenant's indexes.
actor EntraPace {
  private var sent: [Date] = []
  private var known: (organisation: Organisation, directory: EntraDirectory)?

  /// Whether one more request fits into this second.
  func admits(_ rate: Int) -> Bool {
    let now = Date()
    sent.removeAll { now.timeIntervalSince($0) >= 1 }
    guard sent.count < rate else { return false }
    sent.append(now)
    return true
  }

  /// The tenant's indexes, made once for each state of the scenario.
  func directory(of organisation: Organisation) -> EntraDirectory {
    if let known, known.organisation === organisation { return known.directory }
    let directory = EntraDirectory(organisation.scenario)
    known = (organisation, directory)
    return directory
  }
}
