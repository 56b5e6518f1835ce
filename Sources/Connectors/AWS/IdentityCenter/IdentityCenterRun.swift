internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Logging

/// One reading of the Identity Center of an organisation.
struct IdentityCenterRun: Sendable {
  /// A row of `ListInstances`.
  struct Instance: Sendable, Hashable {
    var arn: String
    var store: String
    var name: String

    init(_ json: JSONValue) throws(WireError) {
      arn = try json.required("InstanceArn", .string, \.string)
      store = try json.required("IdentityStoreId", .string, \.string)
      let name = try json.optional("Name", .string, \.string) ?? ""
      self.name = name.isEmpty ? "Identity Center" : name
    }

    /// The id at the end of the ARN, which applications of the instance have in theirs too.
    var id: String { arn.split(separator: "/").last.map(String.init) ?? arn }

    /// Whether an application names this instance; ids are compared whole.
    func isMeant(by app: AppID) -> Bool {
      app.split(whereSeparator: { $0 == "/" || $0 == ":" }).contains { $0 == id }
    }
  }

  let configuration: IdentityCenterConfiguration
  let admin: AWSClient
  let store: AWSClient
  let clock: @Sendable () -> Timestamp
  let logger: Logger
  let progress: Progress
  let log: ReadingLog

  init(
    configuration: IdentityCenterConfiguration, admin: AWSClient, store: AWSClient,
    clock: @escaping @Sendable () -> Timestamp, logger: Logger, progress: Progress
  ) {
    self.configuration = configuration
    self.admin = admin
    self.store = store
    self.clock = clock
    self.logger = logger
    self.progress = progress
    log = ReadingLog(admin.source, startedAt: clock())
  }

  private func keep(_ error: ConnectorError, affects: SourceIssue.Affects = .verdicts) {
    logger.debug("\(error)")
    log.add(
      error.issue(
        remedy: AWSErrors.remedy(error, source: configuration.name), affects: affects))
  }

  func read(_ query: ProviderQuery) async -> ProviderReading {
    progress(configuration.name, "instances", done: 0)
    var reading = ProviderReading(
      source: log.reading(kind: "aws-sso", at: clock()), apps: [],
      accounts: AccountTable(atomCount: 0),
      hosts: Set([SourceHost.of(admin.url)].compactMap { $0 }))
    // At an external provider people are known by their user name.
    reading.passesOn = .login
    do throws(ConnectorError) {
      let instances = try await admin.values("ListInstances", [:], list: "Instances") {
        row throws(WireError) in try Instance(row)
      }
      let wanted = query.apps.map { app in instances.first { $0.isMeant(by: app) } }
      // A person has one account in each store, so one source reads one.
      let instance = wanted.lazy.compactMap { $0 }.first
      var people = IdentityCenterPeople()
      if let instance { people = await self.people(instance, wanted, await query.watch()) }
      reading.accounts = people.table
      if let instance, reading.accounts.count > 0 {
        reading.tell(await members(of: query.groups, instance))
      }
      for (index, app) in query.apps.enumerated() {
        reading.apps.append(self.app(app, wanted[index], instance, people))
      }
    } catch {
      keep(error)
      reading.apps = query.apps.map { id in
        ProviderApp(
          id: id, label: id,
          state: .unreadable(
            reason: error.message, remedy: AWSErrors.phrase(error, source: configuration.name)))
      }
    }
    reading.source = log.reading(kind: "aws-sso", at: clock())
    return reading
  }

  private func app(
    _ id: AppID, _ wanted: Instance?, _ read: Instance?, _ people: IdentityCenterPeople
  ) -> ProviderApp {
    guard let wanted else {
      return ProviderApp(
        id: id, label: id,
        state: .unreadable(
          reason: "Identity Center in \(configuration.region) has no instance of the id \(id).",
          remedy: "name the instance as aws-sso:ssoins-… and check the region"))
    }
    guard wanted == read else {
      return ProviderApp(
        id: id, label: wanted.name,
        state: .unreadable(
          reason: "Source \(configuration.name) reads another instance.",
          remedy: "give instance \(wanted.id) a source of its own"))
    }
    var evidence = [
      EvidenceItem(
        .status, id: wanted.arn, name: wanted.name,
        value: "identity source \(configuration.identitySource?.rawValue ?? "not configured")",
        path: "sso:ListInstances")
    ]
    if let mode = configuration.attestedMode {
      evidence.append(
        EvidenceItem(
          .attestation, name: "MFA mode",
          value: "\(mode.rawValue), says the configuration (attested_mode)"))
    }
    var app = ProviderApp(
      id: id, label: wanted.name,
      state: .readable(
        IdentityCenterMapping.model(wanted.arn, configuration, issuers: people.issuers)),
      evidence: evidence, policyLink: wanted.arn)
    let told = app.account(
      IdentityCenterDoors.self, Vouches(configuration.vouches, at: clock())
    ) { configuration.state(of: $0, issuers: people.outsideIssuers) }
    for issue in told { log.add(issue) }
    return app
  }

  // MARK: Groups

  /// Who is in the groups that exemptions name, by id or name.
  private func members(of wanted: [String], _ instance: Instance) async -> WantedGroups {
    var result = WantedGroups()
    guard !wanted.isEmpty else { return result }
    let inStore: [String: JSONValue] = [
      "IdentityStoreId": .string(instance.store), "MaxResults": .integer(100),
    ]
    do throws(ConnectorError) {
      let groups = try await store.values("ListGroups", inStore, list: "Groups") {
        row throws(WireError) in
        (
          id: try row.required("GroupId", .string, \.string),
          name: try row.optional("DisplayName", .string, \.string)
        )
      }
      for name in Set(wanted).sorted() {
        var ids = Set(groups.filter { $0.id == name }.map(\.id))
        if ids.isEmpty { ids = Set(groups.filter { $0.name == name }.map(\.id)) }
        guard let id = ids.first, ids.count == 1 else {
          log.add(
            WantedGroups.issue(
              "Identity Center", name, found: ids.count, call: "identitystore:ListGroups"))
          continue
        }
        var query = inStore
        query["GroupId"] = .string(id)
        let members = try await store.values(
          "ListGroupMemberships", query, list: "GroupMemberships"
        ) { row throws(WireError) in
          let member = try row.required("MemberId", .object) { $0.object == nil ? nil : $0 }
          return try member.required("UserId", .string, \.string)
        }
        result.note(name, members)
      }
    } catch {
      keep(error, affects: .details)
    }
    return result
  }

  // MARK: Accounts

  private func people(
    _ instance: Instance, _ wanted: [Instance?], _ watch: WatchList
  ) async -> IdentityCenterPeople {
    var people = IdentityCenterPeople()
    guard !watch.isEmpty else { return people }
    // Who is assigned to what is asked person by person at AWS: everybody counts as assigned.
    let assigned = Set(wanted.indices.filter { wanted[$0] == instance })
    let reader = JSONReader()
    do throws(ConnectorError) {
      try await store.pages { token in
        var body: [String: JSONValue] = [
          "IdentityStoreId": .string(instance.store), "MaxResults": .integer(100),
        ]
        if let token { body["NextToken"] = .string(token) }
        return store.request("ListUsers", json: body)
      } _: { response, request, page throws(ConnectorError) in
        let next: String?
        var repeated: [(row: Int, isSame: Bool)] = []
        do throws(WireError) {
          let json = try reader.value(response.body)
          let rows = try json.required("Users", .array, \.array)
          log.count(rows.count)
          for (index, row) in rows.enumerated() {
            do throws(WireError) {
              if let isSame = try people.take(row, watch, assigned) {
                repeated.append((index + 1, isSame))
              }
            } catch {
              throw error.inRow(index + 1)
            }
          }
          next = try json.optional("NextToken", .string, \.string)
        } catch {
          throw store.malformed(error, request, page: page)
        }
        for (row, isSame) in repeated {
          let error = store.repeated(isSame, request, page: page, row: row)
          guard isSame else { throw error }
          keep(error, affects: .details)
        }
        return next
      }
    } catch {
      keep(error)
    }
    for issue in people.issues { log.add(issue) }
    return people
  }
}
