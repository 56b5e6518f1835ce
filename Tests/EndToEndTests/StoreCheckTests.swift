import Foundation
import MockIdP
import TestSupport
import Testing

@Suite("A damaged store, end to end", .serialized)
struct StoreCheckTests {
  @Test("store check tells a whole store from a damaged one; nobody vanishes from status unsaid")
  func check() async throws {
    let bench = try await Workbench(TestScenario.team())
    #expect(try await bench.run("store", "check").status == 65, "there is none yet")
    _ = try await bench.run("sync")
    let whole = try await bench.run("store", "check")
    #expect(whole.status == 0 && whole.output.contains("is whole"), "\(whole.errors)")
    // A member is taken out behind the program's back, in good order for SQLite.
    let script = """
      import sqlite3, sys
      db = sqlite3.connect('idsync.db', isolation_level=None)
      db.execute("DELETE FROM open_findings WHERE key = 'gus@contractor.example'")
      db.execute("DELETE FROM members WHERE key = 'gus@contractor.example'")
      """
    try bench.write(script, to: "tamper.py")
    let tampered = try await bench.shell("'\(Python.interpreter.path)' tamper.py")
    #expect(tampered.status == 0, "\(tampered.errors)")
    for command in ["status", "status --format json", "report --format html --output -", "sync"] {
      let outcome = try await bench.run(command.split(separator: " ").map(String.init))
      #expect(outcome.status == 70, "\(command): \(outcome.status)")
      #expect(outcome.errors.contains("idsync store check"), "\(command): \(outcome.errors)")
    }
    let damaged = try await bench.run("store", "check")
    #expect(damaged.status == 70 && damaged.errors.contains("not as many"), "\(damaged.errors)")
    await bench.close()
  }
}
