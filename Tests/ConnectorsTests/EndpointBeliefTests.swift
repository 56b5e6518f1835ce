import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import Endpoint

/// What a row may not be taken for, and when one reply is no whole list.
@Suite("JSON endpoints: no more than is said") struct EndpointBeliefTests {
  private typealias E = Endpoints

  private static func rules(_ condition: String) -> String {
    let rule = #"{"when": \#(condition), "verdict": "enforced"}"#
    return E.configuration(
      mfa: #""mfa": {"meaning": "enforcement-rules", "app": "*", "rules": [\#(rule), "#
        + #"{"when": "always", "verdict": "not-enforced"}]}"#)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var condition: String
    var row: JSON
    var expected: Verdict
    var testDescription: String { "\(condition): \(row)" }
  }

  private static let outside = #"{"not": {"group": "contractors"}}"#
  private static let required = #"{"path": "/req", "equals": true}"#
  private static let kept = #"{"not": {"path": "/skip", "equals": true}}"#
  private static let dept = #"{"not": {"path": "/dept", "matches": "ops.*"}}"#
  private static let level = #"{"not": {"path": "/level", "equals": "none"}}"#

  static let cases: [Case] = [
    Case(condition: outside, row: ["teams": ["staff"]], expected: .enforced),
    Case(condition: outside, row: ["teams": []], expected: .enforced),
    Case(condition: outside, row: ["teams": "staff"], expected: .enforced),
    Case(condition: outside, row: ["teams": ["contractors"]], expected: .notEnforced),
    Case(condition: outside, row: ["teams": "staff,contractors"], expected: .cannotTell),
    Case(condition: outside, row: ["teams": ["Contractors"]], expected: .cannotTell),
    Case(condition: outside, row: ["teams": ["contractors "]], expected: .cannotTell),
    Case(condition: outside, row: ["teams": [7]], expected: .cannotTell),
    Case(condition: outside, row: ["teams": ""], expected: .cannotTell),
    Case(condition: required, row: ["req": true], expected: .enforced),
    Case(condition: required, row: ["req": [true]], expected: .enforced),
    Case(condition: required, row: ["req": false], expected: .notEnforced),
    Case(condition: required, row: ["req": [true, false]], expected: .cannotTell),
    Case(condition: kept, row: ["skip": false], expected: .enforced),
    Case(condition: kept, row: ["skip": "yes"], expected: .cannotTell),
    Case(condition: kept, row: ["skip": 1], expected: .cannotTell),
    Case(condition: kept, row: ["skip": []], expected: .cannotTell),
    Case(condition: dept, row: ["dept": "sales"], expected: .enforced),
    Case(condition: dept, row: ["dept": 5], expected: .cannotTell),
    Case(condition: level, row: ["level": "high"], expected: .enforced),
    Case(condition: level, row: ["level": "None"], expected: .cannotTell),
    Case(
      condition: #"{"path": "$.a[*].b", "equals": true}"#,
      row: ["a": [["b": true], ["b": false]]], expected: .cannotTell),
  ]

  @Test("a condition holds only where the row says so", arguments: cases)
  func condition(_ one: Case) async throws {
    try await EndpointBench.run(E.scenario([E.person("REQUIRED", one.row)])) { bench in
      let judged = await EndpointJudged(try bench.endpoint(Self.rules(one.condition)), [E.ana])
      let record = try #require(judged[E.ana])
      #expect(record.verdict == one.expected, "\(record.reason)")
    }
  }

  static let moreReplies: [JSON] = [
    ["total": 7], ["totalResults": "7"], ["total_count": 7], ["count": 7], ["meta": ["total": 7]],
    ["more": true], ["truncated": true], ["marker": "m"], ["continuation": "c"],
    ["last_page": false], ["isLastPage": false], ["last_page": 3], ["error": "partial"],
    ["errors": [["message": "x"]]],
  ]

  @Test(
    "one reply that says that there is more, or an error, is no whole list", arguments: moreReplies)
  func saysMore(_ extra: JSON) async throws {
    let scenario = E.scenario(E.people(2)) {
      $0.hasTotal = false
      $0.extra = extra
    }
    try await EndpointBench.run(scenario) { bench in
      let judged = await EndpointJudged(
        try bench.endpoint(E.configuration()), ["p0001@acme.com"])
      #expect(!judged.isComplete)
    }
  }

  @Test(
    "one reply whose headers say that there is more is no whole list",
    arguments: [
      ["Total-Count": "7"], ["X-WP-Total": "7"], ["X-Has-More": "true"],
      ["Content-Range": "items 0-1/7"],
    ])
  func headers(_ headers: [String: String]) async throws {
    let scenario = E.scenario(E.people(2)) {
      $0.hasTotal = false
      $0.replyHeaders = headers
    }
    try await EndpointBench.run(scenario) { bench in
      let judged = await EndpointJudged(
        try bench.endpoint(E.configuration()), ["p0001@acme.com"])
      #expect(!judged.isComplete)
    }
  }

  @Test(
    "one reply that says that it is all is a whole list",
    arguments: [
      ["total": 2, "errors": [], "error": nil, "has_more": false, "last_page": true],
      ["count": 2, "meta": ["total_pages": 1, "truncated": false]],
    ] as [JSON])
  func whole(_ extra: JSON) async throws {
    let scenario = E.scenario(E.people(2)) {
      $0.hasTotal = false
      $0.extra = extra
    }
    try await EndpointBench.run(scenario) { bench in
      let judged = await EndpointJudged(
        try bench.endpoint(E.configuration()), ["p0001@acme.com"])
      #expect(judged.isComplete, "\(judged.issues)")
      #expect(judged["p0001@acme.com"]?.verdict == .enforced)
    }
  }
}
