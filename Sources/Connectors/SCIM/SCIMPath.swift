internal import ConnectorKit
internal import JSONQuery

/// The path of an attribute (RFC 7644 §3.10): `userName`, `name.familyName`, `emails[type eq "work"].value`,
/// `urn:acme:scim:security:2.0:User:mfaPolicy`.
///
/// Names are compared without regard to case, as the RFC has it.
struct SCIMPath: Sendable, Hashable {
  /// Why a text is no path.
  struct Malformed: Error, Hashable {
    let reason: String
  }

  /// Which values of a multi-valued attribute are meant.
  struct Filter: Sendable, Hashable {
    var attribute: String
    var value: JSONValue
  }

  /// As it is written.
  let text: String
  /// The schema of an extension, under which its values stand.
  let schema: String?
  let attribute: String
  let filter: Filter?
  let subattribute: String?

  init(_ text: String) throws(Malformed) {
    self.text = text
    var rest = text[...]
    let head = text.prefix { $0 != "[" }
    if head.lowercased().hasPrefix("urn:") {
      // The last colon before the attribute ends the schema; versions hold dots, so colons go first.
      guard let colon = head.lastIndex(of: ":") else {
        throw Malformed(reason: "the schema has no end")
      }
      schema = String(text[..<colon])
      rest = text[text.index(after: colon)...]
    } else {
      schema = nil
    }
    let name = rest.prefix { $0 != "[" && $0 != "." }
    guard Self.isName(name) else {
      throw Malformed(reason: "\"\(name.prefix(40))\" is no attribute name")
    }
    attribute = String(name)
    rest = rest.dropFirst(name.count)
    if rest.first == "[" {
      guard let close = rest.lastIndex(of: "]") else { throw Malformed(reason: "] is missing") }
      filter = try Self.filter(rest[rest.index(after: rest.startIndex)..<close])
      rest = rest[rest.index(after: close)...]
    } else {
      filter = nil
    }
    guard rest.first == "." || rest.isEmpty else {
      throw Malformed(reason: "a point is missing before the sub-attribute")
    }
    let sub = rest.dropFirst()
    guard rest.isEmpty || Self.isName(sub) else {
      throw Malformed(reason: "\"\(sub.prefix(40))\" is no attribute name")
    }
    subattribute = sub.isEmpty ? nil : String(sub)
  }

  /// The name to ask for with `attributes`.
  var requested: String { (schema.map { $0 + ":" } ?? "") + attribute }

  /// The values in a resource; null, absent and empty all mean none.
  func values(in resource: JSONValue) -> [JSONValue] {
    elements(in: resource).filter { $0 != .null }
  }

  /// The values in a resource, with null for those that are lost among others.
  func elements(in resource: JSONValue) -> [JSONValue] {
    let holder = schema.map { resource.attribute($0) } ?? resource
    guard let found = holder?.attribute(attribute) else { return [] }
    var values = found.array ?? [found]
    if let filter {
      values = values.filter { value in
        guard let own = value.attribute(filter.attribute) else { return false }
        if let a = own.string, let b = filter.value.string {
          return a.lowercased() == b.lowercased()
        }
        return own.isSame(as: filter.value)
      }
    }
    if let subattribute { values = values.map { $0.attribute(subattribute) ?? .null } }
    return values
  }

  private static func isName(_ text: Substring) -> Bool {
    guard let first = text.first, first.isLetter || first == "$" else { return false }
    return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "$-_".contains($0)) }
  }

  private static func filter(_ text: Substring) throws(Malformed) -> Filter {
    let parts = text.split(separator: " ", maxSplits: 2)
    guard parts.count == 3, isName(parts[0]), parts[1].lowercased() == "eq" else {
      throw Malformed(reason: "in [] stands attribute eq value, such as type eq \"work\"")
    }
    let literal = parts[2]
    switch literal {
    case "true": return Filter(attribute: String(parts[0]), value: .bool(true))
    case "false": return Filter(attribute: String(parts[0]), value: .bool(false))
    default:
      guard literal.count >= 2, literal.first == "\"", literal.last == "\"" else {
        throw Malformed(reason: "the value in [] stands in quotes")
      }
      return Filter(
        attribute: String(parts[0]), value: .string(String(literal.dropFirst().dropLast())))
    }
  }
}

extension JSONValue {
  /// An attribute of a SCIM resource, by name without regard to case; null is none.
  func attribute(_ name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    let found: JSONValue?
    if let exact = members[name] {
      found = exact
    } else {
      let folded = name.lowercased()
      found = members.first { $0.key.lowercased() == folded }?.value
    }
    return found == .null ? nil : found
  }

  /// Refuses a resource that has an attribute twice, in two spellings and with different values: names have no case, so
  /// nobody knows which of them counts.
  func checkAttributes() throws(WireError) {
    switch self {
    case .array(let values): for value in values { try value.checkAttributes() }
    case .object(let members):
      var seen: [String: JSONValue] = [:]
      for (key, value) in members {
        if let before = seen.updateValue(value, forKey: key.lowercased()), before != value {
          throw WireError.twice(key.lowercased())
        }
        try value.checkAttributes()
      }
    default: break
    }
  }
}
