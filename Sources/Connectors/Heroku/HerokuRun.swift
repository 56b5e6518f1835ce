internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import Logging

/// One reading of some teams.
struct HerokuRun: Sendable {
  let configuration: HerokuConfiguration
  let client: APIClient
  let clock: @Sendable () -> Timestamp
  let logger: Logger
  let progress: Progress
  let log: ReadingLog
  let accounts: EnterpriseAccounts

  init(
    configuration: HerokuConfiguration, client: APIClient,
    clock: @escaping @Sendable () -> Timestamp, logger: Logger, progress: Progress
  ) {
    self.configuration = configuration
    self.client = client
    self.clock = clock
    self.logger = logger
    self.progress = progress
    log = ReadingLog(client.source, startedAt: clock())
    accounts = EnterpriseAccounts()
  }

  func read(_ teams: [TeamName]) async -> RosterReading {
    let readings = await withTaskGroup(of: (Int, TeamReading).self) { group in
      for (index, team) in teams.enumerated() {
        group.addTask { (index, await HerokuTeamRun(self, team).read()) }
      }
      var result: [(Int, TeamReading)] = []
      for await reading in group { result.append(reading) }
      return result.sorted { $0.0 < $1.0 }.map(\.1)
    }
    for issue in readings.flatMap(\.issues) { log.add(issue) }
    log.count(readings.reduce(0) { $0 + $1.roster.count })
    return RosterReading(source: log.reading(kind: "heroku", at: clock()), teams: readings)
  }
}
