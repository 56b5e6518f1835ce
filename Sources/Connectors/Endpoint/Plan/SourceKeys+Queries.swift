internal import ConnectorKit
internal import JSONQuery

extension SourceKeys {
  /// A field: a path, or a mapping with path, take, from and transform.
  func field(_ key: String, isList: Bool = false) -> FieldPlan? {
    guard let value = value(key) else { return nil }
    do throws(FieldParser.Problem) {
      return try FieldParser(isList: isList).field(value)
    } catch {
      reject(key, error.message)
      return nil
    }
  }
}

/// Reads a field from its value in the configuration.
struct FieldParser {
  struct Problem: Error {
    let message: String
  }

  let isList: Bool

  func field(_ value: JSONValue) throws(Problem) -> FieldPlan {
    if let text = value.string {
      return FieldPlan(text: text, query: try query(text), take: isList ? .all : .only)
    }
    guard let members = value.object else {
      throw Problem(message: "expected a path such as /email, or a mapping with path")
    }
    let known = ["path", "compose", "lang", "from", "take", "transform"]
    if let unknown = members.keys.sorted().first(where: { !known.contains($0) }) {
      throw Problem(
        message: "unknown key \"\(unknown)\"; expected \(known.joined(separator: ", "))")
    }
    if let compose = members["compose"] {
      return try composed(compose, members)
    }
    guard let text = members["path"]?.string else {
      throw Problem(message: "path is missing: a JSON Pointer or a JSONPath")
    }
    if let lang = members["lang"], !["pointer", "jsonpath"].contains(lang.string) {
      throw Problem(message: "lang: expected pointer or jsonpath")
    }
    let query = try query(text)
    switch (members["lang"]?.string, query) {
    case ("pointer"?, .path), ("jsonpath"?, .pointer):
      throw Problem(
        message: "lang and path do not go together: pointers begin with /, JSONPath with $")
    default: break
    }
    return FieldPlan(
      text: text, query: query, place: try choice(members["from"], "from") ?? .item,
      take: try choice(members["take"], "take") ?? (isList ? .all : .only),
      transforms: try transforms(members["transform"]))
  }

  /// A value made of several places: `{{/user}}@{{/domain}}`.
  private func composed(
    _ value: JSONValue, _ members: [String: JSONValue]
  ) throws(Problem) -> FieldPlan {
    if let other = ["path", "lang", "take"].first(where: { members[$0] != nil }) {
      throw Problem(message: "compose and \(other) do not go together")
    }
    guard let text = value.string, !text.isEmpty else {
      throw Problem(message: "compose takes a text such as \"{{/user}}@{{/domain}}\"")
    }
    var parts: [FieldPlan.Part] = []
    var first: JSONQuery?
    var rest = text[...]
    while let open = rest.firstRange(of: "{{") {
      guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
        throw Problem(message: "compose: }} is missing")
      }
      if open.lowerBound > rest.startIndex { parts.append(.text(String(rest[..<open.lowerBound]))) }
      let query = try query(
        String(rest[open.upperBound..<close.lowerBound]).trimmingBlanks)
      first = first ?? query
      parts.append(.place(query))
      rest = rest[close.upperBound...]
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    guard let first else {
      throw Problem(message: "compose names no place: write one as {{/user}}")
    }
    return FieldPlan(
      text: text, query: first, place: try choice(members["from"], "from") ?? .item,
      transforms: try transforms(members["transform"]), parts: parts)
  }

  private func query(_ text: String) throws(Problem) -> JSONQuery {
    do throws(JSONQuery.Malformed) {
      return try JSONQuery(text)
    } catch {
      throw Problem(message: "\"\(text.prefix(80))\": \(error.reason)")
    }
  }

  private func choice<Word: RawRepresentable & CaseIterable>(
    _ value: JSONValue?, _ key: String
  ) throws(Problem) -> Word? where Word.RawValue == String {
    guard let value else { return nil }
    if let word = value.string.flatMap({ Word(rawValue: $0) }) { return word }
    let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
    throw Problem(message: "\(key): expected \(words)")
  }

  private func transforms(_ value: JSONValue?) throws(Problem) -> [Transform] {
    guard let value else { return [] }
    var result: [Transform] = []
    for step in value.array ?? [value] { result.append(try transform(step)) }
    return result
  }

  private func transform(_ step: JSONValue) throws(Problem) -> Transform {
    let words =
      "lower, trim, bool, int, date, or one of { split: \",\" }, { map: {…} }, { default: … }, { regex: \"…\" }"
    switch step.string {
    case "lower"?: return .lower
    case "trim"?: return .trim
    case "bool"?: return .bool
    case "int"?: return .int
    case "date"?: return .date
    default: break
    }
    guard let members = step.object, members.count == 1, let (key, value) = members.first else {
      let found = step.string.map { "\"\($0)\" is none; " } ?? ""
      throw Problem(message: "transform: \(found)expected \(words)")
    }
    switch key {
    case "default": return .fallback(value)
    case "split":
      guard let separator = value.string, !separator.isEmpty else {
        throw Problem(message: "transform: split takes a text such as \",\"")
      }
      return .split(separator)
    case "map":
      guard let table = value.object, !table.isEmpty else {
        throw Problem(
          message: "transform: map takes a mapping such as { ACTIVE: true, \"*\": false }")
      }
      return .map(table)
    case "regex":
      do throws(RegularExpression.Malformed) {
        return .regex(try RegularExpression(value.string ?? "("))
      } catch {
        throw Problem(message: "transform: regex: \(error.reason)")
      }
    default: throw Problem(message: "transform: unknown step \"\(key)\"; expected \(words)")
    }
  }
}

extension String {
  /// The text without spaces around it.
  var trimmingBlanks: String {
    var text = self[...]
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
