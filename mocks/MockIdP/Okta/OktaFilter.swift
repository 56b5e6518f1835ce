/// A `filter` or `search` expression of Okta: comparisons joined with `and` and `or`.
indirect enum OktaFilter: Sendable, Equatable {
  case compare(String, String, String)
  case all([OktaFilter])
  case any([OktaFilter])

  /// Parses an expression.
  /// - Parameters:
  ///   - attributes: the attributes that may be used; nil allows all.
  ///   - operators: the operators that may be used, by attribute; others only `eq`.
  /// - Throws: a 400 for anything else.
  init(_ text: String, attributes: Set<String>?, ordered: Set<String>) throws {
    var parser = Parser(tokens: try Self.tokens(text), attributes: attributes, ordered: ordered)
    self = try parser.disjunction()
    guard parser.tokens.isEmpty else { throw Self.refusal }
  }

  static let refusal = Refusal(
    status: 400, code: "E0000031", message: "Invalid search criteria.")

  /// Whether the expression holds; a missing attribute satisfies no comparison.
  func holds(_ attribute: (String) -> String?) -> Bool {
    switch self {
    case .all(let parts): parts.allSatisfy { $0.holds(attribute) }
    case .any(let parts): parts.contains { $0.holds(attribute) }
    case .compare(let name, let comparison, let value):
      attribute(name).map { Self.holds($0, comparison, value) } ?? false
    }
  }

  /// The values that an expression asks for, when it is nothing but equations of some attributes
  /// joined with `or`.
  func values(of attributes: Set<String>) -> [String]? {
    switch self {
    case .compare(let name, "eq", let value): attributes.contains(name) ? [value] : nil
    case .any(let parts):
      parts.reduce([]) { sum, part in
        guard let sum, let values = part.values(of: attributes) else { return nil }
        return sum + values
      }
    default: nil
    }
  }

  private static func holds(_ found: String, _ comparison: String, _ value: String) -> Bool {
    let (left, right) = (found.lowercased(), value.lowercased())
    return switch comparison {
    case "eq": left == right
    case "ne": left != right
    case "sw": left.hasPrefix(right)
    case "co": left.contains(right)
    case "gt": right.precedes(left)
    case "ge": !left.precedes(right)
    case "lt": left.precedes(right)
    case "le": !right.precedes(left)
    case "pr": !left.isEmpty
    default: false
    }
  }

  private static func tokens(_ text: String) throws -> [String] {
    var tokens: [String] = []
    var rest = Substring(text)
    while let first = rest.first {
      switch first {
      case " ": rest.removeFirst()
      case "(", ")":
        tokens.append(String(first))
        rest.removeFirst()
      case "\"":
        var value = "\""
        rest.removeFirst()
        while let next = rest.popFirst(), next != "\"" {
          value.append(next == "\\" ? rest.popFirst() ?? next : next)
          if rest.isEmpty { throw refusal }
        }
        tokens.append(value)
      default:
        let word = rest.prefix { !" ()\"".contains($0) }
        tokens.append(String(word))
        rest.removeFirst(word.count)
      }
    }
    return tokens
  }

  private struct Parser {
    var tokens: [String]
    let attributes: Set<String>?
    let ordered: Set<String>

    mutating func disjunction() throws -> OktaFilter {
      var parts = [try conjunction()]
      while take("or") { parts.append(try conjunction()) }
      return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func conjunction() throws -> OktaFilter {
      var parts = [try term()]
      while take("and") { parts.append(try term()) }
      return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func term() throws -> OktaFilter {
      if take("(") {
        let inner = try disjunction()
        guard take(")") else { throw refusal }
        return inner
      }
      guard tokens.count >= 2 else { throw refusal }
      let name = tokens.removeFirst()
      let comparison = tokens.removeFirst().lowercased()
      guard attributes?.contains(name) != false, !name.hasPrefix("\"") else { throw refusal }
      if comparison == "pr", attributes == nil { return .compare(name, comparison, "") }
      guard let value = tokens.first else { throw refusal }
      tokens.removeFirst()
      let isText = value.hasPrefix("\"")
      guard isText || ["true", "false"].contains(value) else { throw refusal }
      let known = attributes == nil ? ["eq", "ne", "sw", "co", "gt", "ge", "lt", "le"] : ["eq"]
      let order = ["eq", "gt", "ge", "lt", "le"]
      guard (ordered.contains(name) ? order : known).contains(comparison) else { throw refusal }
      return .compare(name, comparison, isText ? String(value.dropFirst()) : value)
    }

    private mutating func take(_ word: String) -> Bool {
      guard tokens.first?.lowercased() == word else { return false }
      tokens.removeFirst()
      return true
    }
  }
}
