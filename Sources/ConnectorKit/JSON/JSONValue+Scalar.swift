package import JSONQuery

extension JSONValue {
  /// A text, number or Boolean as text; digits stay as they are.
  package var scalarText: String? {
    switch self {
    case .string(let text): text
    case .integer(let number): String(number)
    case .number(let text): text
    case .bool(let flag): flag ? "true" : "false"
    case .null, .array, .object: nil
    }
  }

  /// True or false in the spellings that APIs use.
  package var lenientBool: Bool? {
    switch scalarText?.lowercased() {
    case "true", "1", "yes", "on": true
    case "false", "0", "no", "off": false
    default: nil
    }
  }

  /// The value for people, at most 60 characters.
  package var shown: String {
    let text = text
    return text.count > 60 ? text.prefix(57) + "…" : text
  }

  /// A count, which some servers write as a text.
  package func count(_ place: String) throws(WireError) -> Int {
    guard let number = scalarText.flatMap({ Int($0) }), number >= 0 else {
      throw WireError.expected(.integer, found: type, path: place)
    }
    return number
  }
}
