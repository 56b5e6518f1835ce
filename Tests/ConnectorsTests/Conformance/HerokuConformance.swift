import IdentityCore
import MockIdP

extension ConformanceCase {
  static let heroku: ConformanceCase = {
    var kase = herokuCase
    kase.emptyIsComplete = false
    return kase
  }()

  private static let herokuCase = ConformanceCase(
    "Heroku", vendor: .heroku, small: herokuScenario(members: 4),
    paged: herokuScenario(members: 2_001, apps: 5, rowsPerPage: 2),
    empty: herokuScenario(members: 0),
    endpoints: [
      Endpoint("GET /teams/{team}"),
      Endpoint(
        "GET /teams/{team}/members", .list, required: ["email", "role"],
        optional: ["two_factor_authentication"], hasUniqueRows: false),
      Endpoint("GET /teams/{team}/identity-providers", answersAbsence: true),
      Endpoint("GET /teams/{team}/permissions", .list, required: ["users"], hasUniqueRows: false),
      Endpoint(
        "GET /teams/{team}/invitations", answersAbsence: true, required: ["user"],
        optional: ["role"]),
    ],
    capabilities: [.pagedByRange],
    absences: [
      "GET /teams/{team}/members /*/two_factor_authentication":
        "a login whose second factor is not shown counts as one without"
    ]
  ) { bench in
    try await ConformanceReading(of: bench.heroku(), team: Bench.team)
  }

  /// A team whose people sign in at Heroku itself, half of them with its second factor, and somebody invited.
  private static func herokuScenario(
    members: Int, apps: Int = 1, rowsPerPage: Int? = nil
  ) -> Scenario {
    var team = HerokuTeam(Bench.team)
    team.members = (0..<members).map {
      HerokuMember(
        "person\($0)@acme.com", role: $0 == 0 ? "admin" : "member", isFederated: false,
        twoFactor: $0 % 2 == 0)
    }
    if members > 0 {
      team.invitations = [HerokuInvitation("new@acme.com")]
      team.apps = (0..<apps).map {
        HerokuApp("app-\($0)", collaborators: [HerokuCollaborator("outside@example.org")])
      }
    }
    var heroku = HerokuPlatform(teams: [team])
    heroku.rateLimit = 1_000_000
    heroku.undeclaredPageSize = rowsPerPage
    return Scenario(heroku: heroku)
  }
}
