internal import IdentityCore
internal import Storage

/// The judged side of a run, ready to be compared with the store as often as needed.
struct TeamWork {
  let teams: [TeamSettings]
  let readings: RunReadings
  let staleAfter: Int64
  let now: Timestamp

  /// Compares every team with its prior records and hands on the differences, team by team.
  ///
  /// - Parameter holds: what the guard holds back, by team.
  func reconcile(
    in store: Store, holding holds: [TeamName: ChangeGuard.Holds] = [:],
    emit: (MemberChange) throws -> Void
  ) throws -> [TeamOutcome] {
    try teams.map { try reconcile($0, in: store, holding: holds[$0.name] ?? [], emit: emit) }
  }

  private func reconcile(
    _ team: TeamSettings, in store: Store, holding holds: ChangeGuard.Holds,
    emit: (MemberChange) throws -> Void
  ) throws -> TeamOutcome {
    let adjudicator = Adjudicator(
      settings: team, reading: reading(of: team), providers: readings.providers, now: now)
    var reconciler = Reconciler(adjudicator, staleAfter: staleAfter, holding: holds)
    return try store.withPriorMembers(of: team.name) { prior in
      try reconciler.reconcile(with: &prior, emit: emit)
    }
  }

  /// The providers that a team signs in through, and those behind them, each once.
  func providers(of team: TeamSettings) -> [SourceName] {
    var found = team.signIn.map(\.provider)
    var next = 0
    while next < found.count {
      found += (readings.providers[found[next]]?.routes ?? []).map(\.target.provider)
        .filter { !found.contains($0) }
      next += 1
    }
    var known: Set<SourceName> = []
    return found.filter { known.insert($0).inserted }
  }

  /// What the roster said; a team its source did not speak of at all was not read.
  func reading(of team: TeamSettings) -> TeamReading {
    if let reading = readings.teams[team.name] { return reading }
    let cause = readings.sources.first { $0.name == team.roster }?.issues.first
    let issue =
      cause
      ?? SourceIssue(
        code: "not-read", call: "", message: "Source \(team.roster) said nothing of this team.",
        remedy: "see what the run says of \(team.roster)")
    return TeamReading(
      team: team.name, roster: Roster(), hasIdentityProvider: .unknown, saysSignIn: true,
      issues: [issue])
  }
}
