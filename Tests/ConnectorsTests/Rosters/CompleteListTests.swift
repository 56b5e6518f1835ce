import CurlTransport
import Foundation
import IdentityCore
import Logging
import MockIdP
import Testing

@testable import ConnectorKit
@testable import Local

@Suite("Only a complete list makes people vanish") struct CompleteListTests {
  private typealias O = Organisations

  private static func invited(type: String) -> Scenario {
    O.small {
      $0.heroku.teams[0].type = type
      $0.heroku.teams[0].invitations = [HerokuInvitation("new@acme.com")]
    }
  }

  private static func unreadable() -> [Fault] {
    let endpoint = "GET /teams/{team}/invitations"
    return [400, 402, 403, 410, 422, 500].map {
      Fault(.heroku, endpoint, .status, times: nil, status: $0)
    }
      + [.truncated, .malformed, .html, .unauthorized].map {
        Fault(.heroku, endpoint, $0, times: nil)
      }
  }

  @Test("invitations that cannot be read end nobody's invitation, and the run is not complete")
  func invitations() async throws {
    try await Bench.run(Self.invited(type: "team")) { bench in
      let good = try await ConformanceReading(of: bench.heroku(), team: Bench.team)
      let before = try good.reconciled().records
      #expect(before["new@acme.com"]?.isPending == true)
      let notThere = Fault(.heroku, "GET /teams/{team}/invitations", .notFound, times: nil)
      for fault in Self.unreadable() + [notThere] {
        await bench.mock.setFaults([fault])
        let bad = try await ConformanceReading(of: bench.heroku(), team: Bench.team)
        #expect(!bad.source.isComplete, "\(fault.kind) \(fault.status ?? 0)")
        #expect(bad.team.isComplete, "the members were read")
        #expect(try bad.reconciled(with: before).changes.isEmpty, "\(fault.kind)")
      }
    }
  }

  @Test("404 of an enterprise team, to which nobody is invited, is told, and still ends nothing")
  func enterpriseInvitations() async throws {
    try await Bench.run(Self.invited(type: "enterprise")) { bench in
      let good = try await ConformanceReading(of: bench.heroku(), team: Bench.team)
      await bench.mock.setFaults([
        Fault(.heroku, "GET /teams/{team}/invitations", .notFound, times: nil)
      ])
      let bad = try await ConformanceReading(of: bench.heroku(), team: Bench.team)
      #expect(bad.source.isComplete && bad.source.issues.map(\.status) == [404])
      #expect(try bad.reconciled(with: good.reconciled().records).changes.isEmpty)
    }
  }

  @Test("a Heroku team without members cannot be, outsiders or not")
  func herokuEmpty() async throws {
    let scenario = O.small {
      $0.heroku.teams[0].apps = [
        HerokuApp("app-1", collaborators: [HerokuCollaborator("outside@example.org")])
      ]
    }
    try await Bench.run(scenario) { bench in
      let good = try await ConformanceReading(of: bench.heroku(), team: Bench.team)
      await bench.mock.update { $0.heroku.teams[0].members = [] }
      let bad = try await ConformanceReading(of: bench.heroku(), team: Bench.team)
      #expect(!bad.team.isComplete && bad.source.issues.map(\.code) == ["empty"])
      #expect(try bad.reconciled(with: good.reconciled().records).changes.isEmpty)
    }
  }

  @Test("an organisation at GitHub without members cannot be")
  func githubEmpty() async throws {
    try await Bench.run(GitHubOrgs.scenario(GitHubOrgs.platform())) { bench in
      let good = try await ConformanceReading(of: bench.github(), team: GitHubOrgs.org)
      await bench.mock.update { $0[GitHubPlatform.self].organisations[0].members = [] }
      let bad = try await ConformanceReading(of: bench.github(), team: GitHubOrgs.org)
      #expect(!bad.team.isComplete && bad.source.issues.contains { $0.code == "empty" })
      #expect(try bad.reconciled(with: good.reconciled().records).changes.isEmpty)
    }
  }

  @Test("a SCIM group that names nobody, or does not say whom, ends nothing", arguments: [0, 1, 2])
  func scimEmpty(change: Int) async throws {
    let users = SCIMServers.users(2)
    let scenario = SCIMServers.scenario(users) {
      $0.groups = [SCIMServer.group("g-1", EndpointBench.team, users: ["u-0", "u-1"])]
    }
    try await EndpointBench.run(scenario) { bench in
      let good = try await ConformanceReading(
        of: bench.scim(SCIMServers.plain), team: EndpointBench.team)
      #expect(good.team.isComplete && good.team.roster.count == 2)
      await bench.mock.update {
        switch change {
        case 0: $0[SCIMServer.self].groups = [SCIMServer.group("g-1", EndpointBench.team)]
        case 1: $0[SCIMServer.self].groups[0]["members"] = nil
        default: $0[SCIMServer.self].groups[0]["members"] = .null
        }
      }
      let bad = try await ConformanceReading(
        of: bench.scim(SCIMServers.plain), team: EndpointBench.team)
      #expect(!bad.team.isComplete && !bad.source.isComplete)
      #expect(try bad.reconciled(with: good.reconciled().records).changes.isEmpty)
    }
  }

  @Test("everybody at a SCIM server without users is nobody's end")
  func scimEveryone() async throws {
    try await EndpointBench.run(SCIMServers.scenario([])) { bench in
      let reading = try await bench.scim(#"{"token": "env:T", "team_is": "everyone"}"#)
        .readRoster(of: ["x"], progress: .none)
      #expect(!reading.teams[0].isComplete && reading.source.issues.map(\.code) == ["empty"])
    }
  }

  @Test("an endpoint's empty list is no team", arguments: ["/people", "/empty/{{team}}"])
  func endpointEmpty(path: String) async throws {
    let text = """
      {"path": "\(path)", "items": "/data", "auth": {"kind": "bearer", "token": "env:T"},
       "fields": {"id": "/uid", "email": "/mail"}}
      """
    let people: [JSON] = [["uid": "1", "mail": "ana@acme.com"]]
    try await EndpointBench.run(Endpoints.scenario(people)) { bench in
      let good = try await ConformanceReading(
        of: bench.endpoint(text.replacingOccurrences(of: "/empty/{{team}}", with: "/people")),
        team: "acme")
      await bench.mock.update { $0[JSONEndpoint.self].people = [] }
      let bad = try await ConformanceReading(of: bench.endpoint(text), team: "acme")
      #expect(!bad.team.isComplete && bad.source.issues.map(\.code) == ["empty"])
      #expect(try bad.reconciled(with: good.reconciled().records).changes.isEmpty)
    }
  }

  // Whether the team had people is known to the run: `RunReadings.refuseLostTeams`.
  @Test("a local team without people is read to its end")
  func localEmpty() async {
    let roster = LocalRoster(
      name: "local", localTeam: { TeamState($0, isLocal: true) },
      clock: { Timestamp(milliseconds: 0) })
    let reading = await roster.readRoster(of: ["acme"], progress: .none)
    #expect(reading.teams[0].isComplete && reading.source.issues.isEmpty)
  }

  // MARK: Read to the end

  private static let list = """
    {"path": "/people", "items": "/data", "auth": {"kind": "bearer", "token": "env:T"},
     "fields": {"id": "/uid", "email": "/mail"}}
    """

  struct Hint: Sendable, CustomTestStringConvertible {
    var name: String
    var header: (String, String)?
    var extra: JSON?
    var isMore = true
    var testDescription: String { name }
  }

  static let hints: [Hint] = [
    Hint(name: "Link", header: ("Link", "<https://x.example/people?page=2>; rel=\"next\"")),
    Hint(
      name: "Link among others",
      header: ("Link", "<https://x.example/1>; title=\"a, b\"; rel=first, </2>; rel=\"last next\"")),
    Hint(name: "X-Total-Count", header: ("X-Total-Count", "25")),
    Hint(name: "X-Next-Page", header: ("X-Next-Page", "2")),
    Hint(name: "has_more", extra: ["has_more": true]),
    Hint(name: "next_page_token", extra: ["next_page_token": "abc"]),
    Hint(name: "nextPageToken", extra: ["nextPageToken": "abc"]),
    Hint(name: "meta/next", extra: ["meta": ["next": "/people?page=2"]]),
    Hint(name: "paging/next/href", extra: ["paging": ["next": ["href": "/people?page=2"]]]),
    Hint(
      name: "_links/next/href",
      extra: ["_links": ["next": ["href": "/p2"], "self": ["href": "/p1"]]]),
    Hint(name: "@odata.nextLink", extra: ["@odata.nextLink": "https://x.example/2"]),
    Hint(name: "response_metadata", extra: ["response_metadata": ["next_cursor": "dGVh"]]),
    Hint(name: "pageInfo", extra: ["pageInfo": ["hasNextPage": true, "endCursor": "x"]]),
    Hint(
      name: "a Link to the last page",
      header: ("Link", "<https://x.example/people?page=1>; rel=\"last\""), isMore: false),
    Hint(name: "X-Total-Count that is met", header: ("X-Total-Count", "3"), isMore: false),
    Hint(name: "an empty X-Next-Page", header: ("X-Next-Page", ""), isMore: false),
    Hint(
      name: "no more", extra: ["has_more": false, "next_page_token": "", "next": .null],
      isMore: false),
    Hint(name: "its own address", extra: ["_links": ["self": ["href": "/p1"]]], isMore: false),
  ]

  @Test("a list that says that there is more is not whole without paging", arguments: hints)
  func more(hint: Hint) async throws {
    let scenario = Endpoints.scenario(Endpoints.people(3)) {
      if let (name, value) = hint.header { $0.replyHeaders = [name: value] }
      $0.extra = hint.extra
    }
    try await EndpointBench.run(scenario) { bench in
      let reading = try await bench.endpoint(Self.list).readRoster(of: ["x"], progress: .none)
      #expect(reading.teams[0].isComplete != hint.isMore, "\(reading.source.issues)")
      #expect(reading.source.isComplete != hint.isMore)
      guard hint.isMore else { return }
      #expect(reading.source.issues.first?.remedy.contains("paging") == true)
    }
  }

  private static func paged(_ style: String) -> String {
    list.replacingOccurrences(of: #""fields""#, with: #""paging": \#(style), "fields""#)
  }

  @Test(
    "a row that comes again where pages are named is one row; where they are counted, the list is read again"
  )
  func repeatedRows() async throws {
    let cursor = Self.paged(#"{"style": "cursor", "param": "after", "next": "/meta/next"}"#)
    let offset = Self.paged(
      #"{"style": "offset", "param": "offset", "size_param": "limit", "size": 3}"#)
    var people = Endpoints.people(5)
    people.insert(people[2], at: 3)
    for (text, paging) in [(cursor, JSONEndpoint.Paging.cursor), (offset, .offset)] {
      let scenario = Endpoints.scenario(people) {
        $0.paging = paging
        $0.maxPageSize = 3
        if paging == .offset { $0.firstPage = 0 }
      }
      try await EndpointBench.run(scenario) { bench in
        let reading = try await bench.endpoint(text).readRoster(of: ["x"], progress: .none)
        let issues = reading.source.issues
        if paging == .cursor {
          #expect(reading.teams[0].isComplete && reading.teams[0].roster.count == 5, "\(issues)")
          #expect(issues.map(\.code) == ["repeated-rows"] && issues[0].affects == .details)
          #expect(reading.source.fetched == 5)
        } else {
          #expect(!reading.teams[0].isComplete && issues.map(\.code) == ["duplicate-ids"])
          let firsts = await bench.mock.requests(.json).filter { $0.query.contains("offset=0") }
          #expect(firsts.count == 2, "read again once")
        }
      }
    }
  }

  @Test("an id that comes again with other facts makes an account list incomplete")
  func otherFacts() async throws {
    var people = Endpoints.people(3)
    people.append(people[0].merging(["state": "PAUSED"]))
    try await EndpointBench.run(Endpoints.scenario(people)) { bench in
      let judged = await EndpointJudged(
        try bench.endpoint(Endpoints.configuration()), ["p0001@acme.com"])
      let gap = judged.provider.source.firstGap
      #expect(gap?.message.contains("other facts") == true, "\(judged.issues)")
    }
  }

  @Test("members at Heroku that come again are one; with other facts the list is not whole")
  func herokuRepeats() async throws {
    try await Bench.run(HerokuRows.large) { bench in
      await bench.mock.setFaults([
        Fault(.heroku, "GET /teams/{team}/members", .duplicate, first: 2, times: 1)
      ])
      let reading = await bench.heroku().readRoster(of: [Bench.team], progress: .none)
      #expect(reading.teams[0].isComplete && reading.teams[0].roster.count == 2_001)
      #expect(reading.source.issues.map(\.code) == ["repeated-rows"])
    }
  }

  @Test("people at GitHub that come again are one")
  func githubRepeats() async throws {
    let platform = GitHubOrgs.platform { $0.largestPage = 1 }
    try await Bench.run(GitHubOrgs.scenario(platform)) { bench in
      await bench.mock.setFaults([
        Fault(.github, "GET /orgs/{org}/members", .duplicate, first: 3, times: nil)
      ])
      let reading = await bench.github().readRoster(of: [GitHubOrgs.org], progress: .none)
      let repeats = reading.source.issues.filter { $0.code == "repeated-rows" }
      #expect(reading.teams[0].isComplete && !repeats.isEmpty, "\(reading.source.issues)")
      #expect(reading.teams[0].roster.count == 3)
    }
  }

  @Test("resources of SCIM that come again: by cursor one, by index read again and then incomplete")
  func scimRepeats() async throws {
    for hasCursors in [true, false] {
      var users = SCIMServers.users(5)
      users.insert(users[2], at: 3)
      let scenario = SCIMServers.scenario(users) {
        $0.hasCursors = hasCursors
        $0.maxPageSize = 3
      }
      try await EndpointBench.run(scenario) { bench in
        let reading = try await bench.scim(#"{"token": "env:T", "team_is": "everyone"}"#)
          .readRoster(of: ["x"], progress: .none)
        #expect(reading.teams[0].isComplete == hasCursors, "\(reading.source.issues)")
        if hasCursors {
          #expect(reading.teams[0].roster.count == 5)
          #expect(reading.source.issues.map(\.code) == ["repeated-rows"])
        }
      }
    }
  }

  @Test("rows fetched are never more than those declared")
  func figures() async throws {
    let scenario = SCIMServers.scenario(SCIMServers.users(23)) {
      $0.groups = (0..<4).map {
        SCIMServer.group("g-\($0)", "team-\($0)", users: (0..<23).map { "u-\($0)" })
      }
    }
    try await EndpointBench.run(scenario) { bench in
      let reading = try await bench.scim(SCIMServers.plain)
        .readRoster(of: ["team-1"], progress: .none)
      #expect(reading.source.fetched == 23 && reading.source.declared == 23)
    }
    // The size of a page is not what the server has.
    let counting = SCIMServers.scenario(SCIMServers.users(250)) { $0.countsPages = true }
    try await EndpointBench.run(counting) { bench in
      let reading = try await bench.scim(#"{"token": "env:T", "team_is": "everyone"}"#)
        .readRoster(of: ["x"], progress: .none)
      #expect(reading.source.fetched == 250 && reading.source.declared == nil)
    }
  }
}
