internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

/// What stands beside the flows that are judged, and changes whom they ask for what.
extension KeycloakRun {
  // MARK: Mappers

  /// Reads what identity providers give people at their sign-ins, where a condition asks for such a thing.
  func readMappers(_ picture: inout KeycloakRealmPicture) async {
    let mentions = KeycloakMentions(picture.flows.values.compactMap(\.value))
    guard mentions.usesAttributes || !mentions.roles.isEmpty || !mentions.groups.isEmpty else {
      return
    }
    var facts = KeycloakWire.MappedFacts()
    for provider in picture.brokers {
      let request = get("/identity-provider/instances/{alias}/mappers", [provider.alias])
      let part = await reading.part(.partsWhenRefused) { () throws(ConnectorError) in
        try await rows(request, by: Self.whole) { row throws(WireError) in
          var own = KeycloakWire.MappedFacts()
          try own.add(row)
          return own
        }
      }
      guard let all = part.value else {
        picture.mapped = part.map { _ in facts }
        return
      }
      for own in all {
        facts.roles.formUnion(own.roles)
        facts.groups.formUnion(own.groups)
        facts.attributes.formUnion(own.attributes)
        if own.anything { facts.anything = true }
      }
    }
    picture.mapped = .read(facts)
  }

  // MARK: One-time passwords

  /// Reads whether another flow's conditional form has settings, where one that is judged has none of its own.
  ///
  /// Whether somebody without a one-time password sets one up is asked of the settings of all such forms of the realm.
  /// <https://github.com/keycloak/keycloak: ConditionalOtpFormAuthenticator.isOTPRequired>
  func readWaivers(_ aliases: [String], _ picture: inout KeycloakRealmPicture) async {
    let known = picture.flows.values.compactMap(\.value)
    guard known.flatMap(\.liveSteps).contains(where: \.isBareForm) else { return }
    picture.waivesOTP = .read(known.flatMap(\.allSteps).contains(where: \.isSetForm))
    for alias in aliases where picture.flows[alias] == nil {
      let request = get("/authentication/flows/{flow}/executions", [alias])
      let part = await reading.part(.partsWhenRefused) { () throws(ConnectorError) in
        try await rows(request, by: Self.whole, KeycloakWire.Execution.init).contains {
          $0.provider == KeycloakSettings.conditionalForm && ($0.configID != nil || $0.hidesConfig)
        }
      }
      guard case .read(false) = part else {
        picture.waivesOTP = part
        return
      }
    }
  }

  // MARK: Client policies

  /// Client policies, and the profiles that say what they do.
  ///
  /// Servers that are older than client policies have neither list; one alone is no absence of both.
  /// - SeeAlso: <https://www.keycloak.org/docs/latest/server_admin/#_client_policies>
  func clientPolicies() async -> Part<KeycloakWire.ClientPolicies> {
    let none = JSONValue.object(["profiles": .array([]), "policies": .array([])])
    return await reading.part(.partsWhenRefused) { () throws(ConnectorError) in
      let profiles = try await listed("profiles") { json throws(WireError) in
        // What it must say is said by the profiles' own reader; here only damage to the list itself is told by its call.
        _ = try KeycloakWire.ClientPolicies(none, profiles: json)
        return json
      }
      let policies = try await listed("policies") { json throws(WireError) in
        try KeycloakWire.ClientPolicies(json, profiles: profiles ?? none)
      }
      switch (profiles, policies) {
      case (.some, let policies?): return policies
      case (nil, nil): return .init()
      default:
        throw ConnectorError(
          .contradiction, source: configuration.name,
          call: "GET /admin/realms/{realm}/client-policies/policies", status: 200,
          message: "Keycloak has one of the two lists of client policies, and not the other.")
      }
    }
  }

  /// One of the two lists; nil where the server has none.
  private func listed<T: Sendable>(
    _ list: String, _ read: (JSONValue) throws(WireError) -> T
  ) async throws(ConnectorError) -> T? {
    do throws(ConnectorError) {
      return try await reading.value(get("/client-policies/\(list)"), read)
    } catch {
      guard error.code == .notFound else { throw error }
      return nil
    }
  }
}

extension KeycloakFlow.Step {
  /// Whether it is a conditional form without settings of its own.
  var isBareForm: Bool { provider == KeycloakSettings.conditionalForm && !isSetForm }

  /// Whether it is a conditional form with settings, or may be.
  var isSetForm: Bool {
    guard provider == KeycloakSettings.conditionalForm else { return false }
    guard case .read(_, let values) = settings else { return configID != nil }
    return !KeycloakSettings.conditionalFormKeys.isDisjoint(with: values.keys)
  }
}
