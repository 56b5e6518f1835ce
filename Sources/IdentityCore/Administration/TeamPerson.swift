/// Somebody on a team, with what the platform says of the login.
public struct TeamPerson: Sendable, Hashable {
  /// The address.
  public var email: String
  /// The display name, if the platform gives one.
  public var name: String?
  /// The role, in the platform's word.
  public var role: Role
  /// Whether the person is known from an invitation only.
  public var isPending: Bool
  /// Whether the login goes through an identity provider.
  public var federated: Tri
  /// Whether the platform's own second factor is on.
  public var platformMFA: Tri
  /// The platform's id of the membership or invitation.
  public var id: String?
  /// The platform's id of the person.
  public var userID: String?
  /// The platform's words for when it began and when it last changed.
  public var createdAt: String?
  /// When it last changed.
  public var updatedAt: String?

  /// Makes a person.
  public init(
    email: String, name: String? = nil, role: Role, isPending: Bool = false,
    federated: Tri = .unknown, platformMFA: Tri = .unknown, id: String? = nil,
    userID: String? = nil, createdAt: String? = nil, updatedAt: String? = nil
  ) {
    self.email = email
    self.name = name
    self.role = role
    self.isPending = isPending
    self.federated = federated
    self.platformMFA = platformMFA
    self.id = id
    self.userID = userID
    self.createdAt = createdAt
    self.updatedAt = updatedAt
  }
}
