/// An API token of an Okta administrator.
public struct OktaToken: Codable, Sendable, Hashable {
  /// The token itself, as sent after `SSWS`.
  public var token: String
  /// What the administrator's role covers, as OAuth scopes; nil is everything.
  public var scopes: [String]?
  /// Whether the token has expired or was revoked.
  public var isExpired: Bool

  /// Makes a valid token.
  public init(_ token: String, scopes: [String]? = nil, isExpired: Bool = false) {
    self.token = token
    self.scopes = scopes
    self.isExpired = isExpired
  }

  /// Reads a token; only `token` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(try values.decode(String.self, forKey: .token))
    try values.read(.scopes, into: &scopes)
    try values.read(.isExpired, into: &isExpired)
  }
}

/// An OAuth service app that asks for tokens with `private_key_jwt`.
public struct OAuthClient: Codable, Sendable, Hashable {
  /// The client id.
  public var id: String
  /// The registered public keys.
  public var keys: [ClientKey]
  /// The scopes that were granted to the app.
  public var scopes: [String]
  /// Whether the app has an admin role; without one every call is refused.
  public var hasAdminRole: Bool
  /// What the token endpoint says of a scope that was not granted: `invalid_scope` or `consent_required`.
  public var scopeRefusal = "invalid_scope"

  /// Makes a service app with the read scopes granted and an admin role.
  public init(
    _ id: String, keys: [ClientKey], scopes: [String] = OAuthClient.readScopes,
    hasAdminRole: Bool = true
  ) {
    self.id = id
    self.keys = keys
    self.scopes = scopes
    self.hasAdminRole = hasAdminRole
  }

  /// Reads a service app; `id` and `keys` are required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(String.self, forKey: .id),
      keys: try values.decode([ClientKey].self, forKey: .keys))
    try values.read(.scopes, into: &scopes)
    try values.read(.hasAdminRole, into: &hasAdminRole)
    try values.read(.scopeRefusal, into: &scopeRefusal)
  }

  /// Every scope that reading needs.
  public static let readScopes = [
    "okta.users.read", "okta.groups.read", "okta.apps.read", "okta.policies.read",
    "okta.networkZones.read", "okta.logs.read", "okta.authenticators.read", "okta.idps.read",
    "okta.deviceAssurance.read",
  ]
}

/// A public key that a service app registered.
public struct ClientKey: Codable, Sendable, Hashable {
  /// The key id that the assertion's header must name.
  public var id: String
  /// `RS256`, `RS384`, `RS512`, `ES256`, `ES384` or `ES512`.
  public var algorithm: String
  /// The public key as PEM text.
  public var pem: String

  /// Makes a key.
  public init(_ id: String, algorithm: String, pem: String) {
    self.id = id
    self.algorithm = algorithm
    self.pem = pem
  }
}
