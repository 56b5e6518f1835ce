import Foundation
import MockIdP
import TestSupport
import Testing

@Suite("The store's place, end to end", .serialized)
struct StorePlaceTests {
  @Test("a wrong `store:` ends with its path, and the file stays as it was")
  func wrongStore() async throws {
    let bench = try await Workbench(TestScenario.team()) { mock in
      Workbench.configuration(mock).replacing("sqlite:idsync.db", with: "sqlite:notes.txt")
    }
    try bench.write(String(repeating: "dear diary\n", count: 500), to: "notes.txt", mode: 0o644)
    let look = "stat -c '%a %Y %y %s' notes.txt; md5sum notes.txt"
    let before = try await bench.shell(look).output
    for command in [
      "sync", "status", "doctor", "alerts deliver", "members list --team acme-widgets", "apply x",
    ] {
      let outcome = try await bench.run(command.split(separator: " ").map(String.init))
      #expect(outcome.status != 0, "\(command)")
      #expect((outcome.output + outcome.errors).contains("notes.txt"), "\(command): \(outcome)")
    }
    #expect(try await bench.shell(look).output == before)
    let left = try FileManager.default.contentsOfDirectory(atPath: bench.directory.path).sorted()
    #expect(left == ["idsync.yaml", "notes.txt"])
    await bench.close()
  }

  @Test(
    "who may only read a store reads it: status, explain, history, runs, reports, plans, alerts")
  func readOnly() async throws {
    guard getuid() == 0, FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv") else {
      return
    }
    let bench = try await Workbench(TestScenario.team())
    let run = try await bench.run("sync")
    #expect(run.status == 0, "\(run.errors)")
    let asOwner = try await bench.run("status", "--format", "json")
    _ = try await bench.shell("rm -f idsync.db.*; chmod 444 idsync.db idsync.yaml; chmod 555 .")
    let before = try await bench.shell(
      "ls -la --time-style=full-iso . | grep -v '\\.run-'; md5sum idsync.db")
    for command in [
      "status", "status --format json", "explain ana@acme.com", "history", "history ana@acme.com",
      "runs", "report --format html --output -", "report --format json --output -", "plan",
      "alerts list",
    ] {
      let outcome = try await bench.shell(
        "setpriv --reuid=65534 --regid=65534 --clear-groups '\(Workbench.binary.path)' \(command)")
      #expect(outcome.status == 0, "\(command): \(outcome.errors)")
      #expect(!outcome.output.isEmpty, "\(command)")
      if command == "status --format json" {
        #expect(try outcome.members().count == asOwner.members().count)
      }
    }
    // What writes says that it cannot, and where.
    for command in ["sync", "apply x"] {
      let outcome = try await bench.shell(
        "setpriv --reuid=65534 --regid=65534 --clear-groups '\(Workbench.binary.path)' \(command)")
      #expect(outcome.status != 0 && outcome.errors.contains("idsync.db"), "\(command): \(outcome)")
    }
    let after = try await bench.shell(
      "ls -la --time-style=full-iso . | grep -v '\\.run-'; md5sum idsync.db")
    #expect(names(after.output) == names(before.output))
    #expect(after.output.split(separator: "\n").last == before.output.split(separator: "\n").last)
    _ = try await bench.shell("chmod 755 .")
    await bench.close()
  }

  /// The lines about the store and the configuration.
  private func names(_ listing: String) -> [Substring] {
    listing.split(separator: "\n").filter { $0.contains("idsync") }
  }
}
