internal import GRDB
public import IdentityCore

/// A run that has begun; until its commit it stands in the list of runs as one that is under way.
public struct OpenRun: Sendable, Hashable {
  let seq: Int64
}

extension Store {
  /// Notes that a run begins, so that one which never ends leaves a row all the same.
  public func openRun(_ id: String, at moment: Timestamp) throws(StorageError) -> OpenRun {
    try translating(path) {
      try write(.light) { database in
        try Self.closeAbandoned(database)
        let newest = try Int64.fetchOne(database, sql: "SELECT max(id) FROM member_versions") ?? 0
        try database.execute(
          sql: """
            INSERT INTO runs (id, started_at, finished_at, outcome, added, changed, removed, opened, resolved,
              first_version, last_version) VALUES (?1, ?2, ?2, 'open', 0, 0, 0, 0, 0, ?3, ?4)
            """, arguments: [id, moment.milliseconds, newest + 1, newest])
        return OpenRun(seq: database.lastInsertedRowID)
      }
    }
  }

  /// Notes that a run ended without a commit, and why; one that was committed stays as it is.
  public func close(
    _ run: OpenRun, at moment: Timestamp, reason: String? = nil
  ) throws(StorageError) {
    try translating(path) {
      try write(.light) { database in
        try database.execute(
          sql: """
            UPDATE runs SET outcome = 'failed', finished_at = ?, reason = ?
            WHERE seq = ? AND outcome = 'open'
            """, arguments: [moment.milliseconds, reason, run.seq])
      }
    }
  }

  /// Runs that were open when another one began had been killed: whoever begins holds the lock.
  private static func closeAbandoned(_ database: Database) throws {
    try database.execute(
      sql: "UPDATE runs SET outcome = 'failed', is_interrupted = 1 WHERE outcome = 'open'")
  }

  /// The newest version of a member of a team; 0 before the first.
  ///
  /// Changes of other teams do not move it.
  public func version(ofTeam team: TeamName) throws(StorageError) -> Int64 {
    try translating(path) {
      try read { database in
        try Int64.fetchOne(
          database,
          sql: """
            SELECT max(m.version_id) FROM members m JOIN teams t ON t.id = m.team_id WHERE t.name = ?
            """, arguments: [team]) ?? 0
      }
    }
  }
}
