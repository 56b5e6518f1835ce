internal import GRDB
public import IdentityCore

extension Store {
  /// How the rosters of some teams were read, in the order given.
  ///
  /// - Parameter asOf: as the store knew it at this moment; now when nil.
  public func coverage(
    of teams: [TeamName], asOf: Timestamp? = nil
  ) throws(StorageError) -> [TeamCoverage] {
    try translating(path) {
      try read { database in
        let last = try Moment(database, asOf)?.run ?? 0
        return try teams.map { try Self.coverage(database, of: $0, upTo: last) }
      }
    }
  }

  private static func coverage(
    _ database: Database, of team: TeamName, upTo run: Int64
  ) throws -> TeamCoverage {
    let readAt =
      try Int64.fetchOne(
        database,
        sql: """
          SELECT max(last_sound_at) FROM team_readings WHERE team = ? AND role = 'roster' AND run <= ?
          """, arguments: [team, run])
      // Runs of before the readings of teams were kept apart.
      ?? Int64.fetchOne(
        database,
        sql: "SELECT max(last_complete_at) FROM source_attempts WHERE scope = ? AND run <= ?",
        arguments: [team, run])
    let runID = try String.fetchOne(
      database,
      sql: """
        SELECT id FROM runs WHERE seq = (
          SELECT max(run) FROM team_readings WHERE team = ? AND role = 'roster' AND run <= ?)
        """, arguments: [team, run])
    if readAt != nil, try TeamRow.all(database, named: team).isEmpty {
      throw StorageError.altered("team \(team), which was read and is gone,")
    }
    return TeamCoverage(
      team: team, runID: runID, readAt: readAt.map(Timestamp.init(milliseconds:)))
  }

  /// When a source was last tried for a team; nil when it never was.
  public func lastAttempt(
    of source: SourceName, for team: TeamName, as role: ReadingRole
  ) throws(StorageError) -> Timestamp? {
    try translating(path) {
      try read { database in
        try Int64.fetchOne(
          database,
          sql: """
            SELECT at FROM team_readings WHERE team = ? AND source = ? AND role = ?
            ORDER BY run DESC LIMIT 1
            """, arguments: [team, source, role.rawValue]
        ).map(Timestamp.init(milliseconds:))
      }
    }
  }
}
