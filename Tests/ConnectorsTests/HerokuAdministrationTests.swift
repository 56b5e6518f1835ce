import ConnectorKit
import CurlTransport
import IdentityCore
import Logging
import MockIdP
import Testing

@testable import Heroku

@Suite("Changing teams at Heroku")
struct HerokuAdministrationTests {
  static let team = "acme-widgets"

  /// Two admins, a member, an outsider on an app; a locked app and one without anybody.
  static func scenario(_ change: (inout HerokuTeam) -> Void = { _ in }) -> Scenario {
    var team = HerokuTeam(team)
    team.members = [
      HerokuMember("ana@acme.com", role: "admin"), HerokuMember("zoe@acme.com", role: "admin"),
      HerokuMember("bo+ci@acme.com"), HerokuMember("zoë@acme.com", role: "viewer"),
    ]
    team.apps = [
      HerokuApp(
        "api",
        collaborators: [
          HerokuCollaborator("kim@out.example", permissions: ["view", "deploy"])
        ]), HerokuApp("web", isLocked: true),
    ]
    change(&team)
    return Scenario(heroku: HerokuPlatform(teams: [team]))
  }

  struct Write: Sendable, CustomTestStringConvertible {
    var change: TeamChange
    var endpoint: String
    var path: String
    var check: @Sendable (HerokuTeam) -> Bool
    var testDescription: String { "\(change)" }
  }

  static let writes: [Write] = [
    Write(
      change: .addMember(email: "joe@acme.com", role: .viewer),
      endpoint: "PUT /teams/{team}/members",
      path: "/teams/acme-widgets/members"
    ) { $0.members.contains { $0.email == "joe@acme.com" && $0.role == "viewer" } },
    Write(
      change: .setRole(email: "bo+ci@acme.com", role: .admin),
      endpoint: "PATCH /teams/{team}/members", path: "/teams/acme-widgets/members"
    ) { $0[member: "bo+ci@acme.com"].role == "admin" },
    Write(
      change: .removeMember(email: "bo+ci@acme.com"),
      endpoint: "DELETE /teams/{team}/members/{member}",
      path: "/teams/acme-widgets/members/bo%2Bci%40acme.com"
    ) { !$0.members.contains { $0.email == "bo+ci@acme.com" } },
    Write(
      change: .removeMember(email: "zoë@acme.com"),
      endpoint: "DELETE /teams/{team}/members/{member}",
      path: "/teams/acme-widgets/members/zo%C3%AB%40acme.com"
    ) { $0.members.count == 3 },
    Write(
      change: .setLock(app: "api", isLocked: true), endpoint: "PATCH /teams/apps/{app}",
      path: "/teams/apps/api"
    ) { $0[app: "api"].isLocked },
    Write(
      change: .setLock(app: "web", isLocked: false), endpoint: "PATCH /teams/apps/{app}",
      path: "/teams/apps/web"
    ) { !$0[app: "web"].isLocked },
    Write(
      change: .grant(app: "web", email: "lea@out.example", permissions: [.deploy]),
      endpoint: "POST /teams/apps/{app}/collaborators", path: "/teams/apps/web/collaborators"
    ) { $0[app: "web"].collaborators.map(\.permissions) == [["deploy", "view"]] },
    Write(
      change: .grant(app: "web", email: "lea@out.example", permissions: nil),
      endpoint: "POST /apps/{app}/collaborators", path: "/apps/web/collaborators"
    ) { $0[app: "web"].collaborators.map(\.email) == ["lea@out.example"] },
    Write(
      change: .setAccess(app: "api", email: "kim@out.example", permissions: [.manage]),
      endpoint: "PATCH /teams/apps/{app}/collaborators/{person}",
      path: "/teams/apps/api/collaborators/kim%40out.example"
    ) { $0[app: "api"].collaborators.map(\.permissions) == [["manage", "view"]] },
    Write(
      change: .removeAccess(app: "api", email: "kim@out.example"),
      endpoint: "DELETE /apps/{app}/collaborators/{person}",
      path: "/apps/api/collaborators/kim%40out.example"
    ) { $0[app: "api"].collaborators.isEmpty },
  ]

  @Test("each change is one documented call, once, and does what it says", arguments: writes)
  func write(row: Write) async throws {
    try await Bench.run(Self.scenario()) { bench in
      let heroku = bench.heroku()
      let state = try await heroku.readTeam(Self.team, scope: TeamScope())
      await bench.mock.resetRequests()
      let receipt = try await heroku.perform(row.change, on: state)
      let requests = await bench.mock.requests()
      #expect(requests.map(\.endpoint) == [row.endpoint])
      #expect(requests.map(\.path) == [row.path])
      #expect(requests[0].headers["request-id"] == receipt.requestID)
      #expect(requests[0].headers["accept"] == "application/vnd.heroku+json; version=3")
      #expect(row.check(await bench.mock.scenario()[team: Self.team]))
    }
  }

  @Test("an app of a team is one by its team also where its owner is null")
  func ownerless() async throws {
    try await Bench.run(Self.scenario()) { bench in
      func hide(_ field: String) async {
        await bench.mock.setFaults([
          Fault(.heroku, "GET /apps/{app}", .edited, times: nil, text: field, value: .null)
        ])
      }
      await hide("/owner")
      let state = try await bench.heroku().readApp("api")
      #expect(state.team == Self.team && state.apps["api"]?.isTeamApp == true)
      await hide("/team")
      #expect(try await bench.heroku().readApp("api").team == Self.team, "by its owner's name")
    }
  }

  @Test("invitations are sent and taken back with the variant of Accept that they need")
  func invitations() async throws {
    let scenario = Self.scenario {
      $0.type = "team"
      $0.features = ["team-invite-acceptance"]
    }
    try await Bench.run(scenario) { bench in
      let heroku = bench.heroku()
      var state = try await heroku.readTeam(Self.team, scope: TeamScope())
      #expect(state.usesInvitations && !state.hasViewers)
      _ = try await heroku.perform(.invite(email: "joe@acme.com", role: .member), on: state)
      state = try await heroku.readTeam(Self.team, scope: TeamScope())
      #expect(state.invitations["joe@acme.com"]?.role == .member)
      _ = try await heroku.perform(.revokeInvitation(email: "joe@acme.com"), on: state)
      state = try await heroku.readTeam(Self.team, scope: TeamScope())
      #expect(state.invitations.isEmpty)
      let variant = await bench.mock.requests().filter { $0.endpoint.contains("/invitations") }
      #expect(
        variant.allSatisfy {
          $0.headers["accept"] == "application/vnd.heroku+json; version=3.team-invitations"
        })
    }
  }

  @Test(
    "an app is read with its team, lock, feature and access; the team's own pseudo-user is left out"
  )
  func reading() async throws {
    try await Bench.run(Self.scenario()) { bench in
      let state = try await bench.heroku().readApp("api")
      #expect(state.team == Self.team)
      #expect(
        state.apps["api"]
          == TeamState.App(
            "api", access: [.init(email: "kim@out.example", permissions: [.view, .deploy])]))
      #expect(try await bench.heroku().readApp("web").apps["web"]?.isLocked == true)
    }
  }

  @Test("without the feature there are no permissions; an app of nobody's team is no team app")
  func features() async throws {
    var scenario = Self.scenario { $0.features = [] }
    scenario.heroku.personalApps = [HerokuApp("mine")]
    try await Bench.run(scenario) { bench in
      #expect(try await bench.heroku().readApp("api").apps["api"]?.usesPermissions == false)
      let own = try await bench.heroku().readApp("mine")
      #expect(own.team.isEmpty && own.apps["mine"]?.isTeamApp == false)
    }
  }

  @Test(
    "the access of one person to all apps of a team costs one call, however many apps there are")
  func accessOf() async throws {
    try await Bench.run(Self.scenario()) { bench in
      let state = try await bench.heroku().readTeam(
        Self.team, scope: TeamScope(invitations: false, accessOf: "KIM@out.example"))
      #expect(state.apps(grantedTo: "kim@out.example").map(\.name) == ["api"])
      #expect(await bench.mock.requestCounts()["GET /teams/{team}/permissions"] == 1)
    }
  }

  // MARK: When it goes wrong

  struct Trouble: Sendable, CustomTestStringConvertible {
    var name: String
    var fault: Fault
    var code: ConnectorError.Code
    var fate: WriteFailure.Fate
    var testDescription: String { name }

    init(
      _ name: String, _ kind: Fault.Kind, status: Int? = nil, _ code: ConnectorError.Code,
      _ fate: WriteFailure.Fate
    ) {
      self.name = name
      self.code = code
      self.fate = fate
      fault = Fault(
        .heroku, "PUT /teams/{team}/members", kind, times: nil, status: status)
    }
  }

  static let troubles = [
    Trouble("401", .status, status: 401, .unauthorised, .notMade),
    Trouble("403", .status, status: 403, .forbidden, .notMade),
    Trouble("404", .status, status: 404, .notFound, .notMade),
    Trouble("409", .status, status: 409, .refused, .notMade),
    Trouble("422", .status, status: 422, .refused, .notMade),
    Trouble("429", .status, status: 429, .rateLimited, .notMade),
    Trouble("500", .status, status: 500, .serverError, .unknown),
    Trouble("503", .status, status: 503, .serverError, .unknown),
    Trouble("no answer at all", .reset, .truncated, .unknown),
    Trouble("an answer that breaks off", .truncated, .truncated, .unknown),
  ]

  @Test("a write that fails is sent once, and its fate is said for what it is", arguments: troubles)
  func trouble(row: Trouble) async throws {
    try await Bench.run(Self.scenario()) { bench in
      let heroku = bench.heroku()
      let state = try await heroku.readTeam(Self.team, scope: TeamScope())
      await bench.mock.setFaults([row.fault])
      await bench.mock.resetRequests()
      do {
        _ = try await heroku.perform(.addMember(email: "joe@acme.com", role: .member), on: state)
        Issue.record("the write passed for made")
      } catch let error as WriteFailure {
        #expect(error.fate == row.fate && error.error.code == row.code)
        let sent = await bench.mock.requests()
        #expect(sent.map(\.endpoint) == ["PUT /teams/{team}/members"], "once, and never again")
        #expect(sent.first?.headers["request-id"] == error.requestID)
        #expect(!"\(error)".contains("joe@acme.com"))
      }
    }
  }

  @Test("nothing is sent when nobody listens: the write was certainly not made")
  func unreachable() async throws {
    try await Bench.run(Self.scenario()) { bench in
      let heroku = bench.heroku { $0.url = "http://127.0.0.1:9" }
      do {
        _ = try await heroku.perform(
          .addMember(email: "joe@acme.com", role: .member), on: TeamState(Self.team))
        Issue.record("the write passed for made")
      } catch let error as WriteFailure {
        #expect(error.fate == .notMade && error.error.code == .unreachable)
      }
    }
  }

  @Test("the last admin is kept by Heroku too, with 422", arguments: [false, true])
  func lastAdmin(removes: Bool) async throws {
    let scenario = Self.scenario { $0.members.removeAll { $0.email == "zoe@acme.com" } }
    try await Bench.run(scenario) { bench in
      let heroku = bench.heroku()
      let state = try await heroku.readTeam(Self.team, scope: TeamScope())
      let change: TeamChange =
        removes
        ? .removeMember(email: "ana@acme.com") : .setRole(email: "ana@acme.com", role: .member)
      do {
        _ = try await heroku.perform(change, on: state)
        Issue.record("the last admin went")
      } catch let error as WriteFailure {
        #expect(error.error.status == 422 && error.fate == .notMade)
      }
    }
  }

  @Test("random sequences of changes leave Heroku as the model has it")
  func random() async throws {
    var operations = 0
    var made = 0
    try await Bench.run(Self.scenario { $0.apps = [HerokuApp("api"), HerokuApp("web")] }) { bench in
      let heroku = bench.heroku()
      var random = SystemRandomNumberGenerator()
      var model = try await Self.all(heroku)
      for _ in 0..<70 {
        let request = Self.request(&random)
        operations += 1
        guard case .success(let plan) = model.plan(request) else { continue }
        for step in plan.steps where step.isNeeded {
          _ = try await heroku.perform(step.change, on: model)
          model.apply(step.change)
          made += 1
        }
        let shown = try await Self.all(heroku)
        #expect(shown.members == model.members, "\(request)")
        #expect(shown.apps == model.apps, "\(request)")
      }
    }
    print("random operations at Heroku: \(operations), \(made) writes, no difference")
    #expect(made > 10)
  }

  /// The whole team, with the access to both apps.
  private static func all(_ heroku: HerokuConnector) async throws -> TeamState {
    var state = try await heroku.readTeam(team, scope: TeamScope(invitations: false))
    for app in ["api", "web"] { state.apps.merge(try await heroku.readApp(app).apps) { $1 } }
    state.order = 0
    return state
  }

  private static func request(
    _ random: inout some RandomNumberGenerator
  ) -> AdministrationRequest {
    let people = [
      "ana@acme.com", "zoe@acme.com", "BO+ci@acme.com", "dé@acme.com", "kim@out.example",
    ]
    let email = people[Int.random(in: 0..<people.count, using: &random)]
    let app = Bool.random(using: &random) ? "api" : "web"
    let role = TeamRole.allCases[Int.random(in: 0..<4, using: &random)]
    let permissions = PermissionSet(rawValue: UInt8.random(in: 0...15, using: &random))
    switch Int.random(in: 0..<8, using: &random) {
    case 0, 1: return .addMember(email: email.lowercased(), role: role)
    case 2: return .setRole(email: email, role: role)
    case 3: return .removeMember(email: email, withAccess: Bool.random(using: &random))
    case 4: return Bool.random(using: &random) ? .lock(app: app) : .unlock(app: app)
    case 5: return .grant(app: app, email: email.lowercased(), permissions: permissions)
    case 6: return .changeAccess(app: app, email: email, permissions: permissions)
    default: return .removeAccess(app: app, email: email)
    }
  }
}
