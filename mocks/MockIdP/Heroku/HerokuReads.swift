/// The read endpoints of Heroku.
enum HerokuReads {
  typealias Context = HerokuAPI.Context

  static let routes: [Route<Context>] = [
    Route("GET /account", scope: "identity", account),
    Route("GET /account/rate-limits", scope: "identity") { _, _ in Reply(json: [:]) },
    Route("GET /teams", scope: "read", teams),
    Route("GET /teams/{team}", scope: "read", team),
    Route("GET /teams/{team}/members", scope: "read", members),
    Route("GET /teams/{team}/members/{member}/apps", scope: "read", memberApps),
    Route("GET /teams/{team}/invitations", scope: "read", invitations),
    Route("GET /teams/{team}/features", scope: "read", features),
    Route("GET /teams/{team}/identity-providers", scope: "read", identityProviders),
    Route("GET /teams/{team}/preferences", scope: "read", preferences),
    Route("GET /teams/{team}/apps", scope: "read", apps),
    Route("GET /teams/{team}/permissions", scope: "read", permissions),
    Route("GET /teams/permissions", scope: "read", permissionNames),
    Route("GET /teams/apps/{app}", scope: "read", app),
    Route("GET /teams/apps/{app}/collaborators", scope: "read") {
      try collaborators($0, $1, withPermissions: true)
    },
    Route("GET /apps", scope: "read", allApps),
    Route("GET /apps/{app}", scope: "read", anyApp),
    Route("GET /apps/{app}/collaborators", scope: "read") {
      try collaborators($0, $1, withPermissions: false)
    },
    Route("GET /enterprise-accounts", scope: "read", enterpriseAccounts),
    Route("GET /enterprise-accounts/{account}", scope: "read", enterpriseAccount),
    Route("GET /enterprise-accounts/{account}/members", scope: "read", enterpriseMembers),
    Route("GET /enterprise-accounts/{account}/teams", scope: "read", enterpriseTeams),
  ]

  private static func account(_ call: Call, _ context: Context) throws -> Reply {
    let email = context.token.email
    return Reply(json: [
      "id": .string(HerokuShapes.userID(email)), "email": .string(email), "name": .null,
      "two_factor_authentication": true, "federated": false, "identity_provider": .null,
      "suspended_at": .null, "last_login": "2026-05-01T08:00:00Z", "verified": true,
      "created_at": "2024-01-01T00:00:00Z", "updated_at": "2026-05-01T09:00:00Z",
    ])
  }

  private static func teams(_ call: Call, _ context: Context) throws -> Reply {
    let rows = context.visibleTeams.map {
      HerokuShapes.team($0, role: context.role(on: $0), context.organisation)
    }
    return try list(rows, call, context)
  }

  private static func team(_ call: Call, _ context: Context) throws -> Reply {
    let team = try context.team(call)
    let role = context.role(on: team)
    return Reply(json: HerokuShapes.team(team, role: role, context.organisation))
  }

  private static func members(_ call: Call, _ context: Context) throws -> Reply {
    let team = try context.team(call)
    try context.require(["admin", "member", "viewer"], on: team)
    let sent = call.headers["range"]
    let range = try range(sent, ["email"])
    let (members, hasMore) = HerokuRoster(team, context.organisation).page(range)
    let provider = HerokuShapes.provider(of: team, context.organisation)
    var json = JSONWriter(capacity: members.count * 560)
    json.beginArray()
    for member in members { HerokuShapes.write(member, of: team, provider, to: &json) }
    json.endArray()
    return Reply(
      range, sent: sent, properties: ["email"], body: json.bytes, last: members.last?.email,
      hasMore: hasMore)
  }

  private static func memberApps(_ call: Call, _ context: Context) throws -> Reply {
    let team = try context.team(call)
    guard let member = HerokuRoster(team, context.organisation).member(call.capture("member"))
    else { throw HerokuAPI.notFound("member") }
    let rows = team.apps.filter { app in
      app.collaborators.contains { $0.email == member.email }
    }
    return try list(
      rows.map { HerokuShapes.app($0, of: team, isJoined: true) }, call, context)
  }

  private static func invitations(_ call: Call, _ context: Context) throws -> Reply {
    let team = try context.team(call)
    try context.require(["admin", "member", "viewer"], on: team)
    let rows = team.invitations.map { HerokuShapes.invitation($0, to: team) }
    return try list(rows, call, context)
  }

  private static func features(_ call: Call, _ context: Context) throws -> Reply {
    let team = try context.team(call)
    let names = ["org-access-controls", "team-invite-acceptance"]
    let rows = Set(names + team.features).sorted().map { name -> JSON in
      [
        "id": .string(Identifier.uuid("feature " + name)), "name": .string(name),
        "enabled": .bool(team.features.contains(name)), "state": "general", "doc_url": "",
        "description": .string(name), "created_at": "2024-01-01T00:00:00Z",
        "updated_at": "2024-01-01T00:00:00Z",
      ]
    }
    return try list(rows, call, context)
  }

  private static func identityProviders(_ call: Call, _ context: Context) throws -> Reply {
    let team = try context.team(call)
    try context.require(["admin", "member"], on: team)
    let rows = team.identityProviders.filter { !$0.isRedacted }
      .map { HerokuShapes.identityProvider($0, team, oktaURL: context.oktaURL) }
    return try list(rows, call, context)
  }

  private static func preferences(_ call: Call, _ context: Context) throws -> Reply {
    let team = try context.team(call)
    return Reply(json: [
      "default-permission": team.defaultPermission.map { .string($0) } ?? .null,
      "addons-controls": false, "whitelisting-enabled": false,
    ])
  }

  private static func apps(_ call: Call, _ context: Context) throws -> Reply {
    let team = try context.team(call)
    return try list(team.apps.map { context.shape($0, team) }, call, context)
  }

  private static func allApps(_ call: Call, _ context: Context) throws -> Reply {
    let sent = call.headers["range"]
    let properties = ["id", "name", "updated_at"]
    let range = try sent.map { try self.range($0, properties) } ?? HerokuRange(property: "id")
    let shapes = context.visibleTeams.flatMap { team in team.apps.map { context.shape($0, team) } }
    return paged(shapes, range, sent: sent, properties: properties)
  }

  private static func app(_ call: Call, _ context: Context) throws -> Reply {
    let (team, app) = try context.app(call)
    return Reply(json: context.shape(app, team))
  }

  private static func anyApp(_ call: Call, _ context: Context) throws -> Reply {
    guard let own = context.personalApp(call) else { return try app(call, context) }
    return Reply(json: HerokuShapes.personalApp(own, owner: context.token.email))
  }

  private static func permissions(_ call: Call, _ context: Context) throws -> Reply {
    let team = try context.team(call)
    let rows = team.apps.map { app -> JSON in
      let users = app.collaborators.map { person -> JSON in
        [
          "id": .string(HerokuShapes.userID(person.email)), "email": .string(person.email),
          "permissions": .strings(person.permissions.sorted()),
        ]
      }
      return [
        "id": .string(app.id), "name": .string(app.name), "team_id": .string(team.id),
        "type": "app", "users": .array(users),
      ]
    }
    return try list(rows, call, context)
  }

  private static func permissionNames(_ call: Call, _ context: Context) throws -> Reply {
    try list(
      ["view", "deploy", "operate", "manage"].map { HerokuShapes.permission($0) }, call, context)
  }

  private static func collaborators(
    _ call: Call, _ context: Context, withPermissions: Bool
  ) throws -> Reply {
    if !withPermissions, let own = context.personalApp(call) {
      let owner = HerokuCollaborator(context.token.email, permissions: [], role: "owner")
      return try list(
        ([owner] + own.collaborators).map {
          HerokuShapes.collaborator($0, of: own, withPermissions: false)
        }, call, context)
    }
    let (team, app) = try context.app(call)
    let owner = HerokuCollaborator(
      HerokuShapes.managerEmail(team), permissions: ["view", "deploy", "operate", "manage"],
      role: "owner")
    let rows = ([owner] + app.collaborators.map { context.current($0, team) }).map {
      HerokuShapes.collaborator($0, of: app, withPermissions: withPermissions)
    }
    return try list(rows, call, context)
  }

  private static func enterpriseAccounts(_ call: Call, _ context: Context) throws -> Reply {
    let accounts = context.organisation.scenario.heroku.enterpriseAccounts
    return try list(accounts.map(HerokuShapes.enterpriseAccount), call, context)
  }

  private static func enterpriseAccount(_ call: Call, _ context: Context) throws -> Reply {
    Reply(json: HerokuShapes.enterpriseAccount(try context.account(call)))
  }

  private static func enterpriseMembers(_ call: Call, _ context: Context) throws -> Reply {
    let account = try context.account(call)
    let members = account.members ?? context.membersOfTeams(of: account)
    let rows = members.map { HerokuShapes.enterpriseMember($0, of: account) }
    return try list(rows, call, context)
  }

  private static func enterpriseTeams(_ call: Call, _ context: Context) throws -> Reply {
    let account = try context.account(call)
    let teams = context.visibleTeams.filter { $0.enterpriseAccount == account.name }
    let rows = teams.map {
      HerokuShapes.team($0, role: context.role(on: $0), context.organisation)
    }
    return try list(rows, call, context)
  }
}
