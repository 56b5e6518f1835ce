import Foundation
import MockIdP
import TestSupport
import Testing

@Suite("No trap on the way out, end to end", .serialized)
struct WayOutTests {
  @Test("standard error closed or on a full disk changes no status")
  func standardError() async throws {
    let bench = try await Workbench(TestScenario.team())
    for place in ["2>&-", "2>/dev/full", "2>&- 1>&- <&-", "<&-"] {
      for (command, status) in [("sync", 0), ("sync --team nobody", 65), ("nonsense", 64)] {
        let outcome = try await bench.shell(
          "idsync \(command) >/dev/null \(place); echo $? >status")
        let told = try String(contentsOfFile: bench.path("status"), encoding: .utf8)
        #expect(told == "\(status)\n", "\(command) \(place): \(told)\(outcome.errors)")
      }
    }
    await bench.close()
  }

  @Test("with closed descriptors nothing that is printed goes into a file of ours")
  func descriptors() async throws {
    let bench = try await Workbench(TestScenario.team())
    _ = try await bench.shell("idsync sync --verbose <&- >&- 2>&-; idsync status <&- >&- 2>&-")
    let check = try await bench.run("status", "--format", "json")
    #expect(check.status == 0, "\(check.errors)")
    #expect(try check.members().count > 10)
    await bench.close()
  }

  @Test("without a command it is a usage error, told on standard error")
  func bare() async throws {
    let bench = try await Workbench(TestScenario.team())
    let outcome = try await bench.run([])
    #expect(outcome.status == 64)
    #expect(outcome.output.isEmpty && outcome.errors.contains("USAGE"), "\(outcome.errors)")
    await bench.close()
  }

  @Test("where /proc cannot be read the arguments are the same")
  func withoutProc() async throws {
    guard await Workbench.mayMount else { return }
    let bench = try await Workbench(TestScenario.team())
    let outcome = try await bench.shell(
      "mount -t tmpfs none /proc; idsync sync --team nobody; echo status $?", mounting: true)
    #expect(outcome.output.contains("status 65"), "\(outcome.output)\(outcome.errors)")
    await bench.close()
  }
}
