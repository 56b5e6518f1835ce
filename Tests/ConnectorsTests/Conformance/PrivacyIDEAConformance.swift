import Connectors
import CurlTransport
import Foundation
import IdentityCore
import MockIdP

extension ConformanceCase {
  static let privacyIDEA = ConformanceCase(
    "privacyIDEA", vendor: .privacyIDEA, small: privacyIDEAScenario(),
    paged: privacyIDEAScenario(others: 2_500), empty: privacyIDEAScenario(isEmpty: true),
    endpoints: [
      Endpoint("POST /auth", required: ["result.value.token"]),
      Endpoint("GET /policy/", required: ["result.status", "result.value"]),
      Endpoint("GET /user/", required: ["result.status", "result.value"]),
      Endpoint(
        "GET /token/", .list,
        required: ["result.status", "result.value.tokens", "result.value.count"],
        hasUniqueRows: false),
    ],
    capabilities: [.pagedByNumber, .renewsCredential]
  ) { bench in
    let endpoint = bench.mock[.privacyIDEA]
    let connector = PrivacyIDEAConnector(
      configuration: PrivacyIDEAConfiguration(
        name: "tokens", url: endpoint?.baseURL ?? "", username: "idsync",
        password: Secret(endpoint?.token ?? ""), realm: "acme", front: "keycloak flow browser"),
      transport: bench.transport, clock: { Timestamp(Date()) }, logger: bench.log.logger)
    return await ConformanceReading(
      of: connector, app: PrivacyIDEAServers.app,
      people: [ProviderBench.ana, "bo@acme.com", "nobody@acme.com"])
  }

  /// Ana has a token, Bo one that asks for nothing.
  private static func privacyIDEAScenario(others: Int = 0, isEmpty: Bool = false) -> Scenario {
    PrivacyIDEAServers.small { server in
      server.tokens = [PrivacyIDEAToken("ana", "totp"), PrivacyIDEAToken("bo", "spass")]
      server.tokens += (0..<others).map { PrivacyIDEAToken("other\($0)", "totp") }
      guard isEmpty else { return }
      server.users = []
      server.tokens = []
    }
  }
}
