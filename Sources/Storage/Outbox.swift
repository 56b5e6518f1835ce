internal import GRDB
internal import IdentityCore

/// Fills the outbox in the commit that makes the findings.
enum Outbox {
  fileprivate struct Part {
    var first: Int64?
    var last: Int64?
    var findings: Int
  }
  /// What one channel is told of one team.
  fileprivate struct Telling {
    var parts: [Part] = []
    var opened = 0
    var resolved = 0
  }

  static func enqueue(
    _ database: Database, run: RunRecord, seq: Int64, from first: Int64, noticed: Set<Int64>,
    rules: [AlertChannelRule], maxPerMessage: Int
  ) throws {
    guard !rules.isEmpty else { return }
    var teams = try collect(database, from: first, rules: rules, maxPerMessage: maxPerMessage)
    for team in noticed {
      // What is told of a source or of the whole run goes with the first message of the team.
      var tellings = teams[team] ?? Array(repeating: Telling(), count: rules.count)
      for index in tellings.indices where tellings[index].parts.isEmpty {
        tellings[index].parts = [Part(first: nil, last: nil, findings: 0)]
      }
      teams[team] = tellings
    }
    for (team, tellings) in teams.sorted(by: { $0.key < $1.key }) {
      guard
        let row = try Row.fetchOne(
          database, sql: "SELECT name, members, open_gaps FROM teams WHERE id = ?",
          arguments: [team])
      else { continue }
      for (rule, telling) in zip(rules, tellings) {
        for (number, part) in telling.parts.enumerated() {
          let id = StableID.message(
            run: run.id, team: row["name"], channel: rule.name, part: number)
          try database.execute(
            sql: """
              INSERT INTO outbox (id, run, team_id, channel, part, minimum_severity, first_version, last_version,
                opened_in_run, resolved_in_run, open_gaps, members, created_at, next_attempt_at)
              VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13)
              """,
            arguments: [
              id, seq, team, rule.name, number, rule.minimumSeverity.rawValue, part.first,
              part.last, telling.opened, telling.resolved, row["open_gaps"] as Int64,
              row["members"] as Int64, run.finishedAt.milliseconds,
            ])
        }
      }
    }
  }

  /// One pass over what the run wrote; memory grows with the messages, not with the members.
  private static func collect(
    _ database: Database, from first: Int64, rules: [AlertChannelRule], maxPerMessage: Int
  ) throws -> [Int64: [Telling]] {
    let filters = rules.map { AlertFilter(minimumSeverity: $0.minimumSeverity) }
    let news = try AlertNews(database)
    let rows = try Query(
      database, "SELECT \(FindingVersion.columns) FROM member_versions WHERE id >= ? ORDER BY id")
    rows.bind(1, first)
    var teams: [Int64: [Telling]] = [:]
    while try rows.step() {
      let version = FindingVersion(rows)
      guard !version.findings.union(version.resolved).isEmpty else { continue }
      for index in filters.indices {
        let (opened, resolved) = try news.news(version, filters[index])
        guard !opened.isEmpty || !resolved.isEmpty else { continue }
        let blank = [Telling](repeating: Telling(), count: rules.count)
        teams[version.team, default: blank][index].add(
          version.id, opened: opened.count, resolved: resolved.count, limit: maxPerMessage)
      }
    }
    return teams
  }
}

extension Outbox.Telling {
  fileprivate mutating func add(_ version: Int64, opened: Int, resolved: Int, limit: Int) {
    self.opened += opened
    self.resolved += resolved
    let findings = opened + resolved
    if let last = parts.indices.last, parts[last].findings + findings <= limit {
      parts[last].last = version
      parts[last].findings += findings
    } else {
      parts.append(Outbox.Part(first: version, last: version, findings: findings))
    }
  }
}
