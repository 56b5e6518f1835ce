/// A Keycloak realm with its people, clients and flows.
///
/// The flows `browser` and `direct grant` are those of a new realm unless others of these names are given.
public struct KeycloakTenant: VendorScenario {
  /// The vendor.
  public static let vendor = Vendor.keycloak

  /// The realm's name.
  public var realm = "acme"
  /// The realm that holds the service clients; nil is the same.
  public var authRealm: String?
  /// Whether the realm is switched on.
  public var enabled = true
  /// The alias of the flow of browser sign-ins.
  public var browserFlow = "browser"
  /// The alias of the flow of the password grant.
  public var directGrantFlow = "direct grant"
  /// The realm's attributes, such as `acr.loa.map`.
  public var attributes: [String: String] = [:]
  /// Whether people may have a forgotten password reset; nil leaves the word out.
  public var resetAllowed: Bool? = false
  /// Whether passkeys must check who holds them, in the server's word; nil leaves it out.
  public var passkeyVerification: String? = "required"
  /// Whether pages that ask for a name take a passkey; nil leaves it out, as older servers do.
  public var passkeysForNames: Bool?
  /// Whether people may have their sessions remembered.
  public var rememberMe = false
  /// For how many seconds a session may last; nil leaves it out.
  public var sessionLifespan: Int? = 36_000
  /// The same for sessions that are remembered; 0 is the same as for the others.
  public var rememberedLifespan = 0
  /// Whether people may make accounts themselves.
  public var registrationAllowed = false
  /// Whether two accounts may have the same address.
  public var sharesAddresses = false
  /// Whether permissions of administrators are cut finer than by roles.
  public var hasFinePermissions = false
  /// What else the realm says of itself, as newer servers may.
  public var further: JSON = [:]
  /// Who may see and edit attributes, in the server's shape; nil is a server without profiles of users.
  public var profile: JSON? = KeycloakTenant.adminProfile
  /// The client policies, in the server's shape.
  public var clientPolicies: [JSON] = []
  /// Their profiles.
  public var clientProfiles: [JSON] = []
  /// The people, in the order in which lists show them.
  public var users: [KeycloakUser] = []
  /// The groups at the top.
  public var groups: [KeycloakGroupNode] = []
  /// The realm's own roles.
  public var roles: [KeycloakRoleSpec] = []
  /// The clients.
  public var clients: [KeycloakClientSpec] = []
  /// Flows beside the built-in ones, or instead of them.
  public var flows: [KeycloakFlowSpec] = []
  /// The identity providers that the realm brokers.
  public var identityProviders: [KeycloakBrokerSpec] = []
  /// The required actions that are switched on.
  public var requiredActions = [
    "CONFIGURE_TOTP", "UPDATE_PASSWORD", "webauthn-register", "webauthn-register-passwordless",
    "CONFIGURE_RECOVERY_AUTHN_CODES",
  ]
  /// The clients with service accounts that may read.
  public var services = [KeycloakServiceSpec()]
  /// How many seconds a token is good for.
  public var tokenLifetime = 300
  /// Whether roles can be listed; otherwise only those of one person can.
  public var listsRoles = true
  /// Whether groups come with those below them, as from older servers.
  public var nestsGroups = false
  /// Whether groups below others can be listed; older servers cannot, and then do not count them either.
  public var listsChildren = true
  /// Whether every further page of users begins with the last row of the one before instead of its own first.
  public var movesRows = false
  /// Whether lists begin at the first row whatever is asked for, as behind a broken proxy.
  public var ignoresFirst = false

  /// The profile of a new realm, where administrators may see and edit what is not declared.
  public static let adminProfile: JSON = [
    "attributes": .array(
      ["username", "email", "firstName", "lastName"].map {
        [
          "name": .string($0),
          "permissions": ["view": ["admin", "user"], "edit": ["admin", "user"]],
        ]
      }), "groups": [], "unmanagedAttributePolicy": "ADMIN_EDIT",
  ]

  /// Makes an empty realm that accepts the default service client.
  public init() {}

  /// The secret of the first service client.
  public var token: String { services.first?.secret ?? "" }

  /// Reads a realm; every part may be missing.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.realm, into: &realm)
    try values.read(.authRealm, into: &authRealm)
    try values.read(.enabled, into: &enabled)
    try values.read(.browserFlow, into: &browserFlow)
    try values.read(.directGrantFlow, into: &directGrantFlow)
    try values.read(.attributes, into: &attributes)
    try values.read(.resetAllowed, into: &resetAllowed)
    try values.read(.passkeyVerification, into: &passkeyVerification)
    try values.read(.passkeysForNames, into: &passkeysForNames)
    try values.read(.rememberMe, into: &rememberMe)
    try values.read(.sessionLifespan, into: &sessionLifespan)
    try values.read(.rememberedLifespan, into: &rememberedLifespan)
    try values.read(.registrationAllowed, into: &registrationAllowed)
    try values.read(.sharesAddresses, into: &sharesAddresses)
    try values.read(.hasFinePermissions, into: &hasFinePermissions)
    try values.read(.further, into: &further)
    try values.read(.profile, into: &profile)
    try values.read(.clientPolicies, into: &clientPolicies)
    try values.read(.clientProfiles, into: &clientProfiles)
    try values.read(.users, into: &users)
    try values.read(.groups, into: &groups)
    try values.read(.roles, into: &roles)
    try values.read(.clients, into: &clients)
    try values.read(.flows, into: &flows)
    try values.read(.identityProviders, into: &identityProviders)
    try values.read(.requiredActions, into: &requiredActions)
    try values.read(.services, into: &services)
    try values.read(.tokenLifetime, into: &tokenLifetime)
    try values.read(.listsRoles, into: &listsRoles)
    try values.read(.nestsGroups, into: &nestsGroups)
    try values.read(.listsChildren, into: &listsChildren)
    try values.read(.movesRows, into: &movesRows)
    try values.read(.ignoresFirst, into: &ignoresFirst)
  }
}

extension Vendor {
  /// Keycloak.
  public static let keycloak = Vendor(rawValue: "keycloak")
}

/// A client with a service account, which asks for tokens.
public struct KeycloakServiceSpec: Codable, Sendable, Hashable {
  /// The client id.
  public var id = "idsync"
  /// The client secret.
  public var secret = "mockKeycloakSecretForTestsOnly"
  /// Whether it has a service account.
  public var hasServiceAccount = true
  /// Its roles of `realm-management`.
  public var roles = ["view-realm", "view-users", "view-clients", "view-identity-providers"]

  /// Makes the default service client.
  public init() {}

  /// Reads a service client; every part may be missing.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.id, into: &id)
    try values.read(.secret, into: &secret)
    try values.read(.hasServiceAccount, into: &hasServiceAccount)
    try values.read(.roles, into: &roles)
  }
}
