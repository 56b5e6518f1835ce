/// A user of a Keycloak realm.
public struct KeycloakUser: Codable, Sendable, Hashable {
  /// The e-mail address; empty for none.
  public var email: String
  /// The user name, in lower case.
  public var username: String
  /// The id.
  public var id: String
  /// Whether the account is switched on.
  public var enabled = true
  /// The types of credentials set up.
  public var credentials = ["password"]
  /// The user's own attributes.
  public var attributes: [String: [String]] = [:]
  /// Paths of groups.
  public var groups: [String] = []
  /// The user's own roles: names of the realm's, `client.role` for others.
  public var roles: [String] = []
  /// Aliases of the identity providers that are linked.
  public var identityProviders: [String] = []
  /// Pending required actions.
  public var requiredActions: [String] = []
  /// The id of the user federation that the account comes from.
  public var federationLink: String?
  /// Roles that a mapper of the federation gives: the person has them, and no list of members says so.
  public var mappedRoles: [String] = []
  /// Paths of groups that a mapper of the federation gives, in no list of members either.
  public var mappedGroups: [String] = []
  /// Whether the list leaves the account out, as for a caller who may not see it, although it is counted.
  public var isHidden = false

  /// Makes an account that is switched on and has a password.
  public init(
    _ email: String, username: String? = nil, _ change: (inout KeycloakUser) -> Void = { _ in }
  ) {
    self.email = email
    self.username = username ?? email
    id = Identifier.uuid("keycloak user \(username ?? email)")
    change(&self)
  }

  /// Reads an account; only `email` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(String.self, forKey: .email),
      username: try values.decodeIfPresent(String.self, forKey: .username))
    try values.read(.id, into: &id)
    try values.read(.enabled, into: &enabled)
    try values.read(.credentials, into: &credentials)
    try values.read(.attributes, into: &attributes)
    try values.read(.groups, into: &groups)
    try values.read(.roles, into: &roles)
    try values.read(.identityProviders, into: &identityProviders)
    try values.read(.requiredActions, into: &requiredActions)
    try values.read(.federationLink, into: &federationLink)
    try values.read(.mappedRoles, into: &mappedRoles)
    try values.read(.mappedGroups, into: &mappedGroups)
    try values.read(.isHidden, into: &isHidden)
  }
}

/// A group of a Keycloak realm with those below it.
public struct KeycloakGroupNode: Codable, Sendable, Hashable {
  /// The name.
  public var name: String
  /// Roles that everybody in it has.
  public var roles: [String] = []
  /// The group's attributes.
  public var attributes: [String: [String]] = [:]
  /// The groups below it.
  public var groups: [KeycloakGroupNode] = []

  /// Makes a group.
  public init(
    _ name: String, roles: [String] = [], attributes: [String: [String]] = [:],
    groups: [KeycloakGroupNode] = []
  ) {
    self.name = name
    self.roles = roles
    self.attributes = attributes
    self.groups = groups
  }

  /// Reads a group; only `name` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(try values.decode(String.self, forKey: .name))
    try values.read(.roles, into: &roles)
    try values.read(.attributes, into: &attributes)
    try values.read(.groups, into: &groups)
  }
}

/// A role of a Keycloak realm or client.
public struct KeycloakRoleSpec: Codable, Sendable, Hashable {
  /// The name.
  public var name: String
  /// The roles that it brings along: names of the realm's, `client.role` for others.
  public var composites: [String] = []

  /// Makes a role.
  public init(_ name: String, composites: [String] = []) {
    self.name = name
    self.composites = composites
  }

  /// Reads a role; only `name` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(try values.decode(String.self, forKey: .name))
    try values.read(.composites, into: &composites)
  }
}

/// An identity provider that a realm brokers.
public struct KeycloakBrokerSpec: Codable, Sendable, Hashable {
  /// The alias.
  public var alias: String
  /// Its kind: `oidc`, `saml`, `google` and others.
  public var providerID: String
  /// Whether it is switched on.
  public var enabled = true
  /// Whether it only links accounts, and nobody signs in through it.
  public var linkOnly = false
  /// The name that people see.
  public var displayName: String?
  /// The alias of the flow that follows its sign-ins.
  public var postBrokerFlow: String?
  /// The alias of the flow of first sign-ins; nil is the realm's.
  public var firstBrokerFlow: String? = "first broker login"
  /// Its settings.
  public var config: [String: String] = [:]
  /// What it gives people at their sign-ins, in the server's shape.
  public var mappers: [JSON] = []
  /// What else its row says, as of newer servers.
  public var further: JSON = [:]

  /// Makes an identity provider that is switched on.
  public init(
    _ alias: String, providerID: String = "oidc",
    _ change: (inout KeycloakBrokerSpec) -> Void = { _ in }
  ) {
    self.alias = alias
    self.providerID = providerID
    change(&self)
  }

  /// Reads an identity provider; only `alias` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(try values.decode(String.self, forKey: .alias))
    try values.read(.providerID, into: &providerID)
    try values.read(.enabled, into: &enabled)
    try values.read(.linkOnly, into: &linkOnly)
    try values.read(.displayName, into: &displayName)
    try values.read(.postBrokerFlow, into: &postBrokerFlow)
    try values.read(.firstBrokerFlow, into: &firstBrokerFlow)
    try values.read(.config, into: &config)
    try values.read(.mappers, into: &mappers)
    try values.read(.further, into: &further)
  }
}
