import Foundation
import MockIdP
import Testing

@Suite("Sync, end to end", .serialized)
struct SyncTests {
  @Test("a first run gives every member the verdict the policies amount to")
  func verdicts() async throws {
    let bench = try await Workbench(TestScenario.team())
    let sync = try await bench.run("sync")
    #expect(sync.status == 0, "\(sync.errors)")
    let status = try await bench.run("status", "--format", "json")
    let members = try status.members()
    #expect(members.count == 12)
    let expected: [(String, String, [String])] = [
      ("ana@acme.com", "enforced", ["last-admin"]),
      ("bo@acme.com", "enforced", []),
      ("gus@contractor.example", "not-enforced", ["mfa-not-enforced"]),
      ("hal@acme.com", "not-evaluated", ["deprovisioned-at-idp"]),
      ("ida@acme.com", "not-evaluated", ["not-assigned"]),
      ("joe@acme.com", "not-enforced", ["outside-sso"]),
      ("kim@acme.com", "not-enforced", ["no-mfa", "outside-sso"]),
      ("new@acme.com", "not-evaluated", []),
    ]
    for (email, verdict, findings) in expected {
      let member = try #require(members[email], "\(email)")
      #expect(member["verdict"] as? String == verdict, "\(email): \(member["reason"] ?? "")")
      #expect((member["findings"] as? [String])?.sorted() == findings, "\(email)")
    }
    #expect(
      (members["gus@contractor.example"]?["witness"] as? String)?.contains("Contractors") == true)
    let document = try status.json()
    #expect(document["schema"] as? String == "idsync.status/1")
    #expect((document["run"] as? [String: Any])?["complete"] as? Bool == true)
    await bench.close()
  }

  @Test("a run in which nothing changed writes nothing, and a change is told once")
  func repeated() async throws {
    let bench = try await Workbench(TestScenario.team())
    _ = try await bench.run("sync")
    let second = try await bench.run("sync", "--format", "json")
    let team = try #require((second.json()["teams"] as? [[String: Any]])?.first)
    #expect(
      team["added"] as? Int == 0 && team["changed"] as? Int == 0 && team["removed"] as? Int == 0)
    await bench.mock.update { $0[team: "acme-widgets"][member: "bo@acme.com"].role = "viewer" }
    let dry = try await bench.run("sync", "--dry-run")
    #expect(dry.output.contains("role: member → viewer"), "\(dry.output)\(dry.errors)")
    let third = try await bench.run("sync", "--format", "json")
    let moved = try #require((third.json()["teams"] as? [[String: Any]])?.first)
    #expect(moved["changed"] as? Int == 1)
    let history = try await bench.run("history", "bo@acme.com")
    #expect(history.output.contains("viewer"), "\(history.output)")
    await bench.close()
  }

  @Test("no request per member: ten people and three hundred cost the same but for pages")
  func requests() async throws {
    func count(_ people: Int) async throws -> [String: Int] {
      var scenario = TestScenario.team()
      for index in 0..<people {
        let email = "p\(index)@acme.com"
        scenario.people.append(Person(email))
        scenario[app: TestScenario.app].users.append(AppUser(email))
        scenario[team: "acme-widgets"].members.append(HerokuMember(email))
      }
      let bench = try await Workbench(scenario)
      let sync = try await bench.run("sync")
      #expect(sync.status == 0, "\(sync.errors)")
      let heroku = await bench.mock.requestCounts(.heroku)
      let okta = await bench.mock.requestCounts(.okta)
      await bench.close()
      return heroku.merging(okta) { $0 + $1 }
    }
    let small = try await count(10)
    let large = try await count(300)
    for (endpoint, requests) in large {
      let pages = endpoint == "GET /api/v1/users" ? 1 : 0
      #expect(requests <= (small[endpoint] ?? 0) + pages, "\(endpoint)")
    }
    print("requests of one run:")
    for (endpoint, requests) in large.sorted(by: { $0.key < $1.key }) {
      print("  \(requests)  \(endpoint)")
    }
  }

  @Test("gaps and incomplete sources decide the exit status only when asked")
  func failOn() async throws {
    let bench = try await Workbench(TestScenario.team())
    #expect(try await bench.run("sync").status == 0)
    #expect(try await bench.run("sync", "--fail-on", "gaps").status == 10)
    #expect(try await bench.run("sync", "--fail-on", "incomplete").status == 0)
    await bench.close()
  }

  @Test("explain shows rules, memberships and the witness; unknown people get the nearest name")
  func explain() async throws {
    let bench = try await Workbench(TestScenario.team())
    _ = try await bench.run("sync")
    let page = try await bench.run("explain", "gus@contractor.example", "--team", "acme-widgets")
    #expect(page.status == 0)
    for word in ["Contractors", "Two factors", "not-enforced", "okta"] {
      #expect(page.output.contains(word), "\(word) in \(page.output)")
    }
    let unknown = try await bench.run("explain", "gus@contractor.exampel")
    #expect(unknown.status == 65)
    #expect(unknown.errors.contains("gus@contractor.example"), "\(unknown.errors)")
    await bench.close()
  }

  @Test("every report format is written, whole, and the status formats go to standard output")
  func reports() async throws {
    let bench = try await Workbench(TestScenario.team())
    _ = try await bench.run("sync")
    for format in ["html", "csv", "json", "markdown", "table"] {
      let report = try await bench.run("report", "--format", format, "--output", "out.\(format)")
      #expect(report.status == 0, "\(format): \(report.errors)")
      let text = try String(contentsOfFile: bench.path("out.\(format)"), encoding: .utf8)
      #expect(text.contains("gus@contractor.example"), "\(format)")
    }
    for format in ["table", "json", "csv", "markdown"] {
      let status = try await bench.run("status", "--format", format)
      #expect(status.status == 0 && status.output.contains("ana@acme.com"), "\(format)")
    }
    await bench.close()
  }
}
