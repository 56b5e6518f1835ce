/// The endpoints of Heroku that change teams and access.
///
/// Only administrators change members. A team keeps an administrator: the last one can neither be
/// demoted nor removed (422). Whether Heroku says 403 there instead is not documented.
enum HerokuWrites {
  typealias Context = HerokuAPI.Context

  static let routes: [Route<Context>] = [
    Route("PUT /teams/{team}/members", scope: "write") { try await set($0, $1, .either) },
    Route("POST /teams/{team}/members", scope: "write") { try await set($0, $1, .absent) },
    Route("PATCH /teams/{team}/members", scope: "write") { try await set($0, $1, .present) },
    Route("DELETE /teams/{team}/members/{member}", scope: "write", remove),
    Route("PUT /teams/{team}/invitations", scope: "write", invite),
    Route("DELETE /teams/{team}/invitations/{invitation}", scope: "write", revoke),
    Route("PATCH /teams/apps/{app}", scope: "write", changeApp),
    Route("POST /teams/apps/{app}/collaborators", scope: "write") {
      try await addCollaborator($0, $1, withPermissions: true)
    },
    Route("PATCH /teams/apps/{app}/collaborators/{person}", scope: "write", setPermissions),
    Route("DELETE /teams/apps/{app}/collaborators/{person}", scope: "write") {
      try await removeCollaborator($0, $1, withPermissions: true)
    },
    Route("POST /apps/{app}/collaborators", scope: "write") {
      try await addCollaborator($0, $1, withPermissions: false)
    },
    Route("DELETE /apps/{app}/collaborators/{person}", scope: "write") {
      try await removeCollaborator($0, $1, withPermissions: false)
    },
  ]

  /// What must be known of a person before a write.
  private enum Expected: Sendable {
    case present
    case absent
    case either
  }

  // MARK: Members

  private static func role(_ body: [String: JSON], on team: HerokuTeam) throws -> String {
    guard let role = body["role"]?.text, ["admin", "viewer", "member"].contains(role) else {
      throw HerokuAPI.invalid("The role must be one of admin, viewer and member.")
    }
    guard role != "viewer" || team.type == "enterprise" else {
      throw HerokuAPI.invalid("Only enterprise teams have viewers.")
    }
    return role
  }

  private static func email(_ value: JSON?) throws -> String {
    guard let email = value?.text?.lowercased(), email.split(separator: "@").count == 2 else {
      throw HerokuAPI.invalid("The email is not valid.")
    }
    return email
  }

  private static func set(
    _ call: Call, _ context: Context, _ expected: Expected
  ) async throws -> Reply {
    let id = try administered(call, context).id
    guard let body = call.json else { throw HerokuAPI.invalid("The body is not a JSON object.") }
    return try await context.state.write { scenario in
      let organisation = Organisation(scenario)
      let team = scenario[team: id]
      let role = try role(body, on: team)
      let email = try email(body["email"])
      let roster = HerokuRoster(team, organisation)
      let known = roster.member(email)
      if known == nil, expected == .present { throw HerokuAPI.notFound("member") }
      if known != nil, expected == .absent {
        throw HerokuAPI.invalid("This person is a member already.")
      }
      if known?.role == "admin", role != "admin", roster.adminsUpToTwo == 1 { throw lastAdmin }
      var member = known ?? HerokuMember(email, isFederated: false)
      member.role = role
      member.isFederated = body["federated"]?.isTrue ?? member.isFederated
      scenario[team: id][member: member.email] = member
      scenario[team: id].removed.removeAll { $0 == email }
      let shape = HerokuShapes.member(member, of: team, organisation)
      return Reply(status: known == nil ? 201 : 200, json: shape)
    }
  }

  private static let lastAdmin = HerokuAPI.invalid(
    "A team needs at least one admin. Make somebody else an admin first.")

  private static func administered(_ call: Call, _ context: Context) throws -> HerokuTeam {
    let team = try context.team(call)
    try context.require(["admin"], on: team)
    return team
  }

  private static func remove(_ call: Call, _ context: Context) async throws -> Reply {
    let id = try administered(call, context).id
    return try await context.state.write { scenario in
      let organisation = Organisation(scenario)
      let roster = HerokuRoster(scenario[team: id], organisation)
      guard let member = roster.member(call.capture("member")) else {
        throw HerokuAPI.notFound("member")
      }
      if member.role == "admin", roster.adminsUpToTwo == 1 { throw lastAdmin }
      let shape = HerokuShapes.member(member, of: roster.team, organisation)
      scenario[team: id].members.removeAll { $0.email == member.email }
      if organisation.population(of: roster.team)?.index(ofEmail: member.email) != nil {
        scenario[team: id].removed.append(member.email)
      }
      return Reply(json: shape)
    }
  }

  private static func invite(_ call: Call, _ context: Context) async throws -> Reply {
    let team = try administered(call, context)
    guard let body = call.json else { throw HerokuAPI.invalid("The body is not a JSON object.") }
    let role = try role(body, on: team)
    let email = try email(body["email"])
    guard HerokuRoster(team, context.organisation).member(email) == nil else {
      throw HerokuAPI.invalid("This person is a member already.")
    }
    return try await context.state.write { scenario in
      let invitation = HerokuInvitation(email, role: role, invitedBy: context.token.email)
      let isNew = !scenario[team: team.id].invitations.contains { $0.email == email }
      scenario[team: team.id].invitations.removeAll { $0.email == email }
      scenario[team: team.id].invitations.append(invitation)
      return Reply(status: isNew ? 201 : 200, json: HerokuShapes.invitation(invitation, to: team))
    }
  }

  private static func revoke(_ call: Call, _ context: Context) async throws -> Reply {
    let team = try administered(call, context)
    let key = call.capture("invitation")
    return try await context.state.write { scenario in
      let found = scenario[team: team.id].invitations.first { $0.id == key || $0.email == key }
      guard let found else { throw HerokuAPI.notFound("invitation") }
      scenario[team: team.id].invitations.removeAll { $0.id == found.id }
      return Reply(json: HerokuShapes.invitation(found, to: team))
    }
  }

  // MARK: Apps

  /// Refuses everybody but the team's administrators and those who manage the app.
  private static func requireManager(
    _ context: Context, _ team: HerokuTeam, _ app: HerokuApp
  ) throws {
    let own = app.collaborators.first { $0.email == context.token.email }
    guard context.role(on: team) == "admin" || own?.permissions.contains("manage") == true else {
      throw HerokuAPI.forbidden
    }
  }

  private static func changeApp(_ call: Call, _ context: Context) async throws -> Reply {
    let (team, app) = try context.app(call)
    try requireManager(context, team, app)
    guard let body = call.json, body.count == 1, let isLocked = body["locked"]?.isTrue else {
      throw HerokuAPI.invalid("Send exactly one key: locked, true or false.")
    }
    return try await context.state.write { scenario in
      scenario[team: team.id][app: app.name].isLocked = isLocked
      return Reply(json: context.shape(scenario[team: team.id][app: app.name], team))
    }
  }

  private static func permissions(_ value: JSON?) throws -> [String]? {
    guard let value else { return nil }
    let known = ["view", "deploy", "operate", "manage"]
    guard let names = value.elements?.map(\.text), !names.contains(nil),
      names.compactMap({ $0 }).allSatisfy(known.contains)
    else { throw HerokuAPI.invalid("The permissions must be some of \(known).") }
    return Array(Set(names.compactMap { $0 } + ["view"])).sorted()
  }

  private static func addCollaborator(
    _ call: Call, _ context: Context, withPermissions: Bool
  ) async throws -> Reply {
    let (team, app) = try context.app(call)
    guard let body = call.json else { throw HerokuAPI.invalid("The body is not a JSON object.") }
    let email = try email(body["user"])
    let permissions = withPermissions ? try permissions(body["permissions"]) : nil
    let role = context.role(on: team)
    // Members may join an app themselves, unless it is locked.
    let joins = email == context.token.email && role == "member" && !app.isLocked
    if !joins { try requireManager(context, team, app) }
    guard !app.collaborators.contains(where: { $0.email == email }) else {
      throw HerokuAPI.invalid("This person is a collaborator already.")
    }
    let member = HerokuRoster(team, context.organisation).member(email)
    let fallback = joins ? ["view", "deploy", "operate"] : ["view"]
    let collaborator = HerokuCollaborator(
      email, permissions: permissions ?? fallback, role: member?.role ?? "collaborator",
      isFederated: member?.isFederated ?? false)
    return try await context.state.write { scenario in
      scenario[team: team.id][app: app.name].collaborators.append(collaborator)
      return Reply(
        status: 201,
        json: HerokuShapes.collaborator(collaborator, of: app, withPermissions: withPermissions))
    }
  }

  private static func collaborator(_ call: Call, _ app: HerokuApp) throws -> HerokuCollaborator {
    let key = call.capture("person")
    let found = app.collaborators.first {
      $0.email == key.lowercased() || HerokuShapes.collaboratorID($0, of: app) == key
    }
    guard let found else { throw HerokuAPI.notFound("collaborator") }
    return found
  }

  private static func setPermissions(_ call: Call, _ context: Context) async throws -> Reply {
    let (team, app) = try context.app(call)
    try requireManager(context, team, app)
    var collaborator = try collaborator(call, app)
    guard let permissions = try permissions(call.json?["permissions"]) else {
      throw HerokuAPI.invalid("Send permissions.")
    }
    collaborator.permissions = permissions
    let changed = collaborator
    return try await context.state.write { scenario in
      let others = app.collaborators.filter { $0.email != changed.email }
      scenario[team: team.id][app: app.name].collaborators = others + [changed]
      return Reply(json: HerokuShapes.collaborator(changed, of: app, withPermissions: true))
    }
  }

  private static func removeCollaborator(
    _ call: Call, _ context: Context, withPermissions: Bool
  ) async throws -> Reply {
    let (team, app) = try context.app(call)
    let collaborator = try collaborator(call, app)
    if collaborator.email != context.token.email { try requireManager(context, team, app) }
    return try await context.state.write { scenario in
      scenario[team: team.id][app: app.name].collaborators.removeAll {
        $0.email == collaborator.email
      }
      return Reply(
        json: HerokuShapes.collaborator(collaborator, of: app, withPermissions: withPermissions))
    }
  }
}
