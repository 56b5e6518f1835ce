internal import GRDB
public import IdentityCore

extension Store {
  /// The undelivered messages that may be tried at a moment, oldest run first.
  ///
  /// - Parameter horizon: the furthest that a try can be put off to at that moment. One that lies beyond was put off by a
  ///   clock that ran ahead, and is due; those given up never are.
  public func dueAlerts(
    at moment: Timestamp, horizon: Timestamp = AlertMessage.never, limit: Int = 100
  ) throws(StorageError) -> [AlertMessage] {
    try messages(
      "delivered_at IS NULL AND (next_attempt_at <= ? OR next_attempt_at > ? AND next_attempt_at < ?)",
      [
        moment.milliseconds, horizon.milliseconds, AlertMessage.never.milliseconds, max(0, limit),
      ],
      "ORDER BY o.run, o.team_id, o.channel, o.part LIMIT ?")
  }

  /// The messages in the outbox, newest run first.
  ///
  /// - Parameter pendingOnly: without those that were delivered.
  public func alerts(pendingOnly: Bool = false, limit: Int = 1000) throws(StorageError)
    -> [AlertMessage]
  {
    try messages(
      pendingOnly ? "delivered_at IS NULL" : "1", [max(0, limit)],
      "ORDER BY o.run DESC, o.team_id, o.channel, o.part LIMIT ?")
  }

  /// What a message tells: the findings its run opened and ended, as they were then.
  ///
  /// The admins are those of the team by now: they are whom it concerns.
  /// - Parameter rosterPlace: where the people of the team are changed, for the remedies.
  /// - Throws: ``StorageError`` with `.notFound` for a message the outbox does not have.
  public func content(
    of message: AlertMessage, rosterPlace: RosterPlace = .commands
  ) throws(StorageError) -> AlertContent {
    try translating(path) { try read { try Self.content($0, message.id, rosterPlace) } }
  }

  /// Notes that the channel took a message; a second time changes nothing.
  public func markDelivered(_ id: String, at moment: Timestamp) throws(StorageError) {
    try update(
      id, "delivered_at = ?, attempts = attempts + 1", [moment.milliseconds],
      while: "delivered_at IS NULL")
  }

  /// Notes that a try failed, and when to try again.
  ///
  /// - Parameter error: what the channel said; without secrets.
  public func markFailed(_ id: String, error: String, next: Timestamp) throws(StorageError) {
    try update(
      id, "last_error = ?, next_attempt_at = ?, attempts = attempts + 1",
      [error, next.milliseconds], while: "delivered_at IS NULL")
  }

  // MARK: Rows

  private func messages(
    _ condition: String, _ arguments: StatementArguments, _ end: String
  ) throws(StorageError) -> [AlertMessage] {
    try translating(path) {
      try read { database in
        try Row.fetchAll(
          database,
          sql: """
            SELECT o.*, r.id AS run_id, t.name AS team
            FROM outbox o JOIN runs r ON r.seq = o.run JOIN teams t ON t.id = o.team_id
            WHERE \(condition) \(end)
            """, arguments: arguments
        ).map { row in
          AlertMessage(
            id: row["id"], channel: row["channel"], runID: row["run_id"], team: row["team"],
            part: row["part"], createdAt: Timestamp(milliseconds: row["created_at"]),
            attempts: row["attempts"],
            nextAttemptAt: Timestamp(milliseconds: row["next_attempt_at"]),
            deliveredAt: (row["delivered_at"] as Int64?).map(Timestamp.init(milliseconds:)),
            lastError: row["last_error"])
        }
      }
    }
  }

  private func update(
    _ id: String, _ change: String, _ values: StatementArguments, while condition: String
  ) throws(StorageError) {
    try translating(path) {
      try write { database in
        guard
          try Bool.fetchOne(
            database, sql: "SELECT EXISTS (SELECT 1 FROM outbox WHERE id = ?)", arguments: [id])
            == true
        else { throw StorageError(.notFound, "The outbox has no message \(id).") }
        try database.execute(
          sql: "UPDATE outbox SET \(change) WHERE id = ? AND \(condition)",
          arguments: values + [id])
      }
    }
  }

  private static func content(
    _ database: Database, _ id: String, _ rosterPlace: RosterPlace
  ) throws -> AlertContent {
    guard
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT o.*, r.id AS run_id, t.name AS team
          FROM outbox o JOIN runs r ON r.seq = o.run JOIN teams t ON t.id = o.team_id WHERE o.id = ?
          """, arguments: [id])
    else { throw StorageError(.notFound, "The outbox has no message \(id).") }
    let reader = try FindingReader(database, rosterPlace)
    let filter = AlertFilter(
      minimumSeverity: Severity(rawValue: row["minimum_severity"]) ?? .low)
    var opened: [Finding] = []
    var resolved: [Finding] = []
    let news = try AlertNews(database)
    let rows = try Query(
      database,
      """
      SELECT \(FindingVersion.columns) FROM member_versions
      WHERE id BETWEEN ? AND ? AND team_id = ? ORDER BY id
      """)
    rows.bind(1, (row["first_version"] as Int64?) ?? 0)
    rows.bind(2, (row["last_version"] as Int64?) ?? -1)
    rows.bind(3, row["team_id"] as Int64)
    while try rows.step() {
      let version = FindingVersion(rows)
      let (begun, ended) = try news.news(version, filter)
      guard !begun.isEmpty || !ended.isEmpty else { continue }
      let state = try reader.versions.version(id: version.id)
      for (kinds, isOver) in [(begun, false), (ended, true)] {
        for kind in kinds.kinds {
          let opening = try reader.versions.version(id: news.opening(of: kind, at: version))
          let finding = try reader.finding(
            kind, opened: opening, state: state, resolvedRun: isOver ? state.run : nil)
          if isOver { resolved.append(finding) } else { opened.append(finding) }
        }
      }
    }
    return AlertContent(
      team: row["team"], runID: row["run_id"], at: Timestamp(milliseconds: row["created_at"]),
      opened: opened.sorted(by: worstFirst), resolved: resolved.sorted(by: worstFirst),
      openedInRun: row["opened_in_run"], resolvedInRun: row["resolved_in_run"],
      openGaps: row["open_gaps"], members: row["members"],
      admins: try admins(database, team: row["team_id"]),
      incompleteSources: try String.fetchAll(
        database,
        sql: "SELECT name FROM readings WHERE run = ? AND is_complete = 0 ORDER BY position",
        arguments: [row["run"] as Int64]),
      notices: row["part"] as Int64 == 0
        ? try notices(database, run: row["run"], team: row["team_id"]) : [])
  }

  private static func notices(
    _ database: Database, run: Int64, team: Int64
  ) throws -> [AlertNotice] {
    try Row.fetchAll(
      database,
      sql: """
        SELECT kind, subject, message, remedy FROM notices WHERE run = ? AND team_id = ?
        ORDER BY position
        """, arguments: [run, team]
    ).compactMap { row in
      AlertNotice.Kind(rawValue: row["kind"]).map {
        AlertNotice(
          kind: $0, subject: row["subject"], message: row["message"], remedy: row["remedy"])
      }
    }
  }

  /// The admins of a team; where it has none, those it had last; and of a team of which nobody was ever known, the admins of
  /// the other teams: a failure that is told to nobody is none that anybody mends.
  private static func admins(_ database: Database, team: Int64) throws -> [String] {
    func admins(_ condition: String) throws -> [String] {
      Set(
        try String.fetchAll(
          database,
          sql: """
            SELECT v.email FROM members m JOIN member_versions v ON v.id = m.version_id
            WHERE \(condition) AND v.is_pending = 0
            """, arguments: [team])
      ).sorted()
    }
    let current = try admins("m.team_id = ? AND m.is_admin = 1")
    guard current.isEmpty else { return current }
    let isKnown = try Bool.fetchOne(
      database, sql: "SELECT EXISTS (SELECT 1 FROM members WHERE team_id = ?)", arguments: [team])
    guard isKnown == true else { return try admins("m.team_id <> ? AND m.is_admin = 1") }
    return try admins(
      "m.team_id = ? AND m.is_present = 0 AND (v.role = 'admin' OR v.role = 'owner')")
  }

  private static func worstFirst(_ a: Finding, _ b: Finding) -> Bool {
    if a.severity != b.severity { return a.severity > b.severity }
    if a.email != b.email { return a.email < b.email }
    return a.kind.rawValue < b.kind.rawValue
  }
}
