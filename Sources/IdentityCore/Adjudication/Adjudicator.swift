/// Judges the people of one team: roster and provider readings in, verdicts out; pure.
///
/// People who look alike to every policy are judged once, so that a million members over two hundred policies are a few
/// hundred evaluations.
public struct Adjudicator {
  /// One person of the team with the verdict.
  public struct Person: Sendable {
    /// The judged record; ``MemberRecord/since`` is the moment of judging.
    public var record: MemberRecord
    /// Which doors rest on something that was not read to its end.
    var doubts: Doubts
    /// What the platform's own second factor is, for the findings of its doors.
    var platformMFA: Tri
    /// ``MemberRecord/fingerprint`` of the record, for less than working it out from the record.
    public var fingerprint: UInt64
  }

  /// What a person's record comes to, without the record.
  struct Glance {
    var fingerprint: UInt64
    var isGap: Bool
    var isDoubtful: Bool
  }

  /// What is remembered of people who look alike.
  struct Case {
    var judgement: Judgement
    var digest: UInt64
    var findings: FindingSet
    /// What the platform's own second factor is, for the findings of its doors.
    var platformMFA: Tri
    /// The source of the deciding door.
    var provider: SourceName?
    /// The `sign_in` position whose account is recorded; nil when no account decides.
    var target: Int?
    /// Which doors rest on something that was not read to its end.
    var doubts: Doubts
    /// Whether something is not certain, so that what was known before has to be looked at.
    var isDoubtful: Bool
  }

  /// What a case is known by: the codes of the person's logins and accounts; the usual two cost no allocation.
  private struct CaseKey: Hashable {
    private var first: UInt64 = 0
    private var second: UInt64 = 0
    private var rest: [UInt64] = []
    private var count = 0

    mutating func append(_ code: UInt64) {
      switch count {
      case 0: first = code
      case 1: second = code
      default: rest.append(code)
      }
      count += 1
    }
  }

  let settings: TeamSettings
  let reading: TeamReading
  let now: Timestamp
  private let door: PlatformDoor
  var graph: ProviderGraph
  private var cases: [CaseKey: Int] = [:]
  private(set) var judged: [Case] = []
  /// Positions of the roster in byte order of their keys.
  let order: [Int32]
  /// For each person, where its rows start in ``order``; the end is the next person's start.
  let starts: [Int32]
  /// By match key or roster id, the exemption of one member.
  private let exemptions: [String: Exemption]
  /// The exemption of each person that comes by a group.
  private let groupExemptions: [Int: Exemption]
  let identities: PersonIdentities
  private let onlyAdmin: Int?

  /// Prepares to judge a team.
  ///
  /// - Parameters:
  ///   - providers: the readings of the sources named by the team's `sign_in`; a missing one was not read.
  ///   - now: the moment of the run; exemptions are judged by it.
  public init(
    settings: TeamSettings, reading: TeamReading, providers: [SourceName: ProviderReading],
    now: Timestamp
  ) {
    self.settings = settings
    self.reading = reading
    self.now = now
    door = PlatformDoor(settings: settings, reading: reading, providers: providers)
    graph = ProviderGraph(settings.signIn, providers, identities: settings.identities)
    order = reading.roster.sortedByKey()
    starts = reading.roster.groupStarts(order)
    exemptions = Dictionary(
      settings.exemptions.filter { $0.group == nil }.map { (EmailKey.make($0.member), $0) },
      uniquingKeysWith: { $1 })
    onlyAdmin = Self.onlyAdmin(reading.roster, order, starts)
    let (roster, order, starts) = (reading.roster, order, starts)
    let identities = PersonIdentities(settings.identities, roster, order, starts)
    self.identities = identities
    graph.claim(people: starts.count) { person, body in
      roster.withKey(at: Int(order[Int(starts[person])]), body)
    } names: { person, source in
      identities.names(of: person, at: source)
    }
    groupExemptions = GroupExemptions(settings.exemptions, graph, people: starts.count).byPerson
  }

  /// How many people there are.
  public var count: Int { starts.count }

  /// How many people of the team are in a group that an exemption names; nil when that was not read.
  public func members(of group: ExemptGroup) -> Int? {
    GroupExemptions.members(of: group, graph, starts.count)?.count
  }

  /// How many different cases were judged so far.
  public var distinctCases: Int { judged.count }

  /// Calls `body` with the match key of a person; people are in the byte order of their keys.
  public func withKey<R>(of person: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows
    -> R
  {
    try reading.roster.withKey(at: Int(order[Int(starts[person])]), body)
  }

  /// Judges a person and makes the record.
  public mutating func person(_ person: Int) -> Person {
    let found = judgedCase(person)
    let record = record(person, judged[found])
    return Person(
      record: record, doubts: judged[found].doubts, platformMFA: judged[found].platformMFA,
      fingerprint: record.fingerprint(judgementDigest: judged[found].digest))
  }

  /// Judges a person without making the record.
  mutating func glance(_ person: Int) -> Glance {
    let found = judgedCase(person)
    return glance(person, judged[found])
  }

  /// The case of a person, judged when it is the first of its kind.
  mutating func judgedCase(_ person: Int) -> Int {
    let positions = rows(of: person)
    var key = CaseKey()
    for position in positions { key.append(reading.roster.caseCode(at: Int(order[position]))) }
    for route in graph.routes.indices { key.append(graph.code(of: person, on: route)) }
    // What the configuration says of one person stands in the evidence, and so do the accounts that match him.
    if identities.hasMapping(of: person) || graph.isAmbiguous(person) {
      key.append(.max - UInt64(person))
    }
    if let known = cases[key] { return known }
    let number = judged.count
    cases[key] = number
    judged.append(judge(person, positions))
    return number
  }

  /// What the policies that decide at the doors show now, door by door; nothing for those that could not be read.
  mutating func traces() -> [SignInTarget: RuleTraces] {
    var found: [SignInTarget: RuleTraces] = [:]
    for (position, target) in settings.signIn.enumerated() {
      found[target] = graph.traces(at: position)
    }
    return found
  }

  func rows(of person: Int) -> Range<Int> {
    let end = person + 1 < starts.count ? Int(starts[person + 1]) : order.count
    return Int(starts[person])..<end
  }

  /// The position in the roster of the row that names the person: the first that is no invitation.
  func mainRow(of person: Int) -> Int {
    let positions = rows(of: person)
    if positions.count == 1 { return Int(order[positions.lowerBound]) }
    return positions.map { Int(order[$0]) }.min { left, right in
      reading.roster.rows[left].kind.rawValue < reading.roster.rows[right].kind.rawValue
    } ?? Int(order[positions.lowerBound])
  }

  func account(of person: Int, target: Int) -> Int? { graph.account(of: person, at: target) }

  func accounts(target: Int) -> AccountTable? { graph.reading(at: target)?.accounts }

  /// Whom each provider takes the person for: the account's id where there is exactly one, and at a provider behind the names
  /// that it is asked about; nothing for one provider alone.
  func accountIDs(of person: Int) -> [SourceName: String] {
    var ids = graph.namesBehind(of: person)
    guard hasSeveralProviders else { return ids }
    var seen: Set<SourceName> = []
    for (target, signIn) in settings.signIn.enumerated() where !seen.contains(signIn.provider) {
      guard let position = account(of: person, target: target) else { continue }
      ids[signIn.provider] = accounts(target: target)?.id(at: position)
      seen.insert(signIn.provider)
    }
    return ids
  }

  var hasSeveralProviders: Bool { Set(settings.signIn.map(\.provider)).count > 1 }

  var hasExemptions: Bool { !exemptions.isEmpty || !groupExemptions.isEmpty }

  /// The exemption of a person: by address, by the roster's own id, or by a group.
  func exemption(ofPerson person: Int) -> Exemption? {
    guard hasExemptions else { return nil }
    let row = mainRow(of: person)
    if let named = exemption(key: reading.roster.key(at: row), id: reading.roster[row].userID) {
      return named
    }
    return groupExemptions[person]
  }

  /// The exemption that names somebody by address or id.
  func exemption(key: String, id: String?) -> Exemption? {
    guard !exemptions.isEmpty else { return nil }
    return exemptions[key] ?? id.flatMap { exemptions[EmailKey.make($0)] }
  }

  /// The roster's own id of a person.
  func userID(of person: Int) -> String? { reading.roster[mainRow(of: person)].userID }

  /// The exemption that still stands in the configuration under the words of an earlier one.
  ///
  /// Somebody else may go by its address by now: that one is not whom it was for.
  func configuredExemption(like earlier: Exemption) -> Exemption? {
    guard earlier.group == nil, exemptions[EmailKey.make(earlier.member)] == earlier else {
      return nil
    }
    return earlier
  }

  func isOnlyAdmin(_ person: Int) -> Bool { onlyAdmin == person }

  /// Whether the roster shows anybody as an admin.
  var showsAdmin: Bool {
    (0..<reading.roster.count).contains {
      reading.roster.rows[$0].kind == .member && reading.roster.role(at: $0) == .admin
    }
  }

  private static func onlyAdmin(_ roster: Roster, _ order: [Int32], _ starts: [Int32]) -> Int? {
    var found: Int?
    var person = -1
    for (index, position) in order.enumerated() {
      if person + 1 < starts.count, Int(starts[person + 1]) == index { person += 1 }
      let isAdmin =
        roster.rows[Int(position)].kind == .member && roster.role(at: Int(position)) == .admin
      guard isAdmin, found != person else { continue }
      if found != nil { return nil }
      found = person
    }
    return found
  }

  // MARK: Judging

  private mutating func judge(_ person: Int, _ positions: Range<Int>) -> Case {
    let logins = positions.map { reading.roster[Int(order[$0])] }.filter { $0.kind != .pending }
    guard !logins.isEmpty else {
      let invited = Door(
        provider: settings.roster, app: nil, verdict: .notEvaluated, code: .pending,
        reason: "Invited, has not joined yet.")
      return makeCase([Way(door: invited)], platformMFA: .unknown)
    }
    var ways: [Way] = []
    var targets: [Int] = []
    var shown: [EvidenceItem] = []
    var platformMFA = Tri.yes
    for login in logins {
      let way = door.way(
        kind: login.kind, federated: login.federated, platformMFA: login.platformMFA,
        identityProvider: login.identityProvider)
      // Behind single sign-on the platform's own second factor is off, and says nothing.
      if way.isOwnLogin, login.platformMFA != .yes, platformMFA != .no {
        platformMFA = login.platformMFA
      }
      switch way {
      case .door(let door): add(door, to: &ways)
      case .providers(let more, let evidence):
        targets += more.filter { !targets.contains($0) }
        shown += evidence.filter { !shown.contains($0) }
      case .beside(let door, let more, let evidence):
        add(door, to: &ways)
        targets += more.filter { !targets.contains($0) }
        shown += evidence.filter { !shown.contains($0) }
      }
    }
    shown += identities.evidence(of: person)
    ways += providerDoors(person, targets).map { way in
      var way = way
      way.door.evidence = shown + way.door.evidence
      way.door.origin = origin(of: way.door, shown)?.text
      return way
    }
    return makeCase(ways, platformMFA: platformMFA)
  }

  /// What leads to a door at a provider.
  private func origin(of door: Door, _ shown: [EvidenceItem]) -> DoorOrigin? {
    guard let place = settings.place(of: door.provider) else { return nil }
    return DoorOrigin(place: place, shown: shown, signIn: settings.signIn)
  }

  private func add(_ door: Door, to ways: inout [Way]) {
    if !ways.contains(where: { $0.door == door }) { ways.append(Way(door: door)) }
  }

  /// The doors at the providers; no account at one is a closed door while there is one at another.
  ///
  /// Where a provider knows nobody of the team, it may be another tenant, or a list without anybody: it closes no door.
  private mutating func providerDoors(_ person: Int, _ targets: [Int]) -> [Way] {
    let standings = graph.routes.indices.map { graph.standings(of: person, on: $0) }
    let ways = targets.map { target in
      let made = graph.door(at: target, standings)
      var way = Way(door: made.door, target: target, failure: made.failure, gap: made.gap)
      explain(&way.door, of: person, target)
      return way
    }
    let isKnownSomewhere = ways.contains {
      $0.door.code != .notInIdP && $0.door.code != .sourceIncomplete
    }
    guard isKnownSomewhere else { return ways }
    return ways.map { way in
      // A list that may lack rows does not say that there is no account.
      guard way.door.code == .notInIdP, way.gap == nil, way.failure == nil,
        let target = way.target, accounts(target: target)?.count ?? 0 > 0
      else { return way }
      var closed = way
      closed.door.verdict = .notEvaluated
      return closed
    }
  }

  /// Names what only this person has to do with: the accounts that match, or the one that the configuration names.
  private func explain(_ door: inout Door, of person: Int, _ target: Int) {
    switch door.code {
    case .ambiguousIdentity:
      door.evidence += graph.matches(of: person, at: target) { other in
        reading.roster[mainRow(of: other)].email
      }
    case .notInIdP:
      guard let account = identities.names(of: person, at: door.provider)?.account else { return }
      door.code = .mappedAccountMissing
      door.reason =
        "The configuration (identities) says that this member has the account \(account) at \(door.provider); there is none of "
        + "that id or login."
    default: return
    }
  }

  private func makeCase(_ ways: [Way], platformMFA: Tri) -> Case {
    let judgement = Judgement(doors: ways.map(\.door))
    let deciding = ways.first { $0.door == judgement.deciding }
    let targets = ways.compactMap(\.target)
    let doubts = Doubts(ways.filter { $0.failure != nil || $0.gap != nil })
    return Case(
      judgement: judgement, digest: judgement.digest,
      findings: FindingRules.findings(of: judgement, platformMFA: platformMFA),
      platformMFA: platformMFA, provider: deciding?.door.provider,
      target: deciding?.target ?? targets.first,
      doubts: doubts,
      isDoubtful: !doubts.isEmpty || judgement.doors.contains { $0.lacksData || !$0.isProven })
  }
}
