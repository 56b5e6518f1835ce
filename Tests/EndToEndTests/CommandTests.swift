import Foundation
import MockIdP
import TestSupport
import Testing

@Suite("Commands, end to end", .serialized)
struct CommandTests {
  @Test(
    "init writes a starter for its owner, never over a file, and doctor says what is missing in it")
  func starter() async throws {
    let bench = try await Workbench(TestScenario.team())
    try FileManager.default.removeItem(atPath: bench.path("idsync.yaml"))
    let made = try await bench.run("init")
    #expect(made.status == 0 && made.output.contains("idsync.yaml"), "\(made.errors)")
    let mode = try await bench.shell("stat -c %a idsync.yaml").output
    #expect(mode == "600\n")
    let again = try await bench.run("init")
    #expect(again.status == 65 && again.errors.contains("is there already"), "\(again.errors)")
    let elsewhere = try await bench.run("init", "nowhere/idsync.yaml")
    #expect(elsewhere.status == 77, "\(elsewhere.errors)")
    let doctor = try await bench.run("doctor")
    #expect(doctor.status == 78)
    #expect(doctor.output.contains("HEROKU_API_KEY is not set"), "\(doctor.output)")
    await bench.close()
  }

  @Test("doctor has a line a check: all good, or what is wrong with the remedy, and writes nothing")
  func doctor() async throws {
    var scenario = TestScenario.team()
    scenario.okta.tokens.append(
      OktaToken(
        "00narrow", scopes: OAuthClient.readScopes.filter { $0 != "okta.policies.read" }))
    let bench = try await Workbench(scenario)
    let good = try await bench.run("doctor")
    #expect(good.status == 0, "\(good.output)\(good.errors)")
    #expect(!good.output.contains("FAIL"), "\(good.output)")
    for word in [
      "ok    okta: connection", "ok    heroku: credentials", "ok    okta: scope", "clock",
    ] {
      #expect(good.output.contains(word), "\(word): \(good.output)")
    }
    #expect(!FileManager.default.fileExists(atPath: bench.path("idsync.db")))
    let wrong = try await bench.run(["doctor"], adding: ["OKTA_TOKEN": "00wrongSecretValue"])
    #expect(
      wrong.status == 78 && wrong.output.contains("FAIL  okta: "), "\(wrong.output)")
    #expect(wrong.output.contains("→") && !wrong.output.contains("wrongSecretValue"))
    let narrow = try await bench.run(["doctor"], adding: ["OKTA_TOKEN": "00narrow"])
    #expect(narrow.output.contains("okta.policies.read"), "\(narrow.output)")
    let json = try await bench.run("doctor", "--format", "json").json()
    #expect((json["checks"] as? [Any])?.isEmpty == false)
    await bench.close()
  }

  @Test("reports of the configuration are written after each run, whole, beside their place")
  func configuredReports() async throws {
    let bench = try await Workbench(TestScenario.team()) {
      Workbench.configuration(
        $0,
        extra: """
          reports:
            - { format: html, output: access.html, team: acme-widgets }
            - { format: csv, output: out/access.csv }
          """)
    }
    try FileManager.default.createDirectory(
      atPath: bench.path("out"), withIntermediateDirectories: true)
    let first = try await bench.run("sync")
    #expect(first.status == 0, "\(first.errors)")
    for name in ["access.html", "out/access.csv"] {
      #expect(first.output.contains(name))
      let text = try String(contentsOfFile: bench.path(name), encoding: .utf8)
      #expect(text.contains("gus@contractor.example"))
    }
    await bench.mock.update {
      $0[team: "acme-widgets"].members.removeAll { $0.email == "fay@acme.com" }
    }
    _ = try await bench.run("sync")
    let text = try String(contentsOfFile: bench.path("out/access.csv"), encoding: .utf8)
    #expect(!text.contains("fay@acme.com"))
    let left = try FileManager.default.contentsOfDirectory(atPath: bench.path("out"))
    #expect(left == ["access.csv"], "nothing is left beside it")
    await bench.close()
  }

  @Test("a report as of a moment shows what the store knew then")
  func asOf() async throws {
    let bench = try await Workbench(TestScenario.team())
    _ = try await bench.run("sync")
    let document = try await bench.run("status", "--format", "json").json()
    let moment = try #require((document["run"] as? [String: Any])?["finished_at"] as? String)
    // The moment is told to the second; the next run is to be in another one.
    let deadline = ContinuousClock.now + .seconds(5)
    while try Date(moment, strategy: .iso8601).addingTimeInterval(1.1) > Date(),
      ContinuousClock.now < deadline
    { try await Task.sleep(for: .milliseconds(20)) }
    await bench.mock.update { scenario in
      scenario[policy: "Two factors"].rules = [.catchAll("2FA")]
      scenario[team: "acme-widgets"].members.removeAll { $0.email == "fay@acme.com" }
    }
    _ = try await bench.run("sync")
    func verdict(_ arguments: [String]) async throws -> (String?, Bool) {
      let members = try await bench.run(
        ["report", "--format", "json", "--output", "-"] + arguments
      ).members()
      return (
        members["gus@contractor.example"]?["verdict"] as? String, members["fay@acme.com"] != nil
      )
    }
    let later = Date(timeInterval: 1, since: try Date(moment, strategy: .iso8601))
    let then = try await verdict(["--as-of", later.formatted(.iso8601)])
    #expect(then == ("not-enforced", true))
    #expect(try await verdict([]) == ("enforced", false))
    // A day means its end, and today's is not over: what is known by now.
    let today = String(Date().formatted(.iso8601).prefix(10))
    #expect(try await verdict(["--as-of", today]) == ("enforced", false))
    let stamp = later.formatted(.iso8601)
    for form in [
      stamp.lowercased(), stamp.replacingOccurrences(of: "T", with: " "),
      stamp.replacingOccurrences(of: "Z", with: ".000+00:00"),
    ] { #expect(try await verdict(["--as-of", form]) == ("not-enforced", true), "\(form)") }
    try bench.write("old", to: "kept")
    for (moment, word) in [
      ("2020-01-01", "first"), ("2020-01-01T00:00:00Z", "first"), ("2999-01-01", "still to come"),
      (Date().addingTimeInterval(90_000).formatted(.iso8601), "still to come"),
    ] {
      let wrong = try await bench.run(
        "report", "--format", "json", "--output", "kept", "--as-of", moment)
      #expect(wrong.status == 65 && wrong.errors.contains(word), "\(moment): \(wrong)")
      #expect(try String(contentsOfFile: bench.path("kept"), encoding: .utf8) == "old")
    }
    #expect(
      try await bench.run("report", "--format", "csv", "-o", "x", "--as-of", "2026-02-31").status
        == 64)
    await bench.close()
  }

  @Test("an exempt gap is counted apart and is no gap; its end is one")
  func exemptions() async throws {
    func configuration(_ mock: MockIdP, _ until: String) -> String {
      Workbench.configuration(
        mock,
        extra:
          "    exemptions: [\(["gus@contractor.example", "joe@acme.com", "kim@acme.com", "hal@acme.com", "ida@acme.com"].map { "{ member: \"\($0)\", reason: \"signed off\", approved_by: ciso@acme.com, until: \(until) }" }.joined(separator: ", "))]"
      )
    }
    let bench = try await Workbench(TestScenario.team()) { configuration($0, "2099-01-31") }
    let sync = try await bench.run("sync", "--fail-on", "gaps")
    #expect(sync.status == 0, "\(sync.output)\(sync.errors)")
    let status = try await bench.run("status", "--format", "json")
    let gus = try #require(try status.members()["gus@contractor.example"])
    #expect(gus["verdict"] as? String == "not-enforced", "an exemption changes no verdict")
    let summary = try status.json()["summary"] as? [String: Any]
    #expect(summary?["exempt"] as? Int == 5)
    try bench.write(configuration(bench.mock, "2020-01-31"), to: "idsync.yaml")
    let ended = try await bench.run("sync", "--fail-on", "gaps")
    #expect(ended.status == 10, "\(ended.output)")
    let after = try await bench.run("status", "--format", "json").members()
    #expect(
      (after["gus@contractor.example"]?["findings"] as? [String])?.contains("exemption-expired")
        == true)
    await bench.close()
  }

  @Test(
    "what is told goes where it belongs: results out, the rest to errors, nothing with --quiet, no secret ever"
  )
  func streams() async throws {
    let bench = try await Workbench(TestScenario.team())
    let quiet = try await bench.run("sync", "--quiet")
    #expect(
      quiet.status == 0 && quiet.output.isEmpty && quiet.errors.isEmpty,
      "\(quiet.output)\(quiet.errors)")
    let verbose = try await bench.run("sync", "--full", "--verbose")
    #expect(verbose.errors.contains("GET"), "\(verbose.errors.prefix(500))")
    for secret in [bench.mock.okta.token, bench.mock.heroku.token] {
      #expect(!(verbose.errors + verbose.output).contains(secret))
    }
    let status = try await bench.run("status")
    #expect(status.errors.isEmpty && !status.output.contains("\u{1B}"), "no colours into a file")
    let head = try await bench.shell("idsync status | head -1; idsync history | true; echo done")
    #expect(head.output.contains("done") && head.errors.isEmpty, "\(head.errors)")
    await bench.close()
  }

  @Test("on a terminal there are colours and progress, and NO_COLOR is obeyed")
  func terminal() async throws {
    let bench = try await Workbench(TestScenario.team())
    // A terminal of its own, from Python's standard library.
    let script = """
      import os, pty, sys
      os.environ["TERM"] = "xterm"
      status = pty.spawn(sys.argv[1:])
      sys.exit(os.waitstatus_to_exitcode(status))
      """
    func spawn(_ arguments: [String], _ environment: [String: String] = [:]) async throws
      -> Workbench.Outcome
    {
      let running = try RunningCommand(
        executable: Python.interpreter,
        arguments: ["-c", script, Workbench.binary.path] + arguments,
        environment: bench.environment.merging(environment) { $1 }, directory: bench.directory)
      return await running.outcome()
    }
    let sync = try await spawn(["sync"])
    #expect(sync.status == 0, "\(sync.output)\(sync.errors)")
    let coloured = try await spawn(["status"])
    #expect(coloured.output.contains("\u{1B}["), "\(coloured.output)")
    let plain = try await spawn(["status"], ["NO_COLOR": "1"])
    #expect(plain.output.contains("gus@contractor.example"))
    #expect(
      !plain.output.contains("\u{1B}[3") && !plain.output.contains("\u{1B}[1m"), "\(plain.output)")
    await bench.close()
  }

  @Test("proxies of the environment are not taken: only the configuration names one")
  func environmentProxies() async throws {
    let bench = try await Workbench(TestScenario.team())
    let dead = "http://127.0.0.1:9"
    let sync = try await bench.run(
      ["sync"],
      adding: ["http_proxy": dead, "HTTPS_PROXY": dead, "ALL_PROXY": dead, "HTTP_PROXY": dead])
    #expect(sync.status == 0, "\(sync.output)\(sync.errors)")
    await bench.close()
  }

  @Test("secrets come from files and commands as well as from the environment")
  func secrets() async throws {
    let bench = try await Workbench(TestScenario.team())
    let good = Workbench.configuration(bench.mock)
    try bench.write(bench.mock.okta.token + "\n", to: "okta-token")
    try bench.write(
      good.replacingOccurrences(of: "env:OKTA_TOKEN", with: "file:okta-token")
        .replacingOccurrences(of: "env:HEROKU_TOKEN", with: "\"command:echo $HEROKU_TOKEN\""),
      to: "idsync.yaml")
    #expect(try await bench.run("sync").status == 0)
    try bench.write(
      good.replacingOccurrences(of: "env:OKTA_TOKEN", with: "\"command:echo x; exit 1\""),
      to: "idsync.yaml")
    let failing = try await bench.run("sync")
    #expect(failing.status == 78 && failing.errors.contains("command"), "\(failing.errors)")
    await bench.close()
  }
}
