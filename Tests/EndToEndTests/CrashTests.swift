import Foundation
import MockIdP
import Testing

@Suite("Killed at any instant, end to end", .serialized)
struct CrashTests {
  @Test("SIGKILL at many points: the next run repairs itself, nothing and no alert is lost")
  func killed() async throws {
    let hook = HookReceiver()
    try await hook.start()
    let url = await hook.url
    let bench = try await Workbench(TestScenario.team()) { mock in
      Workbench.configuration(
        mock,
        extra: """
          alerts:
            hook: { kind: webhook, url: "\(url)", secret: env:HOOK_SECRET }
          policy: { guard: { max_changed: 100% } }
          """)
    }
    let environment = ["HOOK_SECRET": AlertTests.secret]
    let clock = ContinuousClock()
    var length = Duration.zero
    func sync() async throws -> Workbench.Outcome {
      let start = clock.now
      let outcome = try await bench.run(["sync"], adding: environment)
      length = clock.now - start
      return outcome
    }
    _ = try await sync()
    var (kills, rounds) = (0, 0)
    var isOpen = true
    // From the start of the process to its end in even steps; the length is that of the last whole run, since
    // other tests make all of them longer or shorter.
    while kills < 30, rounds < 80 {
      // Every round flips one finding, so that every killed run had something to lose.
      isOpen.toggle()
      rounds += 1
      await bench.mock.update { [isOpen] scenario in
        scenario[policy: "Two factors"].rules =
          isOpen
          ? [
            Rule("Contractors") {
              $0.groups = ["Contractors"]
              $0.factors = "1FA"
            }, .catchAll("2FA"),
          ] : [.catchAll("2FA")]
      }
      let running = try bench.start(["sync"], adding: environment)
      try await Task.sleep(for: length * Double(kills + 1) / 30)
      running.kill()
      if await running.outcome().status < 0 { kills += 1 }
      let repaired = try await sync()
      try #require(repaired.status == 0, "round \(rounds): \(repaired.output)\(repaired.errors)")
      let member = try await bench.run("status", "--format", "json").members()[
        "gus@contractor.example"]
      #expect(member?["verdict"] as? String == (isOpen ? "not-enforced" : "enforced"))
    }
    print(
      "SIGKILL: \(kills) of \(rounds) runs killed before their end, all repaired by the next run")
    #expect(kills >= 20)
    // At least once, with the same id: distinct messages tell each flip exactly once, in turn.
    var seen: Set<String> = []
    var flips: [String] = []
    for delivery in await hook.deliveries where seen.insert(delivery.id).inserted {
      for (list, word) in [("opened", "open"), ("resolved", "resolve")]
      where delivery.findings(list).contains("gus@contractor.example mfa-not-enforced") {
        flips.append(word)
      }
    }
    #expect(flips == ["open"] + (0..<rounds).map { $0 % 2 == 0 ? "resolve" : "open" })
    await hook.stop()
    await bench.close()
  }

  @Test("killed between the commit and the answer: the alert comes again, with the same id")
  func killedWhileTelling() async throws {
    let hook = HookReceiver()
    try await hook.start()
    let url = await hook.url
    let bench = try await Workbench(TestScenario.team()) { mock in
      Workbench.configuration(
        mock, extra: "alerts: { hook: { kind: webhook, url: \"\(url)\", secret: env:HOOK_SECRET } }"
      )
    }
    let environment = ["HOOK_SECRET": AlertTests.secret]
    await hook.hold(true)
    let running = try bench.start(["sync"], adding: environment)
    await hook.arrival()
    running.kill()
    #expect(await running.outcome().status == -SIGKILL)
    await hook.hold(false)
    #expect(await hook.deliveries.isEmpty)
    #expect(try await bench.run("status", "--format", "json").members().count == 12, "committed")
    let repaired = try await bench.run(["sync"], adding: environment)
    #expect(repaired.status == 0, "\(repaired.output)\(repaired.errors)")
    #expect(await hook.deliveries.map(\.id) == hook.unanswered)
    // Also when the guard holds the run that comes after.
    await bench.mock.update { $0[policy: "Two factors"].rules = [.catchAll("2FA")] }
    await hook.hold(true)
    let second = try bench.start(["sync"], adding: environment)
    await hook.arrival(2)
    second.kill()
    _ = await second.outcome()
    await hook.hold(false)
    await bench.mock.update { scenario in
      scenario[team: "acme-widgets"].members.removeAll { $0.email != "ana@acme.com" }
    }
    #expect(try await bench.run(["sync"], adding: environment).status == 30)
    // That the guard holds it is told after what waited.
    let told = await hook.deliveries.map(\.id)
    let waited = await hook.unanswered
    #expect(Array(told.prefix(waited.count)) == waited && told.count == waited.count + 1)
    await hook.stop()
    await bench.close()
  }

  @Test("killed at every request: the next run reads anew and nothing is half written")
  func killedWhileReading() async throws {
    let bench = try await Workbench(TestScenario.team())
    _ = try await bench.run("sync")
    let requests = await bench.mock.requests().count
    var kills = 0
    for number in 1...requests {
      await bench.mock.resetRequests()
      // Every request waits, so the run is still under way when the one in question has come.
      await bench.mock.setFaults([
        Fault(.okta, "*", .slow, times: nil, seconds: 0.02),
        Fault(.heroku, "*", .slow, times: nil, seconds: 0.02),
      ])
      let running = try bench.start(["sync", "--full"])
      let deadline = ContinuousClock.now + .seconds(20)
      while await bench.mock.requests().count < number, ContinuousClock.now < deadline {
        try await Task.sleep(for: .milliseconds(2))
      }
      running.kill()
      if await running.outcome().status < 0 { kills += 1 }
      let status = try await bench.run("status", "--format", "json")
      #expect(try status.members().count == 12, "after request \(number)")
    }
    await bench.mock.setFaults([])
    #expect(try await bench.run("sync").status == 0)
    let runs = try await bench.run("runs", "--format", "json").json()["runs"] as? [[String: Any]]
    print("SIGKILL: \(kills) of \(requests) runs killed at their n-th request")
    #expect((runs?.count ?? 0) == 2 + requests, "a killed run leaves a row")
    #expect(runs?.filter { $0["outcome"] as? String == "interrupted" }.count == kills)
    #expect(kills >= requests / 2)
    await bench.close()
  }
}
