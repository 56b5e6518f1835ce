/// A JSON value of its own, for small documents such as policies; equal keys of one object say the same.
public enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int64)
  /// A number with a fraction or beyond 64 bits, as it is written without white space.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// How deep a document may be nested; policies need about ten levels.
  static let maxDepth = 64

  init(_ element: JSONElement, depth: Int = 0) throws(WireError) {
    guard depth <= Self.maxDepth else {
      throw WireError(.shape, detail: "nested deeper than \(Self.maxDepth) levels")
    }
    switch element.type {
    case .missing, .null: self = .null
    case .bool: self = .bool(element.bool ?? false)
    case .integer: self = .integer(element.integer ?? 0)
    case .number: self = .number(element.minified)
    case .string: self = .string(element.string ?? "")
    case .array:
      var values: [JSONValue] = []
      try element.forEach { _, value throws(WireError) in
        values.append(try JSONValue(value, depth: depth + 1))
      }
      self = .array(values)
    case .object:
      var members: [String: JSONValue] = [:]
      try element.forEach { key, value throws(WireError) in
        members[key] = try JSONValue(value, depth: depth + 1)
      }
      self = .object(members)
    }
  }

  /// What it is.
  var type: JSONType {
    switch self {
    case .null: .null
    case .bool: .bool
    case .integer: .integer
    case .number: .number
    case .string: .string
    case .array: .array
    case .object: .object
    }
  }

  /// A member of an object; nil when it is missing or null, or this is no object.
  subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self, let value = members[key], value != .null else {
      return nil
    }
    return value
  }

  /// The text of a string.
  var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The value of a Boolean.
  var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The value of an integer.
  var integer: Int64? {
    if case .integer(let value) = self { value } else { nil }
  }

  /// The values of an array.
  var array: [JSONValue]? {
    if case .array(let values) = self { values } else { nil }
  }

  /// The members of an object.
  var object: [String: JSONValue]? {
    if case .object(let members) = self { members } else { nil }
  }

  /// The texts of an array of strings; nil when it is anything else.
  var strings: [String]? {
    guard let array else { return nil }
    let texts = array.compactMap(\.string)
    return texts.count == array.count ? texts : nil
  }

  /// The value as JSON without white space, keys in order: the same for equal values.
  var text: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .number(let value): value
    case .string(let value): Self.quoted(value)
    case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
    case .object(let members):
      "{"
        + members.sorted { $0.key < $1.key }
        .map { Self.quoted($0.key) + ":" + $0.value.text }
        .joined(separator: ",") + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20:
        result += "\\u00" + (scalar.value < 0x10 ? "0" : "") + String(scalar.value, radix: 16)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension JSONValue {
  /// A member that must be there with a type.
  func required<T>(
    _ key: String, _ type: JSONType, _ read: (JSONValue) -> T?
  ) throws(WireError) -> T {
    guard case .object(let members) = self else {
      throw WireError.expected(.object, found: self.type)
    }
    guard let value = members[key] else {
      throw WireError.expected(type, found: .missing, path: key)
    }
    guard let result = read(value) else {
      throw WireError.expected(type, found: value.type, path: key)
    }
    return result
  }

  /// A member that may be missing or null, but has no other type.
  func optional<T>(
    _ key: String, _ type: JSONType, _ read: (JSONValue) -> T?
  ) throws(WireError) -> T? {
    guard case .object(let members) = self else {
      throw WireError.expected(.object, found: self.type)
    }
    guard let value = members[key], value != .null else { return nil }
    guard let result = read(value) else {
      throw WireError.expected(type, found: value.type, path: key)
    }
    return result
  }

  /// A member that may be missing, but is never null and has no other type.
  func omissible<T>(
    _ key: String, _ type: JSONType, _ read: (JSONValue) -> T?
  ) throws(WireError) -> T? {
    guard self[key] == .null else { return try optional(key, type, read) }
    throw WireError.expected(type, found: .null, path: key)
  }

  /// The values of an array, each read by a closure; a fault names its row from 1.
  func rows<T>(_ read: (JSONValue) throws(WireError) -> T) throws(WireError) -> [T] {
    guard case .array(let values) = self else {
      throw WireError.expected(.array, found: type)
    }
    var result: [T] = []
    for (index, value) in values.enumerated() {
      do throws(WireError) {
        result.append(try read(value))
      } catch {
        throw error.inRow(index + 1)
      }
    }
    return result
  }
}
