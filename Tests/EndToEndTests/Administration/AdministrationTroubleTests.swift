import Foundation
import MockIdP
import Testing

@Suite("Trouble in the middle of a change, end to end", .serialized)
struct AdministrationTroubleTests {
  struct Trouble: Sendable, CustomTestStringConvertible {
    var name: String
    var kind: Fault.Kind
    var httpStatus: Int?
    /// How the command ends.
    var exit: Int32
    /// What becomes of the attempt in the history.
    var outcome: String
    var words: [String]
    var isThere = false
    var testDescription: String { name }
  }

  static let troubles: [Trouble] = [
    Trouble(
      name: "401", kind: .status, httpStatus: 401, exit: 77, outcome: "refused",
      words: ["401", "Nothing was changed"]),
    Trouble(
      name: "403", kind: .status, httpStatus: 403, exit: 77, outcome: "refused",
      words: ["403", "admin of the team", "Nothing was changed"]),
    Trouble(
      name: "404", kind: .status, httpStatus: 404, exit: 65, outcome: "refused",
      words: ["404", "Nothing was changed"]),
    Trouble(
      name: "409", kind: .status, httpStatus: 409, exit: 65, outcome: "refused",
      words: ["409", "Nothing was changed"]),
    Trouble(
      name: "422", kind: .status, httpStatus: 422, exit: 65, outcome: "refused",
      words: ["422", "Nothing was changed"]),
    Trouble(
      name: "429", kind: .status, httpStatus: 429, exit: 69, outcome: "failed",
      words: ["429", "Nothing was changed"]),
    Trouble(
      name: "500 before anything was done", kind: .status, httpStatus: 500, exit: 69,
      outcome: "failed", words: ["500", "The change is not there", "Repeating the command is safe"]),
    Trouble(
      name: "the connection dies after it was done", kind: .reset, exit: 0, outcome: "done",
      words: ["The change is there all the same"], isThere: true),
    Trouble(
      name: "the answer breaks off after it was done", kind: .truncated, exit: 0, outcome: "done",
      words: ["The change is there all the same"], isThere: true),
  ]

  @Test("what is known is said exactly, and repeating the command is safe", arguments: troubles)
  func trouble(row: Trouble) async throws {
    try await AdministrationBench.run { bench in
      let line = "members add joe@acme.com --role member --team acme-widgets"
      await bench.mock.setFaults([
        Fault(.heroku, "PUT /teams/{team}/members", row.kind, status: row.httpStatus)
      ])
      let outcome = try await bench.expect(line, row.exit)
      for word in row.words { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
      let puts = await bench.mock.requestCounts()["PUT /teams/{team}/members"]
      #expect(puts == 1, "never sent twice by itself")
      let attempt = try #require(try await bench.attempts().last)
      #expect(attempt["outcome"] as? String == row.outcome)
      #expect((attempt["request_id"] as? String)?.isEmpty == false)
      await bench.mock.setFaults([])
      let again = try await bench.expect(line, 0)
      #expect(again.errors.contains("nothing is changed") == row.isThere, "\(again.errors)")
      let members = await bench.mock.scenario()[team: "acme-widgets"].members
      #expect(members.filter { $0.email == "joe@acme.com" }.count == 1)
    }
  }

  @Test("when it cannot be read back either, nobody claims to know")
  func unknown() async throws {
    try await AdministrationBench.run { bench in
      await bench.mock.setFaults([
        Fault(.heroku, "PUT /teams/{team}/members", .reset),
        Fault(.heroku, "GET /teams/{team}/members", .forbidden, first: 2, times: nil),
      ])
      let outcome = try await bench.expect(
        "members add joe@acme.com --role member --team acme-widgets", 69)
      #expect(outcome.errors.contains("is not known"), "\(outcome.errors)")
      #expect(try await bench.attempts().last?["outcome"] as? String == "unknown")
    }
  }

  @Test(
    "a removal that finds nobody any more is read back, and is done; one that finds nobody who is still there is not"
  )
  func goneAlready() async throws {
    let line = "members remove vi@acme.com --team acme-widgets --yes"
    try await AdministrationBench.run { bench in
      let endpoint = "DELETE /teams/{team}/members/{member}"
      await bench.mock.setFaults([Fault(.heroku, endpoint, .notFound)])
      let there = try await bench.expect(line, 69)
      #expect(there.errors.contains("The change is not there"), "\(there.errors)")
      #expect(try await bench.attempts().last?["outcome"] as? String == "failed")
      // Somebody else takes the member off between the last look and the removal.
      let looks = await bench.mock.requests().prefix { $0.endpoint != endpoint }
        .filter { $0.endpoint == "GET /teams/{team}/members" }.count
      await bench.mock.setFaults([Fault(.heroku, endpoint, .slow, seconds: 4)])
      await bench.mock.resetRequests()
      let mock = bench.mock
      let other = Task {
        while await mock.requestCounts()["GET /teams/{team}/members", default: 0] < looks {
          await Task.yield()
        }
        await mock.update { scenario in
          scenario[team: "acme-widgets"].members.removeAll { $0.email == "vi@acme.com" }
        }
      }
      let gone = try await bench.expect(line, 0)
      await other.value
      #expect(
        gone.errors.contains("404") && gone.errors.contains("there all the same"), "\(gone.errors)")
      #expect(try await bench.attempts().last?["outcome"] as? String == "done")
      #expect(await mock.requestCounts()[endpoint] == 1)
    }
  }

  @Test("a change that was taken but does not show is an error")
  func difference() async throws {
    try await AdministrationBench.run { bench in
      await bench.mock.setFaults([
        // The second reading, after the write, says something else of the role.
        Fault(.heroku, "GET /teams/{team}/members", .nullField, first: 2, text: "role")
      ])
      let outcome = try await bench.expect(
        "members add joe@acme.com --role member --team acme-widgets", 69)
      #expect(
        outcome.errors.contains("shows \"no role\" instead of \"member\""), "\(outcome.errors)")
      #expect(try await bench.attempts().last?["outcome"] as? String == "failed")
    }
  }

  @Test("nothing is written when the reading before it fails, and the history says so")
  func readingFails() async throws {
    try await AdministrationBench.run { bench in
      await bench.mock.setFaults([
        Fault(.heroku, "GET /teams/{team}/members", .forbidden, times: nil)
      ])
      let outcome = try await bench.expect(
        "members remove bo@acme.com --team acme-widgets --yes", 77)
      #expect(outcome.errors.contains("403") && outcome.errors.contains("Nothing was changed"))
      #expect(await bench.mock.requests().allSatisfy { $0.method == "GET" })
      #expect(try await bench.attempts().last?["outcome"] as? String == "refused")
    }
  }

  @Test("a list of members that breaks off is never taken for the whole team")
  func halfList() async throws {
    try await AdministrationBench.run { bench in
      await bench.mock.setFaults([
        Fault(.heroku, "GET /teams/{team}/members", .missingNext, times: nil)
      ])
      let outcome = try await bench.expect(
        "members remove bo@acme.com --team acme-widgets --yes", 69)
      #expect(outcome.errors.contains("Nothing was changed"), "\(outcome.errors)")
      #expect(await bench.mock.requests().allSatisfy { $0.method == "GET" })
    }
  }

  @Test("no token and no address of a person stands in an error about the connection")
  func secrets() async throws {
    try await AdministrationBench.run { bench in
      let outcome = try await bench.run(
        ["members", "--team", "acme-widgets", "--verbose"],
        adding: ["HEROKU_TOKEN": "HRKU-wrong-secret"])
      #expect(outcome.status == 77)
      #expect(!(outcome.output + outcome.errors).contains("wrong-secret"))
    }
  }
}
