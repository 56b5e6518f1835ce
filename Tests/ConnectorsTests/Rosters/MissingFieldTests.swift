import CurlTransport
import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import Endpoint
@testable import Heroku
@testable import JSONQuery

@Suite("What is missing is unknown") struct MissingFieldTests {
  private static let detail = """
    {"path": "/people", "items": "/data", "auth": {"kind": "bearer", "token": "env:T"},
     "fields": {"id": "/uid", "email": "/mail",
       "federated": {"path": "/sso", "from": "detail", "take": "exists"},
       "platform_mfa": {"path": "/devices/0", "from": "detail", "take": "exists"}},
     "detail": {"path": "/people/{{id}}/mfa"}}
    """

  private static let people: [JSON] = [
    ["uid": "1", "mail": "ana@acme.com"], ["uid": "2", "mail": "bo@acme.com"],
    ["uid": "3", "mail": "cy@acme.com"],
  ]

  @Test(
    "fields of a roster that stand in the reply about one person are read there, and unknown where it is not"
  )
  func rosterFromDetail() async throws {
    let scenario = Endpoints.scenario(Self.people) {
      $0.details = ["1": ["sso": true, "devices": ["key"]], "2": ["devices": []]]
    }
    try await EndpointBench.run(scenario) { bench in
      let endpoint = try bench.endpoint(Self.detail)
      let reading = await endpoint.readRoster(of: ["x"], progress: .none)
      let roster = reading.teams[0].roster
      #expect(reading.teams[0].isComplete, "\(reading.source.issues)")
      #expect((0..<3).map { roster[$0].federated } == [.yes, .no, .unknown])
      #expect((0..<3).map { roster[$0].platformMFA } == [.yes, .no, .unknown])
      await bench.mock.setFaults([Fault(.json, "GET /people/{id}/mfa", .forbidden, times: nil)])
      let refused = await endpoint.readRoster(of: ["x"], progress: .none)
      let unknown = refused.teams[0].roster
      #expect((0..<3).allSatisfy { unknown[$0].federated == .unknown })
      #expect((0..<3).allSatisfy { unknown[$0].platformMFA == .unknown })
      #expect(!refused.teams[0].isComplete)
    }
  }

  @Test("counting and looking for something in a document that was never read gives nothing")
  func neverRead() throws {
    let plan = FieldPlan(text: "/a", query: try JSONQuery("/a"), place: .detail, take: .exists)
    let documents = RowDocuments(item: .object([:]))
    #expect(plan.value(in: documents[.detail]) { _ in } == nil)
    var counting = plan
    counting.take = .count
    #expect(counting.value(in: documents[.detail]) { _ in } == nil)
    counting.transforms = [.fallback(.bool(false))]
    #expect(counting.value(in: documents[.join]) { _ in } == nil)
    #expect(plan.value(in: []) { _ in } == .bool(false))
    let condition = Predicate.exists(.query(plan), false)
    #expect(condition.answer(MappedRow(), documents) { _ in } == .unknown)
  }

  @Test("a joined list may say no by having no row, and may have several")
  func join() async throws {
    func text(_ absent: String) -> String {
      """
      {"path": "/people", "items": "/data", "auth": {"kind": "bearer", "token": "env:T"},
       "fields": {"id": "/uid", "email": "/mail",
         "platform_mfa": {"path": "/kind", "from": "join", "take": "exists"},
         "federated": {"path": "/sso"}},
       "join": {"path": "/policies", "items": "/policies", "key": "/user", "on": "/uid"\(absent)}}
      """
    }
    let scenario = Endpoints.scenario(Self.people) {
      $0.policies = [
        ["user": "1", "kind": "totp"], ["user": "1", "kind": "webauthn"],
        ["user": "2", "kind": "sms"],
      ]
    }
    try await EndpointBench.run(scenario) { bench in
      for (absent, third) in [("", Tri.unknown), (#", "absent": "no""#, .no)] {
        let reading = try await bench.endpoint(text(absent)).readRoster(of: ["x"], progress: .none)
        let roster = reading.teams[0].roster
        #expect(reading.teams[0].isComplete, "\(reading.source.issues)")
        #expect((0..<3).map { roster[$0].platformMFA } == [.yes, .yes, third])
      }
      await bench.mock.setFaults([Fault(.json, "GET /policies", .forbidden, times: nil)])
      let refused = try await bench.endpoint(text(#", "absent": "no""#))
        .readRoster(of: ["x"], progress: .none)
      #expect((0..<3).allSatisfy { refused.teams[0].roster[$0].platformMFA == .unknown })
      #expect(!refused.teams[0].isComplete)
    }
  }

  @Test("an account that does not say whether it is active, where others do, cannot be told")
  func active() async throws {
    var silent = Endpoints.person("REQUIRED", ["uid": "u-9", "mail": "bo@acme.com"])
    silent["state"] = nil
    try await EndpointBench.run(Endpoints.scenario([Endpoints.person("REQUIRED"), silent])) {
      let judged = await EndpointJudged(
        try $0.endpoint(Endpoints.configuration()), [Endpoints.ana, "bo@acme.com"])
      #expect(judged[Endpoints.ana]?.verdict == .enforced)
      #expect(judged["bo@acme.com"]?.verdict == .cannotTell)
      #expect(judged["bo@acme.com"]?.reason.contains("active") == true)
    }
  }

  @Test("where no row says whether an account is active, nobody can tell of any of them")
  func noActive() async throws {
    var silent = Endpoints.person("REQUIRED")
    silent["state"] = nil
    try await EndpointBench.run(Endpoints.scenario([silent])) {
      let judged = await EndpointJudged(
        try $0.endpoint(Endpoints.configuration()), [Endpoints.ana])
      #expect(judged[Endpoints.ana]?.verdict == .cannotTell)
      #expect(judged[Endpoints.ana]?.reason.contains("active") == true)
    }
  }

  // MARK: Contradictory documents

  private static let good = #"[{"email":"ana@acme.com","federated":true,"role":"admin"}]"#
  private static let doubled: [(String, Bool)] = [
    (#"[{"email":"ana@acme.com","federated":true,"federated":false}]"#, false),
    (#"[{"email":"ana@acme.com","federated":true,"federated":true}]"#, true),
    (#"[{"email":"a@acme.com","email":"b@acme.com"}]"#, false),
    (#"[{"email":"a@acme.com","user":{"id":"1"},"user":{"id":"2"}}]"#, false),
    (#"[{"email":"a@acme.com","user":{"id":"1"},"user":{"id":"1"}}]"#, true),
    (#"[{"email":"a@acme.com","user":{"id":"1","id":"2"}}]"#, false),
    (#"[{"email":"a@acme.com","role":null,"role":"admin"}]"#, false),
  ]

  @Test("an object that has a key twice with different values is no answer", arguments: doubled)
  func doubledKeys(text: String, passes: Bool) throws {
    let body = ResponseBody(copying: Array(text.utf8))
    let reader = JSONReader()
    let isTable = (try? reader.withTable(body, HerokuWire.members) { $0.count }) == 1
    #expect(isTable == passes, "as a table")
    #expect(((try? reader.value(body)) != nil) == passes, "as a value")
    let wrapped = ResponseBody(copying: Array("{\"data\":\(text)}".utf8))
    let list = ListPlan(
      request: RequestPlan(path: try Template("", allowed: [])), items: try JSONQuery("/data"))
    let response = HTTPResponse(status: 200, headers: HTTPHeaders(), body: wrapped)
    let items = try? EndpointPage(list: list).forEachItem(response) { _ in }
    #expect((items == 1) == passes, "as items of a page")
    let twice = ResponseBody(copying: Array("{\"data\":\(text),\"data\":[]}".utf8))
    let both = HTTPResponse(status: 200, headers: HTTPHeaders(), body: twice)
    #expect(throws: WireError.self) { try EndpointPage(list: list).forEachItem(both) { _ in } }
  }

  @Test("objects with very many keys are looked at as well")
  func manyKeys() throws {
    let many = (0..<500).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
    let reader = JSONReader()
    #expect((try? reader.value(ResponseBody(copying: Array("{\(many)}".utf8)))) != nil)
    #expect((try? reader.value(ResponseBody(copying: Array("{\(many),\"k499\":1}".utf8)))) == nil)
    #expect((try? reader.value(ResponseBody(copying: Array("{\(many),\"k499\":499}".utf8)))) != nil)
  }
}
