internal import ConnectorKit
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

/// The statuses that a list names: few, so that each is made into text and looked up once.
struct OktaStatuses {
  /// One status and what it means.
  struct Status {
    let text: String
    let account: AccountStatus
    let isKnown: Bool
  }

  /// Accounts that can sign in, or could again without an administrator's help.
  ///
  /// Who was just invited (PROVISIONED) comes in by the link of the activation mail, and is asked then what all are asked.
  private static let live: Set<String> = [
    "ACTIVE", "PASSWORD_EXPIRED", "RECOVERY", "LOCKED_OUT", "PROVISIONED",
  ]
  private static let dead: Set<String> = ["STAGED", "SUSPENDED", "DEPROVISIONED"]
  /// Those among the dead that another identity provider may lift.
  let wakes: Set<String>
  private var known: [(bytes: [UInt8], status: Status)] = []

  init(_ atoms: SubjectFacts) {
    wakes = OktaProvisioning.asleep.filter {
      atoms.place(.attribute, OktaUnclear.asleep($0)) != nil
    }
  }

  /// What a row's word means; of one that we do not know, or that is not shown, nobody can tell.
  mutating func status(_ bytes: UnsafeBufferPointer<UInt8>?) -> Status {
    if let bytes, let found = known.first(where: { bytes.elementsEqual($0.bytes) }) {
      return found.status
    }
    let text = bytes.map { String(decoding: $0, as: UTF8.self) } ?? ""
    let mayWake = wakes.contains(text)
    let isDead = Self.dead.contains(text)
    let status = Status(
      text: text, account: isDead && !mayWake ? .inactive : .active,
      isKnown: isDead || Self.live.contains(text))
    if let bytes { known.append((Array(bytes), status)) }
    return status
  }
}

extension OktaRun {
  /// Reads the accounts of watched people, with all that policies ask of them.
  func readAccounts(_ query: ProviderQuery, _ policies: inout OktaPolicies) async -> AccountTable {
    let empty = AccountTable(atomCount: policies.atoms.all.count)
    // A credential that was refused once is not tried on every list.
    guard
      !reading.log.issues.contains(where: { $0.code == ConnectorError.Code.unauthorised.rawValue })
    else {
      policies.groups = [:]
      return empty
    }
    let watch = await query.watch()
    guard !watch.isEmpty else { return empty }
    let atoms = policies.atoms
    let accounts = OktaSharedAccounts(
      await listAccounts(atoms, atMost: watch.count) { id, email, login in
        watch.keeps(id: id, email: email, login: login)
      })
    async let marked = markMemberships(atoms, accounts)
    let assigned = await markAssignments(policies.apps, atoms, watch, accounts)
    var unreadable = await marked
    if !assigned.strangers.isEmpty {
      await bringIn(assigned.strangers, policies.apps, atoms, accounts)
      unreadable.merge(await markMemberships(atoms, accounts)) { first, _ in first }
    }
    policies.markUnreadable(unreadable)
    markOpen(policies.apps, atoms, accounts)
    markUnclearNames(assigned.nameless.map { policies.apps[$0].id }, atoms, accounts)
    // Who is named matters not where everybody may use the application.
    for (app, error) in assigned.unreadable where policies.apps[app].app?.isOpen != .yes {
      policies.apps[app].result.hideAssignments(
        reason:
          "Who may use \(policies.apps[app].result.label) could not be read: \(error.message)",
        remedy: reading.phrase(for: error))
    }
    if query.collectFactors || configuration.collectFactors { await collectFactors(accounts) }
    return accounts.withLock { $0.finished() }
  }

  /// Marks that everybody may use the applications that need no assignment, whoever their lists name.
  private func markOpen(
    _ apps: [OktaReadApp], _ atoms: SubjectFacts, _ accounts: OktaSharedAccounts
  ) {
    let open = apps.indices.filter { apps[$0].isLive && apps[$0].app?.isOpen != .no }
    let unlisted = open.map { atoms.place(.attribute, OktaUnclear.listing(at: apps[$0].id)) }
    accounts.withLock { accounts in
      for position in 0..<accounts.table.count {
        for (app, unlisted) in zip(open, unlisted) {
          let isNews = accounts.table.setAssigned(app, at: position)
          if isNews, let unlisted { accounts.table.setAtom(unlisted, at: position) }
        }
      }
    }
  }

  /// Marks that anybody's name at some applications may be that of another account as well.
  private func markUnclearNames(
    _ apps: [AppID], _ atoms: SubjectFacts, _ accounts: OktaSharedAccounts
  ) {
    let unclear = apps.compactMap { atoms.place(.attribute, OktaUnclear.names(at: $0)) }
    accounts.withLock { accounts in
      for position in 0..<accounts.table.count {
        for atom in unclear { accounts.table.setAtom(atom, at: position) }
      }
    }
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
    _ atoms: SubjectFacts, atMost capacity: Int = 0, _ isWanted: @escaping Filter
  ) async -> OktaAccounts {
    async let gone = accounts(
      [("filter", "status eq \"DEPROVISIONED\""), ("limit", "200")], "deprovisioned accounts",
      atoms, 0, isWanted)
    let (live, error) = await accounts([("limit", "200")], "accounts", atoms, capacity, isWanted)
    var result = live
    if let error { reading.keep(error) }
    // Who is on both lists was deprovisioned between them; the list that lets in counts.
    let (late, loss) = await gone
    if let loss { reading.keep(loss, .parts) }
    for position in 0..<late.table.count { result.table.append(late.table[position]) }
    return result
  }

  private func accounts(
    _ parameters: [(String, String)], _ phase: String, _ atoms: SubjectFacts, _ capacity: Int,
    _ isWanted: Filter
  ) async -> (OktaAccounts, ConnectorError?) {
    var result = OktaAccounts(atomCount: atoms.all.count, capacity: capacity)
    let facts = OktaFacts(atoms)
    var statuses = OktaStatuses(atoms)
    let request = client.get("/api/v1/users", query: parameters)
    var firsts = FirstRows()
    // What each account's row said, for rows that come again.
    var rowHashes: [Int] = []
    var seen = 0
    do throws(ConnectorError) {
      try await client.table(request, .link, OktaWire.users) { rows, page throws(ConnectorError) in
        if !firsts.isNew(rows) { throw client.duplicate(request.endpoint, page: page, row: 1) }
        for index in 0..<rows.count {
          let row = rows[index]
          let email = row.text(OktaWire.UserField.email)
          let login = row.text(OktaWire.UserField.login)
          keepNames(email, login)
          guard let id = row.text(OktaWire.UserField.id), isWanted(id, email, login) else {
            continue
          }
          let hash = Self.hash(row, OktaWire.UserField.count)
          if let known = result.table.position(ofID: id) {
            guard rowHashes[known] == hash else {
              throw client.duplicate(request.endpoint, page: page, row: index + 1)
            }
            tellRepeated(request.endpoint)
            continue
          }
          add(row, facts, &statuses, &result)
          rowHashes.append(hash)
        }
        seen += rows.count
        reading.log.count(rows.count)
        reading.tell(phase, done: seen)
      }
    } catch {
      return (result, error)
    }
    return (result, nil)
  }

  /// What a row says, as far as it is read.
  static func hash(_ row: TableRows.Row, _ fields: Int) -> Int {
    var hasher = Hasher()
    for field in 0..<fields {
      hasher.combine(field)
      if let text = row.text(field) { hasher.combine(bytes: UnsafeRawBufferPointer(text)) }
    }
    return hasher.finalize()
  }

  /// Keeps one user with all that its row says.
  func add(
    _ row: TableRows.Row, _ facts: OktaFacts, _ statuses: inout OktaStatuses,
    _ accounts: inout OktaAccounts
  ) {
    guard let id = row.text(OktaWire.UserField.id) else { return }
    let status = statuses.status(row.text(OktaWire.UserField.status))
    if row.text(OktaWire.UserField.status) == nil {
      tell(OktaMissing(call: "GET /api/v1/users", what: "the status of an account"))
    } else if !status.isKnown {
      keepStrange(status.text)
    }
    guard
      let position = accounts.table.append(
        id: id, email: row.text(OktaWire.UserField.email),
        login: row.text(OktaWire.UserField.login), status: status.account, statusText: status.text)
    else { return }
    let gaps = facts.mark(row, status, at: position, in: &accounts.table)
    if gaps.contains(.userType) {
      tell(OktaMissing(call: "GET /api/v1/users", what: "type.id of an account"))
    }
    if gaps.contains(.provider) {
      tell(
        OktaMissing(call: "GET /api/v1/users", what: "credentials.provider.type of an account"))
    }
  }

  /// Every account has an address and a login; whoever is watched by one that is not shown is not found.
  private func keepNames(
    _ email: UnsafeBufferPointer<UInt8>?, _ login: UnsafeBufferPointer<UInt8>?
  ) {
    if email == nil {
      tell(
        OktaMissing(
          call: "GET /api/v1/users", what: "profile.email of an account", isName: true))
    }
    if login == nil {
      tell(
        OktaMissing(
          call: "GET /api/v1/users", what: "profile.login of an account", isName: true))
    }
  }

  func keepStrange(_ status: String) {
    let printable = String(status.filter { $0.isASCII && ($0.isLetter || $0 == "_") }.prefix(30))
    reading.log.add(
      SourceIssue(
        code: "unknown-status", call: "GET /api/v1/users", status: 200,
        message:
          "Okta names the status \(printable) of an account, which idsync does not know.",
        remedy: "Report the status, so that idsync learns it.", affects: .parts))
  }
}
