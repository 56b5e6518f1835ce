/// The accounts of watched people at one provider, packed; built while lists stream past.
///
/// Group and app lists name accounts by id: ``position(ofID:)`` finds the row, ``setAtom(_:at:)`` and
/// ``setAssigned(_:at:)`` mark it. Accounts that look alike to every policy share a ``Signature``.
public struct AccountTable: Sendable {
  /// All that policies may ask of an account.
  public struct Signature: Sendable, Hashable {
    /// Whether it can sign in.
    public var status: AccountStatus
    /// The bits of the atoms that hold, 64 a word.
    public var atoms: [UInt64]
    /// The bits of the applications it may use, 64 a word; what lies beyond is no.
    public var assigned: [UInt64]

    /// Makes a signature.
    public init(status: AccountStatus, atoms: [UInt64], assigned: [UInt64]) {
      self.status = status
      self.atoms = atoms
      self.assigned = assigned
    }

    /// Whether an atom holds.
    public func has(_ atom: SubjectAtom.ID) -> Bool {
      atoms[atom >> 6] & (1 << UInt64(atom & 63)) != 0
    }
    /// Whether it may use the application at a position in ``ProviderReading/apps``.
    public func mayUse(_ app: Int) -> Bool {
      app >> 6 < assigned.count && assigned[app >> 6] & (1 << UInt64(app & 63)) != 0
    }
    /// Whether it may use any application.
    public var mayUseAny: Bool { assigned.contains { $0 != 0 } }
  }

  struct Row: Sendable {
    var id: TextArena.Reference
    var email: TextArena.Reference
    var login: TextArena.Reference
    var statusText: UInt16
    var factors: FactorSet
    var status: AccountStatus
    var enrolled: Tri
  }

  private(set) var arena = TextArena()
  private(set) var rows: [Row] = []
  /// Further addresses, by row; few accounts have any.
  private(set) var aliases: [Int32: [String]] = [:]
  /// What other providers know the person by, by row; few accounts have any.
  private(set) var links: [Int32: [AccountLink]] = [:]
  private var atomWords: [UInt64] = []
  private let wordsPerRow: Int
  private var appWords: [UInt64] = []
  /// How many words of applications a row has; grows with the applications that are marked.
  private var appWordsPerRow = 1
  private var statusTexts: [String] = []
  private var index = HashIndex()

  /// How many facts about people the policies ask for.
  public let atomCount: Int

  /// Makes an empty table for policies that ask for so many facts.
  ///
  /// - Parameter capacity: how many accounts there may be, so that the table need not grow; it does where there are more.
  public init(atomCount: Int, capacity: Int = 0) {
    self.atomCount = atomCount
    wordsPerRow = max(1, (atomCount + 63) / 64)
    if capacity > 0 {
      rows.reserveCapacity(capacity)
      atomWords.reserveCapacity(capacity * wordsPerRow)
      index = HashIndex(capacity: capacity)
    }
  }

  /// How many accounts there are.
  public var count: Int { rows.count }

  /// Adds an account.
  ///
  /// - Returns: its position, or nil when the id is there already: the list named it twice.
  @discardableResult
  public mutating func append(_ account: Account) -> Int? {
    var id = account.id
    var email = account.email
    var login = account.login
    let position = id.withUTF8 { idBytes in
      withOptionalUTF8(&email) { emailBytes in
        withOptionalUTF8(&login) { loginBytes in
          append(
            id: idBytes, email: emailBytes, login: loginBytes, status: account.status,
            statusText: account.statusText)
        }
      }
    }
    guard let position else { return nil }
    for atom in account.atoms { setAtom(atom, at: position) }
    for app in account.assigned { setAssigned(app, at: position) }
    setEnrolment(account.enrolled, account.factors, at: position)
    if !account.aliases.isEmpty { aliases[Int32(position)] = account.aliases }
    if !account.links.isEmpty { links[Int32(position)] = account.links }
    return position
  }

  /// Adds an account given as UTF-8: the path for large directories.
  ///
  /// - Returns: its position, or nil when the id is there already.
  public mutating func append(
    id: UnsafeBufferPointer<UInt8>, email: UnsafeBufferPointer<UInt8>?,
    login: UnsafeBufferPointer<UInt8>?, status: AccountStatus, statusText: String
  ) -> Int? {
    let hash = KeyHash.folded(id)
    if find(id, hash) != nil { return nil }
    let textIndex: Int
    if let known = statusTexts.firstIndex(of: statusText) {
      textIndex = known
    } else {
      statusTexts.append(statusText)
      textIndex = statusTexts.count - 1
    }
    let emailReference = email.map { arena.add($0) } ?? .none
    // The login nearly always is the address.
    let isSame = login.map { login in email.map { $0.hasSameBytes(as: login) } ?? false } ?? false
    rows.append(
      Row(
        id: arena.add(id), email: emailReference,
        login: isSame ? emailReference : login.map { arena.add($0) } ?? .none,
        statusText: UInt16(textIndex), factors: [],
        status: status, enrolled: .unknown))
    atomWords.append(contentsOf: repeatElement(0, count: wordsPerRow))
    appWords.append(contentsOf: repeatElement(0, count: appWordsPerRow))
    index.insert(hash, Int32(rows.count - 1))
    return rows.count - 1
  }

  /// The position of an account by its id.
  public func position(ofID id: UnsafeBufferPointer<UInt8>) -> Int? {
    find(id, KeyHash.folded(id))
  }

  /// The position of an account by its id as another list spells it: just so, or where nobody has it so, the only one that
  /// differs by case alone.
  ///
  /// Whoever took such an id for somebody else's would take the account for one that the list does not name. For ids that
  /// the provider makes; names that people choose may well differ by case alone.
  public func position(listed id: UnsafeBufferPointer<UInt8>) -> Int? {
    let hash = KeyHash.folded(id)
    if let exact = find(id, hash) { return exact }
    var others: [Int] = []
    _ = index.first(hash) { position in
      let isSame = arena.withBytes(of: rows[Int(position)].id) { Self.isFoldedSame($0, id) }
      if isSame { others.append(Int(position)) }
      return false
    }
    return others.count == 1 ? others[0] : nil
  }

  /// The position of an account by its id as another list spells it.
  public func position(listed id: String) -> Int? {
    var copy = id
    return copy.withUTF8 { position(listed: $0) }
  }

  /// The position of an account by its id.
  public func position(ofID id: String) -> Int? {
    var copy = id
    return copy.withUTF8 { position(ofID: $0) }
  }

  /// Marks that a fact holds for an account.
  public mutating func setAtom(_ atom: SubjectAtom.ID, at position: Int) {
    atomWords[position * wordsPerRow + atom >> 6] |= 1 << UInt64(atom & 63)
  }

  /// Marks that an account may use an application; there may be any number of them.
  ///
  /// - Returns: whether that is news.
  @discardableResult
  public mutating func setAssigned(_ app: Int, at position: Int) -> Bool {
    if app >> 6 >= appWordsPerRow { widenApps(to: app >> 6 + 1) }
    let word = position * appWordsPerRow + app >> 6
    let before = appWords[word]
    appWords[word] |= 1 << UInt64(app & 63)
    return before != appWords[word]
  }

  /// Gives every row more words of applications; at least twice as many, so that it seldom happens.
  private mutating func widenApps(to needed: Int) {
    let width = max(needed, appWordsPerRow * 2)
    var wider = [UInt64](repeating: 0, count: rows.count * width)
    for row in rows.indices {
      for word in 0..<appWordsPerRow {
        wider[row * width + word] = appWords[row * appWordsPerRow + word]
      }
    }
    appWords = wider
    appWordsPerRow = width
  }

  /// Notes what another provider knows the person by, once.
  public mutating func addLink(_ link: AccountLink, at position: Int) {
    guard links[Int32(position)]?.contains(link) != true else { return }
    links[Int32(position), default: []].append(link)
  }

  /// Sets what is known of the factors set up.
  public mutating func setEnrolment(_ enrolled: Tri, _ factors: FactorSet, at position: Int) {
    rows[position].enrolled = enrolled
    rows[position].factors = factors
  }

  /// The account at a position.
  public subscript(position: Int) -> Account {
    let row = rows[position]
    let signature = signature(at: position)
    return Account(
      id: arena[row.id] ?? "", email: arena[row.email],
      aliases: aliases[Int32(position)] ?? [], login: arena[row.login], status: row.status,
      statusText: statusTexts[Int(row.statusText)],
      atoms: Set((0..<atomCount).filter { signature.has($0) }),
      assigned: Set((0..<appWordsPerRow * 64).filter { signature.mayUse($0) }),
      enrolled: row.enrolled, factors: row.factors, links: links[Int32(position)] ?? [])
  }

  /// All that policies may ask of the account at a position.
  public func signature(at position: Int) -> Signature {
    let start = position * wordsPerRow
    let apps = position * appWordsPerRow
    return Signature(
      status: rows[position].status, atoms: Array(atomWords[start..<start + wordsPerRow]),
      assigned: Array(appWords[apps..<apps + appWordsPerRow]))
  }

  /// A hash of the signature and status text at a position; no allocation.
  func signatureHash(at position: Int) -> UInt64 {
    let row = rows[position]
    var digest = Digest()
    digest.add(UInt64(row.status.rawValue) << 32 | UInt64(row.statusText))
    for word in 0..<appWordsPerRow { digest.add(appWords[position * appWordsPerRow + word]) }
    for word in 0..<wordsPerRow { digest.add(atomWords[position * wordsPerRow + word]) }
    return digest.value == 0 ? 1 : digest.value
  }

  /// Whether the account at a position has this signature; no allocation.
  func hasSignature(_ signature: Signature, at position: Int) -> Bool {
    let row = rows[position]
    guard row.status == signature.status else { return false }
    for word in 0..<appWordsPerRow
    where appWords[position * appWordsPerRow + word] != signature.assigned[word] {
      return false
    }
    for word in 0..<wordsPerRow
    where atomWords[position * wordsPerRow + word] != signature.atoms[word] {
      return false
    }
    return true
  }

  /// The provider's own word for the status of the account at a position.
  func statusText(at position: Int) -> String { statusTexts[Int(rows[position].statusText)] }

  /// The id of the account at a position.
  public func id(at position: Int) -> String { arena[rows[position].id] ?? "" }

  /// What other providers may know the accounts by: their links, addresses and logins.
  public var passedNames: [String] {
    var result = links.values.flatMap { $0.map(\.subject) }
    for position in rows.indices {
      let names = names(at: position)
      result += [names.email, names.login].compactMap(\.self)
    }
    return result
  }

  /// The address and login of the account at a position.
  public func names(at position: Int) -> (email: String?, login: String?) {
    (arena[rows[position].email], arena[rows[position].login])
  }

  /// Whether a name is the address or login of the account at a position, ASCII case aside.
  public func isNamed(_ name: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
    func isSame(_ text: TextArena.Reference) -> Bool {
      text.length == name.count
        && arena.withBytes(of: text) { text in
          text.hasSameBytes(as: name) || Self.isFoldedSame(text, name)
        }
    }
    let row = rows[position]
    return isSame(row.email) || row.login != row.email && isSame(row.login)
  }

  private static func isFoldedSame(
    _ one: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    one.count == other.count && zip(one, other).allSatisfy { lower($0) == lower($1) }
  }

  private static func lower(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

  /// Gives back the memory that finding accounts by id takes; to be called when the last list was read.
  ///
  /// ``position(ofID:)`` finds nothing afterwards.
  public mutating func forgetIDs() { index = HashIndex() }

  /// Calls `body` with the bytes of the id of the account at a position.
  func withID<R>(at position: Int, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    arena.withBytes(of: rows[position].id, body)
  }

  private func find(_ id: UnsafeBufferPointer<UInt8>, _ hash: UInt64) -> Int? {
    index.first(hash) { position in
      arena.withBytes(of: rows[Int(position)].id) { $0.hasSameBytes(as: id) }
    }.map(Int.init)
  }
}

private func withOptionalUTF8<R>(
  _ text: inout String?, _ body: (UnsafeBufferPointer<UInt8>?) -> R
) -> R {
  guard var value = text else { return body(nil) }
  return value.withUTF8 { body($0) }
}
