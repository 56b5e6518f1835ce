import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit

@Suite("Groups that exemptions name") struct WantedGroupTests {
  private func members(_ reading: ProviderReading, _ group: String) -> [String]? {
    reading.groups[group].map { atom in
      (0..<reading.accounts.count).map { reading.accounts[$0] }
        .filter { $0.atoms.contains(atom) }.map(\.id)
    }
  }

  private func read(
    _ connector: any ProviderConnector, _ groups: [String], _ people: [String]
  ) async -> ProviderReading {
    await connector.readProvider(
      ProviderQuery(apps: [EndpointBench.app], groups: groups) { WatchList(keys: people) },
      progress: .none)
  }

  @Test("an endpoint tells them where every row says its groups, and else does not")
  func endpoint() async throws {
    let rows: [JSON] = [
      Endpoints.person("REQUIRED", ["teams": ["fin", "break-glass"]]),
      Endpoints.person("REQUIRED", ["uid": "u-2", "mail": "bo@acme.com"]),
    ]
    let people = [Endpoints.ana, "bo@acme.com"]
    try await EndpointBench.run(Endpoints.scenario(rows)) { bench in
      let endpoint = try bench.endpoint(Endpoints.configuration())
      let reading = await read(endpoint, ["break-glass", "nobody"], people)
      #expect(members(reading, "break-glass") == ["u-1"] && members(reading, "nobody") == [])
      await bench.mock.setEdit(
        ReplyEdit(.json, "GET /people", ["data", "1", "teams"], value: .null))
      let unknown = await read(endpoint, ["break-glass"], people)
      #expect(members(unknown, "break-glass") == nil)
    }
  }

  @Test("a SCIM server tells them with the groups inside, by name or id, and not those it lacks")
  func scim() async throws {
    let scenario = SCIMServers.scenario(SCIMServers.users(3)) {
      $0.groups = [
        SCIMServer.group("g-1", "break-glass", users: ["u-0"], groups: ["g-2"]),
        SCIMServer.group("g-2", "inner", users: ["u-2"]),
      ]
    }
    try await EndpointBench.run(scenario) { bench in
      let people = (0..<3).map { "p\($0)@acme.com" }
      let reading = await read(
        try bench.scim(SCIMServers.mapped), ["break-glass", "g-2", "none"], people)
      #expect(members(reading, "break-glass") == ["u-0", "u-2"])
      #expect(members(reading, "g-2") == ["u-2"] && members(reading, "none") == nil)
      #expect(reading.source.isComplete, "\(reading.source.issues)")
    }
  }
}
