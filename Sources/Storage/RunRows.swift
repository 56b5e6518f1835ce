internal import GRDB
internal import IdentityCore

/// Writes and reads runs with their readings.
enum RunRows {
  /// Gives the row of the running commit its content; `versions` ends one after the last.
  static func close(
    _ database: Database, _ seq: Int64, _ run: RunRecord, _ versions: ClosedRange<Int64>
  ) throws {
    for (position, source) in run.sources.enumerated() {
      try database.execute(
        sql: """
          INSERT INTO readings (run, position, name, kind, fetched, declared, requests, requests_by_endpoint,
            bytes, started_at, observed_at, is_complete, issues)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          seq, position, source.name, source.kind, source.fetched, source.declared,
          source.requests, try StoreJSON.text(source.requestsByEndpoint), source.bytes,
          source.startedAt.milliseconds, source.observedAt.milliseconds, source.isComplete,
          try StoreJSON.text(source.issues),
        ])
    }
    try database.execute(
      sql: """
        UPDATE runs SET id = ?1, started_at = ?2, finished_at = ?3, added = ?4, changed = ?5, removed = ?6,
          opened = ?7, resolved = ?8, first_version = ?9, last_version = ?10 WHERE seq = ?11
        """,
      arguments: [
        run.id, run.startedAt.milliseconds, run.finishedAt.milliseconds, run.changes.added,
        run.changes.changed, run.changes.removed, run.changes.opened, run.changes.resolved,
        versions.lowerBound, versions.upperBound - 1, seq,
      ])
    // The outcome comes last: from then on the row is history.
    try seal(database, seq, outcome: run.outcome)
  }

  private static func seal(
    _ database: Database, _ seq: Int64, outcome: RunRecord.Outcome
  ) throws {
    guard
      let row = try Row.fetchOne(
        database, sql: "SELECT * FROM runs WHERE seq = ?", arguments: [seq])
    else { return }
    try database.execute(
      sql: "UPDATE runs SET outcome = ?, seal = ? WHERE seq = ?",
      arguments: [
        outcome.rawValue, try RowSeal.run(row, outcome: outcome.rawValue, database).stored, seq,
      ])
  }

  /// Reads a run.
  ///
  /// - Parameter isLocked: whether a run is under way: one that is open otherwise was cut.
  static func run(
    _ database: Database, _ row: Row, isLocked: () -> Bool
  ) throws -> RunRecord {
    let seq: Int64 = row["seq"]
    if let seal = row["seal"] as Int64?, try RowSeal.run(row, database).stored != seal {
      throw StorageError.altered("run \(row["id"] as String)")
    }
    var changes = ChangeCounts()
    changes.added = row["added"]
    changes.changed = row["changed"]
    changes.removed = row["removed"]
    changes.opened = row["opened"]
    changes.resolved = row["resolved"]
    return RunRecord(
      id: row["id"], startedAt: moment(row["started_at"]), finishedAt: moment(row["finished_at"]),
      outcome: outcome(row, isLocked: isLocked),
      sources: try Row.fetchAll(
        database, sql: "SELECT * FROM readings WHERE run = ? ORDER BY position", arguments: [seq]
      ).map(reading), changes: changes, reason: row["reason"])
  }

  private static func outcome(_ row: Row, isLocked: () -> Bool) -> RunRecord.Outcome {
    let word: String = row["outcome"]
    if word == "open" { return isLocked() ? .running : .interrupted }
    return row["is_interrupted"] ? .interrupted : RunRecord.Outcome(rawValue: word) ?? .failed
  }

  private static func reading(_ row: Row) throws -> SourceReading {
    SourceReading(
      name: row["name"], kind: row["kind"], fetched: row["fetched"], declared: row["declared"],
      requests: row["requests"],
      requestsByEndpoint: try StoreJSON.value([String: Int].self, row["requests_by_endpoint"]),
      bytes: row["bytes"], startedAt: moment(row["started_at"]),
      observedAt: moment(row["observed_at"]),
      issues: try StoreJSON.value([SourceIssue].self, row["issues"]))
  }

  private static func moment(_ milliseconds: Int64) -> Timestamp {
    Timestamp(milliseconds: milliseconds)
  }
}
