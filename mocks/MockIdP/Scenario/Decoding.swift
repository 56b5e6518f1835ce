extension KeyedDecodingContainer {
  /// Reads a property into a variable that has its default already; a missing one changes nothing.
  func read<Value: Decodable>(_ key: Key, into value: inout Value) throws {
    if let found = try decodeIfPresent(Value.self, forKey: key) { value = found }
  }

  /// Reads an optional property; a missing one changes nothing.
  func read<Value: Decodable>(_ key: Key, into value: inout Value?) throws {
    if let found = try decodeIfPresent(Value.self, forKey: key) { value = found }
  }
}
