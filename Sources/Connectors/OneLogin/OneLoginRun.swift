internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Logging

/// One reading of an account.
struct OneLoginRun: Sendable {
  private let connector: OneLoginConnector
  private let progress: Progress
  private let log: ReadingLog
  private var client: APIClient { connector.client }
  private var configuration: OneLoginConfiguration { connector.configuration }

  init(_ connector: OneLoginConnector, _ progress: Progress) {
    self.connector = connector
    self.progress = progress
    log = ReadingLog(connector.client.source, startedAt: connector.clock())
  }

  /// A user whom somebody watches, before it is known which facts policies ask of people.
  private struct User {
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
    let attestation = attestation(query.edits)
    let wanted = users.isEmpty ? WantedGroups() : await members(of: query.groups, users)
    var reading = ProviderReading(
      source: log.reading(kind: "onelogin", at: connector.clock()),
      apps: apps.map { $0.app(attestation, facts) }, accounts: table,
      hosts: Set([SourceHost.of(configuration.url)].compactMap(\.self)),
      vendorHostSuffixes: ["onelogin.com"])
    reading.tell(wanted)
    return reading
  }

  /// Who is in the groups that exemptions name, by id or name; a user is in one group or none.
  private func members(of wanted: [String], _ users: [User]) async -> WantedGroups {
    var result = WantedGroups()
    var names: [OneLoginWire.Group]?
    for name in Set(wanted).sorted() {
      if let id = Int64(name) {
        result.note(name, users.filter { $0.group == id }.map(\.account.id))
        continue
      }
      if names == nil {
        names = await groups()
        // Nothing that goes by a name can be found; the issue says so.
        if names == nil { break }
      }
      let found = Set((names ?? []).filter { $0.name == name }.map(\.id))
      guard let id = found.first, found.count == 1 else {
        log.add(
          WantedGroups.issue("OneLogin", name, found: found.count, call: "GET /api/1/groups"))
        continue
      }
      result.note(name, users.filter { $0.group == id }.map(\.account.id))
    }
    return result
  }

  /// The account's groups, to the declared end of the list; nil when they could not be read.
  private func groups() async -> [OneLoginWire.Group]? {
    let request = client.get("/api/1/groups", query: [("limit", "50")])
    let style = PagingStyle.cursor(parameter: "after_cursor") { response in
      let page = try JSONReader().value(response.body)
      return try page.required("pagination", .object) { $0.object == nil ? nil : $0 }
        .optional("after_cursor", .string, \.string)
    }
    do throws(ConnectorError) {
      return try await client.values(request, under: "data", style, id: { String($0.id) }) {
        row throws(WireError) in try OneLoginWire.Group(row)
      }
    } catch {
      keep(error, affects: .details)
      return nil
    }
  }

  @discardableResult
  private func keep(
    _ error: ConnectorError, affects: SourceIssue.Affects = .verdicts
  ) -> ConnectorError {
    connector.logger.debug("\(error)")
    log.add(error.issue(remedy: configuration.remedy(for: error), affects: affects))
    return error
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

  // MARK: Applications

  private struct ReadApp: Sendable {
    var id: AppID
    var wire: OneLoginWire.App?
    /// Why it could not be read, and who can mend it.
    var failure: (reason: String, remedy: String) = ("", "")
    /// Whether OneLogin answers that there is no such application.
    var isMissing = false

    func app(
      _ attestation: OneLoginConfiguration.Attestation, _ facts: OneLoginFacts
    ) -> ProviderApp {
      guard let wire else {
        return ProviderApp(
          id: id, label: id,
          state: .unreadable(reason: failure.reason, remedy: failure.remedy), isMissing: isMissing)
      }
      var mapping = OneLoginMapping(attestation, facts)
      return ProviderApp(
        id: id, label: wire.name, state: .readable(mapping.model(wire)),
        evidence: [
          EvidenceItem(
            .policy, id: wire.policy.map(String.init), name: "security policy of \(wire.name)",
            value: wire.policy.map { "policy_id \($0)" } ?? "none of its own",
            path: "/api/2/apps/\(wire.id)")
        ], policyLink: wire.policy.map(String.init))
    }
  }

  private func apps(_ ids: [AppID]) async -> [ReadApp] {
    await withTaskGroup(of: (Int, ReadApp).self) { group in
      for (index, id) in ids.enumerated() { group.addTask { (index, await self.app(id)) } }
      var result: [(Int, ReadApp)] = []
      for await app in group { result.append(app) }
      return result.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  private func app(_ id: AppID) async -> ReadApp {
    let request = client.get("/api/2/apps/{app}", [id])
    do throws(ConnectorError) {
      let json = try await client.value(request)
      do throws(WireError) {
        return ReadApp(id: id, wire: try OneLoginWire.App(json))
      } catch {
        throw client.malformed(error, request)
      }
    } catch {
      keep(error)
      let reason =
        error.code == .notFound ? "OneLogin has no application with the id \(id)." : error.message
      let remedy = Sentence.inside(configuration.remedy(for: error))
      return ReadApp(
        id: id, wire: nil, failure: (reason, remedy), isMissing: error.code == .notFound)
    }
  }

  private func markAssignments(_ apps: [ReadApp], _ table: inout AccountTable) async {
    for (position, app) in apps.enumerated() where app.wire != nil {
      let request = client.get("/api/2/apps/{app}/users", [app.id], query: [("limit", "100")])
      var done = 0
      do throws(ConnectorError) {
        try await list(request, OneLoginWire.ids) { row, id in
          if let account = table.position(ofID: String(id)) {
            table.setAssigned(position, at: account)
          }
          done += 1
          progress(configuration.name, "users of an application", done: done)
        }
      } catch {
        keep(error)
      }
    }
  }

  // MARK: Users

  private static let paging = PagingStyle.cursorHeader(parameter: "cursor", header: "After-Cursor")

  private func users(_ watch: WatchList) async -> [User] {
    let request = client.get(
      "/api/2/users", query: [("limit", "100"), ("fields", OneLoginWire.userFields)])
    var users: [User] = []
    var done = 0
    do throws(ConnectorError) {
      try await list(request, OneLoginWire.users) { row, id in
        typealias Field = OneLoginWire.UserField
        let names = [row.string(Field.email), row.string(Field.login)].compactMap(\.self)
        if watch.keeps(id: String(id), names: names) { users.append(Self.user(id, row)) }
        done += 1
        progress(configuration.name, "accounts", done: done)
      }
      log.count(done)
    } catch {
      keep(error)
    }
    return users
  }

  /// Reads a list to its end: no next page is named in any way, and as many rows came as the account says it has.
  ///
  /// - Parameter take: takes each row once, with its id.
  private func list(
    _ request: HTTPRequest, _ plan: TablePlan, _ take: (TableRows.Row, Int64) -> Void
  ) async throws(ConnectorError) {
    let reader = JSONReader()
    var seen = RepeatedRows(.byCursor)
    var total: Int?
    var hasNext = false
    try await client.pages(request, Self.paging) { response, page throws(ConnectorError) in
      do throws(WireError) {
        try reader.withTable(response.body, plan) { rows throws(WireError) in
          for index in 0..<rows.count {
            guard let id = rows[index].integer(0), seen.isNew(String(id), page: page) else {
              continue
            }
            take(rows[index], id)
          }
        }
      } catch {
        throw client.malformed(error, request, page: page)
      }
      try seen.endPage(page, of: request.endpoint, client)
      total = response.headers["Total-Count"].flatMap { Int($0) } ?? total
      hasNext =
        response.headers["Link"]?.contains("rel=\"next\"") == true
        && response.headers["After-Cursor"]?.isEmpty != false
    }
    if hasNext || seen.count < total ?? 0 {
      throw ConnectorError(
        .contradiction, source: configuration.name, call: request.endpoint, status: 200,
        message:
          "OneLogin listed \(seen.count) of \(total.map(String.init) ?? "more") rows and named no cursor to go on."
      )
    }
    seen.note(request.endpoint, client, in: log)
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
        let devices = try await client.values(request, .single) { row throws(WireError) in
          try OneLoginWire.Device(row)
        }
        var kinds: FactorSet = []
        for device in devices {
          let name = device.factor.lowercased()
          kinds.formUnion(Self.kinds.first { name.contains($0.0) }?.1 ?? .other)
        }
        table.setEnrolment(devices.isEmpty ? .no : .yes, kinds, at: position)
      } catch {
        keep(error, affects: .details)
        guard error.code == .notFound || error.isTransient else { return }
      }
      progress(configuration.name, "factors", done: position + 1, total: table.count)
    }
  }
}
