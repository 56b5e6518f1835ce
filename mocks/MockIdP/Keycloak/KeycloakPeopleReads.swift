/// What Keycloak tells of users, groups and roles.
enum KeycloakPeopleReads {
  typealias Context = KeycloakAPI.Context

  private static let prefix = "GET /admin/realms/{realm}"
  private static let users = "view-users|query-users"

  static let routes: [Route<Context>] = [
    Route("\(prefix)/users", scope: users, list),
    Route("\(prefix)/users/count", scope: users, count),
    Route("\(prefix)/users/{user}", scope: "view-users", user),
    Route("\(prefix)/users/{user}/credentials", scope: "view-users", credentials),
    Route("\(prefix)/users/{user}/groups", scope: "view-users", groupsOfUser),
    Route("\(prefix)/users/{user}/federated-identity", scope: "view-users", links),
    Route(
      "\(prefix)/users/{user}/role-mappings/realm/composite", scope: "view-users", effective),
    Route(
      "\(prefix)/users/{user}/role-mappings/clients/{client}/composite", scope: "view-users",
      effective),
    Route("\(prefix)/groups", scope: "view-users|query-groups", groups),
    Route("\(prefix)/groups/{group}/children", scope: "view-users", children),
    Route("\(prefix)/groups/{group}/members", scope: "view-users", members),
    Route("\(prefix)/roles", scope: "view-realm", roles),
    Route("\(prefix)/clients/{client}/roles", scope: "view-clients", roles),
    Route("\(prefix)/roles-by-id/{role}/composites", scope: "view-realm", composites),
    Route("\(prefix)/roles/{role}/users", scope: "view-realm", usersOfRole),
    Route("\(prefix)/roles/{role}/groups", scope: "view-realm", groupsOfRole),
    Route("\(prefix)/clients/{client}/roles/{role}/users", scope: "view-clients", usersOfRole),
    Route("\(prefix)/clients/{client}/roles/{role}/groups", scope: "view-clients", groupsOfRole),
  ]

  // MARK: Users

  private static let filters: Set<String> = [
    "search", "username", "email", "exact", "enabled", "emailVerified", "q", "idpAlias",
    "idpUserId",
  ]

  private static func filtered(_ users: [KeycloakUser], _ call: Call) -> [KeycloakUser] {
    users.filter { user in
      if let alias = call.parameter("idpAlias"), !user.identityProviders.contains(alias) {
        return false
      }
      if let enabled = call.parameter("enabled"), enabled != String(user.enabled) { return false }
      for (name, value) in [("username", user.username), ("email", user.email)] {
        guard let wanted = call.parameter(name) else { continue }
        let isExact = call.parameter("exact") == "true"
        if isExact ? value != wanted : !value.contains(wanted) { return false }
      }
      return true
    }
  }

  private static func list(_ call: Call, _ context: Context) throws -> Reply {
    // Who may only ask for users sees none of them, and no refusal either.
    var visible = context.roles.contains("view-users") ? context.realm.listed : []
    if context.tenant.movesRows, let first = call.parameter("first").flatMap({ Int($0) }),
      visible.indices.contains(first), first > 0
    {
      visible[first] = visible[first - 1]
    }
    let isBrief = call.parameter("briefRepresentation") == "true"
    return try KeycloakReads.page(
      filtered(visible, call).map { json($0, isBrief: isBrief) }, call, context, default: 100,
      also: filters)
  }

  private static func count(_ call: Call, _ context: Context) throws -> Reply {
    try KeycloakReads.refuseUnknown(call, filters)
    return Reply(json: .integer(filtered(context.tenant.users, call).count))
  }

  private static func json(_ user: KeycloakUser, isBrief: Bool) -> JSON {
    var json: [String: JSON] = [
      "id": .string(user.id), "username": .string(user.username), "enabled": .bool(user.enabled),
      "emailVerified": true, "createdTimestamp": 1_780_000_000_000,
      "access": ["manage": false, "view": true],
    ]
    if !user.email.isEmpty { json["email"] = .string(user.email) }
    if let link = user.federationLink { json["federationLink"] = .string(link) }
    guard !isBrief else { return .object(json) }
    json["totp"] = .bool(user.credentials.contains("otp"))
    json["requiredActions"] = .strings(user.requiredActions)
    json["disableableCredentialTypes"] = []
    json["notBefore"] = 0
    if !user.attributes.isEmpty {
      json["attributes"] = .object(user.attributes.mapValues { .strings($0) })
    }
    return .object(json)
  }

  private static func found(_ call: Call, _ context: Context) throws -> KeycloakUser {
    guard let user = context.realm.user(call.capture("user")) else {
      throw KeycloakReads.notFound("User not found")
    }
    return user
  }

  private static func user(_ call: Call, _ context: Context) throws -> Reply {
    Reply(json: json(try found(call, context), isBrief: false))
  }

  private static func credentials(_ call: Call, _ context: Context) throws -> Reply {
    let user = try found(call, context)
    return Reply(
      json: .array(
        user.credentials.map { type in
          [
            "id": .string(Identifier.uuid("\(user.id) \(type)")), "type": .string(type),
            "createdDate": 1_780_000_000_000, "credentialData": "{}", "priority": 10,
          ]
        }))
  }

  private static func groupsOfUser(_ call: Call, _ context: Context) throws -> Reply {
    let user = try found(call, context)
    let paths = user.groups + user.mappedGroups
    return try KeycloakReads.page(
      context.realm.groups.filter { paths.contains($0.path) }.map { json($0, context) }, call,
      context)
  }

  private static func links(_ call: Call, _ context: Context) throws -> Reply {
    let user = try found(call, context)
    return Reply(
      json: .array(
        user.identityProviders.map { alias in
          [
            "identityProvider": .string(alias), "userId": .string("\(alias)-\(user.id)"),
            "userName": .string(user.email),
          ]
        }))
  }

  private static func effective(_ call: Call, _ context: Context) throws -> Reply {
    let user = try found(call, context)
    let client = try call.captures["client"].map { try clientID($0, context) }
    return Reply(
      json: .array(
        context.realm.effectiveRoles(of: user).filter { $0.client == client }.map { json($0) }))
  }

  // MARK: Groups

  private static func json(_ group: KeycloakRealmIndex.Group, _ context: Context) -> JSON {
    let below = context.realm.groups.filter { $0.parents.last == group.path }
    var row: [String: JSON] = [
      "id": .string(group.id), "name": .string(group.node.name), "path": .string(group.path),
      "attributes": .object(group.node.attributes.mapValues { .strings($0) }),
    ]
    if context.tenant.listsChildren {
      row["subGroupCount"] = .integer(below.count)
      row["subGroups"] = context.tenant.nestsGroups ? .array(below.map { json($0, context) }) : []
    } else if context.tenant.nestsGroups {
      row["subGroups"] = .array(below.map { json($0, context) })
    }
    return .object(row)
  }

  private static func groups(_ call: Call, _ context: Context) throws -> Reply {
    try KeycloakReads.page(
      context.realm.groups.filter(\.parents.isEmpty).map { json($0, context) }, call, context,
      also: ["search", "populateHierarchy", "subGroupsCount"])
  }

  private static func group(_ call: Call, _ context: Context) throws -> KeycloakRealmIndex.Group {
    guard let group = context.realm.groups.first(where: { $0.id == call.capture("group") }) else {
      throw KeycloakReads.notFound("Could not find group by id")
    }
    return group
  }

  private static func children(_ call: Call, _ context: Context) throws -> Reply {
    guard context.tenant.listsChildren else {
      // A server that nests groups knows the path for making one below another.
      guard context.tenant.nestsGroups else { throw KeycloakReads.notFound("HTTP 404 Not Found") }
      throw Refusal(
        status: 405, code: "method_not_allowed", message: "HTTP 405 Method Not Allowed",
        headers: [("Allow", "POST")])
    }
    let parent = try group(call, context)
    return try KeycloakReads.page(
      context.realm.groups.filter { $0.parents.last == parent.path }.map { json($0, context) },
      call, context, default: 10)
  }

  private static func members(_ call: Call, _ context: Context) throws -> Reply {
    let group = try group(call, context)
    return try KeycloakReads.page(
      context.realm.listed.filter { $0.groups.contains(group.path) }
        .map { json($0, isBrief: true) }, call, context, default: 100)
  }

  // MARK: Roles

  private static func json(_ role: KeycloakRealmIndex.Role) -> JSON {
    [
      "id": .string(role.id), "name": .string(role.name), "description": "",
      "composite": .bool(!role.composites.isEmpty), "clientRole": .bool(role.client != nil),
      "containerId": "container",
    ]
  }

  private static func clientID(_ id: String, _ context: Context) throws -> String {
    guard let client = context.realm.client(id) else {
      throw KeycloakReads.notFound("Could not find client")
    }
    return client.clientID
  }

  private static func listable(_ context: Context) throws {
    guard context.tenant.listsRoles else {
      throw KeycloakReads.notFound("HTTP 404 Not Found")
    }
  }

  private static func roles(_ call: Call, _ context: Context) throws -> Reply {
    try listable(context)
    let client = try call.captures["client"].map { try clientID($0, context) }
    return try KeycloakReads.page(
      context.realm.roles.filter { $0.client == client }.map { json($0) }, call, context,
      also: ["search"])
  }

  private static func composites(_ call: Call, _ context: Context) throws -> Reply {
    try listable(context)
    guard let role = context.realm.roles.first(where: { $0.id == call.capture("role") }) else {
      throw KeycloakReads.notFound("Could not find role with id")
    }
    return Reply(
      json: .array(role.composites.compactMap { context.realm.role($0) }.map { json($0) }))
  }

  private static func role(_ call: Call, _ context: Context) throws -> KeycloakRealmIndex.Role {
    try listable(context)
    let client = try call.captures["client"].map { try clientID($0, context) }
    let name = call.capture("role")
    guard let role = context.realm.roles.first(where: { $0.client == client && $0.name == name })
    else { throw KeycloakReads.notFound("Could not find role") }
    return role
  }

  private static func usersOfRole(_ call: Call, _ context: Context) throws -> Reply {
    let role = try role(call, context)
    return try KeycloakReads.page(
      context.realm.listed.filter { $0.roles.contains(role.key) }.map { json($0, isBrief: true) },
      call, context)
  }

  private static func groupsOfRole(_ call: Call, _ context: Context) throws -> Reply {
    let role = try role(call, context)
    return try KeycloakReads.page(
      context.realm.groups.filter { $0.node.roles.contains(role.key) }.map { json($0, context) },
      call, context)
  }
}
