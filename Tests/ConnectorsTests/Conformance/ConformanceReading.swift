import ConnectorKit
import IdentityCore

/// What a connector read, in a form that is the same for rosters and providers.
struct ConformanceReading: Sendable {
  var source: SourceReading
  var team: TeamReading
  private var providers: [SourceName: ProviderReading] = [:]
  private var signIn: [SignInTarget] = []

  /// Reads a team at a roster; its people sign in at the platform itself.
  init(of connector: some RosterConnector, team: TeamName) async throws {
    let reading = await connector.readRoster(of: [team], progress: .none)
    guard let first = reading.teams.first else { throw NoTeam() }
    source = reading.source
    self.team = first
  }

  /// Reads a team at a roster; its people sign in at the platform or through a provider that was read before.
  init(
    of connector: some RosterConnector, team: TeamName, signIn: SignInTarget,
    provider: ProviderReading
  ) async throws {
    try await self.init(of: connector, team: team)
    providers = [signIn.provider: provider]
    self.signIn = [signIn]
  }

  /// Reads a provider; some people are on a team whose only door it is.
  init(
    of connector: some ProviderConnector, app: AppID, people: [String]
  ) async {
    var roster = Roster()
    for email in people {
      roster.append(
        RosterMember(email: email, role: .member, federated: .unknown, platformMFA: .unknown))
    }
    let keys = people.map { EmailKey.make($0) }
    let provider = await connector.readProvider(
      ProviderQuery(apps: [app]) { WatchList(keys: keys) }, progress: .none)
    source = provider.source
    team = TeamReading(
      team: "acme-widgets", roster: roster, hasIdentityProvider: .unknown, saysSignIn: false)
    providers = [connector.name: provider]
    signIn = [SignInTarget(provider: connector.name, app: app)]
  }

  struct NoTeam: Error {}

  /// What a store would hold after this reading, and what changed to get there.
  func reconciled(with prior: [String: MemberRecord] = [:]) throws -> (
    records: [String: MemberRecord], changes: [MemberChange]
  ) {
    let adjudicator = Adjudicator(
      settings: TeamSettings(name: team.team, roster: source.name, signIn: signIn), reading: team,
      providers: providers, now: source.observedAt)
    var reconciler = Reconciler(adjudicator, staleAfter: 72 * 3600)
    var rows = Prior(records: prior, observedAt: source.observedAt)
    var records = prior
    var changes: [MemberChange] = []
    _ = try reconciler.reconcile(with: &rows) { change in
      changes.append(change)
      records[change.record.key] = change.kind == .removed ? nil : change.record
    }
    return (records, changes)
  }

  /// Everything this could show to people, for finding what must not be in it.
  var text: String {
    var text = ""
    dump(source, to: &text)
    dump(team.issues, to: &text)
    for provider in providers.values { dump(provider.apps.map(\.evidence), to: &text) }
    return text
  }

  private struct Prior: PriorMembers {
    let records: [String: MemberRecord]
    let observedAt: Timestamp
    private var keys: ArraySlice<String>

    init(records: [String: MemberRecord], observedAt: Timestamp) {
      self.records = records
      self.observedAt = observedAt
      keys = records.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }[...]
    }

    mutating func next() -> PriorRow? {
      guard let key = keys.popFirst() else { return nil }
      return PriorRow(
        id: 1, key: key, fingerprint: records[key]?.fingerprint ?? 0,
        userID: records[key]?.platformUserID)
    }

    func record(of row: PriorRow) throws -> (record: MemberRecord, observedAt: Timestamp) {
      guard let record = records[row.key] else { throw NoTeam() }
      return (record, observedAt)
    }
  }
}
