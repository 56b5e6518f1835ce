/// The Heroku side of an organisation.
public struct HerokuPlatform: Codable, Sendable {
  /// The token that a scenario accepts when it names none.
  public static let defaultToken = "HRKU-00000000-mock-4000-8000-000000000000"

  /// The tokens that are accepted.
  public var tokens: [HerokuToken]
  /// The teams.
  public var teams: [HerokuTeam]
  /// The enterprise accounts.
  public var enterpriseAccounts: [EnterpriseAccount]
  /// Apps that no team owns; they belong to the account of whichever token asks.
  public var personalApps: [HerokuApp] = []
  /// How many request tokens an account holds at most.
  public var rateLimit: Int
  /// How many request tokens come back in a minute.
  public var refillPerMinute: Int
  /// Rows on a page of a list that declares no ranges; nil sends it in one piece.
  public var undeclaredPageSize: Int?

  /// Makes a platform that accepts the default token.
  public init(
    tokens: [HerokuToken] = [HerokuToken(HerokuPlatform.defaultToken)], teams: [HerokuTeam] = [],
    enterpriseAccounts: [EnterpriseAccount] = []
  ) {
    self.tokens = tokens
    self.teams = teams
    self.enterpriseAccounts = enterpriseAccounts
    rateLimit = 4500
    refillPerMinute = 75
  }

  /// Reads a platform; every part may be missing.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.tokens, into: &tokens)
    try values.read(.teams, into: &teams)
    try values.read(.enterpriseAccounts, into: &enterpriseAccounts)
    try values.read(.personalApps, into: &personalApps)
    try values.read(.rateLimit, into: &rateLimit)
    try values.read(.refillPerMinute, into: &refillPerMinute)
    try values.read(.undeclaredPageSize, into: &undeclaredPageSize)
  }
}

/// A token of one Heroku account.
public struct HerokuToken: Codable, Sendable, Hashable {
  /// The token itself.
  public var token: String
  /// The account it belongs to.
  public var email: String
  /// Its scopes: `global`, `identity`, `read`, `write`, `read-protected`, `write-protected`.
  public var scopes: [String]
  /// The account's role on every team it sees; nil takes the role of its membership.
  public var role: String?
  /// The teams it sees; nil is all.
  public var teams: [String]?
  /// Whether the token has expired.
  public var isExpired: Bool
  /// Whether calls want the `Heroku-Two-Factor-Code` header.
  public var wantsSecondFactor: Bool

  /// Makes a valid token of a team administrator.
  public init(
    _ token: String, email: String = "idsync@service.example", scopes: [String] = ["global"],
    role: String? = "admin", teams: [String]? = nil
  ) {
    self.token = token
    self.email = email
    self.scopes = scopes
    self.role = role
    self.teams = teams
    isExpired = false
    wantsSecondFactor = false
  }

  /// Reads a token; only `token` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(try values.decode(String.self, forKey: .token))
    try values.read(.email, into: &email)
    try values.read(.scopes, into: &scopes)
    try values.read(.role, into: &role)
    try values.read(.teams, into: &teams)
    try values.read(.isExpired, into: &isExpired)
    try values.read(.wantsSecondFactor, into: &wantsSecondFactor)
  }
}

/// An enterprise account, which owns teams.
public struct EnterpriseAccount: Codable, Sendable, Hashable {
  /// The account's name.
  public var name: String
  /// The account's id; by default derived from the name.
  public var id: String
  /// Its identity provider, which all its teams use.
  public var identityProvider: HerokuIdentityProvider?
  /// Its members; nil takes the members of its teams.
  public var members: [EnterpriseMember]?

  /// Makes an account.
  public init(
    _ name: String, id: String? = nil, identityProvider: HerokuIdentityProvider? = nil,
    members: [EnterpriseMember]? = nil
  ) {
    self.name = name
    self.id = id ?? Identifier.uuid("enterprise " + name)
    self.identityProvider = identityProvider
    self.members = members
  }

  /// Reads an account; only `name` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(String.self, forKey: .name),
      id: try values.decodeIfPresent(String.self, forKey: .id))
    try values.read(.identityProvider, into: &identityProvider)
    try values.read(.members, into: &members)
  }
}

/// A member of an enterprise account.
public struct EnterpriseMember: Codable, Sendable, Hashable {
  /// The member's e-mail address.
  public var email: String
  /// What the member may do: `view`, `create`, `manage`, `billing`.
  public var permissions: [String]
  /// Whether the member signs in through the account's identity provider.
  public var isFederated: Bool
  /// Whether Heroku's own second factor is on; nil leaves the property out.
  public var twoFactor: Bool?
  /// Properties laid over the vendor's JSON.
  public var raw: JSON?

  /// Makes a member that signs in through the identity provider.
  public init(
    _ email: String, permissions: [String] = ["view"], isFederated: Bool = true,
    twoFactor: Bool? = false
  ) {
    self.email = email
    self.permissions = permissions
    self.isFederated = isFederated
    self.twoFactor = twoFactor
  }

  /// Reads a member; only `email` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(try values.decode(String.self, forKey: .email))
    try values.read(.permissions, into: &permissions)
    try values.read(.isFederated, into: &isFederated)
    if values.contains(.twoFactor) {
      twoFactor = try values.decodeIfPresent(Bool.self, forKey: .twoFactor)
    }
    try values.read(.raw, into: &raw)
  }
}
