import Foundation
import MockIdP
import Testing

@Suite("Two at the same moment, end to end", .serialized)
struct AdministrationConcurrencyTests {
  private static let admins = ["ana", "bo", "cy", "dee"].map { "\($0)@acme.com" }

  @Test("admins of a local team who all remove each other at once leave one")
  func localRemovals() async throws {
    try await AdministrationBench.run(
      Scenario(), configuration: AdministrationLocalTests.configuration
    ) { bench in
      for round in 0..<3 {
        for admin in Self.admins {
          try await bench.expect("members add \(admin) --role admin --team tools", 0)
        }
        let statuses = try await Self.together(bench, "tools") {
          round == 1
            ? ["members", "set", $0, "--role", "member", "--team", "tools"]
            : ["members", "remove", $0, "--team", "tools", "--yes"]
        }
        #expect(statuses.filter { $0 == 0 }.count == 3, "\(statuses)")
        #expect(statuses.filter { $0 == 77 }.count == 1, "\(statuses)")
        let list = try await bench.expect("members --team tools --role admin --json", 0)
        #expect(list.output.components(separatedBy: "\"role\": \"admin\"").count == 2)
      }
    }
  }

  @Test(
    "admins of a team at Heroku who all remove each other at once leave one, even where Heroku would not object"
  )
  func herokuRemovals() async throws {
    var scenario = AdministrationBench.scenario()
    scenario[team: "acme-widgets"].members = Self.admins.map { HerokuMember($0, role: "admin") }
    try await AdministrationBench.run(scenario) { bench in
      let statuses = try await Self.together(bench, "acme-widgets") {
        ["members", "remove", $0, "--team", "acme-widgets", "--yes"]
      }
      #expect(statuses.filter { $0 == 0 }.count == 3, "\(statuses)")
      #expect(statuses.filter { $0 == 77 }.count == 1, "\(statuses)")
      let deletes = await bench.mock.requests().filter { $0.method == "DELETE" }
      #expect(deletes.map(\.status) == [200, 200, 200], "the last one was never even asked for")
    }
  }

  @Test(
    "somebody else removes the other admin between our look and our call: Heroku's refusal is told as the rule"
  )
  func betweenLookAndCall() async throws {
    var scenario = AdministrationBench.scenario()
    scenario[team: "acme-widgets"].members = [
      HerokuMember("ana@acme.com", role: "admin"), HerokuMember("zoe@acme.com", role: "admin"),
    ]
    try await AdministrationBench.run(scenario) { bench in
      // Both looks still show two admins; meanwhile the other one went.
      await bench.mock.setFaults([
        Fault(.heroku, "DELETE /teams/{team}/members/{member}", .slow, seconds: 0.5)
      ])
      let ours = try bench.start([
        "members", "remove", "ana@acme.com", "--team", "acme-widgets", "--yes",
      ])
      while await bench.mock.requestCounts()["GET /teams/{team}/permissions"] ?? 0 < 2 {
        await Task.yield()
      }
      await bench.mock.update {
        $0[team: "acme-widgets"].members.removeAll { $0.email == "zoe@acme.com" }
      }
      let outcome = await ours.outcome()
      #expect(outcome.status == 77, "\(outcome.errors)")
      #expect(outcome.errors.contains("the last admin of acme-widgets"), "\(outcome.errors)")
      #expect(try await bench.attempts().last?["outcome"] as? String == "refused")
    }
  }

  @Test("many people added at once are all there, each once")
  func additions() async throws {
    try await AdministrationBench.run(
      Scenario(), configuration: AdministrationLocalTests.configuration
    ) { bench in
      try await bench.expect("members add ana@acme.com --role admin --team tools", 0)
      let outcomes = try await withThrowingTaskGroup(of: Int32.self) { group in
        for index in 0..<8 {
          group.addTask {
            try await bench.idsync(
              "members add p\(index % 4)@acme.com --role member --team tools"
            ).status
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(outcomes.allSatisfy { $0 == 0 })
      let list = try await bench.expect("members --team tools --json", 0)
      #expect(list.output.components(separatedBy: "\"status\"").count == 6)
      let done = try await bench.attempts().filter { $0["outcome"] as? String == "done" }
      #expect(done.count == 5)
    }
  }

  /// Runs one command for each admin, all at the same moment.
  private static func together(
    _ bench: Workbench, _ team: String, _ command: (String) -> [String]
  ) async throws -> [Int32] {
    let running = try admins.map { try bench.start(command($0)) }
    var statuses: [Int32] = []
    for command in running { statuses.append(await command.outcome().status) }
    return statuses
  }
}
