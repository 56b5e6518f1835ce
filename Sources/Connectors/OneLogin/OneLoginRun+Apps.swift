internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

extension OneLoginRun {
  /// What was read of one application.
  struct ReadApp: Sendable {
    var id: AppID
    var wire: Part<OneLoginWire.App>
    /// Whether OneLogin answers that there is no such application.
    var isMissing = false
  }

  /// Reads the applications, in the order asked.
  func apps(_ ids: [AppID]) async -> [ReadApp] {
    await withTaskGroup(of: (Int, ReadApp).self) { group in
      for (index, id) in ids.enumerated() { group.addTask { (index, await self.app(id)) } }
      var result: [(Int, ReadApp)] = []
      for await app in group { result.append(app) }
      return result.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  private func app(_ id: AppID) async -> ReadApp {
    do throws(ConnectorError) {
      let app = try await reading.value(
        client.get("/api/2/apps/{app}", [id]), OneLoginWire.App.init)
      return ReadApp(id: id, wire: .read(app))
    } catch {
      reading.keep(error)
      let isMissing = error.code == .notFound
      let reason = isMissing ? "OneLogin has no application with the id \(id)." : error.message
      return ReadApp(
        id: id, wire: .unreadable(reason: reason, remedy: reading.phrase(for: error)),
        isMissing: isMissing)
    }
  }

  /// The applications with what decides sign-ins to them.
  func judged(
    _ apps: [ReadApp], _ attestation: OneLoginConfiguration.Attestation, _ facts: OneLoginFacts,
    _ users: [User]
  ) -> [ProviderApp] {
    let vouches = Vouches(configuration.vouches, at: connector.clock())
    return apps.map { app in
      switch app.wire {
      case .unreadable(let reason, let remedy):
        return ProviderApp(
          id: app.id, label: app.id, state: .unreadable(reason: reason, remedy: remedy),
          isMissing: app.isMissing)
      case .read(let wire):
        var mapping = OneLoginMapping(attestation, facts)
        var result = ProviderApp(
          id: app.id, label: wire.name, state: .readable(mapping.model(wire)),
          evidence: [
            EvidenceItem(
              .policy, id: wire.policy.map(String.init), name: "security policy of \(wire.name)",
              value: wire.policy.map { "policy_id \($0)" } ?? "none of its own",
              path: "/api/2/apps/\(wire.id)")
          ], policyLink: wire.policy.map(String.init))
        let told = result.account(OneLoginDoors.self, vouches) { state(of: $0, users) }
        for issue in told { reading.log.add(issue) }
        return result
      }
    }
  }

  /// Marks who may use each application.
  func markAssignments(_ apps: [ReadApp], _ table: inout AccountTable) async {
    for (position, app) in apps.enumerated() where app.wire.value != nil {
      let request = client.get("/api/2/apps/{app}/users", [app.id], query: [("limit", "100")])
      do throws(ConnectorError) {
        let ids = try await reading.table(
          request, OneLoginWire.list, OneLoginWire.ids, phase: "users of an application",
          into: { [Int64]() }
        ) { row, ids throws(WireError) in
          if let id = row.integer(0) { ids.append(id) }
        }
        for id in ids {
          if let account = table.position(listed: String(id)) {
            table.setAssigned(position, at: account)
          }
        }
      } catch {
        reading.keep(error)
      }
    }
  }
}
