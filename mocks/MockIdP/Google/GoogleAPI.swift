internal import Foundation

/// Answers as Google does: the Directory API, the Cloud Identity API and the token endpoint.
struct GoogleAPI: VendorAPI {
  /// The account that is asked.
  struct Context: Sendable {
    let account: GoogleWorkspace
    let state: MockState
  }

  static let vendor = Vendor.google
  /// The scope of the token endpoint.
  static let open = "-"
  static let scopePrefix = "https://www.googleapis.com/auth/"

  let state: MockState
  let router = Router(
    routes: GoogleTokenEndpoint.routes + GoogleDirectoryReads.routes + GoogleIdentityReads.routes)

  func answer(_ call: Call, _ route: Route<Context>) async throws -> Reply {
    let account = await state.organisation.scenario[GoogleWorkspace.self]
    let context = Context(account: account, state: state)
    if route.scope == Self.open { return try await route.answer(call, context) }
    let isNew = call.path.hasPrefix("/v1/")
    let parts = (call.headers["authorization"] ?? "").split(separator: " ").map(String.init)
    guard parts.count == 2, parts[0].lowercased() == "bearer",
      let token = await state.accessToken(parts[1]), token.expires > .now
    else {
      throw Refusal(
        status: 401, code: isNew ? "UNAUTHENTICATED" : "authError",
        message: "Request had invalid authentication credentials.",
        headers: [("WWW-Authenticate", "Bearer realm=\"https://accounts.google.com/\"")])
    }
    let wanted = route.scope.split(separator: "|").map { Self.scopePrefix + $0 }
    guard !token.scopes.isDisjoint(with: wanted) else {
      throw Refusal(
        status: 403, code: isNew ? "ACCESS_TOKEN_SCOPE_INSUFFICIENT" : "insufficientPermissions",
        message: "Request had insufficient authentication scopes.")
    }
    // Policies are shown to super administrators only; the token's client is the administrator acted as.
    if route.template == "GET /v1/policies", !account.isSuper(token.client.id) {
      throw Self.denied
    }
    try Self.checkParameters(call, route.template)
    return try await route.answer(call, context)
  }

  static let denied = Refusal(
    status: 403, code: "PERMISSION_DENIED", message: "The caller does not have permission")

  // MARK: Parameters

  private static let common: Set<String> = ["alt", "prettyPrint", "fields", "quotaUser", "key"]
  private static let parameters: [String: Set<String>] = [
    "GET /admin/directory/v1/users": [
      "customer", "domain", "maxResults", "pageToken", "projection", "customFieldMask", "query",
      "orderBy", "sortOrder", "showDeleted", "viewType",
    ],
    "GET /admin/directory/v1/groups": [
      "customer", "domain", "userKey", "maxResults", "pageToken", "query", "orderBy", "sortOrder",
    ],
    "GET /admin/directory/v1/groups/{group}/members": [
      "includeDerivedMembership", "maxResults", "pageToken", "roles",
    ],
    "GET /admin/directory/v1/customer/{customer}/orgunits": ["type", "orgUnitPath"],
    "GET /v1/inboundSsoAssignments": ["filter", "pageSize", "pageToken"],
    "GET /v1/inboundSamlSsoProfiles": ["filter", "pageSize", "pageToken"],
    "GET /v1/inboundOidcSsoProfiles": ["filter", "pageSize", "pageToken"],
    "GET /v1/policies": ["filter", "pageSize", "pageToken"],
  ]

  private static func checkParameters(_ call: Call, _ template: String) throws {
    let allowed = common.union(parameters[template] ?? [])
    for (name, _) in call.parameters where !allowed.contains(name) {
      throw invalid(
        "Invalid JSON payload received. Unknown name \"\(name)\": Cannot bind query parameter.")
    }
  }

  static func invalid(_ message: String) -> Refusal {
    Refusal(status: 400, code: "invalid", message: message)
  }

  // MARK: Replies

  func reply(to refusal: Refusal) -> Reply {
    var reply: Reply
    let codes = [
      "not_found": "notFound", "method_not_allowed": "httpMethodNotAllowed",
      "internal": "backendError",
    ]
    let code = codes[refusal.code] ?? refusal.code
    if refusal.isOAuth {
      reply = Reply(
        status: refusal.status,
        json: ["error": .string(code), "error_description": .string(refusal.message)])
    } else if code == code.uppercased() {
      reply = Reply(status: refusal.status, json: Self.newError(refusal, code))
    } else {
      reply = Reply(
        status: refusal.status,
        json: [
          "error": [
            "code": .integer(refusal.status), "message": .string(refusal.message),
            "errors": [
              [
                "message": .string(refusal.message), "domain": "global", "reason": .string(code),
              ]
            ],
          ]
        ])
    }
    reply.headers += refusal.headers
    return reply
  }

  private static func newError(_ refusal: Refusal, _ code: String) -> JSON {
    let statuses = [
      400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
      429: "RESOURCE_EXHAUSTED",
    ]
    let status = statuses[refusal.status] ?? "INTERNAL"
    var error: [String: JSON] = [
      "code": .integer(refusal.status), "message": .string(refusal.message),
      "status": .string(status),
    ]
    if code != status {
      error["details"] = [
        [
          "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": .string(code),
          "domain": "googleapis.com",
        ]
      ]
    }
    return ["error": .object(error)]
  }

  func finish(_ reply: inout Reply, _ call: Call) async {
    reply.setHeader("Date", HTTPDate.now())
    reply.setHeader("Cache-Control", "private")
    guard reply.status == 200 else { return }
    cut(&reply, call)
    await state.organisation.scenario[GoogleWorkspace.self].damage?.apply(to: &reply, of: call)
  }

  /// Cuts a reply down to the fields that are asked for.
  private func cut(_ reply: inout Reply, _ call: Call) {
    guard let mask = call.parameter("fields") else { return }
    do {
      let fields = try GoogleFields(mask)
      reply.body = fields.cut(try JSON(parsing: reply.body)).bytes
    } catch {
      let headers = reply.headers.filter { $0.name == "Date" }
      reply = self.reply(to: Self.invalid("Invalid field selection \(mask)"))
      reply.headers += headers
    }
  }

  // MARK: Faults

  func limitRefusal(_ fault: Fault) -> Refusal {
    Refusal(status: 429, code: "rateLimitExceeded", message: "Rate Limit Exceeded")
  }

  func refusalCode(_ status: Int) -> String {
    let codes = [
      400: "invalid", 401: "authError", 403: "forbidden", 404: "notFound",
      429: "rateLimitExceeded",
    ]
    return codes[status] ?? "backendError"
  }

  func setNext(_ next: String?, _ reply: inout Reply) {
    guard var document = (try? JSON(parsing: reply.body))?.properties else { return }
    document["nextPageToken"] = next.map { .string($0) }
    // An empty list is left out.
    for key in rowsKeys where document[key]?.elements?.isEmpty == true { document[key] = nil }
    reply.body = JSON.object(document).bytes
  }

  var rowsKeys: [String] {
    [
      "users", "members", "groups", "organizationUnits", "inboundSsoAssignments",
      "inboundSamlSsoProfiles", "inboundOidcSsoProfiles", "policies",
    ]
  }
}

extension GoogleWorkspace {
  /// Whether an address is that of a super administrator.
  func isSuper(_ email: String) -> Bool {
    administrators[email] ?? (users.first { $0.email == email }?.isAdmin == true)
  }

  /// Whether an address is that of an administrator who can be acted as.
  func isAdministrator(_ email: String) -> Bool {
    if administrators[email] != nil { return true }
    return users.contains {
      $0.email == email && ($0.isAdmin || $0.isDelegatedAdmin) && !$0.isSuspended
    }
  }

  /// The id of an org unit, by path.
  func unitID(_ path: String) -> String {
    path == "/" ? rootUnit : orgUnits[path] ?? path
  }

  /// The group with a name or id.
  func group(_ key: String) -> GoogleGroup? {
    groups.first { $0.id == key || $0.name == key || $0.email == key }
  }
}

/// A partial response's mask: names, and in brackets the names inside them.
struct GoogleFields {
  private indirect enum Node {
    case all
    case some([String: Node])
  }

  private struct Unreadable: Error {}

  private let root: Node

  init(_ mask: String) throws {
    var rest = Substring(mask)
    root = .some(try Self.list(&rest))
    guard rest.isEmpty else { throw Unreadable() }
  }

  private static func list(_ rest: inout Substring) throws -> [String: Node] {
    var found: [String: Node] = [:]
    repeat {
      if rest.first == "," { rest.removeFirst() }
      let name = rest.prefix { $0.isLetter || $0.isNumber }
      guard !name.isEmpty else { throw Unreadable() }
      rest = rest.dropFirst(name.count)
      if rest.first == "(" {
        rest.removeFirst()
        found[String(name)] = .some(try list(&rest))
        guard rest.first == ")" else { throw Unreadable() }
        rest.removeFirst()
      } else {
        found[String(name)] = .all
      }
    } while rest.first == ","
    return found
  }

  /// The parts of a document that the mask names.
  func cut(_ document: JSON) -> JSON { Self.cut(document, root) }

  private static func cut(_ value: JSON, _ node: Node) -> JSON {
    guard case .some(let names) = node else { return value }
    switch value {
    case .array(let elements): return .array(elements.map { cut($0, node) })
    case .object(let properties):
      var kept: [String: JSON] = [:]
      for (name, inner) in names { kept[name] = properties[name].map { cut($0, inner) } }
      return .object(kept)
    default: return value
    }
  }
}
