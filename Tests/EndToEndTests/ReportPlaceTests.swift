import Foundation
import MockIdP
import TestSupport
import Testing

@Suite("Reports go where they belong, end to end", .serialized)
struct ReportPlaceTests {
  private func kind(_ path: String) -> mode_t {
    var state = stat()
    return lstat(path, &state) == 0 ? state.st_mode & S_IFMT : 0
  }

  @Test("devices and FIFOs are written through, links followed to a file, folders refused")
  func places() async throws {
    let bench = try await Workbench(TestScenario.team())
    _ = try await bench.run("sync")
    func report(_ place: String) async throws -> Int32 {
      try await bench.run("report", "--format", "csv", "--output", place).status
    }
    if await Workbench.mayMount {
      // A mount of its own: no wrong move can put a file into the place of the machine's device.
      let device = try await bench.shell(
        "touch null; mount --bind /dev/null null; idsync report --format csv --output null; echo $?; test -c null && echo device",
        mounting: true)
      #expect(device.output.hasSuffix("0\ndevice\n"), "\(device.output)\(device.errors)")
    }
    let fifo = try await bench.shell(
      "mkfifo pipe; cat pipe >read & idsync report --format csv --output pipe; wait; wc -l <read")
    #expect(kind(bench.path("pipe")) == S_IFIFO, "\(fifo.errors)")
    #expect(
      Int(fifo.output.trimmingCharacters(in: .whitespacesAndNewlines)).map { $0 > 10 } == true,
      "\(fifo.output)\(fifo.errors)")
    // Nobody reads: refused, and nobody waits.
    #expect(try await report(bench.path("pipe")) == 77)
    try bench.write("old", to: "real.csv")
    try FileManager.default.createSymbolicLink(
      atPath: bench.path("link.csv"), withDestinationPath: bench.path("real.csv"))
    #expect(try await report(bench.path("link.csv")) == 0)
    #expect(kind(bench.path("link.csv")) == S_IFLNK)
    #expect(try String(contentsOfFile: bench.path("real.csv"), encoding: .utf8).contains("ana@"))
    try FileManager.default.createSymbolicLink(
      atPath: bench.path("loose.csv"), withDestinationPath: bench.path("nowhere/x.csv"))
    #expect(try await report(bench.path("loose.csv")) == 65)
    #expect(try await report(bench.directory.path) == 65)
    await bench.close()
  }

  @Test("a draft of a dead process goes with the next report, one of a live process stays")
  func drafts() async throws {
    let bench = try await Workbench(TestScenario.team())
    _ = try await bench.run("sync")
    let dead = try await bench.shell("sh -c 'echo $$'")
    let id = dead.output.trimmingCharacters(in: .whitespacesAndNewlines)
    try bench.write("half", to: "report.csv.new-\(id)")
    try bench.write("half", to: "report.csv.new-1")
    try bench.write("mine", to: "report.csv.new-notes")
    let outcome = try await bench.run(
      "report", "--format", "csv", "--output", bench.path("report.csv"))
    #expect(outcome.status == 0, "\(outcome.errors)")
    let left = try FileManager.default.contentsOfDirectory(atPath: bench.directory.path)
      .filter { $0.contains(".new-") }.sorted()
    #expect(left == ["report.csv.new-1", "report.csv.new-notes"])
    await bench.close()
  }
}
