import Foundation
import MockIdP
import TestSupport
import Testing

/// A channel that cannot be set up costs only itself.
@Suite("Channels without their secret", .serialized)
struct SilentChannelTests {
  @Test("a channel without its secret stops no run and no other channel, and ends with 78")
  func secret() async throws {
    let hook = HookReceiver()
    try await hook.start()
    let url = await hook.url
    let bench = try await Workbench(TestScenario.team()) { mock in
      Workbench.configuration(
        mock,
        extra: """
          alerts:
            hook: { kind: webhook, url: "\(url)", secret: env:HOOK_SECRET }
            silent: { kind: webhook, url: "\(url)", secret: env:SILENT_SECRET }
          """)
    }
    let environment = ["HOOK_SECRET": AlertTests.secret]
    let sync = try await bench.run(["sync", "--format", "json"], adding: environment)
    #expect(sync.status == 78, "\(sync.output)\(sync.errors)")
    let problem = "silent: The environment variable SILENT_SECRET is not set"
    #expect(sync.errors.contains("alerts.\(problem)"), "\(sync.errors)")
    #expect(sync.output.contains(problem), "in the run's own account")
    let count = await hook.deliveries.count
    #expect(count == 1, "the other channel is told")
    let members = try await bench.run("status", "--format", "json").members()
    #expect(members["bo@acme.com"]?["verdict"] as? String == "enforced", "the run is stored")
    let both = environment.merging(["SILENT_SECRET": AlertTests.secret]) { $1 }
    let mended = try await bench.run(["sync"], adding: both)
    #expect(mended.status == 0, "\(mended.output)\(mended.errors)")
    #expect(await hook.deliveries.count == count + 1, "what it missed waits for it")
    await hook.stop()
    await bench.close()
  }
}
