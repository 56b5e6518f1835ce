import Foundation
import MockIdP
import TestSupport
import Testing

@Suite("What the system does not give, end to end", .serialized)
struct ScarcityTests {
  /// Runs a script and gives its last line, a status; whatever takes longer than 20 s ends with 124.
  private func status(_ bench: Workbench, _ limits: String, _ command: String) async throws
    -> (status: Int32, errors: String)
  {
    let outcome = try await bench.shell(
      "timeout -s KILL 20 sh -c \"\(limits); exec \(command)\" >out 2>err; echo $?; cat err >&2")
    let last = outcome.output.split(separator: "\n").last.flatMap { Int32($0) }
    return (last ?? -1, outcome.errors)
  }

  private var program: String { "'\(Workbench.binary.path)'" }

  @Test("too few open files are told with the limit to raise; nothing hangs and nothing traps")
  func files() async throws {
    let bench = try await Workbench(TestScenario.team())
    for limit in [4, 6, 8, 12, 16, 24, 40, 64, 80, 128] {
      let (status, errors) = try await status(bench, "ulimit -n \(limit)", "\(program) sync")
      #expect(status == 0 || status == 71, "\(limit): \(status) \(errors)")
      if status == 71 { #expect(errors.contains("ulimit -n"), "\(limit): \(errors)") }
      if limit <= 40 { #expect(status == 71, "\(limit): \(status)") }
      if limit == 128 { #expect(status == 0, "\(errors)") }
    }
    // What a user may raise himself is no lack.
    let (soft, errors) = try await status(bench, "ulimit -Sn 16", "\(program) sync")
    #expect(soft == 0, "\(errors)")
    await bench.close()
  }

  @Test("too few threads are told with the limit to raise; nothing hangs")
  func threads() async throws {
    guard getuid() == 0, FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv"),
      FileManager.default.isExecutableFile(atPath: "/usr/bin/prlimit")
    else { return }
    let bench = try await Workbench(TestScenario.team())
    _ = try await bench.shell("chmod 777 .; chmod 644 idsync.yaml")
    // A user of its own: others of nobody's processes would count.
    let other = "setpriv --reuid=64321 --regid=64321 --clear-groups"
    for limit in [1, 2, 4, 6, 8, 12, 200] {
      let (status, errors) = try await status(
        bench, ":", "prlimit --nproc=\(limit) \(other) \(program) sync")
      #expect(status == 0 || status == 71, "\(limit): \(status) \(errors)")
      if status == 71 { #expect(errors.contains("ulimit -u"), "\(limit): \(errors)") }
      if limit <= 6 { #expect(status == 71, "\(limit)") }
      if limit == 200 { #expect(status == 0, "\(errors)") }
    }
    await bench.close()
  }

  @Test("too little memory is told with the limit to raise; nothing hangs and nothing traps")
  func memory() async throws {
    let bench = try await Workbench(TestScenario.team())
    var told = 0
    for mebibytes in [250, 300, 350, 400, 450, 500, 600, 800] {
      let (status, errors) = try await status(
        bench, "ulimit -v \(mebibytes << 10)", "\(program) sync")
      // Below what the loader needs for the libraries, it is the loader that says so.
      #expect([0, 71, 127].contains(status), "\(mebibytes): \(status) \(errors)")
      if status == 71 {
        told += 1
        #expect(errors.contains("memory") || errors.contains("thread"), "\(mebibytes): \(errors)")
      }
    }
    #expect(told > 0)
    await bench.close()
  }

  @Test("an umask that takes its owner's rights from a file is refused")
  func mask() async throws {
    let bench = try await Workbench(TestScenario.team())
    for mask in ["777", "700", "277"] {
      let (status, errors) = try await status(bench, "umask \(mask)", "\(program) sync")
      // The script's own files have no rights either: what counts is the status.
      #expect(status == 78 || status == -1, "\(mask): \(status) \(errors)")
    }
    let told = try await bench.shell(
      "(umask 777; exec \(program) sync) >out 2>err; echo $?; cat err; ls idsync.db 2>&1")
    #expect(told.output.hasPrefix("78\n") && told.output.contains("umask 0777"), "\(told.output)")
    #expect(!FileManager.default.fileExists(atPath: bench.path("idsync.db")))
    let strict = try await status(bench, "umask 077", "\(program) sync")
    #expect(strict.status == 0, "\(strict.errors)")
    await bench.close()
  }
}
