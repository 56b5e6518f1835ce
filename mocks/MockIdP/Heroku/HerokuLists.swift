extension HerokuReads {
  /// Reads the range of a list that declares ranges; without a header its first page.
  static func range(_ sent: String?, _ properties: [String]) throws -> HerokuRange {
    guard let sent else { return HerokuRange(property: properties[0]) }
    guard let range = HerokuRange(sent, properties: properties) else {
      throw Refusal(
        status: 416, code: "requested_range_not_satisfiable",
        message: "The requested range is not satisfiable.")
    }
    return range
  }

  /// Answers a list that declares no ranges.
  ///
  /// Such a list comes in one piece, unless the scenario wants pages; then only the ranges that
  /// the mock handed out itself are taken.
  static func list(_ rows: [JSON], _ call: Call, _ context: Context) throws -> Reply {
    let sent = call.headers["range"]
    guard let size = context.organisation.scenario.heroku.undeclaredPageSize else {
      guard sent == nil else {
        throw Refusal(
          status: 416, code: "requested_range_not_satisfiable",
          message: "This list has no ranges.")
      }
      return Reply(json: .array(rows))
    }
    let range =
      try sent.map { try self.range($0, ["id"]) } ?? HerokuRange(property: "id", max: size)
    return paged(rows, range, sent: sent, properties: ["id"])
  }

  /// Cuts one page out of a list that is complete in memory.
  static func paged(
    _ rows: [JSON], _ range: HerokuRange, sent: String?, properties: [String]
  ) -> Reply {
    let value = { (row: JSON) in row[range.property]?.text ?? "" }
    let ordered = rows.sorted {
      range.isDescending ? value($1).precedes(value($0)) : value($0).precedes(value($1))
    }
    let inRange = ordered.filter {
      !range.isBeforeStart(value($0)) && !range.isBehindEnd(value($0))
    }
    let page = Array(inRange.prefix(range.max))
    return Reply(
      range, sent: sent, properties: properties, body: JSON.array(page).bytes,
      last: page.last.map(value), hasMore: inRange.count > page.count)
  }
}

extension HerokuAPI {
  /// The refusal for something that is not there or not visible.
  static func notFound(_ what: String) -> Refusal {
    Refusal(status: 404, code: "not_found", message: "Couldn't find that \(what).")
  }

  /// The refusal for a role that is too small.
  static var forbidden: Refusal {
    Refusal(
      status: 403, code: "forbidden", message: "You do not have access to perform this action.")
  }

  /// The refusal for parameters that make no sense.
  static func invalid(_ message: String) -> Refusal {
    Refusal(status: 422, code: "invalid_params", message: message)
  }
}

extension HerokuAPI.Context {
  /// The teams that the token's account sees.
  var visibleTeams: [HerokuTeam] {
    organisation.scenario.heroku.teams.filter { team in
      guard let teams = token.teams else { return role(on: team) != nil }
      return teams.contains(team.name)
    }
  }

  /// The role of the token's account on a team; nil when it is not on it.
  func role(on team: HerokuTeam) -> String? {
    token.role ?? HerokuRoster(team, organisation).member(token.email)?.role
  }

  /// The team that a path names.
  func team(_ call: Call) throws -> HerokuTeam {
    let key = call.capture("team")
    guard let team = visibleTeams.first(where: { $0.name == key || $0.id == key }) else {
      throw HerokuAPI.notFound("team")
    }
    return team
  }

  /// Refuses roles that are too small.
  func require(_ roles: Set<String>, on team: HerokuTeam) throws {
    guard let role = role(on: team), roles.contains(role) else { throw HerokuAPI.forbidden }
  }

  /// The app that a path names, and its team; whoever is not on the team sees only the apps granted.
  func app(_ call: Call) throws -> (team: HerokuTeam, app: HerokuApp) {
    let key = call.capture("app")
    let all = organisation.scenario.heroku.teams.filter { token.teams?.contains($0.name) ?? true }
    for team in all {
      guard let app = team.apps.first(where: { $0.name == key || $0.id == key }) else { continue }
      let isOnTeam = ["admin", "member", "viewer"].contains(role(on: team) ?? "")
      if isOnTeam || app.collaborators.contains(where: { $0.email == token.email }) {
        return (team, app)
      }
    }
    throw HerokuAPI.notFound("app")
  }

  /// The app of the token's own account that a path names.
  func personalApp(_ call: Call) -> HerokuApp? {
    let key = call.capture("app")
    return organisation.scenario.heroku.personalApps.first { $0.name == key || $0.id == key }
  }

  /// A collaborator with the role that the team gives the person by now.
  func current(_ collaborator: HerokuCollaborator, _ team: HerokuTeam) -> HerokuCollaborator {
    var collaborator = collaborator
    let member = HerokuRoster(team, organisation).member(collaborator.email)
    if let member {
      collaborator.role = member.role
    } else if ["admin", "member", "viewer"].contains(collaborator.role ?? "") {
      collaborator.role = "collaborator"
    }
    return collaborator
  }

  /// The JSON of an app, as the token's account sees it.
  func shape(_ app: HerokuApp, _ team: HerokuTeam) -> JSON {
    let isJoined = app.collaborators.contains { $0.email == token.email }
    return HerokuShapes.app(app, of: team, isJoined: isJoined)
  }

  /// The enterprise account that a path names.
  func account(_ call: Call) throws -> EnterpriseAccount {
    let key = call.capture("account")
    let accounts = organisation.scenario.heroku.enterpriseAccounts
    guard let account = accounts.first(where: { $0.name == key || $0.id == key }) else {
      throw HerokuAPI.notFound("enterprise account")
    }
    return account
  }

  /// The members that an account has through its teams, each once.
  func membersOfTeams(of account: EnterpriseAccount) -> [EnterpriseMember] {
    var seen: Set<String> = []
    var members: [EnterpriseMember] = []
    for team in organisation.scenario.heroku.teams where team.enterpriseAccount == account.name {
      var range = HerokuRange(property: "email", max: 1000)
      while true {
        let page = HerokuRoster(team, organisation).page(range)
        for member in page.members
        where member.role != "collaborator" && seen.insert(member.email).inserted {
          members.append(
            EnterpriseMember(
              member.email, isFederated: member.isFederated, twoFactor: member.twoFactor))
        }
        guard page.hasMore, let last = page.members.last else { break }
        range.start = last.email
        range.isAfterStart = true
      }
    }
    return members
  }
}
