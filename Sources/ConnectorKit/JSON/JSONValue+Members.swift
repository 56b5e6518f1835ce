package import JSONQuery

extension JSONValue {
  /// Whether it is an object without other members that say anything.
  package func hasOnly(_ keys: Set<String>) -> Bool {
    guard case .object(let members) = self else { return false }
    return members.allSatisfy { $0.value == .null || keys.contains($0.key) }
  }

  /// Whether an object has a member, be it null.
  package func has(_ key: String) -> Bool { object?[key] != nil }
}
