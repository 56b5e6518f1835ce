extension Vendor {
  /// GitHub's REST and GraphQL APIs.
  public static let github = Vendor(rawValue: "github")
}

/// Organisations at GitHub.
public struct GitHubPlatform: VendorScenario {
  /// GitHub.
  public static let vendor = Vendor.github

  /// The personal access tokens that are accepted.
  public var tokens = [GitHubToken("ghp_mockOwner0000000000000000000000000001")]
  /// The apps that are installed.
  public var apps: [GitHubApp] = []
  /// The organisations.
  public var organisations: [GitHubOrganisation] = []
  /// Identity providers of enterprises, by the enterprise's slug.
  public var enterprises: [String: GitHubIdentityProvider] = [:]
  /// The most rows of a page, whatever is asked for.
  public var largestPage: Int?

  private enum CodingKeys: CodingKey { case tokens, apps, organisations, enterprises, largestPage }

  /// Makes a platform without organisations that accepts the default token.
  public init() {}

  /// The first token.
  public var token: String { tokens.first?.token ?? "" }

  /// Reads a platform; every part may be missing.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.tokens, into: &tokens)
    try values.read(.apps, into: &apps)
    try values.read(.organisations, into: &organisations)
    try values.read(.enterprises, into: &enterprises)
    try values.read(.largestPage, into: &largestPage)
  }
}

/// A personal access token.
public struct GitHubToken: Codable, Sendable, Hashable {
  /// The token itself.
  public var token: String
  /// The login of whoever made it.
  public var login: String
  /// Its scopes.
  public var scopes: [String]
  /// Whether it belongs to an owner of the organisations.
  public var isOwner: Bool
  /// Whether it is authorised for the organisations' single sign-on.
  public var isAuthorisedForSSO: Bool

  /// Makes an owner's token that may read organisations.
  public init(
    _ token: String, login: String = "idsync-bot", scopes: [String] = ["read:org"],
    isOwner: Bool = true, isAuthorisedForSSO: Bool = true
  ) {
    self.token = token
    self.login = login
    self.scopes = scopes
    self.isOwner = isOwner
    self.isAuthorisedForSSO = isAuthorisedForSSO
  }

  /// Reads a token; only `token` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(try values.decode(String.self, forKey: .token))
    try values.read(.login, into: &login)
    try values.read(.scopes, into: &scopes)
    try values.read(.isOwner, into: &isOwner)
    try values.read(.isAuthorisedForSSO, into: &isAuthorisedForSSO)
  }
}

/// A GitHub App with one installation.
public struct GitHubApp: Codable, Sendable, Hashable {
  /// The client id.
  public var clientID: String
  /// The installation's id.
  public var installation: String
  /// The public half of its key as PEM text.
  public var publicKey: String
  /// What it may read of an organisation.
  public var permissions: [String]

  /// Makes an app that may read members and settings.
  public init(
    _ clientID: String, installation: String, publicKey: String,
    permissions: [String] = ["members", "organization_administration"]
  ) {
    self.clientID = clientID
    self.installation = installation
    self.publicKey = publicKey
    self.permissions = permissions
  }
}

/// An organisation.
public struct GitHubOrganisation: Codable, Sendable, Hashable {
  /// The login.
  public var login: String
  /// Whether it requires two-factor authentication.
  public var requiresTwoFactor: Bool
  /// The members.
  public var members: [GitHubPerson]
  /// The outside collaborators.
  public var outside: [GitHubPerson]
  /// The identity provider of its own.
  public var identityProvider: GitHubIdentityProvider?
  /// Whether lists leave out what a token is not authorised for, and say so.
  public var hasPartialResults: Bool
  /// Whether filters of those who may not filter are passed over in silence instead of refused.
  public var ignoresFilters: Bool

  /// Makes an organisation.
  public init(
    _ login: String, requiresTwoFactor: Bool = false, members: [GitHubPerson] = [],
    outside: [GitHubPerson] = [], identityProvider: GitHubIdentityProvider? = nil,
    hasPartialResults: Bool = false, ignoresFilters: Bool = false
  ) {
    self.login = login
    self.requiresTwoFactor = requiresTwoFactor
    self.members = members
    self.outside = outside
    self.identityProvider = identityProvider
    self.hasPartialResults = hasPartialResults
    self.ignoresFilters = ignoresFilters
  }

  /// Reads an organisation; only `login` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(try values.decode(String.self, forKey: .login))
    try values.read(.requiresTwoFactor, into: &requiresTwoFactor)
    try values.read(.members, into: &members)
    try values.read(.outside, into: &outside)
    try values.read(.identityProvider, into: &identityProvider)
    try values.read(.hasPartialResults, into: &hasPartialResults)
    try values.read(.ignoresFilters, into: &ignoresFilters)
  }
}

/// Somebody in an organisation.
public struct GitHubPerson: Codable, Sendable, Hashable {
  /// The login.
  public var login: String
  /// The account's id.
  public var id: Int
  /// Whether this is an owner.
  public var isOwner: Bool
  /// Whether two-factor authentication is on.
  public var hasTwoFactor: Bool
  /// Whether it is on by text message only.
  public var isInsecure: Bool
  /// Whether the role changes between two lists, so that no list by role shows this person.
  public var isBetweenRoles = false

  /// Makes somebody.
  public init(
    _ login: String, isOwner: Bool = false, hasTwoFactor: Bool = false, isInsecure: Bool = false,
    id: Int? = nil
  ) {
    self.login = login
    self.id = id ?? Int(Identifier.hash(login, salt: "github") % 100_000_000)
    self.isOwner = isOwner
    self.hasTwoFactor = hasTwoFactor
    self.isInsecure = isInsecure
  }

  /// Reads somebody; only `login` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(String.self, forKey: .login),
      id: try values.decodeIfPresent(Int.self, forKey: .id))
    try values.read(.isOwner, into: &isOwner)
    try values.read(.hasTwoFactor, into: &hasTwoFactor)
    try values.read(.isInsecure, into: &isInsecure)
    try values.read(.isBetweenRoles, into: &isBetweenRoles)
  }
}

/// A SAML identity provider with the people at it.
public struct GitHubIdentityProvider: Codable, Sendable, Hashable {
  /// Its entity id.
  public var issuer: String
  /// Where sign-ins are sent.
  public var ssoURL: String
  /// The people.
  public var identities: [GitHubIdentity]

  /// Makes a provider.
  public init(issuer: String, ssoURL: String, identities: [GitHubIdentity] = []) {
    self.issuer = issuer
    self.ssoURL = ssoURL
    self.identities = identities
  }
}

/// A person at an identity provider.
public struct GitHubIdentity: Codable, Sendable, Hashable {
  /// The SAML name id.
  public var nameID: String
  /// The login it is linked to; nil when nobody is.
  public var login: String?
  /// The user name by SCIM; nil without SCIM.
  public var scimUserName: String?
  /// Whether the account's number is shown beside its login.
  public var hasUserID: Bool

  /// Makes an identity.
  public init(
    _ nameID: String, login: String?, scimUserName: String? = nil, hasUserID: Bool = true
  ) {
    self.hasUserID = hasUserID
    self.nameID = nameID
    self.login = login
    self.scimUserName = scimUserName
  }

  /// Reads an identity; only the name id is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(String.self, forKey: .nameID),
      login: try values.decodeIfPresent(String.self, forKey: .login),
      scimUserName: try values.decodeIfPresent(String.self, forKey: .scimUserName))
    try values.read(.hasUserID, into: &hasUserID)
  }
}
