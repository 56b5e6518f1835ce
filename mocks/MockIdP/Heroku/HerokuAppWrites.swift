/// The endpoints of Heroku that change apps and who may touch them.
///
/// Administrators of the team and whoever holds `manage` on an app change it; locking is theirs too. A locked app cannot be
/// joined. Where a team has no permissions (`org-access-controls` is off) none may be sent.
enum HerokuAppWrites {
  typealias Context = HerokuAPI.Context

  static let routes: [Route<Context>] = [
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

  private static let permissionFeature = "org-access-controls"

  /// Refuses everybody but the team's administrators and those who manage the app.
  private static func requireManager(
    _ context: Context, _ team: HerokuTeam, _ app: HerokuApp
  ) throws {
    let own = app.collaborators.first { $0.email == context.token.email }
    let role = context.role(on: team)
    // A viewer only reads, whatever the app says.
    guard role == "admin" || role != "viewer" && own?.permissions.contains("manage") == true else {
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
    guard let body = call.json else { throw HerokuAPI.invalid("The body is not a JSON object.") }
    let email = try HerokuWrites.email(body["user"])
    if !withPermissions, let own = context.personalApp(call) {
      return try await addToPersonalApp(email, own, context)
    }
    let (team, app) = try context.app(call)
    let permissions = withPermissions ? try permissions(body["permissions"]) : nil
    if permissions != nil, !team.features.contains(permissionFeature) {
      throw HerokuAPI.invalid("The apps of this team have no permissions.")
    }
    let role = context.role(on: team)
    // Members may join an app themselves, unless it is locked; they do not choose what they get.
    let joins =
      email == context.token.email && role == "member" && !app.isLocked && permissions == nil
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
      guard
        !scenario[team: team.id][app: app.name].collaborators.contains(where: { $0.email == email })
      else { throw HerokuAPI.invalid("This person is a collaborator already.") }
      scenario[team: team.id][app: app.name].collaborators.append(collaborator)
      return Reply(
        status: 201,
        json: HerokuShapes.collaborator(collaborator, of: app, withPermissions: withPermissions))
    }
  }

  private static func addToPersonalApp(
    _ email: String, _ app: HerokuApp, _ context: Context
  ) async throws -> Reply {
    guard !app.collaborators.contains(where: { $0.email == email }) else {
      throw HerokuAPI.invalid("This person is a collaborator already.")
    }
    let collaborator = HerokuCollaborator(email)
    return try await context.state.write { scenario in
      for index in scenario.heroku.personalApps.indices
      where scenario.heroku.personalApps[index].id == app.id {
        scenario.heroku.personalApps[index].collaborators.append(collaborator)
      }
      return Reply(
        status: 201, json: HerokuShapes.collaborator(collaborator, of: app, withPermissions: false))
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
    guard team.features.contains(permissionFeature) else {
      throw HerokuAPI.invalid("The apps of this team have no permissions.")
    }
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
    if !withPermissions, let own = context.personalApp(call) {
      let collaborator = try collaborator(call, own)
      return try await context.state.write { scenario in
        for index in scenario.heroku.personalApps.indices
        where scenario.heroku.personalApps[index].id == own.id {
          scenario.heroku.personalApps[index].collaborators.removeAll {
            $0.email == collaborator.email
          }
        }
        return Reply(json: HerokuShapes.collaborator(collaborator, of: own, withPermissions: false))
      }
    }
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
