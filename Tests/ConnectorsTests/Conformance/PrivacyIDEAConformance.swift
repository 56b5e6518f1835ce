import CurlTransport
import Foundation
import IdentityCore
import MockIdP

@testable import PrivacyIDEA

extension ConformanceCase {
  static let privacyIDEA = ConformanceCase(
    "privacyIDEA", vendor: .privacyIDEA, small: privacyIDEAScenario(),
    paged: privacyIDEAScenario(others: 2_500), empty: privacyIDEAScenario(isEmpty: true),
    endpoints: [
      Endpoint("POST /auth", required: ["result.value.token"]),
      Endpoint("GET /policy/", required: ["result.status", "result.value"]),
      Endpoint("GET /event/", required: ["result.status", "result.value"]),
      Endpoint("GET /user/", required: ["result.status", "result.value"]),
      Endpoint(
        "GET /token/", .list,
        required: ["result.status", "result.value.tokens", "result.value.count"],
        hasUniqueRows: false),
    ],
    capabilities: [.pagedByNumber, .renewsCredential], fieldWorlds: [privacyIDEAPolicies()],
    absences: [
      "GET /policy/ /result/value/*/action/passthru":
        "an action that a policy does not name is not in force",
      "GET /token/ /result/value/tokens/*/info/validity_period_end":
        "a token without an end of its period may be used for ever",
    ], counted: ["GET /token/ /result/value/tokens/*"]
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

  /// Policies that let some people in: those of a resolver, one by the name in another case; Ana's token is not valid.
  private static func privacyIDEAPolicies() -> Scenario {
    PrivacyIDEAServers.small { server in
      server.policies = [
        PrivacyIDEAServers.policy(
          "ldap", ["passOnNoToken": true],
          ["resolver": ["ldap"], "user": ["ANA"], "user_case_insensitive": true]),
        PrivacyIDEAServers.policy(
          "others", ["passthru": "userstore"],
          [
            "user": ["*", "-ANA"], "conditions": [["userinfo", "groups", "contains", "new", true]],
          ]),
      ]
      server.tokens = [
        PrivacyIDEAToken("bo", "totp"),
        PrivacyIDEAToken("ana", "spass") {
          $0.info = ["validity_period_end": "2020-01-31T22:00+0100"]
        },
      ]
      server.users.append(PrivacyIDEAUser("ana", email: "other@acme.com", resolver: "sql"))
    }
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
