internal import GRDB
internal import IdentityCore

/// Which of a member's findings a channel is told.
struct AlertFilter {
  private let forAdmins: FindingSet
  private let forOthers: FindingSet
  /// What is told of an exempt member: that the exemption ends.
  private static let ofExempt: FindingSet = [
    FindingSet(.exemptionExpiring), FindingSet(.exemptionExpired),
  ]

  init(minimumSeverity: Severity) {
    func kinds(_ isAdministrator: Bool) -> FindingSet {
      FindingSet(
        FindingKind.allCases
          .filter { $0.severity(isAdministrator: isAdministrator) >= minimumSeverity }
          .map { FindingSet($0) })
    }
    forAdmins = kinds(true)
    forOthers = kinds(false)
  }

  func told(_ findings: FindingSet, isAdministrator: Bool, isExempt: Bool) -> FindingSet {
    let told = findings.intersection(isAdministrator ? forAdmins : forOthers)
    return isExempt ? told.intersection(Self.ofExempt) : told
  }
}

/// Fills the outbox in the commit that makes the findings.
enum Outbox {
  fileprivate struct Part {
    var first: Int64
    var last: Int64
    var findings: Int
  }
  /// What one channel is told of one team.
  fileprivate struct Telling {
    var parts: [Part] = []
    var opened = 0
    var resolved = 0
  }

  static func enqueue(
    _ database: Database, run: RunRecord, seq: Int64, from first: Int64, rules: [AlertChannelRule],
    maxPerMessage: Int
  ) throws {
    guard !rules.isEmpty else { return }
    let teams = try collect(database, from: first, rules: rules, maxPerMessage: maxPerMessage)
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
    let rows = try Query(
      database,
      """
      SELECT id, team_id, opened, resolved, is_exempt, role FROM member_versions
      WHERE id >= ? AND opened | resolved <> 0 ORDER BY id
      """)
    rows.bind(1, first)
    var teams: [Int64: [Telling]] = [:]
    while try rows.step() {
      let version = rows.integer(0)
      let isExempt = rows.integer(4) != 0
      let isAdministrator = Role(rawValue: rows.text(5)).isAdministrator
      for index in filters.indices {
        func count(_ column: Int32) -> Int {
          let findings = FindingSet(rawValue: UInt32(truncatingIfNeeded: rows.integer(column)))
          return filters[index].told(
            findings, isAdministrator: isAdministrator, isExempt: isExempt
          ).rawValue.nonzeroBitCount
        }
        let (opened, resolved) = (count(2), count(3))
        guard opened + resolved > 0 else { continue }
        let blank = [Telling](repeating: Telling(), count: rules.count)
        teams[rows.integer(1), default: blank][index].add(
          version, opened: opened, resolved: resolved, limit: maxPerMessage)
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
