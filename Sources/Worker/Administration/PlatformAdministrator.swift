internal import ConnectorKit
internal import Foundation
internal import IdentityCore
internal import Storage

/// Makes the steps of a plan at a platform: written down before, read back after, never sent twice.
struct PlatformAdministrator {
  let port: any TeamAdministration
  let store: Store
  let actor: Actor
  let command: String
  let now: () -> Timestamp
  let tell: (AdministrationEvent) -> Void

  /// What a step came to, and the platform's state after it.
  struct Made {
    var result: AdministrationResult.Step
    var state: TeamState
    var notes: [String] = []
  }

  /// Writes down a rule that stands against a request.
  func refuse(_ request: AdministrationRequest, _ team: TeamName, _ refusal: Refusal) throws {
    var entry = entry(team, app: request.app, email: request.email, text: command)
    entry.outcome = .refused
    entry.detail = refusal.message
    try naming { try store.addAttempt(entry) }
  }

  /// Writes down a request that failed before anything was sent.
  func fail(_ request: AdministrationRequest, _ team: TeamName, _ error: WorkerError) throws {
    var entry = entry(team, app: request.app, email: request.email, text: command)
    entry.outcome = error.code == .notPermitted ? .refused : .failed
    entry.detail = error.description
    try naming { try store.addAttempt(entry) }
  }

  /// Makes one step.
  ///
  /// - Throws: ``WorkerError`` that says what is known: refused, failed, or not known.
  func carryOut(_ step: AdministrationPlan.Step, on state: TeamState) async throws -> Made {
    var entry = entry(
      state.team, app: step.change.app, email: step.change.email, text: step.text)
    entry.before = step.before
    tell(.began(step.text))
    guard step.isNeeded else {
      entry.outcome = .unchanged
      entry.after = step.after
      try naming { try store.addAttempt(entry) }
      tell(.made)
      return Made(
        result: .init(step: step, outcome: .unchanged, after: step.after), state: state)
    }
    let attempt = try naming { try store.beginAttempt(entry) }
    do {
      let receipt: WriteReceipt
      do {
        receipt = try await port.perform(step.change, on: state)
      } catch {
        return try await lookAfter(error, step, state, attempt)
      }
      return try await readBack(step, state, attempt, receipt)
    } catch {
      tell(.notMade)
      throw error
    }
  }

  // MARK: Afterwards

  /// Compares what the platform shows with what was asked for.
  private func readBack(
    _ step: AdministrationPlan.Step, _ state: TeamState, _ attempt: Int64, _ receipt: WriteReceipt
  ) async throws -> Made {
    let id = receipt.requestID
    let found: TeamState
    do {
      found = try await read(step.change, state.team)
    } catch {
      let detail =
        "\(port.kind) took the change (request \(id)), but it could not be read back: \(error.message)"
        + " Repeating the command is safe."
      try end(attempt, .unknown, after: "", id, detail)
      throw WorkerError(.platform, detail)
    }
    let shown = found.standing(of: step.change)
    guard isAsAsked(step, shown) else {
      let detail =
        "\(port.kind) took the change (request \(id)), but shows \"\(shown)\" instead of \"\(step.after)\"."
        + " Repeating the command is safe."
      try end(attempt, .failed, after: shown, id, detail)
      throw WorkerError(.platform, detail)
    }
    if SyncWorker.endangersAdmins(step, state), found.adminCount == 0 {
      let detail =
        "The change was made (request \(id)), and \(state.team) shows no admin now: somebody else acted at the same"
        + " moment. Have \(port.kind) make somebody an admin at once."
      try end(attempt, .done, after: shown, id, detail)
      throw WorkerError(.platform, detail)
    }
    try end(attempt, .done, after: shown, id, "")
    tell(.made)
    return Made(
      result: .init(step: step, outcome: .done, after: shown, requestID: id), state: found)
  }

  /// Finds out what became of a write that was not confirmed.
  private func lookAfter(
    _ failure: WriteFailure, _ step: AdministrationPlan.Step, _ state: TeamState, _ attempt: Int64
  ) async throws -> Made {
    let id = failure.requestID
    let error = failure.error
    if failure.fate == .notMade {
      if let refusal = await lastAdmin(step, state, error) {
        try end(attempt, .refused, after: step.before, id, refusal.message)
        throw WorkerError(refusal)
      }
      let detail =
        "\(error.message) \(port.remedy(for: error)) Nothing was changed (request \(id))."
      let isRefused = [.forbidden, .unauthorised, .refused, .notFound].contains(error.code)
      try end(attempt, isRefused ? .refused : .failed, after: step.before, id, detail)
      throw WorkerError(WorkerError.code(error), detail)
    }
    let found = try? await read(step.change, state.team)
    guard let found else {
      let detail =
        "\(error.message) Whether \(step.text.prefix(1).lowercased() + step.text.dropFirst()) was made is not known"
        + " (request \(id)): it could not be read back either. Repeating the command is safe."
      try end(attempt, .unknown, after: "", id, detail)
      throw WorkerError(.platform, detail)
    }
    let shown = found.standing(of: step.change)
    guard isAsAsked(step, shown) else {
      let detail =
        "\(error.message) The change is not there: \(port.kind) shows \"\(shown)\" (request \(id)). Repeating the"
        + " command is safe."
      try end(attempt, .failed, after: shown, id, detail)
      throw WorkerError(.platform, detail)
    }
    let note = "\(error.message) The change is there all the same, as read back (request \(id))."
    try end(attempt, .done, after: shown, id, note)
    tell(.made)
    return Made(
      result: .init(step: step, outcome: .done, after: shown, requestID: id), state: found,
      notes: [note])
  }

  /// The rule of the last admin, when that is why the platform refused: somebody else acted since our look.
  private func lastAdmin(
    _ step: AdministrationPlan.Step, _ state: TeamState, _ error: ConnectorError
  ) async -> Refusal? {
    guard [403, 409, 422].contains(error.status), SyncWorker.endangersAdmins(step, state),
      let state = try? await read(step.change, state.team)
    else { return nil }
    let request: AdministrationRequest
    switch step.change {
    case .removeMember(let email): request = .removeMember(email: email, withAccess: false)
    case .setRole(let email, let role), .addMember(let email, let role):
      request = .addMember(email: email, role: role)
    default: return nil
    }
    guard case .failure(let refusal) = state.plan(request), refusal.code == .lastAdmin else {
      return nil
    }
    return refusal
  }

  private func isAsAsked(_ step: AdministrationPlan.Step, _ shown: String) -> Bool {
    // How much joining gives is the platform's matter.
    if case .join = step.change { return shown != "none" }
    return shown == step.after
  }

  /// The platform's state, as far as a change touches it.
  private func read(
    _ change: TeamChange, _ team: TeamName
  ) async throws(ConnectorError) -> TeamState {
    if let app = change.app { return try await port.readApp(app) }
    switch change {
    case .invite, .revokeInvitation:
      return try await port.readTeam(team, scope: TeamScope())
    case .removeMember(let email):
      return try await port.readTeam(team, scope: TeamScope(invitations: false, accessOf: email))
    default: return try await port.readTeam(team, scope: TeamScope(invitations: false))
    }
  }

  private func end(
    _ attempt: Int64, _ outcome: AdministrationEntry.Outcome, after: String, _ id: String,
    _ detail: String
  ) throws {
    try naming {
      try store.endAttempt(
        attempt, outcome, after: after, requestID: id, detail: detail, at: now())
    }
  }

  private func entry(
    _ team: TeamName, app: String?, email: String?, text: String
  ) -> AdministrationEntry {
    AdministrationEntry(
      at: now(), actor: actor.text, command: command, source: port.name, team: team, app: app,
      email: email, text: text, outcome: .unknown)
  }
}
