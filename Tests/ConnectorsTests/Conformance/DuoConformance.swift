import IdentityCore
import MockIdP

extension ConformanceCase {
  /// A tenant without its global policy is none that was read to its end.
  static let duo: ConformanceCase = {
    var kase = duoCase
    kase.emptyIsComplete = false
    return kase
  }()

  /// Why a finding ends that ought to stay open.
  private static let duoGone =
    "the rule that let in is not there any more where what it rests on is not shown, and counts as closed"

  private static let duoCase = ConformanceCase(
    "Duo", vendor: .duo, small: duoScenario(), paged: duoScenario(others: 700),
    empty: Scenario.duo {
      $0.users = []
      $0.policies = []
    },
    endpoints: [
      Endpoint(
        "GET /admin/v3/integrations/{integration}", answersAbsence: true,
        required: ["response.integration_key", "stat"], optional: ["response.name"]),
      Endpoint(
        "GET /admin/v1/users", .list, required: ["user_id"],
        optional: ["username", "status", "groups", "email", "is_enrolled", "alias1"]),
      Endpoint(
        "GET /admin/v2/policies/summary", whenRefused: .certainty, answersAbsence: true,
        required: ["response.policies"]),
      Endpoint(
        "GET /admin/v2/policies/global", answersAbsence: true,
        required: ["response.policy_key", "response.sections"],
        optional: ["response.policy_name"]),
      Endpoint(
        "GET /admin/v2/policies/{policy}", answersAbsence: true,
        required: ["response.policy_key", "response.sections"]),
      Endpoint(
        "GET /admin/v2/policies/calculate", whenRefused: .certainty, answersAbsence: true,
        required: ["response.sections"]),
    ], fieldWorlds: [duoGroups, duoNewcomers, duoPermitted],
    absences: [
      "GET /admin/v2/policies/{policy} /response/sections/authorized_networks dropped":
        "a policy names only the sections that it decides; the global one decides the others",
      "GET /admin/v2/policies/{policy} /response/sections/new_user dropped":
        "a policy names only the sections that it decides; the global one decides the others",
    ],
    known: [
      "GET /admin/v1/users /response/*/groups dropped": duoGone,
      "GET /admin/v1/users /response/*/groups nulled": duoGone,
      "GET /admin/v1/users /response/*/groups/* nulled": duoGone,
      "GET /admin/v1/users /response/*/groups/* retyped": duoGone,
      "GET /admin/v1/users /response/*/groups/*/group_id dropped": duoGone,
      "GET /admin/v1/users /response/*/groups/*/group_id nulled": duoGone,
      "GET /admin/v1/users /response/*/groups/*/status dropped": duoGone,
      "GET /admin/v1/users /response/*/groups/*/status nulled": duoGone,
      "GET /admin/v2/policies/{policy} /response/sections/new_user nulled": duoGone,
      "GET /admin/v2/policies/{policy} /response/sections/new_user retyped": duoGone,
      "GET /admin/v2/policies/{policy} /response/sections/new_user/new_user_behavior dropped":
        duoGone,
      "GET /admin/v2/policies/{policy} /response/sections/new_user/new_user_behavior listed":
        duoGone,
      "GET /admin/v2/policies/{policy} /response/sections/new_user/new_user_behavior nulled":
        duoGone,
      "GET /admin/v2/policies/{policy} /response/sections/new_user/new_user_behavior retyped":
        duoGone,
    ],
    untold: [
      "GET /admin/v1/users /response/*/groups", "GET /admin/v1/users /response/*/groups/",
      "GET /admin/v1/users /response/*/status",
      "GET /admin/v2/policies/calculate /response/sections/",
      "GET /admin/v2/policies/global /response/sections/",
      "GET /admin/v2/policies/{policy} /response/sections/",
      "GET /admin/v3/integrations/{integration} /response/groups_allowed",
      "GET /admin/v3/integrations/{integration} /response/groups_allowed/",
      "GET /admin/v3/integrations/{integration} /response/type",
      "GET /admin/v3/integrations/{integration} /response/user_access",
    ],
    counted: ["GET /admin/v1/users /response/*"],
    secrets: [DuoTenant().secretKey, "mockSecretOfAnotherApplication"]
  ) { bench in
    await ConformanceReading(
      of: bench.duo(), app: Bench.vpn,
      people: ["ana@acme.com", "bo@acme.com", "cy@acme.com", "nobody@acme.com"])
  }

  private static func duoWorld(_ change: (inout DuoTenant) -> Void) -> Scenario {
    Scenario.duo { tenant in
      tenant.users = ["bo", "ana", "cy"].map { DuoUser("\($0)@acme.com", name: "\($0)@acme.com") }
      change(&tenant)
    }
  }

  /// A group whose policy skips the second factor, and networks where the application does.
  private static var duoGroups: Scenario {
    duoWorld { tenant in
      let open = DuoPolicy("Open", ["authentication_policy": ["user_auth_behavior": "bypass"]])
      let office = DuoPolicy(
        "Office",
        [
          "authorized_networks": [
            "no_2fa_required": ["ip_list": ["10.0.0.0/8"], "require_enrollment": true],
            "mfa_required": ["ip_list": []], "blocked": ["ip_list": []], "deny_other_access": true,
          ]
        ])
      tenant.policies += [open, office]
      tenant.integrations[0].policy = office.key
      tenant.integrations[0].groupPolicies = [.init(group: "Contractors", policy: open.key)]
      tenant.users[1].groups = ["Contractors"]
      tenant.users[2].groups = ["Finance"]
      tenant.groups[1].status = "Bypass"
    }
  }

  /// The application lets people without an account in.
  private static var duoNewcomers: Scenario {
    duoWorld { tenant in
      let policy = DuoPolicy("New", ["new_user": ["new_user_behavior": "no-mfa"]])
      tenant.policies.append(policy)
      tenant.integrations[0].policy = policy.key
    }
  }

  /// The application is for one group only.
  private static var duoPermitted: Scenario {
    duoWorld { tenant in
      tenant.integrations[0].access = "PERMITTED_GROUPS"
      tenant.integrations[0].permittedGroups = ["Finance"]
      tenant.policies[0] = .global(networks: ["10.0.0.0/8"])
      tenant.users[1].groups = ["Finance"]
    }
  }

  /// Ana needs two factors, Bo is in bypass, Cy is locked out.
  private static func duoScenario(others: Int = 0) -> Scenario {
    Scenario.duo { tenant in
      tenant.users = ["ana", "bo", "cy"].map { DuoUser("\($0)@acme.com", name: "\($0)@acme.com") }
      tenant.users[1].status = "bypass"
      tenant.users[2].status = "locked out"
      tenant.users += (0..<others).map { DuoUser("other\($0)@acme.com") }
      let policy = DuoPolicy("VPN", ["remembered_devices": ["browser_apps": ["enabled": false]]])
      tenant.policies.append(policy)
      tenant.integrations[0].policy = policy.key
    }
  }
}
