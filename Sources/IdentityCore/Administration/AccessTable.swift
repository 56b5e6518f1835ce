/// Something somebody may want to do with a team as a whole.
public enum TeamAction: String, Sendable, CaseIterable, Hashable {
  /// See who is on the team.
  case listMembers = "list the members"
  /// Add, change and remove people, invitations included.
  case manageMembers = "manage the members"
  /// See which apps there are.
  case listApps = "list the apps"
  /// Make a new app.
  case createApp = "create apps"
}

/// Something somebody may want to do with one app.
public enum AppAction: String, Sendable, CaseIterable, Hashable {
  /// See details and status.
  case viewDetails = "view details and status of"
  /// See who has which permission.
  case viewAccess = "view the access to"
  /// Join by oneself.
  case join = "join"
  /// Change code and configuration.
  case deploy = "deploy"
  /// Scale and run.
  case operate = "operate"
  /// Give and take permissions.
  case manageAccess = "manage the access to"
  /// Lock and unlock.
  case lock = "lock or unlock"
  /// Take the app away.
  case remove = "remove"
}

/// The lock of an app, as one person meets it.
public enum AppLock: String, Sendable, CaseIterable, Hashable {
  /// Not locked.
  case open
  /// Locked, and the person was on the team before.
  case locked
  /// Locked before the person came to the team.
  case lockedBefore = "locked before they came"
}

/// Who may do what: roles × permissions × locks, the one place where this is written down.
///
/// Sources: Heroku's "Managing Enterprise Team Users and Application Access" and "Using App Permissions in Enterprise
/// Teams". A row holds for somebody who has the role and at least the permission; what several rows allow adds up.
public enum AccessTable {
  /// What a role allows on the team.
  public static let team: [TeamRole: Set<TeamAction>] = [
    .admin: Set(TeamAction.allCases),
    .member: [.listMembers, .listApps, .createApp],
    .viewer: [.listMembers, .listApps],
    .collaborator: [],
  ]

  /// One row: what a role with a permission (none for the role alone) allows, by lock.
  public struct Row: Sendable {
    /// The role.
    public let role: TeamRole
    /// The permission held on the app; nil for what the role brings by itself.
    public let permission: AppPermission?
    /// What is allowed while the app is not locked.
    public let open: Set<AppAction>
    /// What is allowed while it is locked.
    public let locked: Set<AppAction>
    /// What is allowed on an app that was locked before the person came.
    public let lockedBefore: Set<AppAction>

    /// The cell of a lock.
    public subscript(lock: AppLock) -> Set<AppAction> {
      switch lock {
      case .open: open
      case .locked: locked
      case .lockedBefore: lockedBefore
      }
    }
  }

  private static let everything = Set(AppAction.allCases)
  private static let reading: Set<AppAction> = [.viewDetails, .viewAccess]
  private static let joining: Set<AppAction> = [.viewDetails, .viewAccess, .join]
  private static let deploying: Set<AppAction> = [.viewDetails, .viewAccess, .deploy]
  private static let operating: Set<AppAction> = [.viewDetails, .viewAccess, .operate]
  private static let managing: Set<AppAction> = [
    .viewDetails, .viewAccess, .manageAccess, .lock, .remove,
  ]

  // A permission that was given explicitly holds on a locked app as on any other.
  private static func row(
    _ role: TeamRole, _ permission: AppPermission, _ allowed: Set<AppAction>
  ) -> Row {
    Row(role: role, permission: permission, open: allowed, locked: allowed, lockedBefore: allowed)
  }

  /// The rows for apps.
  public static let apps: [Row] = [
    Row(
      role: .admin, permission: nil, open: everything, locked: everything, lockedBefore: everything),
    Row(
      role: .member, permission: nil, open: joining, locked: reading, lockedBefore: [.viewDetails]),
    row(.member, .view, reading),
    row(.member, .deploy, deploying),
    row(.member, .operate, operating),
    row(.member, .manage, managing),
    // A viewer only reads, whatever was given before the role was.
    Row(
      role: .viewer, permission: nil, open: reading, locked: reading, lockedBefore: [.viewDetails]),
    row(.viewer, .view, reading),
    row(.viewer, .deploy, reading),
    row(.viewer, .operate, reading),
    row(.viewer, .manage, reading),
    Row(role: .collaborator, permission: nil, open: [], locked: [], lockedBefore: []),
    row(.collaborator, .view, reading),
    row(.collaborator, .deploy, deploying),
    row(.collaborator, .operate, operating),
    row(.collaborator, .manage, managing),
  ]

  /// Everything a person may do with an app.
  public static func actions(
    _ role: TeamRole, _ permissions: PermissionSet, _ lock: AppLock
  ) -> Set<AppAction> {
    apps.reduce(into: []) { allowed, row in
      guard row.role == role else { return }
      if let permission = row.permission, !permissions.contains(PermissionSet(permission)) {
        return
      }
      allowed.formUnion(row[lock])
    }
  }
}
