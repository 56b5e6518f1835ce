/// A registered application that may ask for tokens.
public struct EntraClient: Codable, Sendable, Hashable {
  /// Every permission that a full reading takes.
  public static let readPermissions = [
    "Policy.Read.All", "User.Read.All", "GroupMember.Read.All", "Application.Read.All",
    "RoleManagement.Read.Directory", "Directory.Read.All", "AuditLog.Read.All", "Domain.Read.All",
    "PrivilegedEligibilitySchedule.Read.AzureADGroup",
  ]

  /// The client id.
  public var id = "1bb1b1bb-0000-4000-8000-00000000000b"
  /// The client secret; empty accepts none.
  public var secret = "mock-entra-secret"
  /// The registered certificates, as PEM.
  public var certificates: [String] = []
  /// The application permissions that were granted.
  public var permissions = EntraClient.readPermissions

  private enum CodingKeys: CodingKey { case id, secret, certificates, permissions }

  /// Makes an application with a secret and all read permissions.
  public init() {}

  /// Reads an application; every part may be missing.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.id, into: &id)
    try values.read(.secret, into: &secret)
    try values.read(.certificates, into: &certificates)
    try values.read(.permissions, into: &permissions)
  }
}

/// An account.
public struct EntraUser: Codable, Sendable, Hashable {
  /// The user principal name.
  public var name: String
  /// The object id.
  public var id: String
  /// The address; by default the user principal name.
  public var mail: String?
  /// Whether the account may sign in; nil is null.
  public var isEnabled: Bool? = true
  /// `Member`, `Guest` or nil.
  public var userType: String? = "Member"
  /// `Accepted`, `PendingAcceptance` or nil.
  public var externalState: String?
  /// `Invitation`, `EmailVerified` or nil.
  public var creationType: String?
  /// The state of legacy per-user MFA.
  public var perUserMFA = "disabled"
  /// The registered methods, in Microsoft's words.
  public var methods: [String] = []
  /// The addresses of the mailbox as Microsoft writes them: `SMTP:` the primary one, `smtp:` the others.
  public var proxyAddresses: [String] = []
  /// Further addresses.
  public var otherMails: [String] = []

  private enum CodingKeys: CodingKey {
    case name, id, mail, isEnabled, userType, externalState, creationType, perUserMFA, methods,
      proxyAddresses, otherMails
  }

  /// Makes an enabled member.
  public init(_ name: String, id: String? = nil, _ change: (inout EntraUser) -> Void = { _ in }) {
    self.name = name
    self.id = id ?? Identifier.uuid("entra user \(name)")
    mail = name
    change(&self)
  }

  /// Reads an account; only `name` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(String.self, forKey: .name),
      id: try values.decodeIfPresent(String.self, forKey: .id))
    try values.read(.mail, into: &mail)
    try values.read(.isEnabled, into: &isEnabled)
    try values.read(.userType, into: &userType)
    try values.read(.externalState, into: &externalState)
    try values.read(.creationType, into: &creationType)
    try values.read(.perUserMFA, into: &perUserMFA)
    try values.read(.methods, into: &methods)
    try values.read(.proxyAddresses, into: &proxyAddresses)
    try values.read(.otherMails, into: &otherMails)
  }
}

/// A group.
public struct EntraGroup: Codable, Sendable, Hashable {
  /// The display name.
  public var name: String
  /// The object id.
  public var id: String
  /// The direct members: users and groups.
  public var members: [String]
  /// Whether only who holds `Member.Read.Hidden` sees the members; others are shown an empty list.
  public var hidesMembers = false
  /// The word for who sees it, where it is another one.
  public var visibility: String?
  /// Who may activate a membership: users and groups.
  public var eligible: [String] = []
  /// Who may activate being its owner: users and groups.
  public var eligibleOwners: [String] = []
  /// The owners: users.
  public var owners: [String] = []
  /// `groupTypes`: `Unified`, `DynamicMembership`.
  public var types: [String] = []
  /// The rule by which people are in it.
  public var rule: String?
  /// Whether it comes from a directory on premises.
  public var isSynchronised = false

  private enum CodingKeys: CodingKey {
    case name, id, members, hidesMembers, visibility, eligible, eligibleOwners, owners, types, rule,
      isSynchronised
  }

  /// Makes a group.
  public init(_ name: String, id: String? = nil, members: [String] = []) {
    self.name = name
    self.id = id ?? Identifier.uuid("entra group \(name)")
    self.members = members
  }

  /// Reads a group; only `name` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(String.self, forKey: .name),
      id: try values.decodeIfPresent(String.self, forKey: .id))
    try values.read(.members, into: &members)
    try values.read(.hidesMembers, into: &hidesMembers)
    try values.read(.visibility, into: &visibility)
    try values.read(.eligible, into: &eligible)
    try values.read(.eligibleOwners, into: &eligibleOwners)
    try values.read(.owners, into: &owners)
    try values.read(.types, into: &types)
    rule = try values.decodeIfPresent(String.self, forKey: .rule)
    try values.read(.isSynchronised, into: &isSynchronised)
  }
}

/// A role given to a user or group.
public struct EntraRoleAssignment: Codable, Sendable, Hashable {
  /// Global Administrator.
  public static let globalAdministrator = "62e90394-69f5-4237-9190-012177145e10"

  /// The role template.
  public var role: String
  /// Who has it.
  public var principal: String
  /// Where it holds; `/` is the whole tenant.
  public var scope = "/"
  /// Whether the role is one of the tenant's own.
  public var isCustom = false
  /// Whether it is only eligible: it then stands in no list of assignments.
  public var isEligible = false

  private enum CodingKeys: CodingKey { case role, principal, scope, isEligible, isCustom }

  /// Makes an active assignment over the whole tenant.
  public init(_ role: String, _ principal: String) {
    self.role = role
    self.principal = principal
  }

  /// Reads an assignment; `role` and `principal` are required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(String.self, forKey: .role),
      try values.decode(String.self, forKey: .principal))
    try values.read(.scope, into: &scope)
    try values.read(.isEligible, into: &isEligible)
    try values.read(.isCustom, into: &isCustom)
  }
}

/// An enterprise application.
public struct EntraApp: Codable, Sendable, Hashable {
  /// The application id, which policies name.
  public var appID: String
  /// The display name.
  public var name: String
  /// The object id of the service principal.
  public var id: String
  /// Whether people may sign in to it; nil is null.
  public var isEnabled: Bool? = true
  /// Whether only assigned people may use it.
  public var requiresAssignment = false
  /// The assigned users and groups.
  public var assigned: [String] = []
  /// `saml`, `oidc`, `password` or nil.
  public var signOnMode: String? = "saml"
  /// The tenant that owns the application.
  public var owner: String? = "9cc9c9cc-0000-4000-8000-00000000000c"
  /// The tags; the application proxy has one of its own.
  public var tags: [String] = []

  private enum CodingKeys: CodingKey {
    case appID, name, id, isEnabled, requiresAssignment, assigned, signOnMode, owner, tags
  }

  /// Makes an application that everybody may use.
  public init(_ appID: String, name: String, _ change: (inout EntraApp) -> Void = { _ in }) {
    self.appID = appID
    self.name = name
    id = Identifier.uuid("entra app \(appID)")
    change(&self)
  }

  /// Reads an application; `appID` and `name` are required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(String.self, forKey: .appID),
      name: try values.decode(String.self, forKey: .name))
    try values.read(.id, into: &id)
    try values.read(.isEnabled, into: &isEnabled)
    try values.read(.requiresAssignment, into: &requiresAssignment)
    try values.read(.assigned, into: &assigned)
    try values.read(.signOnMode, into: &signOnMode)
    try values.read(.owner, into: &owner)
    try values.read(.tags, into: &tags)
  }
}

/// A domain of the tenant.
public struct EntraDomain: Codable, Sendable, Hashable {
  /// The domain's name, which is its id.
  public var name: String
  /// How it leaves sign-ins to another identity provider, in Microsoft's shape; nil is managed.
  public var federation: JSON?

  /// Makes a domain.
  public init(_ name: String, federation: JSON? = nil) {
    self.name = name
    self.federation = federation
  }
}
