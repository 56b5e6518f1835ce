/// Who has an app, directly or through groups.
struct OktaAssignments: Sendable {
  private let app: OktaApp
  private let organisation: Organisation
  private let direct: [Int: AppUser]
  private let positions: [Int]
  private let groups: [Group]

  init(_ app: OktaApp, _ organisation: Organisation) {
    self.app = app
    self.organisation = organisation
    direct = Dictionary(
      app.users.compactMap { user in
        organisation.position(of: user.person).map { ($0, user) }
      }, uniquingKeysWith: { first, _ in first })
    positions = direct.keys.sorted()
    groups = app.groups.compactMap { organisation.group($0) }
  }

  /// The direct assignment of the person at a position.
  func assignment(_ position: Int) -> AppUser? { direct[position] }

  /// The first of the app's groups that the person at a position is in.
  func group(_ position: Int) -> Group? {
    groups.first { organisation.nextPosition(in: [$0], from: position) == position }
  }

  /// The first position from a start on whose person has the app.
  ///
  /// Deprovisioned people lose what groups gave them.
  func following(_ start: Int) -> Int? {
    let own = positions[positions.partitioningIndex { $0 >= start }...].first
    var position = groups.isEmpty ? nil : organisation.nextPosition(in: groups, from: start)
    while let found = position, organisation.status(at: found) == "DEPROVISIONED" {
      position = organisation.nextPosition(in: groups, from: found + 1)
    }
    return [own, position].compactMap { $0 }.min()
  }
}

/// Apps and their assignments at Okta.
enum OktaAppReads {
  typealias Context = OktaAPI.Context

  static let routes: [Route<Context>] = [
    Route("GET /api/v1/apps", scope: "okta.apps.read", apps),
    Route("GET /api/v1/apps/{app}", scope: "okta.apps.read", app),
    Route("GET /api/v1/apps/{app}/users", scope: "okta.apps.read", users),
    Route("GET /api/v1/apps/{app}/users/{user}", scope: "okta.apps.read", user),
    Route("GET /api/v1/apps/{app}/groups", scope: "okta.apps.read", groups),
  ]

  private static func apps(_ call: Call, _ context: Context) throws -> Reply {
    let page = try OktaPage(call, default: 20, allowed: 1...200)
    var rows = context.okta.apps
    if let prefix = call.parameter("q")?.lowercased() {
      rows = rows.filter {
        $0.label.lowercased().hasPrefix(prefix) || $0.name.lowercased().hasPrefix(prefix)
      }
    }
    if let text = call.parameter("filter") {
      let filter = try OktaFilter(text, attributes: ["id", "status", "name"], ordered: [])
      rows = rows.filter { app in
        filter.holds { ["id": app.id, "status": app.status, "name": app.name][$0] }
      }
    } else if call.parameter("includeNonDeleted") != "true" {
      rows = rows.filter { $0.status == "ACTIVE" }
    }
    rows = rows.filter { $0.status != "DELETED" }
    return page.cut(rows.map { OktaShapes.app($0, context) })
  }

  private static func named(_ call: Call, _ context: Context) throws -> OktaApp {
    let id = call.capture("app")
    guard let app = context.organisation.app(id) else {
      throw OktaAPI.notFound("\(id) (AppInstance)")
    }
    return app
  }

  private static func app(_ call: Call, _ context: Context) throws -> Reply {
    Reply(json: OktaShapes.app(try named(call, context), context))
  }

  private static func users(_ call: Call, _ context: Context) throws -> Reply {
    let app = try named(call, context)
    let page = try OktaPage(call, default: 50, allowed: 1...500)
    let assignments = OktaAssignments(app, context.organisation)
    let expandsUser = call.parameter("expand") == "user"
    return page.scan(
      bytesPerRow: 640, following: { assignments.following($0) },
      write: { position, json in
        guard let person = context.organisation.person(at: position) else { return }
        OktaShapes.write(
          person, assignment: assignments.assignment(position), group: assignments.group(position),
          app: app, baseURL: context.baseURL, expandsUser: expandsUser, to: &json)
      })
  }

  private static func user(_ call: Call, _ context: Context) throws -> Reply {
    let app = try named(call, context)
    let assignments = OktaAssignments(app, context.organisation)
    let key = call.capture("user")
    guard let position = context.organisation.position(of: key),
      assignments.following(position) == position,
      let person = context.organisation.person(at: position)
    else { throw OktaAPI.notFound("\(key) (AppUser)") }
    var json = JSONWriter()
    OktaShapes.write(
      person, assignment: assignments.assignment(position), group: assignments.group(position),
      app: app, baseURL: context.baseURL, expandsUser: call.parameter("expand") == "user",
      to: &json)
    return Reply(
      status: 200, headers: [("Content-Type", "application/json")], body: json.bytes)
  }

  private static func groups(_ call: Call, _ context: Context) throws -> Reply {
    let app = try named(call, context)
    let page = try OktaPage(call, default: 20, allowed: 20...200)
    let groups = app.groups.compactMap { context.organisation.group($0) }
    let rows = groups.enumerated().map { index, group -> JSON in
      var row: JSON = [
        "id": .string(group.id), "priority": .integer(index), "profile": [:],
        "lastUpdated": "2026-05-01T09:00:00.000Z",
        "_links": [
          "app": ["href": .string("\(context.baseURL)/api/v1/apps/\(app.id)")],
          "group": ["href": .string("\(context.baseURL)/api/v1/groups/\(group.id)")],
        ],
      ]
      if call.parameter("expand") == "group" {
        row["_embedded"] = ["group": OktaShapes.group(group, baseURL: context.baseURL)]
      }
      return row
    }
    return page.cut(rows)
  }
}
