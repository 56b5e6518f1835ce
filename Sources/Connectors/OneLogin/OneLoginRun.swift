internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

/// One reading of an account.
struct OneLoginRun: Sendable {
  let connector: OneLoginConnector
  let reading: Reading
  var client: APIClient { connector.client }
  var configuration: OneLoginConfiguration { connector.configuration }

  init(_ connector: OneLoginConnector, _ progress: Progress) {
    self.connector = connector
    reading = Reading(
      connector.client, progress: progress, logger: connector.logger, startedAt: connector.clock(),
      remedy: connector.configuration.remedy)
  }

  /// A user whom somebody watches, before it is known which facts policies ask of people.
  struct User: Sendable {
    var account: Account
    var group: Int64?
    var trustedProvider: Int64?
  }

  func read(_ query: ProviderQuery) async -> ProviderReading {
    async let listed = apps(query.apps)
    let watch = await query.watch()
    let users = watch.isEmpty ? [] : await self.users(watch)
    let apps = await listed
    var facts = OneLoginFacts()
    for user in users {
      facts.add(group: isKept(user.group, query.edits), trustedProvider: user.trustedProvider)
    }
    var table = AccountTable(atomCount: facts.atoms.count)
    for user in users {
      var account = user.account
      account.atoms = facts.places(
        group: isKept(user.group, query.edits), trustedProvider: user.trustedProvider)
      table.append(account)
    }
    if !users.isEmpty { await markAssignments(apps, &table) }
    if query.collectFactors || configuration.collectFactors { await collectFactors(&table) }
    let wanted = users.isEmpty ? WantedGroups() : await members(of: query.groups, users)
    let judged = judged(apps, attestation(query.edits), facts, users)
    var result = ProviderReading(
      source: reading.log.reading(kind: "onelogin", at: connector.clock()),
      apps: judged, accounts: table,
      hosts: Set([SourceHost.of(configuration.url)].compactMap(\.self)),
      vendorHostSuffixes: ["onelogin.com"])
    result.tell(wanted)
    return result
  }

  // MARK: Groups

  /// Who is in the groups that exemptions name, by id or name; a user is in one group or none.
  private func members(of wanted: [String], _ users: [User]) async -> WantedGroups {
    var result = WantedGroups()
    var names: Part<[OneLoginWire.Group]>?
    for name in Set(wanted).sorted() {
      if let id = Int64(name) {
        result.note(name, users.filter { $0.group == id }.map(\.account.id))
        continue
      }
      let groups = if let names { names } else { await groups() }
      names = groups
      // Nothing that goes by a name can be found; the issue says so.
      guard let all = groups.value else { continue }
      let found = Set(all.filter { $0.name == name }.map(\.id))
      guard let id = found.first, found.count == 1 else {
        reading.log.add(
          WantedGroups.issue("OneLogin", name, found: found.count, call: "GET /api/1/groups"))
        continue
      }
      result.note(name, users.filter { $0.group == id }.map(\.account.id))
    }
    return result
  }

  private func groups() async -> Part<[OneLoginWire.Group]> {
    await reading.part(.details) { () throws(ConnectorError) in
      try await reading.rows(
        client.get("/api/1/groups", query: [("limit", "50")]), OneLoginWire.groups,
        id: { $0["id"]?.text }, OneLoginWire.Group.init)
    }
  }

  // MARK: What `whatif` would change

  private func isKept(_ group: Int64?, _ edits: PolicyEdits) -> Int64? {
    group.flatMap { edits.removes(group: String($0), name: nil) ? nil : $0 }
  }

  private func attestation(_ edits: PolicyEdits) -> OneLoginConfiguration.Attestation {
    var attestation = configuration.attestation
    for id in attestation.apps.keys {
      guard let isOn = edits.switched(id) else { continue }
      attestation.apps[id] = isOn ? .enforced : OneLoginConfiguration.Attested.none
    }
    return attestation
  }

  // MARK: Users

  private func users(_ watch: WatchList) async -> [User] {
    let request = client.get(
      "/api/2/users", query: [("limit", "100"), ("fields", OneLoginWire.userFields)])
    let users = await reading.part { () throws(ConnectorError) in
      try await reading.table(
        request, OneLoginWire.list, OneLoginWire.users, phase: "accounts",
        into: { (users: [User](), read: 0) }
      ) { row, result throws(WireError) in
        typealias Field = OneLoginWire.UserField
        result.read += 1
        guard let id = row.integer(Field.id) else { return }
        let names = [row.string(Field.email), row.string(Field.login)].compactMap(\.self)
        if watch.keeps(id: String(id), names: names) { result.users.append(Self.user(id, row)) }
      }
    }
    reading.log.count(users.value?.read ?? 0)
    return users.value?.users ?? []
  }

  /// A status or state that we do not know may let in.
  private static func user(_ id: Int64, _ row: TableRows.Row) -> User {
    typealias Field = OneLoginWire.UserField
    let status = row.integer(Field.status) ?? 1
    let state = row.integer(Field.state) ?? 1  // Required: both are there.
    let isDead = [0, 2].contains(status) || [0, 2, 3].contains(state)
    let word = OneLoginWire.statuses[status] ?? "status \(status)"
    let states: [Int64: String] = [0: "unapproved", 2: "rejected", 3: "unlicensed"]
    return User(
      account: Account(
        id: String(id), email: row.string(Field.email), login: row.string(Field.login),
        status: isDead ? .inactive : .active,
        statusText: states[state].map { "\(word), \($0)" } ?? word),
      group: row.integer(Field.group), trustedProvider: row.integer(Field.trustedProvider))
  }

  // MARK: Devices

  private static let kinds: [(String, FactorSet)] = [
    ("webauthn", .webauthn), ("protect", .push), ("authenticator", .totp), ("sms", .sms),
    ("voice", .voice), ("email", .email), ("question", .question), ("yubikey", .hardwareToken),
  ]

  /// Asks every kept account that can sign in for its devices: one request each, for details only.
  private func collectFactors(_ table: inout AccountTable) async {
    for position in 0..<table.count where table.signature(at: position).status == .active {
      let request = client.get("/api/2/mfa/users/{user}/devices", [table.id(at: position)])
      do throws(ConnectorError) {
        let devices = try await reading.value(request) { json throws(WireError) in
          try json.rows(OneLoginWire.Device.init)
        }
        var kinds: FactorSet = []
        for device in devices {
          let name = device.factor.lowercased()
          kinds.formUnion(Self.kinds.first { name.contains($0.0) }?.1 ?? .other)
        }
        table.setEnrolment(devices.isEmpty ? .no : .yes, kinds, at: position)
      } catch {
        reading.keep(error, .details)
        guard error.code == .notFound || error.isTransient else { return }
      }
      reading.tell("factors", done: position + 1, of: table.count)
    }
  }
}
