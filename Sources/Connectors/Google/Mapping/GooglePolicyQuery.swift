/// Whom a policy applies to: the part of CEL that Google's policy queries are made of.
///
/// `entity.org_units`, `entity.groups` and `entity.licenses`, combined with `&&`, `||` and `!`; the name of the bound variable is
/// the author's.
indirect enum GooglePolicyQuery: Sendable, Hashable {
  case always
  case never
  case orgUnit(String)
  case group(String)
  /// Has one of some licences, `/product/…/sku/…`.
  case licences([String])
  case not(GooglePolicyQuery)
  case all([GooglePolicyQuery])
  case any([GooglePolicyQuery])

  /// Reads a query; nil for anything that is not understood as a whole.
  init?(_ text: String) {
    guard let tokens = Self.tokens(text) else { return nil }
    var parser = Parser(tokens: tokens)
    guard let query = parser.expression(), parser.isAtEnd else { return nil }
    self = query
  }

  /// The groups that it names.
  var groups: Set<String> {
    switch self {
    case .always, .never, .orgUnit, .licences: []
    case .group(let id): [id]
    case .not(let query): query.groups
    case .all(let queries), .any(let queries):
      queries.reduce(into: []) { $0.formUnion($1.groups) }
    }
  }

  // MARK: Words

  private enum Token: Hashable {
    case word(String)
    case text(String)
    case sign(String)
  }

  private static func tokens(_ text: String) -> [Token]? {
    var tokens: [Token] = []
    var rest = Substring(text)
    while let first = rest.first {
      if first.isWhitespace {
        rest.removeFirst()
      } else if first == "'" || first == "\"" {
        let body = rest.dropFirst()
        guard let end = body.firstIndex(of: first) else { return nil }
        let content = body[..<end]
        guard !content.contains("\\") else { return nil }
        tokens.append(.text(String(content)))
        rest = body[body.index(after: end)...]
      } else if first.isLetter || first == "_" {
        let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        tokens.append(.word(String(word)))
        rest = rest.dropFirst(word.count)
      } else if let sign = ["&&", "||", "=="].first(where: { rest.hasPrefix($0) }) {
        tokens.append(.sign(sign))
        rest = rest.dropFirst(2)
      } else if "!().,[]".contains(first) {
        tokens.append(.sign(String(first)))
        rest.removeFirst()
      } else {
        return nil
      }
    }
    return tokens
  }

  // MARK: Sentences

  private struct Parser {
    let tokens: [Token]
    var position = 0
    var depth = 0

    var isAtEnd: Bool { position == tokens.count }

    mutating func take(_ sign: String) -> Bool {
      guard position < tokens.count, tokens[position] == .sign(sign) else { return false }
      position += 1
      return true
    }

    mutating func take(word: String) -> Bool {
      guard position < tokens.count, tokens[position] == .word(word) else { return false }
      position += 1
      return true
    }

    mutating func word() -> String? {
      guard position < tokens.count, case .word(let word) = tokens[position] else { return nil }
      position += 1
      return word
    }

    mutating func text() -> String? {
      guard position < tokens.count, case .text(let text) = tokens[position] else { return nil }
      position += 1
      return text
    }

    mutating func expression() -> GooglePolicyQuery? {
      guard depth < 64 else { return nil }
      depth += 1
      defer { depth -= 1 }
      return joined("||", { .any($0) }) { $0.joined("&&", { .all($0) }) { $0.factor() } }
    }

    private mutating func joined(
      _ sign: String, _ join: ([GooglePolicyQuery]) -> GooglePolicyQuery,
      _ part: (inout Parser) -> GooglePolicyQuery?
    ) -> GooglePolicyQuery? {
      guard let first = part(&self) else { return nil }
      var parts = [first]
      while take(sign) {
        guard let next = part(&self) else { return nil }
        parts.append(next)
      }
      return parts.count == 1 ? first : join(parts)
    }

    private mutating func factor() -> GooglePolicyQuery? {
      var isNegated = false
      while take("!") { isNegated.toggle() }
      guard let inner = primary() else { return nil }
      return isNegated ? .not(inner) : inner
    }

    private mutating func primary() -> GooglePolicyQuery? {
      if take("(") {
        guard let inner = expression(), take(")") else { return nil }
        return inner
      }
      if take(word: "true") { return .always }
      if take(word: "false") { return .never }
      return clause()
    }

    /// `entity.LIST.exists(NAME, PREDICATE)`.
    private mutating func clause() -> GooglePolicyQuery? {
      guard take(word: "entity"), take("."), let list = word(), take("."), take(word: "exists"),
        take("("), let name = word(), take(","), let found = predicate(list, name), take(")")
      else { return nil }
      return found
    }

    /// One predicate or several joined by `||`; `&&` over one element is not what queries ask for.
    private mutating func predicate(_ list: String, _ name: String) -> GooglePolicyQuery? {
      joined("||", { .any($0) }) { parser in
        if parser.take("(") {
          guard let inner = parser.predicate(list, name), parser.take(")") else { return nil }
          return inner
        }
        return parser.comparison(list, name)
      }
    }

    private mutating func comparison(_ list: String, _ name: String) -> GooglePolicyQuery? {
      guard take(word: name) else { return nil }
      switch list {
      case "org_units":
        guard take("."), take(word: "org_unit_id"), let ids = ids("orgUnitId") else { return nil }
        return .any(ids.map { .orgUnit($0) })
      case "groups":
        guard take("."), take(word: "group_id"), let ids = ids("groupId") else { return nil }
        return .any(ids.map { .group($0) })
      case "licenses":
        guard let ids = ids(nil) else { return nil }
        return .licences(ids)
      default: return nil
      }
    }

    /// What stands after `==` or in a list after `in`.
    private mutating func ids(_ function: String?) -> [String]? {
      if take("==") { return id(function).map { [$0] } }
      guard take(word: "in"), take("[") else { return nil }
      var ids: [String] = []
      repeat {
        guard let id = id(function) else { return nil }
        ids.append(id)
      } while take(",")
      return take("]") ? ids : nil
    }

    private mutating func id(_ function: String?) -> String? {
      guard let function, take(word: function) else { return text().map(GoogleWire.bareID) }
      guard take("("), let id = text(), take(")") else { return nil }
      return GoogleWire.bareID(id)
    }
  }
}
