import Foundation
import IdentityCore
import MockIdP
import Testing

@testable import Worker

@Suite("A run") struct RunTests {
  /// Takes some members off the team and changes the role of others.
  private static func change(_ bench: WorkerBench, removing: Int, changing: Int) async {
    await bench.mock.update { scenario in
      let gone = Set((1...40).prefix(removing).map { "p\($0)@acme.com" })
      scenario[team: "acme-widgets"].members.removeAll { gone.contains($0.email) }
      for index in scenario[team: "acme-widgets"].members.indices.suffix(changing) {
        scenario[team: "acme-widgets"].members[index].role = "viewer"
      }
    }
  }

  @Test(
    "the guard holds removals from its number on and above its share, and nothing else of the run",
    arguments: [
      // Members, gone, changed, share, number, held.
      (20, 4, 0, "20%", 5, false), (20, 5, 0, "20%", 5, true), (20, 2, 3, "20%", 5, false),
      (20, 5, 6, "20%", 5, true),
      (30, 5, 0, "20%", 5, false), (30, 7, 0, "20%", 5, true), (10, 3, 0, "20%", 5, false),
      (10, 3, 0, "20%", 3, true), (10, 9, 0, "100%", 1, false), (10, 1, 0, "0%", 1, true),
    ])
  func guarded(
    members: Int, gone: Int, changed: Int, share: String, number: Int, isHeld: Bool
  ) async throws {
    let policy = "policy: { guard: { max_changed: \(share), at_least: \(number) } }"
    try await WorkerBench.run(members: members, extra: policy) { bench async throws in
      let first = try await bench.worker().sync()
      #expect(first.heldPlan == nil, "a first run is never held")
      await Self.change(bench, removing: gone, changing: changed)
      let before = try bench.members()
      let second = try await bench.worker().sync()
      #expect((second.heldPlan != nil) == isHeld)
      #expect(second.run.outcome == (isHeld ? .held : .committed))
      if isHeld {
        let after = try bench.members()
        #expect(after.count == before.count, "nobody is gone")
        #expect(after.values.filter(\.record.isHeld).count == gone)
        #expect(after.values.filter { $0.record.role == .viewer }.count == changed)
        let plan = try #require(try bench.worker().heldPlan(nil))
        #expect(plan.changes == gone && plan.isCurrent)
        var changes: [MemberChange] = []
        try bench.worker().changes(ofPlan: plan.id) { changes.append($0) }
        #expect(changes.count == gone && changes.allSatisfy { $0.kind == .removed })
        #expect(try await bench.worker().sync().heldPlan == plan.id, "the same plan stays")
        _ = try await bench.worker().apply(plan: plan.id)
        #expect(try bench.worker().heldPlan(nil) == nil)
      }
      #expect(try bench.members().count == members + 1 - gone)
    }
  }

  @Test("a plan is carried out as it stands, whatever the sources say by then; or not at all")
  func applied() async throws {
    try await WorkerBench.run(members: 20) { bench async throws in
      _ = try await bench.worker().sync()
      await Self.change(bench, removing: 10, changing: 0)
      let held = try await bench.worker().sync()
      let id = try #require(held.heldPlan)
      // The sources move on; the plan does not.
      await Self.change(bench, removing: 15, changing: 0)
      let requests = await bench.mock.requests().count
      let result = try await bench.worker().apply(plan: id)
      #expect(await bench.mock.requests().count == requests, "nothing is asked")
      #expect(result.run.outcome == .applied)
      #expect(try bench.members().count == 11)
      // A plan of a state that moved is refused, and changes nothing.
      await Self.change(bench, removing: 19, changing: 0)
      let second = try #require(try await bench.worker().sync().heldPlan)
      await bench.mock.update { scenario in
        scenario[team: "acme-tools"][member: "tom@acme.com"].role = "viewer"
        scenario[team: "acme-widgets"].members = (0..<10).map {
          HerokuMember("p\($0 + 10)@acme.com")
        }
        scenario[team: "acme-widgets"].members.append(HerokuMember("p0@acme.com", role: "admin"))
      }
      _ = try await bench.worker().sync()
      let before = try bench.members().mapValues(\.record)
      let error = await #expect(throws: WorkerError.self) {
        try await bench.worker().apply(plan: second)
      }
      #expect(error?.code == .badInput)
      #expect(error?.description.contains("idsync sync") == true)
      #expect(try bench.members().mapValues(\.record) == before)
    }
  }

  @Test("a plan is not carried out once the configuration says something else of the team")
  func otherConfiguration() async throws {
    try await WorkerBench.run(members: 20) { bench async throws in
      _ = try await bench.worker().sync()
      await Self.change(bench, removing: 10, changing: 0)
      let id = try #require(try await bench.worker().sync().heldPlan)
      let file = URL(filePath: bench.directory).appending(path: "idsync.yaml")
      let text = try String(contentsOf: file, encoding: .utf8)
      try text.replacing("kind: okta,", with: "kind: okta, inbound_federation: none,")
        .write(to: file, atomically: true, encoding: .utf8)
      let error = await #expect(throws: WorkerError.self) {
        try await bench.worker().apply(plan: id)
      }
      #expect(error?.code == .badInput && error?.description.contains("acme-widgets") == true)
      try text.write(to: file, atomically: true, encoding: .utf8)
      #expect(try await bench.worker().apply(plan: id).run.outcome == .applied)
    }
  }

  @Test("what the guard holds gets no younger, ages, and is told with its plan; the rest goes on")
  func heldIsNoEvidence() async throws {
    let alerts =
      "alerts:\n  hook: { kind: webhook, url: \"http://127.0.0.1:9/x\", secret: env:HOOK }"
    let hook = ["HOOK": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
    try await WorkerBench.run(members: 20, extra: alerts) { bench async throws in
      _ = try await bench.worker(hook).sync()
      let before = try #require(try bench.members()["p1@acme.com"]?.observedAt)
      await Self.change(bench, removing: 10, changing: 0)
      await bench.mock.update { $0[policy: "Strict"].rules = [.catchAll("1FA")] }
      bench.advance(hours: 10)
      let id = try #require(try await bench.worker(hook).sync().heldPlan)
      let held = try #require(try bench.members()["p1@acme.com"])
      #expect(held.observedAt == before && held.isStale && held.record.isHeld)
      #expect(held.record.verdict == .notEnforced, "what got worse counts, whoever is held")
      let worse = try #require(try bench.members()["p15@acme.com"])
      #expect(worse.observedAt > before && worse.record.verdict == .notEnforced, "stored at once")
      let told = try bench.worker(hook).alerts(includingDelivered: true)
      #expect(told.contains { $0.runID.hasPrefix(id) && $0.team == "acme-widgets" })
      bench.advance(hours: 70)
      let aged = try #require(try bench.members()["p1@acme.com"])
      #expect(aged.record.verdict == .cannotTell, "read by the clock of whoever asks")
      #expect(aged.record.findings.contains(FindingSet(.stale)))
      _ = try await bench.worker(hook).sync()
      let plan = try #require(try bench.worker(hook).heldPlan(nil))
      _ = try await bench.worker(hook).apply(plan: plan.id)
      #expect(try bench.members()["p1@acme.com"] == nil)
    }
  }

  @Test("a dry run, a look at plans and at the outbox make no store")
  func looking() async throws {
    try await WorkerBench.run(members: 3) { bench async throws in
      var shown = 0
      let result = try await bench.worker().sync(SyncOptions(isDryRun: true)) { _ in shown += 1 }
      #expect(shown == 4 && result.outcomes.map(\.counts.added).reduce(0, +) == 4)
      #expect(try bench.worker().heldPlan(nil) == nil)
      #expect(try bench.worker().alerts(includingDelivered: true).isEmpty)
      let files = try FileManager.default.contentsOfDirectory(atPath: bench.directory)
      #expect(files == ["idsync.yaml"])
    }
  }

  @Test("a report that cannot be written keeps back neither the others nor the run's end")
  func unwritableReport() async throws {
    let reports = """
      reports:
        - { format: json, output: missing/status.json }
        - { format: json, output: status.json }
      """
    try await WorkerBench.run(members: 3, extra: reports) { bench async throws in
      let result = try await bench.worker().sync()
      #expect(result.reportProblems.count == 1 && result.reports.count == 1)
      #expect(result.run.outcome == .committed)
    }
  }

  @Test(
    "a channel that cannot be is told before anything is contacted",
    arguments: [
      #"hook: { kind: webhook, url: "http://hooks.example/x", secret: env:HOOK_SECRET }"#,
      #"mail: { kind: email, server: "smtp://mail.example", from: nobody, to: [sec@acme.com] }"#,
      #"mail: { kind: email, server: "smtp://mail.example", from: a@acme.com, to: [sec] }"#,
    ])
  func wrongChannel(channel: String) async throws {
    try await WorkerBench.run(members: 3, extra: "alerts:\n  \(channel)") { bench async throws in
      let secret = ["HOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
      let error = await #expect(throws: WorkerError.self) {
        try await bench.worker(secret).sync()
      }
      #expect(error?.code == .configuration, "\(String(describing: error))")
      #expect(error?.description.contains("alerts.") == true)
      #expect(await bench.mock.requests().isEmpty)
    }
  }

  @Test("a run over one team does not hide how the sources of the others were read last")
  func partialRun() async throws {
    try await WorkerBench.run(members: 3) { bench async throws in
      _ = try await bench.worker(["OKTA_TOKEN": "wrong"]).sync()
      _ = try await bench.worker().sync(SyncOptions(teams: ["acme-tools"]))
      let run = try #require(try bench.worker().status().run)
      #expect(run.sources.map(\.name) == ["heroku", "okta"])
      #expect(!run.isComplete)
      let error = await #expect(throws: WorkerError.self) {
        try await bench.worker().sync(SyncOptions(teams: ["acme-tools"], sources: ["okta"]))
      }
      #expect(error?.code == .badInput)
    }
  }

  @Test("one failing source leaves the other teams to go on")
  func others() async throws {
    try await WorkerBench.run(members: 6) { bench async throws in
      _ = try await bench.worker().sync()
      await bench.mock.update { scenario in
        scenario[policy: "Strict"].rules = [.catchAll("1FA")]
        scenario[team: "acme-tools"][member: "tom@acme.com"].twoFactor = false
      }
      let run = try await bench.worker(["OKTA_TOKEN": "wrong"]).sync()
      #expect(!run.run.isComplete && !run.readNothing)
      #expect(run.run.sources.map(\.isComplete) == [true, false])
      let members = try bench.members()
      #expect(members["tom@acme.com"]?.record.verdict == .notEnforced, "the other team went on")
      #expect(members["p1@acme.com"]?.record.verdict == .enforced, "kept")
      let nothing = try await bench.worker(["OKTA_TOKEN": "wrong", "HEROKU_TOKEN": "wrong"]).sync()
      #expect(nothing.readNothing)
      #expect(try bench.members().count == 7)
    }
  }

  @Test("evidence of a failed source ages: kept and marked, then cannot-tell with its finding")
  func ageing() async throws {
    try await WorkerBench.run(members: 6) { bench async throws in
      _ = try await bench.worker().sync()
      #expect(try bench.members()["p1@acme.com"]?.isStale == false)
      func failing() async throws -> MemberStatus? {
        _ = try await bench.worker(["OKTA_TOKEN": "wrong"]).sync()
        return try bench.members()["p1@acme.com"]
      }
      bench.advance(hours: 71)
      let kept = try await failing()
      #expect(kept?.record.verdict == .enforced && kept?.isStale == true)
      bench.advance(hours: 2)
      let aged = try await failing()
      #expect(aged?.record.verdict == .cannotTell)
      #expect(aged?.record.findings.contains(FindingSet(.stale)) == true)
      #expect(aged?.record.reason.contains("72 hours") == true, "\(aged?.record.reason ?? "")")
      #expect(try bench.members()["tom@acme.com"]?.record.verdict == .enforced, "read every time")
      _ = try await bench.worker().sync()
      #expect(try bench.members()["p1@acme.com"]?.record.verdict == .enforced)
      #expect(try bench.members()["p1@acme.com"]?.isStale == false)
    }
  }

  @Test("whatever the clock of the reader says is too old is cannot-tell, without a run")
  func deadWorker() async throws {
    try await WorkerBench.run(members: 6) { bench async throws in
      _ = try await bench.worker().sync()
      bench.advance(hours: 73)
      let report = try bench.worker().status()
      #expect(report.members.count == 7)
      for member in report.members {
        #expect(member.record.verdict == .cannotTell && member.isStale)
        #expect(member.record.since <= member.observedAt)
      }
      #expect(report.findings.filter { $0.kind == .stale }.count == 7)
      let team = try #require(report.members.first?.record.team)
      let listed = try await bench.worker().people(of: team, actingAs: nil).statuses.values
      #expect(!listed.isEmpty && listed.allSatisfy { $0.record.verdict == .cannotTell })
      let past = StatusFilter(asOf: Timestamp(Date()))
      #expect(try bench.worker().status(past).members.allSatisfy { !$0.isStale })
      let stale = StatusFilter(finding: .stale)
      #expect(try bench.worker().status(stale).members.count == 7)
      #expect(try bench.worker().status(StatusFilter(verdict: .enforced)).members.isEmpty)
    }
  }

  @Test("a roster that cannot be read hides nothing that got worse at the provider")
  func worseBehindRoster() async throws {
    try await WorkerBench.run(members: 6) { bench async throws in
      _ = try await bench.worker().sync()
      await bench.mock.update { $0[policy: "Strict"].rules = [.catchAll("1FA")] }
      let result = try await bench.worker(["HEROKU_TOKEN": "wrong"]).sync()
      #expect(!result.run.isComplete)
      let member = try #require(try bench.members()["p1@acme.com"])
      #expect(member.record.verdict == .notEnforced && member.isStale)
      #expect(member.record.findings.contains(FindingSet(.mfaNotEnforced)))
      await bench.mock.update { $0[policy: "Strict"].rules = [.catchAll("2FA")] }
      _ = try await bench.worker(["HEROKU_TOKEN": "wrong"]).sync()
      #expect(try bench.members()["p1@acme.com"]?.record.verdict == .notEnforced, "nor better")
    }
  }

  @Test("a row of a roster that was read counts where it got worse, though a later line is broken")
  func worseRow() async throws {
    try await WorkerBench.run(members: 3) { bench async throws in
      let file = URL(filePath: bench.directory).appending(path: "people.csv")
      func write(_ rows: String...) throws {
        try (["team,email,role,federated,platform_mfa"] + rows).joined(separator: "\n")
          .write(to: file, atomically: true, encoding: .utf8)
      }
      let yaml = URL(filePath: bench.directory).appending(path: "idsync.yaml")
      let text = try String(contentsOf: yaml, encoding: .utf8)
      try text.replacing("  heroku:", with: "  people: { kind: csv, file: people.csv }\n  heroku:")
        .replacing("roster: heroku\n    sign_in", with: "roster: people\n    sign_in")
        .write(to: yaml, atomically: true, encoding: .utf8)
      let last = "acme-widgets,p2@acme.com,member,yes,no"
      try write(
        "acme-widgets,p0@acme.com,admin,yes,no", "acme-widgets,p1@acme.com,member,yes,no", last)
      _ = try await bench.worker().sync()
      #expect(try bench.members()["p1@acme.com"]?.record.verdict == .enforced)
      try write(
        "acme-widgets,p0@acme.com,admin,yes,no", "acme-widgets,p1@acme.com,member,no,no",
        "acme-widgets,\"broken")
      _ = try await bench.worker().sync()
      let members = try bench.members().mapValues(\.record)
      #expect(members["p1@acme.com"]?.verdict == .notEnforced)
      #expect(members["p1@acme.com"]?.findings.contains(FindingSet(.noMFA)) == true)
      #expect(members["p0@acme.com"]?.verdict == .enforced)
      #expect(members["p2@acme.com"]?.verdict == .enforced, "what was not read stays")
    }
  }

  @Test("what was never read makes nobody young, however often the roster is read")
  func neverRead() async throws {
    try await WorkerBench.run(members: 3) { bench async throws in
      await bench.mock.setFaults([
        Fault(.okta, "GET /api/v1/users", .status, times: nil, status: 403)
      ])
      _ = try await bench.worker().sync()
      let first = try #require(try bench.members()["p1@acme.com"])
      #expect(first.record.verdict == .cannotTell)
      bench.advance(hours: 60)
      _ = try await bench.worker().sync()
      let second = try #require(try bench.members()["p1@acme.com"])
      #expect(second.observedAt < first.record.since.adding(seconds: 3600))
    }
  }

  @Test("what was read by a clock that was days ahead is nothing that is known")
  func future() async throws {
    try await WorkerBench.run(members: 3) { bench async throws in
      bench.advance(hours: 24 * 30)
      _ = try await bench.worker().sync()
      bench.advance(hours: -24 * 30)
      let read = try #require(try bench.members()["p1@acme.com"])
      #expect(read.record.verdict == .cannotTell)
      #expect(read.record.findings.contains(FindingSet(.stale)))
      #expect(read.record.judgement.deciding?.reason.contains("ahead of this clock") == true)
      await bench.mock.setFaults([Fault(.okta, "GET /api/v1/users", .status, status: 403)])
      _ = try await bench.worker().sync()
      #expect(try bench.members()["p1@acme.com"]?.record.verdict == .cannotTell)
      await bench.mock.setFaults([])
      _ = try await bench.worker().sync()
      #expect(try bench.members()["p1@acme.com"]?.record.verdict == .enforced)
    }
  }

  @Test("whoever a roster suddenly leaves out is asked about: what got worse for him counts")
  func heldRemovalWorse() async throws {
    try await WorkerBench.run(members: 30) { bench async throws in
      _ = try await bench.worker().sync()
      #expect(try bench.members()["p29@acme.com"]?.record.verdict == .enforced)
      await bench.mock.update { scenario in
        scenario.heroku.teams[0].members.removeLast(20)
        scenario.okta.policies = [Policy("Strict", rules: [.catchAll("1FA")])]
      }
      _ = try await bench.worker().sync()
      let left = try bench.members()["p29@acme.com"]?.record
      #expect(left?.isHeld == true, "20 of 30 at once are held")
      #expect(left?.verdict == .notEnforced)
      #expect(left?.findings.contains(FindingSet(.mfaNotEnforced)) == true)
    }
  }

  @Test("a run over one team makes nobody of another team younger, whatever they share")
  func otherTeams() async throws {
    let extra =
      "  acme-more:\n    roster: heroku\n    sign_in: [ { provider: okta, app: 0oaheroku000000000001 } ]"
    try await WorkerBench.run(members: 3, extra: extra) { bench async throws in
      await bench.mock.update { scenario in
        var more = HerokuTeam("acme-more")
        more.identityProviders = [.okta("acme-okta", app: WorkerBench.app)]
        more.members = [HerokuMember("p0@acme.com", role: "admin")]
        scenario.heroku.teams.append(more)
      }
      _ = try await bench.worker().sync()
      bench.advance(hours: 80)
      _ = try await bench.worker().sync(SyncOptions(teams: ["acme-more"]))
      let members = try bench.worker().status().members
      for member in members where member.record.team == "acme-widgets" {
        #expect(member.record.verdict == .cannotTell)
      }
      #expect(members.contains { $0.record.team == "acme-more" && $0.record.verdict == .enforced })
    }
  }

  @Test("exemptions and identities that meet nobody are told by sync, status and doctor")
  func unmet() async throws {
    let signed = "reason: sealed, approved_by: ciso@acme.com, until: 2099-01-31"
    let extra = [
      "  acme-more:", "    roster: heroku",
      "    sign_in: [ { provider: okta, app: \(WorkerBench.app) } ]", "    exemptions:",
      "      - { member: nobody@acme.com, \(signed) }",
      "      - { member: p0@acme.com, \(signed) }",
      "      - { group: Nobody, at_most: 1, \(signed) }", "    identities:",
      "      - { member: gone@acme.com, addresses: [gone@corp.example], reason: married }",
    ].joined(separator: "\n")
    try await WorkerBench.run(members: 3, extra: extra) { bench async throws in
      await bench.mock.update { scenario in
        var more = HerokuTeam("acme-more")
        more.identityProviders = [.okta("acme-okta", app: WorkerBench.app)]
        more.members = [HerokuMember("p0@acme.com", role: "admin")]
        scenario.heroku.teams.append(more)
      }
      let told = try await bench.worker().sync().advice.map(\.message)
      #expect(told.count == 3)
      for subject in ["nobody@acme.com", "group Nobody at okta", "gone@acme.com"] {
        #expect(told.contains { $0.contains(subject) }, "\(told)")
      }
      #expect(try bench.worker().status().advice.map(\.message) == told)
      let lines = try await bench.worker().diagnose().map(\.message)
      #expect(told.allSatisfy(lines.contains))
    }
  }

  @Test("a run that is interrupted leaves a row that says so")
  func interrupted() async throws {
    try await WorkerBench.run(members: 3) { bench async throws in
      _ = try await bench.worker().sync()
      await bench.mock.setFaults([Fault(.okta, "GET /api/v1/users", .slow, seconds: 20)])
      let task = Task { try await bench.worker().sync() }
      try await Task.sleep(for: .seconds(1))
      task.cancel()
      _ = try? await task.value
      await bench.mock.setFaults([])
      #expect(try bench.worker().runs(id: nil, limit: 9).map(\.outcome) == [.failed, .committed])
      #expect(try bench.members().count == 4)
      _ = try await bench.worker().sync()
      let outcomes = try bench.worker().runs(id: nil, limit: 9).map(\.outcome)
      #expect(outcomes == [.committed, .failed, .committed])
    }
  }

  @Test("a run that recovers from a failure is not held for it")
  func recovery() async throws {
    try await WorkerBench.run(members: 20) { bench async throws in
      _ = try await bench.worker(["OKTA_TOKEN": "wrong"]).sync()
      #expect(try bench.members()["p1@acme.com"]?.record.verdict == .cannotTell)
      let healed = try await bench.worker().sync()
      #expect(healed.heldPlan == nil)
      #expect(try bench.members()["p1@acme.com"]?.record.verdict == .enforced)
      await bench.mock.update { $0[policy: "Strict"].rules = [.catchAll("1FA")] }
      #expect(try await bench.worker().sync().heldPlan == nil, "nor is what got worse")
      #expect(try bench.members()["p1@acme.com"]?.record.verdict == .notEnforced)
    }
  }

  @Test("a dry run tells what a run would do, and changes nothing at all")
  func dry() async throws {
    try await WorkerBench.run(members: 20) { bench async throws in
      _ = try await bench.worker().sync()
      await Self.change(bench, removing: 10, changing: 1)
      let before = try bench.members()
      var told: [MemberChange] = []
      let dry = try await bench.worker().sync(SyncOptions(isDryRun: true)) { told.append($0) }
      #expect(told.count == 11 && dry.heldPlan == nil)
      #expect(dry.run.outcome == .rehearsed && dry.run.id.isEmpty)
      #expect(dry.isHeld, "it says that the guard would hold it")
      #expect(dry.headcounts.map(\.headcount.members) == [10, 1], "as it would be")
      #expect(try bench.members() == before)
      #expect(try bench.worker().runs(id: nil, limit: 9).count == 1)
      #expect(try bench.worker().heldPlan(nil) == nil)
    }
  }

  @Test("teams and sources are chosen by name; an unknown one gets the nearest")
  func chosen() async throws {
    try await WorkerBench.run(members: 3) { bench async throws in
      let tools = try await bench.worker().sync(SyncOptions(teams: ["acme-tools"]))
      #expect(tools.outcomes.map(\.team) == ["acme-tools"])
      #expect(await bench.mock.requests(.okta).isEmpty, "not needed for that team")
      let okta = try await bench.worker().sync(SyncOptions(sources: ["okta"]))
      #expect(okta.outcomes.map(\.team) == ["acme-widgets"])
      for options in [SyncOptions(teams: ["acme-tool"]), SyncOptions(sources: ["octa"])] {
        let error = await #expect(throws: WorkerError.self) {
          try await bench.worker().sync(options)
        }
        #expect(error?.code == .badInput)
        #expect(error?.description.contains("did you mean") == true)
      }
    }
  }

  @Test("pages that did not change are not sent again, unless everything is asked for anew")
  func conditional() async throws {
    try await WorkerBench.run(members: 3) { bench async throws in
      func statuses(_ options: SyncOptions) async throws -> Set<Int> {
        await bench.mock.resetRequests()
        _ = try await bench.worker().sync(options)
        return Set(await bench.mock.requests(.heroku).map(\.status))
      }
      #expect(try await statuses(SyncOptions()) == [200])
      #expect(try await statuses(SyncOptions()).contains(304))
      #expect(try await statuses(SyncOptions(isFull: true)) == [200])
      #expect(try bench.members().count == 4)
    }
  }

  @Test("a second run at the same time is refused, whoever comes first")
  func together() async throws {
    try await WorkerBench.run(members: 3) { bench async throws in
      await bench.mock.setFaults([Fault(.okta, "GET /api/v1/users", .slow, seconds: 1)])
      let outcomes = await withTaskGroup(of: WorkerError.Code?.self) { group in
        for _ in 0..<6 {
          group.addTask {
            do {
              _ = try await bench.worker().sync()
              return nil
            } catch let error as WorkerError {
              return error.code
            } catch { return .store }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(outcomes.filter { $0 == nil }.count == 1)
      #expect(outcomes.filter { $0 == .locked }.count == 5)
      #expect(try bench.worker().runs(id: nil, limit: 9).count == 1)
    }
  }

  @Test(
    "every code of an error has its number, and the numbers are public",
    arguments: WorkerError.Code.allCases)
  func codes(code: WorkerError.Code) {
    let known: [WorkerError.Code: String] = [
      .configuration: "configuration", .badInput: "bad-input", .nothingRead: "nothing-read",
      .store: "store", .locked: "locked", .notPermitted: "not-permitted", .usage: "usage",
      .platform: "platform",
    ]
    #expect(known[code] == code.rawValue)
  }
}
