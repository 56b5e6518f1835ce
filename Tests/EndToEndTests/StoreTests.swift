import Foundation
import MockIdP
import Testing

@Suite("Stores that cannot be used, end to end", .serialized)
struct StoreTests {
  /// A mistake of the disk in the middle of the file.
  private func damage(_ file: URL) throws {
    var bytes = [UInt8](try Data(contentsOf: file))
    for index in stride(from: 4096, to: min(bytes.count, 60_000), by: 7) { bytes[index] ^= 0xFF }
    try Data(bytes).write(to: file)
  }

  @Test("a damaged store is named, with what to do; doing it helps")
  func damaged() async throws {
    let bench = try await Workbench(TestScenario.team())
    _ = try await bench.run("sync")
    let store = bench.directory.appending(path: "idsync.db")
    let good = try Data(contentsOf: store)
    await bench.mock.resetRequests()
    try damage(store)
    let damagedBytes = try Data(contentsOf: store)
    for command in [["sync"], ["status"], ["history"], ["plan"]] {
      let outcome = try await bench.run(command)
      #expect(outcome.status == 70, "\(command): \(outcome.output)\(outcome.errors)")
      for word in ["idsync.db is damaged", "Move it away", "backup", "next run"] {
        #expect(outcome.errors.contains(word), "\(word): \(outcome.errors)")
      }
    }
    #expect(await bench.mock.requests().isEmpty, "found before anything was asked")
    #expect(try Data(contentsOf: store) == damagedBytes, "and left for whoever may save it")
    let doctor = try await bench.run("doctor")
    #expect(doctor.status == 78 && doctor.output.contains("damaged"), "\(doctor.output)")
    // Putting back the last backup:
    try good.write(to: store)
    #expect(try await bench.run("sync").status == 0)
    // Without one:
    try damage(store)
    for name in ["idsync.db", "idsync.db-wal", "idsync.db-shm"] {
      try? FileManager.default.removeItem(at: bench.directory.appending(path: name))
    }
    #expect(try await bench.run("sync").status == 0)
    #expect(try await bench.run("status", "--format", "json").members().count == 12)
    await bench.close()
  }

  private func benchWithStore() async throws -> Workbench {
    let bench = try await Workbench(TestScenario.team()) {
      Workbench.configuration($0)
        .replacingOccurrences(of: "sqlite:idsync.db", with: "sqlite:store/idsync.db")
    }
    try FileManager.default.createDirectory(
      at: bench.directory.appending(path: "store"), withIntermediateDirectories: true)
    return bench
  }

  @Test(
    "a full disk says so and leaves the state before; room again, and the next run works",
    .enabled("needs a name space to mount in") { await Workbench.mayMount })
  func fullDisk() async throws {
    let bench = try await benchWithStore()
    let outcome = try await bench.shell(
      """
      mount -t tmpfs -o size=4m none store || exit 99
      idsync sync > /dev/null || exit 1
      idsync status --format json > before.json
      head -c 8000000 /dev/zero > store/filler 2> /dev/null
      idsync sync; echo "full $?"
      rm store/filler
      idsync status --format json > after.json; echo "status $?"
      idsync sync > /dev/null; echo "room $?"
      """, mounting: true)
    #expect(outcome.output.contains("full 70"), "\(outcome.output)\(outcome.errors)")
    #expect(outcome.errors.contains("no room"), "\(outcome.errors)")
    #expect(outcome.errors.contains("Free disk space"), "\(outcome.errors)")
    #expect(outcome.output.contains("status 0") && outcome.output.contains("room 0"))
    let before = try String(contentsOfFile: bench.path("before.json"), encoding: .utf8)
    let after = try String(contentsOfFile: bench.path("after.json"), encoding: .utf8)
    #expect(before.contains("gus@contractor.example"))
    #expect(Self.withoutMoment(after) == Self.withoutMoment(before))
    await bench.close()
  }

  @Test(
    "a run on a read-only store says so, who looks is shown it, and it is left as it is",
    .enabled("needs a name space to mount in") { await Workbench.mayMount })
  func readOnly() async throws {
    let bench = try await benchWithStore()
    let outcome = try await bench.shell(
      """
      mount -t tmpfs -o size=4m none store || exit 99
      idsync sync > /dev/null || exit 1
      sum=$(cksum < store/idsync.db)
      mount -o remount,ro store
      idsync sync; echo "sync $?"
      idsync status; echo "status $?"
      test "$sum" = "$(cksum < store/idsync.db)" && echo same
      mount -o remount,rw store
      idsync sync > /dev/null; echo "again $?"
      """, mounting: true)
    for word in ["sync 70", "status 0", "same", "again 0"] {
      #expect(outcome.output.contains(word), "\(word): \(outcome.output)\(outcome.errors)")
    }
    #expect(outcome.errors.contains("Mount it for writing"), "\(outcome.errors)")
    await bench.close()
  }

  @Test("a file that may not grow is an error with a remedy, not a death, and the state stays")
  func sizeLimit() async throws {
    let bench = try await Workbench(TestScenario.team())
    _ = try await bench.run("sync")
    let before = try await bench.run("status", "--format", "json").output
    // Every file of this process may have 20 kB at most; the store is larger already.
    let outcome = try await bench.shell("ulimit -f 40; idsync sync")
    #expect(outcome.status == 70, "\(outcome.status) \(outcome.output)\(outcome.errors)")
    #expect(outcome.errors.contains("raise the quota"), "\(outcome.errors)")
    #expect(outcome.errors.contains("the state of the last commit is kept"), "\(outcome.errors)")
    let after = try await bench.run("status", "--format", "json").output
    #expect(Self.withoutMoment(after) == Self.withoutMoment(before))
    #expect(try await bench.run("sync").status == 0)
    await bench.close()
  }

  @Test("a store that belongs to nobody's directory or to another program is refused with a remedy")
  func wrongPlace() async throws {
    let bench = try await benchWithStore()
    let good = try String(contentsOfFile: bench.path("idsync.yaml"), encoding: .utf8)
    try bench.write(
      good.replacingOccurrences(of: "store/idsync.db", with: "nowhere/idsync.db"),
      to: "idsync.yaml")
    let nowhere = try await bench.run("sync")
    #expect(nowhere.status == 65, "\(nowhere.errors)")
    #expect(nowhere.errors.contains("Create it"), "\(nowhere.errors)")
    try bench.write(good, to: "idsync.yaml")
    try bench.write("dear diary", to: "store/idsync.db")
    let foreign = try await bench.run("sync")
    #expect(foreign.status == 70, "\(foreign.errors)")
    #expect(
      try String(contentsOfFile: bench.path("store/idsync.db"), encoding: .utf8) == "dear diary")
    await bench.close()
  }

  @Test("the store is for its owner only")
  func mode() async throws {
    let bench = try await Workbench(TestScenario.team())
    let outcome = try await bench.shell(
      "umask 000; idsync sync > /dev/null; stat -c '%a' idsync.db*")
    #expect(
      Set(outcome.output.split(separator: "\n")) == ["600"], "\(outcome.output)\(outcome.errors)")
    await bench.close()
  }

  /// A status without the moment it was asked for.
  private static func withoutMoment(_ text: String) -> String {
    text.replacing(/"generated_at": ?"[^"]*"/, with: "")
  }
}
