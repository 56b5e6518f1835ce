import ConnectorKit
import CurlTransport
import Foundation
import IdentityCore
import MockIdP

@testable import Keycloak

extension ConformanceCase {
  private static let keycloakRealm = "/admin/realms/{realm}"

  static let keycloak = ConformanceCase(
    "Keycloak", vendor: .keycloak, small: keycloakScenario(),
    paged: keycloakScenario(others: 1_100),
    empty: keycloakScenario(isEmpty: true),
    endpoints: [
      Endpoint(
        "POST /realms/{realm}/protocol/openid-connect/token", required: ["access_token"]),
      Endpoint(
        "GET \(keycloakRealm)",
        required: ["realm", "browserFlow", "directGrantFlow", "enabled", "attributes"]),
      Endpoint(
        "GET \(keycloakRealm)/clients", required: ["id", "clientId"],
        optional: ["name", "protocol", "attributes", "implicitFlowEnabled"]),
      Endpoint("GET \(keycloakRealm)/authentication/flows", required: ["id", "alias"]),
      Endpoint(
        "GET \(keycloakRealm)/authentication/flows/{flow}/executions",
        required: ["id", "requirement", "level", "displayName", "providerId"]),
      Endpoint("GET \(keycloakRealm)/authentication/config/{config}", required: ["config"]),
      Endpoint(
        "GET \(keycloakRealm)/authentication/required-actions", loses: .details,
        required: ["alias"], optional: ["enabled"]),
      Endpoint("GET \(keycloakRealm)/identity-provider/instances/{alias}/mappers"),
      Endpoint(
        "GET \(keycloakRealm)/identity-provider/instances", required: ["alias"],
        optional: ["enabled", "postBrokerLoginFlowAlias"]),
      Endpoint(
        "GET \(keycloakRealm)/client-policies/policies", answersAbsence: true,
        required: ["policies"]),
      Endpoint(
        "GET \(keycloakRealm)/client-policies/profiles", answersAbsence: true,
        required: ["profiles"]),
      Endpoint("GET \(keycloakRealm)/users/count", isNumber: true),
      Endpoint(
        "GET \(keycloakRealm)/users", .list, required: ["id", "username", "enabled"],
        optional: ["email", "totp", "federationLink"]),
      Endpoint(
        // People can be asked for their roles where the groups that have them are not shown.
        "GET \(keycloakRealm)/groups", whenRefused: .details, answersAbsence: true,
        required: ["id", "name"], optional: ["path", "attributes"]),
      Endpoint(
        "GET \(keycloakRealm)/groups/{group}/children", whenRefused: .details,
        answersAbsence: true, required: ["id", "name"]),
      Endpoint("GET \(keycloakRealm)/groups/{group}/members", required: ["id"]),
      Endpoint("GET \(keycloakRealm)/roles", answersAbsence: true, required: ["id", "name"]),
      Endpoint(
        "GET \(keycloakRealm)/clients/{client}/roles", answersAbsence: true,
        required: ["id", "name"]),
      Endpoint(
        "GET \(keycloakRealm)/roles-by-id/{role}/composites", answersAbsence: true,
        required: ["id", "name"]),
      Endpoint(
        "GET \(keycloakRealm)/roles/{role}/users", answersAbsence: true, required: ["id"]),
      Endpoint(
        "GET \(keycloakRealm)/roles/{role}/groups", answersAbsence: true,
        required: ["id", "name"]),
      // Bo comes from a user federation, whose mappers may give roles that no list shows.
      Endpoint(
        "GET \(keycloakRealm)/users/{user}/role-mappings/realm/composite",
        required: ["id", "name"]),
    ],
    capabilities: [.pagedByNumber, .renewsCredential],
    untold: ["GET \(keycloakRealm) /", "GET \(keycloakRealm)/clients /*/"],
    counted: ["GET \(keycloakRealm)/users /*"]
  ) { bench in
    let endpoint = bench.mock[.keycloak]
    let connector = KeycloakConnector(
      configuration: KeycloakConfiguration(
        name: "sso", url: endpoint?.baseURL ?? "", realm: "acme", clientID: "idsync",
        clientSecret: Secret(endpoint?.token ?? ""), vouches: Vouch.for("linking")),
      transport: bench.transport,
      clock: { Timestamp(Date()) }, logger: bench.log.logger)
    return await ConformanceReading(
      of: connector, app: KeycloakRealms.app,
      people: ["ana@acme.com", "bo@acme.com", "cy@acme.com", "dee@acme.com", "nobody@acme.com"])
  }

  /// Two factors for a role: had by Ana through a group, by Cy through another role, not by Bo, nor by Dee who left.
  private static func keycloakScenario(others: Int = 0, isEmpty: Bool = false) -> Scenario {
    KeycloakRealms.small { tenant in
      tenant.flows = [
        KeycloakRealms.browser([
          KeycloakRealms.password,
          KeycloakRealms.conditional("conditional-user-role", ["condUserRole": "staff"]),
        ])
      ]
      tenant.roles = [
        KeycloakRoleSpec("staff"), KeycloakRoleSpec("lead", composites: ["staff"]),
        KeycloakRoleSpec("plain"),
      ]
      tenant.clients[0].roles = [KeycloakRoleSpec("viewer")]
      tenant.groups = [
        KeycloakGroupNode("people", groups: [KeycloakGroupNode("it", roles: ["staff"])])
      ]
      // First sign-ins through Google make accounts and let in nobody who has one.
      tenant.flows.append(KeycloakFlowSpec("new people", [.step("idp-create-user-if-unique")]))
      tenant.identityProviders = [
        KeycloakBrokerSpec("google", providerID: "google") { $0.firstBrokerFlow = "new people" }
      ]
      guard !isEmpty else {
        tenant.users = []
        return
      }
      tenant.users = [
        KeycloakUser("ana@acme.com") { $0.groups = ["/people/it"] },
        KeycloakUser("bo@acme.com") {
          $0.credentials.append("otp")
          $0.federationLink = "ldap"
          $0.roles = ["plain"]
        },
        KeycloakUser("cy@acme.com") { $0.roles = ["lead"] },
        KeycloakUser("dee@acme.com") { $0.enabled = false },
      ]
      tenant.users += (0..<others).map { KeycloakUser("other\($0)@acme.com") }
    }
  }
}
