import Foundation
import MockIdP
import TestSupport
import Testing

@Suite("What a run says of itself, end to end", .serialized)
struct HonestRunTests {
  /// A team on Heroku, and one that is misspelt or has a file as its roster.
  private static func second(_ mock: MockIdP, _ text: String) -> String {
    Workbench.configuration(mock, extra: text)
  }

  @Test("a team that was never read is named, and is no pass")
  func unread() async throws {
    let bench = try await Workbench(TestScenario.team()) {
      Self.second($0, "  acme-widget: { roster: heroku }")
    }
    let sync = try await bench.run("sync", "--fail-on", "gaps")
    #expect(sync.status == 20, "\(sync.status) \(sync.output)")
    #expect(sync.output.contains("12 members can get in with one factor; acme-widget was not read"))
    let row = sync.output.split(separator: "\n").first { $0.hasPrefix("acme-widget ") }
    #expect(row?.contains("not read") == true && row?.contains("as before  as") == false)
    let status = try await bench.run("status")
    #expect(status.output.contains("Team acme-widget was never read to its end"))
    let json = try await bench.run("status", "--format", "json").json()
    let teams = try #require(json["teams"] as? [[String: Any]])
    #expect(
      teams.filter { $0["read"] as? Bool == false }.map { $0["team"] as? String } == [
        "acme-widget"
      ])
    let notices = try #require(json["notices"] as? [[String: Any]])
    #expect(notices.contains { ($0["message"] as? String)?.contains("acme-widget") == true })
    let quiet = try await bench.run("sync", "--quiet")
    #expect(quiet.status == 0 && quiet.errors.contains("team acme-widget was never read"))
    let alone = try await bench.run("sync", "--team", "acme-widget", "--fail-on", "gaps")
    #expect(alone.output.contains("Nothing is known of acme-widget, which was not read"))
    #expect(alone.status == 69 || alone.status == 20, "\(alone.status)")
    await bench.close()
  }

  @Test(
    "held rows say that they are held, by which plan, and how it is carried out; applied ones do not"
  )
  func held() async throws {
    let bench = try await Workbench(TestScenario.team()) {
      Workbench.configuration(
        $0, extra: "policy: { guard: { max_changed: 0%, at_least: 1 } }")
    }
    _ = try await bench.run("sync")
    await bench.mock.update { scenario in
      scenario[team: "acme-widgets"].members.removeAll { $0.email == "bo@acme.com" }
    }
    let sync = try await bench.run("sync", "--format", "json")
    #expect(sync.status == 30, "\(sync.output)")
    let plan = try #require(try sync.json()["held_plan"] as? String)
    let status = try await bench.run("status")
    #expect(status.output.contains("Held by the guard as it was read"), "\(status.output)")
    #expect(status.output.contains("idsync apply \(plan)"))
    #expect(!status.output.contains("a source failed since"))
    let member = try await bench.run("status", "--format", "json").members()["bo@acme.com"]
    #expect(member?["held"] as? Bool == true && member?["stale"] as? Bool == true)
    let explain = try await bench.run("explain", "bo@acme.com", "--team", "acme-widgets")
    #expect(explain.output.contains("idsync apply \(plan)"))
    #expect(!explain.output.contains("a source failed since"))
    let page = try await bench.run("report", "--format", "html", "--output", "-")
    #expect(page.output.contains("held, ") && page.output.contains("idsync apply \(plan)"))
    // A plan that a later run made obsolete is not shown any more, and is refused.
    await bench.mock.update { scenario in
      scenario[team: "acme-widgets"].members.append(HerokuMember("bo@acme.com"))
    }
    #expect(try await bench.run("sync").status == 0)
    #expect(try await bench.run("plan").output.contains("No run is held"))
    let dead = try await bench.run("apply", plan)
    #expect(dead.status == 65 && dead.errors.contains("idsync plan"), "\(dead.errors)")
    await bench.mock.update { scenario in
      scenario[team: "acme-widgets"].members.removeAll { $0.email == "cy@acme.com" }
    }
    let again = try #require(
      try await bench.run("sync", "--format", "json").json()["held_plan"] as? String)
    let applied = try await bench.run("apply", again)
    #expect(applied.status == 0)
    #expect(applied.output.contains("was carried out: 1 removed. No source was read."))
    #expect(!applied.output.contains("REQUESTS") && applied.output.contains("of 11 members"))
    let after = try await bench.run("status")
    #expect(!after.output.contains("failed since") && !after.output.contains("Held"))
    await bench.close()
  }

  @Test("what is carried out of a held improvement is not called stale")
  func appliedImprovement() async throws {
    let bench = try await Workbench(TestScenario.team()) {
      Workbench.configuration(
        $0, extra: "policy: { guard: { max_changed: 0%, at_least: 1 } }")
    }
    _ = try await bench.run("sync")
    await bench.mock.update { scenario in
      scenario[team: "acme-widgets"][member: "kim@acme.com"].twoFactor = true
    }
    let sync = try await bench.run("sync", "--format", "json")
    let plan = try #require(try sync.json()["held_plan"] as? String, "\(sync.output)")
    #expect(try await bench.run("apply", plan).status == 0)
    let members = try await bench.run("status", "--format", "json").members()
    #expect(members["kim@acme.com"]?["stale"] as? Bool == false)
    #expect(members["kim@acme.com"]?["held"] as? Bool == false)
    await bench.close()
  }

  @Test("running, interrupted and failed runs are told apart, and none of them is complete")
  func outcomes() async throws {
    let bench = try await Workbench(TestScenario.team())
    _ = try await bench.run("sync")
    await bench.mock.setFaults([Fault(.okta, "*", .slow, times: nil, seconds: 5)])
    let running = try bench.start(["sync"])
    func newest() async throws -> [String: Any] {
      let json = try await bench.run("runs", "--format", "json").json()
      return try #require((json["runs"] as? [[String: Any]])?.first)
    }
    var seen: [String: Any] = [:]
    for _ in 0..<200 {
      seen = try await newest()
      if seen["outcome"] as? String == "running" { break }
    }
    #expect(seen["outcome"] as? String == "running" && seen["complete"] as? Bool == false)
    let meanwhile = try await bench.run("status")
    #expect(!meanwhile.output.contains("The last run"), "\(meanwhile.output)")
    running.kill()
    _ = await running.outcome()
    let cut = try await newest()
    #expect(cut["outcome"] as? String == "interrupted" && cut["complete"] as? Bool == false)
    #expect(try await bench.run("status").output.contains("was cut before its end"))
    await bench.mock.setFaults([])
    #expect(try await bench.run("sync").status == 0)
    let table = try await bench.run("runs")
    let row = table.output.split(separator: "\n").first { $0.contains("interrupted") }
    #expect(row?.contains("complete") == false, "\(table.output)")
    await bench.close()
  }

  @Test("a source without its secret costs only itself, is told, and ends with 78")
  func secret() async throws {
    let hook = HookReceiver()
    try await hook.start()
    let url = await hook.url
    var scenario = TestScenario.team()
    var tools = HerokuTeam("acme-tools")
    tools.members = [HerokuMember("tom@acme.com", isFederated: false, twoFactor: true)]
    scenario.heroku.teams.append(tools)
    let bench = try await Workbench(scenario) { mock in
      Workbench.configuration(
        mock,
        extra: """
            acme-tools: { roster: heroku }
          alerts: { hook: { kind: webhook, url: "\(url)", secret: env:HOOK_SECRET } }
          """
      ).replacingOccurrences(of: "env:OKTA_TOKEN", with: "env:OKTA_SECRET")
    }
    let environment = ["HOOK_SECRET": AlertTests.secret]
    let good = environment.merging(["OKTA_SECRET": bench.mock.okta.token]) { $1 }
    #expect(try await bench.run(["sync"], adding: good).status == 0)
    await bench.mock.update { $0[team: "acme-tools"][member: "tom@acme.com"].twoFactor = false }
    let told = await hook.deliveries.count
    let sync = try await bench.run(["sync", "--fail-on", "incomplete"], adding: environment)
    #expect(sync.status == 78 && sync.errors.contains("sources.okta"), "\(sync.errors)")
    #expect(sync.output.contains("OKTA_SECRET is not set"), "\(sync.output)")
    let members = try await bench.run("status", "--format", "json").members()
    #expect(members["tom@acme.com"]?["verdict"] as? String == "not-enforced", "others go on")
    #expect(members["bo@acme.com"]?["verdict"] as? String == "enforced", "what was known stays")
    let bodies = await hook.deliveries.dropFirst(told).map {
      String(decoding: $0.body, as: UTF8.self)
    }
    #expect(bodies.contains { $0.contains("OKTA_SECRET is not set") }, "the channels are told")
    #expect(try await bench.run("runs").output.contains("OKTA_SECRET is not set"))
    let count = await hook.deliveries.count
    _ = try await bench.run(["sync"], adding: environment)
    #expect(await hook.deliveries.count == count, "once")
    await hook.stop()
    await bench.close()
  }

  @Test("a dry run names itself, has no id and a headline; what cannot be read answers no what-if")
  func dryRun() async throws {
    let bench = try await Workbench(TestScenario.team())
    let dry = try await bench.run("sync", "--dry-run", "--format", "json").json()
    #expect(dry["outcome"] as? String == "dry-run" && dry["dry_run"] as? Bool == true)
    #expect((dry["run"] as? [String: Any])?["id"] is NSNull)
    let text = try await bench.run("sync")
    let headline = try #require(dry["headline"] as? String)
    #expect(text.output.contains(headline), "\(headline) \(text.output)")
    await bench.mock.update {
      $0[team: "acme-widgets"].members.removeAll { $0.email == "gus@contractor.example" }
    }
    let after = try await bench.run("sync", "--dry-run", "--format", "json").json()
    #expect((after["headcount"] as? [String: Any])?["members"] as? Int == 11)
    #expect(try await bench.run("sync", "--dry-run").output.contains("of 11 members"))
    let dead = ["OKTA_TOKEN": "wrong", "HEROKU_TOKEN": "wrong"]
    let whatif = try await bench.run(
      ["whatif", "--source", "okta", "--disable", "x"], adding: dead)
    #expect(whatif.status == 69 && whatif.output.contains("Nothing can be said"))
    #expect(!whatif.output.contains("changed nothing") && !whatif.output.contains("No verdict"))
    await bench.close()
  }

  @Test("a run over one team takes no credit for the others")
  func scope() async throws {
    var scenario = TestScenario.team()
    var tools = HerokuTeam("acme-tools")
    tools.members = [HerokuMember("tom@acme.com", isFederated: false, twoFactor: true)]
    scenario.heroku.teams.append(tools)
    let bench = try await Workbench(scenario) {
      Workbench.configuration($0, extra: "  acme-tools: { roster: heroku }")
    }
    _ = try await bench.run("sync")
    #expect(try await bench.run("status").output.contains("every source read to its end"))
    _ = try await bench.run("sync", "--team", "acme-tools")
    let status = try await bench.run("status")
    #expect(status.output.contains("about acme-tools only; acme-widgets last read"))
    await bench.close()
  }

  @Test("a local team without people is empty, not unread")
  func emptyTeam() async throws {
    let bench = try await Workbench(TestScenario.team()) {
      Workbench.configuration($0, extra: "  tools: { roster: local }")
    }
    let sync = try await bench.run("sync", "--fail-on", "incomplete")
    #expect(sync.status == 0, "\(sync.output)")
    #expect(sync.output.contains("no members yet"), "\(sync.output)")
    #expect(!sync.output.contains("tools was not read"))
    await bench.close()
  }

  @Test("a team that had people is not emptied by a local list that names nobody")
  func lostTeam() async throws {
    let bench = try await Workbench(TestScenario.team()) { Workbench.configuration($0) }
    _ = try await bench.run("sync")
    let before = try await bench.run("status", "--format", "json").members()
    try bench.write(
      Workbench.configuration(bench.mock).replacingOccurrences(
        of: "roster: heroku", with: "roster: local"), to: "idsync.yaml")
    let sync = try await bench.run("sync", "--fail-on", "incomplete")
    #expect(sync.status == 20 && sync.output.contains("which had people"), "\(sync.output)")
    let after = try await bench.run("status", "--format", "json").members()
    #expect(after.keys.sorted() == before.keys.sorted())
    await bench.close()
  }

  @Test("doctor tells the names that mean nothing to their sources, with the nearest right one")
  func names() async throws {
    let bench = try await Workbench(TestScenario.team()) { mock in
      Workbench.configuration(
        mock,
        extra: """
              identities: [ { member: bo@acme.com, provider: okta, account: nope, reason: "two accounts" } ]
              exemptions:
                - { group: Contractrs, at_most: 2, reason: r, approved_by: a@acme.com, until: 2099-01-01 }
            acme-widget: { roster: heroku }
          reports: [ { format: html, output: nowhere/a.html } ]
          """)
    }
    let doctor = try await bench.run("doctor")
    #expect(doctor.status == 78, "\(doctor.output)")
    for words in [
      "FAIL  acme-widget: roster", "Did you mean \"acme-widgets\"?", "account nope of okta",
      "no folder", "Contractrs",
    ] { #expect(doctor.output.contains(words), "\(words): \(doctor.output)") }
    try bench.write(
      Workbench.configuration(bench.mock, extra: "", app: "0oanothere00000000001"),
      to: "idsync.yaml")
    let app = try await bench.run("doctor")
    #expect(app.status == 78 && app.output.contains("0oanothere00000000001"), "\(app.output)")
    await bench.close()
  }

  @Test("one wrong line of a file hides nothing that a provider proves of the others")
  func proven() async throws {
    let bench = try await Workbench(TestScenario.team()) { mock in
      """
      store: sqlite:idsync.db
      sources:
        people: { kind: csv, file: people.csv }
        okta: { kind: okta, url: "\(mock.okta.baseURL)", token: env:OKTA_TOKEN }
      teams:
        acme: { roster: people, sign_in: [ { provider: okta, app: \(TestScenario.app) } ] }
      """
    }
    try bench.write(
      "team,email,role\nacme,gus@contractor.example,member\nacme,ana@acme.com,admin\nacme,nobody,member\n",
      to: "people.csv")
    _ = try await bench.run("sync")
    for file in ["with a wrong line", "missing"] {
      let members = try await bench.run("status", "--format", "json").members()
      #expect(members["gus@contractor.example"]?["verdict"] as? String == "not-enforced", "\(file)")
      #expect(members["ana@acme.com"]?["verdict"] as? String == "cannot-tell", "\(file)")
      try? FileManager.default.removeItem(atPath: bench.path("people.csv"))
      _ = try await bench.run("sync")
    }
    await bench.close()
  }

  @Test("an operator's own mistakes are told with file, line and word")
  func words() async throws {
    let bench = try await Workbench(TestScenario.team()) { mock in
      """
      store: sqlite:idsync.db
      sources:
        people: { kind: csv, file: people.csv }
        okta: { kind: okta, url: "\(mock.okta.baseURL)", token: env:OKTA_TOKEN }
      teams:
        acme: { roster: people, sign_in: [ { provider: okta, app: \(TestScenario.app) } ] }
      """
    }
    try bench.write(
      "team,email,role,platform_mfa\nacme,ana@acme.com,admn,yes\nacme,bo@acme.com,member,maybe\nacme,nobody,member,yes\n",
      to: "people.csv")
    let sync = try await bench.run("sync")
    for words in [
      "Line 3 of people.csv", "platform_mfa is \"maybe\"", "Line 4 of people.csv",
      "email \"nobody\" is no e-mail address", "\"admn\"", "did you mean \"admin\"?",
    ] { #expect(sync.output.contains(words), "\(words): \(sync.output)") }
    try bench.write(
      Workbench.configuration(bench.mock).replacingOccurrences(
        of: "teams:",
        with: """
            hr:
              kind: json
              url: "\(bench.mock.okta.baseURL)"
              path: /people
              items: /people
              fields: { id: /id, email: /email, rol: /role }
          teams:
          """), to: "idsync.yaml")
    let key = try await bench.run("sync")
    #expect(key.status == 78 && key.errors.contains("did you mean \"role\"?"), "\(key.errors)")
    await bench.close()
  }
}
