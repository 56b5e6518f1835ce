internal import ConnectorKit
internal import CurlTransport
internal import Foundation
public import IdentityCore
internal import Storage

/// What a batch came to.
public struct BatchResult: Sendable {
  /// One step and its end.
  public struct Item: Sendable {
    /// The step.
    public var item: BatchPlan.Item
    /// How it ended; nil when it was only shown.
    public var outcome: AdministrationEntry.Outcome?
    /// Why it did not end well.
    public var problem: WorkerError?
  }

  /// The steps, in the order they were made.
  public var items: [Item]
  /// Whether nothing was to be changed.
  public var isDryRun: Bool

  /// The gravest problem; nil when all went well.
  public var problem: WorkerError? {
    let problems = items.compactMap(\.problem)
    return problems.first { $0.code == .platform } ?? problems.first
  }
}

extension SyncWorker {
  /// Applies a file of changes: works out a plan, shows it, and carries out exactly that.
  ///
  /// A row that a rule stands against stops all of it before anything is changed. Once begun, a row that fails does not
  /// stop the others; what was done is in the history, and repeating the command does only what is left.
  /// - Parameters:
  ///   - text: the file.
  ///   - show: takes the plan before anybody is asked.
  public func applyBatch(
    _ text: String, _ options: AdministrationOptions, show: (BatchPlan) throws -> Void
  ) async throws -> BatchResult {
    let batch: MemberBatch
    do throws(MemberBatch.Faults) {
      batch = try MemberBatch(csv: text, team: options.team)
    } catch {
      throw WorkerError(
        .badInput, (error.lines + ["Nothing was changed."]).joined(separator: "\n"))
    }
    let actor = try actor(actingAs: options.actingAs)
    let store = try store()
    let transport = transport()
    defer { transport.shutdown() }
    var targets: [TeamName: AdministrationTarget] = [:]
    for team in Set(batch.rows.map(\.team)).sorted() {
      targets[team] = try target(team: team, transport)
      if case .platform(let port, _)? = targets[team], options.actingAs != nil {
        throw WorkerError(
          .badInput, "--as changes nothing at \(port.kind): there the account of the token acts.")
      }
    }
    let gone = try gone(batch, store)
    let plan = BatchPlan(batch, on: try await states(batch, targets, store), gone: gone)
    try refuse(plan, targets, actor, store, isDryRun: options.isDryRun)
    try show(plan)
    if options.isDryRun || !plan.isNeeded {
      return BatchResult(
        items: plan.items.map { .init(item: $0, outcome: options.isDryRun ? nil : .unchanged) },
        isDryRun: options.isDryRun)
    }
    guard try options.confirm("Make these changes?") else { throw Self.declined }
    let lock = try await administrationLock()
    defer { withExtendedLifetime(lock) {} }
    // Exactly the plan that was shown, or nothing: the teams are looked at once more.
    guard BatchPlan(batch, on: try await states(batch, targets, store), gone: gone) == plan else {
      throw WorkerError(
        .badInput,
        "The teams changed since the plan was made. Nothing was changed: run the command again.")
    }
    return await carryOut(plan, targets, actor, store, options)
  }

  // MARK: Looking

  private func states(
    _ batch: MemberBatch, _ targets: [TeamName: AdministrationTarget], _ store: Store
  ) async throws -> [TeamName: TeamState] {
    var states: [TeamName: TeamState] = [:]
    for (team, target) in targets {
      switch target {
      case .local: states[team] = try naming { try store.localTeam(team) }
      case .platform(let port, _):
        do { states[team] = try await port.readTeam(team, scope: TeamScope()) } catch {
          throw WorkerError(reading: error, port)
        }
      }
    }
    return states
  }

  /// The rows about people whom an earlier attempt took off already: a batch may be repeated.
  private func gone(_ batch: MemberBatch, _ store: Store) throws -> Set<Int> {
    var lines: Set<Int> = []
    for row in batch.rows {
      guard case .removeMember(let email, _) = row.request else { continue }
      let attempts = try naming {
        try store.administration(email: email, team: row.team, limit: 20)
      }
      let last = attempts.first { $0.app == nil && $0.outcome == .done }
      if last?.after == "none" { lines.insert(row.line) }
    }
    return lines
  }

  private func refuse(
    _ plan: BatchPlan, _ targets: [TeamName: AdministrationTarget], _ actor: Actor, _ store: Store,
    isDryRun: Bool
  ) throws {
    var objections = plan.objections
    for (team, target) in targets {
      guard case .local = target else { continue }
      let state = try naming { try store.localTeam(team) }
      guard
        let refusal = Authorisation.refusal(actor, .team(.manageMembers), on: state),
        let row = (plan.items.map(\.row) + plan.objections.map(\.row)).first(where: {
          $0.team == team
        })
      else { continue }
      objections.insert(.init(row: row, refusal: refusal), at: 0)
    }
    guard !objections.isEmpty else { return }
    if !isDryRun {
      for objection in objections {
        var entry = entry(objection.row, targets[objection.row.team], actor)
        entry.outcome = .refused
        entry.detail = objection.refusal.message
        try naming { try store.addAttempt(entry) }
      }
    }
    let lines = objections.map {
      "line \($0.row.line): \(WorkerError($0.refusal).description)"
    }
    let isRule = objections.allSatisfy(\.refusal.isNotPermitted)
    throw WorkerError(
      isRule ? .notPermitted : .badInput,
      (lines + ["Nothing was changed."]).joined(separator: "\n"))
  }

  private func entry(
    _ row: MemberBatch.Row, _ target: AdministrationTarget?, _ actor: Actor
  ) -> AdministrationEntry {
    let source: SourceName =
      switch target {
      case .local(let settings)?: settings.roster
      case .platform(let port, _)?: port.name
      case nil: ""
      }
    return AdministrationEntry(
      at: now, actor: actor.text, command: "members apply", source: source, team: row.team,
      app: nil, email: row.request.email, text: "\(row.request.command) in line \(row.line)",
      outcome: .unknown)
  }

  // MARK: Making

  private func carryOut(
    _ plan: BatchPlan, _ targets: [TeamName: AdministrationTarget], _ actor: Actor,
    _ store: Store, _ options: AdministrationOptions
  ) async -> BatchResult {
    var states: [TeamName: TeamState] = [:]
    var result = BatchResult(items: [], isDryRun: false)
    for item in plan.items {
      var made = BatchResult.Item(item: item)
      do {
        made.outcome = try await make(item, targets[item.row.team], actor, store, options, &states)
      } catch {
        let problem = error as? WorkerError ?? WorkerError(.platform, "\(error)")
        made.problem = problem
        made.outcome = .failed
        options.tell(.note("line \(item.row.line): \(problem.description)"))
      }
      result.items.append(made)
    }
    return result
  }

  private func make(
    _ item: BatchPlan.Item, _ target: AdministrationTarget?, _ actor: Actor, _ store: Store,
    _ options: AdministrationOptions, _ states: inout [TeamName: TeamState]
  ) async throws -> AdministrationEntry.Outcome {
    guard item.step.isNeeded else {
      var entry = entry(item.row, target, actor)
      entry.outcome = .unchanged
      entry.before = item.step.before
      entry.after = item.step.after
      try naming { try store.addAttempt(entry) }
      return .unchanged
    }
    switch target {
    case .local(let settings):
      let outcome = try naming {
        try store.changeLocalTeam(settings.name, entry: entry(item.row, target, actor)) { state in
          Self.same(item, state, Authorisation.refusal(actor, .team(.manageMembers), on: state))
        }
      }
      _ = try Self.plan(outcome.plan)
      options.tell(.began(item.step.text))
      options.tell(.made)
      return .done
    case .platform(let port, let team):
      let administrator = PlatformAdministrator(
        port: port, store: store, actor: actor, command: "members apply", now: { now },
        tell: options.tell)
      var state: TeamState
      do {
        // After a row that failed, and before an admin goes, what is known is looked up again.
        if let known = states[team], !Self.endangersAdmins(item.step, known) {
          state = known
        } else {
          state = try await port.readTeam(team, scope: TeamScope())
        }
      } catch {
        throw WorkerError(reading: error, port)
      }
      states[team] = nil
      if case .failure(let refusal) = Self.same(item, state, nil) {
        try administrator.refuse(item.row.request, team, refusal)
        throw WorkerError(refusal)
      }
      let made = try await administrator.carryOut(item.step, on: state)
      state.apply(item.step.change)
      state.members = made.state.members
      states[team] = state
      return made.result.outcome ?? .done
    case nil: return .unchanged
    }
  }

  /// The step of the plan, if the team still calls for exactly that.
  private static func same(
    _ item: BatchPlan.Item, _ state: TeamState, _ refusal: Refusal?
  ) -> Result<AdministrationPlan, Refusal> {
    if let refusal { return .failure(refusal) }
    switch state.plan(item.row.request) {
    case .failure(let refusal): return .failure(refusal)
    case .success(let plan):
      guard plan.steps.first == item.step else {
        return .failure(
          Refusal(
            .unavailable,
            "\(item.row.request.email ?? "") changed since the plan was made: left as it is."))
      }
      return .success(AdministrationPlan(steps: [item.step]))
    }
  }
}
