import Foundation
import MockIdP
import TestSupport
import Testing

@Suite("Quiet failure is failure, end to end", .serialized)
struct QuietFailureTests {
  @Test("--fail-on takes several words, with commas or again, and refuses others")
  func words() async throws {
    let bench = try await Workbench(TestScenario.team())
    #expect(try await bench.run("sync", "--fail-on", "incomplete,alerts").status == 0)
    for arguments in [
      ["--fail-on", "incomplete,gaps"], ["--fail-on", "gaps, alerts"],
      ["--fail-on", "incomplete", "--fail-on", "gaps"],
    ] { #expect(try await bench.run(["sync"] + arguments).status == 10, "\(arguments)") }
    for word in ["gap", "gaps,", "", ",", "gaps;alerts"] {
      let wrong = try await bench.run("sync", "--fail-on", word)
      #expect(wrong.status == 64, "\(word): \(wrong.status)")
    }
    await bench.close()
  }

  @Test("a channel that could not be told ends with 40 when asked, until it has been told")
  func alerts() async throws {
    let hook = HookReceiver()
    try await hook.start()
    let url = await hook.url
    let bench = try await Workbench(TestScenario.team()) { mock in
      Workbench.configuration(
        mock,
        extra: "alerts: { hook: { kind: webhook, url: \"\(url)\", secret: env:HOOK_SECRET } }")
    }
    let environment = ["HOOK_SECRET": AlertTests.secret]
    await hook.fail(50)
    let failed = try await bench.run(["sync", "--fail-on", "alerts,gaps"], adding: environment)
    #expect(failed.status == 40, "\(failed.output)")
    let status = try await bench.run(["status"], adding: environment)
    #expect(status.output.contains("to channel hook could not be delivered"), "\(status.output)")
    // The next try is due later, so this run tells nobody and nothing goes wrong in it.
    let waiting = try await bench.run(["sync", "--fail-on", "alerts"], adding: environment)
    #expect(waiting.status == 40, "\(waiting.output)")
    #expect(try await bench.run(["sync"], adding: environment).status == 0)
    await hook.fail(0)
    _ = try await bench.run(["alerts", "deliver", "--now"], adding: environment)
    let told = try await bench.run(["sync", "--fail-on", "alerts"], adding: environment)
    #expect(told.status == 0, "\(told.output)")
    await hook.stop()
    await bench.close()
  }

  @Test("the crontab line and the unit fail where a source was not read")
  func shipped() async throws {
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    for name in ["config/idsync.crontab", "config/idsync.service"] {
      let text = try String(contentsOf: root.appending(path: name), encoding: .utf8)
      let line = text.split(separator: "\n").first {
        !$0.hasPrefix("#") && $0.contains("idsync sync")
      }
      #expect(line?.contains("--fail-on incomplete") == true, "\(name)")
    }
  }

  @Test(
    "an open private key and a folder that is not there are matters of configuration, with a remedy"
  )
  func places() async throws {
    let bench = try await Workbench(TestScenario.team()) {
      Workbench.configuration($0, extra: "reports: [ { format: html, output: nowhere/a.html } ]")
    }
    let report = try await bench.run("report", "--format", "csv", "--output", "nowhere/a.csv")
    #expect(report.status == 65, "before the first run: \(report.errors)")
    let sync = try await bench.run("sync")
    #expect(sync.status == 78 && sync.output.contains("no folder"), "\(sync.status) \(sync.output)")
    let named = try await bench.run("report", "--format", "csv", "--output", "nowhere/a.csv")
    #expect(
      named.status == 65 && named.errors.contains("no folder") && named.errors.contains("mkdir"),
      "\(named.errors)")
    try bench.write("cert", to: "cert.pem")
    try bench.write("key", to: "key.pem", mode: 0o644)
    let good = Workbench.configuration(bench.mock)
    try bench.write(
      good.replacingOccurrences(
        of: "sources:",
        with: """
          sources:
            own:
              kind: json
              url: "\(bench.mock.okta.baseURL)"
              auth: { kind: mtls, certificate: cert.pem, private_key: key.pem }
              path: /people
              items: /people
              fields: { id: /id, email: /email }
          """
      ).replacingOccurrences(of: "roster: heroku", with: "roster: own"), to: "idsync.yaml")
    let open = try await bench.run("sync")
    #expect(open.status == 78, "\(open.status) \(open.errors)")
    #expect(
      open.errors.contains("chmod 600") && open.errors.contains("sources.own"), "\(open.errors)")
    await bench.close()
  }

  @Test(
    "history says what changed: no nothing → nothing, and every row is about somebody or something")
  func history() async throws {
    let bench = try await Workbench(TestScenario.team())
    _ = try await bench.run("sync")
    await bench.mock.update { scenario in
      // A rule for a group in which nobody is: the proof of everybody names it, and no verdict changes.
      scenario.okta.groups.append(Group("Guests"))
      scenario[policy: "Two factors"].rules.insert(
        Rule("Guests") {
          $0.groups = ["Guests"]
          $0.factors = "1FA"
        }, at: 1)
    }
    _ = try await bench.run("sync")
    let table = try await bench.run("history")
    #expect(
      table.output.contains("changed") && table.output.contains("evidence: now group Guests: no"),
      "\(table.output)")
    #expect(!table.output.contains("nothing → nothing"), "\(table.output)")
    let json = try await bench.run("history", "--format", "json").json()
    for entry in try #require(json["entries"] as? [[String: Any]]) {
      #expect((entry["email"] as? String)?.isEmpty == false)
    }
    await bench.close()
  }

  @Test("the command for an address that begins with a dash removes that person")
  func dash() async throws {
    var scenario = TestScenario.team()
    scenario.people.append(Person("-h@acme.com", status: "DEPROVISIONED"))
    scenario[app: TestScenario.app].users.append("-h@acme.com")
    scenario[team: "acme-widgets"].members.append(HerokuMember("-h@acme.com"))
    let bench = try await Workbench(scenario)
    _ = try await bench.run("sync")
    let status = try await bench.run("status")
    let command = try #require(
      status.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        .first {
          $0.hasPrefix("If the person left: idsync members remove") && $0.contains("-h@acme.com")
        })
    let words = command.dropFirst("If the person left: ".count).replacingOccurrences(
      of: "members remove", with: "members remove --yes")
    let removed = try await bench.shell(words)
    #expect(removed.status == 0, "\(words): \(removed.errors)")
    _ = try await bench.run("sync")
    #expect(try await bench.run("status", "--format", "json").members()["-h@acme.com"] == nil)
    await bench.close()
  }

  @Test("members list says of the invited that SSO and MFA are unknown")
  func invited() async throws {
    let bench = try await Workbench(TestScenario.team())
    let list = try await bench.run("members", "list", "--team", "acme-widgets", "--pending")
    let row = list.output.split(separator: "\n").first { $0.contains("new@acme.com") }
    #expect(
      row?.contains("unknown") == true && row?.contains("disabled") == false, "\(list.output)")
    let json = try await bench.run("members", "list", "--team", "acme-widgets", "--json")
    let rows = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
    let new = try #require(rows.first { $0["email"] as? String == "new@acme.com" })
    #expect(new["sso"] as? String == "unknown" && new["platform_mfa"] as? String == "unknown")
    #expect(new["federated"] is NSNull && new["two_factor_authentication"] is NSNull)
    await bench.close()
  }
}
