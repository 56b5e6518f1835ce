import ConnectorKit
import IdentityCore
import MockIdP
import Testing

@testable import Keycloak

/// What a run found does not end because the next one is shown less.
@Suite("Keycloak: two runs") struct KeycloakTwoRunTests {
  typealias K = KeycloakRealms

  private static let realm = "/admin/realms/{realm}"

  /// A world in which a password is enough for Ana, and the call by which that is known.
  private static let worlds: [(call: String, change: @Sendable (inout KeycloakTenant) -> Void)] = [
    (
      "GET \(realm)/users/{user}/role-mappings/realm/composite",
      {
        $0.roles = [KeycloakRoleSpec("svc")]
        $0.users[0].federationLink = "ldap"
        $0.users[0].mappedRoles = ["svc"]
        $0.flows = [
          K.browser([
            K.password,
            K.conditional("conditional-user-role", ["condUserRole": "svc", "negate": "true"]),
          ])
        ]
      }
    ),
    (
      "GET \(realm)/users/{user}/groups",
      {
        $0.groups = [KeycloakGroupNode("svc")]
        $0.users[0].federationLink = "ldap"
        $0.users[0].mappedGroups = ["/svc"]
        $0.flows = [
          K.browser([
            K.password,
            K.conditional("conditional-user-group", ["condUserGroup": "/svc", "negate": "true"]),
          ])
        ]
      }
    ),
    (
      "GET \(realm)/authentication/flows/{flow}/executions",
      {
        $0.flows = [K.browser([K.password])]
      }
    ),
  ]

  @Test("a finding outlives the refusal of the call that it rests on", arguments: worlds.indices)
  func refused(index: Int) async throws {
    let (call, change) = Self.worlds[index]
    try await ProviderBench.run(K.small(change)) { bench in
      let first = try await ConformanceReading(of: bench.keycloak(), app: K.app, people: [K.ana])
        .reconciled()
      let open = try #require(first.records[K.ana])
      #expect(open.verdict == .notEnforced, "\(open.reason)")
      #expect(open.findings.contains(FindingSet(.mfaNotEnforced)))
      for kind in [Fault.Kind.forbidden, .notFound] {
        await bench.mock.setFaults([Fault(.keycloak, call, kind, times: nil)])
        let second = try await ConformanceReading(
          of: bench.keycloak(), app: K.app, people: [K.ana]
        ).reconciled(with: first.records)
        let now = try #require(second.records[K.ana])
        #expect(now.findings.contains(FindingSet(.mfaNotEnforced)), "\(kind): \(now.verdict)")
        #expect(now.verdict != .enforced && now.verdict != .enforcedConditionally)
      }
    }
  }
}
