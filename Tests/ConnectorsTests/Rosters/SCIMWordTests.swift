import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import SCIM

/// What is there twice, null, or named beside the end of a list is not known.
@Suite("SCIM, words that are lost") struct SCIMWordTests {
  private typealias S = SCIMServers

  @Test("a SCIM attribute that is there in two spellings makes the list unknown")
  func twice() async throws {
    for user in [
      S.user(["mfaPolicy": "required", "mfapolicy": "optional"]),
      S.user(["mfaPolicy": "required"]).merging([S.urn.uppercased(): ["mfaPolicy": "optional"]]),
      S.user(["mfaPolicy": "required"]).merging(["Active": false]),
    ] {
      try await EndpointBench.run(S.scenario([user])) { bench in
        let judged = await EndpointJudged(try bench.scim(S.mapped), [S.ana])
        #expect(!judged.isComplete && judged[S.ana]?.verdict == .cannotTell)
      }
    }
  }

  @Test("null among the values of a SCIM attribute is a value that is lost")
  func null() async throws {
    let user = S.user(["mfaPolicy": ["required", nil]])
    try await EndpointBench.run(S.scenario([user])) { bench in
      let judged = await EndpointJudged(try bench.scim(S.mapped), [S.ana])
      #expect(judged[S.ana]?.verdict == .cannotTell)
    }
  }

  @Test("a cursor that a SCIM list read by index names is a next page")
  func cursor() async throws {
    let scenario = S.scenario([S.user(["mfaPolicy": "required"])]) {
      $0.extra = ["nextCursor": "x"]
    }
    try await EndpointBench.run(scenario) { bench in
      let judged = await EndpointJudged(try bench.scim(S.mapped), [S.ana])
      #expect(!judged.provider.source.carriesVerdicts)
    }
  }

  @Test("a SCIM user without any name is told: who that is, nobody knows")
  func nameless() async throws {
    let users: [JSON] = [S.user(["mfaPolicy": "required"]), ["id": "u-2", "active": true]]
    try await EndpointBench.run(S.scenario(users)) { bench in
      let judged = await EndpointJudged(try bench.scim(S.mapped), [S.ana])
      #expect(!judged.isComplete && judged[S.ana]?.verdict == .enforced)
    }
  }
}
