import ConnectorKit
import IdentityCore
import MockIdP
import Testing

@testable import Google

/// What ties the single sign-on settings of a platform to one tenant of a vendor whose hosts serve all.
@Suite("Tenants at shared hosts") struct TenantMarkTests {
  @Test("Entra ID goes by the tenant")
  func entra() async throws {
    try await EntraBench.run(Tenants.small()) { bench in
      let reading = await bench.judge().provider
      #expect(reading.hosts.isSuperset(of: ["login.microsoftonline.com", "sts.windows.net"]))
      #expect(reading.tenantMarks.contains(EntraTenant().tenantID.lowercased()))
    }
  }

  @Test("Keycloak goes by the realm")
  func keycloak() async throws {
    try await ProviderBench.run(KeycloakRealms.small()) { bench in
      let reading = await bench.read(bench.keycloak(), app: KeycloakRealms.app)
      #expect(reading.tenantMarks == ["realms/acme"])
    }
  }

  @Test("Google goes by the customer, where the configuration names it")
  func google() async throws {
    try await Bench.run(Workspaces.scenario(Workspaces.account(isEnforced: true))) { bench in
      let query = ProviderQuery(apps: ["google"], collectFactors: false) { WatchList(keys: []) }
      let unnamed = await bench.google().readProvider(query, progress: .none)
      #expect(unnamed.tenantMarks == [])
      let named = await bench.google { $0.customer = GoogleWorkspace().customer }
        .readProvider(query, progress: .none)
      #expect(named.tenantMarks == ["idpid=\(GoogleWorkspace().customer)"])
    }
  }
}
