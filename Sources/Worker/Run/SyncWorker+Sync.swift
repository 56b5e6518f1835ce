internal import ConnectorKit
internal import CurlTransport
internal import Foundation
public import IdentityCore
internal import Storage

extension SyncWorker {
  /// One run: read every source, judge, compare, commit once, then report and alert.
  ///
  /// - Parameter onChange: takes the differences of a dry run, in order; not called otherwise.
  /// - Throws: ``WorkerError``: `.locked` while another run is under way, `.badInput` for unknown teams or sources,
  ///   `.configuration` for the settings of a channel that cannot work.
  ///   A source or channel without its secret costs only itself: ``SyncResult/isMisconfigured``.
  public func sync(
    _ options: SyncOptions = SyncOptions(), onChange: (MemberChange) throws -> Void = { _ in }
  ) async throws -> SyncResult {
    let teams = try selectedTeams(options)
    let lock =
      try options.isDryRun ? nil : naming { try RunLock(storePath: configuration.storePath) }
    defer { withExtendedLifetime(lock) {} }
    if !options.isDryRun { try checkChannels() }
    let rehearsal = options.isDryRun && !hasStore ? Rehearsal() : nil
    defer { withExtendedLifetime(rehearsal) {} }
    let store = try rehearsal.map { place in try naming { try Store(path: place.path) } } ?? store()
    let startedAt = now
    let runID = UUID().uuidString.lowercased()
    // Until its end it stands in the list of runs as one under way; one that never gets there, as interrupted.
    let open = try options.isDryRun ? nil : naming { try store.openRun(runID, at: startedAt) }
    do {
      return try await sync(options, teams, store, runID, startedAt, open, onChange)
    } catch {
      if let open {
        let reason = error is CancellationError ? "It was cancelled." : "\(error)"
        try? naming { try store.close(open, at: now, reason: reason) }
      }
      throw error
    }
  }

  private func sync(
    _ options: SyncOptions, _ teams: [TeamSettings], _ store: Store, _ runID: String,
    _ startedAt: Timestamp, _ open: OpenRun?, _ onChange: (MemberChange) throws -> Void
  ) async throws -> SyncResult {
    let time = RunTime(seconds: configuration.policy.deadline)
    let transport = transport(time.reading)
    defer { transport.shutdown() }
    let cache = options.isDryRun || options.isFull ? nil : PageCache(store)
    let factory = SourceFactory(
      configuration: configuration, setting: setting, transport: transport, cache: cache)
    var reader = SourceReader(
      rosters: factory.rosters(for: teams), providers: factory.providers(for: teams), teams: teams,
      hosts: configuration.sources.mapValues(\.ssoHosts),
      routes: configuration.sources.mapValues(\.routes), progress: progress)
    reader.knownKeys = { (try? store.memberKeys(of: $0)) ?? [] }
    reader.strike = { transport.secrets(of: $0).strike($1) }
    var readings = await reader.read()
    try Task.checkCancellation()
    readings.locateMistakes(in: configuration.file)
    try naming {
      try readings.refuseLostTeams(teams, local: configuration.localSources, in: store)
    }
    readings.noteIdleExemptions(teams, now: now)
    readings.noteClocks { transport.clockSkew(of: $0) }
    // A page of a list that broke off is not to be confirmed by the next run.
    for source in readings.sources where !source.isComplete { cache?.drop(source.name) }
    let committer = RunCommitter(
      store: store,
      work: TeamWork(
        teams: teams, readings: readings, staleAfter: configuration.policy.staleAfter, now: now),
      changeGuard: configuration.policy.changeGuard, alertRules: alertRules,
      runID: runID, startedAt: startedAt, clock: { now })
    if options.isDryRun {
      var counter = RehearsalCount()
      let committed = try naming {
        try committer.rehearse {
          counter.add($0)
          try onChange($0)
        }
      }
      var outcome = try result(committed, readings, teams, store)
      outcome.headcounts = try naming {
        try counter.headcounts(of: teams.map(\.name), in: store, age: age(asOf: nil))
      }
      outcome.headcounts.mark(outcome.unread)
      return outcome
    }
    let committed = try naming { try committer.commit(in: open) }
    var outcome = try result(committed, readings, teams, store)
    let alerts = try await tell(store, within: time.telling)
    outcome.alertProblems = alerts.problems
    outcome.misconfiguredChannels = alerts.misconfigured
    outcome.headcounts = try headcounts(of: teams.map(\.name))
    outcome.advice = try teams.flatMap { try unmetSettings(team: $0.name) }
    writeConfiguredReports(&outcome)
    return outcome
  }

  private func result(
    _ committed: RunCommitter.Committed, _ readings: RunReadings, _ teams: [TeamSettings],
    _ store: Store
  ) throws -> SyncResult {
    var result = SyncResult(
      run: committed.run, outcomes: committed.outcomes, heldPlan: committed.heldPlan,
      isHeld: committed.isHeld, readNothing: readings.isEmpty, alertProblems: [], reports: [])
    // What this run read stands in the store already, but for a dry run.
    let read = Set(readings.teams.values.filter(\.isComplete).map(\.team))
    result.unread = try naming {
      try store.coverage(of: teams.map(\.name)).filter { !$0.isRead && !read.contains($0.team) }
        .map(\.team)
    }
    result.withoutMembers = teams.map(\.name).filter { team in
      readings.teams[team].map { $0.isComplete && $0.roster.count == 0 } ?? false
    }
    return result
  }

  /// The teams a run is about.
  func selectedTeams(_ options: SyncOptions) throws -> [TeamSettings] {
    let all = configuration.teams(at: now)
    for name in options.teams where !all.contains(where: { $0.name == name }) {
      throw unknown("team", name, all.map(\.name))
    }
    for name in options.sources where configuration.sources[name] == nil {
      throw unknown("source", name, configuration.sources.keys.sorted())
    }
    let selected = all.filter { team in
      let sources = [team.roster] + configuration.providers(behind: [team])
      return (options.teams.isEmpty || options.teams.contains(team.name))
        && (options.sources.isEmpty || sources.contains { options.sources.contains($0) })
    }
    guard !selected.isEmpty || all.isEmpty else {
      throw WorkerError(
        .badInput, "No team asked for rests on \(options.sources.joined(separator: ", ")).")
    }
    return selected
  }

  func unknown(_ what: String, _ name: String, _ known: [String]) -> WorkerError {
    let nearest = NearestName.find(name, in: known).map { "; did you mean \"\($0)\"?" } ?? "."
    return WorkerError(.badInput, "The configuration has no \(what) \"\(name)\"\(nearest)")
  }

  /// Which findings each configured channel is told.
  var alertRules: [AlertChannelRule] {
    configuration.alerts.map { AlertChannelRule(name: $0.name, minimumSeverity: $0.severity) }
  }
}
