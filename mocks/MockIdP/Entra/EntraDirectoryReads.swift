/// Users, groups, roles and enterprise applications.
enum EntraDirectoryReads {
  typealias Context = EntraAPI.Context

  private static let users = "User.Read.All|Directory.Read.All"
  private static let groups = "GroupMember.Read.All|Group.Read.All|Directory.Read.All"
  private static let roles = "RoleManagement.Read.Directory|Directory.Read.All"
  private static let apps = "Application.Read.All|Directory.Read.All"

  static let routes: [Route<Context>] = [
    Route("GET /v1.0/users", scope: users, listUsers),
    Route("GET /v1.0/users/$count", scope: users) {
      try count($1.directory.userCount, $0)
    },
    Route("GET /v1.0/users/delta", scope: users, delta),
    Route(
      "GET /v1.0/users/{user}/transitiveMemberOf/microsoft.graph.group", scope: groups, memberOf),
    Route("GET /beta/users/{user}/authentication/requirements", scope: "Policy.Read.All", perUser),
    Route("GET /v1.0/groups", scope: groups, listGroups),
    Route("GET /v1.0/groups/{group}", scope: groups, group),
    Route("GET /v1.0/groups/{group}/members", scope: groups) { try members($0, $1, false) },
    Route("GET /v1.0/groups/{group}/transitiveMembers", scope: groups) {
      try members($0, $1, true)
    },
    Route("GET /v1.0/groups/{group}/owners", scope: groups, owners),
    Route("GET /v1.0/groups/{group}/members/$count", scope: groups) {
      try count(shown($0, $1, false).count, $0)
    },
    Route("GET /v1.0/groups/{group}/transitiveMembers/$count", scope: groups) {
      try count(shown($0, $1, true).count, $0)
    },
    Route("GET /v1.0/roleManagement/directory/roleAssignments", scope: roles, assignments),
    Route(
      "GET /v1.0/roleManagement/directory/roleEligibilityScheduleInstances", scope: roles,
      eligibleForRole),
    Route("GET /v1.0/roleManagement/directory/roleDefinitions/{role}", scope: roles, role),
    Route(
      "GET /v1.0/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances",
      scope: "PrivilegedEligibilitySchedule.Read.AzureADGroup", eligibleForGroup),
    Route("GET /v1.0/servicePrincipals", scope: apps, listApps),
    Route("GET /v1.0/servicePrincipals/{id}/appRoleAssignedTo", scope: apps, assignedTo),
  ]

  // MARK: Users

  private static let userFields: Set<String> = [
    "id", "userPrincipalName", "mail", "displayName", "accountEnabled", "userType",
    "externalUserState", "creationType", "onPremisesSyncEnabled", "proxyAddresses", "otherMails",
  ]

  /// The fields asked for; without `$select` those that Graph gives by default.
  private static func selected(
    _ call: Call, of known: Set<String>, default fallback: [String]
  ) throws -> [String] {
    guard let text = call.parameter("$select") else { return fallback }
    let fields = text.split(separator: ",").map(String.init)
    for field in fields where !known.contains(field) {
      throw EntraAPI.invalid(
        "Parsing OData Select and Expand failed: Could not find a property named '\(field)'.")
    }
    return fields
  }

  private static func listUsers(_ call: Call, _ context: Context) throws -> Reply {
    let page = try EntraPage(call, default: 100, max: 999, cap: context.tenant.maxPage)
    let fields = try selected(
      call, of: userFields, default: ["id", "userPrincipalName", "mail", "displayName"])
    let range = page.range(of: context.directory.userCount)
    var writer = JSONWriter(capacity: range.count * 260)
    writer.beginArray()
    for place in range {
      let all = EntraShapes.user(context.directory.user(at: place))
      writer.beginObject()
      for field in fields {
        writer.string(field)
        writer.raw(after: all[field] ?? .null)
      }
      writer.endObject()
    }
    writer.endArray()
    return page.reply(writer.bytes, of: context.directory.userCount)
  }

  /// Only that a token has expired: a full reading is then due.
  private static func delta(_ call: Call, _ context: Context) throws -> Reply {
    throw Refusal(
      status: 410, code: "syncStateNotFound", message: "The sync state is not found.",
      headers: [("Location", call.baseURL + "/v1.0/users/delta?$deltatoken=")])
  }

  private static func memberOf(_ call: Call, _ context: Context) throws -> Reply {
    // The cast is an advanced query.
    guard call.headers["consistencylevel"] == "eventual", call.parameter("$count") == "true" else {
      throw EntraAPI.invalid("Request with cast segment requires ConsistencyLevel and $count.")
    }
    guard let user = context.directory.user(call.capture("user")) else {
      throw EntraAPI.notFound(call.capture("user"))
    }
    let page = try EntraPage(call, default: 100, max: 999, cap: context.tenant.maxPage)
    let groups = context.tenant.groups.filter { group in
      context.directory.members(of: group.id, nested: true)?.contains { $0.id == user.id } == true
    }
    return page.cut(groups.map { ["id": .string($0.id), "displayName": .string($0.name)] })
  }

  private static func perUser(_ call: Call, _ context: Context) throws -> Reply {
    guard let user = context.directory.user(call.capture("user")) else {
      throw EntraAPI.notFound(call.capture("user"))
    }
    return Reply(json: ["perUserMfaState": .string(user.perUserMFA)])
  }

  // MARK: Groups

  private static func row(
    _ id: String, _ name: String, _ context: Context, _ call: Call
  ) throws -> JSON {
    let group = context.directory.group(id)
    let isUnified = group?.types.contains("Unified") == true
    let all: [String: JSON] = [
      "id": .string(id), "displayName": .string(name),
      "visibility": context.directory.visibility(id).map { .string($0) } ?? .null, "mail": nil,
      "securityEnabled": true, "mailEnabled": .bool(isUnified),
      "groupTypes": .strings(group?.types ?? []),
      "membershipRule": group?.rule.map { .string($0) } ?? .null,
      "onPremisesSyncEnabled": group?.isSynchronised == true ? true : .null,
    ]
    let fields = try selected(call, of: Set(all.keys), default: Array(all.keys))
    return .object(all.filter { fields.contains($0.key) })
  }

  private static func listGroups(_ call: Call, _ context: Context) throws -> Reply {
    let page = try EntraPage(call, default: 100, max: 999, cap: context.tenant.maxPage)
    var found = context.tenant.groups
    if let filter = call.parameter("$filter") {
      guard let (field, value) = equality(filter), field == "displayName" else {
        throw EntraAPI.invalid("Invalid filter clause.")
      }
      found = found.filter { $0.name.lowercased() == value.lowercased() }
    }
    return page.cut(
      try found.map { try row($0.id, $0.name, context, call) })
  }

  private static func group(_ call: Call, _ context: Context) throws -> Reply {
    let id = call.capture("group")
    guard let name = context.directory.groupName(id) else { throw EntraAPI.notFound(id) }
    return Reply(json: try row(id, name, context, call))
  }

  private static func owners(_ call: Call, _ context: Context) throws -> Reply {
    let id = call.capture("group")
    guard EntraDirectory.isObjectID(id), context.directory.groupName(id) != nil else {
      throw EntraAPI.notFound(id)
    }
    let rows = (context.directory.group(id)?.owners ?? []).compactMap { key -> JSON? in
      context.directory.principal(key).map {
        ["@odata.type": .string("#microsoft.graph.\($0.type)"), "id": .string($0.id)]
      }
    }
    return try EntraPage(call, default: 100, max: 999, cap: context.tenant.maxPage).cut(rows)
  }

  /// A number alone; only who takes what may lag a little is told.
  private static func count(_ number: Int, _ call: Call) throws -> Reply {
    guard call.headers["consistencylevel"] == "eventual" else {
      throw EntraAPI.invalid("$count is not currently supported.")
    }
    return Reply(
      status: 200, headers: [("Content-Type", "text/plain")], body: Array(String(number).utf8))
  }

  private static func shown(
    _ call: Call, _ context: Context, _ nested: Bool
  ) throws -> [(id: String, type: String)] {
    let id = call.capture("group")
    guard EntraDirectory.isObjectID(id),
      var members = context.directory.members(of: id, nested: nested)
    else { throw EntraAPI.notFound(id) }
    let seesHidden = context.tenant.clients.contains {
      $0.permissions.contains("Member.Read.Hidden")
    }
    if context.directory.hidesMembers(id), !seesHidden { members = [] }
    return members
  }

  private static func members(
    _ call: Call, _ context: Context, _ nested: Bool
  ) throws -> Reply {
    let members = try shown(call, context, nested)
    let page = try EntraPage(call, default: 100, max: 999, cap: context.tenant.maxPage)
    let rows = members[page.range(of: members.count)].map { member -> JSON in
      ["@odata.type": .string("#microsoft.graph.\(member.type)"), "id": .string(member.id)]
    }
    return page.reply(JSON.array(Array(rows)).bytes, of: members.count)
  }

  // MARK: Roles

  private static func assignments(_ call: Call, _ context: Context) throws -> Reply {
    guard let filter = call.parameter("$filter"), let (field, value) = equality(filter),
      field == "roleDefinitionId" || field == "principalId"
    else {
      throw EntraAPI.invalid("The request must be filtered by principalId or roleDefinitionId.")
    }
    let expands = call.parameter("$expand") == "principal"
    let rows = context.tenant.roles.enumerated().compactMap { index, role -> JSON? in
      guard !role.isEligible, let principal = context.directory.principal(role.principal),
        value == (field == "principalId" ? principal.id : role.role)
      else { return nil }
      var row: JSON = [
        "id": .string("assignment-\(index)"), "principalId": .string(principal.id),
        "roleDefinitionId": .string(role.role), "directoryScopeId": .string(role.scope),
        "appScopeId": nil,
      ]
      if expands {
        row["principal"] = [
          "@odata.type": .string("#microsoft.graph.\(principal.type)"),
          "id": .string(principal.id),
        ]
      }
      return row
    }
    return try EntraPage(call, default: 100, max: 999, cap: context.tenant.maxPage).cut(rows)
  }

  /// Roles and groups are eligible with Entra ID P2 only.
  private static func checkPrivileged(_ context: Context) throws {
    guard !context.tenant.hasPrivilegedAccess else { return }
    throw Refusal(
      status: 400, code: "AadPremiumLicenseRequired",
      message: "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance.")
  }

  private static func eligibleForRole(_ call: Call, _ context: Context) throws -> Reply {
    try checkPrivileged(context)
    guard let filter = call.parameter("$filter"), let (field, value) = equality(filter),
      field == "roleDefinitionId"
    else { throw EntraAPI.invalid("Invalid filter clause.") }
    let rows = context.tenant.roles.enumerated().compactMap { index, role -> JSON? in
      guard role.isEligible, role.role == value,
        let principal = context.directory.principal(role.principal)
      else { return nil }
      return eligibility(
        "role-eligibility-\(index)", principal, call,
        ["roleDefinitionId": .string(role.role), "directoryScopeId": .string(role.scope)])
    }
    return try EntraPage(call, default: 100, max: 999, cap: context.tenant.maxPage).cut(rows)
  }

  private static func eligibleForGroup(_ call: Call, _ context: Context) throws -> Reply {
    try checkPrivileged(context)
    // Only of one group or one principal at a time.
    guard let filter = call.parameter("$filter"), let (field, value) = equality(filter),
      field == "groupId"
    else { throw EntraAPI.invalid("The filter must be by groupId or principalId.") }
    guard context.directory.groupName(value) != nil else { throw EntraAPI.notFound(value) }
    let group = context.directory.group(value)
    let kinds = [("member", group?.eligible ?? []), ("owner", group?.eligibleOwners ?? [])]
    let rows = kinds.flatMap { kind, keys in
      keys.compactMap { key in
        context.directory.principal(key).map {
          eligibility(
            "\(value)_\(kind)_\($0.id)", $0, call,
            ["groupId": .string(value), "accessId": .string(kind), "memberType": "direct"])
        }
      }
    }
    return try EntraPage(call, default: 100, max: 999, cap: context.tenant.maxPage).cut(rows)
  }

  private static func eligibility(
    _ id: String, _ principal: (id: String, type: String), _ call: Call, _ rest: JSON
  ) -> JSON {
    var row: JSON = [
      "id": .string(id), "principalId": .string(principal.id),
      "startDateTime": "2026-01-01T00:00:00Z", "endDateTime": nil,
    ]
    if call.parameter("$expand") == "principal" {
      row["principal"] = [
        "@odata.type": .string("#microsoft.graph.\(principal.type)"), "id": .string(principal.id),
      ]
    }
    return row.merging(rest)
  }

  private static func role(_ call: Call, _ context: Context) throws -> Reply {
    let id = call.capture("role")
    let all: [String: JSON] = [
      "id": .string(id), "displayName": "Role",
      "isBuiltIn": .bool(!context.tenant.roles.contains { $0.role == id && $0.isCustom }),
      "templateId": .string(id), "isEnabled": true,
    ]
    let fields = try selected(call, of: Set(all.keys), default: Array(all.keys))
    return Reply(json: .object(all.filter { fields.contains($0.key) }))
  }

  /// The two sides of `field eq 'value'`.
  static func equality(_ filter: String) -> (field: String, value: String)? {
    let parts = filter.split(separator: " ", maxSplits: 2).map(String.init)
    guard parts.count == 3, parts[1] == "eq", parts[2].hasPrefix("'"), parts[2].hasSuffix("'"),
      parts[2].count >= 2
    else { return nil }
    let value = String(parts[2].dropFirst().dropLast())
    return (parts[0], value.replacing("''", with: "'"))
  }

  // MARK: Enterprise applications

  private static func listApps(_ call: Call, _ context: Context) throws -> Reply {
    var found = context.tenant.apps
    if let filter = call.parameter("$filter") {
      guard let (field, value) = equality(filter), field == "appId" else {
        throw EntraAPI.invalid("Invalid filter clause.")
      }
      found = found.filter { $0.appID == value }
    }
    let fields = try selected(
      call, of: Set(EntraShapes.app(EntraApp("", name: "")).keys), default: ["id", "appId"])
    let rows = found.map { app in
      JSON.object(EntraShapes.app(app).filter { fields.contains($0.key) })
    }
    return try EntraPage(call, default: 100, max: 999, cap: context.tenant.maxPage).cut(rows)
  }

  private static func assignedTo(_ call: Call, _ context: Context) throws -> Reply {
    guard let app = context.tenant.apps.first(where: { $0.id == call.capture("id") }) else {
      throw EntraAPI.notFound(call.capture("id"))
    }
    let rows = app.assigned.compactMap { key -> JSON? in
      guard let principal = context.directory.principal(key) else { return nil }
      return [
        "id": .string(Identifier.uuid("assignment \(key)")), "principalId": .string(principal.id),
        "principalType": principal.type == "group" ? "Group" : "User",
        "principalDisplayName": .string(key), "resourceId": .string(app.id),
        "resourceDisplayName": .string(app.name),
        "appRoleId": "00000000-0000-0000-0000-000000000000",
        "createdDateTime": "2025-01-10T10:00:00Z",
      ]
    }
    return try EntraPage(call, default: 100, max: 999, cap: context.tenant.maxPage).cut(rows)
  }
}

extension JSONWriter {
  /// Writes the colon and the value of a property whose name was written as a text.
  fileprivate mutating func raw(after value: JSON) {
    colon()
    self.value(value)
  }
}

extension EntraDirectory {
  /// Whether a text is an object id: paths take no names.
  static func isObjectID(_ text: String) -> Bool { text.utf8.count == 36 }
}
