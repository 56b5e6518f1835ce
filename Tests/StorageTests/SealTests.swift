import Foundation
import IdentityCore
import Testing

@testable import Storage

@Suite("Store: damage is told") struct SealTests {
  /// A closed store of two teams and three runs; a large one is not looked through when it is opened.
  private func filled(_ path: String, isLarge: Bool) throws {
    let store = try Store(path: path)
    let filler = String(repeating: "because the policy says so, ", count: isLarge ? 400 : 1)
    func people(_ run: Int) -> [MemberRecord] {
      (0..<300).map { number in
        var record = Samples.record(
          "p\(number)@acme.com", (number + run) % 3 == 0 ? .notEnforced : .enforced,
          team: number % 5 == 0 ? "tools" : "acme", name: "Person \(number)", run: run)
        record.judgement = Judgement(doors: [
          Door(
            provider: "okta", app: "app-1", verdict: record.verdict, code: .policyEnforces,
            reason: "\(number) \(run) \(filler)")
        ])
        record.findings = record.verdict == .notEnforced ? FindingSet(.mfaNotEnforced) : []
        return record
      }
    }
    var before = people(0)
    try store.commit(1, before.map(Samples.added), alerts: [AlertChannelRule(name: "mail")])
    for run in 1...2 {
      let after = people(run)
      try store.commit(
        run + 1, zip(before, after).map { Samples.changed($0, $1) },
        alerts: [AlertChannelRule(name: "mail")])
      before = after
    }
  }

  @Test(
    "a store whose rows contradict each other is told by the check",
    arguments: [
      "UPDATE teams SET members = members + 1, seal = NULL",
      "UPDATE teams SET open_gaps = open_gaps + 1, seal = NULL",
      "UPDATE teams SET roster_source = 'other'",
      "UPDATE members SET is_present = 0, is_admin = 0, findings = 0, is_gap = 0 WHERE key = 'p1@acme.com'",
      "UPDATE members SET version_id = version_id - 300, seal = NULL WHERE key = 'p1@acme.com'",
      "UPDATE members SET is_admin = 1 WHERE key = 'p1@acme.com'",
      "DELETE FROM open_findings WHERE key = (SELECT min(key) FROM open_findings)",
      "UPDATE member_versions SET name = 'Somebody else' WHERE id = 7",
      "UPDATE judgements SET body = replace(body, 'because', 'although') WHERE id = 7",
      "UPDATE runs SET added = added + 1, seal = NULL WHERE seq = 1",
      "UPDATE runs SET finished_at = finished_at + 1 WHERE seq = 1",
      "UPDATE readings SET fetched = 4 WHERE run = 1",
    ])
  func contradictions(statement: String) async throws {
    try await Samples.withStorePath { path in
      try filled(path, isLarge: false)
      #expect(try Store(path: path).damages().isEmpty)
      let _: Int = try await Outside.run(
        path,
        """
        for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            db.execute('DROP TRIGGER ' + name)
        db.execute(\(String(reflecting: statement)))
        value = 0
        """)
      #expect(try Store(path: path).damages().isEmpty == false)
    }
  }

  @Test("an index that does not agree with its table is told, by opening and by the check")
  func index() async throws {
    try await Samples.withStorePath { path in
      try filled(path, isLarge: true)
      let _: Int = try await Outside.run(
        path,
        """
        db.execute('PRAGMA writable_schema = 1')
        kept = db.execute("SELECT * FROM sqlite_schema WHERE name = 'outbox_due'").fetchone()
        db.execute("DELETE FROM sqlite_schema WHERE name = 'outbox_due'")
        db.close()
        db = sqlite3.connect(value, isolation_level=None)
        db.execute('UPDATE outbox SET next_attempt_at = next_attempt_at + 1')
        db.execute('PRAGMA writable_schema = 1')
        db.execute('INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)', kept)
        value = 0
        """)
      let damages = try Store(path: path).damages()
      #expect(damages.contains { $0.contains("outbox_due") }, "\(damages)")
    }
  }
}
