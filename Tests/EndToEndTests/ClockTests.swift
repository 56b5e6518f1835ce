import Foundation
import MockIdP
import TestSupport
import Testing

@Suite("Clocks that differ, end to end", .serialized)
struct ClockTests {
  @Test(
    "a vendor's clock that is another one is told by the run and by doctor, and changes no verdict",
    arguments: [(-425.0, "7 min ahead of okta's"), (3700.0, "61 min behind okta's")])
  func differs(seconds: Double, told: String) async throws {
    let bench = try await Workbench(TestScenario.team())
    let plain = try await bench.run("sync")
    #expect(plain.status == 0 && !plain.output.contains("clock"), "\(plain.output)")
    let before = try await bench.run("status", "--format", "json").members()
    await bench.mock.setFaults([Fault(.okta, "*", .misdated, times: nil, seconds: seconds)])
    let run = try await bench.run("sync", "--full", "--format", "json")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("The clock here is \(told)"), "\(run.output)")
    #expect(!run.output.contains("heroku's"), "\(run.output)")
    let after = try await bench.run("status", "--format", "json").members()
    #expect(
      after.mapValues { $0["verdict"] as? String } == before.mapValues { $0["verdict"] as? String })
    let doctor = try await bench.run("doctor")
    #expect(
      doctor.output.split(separator: "\n").contains {
        $0.contains("okta: clock:") && $0.contains(seconds < 0 ? "ahead of" : "behind")
      }, "\(doctor.output)")
    await bench.close()
  }
}
