/// A user pool.
public struct CognitoPool: Codable, Sendable, Hashable {
  /// Its id, `eu-west-1_AcmePool1`.
  public var id: String
  /// Its name.
  public var name: String
  /// `ON`, `OPTIONAL` or `OFF`.
  public var mfa: String
  /// What the pool's description says of it; nil is the truth.
  public var describedMFA: String?
  /// `SINGLE_FACTOR` or `MULTI_FACTOR_WITH_USER_VERIFICATION`; nil without passkeys.
  public var passkeys: String?
  /// What may come first at a sign-in by choice.
  public var firstFactors: [String]?
  /// `OFF`, `AUDIT` or `ENFORCED`.
  public var threatProtection: String?
  /// Whether Lambda functions define challenges.
  public var definesChallenges = false
  /// Whether devices are remembered.
  public var remembersDevices = false
  /// Further members of its description.
  public var extra: [String: JSON] = [:]
  /// Further members of its MFA settings.
  public var extraMFA: [String: JSON] = [:]
  /// The app clients.
  public var clients: [CognitoClient]
  /// The other identity providers.
  public var identityProviders: [String]
  /// The users.
  public var users: [CognitoUser]

  /// Makes a pool.
  public init(
    _ id: String = "eu-west-1_AcmePool1", mfa: String = "ON",
    clients: [CognitoClient] = [CognitoClient()], identityProviders: [String] = [],
    users: [CognitoUser] = []
  ) {
    self.id = id
    name = "customers"
    self.mfa = mfa
    self.clients = clients
    self.identityProviders = identityProviders
    self.users = users
  }

  /// Reads a pool; every part may be missing.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.id, into: &id)
    try values.read(.name, into: &name)
    try values.read(.mfa, into: &mfa)
    describedMFA = try values.decodeIfPresent(String.self, forKey: .describedMFA)
    try values.read(.passkeys, into: &passkeys)
    try values.read(.firstFactors, into: &firstFactors)
    try values.read(.threatProtection, into: &threatProtection)
    try values.read(.definesChallenges, into: &definesChallenges)
    try values.read(.remembersDevices, into: &remembersDevices)
    try values.read(.extra, into: &extra)
    try values.read(.extraMFA, into: &extraMFA)
    try values.read(.clients, into: &clients)
    try values.read(.identityProviders, into: &identityProviders)
    try values.read(.users, into: &users)
  }
}

/// An app client of a pool.
public struct CognitoClient: Codable, Sendable, Hashable {
  /// Its id.
  public var id: String
  /// Its name.
  public var name = "web"
  /// The flows it allows; nil leaves the defaults.
  public var flows: [String]?
  /// The providers that its sign-in page shows.
  public var identityProviders: [String]?
  /// Whether it has a sign-in page.
  public var allowsOAuth = true
  /// Further members of its description.
  public var extra: [String: JSON] = [:]

  /// Makes a client.
  public init(
    _ id: String = "7acmeclient0000000000000",
    flows: [String]? = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    identityProviders: [String]? = ["COGNITO"]
  ) {
    self.id = id
    self.flows = flows
    self.identityProviders = identityProviders
  }

  /// Reads a client; every part may be missing.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.id, into: &id)
    try values.read(.name, into: &name)
    try values.read(.flows, into: &flows)
    try values.read(.identityProviders, into: &identityProviders)
    try values.read(.allowsOAuth, into: &allowsOAuth)
    try values.read(.extra, into: &extra)
  }
}

/// A user of a pool.
public struct CognitoUser: Codable, Sendable, Hashable {
  /// The user name.
  public var name: String
  /// The address.
  public var email: String?
  /// `CONFIRMED`, `EXTERNAL_PROVIDER` and so on.
  public var status = "CONFIRMED"
  /// Whether the user may sign in.
  public var isEnabled = true
  /// What is set up: `SOFTWARE_TOKEN_MFA` and so on.
  public var factors: [String] = []
  /// The identity providers that the user is linked to.
  public var identities: [String] = []
  /// What they know the user by, where that is not the user name.
  public var subjects: [String: String] = [:]

  /// Makes a confirmed user; by default the name is made of the address.
  public init(_ email: String, name: String? = nil, status: String = "CONFIRMED") {
    self.name = name ?? Identifier.uuid(email)
    self.email = email
    self.status = status
  }

  /// Reads a user; only the address is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(try values.decode(String.self, forKey: .email))
    try values.read(.name, into: &name)
    try values.read(.status, into: &status)
    try values.read(.isEnabled, into: &isEnabled)
    try values.read(.factors, into: &factors)
    try values.read(.identities, into: &identities)
    try values.read(.subjects, into: &subjects)
  }
}
