import Connectors
import IdentityCore
import MockIdP

extension ConformanceCase {
  static let duo = ConformanceCase(
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
        "GET /admin/v2/policies/global", whenRefused: .certainty, answersAbsence: true,
        required: ["response.policy_key", "response.sections"],
        optional: ["response.policy_name"]),
      Endpoint(
        "GET /admin/v2/policies/{policy}", whenRefused: .certainty, answersAbsence: true,
        required: ["response.policy_key", "response.sections"]),
      Endpoint(
        "GET /admin/v2/policies/calculate", whenRefused: .certainty, answersAbsence: true,
        required: ["response.sections"]),
    ], secrets: [DuoTenant().secretKey, "mockSecretOfAnotherApplication"]
  ) { bench in
    await ConformanceReading(
      of: bench.duo(), app: Bench.vpn,
      people: ["ana@acme.com", "bo@acme.com", "cy@acme.com", "nobody@acme.com"])
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
