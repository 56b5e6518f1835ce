internal import GRDB
public import IdentityCore

extension Store {
  /// Writes down that a change is about to be asked for.
  ///
  /// - Returns: the number to end it with.
  public func beginAttempt(_ entry: AdministrationEntry) throws(StorageError) -> Int64 {
    try translating(path) { try write { try Self.begin($0, entry) } }
  }

  /// Writes down what became of an attempt; once.
  public func endAttempt(
    _ id: Int64, _ outcome: AdministrationEntry.Outcome, after: String, requestID: String? = nil,
    detail: String = "", at: Timestamp
  ) throws(StorageError) {
    try translating(path) {
      try write { database in
        try Self.end(
          database, id, outcome, after: after, requestID: requestID, detail: detail, at: at)
      }
    }
  }

  /// Writes down an attempt that came to its end at once.
  public func addAttempt(_ entry: AdministrationEntry) throws(StorageError) {
    try translating(path) { try write { try Self.add($0, entry) } }
  }

  /// The attempts to change teams, newest first.
  ///
  /// An attempt without an outcome is `unknown`: the program ended before it heard.
  public func administration(
    email: String? = nil, team: TeamName? = nil, limit: Int = 100
  ) throws(StorageError) -> [AdministrationEntry] {
    try translating(path) {
      try read { database in
        try Row.fetchAll(
          database,
          sql: """
            SELECT a.*, o.outcome, o.after, o.request_id, o.detail FROM administration_attempts a
            LEFT JOIN administration_outcomes o ON o.attempt = a.id
            WHERE (?1 IS NULL OR a.key = ?1) AND (?2 IS NULL OR a.team = ?2)
            ORDER BY a.id DESC LIMIT ?3
            """, arguments: [email.map(EmailKey.make), team, max(0, limit)]
        ).map(Self.entry)
      }
    }
  }

  static func begin(_ database: Database, _ entry: AdministrationEntry) throws -> Int64 {
    try database.execute(
      sql: """
        INSERT INTO administration_attempts
          (at, actor, command, source, team, app, key, email, text, before)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        entry.at.milliseconds, entry.actor, entry.command, entry.source, entry.team, entry.app,
        entry.email.map(EmailKey.make), entry.email, entry.text, entry.before,
      ])
    return database.lastInsertedRowID
  }

  static func end(
    _ database: Database, _ id: Int64, _ outcome: AdministrationEntry.Outcome, after: String,
    requestID: String?, detail: String, at: Timestamp
  ) throws {
    try database.execute(
      sql: """
        INSERT INTO administration_outcomes (attempt, at, outcome, after, request_id, detail)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
      arguments: [id, at.milliseconds, outcome.rawValue, after, requestID, detail])
  }

  static func add(_ database: Database, _ entry: AdministrationEntry) throws {
    let id = try begin(database, entry)
    try end(
      database, id, entry.outcome, after: entry.after, requestID: entry.requestID,
      detail: entry.detail, at: entry.at)
  }

  private static func entry(_ row: Row) -> AdministrationEntry {
    let outcome = (row["outcome"] as String?).flatMap(AdministrationEntry.Outcome.init)
    return AdministrationEntry(
      id: row["id"], at: Timestamp(milliseconds: row["at"]), actor: row["actor"],
      command: row["command"], source: row["source"], team: row["team"], app: row["app"],
      email: row["email"], text: row["text"], outcome: outcome ?? .unknown, before: row["before"],
      after: row["after"] ?? "", requestID: row["request_id"],
      detail: row["detail"] ?? "The program ended before it knew what became of this.")
  }
}
