internal import CurlTransport
internal import IdentityCore
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
    guard !log.issues.contains(where: { $0.code == ConnectorError.Code.unauthorised.rawValue })
    else { return empty }
    let watch = await query.watch()
    guard !watch.isEmpty else { return empty }
    let accounts = await listAccounts(watch, compiled.atoms, apps: query.apps.count)
    let unreadable = await markLists(compiled, accounts, query.edits)
    for (atom, unknown) in unreadable.sorted(by: { $0.key < $1.key }) {
      compiled.markUnreadable(atom, unknown)
    }
    for (type, atom) in compiled.atoms.credentials where type != "otp" {
      let name = KeycloakAuthenticator.credentialNames[type] ?? type
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

  private func listAccounts(
    _ watch: WatchList, _ atoms: KeycloakAtoms, apps: Int
  ) async -> KeycloakAccounts {
    var table = AccountTable(atomCount: atoms.all.count)
    var federated: Set<Int> = []
    let request = get("/users", query: [("briefRepresentation", "false")])
    var firsts = FirstRows()
    var seen = DistinctIDs()
    do throws(ConnectorError) {
      let declared = try await value(get("/users/count")) { json throws(WireError) in
        guard let count = json.integer else {
          throw WireError.expected(.integer, found: json.type)
        }
        return count
      }
      let reader = JSONReader()
      let style = Self.paging(Self.userPageSize)
      try await client.pages(request, style) { response, page throws(ConnectorError) in
        do throws(WireError) {
          let attributes = atoms.tests.isEmpty ? [] : try Self.attributes(response, reader)
          let isNew = try reader.withTable(response.body, KeycloakWire.users) {
            rows throws(WireError) -> Bool in
            guard firsts.isNew(rows) else { return false }
            for index in 0..<rows.count {
              // What was moved to a later page while the list was read comes twice, and hides another.
              if let id = rows[index].string(KeycloakWire.UserField.id) { _ = seen.insert(id) }
              guard let position = Self.add(rows[index], watch, &table, &federated) else {
                continue
              }
              for app in 0..<min(apps, 64) { table.setAssigned(app, at: position) }
              if let atom = atoms.credentials["otp"],
                rows[index].bool(KeycloakWire.UserField.totp) == true
              {
                table.setAtom(atom, at: position)
              }
              let own = index < attributes.count ? attributes[index] : [:]
              for (atom, test) in atoms.tests where test.holds(own) {
                table.setAtom(atom, at: position)
              }
            }
            log.count(rows.count)
            return true
          }
          if !isNew { throw WireError(.shape, row: 1, detail: Self.repeated) }
        } catch {
          if error.detail == Self.repeated {
            throw client.duplicate(request.endpoint, page: page, row: 1)
          }
          throw client.malformed(error, request, page: page)
        }
        progress(configuration.name, "accounts", done: seen.count, total: Int(declared))
      }
      // Without the right to see all, the server leaves people out of the list without a word.
      if seen.count < declared {
        throw ConnectorError(
          .contradiction, source: configuration.name, call: request.endpoint, status: 200,
          message: "Keycloak listed \(seen.count) of the \(declared) users that it says it has.")
      }
    } catch {
      keep(error)
    }
    return KeycloakAccounts(table, federated: federated)
  }

  private static let repeated = "the page begins as an earlier one did"

  private static func attributes(
    _ response: HTTPResponse, _ reader: JSONReader
  ) throws(WireError) -> [[String: [String]]] {
    try reader.value(response.body).rows { row throws(WireError) in
      var own = try KeycloakWire.attributes(of: row)
      for key in ["username", "email", "firstName", "lastName"] {
        if let value = row[key]?.string { own[key] = [value] }
      }
      return own
    }
  }

  /// Keeps a watched user; nil for everybody else, and for one that came before.
  private static func add(
    _ row: TableRows.Row, _ watch: WatchList, _ table: inout AccountTable,
    _ federated: inout Set<Int>
  ) -> Int? {
    let email = row.text(KeycloakWire.UserField.email)
    let username = row.text(KeycloakWire.UserField.username)
    guard let id = row.text(KeycloakWire.UserField.id),
      row.type(KeycloakWire.UserField.serviceAccount) != .string,
      email.map(watch.contains) == true || username.map(watch.contains) == true
    else { return nil }
    // Who is not said to be switched off may sign in.
    let isEnabled = row.bool(KeycloakWire.UserField.enabled) != false
    guard
      let position = table.append(
        id: id, email: email, login: username, status: isEnabled ? .active : .inactive,
        statusText: isEnabled ? "enabled" : "disabled")
    else { return nil }
    if row.type(KeycloakWire.UserField.federation) == .string { federated.insert(position) }
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
