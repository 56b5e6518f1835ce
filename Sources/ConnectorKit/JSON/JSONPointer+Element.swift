package import JSONQuery

extension JSONPointer {
  /// The place in a parsed document, without making a value of it; nil when it is missing.
  package func find(in root: JSONElement) throws(WireError) -> JSONElement? {
    var element = root
    for token in tokens {
      let isArray = element.type == .array
      guard isArray || element.type == .object else { return nil }
      let wanted = isArray ? Self.index(token) : nil
      if isArray, wanted == nil { return nil }
      var found: JSONElement?
      var position = 0
      try element.forEach { key, value throws(WireError) in
        if isArray ? position == wanted : key.utf8.elementsEqual(token.utf8) { found = value }
        position += 1
      }
      guard let found else { return nil }
      element = found
    }
    return element
  }
}
