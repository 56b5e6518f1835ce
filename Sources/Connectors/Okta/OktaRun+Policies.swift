internal import CurlTransport
internal import IdentityCore

/// One application with all that is known of it.
struct OktaReadApp: Sendable {
  var id: AppID
  /// Nil when Okta did not show it.
  var app: OktaWire.App?
  var policy: OktaPart<OktaWire.Policy>?
  var result: ProviderApp

  /// Whether who may use it is worth asking.
  var isLive: Bool { app?.status == "ACTIVE" }
}

/// What the configuration of an organisation says, compiled.
struct OktaPolicies: Sendable {
  var apps: [OktaReadApp]
  var atoms: OktaAtoms

  /// Makes a fact about people unknown in every model.
  mutating func markUnreadable(_ atom: SubjectAtom.ID, _ unknown: Unknown) {
    for index in apps.indices {
      guard case .readable(var model) = apps[index].result.state else { continue }
      model.unreadableAtoms[atom] = unknown
      apps[index].result.state = .readable(model)
    }
  }
}

extension OktaRun {
  /// Reads and compiles all that decides sign-ins to some applications.
  func readPolicies(
    _ ids: [AppID], _ organisation: OktaWire.Organisation
  ) async throws(ConnectorError) -> OktaPolicies {
    let engine = try engine(organisation)
    async let sessionPart = sessionPolicies()
    async let inboundPart = inbound()
    var apps = await readApps(ids)
    if engine == .identity { await addPolicies(&apps) }
    let mapping = OktaMapping(
      engine: engine, session: await sessionPart, perAppPolicies: configuration.perAppPolicies,
      limitMinutes: configuration.rememberedDeviceLimitMinutes)
    var directory = OktaDirectory()
    let (inbound, note) = await inboundPart
    directory.inbound = inbound
    // First with names assumed, to learn what is mentioned; then with what was read.
    var atoms = OktaAtoms()
    var zones: Set<String> = []
    for app in apps {
      zones.formUnion(compile(app, mapping, directory, &atoms)?.mentionedZones ?? [])
    }
    async let groups = groups(atoms.ids(.group).map(\.id))
    directory.zones = await self.zones(zones)
    directory.groups = await groups
    atoms = OktaAtoms()
    for index in apps.indices {
      guard let app = apps[index].app,
        let compiled = compile(apps[index], mapping, directory, &atoms)
      else { continue }
      apps[index].result = ProviderApp(
        id: apps[index].id, label: app.label, state: compiled.state,
        evidence: evidence(apps[index], engine, organisation, directory, compiled, note))
    }
    var policies = OktaPolicies(apps: apps, atoms: atoms)
    // All models share one table of facts, the last one's.
    for index in policies.apps.indices {
      guard case .readable(var model) = policies.apps[index].result.state else { continue }
      model.atoms = atoms.all
      policies.apps[index].result.state = .readable(model)
    }
    return policies
  }

  private func engine(
    _ organisation: OktaWire.Organisation
  ) throws(ConnectorError) -> OktaMapping.Engine {
    switch organisation.pipeline {
    case "idx": return .identity
    case "v1": return .classic
    default:
      throw ConnectorError(
        .malformed, source: configuration.name, call: "GET /.well-known/okta-organization",
        status: 200,
        message: "Okta names an engine that idsync does not know: it is neither idx nor v1.")
    }
  }

  private func compile(
    _ app: OktaReadApp, _ mapping: OktaMapping, _ directory: OktaDirectory, _ atoms: inout OktaAtoms
  ) -> OktaMapping.Compiled? {
    guard let wire = app.app else { return nil }
    let policy =
      app.policy
      ?? .unreadable(
        reason: "the application names no sign-in policy",
        remedy: "assign a sign-in policy to the application at Okta")
    return mapping.compile(OktaMapping.App(app: wire, policy: policy), directory, &atoms)
  }

  // MARK: Applications and their policies

  private func readApps(_ ids: [AppID]) async -> [OktaReadApp] {
    await withTaskGroup(of: (Int, OktaReadApp).self) { group in
      for (index, id) in ids.enumerated() {
        group.addTask { (index, await self.readApp(id)) }
      }
      var result: [(Int, OktaReadApp)] = []
      for await app in group { result.append(app) }
      return result.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  private func readApp(_ id: AppID) async -> OktaReadApp {
    do throws(ConnectorError) {
      let request = client.get("/api/v1/apps/{app}", [id])
      let json = try await client.value(request)
      let app: OktaWire.App
      do throws(WireError) {
        app = try OktaWire.App(json)
      } catch {
        throw client.malformed(error, request)
      }
      return OktaReadApp(
        id: id, app: app,
        result: ProviderApp(
          id: id, label: app.label, state: .unreadable(reason: "not compiled", remedy: "")))
    } catch {
      // Also that there is no such application: a token that sees less of the organisation than before gets the
      // same answer as everybody after the application was deleted.
      keepPart(error)
      let reason =
        error.code == .notFound ? "Okta has no application with the id \(id)." : error.message
      return OktaReadApp(
        id: id, app: nil,
        result: ProviderApp(
          id: id, label: id,
          state: .unreadable(reason: reason, remedy: configuration.phrase(for: error))))
    }
  }

  /// Gives every live application its policy; a policy shared by several is read once.
  private func addPolicies(_ apps: inout [OktaReadApp]) async {
    var users: [String: Set<String>] = [:]
    for app in apps where app.isLive {
      if let policy = app.app?.accessPolicyID { users[policy, default: []].insert(app.id) }
    }
    let parts = await withTaskGroup(
      of: (String, OktaPart<OktaWire.Policy>, Set<String>?).self
    ) { group in
      for (policy, apps) in users {
        group.addTask {
          async let read = self.policy(policy)
          async let mapped = self.mapped(policy, apps)
          return (policy, await read, await mapped)
        }
      }
      var result: [String: (OktaPart<OktaWire.Policy>, Set<String>?)] = [:]
      for await (policy, part, mapped) in group { result[policy] = (part, mapped) }
      return result
    }
    for index in apps.indices {
      guard let policy = apps[index].app?.accessPolicyID, let (part, mapped) = parts[policy] else {
        continue
      }
      apps[index].policy = part
      if case .unreadable = part { continue }
      if let mapped, mapped.contains(apps[index].id) { continue }
      apps[index].policy = .unreadable(
        reason: mapped == nil
          ? "which policy applies could not be checked, as its list of applications is not readable"
          : "the application names the policy \(policy), but that policy does not name the application",
        remedy: mapped == nil
          ? "grant the token okta.policies.read"
          : "assign the sign-in policy to the application anew")
    }
  }

  private func policy(_ id: String) async -> OktaPart<OktaWire.Policy> {
    do throws(ConnectorError) {
      let request = client.get("/api/v1/policies/{policy}", [id], query: [("expand", "rules")])
      let json = try await client.value(request)
      var policy: OktaWire.Policy
      do throws(WireError) {
        policy = try OktaWire.Policy(json)
      } catch {
        throw client.malformed(error, request)
      }
      if policy.rules == nil { policy.rules = try await rules(id) }
      return .read(try edited(policy, request))
    } catch {
      keepPart(error)
      return .unreadable(
        reason: Sentence.clause(error.message), remedy: configuration.phrase(for: error))
    }
  }

  private func rules(_ policy: String) async throws(ConnectorError) -> [OktaWire.Rule] {
    try await client.values(client.get("/api/v1/policies/{policy}/rules", [policy]), .link) {
      row throws(WireError) in try OktaWire.Rule(row)
    }
  }

  /// Which of some applications a policy names; nil when that could not be read.
  private func mapped(_ policy: String, _ apps: Set<String>) async -> Set<String>? {
    do throws(ConnectorError) {
      let rows = try await client.values(
        client.get("/api/v1/policies/{policy}/mappings", [policy]), .link
      ) { row throws(WireError) in try OktaWire.Mapping(row) }
      return Set(rows.compactMap(\.appID)).intersection(apps)
    } catch {
      keepPart(error)
      return nil
    }
  }

  private func sessionPolicies() async -> OktaPart<[OktaWire.Policy]> {
    do throws(ConnectorError) {
      let request = client.get(
        "/api/v1/policies",
        query: [("type", "OKTA_SIGN_ON")] + (edits.isEmpty ? [("status", "ACTIVE")] : [])
          + [("expand", "rules")])
      var policies = try await client.values(request, .link) { row throws(WireError) in
        try OktaWire.Policy(row)
      }
      for index in policies.indices
      where policies[index].rules == nil && policies[index].status == "ACTIVE" {
        policies[index].rules = try await rules(policies[index].id)
      }
      for index in policies.indices { policies[index] = try edited(policies[index], request) }
      return .read(policies.filter { $0.type == "OKTA_SIGN_ON" && $0.status == "ACTIVE" })
    } catch {
      keepPart(error)
      return .unreadable(
        reason: Sentence.clause(error.message), remedy: configuration.phrase(for: error))
    }
  }

  // MARK: What policies mention

  private func inbound() async -> (OktaDirectory.Inbound, EvidenceItem?) {
    guard configuration.inboundFederation == .read else {
      return (
        .attestedNone,
        EvidenceItem(
          .attestation, name: "inbound federation",
          value: "none, says the configuration (inbound_federation: none)")
      )
    }
    do throws(ConnectorError) {
      let providers = try await client.values(client.get("/api/v1/idps"), .link) {
        row throws(WireError) in try OktaWire.InboundProvider(row)
      }
      return (.known(providers), nil)
    } catch {
      guard error.code == .forbidden || error.code == .notFound else {
        keep(error)
        return (.unreadable(remedy: configuration.phrase(for: error)), nil)
      }
      // A refusal is an unknown of every model, which tells more than a source that counts as unread.
      let remedy =
        "Grant okta.idps.read, or set inbound_federation: none if people sign in at Okta only."
      log.add(error.issue(remedy: remedy, affects: .details))
      return (.unreadable(remedy: Sentence.inside(remedy)), nil)
    }
  }

  private func zones(_ mentioned: Set<String>) async -> OktaDirectory.Zones {
    guard !mentioned.isEmpty else { return .assumed }
    do throws(ConnectorError) {
      let zones = try await client.values(client.get("/api/v1/zones"), .link) {
        row throws(WireError) in try OktaWire.Zone(row)
      }
      return .known(Dictionary(zones.map { ($0.id, $0) }, uniquingKeysWith: { _, last in last }))
    } catch {
      keepPart(error)
      return .unreadable(remedy: configuration.phrase(for: error))
    }
  }

  /// The names of groups; a name that cannot be read is the id, and nothing else is lost.
  private func groups(_ ids: [String]) async -> [String: OktaDirectory.Group] {
    await withTaskGroup(of: (String, OktaDirectory.Group?).self) { group in
      for id in ids {
        group.addTask { (id, await self.group(id)) }
      }
      var result: [String: OktaDirectory.Group] = [:]
      for await (id, found) in group { result[id] = found }
      return result
    }
  }

  private func group(_ id: String) async -> OktaDirectory.Group? {
    let request = client.get("/api/v1/groups/{group}", [id])
    do throws(ConnectorError) {
      let json = try await client.value(request)
      do throws(WireError) {
        let group = try OktaWire.Group(json)
        return group.isEveryone ? .everyone : .named(group.name)
      } catch {
        throw client.malformed(error, request)
      }
    } catch {
      // With a credential that is refused nothing else can be read either.
      keep(error, affects: error.code == .unauthorised ? .verdicts : .details)
      return nil
    }
  }

  // MARK: Evidence

  private func evidence(
    _ app: OktaReadApp, _ engine: OktaMapping.Engine, _ organisation: OktaWire.Organisation,
    _ directory: OktaDirectory, _ compiled: OktaMapping.Compiled, _ note: EvidenceItem?
  ) -> [EvidenceItem] {
    var items = [
      EvidenceItem(
        .status, id: organisation.id, name: "Okta organisation",
        value: engine == .identity ? "Identity Engine" : "Classic Engine",
        path: "/.well-known/okta-organization")
    ]
    if let wire = app.app {
      items.append(
        EvidenceItem(
          .status, id: wire.id, name: wire.label,
          value: "\(wire.status), sign-on mode \(wire.signOnMode)",
          path: "/api/v1/apps/\(wire.id)"))
    }
    if case .read(let policy)? = app.policy {
      items.append(
        EvidenceItem(
          .policy, id: policy.id, name: policy.name,
          value: ["sign-in policy", policy.lastUpdated.map { "last changed \($0)" }]
            .compactMap { $0 }.joined(separator: ", "), path: "/api/v1/policies/\(policy.id)"))
    }
    if case .known(let zones) = directory.zones {
      for zone in zones.values.sorted(by: { $0.id < $1.id })
      where compiled.mentionedZones.contains(zone.id) {
        items.append(
          EvidenceItem(
            .zone, id: zone.id, name: zone.name, value: zone.status, path: "/api/v1/zones"))
      }
    }
    if let note { items.append(note) }
    return items
  }
}
