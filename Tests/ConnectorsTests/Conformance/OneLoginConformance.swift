import IdentityCore
import MockIdP

@testable import ConnectorKit
@testable import OneLogin

extension ConformanceCase {
  static let oneLogin = ConformanceCase(
    "OneLogin", vendor: .oneLogin, small: oneLoginScenario(), paged: oneLoginScenario(others: 6),
    empty: {
      var account = OneLoginAccount()
      account.apps = [OneLoginApp(OneLoginRows.app, name: "Heroku")]
      return OneLoginRows.scenario(account)
    }(),
    endpoints: [
      Endpoint(
        "POST /auth/oauth2/v2/token", required: ["access_token"], optional: ["expires_in"]),
      // Behind a cursor the same row twice is one row.
      Endpoint(
        "GET /api/2/users", .list, required: ["id", "status", "state"], hasUniqueRows: false),
      Endpoint("GET /api/2/apps/{app}", required: ["id"], optional: ["name"]),
      Endpoint("GET /api/2/apps/{app}/users", .list, required: ["id"], hasUniqueRows: false),
    ],
    capabilities: [.renewsCredential],
    absences: [
      "GET /api/2/users /*/group_id nulled":
        "null is a user in no group: the default user policy applies"
    ],
    secrets: ["mock-onelogin-secret-0001"]
  ) { bench in
    let connector = bench.oneLogin {
      $0.attestation = .init(
        groups: ["77": .enforced, "78": OneLoginConfiguration.Attested.none], fallback: .enforced)
      $0.vouches = Vouch.for("trusted-idp-first", "password-reset")
    }
    return await ConformanceReading(
      of: connector, app: String(OneLoginRows.app),
      people: ["ana", "bo", "cy", "nobody"].map { "\($0)@acme.com" })
  }

  /// Somebody who is asked for two factors, somebody who is not, and somebody without the application.
  private static func oneLoginScenario(others: Int = 0) -> Scenario {
    var account = OneLoginAccount()
    account.users = [
      OneLoginUser("ana@acme.com", group: 77), OneLoginUser("bo@acme.com", group: 78),
      OneLoginUser("cy@acme.com", group: 77),
    ]
    account.users += (0..<others).map { OneLoginUser("other\($0)@acme.com", group: 77) }
    account.apps = [
      OneLoginApp(
        OneLoginRows.app, name: "Heroku",
        users: account.users.map(\.email).filter { $0 != "cy@acme.com" })
    ]
    if others > 0 { account.largestPage = 2 }
    return OneLoginRows.scenario(account)
  }
}
