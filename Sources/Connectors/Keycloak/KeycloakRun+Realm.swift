internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

extension KeycloakRun {
  /// Reads all that decides sign-ins to some clients.
  ///
  /// - Parameter links: takes what the server links to each client, also where something is refused later.
  func readRealm(
    _ query: ProviderQuery, _ links: inout [AppID: String]
  ) async throws(ConnectorError) -> KeycloakRealmPicture {
    let edits = query.edits
    async let providerPart = identityProviders()
    async let actionPart = requiredActions()
    async let policyPart = clientPolicies()
    let realm = try await realm()
    let clients = try await clients(edits)
    for client in clients where query.apps.contains(client.clientID) {
      links[client.clientID] = KeycloakRealmPicture.policyLink(of: client, in: realm)
    }
    let names = try await rows(get("/authentication/flows"), by: Self.whole, KeycloakWire.Flow.init)
    var picture = KeycloakRealmPicture(realm: realm, clients: clients)
    picture.flowAliases = Dictionary(names.map { ($0.id, $0.alias) }, uniquingKeysWith: { $1 })
    picture.flowIDs = Dictionary(names.map { ($0.alias, $0.id) }, uniquingKeysWith: { $1 })
    picture.secondFactorProviders = configuration.secondFactorProviders
    picture.enrolmentDriven = configuration.enrolmentDriven
    picture.identityProviders = await providerPart
    picture.clientPolicies = await policyPart
    picture.flows = await flows(aliases(picture, query.apps), picture.flowIDs, edits)
    // The steps of a flow are asked for by its alias; which of two is meant nobody can tell.
    for (alias, all) in Dictionary(grouping: names, by: \.alias) where all.count > 1 {
      picture.flows[alias] = .unreadable(
        reason: "the realm has \(all.count) flows that are called '\(alias)'",
        remedy: "give each flow a name of its own")
    }
    take(await actionPart, &picture)
    await readScopes(&picture)
    await readProfile(&picture)
    await readMappers(&picture)
    await readWaivers(names.map(\.alias), &picture)
    await readMentions(&picture, wantsGroups: !query.groups.isEmpty)
    return picture
  }

  private func realm() async throws(ConnectorError) -> KeycloakWire.Realm {
    let request = get()
    let realm = try await reading.value(request) { json throws(WireError) in
      KeycloakWire.Realm.isNameOnly(json) ? nil : try KeycloakWire.Realm(json)
    }
    guard let realm else { throw configuration.realmNameOnly(request.endpoint) }
    return realm
  }

  private func clients(
    _ edits: PolicyEdits
  ) async throws(ConnectorError) -> [KeycloakWire.Client] {
    try await rows(
      get("/clients"),
      edit: { edits.applied(to: $0, state: "enabled", on: .bool(true), off: .bool(false)) },
      KeycloakWire.Client.init)
  }

  /// Reads the scopes of clients whose rows leave them out, where a condition asks for scopes.
  private func readScopes(_ picture: inout KeycloakRealmPicture) async {
    let asking = picture.flows.filter {
      $0.value.value?.liveSteps.contains { $0.provider == "conditional-client-scope" } == true
    }
    for (index, client) in picture.clients.enumerated()
    where client.isEnabled && (client.defaultScopes == nil || client.optionalScopes == nil) {
      let flows = [picture.browserFlow(of: client), picture.directGrantFlow(of: client)]
      guard flows.contains(where: { $0.map { asking[$0] != nil } == true }) else { continue }
      picture.clients[index].defaultScopes = await scopes("default", client).value
      picture.clients[index].optionalScopes = await scopes("optional", client).value
    }
  }

  /// - SeeAlso: <https://www.keycloak.org/docs-api/latest/rest-api/index.html#_clients>
  private func scopes(
    _ kind: String, _ client: KeycloakWire.Client
  ) async -> Part<[String]> {
    let request = get("/clients/{client}/\(kind)-client-scopes", [client.id])
    return await reading.part(.partsWhenRefused) { () throws(ConnectorError) in
      try await rows(request, by: Self.whole, id: "name", KeycloakWire.scopeName)
    }
  }

  /// The flows that matter: those of the applications asked for, of the realm, of every client whose sessions are good
  /// for them, and those that follow other identity providers.
  private func aliases(_ picture: KeycloakRealmPicture, _ apps: [AppID]) -> Set<String> {
    var aliases: Set<String> = [picture.realm.browserFlow]
    for client in picture.clients {
      if client.hasBrowserDoor, let flow = picture.browserFlow(of: client) { aliases.insert(flow) }
      if apps.contains(client.clientID), client.directGrants,
        let flow = picture.directGrantFlow(of: client)
      {
        aliases.insert(flow)
      }
    }
    aliases.formUnion(picture.brokers.compactMap(\.postBrokerFlow))
    var others = picture.brokers.compactMap { picture.firstBrokerFlow(of: $0) }
    others += (picture.clientPolicies.value?.selections ?? []).compactMap(\.flow)
    if picture.realm.resetAllowed != false, let reset = picture.realm.resetFlow {
      others.append(reset)
    }
    if picture.clients.contains(where: { apps.contains($0.clientID) && $0.enhancedClient }) {
      others.append(KeycloakDoorCompiler.enhancedClientFlow)
    }
    // What is not there is not asked for, and known as unknown by whoever needs it.
    return aliases.union(others.filter { picture.flowIDs[$0] != nil })
  }

  /// Who may see and edit attributes, where a condition asks for one.
  private func readProfile(_ picture: inout KeycloakRealmPicture) async {
    guard KeycloakMentions(picture.flows.values.compactMap(\.value)).usesAttributes else { return }
    do throws(ConnectorError) {
      picture.profile = .read(
        try await reading.value(get("/users/profile")) { json throws(WireError) in
          try KeycloakWire.UserProfile(json)
        })
    } catch {
      // Servers that are older than profiles of users have none.
      guard error.code != .notFound else {
        picture.profile = .read(nil)
        return
      }
      reading.keep(error, .partsWhenRefused)
      picture.profile = .unreadable(
        reason: Sentence.clause(error.message), remedy: reading.phrase(for: error))
    }
  }

  private func identityProviders() async -> Part<[KeycloakWire.IdentityProvider]> {
    await reading.part(.partsWhenRefused) { () throws(ConnectorError) in
      try await rows(
        get("/identity-provider/instances"), id: "alias", KeycloakWire.IdentityProvider.init)
    }
  }

  private func requiredActions() async -> Result<[KeycloakWire.RequiredAction], ConnectorError> {
    do throws(ConnectorError) {
      return .success(
        try await rows(
          get("/authentication/required-actions"), by: Self.whole, id: "alias",
          KeycloakWire.RequiredAction.init))
    } catch {
      return .failure(error)
    }
  }

  /// Takes in the required actions: whether people without a factor can be made to set one up.
  ///
  /// That changes a verdict only where it matters who has set up what, or what was used: the others are refused.
  private func take(
    _ read: Result<[KeycloakWire.RequiredAction], ConnectorError>,
    _ picture: inout KeycloakRealmPicture
  ) {
    switch read {
    case .success(let actions):
      picture.requiredActions = Set(actions.filter { $0.isEnabled == true }.map(\.alias))
      picture.untoldActions = Set(actions.filter { $0.isEnabled == nil }.map(\.alias))
    case .failure(let error):
      let matters =
        configuration.enrolmentDriven == .conditional
        || picture.flows.values.contains { flow in
          flow.value?.liveSteps.contains { $0.provider == "conditional-credential" } == true
        }
      // Once the credential is refused, the accounts are not read either.
      reading.keep(
        error,
        matters ? .partsWhenRefused : error.code == .unauthorised ? .verdicts : .details)
    }
  }

  // MARK: Flows

  private func flows(
    _ aliases: Set<String>, _ ids: [String: String], _ edits: PolicyEdits
  ) async -> [String: Part<KeycloakFlow>] {
    await withTaskGroup(of: (String, Part<KeycloakFlow>).self) { group in
      for alias in aliases {
        group.addTask {
          let part = await reading.part(.partsWhenRefused) { () throws(ConnectorError) in
            try await self.flow(alias, id: ids[alias] ?? alias, edits)
          }
          return (alias, part)
        }
      }
      var result: [String: Part<KeycloakFlow>] = [:]
      for await (alias, part) in group { result[alias] = part }
      return result
    }
  }

  private func flow(
    _ alias: String, id: String, _ edits: PolicyEdits
  ) async throws(ConnectorError) -> KeycloakFlow {
    let request = get("/authentication/flows/{flow}/executions", [alias])
    let list = try await rows(
      request, by: Self.whole,
      edit: {
        edits.applied(
          to: $0, state: "requirement", on: .string("REQUIRED"), off: .string("DISABLED"))
      }, isOrdered: true, KeycloakWire.Execution.init)
    var flow: KeycloakFlow
    do throws(WireError) {
      flow = try KeycloakFlow(id: id, alias: alias, list)
    } catch {
      throw client.malformed(error, request)
    }
    // Steps that are switched off decide nothing, but for the levels of earlier sign-ins.
    let live = Set(flow.liveSteps.compactMap { $0.isSubflow ? nil : $0.configID })
    let kept = flow.allSteps.filter { $0.provider == "conditional-level-of-authentication" }
    var settings: [String: KeycloakFlow.Settings] = [:]
    for id in live.union(kept.compactMap(\.configID)).sorted() {
      settings[id] = await self.settings(id, isLive: live.contains(id), edits)
    }
    let known = settings
    flow.forEachStep { step in
      if let id = step.configID, let found = known[id] { step.settings = found }
    }
    return flow
  }

  /// The configuration of a step.
  private func settings(
    _ id: String, isLive: Bool, _ edits: PolicyEdits
  ) async -> KeycloakFlow.Settings {
    do throws(ConnectorError) {
      let request = get("/authentication/config/{config}", [id])
      return try await reading.value(request) { json throws(WireError) in
        let edited = edits.applied(
          to: [json], state: "enabled", on: .bool(true), off: .bool(false))
        return .read(id: id, try KeycloakWire.config(edited.first ?? json))
      }
    } catch {
      // What is hidden of a step that is switched off is no unknown of the model.
      reading.keep(error, isLive || error.code == .notFound ? .partsWhenRefused : .verdicts)
      return .unreadable(reason: error.message, remedy: reading.phrase(for: error))
    }
  }
}
