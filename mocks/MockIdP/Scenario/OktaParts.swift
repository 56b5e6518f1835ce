/// A group of people at Okta.
public struct Group: Codable, Sendable, Hashable {
  /// The group's name.
  public var name: String
  /// The group's id, `00g…`; by default derived from the name.
  public var id: String
  /// `OKTA_GROUP`, `APP_GROUP` or `BUILT_IN`; everyone is in a `BUILT_IN` group.
  public var type: String
  /// When its memberships changed last.
  public var lastMembershipUpdated: String

  /// Makes a group; people name the groups they are in.
  public init(_ name: String, id: String? = nil, type: String = "OKTA_GROUP") {
    self.name = name
    self.id = id ?? Identifier.okta("00g", name)
    self.type = type
    lastMembershipUpdated = Scenario.defaultTime
  }

  /// Reads a group, from an object or from the bare name.
  public init(from decoder: any Decoder) throws {
    if let name = try? decoder.singleValueContainer().decode(String.self) {
      self.init(name)
      return
    }
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(String.self, forKey: .name),
      id: try values.decodeIfPresent(String.self, forKey: .id))
    try values.read(.type, into: &type)
    try values.read(.lastMembershipUpdated, into: &lastMembershipUpdated)
  }
}

/// A network zone.
public struct Zone: Codable, Sendable, Hashable {
  /// The zone's name.
  public var name: String
  /// The zone's id, `nzo…`; by default derived from the name.
  public var id: String
  /// `IP`, `DYNAMIC` or `DYNAMIC_V2`.
  public var type: String
  /// `ACTIVE` or `INACTIVE`.
  public var status: String
  /// `POLICY` or `BLOCKLIST`.
  public var usage: String
  /// Addresses of an IP zone, as CIDR.
  public var gateways: [String]
  /// Properties laid over the vendor's JSON.
  public var raw: JSON?

  /// Makes an active IP zone for policies.
  public init(_ name: String, id: String? = nil, gateways: [String] = ["192.0.2.0/24"]) {
    self.name = name
    self.id = id ?? Identifier.okta("nzo", name)
    type = "IP"
    status = "ACTIVE"
    usage = "POLICY"
    self.gateways = gateways
  }

  /// Reads a zone; only `name` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(String.self, forKey: .name),
      id: try values.decodeIfPresent(String.self, forKey: .id))
    try values.read(.type, into: &type)
    try values.read(.status, into: &status)
    try values.read(.usage, into: &usage)
    try values.read(.gateways, into: &gateways)
    try values.read(.raw, into: &raw)
  }
}

/// An identity provider whose sign-ins Okta accepts.
public struct InboundIdentityProvider: Codable, Sendable, Hashable {
  /// The provider's name.
  public var name: String
  /// The provider's id, `0oa…`; by default derived from the name.
  public var id: String
  /// `SAML2`, `OIDC`, `GOOGLE`, `MICROSOFT` and others.
  public var type: String
  /// `ACTIVE` or `INACTIVE`.
  public var status: String
  /// Whether its claims about authentication are trusted (`policy.trustClaims`).
  public var trustsClaims: Bool
  /// Whether accounts are linked to it at the first sign-in (`policy.accountLink`).
  public var linksAccounts = false
  /// Properties laid over the vendor's JSON.
  public var raw: JSON?

  /// Makes an active provider.
  public init(
    _ name: String, id: String? = nil, type: String = "SAML2", trustsClaims: Bool = false
  ) {
    self.name = name
    self.id = id ?? Identifier.okta("0oa", "idp " + name)
    self.type = type
    status = "ACTIVE"
    self.trustsClaims = trustsClaims
  }

  /// Reads a provider; only `name` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(String.self, forKey: .name),
      id: try values.decodeIfPresent(String.self, forKey: .id))
    try values.read(.type, into: &type)
    try values.read(.status, into: &status)
    try values.read(.trustsClaims, into: &trustsClaims)
    try values.read(.linksAccounts, into: &linksAccounts)
    try values.read(.raw, into: &raw)
  }
}
