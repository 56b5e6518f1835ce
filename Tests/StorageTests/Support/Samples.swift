import Foundation
import IdentityCore
import Storage
import TestSupport

/// Records, runs and stores for tests.
enum Samples {
  static let start = Timestamp(milliseconds: 1_790_000_000_000)

  /// The end of the n-th run.
  static func time(_ run: Int) -> Timestamp { start.adding(seconds: Int64(run) * 3600) }

  static func door(_ verdict: Verdict, _ reason: String = "As the policy says.") -> Judgement {
    Judgement(doors: [
      Door(
        provider: "okta", app: "app-1", verdict: verdict,
        code: verdict == .enforced ? .policyEnforces : .policySingleFactor, reason: reason,
        witness: verdict == .notEnforced ? "any sign-in" : nil)
    ])
  }

  static func record(
    _ email: String, _ verdict: Verdict = .enforced, team: TeamName = "acme",
    role: Role = .member, findings: FindingSet? = nil, name: String? = nil, run: Int = 0
  ) -> MemberRecord {
    MemberRecord(
      team: team, key: EmailKey.make(email), email: email, name: name, role: role, sso: .enabled,
      platformMFA: .notApplicable, judgement: door(verdict), provider: "okta",
      findings: findings ?? (verdict == .notEnforced ? FindingSet(.mfaNotEnforced) : []),
      since: time(run))
  }

  static func added(_ record: MemberRecord) -> MemberChange {
    MemberChange(kind: .added, record: record, opened: record.findings)
  }

  static func changed(_ before: MemberRecord, _ after: MemberRecord) -> MemberChange {
    MemberChange(
      kind: .changed, record: after, opened: after.findings.subtracting(before.findings),
      resolved: before.findings.subtracting(after.findings),
      fields: [
        FieldChange(
          name: "verdict", before: before.verdict.rawValue, after: after.verdict.rawValue)
      ])
  }

  static func removed(_ record: MemberRecord) -> MemberChange {
    var gone = record
    gone.findings = []
    return MemberChange(kind: .removed, record: gone, resolved: record.findings)
  }

  static func run(
    _ number: Int, outcome: RunRecord.Outcome = .committed, issues: [SourceIssue] = []
  ) -> RunRecord {
    RunRecord(
      id: "run-\(number)", startedAt: time(number).adding(seconds: -10), finishedAt: time(number),
      outcome: outcome,
      sources: [
        SourceReading(
          name: "okta", kind: "okta", fetched: 3, requests: 7,
          requestsByEndpoint: ["GET /users": 7], bytes: 100, startedAt: time(number),
          observedAt: time(number), issues: issues)
      ], changes: ChangeCounts())
  }

  /// A directory that is gone afterwards, and the path of a store in it.
  static func withStorePath<R>(_ body: (String) async throws -> R) async throws -> R {
    let directory = FileManager.default.temporaryDirectory.appending(path: "idsync-\(UUID())")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    return try await body(directory.appending(path: "idsync.db").path)
  }

  static func withStore<R>(_ body: (Store) async throws -> R) async throws -> R {
    try await withStorePath { try await body(try Store(path: $0)) }
  }
}

extension Store {
  /// Commits one run with some changes.
  @discardableResult
  func commit(
    _ number: Int, _ changes: [MemberChange], alerts: [AlertChannelRule] = [],
    maxPerMessage: Int = 100, trueAt: Timestamp? = nil
  ) throws -> RunRecord {
    try commit(expecting: version()) { writer in
      for team in Set(changes.map(\.record.team)).sorted() {
        try writer.team(team, rosterSource: "heroku")
        try writer.reading(
          of: "heroku", scope: team, isComplete: true, at: Samples.time(number), issues: [])
      }
      try writer.reading(
        of: "okta", scope: "", isComplete: true, at: Samples.time(number), issues: [])
      for change in changes { try writer.apply(change, trueAt: trueAt) }
      writer.enqueueAlerts(alerts, maxPerMessage: maxPerMessage)
      return Samples.run(number)
    }
  }

  /// The members at a moment, by address.
  func state(asOf moment: Timestamp? = nil) throws -> [String: MemberStatus] {
    var result: [String: MemberStatus] = [:]
    try members(MemberQuery(asOf: moment)) {
      result["\($0.record.team)/\($0.record.email)"] = $0
    }
    return result
  }
}

/// A store as another program sees it: Python's own SQLite.
enum Outside {
  /// Runs a script with `db` open on a file; what it puts in `value` comes back.
  static func run<T: Decodable>(_ path: String, _ script: String) async throws -> T {
    try await Python.map(
      """
      import sqlite3
      db = sqlite3.connect(value, isolation_level=None)
      \(script)
      db.close()
      """, path)
  }

  static func count(_ path: String, _ table: String) async throws -> Int {
    try await run(path, "value = db.execute('SELECT count(*) FROM \(table)').fetchone()[0]")
  }
}
