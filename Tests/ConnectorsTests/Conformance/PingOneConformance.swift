import IdentityCore
import MockIdP

extension ConformanceCase {
  private static let base = "GET /v1/environments/{env}"
  private static let people = ["ana", "bo", "cy", "di", "eve", "nobody"].map { "\($0)@acme.com" }

  static let pingOne = ConformanceCase(
    "PingOne", vendor: .pingOne, small: pingOneScenario(), paged: pingOneScenario(others: 6),
    empty: PingOneBench.scenario { $0.users = [] },
    endpoints: [
      Endpoint("POST /{env}/as/token", required: ["access_token"]),
      Endpoint("\(base)/applications", required: ["id", "enabled"], optional: ["name"]),
      Endpoint(
        "\(base)/applications/{app}/signOnPolicyAssignments",
        required: ["priority", "signOnPolicy", "signOnPolicy.id"]),
      Endpoint("\(base)/applications/{app}/flowPolicyAssignments"),
      Endpoint("\(base)/signOnPolicies", required: ["id"], optional: ["name", "default"]),
      Endpoint(
        "\(base)/signOnPolicies/{policy}/actions", required: ["id", "type", "priority"]),
      Endpoint(
        "\(base)/deviceAuthenticationPolicies", required: ["id"], optional: ["name", "default"]),
      Endpoint(
        // Behind a link the same row twice is one row.
        "\(base)/users", .list, required: ["id", "enabled", "population.id"],
        optional: ["email", "username", "mfaEnabled", "account.status", "account.canAuthenticate"],
        hasUniqueRows: false),
      Endpoint("\(base)/users/{user}/devices", required: ["type", "status"]),
      Endpoint("\(base)/users/{user}/bypassMFA"),
    ],
    capabilities: [.pagedByLink, .pagedByRange, .renewsCredential],
    verdicts: [.enforced, .enforcedConditionally, .notEnforced, .notEvaluated, .cannotTell],
    absences: [
      "\(base)/signOnPolicies/{policy}/actions /_embedded/actions/*/condition dropped":
        "a step without a condition always runs"
    ],
    secrets: ["mock~pingone+secret/0001", "mock~pingone%2Bsecret%2F0001"]
  ) { bench in
    await ConformanceReading(of: bench.pingOne(), app: PingOneBench.app, people: people)
  }

  /// Staff are to show a device, others only if they have one; some are not let in at all.
  private static func pingOneScenario(others: Int = 0) -> Scenario {
    PingOneBench.scenario { tenant in
      let staff: JSON = ["value": "${user.memberOfGroupIDs}", "contains": "g-staff"]
      tenant.steps = [
        PingOneBench.login, PingOneBench.mfa("BLOCK", when: staff),
        PingOneBench.mfa("BYPASS", when: ["not": staff]),
      ]
      tenant.apps[0].accessControl = [
        "group": ["type": "ANY_GROUP", "groups": [["id": "g-heroku"]]]
      ]
      tenant.users = [
        PingOneUser("ana@acme.com") { $0.groups = ["g-heroku", "g-staff"] },
        PingOneUser("bo@acme.com") { $0.groups = ["g-heroku"] },
        PingOneUser("cy@acme.com") {
          $0.groups = ["g-heroku"]
          $0.devices = [.init("TOTP")]
        },
        PingOneUser("di@acme.com") {
          $0.groups = ["g-heroku"]
          $0.enabled = false
        },
        PingOneUser("eve@acme.com") { $0.groups = ["g-staff"] },
      ]
      tenant.users += (0..<others).map { number in
        PingOneUser("other\(number)@acme.com") { $0.groups = ["g-heroku", "g-staff"] }
      }
      if others > 0 { tenant.largestPage = 2 }
    }
  }
}
