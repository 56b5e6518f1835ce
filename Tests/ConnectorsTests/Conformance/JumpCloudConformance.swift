import IdentityCore
import MockIdP

extension ConformanceCase {
  static let jumpCloud = ConformanceCase(
    "JumpCloud", vendor: .jumpCloud, small: jumpCloudScenario(),
    paged: jumpCloudScenario(others: 6),
    empty: jumpCloudScenario { organisation in
      organisation.users = []
      for index in organisation.groups.indices { organisation.groups[index].members = [] }
    },
    endpoints: [
      Endpoint(
        "GET /api/systemusers", .list, required: ["_id", "email", "activated", "suspended"],
        optional: [
          "state", "enable_user_portal_multifactor", "mfa", "mfa.exclusion",
          "restrictedFields",
        ]),
      Endpoint(
        "GET /api/applications/{app}", required: ["_id"], optional: ["name", "displayLabel"]),
      Endpoint("GET /api/v2/applications/{app}/users", .list, required: ["id"]),
      Endpoint(
        "GET /api/v2/authn/policies", .list, required: ["id", "disabled"],
        optional: ["name", "type", "targets", "conditions", "effect"]),
      Endpoint(
        "GET /api/v2/usergroups/{group}", loses: .details, required: ["id"], optional: ["name"]),
      Endpoint("GET /api/v2/usergroups/{group}/membership", .list, required: ["id"]),
      Endpoint(
        "GET /api/v2/iplists", .list, loses: .details, required: ["id"], optional: ["name"]),
      Endpoint(
        "GET /api/v2/identity-providers", required: ["identityProviders", "totalCount"]),
      Endpoint("GET /api/organizations", required: ["_id"]),
      Endpoint(
        "GET /api/organizations/{organisation}",
        required: ["settings", "settings.userPortal.idleSessionDurationMinutes"]),
    ],
    capabilities: [.pagedByNumber],
    untold: ["GET /api/v2/authn/policies /*/", "GET /api/systemusers /results/*/"],
    counted: ["GET /api/systemusers /results/*"],
    secrets: [JumpCloudOrganisation().apiKey]
  ) { bench in
    let provider = ProviderBench(mock: bench.mock, transport: bench.transport, log: bench.log)
    return await ConformanceReading(
      of: provider.jumpCloud(), app: JumpCloudOrganisations.app,
      people: ["ana", "bo", "cy", "dee", "eve", "nobody"].map { "\($0)@acme.com" })
  }

  /// Ana is asked by a policy, Bo is left out and asked by none, Cy by the flag; Dee is excepted, Eve gone.
  private static func jumpCloudScenario(
    others: Int = 0, _ change: (inout JumpCloudOrganisation) -> Void = { _ in }
  ) -> Scenario {
    JumpCloudOrganisations.small { organisation in
      organisation.users = ["ana", "bo", "cy", "dee", "eve"].map { JumpCloudUser("\($0)@acme.com") }
      for index in 2...4 { organisation.users[index].requiresMFA = true }
      organisation.users[3].exclusion = true
      organisation.users[3].exclusionUntil = JumpCloudOrganisations.day(3)
      organisation.users[4].suspended = true
      organisation.users += (0..<others).map { JumpCloudUser("other\($0)@acme.com") }
      organisation.groups[0].members = ["bo", "cy", "dee"].map { "\($0)@acme.com" }
      organisation.groups[0].members += (0..<others).map { "other\($0)@acme.com" }
      organisation.groups[2].members = organisation.users.map(\.email)
      organisation.policies = [
        JumpCloudOrganisations.ssoMFA,
        JumpCloudOrganisations.policy(
          "p2", "Nowhere near",
          [
            "effect": JumpCloudOrganisations.deny,
            "conditions": ["not": ["ipAddressIn": ["l1", "l2"]]],
            "targets": ["userGroups": ["exclusions": ["g-svc"]]],
          ]),
      ]
      organisation.policies += (0..<others).map { number in
        JumpCloudOrganisations.policy("off\(number)", "Off", ["disabled": true])
      }
      organisation.ipLists += (0..<others).map {
        JumpCloudIPList("other\($0)", name: "Other \($0)")
      }
      if others > 0 { organisation.largestPage = 2 }
      change(&organisation)
    }
  }
}
