import CurlTransport
import Foundation
import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import Endpoint
@testable import JSONQuery

@Suite("JSON endpoints: credentials, joins, details, rosters") struct EndpointFeatureTests {
  private typealias E = Endpoints

  struct Access: Sendable, CustomTestStringConvertible {
    var name: String
    var auth: String
    var change: @Sendable (inout JSONEndpoint) -> Void
    var testDescription: String { name }
  }

  private static func oauth(_ more: String = "") -> String {
    #"{"kind": "oauth2_client_credentials", "token_url": "MOCK/oauth/token", "client_id": "idsync", "client_secret": "env:S"\#(more)}"#
  }

  static let accesses: [Access] = [
    .init(name: "none", auth: #"{"kind": "none"}"#) { $0.credentials = .none },
    .init(name: "basic", auth: #"{"kind": "basic", "user": "idsync", "password": "env:S"}"#) {
      $0.credentials = .basic
    },
    .init(name: "bearer", auth: #"{"kind": "bearer", "token": "env:S"}"#) { _ in },
    .init(name: "header", auth: #"{"kind": "header", "name": "X-Api-Key", "value": "env:S"}"#) {
      $0.credentials = .header
      $0.user = "x-api-key"
    },
    .init(name: "query", auth: #"{"kind": "query", "name": "key", "value": "env:S"}"#) {
      $0.credentials = .query
      $0.user = "key"
    },
    .init(name: "client credentials, basic", auth: oauth()) {
      $0.credentials = .clientCredentials
      // Both parts of the header are form-encoded first.
      $0.secret = "s3cret: +/%ü"
    },
    .init(
      name: "client credentials, post", auth: oauth(#", "client_auth": "post", "scope": "read""#)
    ) {
      $0.credentials = .clientCredentials
      $0.wantsSecretInForm = true
    },
    .init(
      name: "client credentials, JSON with audience",
      auth: oauth(
        #", "client_auth": "post", "body": "json", "audience": "https://api", "extra": {"x": "y"}"#)
    ) {
      $0.credentials = .clientCredentials
      $0.wantsSecretInForm = true
      $0.wantsJSONBody = true
      $0.audience = "https://api"
      $0.tokenLifetime = nil
    },
  ]

  @Test("every kind of credentials reads all pages, and shows nowhere", arguments: accesses)
  func access(_ access: Access) async throws {
    let scenario = E.scenario(E.people(25)) {
      $0.paging = .nextURL
      $0.maxPageSize = 10
      access.change(&$0)
    }
    try await EndpointBench.run(scenario) { bench in
      let text = E.configuration(
        paging: #"{"style": "next_url", "next": "/meta/next"}"#, auth: access.auth)
      let judged = await EndpointJudged(try bench.endpoint(text), ["p0024@acme.com"])
      #expect(judged.isComplete, "\(judged.issues)")
      #expect(judged["p0024@acme.com"]?.verdict == .enforced)
      let secret = scenario[JSONEndpoint.self].secret
      #expect(!bench.log.text.contains(secret) && !"\(judged.provider)".contains(secret))
    }
  }

  @Test("a key in the query is put on the targets of Link headers")
  func queryAndLink() async throws {
    let scenario = E.scenario(E.people(25)) {
      $0.paging = .link
      $0.maxPageSize = 10
      $0.credentials = .query
      $0.user = "key"
    }
    try await EndpointBench.run(scenario) { bench in
      let text = E.configuration(
        paging: #"{"style": "link"}"#, auth: #"{"kind": "query", "name": "key", "value": "env:S"}"#)
      let judged = await EndpointJudged(try bench.endpoint(text), ["p0024@acme.com"])
      #expect(judged.isComplete && judged["p0024@acme.com"]?.verdict == .enforced)
      let secret = scenario[JSONEndpoint.self].secret
      #expect(!bench.log.text.contains(secret) && !"\(judged.provider)".contains(secret))
    }
  }

  @Test(
    "wrong credentials are told with the remedy, and never printed", arguments: accesses.dropFirst()
  )
  func wrong(_ access: Access) async throws {
    let scenario = E.scenario(E.people(2)) { access.change(&$0) }
    try await EndpointBench.run(scenario) { bench in
      let text = E.configuration(
        auth: access.auth.replacingOccurrences(of: "env:S", with: "env:WRONG"))
      let endpoint = try bench.endpoint(text)
      let judged = await EndpointJudged(endpoint, ["p0001@acme.com"])
      #expect(judged.issues.first?.code == "unauthorised", "\(judged.issues)")
      #expect(judged.issues.first?.remedy.contains("auth") == true)
      #expect(judged["p0001@acme.com"]?.verdict == .cannotTell)
      let lines = await endpoint.diagnose()
      #expect(lines.first?.check == "credentials" && lines.first?.outcome == .failure)
      let sample = await endpoint.sample(limit: 3)
      #expect(!"\(judged)\(lines)\(sample)\(bench.log.text)".contains("wr0ng-Secret"))
    }
  }

  @Test("a token that ends in the middle is renewed once, and then it is an error")
  func renewal() async throws {
    let scenario = E.scenario(E.people(25)) {
      $0.credentials = .clientCredentials
      $0.paging = .cursor
      $0.maxPageSize = 10
    }
    let text = E.configuration(
      paging: #"{"style": "cursor", "param": "after", "next": "/meta/next"}"#,
      auth: Self.oauth())
    try await EndpointBench.run(scenario) { bench in
      await bench.mock.setFaults([Fault(.json, "GET /people", .unauthorized, first: 2, times: 1)])
      let judged = await EndpointJudged(try bench.endpoint(text), ["p0024@acme.com"])
      #expect(judged.isComplete, "\(judged.issues)")
      #expect(await bench.mock.requestCounts(.json)["POST /oauth/token"] == 2)
      await bench.mock.setFaults([Fault(.json, "GET /people", .unauthorized, first: 2, times: nil)])
      let broken = await EndpointJudged(try bench.endpoint(text), ["p0024@acme.com"])
      #expect(!broken.isComplete && broken.issues.first?.code == "unauthorised")
    }
  }

  // MARK: Joins

  private static let join =
    #""join": {"path": "/policies", "items": "/policies", "key": "/id", "on": "/policy_refs"}"#
  private static func joined(_ combine: String = "") -> String {
    #""mfa": {"meaning": "enforcement", "app": "*", "value_path": {"path": "/mode", "from": "join"}, "evidence_path": {"path": "/id", "from": "join"}, "values": {"strict": "enforced", "lax": "not-enforced"}\#(combine)}"#
  }

  @Test(
    "a policy in a second list is joined by its key; what differs or is not there cannot be told")
  func joins() async throws {
    let cases: [([JSON], String, Verdict, String)] = [
      (["pol-1"], "", .enforced, "pol-1"), (["pol-2"], "", .notEnforced, "lax"),
      (["gone"], "", .cannotTell, "no row of the joined list"), ([], "", .cannotTell, "no row"),
      (["pol-1", "pol-3"], "", .enforced, "pol-1"),
      (["pol-1", "pol-2"], "", .cannotTell, "differ"),
      (["pol-1", "pol-2"], #", "combine": "weakest""#, .notEnforced, "pol-2"),
      (["pol-1", "pol-2"], #", "combine": "strongest""#, .enforced, "pol-1"),
      (["pol-1", "gone"], "", .cannotTell, "has the key gone"),
      (["pol-1", "gone"], #", "combine": "weakest""#, .cannotTell, "has the key gone"),
      (["pol-2", "gone"], #", "combine": "weakest""#, .notEnforced, "pol-2"),
      (["pol-1", "gone"], #", "combine": "strongest""#, .enforced, "pol-1"),
      (["pol-1", ["id": "pol-2"]], #", "combine": "weakest""#, .cannotTell, "no text"),
      (["pol-4"], "", .cannotTell, "missing"),
    ]
    for (refs, combine, expected, word) in cases {
      let scenario = E.scenario([E.person(nil, ["policy_refs": .array(refs)])]) {
        $0.policies = [
          ["id": "pol-1", "mode": "strict"], ["id": "pol-2", "mode": "lax"],
          ["id": "pol-3", "mode": "strict"], ["id": "pol-4"],
        ]
      }
      try await EndpointBench.run(scenario) { bench in
        let text = E.configuration(mfa: Self.joined(combine), more: Self.join)
        let judged = await EndpointJudged(try bench.endpoint(text), [E.ana])
        let record = try #require(judged[E.ana])
        #expect(record.verdict == expected, "\(refs) \(combine): \(record.reason)")
        let words = record.reason + "\(record.judgement.deciding?.evidence ?? [])"
        #expect(words.contains(word), "\(refs) \(combine): \(words)")
      }
    }
  }

  @Test("rules about joined rows hold neither way while one of the rows is not there")
  func partialJoin() async throws {
    let rules =
      #""mfa": {"meaning": "enforcement-rules", "app": "*", "rules": [{"when": {"path": {"path": "/mode", "from": "join"}, "equals": "lax"}, "verdict": "not-enforced"}, {"when": "always", "verdict": "enforced"}]}"#
    for (refs, expected) in [(["pol-1"], .enforced), (["pol-1", "gone"], .cannotTell)]
      as [([JSON], Verdict)]
    {
      let scenario = E.scenario([E.person(nil, ["policy_refs": .array(refs)])]) {
        $0.policies = [["id": "pol-1", "mode": "strict"]]
      }
      try await EndpointBench.run(scenario) { bench in
        let text = E.configuration(mfa: rules, more: Self.join)
        let judged = await EndpointJudged(try bench.endpoint(text), [E.ana])
        #expect(judged[E.ana]?.verdict == expected, "\(refs)")
      }
    }
  }

  @Test("a joined list that cannot be read leaves everybody untold")
  func brokenJoin() async throws {
    let scenario = E.scenario(
      [E.person(nil, ["policy_refs": "pol-1"])],
      faults: [Fault(.json, "GET /policies", .forbidden, times: nil)])
    try await EndpointBench.run(scenario) { bench in
      let text = E.configuration(mfa: Self.joined(), more: Self.join)
      let judged = await EndpointJudged(try bench.endpoint(text), [E.ana])
      #expect(!judged.isComplete && judged.issues.first?.code == "forbidden")
      #expect(judged[E.ana]?.verdict == .cannotTell)
    }
  }

  @Test("what-if takes groups away and replaces joined policies")
  func whatIf() async throws {
    let scenario = E.scenario([E.person(nil, ["policy_refs": "pol-1", "teams": ["contractors"]])]) {
      $0.policies = [["id": "pol-1", "mode": "lax"]]
    }
    try await EndpointBench.run(scenario) { bench in
      let text = E.configuration(mfa: Self.joined(), more: Self.join)
      let edits = PolicyEdits(documents: [
        .object(["id": .string("pol-1"), "mode": .string("strict")])
      ])
      let judged = await EndpointJudged(try bench.endpoint(text), [E.ana], edits: edits)
      #expect(judged[E.ana]?.verdict == .enforced)
      let rules = E.configuration(
        mfa:
          #""mfa": {"meaning": "enforcement-rules", "app": "*", "rules": [{"when": {"group": "contractors"}, "verdict": "not-enforced"}, {"when": "always", "verdict": "enforced"}]}"#
      )
      let before = await EndpointJudged(try bench.endpoint(rules), [E.ana])
      let after = await EndpointJudged(
        try bench.endpoint(rules), [E.ana], edits: PolicyEdits(removedGroups: ["contractors"]))
      #expect(before[E.ana]?.verdict == .notEnforced && after[E.ana]?.verdict == .enforced)
    }
  }

  // MARK: Details

  private static let detail = #""detail": {"path": "/people/{{id}}/mfa", "cap": 3}"#
  private static func detailed(_ more: String = "") -> String {
    #""mfa": {"meaning": "enforcement", "app": "*", "value_path": {"path": "/mode", "from": "detail"}, "values": {"on": "enforced", "off": "not-enforced"}\#(more)}"#
  }

  @Test(
    "details are asked for watched people only; 404 is untold unless said otherwise; the cap is kept"
  )
  func details() async throws {
    let scenario = E.scenario(E.people(40)) {
      $0.details = ["u-0001": ["mode": "on"], "u-0002": ["mode": "off"]]
    }
    try await EndpointBench.run(scenario) { bench in
      let people = ["p0001@acme.com", "p0002@acme.com", "p0003@acme.com"]
      let text = E.configuration(mfa: Self.detailed(), more: Self.detail)
      let judged = await EndpointJudged(try bench.endpoint(text), people)
      #expect(judged.isComplete, "\(judged.issues)")
      #expect(people.map { judged[$0]?.verdict } == [.enforced, .notEnforced, .cannotTell])
      #expect(await bench.mock.requestCounts(.json)["GET /people/{id}/mfa"] == 3)
      let other = E.configuration(
        mfa: Self.detailed(#", "unknown_user": "not-enforced""#), more: Self.detail)
      let strict = await EndpointJudged(try bench.endpoint(other), people)
      #expect(strict["p0003@acme.com"]?.verdict == .notEnforced)
      let many = await EndpointJudged(try bench.endpoint(text), people + ["p0004@acme.com"])
      #expect(!many.isComplete && many.issues.first?.message.contains("cap") == true)
      #expect(many["p0004@acme.com"]?.verdict == .cannotTell)
    }
  }

  @Test("whether an account is active may stand in the detail")
  func activeDetail() async throws {
    let scenario = E.scenario(E.people(3)) {
      $0.details = [
        "u-0001": ["mode": "on", "status": "GONE"], "u-0002": ["mode": "on", "status": "ACTIVE"],
      ]
    }
    let text = E.configuration(mfa: Self.detailed(), more: Self.detail).replacingOccurrences(
      of: #""path": "/state","#, with: #""path": "/status", "from": "detail","#)
    try await EndpointBench.run(scenario) { bench in
      let people = ["p0001@acme.com", "p0002@acme.com"]
      let judged = await EndpointJudged(try bench.endpoint(text), people)
      #expect(people.map { judged[$0]?.verdict } == [.notEvaluated, .enforced])
      #expect(judged.isComplete && judged.issues.isEmpty, "\(judged.issues)")
    }
  }

  // MARK: Lists in a row

  @Test("what a step loses of a list, and what a list lacks, leaves its groups untold")
  func lostElements() async throws {
    let mfa =
      #""mfa": {"meaning": "enforcement-rules", "app": "*", "rules": [{"when": {"group": "contractors"}, "verdict": "not-enforced"}, {"when": "always", "verdict": "enforced"}]}"#
    let map = #"{"path": "/teams", "transform": {"map": {"F": "fin", "C": "contractors"}}}"#
    let names = #""$.teams[*].name""#
    let cases: [(String, JSON, Verdict)] = [
      (map, ["F"], .enforced), (map, ["F", "X"], .cannotTell), (map, ["C", "X"], .notEnforced),
      (names, [["name": "fin"]], .enforced), (names, [["name": "fin"], [:]], .cannotTell),
      (names, [], .enforced), (names, .null, .cannotTell),
      (#"{"path": "/teams", "transform": {"split": ","}}"#, "fin,contractors", .notEnforced),
    ]
    for (groups, teams, expected) in cases {
      try await EndpointBench.run(E.scenario([E.person("REQUIRED", ["teams": teams])])) { bench in
        let text = E.configuration(mfa: mfa).replacingOccurrences(
          of: #""groups": "/teams""#, with: #""groups": \#(groups)"#)
        let judged = await EndpointJudged(try bench.endpoint(text), [E.ana])
        #expect(judged[E.ana]?.verdict == expected, "\(groups) \(teams)")
      }
    }
  }

  @Test("no factors is no enrolment; a factor that is no text leaves it open")
  func factors() async throws {
    let cases: [(JSON, Tri)] = [
      ([], .no), (["totp"], .yes), ([.null], .unknown), (.null, .unknown), (["totp", .null], .yes),
    ]
    for (factors, expected) in cases {
      let person = E.person("REQUIRED", ["factors": factors])
      try await EndpointBench.run(E.scenario([person])) { bench in
        let text = E.configuration().replacingOccurrences(
          of: #""enrolled": "/security/mfa/enrolled""#, with: #""factors": "/factors""#)
        let judged = await EndpointJudged(try bench.endpoint(text), [E.ana])
        #expect(judged[E.ana]?.enrolled == expected, "\(factors)")
      }
    }
  }

  // MARK: Applications

  @Test("a row whose application cannot be read may speak of any, and never for a pass")
  func unreadableApp() async throws {
    let good: JSON = ["uid": "u-1", "mail": "ana@acme.com", "app": "A", "policy": "REQUIRED"]
    let odd: JSON = ["uid": "u-1", "mail": "ana@acme.com", "app": [["id": "A"]], "policy": "OFF"]
    let text = """
      {"path": "/people", "items": "/data", "auth": {"kind": "bearer", "token": "env:T"},
       "fields": {"id": "/uid", "email": "/mail"},
       "mfa": {"meaning": "enforcement", "app_path": "/app", "app_values": {"app-1": "A"}, "value_path": "/policy",
         "values": {"REQUIRED": "enforced", "OFF": "not-enforced"}}}
      """
    for rows in [[good, odd], [odd, good]] {
      try await EndpointBench.run(E.scenario(rows)) { bench in
        let judged = await EndpointJudged(try bench.endpoint(text), [E.ana])
        #expect(judged[E.ana]?.verdict == .cannotTell)
        #expect(judged[E.ana]?.reason.contains("which application") == true)
      }
    }
  }

  @Test("rows that name applications speak for those only")
  func apps() async throws {
    let rows: [JSON] = [
      ["uid": "u-1", "mail": "ana@acme.com", "app": "A", "policy": "REQUIRED"],
      ["uid": "u-1", "mail": "ana@acme.com", "app": "B", "policy": "OPTIONAL"],
      ["uid": "u-2", "mail": "bo@acme.com", "app": "B", "policy": "REQUIRED"],
    ]
    let text = """
      {"path": "/people", "items": "/data", "auth": {"kind": "bearer", "token": "env:T"}, "total": "/meta/total",
       "fields": {"id": "/uid", "email": "/mail"},
       "mfa": {"meaning": "enforcement", "app_path": "/app", "app_values": {"app-1": "A"}, "value_path": "/policy",
         "values": {"REQUIRED": "enforced", "OPTIONAL": "not-enforced"}}}
      """
    try await EndpointBench.run(E.scenario(rows)) { bench in
      let people = ["ana@acme.com", "bo@acme.com"]
      let first = await EndpointJudged(try bench.endpoint(text), people)
      #expect(first.isComplete, "\(first.issues)")
      #expect(first["ana@acme.com"]?.verdict == .enforced)
      // Nothing is stated of Bo for the first application; that is no proof of anything.
      #expect(first["bo@acme.com"]?.verdict == .cannotTell)
      let second = await EndpointJudged(try bench.endpoint(text), people, app: "B")
      #expect(second["ana@acme.com"]?.verdict == .notEnforced)
      #expect(second["bo@acme.com"]?.verdict == .enforced)
    }
  }

  // MARK: Rosters

  private static let roster = """
    "fields": {"id": "/uid", "email": "/mail", "name": "/name", "role": {"path": "/role", "transform": [{"default": "member"}, "lower"]},
      "federated": "/sso", "platform_mfa": "/two_factor"
    """

  private static let people: [JSON] = [
    ["uid": "1", "mail": "ana@acme.com", "role": "ADMIN", "teams": ["acme", "ops"], "sso": true],
    ["uid": "2", "mail": "bo@acme.com", "teams": ["ops"], "sso": false, "two_factor": "on"],
  ]

  @Test("a list by field, a list by team, and a list for all are rosters")
  func rosters() async throws {
    let auth = #""auth": {"kind": "bearer", "token": "env:T"}"#
    let byField =
      #"{"path": "/people", "items": "/data", \#(auth), \#(Self.roster), "team": "/teams"}}"#
    let byPath =
      #"{"path": "/teams/{{team}}/people", "items": "/data", \#(auth), \#(Self.roster)}}"#
    let all = #"{"path": "/people", "items": "/data", \#(auth), \#(Self.roster)}}"#
    try await EndpointBench.run(E.scenario(Self.people)) { bench in
      for text in [byField, byPath] {
        let reading = try await bench.endpoint(text).readRoster(
          of: ["ops", "acme"], progress: .none)
        #expect(reading.source.isComplete, "\(reading.source.issues)")
        #expect(reading.teams.map(\.roster.count) == [2, 1])
        let ana = reading.teams[1].roster[0]
        #expect(ana.email == "ana@acme.com" && ana.role == .admin && ana.federated == .yes)
        let bo = reading.teams[0].roster[1]
        #expect(bo.role == .member && bo.federated == .no && bo.platformMFA == .yes)
        #expect(reading.teams[0].saysSignIn && reading.teams[0].hasIdentityProvider == .yes)
      }
      let reading = try await bench.endpoint(all).readRoster(of: ["x"], progress: .none)
      #expect(reading.teams[0].roster.count == 2)
      for (teams, isComplete) in [
        ([], true), (.null, true), (nil, false), ([.null, "ops"], false),
      ]
        as [(JSON?, Bool)]
      {
        var other: [String: JSON] = ["uid": "3", "mail": "cy@acme.com"]
        other["teams"] = teams
        let rows = Self.people + [.object(other)]
        try await EndpointBench.run(E.scenario(rows)) { bench in
          let reading = try await bench.endpoint(byField).readRoster(of: ["ops"], progress: .none)
          #expect(reading.teams[0].isComplete == isComplete, "\(String(describing: teams))")
          if isComplete { #expect(reading.teams[0].roster.count == 2) }
        }
      }
      for text in [byField, byPath] {
        let unknown = try await bench.endpoint(text).readRoster(of: ["nobody"], progress: .none)
        #expect(!unknown.teams[0].isComplete, "an unknown team is no empty one")
      }
    }
  }

  @Test("a person twice with different facts, and a row without address, make a roster incomplete")
  func brokenRosters() async throws {
    let text =
      #"{"path": "/people", "items": "/data", "auth": {"kind": "bearer", "token": "env:T"}, \#(Self.roster)}}"#
    let twice: [JSON] = [
      ["uid": "1", "mail": "ana@acme.com", "role": "admin"],
      ["uid": "2", "mail": "Ana@acme.com", "role": "member"],
    ]
    for rows in [twice, [["uid": "1", "role": "admin"]], [["mail": "ana@acme.com"]]] {
      try await EndpointBench.run(E.scenario(rows)) { bench in
        let reading = try await bench.endpoint(text).readRoster(of: ["acme"], progress: .none)
        #expect(!reading.teams[0].isComplete && reading.source.firstGap?.code == "malformed")
      }
    }
  }

  // MARK: Samples

  @Test("a sample shows the page, the mapped rows, what was not understood, and no secret")
  func sample() async throws {
    let person = E.person("MAYBE", ["state": "PAUSED", "api_token": "t0psecret"])
    let scenario = E.scenario([E.person("REQUIRED"), person]) { $0.paging = .cursor }
    try await EndpointBench.run(scenario) { bench in
      let text = E.configuration(
        paging: #"{"style": "cursor", "param": "after", "next": "/meta/next"}"#,
        more: #""total": "/meta/total""#
      ).replacingOccurrences(of: #", "*": false"#, with: "")
      let endpoint = try bench.endpoint(text)
      let sample = await endpoint.sample(limit: 5)
      #expect(sample.received == 2 && sample.declared == 2 && sample.rows.count == 2)
      let first = try #require(sample.rows.first)
      #expect(
        first.notes.isEmpty
          && first.fields.first { $0.name == "email" }?.value == "\"ana@acme.com\"")
      let second = sample.rows[1]
      #expect(
        second.notes.contains { $0.contains("active") && $0.contains("PAUSED") }, "\(second.notes)")
      #expect(second.notes.contains { $0.contains("verdict") && $0.contains("MAYBE") })
      #expect(!"\(sample)".contains("t0psecret") && second.raw.contains("<redacted>"))
      #expect(await endpoint.diagnose().allSatisfy { $0.outcome != .failure })
      let wrong = try await bench.endpoint(E.configuration(items: "/rows")).sample(limit: 5)
      #expect(wrong.notes.first?.contains("rows") == true, "\(wrong.notes)")
    }
  }

  // MARK: Configuration

  @Test(
    "what is wrong in a configuration is told with the key and what is expected",
    arguments: [
      (#""items": "/data""#, #""items": "data""#, "items: \"data\": expected a JSON Pointer"),
      (#""items": "/data""#, #""items": "$.data[""#, "items:"),
      (#""id": "/uid""#, #""id": "/uid~""#, "fields.id: \"/uid~\""),
      (#""id": "/uid", "#, "", "fields.: \"id\" is missing"),
      (#""groups": "/teams""#, #""gruops": "/teams""#, "fields.gruops: unknown key"),
      (
        #""trim", "lower""#, #""trim", "lowr""#,
        "fields.email: transform: \"lowr\" is none; expected lower"
      ),
      (
        #""enrolled": "/security/mfa/enrolled""#, #""enrolled": {"path": "/x", "form": "join"}"#,
        "unknown key \"form\""
      ),
      (
        #""enrolled": "/security/mfa/enrolled""#, #""enrolled": {"path": "/x", "from": "join"}"#,
        "there is no join"
      ),
      (#""app": "*", "#, "", "app: \"*\""),
      (#""value_path": "/security/mfa/policy","#, "", "\"value_path\" is missing"),
      (#""REQUIRED": "enforced""#, #""REQUIRED": "enforcd""#, "mfa.values.REQUIRED: expected"),
      (
        #""REQUIRED": "enforced""#, #""*": "enforced""#,
        "mfa.values.*: a value that is not listed is cannot-tell"
      ),
      (#""token": "env:TOKEN""#, #""token": "abc""#, "auth.token: expected env:NAME"),
      (#""kind": "bearer""#, #""kind": "bear""#, "auth.kind: expected"),
      (#""path": "/people""#, #""path": "/{{tenant}}/people""#, "{{tenant}} is no variable"),
      (#""path": "/people""#, #""path": "people""#, "path: a path begins with /"),
      (
        #""path": "/people""#, #""path": "/people", "body": {"a": 1}"#,
        "body: a body needs method: POST"
      ),
      (
        #""path": "/people""#, #""path": "/people", "headers": {"Authorization": "x"}"#,
        "headers: Authorization belongs under auth"
      ),
      (
        #""path": "/people""#,
        #""path": "/people", "paging": {"style": "page", "param": "p", "stop": "short"}"#,
        "paging.stop: expected empty or total or pages"
      ),
      (
        #""items": "/data""#, #""items": "$.data[*]", "items_by_key": true"#,
        "items_by_key: items must then lead to one object"
      ),
      (
        #""path": "/people""#, #""path": "/people", "paging": {"style": "link", "next": "/x"}"#,
        "paging.next: unknown key"
      ),
      (
        #""path": "/people""#, #""path": "/people", "paging": {"style": "cursor", "param": "a"}"#,
        "name where the cursor stands"
      ),
    ] as [(String, String, String)])
  func configuration(_ good: String, _ bad: String, _ expected: String) throws {
    let text = E.configuration()
    #expect(try EndpointBench.problems(EndpointKind(), text) == [])
    #expect(text.contains(good))
    let told = try EndpointBench.problems(
      EndpointKind(), text.replacingOccurrences(of: good, with: bad))
    #expect(told.contains { $0.contains(expected) }, "\(told)")
  }
}
