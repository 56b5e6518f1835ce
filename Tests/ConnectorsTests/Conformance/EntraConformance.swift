import CurlTransport
import Foundation
import IdentityCore
import MockIdP

@testable import Entra

extension ConformanceCase {
  private static let people = [
    "ana@acme.com", "bo@acme.com", "cy@acme.com", "dee@acme.com", "eve@acme.com", "gus@acme.com",
    "hal@acme.com", "nobody@acme.com",
  ]
  private static let secret = EntraClient().secret

  static let entra = ConformanceCase(
    "Entra ID", vendor: .entra, small: scenario(), paged: scenario(others: 1_000),
    empty: scenario(isEmpty: true),
    endpoints: [
      Endpoint("POST /{tenant}/oauth2/v2.0/token", required: ["access_token"]),
      Endpoint("POST /v1.0/$batch", required: ["responses"]),
      Endpoint("POST /beta/$batch", required: ["responses"]),
      Endpoint(
        "GET /v1.0/servicePrincipals",
        required: ["id", "appId", "appRoleAssignmentRequired", "accountEnabled"],
        optional: ["displayName", "appOwnerOrganizationId"]),
      Endpoint(
        "GET /v1.0/servicePrincipals/{id}/appRoleAssignedTo",
        required: ["id", "principalId", "principalType"]),
      Endpoint(
        "GET /v1.0/identity/conditionalAccess/policies", required: ["id", "state", "conditions"],
        optional: ["displayName", "modifiedDateTime"]),
      Endpoint(
        "GET /v1.0/identity/conditionalAccess/namedLocations", required: ["id"],
        optional: ["displayName"]),
      Endpoint(
        // A policy names a strength by its id alone, so what it asks for hangs on the list.
        "GET /v1.0/identity/conditionalAccess/authenticationStrength/policies",
        answersAbsence: true, required: ["id"], optional: ["displayName", "requirementsSatisfied"]),
      Endpoint(
        "GET /v1.0/policies/identitySecurityDefaultsEnforcementPolicy", required: ["isEnabled"]),
      Endpoint("GET /v1.0/policies/crossTenantAccessPolicy/default"),
      Endpoint("GET /v1.0/policies/crossTenantAccessPolicy/partners"),
      Endpoint(
        "GET /v1.0/policies/authenticationMethodsPolicy",
        required: ["authenticationMethodConfigurations"]),
      Endpoint("GET /v1.0/domains", required: ["id", "authenticationType"]),
      Endpoint("GET /v1.0/groups/{group}", answersAbsence: true, optional: ["displayName"]),
      // Nobody owns these groups.
      Endpoint("GET /v1.0/groups/{group}/owners", answersAbsence: true),
      Endpoint("GET /v1.0/groups/{group}/transitiveMembers", required: ["id"]),
      Endpoint("GET /v1.0/groups/{group}/members", required: ["id"]),
      Endpoint("GET /v1.0/groups/{group}/transitiveMembers/$count", isNumber: true),
      Endpoint("GET /v1.0/groups/{group}/members/$count", isNumber: true),
      Endpoint("GET /v1.0/users/$count", isNumber: true),
      Endpoint("GET /v1.0/roleManagement/directory/roleAssignments", required: ["principalId"]),
      Endpoint(
        // Nobody is eligible; who may be if nobody can tell makes a verdict conditional.
        "GET /v1.0/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances"),
      Endpoint(
        "GET /beta/users/{user}/authentication/requirements", required: ["perUserMfaState"]),
      Endpoint(
        // A row that comes again over a page border is one row.
        "GET /v1.0/users", .list, required: ["id", "userPrincipalName"],
        optional: ["userType", "externalUserState", "creationType"], hasUniqueRows: false),
    ],
    capabilities: [.pagedByLink, .renewsCredential],
    absences: [
      "GET /v1.0/identity/conditionalAccess/policies /value/*/conditions/locations nulled":
        "null is no location condition"
    ], untold: ["GET /v1.0/identity/conditionalAccess/policies /value/*/"],
    counted: ["GET /v1.0/users /value/*"], secrets: [secret]
  ) { bench in
    let url = bench.mock[.entra]?.baseURL ?? ""
    let connector = EntraConnector(
      configuration: EntraConfiguration(
        name: "entra", url: url, loginURL: url, tenant: EntraTenant().tenantID,
        clientID: EntraClient().id, credentials: .secret(Secret(secret)),
        vouches: [Tenants.vouch("remembered-mfa")]),
      transport: bench.transport, clock: { Timestamp(Date()) }, logger: bench.log.logger)
    return await ConformanceReading(of: connector, app: Tenants.app, people: people)
  }

  /// People who are always asked, some never, one outside trusted locations, one who left, a guest and one without the
  /// application.
  private static func scenario(others: Int = 0, isEmpty: Bool = false) -> Scenario {
    var tenant = EntraTenant()
    tenant.maxPage = 250
    tenant.apps = [EntraApp(Tenants.app, name: "Heroku") { $0.requiresAssignment = true }]
    guard !isEmpty else {
      var scenario = Scenario()
      tenant.apps[0].requiresAssignment = false
      scenario[EntraTenant.self] = tenant
      return scenario
    }
    tenant.locations = [Tenants.ip(Tenants.office, "Office", isTrusted: true)]
    tenant.users = ["ana", "bo", "cy", "dee", "eve", "gus", "hal"].map {
      EntraUser("\($0)@acme.com")
    }
    tenant.users[3].isEnabled = false
    tenant.users[5].userType = "Guest"
    tenant.users[5].externalState = "Accepted"
    tenant.users[5].creationType = "Invitation"
    tenant.users += (0..<others).map { EntraUser("other\($0)@acme.com") }
    tenant.groups = [
      EntraGroup(
        "Users", members: ["ana", "bo", "cy", "dee", "gus", "hal"].map { "\($0)@acme.com" }),
      EntraGroup("Sealed", id: Tenants.sealed, members: ["bo@acme.com"]),
      EntraGroup("Roaming", id: Tenants.staff, members: ["cy@acme.com"]),
    ]
    tenant.apps[0].assigned = ["Users"]
    tenant.roles = [EntraRoleAssignment(Tenants.admin, "hal@acme.com")]
    tenant.policies = [
      Tenants.policy(
        "Everybody",
        users: [
          "includeUsers": ["All"],
          "excludeGroups": [.string(Tenants.sealed), .string(Tenants.staff)],
        ]),
      Tenants.policy(
        "Roaming", users: ["includeGroups": [.string(Tenants.staff)]],
        conditions: Tenants.locations(["All"], not: [Tenants.office])),
      Tenants.policy(
        "Administrators", users: ["includeRoles": [.string(Tenants.admin)]],
        grant: [
          "authenticationStrength": ["id": "00000000-0000-0000-0000-000000000004"]
        ]),
    ]
    var scenario = Scenario()
    scenario[EntraTenant.self] = tenant
    return scenario
  }
}
