internal import JSONQuery

/// Reads the condition of a rule.
struct PredicateParser {
  typealias Problem = FieldParser.Problem

  let fields: FieldMap

  func predicate(_ value: JSONValue, depth: Int = 0) throws(Problem) -> Predicate {
    guard depth < 16 else { throw Problem(message: "conditions are nested too deep") }
    if value.string == "always" { return .always }
    guard let members = value.object, !members.isEmpty else {
      throw Problem(
        message:
          "expected always, or a mapping such as { group: contractors } or { field: …, equals: … }")
    }
    if members.count == 1, let (key, value) = members.first {
      switch key {
      case "group":
        guard fields.has(.groups) else {
          throw Problem(message: "group needs the field groups")
        }
        return .group(try text(value, key))
      case "not": return .not(try predicate(value, depth: depth + 1))
      case "all": return .all(try predicates(value, key, depth))
      case "any": return .any(try predicates(value, key, depth))
      default: break
      }
    }
    return try comparison(members)
  }

  private func predicates(
    _ value: JSONValue, _ key: String, _ depth: Int
  ) throws(Problem) -> [Predicate] {
    guard let values = value.array, !values.isEmpty else {
      throw Problem(message: "\(key) takes a list of conditions")
    }
    var result: [Predicate] = []
    for value in values { result.append(try predicate(value, depth: depth + 1)) }
    return result
  }

  private func comparison(_ members: [String: JSONValue]) throws(Problem) -> Predicate {
    var rest = members
    let subject: Predicate.Subject
    if let name = rest.removeValue(forKey: "field") {
      guard let field = name.string.flatMap({ FieldName(rawValue: $0) }), fields.has(field) else {
        throw Problem(message: "field names none of the mapped fields")
      }
      subject = .field(field)
    } else if let path = rest.removeValue(forKey: "path") {
      subject = .query(try FieldParser(isList: false).field(path))
    } else {
      throw Problem(message: "name a field or path to compare, or group, not, all, any")
    }
    guard rest.count == 1, let (key, value) = rest.first else {
      throw Problem(message: "expected one of exists, equals, in, matches")
    }
    switch key {
    case "exists":
      guard let wanted = value.bool else { throw Problem(message: "exists takes true or false") }
      return .exists(subject, wanted)
    case "equals": return .oneOf(subject, [value])
    case "in":
      guard let values = value.array else { throw Problem(message: "in takes a list") }
      return .oneOf(subject, values)
    case "matches":
      let pattern = try text(value, key)
      do throws(RegularExpression.Malformed) {
        return .matches(subject, try RegularExpression(pattern))
      } catch {
        throw Problem(message: "matches: \(error.reason)")
      }
    default: throw Problem(message: "unknown key \"\(key)\"; expected exists, equals, in, matches")
    }
  }

  private func text(_ value: JSONValue, _ key: String) throws(Problem) -> String {
    guard let text = value.string, !text.isEmpty else {
      throw Problem(message: "\(key) takes a text")
    }
    return text
  }
}
