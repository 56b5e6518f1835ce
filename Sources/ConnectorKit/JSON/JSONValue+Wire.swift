package import JSONQuery

extension JSONValue {
  package init(_ element: JSONElement, depth: Int = 0) throws(WireError) {
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

  /// A member that must be there with a type; an empty text names nothing, so it is as if it were not there.
  package func required<T>(
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
    if type == .string, value == .string("") {
      throw WireError.expected(type, found: .missing, path: key)
    }
    return result
  }

  /// A member that may be missing or null, but has no other type.
  package func optional<T>(
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
  package func omissible<T>(
    _ key: String, _ type: JSONType, _ read: (JSONValue) -> T?
  ) throws(WireError) -> T? {
    guard self[key] == .null else { return try optional(key, type, read) }
    throw WireError.expected(type, found: .null, path: key)
  }

  /// The values of an array, each read by a closure; a fault names its row from 1.
  package func rows<T>(_ read: (JSONValue) throws(WireError) -> T) throws(WireError) -> [T] {
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
