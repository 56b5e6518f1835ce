internal import CurlTransport
internal import IdentityCore
internal import Synchronization

/// The accounts kept so far, and the further names that apps have for them.
struct OktaAccounts: Sendable {
  var table: AccountTable
  /// The aliases found, by row.
  var aliases: [Int: [String]] = [:]

  init(atomCount: Int, capacity: Int = 0) {
    table = AccountTable(atomCount: atomCount, capacity: capacity)
  }

  /// Adds a further address of an account, once.
  mutating func addAlias(_ alias: String, at position: Int) {
    guard !(aliases[position] ?? []).contains(alias) else { return }
    aliases[position, default: []].append(alias)
  }

  /// The table with the aliases in it.
  consuming func finished() -> AccountTable {
    guard !aliases.isEmpty else {
      table.forgetIDs()
      return table
    }
    var result = AccountTable(atomCount: table.atomCount)
    for position in 0..<table.count {
      var account = table[position]
      account.aliases = (aliases[position] ?? []).sorted()
      result.append(account)
    }
    result.forgetIDs()
    return result
  }
}

/// The accounts while several lists mark them at a time.
final class OktaSharedAccounts: Sendable {
  private let state: Mutex<OktaAccounts>

  init(_ accounts: sending OktaAccounts) {
    state = Mutex(accounts)
  }

  /// Lends the accounts; nobody else has them meanwhile.
  func withLock<R>(_ body: (inout OktaAccounts) -> R) -> R {
    state.withLock { body(&$0) }
  }
}

/// The facts that a user's own row tells: which field has to say what.
struct OktaUserMarks {
  private let marks: [(atom: SubjectAtom.ID, field: Int, value: [UInt8])]

  init(_ atoms: OktaAtoms) {
    let types = atoms.ids(.userType).map { id, atom in
      (atom, OktaWire.UserField.userType, Array(id.utf8))
    }
    let providers = OktaModelBuilder.federatedProviders.flatMap { type in
      atoms.ids(.attribute).filter { $0.id == OktaModelBuilder.providerAtom(type) }.map {
        ($0.place, OktaWire.UserField.providerType, Array(type.utf8))
      }
    }
    marks = types + providers
  }

  /// Calls a closure with every fact that holds.
  func forEach(
    _ text: (_ field: Int) -> UnsafeBufferPointer<UInt8>?, _ body: (SubjectAtom.ID) -> Void
  ) {
    for mark in marks {
      if let found = text(mark.field), found.elementsEqual(mark.value) { body(mark.atom) }
    }
  }
}

/// The statuses that a list names: few, so that each is made into text and looked up once.
struct OktaStatuses {
  /// One status and what it means.
  struct Status {
    let text: String
    let account: AccountStatus
    let isKnown: Bool
  }

  /// Accounts that can sign in, or could again without an administrator's help.
  private static let live: Set<String> = ["ACTIVE", "PASSWORD_EXPIRED", "RECOVERY", "LOCKED_OUT"]
  private static let dead: Set<String> = ["STAGED", "PROVISIONED", "SUSPENDED", "DEPROVISIONED"]
  private var known: [(bytes: [UInt8], status: Status)] = []

  /// What a row's word means; one that we do not know may let in.
  mutating func status(_ bytes: UnsafeBufferPointer<UInt8>?) -> Status {
    if let bytes, let found = known.first(where: { bytes.elementsEqual($0.bytes) }) {
      return found.status
    }
    let text = bytes.map { String(decoding: $0, as: UTF8.self) } ?? ""
    let isDead = Self.dead.contains(text)
    let status = Status(
      text: text, account: isDead ? .inactive : .active, isKnown: isDead || Self.live.contains(text)
    )
    if let bytes { known.append((Array(bytes), status)) }
    return status
  }
}

extension OktaRun {
  /// Reads the accounts of watched people, with all that policies ask of them.
  func readAccounts(_ query: ProviderQuery, _ policies: inout OktaPolicies) async -> AccountTable {
    let empty = AccountTable(atomCount: policies.atoms.all.count)
    // A credential that was refused once is not tried on every list.
    guard !log.issues.contains(where: { $0.code == ConnectorError.Code.unauthorised.rawValue })
    else { return empty }
    let watch = await query.watch()
    guard !watch.isEmpty else { return empty }
    let atoms = policies.atoms
    let accounts = OktaSharedAccounts(
      await listAccounts(atoms, atMost: watch.count) { _, email, login in
        email.map(watch.contains) == true || login.map(watch.contains) == true
      })
    async let marked = markMemberships(atoms, accounts)
    let strangers = await markAssignments(policies.apps, watch, accounts)
    var unreadable = await marked
    if !strangers.isEmpty {
      await bringIn(strangers, atoms, accounts)
      unreadable.merge(await markMemberships(atoms, accounts)) { first, _ in first }
    }
    for (atom, unknown) in unreadable { policies.markUnreadable(atom, unknown) }
    if query.collectFactors || configuration.collectFactors { await collectFactors(accounts) }
    return accounts.withLock { $0.finished() }
  }

  // MARK: Users

  /// Whether to keep a user, by id, address and login.
  typealias Filter =
    @Sendable (
      _ id: UnsafeBufferPointer<UInt8>, _ email: UnsafeBufferPointer<UInt8>?,
      _ login: UnsafeBufferPointer<UInt8>?
    ) -> Bool

  /// Reads the users and, beside them, those that Okta's plain list leaves out; keeps whom the filter takes.
  func listAccounts(
    _ atoms: OktaAtoms, atMost capacity: Int = 0, _ isWanted: @escaping Filter
  ) async -> OktaAccounts {
    async let gone = accounts(
      [("filter", "status eq \"DEPROVISIONED\""), ("limit", "200")], "deprovisioned accounts",
      atoms, 0, isWanted)
    var result = await accounts([("limit", "200")], "accounts", atoms, capacity, isWanted)
    // Who is on both lists was deprovisioned between them; the list that lets in counts.
    let late = await gone
    for position in 0..<late.table.count { result.table.append(late.table[position]) }
    for (id, atom) in atoms.ids(.user) {
      if let position = result.table.position(ofID: id) {
        result.table.setAtom(atom, at: position)
      }
    }
    return result
  }

  private func accounts(
    _ parameters: [(String, String)], _ phase: String, _ atoms: OktaAtoms, _ capacity: Int,
    _ isWanted: Filter
  ) async -> OktaAccounts {
    var result = OktaAccounts(atomCount: atoms.all.count, capacity: capacity)
    let marks = OktaUserMarks(atoms)
    var statuses = OktaStatuses()
    let request = client.get("/api/v1/users", query: parameters)
    var firsts = FirstRows()
    var seen = 0
    do throws(ConnectorError) {
      try await client.table(request, .link, OktaWire.users) { rows, page throws(ConnectorError) in
        if !firsts.isNew(rows) { throw client.duplicate(request.endpoint, page: page, row: 1) }
        for index in 0..<rows.count {
          let row = rows[index]
          let email = row.text(OktaWire.UserField.email)
          let login = row.text(OktaWire.UserField.login)
          guard let id = row.text(OktaWire.UserField.id), isWanted(id, email, login) else {
            continue
          }
          let status = statuses.status(row.text(OktaWire.UserField.status))
          guard self.add(id, email, login, status, marks, row.text, &result) else {
            throw client.duplicate(request.endpoint, page: page, row: index + 1)
          }
        }
        seen += rows.count
        log.count(rows.count)
        progress(configuration.name, phase, done: seen)
      }
    } catch {
      keep(error)
    }
    return result
  }

  /// Keeps one user; false when it is there already.
  func add(
    _ id: UnsafeBufferPointer<UInt8>, _ email: UnsafeBufferPointer<UInt8>?,
    _ login: UnsafeBufferPointer<UInt8>?, _ status: OktaStatuses.Status, _ marks: OktaUserMarks,
    _ text: (Int) -> UnsafeBufferPointer<UInt8>?, _ accounts: inout OktaAccounts
  ) -> Bool {
    if !status.isKnown { keepStrange(status.text) }
    guard
      let position = accounts.table.append(
        id: id, email: email, login: login, status: status.account, statusText: status.text)
    else { return false }
    marks.forEach(text) { accounts.table.setAtom($0, at: position) }
    return true
  }

  private func keepStrange(_ status: String) {
    let printable = String(status.filter { $0.isASCII && ($0.isLetter || $0 == "_") }.prefix(30))
    log.add(
      SourceIssue(
        code: "unknown-status", call: "GET /api/v1/users", status: 200,
        message:
          "Okta names the account status \(printable), which idsync does not know; it counts as active.",
        remedy: "Report the status, so that idsync learns it.", affects: .details))
  }
}
