import Foundation
import IdentityCore
import Logging
import MockIdP
import Synchronization
import TestSupport
import Worker

/// A mock organisation, a directory and a worker in this process, whose clock a test may move.
final class WorkerBench: Sendable {
  let mock: MockIdP
  let directory: String
  private let offset = Mutex(TimeInterval(0))

  private init(_ mock: MockIdP, _ directory: String) {
    self.mock = mock
    self.directory = directory
  }

  static func run(
    members: Int, extra: String = "", _ body: (WorkerBench) async throws -> Void
  ) async throws {
    try await TestSlots.run {
      let mock = try await MockIdP.start(scenario(members))
      let directory = FileManager.default.temporaryDirectory.appending(path: "idsync-\(UUID())")
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      let bench = WorkerBench(mock, directory.path)
      let text = """
        store: sqlite:idsync.db
        sources:
          heroku: { kind: heroku, url: "\(mock.heroku.baseURL)", token: env:HEROKU_TOKEN }
          okta: { kind: okta, url: "\(mock.okta.baseURL)", token: env:OKTA_TOKEN }
        teams:
          acme-widgets:
            roster: heroku
            sign_in: [ { provider: okta, app: \(app) } ]
          acme-tools:
            roster: heroku
        \(extra)
        """
      try Data(text.utf8).write(to: directory.appending(path: "idsync.yaml"))
      do {
        try await body(bench)
      } catch {
        await mock.stop()
        throw error
      }
      await mock.stop()
      try? FileManager.default.removeItem(at: directory)
    }
  }

  static let app = "0oaheroku000000000001"

  /// People of one team who need two factors at Okta, and one of another team without single sign-on.
  private static func scenario(_ members: Int) -> Scenario {
    var scenario = Scenario()
    let people = (0..<members).map { "p\($0)@acme.com" }
    scenario.people = people.map { Person($0) }
    scenario.okta.apps = [
      OktaApp("Heroku", id: app, accessPolicy: "Strict", users: people.map { AppUser($0) })
    ]
    scenario.okta.policies = [Policy("Strict", rules: [.catchAll("2FA")])]
    scenario.okta.rateLimit = 1_000_000
    var team = HerokuTeam("acme-widgets")
    team.identityProviders = [.okta("acme-okta", app: app)]
    team.members = people.map { HerokuMember($0, role: $0 == "p0@acme.com" ? "admin" : "member") }
    var tools = HerokuTeam("acme-tools")
    tools.members = [
      HerokuMember("tom@acme.com", role: "admin", isFederated: false, twoFactor: true)
    ]
    scenario.heroku.teams = [team, tools]
    scenario.heroku.rateLimit = 1_000_000
    return scenario
  }

  /// Moves the clock on.
  func advance(hours: Double) { offset.withLock { $0 += hours * 3600 } }

  /// A worker of a new start, as cron would make it.
  func worker(_ environment: [String: String] = [:]) throws -> SyncWorker {
    let tokens = ["HEROKU_TOKEN": mock.heroku.token, "OKTA_TOKEN": mock.okta.token]
    return try SyncWorker(
      configurationPath: "idsync.yaml",
      setting: WorkerSetting(
        environment: tokens.merging(environment) { $1 }, workingDirectory: directory,
        clock: { [self] in Date().addingTimeInterval(offset.withLock { $0 }) },
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
  }

  /// The members as they stand, by address.
  func members() throws -> [String: MemberStatus] {
    var result: [String: MemberStatus] = [:]
    for member in try worker().status().members { result[member.record.email] = member }
    return result
  }
}
