internal import Foundation

/// Answers as a SCIM server.
///
/// Strict where the RFCs are: parameters that are no numbers, `startIndex` with `cursor`, unknown filters and filters on the
/// discovery endpoints are refused.
struct SCIMAPI: VendorAPI {
  /// What is answered from.
  struct Context: Sendable {
    let server: SCIMServer
  }

  static let vendor = Vendor.scim
  private static let root = "/scim/v2"
  let state: MockState

  let router = Router<Context>(routes: [
    Route("GET \(root)/ServiceProviderConfig", scope: "read") { call, context in
      try capabilities(call, context.server)
    },
    Route("GET \(root)/Users", scope: "read") { call, context in
      try SCIMPage(call, context.server).reply(
        context.server.users.filter { user in
          !context.server.hiddenUsers.contains(user["id"]?.text ?? "")
        })
    },
    Route("GET \(root)/Users/{id}", scope: "read") { call, context in
      try resource(call, context.server, context.server.users)
    },
    Route("GET \(root)/Groups", scope: "read") { call, context in
      try SCIMPage(call, context.server).reply(context.server.groups)
    },
    Route("GET \(root)/Groups/{id}", scope: "read") { call, context in
      try resource(call, context.server, context.server.groups)
    },
  ])

  func answer(_ call: Call, _ route: Route<Context>) async throws -> Reply {
    let server = await state.organisation.scenario[SCIMServer.self]
    let sent = call.headers["authorization"] ?? ""
    guard sent.hasPrefix("Bearer "), server.tokens.contains(String(sent.dropFirst(7))) else {
      throw Refusal(
        status: 401, code: "", message: "The token is not valid.",
        headers: [("WWW-Authenticate", "Bearer realm=\"SCIM\"")])
    }
    let accept = call.headers["accept"] ?? "*/*"
    guard ["application/scim+json", "application/json", "*/*"].contains(where: accept.contains)
    else { throw Refusal(status: 406, code: "", message: "Only SCIM is served here.") }
    var reply = try await route.answer(call, Context(server: server))
    reply.setHeader("Content-Type", "application/scim+json")
    return reply
  }

  private static func capabilities(_ call: Call, _ server: SCIMServer) throws -> Reply {
    if call.parameter("filter") != nil {
      throw Refusal(status: 403, code: "", message: "Filters are not allowed here.")
    }
    guard server.hasServiceProviderConfig else {
      throw Refusal(status: 404, code: "", message: "There is no such endpoint.")
    }
    var filter: [String: JSON] = ["supported": .bool(server.announcesFilters ?? server.hasFilters)]
    var pagination: [String: JSON] = ["cursor": .bool(server.hasCursors), "index": true]
    if server.announcesPageSize {
      filter["maxResults"] = .integer(server.maxPageSize)
      pagination["maxPageSize"] = .integer(server.maxPageSize)
    }
    return Reply(json: [
      "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
      "patch": ["supported": false], "bulk": ["supported": false], "filter": .object(filter),
      "changePassword": ["supported": false], "sort": ["supported": false],
      "etag": ["supported": true], "pagination": .object(pagination),
      "authenticationSchemes": [["type": "oauthbearertoken", "name": "Bearer"]],
    ])
  }

  private static func resource(
    _ call: Call, _ server: SCIMServer, _ all: [JSON]
  ) throws -> Reply {
    guard let found = all.first(where: { $0["id"]?.text == call.capture("id") }) else {
      throw Refusal(status: 404, code: "", message: "Resource not found.")
    }
    return Reply(json: SCIMPage.shown(found, call, server))
  }

  func reply(to refusal: Refusal) -> Reply {
    var body: [String: JSON] = [
      "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
      "status": .string("\(refusal.status)"),
      "detail": .string(refusal.message),
    ]
    if refusal.code.contains(where: \.isLetter), !refusal.code.hasPrefix("error_") {
      body["scimType"] = .string(refusal.code)
    }
    var reply = Reply(status: refusal.status, json: .object(body))
    reply.setHeader("Content-Type", "application/scim+json")
    reply.headers += refusal.headers
    return reply
  }

  func finish(_ reply: inout Reply, _ call: Call) async {
    reply.setHeader("Date", HTTPDate.now())
    guard reply.status >= 400, await state.organisation.scenario[SCIMServer.self].hasNumericStatus,
      var body = try? JSON(parsing: reply.body)
    else { return }
    body["status"] = .integer(reply.status)
    reply.body = body.bytes
  }

  /// The cursor of RFC 9865.
  func setNext(_ next: String?, _ reply: inout Reply) {
    guard var body = try? JSON(parsing: reply.body) else { return }
    body["nextCursor"] = next.map { .string($0) }
    reply.body = body.bytes
  }

  var rowsKey: String? { "Resources" }
}

/// One page of a list of a SCIM server.
struct SCIMPage: Sendable {
  private let call: Call
  private let server: SCIMServer

  init(_ call: Call, _ server: SCIMServer) {
    self.call = call
    self.server = server
  }

  func reply(_ all: [JSON]) throws -> Reply {
    if server.failsOverCount, call.parameter("count") != nil {
      throw Refusal(status: 500, code: "", message: "Internal server error.")
    }
    let rows = try filtered(all)
    let count = max(0, try number("count") ?? server.maxPageSize)
    if let cursor = call.parameter("cursor") {
      return try byCursor(rows, cursor, count)
    }
    let asked = max(1, try number("startIndex") ?? 1)
    let start = server.ignoresStartIndex ? 1 : asked
    var size = min(count, server.maxPageSize)
    if asked == 1, let first = server.firstPageSize { size = min(size, first) }
    let page = Array(rows.dropFirst(start - 1).prefix(size))
    let total = server.countsPages ? page.count : rows.count + server.surplus
    var body: [String: JSON] = [
      "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
      "totalResults": .integer(total), "startIndex": .integer(start),
      "itemsPerPage": .integer(page.count),
    ]
    if !page.isEmpty { body["Resources"] = .array(page.map { Self.shown($0, call, server) }) }
    return Reply(json: JSON.object(body).merging(server.extra))
  }

  private func byCursor(_ rows: [JSON], _ cursor: String, _ count: Int) throws -> Reply {
    guard server.hasCursors else {
      throw Refusal(status: 400, code: "invalidValue", message: "There are no cursors here.")
    }
    guard call.parameter("startIndex") == nil else {
      throw Refusal(
        status: 400, code: "invalidValue", message: "startIndex and cursor exclude each other.")
    }
    guard count > 0 else {
      throw Refusal(status: 400, code: "invalidCount", message: "count is too small.")
    }
    let parts = cursor.split(separator: "-").compactMap { Int($0) }
    guard cursor.isEmpty || parts.count == 2 else {
      throw Refusal(status: 400, code: "invalidCursor", message: "The cursor is not ours.")
    }
    let start = parts.first ?? 0
    let page = Array(rows.dropFirst(start).prefix(min(count, server.maxPageSize)))
    let next = start + page.count
    var body: [String: JSON] = [
      "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
      "itemsPerPage": .integer(page.count),
      "Resources": .array(page.map { Self.shown($0, call, server) }),
    ]
    if next < rows.count { body["nextCursor"] = .string("\(next)-0") }
    if server.hasTotalWithCursor { body["totalResults"] = .integer(rows.count) }
    var reply = Reply(json: .object(body))
    reply.page = Reply.Page(
      current: cursor.isEmpty ? "0-1" : cursor, again: "\(start)-\((parts.last ?? 0) + 2)")
    return reply
  }

  private func number(_ name: String) throws -> Int? {
    guard let text = call.parameter(name) else { return nil }
    guard let number = Int(text) else {
      throw Refusal(status: 400, code: "invalidValue", message: "\(name) is no number.")
    }
    return number
  }

  private func filtered(_ rows: [JSON]) throws -> [JSON] {
    guard let filter = call.parameter("filter") else { return rows }
    let parts = filter.split(separator: " ", maxSplits: 2)
    guard server.hasFilters, parts.count == 3, parts[1].lowercased() == "eq",
      case .string(let value)? = try? JSON(parsing: Array(parts[2].utf8))
    else {
      throw Refusal(status: 400, code: "invalidFilter", message: "The filter is not supported.")
    }
    return rows.filter { $0[String(parts[0])]?.text?.lowercased() == value.lowercased() }
  }

  /// A resource with the attributes that are asked for; `id` and `schemas` always.
  static func shown(_ resource: JSON, _ call: Call, _ server: SCIMServer) -> JSON {
    guard let properties = resource.properties else { return resource }
    guard let text = call.parameter("attributes") else {
      return .object(properties.filter { !(server.hidesMembers && $0.key == "members") })
    }
    let names = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    return .object(
      properties.filter { key, _ in
        key == "id" || key == "schemas"
          || names.contains { name in
            name.lowercased() == key.lowercased()
              || name.lowercased().hasPrefix(key.lowercased() + ":")
              || name.lowercased().hasPrefix(key.lowercased() + ".")
          }
      })
  }
}
