internal import GRDB
internal import IdentityCore

/// Looks for damage in a whole store.
struct StoreAudit {
  private let database: Database

  init(_ database: Database) { self.database = database }

  /// Everything that is wrong, the structure first: where that is broken, rows are not looked at.
  func all(limit: Int) throws -> [String] {
    let broken = try structure(limit: limit)
    guard broken.isEmpty else { return broken }
    var found: [String] = []
    for part in [references, invariants, rows] where found.count < limit { found += try part() }
    return Array(found.prefix(limit))
  }

  /// What is wrong with the pages, the order of the rows, and the indices compared with the tables.
  func structure(limit: Int) throws -> [String] {
    do {
      return try String.fetchAll(database, sql: "PRAGMA integrity_check(\(max(1, limit)))")
        .filter { $0 != "ok" }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
      return [error.message ?? "the file is malformed"]
    }
  }

  private func references() throws -> [String] {
    try Row.fetchAll(database, sql: "PRAGMA foreign_key_check").map {
      "a dangling reference in \($0["table"] as String? ?? "?")"
    }
  }

  /// What rows must say of each other, each with a query that finds those that do not.
  private static let invariants: [(String, String)] = [
    (
      "the members of team %@ are not as many as it counts",
      """
      SELECT name FROM teams t WHERE members <>
        (SELECT count(*) FROM members m WHERE m.team_id = t.id AND m.is_present = 1)
      """
    ),
    (
      "the gaps of team %@ are not as many as it counts",
      """
      SELECT name FROM teams t WHERE open_gaps <>
        (SELECT count(*) FROM members m WHERE m.team_id = t.id AND m.is_gap = 1)
      """
    ),
    (
      "member %@ is not the one that its version is about",
      """
      SELECT m.key FROM members m JOIN member_versions v ON v.id = m.version_id
      WHERE v.key <> m.key OR v.team_id <> m.team_id
        OR m.is_present = 1 AND (v.kind = 'removed' OR v.findings <> m.findings OR v.is_exempt <> m.is_exempt)
      """
    ),
    (
      "the findings of member %@ are not those that are open",
      """
      SELECT m.key FROM members m WHERE m.findings <> (
        SELECT coalesce(sum(1 << o.kind), 0) FROM open_findings o
        WHERE o.team_id = m.team_id AND o.key = m.key)
      """
    ),
    (
      "an open finding of member %@ was never opened",
      """
      SELECT o.key FROM open_findings o JOIN member_versions v ON v.id = o.opened_version
      WHERE v.opened & (1 << o.kind) = 0
      """
    ),
    (
      "an ended finding of member %@ was never opened or never ended",
      """
      SELECT f.key FROM resolved_findings f
      JOIN member_versions o ON o.id = f.opened_version JOIN member_versions r ON r.id = f.resolved_version
      WHERE o.opened & (1 << f.kind) = 0 OR r.resolved & (1 << f.kind) = 0
      """
    ),
    (
      "run %@ lacks some of the changes that it counts",
      """
      SELECT r.id FROM runs r WHERE r.outcome <> 'open' AND r.last_version >= r.first_version
        AND (r.added + r.changed + r.removed <> r.last_version - r.first_version + 1
          OR r.last_version - r.first_version + 1 <> (
            SELECT count(*) FROM member_versions v
            WHERE v.id BETWEEN r.first_version AND r.last_version AND v.run = r.seq))
      """
    ),
    (
      "the versions of members have a gap before %@",
      """
      SELECT v.id FROM member_versions v WHERE v.id > 1
        AND NOT EXISTS (SELECT 1 FROM member_versions p WHERE p.id = v.id - 1)
      """
    ),
  ]

  private func invariants() throws -> [String] {
    try Self.invariants.flatMap { sentence, sql in
      try Row.fetchAll(database, sql: sql + " LIMIT 20").map { row in
        sentence.replacing("%@", with: (row[0] as DatabaseValue).told)
      }
    }
  }

  /// Reads every row that has a seal.
  private func rows() throws -> [String] {
    var found: [String] = []
    /// Notes what a part that is read says of itself.
    func note(_ body: () throws -> Void) throws {
      do {
        try body()
      } catch let error as StorageError where error.code == .corrupt {
        found.append(error.message)
      }
    }
    try note {
      for team in try TeamRow.all(database, named: nil) {
        let rows = try Query(
          database,
          "SELECT \(RowSeal.memberColumns) FROM members m WHERE team_id = ? ORDER BY key")
        rows.bind(1, team.id)
        var roll = RollCall(team, at: 0)
        while try rows.step() { try roll.take(rows) }
      }
    }
    try note {
      let versions = try VersionReader(database)
      let rows = try Query(
        database,
        "SELECT \(VersionReader.columns) FROM member_versions v JOIN teams t ON t.id = v.team_id")
      while try rows.step() { _ = try versions.version(rows) }
    }
    try note {
      let rows = try Row.fetchCursor(database, sql: "SELECT * FROM runs")
      while let row = try rows.next() {
        _ = try RunRows.run(database, row) { false }
      }
    }
    return found
  }
}

extension DatabaseValue {
  /// The value for people.
  fileprivate var told: String {
    switch storage {
    case .string(let text): text
    case .int64(let number): "\(number)"
    default: "?"
    }
  }
}
