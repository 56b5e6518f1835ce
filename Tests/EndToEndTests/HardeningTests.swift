import Foundation
import MockIdP
import TestSupport
import Testing

@Suite("The program as built", .serialized)
struct HardeningTests {
  @Test("it is position-independent, read-only where it can be, and guarded")
  func binary() async throws {
    let bench = try await Workbench(TestScenario.team())
    let script = Repository.root.appending(path: "scripts/hardening").path
    let outcome = try await bench.shell("'\(script)' '\(Workbench.binary.path)'")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(!outcome.output.contains("MISSING"), "\(outcome.output)")
    // The script sees what is missing.
    let plain = try await bench.shell(
      "echo 'int main(void) { return 0; }' >a.c && cc -no-pie -fno-stack-protector -Wl,-z,norelro -o a a.c && '\(script)' a"
    )
    #expect(plain.status == 1 && plain.output.contains("MISSING"), "\(plain.output)")
    await bench.close()
  }
}
