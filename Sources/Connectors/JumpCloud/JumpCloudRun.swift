internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Logging

/// One reading of an organisation.
struct JumpCloudRun: Sendable {
  let connector: JumpCloudConnector
  let reading: Reading
  let edits: PolicyEdits
  /// The moment by which exceptions from MFA are judged.
  let now: Timestamp
  var client: APIClient { connector.client }
  var log: ReadingLog { reading.log }
  var configuration: JumpCloudConfiguration { connector.configuration }
  private var vouches: Vouches { Vouches(configuration.vouches, at: now) }

  init(_ connector: JumpCloudConnector, _ progress: Progress, _ edits: PolicyEdits) {
    self.connector = connector
    self.edits = edits
    now = connector.clock()
    reading = Reading(
      connector.client, progress: progress, logger: connector.logger, startedAt: now,
      remedy: connector.configuration.remedy)
  }

  func read(_ query: ProviderQuery) async -> ProviderReading {
    reading.tell("policies", done: 0)
    async let listed = policies()
    async let watched = users(query.watch())
    async let settings = setting()
    let apps = await apps(query.apps)
    var result = ProviderReading(
      source: log.reading(kind: connector.kind, at: connector.clock()), apps: [],
      accounts: AccountTable(atomCount: 0), hosts: hosts(apps),
      vendorHostSuffixes: ["jumpcloud.com"])
    let policies = await listed
    let setting = await settings
    switch policies {
    case .unreadable(let reason, let remedy):
      let state = ProviderApp.State.unreadable(reason: "\(reason).", remedy: remedy)
      result.apps = query.apps.enumerated().map { index, id in
        app(id, apps[index]) { _ in state }
      }
      // Whoever is not there, or not let in, is so whatever the policies say.
      let users = await watched
      let facts = JumpCloudFacts(groups: [], users: users, now: now)
      result.accounts = await accounts(users, facts, apps).table
    case .read(let policies):
      var picture = JumpCloudPicture(policies: policies)
      picture.ipLists = await ipLists(isWanted: !picture.mentionedIPLists.isEmpty)
      picture.groups = await groups(picture.mentionedGroups)
      let users = await watched
      let facts = JumpCloudFacts(groups: picture.mentionedGroups, users: users, now: now)
      let read = await accounts(users, facts, apps, names: picture.groups)
      result.accounts = read.table
      result.apps = query.apps.enumerated().map { index, id in
        judged(id, apps[index], picture, facts, read.unreadable, setting)
      }
    }
    if result.accounts.count > 0 { result.tell(await members(of: query.groups)) }
    result.source = log.reading(kind: connector.kind, at: connector.clock())
    return result
  }

  /// An application with what decides sign-ins to it, and the state of each of its doors.
  private func judged(
    _ id: AppID, _ read: Part<JumpCloudWire.App>, _ picture: JumpCloudPicture,
    _ facts: JumpCloudFacts, _ unreadable: [SubjectAtom.ID: Unknown], _ setting: JumpCloudSetting
  ) -> ProviderApp {
    guard case .read(let wire) = read else { return app(id, read) { _ in .inactive("") } }
    var model = JumpCloudModel(app: wire, picture: picture, facts: facts, vouches: vouches)
    let compiled = model.model(unreadable: unreadable)
    var result = app(id, read) { _ in .readable(compiled) }
    let told = result.account(JumpCloudDoors.self, vouches) { model.state(of: $0, setting) }
    for issue in told { log.add(issue) }
    return result
  }

  private func hosts(_ apps: [Part<JumpCloudWire.App>]) -> Set<String> {
    var urls = [configuration.url]
    for case .read(let app) in apps { if let url = app.url { urls.append(url) } }
    return Set(urls.compactMap(SourceHost.of))
  }

  // MARK: Policies

  private func policies() async -> Part<[JumpCloudWire.Policy]> {
    let edit = { (documents: [JSONValue]) in
      edits.applied(to: documents, state: "disabled", on: .bool(false), off: .bool(true)) {
        $0["effect"]?.object != nil && $0["targets"]?.object != nil
      }
    }
    let read = await reading.part { () throws(ConnectorError) in
      try await rows("/api/v2/authn/policies", edit: edit) { row throws(WireError) in
        var policy = try JumpCloudWire.Policy(row)
        if edits.enabled.contains(policy.id) { policy.onlyMonitors = false }
        return policy
      }.named()
    }
    if read.value?.contains(where: { $0.isDisabled == nil || $0.hidesMonitoring }) == true {
      log.add(
        .missing(
          "whether a policy is switched on", vendor: "JumpCloud",
          call: "GET /api/v2/authn/policies"))
    }
    return read
  }

  /// The names of IP lists; where they cannot be read the ids stand in.
  private func ipLists(isWanted: Bool) async -> [String: String] {
    guard isWanted else { return [:] }
    let lists = await reading.part(.details) { () throws(ConnectorError) in
      try await rows("/api/v2/iplists", JumpCloudWire.Named.init)
    }
    guard case .read(let read) = lists else { return [:] }
    return Dictionary(read.map { ($0.id, $0.name) }, uniquingKeysWith: { $1 })
  }

  /// The names of groups that policies mention; where one cannot be read the id stands in.
  private func groups(_ ids: [String]) async -> [String: String] {
    var names: [String: String] = [:]
    for id in ids {
      let group = await reading.part(.details) { () throws(ConnectorError) in
        try await reading.value(
          client.get("/api/v2/usergroups/{group}", [id]), JumpCloudWire.Named.init)
      }
      if case .read(let read) = group { names[id] = read.name }
    }
    return names
  }

  // MARK: The organisation

  /// What else decides: whether sign-ins may be routed to another provider, and how long sessions last.
  private func setting() async -> JumpCloudSetting {
    async let providers = reading.part(.parts) { () throws(ConnectorError) in
      try await reading.value(
        client.get("/api/v2/identity-providers", query: [("limit", "100")]),
        JumpCloudWire.identityProviders)
    }
    async let session = reading.part(.parts) { () throws(ConnectorError) in
      let id: String
      if let named = configuration.organisation {
        id = named
      } else {
        id = try await reading.value(
          client.get("/api/organizations", query: [("limit", "2")]), JumpCloudWire.organisation)
      }
      return try await reading.value(
        client.get("/api/organizations/{organisation}", [id]), JumpCloudWire.sessionMinutes)
    }
    return JumpCloudSetting(
      identityProviders: await providers, sessionMinutes: await session,
      limitMinutes: configuration.rememberedDeviceLimitMinutes)
  }

  // MARK: Applications

  private func apps(_ ids: [AppID]) async -> [Part<JumpCloudWire.App>] {
    var result: [Part<JumpCloudWire.App>] = []
    for id in ids {
      let app = await reading.part { () throws(ConnectorError) in
        try await reading.value(client.get("/api/applications/{app}", [id]), JumpCloudWire.App.init)
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
