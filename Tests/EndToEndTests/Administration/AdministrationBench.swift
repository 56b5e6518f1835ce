import Foundation
import MockIdP
import Testing

/// Teams to be managed: one at Heroku, one at Heroku that invites, one of our own.
enum AdministrationBench {
  /// An Enterprise Team with two apps, a team that invites, and somebody's own app.
  static func scenario(_ change: (inout Scenario) -> Void = { _ in }) -> Scenario {
    var team = HerokuTeam("acme-widgets")
    team.members = [
      HerokuMember("ana@acme.com", role: "admin"), HerokuMember("bo@acme.com"),
      HerokuMember("vi@acme.com", role: "viewer"),
      HerokuMember("out@contractor.example", role: "collaborator", isFederated: false),
    ]
    team.apps = [
      HerokuApp(
        "acme-api",
        collaborators: [
          HerokuCollaborator("bo@acme.com", permissions: ["view", "deploy"], role: "member"),
          HerokuCollaborator("out@contractor.example", permissions: ["view"]),
        ]), HerokuApp("acme-web", isLocked: true),
    ]
    var startup = HerokuTeam("startup", type: "team")
    startup.members = [HerokuMember("ana@acme.com", role: "admin", isFederated: false)]
    startup.apps = [HerokuApp("startup-site")]
    startup.features = ["team-invite-acceptance"]
    var scenario = Scenario(heroku: HerokuPlatform(teams: [team, startup]))
    scenario.heroku.personalApps = [HerokuApp("mine")]
    change(&scenario)
    return scenario
  }

  static let user = String(cString: getpwuid(getuid()).pointee.pw_name)

  static func configuration(_ mock: MockIdP) -> String {
    """
    store: sqlite:idsync.db
    sources:
      heroku: { kind: heroku, url: "\(mock.heroku.baseURL)", token: env:HEROKU_TOKEN }
    teams:
      acme-widgets: { roster: heroku }
      startup: { roster: heroku }
      tools: { roster: local }
    actors:
      \(user): { address: ops@acme.com, role: admin, may_act_as: anybody }
    """
  }

  /// Starts everything, runs the body, ends everything.
  static func run(
    _ scenario: Scenario = scenario(), configuration: (MockIdP) -> String = configuration,
    _ body: (Workbench) async throws -> Void
  ) async throws {
    let bench = try await Workbench(scenario, configuration: configuration)
    do {
      try await body(bench)
      await bench.close()
    } catch {
      await bench.close()
      throw error
    }
  }
}

extension Workbench {
  /// Runs a command line given as one text, words parted by spaces.
  func idsync(_ line: String) async throws -> Outcome {
    try await run(line.split(separator: " ").map(String.init))
  }

  /// Runs a command and expects its end, its standard error and its standard output.
  @discardableResult
  func expect(
    _ line: String, _ status: Int32, _ errors: String? = nil, output: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> Outcome {
    let outcome = try await idsync(line)
    let said = "\(line)\n\(outcome.output)\(outcome.errors)"
    #expect(outcome.status == status, "\(said)", sourceLocation: sourceLocation)
    if let errors {
      #expect(outcome.errors == errors + "\n", "\(said)", sourceLocation: sourceLocation)
    }
    if let output {
      #expect(outcome.output == output, "\(said)", sourceLocation: sourceLocation)
    }
    return outcome
  }

  /// The attempts in the history, oldest first.
  func attempts() async throws -> [[String: Any]] {
    let history = try await run("history", "--format", "json")
    return Array((try history.json()["administration"] as? [[String: Any]] ?? []).reversed())
  }
}
