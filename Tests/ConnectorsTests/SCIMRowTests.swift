import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import SCIM

extension EndpointBench {
  func scim(_ json: String) throws -> SCIMConnector {
    guard let source = try source(SCIMKind(), json, .scim) as? SCIMConnector else {
      throw Broken(reason: "no server")
    }
    return source
  }
}

/// Servers and configurations for tables of situations.
enum SCIMServers {
  static let urn = "urn:acme:scim:security:2.0:User"
  static let ana = "ana@acme.com"

  static func user(_ extension: JSON? = nil, active: JSON? = true) -> JSON {
    SCIMServer.user("u-1", ana, active: active, with: `extension`.map { [urn: $0] })
  }

  static func users(_ count: Int) -> [JSON] {
    (0..<count).map { SCIMServer.user("u-\($0)", "p\($0)@acme.com") }
  }

  static func scenario(
    _ users: [JSON], faults: [Fault] = [], _ change: (inout SCIMServer) -> Void = { _ in }
  ) -> Scenario {
    var scenario = Scenario(faults: faults)
    scenario[SCIMServer.self].users = users
    change(&scenario[SCIMServer.self])
    return scenario
  }

  static let plain = #"{"token": "env:T"}"#
  static let mapped = """
    {"token": "env:T", "mfa": {"path": "\(urn):mfaPolicy", "meaning": "enforcement", "enforced_values": ["required"],
      "conditional_values": ["risk"], "not_enforced_values": ["optional"]}}
    """
  static let enrolment =
    #"{"token": "env:T", "mfa": {"path": "\#(urn):mfaEnrolled", "meaning": "enrolment"}}"#
}

extension SCIMServers {
  static let enrolmentWords =
    #"{"token": "env:T", "mfa": {"path": "\#(urn):mfaEnrolled", "meaning": "enrolment", "enforced_values": ["ready"], "not_enforced_values": ["absent"]}}"#
}

@Suite("SCIM verdicts, row by row") struct SCIMRowTests {
  private typealias S = SCIMServers

  struct Situation: Sendable, CustomTestStringConvertible {
    var number: String
    var situation: String
    var user: JSON
    var configuration = SCIMServers.mapped
    var expected: Verdict
    var reason = ""
    var testDescription: String { "\(number): \(situation)" }
  }

  static let table: [Situation] = [
    .init(
      number: "1", situation: "a plain user, no extension mapped", user: S.user(),
      configuration: S.plain, expected: .cannotTell, reason: "No attribute of SCIM"),
    .init(
      number: "1b", situation: "a plain user with a mapped extension", user: S.user(),
      expected: .cannotTell, reason: "missing"),
    .init(
      number: "2", situation: "the mapped policy is required",
      user: S.user(["mfaPolicy": "required"]), expected: .enforced, reason: "required"),
    .init(
      number: "2b", situation: "the mapped policy is conditional",
      user: S.user(["mfaPolicy": "risk"]), expected: .enforcedConditionally, reason: "risk"),
    .init(
      number: "2c", situation: "the mapped policy is optional",
      user: S.user(["mfaPolicy": "optional"]), expected: .notEnforced),
    .init(
      number: "2d", situation: "the mapped policy is not listed",
      user: S.user(["mfaPolicy": "perhaps"]), expected: .cannotTell, reason: "perhaps"),
    .init(
      number: "3", situation: "the mapped attribute is missing", user: S.user(["other": 1]),
      expected: .cannotTell, reason: "missing"),
    .init(
      number: "3b", situation: "the mapped attribute is null", user: S.user(["mfaPolicy": .null]),
      expected: .cannotTell),
    .init(
      number: "4", situation: "mapped enrolment is true", user: S.user(["mfaEnrolled": true]),
      configuration: S.enrolment, expected: .notEnforced, reason: "enrolled only"),
    .init(
      number: "4b", situation: "mapped enrolment is missing", user: S.user(),
      configuration: S.enrolment, expected: .cannotTell),
    .init(
      number: "4c", situation: "mapped enrolment is a word that is listed",
      user: S.user(["mfaEnrolled": "ready"]), configuration: S.enrolmentWords,
      expected: .notEnforced, reason: "enrolled only"),
    .init(
      number: "4d", situation: "mapped enrolment is a word that is listed as none",
      user: S.user(["mfaEnrolled": "absent"]), configuration: S.enrolmentWords,
      expected: .notEnforced, reason: "not even enrolled"),
    .init(
      number: "4e", situation: "mapped enrolment is a word that is not listed",
      user: S.user(["mfaEnrolled": "perhaps"]), configuration: S.enrolmentWords,
      expected: .cannotTell),
    .init(
      number: "5", situation: "active is the text False",
      user: S.user(["mfaPolicy": "required"], active: "False"), expected: .notEvaluated),
    .init(
      number: "5b", situation: "active is missing",
      user: S.user(["mfaPolicy": "required"], active: nil), expected: .cannotTell,
      reason: "active is missing"),
  ]

  @Test("every situation of the table gives its verdict", arguments: table)
  func row(_ row: Situation) async throws {
    try await EndpointBench.run(S.scenario([row.user])) { bench in
      let judged = await EndpointJudged(try bench.scim(row.configuration), [S.ana])
      #expect(judged.isComplete, "\(judged.issues)")
      let record = try #require(judged[S.ana])
      #expect(record.verdict == row.expected, "\(record.reason)")
      let words = record.reason + "\(record.judgement.deciding?.evidence ?? [])"
      #expect(row.reason.isEmpty || words.contains(row.reason), "\(words)")
    }
  }

  private func paths(_ bench: EndpointBench) async -> [String] {
    await bench.mock.requests(.scim).filter { $0.endpoint.hasSuffix("/Users") }.map { request in
      request.query.split(separator: "&").filter {
        $0.hasPrefix("startIndex") || $0.hasPrefix("cursor")
      }
      .joined(separator: "&")
    }
  }

  @Test("6: page 2 is page 1 again: incomplete")
  func samePage() async throws {
    try await EndpointBench.run(S.scenario(S.users(250)) { $0.ignoresStartIndex = true }) { bench in
      let judged = await EndpointJudged(try bench.scim(S.mapped), ["p200@acme.com"])
      #expect(!judged.isComplete && judged.issues.first?.code == "cursor-loop", "\(judged.issues)")
      #expect(judged["p200@acme.com"]?.verdict == .cannotTell)
    }
  }

  @Test("7: 250 users, a server that caps at 100: startIndex 1, 101, 201")
  func capped() async throws {
    let scenario = S.scenario(S.users(250)) { $0.announcesPageSize = false }
    try await EndpointBench.run(scenario) { bench in
      let text = #"{"token": "env:T", "page_size": 500}"#
      let judged = await EndpointJudged(try bench.scim(text), ["p249@acme.com"])
      #expect(judged.isComplete && judged.provider.source.fetched == 250)
      #expect(await paths(bench) == ["startIndex=1", "startIndex=101", "startIndex=201"])
    }
  }

  @Test("8: 99 on the first page: the next begins at 100")
  func shortPage() async throws {
    try await EndpointBench.run(S.scenario(S.users(250)) { $0.firstPageSize = 99 }) { bench in
      let judged = await EndpointJudged(try bench.scim(S.plain), ["p249@acme.com"])
      #expect(judged.isComplete)
      #expect(await paths(bench) == ["startIndex=1", "startIndex=100", "startIndex=200"])
    }
  }

  @Test("9: a cursor that expires on page 3 is begun anew once, and then it is an error")
  func expired() async throws {
    let scenario = S.scenario(S.users(250)) { $0.hasCursors = true }
    func fault(_ times: Int?) -> Fault {
      Fault(
        .scim, "GET /scim/v2/Users", .status, first: 3, times: times, status: 400,
        text: "expiredCursor")
    }
    try await EndpointBench.run(scenario) { bench in
      await bench.mock.setFaults([fault(1)])
      let judged = await EndpointJudged(try bench.scim(S.plain), ["p249@acme.com"])
      #expect(judged.isComplete && judged.provider.source.declared == nil, "\(judged.issues)")
      #expect(await paths(bench).filter { $0 == "cursor=" }.count == 2)
      await bench.mock.setFaults([fault(nil)])
      let broken = await EndpointJudged(try bench.scim(S.plain), ["p249@acme.com"])
      #expect(!broken.isComplete && broken.issues.first?.code == "refused")
    }
  }

  @Test("10: pages by cursor need no total; they end where no next cursor is named")
  func cursors() async throws {
    for hasTotal in [false, true] {
      let scenario = S.scenario(S.users(250)) {
        $0.hasCursors = true
        $0.hasTotalWithCursor = hasTotal
      }
      try await EndpointBench.run(scenario) { bench in
        let judged = await EndpointJudged(try bench.scim(S.plain), ["p249@acme.com"])
        #expect(judged.isComplete && judged.provider.source.fetched == 250, "\(judged.issues)")
        #expect(await paths(bench) == ["cursor=", "cursor=100-0", "cursor=200-0"])
      }
    }
  }

  @Test("11: no Resources and a total of 0 is an empty set")
  func empty() async throws {
    try await EndpointBench.run(S.scenario([])) { bench in
      let judged = await EndpointJudged(try bench.scim(S.mapped), [S.ana])
      #expect(judged.isComplete && judged[S.ana]?.judgement.deciding?.code == .notInIdP)
    }
  }

  @Test("12: an error whose status is a number is understood as well")
  func numericStatus() async throws {
    for numeric in [false, true] {
      let fault = Fault(
        .scim, "GET /scim/v2/Users", .status, times: nil, status: 400, text: "tooMany")
      let scenario = S.scenario(S.users(3), faults: [fault]) { $0.hasNumericStatus = numeric }
      try await EndpointBench.run(scenario) { bench in
        let judged = await EndpointJudged(try bench.scim(S.plain), [S.ana])
        #expect(judged.issues.first?.message.contains("tooMany") == true, "\(judged.issues)")
      }
    }
  }

  @Test(
    "a server that calls the size of the page the total is read to its end; one with too few is incomplete"
  )
  func lies() async throws {
    try await EndpointBench.run(S.scenario(S.users(250)) { $0.countsPages = true }) { bench in
      let judged = await EndpointJudged(try bench.scim(S.plain), ["p249@acme.com"])
      #expect(judged.isComplete && judged.provider.source.fetched == 250, "\(judged.issues)")
    }
    let capped = S.scenario(S.users(120)) {
      $0.countsPages = true
      $0.maxPageSize = 50
      $0.announcesPageSize = false
    }
    try await EndpointBench.run(capped) { bench in
      let judged = await EndpointJudged(try bench.scim(S.plain), ["p119@acme.com"])
      #expect(judged.isComplete && judged.provider.source.fetched == 120, "\(judged.issues)")
    }
    // A server that knows one page, which is not full and holds as many as it says, has told all.
    try await EndpointBench.run(S.scenario(S.users(3)) { $0.ignoresStartIndex = true }) { bench in
      let judged = await EndpointJudged(try bench.scim(S.plain), ["p2@acme.com"])
      #expect(judged.isComplete && judged.provider.source.fetched == 3, "\(judged.issues)")
    }
    let full = S.scenario(S.users(250)) {
      $0.ignoresStartIndex = true
      $0.countsPages = true
    }
    try await EndpointBench.run(full) { bench in
      let judged = await EndpointJudged(try bench.scim(S.plain), ["p200@acme.com"])
      #expect(!judged.isComplete && judged.issues.first?.code == "cursor-loop", "\(judged.issues)")
    }
    try await EndpointBench.run(S.scenario(S.users(250)) { $0.surplus = 1 }) { bench in
      let judged = await EndpointJudged(try bench.scim(S.plain), ["p249@acme.com"])
      #expect(!judged.isComplete && judged.issues.first?.code == "paging")
      // Read again once before it is believed.
      #expect(await paths(bench).filter { $0 == "startIndex=1" }.count == 2)
    }
  }

  @Test("without capabilities the list is read by index")
  func noCapabilities() async throws {
    try await EndpointBench.run(S.scenario(S.users(120)) { $0.hasServiceProviderConfig = false }) {
      let judged = await EndpointJudged(try $0.scim(S.plain), ["p119@acme.com"])
      #expect(judged.isComplete && judged.provider.source.fetched == 120)
    }
  }

  @Test("of several addresses the primary one counts, the others are aliases")
  func addresses() async throws {
    let user = S.user(["mfaPolicy": "required"]).merging([
      "userName": "alima",
      "emails": [
        ["value": "old@acme.com", "type": "home"], ["value": "work@acme.com", "type": "work"],
        ["value": "ana@acme.com", "primary": "True"],
      ],
    ])
    try await EndpointBench.run(S.scenario([user])) { bench in
      for address in ["ana@acme.com", "old@acme.com", "work@acme.com", "alima"] {
        let judged = await EndpointJudged(try bench.scim(S.mapped), [address])
        #expect(judged[address]?.verdict == .enforced, "\(address)")
      }
    }
  }

  // MARK: Rosters

  private static func organisation(_ change: (inout SCIMServer) -> Void = { _ in }) -> Scenario {
    S.scenario(S.users(6)) {
      $0.groups = [
        SCIMServer.group("g-1", "acme", users: ["u-0", "u-1"], groups: ["g-2"]),
        SCIMServer.group("g-2", "inner", users: ["u-2"], groups: ["g-1"]),
        SCIMServer.group("g-3", "Admins", users: ["u-1"]),
      ]
      $0.hidesMembers = true
      change(&$0)
    }
  }

  private func emails(_ reading: RosterReading) -> [String] {
    let roster = reading.teams[0].roster
    return (0..<roster.count).map { roster[$0].email }.sorted()
  }

  @Test("a team is a group with the groups inside it, with and without filters; circles end")
  func groups() async throws {
    for (hasFilters, announces) in [(false, nil), (true, nil), (false, true)] as [(Bool, Bool?)] {
      let scenario = Self.organisation {
        $0.hasFilters = hasFilters
        $0.announcesFilters = announces
      }
      try await EndpointBench.run(scenario) { bench in
        let text = #"{"token": "env:T", "admin_groups": ["admins"]}"#
        let reading = try await bench.scim(text).readRoster(of: ["acme"], progress: .none)
        #expect(reading.source.isComplete, "\(reading.source.issues)")
        #expect(emails(reading) == ["p0@acme.com", "p1@acme.com", "p2@acme.com"])
        let roster = reading.teams[0].roster
        #expect((0..<roster.count).filter { roster[$0].role == .admin }.count == 1)
        #expect(!reading.teams[0].saysSignIn)
      }
    }
  }

  @Test("a team may be named otherwise, be everybody, or stand in the users' own groups")
  func otherTeams() async throws {
    let scenario = Self.organisation {
      $0.users.append(SCIMServer.user("u-9", "nina@acme.com", groups: ["g-3"]))
    }
    try await EndpointBench.run(scenario) { bench in
      let named = #"{"token": "env:T", "groups": {"widgets": "Admins"}}"#
      let reading = try await bench.scim(named).readRoster(of: ["widgets"], progress: .none)
      #expect(emails(reading) == ["nina@acme.com", "p1@acme.com"])
      let everyone = #"{"token": "env:T", "team_is": "everyone"}"#
      let all = try await bench.scim(everyone).readRoster(of: ["x"], progress: .none)
      #expect(all.source.isComplete && all.teams[0].roster.count == 7)
    }
  }

  @Test(
    "an unknown group, two of a name, and members who are there and not listed make a team incomplete"
  )
  func brokenTeams() async throws {
    let cases: [(String, @Sendable (inout SCIMServer) -> Void)] = [
      ("nobody", { _ in }),
      ("acme", { $0.groups.append(SCIMServer.group("g-9", "acme")) }),
      ("acme", { $0.hiddenUsers = ["u-0"] }),
    ]
    for (team, change) in cases {
      try await EndpointBench.run(Self.organisation(change)) { bench in
        let reading = try await bench.scim(S.plain).readRoster(of: [team], progress: .none)
        #expect(
          !reading.teams[0].isComplete && reading.source.issues.first?.code == "contradiction")
      }
    }
  }

  @Test("a reference to somebody who is gone is told and does not hold up the team")
  func deadReference() async throws {
    try await EndpointBench.run(Self.organisation { $0.users.removeFirst() }) { bench in
      let reading = try await bench.scim(S.plain).readRoster(of: ["acme"], progress: .none)
      #expect(reading.teams[0].isComplete && reading.source.isComplete)
      #expect(reading.source.issues.map(\.code) == ["dead-reference"])
      #expect(emails(reading) == ["p1@acme.com", "p2@acme.com"])
    }
    // Where members do not say what they are, one that is no user may be a group.
    let untyped = Self.organisation {
      $0.groups[0]["members"] = [["value": "u-0"], ["value": "g-2"]]
    }
    try await EndpointBench.run(untyped) { bench in
      let reading = try await bench.scim(S.plain).readRoster(of: ["acme"], progress: .none)
      #expect(!reading.teams[0].isComplete, "\(reading.source.issues)")
    }
  }

  @Test("count is left out where the configuration says so")
  func withoutCount() async throws {
    try await EndpointBench.run(S.scenario(S.users(250)) { $0.failsOverCount = true }) { bench in
      let asked = await EndpointJudged(try bench.scim(S.plain), ["p249@acme.com"])
      #expect(!asked.isComplete)
      let text = #"{"token": "env:T", "send_count": false}"#
      let plain = await EndpointJudged(try bench.scim(text), ["p249@acme.com"])
      #expect(plain.isComplete && plain.provider.source.fetched == 250, "\(plain.issues)")
    }
  }

  @Test("a failure never empties a team or makes anybody enforced", arguments: EndpointFault.all)
  func fault(_ fault: EndpointFault) async throws {
    let isCursor = fault.kind == .emptyPage || fault.kind == .repeatedCursor
    let scenario = S.scenario(S.users(250)) {
      $0.hasCursors = isCursor
      $0.groups = [SCIMServer.group("g-1", "acme", users: ["u-0", "u-249"])]
    }
    try await EndpointBench.run(scenario) { bench in
      let server = try bench.scim(S.plain)
      await bench.mock.setFaults([fault.fault(.scim, "GET /scim/v2/Users", text: "id")])
      let reading = await server.readRoster(of: ["acme"], progress: .none)
      if let code = fault.code {
        #expect(
          !reading.teams[0].isComplete && reading.source.issues.first?.code == code,
          "\(reading.source.issues)")
      } else {
        #expect(
          reading.teams[0].isComplete && reading.teams[0].roster.count == 2,
          "\(reading.source.issues)")
      }
      #expect(!"\(reading)\(bench.log.text)".contains(scenario[SCIMServer.self].token))
    }
  }

  @Test("doctor and sample tell what the server says and what was not understood")
  func doctor() async throws {
    let scenario = S.scenario([S.user(["mfaPolicy": "perhaps"], active: nil)]) {
      $0.groups = [SCIMServer.group("g-1", "acme")]
    }
    try await EndpointBench.run(scenario) { bench in
      let server = try bench.scim(S.mapped)
      let lines = await server.diagnose()
      #expect(lines.allSatisfy { $0.outcome == .good }, "\(lines)")
      let sample = await server.sample(limit: 3)
      #expect(sample.received == 1 && sample.declared == 1)
      #expect(sample.rows.first?.notes.count == 2, "\(sample.rows)")
    }
  }

  @Test(
    "what is wrong in a configuration is told with the key",
    arguments: [
      ("{}", "give either token or auth"),
      (
        #"{"token": "env:T", "mfa": {"path": "a b", "meaning": "enforcement", "enforced_values": ["x"]}}"#,
        "mfa.path:"
      ),
      (#"{"token": "env:T", "mfa": {"path": "x", "meaning": "enforcement"}}"#, "enforced_values"),
      (#"{"token": "env:T", "mfa": {"path": "x", "meaning": "policy"}}"#, "mfa.meaning: expected"),
      (
        #"{"token": "env:T", "mfa": {"path": "x", "meaning": "enforcement", "enforced_values": ["a"], "not_enforced_values": ["a"]}}"#,
        "listed twice"
      ),
      (#"{"token": "env:T", "role_path": "roles[primary]"}"#, "role_path:"),
      (#"{"auth": {"kind": "query", "name": "a", "value": "env:X"}}"#, "auth.kind: expected"),
    ] as [(String, String)])
  func configuration(_ text: String, _ expected: String) throws {
    let told = try EndpointBench.problems(SCIMKind(), text)
    #expect(told.contains { $0.contains(expected) }, "\(told)")
  }
}
