/// Finds the accounts that a name may mean at one provider: by primary address, then aliases, then login name.
///
/// The first class of keys that finds any account decides, unless a later one finds another account that can sign in.
struct AccountMatcher {
  /// What a name finds.
  enum Match: Hashable {
    case none
    /// No account goes by what a link or the configuration names as the person's.
    case missing
    case one(Int32)
    /// Several accounts go by the name: never guessed, but the application may tell which one is meant.
    case several([Int32])

    var positions: [Int32] {
      switch self {
      case .none, .missing: []
      case .one(let position): [position]
      case .several(let positions): positions
      }
    }
  }

  private enum KeyClass: Int32 { case email, alias, login, id }

  private let accounts: AccountTable
  private var index: HashIndex
  private let findsIDs: Bool

  /// Prepares to find accounts.
  ///
  /// - Parameter findsIDs: whether names may be the provider's own ids: those of links and of the configuration.
  init(_ accounts: AccountTable, findsIDs: Bool = false) {
    self.accounts = accounts
    self.findsIDs = findsIDs
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
      if findsIDs { accounts.withID(at: position) { add(Self.hash($0), position, .id) } }
    }
  }

  /// The accounts that go by a member's key.
  func match(_ key: UnsafeBufferPointer<UInt8>) -> Match { match(key, [.email, .alias, .login]) }

  /// The accounts that go by a name of a link or of the configuration, which says that there is one.
  func match(linked subject: String) -> Match {
    let found = match(subject: subject)
    return found == .none ? .missing : found
  }

  /// The accounts that go by a name that another provider passes on, or by an id, which goes before all others.
  func match(subject: String) -> Match {
    var exact = subject
    let byID = exact.withUTF8 { name in
      var found: Match = .none
      _ = index.first(Self.hash(name)) { tagged in
        guard tagged & 3 == KeyClass.id.rawValue else { return false }
        let isSame = accounts.withID(at: Int(tagged >> 2)) { $0.hasSameBytes(as: name) }
        if isSame { found = .one(tagged >> 2) }
        return isSame
      }
      return found
    }
    if byID != .none { return byID }
    var key = EmailKey.make(subject)
    return key.withUTF8 { match($0) }
  }

  private func match(_ key: UnsafeBufferPointer<UInt8>, _ classes: [KeyClass]) -> Match {
    let hash = KeyHash.folded(key)
    var found: Int32?
    var further: [Int32] = []
    for keyClass in classes {
      let isDecided = found != nil
      _ = index.first(hash) { tagged in
        guard tagged & 3 == keyClass.rawValue else { return false }
        let position = tagged >> 2
        guard position != found, !further.contains(position), has(key, Int(position), keyClass)
        else { return false }
        if isDecided, accounts.rows[Int(position)].status != .active { return false }
        if found == nil { found = position } else { further.append(position) }
        return false
      }
    }
    guard let found else { return .none }
    return further.isEmpty ? .one(found) : .several([found] + further)
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
    case .id: return accounts.withID(at: position) { $0.hasSameBytes(as: key) }
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
