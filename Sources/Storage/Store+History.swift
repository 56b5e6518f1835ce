internal import GRDB
public import IdentityCore

extension Store {
  /// What changed and when, newest first.
  ///
  /// - Parameters:
  ///   - email: only this address, in any spelling of case; also of people who left.
  ///   - team: only this team.
  ///   - limit: how many entries at most.
  public func history(
    email: String? = nil, team: TeamName? = nil, limit: Int = 100
  ) throws(StorageError) -> [HistoryEntry] {
    try translating(path) {
      try read { database in
        let versions = try VersionReader(database)
        let found =
          if let email {
            try Self.versions(of: EmailKey.make(email), team, database, versions, limit)
          } else {
            try Self.newestVersions(team, database, versions, limit)
          }
        return try found.map { try Self.entry($0, database) }
      }
    }
  }

  private static func versions(
    of key: String, _ team: TeamName?, _ database: Database, _ versions: VersionReader,
    _ limit: Int
  ) throws -> [MemberVersion] {
    var result: [MemberVersion] = []
    for team in try TeamRow.all(database, named: team) {
      var next = try Int64.fetchOne(
        database, sql: "SELECT version_id FROM members WHERE team_id = ? AND key = ?",
        arguments: [team.id, key])
      var left = limit
      while let id = next, left > 0 {
        let version = try versions.version(id: id)
        result.append(version)
        next = version.previous
        left -= 1
      }
    }
    return Array(result.sorted { $0.id > $1.id }.prefix(max(0, limit)))
  }

  private static func newestVersions(
    _ team: TeamName?, _ database: Database, _ versions: VersionReader, _ limit: Int
  ) throws -> [MemberVersion] {
    let rows = try Query(
      database,
      """
      SELECT \(VersionReader.columns)
      FROM member_versions v CROSS JOIN teams t ON t.id = v.team_id
      WHERE ?1 IS NULL OR t.name = ?1 ORDER BY v.id DESC LIMIT ?2
      """)
    rows.bind(1, team)
    rows.bind(2, max(0, limit))
    var result: [MemberVersion] = []
    while try rows.step() {
      let version = try versions.version(rows)
      // Versions are numbered without a gap.
      if team == nil, let last = result.last, last.id != version.id + 1 {
        throw StorageError.altered("the history before the member version \(last.id)")
      }
      result.append(version)
    }
    return result
  }

  private static func entry(_ version: MemberVersion, _ database: Database) throws -> HistoryEntry {
    let row = try Row.fetchOne(
      database,
      sql: """
        SELECT r.id, r.finished_at, v.fields FROM member_versions v JOIN runs r ON r.seq = v.run
        WHERE v.id = ?
        """, arguments: [version.id])
    let fields: String? = row?["fields"]
    return HistoryEntry(
      runID: row?["id"] ?? "", knownAt: Timestamp(milliseconds: row?["finished_at"] ?? 0),
      trueAt: version.trueAt, kind: HistoryEntry.Kind(rawValue: version.kind) ?? .changed,
      team: version.record.team, email: version.record.email,
      fields: try fields.map { try StoreJSON.value([FieldChange].self, $0) } ?? [],
      opened: version.opened, resolved: version.resolved)
  }

  // MARK: Runs

  /// The runs, newest first.
  public func runs(limit: Int = 20) throws(StorageError) -> [RunRecord] {
    try translating(path) {
      try read { database in
        let rows = try Row.fetchAll(
          database, sql: "SELECT * FROM runs ORDER BY seq DESC LIMIT ?", arguments: [max(0, limit)])
        // Runs are numbered without a gap.
        for (row, next) in zip(rows, rows.dropFirst())
        where (row["seq"] as Int64) != (next["seq"] as Int64) + 1 {
          throw StorageError.altered("the list of runs before \(row["id"] as String)")
        }
        return try rows.map { try RunRows.run(database, $0, isLocked: isLocked) }
      }
    }
  }

  /// Whether a run is under way on this store.
  private func isLocked() -> Bool { RunLock.isHeld(storePath: path) }

  /// A run by its id.
  ///
  /// - Throws: ``StorageError`` with `.notFound` when there is none.
  public func run(_ id: String) throws(StorageError) -> RunRecord {
    try translating(path) {
      try read { database in
        guard
          let row = try Row.fetchOne(
            database, sql: "SELECT * FROM runs WHERE id = ?", arguments: [id])
        else { throw StorageError(.notFound, "The store has no run \(id).") }
        return try RunRows.run(database, row, isLocked: isLocked)
      }
    }
  }

  /// The newest run that had ended at a moment; nil before the first.
  public func run(asOf moment: Timestamp) throws(StorageError) -> RunRecord? {
    try translating(path) {
      try read { database in
        try Row.fetchOne(
          database,
          sql: """
            SELECT * FROM runs WHERE finished_at <= ? AND outcome <> 'open' ORDER BY seq DESC LIMIT 1
            """, arguments: [moment.milliseconds]
        ).map { try RunRows.run(database, $0, isLocked: isLocked) }
      }
    }
  }
}
