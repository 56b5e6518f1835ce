/// What requests about people come to.
extension TeamState {
  func add(
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

  func set(_ email: String, _ role: TeamRole) throws(Refusal) -> AdministrationPlan {
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

  func remove(
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
}
