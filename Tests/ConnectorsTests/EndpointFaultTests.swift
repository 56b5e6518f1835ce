import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit

/// Something that goes wrong at a list, and the code of the issue that comes of it.
struct EndpointFault: Sendable, CustomTestStringConvertible {
  var name: String
  var kind: Fault.Kind
  var first = 1
  var times: Int?
  var status: Int?
  var bytes: Int?
  var text: String?
  /// Nil when the list is complete all the same.
  var code: String?

  var testDescription: String { name }

  func fault(_ vendor: Vendor, _ endpoint: String, text other: String? = nil) -> Fault {
    Fault(
      vendor, endpoint, kind, first: first, times: times, status: status, bytes: bytes,
      text: other ?? text)
  }

  /// What may happen to every list, on its first or second page.
  static let all: [EndpointFault] = [
    .init(name: "401", kind: .unauthorized, code: "unauthorised"),
    .init(name: "403", kind: .forbidden, code: "forbidden"),
    .init(name: "404", kind: .notFound, code: "not-found"),
    .init(name: "429 that passes", kind: .rateLimited, times: 2, code: nil),
    .init(name: "429 for ever", kind: .rateLimited, code: "rate-limited"),
    .init(name: "500 that passes", kind: .status, times: 2, status: 500, code: nil),
    .init(name: "503 for ever", kind: .status, status: 503, code: "server-error"),
    .init(name: "400", kind: .status, status: 400, code: "refused"),
    .init(name: "truncated for ever", kind: .truncated, code: "truncated"),
    .init(name: "truncated once", kind: .truncated, first: 2, times: 1, code: nil),
    .init(name: "reset once", kind: .reset, first: 2, times: 1, code: nil),
    .init(name: "malformed on page 2", kind: .malformed, first: 2, code: "malformed"),
    .init(name: "a web page", kind: .html, code: "not-json"),
    .init(name: "a page over the cap", kind: .oversize, bytes: 40 << 20, code: "too-large"),
    .init(name: "an empty page in the middle", kind: .emptyPage, first: 2, times: 1, code: nil),
    .init(name: "a cursor that repeats", kind: .repeatedCursor, first: 2, code: "cursor-loop"),
    .init(name: "ids of another type", kind: .wrongType, first: 2, code: "malformed"),
    .init(name: "ids that are null", kind: .nullField, first: 2, code: "malformed"),
    .init(name: "ids that are missing", kind: .missingField, first: 2, code: "malformed"),
  ]
}

@Suite("JSON endpoints: what goes wrong") struct EndpointFaultTests {
  @Test(
    "a failure never makes anybody enforced, and says where and what to do",
    arguments: EndpointFault.all)
  func fault(_ fault: EndpointFault) async throws {
    let scenario = Endpoints.scenario(Endpoints.people(25)) {
      $0.paging = .cursor
      $0.maxPageSize = 10
    }
    try await EndpointBench.run(scenario) { bench in
      let text = Endpoints.configuration(
        paging: #"{"style": "cursor", "param": "after", "next": "/meta/next"}"#)
      let endpoint = try bench.endpoint(text)
      let last = "p0024@acme.com"
      await bench.mock.setFaults([fault.fault(.json, "GET /people", text: "uid")])
      let judged = await EndpointJudged(endpoint, [last])
      if let code = fault.code {
        #expect(!judged.isComplete && judged.issues.first?.code == code, "\(judged.issues)")
        #expect(judged.issues.first?.remedy.isEmpty == false)
        #expect(judged[last]?.verdict == .cannotTell)
      } else {
        #expect(judged.isComplete, "\(judged.issues)")
        #expect(judged[last]?.verdict == .enforced)
      }
      let roster = await endpoint.readRoster(of: ["x"], progress: .none)
      if fault.code != nil, fault.times == nil { #expect(!roster.teams[0].isComplete) }
      let secret = scenario[JSONEndpoint.self].secret
      #expect(!"\(judged.provider)\(roster)\(bench.log.text)".contains(secret))
    }
  }

  @Test("an empty list of accounts is complete; a row that comes twice in one reply is one row")
  func emptyAndTwice() async throws {
    try await EndpointBench.run(Endpoints.scenario([])) { bench in
      let judged = await EndpointJudged(
        try bench.endpoint(Endpoints.configuration()), [Endpoints.ana])
      #expect(judged.isComplete && judged[Endpoints.ana]?.judgement.deciding?.code == .notInIdP)
    }
    let people = Endpoints.people(5)
    try await EndpointBench.run(
      Endpoints.scenario(people + [people[0]]) { $0.claimedTotal = 5 }
    ) { bench in
      let plain = await EndpointJudged(
        try bench.endpoint(Endpoints.configuration()), ["p0001@acme.com"])
      #expect(plain.isComplete && plain.issues.map(\.code) == ["repeated-rows"])
      let counted = await EndpointJudged(
        try bench.endpoint(Endpoints.configuration(more: #""total": "/meta/total""#)),
        ["p0001@acme.com"])
      #expect(counted.isComplete, "\(counted.issues)")
    }
  }

  @Test("two accounts under one address are ambiguous, and never guessed")
  func ambiguous() async throws {
    let second = Endpoints.person("OPTIONAL", ["uid": "u-2"])
    try await EndpointBench.run(Endpoints.scenario([Endpoints.person("REQUIRED"), second])) {
      let judged = await EndpointJudged(
        try $0.endpoint(Endpoints.configuration()), [Endpoints.ana])
      #expect(judged[Endpoints.ana]?.judgement.deciding?.code == .ambiguousIdentity)
    }
  }
}
