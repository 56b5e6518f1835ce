/// One write to a team or an app, decided and ready to be made.
public enum TeamChange: Sendable, Hashable {
  /// Put somebody on the team, or give another role to somebody on it.
  case addMember(email: String, role: TeamRole)
  /// Invite somebody.
  case invite(email: String, role: TeamRole)
  /// Give another role to somebody on the team.
  case setRole(email: String, role: TeamRole)
  /// Take somebody off the team.
  case removeMember(email: String)
  /// Take an invitation back.
  case revokeInvitation(email: String)
  /// Lock or unlock an app.
  case setLock(app: String, isLocked: Bool)
  /// Give access; nil where the platform has no permissions for the app.
  case grant(app: String, email: String, permissions: PermissionSet?)
  /// Give oneself access to an app; the system of record says how much.
  case join(app: String, email: String)
  /// Put other permissions in the place of those there.
  case setAccess(app: String, email: String, permissions: PermissionSet)
  /// Take access away.
  case removeAccess(app: String, email: String)
  /// Make an app; whoever makes it has every permission on it.
  case createApp(app: String, owner: String)
  /// Take an app away.
  case removeApp(app: String)

  /// The person it is about.
  public var email: String? {
    switch self {
    case .addMember(let email, _), .invite(let email, _), .setRole(let email, _),
      .removeMember(let email), .revokeInvitation(let email), .grant(_, let email, _),
      .join(_, let email),
      .setAccess(_, let email, _), .removeAccess(_, let email):
      email
    case .setLock, .createApp, .removeApp: nil
    }
  }

  /// The app it is about.
  public var app: String? {
    switch self {
    case .setLock(let app, _), .grant(let app, _, _), .join(let app, _),
      .setAccess(let app, _, _), .removeAccess(let app, _), .createApp(let app, _),
      .removeApp(let app):
      app
    case .addMember, .invite, .setRole, .removeMember, .revokeInvitation: nil
    }
  }
}

extension TeamState {
  /// Makes a change; what does not fit the state is left undone.
  public mutating func apply(_ change: TeamChange) {
    order += 1
    switch change {
    case .addMember(let email, let role), .setRole(let email, let role):
      let key = EmailKey.make(email)
      let known = onTeam(key)
      members[key] = Member(
        email: members[key]?.email ?? email, role: role.role,
        order: known?.order ?? (isLocal ? order : 0))
      invitations[key] = nil
    case .invite(let email, let role):
      invitations[EmailKey.make(email)] = Member(email: email, role: role.role)
    case .removeMember(let email): members[EmailKey.make(email)] = nil
    case .revokeInvitation(let email): invitations[EmailKey.make(email)] = nil
    case .setLock(let app, let isLocked):
      apps[app]?.isLocked = isLocked
      apps[app]?.lockedOrder = isLocked && isLocal ? order : 0
    case .grant(let app, let email, let permissions):
      apps[app]?.access[EmailKey.make(email)] = Access(
        email: email, permissions: (permissions ?? .all).withView)
    case .join(let app, let email):
      let isAdmin = role(of: EmailKey.make(email)) == .admin
      apps[app]?.access[EmailKey.make(email)] = Access(
        email: email, permissions: isAdmin ? .all : .joining)
    case .setAccess(let app, let email, let permissions):
      apps[app]?.access[EmailKey.make(email)]?.permissions = permissions.withView
    case .removeAccess(let app, let email): apps[app]?.access[EmailKey.make(email)] = nil
    case .createApp(let app, let owner):
      let access = owner.isEmpty ? [] : [Access(email: owner, permissions: .all)]
      apps[app] = App(app, access: access)
    case .removeApp(let app): apps[app] = nil
    }
  }

  /// What a change is about, as it stands: `member`, `deploy, view`, `locked`; `none` when nothing is there.
  public func standing(of change: TeamChange) -> String {
    let key = change.email.map(EmailKey.make) ?? ""
    switch change {
    case .removeMember:
      return onTeam(key)?.role.rawValue ?? "none"
    case .addMember, .setRole:
      if let member = members[key] {
        return member.role == .none ? "no role" : member.role.rawValue
      }
      return invitations[key].map { "invited as \($0.role.rawValue)" } ?? "none"
    case .invite, .revokeInvitation:
      return invitations[key].map { "invited as \($0.role.rawValue)" } ?? "none"
    case .setLock(let app, _):
      return apps[app].map { $0.isLocked ? "locked" : "not locked" } ?? "none"
    case .grant(let app, _, _), .join(let app, _), .setAccess(let app, _, _),
      .removeAccess(let app, _):
      guard let app = apps[app], let access = app.access[key] else { return "none" }
      return app.usesPermissions ? access.permissions.text : "access"
    case .createApp(let app, _), .removeApp(let app): return apps[app] == nil ? "none" : "there"
    }
  }
}
