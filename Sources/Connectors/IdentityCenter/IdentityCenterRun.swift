internal import CurlTransport
internal import IdentityCore
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

  private func keep(_ error: ConnectorError) {
    logger.debug("\(error)")
    log.add(error.issue(remedy: AWSErrors.remedy(error, source: configuration.name)))
  }

  func read(_ query: ProviderQuery) async -> ProviderReading {
    progress(configuration.name, "instances", done: 0)
    var reading = ProviderReading(
      source: log.reading(kind: "aws-sso", at: clock()), apps: [],
      accounts: AccountTable(atomCount: 0),
      hosts: Set([SourceHost.of(admin.url)].compactMap { $0 }))
    do throws(ConnectorError) {
      let instances = try await admin.values("ListInstances", [:], list: "Instances") {
        row throws(WireError) in try Instance(row)
      }
      let wanted = query.apps.map { app in instances.first { app.contains($0.id) } }
      // A person has one account in each store, so one source reads one.
      let instance = wanted.lazy.compactMap { $0 }.first
      var issuers: Set<String> = []
      if let instance {
        (reading.accounts, issuers) = await accounts(instance, wanted, await query.watch())
      }
      for (index, app) in query.apps.enumerated() {
        reading.apps.append(self.app(app, wanted[index], instance, issuers))
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
    _ id: AppID, _ wanted: Instance?, _ read: Instance?, _ issuers: Set<String>
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
    return ProviderApp(
      id: id, label: wanted.name,
      state: .readable(IdentityCenterMapping.model(wanted.arn, configuration, issuers: issuers)),
      evidence: evidence)
  }

  // MARK: Accounts

  private func accounts(
    _ instance: Instance, _ wanted: [Instance?], _ watch: WatchList
  ) async -> (AccountTable, issuers: Set<String>) {
    var table = AccountTable(atomCount: 1)
    var issuers: Set<String> = []
    guard !watch.isEmpty else { return (table, issuers) }
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
        do throws(WireError) {
          let json = try reader.value(response.body)
          let rows = try json.required("Users", .array, \.array)
          log.count(rows.count)
          for (index, row) in rows.enumerated() {
            for external in row["ExternalIds"]?.array ?? [] {
              if let issuer = external["Issuer"]?.string { issuers.insert(issuer) }
            }
            var account: Account
            do throws(WireError) {
              account = try Self.account(row)
            } catch {
              throw error.inRow(index + 1)
            }
            guard Self.isWatched(account, watch) else { continue }
            account.assigned = assigned
            if table.append(account) == nil {
              throw WireError(.shape, row: index + 1, detail: "a user that is there already")
            }
          }
          return try json.optional("NextToken", .string, \.string)
        } catch {
          throw store.malformed(error, request, page: page)
        }
      }
    } catch {
      keep(error)
    }
    return (table, issuers)
  }

  private static func account(_ row: JSONValue) throws(WireError) -> Account {
    let list = row["Emails"]?.array ?? []
    let emails =
      (list.filter { $0["Primary"]?.bool == true } + list.filter { $0["Primary"]?.bool != true })
      .compactMap { $0["Value"]?.string }
    let status = try row.optional("UserStatus", .string, \.string)
    return Account(
      id: try row.required("UserId", .string, \.string), email: emails.first,
      aliases: Array(emails.dropFirst()), login: try row.required("UserName", .string, \.string),
      status: status == "DISABLED" ? .inactive : .active, statusText: status ?? "not stated",
      atoms: status == "ENABLED" || status == "DISABLED" ? [] : [IdentityCenterMapping.unclear])
  }

  private static func isWatched(_ account: Account, _ watch: WatchList) -> Bool {
    ([account.email, account.login].compactMap { $0 } + account.aliases).contains { text in
      var text = text
      return text.withUTF8 { watch.contains($0) }
    }
  }
}
