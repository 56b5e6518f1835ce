/// Who asks, with what the configuration says of them.
public struct Actor: Sendable, Hashable {
  /// The user of the operating system.
  public var user: String
  /// The address by which teams know this person; nil when the configuration names none.
  public var address: String?
  /// A role on every local team, given by the configuration and not by the team.
  public var role: TeamRole?
  /// Whether somebody else acts under this address.
  public var isActedFor: Bool

  /// Makes an actor.
  public init(
    user: String, address: String?, role: TeamRole? = nil, isActedFor: Bool = false
  ) {
    self.user = user
    self.address = address
    self.role = role
    self.isActedFor = isActedFor
  }

  /// The match key of the address.
  public var key: String { address.map(EmailKey.make) ?? "" }

  /// `ana.lima@acme.com`, or `root as ana.lima@acme.com`, or `user root`.
  public var text: String {
    guard let address else { return "user \(user)" }
    return isActedFor ? "\(user) as \(address)" : address
  }
}

/// May this actor do this to this team and app? Pure: everything it looks at is handed to it.
public enum Authorisation {
  /// What somebody wants to do.
  public enum Action: Sendable, Hashable {
    /// Something with the team.
    case team(TeamAction)
    /// Something with an app of it.
    case app(AppAction, String)
  }

  /// Decides about an actor.
  ///
  /// - Returns: nil when it is allowed; otherwise the rule in words.
  public static func refusal(
    _ actor: Actor, _ action: Action, on state: TeamState
  ) -> Refusal? {
    guard actor.address != nil else {
      return Refusal(
        .notPermitted,
        "The user \(actor.user) is not under `actors` in the configuration, so nobody knows who this is on"
          + " \(state.team).")
    }
    let role = strongest(actor, state)
    switch action {
    case .team(let wanted):
      if let role, AccessTable.team[role]?.contains(wanted) == true { return nil }
      return denied(actor, role, wanted.rawValue + " of \(state.team)", needs(wanted))
    case .app(let wanted, let name):
      guard let app = state.apps[name] else { return nil }
      if isAllowed(actor, role, wanted, app, state) { return nil }
      let lock = state.lock(of: app, for: actor.key)
      if wanted == .join, role == .member, lock != .open {
        return Refusal(
          .locked,
          "⬢ \(name) is locked: members cannot join it. An admin, or somebody who manages the app, can add you"
            + " (idsync access add \(actor.address ?? "ADDRESS") --app \(name) --permissions deploy)."
        )
      }
      return denied(actor, role, "\(wanted.rawValue) ⬢ \(name)", needs(wanted))
    }
  }

  /// Everything an actor may do with an app.
  public static func actions(_ actor: Actor, on app: TeamState.App, of state: TeamState)
    -> Set<AppAction>
  {
    let role = strongest(actor, state)
    return Set(AppAction.allCases.filter { isAllowed(actor, role, $0, app, state) })
  }

  private static func isAllowed(
    _ actor: Actor, _ role: TeamRole?, _ wanted: AppAction, _ app: TeamState.App,
    _ state: TeamState
  ) -> Bool {
    guard let role else { return false }
    let held = app.access[actor.key]?.permissions ?? []
    return AccessTable.actions(role, held, state.lock(of: app, for: actor.key)).contains(wanted)
  }

  /// The role by the team or the configuration, whichever allows more.
  private static func strongest(_ actor: Actor, _ state: TeamState) -> TeamRole? {
    let roles = [state.role(of: actor.key), actor.role].compactMap { $0 }
    return TeamRole.allCases.first { roles.contains($0) }
  }

  private static func denied(
    _ actor: Actor, _ role: TeamRole?, _ what: String, _ needs: String
  ) -> Refusal {
    let standing =
      role.map { "is \($0 == .admin ? "an" : "a") \($0.rawValue) there" } ?? "is not on the team"
    return Refusal(
      .notPermitted,
      "\(actor.text) may not \(what): \(actor.address ?? actor.user) \(standing), and \(needs).")
  }

  private static func needs(_ action: TeamAction) -> String {
    switch action {
    case .manageMembers: "only an admin of the team may"
    case .createApp: "only admins and members may"
    case .listMembers, .listApps: "only people on the team may"
    }
  }

  private static func needs(_ action: AppAction) -> String {
    switch action {
    case .viewDetails: "only people on the team or on the app may"
    case .viewAccess: "it takes `view` on the app, or to be on the team from before the lock"
    case .join: "only members of the team may join apps"
    case .deploy: "it takes `deploy` on the app"
    case .operate: "it takes `operate` on the app"
    case .manageAccess, .lock, .remove: "it takes `manage` on the app, or an admin of the team"
    }
  }
}

extension AdministrationRequest {
  /// The right it takes on a team whose system of record is our own store.
  public func action(by actor: Actor) -> Authorisation.Action {
    switch self {
    case .addMember, .addCollaborator, .setRole, .removeMember: .team(.manageMembers)
    case .createApp: .team(.createApp)
    case .join(let app, _): .app(.join, app)
    case .lock(let app), .unlock(let app): .app(.lock, app)
    case .removeApp(let app): .app(.remove, app)
    // Everybody may leave an app.
    case .removeAccess(let app, let email) where EmailKey.make(email) == actor.key:
      .app(.viewDetails, app)
    case .grant(let app, _, _), .changeAccess(let app, _, _), .removeAccess(let app, _):
      .app(.manageAccess, app)
    }
  }
}
