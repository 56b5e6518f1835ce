internal import Foundation
internal import IdentityCore
internal import Storage

/// Brings one run into the store in one commit; what the guard holds stays as it is, and becomes a plan.
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
    /// Whether the guard holds a part of it, or would in earnest.
    var isHeld: Bool
  }

  /// Commits; changes that the guard holds are left out and kept as a plan.
  func commit(in open: OpenRun?) throws -> Committed {
    var holds: [TeamName: ChangeGuard.Holds] = [:]
    while true {
      do {
        let (run, outcomes) = try commit(in: open, holding: holds)
        let plan = holds.isEmpty ? nil : try plan(for: holds, run)
        try HeldRun.dropObsolete(in: store, newest: plan)
        return Committed(run: run, outcomes: outcomes, heldPlan: plan, isHeld: plan != nil)
      } catch let held as Held {
        holds.merge(held.holds) { $0.union($1) }
      }
    }
  }

  /// Shows what a commit would change, and changes nothing.
  func rehearse(_ show: (MemberChange) throws -> Void) throws -> Committed {
    let outcomes = try work.reconcile(in: store, emit: show)
    let isHeld = outcomes.contains { !changeGuard.holds($0).isEmpty }
    var run = record(.rehearsed, outcomes)
    // It stands in no store, so that nobody can look for it there.
    run.id = ""
    return Committed(run: run, outcomes: outcomes, isHeld: isHeld)
  }

  /// Thrown inside the commit to roll it back: more is to be held than was.
  private struct Held: Error {
    var holds: [TeamName: ChangeGuard.Holds]
  }

  private func commit(
    in open: OpenRun?, holding holds: [TeamName: ChangeGuard.Holds]
  ) throws -> (RunRecord, [TeamOutcome]) {
    var outcomes: [TeamOutcome] = []
    let run = try store.commit(expecting: try store.version(), in: open) { writer in
      for team in work.teams { try writer.team(team.name, rosterSource: team.roster) }
      for reading in readings(of: work.teams) { try reading.note(in: &writer) }
      var newlyHeld: [TeamName: Int] = [:]
      outcomes = try work.reconcile(in: store, holding: holds) { change in
        if change.record.isHeld, change.fields.contains(where: { $0.name == "held" }) {
          newlyHeld[change.record.team, default: 0] += 1
        }
        try writer.apply(change)
      }
      var missing: [TeamName: ChangeGuard.Holds] = [:]
      for outcome in outcomes {
        let needed = changeGuard.holds(outcome)
        if !needed.isSubset(of: holds[outcome.team] ?? []) { missing[outcome.team] = needed }
      }
      guard missing.isEmpty else { throw Held(holds: missing) }
      for outcome in outcomes where newlyHeld[outcome.team] != nil {
        try writer.notice(notice(of: outcome), of: outcome.team)
      }
      writer.enqueueAlerts(alertRules)
      return record(holds.isEmpty ? .committed : .held, outcomes)
    }
    return (run, outcomes)
  }

  // MARK: What is held

  private var planID: String { String(runID.prefix(8)) }

  private func notice(of outcome: TeamOutcome) -> AlertNotice {
    var parts: [String] = []
    if outcome.held.contains(.removals) { parts.append("\(outcome.removals) would be removed") }
    if outcome.held.contains(.improvements) {
      parts.append(
        "\(outcome.improvements) would look better, which no changed policy or setting explains")
    }
    return AlertNotice(
      kind: .runHeld, subject: planID,
      message:
        "The guard holds a part of the run on \(outcome.team): of \(outcome.prior) members, \(parts.joined(separator: ", and ")). They stay as they were.",
      remedy: "See it with idsync plan \(planID), and carry it out with idsync apply \(planID).")
  }

  /// Keeps what was held as a plan; the newest one stays where it says the same.
  private func plan(
    for holds: [TeamName: ChangeGuard.Holds], _ run: RunRecord
  ) throws -> String {
    let teams = work.teams.filter { holds[$0.name] != nil }
    let held = TeamWork(
      teams: teams, readings: work.readings, staleAfter: work.staleAfter, now: work.now)
    var digest = PlanDigest()
    _ = try held.reconcile(in: store) { digest.add($0) }
    if let newest = try store.plans().first, let note = HeldRun(newest.note),
      note.digest == digest.text, try note.isCurrent(in: store)
    {
      return newest.id
    }
    let note = HeldRun(
      teams: try teams.map {
        .init(
          name: $0.name, rosterSource: $0.roster, version: try store.version(ofTeam: $0.name),
          scope: $0.scopeDigest)
      }, readings: readings(of: teams), digest: digest.text)
    let plan = StoredPlan(
      id: planID, baseVersion: try store.version(), createdAt: run.finishedAt, run: run,
      note: String(decoding: try JSONEncoder().encode(note), as: UTF8.self))
    try store.savePlan(plan) { writer in
      _ = try held.reconcile(in: store) { try writer.append($0) }
    }
    return plan.id
  }

  // MARK: Parts of a run

  /// How the sources of some teams were read for each of them.
  private func readings(of teams: [TeamSettings]) -> [ScopedReading] {
    teams.flatMap { team in
      let reading = work.reading(of: team)
      let source = work.readings.sources.first { $0.name == team.roster }
      let gap =
        reading.issues.first { $0.affects == .verdicts }
        ?? reading.issues.first { $0.affects == .parts }
      let roster = ScopedReading(
        source: team.roster, team: team.name, role: .roster,
        quality: reading.isComplete ? gap == nil ? .complete : .partial : .failed,
        at: source?.observedAt ?? work.now, issue: gap)
      return [roster]
        + work.providers(of: team).map { name in
          guard let source = work.readings.providers[name]?.source else {
            return ScopedReading(
              source: name, team: team.name, role: .provider, quality: .failed, at: work.now)
          }
          return ScopedReading(
            source: name, team: team.name, role: .provider,
            quality: source.isComplete ? .complete : source.carriesVerdicts ? .partial : .failed,
            at: source.observedAt, issue: source.firstGap)
        }
    }
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

/// Tells whether two plans change the same members in the same way.
private struct PlanDigest {
  private var value: UInt64 = 0
  private var count = 0

  mutating func add(_ change: MemberChange) {
    let words = [
      change.record.team, change.record.key, change.kind.rawValue, change.formerKey ?? "",
      String(change.record.fingerprint),
    ]
    var text = words.joined(separator: "\u{0}")
    value = value &* 0x0000_0100_0000_01B3 ^ text.withUTF8 { KeyHash.exact($0) }
    count += 1
  }

  var text: String { "\(count)-\(String(value, radix: 16))" }
}

extension HeldRun {
  /// Reads the note of a plan; nil for one of an older version, which can no longer be carried out.
  init?(_ note: String) {
    guard let held = try? JSONDecoder().decode(HeldRun.self, from: Data(note.utf8)) else {
      return nil
    }
    self = held
  }

  /// Forgets the plans that can no longer be carried out, and those that the newest one stands for as well.
  static func dropObsolete(in store: Store, newest id: String? = nil) throws {
    let newest = try id.flatMap { HeldRun(try store.plan($0).note) }
    let replaced = Set(newest?.teams.map(\.name) ?? [])
    try store.deletePlans { plan in
      guard plan.id != id else { return false }
      guard let held = HeldRun(plan.note), try held.isCurrent(in: store) else { return true }
      return held.teams.allSatisfy { replaced.contains($0.name) }
    }
  }

  /// Whether no source of a team was tried again since.
  func isNewest(of team: TeamName, in store: Store) throws -> Bool {
    try readings.filter { $0.team == team }.allSatisfy { reading in
      guard
        let last = try store.lastAttempt(of: reading.source, for: team, as: reading.role)
      else { return false }
      // A moment that was written as text may have lost a millisecond.
      return abs(last.milliseconds - reading.at.milliseconds) <= 1
    }
  }

  /// Whether the members of its teams are still those that it was worked out from.
  func isCurrent(in store: Store) throws -> Bool {
    try teams.allSatisfy { try store.version(ofTeam: $0.name) == $0.version }
  }
}
