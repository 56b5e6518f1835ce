import Foundation
import MockIdP
import TestSupport
import Testing

@Suite("Alerts, end to end", .serialized)
struct AlertTests {
  static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

  private func bench(_ hook: HookReceiver, _ mail: Int? = nil) async throws -> Workbench {
    let url = await hook.url
    let email = mail.map {
      """
        admins: { kind: email, server: "smtp://127.0.0.1:\($0)", security: none, from: idsync@acme.com,
                  to: [team-admins, security@acme.com], severity: medium }
      """
    }
    return try await Workbench(TestScenario.team()) { mock in
      Workbench.configuration(
        mock,
        extra: """
          alerts:
            hook: { kind: webhook, url: "\(url)", secret: env:HOOK_SECRET }
          \(email ?? "")
          """)
    }
  }

  @Test("findings that open and resolve are told once each, by mail and signed webhook")
  func onceEach() async throws {
    let hook = HookReceiver()
    try await hook.start()
    let mail = try await SMTPSink.start()
    let bench = try await bench(hook, mail.port)
    let environment = ["HOOK_SECRET": Self.secret]
    let first = try await bench.run(["sync"], adding: environment)
    #expect(first.status == 0, "\(first.output)\(first.errors)")
    let opened = await hook.deliveries.flatMap { $0.findings("opened") }
    #expect(opened.contains("gus@contractor.example mfa-not-enforced"), "\(opened)")
    #expect(Set(opened).count == opened.count)
    let mails = try mail.messages
    #expect(mails.count == 1)
    #expect(mails.first?.to?.sorted() == ["ana@acme.com", "security@acme.com"])
    _ = try await bench.run(["sync"], adding: environment)
    #expect(await hook.deliveries.count == 1, "nothing new is nothing told")
    await bench.mock.update { $0[policy: "Two factors"].rules = [.catchAll("2FA")] }
    _ = try await bench.run(["sync"], adding: environment)
    #expect(
      await hook.deliveries.last?.findings("resolved") == [
        "gus@contractor.example mfa-not-enforced"
      ])
    #expect(try mail.messages.count == 2)
    let delivery = try #require(await hook.deliveries.first)
    #expect(delivery.signature.hasPrefix("v1,") && !delivery.id.isEmpty)
    await hook.stop()
    await bench.close()
  }

  @Test("a receiver that is down loses nothing: the message waits and keeps its id")
  func receiverDown() async throws {
    let hook = HookReceiver()
    try await hook.start()
    let bench = try await bench(hook)
    let environment = ["HOOK_SECRET": Self.secret]
    await hook.fail(50)
    let run = try await bench.run(["sync"], adding: environment)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("503"), "\(run.output)")
    #expect(await hook.deliveries.isEmpty)
    let waiting = try await bench.run(["alerts", "list", "--format", "json"], adding: environment)
    let ids = try #require(waiting.json()["alerts"] as? [[String: Any]]).compactMap {
      $0["id"] as? String
    }
    #expect(ids.count == 1)
    await hook.fail(0)
    let delivered = try await bench.run(["alerts", "deliver", "--now"], adding: environment)
    #expect(delivered.status == 0, "\(delivered.errors)")
    #expect(await hook.deliveries.map(\.id) == ids)
    await hook.stop()
    await bench.close()
  }

  @Test("alerts test sends a message over one channel; a wrong secret never shows")
  func testMessage() async throws {
    let hook = HookReceiver()
    try await hook.start()
    let bench = try await bench(hook)
    let good = try await bench.run(
      ["alerts", "test", "hook"], adding: ["HOOK_SECRET": Self.secret])
    #expect(good.status == 0, "\(good.errors)")
    #expect(await hook.deliveries.count == 1)
    let bad = try await bench.run(
      ["alerts", "test", "hook"], adding: ["HOOK_SECRET": "plainsecret"])
    #expect(bad.status != 0)
    #expect(!(bad.output + bad.errors).contains("plainsecret"))
    await hook.stop()
    await bench.close()
  }
}
