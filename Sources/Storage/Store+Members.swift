internal import GRDB
public import IdentityCore

/// Which members to list; every condition given must hold.
public struct MemberQuery: Sendable, Hashable {
  /// Only this team.
  public var team: TeamName?
  /// Only this address, in any spelling of case.
  public var email: String?
  /// Only this verdict.
  public var verdict: Verdict?
  /// Only with this finding open.
  public var finding: FindingKind?
  /// As the store knew it at this moment; now when nil.
  public var asOf: Timestamp?
  /// How old evidence may be; nil leaves every verdict as the last run stored it.
  public var age: AgeLimit?

  /// Makes a query; without conditions it lists everybody.
  public init(
    team: TeamName? = nil, email: String? = nil, verdict: Verdict? = nil,
    finding: FindingKind? = nil, asOf: Timestamp? = nil, age: AgeLimit? = nil
  ) {
    self.team = team
    self.email = email
    self.verdict = verdict
    self.finding = finding
    self.asOf = asOf
    self.age = age
  }

  /// Whether the findings that the store keeps can tell who has the one asked for.
  var isFindingStored: Bool { finding != nil && asOf == nil && age == nil }

  func matches(_ record: MemberRecord) -> Bool {
    if let verdict, record.verdict != verdict { return false }
    if let finding, !record.findings.contains(FindingSet(finding)) { return false }
    return true
  }
}

/// A team as the store knows it.
public struct StoredTeam: Sendable, Codable, Hashable {
  /// Its name.
  public var name: TeamName
  /// The source that says who is on it.
  public var rosterSource: SourceName
  /// How many members it has.
  public var members: Int
  /// Gaps open on it, those of exempt members left out.
  public var openGaps: Int
}

extension Store {
  /// Hands over members one by one, by team and then by key, both in byte order.
  ///
  /// Memory does not grow with their number. The closure may read the store, not write to it.
  public func members(_ query: MemberQuery = MemberQuery(), _ body: (MemberStatus) throws -> Void)
    throws
  {
    try passing(path) {
      try read { database in
        guard let moment = try Moment(database, query.asOf) else { return }
        let versions = try VersionReader(database)
        let readings = TeamReadings(database, upTo: moment.run)
        for team in try TeamRow.all(database, named: query.team) {
          try Self.eachVersion(database, team, query, moment, versions) { version in
            let age = try readings.age(of: version.record, roster: team.rosterSource)
            let stored = MemberStatus(
              record: version.record, observedAt: age.at, isStale: age.isKept,
              didSourceFail: age.didFail)
            let status = query.age?.applied(to: stored) ?? stored
            if query.matches(status.record) { try body(status) }
          }
        }
      }
    }
  }

  /// The match keys of a team's members, in byte order.
  public func memberKeys(of team: TeamName) throws(StorageError) -> [String] {
    try translating(path) {
      try read { database in
        try String.fetchAll(
          database,
          sql: """
            SELECT m.key FROM members m JOIN teams t ON t.id = m.team_id
            WHERE t.name = ? AND m.is_present = 1 ORDER BY m.key
            """, arguments: [team])
      }
    }
  }

  /// The teams, by name.
  public func teams() throws(StorageError) -> [StoredTeam] {
    try translating(path) {
      try read { database in
        try Row.fetchAll(database, sql: "SELECT * FROM teams ORDER BY name").map { row in
          StoredTeam(
            name: row["name"], rosterSource: row["roster_source"], members: row["members"],
            openGaps: row["open_gaps"])
        }
      }
    }
  }

  static func eachVersion(
    _ database: Database, _ team: TeamRow, _ query: MemberQuery, _ moment: Moment,
    _ versions: VersionReader, _ body: (MemberVersion) throws -> Void
  ) throws {
    let isPast = query.asOf != nil
    let rows = try Query(
      database,
      """
      SELECT \(isPast ? "m.version_id" : VersionReader.columns), \(RowSeal.memberColumns)
      FROM members m CROSS JOIN member_versions v ON v.id = m.version_id CROSS JOIN teams t ON t.id = v.team_id
      WHERE m.team_id = ?1 AND (?2 OR m.is_present = 1)
        \(query.email == nil ? "" : "AND m.key = ?3")
        \(query.isFindingStored ? "AND m.findings & ?4 <> 0" : "")
      ORDER BY m.key
      """)
    rows.bind(1, team.id)
    rows.bind(2, isPast)
    if let email = query.email { rows.bind(3, EmailKey.make(email)) }
    if let finding = query.finding, query.isFindingStored {
      rows.bind(4, Int64(FindingSet(finding).rawValue))
    }
    var roll = RollCall(team, at: isPast ? 1 : VersionReader.end)
    while try rows.step() {
      try roll.take(rows)
      let version =
        isPast
        ? try versions.version(id: rows.integer(0), notAfter: moment.version)
        : try versions.version(rows)
      guard let version, version.kind != "removed" else { continue }
      try body(version)
    }
    if !isPast, query.email == nil, !query.isFindingStored { try roll.end() }
  }
}

/// A point in the store's history: the last run known then, and its newest version.
struct Moment {
  var run: Int64
  var version: Int64

  /// Now for nil; nil before the first run.
  init?(_ database: Database, _ at: Timestamp?) throws {
    guard let at else {
      run = .max
      version = .max
      return
    }
    guard
      let row = try Row.fetchOne(
        database,
        sql: "SELECT seq, last_version FROM runs WHERE finished_at <= ? ORDER BY seq DESC LIMIT 1",
        arguments: [at.milliseconds])
    else { return nil }
    run = row["seq"]
    version = row["last_version"]
  }
}

/// A row of `teams`, as far as listings need it.
struct TeamRow {
  var id: Int64
  var name: TeamName
  var rosterSource: SourceName
  /// How many members it has.
  var members: Int64

  private init(_ row: Row) throws {
    (id, name) = (row["id"], row["name"])
    (rosterSource, members) = (row["roster_source"], row["members"])
    if let seal = row["seal"] as Int64?, RowSeal.whole(row).stored != seal {
      throw StorageError.altered("team \(name)")
    }
  }

  static func all(_ database: Database, named name: TeamName?) throws -> [TeamRow] {
    try Row.fetchAll(
      database, sql: "SELECT * FROM teams WHERE ?1 IS NULL OR name = ?1 ORDER BY name",
      arguments: [name]
    ).map(TeamRow.init)
  }
}

/// Sees while the members of a team are read that nobody is missing: in order, each as written, and as many as counted.
struct RollCall {
  private let team: TeamRow
  /// The first of the columns of a member.
  private let first: Int32
  private var last: String?
  private var count: Int64 = 0

  /// - Parameter first: where ``RowSeal/memberColumns`` begin in the rows.
  init(_ team: TeamRow, at first: Int32) {
    self.team = team
    self.first = first
  }

  /// Takes the next row.
  mutating func take(_ row: Query) throws {
    let key = row.text(first + 9)
    try RowSeal.check(
      row, first..<first + RowSeal.memberCount, seal: first + RowSeal.memberCount, "member \(key)")
    if let last, !last.utf8.lexicographicallyPrecedes(key.utf8) {
      throw StorageError.altered("the list of members of \(team.name)")
    }
    last = key
    count += 1
  }

  /// Compares with the count of the team, once everybody who is present was taken.
  func end() throws {
    guard count == team.members else {
      throw StorageError.altered(
        "the list of members of \(team.name), which shows \(count) of \(team.members),")
    }
  }
}
