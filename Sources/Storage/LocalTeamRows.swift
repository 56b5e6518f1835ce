internal import GRDB
internal import IdentityCore

/// The rows of local teams.
enum LocalTeamRows {
  /// A team with everybody and everything on it.
  static func state(_ database: Database, _ team: TeamName) throws -> TeamState {
    let order = try Int64.fetchOne(
      database, sql: "SELECT sequence FROM local_teams WHERE name = ?", arguments: [team])
    var state = TeamState(team, isLocal: true, order: order ?? 0)
    let members = try Row.fetchCursor(
      database, sql: "SELECT key, email, role, sequence FROM local_members WHERE team = ?",
      arguments: [team])
    while let row = try members.next() {
      state.members[row["key"]] = TeamState.Member(
        email: row["email"], role: Role(rawValue: row["role"]), order: row["sequence"])
    }
    let apps = try Row.fetchCursor(
      database, sql: "SELECT name, locked_sequence FROM local_apps WHERE team = ?",
      arguments: [team])
    while let row = try apps.next() {
      let locked: Int64? = row["locked_sequence"]
      state.apps[row["name"]] = TeamState.App(
        row["name"], isLocked: locked != nil, lockedOrder: locked ?? 0)
    }
    let access = try Row.fetchCursor(
      database,
      sql: """
        SELECT x.app, x.key, x.email, x.permissions FROM local_apps a
        JOIN local_access x ON x.app = a.name WHERE a.team = ?
        """, arguments: [team])
    while let row = try access.next() {
      let bits: Int64 = row["permissions"]
      state.apps[row["app"]]?.access[row["key"]] = TeamState.Access(
        email: row["email"], permissions: PermissionSet(rawValue: UInt8(bits)))
    }
    return state
  }

  /// Writes one change; `state` is the team as it is to be afterwards.
  static func write(_ database: Database, _ change: TeamChange, on state: TeamState) throws {
    let team = state.team
    try database.execute(
      sql: """
        INSERT INTO local_teams (name, sequence) VALUES (?, 1)
        ON CONFLICT (name) DO UPDATE SET sequence = sequence + 1
        """, arguments: [team])
    func run(_ sql: String, _ arguments: StatementArguments) throws {
      try database.execute(sql: sql, arguments: arguments)
    }
    let key = change.email.map(EmailKey.make) ?? ""
    switch change {
    case .addMember(let email, let role), .setRole(let email, let role):
      try run(
        """
        INSERT INTO local_members (team, key, email, role, sequence)
        SELECT ?1, ?2, ?3, ?4, sequence FROM local_teams WHERE name = ?1
          AND NOT EXISTS (SELECT 1 FROM local_members WHERE team = ?1 AND key = ?2)
        """, [team, key, email, role.rawValue])
      try run(
        "UPDATE local_members SET role = ?3 WHERE team = ?1 AND key = ?2 AND role <> ?3",
        [team, key, role.rawValue])
    case .removeMember:
      try run("DELETE FROM local_members WHERE team = ? AND key = ?", [team, key])
    case .setLock(let app, let isLocked):
      try run(
        """
        UPDATE local_apps SET locked_sequence =
          CASE WHEN ?2 THEN (SELECT sequence FROM local_teams WHERE name = ?3) END
        WHERE name = ?1
        """, [app, isLocked, team])
    case .createApp(let app, let owner):
      try run("INSERT INTO local_apps (name, team) VALUES (?, ?)", [app, team])
      if !owner.isEmpty {
        try run(
          "INSERT INTO local_access (app, key, email, permissions) VALUES (?, ?, ?, ?)",
          [app, EmailKey.make(owner), owner, Int64(PermissionSet.all.rawValue)])
      }
    case .removeApp(let app):
      try run("DELETE FROM local_access WHERE app = ?", [app])
      try run("DELETE FROM local_apps WHERE name = ?", [app])
    case .removeAccess(let app, _):
      try run("DELETE FROM local_access WHERE app = ? AND key = ?", [app, key])
    case .grant(let app, let email, let permissions):
      try grant(database, app, email, (permissions ?? .all).withView)
    case .join(let app, let email):
      let isAdmin =
        try Bool.fetchOne(
          database,
          sql:
            "SELECT EXISTS (SELECT 1 FROM local_members WHERE team = ? AND key = ? AND role = 'admin')",
          arguments: [team, key]) ?? false
      try grant(database, app, email, isAdmin ? .all : .joining)
    case .setAccess(let app, _, let permissions):
      try run(
        "UPDATE local_access SET permissions = ?3 WHERE app = ?1 AND key = ?2",
        [app, key, Int64(permissions.withView.rawValue)])
    case .invite, .revokeInvitation:
      throw StorageError(.invalid, "Local teams have no invitations.")
    }
  }

  private static func grant(
    _ database: Database, _ app: String, _ email: String, _ permissions: PermissionSet
  ) throws {
    try database.execute(
      sql: "INSERT INTO local_access (app, key, email, permissions) VALUES (?, ?, ?, ?)",
      arguments: [app, EmailKey.make(email), email, Int64(permissions.rawValue)])
  }
}
