import Foundation
import MockIdP
import TestSupport
import Testing

@Suite("Bounded in time, end to end", .serialized)
struct BoundedTests {
  private static func configuration(_ mock: MockIdP, _ policy: String, _ source: String = "")
    -> String
  {
    Workbench.configuration(mock, extra: policy).replacingOccurrences(
      of: "token: env:OKTA_TOKEN", with: "token: env:OKTA_TOKEN\(source)")
  }

  @Test(
    "a source that never ends is incomplete when its time is over; others go on, nobody is lost, no verdict is better",
    arguments: [
      ("", ", deadline: 2s", "sources.okta.deadline"),
      ("policy: { deadline: 4s }", "", "policy.deadline"),
    ])
  func deadline(policy: String, source: String, word: String) async throws {
    let bench = try await Workbench(TestScenario.team()) { Self.configuration($0, policy, source) }
    let first = try await bench.run("sync")
    #expect(first.status == 0, "\(first.errors)")
    let before = try await bench.run("status", "--format", "json").members()
    await bench.mock.setFaults([Fault(.okta, "*", .slow, times: nil, seconds: 300)])
    let start = ContinuousClock.now
    let outcome = try await bench.run("sync", "--full", "--fail-on", "incomplete")
    #expect(ContinuousClock.now - start < .seconds(40))
    #expect(outcome.status == 20, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains(word), "\(outcome.output)")
    let after = try await bench.run("status", "--format", "json").members()
    #expect(after.keys.sorted() == before.keys.sorted(), "nobody is gone")
    for (name, member) in after {
      let (old, new) = (before[name]?["verdict"] as? String, member["verdict"] as? String)
      #expect(old == new || new == "cannot-tell", "\(name): \(old ?? "") → \(new ?? "")")
    }
    // The next run is not kept out.
    await bench.mock.setFaults([])
    let next = try await bench.run("sync", "--fail-on", "incomplete")
    #expect(next.status == 0, "\(next.output)\(next.errors)")
    await bench.close()
  }

  @Test(
    "a deadline that is none is told",
    arguments: [
      ("policy: { deadline: 0s }", "", "policy.deadline"),
      ("policy: { deadline: soon }", "", "30m"),
      ("", ", deadline: 10", "sources.okta.deadline"),
    ])
  func wrong(policy: String, source: String, word: String) async throws {
    let bench = try await Workbench(TestScenario.team()) { Self.configuration($0, policy, source) }
    let outcome = try await bench.run("sync")
    #expect(outcome.status == 78, "\(outcome.errors)")
    #expect(outcome.errors.contains(word), "\(outcome.errors)")
    #expect(await bench.mock.requests().isEmpty)
    await bench.close()
  }

  @Test(
    "plain http off loopback, or a user in an address, is told before anything is contacted",
    arguments: [
      ("http://okta.acme.example", "Plain http"), ("HTTP://okta.acme.example", "Plain http"),
      ("http://127.0.0.08:1", "Plain http"), ("http://me:SECRET@127.0.0.1:1", "user or a password"),
      ("https://me:SECRET@okta.acme.example", "user or a password"),
    ])
  func plain(url: String, words: String) async throws {
    let bench = try await Workbench(TestScenario.team()) { mock in
      Workbench.configuration(mock).replacingOccurrences(of: mock.okta.baseURL, with: url)
    }
    let outcome = try await bench.run("sync")
    #expect(outcome.status == 78, "\(outcome.errors)")
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
    #expect(outcome.errors.contains("sources.okta.url") && !outcome.errors.contains("SECRET"))
    #expect(await bench.mock.requests().isEmpty)
    await bench.close()
  }

  @Test(
    "a signal ends the transfer, writes the run's row and is told by the status",
    arguments: [(SIGINT, 130, "SIGINT"), (SIGTERM, 143, "SIGTERM"), (SIGHUP, 129, "SIGHUP")])
  func signals(number: Int32, status: Int32, name: String) async throws {
    let bench = try await Workbench(TestScenario.team())
    await bench.mock.setFaults([Fault(.okta, "*", .slow, times: nil, seconds: 300)])
    let running = try bench.start(["sync"])
    while await bench.mock.requests(.heroku).isEmpty { await Task.yield() }
    running.process.signal(number)
    let outcome = await running.outcome()
    #expect(outcome.status == status, "\(outcome.status) \(outcome.errors)")
    #expect(outcome.errors == "idsync: ended by \(name)\n", "\(outcome.errors)")
    let runs = try await bench.run("runs")
    #expect(runs.output.contains("failed") && runs.output.contains("cancelled"), "\(runs.output)")
    await bench.mock.setFaults([])
    #expect(try await bench.run("sync").status == 0)
    await bench.close()
  }

  @Test("a signal that was ignored from the beginning stays ignored")
  func ignored() async throws {
    let bench = try await Workbench(TestScenario.team())
    await bench.mock.setFaults([Fault(.okta, "*", .slow, times: 1, seconds: 2)])
    let outcome = try await bench.shell(
      "trap '' HUP; idsync sync & id=$!; sleep 1; kill -HUP $id; wait $id; echo status $?")
    #expect(outcome.output.contains("status 0"), "\(outcome.output)\(outcome.errors)")
    await bench.close()
  }
}
