internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

/// One application with all that is known of it.
struct EntraReadApp: Sendable {
  var id: AppID
  /// Nil when Entra ID did not show it.
  var principal: EntraWire.ServicePrincipal?
  var result: ProviderApp

  /// Whether who may use it is worth asking.
  var isLive: Bool { principal.map { $0.isEnabled != false } ?? false }
}

/// What the configuration of a tenant says, compiled.
struct EntraPolicies: Sendable {
  var apps: [EntraReadApp]
  var atoms: EntraAtoms
  /// What is known of the groups that policies mention, by id.
  var groups: [String: EntraRun.GroupFacts] = [:]
  /// The groups that the query asks for, by the name asked.
  var asked: [String: SubjectAtom.ID] = [:]
  /// Whose second factors are accepted of guests.
  var trust: Part<[EntraWire.Trust]> = .read([])
  /// The names of all domains; nil where they were not read.
  var domains: Set<String>?

  /// Whether the second factor of a guest may be given elsewhere.
  var mayTrustOthers: Bool { trust.value?.contains { $0.isAccepted != false } ?? true }

  /// The models of the applications that can be judged, with their places.
  var models: [(app: Int, model: SignInModel)] {
    apps.indices.compactMap { index in
      guard case .readable(let model) = apps[index].result.state else { return nil }
      return (index, model)
    }
  }

  /// Changes every model.
  mutating func changeModels(_ change: (inout SignInModel) -> Void) {
    for index in apps.indices {
      guard case .readable(var model) = apps[index].result.state else { continue }
      change(&model)
      apps[index].result.state = .readable(model)
    }
  }
}

extension EntraRun {
  /// Reads and compiles all that decides sign-ins to some applications.
  func readPolicies(_ query: ProviderQuery) async -> EntraPolicies {
    async let principals = readApps(query.apps)
    async let wanted = wantedGroups(query.groups)
    async let defaults = securityDefaults()
    async let methods = methods()
    async let trust = trust()
    async let domains = domains()
    // One after the other: they share one request a second.
    let policies = await conditionalAccess(query.edits)
    let locations = await locations()
    let strengths = await strengths(policies)
    var tenant = EntraTenantFacts(
      policies: policies, locations: locations, strengths: strengths,
      securityDefaults: await defaults, federated: await domains.federated,
      countsMandatoryMFA: configuration.countsMandatoryMFA,
      usesPerUserMFA: configuration.perUserMFA == .read)
    tenant.methods = await methods
    tenant.trust = await trust
    tenant.domains = await domains.names
    tenant.homeRealm = await homeRealm(tenant.federated)
    tenant.usesEligibility = configuration.privilegedAccess == .read
    tenant.usesConditionalAccess = configuration.conditionalAccess == .read
    tenant.usesFederation = configuration.federation == .read
    tenant.rememberedDeviceLimitMinutes = configuration.rememberedDeviceLimitMinutes
    let vouches = Vouches(configuration.vouches, at: clock())
    var apps = await principals
    // First to learn which groups are mentioned; then with their names.
    var atoms = EntraAtoms()
    for app in apps {
      if let principal = app.principal {
        _ = EntraMapping(tenant: tenant, vouches: vouches).compile(principal, as: app.id, &atoms)
      }
    }
    let asked = await wanted
    let mentioned = Set(atoms.ids(.group).map(\.id) + asked.values)
    let groups = await groupFacts(mentioned.sorted())
    tenant.groupNames = groups.compactMapValues(\.name)
    for id in mentioned { tenant.entries[id] = groups[id]?.entry ?? .unread }
    tenant.roles = await customRoles(atoms.ids(.role).map(\.id))
    atoms = EntraAtoms()
    for index in apps.indices {
      guard let principal = apps[index].principal else { continue }
      let compiled = EntraMapping(tenant: tenant, vouches: vouches)
        .compile(principal, as: apps[index].id, &atoms)
      var result = ProviderApp(
        id: apps[index].id, label: principal.name, state: compiled.state,
        evidence: evidence(principal, tenant))
      for issue in result.account(EntraDoors.self, vouches, compiled.state(of:)) { log.add(issue) }
      apps[index].result = result
    }
    var places: [String: SubjectAtom.ID] = [:]
    for (name, id) in asked.sorted(by: { $0.key < $1.key }) {
      places[name] = atoms.id(.group, id, tenant.groupNames[id] ?? id)
    }
    var result = EntraPolicies(
      apps: apps, atoms: atoms, groups: groups, asked: places, trust: tenant.trust,
      domains: tenant.domains)
    // All models share one table of facts, the last one's.
    result.changeModels { $0.atoms = atoms.all }
    return result
  }

  // MARK: Applications

  private func readApps(_ ids: [AppID]) async -> [EntraReadApp] {
    await withTaskGroup(of: (Int, EntraReadApp).self) { group in
      for (index, id) in ids.enumerated() {
        group.addTask { (index, await self.readApp(id)) }
      }
      var result: [(Int, EntraReadApp)] = []
      for await app in group { result.append(app) }
      return result.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  private func readApp(_ id: AppID) async -> EntraReadApp {
    let request = client.get(
      "/v1.0/servicePrincipals",
      query: [
        ("$filter", "appId eq '\(id.replacing("'", with: "''"))'"),
        (
          "$select",
          "id,appId,displayName,accountEnabled,appRoleAssignmentRequired,preferredSingleSignOnMode,appOwnerOrganizationId,tags"
        ),
      ])
    do throws(ConnectorError) {
      let principals = try await reading.rows(
        request, EntraWire.list, id: EntraWire.id, EntraWire.ServicePrincipal.init)
      // That there is no such application is an answer, and complete.
      guard let principal = principals.first(where: { $0.appID.lowercased() == id.lowercased() })
      else {
        return app(
          id, "Entra ID has no enterprise application with the application id \(id).",
          "check the application id in the configuration")
      }
      keepMissing(principal, request.endpoint)
      var read = app(id, "not compiled", "")
      read.principal = principal
      read.result.label = principal.name
      return read
    } catch {
      keep(error)
      return app(id, error.message, reading.phrase(for: error))
    }
  }

  /// Keeps what an application does not show; its model knows it as unknown.
  private func keepMissing(_ app: EntraWire.ServicePrincipal, _ call: String) {
    var missing: [String] = []
    if app.isEnabled == nil { missing.append("accountEnabled") }
    if !app.tellsSignOnMode { missing.append("preferredSingleSignOnMode") }
    if app.tags == nil { missing.append("tags") }
    guard !missing.isEmpty else { return }
    log.add(
      SourceIssue(
        code: "missing-field", call: call,
        message: "Application \(app.name) shows no \(missing.joined(separator: ", ")).",
        remedy: "Run again; if it stays, report it.", affects: .parts))
  }

  private func app(_ id: AppID, _ reason: String, _ remedy: String) -> EntraReadApp {
    EntraReadApp(
      id: id,
      result: ProviderApp(
        id: id, label: id, state: .unreadable(reason: reason, remedy: remedy)))
  }

  private func evidence(
    _ app: EntraWire.ServicePrincipal, _ tenant: EntraTenantFacts
  ) -> [EvidenceItem] {
    var result = [
      EvidenceItem(
        .platform, id: app.id, name: "enterprise application \(app.name)",
        value: "application id \(app.appID), tenant \(configuration.tenant)",
        path: "/v1.0/servicePrincipals"),
      EvidenceItem(
        .assignment, id: app.id, name: "assignment",
        value: app.requiresAssignment ? "required" : "not required: everybody may use it",
        path: "/v1.0/servicePrincipals"),
    ]
    if let mode = app.signOnMode, !mode.isEmpty {
      result.append(EvidenceItem(.status, name: "single sign-on mode", value: mode))
    }
    if case .read(let isOn) = tenant.securityDefaults {
      result.append(
        EvidenceItem(
          .policy, id: "identitySecurityDefaultsEnforcementPolicy", name: "security defaults",
          value: isOn ? "on" : "off", path: "/v1.0/policies"))
    }
    if case .read(let domains) = tenant.federated {
      for (domain, federation) in domains.sorted(by: { $0.key < $1.key }) {
        let behaviour = federation?.behaviour ?? "acceptIfMfaDoneByFederatedIdp"
        result.append(
          EvidenceItem(
            .delegation, id: domain, name: "federated domain \(domain)",
            value: "signs in at \(federation?.name ?? "its own identity provider") (\(behaviour))",
            path: "/v1.0/domains"))
      }
    }
    if configuration.conditionalAccess == .none {
      result.append(
        EvidenceItem(.attestation, name: "Conditional Access", value: "not in use (configured)"))
    }
    if configuration.perUserMFA == .none {
      result.append(
        EvidenceItem(.attestation, name: "per-user MFA", value: "not in use (configured)"))
    }
    if configuration.privilegedAccess == .none {
      result.append(
        EvidenceItem(
          .attestation, name: "eligible roles and groups", value: "none (configured)"))
    }
    if configuration.federation == .none {
      result.append(
        EvidenceItem(.attestation, name: "federated domains", value: "none (configured)"))
    }
    return result
  }
}
