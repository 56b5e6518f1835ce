internal import JSONQuery

extension JSONElement {
  /// A member of an object; nil when there is none.
  package func member(_ name: String) throws(WireError) -> JSONElement? {
    guard type == .object else { throw WireError.expected(.object, found: type) }
    var found: JSONElement?
    try forEach { key, value throws(WireError) in if key == name { found = value } }
    return found
  }
}
