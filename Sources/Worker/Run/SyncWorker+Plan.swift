internal import Foundation
public import IdentityCore
internal import Storage

/// A run that the guard held.
public struct HeldPlan: Sendable {
  /// What `idsync apply` calls it.
  public var id: String
  /// When it was made.
  public var createdAt: Timestamp
  /// How many members it changes.
  public var changes: Int
  /// Whether the state is still the one it was worked out from.
  public var isCurrent: Bool
}

extension SyncWorker {
  /// A held plan by its id, or the newest; nil when there is none.
  ///
  /// - Throws: ``WorkerError`` with `.badInput` for an unknown id.
  public func heldPlan(_ id: String?) throws -> HeldPlan? {
    guard hasStore || id != nil else { return nil }
    let store = try existingStore()
    return try naming {
      let plan =
        try id.map { try store.plan($0) }
        ?? store.plans().first { try HeldRun($0.note)?.isCurrent(in: store) ?? false }
      return try plan.map {
        HeldPlan(
          id: $0.id, createdAt: $0.createdAt, changes: $0.changes,
          isCurrent: try HeldRun($0.note)?.isCurrent(in: store) ?? false)
      }
    }
  }

  /// Hands over what a plan would change, in order.
  public func changes(ofPlan id: String, _ body: (MemberChange) throws -> Void) throws {
    let store = try storeToRead()
    try naming { try store.changes(ofPlan: id, body) }
  }

  /// The newest plan of each team that can still be carried out.
  func heldPlans(in store: Store) throws -> [TeamName: String] {
    var plans: [TeamName: String] = [:]
    for plan in try store.plans() {
      guard let held = HeldRun(plan.note), try held.isCurrent(in: store) else { continue }
      for team in held.teams where plans[team.name] == nil { plans[team.name] = plan.id }
    }
    return plans
  }

  /// Carries out exactly what a plan shows; no source is asked.
  ///
  /// - Throws: ``WorkerError`` with `.badInput` when the state moved since, `.locked` while a run is under way.
  public func apply(plan id: String) async throws -> SyncResult {
    let lock = try naming { try RunLock(storePath: configuration.storePath) }
    defer { withExtendedLifetime(lock) {} }
    let store = try store()
    let startedAt = now
    var counts: [TeamName: ChangeCounts] = [:]
    let run = try naming {
      let plan = try store.plan(id)
      guard let held = HeldRun(plan.note), try held.isCurrent(in: store) else {
        throw WorkerError(
          .badInput,
          "Plan \(id) was refused: the members in the store changed since it was made. Run idsync sync to make a new one."
        )
      }
      let settings = configuration.teams(at: now)
      for team in held.teams
      where team.scope != nil
        && settings.first(where: { $0.name == team.name })?.scopeDigest != team.scope
      {
        throw WorkerError(
          .badInput,
          "Plan \(id) was refused: what the configuration says of team \(team.name) changed since it was made. Run idsync sync to make a new one."
        )
      }
      let readAt = held.readings.map(\.at).min() ?? plan.createdAt
      var newest: Set<TeamName> = []
      for team in held.teams {
        counts[team.name] = ChangeCounts()
        if try held.isNewest(of: team.name, in: store) { newest.insert(team.name) }
      }
      let run = try store.commit(expecting: try store.version()) { writer in
        for team in held.teams { try writer.team(team.name, rosterSource: team.rosterSource) }
        try store.changes(ofPlan: id) { change in
          var change = change
          // What is carried out is as old as the reading that showed it, whatever was read since.
          if !newest.contains(change.record.team) {
            change.record.keptFrom = min(change.record.keptFrom ?? readAt, readAt)
          }
          change.fingerprint = nil
          try writer.apply(change)
          counts[change.record.team]?.add(change)
        }
        writer.enqueueAlerts(alertRules)
        return RunRecord(
          id: UUID().uuidString.lowercased(), startedAt: startedAt, finishedAt: now,
          outcome: .applied, sources: [], changes: ChangeCounts())
      }
      try store.deletePlan(id)
      try HeldRun.dropObsolete(in: store)
      return run
    }
    let problems = try await tell(store).problems
    var result = SyncResult(
      run: run, outcomes: [], heldPlan: nil, isHeld: false, readNothing: false,
      alertProblems: problems, reports: [])
    result.applied = counts
    result.headcounts = try headcounts(of: counts.keys.sorted())
    writeConfiguredReports(&result)
    return result
  }
}

extension ChangeCounts {
  /// Counts a change.
  fileprivate mutating func add(_ change: MemberChange) {
    switch change.kind {
    case .added: added += 1
    case .changed: changed += 1
    case .removed: removed += 1
    }
    opened += change.opened.kinds.count
    resolved += change.resolved.kinds.count
  }
}
