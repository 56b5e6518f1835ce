package import ConnectorKit
package import IdentityCore

/// Okta, Classic and Identity Engine, as a provider.
package struct OktaKind: SourceKind {
  private enum Credentials {
    case token(SecretHandle)
    case privateKey(clientID: String, key: SecretHandle, keyID: String, scopes: [String]?)
  }

  package let word = "okta"
  package let address = SourceAddress.required
  package let readsGroups = true
  package let inventory = OktaDoors.allCases.map(\.row)
  package let example = """
    okta:
      kind: okta
      url: https://acme.okta.com
      token: file:/etc/idsync/okta.token       # an API token of a read-only administrator; or a service app:
      # client_id: 0oaSERVICEAPP
      # private_key: file:/etc/idsync/okta.pem # RSA (RS256) or P-256 (ES256), PKCS #8 or #1
      # key_id: idsync-2026
      # scopes: [okta.users.read, …]           # by default all that idsync can use
      # collect: [factors]                     # enrolled factors too: one request per enrolled person
      # inbound_federation: read               # none: the operator vouches that there is no inbound identity provider
      # per_app_policies: unreadable           # none: the operator vouches that Classic Engine has none
      # remembered_device_limit: 24h           # a longer "remember this device" counts as conditional
    """
  package let card = SourceCard(
    title: "Okta (Identity Engine and Classic)", roles: [.provider],
    proves: [
      "what session and app policies ask of every person, rule by rule, with zones, devices and risk"
    ],
    conditional: [
      "inbound federation: until identity providers may be read, or the operator vouches",
      "the reset of a forgotten password by one step, without additional verification",
    ],
    cannotTell: [
      "rules with expressions", "OAuth grants without a browser",
      "per-app policies of Classic organisations: no API shows them",
    ],
    rights: [
      "okta.users.read, okta.groups.read, okta.apps.read, okta.policies.read, okta.networkZones.read, okta.idps.read",
      "role Read-only Administrator (an API token has the rights of its maker)",
    ],
    requests:
      "a page for each 200 users and 500 assignments, one list a group that a policy mentions, one a policy"
  )

  package init() {}

  package func configure(_ keys: any SourceKeys) -> SourceMaker? {
    let credentials = credentials(keys)
    let collectFactors = keys.collectsFactors()
    let limit = keys.seconds("remembered_device_limit").map { Int($0 / 60) } ?? 1440
    let inbound =
      keys.choice("inbound_federation", OktaConfiguration.InboundFederation.self) ?? .read
    let perApp =
      keys.choice("per_app_policies", OktaConfiguration.PerAppPolicies.self) ?? .unreadable
    guard let credentials else { return nil }
    return { context in
      OktaConnector(
        configuration: OktaConfiguration(
          name: context.name, url: context.url,
          credentials: try Self.resolve(credentials, context), collectFactors: collectFactors,
          inboundFederation: inbound, perAppPolicies: perApp, rememberedDeviceLimitMinutes: limit,
          vouches: context.vouches,
          maxConcurrent: context.maxConcurrent, rateShare: context.rateShare),
        transport: context.transport, clock: context.clock, logger: context.logger)
    }
  }

  private func credentials(_ keys: any SourceKeys) -> Credentials? {
    let token = keys.secret("token")
    let clientID = keys.string("client_id")
    let key = keys.secret("private_key")
    let keyID = keys.string("key_id")
    let scopes = keys.strings("scopes")
    if let token, clientID == nil { return .token(token) }
    if let clientID, let key, let keyID, token == nil {
      return .privateKey(clientID: clientID, key: key, keyID: keyID, scopes: scopes)
    }
    if keys.names.contains("token") != (clientID != nil) { return nil }
    keys.reject("give either token, or client_id with private_key and key_id")
    return nil
  }

  private static func resolve(
    _ credentials: Credentials, _ context: SourceContext
  ) throws -> OktaConfiguration.Credentials {
    switch credentials {
    case .token(let token): .token(try context.secret(token))
    case .privateKey(let clientID, let key, let keyID, let scopes):
      .privateKey(
        clientID: clientID, keyPEM: try context.secret(key), keyID: keyID,
        scopes: scopes ?? OktaConfiguration.defaultScopes)
    }
  }
}
