import Foundation
import MockIdP
import Testing

@Suite("Bad input, end to end", .serialized)
struct BadInputTests {
  @Test("a wrong configuration ends with 78 and contacts nobody")
  func configuration() async throws {
    let bench = try await Workbench(TestScenario.team())
    let good = Workbench.configuration(bench.mock)
    let cases: [(String, String, [String])] = [
      (
        "unknown key", good.replacingOccurrences(of: "roster:", with: "rostr:"),
        [":7:", "rostr", "roster"]
      ),
      (
        "wrong type", good.replacingOccurrences(of: "roster: heroku", with: "roster: [heroku]"),
        [":7:", "roster"]
      ),
      (
        "literal secret", good.replacingOccurrences(of: "env:OKTA_TOKEN", with: "00abcSECRET"),
        [":4:", "token", "env:NAME"]
      ),
      (
        "unknown source", good.replacingOccurrences(of: "roster: heroku", with: "roster: herku"),
        [":7:", "heroku"]
      ),
    ]
    for (name, text, words) in cases {
      try bench.write(text, to: "idsync.yaml")
      let outcome = try await bench.run("sync")
      #expect(outcome.status == 78, "\(name): \(outcome.errors)")
      for word in words { #expect(outcome.errors.contains(word), "\(name): \(outcome.errors)") }
      #expect(!outcome.errors.contains("SECRET"))
    }
    let missing = try await bench.run("sync", "--config", "nowhere.yaml")
    #expect(missing.status == 78 && missing.errors.contains("nowhere.yaml"))
    #expect(await bench.mock.requests().isEmpty)
    try bench.write("secret-token", to: "token", mode: 0o644)
    try bench.write(
      good.replacingOccurrences(of: "env:OKTA_TOKEN", with: "file:token"), to: "idsync.yaml")
    let readable = try await bench.run("sync")
    #expect(readable.status == 78, "\(readable.errors)")
    #expect(readable.errors.contains("chmod 600") && !readable.errors.contains("secret-token"))
    for command in ["sync", "status", "doctor", "plan", "history"] {
      let outcome = try await bench.run(command, "--config", "/")
      #expect(outcome.status == 78, "\(command): \(outcome.errors)")
      #expect(outcome.errors.contains("cannot be read"), "\(outcome.errors)")
    }
    #expect(await bench.mock.requests(.okta).isEmpty, "a source without its secret is not asked")
    await bench.close()
  }

  @Test("a token that is too narrow names the call and the right to grant; the other team goes on")
  func narrow() async throws {
    var scenario = TestScenario.team()
    var tools = HerokuTeam("acme-tools")
    tools.members = [HerokuMember("tom@acme.com", isFederated: false, twoFactor: true)]
    scenario.heroku.teams.append(tools)
    let narrow = OAuthClient.readScopes.filter { $0 != "okta.policies.read" }
    scenario.okta.tokens.append(OktaToken("00narrowSecretValue", scopes: narrow))
    var blind = HerokuToken("HRKU-blindSecretValue", scopes: ["identity"])
    blind.role = nil
    scenario.heroku.tokens.append(blind)
    let bench = try await Workbench(scenario) { mock in
      Workbench.configuration(mock, extra: "  acme-tools: { roster: heroku }")
    }
    _ = try await bench.run("sync")
    let before = try await bench.run("status", "--format", "json").members()
    await bench.mock.update {
      $0[team: "acme-tools"][member: "tom@acme.com"].twoFactor = false
      $0[policy: "Two factors"].rules = [.catchAll("2FA")]
    }
    let okta = try await bench.run(
      ["sync", "--fail-on", "incomplete"], adding: ["OKTA_TOKEN": "00narrowSecretValue"])
    #expect(okta.status == 20, "\(okta.output)\(okta.errors)")
    for word in ["okta    incomplete", "/api/v1/policies", "403", "okta.policies.read"] {
      #expect(okta.output.contains(word), "\(word): \(okta.output)")
    }
    #expect(!(okta.output + okta.errors).contains("SecretValue"))
    let after = try await bench.run("status", "--format", "json").members()
    #expect(
      after["tom@acme.com"]?["verdict"] as? String == "not-enforced", "the other team went on")
    for (email, member) in after where email != "tom@acme.com" {
      #expect(member["verdict"] as? String == before[email]?["verdict"] as? String, "\(email)")
    }
    let heroku = try await bench.run(
      ["sync", "--fail-on", "incomplete"], adding: ["HEROKU_TOKEN": "HRKU-blindSecretValue"])
    #expect(heroku.status == 20, "\(heroku.output)")
    for word in ["heroku  incomplete", "403", "scope"] {
      #expect(heroku.output.contains(word), "\(word): \(heroku.output)")
    }
    #expect(try await bench.run("status", "--format", "json").members().count == 13)
    await bench.close()
  }

  @Test("a wrong token names source, call and remedy; prior verdicts stay; 20 and 69 as asked")
  func tokens() async throws {
    let bench = try await Workbench(TestScenario.team())
    _ = try await bench.run("sync")
    let before = try await bench.run("status", "--format", "json").members()
    let wrongOkta = try await bench.run(
      ["sync", "--fail-on", "incomplete"], adding: ["OKTA_TOKEN": "00wrongSecretValue"])
    #expect(wrongOkta.status == 20, "\(wrongOkta.output)\(wrongOkta.errors)")
    #expect(wrongOkta.output.contains("401"))
    #expect(!(wrongOkta.output + wrongOkta.errors).contains("wrongSecretValue"))
    let after = try await bench.run("status", "--format", "json").members()
    for (email, member) in after {
      #expect(member["verdict"] as? String == before[email]?["verdict"] as? String, "\(email)")
    }
    #expect(after["bo@acme.com"]?["stale"] as? Bool == true)
    let nothing = try await bench.run(
      ["sync"], adding: ["OKTA_TOKEN": "wrong", "HEROKU_TOKEN": "wrong"])
    #expect(nothing.status == 69, "\(nothing.output)")
    await bench.close()
  }

  struct Damage: Sendable, CustomTestStringConvertible {
    var name: String
    var fault: Fault
    /// Whether all lists of accounts and assignments are read to their end all the same.
    var leavesAccounts = false
    var testDescription: String { name }
  }

  static let damages: [Damage] = [
    .init(
      name: "truncated Okta users", fault: Fault(.okta, "GET /api/v1/users", .truncated, times: nil)
    ),
    .init(
      name: "malformed Okta users", fault: Fault(.okta, "GET /api/v1/users", .malformed, times: nil)
    ),
    .init(
      name: "HTML instead of users", fault: Fault(.okta, "GET /api/v1/users", .html, times: nil)),
    .init(
      name: "a cursor that repeats",
      fault: Fault(.okta, "GET /api/v1/users", .repeatedCursor, times: nil)),
    .init(
      name: "a foreign next link",
      fault: Fault(
        .okta, "GET /api/v1/users", .foreignNext, times: nil,
        text: "http://127.0.0.1:9/api/v1/users")),
    .init(
      name: "a page over the cap",
      fault: Fault(.okta, "GET /api/v1/users", .oversize, times: nil, bytes: 40 << 20)),
    .init(
      name: "a wrong type",
      fault: Fault(.okta, "GET /api/v1/users", .wrongType, times: nil, text: "status")),
    .init(
      name: "403 on app users",
      fault: Fault(.okta, "GET /api/v1/apps/{app}/users", .forbidden, times: nil)),
    .init(
      name: "403 on policies", fault: Fault(.okta, "GET /api/v1/policies*", .forbidden, times: nil),
      leavesAccounts: true),
    .init(
      name: "404 on the app",
      fault: Fault(.okta, "GET /api/v1/apps/{app}", .status, times: nil, status: 404),
      leavesAccounts: true),
    .init(
      name: "truncated members",
      fault: Fault(.heroku, "GET /teams/{team}/members", .truncated, times: nil)),
    .init(
      name: "malformed members",
      fault: Fault(.heroku, "GET /teams/{team}/members", .malformed, times: nil)),
    .init(
      name: "HTML instead of members",
      fault: Fault(.heroku, "GET /teams/{team}/members", .html, times: nil)),
    .init(
      name: "206 without a next range",
      fault: Fault(.heroku, "GET /teams/{team}/members", .missingNext, times: nil)),
    .init(
      name: "403 on members",
      fault: Fault(.heroku, "GET /teams/{team}/members", .forbidden, times: nil)),
  ]

  @Test(
    "a damaged source is incomplete, nobody disappears and no verdict improves", arguments: damages)
  func damage(damage: Damage) async throws {
    let bench = try await Workbench(TestScenario.team())
    _ = try await bench.run("sync")
    let before = try await bench.run("status", "--format", "json").members()
    // Meanwhile everything got better, and one member left; a damaged reading must not show it.
    await bench.mock.update { scenario in
      scenario[policy: "Two factors"].rules = [.catchAll("2FA")]
      scenario[team: "acme-widgets"].members.removeAll { $0.email == "fay@acme.com" }
    }
    await bench.mock.setFaults([damage.fault])
    let sync = try await bench.run("sync", "--full", "--fail-on", "incomplete")
    #expect(sync.status == 20, "\(sync.output)\(sync.errors)")
    let call = damage.fault.endpoint.split(separator: " ").last.map {
      $0.replacingOccurrences(of: "*", with: "")
        .replacingOccurrences(of: "{app}", with: TestScenario.app)
        .replacingOccurrences(of: "{team}", with: "acme-widgets")
    }
    #expect(sync.output.contains(call ?? "?"), "the call is named: \(sync.output)")
    #expect(sync.output.contains("→"), "and what to do: \(sync.output)")
    let shown = try await bench.run("status").output + bench.run("runs").output + sync.output
    #expect(!shown.contains("{"), "people read names, not templates: \(shown)")
    let after = try await bench.run("status", "--format", "json").members()
    let order = [
      "not-enforced", "cannot-tell", "enforced-conditionally", "enforced", "not-evaluated",
    ]
    for (email, member) in before where email != "fay@acme.com" || damage.fault.vendor == .heroku {
      let now = try #require(after[email], "\(email) disappeared")
      let old = order.firstIndex(of: member["verdict"] as? String ?? "") ?? 0
      let new = order.firstIndex(of: now["verdict"] as? String ?? "") ?? .max
      #expect(new <= old, "\(email) improved from \(order[old])")
    }
    await bench.mock.setFaults([])
    let healed = try await bench.run("sync", "--fail-on", "incomplete")
    #expect(healed.status == 0, "\(healed.output)\(healed.errors)")
    let members = try await bench.run("status", "--format", "json").members()
    #expect(members["gus@contractor.example"]?["verdict"] as? String == "enforced")
    #expect(members["fay@acme.com"] == nil)
    await bench.close()
  }

  @Test("the same damage on a first run gives nobody a pass", arguments: damages)
  func firstRun(damage: Damage) async throws {
    let bench = try await Workbench(TestScenario.team())
    await bench.mock.setFaults([damage.fault])
    _ = try await bench.run("sync")
    for (email, member) in try await bench.run("status", "--format", "json").members() {
      let verdict = member["verdict"] as? String ?? ""
      let isInvited = email == "new@acme.com"
      // Who left and who does not have the application is told by lists that were read to their end.
      let isOutside = damage.leavesAccounts && ["hal@acme.com", "ida@acme.com"].contains(email)
      // The list of accounts was read: who is deactivated there is, whoever may use the application.
      let isGone = damage.name == "403 on app users" && email == "hal@acme.com"
      #expect(
        ["cannot-tell", "not-enforced"].contains(verdict)
          || isInvited || isGone && verdict == "not-evaluated"
          || isOutside && verdict == "not-evaluated", "\(email): \(verdict)")
    }
    await bench.close()
  }

  @Test("a condition we do not know is cannot-tell and named")
  func unknownCondition() async throws {
    var scenario = TestScenario.team()
    scenario[policy: "Two factors"].rules[0].groups = []
    scenario[policy: "Two factors"].rules[0].conditions = ["moonPhase": ["include": ["FULL"]]]
    let bench = try await Workbench(scenario)
    _ = try await bench.run("sync")
    let member = try await bench.run("status", "--format", "json").members()["bo@acme.com"]
    #expect(member?["verdict"] as? String == "cannot-tell")
    #expect(
      (member?["reason"] as? String)?.contains("moonPhase") == true, "\(member?["reason"] ?? "")")
    await bench.close()
  }

  @Test("two accounts for one member are ambiguous, never a guess")
  func ambiguous() async throws {
    var scenario = TestScenario.team()
    scenario.people.append(Person("BO@acme.com", login: "bo.second@acme.com"))
    scenario[app: TestScenario.app].users.append("bo.second@acme.com")
    let bench = try await Workbench(scenario)
    _ = try await bench.run("sync")
    let member = try await bench.run("status", "--format", "json").members()["bo@acme.com"]
    #expect(member?["verdict"] as? String == "cannot-tell")
    #expect(member?["findings"] as? [String] == ["ambiguous-identity"])
    await bench.close()
  }

  @Test("hostile names are inert in every format")
  func hostileNames() async throws {
    var scenario = TestScenario.team()
    let name =
      "<script>alert(1)</script>\u{1B}[31m=cmd|'/c calc'!A1\u{202E}\u{9B}2J"
      + String(repeating: "x", count: 10_000)
    scenario[team: "acme-widgets"][member: "bo@acme.com"].name = name
    scenario[team: "acme-widgets"][member: "bo@acme.com"].role = "=HYPERLINK(\"x\")"
    let bench = try await Workbench(scenario)
    let sync = try await bench.run("sync")
    #expect(sync.status == 0, "\(sync.errors)")
    func expectInert(_ text: String, _ place: String) {
      let active = text.unicodeScalars.filter { scalar in
        (scalar.value < 0x20 && scalar != "\n" && scalar != "\r")
          || (0x7F...0x9F).contains(scalar.value) || (0x202A...0x202E).contains(scalar.value)
      }
      #expect(active.isEmpty, "\(place): \(active)")
    }
    for format in ["table", "json", "csv", "markdown"] {
      let text = try await bench.run("status", "--format", format).output
      #expect(text.contains("bo@acme.com"))
      expectInert(text, format)
      if format == "csv" {
        #expect(!text.contains(",=") && !text.contains(",\"=") && !text.contains(";="))
      }
    }
    for format in ["html", "csv", "json", "markdown", "table"] {
      _ = try await bench.run("report", "--format", format, "--output", "out")
      let page = try String(contentsOfFile: bench.path("out"), encoding: .utf8)
      #expect(page.contains("bo@acme.com"))
      expectInert(page, "report \(format)")
      if format == "html" { #expect(!page.contains("<script>alert")) }
    }
    for command in [
      ["explain", "bo@acme.com"], ["history"], ["history", "--format", "json"], ["runs"],
      ["explain", "bo@acme.com", "--format", "json"],
    ] {
      let outcome = try await bench.run(command)
      #expect(outcome.status == 0, "\(command): \(outcome.errors)")
      expectInert(outcome.output + outcome.errors, "\(command)")
    }
    // And where it is a change, on the way to a plan.
    await bench.mock.update { scenario in
      scenario[team: "acme-widgets"][member: "bo@acme.com"].role = "\u{1B}[2J@SUM(1)\u{202E}"
    }
    let dry = try await bench.run("sync", "--dry-run")
    #expect(dry.output.contains("bo@acme.com"))
    expectInert(dry.output, "dry run")
    await bench.close()
  }

  @Test(
    "more change than the guard allows is held with 30; the plan shows it; apply carries out exactly that"
  )
  func guardHolds() async throws {
    let bench = try await Workbench(TestScenario.team())
    _ = try await bench.run("sync")
    await bench.mock.update { scenario in
      scenario[team: "acme-widgets"].members.removeAll { $0.email != "ana@acme.com" }
    }
    let held = try await bench.run("sync")
    #expect(held.status == 30, "\(held.output)\(held.errors)")
    #expect(try await bench.run("status", "--format", "json").members().count == 12)
    let plan = try await bench.run("plan", "--format", "json")
    let id = try #require(plan.json()["plan"] as? String)
    #expect((try plan.json()["changes"] as? [Any])?.count == 10)
    let shown = try await bench.run("plan")
    #expect(shown.output.contains("- acme-widgets  kim@acme.com"), "\(shown.output)")
    let applied = try await bench.run("apply", id)
    #expect(applied.status == 0, "\(applied.errors)")
    #expect(try await bench.run("status", "--format", "json").members().count == 2)
    let again = try await bench.run("apply", id)
    #expect(again.status == 65)
    await bench.close()
  }

  @Test("a plan is refused when the state moved since it was made")
  func planRefused() async throws {
    let bench = try await Workbench(TestScenario.team())
    _ = try await bench.run("sync")
    let all = await bench.mock.scenario()[team: "acme-widgets"].members
    await bench.mock.update {
      $0[team: "acme-widgets"].members.removeAll { $0.email != "ana@acme.com" }
    }
    _ = try await bench.run("sync")
    let plan = try await bench.run("plan", "--format", "json")
    let id = try #require(plan.json()["plan"] as? String)
    await bench.mock.update { scenario in
      scenario[team: "acme-widgets"].members = all
      scenario[team: "acme-widgets"][member: "bo@acme.com"].role = "viewer"
    }
    #expect(try await bench.run("sync").status == 0)
    let refused = try await bench.run("apply", id)
    #expect(refused.status == 65, "\(refused.output)")
    #expect(try await bench.run("status", "--format", "json").members().count == 12)
    await bench.close()
  }

  @Test("a second run at the same time ends with 75 at once, the first undisturbed")
  func secondRun() async throws {
    let bench = try await Workbench(TestScenario.team())
    await bench.mock.setFaults([Fault(.okta, "GET /api/v1/users", .slow, times: 1, seconds: 2)])
    let first = try bench.start(["sync"])
    while await bench.mock.requests().isEmpty { try await Task.sleep(for: .milliseconds(10)) }
    let started = ContinuousClock.now
    let second = try await bench.run("sync")
    #expect(second.status == 75, "\(second.errors)")
    #expect(ContinuousClock.now - started < .seconds(2))
    #expect(await first.outcome().status == 0)
    await bench.close()
  }

  @Test("wrong usage ends with 64")
  func usage() async throws {
    let bench = try await Workbench(TestScenario.team())
    #expect(try await bench.run("sync", "--nonsense").status == 64)
    #expect(try await bench.run("status", "--verdict", "perfect").status == 64)
    #expect(try await bench.run("sync", "--team", "acme-widget").status == 65)
    #expect(try await bench.run("--help").status == 0)
    await bench.close()
  }
}
