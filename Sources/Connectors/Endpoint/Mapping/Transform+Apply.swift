internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

extension Transform {
  /// What becomes of a value; missing and null pass through all but `default`.
  ///
  /// What a step cannot be applied to becomes missing, and is told.
  func apply(to value: JSONValue?, _ note: (String) -> Void) -> JSONValue? {
    if case .fallback(let fallback) = self {
      return value == nil || value == .null ? fallback : value
    }
    guard let value, value != .null else { return value }
    if case .array(let values) = value {
      return .array(
        values.flatMap { element -> [JSONValue] in
          // Null stays for an element that is lost, so that it is not taken for one that was never there.
          let made = apply(to: element, note) ?? .null
          if case .split = self, case .array(let parts) = made { return parts }
          return [made]
        })
    }
    switch self {
    case .lower:
      return text(value, note).map { .string($0.lowercased()) }
    case .trim:
      return text(value, note).map { text in
        var text = text[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return .string(String(text))
      }
    case .bool:
      if let flag = value.lenientBool { return .bool(flag) }
      note("\(value.shown) is neither true nor false")
      return nil
    case .int:
      if let text = value.scalarText, let number = Int64(text) { return .integer(number) }
      note("\(value.shown) is no whole number")
      return nil
    case .date:
      if let moment = Self.moment(value) { return .string(moment.text) }
      note("\(value.shown) is no date of RFC 3339 and no epoch")
      return nil
    case .split(let separator):
      return text(value, note).map { text in
        .array(
          text.split(separator: separator).map { .string(String($0)) })
      }
    case .map(let table):
      guard let key = text(value, note) else { return nil }
      if let mapped = table.member(key) { return mapped }
      if let mapped = table["*"], Self.speaks(of: value, table) { return mapped }
      note("\(value.shown) is not in the map")
      return nil
    case .regex(let expression):
      guard let text = text(value, note) else { return nil }
      if let captured = expression.capture(in: text) { return .string(captured) }
      note("\(value.shown) does not fit the expression")
      return nil
    case .fallback: return value
    }
  }

  /// Whether a table may mean a value by `*`: all other words, and all other numbers only where it names one.
  ///
  /// A field that was a word and is a number now is none of the words that the operator had in mind.
  private static func speaks(of value: JSONValue, _ table: [String: JSONValue]) -> Bool {
    switch value {
    case .string: true
    case .bool: table.keys.contains { ["true", "false"].contains($0) }
    default: table.keys.contains { Double($0) != nil }
    }
  }

  private func text(_ value: JSONValue, _ note: (String) -> Void) -> String? {
    if let text = value.scalarText { return text }
    note("\(value.type.phrase) is no text")
    return nil
  }

  /// RFC 3339, or seconds or milliseconds since 1970; no event of interest lies before 1973 in milliseconds.
  private static func moment(_ value: JSONValue) -> Timestamp? {
    guard let text = value.scalarText else { return nil }
    if let moment = Timestamp(text) { return moment }
    guard let number = Double(text), number.isFinite, number >= 0, number < 1e14 else { return nil }
    return Timestamp(milliseconds: Int64(number >= 1e11 ? number : number * 1000))
  }
}
