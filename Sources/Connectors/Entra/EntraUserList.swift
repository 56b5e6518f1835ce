internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

/// Takes the pages of all users in and keeps those who are watched.
struct EntraUserList {
  private(set) var table: AccountTable
  /// Whether one of the accounts kept is external.
  private(set) var hasGuests = false
  /// How many different users there were.
  private(set) var count = 0
  /// How many rows came again.
  private(set) var repeats = 0
  /// How many rows do not show all the names that a user may have, so that somebody may be missed.
  private(set) var nameless = 0
  /// How many of the accounts kept do not tell whether they may sign in, or which kind they are of.
  private(set) var unclear = 0
  /// How many of the accounts kept are in a domain that the tenant does not list.
  private(set) var unlisted = 0

  private let watch: WatchList
  private let marks: EntraUserMarks
  private let unclearState: SubjectAtom.ID?
  private let asksForKinds: Bool
  /// The rows of this page and the one before, by id: rows come again over page borders.
  private var page: [Int: Int] = [:]
  private var pageBefore: [Int: Int] = [:]

  private typealias Field = EntraWire.UserField

  init(_ atoms: EntraAtoms, _ domains: Set<String>?, _ watch: WatchList) {
    table = AccountTable(atomCount: atoms.all.count)
    self.watch = watch
    marks = EntraUserMarks(atoms, domains)
    unclearState = atoms.place(.attribute, EntraAccountFact.unclearState)
    asksForKinds = !atoms.ids(.userType).isEmpty
  }

  /// Takes a page in.
  ///
  /// - Returns: the number of the first row, from 1, that names an earlier user with other facts; nil: none does.
  mutating func take(_ rows: TableRows, _ list: JSONElement) throws(WireError) -> Int? {
    pageBefore = page
    page.removeAll(keepingCapacity: true)
    var index = 0
    var contradiction: Int?
    try list.forEach { _, user throws(WireError) in
      if try !take(rows[index], user) { contradiction = contradiction ?? index + 1 }
      index += 1
    }
    return contradiction
  }

  /// Takes a row in; false when it contradicts an earlier one.
  private mutating func take(
    _ row: TableRows.Row, _ user: JSONElement
  ) throws(WireError) -> Bool {
    let (key, facts) = Self.hashes(row)
    let earlier = page[key] ?? pageBefore[key]
    page[key] = facts
    if let earlier {
      repeats += 1
      return earlier == facts
    }
    count += 1
    let mail = row.text(Field.mail)
    let name = row.text(Field.name)
    let addresses = try EntraWire.addresses(user, mail: mail, name: name)
    if !addresses.isWhole { nameless += 1 }
    guard let id = row.text(Field.id),
      watch.keeps(id: id, email: mail, login: name)
        || watch.keeps(id: nil, names: addresses.aliases)
    else { return true }
    let account = account(
      row, EntraID.withFolded(id) { String(decoding: $0, as: UTF8.self) }, addresses.aliases)
    if let position = table.position(ofID: account.id) {
      // An earlier page named the user already.
      count -= 1
      repeats += 1
      return table[position] == account
    }
    table.append(account)
    return true
  }

  private mutating func account(
    _ row: TableRows.Row, _ id: String, _ aliases: [String]
  ) -> Account {
    let isEnabled = row.bool(Field.isEnabled)
    let name = row.string(Field.name) ?? ""
    let isWhole = [Field.type, Field.externalState, Field.creation].allSatisfy {
      row.type($0) != .missing
    }
    let kind = EntraAccountFact.kind(
      type: row.string(Field.type), externalState: row.string(Field.externalState),
      creation: row.string(Field.creation), name: name, isWhole: isWhole)
    if kind != nil { hasGuests = true }
    if marks.isUnlisted(name) { unlisted += 1 }
    if isEnabled == nil || asksForKinds && kind == EntraAccountFact.unclear { unclear += 1 }
    var atoms = Set(marks.places(kind: kind, name: name))
    if isEnabled == nil, let unclearState { atoms.insert(unclearState) }
    return Account(
      id: id, email: row.string(Field.mail), aliases: aliases, login: name,
      status: isEnabled == false ? .inactive : .active,
      statusText: isEnabled.map { $0 ? "enabled" : "disabled" } ?? "not told", atoms: atoms)
  }

  private static func hashes(_ row: TableRows.Row) -> (key: Int, facts: Int) {
    var facts = Hasher()
    for field in [
      Field.id, Field.name, Field.mail, Field.type, Field.externalState, Field.creation,
    ] {
      if let text = row.text(field) { facts.combine(bytes: UnsafeRawBufferPointer(text)) }
      facts.combine(row.type(field).rawValue)
    }
    facts.combine(row.bool(Field.isEnabled))
    var key = Hasher()
    if let id = row.text(Field.id) {
      EntraID.withFolded(id) { key.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
    return (key.finalize(), facts.finalize())
  }
}
