/// Object ids of a directory: GUIDs, which have no case.
enum EntraID {
  /// Whether a text is a GUID.
  static func isGUID(_ text: String) -> Bool {
    guard text.utf8.count == 36 else { return false }
    return zip(text.utf8, 0...).allSatisfy { byte, index in
      let isDash = byte == UInt8(ascii: "-")
      return [8, 13, 18, 23].contains(index) ? isDash : !isDash
    }
  }

  /// The one spelling of an id.
  static func folded(_ text: String) -> String {
    text.utf8.contains { isUpper($0) } ? text.lowercased() : text
  }

  /// Lends the one spelling of an id; nearly always it is spelled that way already.
  static func withFolded<R>(
    _ id: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> R
  ) -> R {
    guard id.contains(where: { isUpper($0) }) else { return body(id) }
    return id.map { isUpper($0) ? $0 | 0x20 : $0 }.withUnsafeBufferPointer(body)
  }

  private static func isUpper(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }
}

/// What a list of a policy names: objects by id, and words such as `All`.
///
/// Read once for a policy, because every application asks it again.
struct EntraNames: Sendable, Hashable {
  /// The ids in one spelling, each once, in the policy's order.
  let ids: [String]
  /// The same for looking up.
  let idSet: Set<String>
  /// What is no id.
  let words: [String]

  init(_ names: [String]) {
    var seen: Set<String> = []
    var ids: [String] = []
    var words: [String] = []
    for name in names {
      if EntraID.isGUID(name) {
        let id = EntraID.folded(name)
        if seen.insert(id).inserted { ids.append(id) }
      } else {
        words.append(name)
      }
    }
    self.ids = ids
    idSet = seen
    self.words = words
  }

  /// All of them, words first.
  var all: [String] { words + ids }
}
