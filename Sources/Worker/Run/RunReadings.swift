internal import Connectors
internal import IdentityCore

/// Everything the sources said in one run.
struct RunReadings: Sendable {
  /// What the rosters said, by team.
  var teams: [TeamName: TeamReading] = [:]
  /// What the providers said, by source.
  var providers: [SourceName: ProviderReading] = [:]
  /// How each source was read, by name; rosters and providers together.
  var sources: [SourceReading] = []

  /// Whether no source gave anything at all.
  var isEmpty: Bool {
    sources.allSatisfy { !$0.isComplete && $0.fetched == 0 }
  }
}

/// Reads all sources of some teams: rosters and policies at the same time, accounts once the rosters are there.
struct SourceReader: Sendable {
  let rosters: [any RosterConnector]
  let providers: [any ProviderConnector]
  let teams: [TeamSettings]
  /// Further hosts of providers, from the configuration.
  let hosts: [SourceName: [String]]
  /// Where sign-ins go that a provider leaves to others, from the configuration.
  let routes: [SourceName: [UpstreamRoute]]
  /// What is to be read otherwise than the providers say it; none but for a what-if.
  var edits: [SourceName: PolicyEdits] = [:]
  let progress: Progress

  /// Reads everything; a source that fails says so in its reading.
  func read() async -> RunReadings {
    let people = Task { await readRosters() }
    let accounts = await withTaskGroup(of: ProviderReading.self) { group in
      for provider in providers {
        group.addTask { await read(provider, people) }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    var readings = await people.value
    for reading in accounts { take(reading, into: &readings) }
    return readings
  }

  /// Reads one provider again, with the edits, and puts it in the place of what was read before.
  func reread(_ name: SourceName, in readings: RunReadings) async -> RunReadings {
    guard let provider = providers.first(where: { $0.name == name }) else { return readings }
    let people = Task { readings }
    var result = readings
    let reading = await read(provider, people)
    result.sources.removeAll { $0.name == name }
    take(reading, into: &result)
    return result
  }

  private func read(
    _ provider: any ProviderConnector, _ people: Task<RunReadings, Never>
  ) async -> ProviderReading {
    await provider.readProvider(query(to: provider.name, people), progress: progress)
  }

  private func take(_ reading: ProviderReading, into readings: inout RunReadings) {
    var reading = reading
    let name = reading.source.name
    reading.hosts.formUnion(hosts[name] ?? [])
    reading.routes = routes[name] ?? []
    readings.providers[name] = reading
    readings.sources.append(reading.source)
    readings.sources.sort { $0.name < $1.name }
  }

  private func readRosters() async -> RunReadings {
    await withTaskGroup(of: RosterReading.self) { group in
      for roster in rosters {
        let names = teams.filter { $0.roster == roster.name }.map(\.name)
        group.addTask { await roster.readRoster(of: names, progress: progress) }
      }
      var readings = RunReadings()
      for await reading in group {
        readings.sources.append(reading.source)
        for team in reading.teams { readings.teams[team.team] = team }
      }
      return readings
    }
  }

  private func query(to provider: SourceName, _ people: Task<RunReadings, Never>) -> ProviderQuery {
    let watchedTeams = teams.filter { team in targets(of: team).contains { $0.provider == provider }
    }
    var apps: [AppID] = []
    for target in watchedTeams.flatMap(targets)
    where target.provider == provider && !apps.contains(target.app) {
      apps.append(target.app)
    }
    return ProviderQuery(apps: apps, edits: edits[provider] ?? PolicyEdits()) {
      let readings = await people.value
      let rosters = watchedTeams.compactMap { readings.teams[$0.name]?.roster }
      var watch = WatchList(capacity: rosters.reduce(0) { $0 + $1.count })
      for roster in rosters {
        for position in 0..<roster.count { roster.withKey(at: position) { watch.insert($0) } }
      }
      return watch
    }
  }

  /// What a team signs in to, and what stands behind that.
  private func targets(of team: TeamSettings) -> [SignInTarget] {
    var found = team.signIn
    var next = 0
    while next < found.count {
      for route in routes[found[next].provider] ?? [] where !found.contains(route.target) {
        found.append(route.target)
      }
      next += 1
    }
    return found
  }
}
