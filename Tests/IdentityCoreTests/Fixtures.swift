@testable import IdentityCore

/// A team on platform `heroku` whose people sign in through `okta`, made from a few words.
struct TestTeam {
  static let now = Timestamp(milliseconds: 1_780_000_000_000)

  var roster: [RosterMember] = []
  var accounts: [Account] = []
  var signIn = [SignInTarget(provider: "okta", app: "app")]
  var exemptions: [Exemption] = []
  var identities: [IdentityMapping] = []
  var places: [SourceName: String] = [:]
  var identityProviders = [
    PlatformIdentityProvider(
      id: "idp", name: "acme-okta", entityID: "http://www.okta.com/exk1",
      ssoTargetURL: "https://acme.okta.com/app/sso")
  ]
  var hasIdentityProvider = Tri.yes
  var saysSignIn = true
  var namesProviders = true
  var rosterIssues: [SourceIssue] = []
  var oktaIssues: [SourceIssue] = []
  var hosts: Set<String> = ["acme.okta.com"]
  var tenantMarks: Set<String> = []
  var state = ProviderApp.State.readable(
    SignInModel(
      rules: [
        RuleReference(
          policyID: "p1", policyName: "Any two factors", ruleID: "r1", ruleName: "Catch-all",
          position: 1, demand: "asks for two factors")
      ], policy: .demand(.multiFactor, by: 0)))
  /// What the application's rules say where it is judged by less.
  var shown: SignInModel?
  var policyLink: String?
  var isAppMissing = false
  /// The group that the fact at position 1 stands for.
  var exemptGroup: String?
  var routes: [UpstreamRoute] = []
  var otherProviders: [SourceName: ProviderReading] = [:]
  var now = Self.now

  /// A federated member with an active, assigned account.
  static func ana(_ email: String = "ana@acme.com") -> (RosterMember, Account) {
    (
      RosterMember(
        email: email, role: .member, userID: "u-\(email)", federated: .yes, platformMFA: .no,
        identityProvider: "idp"),
      Account(id: "okta-\(email)", email: email, login: email, assigned: [0])
    )
  }

  mutating func add(_ pair: (RosterMember, Account)) {
    roster.append(pair.0)
    accounts.append(pair.1)
  }

  var settings: TeamSettings {
    TeamSettings(
      name: "acme", roster: "heroku", signIn: signIn, exemptions: exemptions,
      identities: identities, places: places)
  }

  var okta: ProviderReading {
    var table = AccountTable(atomCount: 4)
    for account in accounts { table.append(account) }
    var reading = ProviderReading(
      source: SourceReading(
        name: "okta", kind: "okta", startedAt: now, observedAt: now, issues: oktaIssues),
      apps: [
        ProviderApp(
          id: "app", label: "Heroku", state: state, policyLink: policyLink, isMissing: isAppMissing)
      ],
      accounts: table, hosts: hosts,
      vendorHostSuffixes: ["www.okta.com"])
    reading.apps[0].shown = shown
    reading.tenantMarks = tenantMarks
    reading.routes = routes
    if let exemptGroup { reading.groups[exemptGroup] = 1 }
    return reading
  }

  var adjudicator: Adjudicator {
    var rows = Roster()
    for member in roster { rows.append(member) }
    let reading = TeamReading(
      team: "acme", roster: rows, identityProviders: identityProviders,
      hasIdentityProvider: hasIdentityProvider, saysSignIn: saysSignIn,
      namesProviders: namesProviders, issues: rosterIssues)
    return Adjudicator(
      settings: settings, reading: reading,
      providers: otherProviders.merging(["okta": okta]) { $1 }, now: now)
  }

  /// The judged records by address.
  var records: [String: MemberRecord] {
    var judge = adjudicator
    return Dictionary(
      (0..<judge.count).map { judge.person($0).record }.map { ($0.email, $0) },
      uniquingKeysWith: { $1 })
  }

  /// Reconciles with what a store knew.
  func reconcile(
    _ prior: MemoryPrior, staleAfter: Int64 = 72 * 3600, holding holds: ChangeGuard.Holds = []
  ) throws -> (changes: [MemberChange], outcome: TeamOutcome) {
    var reconciler = Reconciler(adjudicator, staleAfter: staleAfter, holding: holds)
    var changes: [MemberChange] = []
    var prior = prior
    let outcome = try reconciler.reconcile(with: &prior) { changes.append($0) }
    return (changes, outcome)
  }
}

/// Prior members in memory, as a store would give them.
struct MemoryPrior: PriorMembers {
  var records: [String: MemberRecord] = [:]
  var observedAt = TestTeam.now
  /// The newest record under each key, also of those who are gone from it.
  private var history: [String: MemberRecord] = [:]
  private var position = 0

  init(_ records: [String: MemberRecord] = [:], observedAt: Timestamp = TestTeam.now) {
    self.records = records
    self.observedAt = observedAt
  }

  private var keys: [String] {
    records.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  mutating func next() -> PriorRow? {
    guard position < records.count else { return nil }
    let key = keys[position]
    position += 1
    return PriorRow(
      id: Int64(position), key: key, fingerprint: records[key]?.fingerprint ?? 0,
      userID: records[key]?.platformUserID)
  }

  func record(of row: PriorRow) throws -> (record: MemberRecord, observedAt: Timestamp) {
    guard let record = records[row.key] else { throw Missing() }
    return (record, observedAt)
  }

  func lastRecord(ofKey key: String) throws -> MemberRecord? { records[key] ?? history[key] }

  struct Missing: Error {}

  /// Applies changes as a store would.
  mutating func apply(_ changes: [MemberChange]) {
    history.merge(records) { $1 }
    for former in changes.compactMap(\.formerKey) { records[former] = nil }
    for change in changes {
      records[change.record.key] = change.kind == .removed ? nil : change.record
    }
    position = 0
  }
}
