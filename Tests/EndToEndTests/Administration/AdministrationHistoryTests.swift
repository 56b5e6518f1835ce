import Foundation
import MockIdP
import Testing

@Suite("What was tried and what would help, end to end", .serialized)
struct AdministrationHistoryTests {
  @Test("every attempt is in the history, allowed or refused: who, when, before, after, request id")
  func audit() async throws {
    try await AdministrationBench.run { bench in
      try await bench.expect("members set bo@acme.com --role admin --team acme-widgets", 0)
      try await bench.expect("members add bo@acme.com --role admin --team acme-widgets", 0)
      try await bench.expect("members set nobody@acme.com --role admin --team acme-widgets", 65)
      try await bench.expect("lock -a acme-api", 0)
      try await bench.expect("lock -a acme-api", 65)
      let attempts = try await bench.attempts()
      #expect(
        attempts.map { $0["outcome"] as? String } == [
          "done", "unchanged", "refused", "done", "refused",
        ])
      let first = try #require(attempts.first)
      #expect(first["actor"] as? String == "ops@acme.com")
      #expect(first["command"] as? String == "members set")
      #expect(first["before"] as? String == "member" && first["after"] as? String == "admin")
      let write = await bench.mock.requests().first { $0.method == "PATCH" }
      #expect(first["request_id"] as? String == write?.headers["request-id"])
      #expect((first["at"] as? String)?.hasSuffix("Z") == true)
      let table = try await bench.expect("history bo@acme.com", 0)
      #expect(table.output.contains("members set: done"), "\(table.output)")
      #expect(table.output.contains("by ops@acme.com: member → admin, request "))
      let apps = try await bench.expect("history --team acme-widgets", 0)
      #expect(apps.output.contains("⬢ acme-api") && apps.output.contains("apps lock: refused"))
      #expect(apps.output.contains("not locked → locked"))
    }
  }

  @Test("a command that was killed while the platform worked is in the history as not known")
  func killed() async throws {
    try await AdministrationBench.run { bench in
      await bench.mock.setFaults([
        Fault(.heroku, "PUT /teams/{team}/members", .slow, seconds: 30)
      ])
      let running = try bench.start([
        "members", "add", "joe@acme.com", "--role", "member", "--team", "acme-widgets",
      ])
      while try await bench.attemptCount() == 0 { await Task.yield() }
      running.kill()
      _ = await running.outcome()
      let attempt = try #require(try await bench.attempts().last)
      #expect(attempt["outcome"] as? String == "unknown" && attempt["before"] as? String == "none")
      await bench.mock.setFaults([])
      try await bench.expect("members add joe@acme.com --role member --team acme-widgets", 0)
    }
  }

  @Test("the status names the command that would mend each finding, and runs none of them")
  func mending() async throws {
    let bench = try await Workbench(TestScenario.team())
    _ = try await bench.run("sync")
    let status = try await bench.run("status")
    for command in [
      "If the person left: idsync members remove hal@acme.com --team acme-widgets",
      "→ idsync explain kim@acme.com --team acme-widgets",
      "→ idsync members set ADDRESS --role admin --team acme-widgets",
      "→ idsync explain gus@contractor.example --team acme-widgets",
    ] { #expect(status.output.contains(command), "\(command)\n\(status.output)") }
    // Who comes in beside single sign-on has not left.
    #expect(!status.output.contains("members remove kim@acme.com"))
    #expect(await bench.mock.requests().allSatisfy { $0.method == "GET" })
    let outcome = try await bench.run(
      "members", "remove", "hal@acme.com", "--team", "acme-widgets", "--yes")
    #expect(outcome.status == 0, "\(outcome.errors)")
    _ = try await bench.run("sync")
    let after = try await bench.run("status", "--finding", "deprovisioned-at-idp")
    #expect(!after.output.contains("hal@acme.com"))
    await bench.close()
  }

  @Test("shells are offered teams, apps and addresses out of the configuration and the store")
  func completion() async throws {
    try await AdministrationBench.run { bench in
      for shell in ["bash", "zsh", "fish"] {
        let script = try await bench.idsync("--generate-completion-script \(shell)")
        #expect(script.status == 0 && script.output.contains("with-access"), "\(shell)")
      }
      try await bench.expect("members add ana@acme.com --role admin --team tools", 0)
      try await bench.expect("apps create billing --team tools", 0)
      await bench.mock.resetRequests()
      let teams = try await bench.idsync("---completion members set -- --team 3 0")
      #expect(teams.output.contains("acme-widgets") && teams.output.contains("tools"), "\(teams)")
      let apps = try await bench.idsync("---completion apps lock -- --app 3 0")
      #expect(apps.output.contains("billing"), "\(apps)")
      #expect(await bench.mock.requests().isEmpty, "nothing is asked of the network")
    }
  }
}

extension Workbench {
  /// How many attempts the history holds; none while there is no store.
  func attemptCount() async throws -> Int {
    let history = try await run("history", "--format", "json")
    guard history.status == 0 else { return 0 }
    return (try history.json()["administration"] as? [[String: Any]])?.count ?? 0
  }
}
