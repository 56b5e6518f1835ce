internal import Foundation
internal import IdentityCore
internal import Storage

/// Brings one run into the store: all of it in one commit, or a plan when the guard holds it.
struct RunCommitter {
  let store: Store
  let work: TeamWork
  let changeGuard: ChangeGuard
  let alertRules: [AlertChannelRule]
  let runID: String
  let startedAt: Timestamp
  let clock: () -> Timestamp

  /// What became of a run.
  struct Committed {
    var run: RunRecord
    var outcomes: [TeamOutcome]
    var heldPlan: String?
  }

  /// Commits, or holds.
  func commit() throws -> Committed {
    let version = try store.version()
    var outcomes: [TeamOutcome] = []
    do {
      let run = try store.commit(expecting: version) { writer in
        try noteReadings(&writer)
        outcomes = try work.reconcile(in: store) { try writer.apply($0) }
        if outcomes.contains(where: changeGuard.holds) { throw Held() }
        writer.enqueueAlerts(alertRules)
        return record(.committed, outcomes)
      }
      return Committed(run: run, outcomes: outcomes)
    } catch is Held {
      return try hold(outcomes, version)
    }
  }

  /// Shows what a commit would change, and changes nothing.
  func rehearse(_ show: (MemberChange) throws -> Void) throws -> Committed {
    let outcomes = try work.reconcile(in: store, emit: show)
    let isHeld = outcomes.contains(where: changeGuard.holds)
    return Committed(run: record(isHeld ? .held : .committed, outcomes), outcomes: outcomes)
  }

  /// Thrown inside the commit to roll it back.
  private struct Held: Error {}

  /// Keeps the changes as a plan, and the run as held.
  private func hold(_ outcomes: [TeamOutcome], _ version: Int64) throws -> Committed {
    let run = record(.held, outcomes)
    try store.commit(expecting: version) { writer in
      // What was read to its end counts once it is applied: until then members rest on what was known before.
      for team in work.teams { try writer.team(team.name, rosterSource: team.roster) }
      for reading in readings where !reading.isComplete { try reading.note(in: &writer) }
      return run
    }
    let note = HeldRun(
      teams: work.teams.map { .init(name: $0.name, rosterSource: $0.roster) }, readings: readings)
    let plan = StoredPlan(
      id: String(runID.prefix(8)), baseVersion: try store.version(), createdAt: run.finishedAt,
      run: run, note: String(decoding: try JSONEncoder().encode(note), as: UTF8.self))
    try store.savePlan(plan) { writer in
      _ = try work.reconcile(in: store) { try writer.append($0) }
    }
    return Committed(run: run, outcomes: outcomes, heldPlan: plan.id)
  }

  private func noteReadings(_ writer: inout CommitWriter) throws {
    for team in work.teams { try writer.team(team.name, rosterSource: team.roster) }
    for reading in readings { try reading.note(in: &writer) }
  }

  /// How each roster did for each team, and how each provider did.
  private var readings: [ScopedReading] {
    let rosters = work.teams.map { team in
      let reading = work.reading(of: team)
      let source = work.readings.sources.first { $0.name == team.roster }
      return ScopedReading(
        source: team.roster, scope: team.name, isComplete: reading.isComplete,
        at: source?.observedAt ?? work.now, issues: reading.issues)
    }
    let providers = work.readings.providers.values.map(\.source).map {
      ScopedReading(
        source: $0.name, scope: "", isComplete: $0.isComplete, at: $0.observedAt, issues: $0.issues)
    }
    return rosters + providers.sorted { $0.source < $1.source }
  }

  private func record(_ outcome: RunRecord.Outcome, _ outcomes: [TeamOutcome]) -> RunRecord {
    var counts = ChangeCounts()
    for team in outcomes {
      counts.added += team.counts.added
      counts.changed += team.counts.changed
      counts.removed += team.counts.removed
      counts.opened += team.counts.opened
      counts.resolved += team.counts.resolved
    }
    return RunRecord(
      id: runID, startedAt: startedAt, finishedAt: clock(), outcome: outcome,
      sources: work.readings.sources, changes: counts)
  }
}
