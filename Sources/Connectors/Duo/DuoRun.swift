internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import Logging

/// One reading of a tenant.
struct DuoRun: Sendable {
  let configuration: DuoConfiguration
  let client: DuoClient
  let clock: @Sendable () -> Timestamp
  let logger: Logger
  let progress: Progress
  let log: ReadingLog
  let edits: PolicyEdits

  init(
    configuration: DuoConfiguration, client: DuoClient, clock: @escaping @Sendable () -> Timestamp,
    logger: Logger, progress: Progress, edits: PolicyEdits
  ) {
    self.configuration = configuration
    self.client = client
    self.clock = clock
    self.logger = logger
    self.progress = progress
    self.edits = edits
    log = ReadingLog(client.source, startedAt: clock())
  }

  /// Keeps a failure as an issue, with what to do about it.
  func keep(_ error: ConnectorError, affects: SourceIssue.Affects = .verdicts) {
    logger.debug("\(error)")
    log.add(error.issue(remedy: configuration.remedy(for: error), affects: affects))
  }

  /// An application as far as it was read.
  private enum App {
    case known(DuoWire.Integration)
    case missing
    case unreadable(ConnectorError)
  }

  func read(_ query: ProviderQuery) async -> ProviderReading {
    progress(configuration.name, "applications", done: 0)
    var reading = ProviderReading(
      source: log.reading(kind: "duo", at: clock()), apps: [], accounts: AccountTable(atomCount: 0),
      hosts: Set([SourceHost.of(configuration.url)].compactMap { $0 }))
    var apps: [App] = []
    for id in query.apps { apps.append(await app(id)) }
    let isRefused = apps.contains {
      if case .unreadable(let error) = $0 { error.code == .unauthorised } else { false }
    }
    var people = DuoPeople()
    // A credential that was refused once is not tried on every list.
    if !isRefused { people = await self.people(await query.watch()) }
    let areNormalised = apps.allSatisfy {
      if case .known(let integration) = $0 { integration.isNormalising == true } else { true }
    }
    if areNormalised { people.dropSpellings(configuration) }
    var policies = DuoPolicies(run: self)
    if !isRefused { await policies.readShared() }
    var facts = people.facts
    var mappings: [DuoMapping?] = []
    var sets: [[String: Int]] = []
    for (number, app) in apps.enumerated() {
      guard case .known(let integration) = app else {
        mappings.append(
          isMissing(app)
            ? mapping(
              number, nil, query.apps[number], [], .unreadable(Unknown(title: "", remedy: "")),
              hasNamelessUsers: false) : nil)
        sets.append([:])
        continue
      }
      let (found, places) = await policies.sets(of: integration, people.users)
      facts += found.indices.map { .policies(app: number, set: $0) }
      mappings.append(
        mapping(
          number, integration, query.apps[number], found,
          await policies.newcomers(of: integration), hasNamelessUsers: people.hasNamelessUsers))
      sets.append(places)
    }
    for index in mappings.indices { mappings[index]?.facts = facts }
    reading.apps = query.apps.enumerated().map { number, id in
      var app = result(id, apps[number], mappings[number])
      app.policyLink = mappings[number]?.integration.flatMap(policies.link)
      return app
    }
    reading.accounts = people.table(facts, mappings, sets, configuration)
    reading.newcomer = people.newcomer(facts, mappings)
    if !people.users.isEmpty {
      let wanted = people.members(of: query.groups)
      reading.tell(wanted.groups)
      wanted.issues.forEach(log.add)
    }
    reading.source = log.reading(kind: "duo", at: clock())
    reading.source.declared = people.declared
    return reading
  }

  private func mapping(
    _ number: Int, _ integration: DuoWire.Integration?, _ id: AppID, _ sets: [DuoMapping.PolicySet],
    _ newcomers: DuoMapping.PolicySet, hasNamelessUsers: Bool
  ) -> DuoMapping {
    DuoMapping(
      app: number, integration: integration, key: integration?.key ?? id, sets: sets,
      newcomers: newcomers, hasNamelessUsers: hasNamelessUsers, facts: [],
      rememberedDeviceLimit: configuration.rememberedDeviceLimit,
      unrecognised: Unrecognised(DuoDoors.unrecognised.row, vouches, at: id))
  }

  private var vouches: Vouches { Vouches(configuration.vouches, at: clock()) }

  private func isMissing(_ app: App) -> Bool {
    if case .missing = app { true } else { false }
  }

  // MARK: Applications

  private func app(_ id: AppID) async -> App {
    do throws(ConnectorError) {
      let (json, request) = try await client.value("/admin/v3/integrations/{integration}", [id])
      do throws(WireError) {
        return .known(try DuoWire.Integration(json))
      } catch {
        throw client.malformed(error, request)
      }
    } catch {
      // That there is no such integration is an answer, and complete.
      if error.code == .notFound && error.vendorCode == "40401" { return .missing }
      keep(error)
      return .unreadable(error)
    }
  }

  /// What was read of an application, with the state of each of its doors.
  private func result(_ id: AppID, _ app: App, _ mapping: DuoMapping?) -> ProviderApp {
    guard var mapping else { return description(id, app, .inactive("")) }
    var result = description(id, app, .readable(mapping.model()))
    for issue in result.account(DuoDoors.self, vouches, { mapping.state(of: $0) }) {
      log.add(issue)
    }
    return result
  }

  private func description(
    _ id: AppID, _ app: App, _ state: ProviderApp.State
  ) -> ProviderApp {
    switch app {
    case .unreadable(let error):
      return ProviderApp(
        id: id, label: id,
        state: .unreadable(reason: error.message, remedy: configuration.phrase(for: error)))
    case .missing:
      return ProviderApp(
        id: id, label: id, state: state,
        evidence: [
          EvidenceItem(
            .status, id: id, name: "integration", value: "Duo has no integration of this key",
            path: "/admin/v3/integrations/\(id)")
        ])
    case .known(let integration):
      let evidence = [
        EvidenceItem(
          .status, id: integration.key, name: integration.name,
          value:
            "integration of type \(integration.type), access \(integration.access ?? "not stated")",
          path: "/admin/v3/integrations/\(integration.key)")
      ]
      return ProviderApp(
        id: id, label: integration.name,
        state: state, evidence: evidence)
    }
  }

  // MARK: People

  private func people(_ watch: WatchList) async -> DuoPeople {
    var people = DuoPeople()
    guard !watch.isEmpty else { return people }
    let path = "/admin/v1/users"
    do throws(ConnectorError) {
      for isLast in [false, true] {
        people = DuoPeople()
        people.declared = try await list(path, watch, &people)
        // Whoever guards sign-ins has users: an empty list is a filter or a right, and makes nobody new.
        if people.distinct.count == 0, people.declared == 0 {
          log.add(Self.noUsers(path))
          return people
        }
        if people.distinct.count == people.declared, !people.hasRepeatedRows { break }
        // A list that moved while it was read is read again once.
        if isLast {
          throw client.unsettled(path, people.distinct.count, of: people.declared ?? 0)
        }
      }
    } catch {
      keep(error)
    }
    log.count(people.distinct.count)
    return people
  }

  /// A list that was read to its end and names nobody: it ends nothing.
  private static func noUsers(_ path: String) -> SourceIssue {
    SourceIssue(
      code: "empty", call: "GET \(path)", status: 200,
      message: "Duo lists no user at all, so its list counts as not read.",
      remedy: "Check that the integration belongs to the account whose users sign in.")
  }

  private func list(
    _ path: String, _ watch: WatchList, _ people: inout DuoPeople
  ) async throws(ConnectorError) -> Int {
    var found = people
    defer { people = found }
    return try await client.list(path, limit: 300) { rows throws(WireError) in
      var number = 0
      try rows.forEach { _, row throws(WireError) in
        number += 1
        do throws(WireError) {
          try found.take(row, watch, configuration, edits)
        } catch {
          throw error.inRow(number)
        }
      }
      progress(configuration.name, "accounts", done: found.distinct.count)
    }
  }
}
