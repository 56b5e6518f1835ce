internal import GRDB
public import IdentityCore

/// Which findings to list; every condition given must hold.
public struct FindingQuery: Sendable, Hashable {
  /// Which part of a finding's life counts.
  public enum Scope: Sendable, Hashable {
    /// Open ones.
    case open
    /// Open and ended ones.
    case all
    /// Those a run opened, with their end if they have one by now.
    case openedIn(run: String)
    /// Those a run ended.
    case resolvedIn(run: String)
  }

  /// Which part of a finding's life counts.
  public var scope: Scope
  /// Only this team.
  public var team: TeamName?
  /// Only this address, in any spelling of case.
  public var email: String?
  /// Only this kind.
  public var kind: FindingKind?
  /// As the store knew it at this moment; now when nil.
  ///
  /// Without effect on the findings of a run.
  public var asOf: Timestamp?

  /// Makes a query; without conditions it lists every open finding.
  public init(
    _ scope: Scope = .open, team: TeamName? = nil, email: String? = nil, kind: FindingKind? = nil,
    asOf: Timestamp? = nil
  ) {
    self.scope = scope
    self.team = team
    self.email = email
    self.kind = kind
    self.asOf = asOf
  }
}

extension Store {
  /// Lists findings by team, then key of the member, then kind.
  ///
  /// Severity, exemption, reason and witness are those of the member as he stands; an ended finding keeps the reason and
  /// witness it opened with.
  /// - Throws: ``StorageError`` with `.notFound` for a run the store does not know.
  public func findings(_ query: FindingQuery = FindingQuery()) throws(StorageError) -> [Finding] {
    try translating(path) {
      var result: [Finding] = []
      try findings(query) { result.append($0) }
      return result
    }
  }

  /// Hands over findings one by one, in the same order; those of a run in the order they were written.
  ///
  /// Memory does not grow with their number. The closure may read the store, not write to it.
  public func findings(_ query: FindingQuery, _ body: (Finding) throws -> Void) throws {
    try passing(path) {
      try read { database in
        let reader = try FindingReader(database)
        switch query.scope {
        case .open, .all: try Self.standing(database, query, reader, body)
        case .openedIn(let run):
          try Self.changed(database, run, query, reader) { version in
            for kind in version.opened.kinds where query.kind ?? kind == kind {
              try body(try reader.opened(kind, by: version))
            }
          }
        case .resolvedIn(let run):
          try Self.changed(database, run, query, reader) { version in
            for kind in version.resolved.kinds where query.kind ?? kind == kind {
              try body(try reader.resolved(kind, by: version))
            }
          }
        }
      }
    }
  }

  /// The stable id of a finding, as listings and alerts show it.
  ///
  /// - Parameter person: the roster's own id of the member, or the match key where the roster has none.
  public static func findingID(team: TeamName, person: String, kind: FindingKind) -> String {
    StableID.finding(team: team, person: person, kind: kind)
  }

  private static func standing(
    _ database: Database, _ query: FindingQuery, _ reader: FindingReader,
    _ body: (Finding) throws -> Void
  ) throws {
    guard let moment = try Moment(database, query.asOf) else { return }
    let conditions = """
      f.team_id = ?1 AND f.opened_version <= ?2 AND (?3 IS NULL OR f.kind = ?3)
        \(query.email == nil ? "" : "AND f.key = ?4")
      """
    let ended = query.scope == .all ? "" : "AND f.resolved_version > ?2"
    // Whoever asks for all that is open now is told when something is missing among it.
    let isWhole =
      query.scope == .open && query.asOf == nil && query.kind == nil && query.email == nil
    let rows = try Query(
      database,
      """
      SELECT f.key AS key, f.kind AS kind, f.opened_version AS opened, NULL AS resolved, m.version_id
      FROM open_findings f CROSS JOIN members m ON m.team_id = f.team_id AND m.key = f.key
      WHERE \(conditions)
      \(query.scope == .all || query.asOf != nil
        ? """
        UNION ALL SELECT f.key, f.kind, f.opened_version, f.resolved_version, m.version_id
        FROM resolved_findings f CROSS JOIN members m ON m.team_id = f.team_id AND m.key = f.key
        WHERE \(conditions) \(ended)
        """ : "")
      ORDER BY 1, 2, 3
      """)
    for team in try TeamRow.all(database, named: query.team) {
      rows.bind(1, team.id)
      rows.bind(2, moment.version)
      rows.bind(3, query.kind.flatMap { FindingSet($0).bits.first })
      if let email = query.email { rows.bind(4, EmailKey.make(email)) }
      var found = 0
      while try rows.step() {
        found += 1
        guard let kind = FindingSet.kind(bit: rows.integer(1)) else { continue }
        let opened = try reader.versions.version(id: rows.integer(2))
        guard opened.opened.contains(FindingSet(kind)) else {
          throw StorageError.altered("the finding \(kind.rawValue) of \(rows.text(0))")
        }
        let end = rows.optionalInteger(3).flatMap { $0 <= moment.version ? $0 : nil }
        let ending = try end.map { try reader.versions.version(id: $0) }
        let state =
          try ending ?? reader.versions.version(id: rows.integer(4), notAfter: moment.version)
        try body(
          try reader.finding(
            kind, opened: opened, state: state ?? opened, resolvedRun: ending?.run))
      }
      rows.reset()
      if isWhole, found != (try openFindings(database, team)) {
        throw StorageError.altered("the list of open findings of \(team.name)")
      }
    }
  }

  /// How many findings are open on a team, as its members have them.
  private static func openFindings(_ database: Database, _ team: TeamRow) throws -> Int {
    let rows = try Query(
      database, "SELECT findings FROM members WHERE team_id = ? AND findings <> 0")
    rows.bind(1, team.id)
    var count = 0
    while try rows.step() { count += rows.integer(0).nonzeroBitCount }
    return count
  }

  private static func changed(
    _ database: Database, _ run: String, _ query: FindingQuery, _ reader: FindingReader,
    _ body: (MemberVersion) throws -> Void
  ) throws {
    guard
      let row = try Row.fetchOne(
        database, sql: "SELECT first_version, last_version FROM runs WHERE id = ?",
        arguments: [run])
    else { throw StorageError(.notFound, "The store has no run \(run).") }
    let range: (Int64, Int64) = (row["first_version"], row["last_version"])
    let key = query.email.map(EmailKey.make)
    try eachTransition(database, range.0, range.1, reader.versions) { version in
      guard query.team ?? version.record.team == version.record.team,
        key ?? version.record.key == version.record.key
      else { return }
      try body(version)
    }
  }

  /// Every version in a range that opened or ended a finding, in the order written.
  private static func eachTransition(
    _ database: Database, _ first: Int64, _ last: Int64, _ versions: VersionReader,
    _ body: (MemberVersion) throws -> Void
  ) throws {
    let rows = try Query(
      database,
      """
      SELECT \(VersionReader.columns)
      FROM member_versions v CROSS JOIN teams t ON t.id = v.team_id
      WHERE v.id BETWEEN ? AND ? AND v.opened | v.resolved <> 0
      ORDER BY v.id
      """)
    rows.bind(1, first)
    rows.bind(2, last)
    while try rows.step() { try body(try versions.version(rows)) }
  }
}
