internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

/// One application with all that is known of it.
struct OktaReadApp: Sendable {
  var id: AppID
  /// Nil when Okta did not show it.
  var app: OktaWire.App?
  var policy: OktaPart<OktaWire.Policy>?
  /// Why it is not certain that this policy applies, and who can mend it; nil where it is.
  var bindingDoubt: (reason: String, remedy: String)?
  var result: ProviderApp
  /// The facts about people that its model asks for.
  var asked: Set<SubjectAtom.ID> = []

  /// Whether who may use it is worth asking.
  var isLive: Bool { app?.status == "ACTIVE" }
}

/// What the configuration of an organisation says, compiled.
struct OktaPolicies: Sendable {
  var apps: [OktaReadApp]
  var atoms: SubjectFacts
  /// The groups that the query asked for, by the name asked.
  var groups: [String: SubjectAtom.ID] = [:]
  /// By which name of an account other providers know it.
  var passesOn = PassedIdentity.login

  /// Makes facts about people unknown in every model.
  mutating func markUnreadable(_ unknowns: [SubjectAtom.ID: Unknown]) {
    guard !unknowns.isEmpty else { return }
    for index in apps.indices {
      guard case .readable(var model) = apps[index].result.state else { continue }
      for atom in apps[index].asked {
        if let unknown = unknowns[atom] { model.unreadableAtoms[atom] = unknown }
      }
      apps[index].result.state = .readable(model)
    }
    groups = groups.filter { unknowns[$0.value] == nil }
  }
}

extension OktaRun {
  /// Reads and compiles all that decides sign-ins to some applications.
  func readPolicies(
    _ query: ProviderQuery, _ organisation: OktaWire.Organisation
  ) async throws(ConnectorError) -> OktaPolicies {
    let engine = try engine(organisation)
    async let sessionPart = sessionPolicies()
    async let inboundPart = inbound()
    async let wanted = wantedGroups(query.groups)
    async let recovery = recovery(engine)
    var apps = await readApps(query.apps, engine)
    if engine == .identity { await addPolicies(&apps) }
    let mapping = OktaMapping(
      engine: engine, session: await sessionPart, perAppPolicies: configuration.perAppPolicies,
      limitMinutes: configuration.rememberedDeviceLimitMinutes, recovery: await recovery,
      vouches: Vouches(configuration.vouches, at: connector.clock()))
    var directory = OktaDirectory()
    let (inbound, note) = await inboundPart
    directory.inbound = inbound
    // First with names assumed, to learn what is mentioned; then with what was read.
    var atoms = SubjectFacts()
    var zones: Set<String> = []
    for app in apps {
      zones.formUnion(compile(app, mapping, directory, &atoms)?.mentionedZones ?? [])
    }
    async let groups = groups(atoms.ids(.group).map(\.id))
    directory.zones = await self.zones(zones)
    directory.groups = await groups
    atoms = SubjectFacts()
    let facts = OktaDoorFacts(
      engine, configuration.perAppPolicies, inbound, recovery: mapping.recovery)
    var missing: Set<OktaMissing> = []
    for index in apps.indices {
      guard let app = apps[index].app,
        let compiled = compile(apps[index], mapping, directory, &atoms)
      else { continue }
      missing.formUnion(compiled.missing)
      apps[index].result.label = app.label
      apps[index].asked = compiled.asked
      apps[index].result.state = compiled.state
      apps[index].result.shown = compiled.shown
      apps[index].result.evidence = evidence(
        apps[index], engine, organisation, directory, compiled, note)
      let told = apps[index].result.account(OktaDoors.self, mapping.vouches) {
        facts.state(of: $0, app, compiled)
      }
      for issue in told { reading.log.add(issue) }
    }
    for field in missing { tell(field) }
    var policies = OktaPolicies(apps: apps, atoms: atoms)
    for (name, group) in await wanted {
      policies.groups[name] = policies.atoms.id(.group, group.id, group.name)
    }
    policies.passesOn = Self.passesOn(inbound)
    // All models share one table of facts, the last one's.
    for index in policies.apps.indices {
      guard case .readable(var model) = policies.apps[index].result.state else { continue }
      model.atoms = policies.atoms.all
      policies.apps[index].result.state = .readable(model)
    }
    return policies
  }

  /// Okta finds an account by its login unless a provider says otherwise.
  private static func passesOn(_ inbound: OktaDirectory.Inbound) -> PassedIdentity {
    guard case .known(let providers) = inbound else { return .login }
    let matches = providers.filter { $0.status != "INACTIVE" }.map(\.matchType)
    return !matches.isEmpty && matches.allSatisfy { $0 == "EMAIL" } ? .email : .login
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
    _ app: OktaReadApp, _ mapping: OktaMapping, _ directory: OktaDirectory,
    _ atoms: inout SubjectFacts
  ) -> OktaMapping.Compiled? {
    guard let wire = app.app else { return nil }
    let policy =
      app.policy
      ?? .unreadable(
        reason: "the application names no sign-in policy",
        remedy: "assign a sign-in policy to the application at Okta")
    let named = mapping.compile(OktaMapping.App(app: wire, policy: policy), directory, &atoms)
    guard let doubt = app.bindingDoubt, case .readable(let model) = named.state else {
      return named
    }
    // What the policy that it names says is seen all the same: what was known is not kept against it.
    let other = OktaPart<OktaWire.Policy>.unreadable(reason: doubt.reason, remedy: doubt.remedy)
    var compiled = mapping.compile(OktaMapping.App(app: wire, policy: other), directory, &atoms)
    compiled.asked.formUnion(named.asked)
    compiled.mentionedZones.formUnion(named.mentionedZones)
    compiled.shown = model
    return compiled
  }

  // MARK: Applications and their policies

  private func readApps(
    _ ids: [AppID], _ engine: OktaMapping.Engine
  ) async -> [OktaReadApp] {
    await withTaskGroup(of: (Int, OktaReadApp).self) { group in
      for (index, id) in ids.enumerated() {
        group.addTask { (index, await self.readApp(id, engine)) }
      }
      var result: [(Int, OktaReadApp)] = []
      for await app in group { result.append(app) }
      return result.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  private static let anotherID = WireError(
    .shape, path: "id", detail: "it is another one than was asked for")

  private func readApp(_ id: AppID, _ engine: OktaMapping.Engine) async -> OktaReadApp {
    do throws(ConnectorError) {
      let request = client.get("/api/v1/apps/{app}", [id])
      let app = try await reading.value(request) { json throws(WireError) in
        let app = try OktaWire.App(json)
        guard app.id == id else { throw Self.anotherID }
        return app
      }
      let link = engine == .identity ? app.accessPolicyID : nil
      if engine == .identity, link == nil, app.status == "ACTIVE" {
        tell(OktaMissing(call: request.endpoint, what: "the sign-in policy of application \(id)"))
      }
      return OktaReadApp(
        id: id, app: app,
        result: ProviderApp(
          id: id, label: app.label, state: .unreadable(reason: "not compiled", remedy: ""),
          policyLink: link))
    } catch {
      // Also that there is no such application: a token that sees less of the organisation than before gets the
      // same answer as everybody after the application was deleted.
      reading.keep(error, .parts)
      let reason =
        error.code == .notFound ? "Okta has no application with the id \(id)." : error.message
      return OktaReadApp(
        id: id, app: nil,
        result: ProviderApp(
          id: id, label: id,
          state: .unreadable(reason: reason, remedy: reading.phrase(for: error)),
          isMissing: error.code == .notFound))
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
    for index in apps.indices where apps[index].isLive {
      guard let policy = apps[index].app?.accessPolicyID, let (part, mapped) = parts[policy] else {
        continue
      }
      apps[index].policy = part
      if case .unreadable = part { continue }
      if let mapped, mapped.contains(apps[index].id) { continue }
      if mapped != nil { keepContradiction(apps[index].id, policy) }
      apps[index].bindingDoubt =
        mapped == nil
        ? (
          reason:
            "which policy applies could not be checked, as its list of applications is not readable",
          remedy: "grant the token okta.policies.read"
        )
        : (
          reason:
            "the application names the policy \(policy), but that policy does not name the application",
          remedy: "assign the sign-in policy to the application anew"
        )
    }
  }

  private func keepContradiction(_ app: AppID, _ policy: String) {
    reading.log.add(
      SourceIssue(
        code: ConnectorError.Code.contradiction.rawValue,
        call: "GET /api/v1/policies/{policy}/mappings", status: 200,
        message: "Application \(app) names the policy \(policy), which does not name it.",
        remedy: "Assign the sign-in policy to the application anew.", affects: .parts))
  }

  private func policy(_ id: String) async -> OktaPart<OktaWire.Policy> {
    await reading.part(.parts) { () throws(ConnectorError) in
      let request = client.get("/api/v1/policies/{policy}", [id], query: [("expand", "rules")])
      var policy = try await reading.value(request) { json throws(WireError) in
        let policy = try OktaWire.Policy(json)
        guard policy.id == id else { throw Self.anotherID }
        return policy
      }
      if policy.rules == nil { policy.rules = try await rules(id) }
      return try edited(policy, request)
    }
  }

  private func rules(_ policy: String) async throws(ConnectorError) -> [OktaWire.Rule] {
    try await rows(client.get("/api/v1/policies/{policy}/rules", [policy])) {
      row throws(WireError) in try OktaWire.Rule(row)
    }
  }

  /// Which of some applications a policy names; nil when that could not be read.
  private func mapped(_ policy: String, _ apps: Set<String>) async -> Set<String>? {
    await reading.part(.parts) { () throws(ConnectorError) in
      let rows = try await rows(client.get("/api/v1/policies/{policy}/mappings", [policy])) {
        row throws(WireError) in try OktaWire.Mapping(row)
      }
      return Set(rows.compactMap(\.appID)).intersection(apps)
    }.value
  }

  private func sessionPolicies() async -> OktaPart<[OktaWire.Policy]> {
    await policies(ofType: "OKTA_SIGN_ON")
  }

  /// The policies of a type that may be in force, with their rules.
  func policies(ofType type: String) async -> OktaPart<[OktaWire.Policy]> {
    await reading.part(.parts) { () throws(ConnectorError) in
      let request = client.get(
        "/api/v1/policies",
        query: [("type", type)] + (edits.isEmpty ? [("status", "ACTIVE")] : [])
          + [("expand", "rules")])
      var policies = try await rows(request) { row throws(WireError) in
        try OktaWire.Policy(row)
      }
      for index in policies.indices
      where policies[index].rules == nil && policies[index].status != "INACTIVE" {
        policies[index].rules = try await rules(policies[index].id)
      }
      for index in policies.indices { policies[index] = try edited(policies[index], request) }
      for policy in policies where policy.isSystem == nil {
        tell(OktaMissing(call: request.endpoint, what: "system of policy '\(policy.name)'"))
      }
      return policies.filter { $0.type == type && $0.status != "INACTIVE" }
    }
  }

  /// The rows of a list, each once.
  func rows<T: Sendable>(
    _ request: HTTPRequest, _ read: (JSONValue) throws(WireError) -> T
  ) async throws(ConnectorError) -> [T] {
    try await reading.rows(request, .okta, id: { $0["id"]?.string }, read)
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
    let request = client.get("/api/v1/idps")
    do throws(ConnectorError) {
      let providers = try await rows(request) { row throws(WireError) in
        try OktaWire.InboundProvider(row)
      }
      for provider in providers {
        for (isShown, field) in [
          (provider.status != nil, "status"), (provider.assertsFactors != nil, "policy"),
        ] where !isShown {
          tell(
            OktaMissing(
              call: request.endpoint, what: "\(field) of identity provider \(provider.id)"))
        }
      }
      return (.known(providers), nil)
    } catch {
      // What the models know as unknown still makes verdicts weaker than they may be: the source is not whole.
      reading.keep(error, .parts)
      guard error.code == .forbidden || error.code == .notFound else {
        return (.unreadable(remedy: reading.phrase(for: error)), nil)
      }
      let remedy =
        "grant okta.idps.read, or set inbound_federation: none if people sign in at Okta only"
      return (.unreadable(remedy: remedy), nil)
    }
  }

  private func zones(_ mentioned: Set<String>) async -> OktaDirectory.Zones {
    guard !mentioned.isEmpty else { return .assumed }
    do throws(ConnectorError) {
      let zones = try await rows(client.get("/api/v1/zones")) { row throws(WireError) in
        try OktaWire.Zone(row)
      }
      return .known(Dictionary(zones.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first }))
    } catch {
      reading.keep(error, .parts)
      return .unreadable(remedy: reading.phrase(for: error))
    }
  }
}
