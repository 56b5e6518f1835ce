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
      let plan = try id.map { try store.plan($0) } ?? store.plans().first
      return try plan.map {
        HeldPlan(
          id: $0.id, createdAt: $0.createdAt, changes: $0.changes,
          isCurrent: try HeldRun($0.note)?.isCurrent(in: store) ?? false)
      }
    }
  }

  /// Hands over what a plan would change, in order.
  public func changes(ofPlan id: String, _ body: (MemberChange) throws -> Void) throws {
    let store = try store()
    try naming { try store.changes(ofPlan: id, body) }
  }

  /// Carries out exactly what a plan shows.
  ///
  /// - Throws: ``WorkerError`` with `.badInput` when the state moved since, `.locked` while a run is under way.
  public func apply(plan id: String) async throws -> SyncResult {
    let lock = try naming { try RunLock(storePath: configuration.storePath) }
    defer { withExtendedLifetime(lock) {} }
    let store = try store()
    let startedAt = now
    let run = try naming {
      let plan = try store.plan(id)
      guard let held = HeldRun(plan.note), try held.isCurrent(in: store) else {
        throw WorkerError(
          .badInput,
          "Plan \(id) was refused: the members changed since it was made. Run idsync sync to make a new one."
        )
      }
      let readAt = held.readings.map(\.at).min() ?? plan.createdAt
      let run = try store.commit(expecting: try store.version()) { writer in
        for team in held.teams { try writer.team(team.name, rosterSource: team.rosterSource) }
        try store.changes(ofPlan: id) { change in
          var change = change
          // What is carried out is as old as the reading that showed it, whatever was read since.
          change.record.keptFrom = min(change.record.keptFrom ?? readAt, readAt)
          change.fingerprint = nil
          try writer.apply(change)
        }
        writer.enqueueAlerts(alertRules)
        return RunRecord(
          id: UUID().uuidString.lowercased(), startedAt: startedAt, finishedAt: now,
          outcome: .applied, sources: plan.run.sources, changes: ChangeCounts())
      }
      try store.deletePlan(id)
      return run
    }
    let problems = try await deliverAlerts(store, ignoringSchedule: false).problems
    var result = SyncResult(
      run: run, outcomes: [], heldPlan: nil, readNothing: false, alertProblems: problems,
      reports: [])
    writeConfiguredReports(&result)
    return result
  }
}
