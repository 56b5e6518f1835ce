internal import ConnectorKit
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
  var atoms: SubjectFacts
  var seen: GoogleSeen
  /// The facts that could not be read to the end, unknown for everybody.
  var unreadable: [SubjectAtom.ID: Unknown]
}

/// The facts that a user's own row tells.
struct GoogleMarks: Sendable {
  private let atoms: SubjectFacts
  private let units: [String: SubjectAtom.ID]
  private let graces: [Int64]
  private let now: Timestamp
  /// Whether policies were asked for and could not be read in full.
  private let lacksPolicies: Bool
  private var unitsByPath: [String: [SubjectAtom.ID]] = [:]
  /// The paths of all org units; nil where they were not read.
  private let listed: Set<String>?
  /// Whether some account shows no org unit, or one that the list does not name.
  private(set) var hasUntoldUnit = false
  private(set) var hasStrayUnit = false
  private(set) var seen = GoogleSeen()

  init(_ atoms: SubjectFacts, _ settings: GoogleSettings) {
    self.atoms = atoms
    units = Dictionary(atoms.orgUnits.map { ($0.path, $0.place) }) { one, _ in one }
    now = settings.now
    listed = settings.orgUnits.value.map { Set($0.map(\.path)).union(["/"]) }
    if case .unreadable = settings.policies {
      lacksPolicies = true
    } else {
      lacksPolicies = settings.hasFlawedPolicies
    }
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
  var all: SubjectFacts {
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
      // What is around a unit that no list names is not known: it may be new, or have moved.
      if listed?.contains(path) == false {
        hasStrayUnit = true
        mark(.orgUnit, nil, &places)
      } else {
        places.formUnion(units(of: path))
      }
    } else {
      hasUntoldUnit = true
      mark(.orgUnit, nil, &places)
    }
    let closed = [row.bool(Field.suspended), row.bool(Field.archived)]
    if !closed.contains(true), closed.contains(nil) { mark(.state, nil, &places) }
    let created = row.string(Field.created).flatMap { Timestamp($0) }
    if isEnforced != true, lacksPolicies ? isNew(created) : created == nil && !graces.isEmpty {
      mark(.grace, nil, &places)
    }
    if isEnforced == false, let created {
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
    // The unit itself and those around it.
    var found: [SubjectAtom.ID] = []
    var end = path.endIndex
    while end > path.startIndex {
      if let place = units[String(path[..<end])] { found.append(place) }
      guard let slash = path[..<end].lastIndex(of: "/") else { break }
      end = slash
    }
    unitsByPath[path] = found
    return found
  }

  /// The longest grace that an administrator can choose is six months.
  private static let longestGrace: Int64 = 184 * 86_400

  private func isNew(_ created: Timestamp?) -> Bool {
    guard let created else { return true }
    return created.adding(seconds: Self.longestGrace) > now
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
    _ query: ProviderQuery, _ atoms: SubjectFacts, _ settings: GoogleSettings
  ) async -> GoogleDirectoryReading {
    var marks = GoogleMarks(atoms, settings)
    var table = AccountTable(atomCount: marks.count)
    let watch = await query.watch()
    guard !watch.isEmpty else {
      return GoogleDirectoryReading(table: table, atoms: atoms, seen: marks.seen, unreadable: [:])
    }
    await listUsers(watch, apps: query.apps.count, &marks, &table)
    keepMissing(
      marks.seen.missing.filter {
        atoms.isAsked($0) && ($0 != .orgUnit || marks.hasUntoldUnit)
      })
    if marks.hasStrayUnit, atoms.isAsked(.orgUnit) {
      log.add(
        SourceIssue(
          code: ConnectorError.Code.contradiction.rawValue, call: "GET /admin/directory/v1/users",
          status: 200,
          message: "Some accounts are in org units that the list of org units does not name.",
          remedy: "Run again; if it stays, report it.", affects: .parts))
    }
    let accounts = GoogleAccounts(table)
    let hasGraces = !marks.seen.graces.isEmpty
    if hasGraces, case .unreadable(let reason, let remedy) = settings.orgUnits {
      log.add(
        SourceIssue(
          code: "org-units-unreadable",
          call: "GET /admin/directory/v1/customer/{customer}/orgunits",
          message: "Which policy new users are under cannot be told: \(reason).",
          remedy: remedy.prefix(1).uppercased() + remedy.dropFirst() + ".", affects: .parts))
    }
    let unreadable = await markMemberships(
      atoms.groups.filter { !settings.emptiedGroups.contains($0.id) }, settings, accounts,
      hasGraces: hasGraces)
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
    var repeats = 0
    do throws(ConnectorError) {
      try await client.table(
        request, under: "users", APIClient.tokenPaging("pageToken", from: "nextPageToken"),
        GoogleWire.users
      ) { rows, list, page throws(ConnectorError) in
        if !firsts.isNew(rows) { throw client.duplicate(request.endpoint, page: page, row: 1) }
        var contradiction: Int?
        do throws(WireError) {
          var index = 0
          try list.forEach { _, user throws(WireError) in
            defer { index += 1 }
            let aliases = try GoogleWire.aliases(user)
            guard let account = Self.account(rows[index], aliases, watch, apps, &marks) else {
              return
            }
            guard let earlier = table.position(ofID: account.id) else {
              table.append(account)
              return
            }
            repeats += 1
            if table[earlier] != account { contradiction = contradiction ?? index + 1 }
          }
        } catch {
          throw client.malformed(error, request, page: page)
        }
        if let contradiction {
          throw client.duplicate(request.endpoint, page: page, row: contradiction)
        }
        done += rows.count
        log.count(rows.count)
        progress(configuration.name, "accounts", done: done)
      }
      // Whoever the source acts as has an account: a list of nobody is not the whole list.
      if done == 0 {
        throw ConnectorError(
          .contradiction, source: configuration.name, call: request.endpoint, status: 200,
          message: "Google lists no users at all, not even \(configuration.subject).")
      }
    } catch {
      keep(error)
    }
    if repeats > 0 {
      log.add(CursorRows.issue(repeats, vendor: "Google", call: request.endpoint))
    }
  }

  /// Keeps which flags some of the accounts do not show; the model knows them as unknown.
  private func keepMissing(_ flags: some Collection<GoogleFlag>) {
    let fields = flags.filter { $0 != .grace }.map { flag in
      flag == .state ? "suspended or archived" : flag.rawValue
    }
    if !fields.isEmpty {
      log.add(
        SourceIssue(
          code: "missing-field", call: "GET /admin/directory/v1/users",
          message: "Google shows no \(fields.sorted().joined(separator: ", ")) of some accounts.",
          remedy:
            "Give the administrator of the source the right to read users and their security settings.",
          affects: .parts))
    }
    if flags.contains(.grace) {
      log.add(
        SourceIssue(
          code: "graces-unreadable", call: "GET /v1/policies",
          message:
            "Whether some new users are in a grace cannot be told without the policies and the day they were made.",
          remedy: "Make policies (policy_subject) and users readable, or leave policy_subject out.",
          affects: .parts))
    }
  }

  /// A user whom somebody watches; a flag that is not shown lets in rather than not.
  private static func account(
    _ row: TableRows.Row, _ aliases: [String], _ watch: WatchList, _ apps: Int,
    _ marks: inout GoogleMarks
  ) -> Account? {
    typealias Field = GoogleWire.UserField
    guard let id = row.string(Field.id), let address = row.text(Field.email) else { return nil }
    guard
      watch.keeps(id: row.text(Field.id), email: address, login: nil)
        || watch.keeps(id: nil, names: aliases)
    else { return nil }
    let isSuspended = row.bool(Field.suspended) == true
    let isArchived = row.bool(Field.archived) == true
    let isTold = row.bool(Field.suspended) != nil && row.bool(Field.archived) != nil
    return Account(
      id: id, email: row.string(Field.email), aliases: aliases,
      status: isSuspended || isArchived ? .inactive : .active,
      statusText: isSuspended
        ? "suspended"
        : isArchived
          ? "archived" : isTold ? "active" : "not told",
      atoms: marks.places(row), assigned: Set(0..<apps),
      enrolled: Tri(row.bool(Field.isEnrolled)))
  }
}
