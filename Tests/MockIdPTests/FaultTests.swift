import Foundation
import MockIdP
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite("Faults") struct FaultTests {
  private static let users = "GET /api/v1/users"
  private static let members = "GET /teams/{team}/members"

  @Test("a rate limit has the vendor's headers, and ends")
  func rateLimits() async throws {
    try await withMock(smallOrganisation()) { mock async throws in
      await mock.setFaults([
        Fault(.okta, Self.users, .rateLimited, first: 2, times: 2, seconds: 3),
        Fault(.heroku, "*", .rateLimited, text: "7"),
      ])
      let client = Client.okta(mock)
      var statuses: [Int] = []
      for _ in 0..<4 {
        let answer = try await client.get("/api/v1/users")
        statuses.append(answer.status)
        guard answer.status == 429 else { continue }
        #expect(answer.headers["x-rate-limit-remaining"] == "0")
        #expect(answer.headers["x-rate-limit-limit"] == "600")
        #expect(answer.headers["retry-after"] == nil)
      }
      #expect(statuses == [200, 429, 429, 200])
      let heroku = try await Client.heroku(mock).get("/teams")
      #expect(heroku.status == 429)
      #expect(heroku.headers["retry-after"] == "7")
    }
  }

  @Test("the concurrency limit shows two zeros")
  func concurrency() async throws {
    try await withMock(smallOrganisation()) { mock async throws in
      await mock.setFaults([Fault(.okta, Self.users, .concurrencyLimited)])
      let answer = try await Client.okta(mock).get("/api/v1/users")
      #expect(answer.status == 429)
      #expect(answer.headers["x-rate-limit-limit"] == "0")
      #expect(answer.headers["x-rate-limit-remaining"] == "0")
    }
  }

  @Test(
    "refusals have the vendor's body",
    arguments: [
      (Fault.Kind.forbidden, 403, "forbidden", "E0000006"),
      (.unauthorized, 401, "unauthorized", "E0000011"),
      (.notFound, 404, "not_found", "E0000007"),
      (.status, 500, "internal_server_error", "E0000009"),
    ])
  func refusals(kind: Fault.Kind, status: Int, heroku: String, okta: String) async throws {
    var scenario = smallOrganisation()
    scenario.heroku = smallTeam().heroku
    scenario.faults = [Fault(.okta, Self.users, kind), Fault(.heroku, Self.members, kind)]
    try await withMock(scenario) { mock async throws in
      let first = try await Client.okta(mock).get("/api/v1/users")
      #expect(first.status == status)
      #expect(try first.json()["errorCode"]?.text == okta)
      let second = try await Client.heroku(mock).get("/teams/acme-widgets/members")
      #expect(second.status == status)
      #expect(try second.json()["id"]?.text == heroku)
      #expect(try await Client.okta(mock).get("/api/v1/users").status == 200)
      #expect(await mock.requests().map(\.fault) == [kind, kind, nil])
    }
  }

  @Test("a token that expires stays expired for every endpoint")
  func expiredToken() async throws {
    try await withMock(smallOrganisation()) { mock async throws in
      await mock.setFaults([Fault(.okta, Self.users, .expiredToken, first: 2)])
      let client = Client.okta(mock)
      #expect(try await client.get("/api/v1/users").status == 200)
      #expect(try await client.get("/api/v1/groups").status == 200)
      #expect(try await client.get("/api/v1/users").status == 401)
      #expect(try await client.get("/api/v1/groups").status == 401)
    }
  }

  @Test("a reset arrives as one, before and inside the body", arguments: [nil, 0, 100])
  func resets(bytes: Int?) async throws {
    try await withMock(smallOrganisation()) { mock async throws in
      await mock.setFaults([Fault(.okta, Self.users, .reset, bytes: bytes)])
      let headers = ["Authorization": "SSWS \(mock.okta.token)"]
      let broken = await RawClient.get(mock.okta.baseURL, "/api/v1/users", headers: headers)
      #expect(broken.error == ECONNRESET)
      if bytes == nil { #expect(broken.text.isEmpty) }
      let whole = await RawClient.get(mock.okta.baseURL, "/api/v1/users", headers: headers)
      #expect(whole.error == 0)
      #expect(whole.text.hasPrefix("HTTP/1.1 200"))
    }
  }

  @Test("a truncated body is shorter than announced; a malformed one is whole but cut")
  func cutOff() async throws {
    try await withMock(smallOrganisation()) { mock async throws in
      await mock.setFaults([
        Fault(.okta, Self.users, .truncated, bytes: 50),
        Fault(.okta, Self.users, .malformed, first: 2),
      ])
      let headers = ["Authorization": "SSWS \(mock.okta.token)"]
      let cut = await RawClient.get(mock.okta.baseURL, "/api/v1/users", headers: headers)
      let parts = cut.text.components(separatedBy: "\r\n\r\n")
      #expect(parts.last?.utf8.count == 50)
      let length = parts[0].components(separatedBy: "Content-Length: ").last?
        .components(separatedBy: "\r\n").first
      #expect((Int(length ?? "") ?? 0) > 1000)
      let malformed = try await Client.okta(mock).get("/api/v1/users")
      #expect(malformed.status == 200)
      #expect(throws: (any Error).self) { try malformed.json() }
    }
  }

  @Test("a drip arrives whole, and a slow reply late")
  func dawdling() async throws {
    try await withMock(smallOrganisation()) { mock async throws in
      await mock.setFaults([
        Fault(.okta, Self.users, .drip, seconds: 0.01, bytes: 500),
        Fault(.okta, Self.users, .slow, first: 2, seconds: 0.2),
      ])
      #expect(try await Client.okta(mock).get("/api/v1/users").rows().count == 6)
      let clock = ContinuousClock()
      let time = try await clock.measure { _ = try await Client.okta(mock).get("/api/v1/users") }
      #expect(time >= .milliseconds(200))
    }
  }

  @Test("HTML comes with status 200")
  func html() async throws {
    try await withMock(smallOrganisation()) { mock async throws in
      await mock.setFaults([Fault(.okta, Self.users, .html)])
      let answer = try await Client.okta(mock).get("/api/v1/users")
      #expect(answer.status == 200)
      #expect(answer.headers["content-type"] == "text/html; charset=utf-8")
      #expect(answer.text.hasPrefix("<!DOCTYPE html>"))
    }
  }

  @Test("an empty page leads on to its rows; nothing is lost")
  func emptyPages() async throws {
    var scenario = smallOrganisation()
    scenario.heroku = smallTeam().heroku
    try await withMock(scenario) { mock async throws in
      await mock.setFaults([
        Fault(.okta, Self.users, .emptyPage, first: 2),
        Fault(.heroku, Self.members, .emptyPage, first: 2),
      ])
      var next: String? = "/api/v1/users?limit=3"
      var sizes: [Int] = []
      var seen: Set<String> = []
      while let url = next {
        #expect(seen.insert(url).inserted)
        let answer = try await Client.okta(mock).get(url)
        sizes.append(try answer.rows().count)
        next = answer.link("next")
      }
      #expect(sizes == [3, 0, 3])
      var range: String? = "email ..; max=3"
      sizes = []
      while let sent = range {
        #expect(seen.insert(sent).inserted)
        let answer = try await Client.heroku(mock).get(
          "/teams/acme-widgets/members", ["Range": sent])
        sizes.append(try answer.rows().count)
        range = answer.headers["next-range"]
      }
      #expect(sizes == [3, 0, 2])
    }
  }

  @Test("a cursor repeats, and a next link leads elsewhere")
  func loops() async throws {
    var scenario = smallOrganisation()
    scenario.heroku = smallTeam().heroku
    try await withMock(scenario) { mock async throws in
      await mock.setFaults([
        Fault(.okta, Self.users, .repeatedCursor, times: nil),
        Fault(.okta, "GET /api/v1/groups", .foreignNext, text: mock.heroku.baseURL + "/x"),
        Fault(.heroku, Self.members, .repeatedCursor, times: nil),
      ])
      let client = Client.okta(mock)
      let first = try await client.get("/api/v1/users?limit=2")
      let next = try #require(first.link("next"))
      let second = try await client.get(next)
      #expect(second.link("next") == next)
      #expect(try first.rows() == second.rows())
      let foreign = try await client.get("/api/v1/groups")
      #expect(foreign.link("next") == mock.heroku.baseURL + "/x")
      let page = try await Client.heroku(mock).get(
        "/teams/acme-widgets/members", ["Range": "email ..; max=2"])
      #expect(page.status == 206)
      #expect(page.headers["next-range"] == "email ..; max=2")
    }
  }

  @Test("more pages without a cursor")
  func missingNext() async throws {
    try await withMock(smallTeam()) { mock async throws in
      await mock.setFaults([Fault(.heroku, Self.members, .missingNext)])
      let page = try await Client.heroku(mock).get("/teams/acme-widgets/members")
      #expect(page.status == 206)
      #expect(page.headers["next-range"] == nil)
    }
  }

  @Test("the first row comes again on a later page")
  func duplicates() async throws {
    try await withMock(smallOrganisation()) { mock async throws in
      await mock.setFaults([Fault(.okta, Self.users, .duplicate, first: 2)])
      let first = try await Client.okta(mock).get("/api/v1/users?limit=3")
      let second = try await Client.okta(mock).get(try #require(first.link("next")))
      #expect(try second.rows().count == 4)
      #expect(try second.rows().last?["id"] == first.rows().first?["id"])
    }
  }

  @Test("fields go null, missing or wrong, and a body grows")
  func fields() async throws {
    try await withMock(smallOrganisation()) { mock async throws in
      await mock.setFaults([
        Fault(.okta, Self.users, .nullField, text: "profile.email"),
        Fault(.okta, Self.users, .missingField, first: 2, text: "profile.email"),
        Fault(.okta, Self.users, .wrongType, first: 3, text: "profile.email"),
        Fault(.okta, Self.users, .oversize, first: 4, bytes: 100_000),
      ])
      let client = Client.okta(mock)
      let email = { (answer: Answer) throws in try answer.rows().first?["profile"]?["email"] }
      #expect(try email(try await client.get("/api/v1/users")) == .null)
      #expect(try email(try await client.get("/api/v1/users")) == nil)
      #expect(try email(try await client.get("/api/v1/users")) == [])
      let large = try await client.get("/api/v1/users")
      #expect(large.body.count == 100_000)
      #expect(try large.rows().count == 6)
    }
  }

  @Test(
    "one place of one reply is another or missing; the same request of another reading meets it")
  func places() async throws {
    try await withMock(smallOrganisation()) { mock async throws in
      let client = Client.okta(mock)
      await mock.keepReplies()
      _ = try await client.get("/api/v1/users?limit=2")
      let kept = try #require(await mock.replies().last)
      #expect(kept.endpoint == "GET /api/v1/users" && kept.body?.elements?.count == 2)
      for value in [JSON?.some(.null), "elsewhere", nil] {
        await mock.setFaults([
          Fault(
            .okta, kept.endpoint, .edited, times: nil, text: "/1/profile/email", value: value,
            request: kept.request)
        ])
        for _ in 0..<2 {
          let rows = try await client.get("/api/v1/users?limit=2").rows()
          #expect(rows.count == 2 && rows[0]["profile"]?["email"]?.text != nil)
          #expect(rows[1]["profile"]?["email"] == value)
        }
        let other = try await client.get("/api/v1/users?limit=3").rows()
        #expect(other[1]["profile"]?["email"]?.text != nil)
      }
    }
  }

  @Test("faults are set and requests read over HTTP")
  func admin() async throws {
    try await withMock(smallOrganisation()) { mock async throws in
      let client = Client.okta(mock)
      let faults: JSON = [
        ["vendor": "okta", "endpoint": "GET /api/v1/users", "kind": "forbidden", "times": nil]
      ]
      #expect(try await client.send("POST", "/_mock/faults", json: faults).status == 200)
      #expect(try await client.get("/api/v1/users").status == 403)
      #expect(try await client.get("/api/v1/users").status == 403)
      #expect(try await client.send("DELETE", "/_mock/faults").status == 204)
      #expect(try await client.get("/api/v1/users?limit=5").status == 200)
      let counts = try await client.get("/_mock/counts").json()
      #expect(counts == ["okta": ["GET /api/v1/users": 3]])
      let requests = try await client.get("/_mock/requests").rows()
      #expect(requests.last?["query"] == "limit=5")
      #expect(try await client.send("POST", "/_mock/faults", json: ["x": 1]).status == 400)
    }
  }
}
