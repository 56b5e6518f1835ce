import Foundation
import MockIdP
import TestSupport
import Testing

@Suite("Delivery by several processes, end to end", .serialized)
struct DeliveryLockTests {
  @Test("eight processes that deliver at once send each message once, by mail and webhook")
  func once() async throws {
    let hook = HookReceiver()
    try await hook.start()
    let mail = try await SMTPSink.start()
    let url = await hook.url
    let bench = try await Workbench(TestScenario.team()) { mock in
      Workbench.configuration(
        mock,
        extra: """
          alerts:
            hook: { kind: webhook, url: "\(url)", secret: env:HOOK_SECRET }
            admins: { kind: email, server: "smtp://127.0.0.1:1", security: none, from: idsync@acme.com,
                      to: [security@acme.com] }
          """)
    }
    let environment = ["HOOK_SECRET": AlertTests.secret]
    // Three messages a channel that nobody takes.
    await hook.fail(.max)
    for change in 0..<3 {
      await bench.mock.update {
        $0[policy: "Two factors"].rules = [.catchAll(change % 2 == 0 ? "1FA" : "2FA")]
      }
      let run = try await bench.run(["sync"], adding: environment)
      #expect(run.status == 0 || run.status == 30, "\(run.errors)")
    }
    #expect(await hook.deliveries.isEmpty)
    let list = try await bench.run(["alerts", "list", "--format", "json"], adding: environment)
    let waiting = try #require(list.json()["alerts"] as? [[String: Any]])
    func ids(_ channel: String) -> [String] {
      waiting.filter { $0["channel"] as? String == channel }.compactMap { $0["id"] as? String }
        .sorted()
    }
    #expect(ids("hook").count == 3 && ids("admins").count == 3, "\(waiting)")
    let text = try String(contentsOfFile: bench.path("idsync.yaml"), encoding: .utf8)
    try bench.write(
      text.replacing("127.0.0.1:1\"", with: "127.0.0.1:\(mail.port)\""), to: "idsync.yaml")
    await hook.fail(0)
    let commands = try (0..<8).map { number in
      try bench.start(number < 7 ? ["alerts", "deliver", "--now"] : ["sync"], adding: environment)
    }
    for command in commands {
      let outcome = await command.outcome()
      #expect(outcome.status == 0 || outcome.status == 30, "\(outcome.status) \(outcome.errors)")
    }
    // What a run may have told beside them is its own message, once too.
    let taken = await hook.deliveries.map(\.id)
    #expect(Set(taken).count == taken.count && Set(ids("hook")).isSubset(of: taken), "\(taken)")
    let mails = try mail.messages.compactMap { $0["Message-ID"] }
    #expect(mails.count == ids("admins").count && Set(mails).count == mails.count, "\(mails)")
    await hook.stop()
    await bench.close()
  }

  @Test("the lock of a killed process is free")
  func killed() async throws {
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
    let stuck = try bench.start(["sync"], adding: environment)
    await hook.arrival()
    stuck.kill()
    _ = await stuck.outcome()
    await hook.hold(false)
    let outcome = try await bench.run(["alerts", "deliver", "--now"], adding: environment)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(await hook.deliveries.map(\.id) == hook.unanswered)
    await hook.stop()
    await bench.close()
  }
}
