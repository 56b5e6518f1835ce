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
}
