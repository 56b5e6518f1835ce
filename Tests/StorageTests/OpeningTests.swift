import Foundation
import IdentityCore
import Storage
import Testing

@Suite("Store: opening") struct OpeningTests {
  private func mode(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.posixPermissions] as? Int)
  }

  @Test("a new store has its schema, a write-ahead log and nothing in it")
  func fresh() async throws {
    try await Samples.withStorePath { path in
      let store = try Store(path: path)
      #expect(try store.version() == 0)
      #expect(try store.runs().isEmpty)
      #expect(try store.teams().isEmpty)
      #expect(try store.state().isEmpty)
      try store.checkIntegrity()
      let found: [String] = try await Outside.run(
        path,
        """
        value = [db.execute('PRAGMA journal_mode').fetchone()[0],
                 hex(db.execute('PRAGMA application_id').fetchone()[0])]
        """)
      #expect(found == ["wal", "0x49445359"])
    }
  }

  @Test("a store is closed into one file, which another process opens unchanged")
  func reopened() async throws {
    try await Samples.withStorePath { path in
      do {
        let store = try Store(path: path)
        try store.commit(1, [Samples.added(Samples.record("ana@acme.com", .notEnforced))])
        // Several connections for reading, of which the last one is not to keep the log.
        _ = try store.withPriorMembers(of: "acme") { _ in try store.state() }
      }
      let names = try FileManager.default.contentsOfDirectory(
        atPath: URL(filePath: path).deletingLastPathComponent().path)
      #expect(names == ["idsync.db"])
      let again = try Store(path: path)
      #expect(try again.state()["acme/ana@acme.com"]?.record.verdict == .notEnforced)
      #expect(try again.runs().map(\.id) == ["run-1"])
    }
  }

  @Test("the file and its companions are for nobody else, whatever they were")
  func modes() async throws {
    try await Samples.withStorePath { path in
      do {
        let store = try Store(path: path)
        try store.commit(1, [Samples.added(Samples.record("ana@acme.com"))])
        for file in [path, path + "-wal", path + "-shm"] {
          #expect(try mode(file) == 0o600, "\(file)")
        }
      }
      try FileManager.default.setAttributes([.posixPermissions: 0o664], ofItemAtPath: path)
      let store = try Store(path: path)
      #expect(try mode(path) == 0o600)
      #expect(try store.state().count == 1)
    }
  }

  @Test("a store of a newer version is refused and left as it is")
  func newer() async throws {
    try await Samples.withStorePath { path in
      _ = try Store(path: path)
      let _: Int = try await Outside.run(
        path,
        "db.execute(\"INSERT INTO grdb_migrations VALUES ('99')\"); value = 0")
      let before = try Data(contentsOf: URL(filePath: path))
      let error = #expect(throws: StorageError.self) { try Store(path: path) }
      #expect(error?.code == .newerSchema)
      #expect(error?.message.contains("newer version") == true)
      #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }
  }

  @Test("what is no store of ours is refused, with what to do, and left as it is")
  func foreign() async throws {
    try await Samples.withStorePath { path in
      let _: Int = try await Outside.run(path, "db.execute('CREATE TABLE t (x)'); value = 0")
      #expect(throws: StorageError.self) { try Store(path: path) }
      let names: [String] = try await Outside.run(
        path, "value = [r[0] for r in db.execute('SELECT name FROM sqlite_schema')]")
      #expect(names == ["t"])
      let text = path + ".txt"
      try Data("dear diary, ".utf8 + Data(repeating: 0x61, count: 5_000)).write(
        to: URL(filePath: text))
      let error = #expect(throws: StorageError.self) { try Store(path: text) }
      #expect(error?.code == .corrupt)
      #expect(error?.message.contains("Move it away") == true)
      let directory = #expect(throws: StorageError.self) {
        try Store(path: URL(filePath: path).deletingLastPathComponent().path)
      }
      #expect(directory?.code == .invalid)
      let nowhere = #expect(throws: StorageError.self) { try Store(path: "/nowhere/at/all.db") }
      #expect(nowhere?.code == .notFound)
      #expect(nowhere?.message.contains("mkdir -p /nowhere/at") == true)
    }
  }

  @Test("many may open at once, also while it is being made")
  func together() async throws {
    try await Samples.withStorePath { path in
      try await withThrowingTaskGroup(of: Int64.self) { group in
        for _ in 0..<8 { group.addTask { try Store(path: path).version() } }
        for try await version in group { #expect(version == 0) }
      }
      let (one, two) = (try Store(path: path), try Store(path: path))
      try one.commit(1, [Samples.added(Samples.record("ana@acme.com"))])
      #expect(try two.state().count == 1)
      let error = #expect(throws: StorageError.self) {
        try two.commit(expecting: 0) { _ in Samples.run(2) }
      }
      #expect(error?.code == .stateMoved)
      try two.commit(2, [Samples.added(Samples.record("bo@acme.com"))])
      #expect(try one.state().count == 2)
    }
  }

  @Test("the lock of a run is for one, and is given back with it")
  func lock() async throws {
    try await Samples.withStorePath { path in
      do {
        let lock = try RunLock(storePath: path)
        let error = #expect(throws: StorageError.self) { try RunLock(storePath: path) }
        #expect(error?.code == .locked)
        #expect(error?.isTransient == true)
        #expect(error?.message.contains("process \(getpid())") == true)
        withExtendedLifetime(lock) {}
      }
      _ = try RunLock(storePath: path)
      #expect(try mode(path + ".lock") == 0o600)
      let nowhere = #expect(throws: StorageError.self) {
        try RunLock(storePath: "/nowhere/at/all.db")
      }
      #expect(nowhere?.code == .notFound)
    }
  }
}
