internal import Foundation

/// The part of GraphQL that shows who is linked to an identity provider.
enum GitHubGraph {
  typealias Context = GitHubAPI.Context

  static let routes: [Route<Context>] = [Route("POST /graphql", scope: "", graph)]

  /// Every word that a query may hold.
  private static let words: Set<String> = [
    "query", "String", "login", "slug", "after", "first", "organization", "enterprise",
    "ownerInfo", "samlIdentityProvider", "ssoUrl", "issuer", "externalIdentities", "nodes",
    "guid", "samlIdentity", "nameId", "username", "scimIdentity", "user", "databaseId",
    "pageInfo", "hasNextPage", "endCursor", "requiresTwoFactorAuthentication", "rateLimit", "cost",
    "remaining", "resetAt",
  ]

  private static func failed(_ type: String?, _ message: String, _ data: JSON = .null) -> Reply {
    Reply(json: [
      "data": data,
      "errors": [
        .compact([
          "type": type.map { .string($0) }, "message": .string(message),
          "path": ["organization", "samlIdentityProvider"],
        ])
      ],
    ])
  }

  private static func graph(_ call: Call, _ context: Context) async throws -> Reply {
    guard let document = call.json, let query = document["query"]?.text else {
      throw Refusal(status: 400, code: "bad_request", message: "Problems parsing JSON")
    }
    let variables = document["variables"]?.properties ?? [:]
    let names = query.split { !($0.isLetter || $0 == "$" || $0 == "_") }.map(String.init)
    let depth = query.reduce(0) { $0 + ($1 == "{" ? 1 : $1 == "}" ? -1 : 0) }
    let unknown = names.first { !$0.hasPrefix("$") && !words.contains($0) }
    if depth != 0 || unknown != nil {
      return Reply(json: [
        "errors": [["message": .string("Parse error or undefined field: \(unknown ?? "{")")]]
      ])
    }
    guard query.contains("first:100") else {
      return failed("MISSING_PAGINATION_BOUNDARIES", "You must provide a `first` of 1-100.")
    }
    for name in names where name.hasPrefix("$") && variables[String(name.dropFirst())] == nil {
      return Reply(json: [
        "errors": [["message": .string("Variable \(name) was provided invalid value")]]
      ])
    }
    let login = variables["login"]?.text ?? ""
    let after = variables["after"]?.text
    if names.contains("enterprise") {
      return enterprise(login, after: after, context)
    }
    guard let organisation = context.platform.organisation(login) else {
      return failed(
        "NOT_FOUND", "Could not resolve to an Organization with the login of '\(login)'.",
        ["organization": nil])
    }
    guard isPermitted(context) else {
      return failed(
        "FORBIDDEN", "You do not have permission to view the SAML identity provider.",
        ["organization": ["samlIdentityProvider": nil]])
    }
    let people = organisation.members + organisation.outside
    guard let page = page(organisation.identityProvider, people, after: after, context) else {
      return failed("INVALID_CURSOR_ARGUMENTS", "`\(after ?? "")` is not a valid cursor.")
    }
    return Reply(json: ["data": ["organization": ["samlIdentityProvider": page]]])
  }

  private static func enterprise(
    _ slug: String, after: String?, _ context: Context
  ) -> Reply {
    guard let provider = context.platform.enterprises[slug] else {
      return failed(
        "NOT_FOUND", "Could not resolve to a Business with the URL slug of '\(slug)'.",
        ["enterprise": nil])
    }
    guard isPermitted(context) else {
      return failed("FORBIDDEN", "Must be an enterprise owner.", ["enterprise": nil])
    }
    let people = context.platform.organisations.flatMap { $0.members + $0.outside }
    guard let page = page(provider, people, after: after, context) else {
      return failed("INVALID_CURSOR_ARGUMENTS", "`\(after ?? "")` is not a valid cursor.")
    }
    return Reply(json: ["data": ["enterprise": ["ownerInfo": ["samlIdentityProvider": page]]]])
  }

  /// Owners with the right to read organisations see identities.
  private static func isPermitted(_ context: Context) -> Bool {
    guard context.isOwner else { return false }
    guard let token = context.token else { return true }
    return !Set(token.scopes).isDisjoint(with: ["read:org", "admin:org", "read:enterprise"])
  }

  private static func page(
    _ provider: GitHubIdentityProvider?, _ people: [GitHubPerson], after: String?,
    _ context: Context
  ) -> JSON? {
    guard let provider else { return .null }
    let start = after.map { Int($0.dropFirst("cursor:".count)) } ?? 0
    guard let start, after?.hasPrefix("cursor:") != false else { return nil }
    let size = min(100, context.platform.largestPage ?? 100)
    let shown = provider.identities.enumerated().dropFirst(start).prefix(size)
    let end = start + shown.count
    let nodes = shown.map { index, identity -> JSON in
      let person = identity.login.flatMap { login in
        people.first { $0.login.lowercased() == login.lowercased() }
      }
      return [
        "guid": .string(Identifier.uuid("\(provider.issuer)|\(index)")),
        "samlIdentity": [
          "nameId": .string(identity.nameID), "username": .string(identity.nameID),
        ],
        "scimIdentity": identity.scimUserName.map { ["username": .string($0)] } ?? .null,
        "user": person.map {
          [
            "login": .string(identity.login ?? $0.login),
            "databaseId": identity.hasUserID ? .integer($0.id) : .null,
          ]
        } ?? .null,
      ]
    }
    return [
      "ssoUrl": .string(provider.ssoURL), "issuer": .string(provider.issuer),
      "externalIdentities": [
        "nodes": .array(nodes),
        "pageInfo": [
          "hasNextPage": .bool(end < provider.identities.count),
          "endCursor": shown.isEmpty ? .null : .string("cursor:\(end)"),
        ],
      ],
    ]
  }
}
