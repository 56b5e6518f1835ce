/// One page of a list: where it starts, how long it is, and the link to the next one.
struct EntraPage: Sendable {
  let start: Int
  let size: Int
  private let call: Call
  private let turn: Int

  /// Reads `$top` and the skip token.
  /// - Throws: a 400 when `$top` is outside what the list allows, or the token is not ours.
  init(_ call: Call, default fallback: Int, max: Int, cap: Int) throws {
    self.call = call
    var size = fallback
    if let text = call.parameter("$top") {
      guard let top = Int(text), (1...max).contains(top) else {
        throw EntraAPI.invalid(
          "Invalid page size specified: '\(text)'. Must be between 1 and \(max) inclusive.")
      }
      size = top
    }
    self.size = min(size, cap)
    if let token = call.parameter("$skiptoken") {
      guard let cursor = Self.read(token, path: Self.salt(call)) else {
        throw EntraAPI.invalid("Skip token is invalid.")
      }
      (start, turn) = cursor
    } else {
      (start, turn) = (0, 0)
    }
  }

  /// What a skip token is good for: the list, asked for at the same consistency, whose header is not remembered.
  private static func salt(_ call: Call) -> String {
    call.path + (call.headers["consistencylevel"].map { " \($0)" } ?? "")
  }

  private static func token(_ position: Int, turn: Int, path: String) -> String {
    let text = "\(position).\(turn)"
    let sum = String(Identifier.hash(text, salt: path) & 0xffff_ffff, radix: 16)
    return Hex.encode("\(text).\(sum)".utf8)
  }

  private static func read(_ text: String, path: String) -> (Int, Int)? {
    guard let bytes = Hex.decode(text) else { return nil }
    let parts = String(decoding: bytes, as: UTF8.self).split(separator: ".")
    guard parts.count == 3, let position = Int(parts[0]), let turn = Int(parts[1]),
      token(position, turn: turn, path: path) == text
    else { return nil }
    return (position, turn)
  }

  private func url(_ position: Int, turn: Int) -> String {
    let pairs = call.query.split(separator: "&").filter {
      !$0.hasPrefix("$skiptoken=") && !$0.hasPrefix("%24skiptoken=")
    }.map(String.init)
    let cursor = "$skiptoken=" + Self.token(position, turn: turn, path: Self.salt(call))
    return call.baseURL + call.path + "?" + (pairs + [cursor]).joined(separator: "&")
  }

  /// The positions of the page out of so many rows.
  func range(of count: Int) -> Range<Int> {
    let from = min(start, count)
    return from..<min(from + size, count)
  }

  /// Makes the reply of rows that are written already.
  ///
  /// - Parameter rows: a JSON array.
  func reply(_ rows: [UInt8], of count: Int) -> Reply {
    let end = range(of: count).upperBound
    var body = Array("{\"@odata.context\":\"\(call.baseURL)/v1.0/$metadata#list\"".utf8)
    if end < count {
      body += Array(",\"@odata.nextLink\":\"\(url(end, turn: 0))\"".utf8)
    }
    body += Array(",\"value\":".utf8) + rows + Array("}".utf8)
    var reply = Reply(
      status: 200,
      headers: [("Content-Type", "application/json;odata.metadata=minimal;charset=utf-8")],
      body: body)
    reply.page = Reply.Page(current: url(start, turn: turn), again: url(start, turn: turn + 1))
    return reply
  }

  /// Cuts a page out of a list that is complete in memory.
  func cut(_ rows: [JSON]) -> Reply {
    reply(JSON.array(Array(rows[range(of: rows.count)])).bytes, of: rows.count)
  }
}
