import IdentityCore

/// The rules of a local team once more, as plainly as can be: what the store holds is compared with it.
struct PlainTeam {
  struct Person: Equatable {
    var email: String
    var role: String
  }

  struct App: Equatable {
    var isLocked = false
    var access: [String: Set<String>] = [:]
  }

  var people: [String: Person] = [:]
  var apps: [String: App] = [:]

  private static func key(_ email: String) -> String { email.lowercased() }

  private var admins: Int { people.values.filter { $0.role == "admin" }.count }

  private func isOnlyAdmin(_ key: String) -> Bool { people[key]?.role == "admin" && admins == 1 }

  /// Does what is asked if it may be done; says whether it was.
  mutating func does(_ request: AdministrationRequest) -> Bool {
    switch request {
    case .addMember(let email, let role):
      let key = Self.key(email)
      if role == .collaborator { return false }
      if role != .admin, isOnlyAdmin(key) || (people[key] == nil && admins == 0) { return false }
      people[key] = Person(email: people[key]?.email ?? email, role: role.rawValue)
    case .setRole(let email, let role):
      let key = Self.key(email)
      guard role == .admin || role == .member, people[key] != nil else { return false }
      if role == .member, isOnlyAdmin(key) { return false }
      people[key]?.role = role.rawValue
    case .removeMember(let email, let withAccess):
      let key = Self.key(email)
      let holds = apps.values.contains { $0.access[key] != nil }
      if isOnlyAdmin(key) { return false }
      if people[key] == nil, !(withAccess && holds) { return false }
      people[key] = nil
      if withAccess { for name in apps.keys { apps[name]?.access[key] = nil } }
    case .lock(let name):
      guard apps[name]?.isLocked == false else { return false }
      apps[name]?.isLocked = true
    case .unlock(let name):
      guard apps[name]?.isLocked == true else { return false }
      apps[name]?.isLocked = false
    case .grant(let name, let email, let permissions):
      guard let permissions, apps[name] != nil else { return false }
      let names = Set(permissions.names + ["view"])
      if people[Self.key(email)]?.role == "viewer", names != ["view"] { return false }
      apps[name]?.access[Self.key(email)] = names
    case .changeAccess(let name, let email, let permissions):
      let key = Self.key(email)
      guard apps[name]?.access[key] != nil else { return false }
      let names = Set(permissions.names + ["view"])
      if people[key]?.role == "viewer", names != ["view"] { return false }
      apps[name]?.access[key] = names
    case .removeAccess(let name, let email):
      guard apps[name]?.access[Self.key(email)] != nil else { return false }
      apps[name]?.access[Self.key(email)] = nil
    case .join(let name, let email):
      let key = Self.key(email)
      guard let app = apps[name] else { return false }
      if app.access[key] != nil { return true }
      let isAdmin = people[key]?.role == "admin"
      if app.isLocked, !isAdmin { return false }
      apps[name]?.access[key] =
        isAdmin ? ["view", "deploy", "operate", "manage"] : ["view", "deploy", "operate"]
    case .createApp(let name, let owner):
      if apps[name] != nil { return false }
      apps[name] = App(access: [Self.key(owner): ["view", "deploy", "operate", "manage"]])
    case .removeApp(let name):
      if apps[name] == nil { return false }
      apps[name] = nil
    case .addCollaborator: return false
    }
    return true
  }

  /// What differs from a state; empty when nothing does.
  func difference(from state: TeamState) -> String {
    let stored = state.members.mapValues { Person(email: $0.email, role: $0.role.rawValue) }
    if stored != people { return "people \(stored) instead of \(people)" }
    let held = state.apps.mapValues { app in
      App(isLocked: app.isLocked, access: app.access.mapValues { Set($0.permissions.names) })
    }
    return held == apps ? "" : "apps \(held) instead of \(apps)"
  }
}
