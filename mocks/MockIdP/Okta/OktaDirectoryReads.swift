/// Users, groups and memberships at Okta.
enum OktaDirectoryReads {
  typealias Context = OktaAPI.Context

  static let routes: [Route<Context>] = [
    Route("GET /api/v1/users", scope: "okta.users.read", users),
    Route("GET /api/v1/users/{user}", scope: "okta.users.read", user),
    Route("GET /api/v1/users/{user}/groups", scope: "okta.groups.read", userGroups),
    Route("GET /api/v1/users/{user}/factors", scope: "okta.users.read", factors),
    Route("GET /api/v1/users/{user}/appLinks", scope: "okta.users.read", appLinks),
    Route("GET /api/v1/users/{user}/idps", scope: "okta.idps.read", userProviders),
    Route("GET /api/v1/groups", scope: "okta.groups.read", groups),
    Route("GET /api/v1/groups/{group}", scope: "okta.groups.read", group),
    Route("GET /api/v1/groups/{group}/users", scope: "okta.groups.read", groupUsers),
  ]

  private static let filterAttributes: Set = [
    "status", "lastUpdated", "id", "profile.login", "profile.email", "profile.firstName",
    "profile.lastName",
  ]
  private static let keyAttributes: Set = ["id", "profile.login", "profile.email"]

  private static func users(_ call: Call, _ context: Context) throws -> Reply {
    let page = try OktaPage(call, default: 200, allowed: 1...200)
    let organisation = context.organisation
    let fields = OktaShapes.Fields(call.parameter("fields"))
    var filter: OktaFilter?
    if let text = call.parameter("filter") {
      filter = try OktaFilter(text, attributes: filterAttributes, ordered: ["lastUpdated"])
    } else if let text = call.parameter("search") {
      filter = try OktaFilter(text, attributes: nil, ordered: [])
    }
    let write = { (position: Int, json: inout JSONWriter) in
      guard let person = organisation.person(at: position) else { return }
      if let fields {
        json.value(fields.trim(OktaShapes.user(person, baseURL: context.baseURL)))
      } else {
        OktaShapes.write(person, baseURL: context.baseURL, to: &json)
      }
    }
    let following: (Int) -> Int?
    if let keys = filter?.values(of: keyAttributes), let filter {
      let found = Set(keys.flatMap { organisation.positions(matching: $0) }).sorted().filter {
        matches(filter, $0, organisation)
      }
      following = { start in found.first { $0 >= start } }
    } else {
      following = { start in
        (start..<max(start, organisation.positions.upperBound)).first {
          matches(filter, $0, organisation)
        }
      }
    }
    return page.scan(bytesPerRow: 900, following: following, write: write)
  }

  /// Whether a user list shows the person at a position; a plain list hides deprovisioned people.
  private static func matches(
    _ filter: OktaFilter?, _ position: Int, _ organisation: Organisation
  ) -> Bool {
    guard let status = organisation.status(at: position) else { return false }
    guard let filter else { return status != "DEPROVISIONED" }
    return filter.holds { name in
      if name == "status" { return status }
      guard let person = organisation.person(at: position) else { return nil }
      let space = person.name.lastIndex(of: " ")
      return switch name {
      case "id": person.id
      case "lastUpdated": person.lastUpdated
      case "profile.login": person.login
      case "profile.email": person.email
      case "profile.firstName": String(space.map { person.name[..<$0] } ?? person.name[...])
      case "profile.lastName":
        space.map { String(person.name[person.name.index(after: $0)...]) }
      case "type.id": person.userType
      default: nil
      }
    }
  }

  private static func position(_ call: Call, _ context: Context) throws -> Int {
    let key = call.capture("user")
    guard let position = context.organisation.position(of: key),
      context.organisation.person(at: position) != nil
    else { throw OktaAPI.notFound("\(key) (User)") }
    return position
  }

  private static func person(_ call: Call, _ context: Context) throws -> Person {
    let position = try position(call, context)
    guard let person = context.organisation.person(at: position) else {
      throw OktaAPI.notFound("User")
    }
    return person
  }

  private static func user(_ call: Call, _ context: Context) throws -> Reply {
    if call.capture("user") == "me" {
      let admin = Person("token.owner@acme.example", name: "Token Owner")
      return Reply(json: OktaShapes.user(admin, baseURL: context.baseURL))
    }
    let person = try person(call, context)
    var reply = Reply(json: OktaShapes.user(person, baseURL: context.baseURL))
    reply.setHeader("Etag", "W/\"\(String(Identifier.hash(bytes: reply.body), radix: 16))\"")
    return reply
  }

  private static func userGroups(_ call: Call, _ context: Context) throws -> Reply {
    let groups = context.organisation.groups(ofPersonAt: try position(call, context))
    let page = try OktaPage(call, default: 1000, allowed: 1...1000)
    return page.cut(groups.map { OktaShapes.group($0, baseURL: context.baseURL) })
  }

  private static func factors(_ call: Call, _ context: Context) throws -> Reply {
    let person = try person(call, context)
    let rows = person.factors.map { factor -> JSON in
      [
        "id": .string(Identifier.okta("ufs", person.id + factor.type + factor.provider)),
        "factorType": .string(factor.type), "provider": .string(factor.provider),
        "vendorName": .string(factor.provider), "status": .string(factor.status),
        "created": "2025-03-01T09:00:00.000Z", "lastUpdated": "2025-03-01T09:00:00.000Z",
        "profile": ["credentialId": .string(person.login)],
      ]
    }
    return Reply(json: .array(rows))
  }

  private static func appLinks(_ call: Call, _ context: Context) throws -> Reply {
    let position = try position(call, context)
    let rows = context.okta.apps.filter { app in
      app.status == "ACTIVE"
        && OktaAssignments(app, context.organisation).following(position) == position
    }
    return Reply(
      json: .array(
        rows.map { app in
          [
            "id": .string(Identifier.okta("00u", app.id)), "label": .string(app.label),
            "appName": .string(app.name), "appInstanceId": .string(app.id),
            "linkUrl": .string("\(context.baseURL)/home/\(app.name)/\(app.id)"),
            "hidden": false, "sortOrder": 0, "credentialsSetup": false,
          ]
        }))
  }

  private static func userProviders(_ call: Call, _ context: Context) throws -> Reply {
    let person = try person(call, context)
    let rows = context.okta.identityProviders.filter {
      person.identityProviders.contains($0.id) || person.identityProviders.contains($0.name)
    }
    return Reply(json: .array(rows.map { OktaOtherReads.shape($0, context) }))
  }

  private static func groups(_ call: Call, _ context: Context) throws -> Reply {
    let page = try OktaPage(call, default: 10000, allowed: 1...10000)
    var rows = context.organisation.groups
    if let prefix = call.parameter("q")?.lowercased() {
      rows = rows.filter { $0.name.lowercased().hasPrefix(prefix) }
    }
    let attributes: Set = ["id", "type", "lastUpdated", "lastMembershipUpdated"]
    var filter: OktaFilter?
    if let text = call.parameter("filter") {
      filter = try OktaFilter(
        text, attributes: attributes, ordered: ["lastUpdated", "lastMembershipUpdated"])
    } else if let text = call.parameter("search") {
      filter = try OktaFilter(text, attributes: nil, ordered: [])
    }
    if let filter {
      rows = rows.filter { group in
        filter.holds { name in
          switch name {
          case "id": group.id
          case "type": group.type
          case "lastUpdated": "2024-01-01T00:00:00.000Z"
          case "lastMembershipUpdated": group.lastMembershipUpdated
          case "profile.name": group.name
          default: nil
          }
        }
      }
    }
    return page.cut(rows.map { OktaShapes.group($0, baseURL: context.baseURL) })
  }

  private static func group(_ call: Call, _ context: Context) throws -> Reply {
    Reply(json: OktaShapes.group(try named(call, context), baseURL: context.baseURL))
  }

  private static func named(_ call: Call, _ context: Context) throws -> Group {
    let id = call.capture("group")
    guard let group = context.organisation.groups.first(where: { $0.id == id }) else {
      throw OktaAPI.notFound("\(id) (UserGroup)")
    }
    return group
  }

  private static func groupUsers(_ call: Call, _ context: Context) throws -> Reply {
    let group = try named(call, context)
    let page = try OktaPage(call, default: 1000, allowed: 1...1000)
    return page.scan(
      bytesPerRow: 900,
      following: { context.organisation.nextPosition(in: [group], from: $0) },
      write: { position, json in
        guard let person = context.organisation.person(at: position) else { return }
        OktaShapes.write(person, baseURL: context.baseURL, to: &json)
      })
  }
}
