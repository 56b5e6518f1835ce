/// The endpoints of Heroku that change teams and access.
///
/// Only administrators change members. A team keeps an administrator: the last one can neither be
/// demoted nor removed (422). Whether Heroku says 403 there instead is not documented.
enum HerokuWrites {
  typealias Context = HerokuAPI.Context

  static let routes: [Route<Context>] =
    HerokuAppWrites.routes + [
      Route("PUT /teams/{team}/members", scope: "write") { try await set($0, $1, .either) },
      Route("POST /teams/{team}/members", scope: "write") { try await set($0, $1, .absent) },
      Route("PATCH /teams/{team}/members", scope: "write") { try await set($0, $1, .present) },
      Route("DELETE /teams/{team}/members/{member}", scope: "write", remove),
      Route("PUT /teams/{team}/invitations", scope: "write", invite),
      Route("DELETE /teams/{team}/invitations/{invitation}", scope: "write", revoke),
    ]

  /// What must be known of a person before a write.
  private enum Expected: Sendable {
    case present
    case absent
    case either
  }

  // MARK: Members

  private static func role(_ body: [String: JSON], on team: HerokuTeam) throws -> String {
    guard let role = body["role"]?.text, ["admin", "viewer", "member"].contains(role) else {
      throw HerokuAPI.invalid("The role must be one of admin, viewer and member.")
    }
    guard role != "viewer" || team.type == "enterprise" else {
      throw HerokuAPI.invalid("Only enterprise teams have viewers.")
    }
    return role
  }

  /// Addresses are kept in lower case.
  static func email(_ value: JSON?) throws -> String {
    guard let email = value?.text?.lowercased(), email.split(separator: "@").count == 2,
      !email.contains(where: \.isWhitespace)
    else { throw HerokuAPI.invalid("The email is not valid.") }
    return email
  }

  /// Whether a team's people are invited before they are members.
  private static func invites(_ team: HerokuTeam) -> Bool {
    team.features.contains("team-invite-acceptance")
  }

  private static func set(
    _ call: Call, _ context: Context, _ expected: Expected
  ) async throws -> Reply {
    let id = try administered(call, context).id
    guard let body = call.json else { throw HerokuAPI.invalid("The body is not a JSON object.") }
    return try await context.state.write { scenario in
      let organisation = Organisation(scenario)
      let team = scenario[team: id]
      let role = try role(body, on: team)
      let email = try email(body["email"])
      let roster = HerokuRoster(team, organisation)
      let known = roster.member(email)
      if known == nil, expected == .present { throw HerokuAPI.notFound("member") }
      if known != nil, expected == .absent {
        throw HerokuAPI.invalid("This person is a member already.")
      }
      if known == nil, invites(team) {
        throw HerokuAPI.invalid("This team invites people: send an invitation.")
      }
      if known?.role == "admin", role != "admin", roster.adminsUpToTwo == 1 { throw lastAdmin }
      var member = known ?? HerokuMember(email, isFederated: false)
      member.role = role
      member.isFederated = body["federated"]?.isTrue ?? member.isFederated
      scenario[team: id][member: member.email] = member
      scenario[team: id].removed.removeAll { $0 == email }
      let shape = HerokuShapes.member(member, of: team, organisation)
      return Reply(status: known == nil ? 201 : 200, json: shape)
    }
  }

  private static let lastAdmin = HerokuAPI.invalid(
    "A team needs at least one admin. Make somebody else an admin first.")

  private static func administered(_ call: Call, _ context: Context) throws -> HerokuTeam {
    let team = try context.team(call)
    try context.require(["admin"], on: team)
    return team
  }

  private static func remove(_ call: Call, _ context: Context) async throws -> Reply {
    let id = try administered(call, context).id
    return try await context.state.write { scenario in
      let organisation = Organisation(scenario)
      let roster = HerokuRoster(scenario[team: id], organisation)
      guard let member = roster.member(call.capture("member")) else {
        throw HerokuAPI.notFound("member")
      }
      if member.role == "admin", roster.adminsUpToTwo == 1 { throw lastAdmin }
      let shape = HerokuShapes.member(member, of: roster.team, organisation)
      scenario[team: id].members.removeAll { $0.email == member.email }
      if organisation.population(of: roster.team)?.index(ofEmail: member.email) != nil {
        scenario[team: id].removed.append(member.email)
      }
      return Reply(json: shape)
    }
  }

  private static func invite(_ call: Call, _ context: Context) async throws -> Reply {
    let team = try administered(call, context)
    guard let body = call.json else { throw HerokuAPI.invalid("The body is not a JSON object.") }
    let role = try role(body, on: team)
    let email = try email(body["email"])
    guard invites(team) else {
      throw HerokuAPI.invalid("This team has no invitations: add the person.")
    }
    guard HerokuRoster(team, context.organisation).member(email) == nil else {
      throw HerokuAPI.invalid("This person is a member already.")
    }
    return try await context.state.write { scenario in
      let invitation = HerokuInvitation(email, role: role, invitedBy: context.token.email)
      let isNew = !scenario[team: team.id].invitations.contains { $0.email == email }
      scenario[team: team.id].invitations.removeAll { $0.email == email }
      scenario[team: team.id].invitations.append(invitation)
      return Reply(status: isNew ? 201 : 200, json: HerokuShapes.invitation(invitation, to: team))
    }
  }

  private static func revoke(_ call: Call, _ context: Context) async throws -> Reply {
    let team = try administered(call, context)
    let key = call.capture("invitation").lowercased()
    return try await context.state.write { scenario in
      let found = scenario[team: team.id].invitations.first {
        $0.id == key || $0.email.lowercased() == key
      }
      guard let found else { throw HerokuAPI.notFound("invitation") }
      scenario[team: team.id].invitations.removeAll { $0.id == found.id }
      return Reply(json: HerokuShapes.invitation(found, to: team))
    }
  }
}
