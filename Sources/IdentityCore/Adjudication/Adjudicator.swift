/// Judges the people of one team: roster and provider readings in, verdicts out; pure.
///
/// People who look alike to every policy are judged once, so that a million members over two hundred policies are a few
/// hundred evaluations.
public struct Adjudicator {
  /// One person of the team with the verdict.
  public struct Person: Sendable {
    /// The judged record; ``MemberRecord/since`` is the moment of judging.
    public var record: MemberRecord
    /// Whether a provider behind the verdict was not read to its end.
    public var restsOnIncomplete: Bool { !incompleteReason.isEmpty }
    /// Which provider that was and why; empty when all were.
    public var incompleteReason: String
    /// Whether only a part is missing, and the judgement itself says which.
    var isPartial: Bool
    /// ``MemberRecord/fingerprint`` of the record, for less than working it out from the record.
    public var fingerprint: UInt64
  }

  /// What a person's record comes to, without the record.
  struct Glance {
    var fingerprint: UInt64
    var findings: FindingSet
    var isExempt: Bool
    var restsOnIncomplete: Bool
  }

  /// What is remembered of people who look alike.
  struct Case {
    var judgement: Judgement
    var digest: UInt64
    var findings: FindingSet
    /// The source of the deciding door.
    var provider: SourceName?
    /// The `sign_in` position whose account is recorded; nil when no account decides.
    var target: Int?
    /// Which provider behind the verdict was not read to its end, and why; empty when all were.
    var incompleteReason: String
    /// Whether only a part is missing, and the judgement itself says which.
    var isPartial: Bool
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
  private var graph: ProviderGraph
  private var cases: [CaseKey: Int] = [:]
  private(set) var judged: [Case] = []
  /// Positions of the roster in byte order of their keys.
  let order: [Int32]
  /// For each person, where its rows start in ``order``; the end is the next person's start.
  let starts: [Int32]
  /// For each node of the graph, the account found for every person.
  private var matches: [[AccountMatcher.Match]]
  private let exemptions: [String: Exemption]
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
    graph = ProviderGraph(settings.signIn, providers)
    order = reading.roster.sortedByKey()
    starts = reading.roster.groupStarts(order)
    exemptions = Dictionary(
      settings.exemptions.map { (EmailKey.make($0.member), $0) }, uniquingKeysWith: { $1 })
    onlyAdmin = Self.onlyAdmin(reading.roster, order, starts)
    matches = []
    let (roster, order, starts) = (reading.roster, order, starts)
    for node in graph.nodes.indices {
      let found = graph.claims(of: starts.count, at: node) { person, claim in
        roster.withKey(at: Int(order[Int(starts[person])]), claim)
      }
      matches.append(found)
    }
  }

  /// How many people there are.
  public var count: Int { starts.count }

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
      record: record, incompleteReason: judged[found].incompleteReason,
      isPartial: judged[found].isPartial,
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
    for node in matches.indices {
      key.append(graph.standing(node, matches[node][person])?.code ?? .max)
    }
    if let known = cases[key] { return known }
    let number = judged.count
    cases[key] = number
    judged.append(judge(person, positions))
    return number
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

  func account(of person: Int, target: Int) -> Int? {
    guard case .one(let position) = matches[target][person] else { return nil }
    return Int(position)
  }

  func accounts(target: Int) -> AccountTable? { graph.nodes[target].index?.reading.accounts }

  var hasExemptions: Bool { !exemptions.isEmpty }

  func exemption(of key: String) -> Exemption? { exemptions.isEmpty ? nil : exemptions[key] }

  func isOnlyAdmin(_ person: Int) -> Bool { onlyAdmin == person }

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
      return makeCase(
        [
          (
            Door(
              provider: settings.roster, app: nil, verdict: .notEvaluated, code: .pending,
              reason: "Invited, has not joined yet."), nil
          )
        ], platformMFA: .unknown)
    }
    var ways: [(Door, target: Int?)] = []
    var targets: [Int] = []
    var shown: [EvidenceItem] = []
    var platformMFA = Tri.yes
    for login in logins {
      let way = door.way(
        kind: login.kind, federated: login.federated, platformMFA: login.platformMFA,
        identityProvider: login.identityProvider)
      // Behind single sign-on the platform's own second factor is off, and says nothing.
      if way.isOutsideSSO && login.platformMFA != .yes { platformMFA = .no }
      switch way {
      case .door(let door): if !ways.contains(where: { $0.0 == door }) { ways.append((door, nil)) }
      case .providers(let more, let evidence):
        targets += more.filter { !targets.contains($0) }
        shown += evidence.filter { !shown.contains($0) }
      case .beside(let door, let more, let evidence):
        if !ways.contains(where: { $0.0 == door }) { ways.append((door, nil)) }
        targets += more.filter { !targets.contains($0) }
        shown += evidence.filter { !shown.contains($0) }
      }
    }
    ways += providerDoors(person, targets).map { door, target in
      var door = door
      door.evidence = shown + door.evidence
      return (door, target)
    }
    return makeCase(ways, platformMFA: platformMFA)
  }

  /// The doors at the providers; no account at one is a closed door while there is one at another.
  private mutating func providerDoors(_ person: Int, _ targets: [Int]) -> [(Door, target: Int?)] {
    let standings = matches.enumerated().map { graph.standing($0, $1[person]) }
    let doors: [(Door, target: Int?)] = targets.map { (graph.door(at: $0, standings), $0) }
    let isKnownSomewhere = doors.contains {
      $0.0.code != .notInIdP && $0.0.code != .sourceIncomplete
    }
    guard isKnownSomewhere else { return doors }
    return doors.map { door, target in
      guard door.code == .notInIdP else { return (door, target) }
      var closed = door
      closed.verdict = .notEvaluated
      return (closed, target)
    }
  }

  private func makeCase(_ ways: [(Door, target: Int?)], platformMFA: Tri) -> Case {
    let judgement = Judgement(doors: ways.map(\.0))
    let deciding = ways.first { $0.0 == judgement.deciding }
    let targets = ways.compactMap(\.target)
    let incomplete = targets.lazy.compactMap { graph.incompleteReason($0) }.first
    // What hangs on a missing part is cannot-tell; every other verdict holds whatever the part says.
    let partial =
      judgement.verdict == .cannotTell
      ? targets.lazy.compactMap { graph.partialReason($0) }.first : nil
    return Case(
      judgement: judgement, digest: judgement.digest,
      findings: FindingRules.findings(of: judgement, platformMFA: platformMFA),
      provider: deciding?.0.provider,
      target: deciding?.target ?? targets.first,
      incompleteReason: incomplete ?? partial ?? "", isPartial: incomplete == nil && partial != nil)
  }
}
