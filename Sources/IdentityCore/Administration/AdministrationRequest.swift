/// What somebody asks for, before any rule was looked at.
public enum AdministrationRequest: Sendable, Hashable {
  /// Put somebody on the team.
  case addMember(email: String, role: TeamRole)
  /// Give an outsider access to an app, from the side of the team: it starts with `view`.
  case addCollaborator(email: String, app: String)
  /// Give another role to somebody on the team.
  case setRole(email: String, role: TeamRole)
  /// Take somebody off the team, or take the invitation back.
  case removeMember(email: String, withAccess: Bool)
  /// Keep others from joining an app.
  case lock(app: String)
  /// Let members join an app again.
  case unlock(app: String)
  /// Give access to an app; nil leaves the permissions unsaid.
  case grant(app: String, email: String, permissions: PermissionSet?)
  /// Put other permissions in the place of those there.
  case changeAccess(app: String, email: String, permissions: PermissionSet)
  /// Take access to an app away.
  case removeAccess(app: String, email: String)
  /// Give oneself access to an app that is not locked.
  case join(app: String, email: String)
  /// Make an app.
  case createApp(app: String, owner: String)
  /// Take an app away.
  case removeApp(app: String)

  /// The same about an app by the name its system of record gives it.
  public func naming(app name: String) -> AdministrationRequest {
    switch self {
    case .addMember, .setRole, .removeMember: self
    case .addCollaborator(let email, _): .addCollaborator(email: email, app: name)
    case .lock: .lock(app: name)
    case .unlock: .unlock(app: name)
    case .grant(_, let email, let permissions):
      .grant(app: name, email: email, permissions: permissions)
    case .changeAccess(_, let email, let permissions):
      .changeAccess(app: name, email: email, permissions: permissions)
    case .removeAccess(_, let email): .removeAccess(app: name, email: email)
    case .join(_, let email): .join(app: name, email: email)
    case .createApp(_, let owner): .createApp(app: name, owner: owner)
    case .removeApp: .removeApp(app: name)
    }
  }

  /// The same with the address of whoever acts, where that is what it is about.
  public func acting(as address: String) -> AdministrationRequest {
    switch self {
    case .join(let app, _): .join(app: app, email: address)
    case .createApp(let app, _): .createApp(app: app, owner: address)
    default: self
    }
  }

  /// The command as people type it, for the history.
  public var command: String {
    switch self {
    case .addMember, .addCollaborator: "members add"
    case .setRole: "members set"
    case .removeMember: "members remove"
    case .lock: "apps lock"
    case .unlock: "apps unlock"
    case .grant: "access add"
    case .changeAccess: "access update"
    case .removeAccess: "access remove"
    case .join: "apps join"
    case .createApp: "apps create"
    case .removeApp: "apps remove"
    }
  }

  /// The person it is about.
  public var email: String? {
    switch self {
    case .addMember(let email, _), .addCollaborator(let email, _), .setRole(let email, _),
      .removeMember(let email, _), .grant(_, let email, _), .changeAccess(_, let email, _),
      .removeAccess(_, let email), .join(_, let email):
      email
    case .lock, .unlock, .createApp, .removeApp: nil
    }
  }

  /// The app it is about.
  public var app: String? {
    switch self {
    case .addCollaborator(_, let app), .lock(let app), .unlock(let app), .grant(let app, _, _),
      .changeAccess(let app, _, _), .removeAccess(let app, _), .join(let app, _),
      .createApp(let app, _), .removeApp(let app):
      app
    case .addMember, .setRole, .removeMember: nil
    }
  }
}
