internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Synchronization

/// The accounts while several lists mark them at a time.
final class KeycloakAccounts: Sendable {
  private let state: Mutex<(table: AccountTable, federated: Set<Int>)>

  init(_ table: sending AccountTable, federated: Set<Int>) {
    state = Mutex((table, federated))
  }

  /// Lends the accounts; nobody else has them meanwhile.
  func withLock<R: Sendable>(_ body: (inout AccountTable) -> R) -> R {
    state.withLock { body(&$0.table) }
  }

  /// Rows whose credentials may be kept elsewhere.
  var federated: Set<Int> { state.withLock { $0.federated } }
}

extension KeycloakRun {
  /// A page of users; the whole directory streams past, so pages are large.
  private static let userPageSize = 500

  /// Reads the accounts of watched people, with all that conditions ask of them.
  func readAccounts(
    _ query: ProviderQuery, _ compiled: inout KeycloakCompiled
  ) async -> AccountTable {
    let empty = AccountTable(atomCount: compiled.atoms.all.count)
    guard
      !reading.log.issues.contains(where: { $0.code == ConnectorError.Code.unauthorised.rawValue })
    else { return empty }
    let watch = await query.watch()
    guard !watch.isEmpty else { return empty }
    let accounts = await listAccounts(watch, compiled.atoms, apps: query.apps.count)
    let unreadable = await markLists(compiled, accounts, query.edits)
    for (atom, unknown) in unreadable.sorted(by: { $0.key < $1.key }) {
      compiled.markUnreadable(atom, unknown)
      compiled.groups = compiled.groups.filter { $0.value != atom }
    }
    await askFederated(accounts, compiled, query.edits)
    await readLinks(accounts, compiled)
    for (type, atom) in compiled.atoms.credentials where type != "otp" {
      let name = KeycloakAuthenticator.name(of: type)
      compiled.markUnreadable(
        atom,
        Unknown(
          title: "who has a \(name): the list of users does not say",
          remedy: "require the step instead of asking only people who set it up"))
    }
    if query.collectFactors || configuration.collectFactors { await collectFactors(accounts) }
    return accounts.withLock { $0 }
  }

  // MARK: Users

  /// The watched accounts as the list of users tells of them.
  private struct Listed {
    var table: AccountTable
    var federated: Set<Int> = []
    /// Watched people whose own attributes are kept back.
    var hidden: [Int] = []
    /// Watched people without attributes of their own.
    var bare: [Int] = []
    /// Whether anybody is shown with attributes.
    var showsAttributes = false
    var fetched = 0
    var declared: Int64 = 0
  }

  private func listAccounts(
    _ watch: WatchList, _ atoms: KeycloakAtoms, apps: Int
  ) async -> KeycloakAccounts {
    let request = get("/users", query: [("briefRepresentation", "false")])
    var listed = Listed(table: AccountTable(atomCount: atoms.all.count))
    do throws(ConnectorError) {
      try await client.readingAgain(request.endpoint) { seen throws(ConnectorError) in
        listed = Listed(table: AccountTable(atomCount: atoms.all.count))
        listed.declared = try await reading.value(get("/users/count")) { json throws(WireError) in
          guard let count = json.integer else {
            throw WireError.expected(.integer, found: json.type)
          }
          return count
        }
        try await list(request, watch, atoms, apps: apps, &listed, &seen)
        // Without the right to see all, the server leaves people out of the list without a word.
        if seen.repeated == 0, seen.count < listed.declared {
          throw ConnectorError(
            .contradiction, source: configuration.name, call: request.endpoint, status: 200,
            message:
              "Keycloak listed \(seen.count) of the \(listed.declared) users that it says it has.")
        }
      }
    } catch {
      reading.keep(error)
    }
    reading.log.count(listed.fetched)
    if let atom = atoms.place(.hiddenAttributes) {
      // Where nobody has any, they are as likely kept back by the profile of users as not there.
      for position in listed.hidden + (listed.showsAttributes ? [] : listed.bare) {
        listed.table.setAtom(atom, at: position)
      }
    }
    return KeycloakAccounts(listed.table, federated: listed.federated)
  }

  private func list(
    _ request: HTTPRequest, _ watch: WatchList, _ atoms: KeycloakAtoms, apps: Int,
    _ listed: inout Listed, _ seen: inout RepeatedRows
  ) async throws(ConnectorError) {
    let reader = JSONReader()
    let style = Self.paging(Self.userPageSize)
    try await client.pages(request, style) { response, page throws(ConnectorError) in
      do throws(WireError) {
        let attributes = atoms.tests.isEmpty ? [] : try Self.attributes(response, reader)
        try reader.withTable(response.body, KeycloakWire.users) { rows throws(WireError) in
          for index in 0..<rows.count {
            let own = index < attributes.count ? attributes[index] : nil
            if own?.isShown == true { listed.showsAttributes = true }
            guard let id = rows[index].string(KeycloakWire.UserField.id),
              seen.isNew(id, page: page),
              let position = Self.add(
                rows[index], watch, atoms.place(.disabled), &listed.table, &listed.federated)
            else { continue }
            for app in 0..<apps { listed.table.setAssigned(app, at: position) }
            if let atom = atoms.credentials["otp"] {
              guard let hasOTP = rows[index].bool(KeycloakWire.UserField.totp) else {
                throw WireError.expected(
                  .bool, found: rows[index].type(KeycloakWire.UserField.totp), path: "totp"
                ).inRow(index + 1)
              }
              if hasOTP { listed.table.setAtom(atom, at: position) }
            }
            guard let own else { continue }
            if own.isHidden { listed.hidden.append(position) }
            if !own.isShown { listed.bare.append(position) }
            for (atom, test) in atoms.tests where test.holds(own.values) {
              listed.table.setAtom(atom, at: position)
            }
          }
          listed.fetched += rows.count
        }
      } catch {
        throw client.malformed(error, request, page: page)
      }
      try seen.endPage(page, of: request.endpoint, client)
      reading.tell("accounts", done: seen.count, of: Int(listed.declared))
    }
  }

  /// The attributes of one person, and whether they came along.
  private struct OwnAttributes {
    var values: [String: [String]]
    var isShown: Bool
    var isHidden: Bool
  }

  private static func attributes(
    _ response: HTTPResponse, _ reader: JSONReader
  ) throws(WireError) -> [OwnAttributes] {
    try reader.value(response.body).rows { row throws(WireError) in
      var own = try KeycloakWire.attributes(of: row)
      for key in KeycloakAtoms.AttributeTest.shown {
        if let value = row[key]?.string { own[key] = [value] }
      }
      // The server leaves the map out where it is empty, and never sends null.
      return OwnAttributes(
        values: own, isShown: row["attributes"] != nil,
        isHidden: row.object?["attributes"] == .null)
    }
  }

  /// Keeps a watched user; nil for everybody else, and for one that came before.
  private static func add(
    _ row: TableRows.Row, _ watch: WatchList, _ disabled: SubjectAtom.ID?,
    _ table: inout AccountTable, _ federated: inout Set<Int>
  ) -> Int? {
    let email = row.text(KeycloakWire.UserField.email)
    let username = row.text(KeycloakWire.UserField.username)
    guard let id = row.text(KeycloakWire.UserField.id),
      row.type(KeycloakWire.UserField.serviceAccount) != .string,
      watch.keeps(id: id, email: email, login: username)
    else { return nil }
    let isEnabled = row.bool(KeycloakWire.UserField.enabled) != false
    guard
      let position = table.append(
        id: id, email: email, login: username,
        status: isEnabled || disabled != nil ? .active : .inactive,
        statusText: isEnabled ? "enabled" : "disabled")
    else { return nil }
    if !isEnabled, let disabled { table.setAtom(disabled, at: position) }
    // Who is not copied into the realm has an id of the federation's own.
    if row.type(KeycloakWire.UserField.federation) == .string
      || row.string(KeycloakWire.UserField.id)?.hasPrefix("f:") == true
    {
      federated.insert(position)
    }
    // The list tells of one-time passwords only.
    if row.bool(KeycloakWire.UserField.totp) == true {
      table.setEnrolment(.yes, .totp, at: position)
    }
    return position
  }
}

extension KeycloakAtoms.AttributeTest {
  /// Whether a person's own attributes pass it.
  func holds(_ attributes: [String: [String]]) -> Bool {
    let values = attributes[name] ?? []
    return firstOnly ? values.first == value : values.contains(value)
  }
}
