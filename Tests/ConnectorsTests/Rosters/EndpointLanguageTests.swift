import CurlTransport
import Foundation
import IdentityCore
import Logging
import MockIdP
import Testing

@testable import ConnectorKit
@testable import Endpoint

@Suite("The language of JSON rosters") struct EndpointLanguageTests {
  private static func text(
    path: String = "/people", fields: String, more: String = "",
    auth: String = #"{"kind": "bearer", "token": "env:T"}"#
  ) -> String {
    #"{"path": "\#(path)", "items": "/data", "auth": \#(auth), "fields": {\#(fields)}\#(more)}"#
  }

  private static let plain = #""id": "/uid", "email": "/mail", "role": "/role""#

  private func read(
    _ people: [JSON], _ text: String, _ change: (inout JSONEndpoint) -> Void = { _ in }
  ) async throws -> RosterReading {
    try await EndpointBench.run(Endpoints.scenario(people, change)) { bench in
      try await bench.endpoint(text).readRoster(of: ["x"], progress: .none)
    }
  }

  @Test(
    "several rows of one person are one with the strongest role; other facts are a contradiction")
  func severalRows() async throws {
    let rows: [JSON] = [
      ["uid": "1", "mail": "ana@acme.com", "role": "viewer"],
      ["uid": "1", "mail": "ana@acme.com", "role": "Administrator"],
      ["uid": "1", "mail": "ana@acme.com", "role": "member"],
      ["uid": "2", "mail": "bo@acme.com", "role": "member"],
    ]
    let reading = try await read(rows, Self.text(fields: Self.plain))
    let roster = reading.teams[0].roster
    #expect(reading.teams[0].isComplete && roster.count == 2, "\(reading.source.issues)")
    #expect(roster[0].role == .admin && roster[0].userID == "1" && roster[1].role == .member)
    let twice: [[JSON]] = [
      [["uid": "1", "mail": "ana@acme.com"], ["uid": "1", "mail": "bo@acme.com"]],
      [
        ["uid": "1", "mail": "ana@acme.com"],
        ["uid": "2", "mail": "ana@acme.com", "role": "admin"],
      ],
    ]
    for rows in twice {
      let reading = try await read(rows, Self.text(fields: Self.plain))
      #expect(!reading.teams[0].isComplete, "\(rows)")
    }
  }

  @Test(
    "blanks of any script around an address are dropped; what nobody sees inside is told with its row"
  )
  func addresses() async throws {
    let rows: [JSON] = [
      ["uid": "1", "mail": "\u{A0}ana@acme.com\u{2003}"],
      ["uid": "2", "mail": "b\u{200D}o@acme.com"],
    ]
    let reading = try await read(rows, Self.text(fields: Self.plain))
    #expect(reading.teams[0].roster[0].email == "ana@acme.com")
    let odd = reading.source.issues.filter { $0.code == "invisible-characters" }
    #expect(odd.count == 1 && odd[0].affects == .details && reading.teams[0].isComplete)
    #expect(
      odd.first?.message.contains("row 2") == true && odd.first?.message.contains("U+200D") == true)
  }

  @Test("an address may be composed of fields, and is missing where one of them is")
  func composed() async throws {
    let fields =
      #""id": "/uid", "email": {"compose": "{{/user}}@{{/org/domain}}", "transform": "lower"}"#
    let good: JSON = ["uid": "1", "user": "Ana", "org": ["domain": "acme.com"]]
    let reading = try await read([good], Self.text(fields: fields))
    #expect(reading.teams[0].roster[0].email == "ana@acme.com", "\(reading.source.issues)")
    let lacking = try await read([good, ["uid": "2", "user": "bo"]], Self.text(fields: fields))
    #expect(!lacking.teams[0].isComplete)
    for (compose, word) in [
      ("plain", "names no place"), ("{{/a", "}} is missing"), ("{{a}}", "expected a JSON Pointer"),
    ] {
      let told = try EndpointBench.problems(
        EndpointKind(),
        Self.text(fields: #""id": "/uid", "email": {"compose": "\#(compose)"}"#))
      #expect(told.contains { $0.contains(word) }, "\(told)")
    }
  }

  @Test("the URL of the next page may stand in a header")
  func nextHeader() async throws {
    let more =
      #", "paging": {"style": "next_url", "next_header": "X-Next", "size_param": "per_page", "size": 2}"#
    let reading = try await read(
      Endpoints.people(5), Self.text(fields: Self.plain, more: more)
    ) {
      $0.paging = .urlHeader
      $0.maxPageSize = 2
    }
    #expect(reading.teams[0].roster.count == 5, "\(reading.source.issues)")
  }

  @Test("a place that matches nothing, and a value of another type, are the configuration's")
  func mistakes() async throws {
    let rows: [JSON] = [
      ["uid": "1", "mail": "ana@acme.com", "sso": "perhaps"],
      ["uid": "2", "mail": "bo@acme.com", "sso": "maybe"],
    ]
    let fields = #""id": "/uid", "email": "/mail", "role": "/rôle", "federated": "/sso""#
    let reading = try await read(rows, Self.text(fields: fields))
    let told = reading.source.issues.filter { $0.code == "mapping" }.map(\.message)
    #expect(told.count == 2 && reading.teams[0].isComplete, "\(told)")
    #expect(
      told.contains {
        $0.contains("fields.role") && $0.contains("any of the 2 rows")
          && $0.contains("mail, sso, uid")
      },
      "\(told)")
    #expect(told.contains { $0.contains("fields.federated") && $0.contains("true or false") })
    for (wrong, words) in [
      (#""id": "/id", "email": "/mail""#, ["fields.id", "/id matches nothing", "mail, sso, uid"]),
      (#""id": "/uid", "email": "/email""#, ["fields.email", "/email matches nothing"]),
    ] {
      let broken = try await read(rows, Self.text(fields: wrong))
      let issue = try #require(broken.source.issues.first)
      for word in words { #expect(issue.message.contains(word), "\(issue.message)") }
      #expect(issue.remedy.contains("configuration") && !broken.teams[0].isComplete)
    }
    let items = try await read(
      rows, Self.text(fields: Self.plain).replacingOccurrences(of: "/data", with: "/rows"))
    #expect(items.source.issues.first?.message.contains("items of source json") == true)
    #expect(
      items.source.issues.first?.message.contains("data, meta") == true, "\(items.source.issues)")
    // One row alone without an id is the vendor's.
    let one = try await read(rows + [["mail": "cy@acme.com"]], Self.text(fields: Self.plain))
    #expect(one.source.firstGap?.remedy.contains("report it") == true, "\(one.source.issues)")
  }

  @Test("a log-in gives a token, which is renewed when it is refused")
  func login() async throws {
    let auth =
      #"{"kind": "login", "path": "/login", "user": "idsync", "password": "env:P", "token": "/access_token", "expires": "/expires_in", "body": {"name": "{{user}}", "secret": "{{password}}"}}"#
    let scenario = Endpoints.scenario(Endpoints.people(3)) { $0.credentials = .login }
    try await EndpointBench.run(scenario) { bench in
      let endpoint = try bench.endpoint(Self.text(fields: Self.plain, auth: auth))
      let first = await endpoint.readRoster(of: ["x"], progress: .none)
      #expect(
        first.teams[0].isComplete && first.teams[0].roster.count == 3, "\(first.source.issues)")
      await bench.mock.revokeAccessTokens()
      let second = await endpoint.readRoster(of: ["x"], progress: .none)
      #expect(second.teams[0].isComplete, "\(second.source.issues)")
      #expect(await bench.mock.requestCounts(.json)["POST /login"] == 2)
      #expect(!"\(second)\(bench.log.text)".contains(scenario[JSONEndpoint.self].secret))
      let wrong = try bench.endpoint(
        Self.text(
          fields: Self.plain, auth: auth.replacingOccurrences(of: "env:P", with: "env:WRONG")))
      let refused = await wrong.readRoster(of: ["x"], progress: .none)
      #expect(refused.source.issues.first?.code == "unauthorised", "\(refused.source.issues)")
    }
  }

  @Test("the request about one person may go to another host with credentials of its own")
  func secondHost() async throws {
    var scenario = Endpoints.scenario([["uid": "1", "mail": "ana@acme.com"]]) {
      $0.details = ["1": ["policy": "REQUIRED"]]
    }
    scenario[SCIMServer.self].users = [SCIMServer.user("1", "ana@acme.com")]
    try await EndpointBench.run(scenario) { bench in
      let scim = try #require(bench.mock[.scim])
      let text = Self.text(
        fields: #""id": "/uid", "email": "/mail""#,
        more:
          #", "detail": {"url": "\#(scim.baseURL)/scim/v2", "path": "/Users/{{id}}", "auth": {"kind": "bearer", "token": "env:SCIM"}}, "mfa": {"meaning": "enforcement", "app": "*", "value_path": {"path": "/userName", "from": "detail"}, "values": {"ana@acme.com": "enforced"}}"#
      )
      let judged = await EndpointJudged(try bench.endpoint(text), ["ana@acme.com"])
      #expect(judged["ana@acme.com"]?.verdict == .enforced, "\(judged.issues)")
      let there = await bench.mock.requests(.scim)
      #expect(there.map(\.endpoint) == ["GET /scim/v2/Users/{id}"])
      #expect(there.first?.headers["authorization"] == "Bearer \(scim.token)")
      let own = scenario[JSONEndpoint.self].secret
      #expect(
        there.allSatisfy { !"\($0.headers)".contains(own) }, "its own credentials stay at home")
      #expect(judged.provider.source.requests == 2)
      let without = text.replacingOccurrences(
        of: #", "auth": {"kind": "bearer", "token": "env:SCIM"}"#, with: "")
      let told = try EndpointBench.problems(EndpointKind(), without)
      #expect(told.contains { $0.contains("detail.auth") }, "\(told)")
    }
  }

  @Test(
    "a sample of a list by team asks for a team that is configured, with the parameters of its paging"
  )
  func sampleOfTeam() async throws {
    let people: [JSON] = [["uid": "1", "mail": "ana@acme.com", "team": "ops"]]
    let text = Self.text(
      path: "/teams/{{team}}/people", fields: Self.plain,
      more: #", "paging": {"style": "page", "param": "page", "size_param": "per_page", "size": 50}"#
    )
    try await EndpointBench.run(Endpoints.scenario(people) { $0.paging = .page }) { bench in
      let endpoint = try bench.endpoint(text)
      let sample = await endpoint.sample(limit: 5, team: "ops")
      #expect(sample.received == 1, "\(sample.notes)")
      let sent = try #require(await bench.mock.requests(.json).first)
      #expect(sent.path == "/teams/ops/people" && sent.query == "page=1&per_page=50")
      let none = await endpoint.sample(limit: 5)
      #expect(none.notes.first?.contains("no team of the configuration") == true, "\(none.notes)")
      #expect(await endpoint.diagnose(asking: ["ops"]).allSatisfy { $0.outcome != .failure })
    }
  }
}
