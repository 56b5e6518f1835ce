import Foundation
import IdentityCore
import Storage
import Testing

@Suite("Store: the place is looked at before it is touched") struct StorePlaceTests {
  /// What of a file could be changed, its times included.
  private struct Look: Equatable {
    var mode: mode_t
    var links: nlink_t
    var size: off_t
    var seconds: Int
    var nanoseconds: Int
    var content: Data

    init(_ path: String) throws {
      var status = stat()
      #expect(lstat(path, &status) == 0, "\(path)")
      (mode, links, size) = (status.st_mode, status.st_nlink, status.st_size)
      (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
      content = try Data(contentsOf: URL(filePath: path))
    }
  }

  /// Every way to come near a store, and what each says; none may change anything.
  private func refusals(_ path: String) -> [StorageError.Code?] {
    let ways: [() throws -> Void] = [
      { _ = try Store(path: path) }, { _ = try Store(path: path, for: .reading) },
      { _ = try RunLock(storePath: path) }, { _ = try AdministrationLock(storePath: path) },
      { _ = try DeliveryLock(storePath: path) },
    ]
    return ways.map { way in
      do {
        try way()
        return nil
      } catch {
        #expect((error as? StorageError)?.message.contains(path) == true, "\(error)")
        return (error as? StorageError)?.code
      }
    }
  }

  private func names(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(
      atPath: URL(filePath: path).deletingLastPathComponent().path
    ).sorted()
  }

  @Test(
    "a file of another program is refused, and neither mode, time nor content changes",
    arguments: ["text", "short", "picture", "database", "marked database", "log of a database"])
  func foreign(kind: String) async throws {
    try await Samples.withStorePath { path in
      switch kind {
      case "text": try Data(repeating: 0x61, count: 5000).write(to: URL(filePath: path))
      case "short": try Data("SQLite".utf8).write(to: URL(filePath: path))
      case "picture":
        try (Data([0xFF, 0xD8]) + Data(count: 30_000)).write(to: URL(filePath: path))
      case "database":
        let _: Int = try await Outside.run(path, "db.execute('CREATE TABLE t (x)'); value = 0")
      case "marked database":
        let _: Int = try await Outside.run(
          path, "db.execute('PRAGMA application_id = 7'); value = 0")
      default:
        // As a program leaves it that was killed: its tables stand in the file, the last change in the log.
        let _: Int = try await Outside.run(
          path,
          """
          import shutil
          db.execute('PRAGMA journal_mode = WAL')
          db.execute('CREATE TABLE t (x)')
          db.execute('PRAGMA wal_checkpoint')
          db.execute('INSERT INTO t VALUES (1)')
          for name in ['-wal', '-shm']: shutil.copy(value + name, value + name + '.kept')
          value = 0
          """)
        for name in ["-wal", "-shm"] {
          try FileManager.default.moveItem(atPath: path + name + ".kept", toPath: path + name)
        }
      }
      let files = try names(path).map {
        URL(filePath: path).deletingLastPathComponent().appending(path: $0).path
      }
      for file in files { #expect(chmod(file, 0o644) == 0) }
      let before = try files.map(Look.init)
      let refused = refusals(path)
      let isDatabase = kind.hasSuffix("database")
      #expect(refused == Array(repeating: isDatabase ? .invalid : .corrupt, count: 5), "\(kind)")
      #expect(try files.map(Look.init) == before)
      #expect(try names(path).count == files.count)
    }
  }

  @Test("companions that are links are refused, and what they lead to stays as it is")
  func companions() async throws {
    for suffix in ["-wal", "-shm", "-journal"] {
      for isHard in [false, true] {
        try await Samples.withStorePath { path in
          _ = try Store(path: path)
          let victim = path + ".victim"
          try Data("somebody's".utf8).write(to: URL(filePath: victim))
          #expect(chmod(victim, 0o644) == 0 && chmod(path, 0o644) == 0)
          #expect((isHard ? link : symlink)(victim, path + suffix) == 0)
          let before = try [path, victim].map(Look.init)
          #expect(refusals(path) == Array(repeating: .invalid, count: 5), "\(suffix) \(isHard)")
          #expect(try [path, victim].map(Look.init) == before)
        }
      }
    }
  }

  @Test("a link is followed to a regular file of ours, and to nothing else")
  func links() async throws {
    try await Samples.withStorePath { path in
      let real = path + ".real"
      try Store(path: real).commit(1, [Samples.added(Samples.record("ana@acme.com"))])
      #expect(symlink(real, path) == 0)
      #expect(try Store(path: path).state().count == 1)
      // Both names are one store: one lock, and the log beside the file.
      let lock = try RunLock(storePath: real)
      #expect(throws: StorageError.self) { try RunLock(storePath: path) }
      withExtendedLifetime(lock) {}
      #expect(try names(path) == ["idsync.db", "idsync.db.real", "idsync.db.real.lock"])
      guard getuid() == 0 else { return }
      #expect(chown(real, 65534, 65534) == 0 && chmod(real, 0o644) == 0)
      let before = try Look(real)
      #expect(refusals(path) == Array(repeating: .invalid, count: 5))
      #expect(try Look(real) == before)
    }
    for target in ["/nowhere/at/all", "/dev/null", "/tmp"] {
      try await Samples.withStorePath { path in
        #expect(symlink(target, path) == 0)
        #expect(refusals(path) == Array(repeating: .invalid, count: 5), "\(target)")
        let left = try names(path)
        #expect(left == ["idsync.db"])
      }
    }
  }

  @Test("a lock is taken in a lock's place only")
  func foreignLock() async throws {
    try await Samples.withStorePath { path in
      let lock = path + ".lock"
      try Data("{\"lockfileVersion\": 3}".utf8).write(to: URL(filePath: lock))
      let before = try Look(lock)
      let error = #expect(throws: StorageError.self) { try RunLock(storePath: path) }
      #expect(error?.code == .invalid)
      #expect(try Look(lock) == before)
    }
  }

  @Test("a store that is only read is read as it lies there, with nothing made beside it")
  func frozen() async throws {
    try await Samples.withStorePath { path in
      try Store(path: path).commit(1, [Samples.added(Samples.record("ana@acme.com"))])
      #expect(chmod(path, 0o444) == 0)
      let before = try Look(path)
      let store = try Store(path: path, for: .reading)
      #expect(store.isReadOnly)
      #expect(try store.state().count == 1)
      try store.checkIntegrity()
      let error = #expect(throws: StorageError.self) { try store.setCursor("x", "y") }
      #expect(error?.code == .readOnly)
      #expect(try Look(path) == before)
      #expect(try names(path) == ["idsync.db"])
      // Its owner writes meanwhile: what was read then is refused, not shown.
      #expect(chmod(path, 0o600) == 0)
      try Store(path: path).commit(2, [Samples.added(Samples.record("bo@acme.com"))])
      let moved = #expect(throws: StorageError.self) { try store.version() }
      #expect(moved?.code == .locked)
      #expect(try Store(path: path, for: .reading).isReadOnly == false)
    }
  }

  @Test("with a log beside it, a store that is only read is read with its log")
  func withLog() async throws {
    try await Samples.withStorePath { path in
      let writer = try Store(path: path)
      try writer.commit(1, [Samples.added(Samples.record("ana@acme.com"))])
      for file in [path, path + "-wal", path + "-shm"] { #expect(chmod(file, 0o444) == 0) }
      let store = try Store(path: path, for: .reading)
      #expect(store.isReadOnly)
      #expect(try store.state().count == 1)
      try writer.commit(2, [Samples.added(Samples.record("bo@acme.com"))])
      #expect(try store.state().count == 2)
    }
  }
}
