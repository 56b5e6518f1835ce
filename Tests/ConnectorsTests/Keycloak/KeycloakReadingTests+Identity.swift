import ConnectorKit
import CurlTransport
import IdentityCore
import MockIdP
import Testing

/// Who is who, and what is read twice.
extension KeycloakReadingTests {
  private static let users = "GET /admin/realms/{realm}/users"
  private static let links = "GET /admin/realms/{realm}/users/{user}/federated-identity"

  private static func linked(_ change: @Sendable (inout KeycloakTenant) -> Void = { _ in })
    -> Scenario
  {
    K.small {
      var flow = K.browser(K.strict)
      flow.steps.insert(.step("identity-provider-redirector", .alternative), at: 1)
      $0.flows = [flow, KeycloakFlowSpec("after", [K.otp])]
      $0.identityProviders = ["corp", "partner"].map { alias in
        KeycloakBrokerSpec(alias) { $0.postBrokerFlow = "after" }
      }
      $0.identityProviders[1].config = [
        "issuer": "https://login.microsoftonline.com/t/v2.0",
        "authorizationUrl": "https://login.microsoftonline.com/t/oauth2/v2.0/authorize",
      ]
      $0.users[0].identityProviders = ["corp", "partner"]
      change(&$0)
    }
  }

  @Test("every provider that a person is linked to names the person as that provider does")
  func severalLinks() async throws {
    try await ProviderBench.run(Self.linked()) { bench in
      let reading = await bench.read(bench.keycloak(), app: K.app)
      #expect(reading.source.isComplete, "\(reading.source.issues)")
      let account = reading.accounts[0]
      let wanted = [
        AccountLink(upstream: "corp", subject: "corp-\(account.id)"),
        // Its ids are other ones for every application, so the name counts.
        AccountLink(upstream: "partner", subject: K.ana),
      ]
      #expect(account.links.sorted { $0.upstream < $1.upstream } == wanted)
      #expect(ProviderBench.judge(reading, app: K.app)[K.ana]?.verdict == .enforced)
    }
  }

  @Test("whom a provider knows a person as is unknown where that may not be read")
  func hiddenLinks() async throws {
    try await ProviderBench.run(Self.linked()) { bench in
      await bench.mock.setFaults([Fault(.keycloak, Self.links, .forbidden, times: nil)])
      let reading = await bench.read(bench.keycloak(), app: K.app)
      #expect(!reading.source.isComplete)
      #expect(reading.source.carriesVerdicts, "\(reading.source.issues)")
      let record = ProviderBench.judge(reading, app: K.app)[K.ana]
      #expect(record?.verdict == .cannotTell, "\(record?.reason ?? "")")
    }
  }

  @Test("nobody is asked for links who has none")
  func unlinked() async throws {
    try await ProviderBench.run(Self.linked { $0.users[0].identityProviders = [] }) { bench in
      let reading = await bench.read(bench.keycloak(), app: K.app)
      #expect(ProviderBench.judge(reading, app: K.app)[K.ana]?.verdict == .enforced)
      #expect(await bench.mock.requestCounts(.keycloak)[Self.links] == nil)
    }
  }

  @Test("a list that names a row twice is read again, once")
  func readAgain() async throws {
    let scenario = K.small {
      $0.flows = [K.browser(K.strict)]
      $0.users.append(KeycloakUser("bo@acme.com"))
    }
    try await ProviderBench.run(scenario) { bench in
      await bench.mock.setFaults([Fault(.keycloak, Self.users, .duplicate, times: 1)])
      let reading = await bench.read(bench.keycloak(), app: K.app)
      #expect(reading.source.isComplete, "\(reading.source.issues)")
      #expect(reading.source.fetched == 2)
      #expect(await bench.mock.requestCounts(.keycloak)[Self.users] == 2)
      await bench.mock.setFaults([Fault(.keycloak, Self.users, .duplicate, times: nil)])
      let twice = await bench.read(bench.keycloak(), app: K.app)
      #expect(twice.source.issues.map(\.code) == ["duplicate-ids"])
      #expect(!twice.source.carriesVerdicts)
    }
  }

  @Test(
    "a group that is asked for is found by id, path and name, and left out where it cannot be read")
  func groups() async throws {
    let scenario = K.small {
      $0.flows = [K.browser(K.strict)]
      $0.groups = [KeycloakGroupNode("people", groups: [KeycloakGroupNode("sealed")])]
      $0.users[0].groups = ["/people/sealed"]
      $0.users.append(KeycloakUser("bo@acme.com"))
    }
    try await ProviderBench.run(scenario) { bench in
      let query = ProviderQuery(
        apps: [K.app], groups: ["/people/sealed", "sealed", "people", "nowhere"]
      ) { WatchList(keys: [K.ana, "bo@acme.com"]) }
      let reading = await bench.keycloak().readProvider(query, progress: .none)
      #expect(Set(reading.groups.keys) == ["/people/sealed", "sealed", "people"])
      for (name, atom) in reading.groups {
        #expect(reading.accounts[0].atoms.contains(atom), "\(name)")
        #expect(!reading.accounts[1].atoms.contains(atom), "\(name)")
      }
      #expect(reading.groups["sealed"] == reading.groups["/people/sealed"])
      await bench.mock.setFaults([
        Fault(
          .keycloak, "GET /admin/realms/{realm}/groups/{group}/members", .forbidden, times: nil)
      ])
      let refused = await bench.keycloak().readProvider(query, progress: .none)
      #expect(refused.groups.isEmpty)
    }
  }

  @Test("an account is kept by its id as well")
  func watchedByID() async throws {
    try await ProviderBench.run(K.small()) { bench in
      let id = KeycloakUser(K.ana).id
      let reading = await bench.read(bench.keycloak(), app: K.app, people: [id])
      #expect(reading.accounts.count == 1)
    }
  }

  @Test("the flow that is linked to a client is told, and another one is another link")
  func policyLink() async throws {
    var links: Set<String?> = []
    for (flow, grants) in [(nil, false), ("other", false), ("other", true)] as [(String?, Bool)] {
      let scenario = K.small {
        $0.flows = [K.flow("other", K.strict)]
        $0.clients[0].browserFlow = flow
        $0.clients[0].directGrants = grants
      }
      try await ProviderBench.run(scenario) { bench in
        await bench.mock.setFaults([
          Fault(
            .keycloak, "GET /admin/realms/{realm}/authentication/flows/{flow}/executions",
            .notFound, times: nil)
        ])
        let link = await bench.read(bench.keycloak(), app: K.app).apps.first?.policyLink
        links.insert(link)
        // What is linked is known before the flows themselves are.
        await bench.mock.setFaults([
          Fault(
            .keycloak, "GET /admin/realms/{realm}/authentication/flows", .forbidden, times: nil)
        ])
        let refused = await bench.read(bench.keycloak(), app: K.app).apps.first?.policyLink
        #expect(refused == link)
      }
    }
    #expect(links.count == 3 && !links.contains(nil))
  }
}
