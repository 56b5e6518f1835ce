/// Organisations, members and outside collaborators.
enum GitHubReads {
  typealias Context = GitHubAPI.Context

  static let routes: [Route<Context>] = [
    Route("GET /rate_limit", scope: "") { _, _ in
      let bucket: JSON = ["limit": 15000, "remaining": 14990, "reset": 1_900_000_000, "used": 10]
      return Reply(json: ["resources": ["core": bucket, "graphql": bucket], "rate": bucket])
    },
    Route("GET /orgs/{org}", scope: "read:org", organisation),
    Route("GET /orgs/{org}/members", scope: "read:org", members),
    Route("GET /orgs/{org}/outside_collaborators", scope: "read:org", outside),
    Route("GET /user/memberships/orgs", scope: "read:org") { call, context in
      try page(
        try context.platform.organisations.map { try membership($0, context) }, call, context)
    },
    Route("GET /user/memberships/orgs/{org}", scope: "read:org") { call, context in
      Reply(json: try membership(try found(call, context), context))
    },
  ]

  private static let filters: Set<String> = ["all", "2fa_disabled", "2fa_insecure"]

  static func found(_ call: Call, _ context: Context) throws -> GitHubOrganisation {
    guard let organisation = context.platform.organisation(call.capture("org")) else {
      throw Refusal(status: 404, code: "not_found", message: "Not Found")
    }
    return organisation
  }

  private static func organisation(_ call: Call, _ context: Context) async throws -> Reply {
    let organisation = try found(call, context)
    return Reply(json: [
      "login": .string(organisation.login), "id": 9001, "type": "Organization",
      // Whoever is no owner sees null.
      "two_factor_requirement_enabled": context.isOwner
        ? .bool(organisation.requiresTwoFactor) : .null,
      "plan": ["name": "enterprise"],
    ])
  }

  private static func members(_ call: Call, _ context: Context) async throws -> Reply {
    let organisation = try found(call, context)
    let role = call.parameter("role") ?? "all"
    guard ["all", "admin", "member"].contains(role) else {
      throw Refusal(status: 422, code: "invalid", message: "Validation Failed")
    }
    let people = try filtered(organisation.members, organisation, call, context).filter {
      role == "all" || !$0.isBetweenRoles && $0.isOwner == (role == "admin")
    }
    return try list(people, organisation, call, context)
  }

  private static func outside(_ call: Call, _ context: Context) async throws -> Reply {
    let organisation = try found(call, context)
    guard context.isOwner else {
      throw Refusal(
        status: 403, code: "forbidden", message: "Must have admin rights to Repository.")
    }
    return try list(
      try filtered(organisation.outside, organisation, call, context), organisation, call, context)
  }

  private static func filtered(
    _ people: [GitHubPerson], _ organisation: GitHubOrganisation, _ call: Call, _ context: Context
  ) throws -> [GitHubPerson] {
    let filter = call.parameter("filter") ?? "all"
    guard filters.contains(filter) else {
      throw Refusal(status: 422, code: "invalid", message: "Validation Failed")
    }
    guard filter != "all" else { return people }
    guard context.isOwner else {
      if organisation.ignoresFilters { return people }
      throw Refusal(
        status: 422, code: "invalid",
        message: "Only owners can use this filter. You must be an owner of the organization.")
    }
    if organisation.ignoresFilters { return people }
    return people.filter { filter == "2fa_disabled" ? !$0.hasTwoFactor : $0.isInsecure }
  }

  private static func list(
    _ people: [GitHubPerson], _ organisation: GitHubOrganisation, _ call: Call, _ context: Context
  ) throws -> Reply {
    let rows = people.map { person -> JSON in
      [
        "login": .string(person.login), "id": .integer(person.id),
        "node_id": .string("MDQ6VXNlcjUwMQ=="), "type": "User", "site_admin": false,
      ]
    }
    var reply = try page(rows, call, context)
    if organisation.hasPartialResults {
      reply.headers.append(("X-GitHub-SSO", "partial-results; organizations=21955855,20582480"))
    }
    return reply
  }

  private static func membership(
    _ organisation: GitHubOrganisation, _ context: Context
  ) throws -> JSON {
    guard let token = context.token else {
      throw Refusal(
        status: 403, code: "forbidden", message: "Resource not accessible by integration")
    }
    return [
      "state": "active", "role": token.isOwner ? "admin" : "member",
      "organization": ["login": .string(organisation.login)],
      "user": ["login": .string(token.login)],
    ]
  }

  /// A page of a list, with the links to the next and the last.
  private static func page(_ rows: [JSON], _ call: Call, _ context: Context) throws -> Reply {
    let wanted = min(100, max(1, call.parameter("per_page").flatMap { Int($0) } ?? 30))
    let size = min(wanted, context.platform.largestPage ?? wanted)
    let number = max(1, call.parameter("page").flatMap { Int($0) } ?? 1)
    let start = (number - 1) * size
    let shown = rows.dropFirst(start).prefix(size)
    var reply = Reply(json: .array(Array(shown)))
    func url(_ page: Int, turn: String? = nil) -> String {
      var pairs = call.query.split(separator: "&").map(String.init).filter {
        !$0.hasPrefix("page=") && !$0.hasPrefix("turn=")
      }
      pairs.append("page=\(page)")
      if let turn { pairs.append("turn=\(turn)") }
      return call.baseURL + call.path + "?" + pairs.joined(separator: "&")
    }
    if start + size < rows.count {
      let last = (rows.count + size - 1) / size
      reply.headers.append(("Link", "<\(url(last))>; rel=\"last\""))
      reply.headers.append(("Link", "<\(url(number + 1))>; rel=\"next\""))
    }
    reply.page = Reply.Page(current: url(number), again: url(number, turn: "again"))
    return reply
  }
}
