/// A JSON value, for the parts of a scenario that are given in a vendor's own shape.
///
/// Built from literals in code and from YAML or JSON in files.
public enum JSON: Sendable, Hashable {
  /// A property that is present and null.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A whole number.
  case integer(Int)
  /// Any other number.
  case number(Double)
  /// Text.
  case string(String)
  /// A list.
  case array([JSON])
  /// Properties; their order is not kept.
  case object([String: JSON])

  /// Reads or writes one property of an object; a value that is no object has none.
  public subscript(key: String) -> JSON? {
    get {
      guard case .object(let properties) = self else { return nil }
      return properties[key]
    }
    set {
      guard case .object(var properties) = self else { return }
      properties[key] = newValue
      self = .object(properties)
    }
  }

  /// Reads or writes a property of objects in objects, by the names on the way with dots between them.
  subscript(path path: String) -> JSON? {
    get {
      path.split(separator: ".").reduce(self as JSON?) { value, name in value?[String(name)] }
    }
    set {
      let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        self[path] = newValue
        return
      }
      var inner = self[parts[0]]
      inner?[path: parts[1]] = newValue
      self[parts[0]] = inner
    }
  }

  /// The text, when this is text.
  public var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// The elements, when this is a list.
  public var elements: [JSON]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }

  /// The properties, when this is an object.
  public var properties: [String: JSON]? {
    guard case .object(let properties) = self else { return nil }
    return properties
  }

  /// The Boolean, when this is one.
  public var isTrue: Bool? {
    guard case .bool(let flag) = self else { return nil }
    return flag
  }

  /// The whole number, when this is one.
  public var int: Int? {
    guard case .integer(let number) = self else { return nil }
    return number
  }

  /// Returns this object with the properties of another laid over it, objects inside likewise.
  public func merging(_ other: JSON?) -> JSON {
    guard let other else { return self }
    guard case .object(var mine) = self, case .object(let theirs) = other else { return other }
    for (key, value) in theirs {
      mine[key] = mine[key].map { $0.merging(value) } ?? value
    }
    return .object(mine)
  }

  /// Returns an object without the properties that are nil.
  static func compact(_ properties: [String: JSON?]) -> JSON {
    .object(properties.compactMapValues { $0 })
  }

  /// Returns a list of texts.
  static func strings(_ texts: some Sequence<String>) -> JSON {
    .array(texts.map { .string($0) })
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral, ExpressibleByStringInterpolation
{
  /// Makes text.
  public init(stringLiteral value: String) { self = .string(value) }
  /// Makes a whole number.
  public init(integerLiteral value: Int) { self = .integer(value) }
  /// Makes a number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// Makes a Boolean.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// Makes a present null.
  public init(nilLiteral: ()) { self = .null }
  /// Makes a list.
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  /// Makes an object; of a repeated key the last value counts.
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(Dictionary(elements) { $1 })
  }
}
