/// One page of a list at Okta: its limit, where it starts, and the links of its reply.
struct OktaPage: Sendable {
  let limit: Int
  let start: Int
  private let call: Call
  private let turn: Int

  /// Reads `limit` and `after`.
  /// - Throws: a 400 when the limit is outside what the list allows, or the cursor is not ours.
  init(_ call: Call, default fallback: Int, allowed: ClosedRange<Int>) throws {
    self.call = call
    if let text = call.parameter("limit") {
      guard let limit = Int(text), allowed.contains(limit) else {
        throw OktaAPI.invalid(
          "limit must be between \(allowed.lowerBound) and \(allowed.upperBound)")
      }
      self.limit = limit
    } else {
      limit = fallback
    }
    if let after = call.parameter("after") {
      guard let cursor = Self.read(after, path: call.path) else {
        throw OktaAPI.invalid("after")
      }
      (start, turn) = cursor
    } else {
      (start, turn) = (0, 0)
    }
  }

  /// A cursor: a position, a number that tells equal positions apart, and a checksum over the path.
  ///
  /// Hexadecimal in lower case, so that servers that ignore case keep cursors apart.
  private static func cursor(_ position: Int, turn: Int, path: String) -> String {
    let text = "\(position).\(turn)"
    let sum = String(Identifier.hash(text, salt: path) & 0xffff_ffff, radix: 16)
    return Hex.encode("\(text).\(sum)".utf8)
  }

  private static func read(_ after: String, path: String) -> (Int, Int)? {
    guard let bytes = Hex.decode(after) else { return nil }
    let parts = String(decoding: bytes, as: UTF8.self).split(separator: ".")
    guard parts.count == 3, let position = Int(parts[0]), let turn = Int(parts[1]),
      cursor(position, turn: turn, path: path) == after
    else { return nil }
    return (position, turn)
  }

  private var ownURL: String {
    call.baseURL + call.path + (call.query.isEmpty ? "" : "?" + call.query)
  }

  private func url(_ position: Int, turn: Int) -> String {
    var pairs = call.query.split(separator: "&").map(String.init).filter {
      !$0.hasPrefix("after=") && !$0.hasPrefix("limit=")
    }
    pairs.insert("after=" + Self.cursor(position, turn: turn, path: call.path), at: 0)
    pairs.append("limit=\(limit)")
    return call.baseURL + call.path + "?" + pairs.joined(separator: "&")
  }

  /// Makes the reply; `next` is the position of the first row that did not fit, nil at the end.
  func reply(_ body: [UInt8], next: Int?) -> Reply {
    var reply = Reply(status: 200, headers: [("Content-Type", "application/json")], body: body)
    reply.headers.append(("Link", "<\(ownURL)>; rel=\"self\""))
    if let next {
      reply.headers.append(("Link", "<\(url(next, turn: 0))>; rel=\"next\""))
    }
    reply.page = Reply.Page(current: ownURL, again: url(start, turn: turn + 1))
    return reply
  }

  /// Cuts a page out of a list that is complete in memory.
  func cut(_ rows: [JSON]) -> Reply {
    let page = rows.dropFirst(start).prefix(limit)
    let next = start + page.count
    return reply(JSON.array(Array(page)).bytes, next: next < rows.count ? next : nil)
  }

  /// Walks positions and writes rows until the page is full.
  /// - Parameters:
  ///   - following: the first position with a row, from a position on; nil at the end.
  ///   - bytesPerRow: about how large a row is.
  func scan(
    bytesPerRow: Int, following: (Int) -> Int?, write: (Int, inout JSONWriter) -> Void
  ) -> Reply {
    var json = JSONWriter(capacity: min(limit, 1000) * bytesPerRow)
    json.beginArray()
    var position = following(start)
    var count = 0
    while let current = position, count < limit {
      write(current, &json)
      count += 1
      position = following(current + 1)
    }
    json.endArray()
    return reply(json.bytes, next: position)
  }
}
