/// A page of a list of a JSON service: a token is a position, a turn and a checksum.
struct AWSPage {
  let rows: [JSON]
  private let start: Int
  private let turn: Int
  private let next: Int?
  private let name: String

  /// Cuts a page out of a list.
  /// - Parameters:
  ///   - name: the operation, so that a token of another list is refused.
  ///   - limit: the page's size as asked for, and the range it must be in.
  init(
    _ all: [JSON], _ name: String, token: JSON?, limit: JSON?, allowed: ClosedRange<Int>,
    default fallback: Int
  ) throws {
    let size = limit?.int ?? fallback
    guard allowed.contains(size), limit == nil || limit?.int != nil else {
      throw AWSAPI.refusal("ValidationError", "The page size is out of range.")
    }
    var position = (0, 0)
    if let token {
      guard let text = token.text, let found = Self.read(text, name) else {
        throw AWSAPI.refusal("ValidationError", "Invalid pagination token.")
      }
      position = found
    }
    (start, turn) = position
    self.name = name
    rows = Array(all.dropFirst(start).prefix(size))
    next = start + rows.count < all.count ? start + rows.count : nil
  }

  /// The reply, with the next token if there is more.
  func reply(_ list: String, token key: String) -> Reply {
    var body: [String: JSON] = [list: .array(rows)]
    if let next { body[key] = .string(Self.token(next, 0, name)) }
    var reply = Reply(json: .object(body))
    reply.page = Reply.Page(
      current: Self.token(start, turn, name), again: Self.token(start, turn + 1, name))
    return reply
  }

  private static func token(_ position: Int, _ turn: Int, _ name: String) -> String {
    let text = "\(position).\(turn)"
    return Hex.encode("\(text).\(String(Identifier.hash(text, salt: name), radix: 16))".utf8)
  }

  private static func read(_ token: String, _ name: String) -> (Int, Int)? {
    let parts = Hex.decode(token).map { String(decoding: $0, as: UTF8.self) }?
      .split(separator: ".")
    guard let parts, parts.count == 3, let position = Int(parts[0]), let turn = Int(parts[1]),
      self.token(position, turn, name) == token
    else { return nil }
    return (position, turn)
  }
}
