/// What requests about apps come to.
extension TeamState {
  func app(_ name: String) throws(Refusal) -> App {
    if let app = apps[name] { return app }
    throw Refusal(
      .unknownApp, "\(team.isEmpty ? "There" : "On \(team)") is no app \(name).", name: name,
      known: apps.keys.sorted())
  }

  func lock(_ name: String, _ isLocked: Bool) throws(Refusal) -> AdministrationPlan {
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

  func grant(
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

  func changeAccess(
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

  func access(_ name: String, _ email: String) throws(Refusal) -> Access {
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

  func join(_ name: String, _ email: String) throws(Refusal) -> AdministrationPlan {
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

  func createApp(_ name: String, _ owner: String) throws(Refusal) -> AdministrationPlan {
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
