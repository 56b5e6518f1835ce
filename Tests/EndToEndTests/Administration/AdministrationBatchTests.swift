import Foundation
import MockIdP
import Testing

@Suite("A file of changes, end to end", .serialized)
struct AdministrationBatchTests {
  static let file = """
    email,role,action
    joe@acme.com,admin,
    bo@acme.com,admin,set
    vi@acme.com,,remove
    kai@acme.com,member,add

    """

  @Test("a batch shows its plan, wants a yes, and carries out exactly that")
  func plan() async throws {
    try await AdministrationBench.run { bench in
      try bench.write(Self.file, to: "changes.csv")
      let plan = """
        + acme-widgets  joe@acme.com  none → admin
        ~ acme-widgets  bo@acme.com  member → admin
        + acme-widgets  kai@acme.com  none → member
        - acme-widgets  vi@acme.com  viewer → none

        """
      let line = "members apply changes.csv --team acme-widgets"
      try await bench.expect(
        line + " --dry-run", 0, nil, output: plan + "Dry run: nothing was changed.\n")
      let asked = try await bench.expect(line, 64, nil, output: plan)
      #expect(asked.errors.contains("--yes"))
      #expect(await bench.mock.requests().allSatisfy { $0.method == "GET" })
      try await bench.expect(
        line + " --yes", 0,
        """
        Adding joe@acme.com to acme-widgets as admin... done
        Adding bo@acme.com to acme-widgets as admin... done
        Adding kai@acme.com to acme-widgets as member... done
        Removing vi@acme.com from acme-widgets... done
        """, output: plan + "4 done, 0 unchanged, 0 failed\n")
      await bench.mock.resetRequests()
      let again = try await bench.expect(line + " --yes", 0)
      #expect(
        again.output.hasSuffix(
          "= acme-widgets  vi@acme.com  none → none\n0 done, 4 unchanged, 0 failed\n"))
      #expect(await bench.mock.requests().allSatisfy { $0.method == "GET" })
    }
  }

  @Test("one row against a rule, and nothing of the batch is made")
  func refused() async throws {
    try await AdministrationBench.run { bench in
      try bench.write(
        "email,role,action\nnew@acme.com,member,\nana@acme.com,member,set\nvj@acme.com,,remove\n",
        to: "changes.csv")
      let outcome = try await bench.expect(
        "members apply changes.csv --team acme-widgets --yes", 65)
      #expect(
        outcome.errors.contains("line 3: ana@acme.com is the last admin"), "\(outcome.errors)")
      #expect(outcome.errors.contains("line 4: Nobody") && outcome.errors.contains("vi@acme.com?"))
      #expect(await bench.mock.requests().allSatisfy { $0.method == "GET" })
      let attempts = try await bench.attempts()
      #expect(attempts.map { $0["outcome"] as? String } == ["refused", "refused"])
    }
  }

  @Test(
    "a row that fails does not stop the others; what was done is said, and a repeat does the rest")
  func halfDone() async throws {
    try await AdministrationBench.run { bench in
      try bench.write(Self.file, to: "changes.csv")
      await bench.mock.setFaults([
        Fault(.heroku, "PATCH /teams/{team}/members", .status, times: nil, status: 503)
      ])
      let line = "members apply changes.csv --team acme-widgets --yes"
      let half = try await bench.expect(line, 69)
      #expect(
        half.output.hasSuffix(
          "3 done, 0 unchanged, 1 failed; what was done is in the history, repeat for the rest\n"),
        "\(half.output)")
      #expect(half.errors.contains("line 3: ") && half.errors.contains("503"), "\(half.errors)")
      await bench.mock.setFaults([])
      let rest = try await bench.expect(line, 0)
      #expect(rest.output.hasSuffix("1 done, 3 unchanged, 0 failed\n"), "\(rest.output)")
      let team = await bench.mock.scenario()[team: "acme-widgets"]
      #expect(team[member: "bo@acme.com"].role == "admin")
    }
  }

  @Test("a wrong file is told line by line, and nothing is asked of anybody")
  func wrongFile() async throws {
    try await AdministrationBench.run { bench in
      try bench.write("email,role\nx,admin\ny@acme.com,king\n", to: "changes.csv")
      let outcome = try await bench.expect(
        "members apply changes.csv --team acme-widgets --yes", 65)
      #expect(outcome.errors.contains("line 2: \"x\" is no e-mail address"))
      #expect(outcome.errors.contains("line 3: there is no role \"king\""))
      #expect(await bench.mock.requests().isEmpty)
      try await bench.expect("members apply nowhere.csv --team acme-widgets --yes", 65)
    }
  }

  @Test(
    "local teams take batches too, with the rights of whoever acts; a file may name several teams")
  func local() async throws {
    try await AdministrationBench.run { bench in
      try bench.write(
        "team,email,role\ntools,ana@acme.com,admin\ntools,bo@acme.com,member\nacme-widgets,kai@acme.com,viewer\n",
        to: "changes.csv")
      let outcome = try await bench.expect("members apply changes.csv --yes --json", 0)
      let rows = try outcome.json()["rows"] as? [[String: Any]]
      #expect(rows?.map { $0["outcome"] as? String } == ["done", "done", "done"])
      try bench.write("team,email,role\ntools,cy@acme.com,member\n", to: "more.csv")
      try await bench.expect("members apply more.csv --yes --as bo@acme.com", 77)
      try await bench.expect("members apply more.csv --yes --as ana@acme.com", 0)
      let attempts = try await bench.attempts().filter { $0["team"] as? String == "tools" }
      #expect(attempts.map { $0["outcome"] as? String } == ["done", "done", "refused", "done"])
    }
  }
}
