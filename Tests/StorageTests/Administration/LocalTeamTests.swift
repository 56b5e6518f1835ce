import Foundation
import GRDB
import IdentityCore
import Testing

@testable import Storage

@Suite("Local teams in the store")
struct LocalTeamTests {
  /// A store in a directory of its own, taken away afterwards.
  static func withStore<R>(_ body: (Store) throws -> R) throws -> R {
    let directory = FileManager.default.temporaryDirectory.appending(
      path: "idsync-local-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    return try body(try Store(path: directory.appending(path: "store.db").path))
  }

  static let entry = AdministrationEntry(
    at: Timestamp(milliseconds: 1_790_000_000_000), actor: "ops@acme.com", command: "test",
    source: "local", team: "tools", app: nil, email: nil, text: "", outcome: .unknown)

  @discardableResult
  static func make(_ request: AdministrationRequest, in store: Store) throws -> LocalOutcome {
    try store.changeLocalTeam("tools", entry: entry) { $0.plan(request) }
  }

  @Test("random sequences of operations leave the store as a plain model of the rules has it")
  func random() throws {
    var operations = 0
    var made = 0
    try Self.withStore { store in
      var random = SystemRandomNumberGenerator()
      for sequence in 0..<12 {
        let team = "team-\(sequence)"
        var model = PlainTeam()
        for _ in 0..<70 {
          let request = RandomRequest.make(&random, apps: ["api-\(sequence)", "web-\(sequence)"])
          operations += 1
          let outcome = try store.changeLocalTeam(team, entry: Self.entry) { $0.plan(request) }
          let isMade = if case .success = outcome.plan { true } else { false }
          if isMade { made += 1 }
          #expect(model.does(request) == isMade, "\(request)")
          let stored = try store.localTeam(team)
          #expect(stored == outcome.after)
          let difference = model.difference(from: stored)
          #expect(difference.isEmpty, "after \(request): \(difference)")
        }
      }
      let attempts = try store.administration(limit: .max)
      #expect(attempts.count >= operations)
      try store.checkIntegrity()
    }
    print("random operations on local teams: \(operations), \(made) made, no difference")
    #expect(made > 200 && operations - made > 200)
  }

  @Test("the schema itself keeps the last admin, whoever writes")
  func schema() throws {
    try Self.withStore { store in
      try Self.make(.addMember(email: "ana@acme.com", role: .admin), in: store)
      try Self.make(.addMember(email: "bo@acme.com", role: .member), in: store)
      let attacks = [
        "DELETE FROM local_members WHERE key = 'ana@acme.com'",
        "DELETE FROM local_members",
        "UPDATE local_members SET role = 'member' WHERE key = 'ana@acme.com'",
        "UPDATE local_members SET team = 'other' WHERE key = 'ana@acme.com'",
        "INSERT INTO local_members VALUES ('tools2', 'x', 'x', 'member', 1)",
        "UPDATE administration_attempts SET actor = 'nobody'",
        "DELETE FROM administration_attempts",
        "UPDATE administration_outcomes SET outcome = 'done'",
        "DELETE FROM administration_outcomes",
      ]
      for sql in attacks {
        #expect(throws: (any Error).self, "\(sql)") {
          try store.writer.write { try $0.execute(sql: sql) }
        }
      }
      #expect(try store.localTeam("tools").adminCount == 1)
    }
  }

  @Test("a refused attempt is in the history and changes nothing")
  func refused() throws {
    try Self.withStore { store in
      try Self.make(.addMember(email: "ana@acme.com", role: .admin), in: store)
      let before = try store.localTeam("tools")
      try Self.make(.removeMember(email: "ana@acme.com", withAccess: false), in: store)
      #expect(try store.localTeam("tools") == before)
      let last = try #require(try store.administration().first)
      #expect(last.outcome == .refused && last.detail.contains("last admin"))
      #expect(try store.administration(email: "nobody@acme.com").isEmpty)
    }
  }

  @Test("an attempt without an end is told as unknown, one with an end as it ended")
  func attempts() throws {
    try Self.withStore { store in
      let lost = try store.beginAttempt(Self.entry)
      let made = try store.beginAttempt(Self.entry)
      try store.endAttempt(
        made, .done, after: "member", requestID: "r-1", at: Timestamp(milliseconds: 2))
      let entries = try store.administration()
      #expect(entries.map(\.id) == [made, lost])
      #expect(entries.map(\.outcome) == [.done, .unknown])
      #expect(entries[0].requestID == "r-1" && entries[0].after == "member")
      #expect(throws: StorageError.self) {
        try store.endAttempt(made, .failed, after: "", at: Timestamp(milliseconds: 3))
      }
    }
  }

  @Test("apps are one space of names for all local teams")
  func names() throws {
    try Self.withStore { store in
      try Self.make(.addMember(email: "ana@acme.com", role: .admin), in: store)
      try Self.make(.createApp(app: "billing", owner: "ana@acme.com"), in: store)
      let other = try store.changeLocalTeam("other", entry: Self.entry) {
        $0.plan(.createApp(app: "billing", owner: ""))
      }
      guard case .failure(let refusal) = other.plan else {
        Issue.record("a name was given twice")
        return
      }
      #expect(refusal.code == .appExists)
      #expect(try store.teamOfLocalApp("billing") == "tools")
    }
  }

  @Test(
    "who came before a lock is told from who came after, also when somebody leaves and comes back")
  func order() throws {
    try Self.withStore { store in
      for request: AdministrationRequest in [
        .addMember(email: "ana@acme.com", role: .admin),
        .addMember(email: "bo@acme.com", role: .member),
        .createApp(app: "api", owner: "ana@acme.com"), .lock(app: "api"),
        .addMember(email: "cy@acme.com", role: .member),
      ] { try Self.make(request, in: store) }
      var state = try store.localTeam("tools")
      let api = try #require(state.apps["api"])
      #expect(state.lock(of: api, for: "bo@acme.com") == .locked)
      #expect(state.lock(of: api, for: "cy@acme.com") == .lockedBefore)
      try Self.make(.removeMember(email: "bo@acme.com", withAccess: false), in: store)
      try Self.make(.addMember(email: "bo@acme.com", role: .member), in: store)
      state = try store.localTeam("tools")
      #expect(state.lock(of: api, for: "bo@acme.com") == .lockedBefore)
    }
  }

  @Test("a store of the first version gets the new tables and keeps what it has")
  func migration() throws {
    try Self.withStore { store in
      try store.writer.write { database in
        for table in [
          "administration_outcomes", "administration_attempts", "local_access", "local_apps",
          "local_members", "local_teams",
        ] { try database.execute(sql: "DROP TABLE \(table)") }
        try database.execute(
          sql: "DELETE FROM grdb_migrations WHERE identifier = 'administration-1'")
      }
      let again = try Store(path: store.path)
      try Self.make(.addMember(email: "ana@acme.com", role: .admin), in: again)
      #expect(try again.localTeam("tools").adminCount == 1)
    }
  }

  @Test("the administration lock is held by one at a time")
  func lock() throws {
    try Self.withStore { store in
      var first = try AdministrationLock(storePath: store.path)
      #expect(first != nil)
      #expect(try AdministrationLock(storePath: store.path) == nil)
      first = nil
      #expect(try AdministrationLock(storePath: store.path) != nil)
    }
  }
}

/// Requests drawn at random.
enum RandomRequest {
  static func make(
    _ random: inout some RandomNumberGenerator, apps: [String]
  ) -> AdministrationRequest {
    let people = ["ana@a.b", "Bo@a.b", "bo@A.B", "cy+x@a.b", "dé@a.b", "eve@out.example"]
    let email = people[Int.random(in: 0..<people.count, using: &random)]
    let app = apps[Int.random(in: 0..<apps.count, using: &random)]
    let role = TeamRole.allCases[Int.random(in: 0..<4, using: &random)]
    let permissions = PermissionSet(rawValue: UInt8.random(in: 0...15, using: &random))
    switch Int.random(in: 0..<14, using: &random) {
    case 0, 1, 2: return .addMember(email: email, role: role)
    case 3: return .setRole(email: email, role: role)
    case 4: return .removeMember(email: email, withAccess: Bool.random(using: &random))
    case 5: return .lock(app: app)
    case 6: return .unlock(app: app)
    case 7: return .grant(app: app, email: email, permissions: permissions)
    case 8: return .changeAccess(app: app, email: email, permissions: permissions)
    case 9: return .removeAccess(app: app, email: email)
    case 10, 11: return .createApp(app: app, owner: email)
    case 12: return .removeApp(app: app)
    default: return .join(app: app, email: email)
    }
  }
}
