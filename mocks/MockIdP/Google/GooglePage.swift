/// One page of a list at Google: its size, where it starts, and the token of the next.
struct GooglePage: Sendable {
  let size: Int
  let start: Int
  private let path: String
  private let turn: Int

  /// Reads size and `pageToken`.
  ///
  /// - Parameters:
  ///   - parameter: the name of the size, `maxResults` or `pageSize`.
  ///   - isStrict: whether a size over the maximum is an error; otherwise it is silently reduced.
  init(
    _ call: Call, _ parameter: String, default fallback: Int, most: Int, isStrict: Bool,
    cap: Int?
  ) throws {
    path = call.path
    var size = fallback
    if let text = call.parameter(parameter) {
      guard let number = Int(text), number >= 1, number <= most || !isStrict else {
        throw GoogleAPI.invalid(
          "Invalid value '\(text)'. Values must be within the range: [1, \(most)]")
      }
      size = min(number, most)
    }
    self.size = min(size, cap ?? size)
    guard let token = call.parameter("pageToken"), !token.isEmpty else {
      (start, turn) = (0, 0)
      return
    }
    let parts = Hex.decode(token).map { String(decoding: $0, as: UTF8.self) }?
      .split(separator: ".").map(String.init)
    guard let parts, parts.count == 3, let position = Int(parts[0]), let turn = Int(parts[1]),
      Self.token(position, turn, path) == token
    else { throw GoogleAPI.invalid("Invalid Input: pageToken") }
    (start, self.turn) = (position, turn)
  }

  private static func token(_ position: Int, _ turn: Int, _ path: String) -> String {
    let text = "\(position).\(turn)"
    let sum = String(Identifier.hash(text, salt: path) & 0xffff_ffff, radix: 16)
    return Hex.encode("\(text).\(sum)".utf8)
  }

  /// The reply with the page's rows under a key, which is left out when there are none.
  func reply(_ rows: [JSON], under key: String, with more: [String: JSON] = [:]) -> Reply {
    let page = rows.dropFirst(start).prefix(size)
    var document = more
    if !page.isEmpty { document[key] = .array(Array(page)) }
    if start + page.count < rows.count {
      document["nextPageToken"] = .string(Self.token(start + page.count, 0, path))
    }
    var reply = Reply(json: .object(document))
    reply.page = Reply.Page(
      current: Self.token(start, turn, path), again: Self.token(start, turn + 1, path))
    return reply
  }
}
