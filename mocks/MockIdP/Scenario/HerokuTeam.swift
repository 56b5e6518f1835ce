/// A team at Heroku with its members and apps.
public struct HerokuTeam: Codable, Sendable, Hashable {
  /// The team's name.
  public var name: String
  /// The team's id; by default derived from the name.
  public var id: String
  /// `enterprise` or `team`.
  public var type: String
  /// The name of the enterprise account that owns it.
  public var enterpriseAccount: String?
  /// Identity providers that the team owns itself.
  public var identityProviders: [HerokuIdentityProvider]
  /// The members.
  public var members: [HerokuMember]
  /// Open invitations.
  public var invitations: [HerokuInvitation]
  /// The team's apps.
  public var apps: [HerokuApp]
  /// Features that are on, such as `team-invite-acceptance` or `org-access-controls`.
  public var features: [String]
  /// The role of people who arrive from the identity provider for the first time.
  public var defaultPermission: String?
  /// E-mail addresses of generated members who were removed.
  public var removed: [String]

  /// Makes a team.
  public init(
    _ name: String, id: String? = nil, type: String = "enterprise",
    enterpriseAccount: String? = nil, identityProviders: [HerokuIdentityProvider] = [],
    members: [HerokuMember] = [], invitations: [HerokuInvitation] = [], apps: [HerokuApp] = []
  ) {
    self.name = name
    self.id = id ?? Identifier.uuid("team " + name)
    self.type = type
    self.enterpriseAccount = enterpriseAccount
    self.identityProviders = identityProviders
    self.members = members
    self.invitations = invitations
    self.apps = apps
    features = type == "enterprise" ? ["org-access-controls"] : ["team-invite-acceptance"]
    removed = []
  }

  /// Reads a team; only `name` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(String.self, forKey: .name),
      id: try values.decodeIfPresent(String.self, forKey: .id),
      type: try values.decodeIfPresent(String.self, forKey: .type) ?? "enterprise")
    try values.read(.enterpriseAccount, into: &enterpriseAccount)
    try values.read(.identityProviders, into: &identityProviders)
    try values.read(.members, into: &members)
    try values.read(.invitations, into: &invitations)
    try values.read(.apps, into: &apps)
    try values.read(.features, into: &features)
    try values.read(.defaultPermission, into: &defaultPermission)
    try values.read(.removed, into: &removed)
  }

  /// Gives access to the member with an e-mail address; writing an unknown one adds it.
  public subscript(member email: String) -> HerokuMember {
    get { members.first { $0.email == email } ?? HerokuMember(email) }
    set {
      if let index = members.firstIndex(where: { $0.email == email }) {
        members[index] = newValue
      } else {
        members.append(newValue)
      }
    }
  }

  /// Gives access to the app with a name; writing an unknown one adds it.
  public subscript(app name: String) -> HerokuApp {
    get { apps.first { $0.name == name } ?? HerokuApp(name) }
    set {
      if let index = apps.firstIndex(where: { $0.name == name }) {
        apps[index] = newValue
      } else {
        apps.append(newValue)
      }
    }
  }
}

/// SAML settings of a team or an enterprise account.
public struct HerokuIdentityProvider: Codable, Sendable, Hashable {
  /// The provider's name.
  public var name: String
  /// The provider's id; by default derived from the name.
  public var id: String
  /// The SAML entity id.
  public var entityID: String
  /// Where people are sent to sign in; `{okta}` at its beginning stands for the mock's Okta.
  public var ssoTargetURL: String
  /// Whether its details are hidden: members say `redacted`, and no list shows it.
  public var isRedacted: Bool

  /// Makes a provider.
  public init(
    _ name: String, id: String? = nil, entityID: String, ssoTargetURL: String,
    isRedacted: Bool = false
  ) {
    self.name = name
    self.id = id ?? Identifier.uuid("identity provider " + name)
    self.entityID = entityID
    self.ssoTargetURL = ssoTargetURL
    self.isRedacted = isRedacted
  }

  /// Makes a provider that leads to an app of the mock's Okta.
  public static func okta(
    _ name: String, app: String, isRedacted: Bool = false
  ) -> HerokuIdentityProvider {
    HerokuIdentityProvider(
      name, entityID: "http://www.okta.com/exk\(app.dropFirst(3))",
      ssoTargetURL: "{okta}/app/heroku/\(app)/sso/saml", isRedacted: isRedacted)
  }

  /// Reads a provider; `name`, `entityID` and `ssoTargetURL` are required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(String.self, forKey: .name),
      id: try values.decodeIfPresent(String.self, forKey: .id),
      entityID: try values.decode(String.self, forKey: .entityID),
      ssoTargetURL: try values.decode(String.self, forKey: .ssoTargetURL))
    try values.read(.isRedacted, into: &isRedacted)
  }
}

/// One person on a team.
public struct HerokuMember: Codable, Sendable, Hashable {
  /// The member's e-mail address, by which lists are ordered.
  public var email: String
  /// The full name.
  public var name: String?
  /// `admin`, `member`, `viewer` or `collaborator`.
  public var role: String?
  /// Whether the account signs in through an identity provider.
  public var isFederated: Bool
  /// Whether Heroku's own second factor is on; nil leaves the property out.
  public var twoFactor: Bool?
  /// The membership's id; by default derived from team and e-mail address.
  public var id: String?
  /// When the membership changed last.
  public var updatedAt: String
  /// Properties laid over the vendor's JSON; null makes a property null.
  public var raw: JSON?

  /// Makes a member that signs in through the team's identity provider.
  public init(
    _ email: String, name: String? = nil, role: String? = "member", isFederated: Bool = true,
    twoFactor: Bool? = false, raw: JSON? = nil
  ) {
    self.email = email
    self.name = name
    self.role = role
    self.isFederated = isFederated
    self.twoFactor = twoFactor
    updatedAt = Scenario.defaultTime
    self.raw = raw
  }

  /// Reads a member; only `email` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(try values.decode(String.self, forKey: .email))
    try values.read(.name, into: &name)
    if values.contains(.role) { role = try values.decodeIfPresent(String.self, forKey: .role) }
    try values.read(.isFederated, into: &isFederated)
    if values.contains(.twoFactor) {
      twoFactor = try values.decodeIfPresent(Bool.self, forKey: .twoFactor)
    }
    try values.read(.id, into: &id)
    try values.read(.updatedAt, into: &updatedAt)
    try values.read(.raw, into: &raw)
  }
}
