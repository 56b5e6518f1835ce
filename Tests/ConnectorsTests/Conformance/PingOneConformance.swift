import IdentityCore
import MockIdP

extension ConformanceCase {
  private static let base = "GET /v1/environments/{env}"
  private static let people = ["ana", "bo", "cy", "di", "eve", "nobody"].map { "\($0)@acme.com" }

  private static let unnarrowed = "left out where access is not narrowed"

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
        "a step without a condition always runs",
      "\(base)/signOnPolicies/{policy}/actions /_embedded/actions/*/noDevicesMode dropped":
        "a step that does not name what it does without a device blocks",
      "\(base)/applications /_embedded/applications/*/accessControl dropped": unnarrowed,
      "\(base)/applications /_embedded/applications/*/accessControl/group dropped": unnarrowed,
    ],
    known: [
      "\(base)/applications /_embedded/applications/*/accessControl/group/groups/*/id otherCase":
        "a filter by a group that PingOne does not have finds nobody; its ids are UUIDs, which it spells one way"
    ],
    untold: [
      "\(base)/applications /_embedded/applications/*/accessControl",
      "\(base)/applications /_embedded/applications/*/accessControl/group",
      "\(base)/applications /_embedded/applications/*/accessControl/group/type",
      "\(base)/applications /_embedded/applications/*/protocol",
      "\(base)/applications /_embedded/applications/*/type",
      "\(base)/deviceAuthenticationPolicies /_embedded/deviceAuthenticationPolicies/*/totp",
      "\(base)/deviceAuthenticationPolicies /_embedded/deviceAuthenticationPolicies/*/totp/enabled",
      "\(base)/signOnPolicies/{policy}/actions /_embedded/actions/*/condition",
      "\(base)/signOnPolicies/{policy}/actions /_embedded/actions/*/condition/contains",
      "\(base)/signOnPolicies/{policy}/actions /_embedded/actions/*/condition/not",
      "\(base)/signOnPolicies/{policy}/actions /_embedded/actions/*/condition/not/contains",
      "\(base)/signOnPolicies/{policy}/actions /_embedded/actions/*/condition/not/value",
      "\(base)/signOnPolicies/{policy}/actions /_embedded/actions/*/condition/value",
      "\(base)/signOnPolicies/{policy}/actions /_embedded/actions/*/deviceAuthenticationPolicy",
      "\(base)/signOnPolicies/{policy}/actions /_embedded/actions/*/noDevicesMode",
      "\(base)/users /_embedded/users/*/account",
      "\(base)/users /_embedded/users/*/account/canAuthenticate",
      "\(base)/users /_embedded/users/*/account/status",
      "\(base)/users /_embedded/users/*/mfaEnabled",
    ],
    counted: ["\(base)/users /_embedded/users/*"],
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
