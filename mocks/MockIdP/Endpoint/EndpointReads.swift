/// The lists and documents of a configurable endpoint.
enum EndpointReads {
  typealias Context = EndpointAPI.Context

  static let routes: [Route<Context>] = [
    Route("GET /people", scope: "read") { call, context in
      try EndpointPage(call, context.endpoint).reply(context.endpoint.people)
    },
    Route("POST /people", scope: "read") { call, context in
      try EndpointPage(call, context.endpoint).reply(context.endpoint.people)
    },
    Route("GET /teams/{team}/people", scope: "read") { call, context in
      let team = call.capture("team")
      let rows = context.endpoint.people.filter { row in
        row["team"]?.text == team || row["teams"]?.elements?.contains(.string(team)) == true
      }
      guard !rows.isEmpty else {
        throw Refusal(status: 404, code: "not_found", message: "There is no such team.")
      }
      return try EndpointPage(call, context.endpoint).reply(rows)
    },
    // A list that is there and has nobody on it, whatever the team.
    Route("GET /empty/{team}", scope: "read") { call, context in
      try EndpointPage(call, context.endpoint).reply([])
    },
    Route("GET /policies", scope: "read") { _, context in
      Reply(json: ["policies": .array(context.endpoint.policies)])
    },
    Route("GET /people/{id}/mfa", scope: "read") { call, context in
      guard let detail = context.endpoint.details[call.capture("id")] else {
        throw Refusal(status: 404, code: "not_found", message: "There is no such person.")
      }
      return Reply(json: detail)
    },
  ]
}

/// One page of a list of a configurable endpoint.
struct EndpointPage: Sendable {
  private let call: Call
  private let endpoint: JSONEndpoint
  private let size: Int

  init(_ call: Call, _ endpoint: JSONEndpoint) throws {
    self.call = call
    self.endpoint = endpoint
    let sizes = ["per_page", "limit"]
    let allowed: Set<String> =
      switch endpoint.paging {
      case .none, .token: []
      case .link, .nextURL, .relativeURL, .urlHeader, .page: ["page", "per_page"]
      case .cursor, .cursorWithFlag, .cursorHeader: ["after", "limit"]
      case .offset: ["offset", "limit"]
      case .keyset: ["since", "limit"]
      }
    for (name, _) in call.parameters
    where !allowed.contains(name) && !(endpoint.credentials == .query && name == endpoint.user) {
      throw Refusal(status: 400, code: "unknown_parameter", message: "\(name) is not known.")
    }
    guard (call.method == "POST") == (endpoint.paging == .token) else {
      throw Refusal(
        status: 405, code: "method_not_allowed", message: "The method is not allowed.")
    }
    let asked = sizes.compactMap { call.parameter($0) }.first
    guard let number = asked.map({ Int($0) }) ?? endpoint.maxPageSize, number > 0 else {
      throw Refusal(status: 400, code: "invalid_parameter", message: "The size is no number.")
    }
    size = min(number, endpoint.maxPageSize)
  }

  func reply(_ rows: [JSON]) throws -> Reply {
    let (start, turn) = try start(rows)
    guard start >= 0 else {
      throw Refusal(status: 400, code: "invalid_parameter", message: "There is no such page.")
    }
    let page = endpoint.paging == .none ? rows : Array(rows.dropFirst(start).prefix(size))
    if endpoint.endsWithNoContent, page.isEmpty { return Reply(status: 204) }
    let end = start + page.count
    let next = end < rows.count ? end : nil
    var meta: [String: JSON] = [:]
    if endpoint.hasTotal {
      meta["total"] = .integer(endpoint.claimedTotal ?? rows.count)
      meta["pages"] = .integer((rows.count + size - 1) / size)
    }
    var headers: [(name: String, value: String)] = []
    switch endpoint.paging {
    case .none, .page, .offset, .keyset: break
    case .link:
      if let next {
        headers.append(
          (
            "Link",
            "<\(url(next))>; title=\"people, page 2\"; rel=\"next\", <\(call.baseURL)>; rel=\"up\""
          ))
      }
    case .nextURL: meta["next"] = next.map { .string(url($0)) }
    case .relativeURL:
      meta["next"] = next.map { .string(String(url($0).dropFirst(call.baseURL.utf8.count))) }
    case .cursor, .token: meta["next"] = next.map { .string(cursor($0, 0)) }
    case .cursorWithFlag:
      meta["next"] = next.map { .string(cursor($0, 0)) } ?? .null
      meta["more"] = .bool(next != nil)
    case .cursorHeader:
      if let next { headers.append(("After-Cursor", cursor(next, 0))) }
    case .urlHeader:
      if let next { headers.append(("X-Next", url(next))) }
    }
    var reply = shaped(page, meta)
    reply.headers += headers
    reply.headers += endpoint.replyHeaders.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    if endpoint.paging == .link || endpoint.paging == .nextURL {
      reply.page = Reply.Page(
        current: url(start), again: url(start) + "&page=\(start / size + endpoint.firstPage)")
    } else {
      reply.page = Reply.Page(current: cursor(start, turn), again: cursor(start, turn + 1))
    }
    return reply
  }

  // MARK: Where a page begins

  private func start(_ rows: [JSON]) throws -> (Int, turn: Int) {
    switch endpoint.paging {
    case .none: return (0, 0)
    case .link, .nextURL, .relativeURL, .urlHeader, .page:
      return ((try number("page", endpoint.firstPage) - endpoint.firstPage) * size, 0)
    case .offset: return (try number("offset", endpoint.firstPage) - endpoint.firstPage, 0)
    case .keyset:
      guard let since = call.parameter("since"), !since.isEmpty else { return (0, 0) }
      let place = rows.firstIndex { ($0["uid"]?.text ?? "") > since }
      return (place ?? rows.count, 0)
    case .token:
      guard call.headers["content-type"]?.hasPrefix("application/json") == true else {
        throw Refusal(status: 415, code: "unsupported_media_type", message: "Send JSON.")
      }
      guard let body = call.json else {
        throw Refusal(status: 400, code: "invalid_body", message: "The body is no JSON object.")
      }
      return try read(body["cursor"]?.text ?? "")
    case .cursor, .cursorWithFlag, .cursorHeader:
      return try read(call.parameter("after") ?? "")
    }
  }

  private func number(_ name: String, _ fallback: Int) throws -> Int {
    guard let text = call.parameter(name) else { return fallback }
    guard let number = Int(text), number >= endpoint.firstPage else {
      throw Refusal(status: 400, code: "invalid_parameter", message: "\(name) is out of bounds.")
    }
    return number
  }

  /// A position, and a number that tells equal positions apart.
  private func cursor(_ position: Int, _ turn: Int) -> String { "c=\(position)/\(turn)" }

  private func read(_ text: String) throws -> (Int, Int) {
    if text.isEmpty { return (0, 0) }
    let parts = text.dropFirst(2).split(separator: "/").compactMap { Int($0) }
    guard text.hasPrefix("c="), parts.count == 2 else {
      throw Refusal(status: 400, code: "invalid_cursor", message: "The cursor is not ours.")
    }
    return (parts[0], parts[1])
  }

  private func url(_ position: Int) -> String {
    let page = position / size + endpoint.firstPage
    return "\(call.baseURL)\(call.path)?page=\(page)&per_page=\(size)"
  }

  // MARK: Shape

  private func shaped(_ rows: [JSON], _ meta: [String: JSON]) -> Reply {
    switch endpoint.shape {
    case .array: return Reply(json: .array(rows))
    case .lines:
      let lines = rows.map { String(decoding: $0.bytes, as: UTF8.self) + "\n" }.joined()
      return Reply(
        status: 200, headers: [("Content-Type", "application/x-ndjson")], body: Array(lines.utf8))
    case .keyed:
      let members = rows.map { ($0["uid"]?.text ?? "", $0) }
      return Reply(
        json: JSON.object(["people": .object(Dictionary(members) { $1 }), "meta": .object(meta)])
          .merging(endpoint.extra))
    case .wrapped:
      return Reply(
        json: JSON.object(["data": .array(rows), "meta": .object(meta)]).merging(endpoint.extra))
    }
  }
}
