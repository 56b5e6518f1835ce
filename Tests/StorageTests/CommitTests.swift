import Foundation
import IdentityCore
import Storage
import Testing

@Suite("Store: commits") struct CommitTests {
  private struct Stop: Error {}

  @Test("a run is written whole or not at all")
  func wholeOrNothing() async throws {
    try await Samples.withStore { store in
      try store.commit(1, [Samples.added(Samples.record("ana@acme.com"))])
      #expect(throws: Stop.self) {
        try store.commit(expecting: store.version()) { writer in
          try writer.team("acme", rosterSource: "csv")
          try writer.reading(
            of: "okta", scope: "", isComplete: true, at: Samples.time(2), issues: [])
          try writer.apply(Samples.added(Samples.record("bo@acme.com", .notEnforced)))
          try writer.setCursor("okta", "next")
          writer.enqueueAlerts([AlertChannelRule(name: "mail")])
          throw Stop()
        }
      }
      #expect(try store.state().keys.sorted() == ["acme/ana@acme.com"])
      #expect(try store.teams().map(\.rosterSource) == ["heroku"])
      #expect(try store.runs().count == 1)
      #expect(try store.alerts().isEmpty)
      #expect(try store.cursor("okta") == nil)
      #expect(try store.version() == 1)
      for table in ["readings", "source_attempts", "member_versions", "judgements"] {
        #expect(try await Outside.count(store.path, table) <= 2, "\(table)")
      }
    }
  }

  @Test("the newest record under an address is found, also of somebody who left")
  func lastRecord() async throws {
    try await Samples.withStore { store in
      var ana = Samples.record("ana@acme.com")
      try store.commit(1, [Samples.added(ana)])
      ana.platformUserID = "id-1"
      try store.commit(2, [Samples.changed(Samples.record("ana@acme.com"), ana)])
      try store.commit(3, [Samples.removed(ana)])
      let (last, none, other) = try store.withPriorMembers(of: "acme") { prior in
        (
          try prior.lastRecord(ofKey: "ana@acme.com"), try prior.lastRecord(ofKey: "bo@acme.com"),
          try prior.lastRecord(ofKey: "ana@acme.com")
        )
      }
      #expect(last?.platformUserID == "id-1" && none == nil && other == last)
      let elsewhere = try store.withPriorMembers(of: "tools") { prior in
        try prior.lastRecord(ofKey: "ana@acme.com")
      }
      #expect(elsewhere == nil)
    }
  }

  @Test("a run in which nothing changed rewrites no record and leaves the state version")
  func unchanged() async throws {
    try await Samples.withStore { store in
      let people = (0..<50).map { Samples.record("p\($0)@acme.com") }
      try store.commit(1, people.map(Samples.added))
      func rows() async throws -> [[Int]] {
        try await Outside.run(
          store.path,
          """
          value = [list(r) for r in
                   db.execute('SELECT version_id, fingerprint FROM members ORDER BY key')]
          """)
      }
      let before = try await rows()
      try store.commit(2, [])
      #expect(try await rows() == before)
      #expect(try store.version() == 1)
      #expect(try store.runs().map(\.id) == ["run-2", "run-1"])
      try store.commit(3, [Samples.changed(people[7], Samples.record("p7@acme.com", .notEnforced))])
      let after = try await rows()
      #expect(zip(before, after).filter { $0 != $1 }.count == 1)
      #expect(try await Outside.count(store.path, "member_versions") == 51)
      #expect(try await Outside.count(store.path, "judgements") == 2, "shared, not copied")
    }
  }

  @Test(
    "a change that does not follow from the stored state is refused, and the run with it",
    arguments: ["twice", "unknown change", "unknown removal", "lost finding", "other team"])
  func contradictions(what: String) async throws {
    try await Samples.withStore { store in
      let ana = Samples.record("ana@acme.com", .notEnforced)
      try store.commit(1, [Samples.added(ana)])
      let stranger = Samples.record("bo@acme.com")
      let change: MemberChange =
        switch what {
        case "twice": Samples.added(ana)
        case "unknown change": Samples.changed(stranger, Samples.record("bo@acme.com", .cannotTell))
        case "unknown removal": Samples.removed(stranger)
        case "lost finding":
          MemberChange(kind: .changed, record: Samples.record("ana@acme.com", .enforced))
        default: Samples.added(Samples.record("cy@acme.com", team: "other"))
        }
      let error = #expect(throws: StorageError.self) {
        try store.commit(expecting: 1) { writer in
          try writer.team("acme", rosterSource: "heroku")
          try writer.apply(Samples.added(Samples.record("zoe@acme.com")))
          try writer.apply(change)
          return Samples.run(2)
        }
      }
      #expect(error?.code == .invalid)
      #expect(try store.state().count == 1)
    }
  }

  @Test("a state that moved meanwhile is not written over")
  func moved() async throws {
    try await Samples.withStore { store in
      try store.commit(1, [Samples.added(Samples.record("ana@acme.com"))])
      let error = #expect(throws: StorageError.self) {
        try store.commit(expecting: 0) { _ in
          Issue.record("the closure ran")
          return Samples.run(2)
        }
      }
      #expect(error?.code == .stateMoved)
    }
  }

  @Test("inside a commit reads see the state before it, and writes are refused")
  func reads() async throws {
    try await Samples.withStore { store in
      let ana = Samples.record("ana@acme.com")
      try store.commit(1, [Samples.added(ana)])
      try store.commit(expecting: 1) { writer in
        try writer.team("acme", rosterSource: "heroku")
        try writer.apply(Samples.removed(ana))
        #expect(try store.state().count == 1)
        #expect(throws: StorageError.self) { try store.setCursor("x", "y") }
        return Samples.run(2)
      }
      #expect(try store.state().isEmpty)
    }
  }

  @Test("history cannot be changed, not even past idsync")
  func appendOnly() async throws {
    try await Samples.withStore { store in
      let ana = Samples.record("ana@acme.com", .notEnforced)
      try store.commit(1, [Samples.added(ana)])
      try store.commit(2, [Samples.changed(ana, Samples.record("ana@acme.com"))])
      let refused: [String] = try await Outside.run(
        store.path,
        """
        value = []
        for table in ['runs', 'readings', 'source_attempts', 'judgements', 'member_versions',
                      'resolved_findings']:
          column = db.execute(f'SELECT name FROM pragma_table_info("{table}") LIMIT 1').fetchone()[0]
          for sql in [f'DELETE FROM {table}', f'UPDATE {table} SET {column} = {column}']:
            try:
              db.execute(sql)
            except sqlite3.IntegrityError as error:
              value.append(str(error))
        """)
      #expect(refused.count == 12)
      #expect(refused.allSatisfy { $0.hasSuffix("is append-only") }, "\(refused)")
    }
  }

  @Test("a held run is kept with what it would change, and is carried out or forgotten")
  func plans() async throws {
    try await Samples.withStore { store in
      let change = Samples.added(Samples.record("ana@acme.com", .notEnforced))
      let plan = StoredPlan(
        id: "p1", baseVersion: 0, createdAt: Samples.time(1), run: Samples.run(1, outcome: .held),
        note: "note")
      let saved = try store.savePlan(plan) { try $0.append(change) }
      #expect(saved.changes == 1)
      #expect(try store.plans().map(\.id) == ["p1"])
      #expect(try store.plan("p1").note == "note")
      var found: [MemberChange] = []
      try store.changes(ofPlan: "p1") { found.append($0) }
      #expect(found == [change])
      try store.deletePlan("p1")
      let error = #expect(throws: StorageError.self) { try store.plan("p1") }
      #expect(error?.code == .notFound)
      #expect(try await Outside.count(store.path, "plan_changes") == 0)
    }
  }

  @Test("pages and cursors are kept, replaced and dropped; a cursor may belong to a commit")
  func pages() async throws {
    try await Samples.withStore { store in
      let page = CachedPage(
        etag: "\"v1\"", lastModified: "yesterday", headers: [1, 2], body: Array("[1]".utf8),
        storedAt: Samples.time(1))
      try store.storePage("heroku GET /x", page)
      #expect(try store.cachedPage("heroku GET /x") == page)
      var newer = page
      newer.etag = "\"v2\""
      newer.storedAt = Samples.time(5)
      try store.storePage("heroku GET /x", newer)
      try store.storePage("heroku GET /y", page)
      try store.dropPages(before: Samples.time(3))
      #expect(try store.cachedPage("heroku GET /x")?.etag == "\"v2\"")
      #expect(try store.cachedPage("heroku GET /y") == nil)
      try store.dropPages()
      #expect(try store.cachedPage("heroku GET /x") == nil)
      try store.commit(expecting: 0) { writer in
        try writer.setCursor("okta", "after=1")
        return Samples.run(1)
      }
      #expect(try store.cursor("okta") == "after=1")
      try store.setCursor("okta", nil)
      #expect(try store.cursor("okta") == nil)
    }
  }
}
