internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Logging

/// One reading of an organisation.
struct JumpCloudRun: Sendable {
  let connector: JumpCloudConnector
  let progress: Progress
  let edits: PolicyEdits
  let log: ReadingLog
  /// The moment by which exceptions from MFA are judged.
  let now: Timestamp
  var client: APIClient { connector.client }
  var configuration: JumpCloudConfiguration { connector.configuration }

  init(_ connector: JumpCloudConnector, _ progress: Progress, _ edits: PolicyEdits) {
    self.connector = connector
    self.progress = progress
    self.edits = edits
    now = connector.clock()
    log = ReadingLog(connector.client.source, startedAt: now)
  }

  /// A part that was read, or why it was not and who can mend it.
  enum Part<Value: Sendable>: Sendable {
    case read(Value)
    case unreadable(reason: String, remedy: String)
  }

  func read(_ query: ProviderQuery) async -> ProviderReading {
    progress(configuration.name, "policies", done: 0)
    async let listed = policies()
    async let watched = users(query.watch())
    let apps = await apps(query.apps)
    var reading = ProviderReading(
      source: log.reading(kind: connector.kind, at: connector.clock()), apps: [],
      accounts: AccountTable(atomCount: 0), hosts: hosts(apps),
      vendorHostSuffixes: ["jumpcloud.com"])
    switch await listed {
    case .unreadable(let reason, let remedy):
      let state = ProviderApp.State.unreadable(reason: "\(reason).", remedy: remedy)
      reading.apps = query.apps.enumerated().map { index, id in
        app(id, apps[index]) { _ in state }
      }
      // Whoever is not there, or not let in, is so whatever the policies say.
      let users = await watched
      let facts = JumpCloudFacts(groups: [], users: users, now: now)
      reading.accounts = await accounts(users, facts, apps).table
    case .read(let policies):
      var picture = JumpCloudPicture(policies: policies)
      picture.ipLists = await ipLists(isWanted: !picture.mentionedIPLists.isEmpty)
      picture.groups = await groups(picture.mentionedGroups)
      let users = await watched
      let facts = JumpCloudFacts(groups: picture.mentionedGroups, users: users, now: now)
      let read = await accounts(users, facts, apps, names: picture.groups)
      reading.accounts = read.table
      reading.apps = query.apps.enumerated().map { index, id in
        app(id, apps[index]) { wire in
          var model = JumpCloudModel(app: wire, picture: picture, facts: facts)
          return .readable(model.model(unreadable: read.unreadable))
        }
      }
    }
    if reading.accounts.count > 0 { reading.tell(await members(of: query.groups)) }
    reading.source = log.reading(kind: connector.kind, at: connector.clock())
    return reading
  }

  private func hosts(_ apps: [Part<JumpCloudWire.App>]) -> Set<String> {
    var urls = [configuration.url]
    for case .read(let app) in apps { if let url = app.url { urls.append(url) } }
    return Set(urls.compactMap(SourceHost.of))
  }

  // MARK: Policies

  private func policies() async -> Part<[JumpCloudWire.Policy]> {
    let request = client.get("/api/v2/authn/policies", query: Self.query())
    return await part { () throws(ConnectorError) in
      let documents = try await rows(request) { row throws(WireError) in
        (id: try JumpCloudWire.Policy(row).id, value: row)
      }
      let edited = edits.applied(
        to: documents, state: "disabled", on: .bool(false), off: .bool(true)
      ) { $0["effect"]?.object != nil && $0["targets"]?.object != nil }
      do throws(WireError) {
        return try JSONValue.array(edited).rows { row throws(WireError) in
          var policy = try JumpCloudWire.Policy(row)
          if edits.enabled.contains(policy.id) { policy.onlyMonitors = false }
          return policy
        }.named()
      } catch {
        throw client.malformed(error, request)
      }
    }
  }

  /// The names of IP lists; where they cannot be read the ids stand in.
  private func ipLists(isWanted: Bool) async -> [String: String] {
    guard isWanted else { return [:] }
    let lists = await part(affects: .details) { () throws(ConnectorError) in
      try await rows(client.get("/api/v2/iplists", query: Self.query())) { row throws(WireError) in
        let list = try JumpCloudWire.Named(row)
        return (id: list.id, value: list)
      }
    }
    guard case .read(let read) = lists else { return [:] }
    return Dictionary(read.map { ($0.id, $0.name) }, uniquingKeysWith: { $1 })
  }

  /// The names of groups that policies mention; where one cannot be read the id stands in.
  private func groups(_ ids: [String]) async -> [String: String] {
    var names: [String: String] = [:]
    for id in ids {
      let group = await part(affects: .details) { () throws(ConnectorError) in
        try await value(client.get("/api/v2/usergroups/{group}", [id]), JumpCloudWire.Named.init)
      }
      if case .read(let read) = group { names[id] = read.name }
    }
    return names
  }

  // MARK: Applications

  private func apps(_ ids: [AppID]) async -> [Part<JumpCloudWire.App>] {
    var result: [Part<JumpCloudWire.App>] = []
    for id in ids {
      let app = await part { () throws(ConnectorError) in
        try await value(client.get("/api/applications/{app}", [id]), JumpCloudWire.App.init)
      }
      result.append(app)
    }
    return result
  }

  private func app(
    _ id: AppID, _ read: Part<JumpCloudWire.App>,
    _ state: (JumpCloudWire.App) -> ProviderApp.State
  ) -> ProviderApp {
    switch read {
    case .unreadable(let reason, let remedy):
      return ProviderApp(
        id: id, label: id, state: .unreadable(reason: "\(reason).", remedy: remedy))
    case .read(let app):
      return ProviderApp(
        id: id, label: app.name, state: state(app),
        evidence: [
          EvidenceItem(
            .platform, id: app.id, name: "application \(app.name)",
            value: app.url ?? "at JumpCloud",
            path: "/api/applications/\(app.id)")
        ])
    }
  }
}
