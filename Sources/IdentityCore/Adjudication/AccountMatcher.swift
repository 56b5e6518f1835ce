/// Finds the account of a member at one provider: by primary address, then aliases, then login name.
///
/// The first class of keys that finds any account decides, unless a later one finds another account that can sign in; two
/// accounts for one key are ambiguous and never guessed.
struct AccountMatcher {
  /// What a key finds.
  enum Match: Hashable {
    case none
    case one(Int32)
    case ambiguous
  }

  private enum KeyClass: Int32, CaseIterable { case email, alias, login }

  private let accounts: AccountTable
  private var index: HashIndex

  init(_ accounts: AccountTable) {
    self.accounts = accounts
    index = HashIndex(capacity: accounts.count)
    for position in 0..<accounts.count {
      let row = accounts.rows[position]
      let email = accounts.arena.withBytes(of: row.email) { Self.hash($0) }
      let login =
        row.login == row.email
        ? email : accounts.arena.withBytes(of: row.login) { Self.hash($0) }
      if !row.email.isNone { add(email, position, .email) }
      if !row.login.isNone, row.email.isNone || login != email { add(login, position, .login) }
      for alias in accounts.aliases[Int32(position)] ?? [] {
        var alias = alias
        add(alias.withUTF8 { Self.hash($0) }, position, .alias)
      }
    }
  }

  /// The account that goes by a member's key.
  func match(_ key: UnsafeBufferPointer<UInt8>) -> Match {
    let hash = KeyHash.folded(key)
    var decided: Int32?
    for keyClass in KeyClass.allCases {
      var found: Int32?
      var isAmbiguous = false
      _ = index.first(hash) { tagged in
        guard tagged & 3 == keyClass.rawValue else { return false }
        let position = tagged >> 2
        guard position != found, position != decided, has(key, Int(position), keyClass) else {
          return false
        }
        if decided != nil, accounts.rows[Int(position)].status != .active { return false }
        isAmbiguous = found != nil || decided != nil
        found = position
        return isAmbiguous
      }
      if isAmbiguous { return .ambiguous }
      decided = decided ?? found
    }
    return decided.map { .one($0) } ?? .none
  }

  private mutating func add(_ hash: UInt64, _ position: Int, _ keyClass: KeyClass) {
    index.insert(hash, Int32(position) << 2 | keyClass.rawValue)
  }

  private func has(
    _ key: UnsafeBufferPointer<UInt8>, _ position: Int, _ keyClass: KeyClass
  ) -> Bool {
    let row = accounts.rows[position]
    switch keyClass {
    case .email: return accounts.arena.withBytes(of: row.email) { Self.isKey(key, of: $0) }
    case .login: return accounts.arena.withBytes(of: row.login) { Self.isKey(key, of: $0) }
    case .alias:
      return (accounts.aliases[Int32(position)] ?? []).contains { alias in
        var alias = alias
        return alias.withUTF8 { Self.isKey(key, of: $0) }
      }
    }
  }

  /// The hash of the key a text makes; plain ASCII needs no key to be made.
  private static func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
    if isPlain(text) { return KeyHash.folded(text) }
    var key = EmailKey.make(text)
    return key.withUTF8 { KeyHash.folded($0) }
  }

  private static func isKey(
    _ key: UnsafeBufferPointer<UInt8>, of text: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    if isPlain(text) {
      return key.count == text.count
        && zip(key, text).allSatisfy { $0 == ($1 &- 0x41 < 26 ? $1 | 0x20 : $1) }
    }
    var made = EmailKey.make(text)
    return made.withUTF8 { $0.hasSameBytes(as: key) }
  }

  private static func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    text.allSatisfy { $0 > 0x20 && $0 < 0x7F }
  }
}
