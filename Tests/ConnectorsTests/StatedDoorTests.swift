import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import Endpoint
@testable import SCIM

/// Sources that state outright what they ask for: what the operator declares is said as such.
@Suite("Stated verdicts: doors and modifiers") struct StatedDoorTests {
  @Test(
    "SCIM says what the operator declares",
    arguments: [
      (SCIMServers.mapped, InventoryEntry.State.vouched), (SCIMServers.enrolment, .judged),
    ])
  func scim(configuration: String, beside: InventoryEntry.State) async throws {
    let user = SCIMServers.user(["mfaPolicy": "required", "mfaEnrolled": true])
    try await EndpointBench.run(SCIMServers.scenario([user])) { bench in
      let reading = await (try bench.scim(configuration)).readProvider(
        ProviderQuery(apps: ["a"]) { WatchList(keys: [SCIMServers.ana]) }, progress: .none)
      Self.check(reading, beside: beside, applications: .vouched)
    }
  }

  @Test("an endpoint says what the operator declares")
  func endpoint() {
    for (isPolicy, speaksOfAll) in [(true, true), (false, false)] {
      var app = ProviderApp(
        id: "a", label: "a", state: .unreadable(reason: "no model", remedy: "none"))
      _ = app.account(StatedDoors.self, Vouches(at: Bench.now)) {
        $0.state(isPolicy: isPolicy, speaksOfAll: speaksOfAll)
      }
      let states = Dictionary(uniqueKeysWithValues: app.inventory.map { ($0.row, $0.state) })
      #expect(states["beside"] == (isPolicy ? .vouched : .judged))
      #expect(states["applications"] == (speaksOfAll ? .vouched : .judged))
    }
    #expect(EndpointKind().inventory.map(\.id) == StatedDoors.allCases.map(\.row.id))
  }

  private static func check(
    _ reading: ProviderReading, beside: InventoryEntry.State, applications: InventoryEntry.State
  ) {
    let inventory = reading.apps[0].inventory
    #expect(inventory.map(\.row) == StatedDoors.allCases.map(\.row.id))
    let states = Dictionary(uniqueKeysWithValues: inventory.map { ($0.row, $0.state) })
    #expect(states["beside"] == beside)
    #expect(states["applications"] == applications)
    #expect(states["statement"] == .judged)
  }
}
