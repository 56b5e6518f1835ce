/// The Directory API: users, org units, groups and their members.
enum GoogleDirectoryReads {
  typealias Context = GoogleAPI.Context

  private static let users = "admin.directory.user.readonly|admin.directory.user"
  private static let units = "admin.directory.orgunit.readonly|admin.directory.orgunit"
  private static let groups = "admin.directory.group.readonly|admin.directory.group"
  private static let members =
    groups + "|admin.directory.group.member.readonly|admin.directory.group.member"

  static let routes: [Route<Context>] = [
    Route("GET /admin/directory/v1/users", scope: users, list),
    Route("GET /admin/directory/v1/customer/{customer}/orgunits", scope: units, orgUnits),
    Route("GET /admin/directory/v1/groups", scope: groups, groupList),
    Route("GET /admin/directory/v1/groups/{group}", scope: groups, group),
    Route("GET /admin/directory/v1/groups/{group}/members", scope: members, memberList),
  ]

  private static func list(_ call: Call, _ context: Context) async throws -> Reply {
    try checkCustomer(call, context)
    let page = try GooglePage(
      call, "maxResults", default: 100, most: 500, isStrict: true,
      cap: context.account.largestPage)
    let rows = context.account.users.map { user($0, context.account) }
    return page.reply(rows, under: "users", with: ["kind": "admin#directory#users"])
  }

  /// One of `customer` and `domain` is to be named.
  private static func checkCustomer(_ call: Call, _ context: Context) throws {
    switch (call.parameter("customer"), call.parameter("domain")) {
    case (let customer?, nil):
      guard ["my_customer", context.account.customer].contains(customer) else {
        throw Refusal(status: 400, code: "badRequest", message: "Bad Request")
      }
    case (nil, .some): break
    default: throw Refusal(status: 400, code: "badRequest", message: "Bad Request")
    }
  }

  private static func user(_ user: GoogleUser, _ account: GoogleWorkspace) -> JSON {
    let local = user.email.split(separator: "@").first.map(String.init) ?? ""
    let row: JSON = .compact([
      "kind": "admin#directory#user", "id": .string(user.id), "etag": "\"u1\"",
      "primaryEmail": .string(user.email),
      "name": ["fullName": .string(local), "givenName": .string(local), "familyName": "Mock"],
      "isAdmin": .bool(user.isAdmin), "isDelegatedAdmin": .bool(user.isDelegatedAdmin),
      "lastLoginTime": "2026-11-02T08:11:09.000Z", "creationTime": .string(user.created),
      "suspended": .bool(user.isSuspended), "archived": .bool(user.isArchived),
      "orgUnitPath": .string(user.orgUnit), "isEnrolledIn2Sv": .bool(user.isEnrolled),
      "isEnforcedIn2Sv": .bool(user.isEnforced), "customerId": .string(account.customer),
      "aliases": user.aliases.isEmpty ? nil : .strings(user.aliases),
      "nonEditableAliases": .strings(["\(user.email).test-google-a.com"]),
    ])
    guard case .object(let properties) = row.merging(user.raw) else { return row }
    return .object(properties.filter { $0.value != .null })
  }

  private static func orgUnits(_ call: Call, _ context: Context) async throws -> Reply {
    let account = context.account
    guard ["my_customer", account.customer].contains(call.capture("customer")) else {
      throw Refusal(status: 400, code: "badRequest", message: "Bad Request")
    }
    let type = call.parameter("type") ?? "children"
    guard ["all", "children", "allIncludingParent"].contains(type) else {
      throw GoogleAPI.invalid("Invalid value '\(type)' for type.")
    }
    var paths = account.orgUnits.keys.sorted()
    if type == "children" { paths = paths.filter { $0.count(where: { $0 == "/" }) == 1 } }
    var rows = paths.map { path -> JSON in
      let parts = path.split(separator: "/")
      let parent = "/" + parts.dropLast().joined(separator: "/")
      return [
        "kind": "admin#directory#orgUnit", "name": .string(parts.last.map(String.init) ?? ""),
        "orgUnitId": .string("id:" + account.unitID(path)), "orgUnitPath": .string(path),
        "parentOrgUnitId": .string("id:" + account.unitID(parent)),
        "parentOrgUnitPath": .string(parent),
      ]
    }
    if type == "allIncludingParent" {
      rows.insert(
        [
          "kind": "admin#directory#orgUnit", "name": "Acme",
          "orgUnitId": .string("id:" + account.rootUnit), "orgUnitPath": "/",
        ], at: 0)
    }
    var document: [String: JSON] = ["kind": "admin#directory#orgUnits", "etag": "\"o1\""]
    if !rows.isEmpty { document["organizationUnits"] = .array(rows) }
    return Reply(json: .object(document))
  }

  private static func groupList(_ call: Call, _ context: Context) async throws -> Reply {
    if call.parameter("userKey") == nil { try checkCustomer(call, context) }
    let page = try GooglePage(
      call, "maxResults", default: 200, most: 200, isStrict: true,
      cap: context.account.largestPage)
    let user = call.parameter("userKey")
    var groups = context.account.groups.filter { user == nil || $0.users.contains(user ?? "") }
    if let query = call.parameter("query") {
      guard query.hasPrefix("name='"), query.hasSuffix("'"), query.count > 6 else {
        throw GoogleAPI.invalid("Invalid Input: \(query)")
      }
      groups = groups.filter { $0.name == String(query.dropFirst(6).dropLast()) }
    }
    return page.reply(
      groups.map { row($0, context.account) }, under: "groups",
      with: ["kind": "admin#directory#groups"])
  }

  private static func row(_ group: GoogleGroup, _ account: GoogleWorkspace) -> JSON {
    let direct = account.users.count { group.users.contains($0.email) }
    return [
      "kind": "admin#directory#group", "id": .string(group.id), "email": .string(group.email),
      "name": .string(group.name), "directMembersCount": .string(String(direct)),
    ]
  }

  private static func group(_ call: Call, _ context: Context) async throws -> Reply {
    Reply(json: row(try found(call, context), context.account))
  }

  private static func found(_ call: Call, _ context: Context) throws -> GoogleGroup {
    guard let group = context.account.group(call.capture("group")) else {
      throw Refusal(
        status: 404, code: "notFound", message: "Resource Not Found: groupKey")
    }
    return group
  }

  private static func memberList(_ call: Call, _ context: Context) async throws -> Reply {
    let group = try found(call, context)
    let page = try GooglePage(
      call, "maxResults", default: 200, most: 200, isStrict: true,
      cap: context.account.largestPage)
    let isDerived = call.parameter("includeDerivedMembership") == "true"
    return page.reply(
      members(of: group, isDerived: isDerived, context.account), under: "members",
      with: ["kind": "admin#directory#members"])
  }

  private static func members(
    of group: GoogleGroup, isDerived: Bool, _ account: GoogleWorkspace
  ) -> [JSON] {
    var rows: [JSON] = []
    var seen: Set<String> = []
    var open = [group]
    if group.hasEverybody {
      rows.append(member(account.customer, nil, "CUSTOMER"))
    }
    rows += group.externals.map { email -> JSON in
      ["kind": "admin#directory#member", "email": .string(email), "type": "EXTERNAL"]
    }
    while let next = open.popLast() {
      for email in next.users {
        guard let user = account.users.first(where: { $0.email == email }),
          seen.insert(user.id).inserted
        else { continue }
        rows.append(member(user.id, user.email, "USER"))
      }
      for key in next.groups {
        guard let inner = account.group(key), seen.insert(inner.id).inserted else { continue }
        rows.append(member(inner.id, inner.email, "GROUP"))
        if isDerived { open.append(inner) }
      }
    }
    return rows
  }

  private static func member(_ id: String, _ email: String?, _ type: String) -> JSON {
    .compact([
      "kind": "admin#directory#member", "id": .string(id), "email": email.map { .string($0) },
      "role": "MEMBER", "type": .string(type), "status": type == "USER" ? "ACTIVE" : nil,
    ])
  }
}
