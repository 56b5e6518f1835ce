/// One account at Okta.
///
/// Two people may share an e-mail address; logins are unique.
public struct Person: Codable, Sendable, Hashable {
  /// The primary e-mail address.
  public var email: String
  /// What the person types to sign in; by default the e-mail address.
  public var login: String
  /// The full name; its last word becomes the last name.
  public var name: String
  /// The user id, `00u…`; by default derived from the login.
  public var id: String
  /// Okta's user status, such as `ACTIVE` or `DEPROVISIONED`.
  public var status: String
  /// The credentials provider's type: `OKTA`, `ACTIVE_DIRECTORY`, `LDAP`, `FEDERATION`, `SOCIAL`.
  public var provider: String
  /// The groups besides Everyone, by name or id.
  public var groups: [String]
  /// The enrolled factors.
  public var factors: [Factor]
  /// The id of the user type.
  public var userType: String
  /// The inbound identity providers that are linked, by name or id.
  public var identityProviders: [String]
  /// When the account changed last.
  public var lastUpdated: String
  /// Properties laid over the vendor's JSON; null makes a property null.
  public var raw: JSON?

  /// Makes an active account with Okta as its credentials provider.
  public init(
    _ email: String, name: String = "", login: String? = nil, id: String? = nil,
    status: String = "ACTIVE", provider: String = "OKTA", groups: [String] = [],
    factors: [Factor] = [], userType: String = "oty0mock0default0000",
    identityProviders: [String] = [], lastUpdated: String = Scenario.defaultTime, raw: JSON? = nil
  ) {
    let login = login ?? email
    self.email = email
    self.login = login
    self.name = name
    self.id = id ?? Identifier.okta("00u", login)
    self.status = status
    self.provider = provider
    self.groups = groups
    self.factors = factors
    self.userType = userType
    self.identityProviders = identityProviders
    self.lastUpdated = lastUpdated
    self.raw = raw
  }

  /// Reads an account; only `email` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(String.self, forKey: .email),
      login: try values.decodeIfPresent(String.self, forKey: .login),
      id: try values.decodeIfPresent(String.self, forKey: .id))
    try values.read(.name, into: &name)
    try values.read(.status, into: &status)
    try values.read(.provider, into: &provider)
    try values.read(.groups, into: &groups)
    try values.read(.factors, into: &factors)
    try values.read(.userType, into: &userType)
    try values.read(.identityProviders, into: &identityProviders)
    try values.read(.lastUpdated, into: &lastUpdated)
    try values.read(.raw, into: &raw)
  }
}

/// One enrolled factor of an account.
public struct Factor: Codable, Sendable, Hashable {
  /// Okta's factor type, such as `push` or `webauthn`.
  public var type: String
  /// Who provides it, such as `OKTA` or `FIDO`.
  public var provider: String
  /// The factor's status, such as `ACTIVE`.
  public var status: String

  /// Makes an active factor; the provider follows from the type unless given.
  public init(_ type: String, provider: String? = nil, status: String = "ACTIVE") {
    self.type = type
    self.provider = provider ?? (type == "webauthn" ? "FIDO" : "OKTA")
    self.status = status
  }

  /// Reads a factor, from an object or from the bare type.
  public init(from decoder: any Decoder) throws {
    if let type = try? decoder.singleValueContainer().decode(String.self) {
      self.init(type)
      return
    }
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(String.self, forKey: .type),
      provider: try values.decodeIfPresent(String.self, forKey: .provider))
    try values.read(.status, into: &status)
  }
}

extension Factor: ExpressibleByStringLiteral {
  /// Makes an active factor of a type.
  public init(stringLiteral type: String) {
    self.init(type)
  }
}
