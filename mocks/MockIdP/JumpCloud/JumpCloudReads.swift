/// What can be read of an organisation.
enum JumpCloudReads {
  typealias Context = JumpCloudAPI.Context

  static let routes: [Route<Context>] = [
    Route("GET /api/systemusers", scope: "users", users),
    Route("GET /api/applications", scope: "applications") { call, context in
      try counted(context.organisation.apps.map(row), call, context)
    },
    Route("GET /api/applications/{app}", scope: "applications") { call, context in
      try check(call, [])
      return Reply(json: row(try app(call, context)))
    },
    Route("GET /api/v2/applications/{app}/users", scope: "applications", appUsers),
    Route("GET /api/v2/usergroups", scope: "groups") { call, context in
      try bare(context.organisation.groups.map(row), call, context)
    },
    Route("GET /api/v2/usergroups/{group}", scope: "groups") { call, context in
      try check(call, [])
      return Reply(json: row(try group(call, context)))
    },
    Route("GET /api/v2/usergroups/{group}/membership", scope: "groups") { call, context in
      let members = Set(try group(call, context).members)
      let users = context.organisation.allUsers.filter { members.contains($0.email) }
      return try bare(users.map(node), call, context)
    },
    Route("GET /api/v2/authn/policies", scope: "policies") { call, context in
      try bare(context.organisation.policies, call, context)
    },
    Route("GET /api/v2/iplists", scope: "iplists") { call, context in
      try bare(context.organisation.ipLists.map(row), call, context)
    },
    Route("GET /api/v2/identity-providers", scope: "organisations") { call, context in
      let all = context.organisation.identityProviders
      return Reply(json: [
        "identityProviders": .array(try slice(all, call, context, [])),
        "totalCount": .integer(all.count),
      ])
    },
    Route("GET /api/organizations", scope: "organisations") { call, context in
      try counted([organisation(context)], call, context)
    },
    Route("GET /api/organizations/{organisation}", scope: "organisations") { call, context in
      try check(call, [])
      guard call.capture("organisation") == organisationID(context) else {
        throw Refusal(status: 404, code: "Not Found", message: "Not Found")
      }
      return Reply(json: organisation(context))
    },
  ]

  // MARK: The organisation

  private static func organisationID(_ context: Context) -> String {
    context.organisation.organisation ?? "5c0000000000000000000001"
  }

  private static func organisation(_ context: Context) -> JSON {
    let minutes = context.organisation.sessionMinutes
    return [
      "_id": .string(organisationID(context)), "id": .string(organisationID(context)),
      "displayName": "Acme", "logoUrl": .null,
      "settings": [
        "contactName": "Ana", "systemUsersCanEdit": true, "disableGoogleLogin": false,
        "userPortal": ["idleSessionDurationMinutes": .integer(minutes)],
      ],
    ]
  }

  // MARK: Users

  private static func users(_ call: Call, _ context: Context) async throws -> Reply {
    var users = context.organisation.allUsers
    switch call.parameter("sort") ?? "" {
    case "": break
    case "_id": users.sort { $0.id < $1.id }
    default: throw refuse("sort")
    }
    if context.organisation.shrinks, (call.parameter("skip") ?? "0") != "0" { users.removeFirst() }
    // Space separated; commas are those of version 2.
    let fields = call.parameter("fields").map { Set($0.split(separator: " ").map(String.init)) }
    return try counted(
      users.map { row($0, fields) }, call, context, others: ["sort", "fields"])
  }

  private static func row(_ user: JumpCloudUser, _ fields: Set<String>?) -> JSON {
    let mfa = JSON.compact([
      "configured": .bool(user.totp), "exclusion": .bool(user.exclusion),
      "exclusionUntil": user.exclusionUntil.map { .string($0) },
    ])
    let totp: JSON = user.totp ? "ENROLLED" : "NOT_ENROLLED"
    let enrolment: JSON = [
      "overallStatus": totp, "totpStatus": totp, "pushStatus": "NOT_ENROLLED",
      "webAuthnStatus": "NOT_ENROLLED",
    ]
    let name = user.email.split(separator: "@").first.map(String.init) ?? user.email
    let whole = JSON.compact([
      "_id": .string(user.id), "id": .string(user.id), "email": .string(user.email),
      "username": .string(name),
      "activated": .bool(user.activated), "suspended": .bool(user.suspended),
      "state": user.state.map { .string($0) }, "account_locked": false,
      "externally_managed": false, "ldap_binding_user": false,
      "enable_user_portal_multifactor": .bool(user.requiresMFA),
      "totp_enabled": .bool(user.totp), "mfa": mfa, "mfaEnrollment": enrolment,
      "restrictedFields": [],
    ]).merging(user.extra)
    return .object(
      (whole.properties ?? [:]).filter { key, _ in
        !user.hidden.contains(key) && (fields?.contains(key) ?? true)
      })
  }

  /// A user as a node of the graph, with a way to it.
  private static func node(_ user: JumpCloudUser) -> JSON {
    let end: JSON = ["attributes": .null, "to": ["id": .string(user.id), "type": "user"]]
    return [
      "id": .string(user.id), "type": "user", "compiledAttributes": .null, "paths": [[end]],
    ]
  }

  // MARK: Applications and groups

  private static func app(_ call: Call, _ context: Context) throws -> JumpCloudApp {
    guard
      let app = context.organisation.apps.first(where: { $0.id == call.capture("app") })
    else { throw Refusal(status: 404, code: "Not Found", message: "Not Found") }
    return app
  }

  private static func appUsers(_ call: Call, _ context: Context) async throws -> Reply {
    let app = try app(call, context)
    var emails = Set(app.users)
    for group in context.organisation.groups where app.groups.contains(group.id) {
      emails.formUnion(group.members)
    }
    let users = context.organisation.allUsers.filter { emails.contains($0.email) }
    return try bare(users.map(node), call, context)
  }

  private static func row(_ app: JumpCloudApp) -> JSON {
    [
      "_id": .string(app.id), "id": .string(app.id), "name": "saml", "active": true,
      "displayName": "SAML", "displayLabel": .string(app.name),
      "ssoUrl": .string("https://sso.jumpcloud.com/saml2/\(app.id)"), "config": [:],
    ]
  }

  private static func group(_ call: Call, _ context: Context) throws -> JumpCloudGroup {
    guard
      let group = context.organisation.groups.first(where: { $0.id == call.capture("group") })
    else { throw Refusal(status: 404, code: "Not Found", message: "Not Found") }
    return group
  }

  private static func row(_ group: JumpCloudGroup) -> JSON {
    ["id": .string(group.id), "name": .string(group.name), "type": "user_group"]
  }

  private static func row(_ list: JumpCloudIPList) -> JSON {
    ["id": .string(list.id), "name": .string(list.name), "ips": .strings(list.ips)]
  }

  // MARK: Pages

  private static func refuse(_ what: String) -> Refusal {
    Refusal(status: 400, code: "Bad Request", message: "The parameter \(what) is not valid")
  }

  private static func check(_ call: Call, _ known: Set<String>) throws {
    for (name, _) in call.parameters where !known.contains(name) { throw refuse(name) }
  }

  private static func slice(
    _ rows: [JSON], _ call: Call, _ context: Context, _ others: Set<String>
  ) throws -> [JSON] {
    try check(call, others.union(["limit", "skip"]))
    let limit = call.parameter("limit").map { Int($0) } ?? 10
    let skip = call.parameter("skip").map { Int($0) } ?? 0
    guard let limit, (1...100).contains(limit) else { throw refuse("limit") }
    guard let skip, skip >= 0 else { throw refuse("skip") }
    return Array(rows.dropFirst(skip).prefix(min(limit, context.organisation.largestPage ?? limit)))
  }

  /// A list of version 1.
  private static func counted(
    _ rows: [JSON], _ call: Call, _ context: Context, others: Set<String> = []
  ) throws -> Reply {
    Reply(json: [
      "totalCount": .integer(rows.count),
      "results": .array(try slice(rows, call, context, others)),
    ])
  }

  /// A list of version 2.
  private static func bare(_ rows: [JSON], _ call: Call, _ context: Context) throws -> Reply {
    Reply(json: .array(try slice(rows, call, context, [])))
  }
}
