import Foundation
import GRDB
import IdentityCore
import Testing

@testable import Storage

@Suite("Store: damage, full disks and kills") struct DamageTests {
  /// A closed store with some hundred versions in it.
  private func filled(_ path: String) throws {
    let store = try Store(path: path)
    let people = (0..<300).map {
      Samples.record("p\($0)@acme.com", $0 % 3 == 0 ? .notEnforced : .enforced)
    }
    try store.commit(1, people.map(Samples.added), alerts: [AlertChannelRule(name: "mail")])
  }

  @Test("damage anywhere is named or harmless, and never a crash", arguments: 0..<40)
  func flipped(seed: UInt64) async throws {
    try await Samples.withStorePath { path in
      try filled(path)
      let url = URL(filePath: path)
      var bytes = [UInt8](try Data(contentsOf: url))
      var random = Seeded(seed: seed)
      let page = Int.random(in: 0..<bytes.count / 4096, using: &random) * 4096
      // A whole page of rubbish, or of zeroes, or a few flipped bits.
      for index in page..<min(page + 4096, bytes.count) {
        switch seed % 3 {
        case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &random)
        case 1: bytes[index] = 0
        default:
          if Int.random(in: 0..<64, using: &random) == 0 { bytes[index] ^= 1 << (seed % 8) }
        }
      }
      try Data(bytes).write(to: url)
      do {
        let store = try Store(path: path)
        _ = try store.state()
        _ = try store.history()
        _ = try store.findings(FindingQuery(.all))
        _ = try store.alerts().map { try store.content(of: $0) }
      } catch let error as StorageError {
        #expect(
          [.corrupt, .invalid, .newerSchema, .notFound, .io].contains(error.code),
          "\(error.code): \(error)")
      }
    }
  }

  @Test("a torn file is damage, and says what to do")
  func torn() async throws {
    try await Samples.withStorePath { path in
      try filled(path)
      let url = URL(filePath: path)
      let bytes = try Data(contentsOf: url)
      try bytes.prefix(bytes.count / 2).write(to: url)
      let error = #expect(throws: StorageError.self) { try Store(path: path) }
      #expect(error?.code == .corrupt)
      for word in ["damaged", "Move it away", "-wal", "backup", "next run"] {
        #expect(error?.message.contains(word) == true, "\(word): \(error?.message ?? "")")
      }
    }
  }

  @Test("damage that opening does not look for is found by the check of the whole file")
  func dangling() async throws {
    try await Samples.withStorePath { path in
      try filled(path)
      let _: Int = try await Outside.run(
        path,
        "db.execute('UPDATE members SET version_id = 99999 WHERE key = \"p1@acme.com\"'); value = 0"
      )
      let store = try Store(path: path)
      let error = #expect(throws: StorageError.self) { try store.checkIntegrity() }
      #expect(error?.code == .corrupt)
      #expect(error?.message.contains("dangling reference") == true)
    }
  }

  @Test("a full disk leaves the last commit, and says what to do")
  func full() async throws {
    try await Samples.withStorePath { path in
      try filled(path)
      let store = try Store(path: path)
      let before = try store.state().mapValues(\.record)
      try store.writer.writeWithoutTransaction { database in
        let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
        try database.execute(sql: "PRAGMA max_page_count = \(pages + 4)")
      }
      let many = (0..<2_000).map {
        Samples.added(Samples.record("q\($0)@acme.com", name: String(repeating: "x", count: 200)))
      }
      let error = #expect(throws: StorageError.self) { try store.commit(2, many) }
      #expect(error?.code == .diskFull)
      #expect(error?.message.contains("Free disk space") == true)
      #expect(try store.state().mapValues(\.record) == before)
      try store.writer.writeWithoutTransaction {
        try $0.execute(sql: "PRAGMA max_page_count = 1000000")
      }
      try store.commit(2, many)
      #expect(try store.state().count == before.count + 2_000)
      try store.checkIntegrity()
    }
  }

  @Test("a writer elsewhere is waited for, then named")
  func busy() async throws {
    try await Samples.withStorePath { path in
      try filled(path)
      let store = try Store(path: path, busyTimeout: .milliseconds(50))
      let other = try Store(path: path)
      try other.commit(expecting: other.version()) { _ throws in
        let error = #expect(throws: StorageError.self) { try store.setCursor("x", "y") }
        #expect(error?.code == .locked && error?.isTransient == true)
        #expect(try store.state().count == 300, "reading goes on")
        return Samples.run(2)
      }
      try store.setCursor("x", "y")
    }
  }

  @Test(
    "a process killed inside a commit leaves the last one, and the next run goes on",
    arguments: [0, 1, 57, 500, 1_500])
  func killed(after changes: Int) async throws {
    try await Samples.withStorePath { path in
      try filled(path)
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [path = path as String, changes = changes as Int] in
        let store = try Store(path: path)
        try store.commit(expecting: store.version()) { writer in
          try writer.team("acme", rosterSource: "heroku")
          for number in 0..<changes {
            try writer.apply(Samples.added(Samples.record("q\(number)@acme.com", .notEnforced)))
          }
          writer.enqueueAlerts([AlertChannelRule(name: "mail")])
          // The log is on the disk by now, the commit is not.
          kill(getpid(), SIGKILL)
          return Samples.run(2)
        }
      }
      let store = try Store(path: path)
      #expect(try store.state().count == 300)
      #expect(try store.runs().map(\.id) == ["run-1"])
      #expect(try store.alerts(pendingOnly: true).count == 1, "no alert lost")
      try store.checkIntegrity()
      try store.commit(2, [Samples.added(Samples.record("zoe@acme.com"))])
      #expect(try store.state().count == 301)
    }
  }
}
