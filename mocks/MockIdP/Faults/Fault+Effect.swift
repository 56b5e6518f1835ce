internal import Foundation

extension Fault {
  /// Waits, when this fault makes replies late.
  func delay() async throws {
    guard kind == .slow else { return }
    try await Task.sleep(for: .seconds(seconds ?? 1))
  }

  /// The refusal that stands instead of the answer, if this fault is one.
  func refusal(_ api: any VendorAPI) -> Refusal? {
    switch kind {
    case .rateLimited, .concurrencyLimited:
      var refusal = api.limitRefusal(self)
      if let text { refusal.headers.append(("Retry-After", text)) }
      return refusal
    case .status: return statusRefusal(status ?? 500, api)
    case .unauthorized, .expiredToken: return statusRefusal(401, api)
    case .forbidden: return statusRefusal(403, api)
    case .notFound: return statusRefusal(404, api)
    default: return nil
    }
  }

  private func statusRefusal(_ status: Int, _ api: any VendorAPI) -> Refusal {
    let messages = [
      400: "The request was not understood.", 401: "Invalid token provided.",
      402: "The account has an unpaid balance.", 403: "You may not perform this action.",
      404: "The resource was not found.", 422: "The parameters are not valid.",
      503: "The service is not available.",
    ]
    return Refusal(
      status: status, code: text ?? api.refusalCode(status),
      message: messages[status] ?? "Internal server error.")
  }

  /// Spoils a reply that was made well.
  func damage(_ reply: inout Reply, firstRow: JSON?, _ api: any VendorAPI) {
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
      editRows(&reply, api) { _ in [] }
      api.setNext(page.again, &reply)
    case .repeatedCursor:
      guard let page = reply.page else { return }
      api.setNext(page.current, &reply)
    case .foreignNext: api.setNext(text ?? "https://attacker.example/api?after=1", &reply)
    case .missingNext: api.setNext(nil, &reply)
    case .duplicate:
      guard let firstRow else { return }
      editRows(&reply, api) { $0 + [firstRow] }
    case .oversize:
      let missing = (bytes ?? 64 << 20) - reply.body.count
      reply.body.append(contentsOf: [UInt8](repeating: 0x20, count: max(0, missing)))
    case .misdated:
      reply.setHeader("Date", HTTPDate.text(Date(timeIntervalSinceNow: seconds ?? 3600)))
    case .wrongType: editField(&reply, api) { $0?.elements == nil ? .array([]) : 7 }
    case .nullField: editField(&reply, api) { _ in .null }
    case .missingField: editField(&reply, api) { _ in nil }
    case .edited: editPlace(&reply)
    case .reordered: editRows(&reply, api) { $0.reversed().map(\.withTextsReversed) }
    case .rateLimited, .concurrencyLimited, .status, .unauthorized, .expiredToken, .forbidden,
      .notFound, .slow:
      break
    }
  }

  private func editRows(
    _ reply: inout Reply, _ api: any VendorAPI, _ edit: ([JSON]) -> [JSON]
  ) {
    guard var json = try? JSON(parsing: reply.body) else { return }
    if let rows = json.elements {
      reply.body = JSON.array(edit(rows)).bytes
    } else if let key = api.rowsKey(in: json), let rows = json[path: key]?.elements {
      json[path: key] = .array(edit(rows))
      reply.body = json.bytes
    } else {
      reply.body = (edit([json]).first ?? json).bytes
    }
  }

  private func editField(
    _ reply: inout Reply, _ api: any VendorAPI, _ change: (JSON?) -> JSON?
  ) {
    if let text, text.hasPrefix("/") {
      guard let json = try? JSON(parsing: reply.body) else { return }
      reply.body =
        Self.edit(json, at: text.split(separator: "/").map(String.init)[...], change).bytes
      return
    }
    let path = (text ?? "id").split(separator: ".").map(String.init)
    editRows(&reply, api) { rows in rows.map { Self.edit($0, path[...], change) } }
  }

  private func editPlace(_ reply: inout Reply) {
    let pointer = JSONPointer(text ?? "")
    if let json = try? JSON(parsing: reply.body) {
      reply.body = json.setting(value, at: pointer)?.bytes ?? []
    } else {
      reply.body = XMLPlaces.setting(value, at: pointer, in: reply.body)
    }
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

  /// Changes what a pointer from the root names; `*` is every element of a list.
  private static func edit(
    _ value: JSON, at pointer: ArraySlice<String>, _ change: (JSON?) -> JSON?
  ) -> JSON {
    guard let key = pointer.first else { return value }
    let rest = pointer.dropFirst()
    if let elements = value.elements {
      return .array(
        elements.enumerated().map { place, element in
          key == "*" || key == String(place) ? edit(element, at: rest, change) : element
        })
    }
    guard var properties = value.properties, let inner = properties[key] else { return value }
    properties[key] = rest.isEmpty ? change(inner) : edit(inner, at: rest, change)
    return .object(properties)
  }
}

extension JSON {
  /// The same with every list of nothing but texts in the opposite order.
  fileprivate var withTextsReversed: JSON {
    if let elements {
      guard elements.contains(where: { if case .string = $0 { false } else { true } }) else {
        return .array(elements.reversed())
      }
      return .array(elements.map(\.withTextsReversed))
    }
    return properties.map { .object($0.mapValues(\.withTextsReversed)) } ?? self
  }
}
