/// What a request comes to on a team as it stands: the writes in order, and what to tell with them.
public struct AdministrationPlan: Sendable, Hashable {
  /// One write.
  public struct Step: Sendable, Hashable {
    /// The write.
    public var change: TeamChange
    /// What stands there now.
    public var before: String
    /// What will stand there.
    public var after: String
    /// The line that tells of it, without the dots: `Adding joe@acme.com to acme-widgets as member`.
    public var text: String
    /// Whether anything is to be sent; false when all is as asked already.
    public var isNeeded: Bool

    /// Makes a step.
    public init(
      change: TeamChange, before: String, after: String, text: String, isNeeded: Bool = true
    ) {
      self.change = change
      self.before = before
      self.after = after
      self.text = text
      self.isNeeded = isNeeded
    }
  }

  /// The writes, in order; never empty.
  public var steps: [Step]
  /// What to tell beside them.
  public var notes: [String]
  /// What cannot be undone, as a question's first half; nil when all can.
  public var irrevocable: String?

  /// Makes a plan.
  public init(steps: [Step], notes: [String] = [], irrevocable: String? = nil) {
    self.steps = steps
    self.notes = notes
    self.irrevocable = irrevocable
  }
}

/// The words the platform's own tool uses.
public enum AdministrationWording {
  /// The mark before names of apps.
  public static let appMark = "⬢ "

  /// The line that tells of a change.
  public static func text(_ change: TeamChange, team: TeamName) -> String {
    switch change {
    // The platform's tool says Adding for both.
    case .addMember(let email, let role), .setRole(let email, let role):
      "Adding \(email) to \(team) as \(role.rawValue)"
    case .invite(let email, let role): "Inviting \(email) to \(team) as \(role.rawValue)"
    case .removeMember(let email): "Removing \(email) from \(team)"
    case .revokeInvitation(let email): "Revoking invite for \(email) in \(team)"
    case .setLock(let app, let isLocked): "\(isLocked ? "Locking" : "Unlocking") \(appMark)\(app)"
    case .grant(let app, let email, nil): "Adding \(email) access to the app \(appMark)\(app)"
    case .grant(let app, let email, let permissions?):
      "Adding \(email) access to the app \(appMark)\(app) with "
        + "\(permissions.withView.names.joined(separator: ", ")) permissions"
    case .join(let app, _): "Joining \(appMark)\(app)"
    case .setAccess(let app, let email, let permissions):
      "Updating \(email) in application \(appMark)\(app) with "
        + "\(permissions.withView.names.joined(separator: ",")) permissions"
    case .removeAccess(let app, let email):
      "Removing \(email) access from the app \(appMark)\(app)"
    case .createApp(let app, _): "Creating \(appMark)\(app) in \(team)"
    case .removeApp(let app): "Removing \(appMark)\(app) from \(team)"
    }
  }

}

extension TeamState {
  /// Works out the writes for a request, or the rule that stands against it.
  ///
  /// The rights of the actor are not looked at here: at a platform it decides itself, and for a local team
  /// ``Authorisation`` does.
  public func plan(_ request: AdministrationRequest) -> Result<AdministrationPlan, Refusal> {
    do throws(Refusal) {
      return .success(try planned(request))
    } catch {
      return .failure(error)
    }
  }

  private func planned(_ request: AdministrationRequest) throws(Refusal) -> AdministrationPlan {
    if let email = request.email { try Self.checkAddress(email) }
    switch request {
    case .addMember(let email, let role): return try add(email, role)
    case .addCollaborator(let email, let app):
      return try grant(app, email, try self.app(app).usesPermissions ? .view : nil)
    case .setRole(let email, let role): return try set(email, role)
    case .removeMember(let email, let withAccess): return try remove(email, withAccess)
    case .lock(let app): return try lock(app, true)
    case .unlock(let app): return try lock(app, false)
    case .grant(let app, let email, let permissions):
      return try grant(app, email, permissions)
    case .changeAccess(let app, let email, let permissions):
      return try changeAccess(app, email, permissions)
    case .removeAccess(let app, let email):
      let access = try access(app, email)
      return AdministrationPlan(steps: [step(.removeAccess(app: app, email: access.email))])
    case .join(let app, let email): return try join(app, email)
    case .createApp(let app, let owner): return try createApp(app, owner)
    case .removeApp(let name):
      let app = try self.app(name)
      return AdministrationPlan(
        steps: [step(.removeApp(app: name))],
        irrevocable:
          "Remove \(AdministrationWording.appMark)\(name) from \(team), with the access of \(app.access.count)"
      )
    }
  }

  /// A step with what stands before and after it.
  func step(_ change: TeamChange, text: String? = nil) -> AdministrationPlan.Step {
    var later = self
    later.apply(change)
    return AdministrationPlan.Step(
      change: change, before: standing(of: change), after: later.standing(of: change),
      text: text ?? AdministrationWording.text(change, team: team),
      isNeeded: standing(of: change) != later.standing(of: change))
  }

  // MARK: People

  private func add(
    _ email: String, _ role: TeamRole
  ) throws(Refusal) -> AdministrationPlan {
    guard role != .collaborator else {
      throw Refusal(
        .badRole,
        "A collaborator is added to one app: idsync members add \(email) --role collaborator --app APP --team \(team)"
      )
    }
    guard role != .viewer || hasViewers else {
      throw Refusal(
        .unavailable, "\(team) is no Enterprise Team, and only those have the role viewer.")
    }
    let key = EmailKey.make(email)
    if let member = onTeam(key) {
      if member.role.isAdministrator, role != .admin, isLastAdmin(key) {
        throw .lastAdmin(member.email, team)
      }
      let step = step(.addMember(email: member.email, role: role))
      return AdministrationPlan(
        steps: [step],
        notes: [
          step.isNeeded
            ? "\(member.email) was on \(team) as \(step.before): the role is changed to \(role.rawValue)."
            : "\(member.email) is on \(team) as \(role.rawValue) already; nothing is changed."
        ])
    }
    if isLocal, adminCount == 0, role != .admin {
      throw Refusal(
        .lastAdmin, "\(team) has no admin yet: the first person on a team is one (--role admin).")
    }
    let change: TeamChange =
      usesInvitations ? .invite(email: email, role: role) : .addMember(email: email, role: role)
    let step = step(change)
    return AdministrationPlan(
      steps: [step],
      notes: step.isNeeded ? [] : ["\(email) is \(step.before) already; nothing is changed."])
  }

  private func set(_ email: String, _ role: TeamRole) throws(Refusal) -> AdministrationPlan {
    guard TeamRole.settable.contains(role) else {
      throw Refusal(
        .badRole,
        "members set gives the roles admin and member only"
          + (role == .viewer
            ? "; a viewer is made by idsync members add \(email) --role viewer --team \(team)."
            : "."))
    }
    let key = EmailKey.make(email)
    guard let member = onTeam(key) else { throw absent(email, advice: "--role \(role.rawValue)") }
    if role != .admin, isLastAdmin(key) { throw .lastAdmin(member.email, team) }
    let step = step(.setRole(email: member.email, role: role))
    return AdministrationPlan(
      steps: [step],
      notes: step.isNeeded
        ? [] : ["\(member.email) is on \(team) as \(role.rawValue) already; nothing is changed."])
  }

  private func remove(
    _ email: String, _ withAccess: Bool
  ) throws(Refusal) -> AdministrationPlan {
    let key = EmailKey.make(email)
    let granted = apps(grantedTo: key)
    let taking = granted.map { app in
      step(.removeAccess(app: app.name, email: app.access[key]?.email ?? email))
    }
    if let member = onTeam(key) {
      if isLastAdmin(key) { throw .lastAdmin(member.email, team) }
      let own = step(.removeMember(email: member.email))
      return AdministrationPlan(
        steps: [own] + (withAccess ? taking : []),
        notes: withAccess ? [] : granted.map { Self.stays(member.email, $0, key) },
        irrevocable: "Remove \(member.email) from \(team)")
    }
    if let invitation = invitations[key] {
      return AdministrationPlan(
        steps: [step(.revokeInvitation(email: invitation.email))] + (withAccess ? taking : []),
        notes: withAccess ? [] : granted.map { Self.stays(invitation.email, $0, key) })
    }
    guard !granted.isEmpty || members[key] != nil else { throw absent(email, advice: "") }
    guard withAccess, !granted.isEmpty else {
      throw Refusal(
        .appPermissionsOnly,
        "\(email) is not on \(team) and has access to apps only"
          + (granted.isEmpty ? "" : " (\(Self.list(granted)))")
          + ": --with-access takes that away, or idsync access remove \(email) --app APP for one app."
      )
    }
    return AdministrationPlan(
      steps: taking, irrevocable: "Remove the access of \(email) to \(Self.list(granted))")
  }

  private func absent(_ email: String, advice: String) -> Refusal {
    let key = EmailKey.make(email)
    if invitations[key] != nil {
      return Refusal(
        .pending,
        "\(email) is invited to \(team) and has not joined yet: invite again with the other role"
          + " (idsync members add \(email) --role ROLE --team \(team)).")
    }
    let granted = apps(grantedTo: key)
    if !granted.isEmpty || members[key] != nil {
      return Refusal(
        .appPermissionsOnly,
        "\(email) has app permissions only\(granted.isEmpty ? "" : " (\(Self.list(granted)))") and is not on"
          + " \(team): add them first (idsync members add \(email) \(advice) --team \(team)).")
    }
    return .unknownPerson(
      email, team, known: (members.values.map(\.email) + invitations.values.map(\.email)).sorted())
  }

  private static func list(_ apps: [App]) -> String {
    apps.map { AdministrationWording.appMark + $0.name }.joined(separator: ", ")
  }

  /// The line about access that somebody keeps, with the command that takes it away.
  public static func stays(_ email: String, _ app: App, _ key: String) -> String {
    let what = app.usesPermissions ? app.access[key]?.permissions.text ?? "access" : "access"
    return "\(email) keeps \(what) on \(AdministrationWording.appMark)\(app.name): "
      + "idsync access remove \(email) --app \(app.name)"
  }

  /// An address has one `@` with something on both sides, and no space or control character in it.
  static func checkAddress(_ email: String) throws(Refusal) {
    let parts = email.split(separator: "@", omittingEmptySubsequences: false)
    let isSound =
      parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty && email.utf8.count <= 254
      && !email.unicodeScalars.contains {
        $0.properties.isWhitespace || $0.properties.generalCategory == .control
          || $0.properties.generalCategory == .format
      }
    guard isSound else {
      throw Refusal(.malformed, "\"\(email)\" is no e-mail address.", name: nil)
    }
  }

  // MARK: Apps

  private func app(_ name: String) throws(Refusal) -> App {
    if let app = apps[name] { return app }
    throw Refusal(
      .unknownApp, "\(team.isEmpty ? "There" : "On \(team)") is no app \(name).", name: name,
      known: apps.keys.sorted())
  }

  private func lock(_ name: String, _ isLocked: Bool) throws(Refusal) -> AdministrationPlan {
    let app = try app(name)
    let mark = AdministrationWording.appMark
    if isLocked, app.isLocked {
      throw Refusal(
        .alreadyLocked, "Error: cannot lock \(mark)\(name).\nThis app is already locked.",
        isVerbatim: true)
    }
    if !isLocked, !app.isLocked {
      throw Refusal(
        .notLocked, "cannot unlock \(mark)\(name)\nThis app is not locked.", isVerbatim: true)
    }
    return AdministrationPlan(steps: [step(.setLock(app: name, isLocked: isLocked))])
  }

  private func grant(
    _ name: String, _ email: String, _ permissions: PermissionSet?
  ) throws(Refusal) -> AdministrationPlan {
    let app = try app(name)
    let mark = AdministrationWording.appMark
    if app.usesPermissions, permissions == nil {
      throw Refusal(.permissionsMissing, "Missing argument: permissions", isVerbatim: true)
    }
    if !app.usesPermissions, permissions != nil {
      throw Refusal(
        .unavailable,
        "\(mark)\(name) has no permissions: whoever is added may do everything. Leave --permissions away if that"
          + " is wanted.")
    }
    let key = EmailKey.make(email)
    if isLocal, onTeam(key)?.role == .viewer, permissions?.withView != .view {
      throw Refusal(
        .badRole,
        "\(email) is a viewer on \(team), and a viewer only reads: make them a member first (idsync members set"
          + " \(email) --role member --team \(team)).")
    }
    guard let known = app.access[key] else {
      let change = TeamChange.grant(app: name, email: email, permissions: permissions?.withView)
      return AdministrationPlan(steps: [step(change)])
    }
    guard let wanted = permissions?.withView, wanted != known.permissions else {
      return present(
        .grant(app: name, email: known.email, permissions: permissions?.withView), known)
    }
    let change = TeamChange.setAccess(app: name, email: known.email, permissions: wanted)
    let adding = TeamChange.grant(app: name, email: known.email, permissions: wanted)
    return AdministrationPlan(
      steps: [step(change, text: AdministrationWording.text(adding, team: team))],
      notes: [
        "\(known.email) had \(known.permissions.text) on \(mark)\(name): changed to \(wanted.text)."
      ])
  }

  /// A plan that changes nothing, for somebody who has the access already.
  private func present(_ change: TeamChange, _ known: Access) -> AdministrationPlan {
    var same = step(change)
    same.isNeeded = false
    same.after = same.before
    let app = AdministrationWording.appMark + (change.app ?? "")
    return AdministrationPlan(
      steps: [same], notes: ["\(known.email) has access to \(app) already; nothing is changed."])
  }

  private func changeAccess(
    _ name: String, _ email: String, _ permissions: PermissionSet
  ) throws(Refusal) -> AdministrationPlan {
    let app = try app(name)
    let mark = AdministrationWording.appMark
    guard app.isTeamApp else {
      throw Refusal(
        .notTeamApp,
        "Error: cannot update permissions. The app \(mark)\(name) is not owned by a team",
        isVerbatim: true)
    }
    guard app.usesPermissions else {
      throw Refusal(.unavailable, "\(mark)\(name) has no permissions to change.")
    }
    let access = try access(name, email)
    if isLocal, onTeam(EmailKey.make(email))?.role == .viewer, permissions.withView != .view {
      throw Refusal(
        .badRole,
        "\(email) is a viewer on \(team), and a viewer only reads: make them a member first.")
    }
    let step = step(.setAccess(app: name, email: access.email, permissions: permissions.withView))
    return AdministrationPlan(
      steps: [step],
      notes: step.isNeeded ? [] : ["That is what \(access.email) has already; nothing is changed."])
  }

  private func access(_ name: String, _ email: String) throws(Refusal) -> Access {
    let app = try app(name)
    let key = EmailKey.make(email)
    if let access = app.access[key] { return access }
    let mark = AdministrationWording.appMark
    if let role = role(of: key), role != .collaborator {
      throw Refusal(
        .unknownPerson,
        "\(email) is on the team as \(role.rawValue) and was given nothing of their own on \(mark)\(name): idsync"
          + " access add \(email) --app \(name) --permissions …")
    }
    throw .unknownPerson(email, mark + name, known: app.access.values.map(\.email).sorted())
  }

  private func join(_ name: String, _ email: String) throws(Refusal) -> AdministrationPlan {
    let app = try app(name)
    let key = EmailKey.make(email)
    let change = TeamChange.join(app: name, email: email)
    if let known = app.access[key] { return present(change, known) }
    if app.isLocked, role(of: key) != .admin {
      throw Refusal(
        .locked,
        "\(AdministrationWording.appMark)\(name) is locked: members cannot join it. An admin, or somebody who"
          + " manages the app, can add you.")
    }
    return AdministrationPlan(steps: [step(change)])
  }

  private func createApp(_ name: String, _ owner: String) throws(Refusal) -> AdministrationPlan {
    guard apps[name] == nil else {
      throw Refusal(.appExists, "There is an app \(name) already.")
    }
    let scalars = name.unicodeScalars
    let isSound =
      (3...30).contains(scalars.count)
      && scalars.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "-" }
      && ("a"..."z").contains(scalars.first ?? "-") && scalars.last != "-"
    guard isSound else {
      throw Refusal(
        .malformed,
        "\"\(name)\" is no name of an app: 3 to 30 lower-case letters, digits and hyphens, beginning with a letter."
      )
    }
    return AdministrationPlan(steps: [step(.createApp(app: name, owner: owner))])
  }
}
