package import JSONQuery

/// A key of an object that decides about sign-ins, and that we do not know.
package struct UnrecognisedKey: Sendable, Hashable {
  /// The path from the object: `conditions/riskLevels`.
  package var path: String
  /// What tells one value of it from another: eight hex digits, the same in every run.
  package var version: String

  /// A key with its value, or a value that is not known.
  package init(_ path: String, _ value: JSONValue) {
    self.path = path
    version = value.fingerprint
  }
}

extension JSONValue {
  /// The keys of an object that are neither understood nor known to be harmless, sorted.
  ///
  /// A key without a value (null, an empty list, text or object) says nothing.
  /// - Parameter path: where the object stands in the one that decides.
  package func unrecognised(
    besides known: Set<String>, at path: String = ""
  ) -> [UnrecognisedKey] {
    guard case .object(let members) = self else { return [] }
    return members.filter { !known.contains($0.key) && !$0.value.isBlank }
      .map { key, value in
        UnrecognisedKey(path.isEmpty ? key : "\(path)/\(key)", value)
      }
      .sorted { $0.path < $1.path }
  }

  /// Whether it says nothing.
  package var isBlank: Bool {
    switch self {
    case .null: true
    case .string(let text): text.isEmpty
    case .array(let values): values.isEmpty
    case .object(let members): members.isEmpty
    default: false
    }
  }

  /// What tells one document from another whatever the order of its keys: eight hex digits (FNV-1a of its text).
  package var fingerprint: String {
    var hash: UInt32 = 2_166_136_261
    for byte in text.utf8 {
      hash ^= UInt32(byte)
      hash &*= 16_777_619
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
