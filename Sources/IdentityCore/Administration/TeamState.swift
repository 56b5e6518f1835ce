/// A team with its people, invitations and apps, as far as it was read: the small model every rule works on.
///
/// Pure: rules decide on it, ``apply(_:)`` says what a change makes of it, and what a platform or the store shows after a
/// write is compared with that. People are kept by their match key (``EmailKey``).
public struct TeamState: Sendable, Hashable {
  /// Somebody on the team, or with the platform's role of a collaborator.
  public struct Member: Sendable, Hashable {
    /// The address as the system of record spells it.
    public var email: String
    /// The role, in the platform's word.
    public var role: Role
    /// When the person came, in the order of the team's changes; 0 where the platform does not say.
    public var order: Int64

    /// Makes a member.
    public init(email: String, role: Role, order: Int64 = 0) {
      self.email = email
      self.role = role
      self.order = order
    }
  }

  /// Somebody's own access to an app.
  public struct Access: Sendable, Hashable {
    /// The address as the system of record spells it.
    public var email: String
    /// The permissions.
    public var permissions: PermissionSet

    /// Makes an access.
    public init(email: String, permissions: PermissionSet) {
      self.email = email
      self.permissions = permissions
    }
  }

  /// An app of the team.
  public struct App: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// Whether members may no longer join by themselves.
    public var isLocked: Bool
    /// When it was locked, in the order of the team's changes; 0 where the platform does not say.
    public var lockedOrder: Int64
    /// Whether the platform has permissions for it; without them access is all or nothing.
    public var usesPermissions: Bool
    /// Whether a team owns it; false for somebody's own app.
    public var isTeamApp: Bool
    /// Access that was given explicitly, by key.
    public var access: [String: Access]

    /// Makes an app.
    public init(
      _ name: String, isLocked: Bool = false, lockedOrder: Int64 = 0, usesPermissions: Bool = true,
      isTeamApp: Bool = true, access: [Access] = []
    ) {
      self.name = name
      self.isLocked = isLocked
      self.lockedOrder = lockedOrder
      self.usesPermissions = usesPermissions
      self.isTeamApp = isTeamApp
      self.access = Dictionary(
        access.map { (EmailKey.make($0.email), $0) }, uniquingKeysWith: { first, _ in first })
    }
  }

  /// The team's name; empty for somebody's own app.
  public var team: TeamName
  /// Whether the role `viewer` exists there.
  public var hasViewers: Bool
  /// Whether people are invited instead of added.
  public var usesInvitations: Bool
  /// Whether our own store is the system of record.
  public var isLocal: Bool
  /// The people, by key.
  public var members: [String: Member]
  /// Those invited, by key.
  public var invitations: [String: Member]
  /// The apps that were read, by name.
  public var apps: [String: App]
  /// The number of the team's last change; 0 where the platform does not say.
  public var order: Int64

  /// Makes a state.
  public init(
    _ team: TeamName, hasViewers: Bool = true, usesInvitations: Bool = false, isLocal: Bool = false,
    members: [Member] = [], invitations: [Member] = [], apps: [App] = [], order: Int64 = 0
  ) {
    func byKey(_ people: [Member]) -> [String: Member] {
      Dictionary(
        people.map { (EmailKey.make($0.email), $0) }, uniquingKeysWith: { first, _ in first })
    }
    self.team = team
    self.hasViewers = hasViewers
    self.usesInvitations = usesInvitations
    self.isLocal = isLocal
    self.members = byKey(members)
    self.invitations = byKey(invitations)
    self.apps = Dictionary(apps.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    self.order = order
  }

  /// Somebody who is on the team; a platform's row for a collaborator is no such person.
  public func onTeam(_ key: String) -> Member? {
    members[key].flatMap { $0.role == .collaborator ? nil : $0 }
  }

  /// The role of a person: that on the team, or collaborator with access to some app; nil for a stranger.
  public func role(of key: String) -> TeamRole? {
    if let member = onTeam(key) { return TeamRole(member.role) }
    if members[key] != nil { return .collaborator }
    return apps.values.contains { $0.access[key] != nil } ? .collaborator : nil
  }

  /// How many admins the team has.
  public var adminCount: Int { members.values.count { $0.role.isAdministrator } }

  /// Whether this person is the only admin.
  public func isLastAdmin(_ key: String) -> Bool {
    members[key]?.role.isAdministrator == true && adminCount == 1
  }

  /// The lock of an app, as a person meets it.
  public func lock(of app: App, for key: String) -> AppLock {
    guard app.isLocked else { return .open }
    guard let member = onTeam(key), member.order > 0, app.lockedOrder > 0 else { return .locked }
    return member.order > app.lockedOrder ? .lockedBefore : .locked
  }

  /// The permissions a person has on an app by role and by grant together.
  public func permissions(of key: String, on app: App) -> PermissionSet {
    switch role(of: key) {
    case .admin: .all
    case .member: (app.access[key]?.permissions ?? []).withView
    case .viewer: .view
    case .collaborator: app.access[key]?.permissions ?? []
    case nil: []
    }
  }

  /// The apps a person was given access to, by name.
  public func apps(grantedTo key: String) -> [App] {
    apps.values.filter { $0.access[key] != nil }.sorted { $0.name < $1.name }
  }

  /// People with access to apps who are not on the team, each once, by key.
  public var outsiders: [Access] {
    var found: [String: Access] = [:]
    for app in apps.values.sorted(by: { $0.name < $1.name }) {
      for (key, access) in app.access where onTeam(key) == nil && found[key] == nil {
        found[key] = access
      }
    }
    return found.sorted { $0.key < $1.key }.map(\.value)
  }
}
