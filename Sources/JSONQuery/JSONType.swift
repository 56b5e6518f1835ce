/// What a JSON value is.
package enum JSONType: UInt8, Sendable, Hashable {
  case missing, null, string, bool, integer, number, array, object

  package init(_ code: UInt8) {
    self = JSONType(rawValue: code) ?? .missing
  }

  /// The type with its article, for messages.
  package var phrase: String {
    switch self {
    case .missing: "nothing"
    case .null: "null"
    case .string: "a string"
    case .bool: "a boolean"
    case .integer: "an integer"
    case .number: "a number"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
