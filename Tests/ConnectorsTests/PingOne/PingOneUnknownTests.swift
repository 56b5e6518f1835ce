import IdentityCore
import MockIdP
import Testing

@testable import PingOne

@Suite("PingOne: unknowns are things") struct PingOneUnknownTests {
  @Test("the same condition in the same place of two policies of one name is two unknowns")
  func sameName() async throws {
    let strange: JSON = ["weather": "fine"]
    let scenario = PingOneBench.scenario { tenant in
      tenant.policies[1] = PingOneSignOnPolicy(
        "pol-1", name: "Same", actions: [PingOneBench.login, PingOneBench.mfa(when: strange)])
      tenant.policies.append(
        PingOneSignOnPolicy(
          "pol-2", name: "Same",
          actions: [PingOneBench.login, PingOneBench.mfa(when: ["not": strange])]))
      tenant.apps[0].policies = ["pol-1", "pol-2"]
    }
    try await Bench.run(scenario) { bench in
      let door = await bench.pingOneDoor()
      guard case .readable(let model) = door.provider.apps[0].state else {
        Issue.record("no model")
        return
      }
      let unknowns = model.unknowns.filter { $0.title.contains("weather") }
      #expect(unknowns.count == 2 && Set(unknowns.map(\.key)).count == 2)
      for policy in ["pol-1", "pol-2"] {
        #expect(unknowns.contains { $0.key.contains("of policy \(policy): ") }, "\(unknowns)")
      }
      #expect(door.record(PingOneBench.ana).reason.contains("pol-2"))
    }
  }
}
