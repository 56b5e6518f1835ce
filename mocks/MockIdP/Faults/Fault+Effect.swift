internal import Foundation

extension Fault {
  /// Waits, when this fault makes replies late.
  func delay() async throws {
    guard kind == .slow else { return }
    try await Task.sleep(for: .seconds(seconds ?? 1))
  }

  /// The refusal that stands instead of the answer, if this fault is one.
  var refusal: Refusal? {
    switch kind {
    case .rateLimited, .concurrencyLimited: limitRefusal
    case .status: statusRefusal(status ?? 500)
    case .unauthorized, .expiredToken: statusRefusal(401)
    case .forbidden: statusRefusal(403)
    case .notFound: statusRefusal(404)
    default: nil
    }
  }

  private var limitRefusal: Refusal {
    var headers: [(name: String, value: String)] = []
    if let text { headers.append(("Retry-After", text)) }
    switch vendor {
    case .heroku:
      headers.append(("RateLimit-Remaining", "0"))
      return Refusal(
        status: 429, code: "rate_limit", message: "Your account reached the API rate limit.",
        headers: headers)
    case .okta:
      let isConcurrency = kind == .concurrencyLimited
      // The clock of the reply's Date header counts whole seconds; so does the reset.
      let reset = Int(Date().timeIntervalSince1970) + Int((seconds ?? 1).rounded(.up))
      headers.append(("X-Rate-Limit-Limit", isConcurrency ? "0" : "600"))
      headers.append(("X-Rate-Limit-Remaining", "0"))
      headers.append(("X-Rate-Limit-Reset", String(reset)))
      return Refusal(
        status: 429, code: "E0000047", message: "API call exceeded rate limit.", headers: headers)
    }
  }

  private func statusRefusal(_ status: Int) -> Refusal {
    let known: [Int: (heroku: String, okta: String, message: String)] = [
      400: ("bad_request", "E0000001", "The request was not understood."),
      401: ("unauthorized", "E0000011", "Invalid token provided."),
      402: ("delinquent", "E0000006", "The account has an unpaid balance."),
      403: ("forbidden", "E0000006", "You may not perform this action."),
      404: ("not_found", "E0000007", "The resource was not found."),
      422: ("invalid_params", "E0000001", "The parameters are not valid."),
      503: ("maintenance", "E0000009", "The service is not available."),
    ]
    let (heroku, okta, message) =
      known[status] ?? ("internal_server_error", "E0000009", "Internal server error.")
    return Refusal(
      status: status, code: text ?? (vendor == .heroku ? heroku : okta), message: message)
  }

  /// Spoils a reply that was made well.
  func damage(_ reply: inout Reply, firstRow: JSON?) {
    switch kind {
    case .drip:
      reply.transfer = .drip(bytes: max(1, bytes ?? 1024), seconds: seconds ?? 0.05)
    case .reset: reply.transfer = .reset(after: bytes)
    case .truncated: reply.transfer = .truncated(after: bytes ?? reply.body.count / 2)
    case .malformed: reply.body = Array(reply.body.prefix(max(1, reply.body.count / 2)))
    case .html:
      reply.status = 200
      reply.setHeader("Content-Type", "text/html; charset=utf-8")
      for name in ["Link", "Next-Range", "ETag"] { reply.setHeader(name, nil) }
      reply.body = Array(
        "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Proxy</body></html>".utf8)
    case .emptyPage:
      guard let page = reply.page else { return }
      reply.body = Array("[]".utf8)
      setNext(page.again, &reply)
    case .repeatedCursor:
      guard let page = reply.page else { return }
      setNext(page.current, &reply)
    case .foreignNext: setNext(text ?? "https://attacker.example/api?after=1", &reply)
    case .missingNext:
      reply.setHeader("Next-Range", nil)
      reply.status = vendor == .heroku ? 206 : reply.status
      if vendor == .okta { setNext(nil, &reply) }
    case .duplicate:
      guard let firstRow else { return }
      editRows(&reply) { $0 + [firstRow] }
    case .oversize:
      let missing = (bytes ?? 64 << 20) - reply.body.count
      reply.body.append(contentsOf: [UInt8](repeating: 0x20, count: max(0, missing)))
    case .wrongType: editField(&reply) { $0?.elements == nil ? .array([]) : 7 }
    case .nullField: editField(&reply) { _ in .null }
    case .missingField: editField(&reply) { _ in nil }
    case .rateLimited, .concurrencyLimited, .status, .unauthorized, .expiredToken, .forbidden,
      .notFound, .slow:
      break
    }
  }

  private func setNext(_ next: String?, _ reply: inout Reply) {
    switch vendor {
    case .heroku:
      reply.setHeader("Next-Range", next)
      reply.status = 206
    case .okta:
      reply.headers.removeAll { $0.name == "Link" && $0.value.hasSuffix("rel=\"next\"") }
      if let next { reply.headers.append(("Link", "<\(next)>; rel=\"next\"")) }
    }
  }

  private func editRows(_ reply: inout Reply, _ edit: ([JSON]) -> [JSON]) {
    guard let json = try? JSON(parsing: reply.body) else { return }
    if let rows = json.elements {
      reply.body = JSON.array(edit(rows)).bytes
    } else {
      reply.body = (edit([json]).first ?? json).bytes
    }
  }

  private func editField(_ reply: inout Reply, _ change: (JSON?) -> JSON?) {
    let path = (text ?? "id").split(separator: ".").map(String.init)
    editRows(&reply) { rows in rows.map { Self.edit($0, path[...], change) } }
  }

  private static func edit(
    _ value: JSON, _ path: ArraySlice<String>, _ change: (JSON?) -> JSON?
  ) -> JSON {
    guard let key = path.first, var properties = value.properties else { return value }
    if path.count == 1 {
      properties[key] = change(properties[key])
    } else if let inner = properties[key] {
      properties[key] = edit(inner, path.dropFirst(), change)
    }
    return .object(properties)
  }
}
