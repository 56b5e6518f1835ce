internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

/// What was read of one application.
struct PingOneReadApp: Sendable {
  var id: AppID
  var app: Part<PingOneWire.App>
  /// How many DaVinci flows stand before it.
  var flows: Part<Int>
  /// The sign-on policies that count, in order.
  var policies: Part<[PingOnePolicy]>
  /// Whether they are its own, and not the environment's default.
  var hasOwnPolicies = true
}

/// What was read of all applications.
struct PingOneReadPolicies: Sendable {
  var apps: [PingOneReadApp]
  var devices: Part<[String: PingOneWire.DevicePolicy]>
}

extension PingOneRun {
  /// Reads the applications, the policies before them, and the steps of these.
  func readPolicies(_ ids: [AppID]) async -> PingOneReadPolicies {
    async let devices = devicePolicies()
    async let listed = list("/signOnPolicies", [], "signOnPolicies", edit: edited) {
      row throws(WireError) in try PingOneWire.Policy(row)
    }
    let apps = await list("/applications", [], "applications") {
      row throws(WireError) in try PingOneWire.App(row)
    }
    var assigned: [(app: PingOneReadApp, policies: Part<[String]>)] = []
    for id in ids { assigned.append(await assignments(id, Self.find(id, apps))) }
    let policies = await listed
    for index in assigned.indices {
      guard case .read(let own) = assigned[index].policies, own.isEmpty else { continue }
      assigned[index].app.hasOwnPolicies = false
      assigned[index].policies = Self.fallback(policies)
    }
    let needed = assigned.reduce(into: Set<String>()) { needed, app in
      if case .read(let ids) = app.policies { needed.formUnion(ids) }
    }
    let read = await steps(needed, policies)
    return PingOneReadPolicies(
      apps: assigned.map { app, ids in
        var app = app
        switch ids {
        case .read(let ids): app.policies = .read(ids.compactMap { read[$0] })
        case .unreadable(let reason, let remedy):
          app.policies = .unreadable(reason: reason, remedy: remedy)
        }
        return app
      }, devices: await devices)
  }

  private static func find(
    _ id: AppID, _ apps: Part<[PingOneWire.App]>
  ) -> Part<PingOneWire.App> {
    switch apps {
    case .read(let all):
      guard let app = all.first(where: { $0.id == id }) else {
        return .unreadable(
          reason: "PingOne has no application with the id \(id)",
          remedy: "check the id under sign_in, and that the environment is the right one")
      }
      return .read(app)
    case .unreadable(let reason, let remedy): return .unreadable(reason: reason, remedy: remedy)
    }
  }

  /// The environment's default policy, which counts where an application has none of its own.
  private static func fallback(_ policies: Part<[PingOneWire.Policy]>) -> Part<[String]> {
    switch policies {
    case .read(let all):
      let found = all.filter(\.isDefault).map(\.id)
      guard !found.isEmpty else {
        return .unreadable(
          reason: "no sign-on policy of the environment is its default",
          remedy: "assign a sign-on policy to the application")
      }
      return .read(found)
    case .unreadable(let reason, let remedy): return .unreadable(reason: reason, remedy: remedy)
    }
  }

  // MARK: Assignments

  private func assignments(
    _ id: AppID, _ app: Part<PingOneWire.App>
  ) async -> (PingOneReadApp, Part<[String]>) {
    if case .unreadable(let reason, let remedy) = app {
      let gap = Part<[String]>.unreadable(reason: reason, remedy: remedy)
      return (
        PingOneReadApp(
          id: id, app: app, flows: .unreadable(reason: reason, remedy: remedy),
          policies: .unreadable(reason: reason, remedy: remedy)), gap
      )
    }
    async let flows = list(
      "/applications/{app}/flowPolicyAssignments", [id], "flowPolicyAssignments"
    ) { row throws(WireError) in
      try row.required("flowPolicy", .object) { $0["id"]?.string }
    }
    let own = await list(
      "/applications/{app}/signOnPolicyAssignments", [id], "signOnPolicyAssignments", edit: edited
    ) { row throws(WireError) in try PingOneWire.Assignment(row) }
    let read = PingOneReadApp(
      id: id, app: app, flows: await flows.map(\.count), policies: .read([]))
    return (read, own.map { own in unique(own.sorted { $0.priority < $1.priority }) })
  }

  private func unique(_ assignments: [PingOneWire.Assignment]) -> [String] {
    var ids: [String] = []
    for assignment in assignments
    where !ids.contains(assignment.policy) && !edits.disabled.contains(assignment.policy) {
      ids.append(assignment.policy)
    }
    return ids
  }

  // MARK: Steps

  private func steps(
    _ ids: Set<String>, _ policies: Part<[PingOneWire.Policy]>
  ) async -> [String: PingOnePolicy] {
    var names: [String: String] = [:]
    if case .read(let all) = policies {
      // What is unknown of one is not what is unknown of another of the same name.
      let counts = Dictionary(grouping: all, by: \.name).mapValues(\.count)
      for policy in all {
        let isShared = counts[policy.name] != 1
        names[policy.id] = isShared ? "\(policy.name) (\(policy.id))" : policy.name
      }
    }
    let known = names
    return await withTaskGroup(of: PingOnePolicy.self) { group in
      for id in ids {
        group.addTask {
          PingOnePolicy(id: id, name: known[id] ?? id, actions: await self.actions(id))
        }
      }
      var result: [String: PingOnePolicy] = [:]
      for await policy in group { result[policy.id] = policy }
      return result
    }
  }

  private func actions(_ policy: String) async -> Part<[PingOneWire.Action]> {
    await list(
      "/signOnPolicies/{policy}/actions", [policy], "actions",
      edit: { rows in
        edited(rows) { $0["signOnPolicy"]?["id"]?.string == policy && $0["type"] != nil }
      }
    ) { row throws(WireError) in try PingOneWire.Action(row) }
  }

  private func devicePolicies() async -> Part<[String: PingOneWire.DevicePolicy]> {
    let read = await list(
      "/deviceAuthenticationPolicies", [], "deviceAuthenticationPolicies", edit: edited
    ) { row throws(WireError) in try PingOneWire.DevicePolicy(row) }
    return read.map { all in Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { $1 }) }
  }

  // MARK: What `whatif` would change

  private func edited(_ rows: [JSONValue]) -> [JSONValue] { edited(rows) { _ in false } }

  /// The rows as they would be; PingOne has no switch for them, so those switched off are left out.
  private func edited(
    _ rows: [JSONValue], adding isOfThisList: (JSONValue) -> Bool
  ) -> [JSONValue] {
    guard !edits.isEmpty else { return rows }
    let off = "idsync.off"
    return edits.applied(
      to: rows, state: off, on: .bool(false), off: .bool(true), adding: isOfThisList
    ).filter { $0[off]?.bool != true }
  }
}
