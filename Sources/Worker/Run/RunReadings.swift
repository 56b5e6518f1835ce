internal import ConnectorKit
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

/// Reads all sources of some teams: rosters and policies at the same time, accounts once it is known whom to watch.
struct SourceReader: Sendable {
  let rosters: [any RosterConnector]
  let providers: [any ProviderConnector]
  let teams: [TeamSettings]
  /// Further hosts of providers, from the configuration.
  let hosts: [SourceName: [String]]
  /// Where sign-ins go that a provider leaves to others, from the configuration.
  let routes: [SourceName: [UpstreamRoute]]
  /// The match keys of the members that a team had: nobody is to be lost sight of.
  var knownKeys: @Sendable (TeamName) -> [String] = { _ in [] }
  /// What is to be read otherwise than the providers say it; none but for a what-if.
  var edits: [SourceName: PolicyEdits] = [:]
  /// Takes the secrets of a source out of what it has to say of itself: the last gate before a store, a page or a mail.
  var strike: @Sendable (SourceName, String) -> String = { $1 }
  let progress: Progress

  /// A provider that is being read.
  private typealias Reading = @Sendable () async -> ProviderReading

  /// Reads everything; a source that fails says so in its reading.
  func read() async -> RunReadings {
    let people = Task { await readRosters() }
    var tasks: [SourceName: Task<ProviderReading, Never>] = [:]
    for provider in inOrderOfChains() {
      let before = before(provider.name).compactMap { tasks[$0] }
      let readings = before.map { task -> Reading in { await task.value } }
      tasks[provider.name] = Task { await read(provider, people, after: readings) }
    }
    let all = tasks
    return await withTaskCancellationHandler {
      var readings = await people.value
      for task in all.values { take(await task.value, into: &readings) }
      return readings
    } onCancel: {
      people.cancel()
      all.values.forEach { $0.cancel() }
    }
  }

  /// Reads one provider again, with the edits, and puts it in the place of what was read before.
  func reread(_ name: SourceName, in readings: RunReadings) async -> RunReadings {
    guard let provider = providers.first(where: { $0.name == name }) else { return readings }
    let people = Task { readings }
    let before = before(name).compactMap { readings.providers[$0] }
    var result = readings
    let reading = await read(provider, people, after: before.map { one -> Reading in { one } })
    result.sources.removeAll { $0.name == name }
    take(reading, into: &result)
    return result
  }

  private func read(
    _ provider: any ProviderConnector, _ people: Task<RunReadings, Never>, after before: [Reading]
  ) async -> ProviderReading {
    await provider.readProvider(query(to: provider.name, people, before), progress: progress)
  }

  private func take(_ reading: ProviderReading, into readings: inout RunReadings) {
    var reading = reading
    let name = reading.source.name
    reading.hosts.formUnion(hosts[name] ?? [])
    reading.routes = routes[name] ?? []
    reading.source.issues.strike { strike(name, $0) }
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
        let name = reading.source.name
        var source = reading.source
        source.issues.strike { strike(name, $0) }
        readings.sources.append(source)
        for var team in reading.teams {
          team.issues.strike { strike(name, $0) }
          readings.teams[team.team] = team
        }
      }
      return readings
    }
  }

  // MARK: Chains

  /// The providers that hand sign-ins on to another one.
  private func before(_ name: SourceName) -> [SourceName] {
    routes.filter { $0.key != name && $0.value.contains { $0.target.provider == name } }
      .keys.sorted()
  }

  /// The providers, those that hand sign-ins on before those that they hand them on to; in a circle somebody begins.
  private func inOrderOfChains() -> [any ProviderConnector] {
    var left = providers
    var ordered: [any ProviderConnector] = []
    while !left.isEmpty {
      let names = Set(left.map(\.name))
      let next =
        left.firstIndex { Set(before($0.name)).isDisjoint(with: names.subtracting([$0.name])) } ?? 0
      ordered.append(left.remove(at: next))
    }
    return ordered
  }

  // MARK: What is asked for

  private func query(
    to provider: SourceName, _ people: Task<RunReadings, Never>, _ before: [Reading]
  ) -> ProviderQuery {
    let watchedTeams = teams.filter { team in targets(of: team).contains { $0.provider == provider }
    }
    var apps: [AppID] = []
    var known: Set<AppID> = []
    for target in watchedTeams.flatMap(targets)
    where target.provider == provider && known.insert(target.app).inserted {
      apps.append(target.app)
    }
    let groups = Set(
      watchedTeams.flatMap(\.exemptions).compactMap(\.group).filter { $0.provider == provider }
        .map(\.name))
    return ProviderQuery(
      apps: apps, edits: edits[provider] ?? PolicyEdits(), groups: groups.sorted()
    ) {
      let readings = await people.value
      let rosters = watchedTeams.compactMap { readings.teams[$0.name]?.roster }
      var watch = WatchList(capacity: rosters.reduce(0) { $0 + $1.count })
      for roster in rosters {
        for position in 0..<roster.count { roster.withKey(at: position) { watch.insert($0) } }
      }
      // A roster that names somebody no more may have broken off, or be one that the guard does not believe.
      for team in watchedTeams {
        for key in knownKeys(team.name) { watch.insert(name: key) }
      }
      for mapping in watchedTeams.flatMap(\.identities) {
        let account = mapping.provider == provider ? mapping.account : nil
        for name in mapping.addresses + [account].compactMap(\.self) { watch.insert(name: name) }
      }
      for reading in before {
        for name in await reading().accounts.passedNames { watch.insert(name: name) }
      }
      return watch
    }
  }

  /// What a team signs in to, and what stands behind that.
  private func targets(of team: TeamSettings) -> [SignInTarget] {
    var found = team.signIn
    var known = Set(found)
    var next = 0
    while next < found.count {
      for route in routes[found[next].provider] ?? [] where known.insert(route.target).inserted {
        found.append(route.target)
      }
      next += 1
    }
    return found
  }
}

extension [SourceIssue] {
  /// Puts every text of every issue through a function.
  mutating func strike(_ strike: (String) -> String) {
    for index in indices {
      self[index].call = strike(self[index].call)
      self[index].message = strike(self[index].message)
      self[index].remedy = strike(self[index].remedy)
    }
  }
}
