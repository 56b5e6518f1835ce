/// An app that a team owns.
public struct HerokuApp: Codable, Sendable, Hashable {
  /// The app's name.
  public var name: String
  /// The app's id; by default derived from the name.
  public var id: String
  /// Whether only those who have access already may use it.
  public var isLocked: Bool
  /// People with access to this app.
  public var collaborators: [HerokuCollaborator]

  /// Makes an app.
  public init(
    _ name: String, id: String? = nil, isLocked: Bool = false,
    collaborators: [HerokuCollaborator] = []
  ) {
    self.name = name
    self.id = id ?? Identifier.uuid("app " + name)
    self.isLocked = isLocked
    self.collaborators = collaborators
  }

  /// Reads an app; only `name` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(String.self, forKey: .name),
      id: try values.decodeIfPresent(String.self, forKey: .id))
    try values.read(.isLocked, into: &isLocked)
    try values.read(.collaborators, into: &collaborators)
  }
}

/// Someone with access to one app.
public struct HerokuCollaborator: Codable, Sendable, Hashable {
  /// The e-mail address.
  public var email: String
  /// What they may do: `view`, `deploy`, `operate`, `manage`.
  public var permissions: [String]
  /// The role shown; nil is null.
  public var role: String?
  /// Whether the account signs in through an identity provider.
  public var isFederated: Bool

  /// Makes a collaborator from outside.
  public init(
    _ email: String, permissions: [String] = ["view"], role: String? = "collaborator",
    isFederated: Bool = false
  ) {
    self.email = email
    self.permissions = permissions
    self.role = role
    self.isFederated = isFederated
  }

  /// Reads a collaborator; only `email` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(try values.decode(String.self, forKey: .email))
    try values.read(.permissions, into: &permissions)
    try values.read(.role, into: &role)
    try values.read(.isFederated, into: &isFederated)
  }
}

/// An open invitation to a team.
public struct HerokuInvitation: Codable, Sendable, Hashable {
  /// The e-mail address that was invited.
  public var email: String
  /// The role that waits.
  public var role: String
  /// Who invited.
  public var invitedBy: String
  /// The invitation's id; by default derived from the e-mail address.
  public var id: String

  /// Makes an invitation.
  public init(_ email: String, role: String = "member", invitedBy: String = "admin@acme.com") {
    self.email = email
    self.role = role
    self.invitedBy = invitedBy
    id = Identifier.uuid("invitation " + email)
  }

  /// Reads an invitation; only `email` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(try values.decode(String.self, forKey: .email))
    try values.read(.role, into: &role)
    try values.read(.invitedBy, into: &invitedBy)
    try values.read(.id, into: &id)
  }
}
