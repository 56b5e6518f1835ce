internal import CurlTransport
internal import IdentityCore
internal import Synchronization

/// The accounts while several groups mark them at a time.
final class GoogleAccounts: Sendable {
  private let table: Mutex<AccountTable>

  init(_ table: sending AccountTable) {
    self.table = Mutex(table)
  }

  /// Lends the accounts; nobody else has them meanwhile.
  func withLock<R>(_ body: (inout AccountTable) -> R) -> R {
    table.withLock { body(&$0) }
  }
}

/// What the directory said of watched people.
struct GoogleDirectoryReading: Sendable {
  var table: AccountTable
  /// The atoms of the settings, and behind them those of graces.
  var atoms: GoogleAtoms
  var seen: GoogleSeen
  /// The facts that could not be read to the end, unknown for everybody.
  var unreadable: [SubjectAtom.ID: Unknown]
}

/// The facts that a user's own row tells.
struct GoogleMarks: Sendable {
  private let atoms: GoogleAtoms
  private let units: [(path: String, place: SubjectAtom.ID)]
  private let graces: [Int64]
  private let now: Timestamp
  private var unitsByPath: [String: [SubjectAtom.ID]] = [:]
  private(set) var seen = GoogleSeen()

  init(_ atoms: GoogleAtoms, _ settings: GoogleSettings) {
    self.atoms = atoms
    units = atoms.orgUnits
    now = settings.now
    guard case .read(let policies) = settings.policies, !settings.isEdited else {
      graces = []
      return
    }
    let seconds = policies.filter { $0.setting == GoogleModelBuilder.gracePeriod }
      .compactMap(\.graceSeconds)
    graces = Set(seconds.filter { $0 > 0 }).sorted()
  }

  /// How many places the facts need.
  var count: Int { atoms.all.count + (graces.isEmpty ? 0 : GoogleSeen.maxGraces + graces.count) }

  /// The atoms with those of the graces seen.
  var all: GoogleAtoms {
    var all = atoms
    for grace in seen.graces {
      _ = all.id(
        .attribute, grace.atom, "new user" + (grace.until.map { ", grace until \($0)" } ?? ""))
    }
    return all
  }

  /// The places of all facts that hold for a row.
  mutating func places(_ row: TableRows.Row) -> Set<SubjectAtom.ID> {
    typealias Field = GoogleWire.UserField
    var places: Set<SubjectAtom.ID> = []
    let isEnforced = row.bool(Field.isEnforced)
    let flags: [(GoogleFlag, Bool?)] = [
      (.isEnforced, isEnforced), (.isAdmin, row.bool(Field.isAdmin)),
      (.isDelegatedAdmin, row.bool(Field.isDelegatedAdmin)),
    ]
    for (flag, value) in flags { mark(flag, value, &places) }
    if let path = row.string(Field.orgUnit), path.hasPrefix("/") {
      places.formUnion(units(of: path))
    } else {
      mark(.orgUnit, nil, &places)
    }
    if isEnforced == false, let created = row.string(Field.created).flatMap({ Timestamp($0) }) {
      for seconds in graces where created.adding(seconds: seconds) > now {
        places.insert(place(of: seconds, until: created.adding(seconds: seconds)))
      }
    }
    return places
  }

  private mutating func mark(
    _ flag: GoogleFlag, _ value: Bool?, _ places: inout Set<SubjectAtom.ID>
  ) {
    if value == nil { seen.missing.insert(flag) }
    let word = value.map { $0 ? "true" : "false" } ?? "missing"
    if let place = atoms.place(.attribute, "\(flag.rawValue)=\(word)") { places.insert(place) }
  }

  private mutating func units(of path: String) -> [SubjectAtom.ID] {
    if let known = unitsByPath[path] { return known }
    let found = units.filter { path == $0.path || path.hasPrefix($0.path + "/") }.map(\.place)
    unitsByPath[path] = found
    return found
  }

  private mutating func place(of seconds: Int64, until end: Timestamp) -> SubjectAtom.ID {
    var grace = GoogleSeen.Grace(seconds: seconds, until: String(end.text.prefix(10)))
    if !seen.graces.contains(grace),
      seen.graces.count(where: { $0.until != nil }) >= GoogleSeen.maxGraces
    {
      grace.until = nil
    }
    let position = seen.graces.firstIndex(of: grace) ?? seen.graces.count
    if position == seen.graces.count { seen.graces.append(grace) }
    return atoms.all.count + position
  }
}

extension GoogleRun {
  /// Reads the accounts of watched people, with all that assignments and policies ask of them.
  func readAccounts(
    _ query: ProviderQuery, _ atoms: GoogleAtoms, _ settings: GoogleSettings
  ) async -> GoogleDirectoryReading {
    var marks = GoogleMarks(atoms, settings)
    var table = AccountTable(atomCount: marks.count)
    let watch = await query.watch()
    guard !watch.isEmpty else {
      return GoogleDirectoryReading(table: table, atoms: atoms, seen: marks.seen, unreadable: [:])
    }
    await listUsers(watch, apps: query.apps.count, &marks, &table)
    let accounts = GoogleAccounts(table)
    let unreadable = await markMemberships(
      atoms.groups.filter { !settings.emptiedGroups.contains($0.id) }, settings, accounts)
    return GoogleDirectoryReading(
      table: accounts.withLock { $0 }, atoms: marks.all, seen: marks.seen, unreadable: unreadable)
  }

  private func listUsers(
    _ watch: WatchList, apps: Int, _ marks: inout GoogleMarks, _ table: inout AccountTable
  ) async {
    let client = connector.directory
    let request = client.get(
      "/admin/directory/v1/users",
      query: [
        ("customer", configuration.customer), ("maxResults", "500"),
        ("fields", GoogleWire.userFields),
      ])
    var firsts = FirstRows()
    var done = 0
    do throws(ConnectorError) {
      try await client.table(
        request, under: "users", APIClient.tokenPaging("pageToken", from: "nextPageToken"),
        GoogleWire.users
      ) { rows, list, page throws(ConnectorError) in
        if !firsts.isNew(rows) { throw client.duplicate(request.endpoint, page: page, row: 1) }
        var repeated: Int?
        do throws(WireError) {
          var index = 0
          try list.forEach { _, user throws(WireError) in
            defer { index += 1 }
            let aliases = try GoogleWire.aliases(user)
            guard let account = Self.account(rows[index], aliases, watch, apps, &marks) else {
              return
            }
            if table.append(account) == nil { repeated = repeated ?? index + 1 }
          }
        } catch {
          throw client.malformed(error, request, page: page)
        }
        if let repeated {
          throw client.duplicate(request.endpoint, page: page, row: repeated)
        }
        done += rows.count
        log.count(rows.count)
        progress(configuration.name, "accounts", done: done)
      }
    } catch {
      keep(error)
    }
  }

  /// A user whom somebody watches; a flag that is not shown lets in rather than not.
  private static func account(
    _ row: TableRows.Row, _ aliases: [String], _ watch: WatchList, _ apps: Int,
    _ marks: inout GoogleMarks
  ) -> Account? {
    typealias Field = GoogleWire.UserField
    guard let id = row.string(Field.id), let address = row.text(Field.email) else { return nil }
    let isWatched =
      watch.contains(address)
      || aliases.contains { alias in
        var alias = alias
        return alias.withUTF8 { watch.contains($0) }
      }
    guard isWatched else { return nil }
    let isSuspended = row.bool(Field.suspended) == true
    let isArchived = row.bool(Field.archived) == true
    return Account(
      id: id, email: row.string(Field.email), aliases: aliases,
      status: isSuspended || isArchived ? .inactive : .active,
      statusText: isSuspended ? "suspended" : isArchived ? "archived" : "active",
      atoms: marks.places(row), assigned: Set(0..<apps),
      enrolled: Tri(row.bool(Field.isEnrolled)))
  }
}
