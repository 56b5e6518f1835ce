import Foundation
import MockIdP
import TestSupport
import Testing

@Suite("No secret in any output, end to end", .serialized)
struct SecrecyTests {
  private static let secrets = [
    "HEROKU_TOKEN": "HRKU-heroku_SECRET_0123456789", "OKTA_TOKEN": "00okta_SECRET-0123456789abc",
    "GITHUB_TOKEN": "ghp_github_SECRET_0123456789", "SCIM_TOKEN": "scim.SECRET.0123456789",
    "JUMP_TOKEN": "jump_SECRET_0123456789",
  ]

  private static func configuration(_ origin: String) -> String {
    """
    store: sqlite:idsync.db
    sources:
      heroku: { kind: heroku, url: "\(origin)", token: env:HEROKU_TOKEN }
      okta: { kind: okta, url: "\(origin)", token: env:OKTA_TOKEN }
      github: { kind: github, url: "\(origin)", token: env:GITHUB_TOKEN }
      scim: { kind: scim, url: "\(origin)", token: env:SCIM_TOKEN, team_is: everyone }
      jump: { kind: jumpcloud, url: "\(origin)", token: env:JUMP_TOKEN }
    teams:
      acme-widgets:
        roster: heroku
        sign_in: [ { provider: okta, app: 0oa1 }, { provider: jump, app: a1 } ]
      acme-code: { roster: github, sign_in: [ { provider: okta, app: 0oa1 } ] }
      acme-scim: { roster: scim, sign_in: [ { provider: okta, app: 0oa1 } ] }
    """
  }

  @Test(
    "a server that gives tokens back puts them into no output, no store and no report",
    arguments: [400, 401, 403, 404, 500])
  func echo(status: Int) async throws {
    let server = try await EchoServer.start(status: status)
    let bench = try await Workbench(TestScenario.team()) { _ in
      Self.configuration(server.origin)
    }
    var told: [String] = []
    for command in [
      ["sync", "--verbose", "--full"], ["sync", "--format", "json"], ["doctor"], ["status"],
      ["status", "--format", "json"], ["runs"], ["runs", "--format", "json"], ["history"],
      ["report", "--format", "html"], ["doctor", "--sample", "okta"],
    ] {
      let outcome = try await bench.run(command, adding: Self.secrets)
      told.append(outcome.output + outcome.errors)
    }
    #expect(told[0].contains("GET"), "\(told[0])")
    for name in try FileManager.default.contentsOfDirectory(atPath: bench.directory.path)
    where name.hasPrefix("idsync.db") {
      let data = try Data(contentsOf: bench.directory.appending(path: name))
      told.append(String(decoding: data, as: UTF8.self))
    }
    for secret in Self.secrets.values {
      let coded = Data(secret.utf8).base64EncodedString().prefix(16)
      for text in told {
        #expect(
          !text.contains(secret) && !text.contains(coded), "\(secret) in \(text.prefix(3000))")
      }
    }
    await bench.close()
  }

  @Test("the keys of TLS sessions are written nowhere, whatever the environment says")
  func keyLog() async throws {
    let server = try await SecureServer.start()
    let bench = try await Workbench(TestScenario.team()) { _ in
      """
      store: sqlite:idsync.db
      transport: { ca_file: "\(server.caFile)" }
      sources:
        heroku: { kind: heroku, url: "https://localhost:\(server.port)", token: env:HEROKU_TOKEN }
      teams: { acme-widgets: { roster: heroku } }
      """
    }
    _ = try await bench.run(["sync"], adding: ["SSLKEYLOGFILE": bench.path("keys")])
    #expect(try !server.entries.isEmpty)
    let keys = try? String(contentsOfFile: bench.path("keys"), encoding: .utf8)
    #expect(keys == nil, "\(keys ?? "")")
    await bench.close()
  }

  @Test("a command for a secret has ten seconds, 64 KiB and no heirs", .timeLimit(.minutes(3)))
  func commands() async throws {
    let bench = try await Workbench(TestScenario.team())
    let token = bench.mock.okta.token
    func run(_ command: String) async throws -> (Workbench.Outcome, Duration) {
      let text = Workbench.configuration(bench.mock)
        .replacingOccurrences(of: "env:OKTA_TOKEN", with: "\"command:\(command)\"")
      try bench.write(text, to: "idsync.yaml")
      let start = ContinuousClock.now
      let outcome = try await bench.run("sync")
      return (outcome, ContinuousClock.now - start)
    }
    // A child that keeps the pipe is not waited for, and does not outlive the command.
    let mark = "307.\(UInt32.random(in: 1...999_999))"
    let (heir, _) = try await run("sleep \(mark) & echo \(token)")
    #expect(heir.status == 0, "\(heir.errors)")
    let left = try await bench.shell("ps -eo args | grep -c '[s]leep \(mark)'")
    #expect(left.output.trimmingCharacters(in: .whitespacesAndNewlines) == "0", "\(left.output)")
    let (endless, _) = try await run("yes SECRETSECRET")
    #expect(endless.status == 78 && endless.errors.contains("64 KiB"), "\(endless.errors)")
    #expect(!endless.errors.contains("SECRETSECRET"))
    let (failing, _) = try await run(
      "echo no key for it >&2; echo \(token); echo \(token) >&2; exit 3")
    #expect(failing.status == 78, "\(failing.errors)")
    #expect(failing.errors.contains("status 3") && failing.errors.contains("no key for it"))
    #expect(!(failing.errors + failing.output).contains(token), "\(failing.errors)")
    let (slow, time) = try await run("trap '' TERM; sleep 300; sleep 300")
    #expect(slow.status == 78 && slow.errors.contains("10 s"), "\(slow.errors)")
    #expect(time < .seconds(60), "\(time)")
    await bench.close()
  }
}
