import CurlTransport
import Foundation
import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import JSONQuery

/// People of a mock endpoint and configurations that read them.
enum Endpoints {
  static let ana = "ana@acme.com"

  /// One person whose policy field says something.
  static func person(_ policy: JSON?, _ more: JSON? = nil) -> JSON {
    var mfa: [String: JSON] = ["policy_id": "pol-7", "enrolled": true]
    mfa["policy"] = policy
    return JSON.object([
      "uid": "u-1", "mail": "Ana@Acme.com ", "state": "ACTIVE", "teams": ["fin"],
      "security": ["mfa": .object(mfa)],
    ]).merging(more)
  }

  /// So many people, u-0000 and on.
  static func people(_ count: Int) -> [JSON] {
    (0..<count).map { index in
      let number = String(String(index + 10_000).dropFirst())
      return [
        "uid": .string("u-\(number)"), "mail": .string("p\(number)@acme.com"), "state": "ACTIVE",
        "teams": ["fin"], "security": ["mfa": ["policy": "REQUIRED", "policy_id": "pol-7"]],
      ]
    }
  }

  static func scenario(
    _ people: [JSON], faults: [Fault] = [], _ change: (inout JSONEndpoint) -> Void = { _ in }
  ) -> Scenario {
    var scenario = Scenario(faults: faults)
    scenario[JSONEndpoint.self].people = people
    change(&scenario[JSONEndpoint.self])
    return scenario
  }

  static let fields = """
    "fields": {"id": "/uid", "email": {"path": "/mail", "transform": ["trim", "lower"]},
      "active": {"path": "/state", "transform": {"map": {"ACTIVE": true, "*": false}}},
      "groups": "/teams", "enrolled": "/security/mfa/enrolled"}
    """
  static let mfa = """
    "mfa": {"meaning": "enforcement", "app": "*", "value_path": "/security/mfa/policy",
      "evidence_path": "/security/mfa/policy_id",
      "values": {"REQUIRED": "enforced", "RISK": "enforced-conditionally", "OPTIONAL": "not-enforced"}}
    """

  static func configuration(
    items: String = "/data", paging: String? = nil, mfa: String = Endpoints.mfa,
    auth: String = #"{"kind": "bearer", "token": "env:TOKEN"}"#, more: String? = nil
  ) -> String {
    let parts = [
      #""path": "/people", "items": "\#(items)", "auth": \#(auth)"#, fields, mfa,
      paging.map { "\"paging\": \($0)" } ?? "", more ?? "",
    ]
    return "{" + parts.filter { !$0.isEmpty }.joined(separator: ",") + "}"
  }
}

@Suite("JSON endpoint verdicts, row by row") struct EndpointRowTests {
  private typealias E = Endpoints

  struct Situation: Sendable, CustomTestStringConvertible {
    var number: String
    var situation: String
    var person: JSON
    var mfa = Endpoints.mfa
    var expected: Verdict
    var reason = ""
    var testDescription: String { "\(number): \(situation)" }
  }

  private static func rules(_ text: String) -> String {
    #""mfa": {"meaning": "enforcement-rules", "app": "*", "rules": [\#(text)]}"#
  }

  private static func flagged(_ enrolled: JSON) -> JSON {
    E.person("REQUIRED", ["security": ["mfa": ["policy": "REQUIRED", "enrolled": enrolled]]])
  }

  private static let unenrolled =
    #"{"when": {"field": "enrolled", "equals": false}, "verdict": "not-enforced"}, {"when": "always", "verdict": "enforced"}"#
  private static let contractors =
    #"{"when": {"group": "contractors"}, "verdict": "not-enforced", "reason": "contractors are exempt"}, {"when": "always", "verdict": "enforced"}"#

  static let table: [Situation] = [
    .init(
      number: "1", situation: "policy REQUIRED is listed as enforced", person: E.person("REQUIRED"),
      expected: .enforced, reason: "pol-7"),
    .init(
      number: "1b", situation: "policy OPTIONAL is listed as not enforced, though enrolled",
      person: E.person("OPTIONAL"), expected: .notEnforced, reason: "OPTIONAL"),
    .init(
      number: "1c", situation: "a value that the operator calls conditional",
      person: E.person("RISK"), expected: .enforcedConditionally, reason: "RISK"),
    .init(
      number: "2", situation: "policy MAYBE is not listed", person: E.person("MAYBE"),
      expected: .cannotTell, reason: "MAYBE"),
    .init(
      number: "2b", situation: "policy required in another case is not listed",
      person: E.person("required"), expected: .cannotTell),
    .init(
      number: "3", situation: "the value is null", person: E.person(.null), expected: .cannotTell,
      reason: "it is null"),
    .init(
      number: "3b", situation: "the value is missing", person: E.person(nil), expected: .cannotTell,
      reason: "it is missing"),
    .init(
      number: "3c", situation: "the value is an object", person: E.person(["a": 1]),
      expected: .cannotTell, reason: "an object"),
    .init(
      number: "4", situation: "enrolled only, meaning enrolment", person: E.person("REQUIRED"),
      mfa: #""mfa": {"meaning": "enrolment", "app": "*"}"#, expected: .cannotTell,
      reason: "not whether one is asked for"),
    .init(
      number: "5", situation: "a rule for contractors precedes the default, and she is one",
      person: E.person("REQUIRED", ["teams": ["contractors", "fin"]]), mfa: rules(contractors),
      expected: .notEnforced, reason: "contractors are exempt"),
    .init(
      number: "5b", situation: "a rule for contractors precedes the default, and she is none",
      person: E.person("REQUIRED"), mfa: rules(contractors), expected: .enforced),
    .init(
      number: "5c", situation: "a rule for contractors, and her groups are missing",
      person: ["uid": "u-1", "mail": "ana@acme.com", "state": "ACTIVE"], mfa: rules(contractors),
      expected: .cannotTell, reason: "groups"),
    .init(
      number: "5d", situation: "no rule holds", person: E.person("REQUIRED"),
      mfa: rules(#"{"when": {"group": "contractors"}, "verdict": "not-enforced"}"#),
      expected: .cannotTell, reason: "no rule holds"),
    .init(
      number: "5e", situation: "rules with all, any, not, in, matches and exists",
      person: E.person("REQUIRED"),
      mfa: rules(
        #"{"when": {"all": [{"path": "/security/mfa/policy", "in": ["REQUIRED", "STRICT"]}, {"field": "email", "matches": ".*@acme[.]com"}, {"not": {"any": [{"group": "x"}, {"path": "/gone", "exists": true}]}}]}, "verdict": "enforced"}"#
      ), expected: .enforced),
    .init(
      number: "5f", situation: "a comparison with something that is missing holds neither way",
      person: E.person("REQUIRED"),
      mfa: rules(
        #"{"when": {"not": {"path": "/contractor", "equals": true}}, "verdict": "enforced"}"#),
      expected: .cannotTell, reason: "/contractor"),
    .init(
      number: "5g", situation: "a group is no text, and might be the one the rule asks for",
      person: E.person("REQUIRED", ["teams": ["fin", ["name": "contractors"]]]),
      mfa: rules(contractors), expected: .cannotTell, reason: "groups"),
    .init(
      number: "5h", situation: "her only group is null",
      person: E.person("REQUIRED", ["teams": [.null]]), mfa: rules(contractors),
      expected: .cannotTell, reason: "groups"),
    .init(
      number: "5i", situation: "she is in no group", person: E.person("REQUIRED", ["teams": []]),
      mfa: rules(contractors), expected: .enforced),
    .init(
      number: "5j", situation: "one group is null, and another is the one the rule asks for",
      person: E.person("REQUIRED", ["teams": [.null, "contractors"]]), mfa: rules(contractors),
      expected: .notEnforced),
    .init(
      number: "5k", situation: "a comparison with a list of which one element is no text",
      person: E.person("REQUIRED", ["teams": [["name": "contractors"]]]),
      mfa: rules(
        #"{"when": {"field": "groups", "equals": "contractors"}, "verdict": "not-enforced"}, {"when": "always", "verdict": "enforced"}"#
      ), expected: .cannotTell, reason: "groups"),
    .init(
      number: "5l", situation: "a flag that is written as a number is compared as a flag",
      person: flagged(0), mfa: rules(unenrolled), expected: .notEnforced),
    .init(
      number: "5m", situation: "a flag that is written as a word is compared as a flag",
      person: flagged("no"), mfa: rules(unenrolled), expected: .notEnforced),
    .init(
      number: "5n", situation: "a flag that is neither true nor false",
      person: flagged("perhaps"), mfa: rules(unenrolled), expected: .cannotTell,
      reason: "enrolled"),
    .init(
      number: "5o", situation: "an empty list does not exist for a rule",
      person: E.person("REQUIRED", ["teams": []]),
      mfa: rules(
        #"{"when": {"field": "groups", "exists": true}, "verdict": "enforced"}, {"when": "always", "verdict": "not-enforced"}"#
      ), expected: .notEnforced),
    .init(
      number: "1d", situation: "the account is not active",
      person: E.person("REQUIRED", ["state": "GONE"]),
      expected: .notEvaluated),
  ]

  @Test("every situation of the table gives its verdict", arguments: table)
  func row(_ row: Situation) async throws {
    try await EndpointBench.run(E.scenario([row.person])) { bench in
      let judged = await EndpointJudged(
        try bench.endpoint(E.configuration(mfa: row.mfa)), [E.ana])
      #expect(judged.isComplete, "\(judged.issues)")
      let record = try #require(judged[E.ana])
      #expect(record.verdict == row.expected, "\(record.reason)")
      let words = record.reason + "\(record.judgement.deciding?.evidence ?? [])"
      #expect(row.reason.isEmpty || words.contains(row.reason), "\(words)")
      if row.number == "4" { #expect(record.enrolled == .yes) }
    }
  }

  @Test("6: a comma in the quoted title of a Link header hides no next page")
  func linkHeader() async throws {
    try await pages(.link, #"{"style": "link", "size_param": "per_page", "size": 10}"#)
  }

  private func pages(
    _ paging: JSONEndpoint.Paging, _ configuration: String, more: String? = nil,
    items: String = "/data", requests: Int = 3, _ change: (inout JSONEndpoint) -> Void = { _ in }
  ) async throws {
    let scenario = E.scenario(E.people(25)) {
      $0.paging = paging
      $0.maxPageSize = 10
      change(&$0)
    }
    try await EndpointBench.run(scenario) { bench in
      let last = "p0024@acme.com"
      let text = E.configuration(items: items, paging: configuration, more: more)
      let judged = await EndpointJudged(try bench.endpoint(text), [last])
      #expect(judged.isComplete, "\(judged.issues)")
      #expect(judged.provider.source.fetched == 25)
      #expect(judged[last]?.verdict == .enforced)
      #expect(await bench.mock.requests(.json).count == requests)
    }
  }

  @Test("every paging style reads the list to its end")
  func styles() async throws {
    try await pages(.none, #"{"style": "none"}"#, requests: 1)
    try await pages(
      .nextURL,
      #"{"style": "next_url", "next": "/meta/next", "size_param": "per_page", "size": 10}"#)
    try await pages(.relativeURL, #"{"style": "next_url", "next": "$.meta.next"}"#)
    try await pages(.cursor, #"{"style": "cursor", "param": "after", "next": "/meta/next"}"#)
    try await pages(
      .cursor, #"{"style": "cursor", "param": "after", "first": "", "next": "/meta/next"}"#)
    try await pages(
      .cursorWithFlag,
      #"{"style": "cursor", "param": "after", "next": "/meta/next", "more": "/meta/more"}"#)
    try await pages(
      .cursorHeader, #"{"style": "cursor", "param": "after", "next_header": "After-Cursor"}"#)
    try await pages(
      .page, #"{"style": "page", "param": "page", "size_param": "per_page", "stop": "total"}"#,
      more: #""total": "/meta/total""#)
    try await pages(
      .page, #"{"style": "page", "param": "page", "stop": "pages", "pages": "/meta/pages"}"#)
    try await pages(
      .page, #"{"style": "page", "param": "page", "start": 0, "size_param": "per_page"}"#,
      requests: 4
    ) { $0.firstPage = 0 }
    try await pages(
      .offset, #"{"style": "offset", "param": "offset", "size_param": "limit"}"#,
      more: #""total": "/meta/total""#
    ) { $0.firstPage = 0 }
    try await pages(
      .offset, #"{"style": "offset", "param": "offset", "start": 1, "size_param": "limit"}"#,
      requests: 4)
    try await pages(
      .keyset, #"{"style": "keyset", "param": "since", "field": "/uid", "size_param": "limit"}"#,
      requests: 4)
    try await pages(
      .token, #"{"style": "token_in_body", "next": "/meta/next", "body_pointer": "/cursor"}"#,
      more: #""method": "POST", "body": {"filter": "all"}"#)
  }

  @Test("a page of which a filter leaves nothing is no end of the list")
  func filtered() async throws {
    let people = E.people(25).enumerated().map { index, person in
      person.merging(["kind": (10..<20).contains(index) ? "robot" : "person"])
    }
    let cases: [(JSONEndpoint.Paging, String)] = [
      (.page, #"{"style": "page", "param": "page", "size_param": "per_page"}"#),
      (.offset, #"{"style": "offset", "param": "offset", "start": 1, "size_param": "limit"}"#),
      (.keyset, #"{"style": "keyset", "param": "since", "field": "/uid", "size_param": "limit"}"#),
    ]
    for (paging, configuration) in cases {
      let scenario = E.scenario(people) {
        $0.paging = paging
        $0.maxPageSize = 10
      }
      try await EndpointBench.run(scenario) { bench in
        let text = E.configuration(
          items: "$.data[?@.kind == 'person']", paging: configuration)
        let judged = await EndpointJudged(try bench.endpoint(text), ["p0024@acme.com"])
        #expect(judged.isComplete && judged.provider.source.fetched == 15, "\(judged.issues)")
        #expect(judged["p0024@acme.com"]?.verdict == .enforced, "\(paging)")
      }
    }
  }

  @Test(
    "a reply without the list is no empty list, whatever selects its items",
    arguments: [
      "/data", "$.data", "$.data[*]", "$.data[?@.state == 'ACTIVE']", "$.data[0:5]", "$..data[*]",
    ])
  func noList(_ items: String) async throws {
    let scenario = E.scenario([E.person("REQUIRED")]) { $0.shape = .keyed }
    try await EndpointBench.run(scenario) { bench in
      let judged = await EndpointJudged(
        try bench.endpoint(E.configuration(items: items)), [E.ana])
      #expect(!judged.isComplete && judged.issues.first?.code == "malformed", "\(judged.issues)")
    }
    try await EndpointBench.run(E.scenario([])) { bench in
      let judged = await EndpointJudged(
        try bench.endpoint(E.configuration(items: items)), [E.ana])
      #expect(judged.isComplete, "\(judged.issues)")
    }
  }

  @Test("204 for the page behind the last one ends the list; for the first page it is none")
  func noContent() async throws {
    try await pages(
      .page, #"{"style": "page", "param": "page", "size_param": "per_page"}"#, requests: 4
    ) { $0.endsWithNoContent = true }
    try await pages(
      .offset, #"{"style": "offset", "param": "offset", "start": 1, "size_param": "limit"}"#,
      requests: 4
    ) { $0.endsWithNoContent = true }
    try await pages(
      .keyset, #"{"style": "keyset", "param": "since", "field": "/uid", "size_param": "limit"}"#,
      requests: 4
    ) { $0.endsWithNoContent = true }
    let scenario = E.scenario([]) {
      $0.paging = .page
      $0.endsWithNoContent = true
    }
    try await EndpointBench.run(scenario) { bench in
      let text = E.configuration(paging: #"{"style": "page", "param": "page"}"#)
      let judged = await EndpointJudged(try bench.endpoint(text), [E.ana])
      #expect(!judged.isComplete)
    }
  }

  @Test("7: a next URL on another host is not followed, and no token goes there")
  func foreign() async throws {
    let fault = Fault(
      .json, "GET /people", .foreignNext, times: nil, text: "http://127.0.0.1:9/people?page=2")
    let scenario = E.scenario(E.people(25), faults: [fault]) {
      $0.paging = .nextURL
      $0.maxPageSize = 10
    }
    try await EndpointBench.run(scenario) { bench in
      let text = E.configuration(paging: #"{"style": "next_url", "next": "/meta/next"}"#)
      let judged = await EndpointJudged(try bench.endpoint(text), [E.ana])
      #expect(!judged.isComplete && judged.issues.first?.code == "foreign-link")
      #expect(await bench.mock.requests(.json).count == 1)
    }
  }

  @Test("8: the same cursor twice is incomplete")
  func loop() async throws {
    let fault = Fault(.json, "GET /people", .repeatedCursor, first: 2, times: nil)
    let scenario = E.scenario(E.people(25), faults: [fault]) {
      $0.paging = .cursor
      $0.maxPageSize = 10
    }
    try await EndpointBench.run(scenario) { bench in
      let text = E.configuration(
        paging: #"{"style": "cursor", "param": "after", "next": "/meta/next"}"#)
      let judged = await EndpointJudged(
        try bench.endpoint(text), ["p0024@acme.com", "p0001@acme.com"])
      #expect(!judged.isComplete && judged.issues.first?.code == "cursor-loop", "\(judged.issues)")
      #expect(judged["p0024@acme.com"]?.verdict == .cannotTell)
    }
  }

  @Test("9: a server that caps pages at 50 of 100 is read to its end")
  func capped() async throws {
    let scenario = E.scenario(E.people(120)) {
      $0.paging = .page
      $0.maxPageSize = 50
    }
    try await EndpointBench.run(scenario) { bench in
      let text = E.configuration(
        paging: #"{"style": "page", "param": "page", "size_param": "per_page", "size": 100}"#)
      let judged = await EndpointJudged(try bench.endpoint(text), ["p0119@acme.com"])
      #expect(judged.isComplete && judged.provider.source.fetched == 120)
    }
  }

  @Test("10: 811 of 812 people are incomplete", arguments: [812, 810])
  func total(_ claimed: Int) async throws {
    let scenario = E.scenario(E.people(811)) {
      $0.paging = .cursor
      $0.claimedTotal = claimed
    }
    try await EndpointBench.run(scenario) { bench in
      let text = E.configuration(
        paging: #"{"style": "cursor", "param": "after", "next": "/meta/next"}"#,
        more: #""total": "/meta/total""#)
      let judged = await EndpointJudged(try bench.endpoint(text), ["p0001@acme.com"])
      #expect(!judged.isComplete && judged.provider.source.declared == claimed)
      #expect(judged.issues.first?.message.contains("811") == true)
    }
  }

  @Test("11: status 200 with an error in it is a failure, where error_path says so or APIs put it")
  func errorPath() async throws {
    let scenario = E.scenario(E.people(3)) { $0.extra = ["error": ["code": "partial"]] }
    try await EndpointBench.run(scenario) { bench in
      let text = E.configuration(more: #""error_path": "/error""#)
      let judged = await EndpointJudged(try bench.endpoint(text), ["p0001@acme.com"])
      #expect(!judged.isComplete && judged.issues.first?.code == "refused")
      let blind = await EndpointJudged(try bench.endpoint(E.configuration()), ["p0001@acme.com"])
      #expect(!blind.isComplete && blind.issues.first?.code == "refused")
    }
  }

  @Test("12: an id beyond the integers of JavaScript keeps its digits")
  func digits() async throws {
    let person = E.person("REQUIRED", ["uid": 9_007_199_254_740_993])
    try await EndpointBench.run(E.scenario([person])) { bench in
      let judged = await EndpointJudged(try bench.endpoint(E.configuration()), [E.ana])
      #expect(judged[E.ana]?.accountID == "9007199254740993")
    }
  }

  @Test("integers beyond 64 bits keep their digits, and spoil nothing around them")
  func bigIntegers() throws {
    let text =
      #"[123456789012345678901234567890, {"a\"-99999999999999999999": -9223372036854775809}, 18446744073709551615, -1, 1e40, "18446744073709551616"]"#
    let value = try JSONReader().value(ResponseBody(copying: text.utf8))
    let values = try #require(value.array)
    #expect(values[0].scalarText == "123456789012345678901234567890")
    #expect(values[1].object?.first?.key == #"a"-99999999999999999999"#)
    #expect(values[1].object?.first?.value.scalarText == "-9223372036854775809")
    #expect(values[2] == .number("18446744073709551615") && values[3] == .integer(-1))
    #expect(values[5] == .string("18446744073709551616"))
    for damaged in ["[123456789012345678901234567890", "[0123456789012345678901234567890]"] {
      #expect(throws: WireError.self) {
        try JSONReader().value(ResponseBody(copying: damaged.utf8))
      }
    }
  }

  @Test("13: Retry-After as a date is waited for")
  func retryAfter() async throws {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(identifier: "GMT")
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    let date = formatter.string(from: Date().addingTimeInterval(30))
    let fault = Fault(.json, "GET /people", .rateLimited, times: 1, seconds: 1, text: date)
    try await EndpointBench.run(E.scenario([E.person("REQUIRED")])) { bench in
      let endpoint = try bench.endpoint(E.configuration())
      await bench.mock.setFaults([fault])
      let judged = await EndpointJudged(endpoint, [E.ana])
      #expect(judged.isComplete && judged[E.ana]?.verdict == .enforced)
      #expect(await bench.mock.requests(.json).map(\.status) == [429, 200])
    }
  }

  @Test("14: a list that is the root is read once; so are keyed lists, lines, and Latin-1")
  func shapes() async throws {
    let cases: [(JSONEndpoint.Shape, String, String?)] = [
      (.array, "", nil), (.array, "$", nil), (.array, "$[*]", nil), (.wrapped, "$.data[*]", nil),
      (.keyed, "/people", #""items_by_key": true"#),
      (.keyed, "$.people", #""items_by_key": true"#), (.lines, "", nil),
    ]
    for (shape, items, more) in cases {
      let scenario = E.scenario([E.person("REQUIRED", ["name": "Añá"])]) {
        $0.shape = shape
        if shape != .lines { $0.charset = "iso-8859-1" }
      }
      try await EndpointBench.run(scenario) { bench in
        let text = E.configuration(items: items, more: more)
        let judged = await EndpointJudged(try bench.endpoint(text), [E.ana])
        #expect(judged.isComplete, "\(shape) \(items): \(judged.issues)")
        #expect(judged[E.ana]?.verdict == .enforced, "\(shape) \(items)")
        #expect(await bench.mock.requests(.json).count == 1)
      }
    }
    try await EndpointBench.run(E.scenario([E.person("REQUIRED")]) { $0.charset = "utf-16" }) {
      let judged = await EndpointJudged(try $0.endpoint(E.configuration()), [E.ana])
      #expect(!judged.isComplete && judged.issues.first?.code == "malformed")
    }
  }

  @Test("15: /teams/00 is no index and never the first team")
  func leadingZero() async throws {
    try await EndpointBench.run(E.scenario([E.person("REQUIRED")])) { bench in
      let mfa = E.mfa.replacingOccurrences(of: "/security/mfa/policy\"", with: "/teams/00\"")
        .replacingOccurrences(of: "REQUIRED", with: "fin")
      let judged = await EndpointJudged(try bench.endpoint(E.configuration(mfa: mfa)), [E.ana])
      #expect(judged[E.ana]?.verdict == .cannotTell)
      let right = mfa.replacingOccurrences(of: "/teams/00", with: "/teams/0")
      let other = await EndpointJudged(try bench.endpoint(E.configuration(mfa: right)), [E.ana])
      #expect(other[E.ana]?.verdict == .enforced)
    }
  }
}
