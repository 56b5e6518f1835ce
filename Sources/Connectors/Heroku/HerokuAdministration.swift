internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

/// Reads what rules need before and after a write.
extension HerokuConnector: TeamAdministration {
  /// Feature of teams whose people are invited.
  private static let inviteFeature = "team-invite-acceptance"
  /// Feature of teams whose apps have permissions.
  private static let permissionFeature = "org-access-controls"
  private static let undeclared = PagingStyle.range(property: nil, max: nil, order: nil)
  static let invitationsAccept = "application/vnd.heroku+json; version=3.team-invitations"

  /// Reads a team with its people.
  func readTeam(
    _ team: TeamName, scope: TeamScope
  ) async throws(ConnectorError) -> TeamState {
    let json = try await client.value(client.get("/teams/{team}", [team]))
    let isEnterprise = json["type"]?.string == "enterprise"
    let invites =
      isEnterprise ? false : try await features(of: team).contains(Self.inviteFeature)
    var state = TeamState(
      team, hasViewers: isEnterprise, usesInvitations: invites, members: try await members(of: team)
    )
    if scope.invitations {
      for person in try await invitations(to: team) {
        state.invitations[EmailKey.make(person.email)] = .init(
          email: person.email, role: person.role)
      }
    }
    if let email = scope.accessOf {
      for app in try await apps(of: team, grantedTo: email) { state.apps[app.name] = app }
    }
    return state
  }

  /// Reads one app with its access.
  func readApp(_ name: String) async throws(ConnectorError) -> TeamState {
    let request = client.get("/apps/{app}", [name])
    let json = try await client.value(request)
    let owner = json["owner"]?["email"]?.string
    let named = json["team"]?["name"]?.string
    // A team's app says so by its team, and mostly by its owner, who may be left out; a person's app names its owner.
    let byOwner = owner.flatMap { owner in
      HerokuWire.isManager(owner) ? String(owner.dropLast(HerokuWire.managerSuffix.count)) : nil
    }
    guard let team = named ?? byOwner else {
      guard owner != nil else {
        throw client.malformed(
          .expected(.object, found: json.object?["owner"]?.type ?? .missing, path: "owner"), request
        )
      }
      var app = TeamState.App(
        json["name"]?.string ?? name, usesPermissions: false, isTeamApp: false)
      app.access = try await access(to: app.name, isTeamApp: false)
      return TeamState("", apps: [app])
    }
    let details = try await client.value(client.get("/teams/apps/{app}", [name]))
    let hasPermissions = try await features(of: team).contains(Self.permissionFeature)
    var app = TeamState.App(
      details["name"]?.string ?? name, isLocked: details["locked"]?.bool ?? false,
      usesPermissions: hasPermissions)
    app.access = try await access(to: app.name, isTeamApp: true)
    return TeamState(team, apps: [app])
  }

  /// The apps of a team.
  func readApps(of team: TeamName) async throws(ConnectorError) -> [TeamState.App] {
    let apps = try await client.values(client.get("/teams/{team}/apps", [team]), Self.undeclared) {
      row throws(WireError) in
      TeamState.App(
        try row.required("name", .string, \.string),
        isLocked: try row.optional("locked", .bool, \.bool) ?? false)
    }
    return apps.sorted { $0.name < $1.name }
  }

  /// Everybody on a team and those invited.
  func people(of team: TeamName) async throws(ConnectorError) -> [TeamPerson] {
    let members = try await client.values(
      client.get("/teams/{team}/members", [team]),
      .range(property: "email", max: 1000, order: nil)
    ) { row throws(WireError) in try TeamPerson(member: row) }
    let people = members + (try await invitations(to: team))
    return people.filter { !HerokuWire.isManager($0.email) }.sorted { $0.email < $1.email }
  }

  /// The address of the token's account.
  func ownAddress() async throws(ConnectorError) -> String {
    let request = client.get("/account")
    let json = try await client.value(request)
    do throws(WireError) {
      return try json.required("email", .string, \.string)
    } catch {
      throw client.malformed(error, request)
    }
  }

  /// What to do about a refused call.
  func remedy(for error: ConnectorError) -> String {
    if let remedy = error.code.remedy { return remedy }
    let isWrite = !error.call.hasPrefix("GET ")
    switch error.code {
    case .forbidden where isWrite && error.vendorCode != "two_factor":
      return
        "The account of the token must be an admin of the team (or hold `manage` for a change to one app), and the"
        + " token needs the scope write or global."
    case .refused where isWrite:
      return "Check the role, the permissions and the address; nothing was changed."
    default: return configuration.remedy(for: error)
    }
  }

  // MARK: Lists

  private func members(of team: TeamName) async throws(ConnectorError) -> [TeamState.Member] {
    try await client.values(
      client.get("/teams/{team}/members", [team]),
      .range(property: "email", max: 1000, order: nil)
    ) { row throws(WireError) in
      TeamState.Member(
        email: try row.required("email", .string, \.string),
        role: Role(rawValue: try row.optional("role", .string, \.string) ?? ""))
    }
  }

  /// The names of the features that are there and not switched off.
  private func features(of team: TeamName) async throws(ConnectorError) -> Set<String> {
    do throws(ConnectorError) {
      let names = try await client.values(
        client.get("/teams/{team}/features", [team]), Self.undeclared
      ) { row throws(WireError) -> String? in
        row["enabled"]?.bool == false ? nil : row["name"]?.string
      }
      return Set(names.compactMap { $0 })
    } catch {
      if error.code == .notFound { return [] }
      throw error
    }
  }

  private func invitations(to team: TeamName) async throws(ConnectorError) -> [TeamPerson] {
    var request = client.get("/teams/{team}/invitations", [team])
    request.headers.set("Accept", Self.invitationsAccept)
    do throws(ConnectorError) {
      return try await client.values(request, Self.undeclared) { row throws(WireError) in
        let wire = try HerokuWire.Wrapped(row)
        return TeamPerson(
          email: wire.person.email, role: Role(rawValue: wire.role ?? ""), isPending: true,
          federated: .no, platformMFA: .no, id: row["id"]?.string, userID: wire.person.id,
          createdAt: row["created_at"]?.string, updatedAt: row["updated_at"]?.string)
      }
    } catch {
      // Teams without invitations have no such list.
      if error.code == .notFound { return [] }
      throw error
    }
  }

  private func access(
    to app: String, isTeamApp: Bool
  ) async throws(ConnectorError) -> [String: TeamState.Access] {
    let template =
      isTeamApp ? "/teams/apps/{app}/collaborators" : "/apps/{app}/collaborators"
    let rows = try await client.values(client.get(template, [app]), Self.undeclared) {
      row throws(WireError) in
      let person = try HerokuWire.Wrapped(row).person
      let names = (row["permissions"]?.array ?? []).compactMap {
        $0["name"]?.string ?? $0.string
      }
      return TeamState.Access(
        email: person.email,
        permissions: isTeamApp ? PermissionSet(names: names).withView : .all)
    }
    return rows.reduce(into: [:]) { byKey, row in
      guard !HerokuWire.isManager(row.email) else { return }
      byKey[EmailKey.make(row.email)] = row
    }
  }

  /// The apps on which somebody has access of their own, with that access only.
  private func apps(
    of team: TeamName, grantedTo email: String
  ) async throws(ConnectorError) -> [TeamState.App] {
    let key = EmailKey.make(email)
    do throws(ConnectorError) {
      let apps = try await client.values(
        client.get("/teams/{team}/permissions", [team]), Self.undeclared
      ) { row throws(WireError) -> TeamState.App? in
        guard row["type"]?.string ?? "app" == "app" else { return nil }
        let users = try row.required("users", .array) { $0.array }
        let own = users.first { EmailKey.make($0["email"]?.string ?? "") == key }
        guard let own, let email = own["email"]?.string else { return nil }
        let permissions = PermissionSet(names: own["permissions"]?.strings ?? [])
        return TeamState.App(
          try row.required("name", .string, \.string),
          access: [TeamState.Access(email: email, permissions: permissions.withView)])
      }
      return apps.compactMap { $0 }
    } catch {
      guard error.code == .notFound else { throw error }
      return try await appsWithoutPermissions(of: team, email)
    }
  }

  private func appsWithoutPermissions(
    of team: TeamName, _ email: String
  ) async throws(ConnectorError) -> [TeamState.App] {
    do throws(ConnectorError) {
      return try await client.values(
        client.get("/teams/{team}/members/{member}/apps", [team, email]), Self.undeclared
      ) { row throws(WireError) in
        TeamState.App(
          try row.required("name", .string, \.string), usesPermissions: false,
          access: [TeamState.Access(email: email, permissions: .all)])
      }
    } catch {
      if error.code == .notFound { return [] }
      throw error
    }
  }
}

extension TeamPerson {
  /// A row of the list of members.
  fileprivate init(member row: JSONValue) throws(WireError) {
    self.init(
      email: try row.required("email", .string, \.string),
      name: row["user"]?["name"]?.string,
      role: Role(rawValue: try row.optional("role", .string, \.string) ?? ""),
      federated: Tri(try row.optional("federated", .bool, \.bool)),
      platformMFA: Tri(try row.optional("two_factor_authentication", .bool, \.bool)),
      id: row["id"]?.string, userID: row["user"]?["id"]?.string,
      createdAt: row["created_at"]?.string, updatedAt: row["updated_at"]?.string)
  }
}
