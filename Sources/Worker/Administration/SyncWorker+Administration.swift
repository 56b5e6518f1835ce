internal import ConnectorKit
internal import CurlTransport
internal import Foundation
public import IdentityCore
internal import Storage

extension SyncWorker {
  /// Changes a team or the access to an app, at its system of record.
  ///
  /// Looks first, asks where something cannot be undone, writes, reads back; every attempt is in the history, refused ones
  /// too. A dry run only looks.
  /// - Throws: ``WorkerError``: `.notPermitted` for rules and rights, `.badInput` for names and roles that do not exist,
  ///   `.platform` when the platform failed or nobody knows what it did, `.usage` when nobody could be asked.
  public func administer(
    _ request: AdministrationRequest, _ options: AdministrationOptions
  ) async throws -> AdministrationResult {
    let actor = try actor(actingAs: options.actingAs)
    let store = try store()
    let transport = transport()
    defer { transport.shutdown() }
    if let team = options.team {
      let target = try target(team: team, transport)
      if request.app == nil || Self.needsTeam(request) {
        return try await administer(request, target, nil, actor, store, options)
      }
    }
    guard let app = request.app else {
      throw WorkerError(.usage, "Name the team: --team TEAM")
    }
    let (target, state) = try await target(app: app, team: options.team, store, transport)
    let named =
      if case .platform = target, let name = state.apps.keys.first {
        request.naming(app: name)
      } else {
        request
      }
    return try await administer(named, target, state, actor, store, options)
  }

  /// Whether only the team says where an app is to be.
  private static func needsTeam(_ request: AdministrationRequest) -> Bool {
    if case .createApp = request { true } else { false }
  }

  private func administer(
    _ request: AdministrationRequest, _ target: AdministrationTarget, _ state: TeamState?,
    _ actor: Actor, _ store: Store, _ options: AdministrationOptions
  ) async throws -> AdministrationResult {
    switch target {
    case .local(let settings):
      return try administerLocally(request, settings, actor, store, options)
    case .platform(let port, let team):
      guard options.actingAs == nil else {
        throw WorkerError(
          .badInput,
          "--as changes nothing at \(port.kind): there the account of the token acts.")
      }
      let administrator = PlatformAdministrator(
        port: port, store: store, actor: actor, command: request.command, now: { now },
        tell: options.tell)
      return try await administer(request, at: administrator, team, state, options)
    }
  }

  // MARK: Our own store

  private func administerLocally(
    _ request: AdministrationRequest, _ settings: TeamSettings, _ actor: Actor, _ store: Store,
    _ options: AdministrationOptions
  ) throws -> AdministrationResult {
    let decide: (TeamState) -> Result<AdministrationPlan, Refusal> = { state in
      let request = Self.acting(request, actor, state)
      if let refusal = Authorisation.refusal(actor, request.action(by: actor), on: state) {
        return .failure(refusal)
      }
      return state.plan(request)
    }
    let shown = decide(try naming { try store.localTeam(settings.name) })
    var result = AdministrationResult(
      team: settings.name, source: settings.roster, actor: actor.text, isDryRun: options.isDryRun,
      steps: [], notes: [])
    if options.isDryRun {
      let plan = try Self.plan(shown)
      result.steps = plan.steps.map { .init(step: $0, outcome: nil, after: $0.after) }
      result.notes = plan.notes
      return result
    }
    if case .success(let plan) = shown, let question = plan.irrevocable {
      guard try options.confirm("\(question)? This cannot be undone.") else { throw Self.declined }
    }
    let entry = AdministrationEntry(
      at: now, actor: actor.text, command: request.command, source: settings.roster,
      team: settings.name, app: request.app, email: request.email, text: request.command,
      outcome: .unknown)
    let outcome = try naming {
      try store.changeLocalTeam(settings.name, entry: entry, decide: decide)
    }
    let plan = try Self.plan(outcome.plan)
    for step in plan.steps {
      options.tell(.began(step.text))
      options.tell(.made)
    }
    result.steps = plan.steps.map {
      .init(step: $0, outcome: $0.isNeeded ? .done : .unchanged, after: $0.after)
    }
    result.notes = plan.notes
    return result
  }

  /// The request with the actor in it, where that is whom it is about; an app belongs to people of the team only.
  private static func acting(
    _ request: AdministrationRequest, _ actor: Actor, _ state: TeamState
  ) -> AdministrationRequest {
    if case .createApp = request, state.onTeam(actor.key) == nil { return request }
    return request.acting(as: actor.address ?? "")
  }

  static func plan(_ decided: Result<AdministrationPlan, Refusal>) throws -> AdministrationPlan {
    switch decided {
    case .success(let plan): return plan
    case .failure(let refusal): throw WorkerError(refusal)
    }
  }

  static let declined = WorkerError(.usage, "Nothing was changed.")

  // MARK: A platform

  private func administer(
    _ wanted: AdministrationRequest, at platform: PlatformAdministrator, _ team: TeamName,
    _ known: TeamState?, _ options: AdministrationOptions
  ) async throws -> AdministrationResult {
    var request = wanted
    var state: TeamState
    do {
      (request, state) = try await look(wanted, at: platform, team, known)
    } catch let error as WorkerError {
      if !options.isDryRun { try platform.fail(wanted, team, error) }
      throw error
    }
    var plan = try decide(request, state, platform, options)
    var result = AdministrationResult(
      team: state.team, source: platform.port.name, actor: platform.actor.text,
      isDryRun: options.isDryRun, steps: [], notes: plan.notes)
    if options.isDryRun {
      result.steps = plan.steps.map { .init(step: $0, outcome: nil, after: $0.after) }
      return result
    }
    if let question = plan.irrevocable {
      guard try options.confirm("\(question)? This cannot be undone.") else { throw Self.declined }
    }
    let lock = try await administrationLock()
    defer { withExtendedLifetime(lock) {} }
    if plan.irrevocable != nil || plan.steps.contains(where: { Self.endangersAdmins($0, state) }) {
      // The last look before the call: somebody else may have acted since the first.
      (request, state) = try await look(wanted, at: platform, team, nil)
      plan = try decide(request, state, platform, options)
      result.notes = plan.notes
    }
    for step in plan.steps {
      let made = try await platform.carryOut(step, on: state)
      result.steps.append(made.result)
      result.notes += made.notes
      if case .removeMember(let email) = step.change, plan.steps.count == 1 {
        result.notes = made.notes + TeamState.remaining(of: email, in: made.state)
      }
    }
    return result
  }

  private func decide(
    _ request: AdministrationRequest, _ state: TeamState, _ platform: PlatformAdministrator,
    _ options: AdministrationOptions
  ) throws -> AdministrationPlan {
    switch state.plan(request) {
    case .success(let plan): return plan
    case .failure(let refusal):
      if !options.isDryRun { try platform.refuse(request, state.team, refusal) }
      throw WorkerError(refusal)
    }
  }

  /// Reads what the rules need for a request.
  private func look(
    _ request: AdministrationRequest, at platform: PlatformAdministrator, _ team: TeamName,
    _ known: TeamState?
  ) async throws -> (AdministrationRequest, TeamState) {
    let port = platform.port
    do {
      switch request {
      case .createApp, .removeApp:
        throw WorkerError(
          .badInput,
          "Apps of \(team) are made and deleted at \(port.kind) itself; access to them is managed here."
        )
      case .addMember:
        return (request, try await port.readTeam(team, scope: TeamScope()))
      case .setRole(let email, _), .removeMember(let email, _):
        return (request, try await port.readTeam(team, scope: TeamScope(accessOf: email)))
      case .join(let app, _):
        var state = try await readApp(app, known, port)
        let own = try await port.ownAddress()
        if !state.team.isEmpty {
          let members = try await port.readTeam(state.team, scope: TeamScope(invitations: false))
          state.members = members.members
        }
        return (request.acting(as: own), state)
      default:
        return (request, try await readApp(request.app ?? "", known, port))
      }
    } catch let error as ConnectorError {
      throw WorkerError(reading: error, port)
    }
  }

  private func readApp(
    _ app: String, _ known: TeamState?, _ port: any TeamAdministration
  ) async throws(ConnectorError) -> TeamState {
    if let known { return known }
    return try await port.readApp(app)
  }

  /// Whether a step takes the role of an admin away.
  static func endangersAdmins(_ step: AdministrationPlan.Step, _ state: TeamState) -> Bool {
    guard let email = step.change.email, step.isNeeded else { return false }
    let isAdmin = state.members[EmailKey.make(email)]?.role.isAdministrator == true
    switch step.change {
    case .removeMember: return isAdmin
    case .addMember(_, let role), .setRole(_, let role): return isAdmin && role != .admin
    default: return false
    }
  }

  /// Waits until no other process of ours changes a team.
  func administrationLock() async throws -> AdministrationLock {
    let lock = try await lock(within: .seconds(60)) {
      try naming { try AdministrationLock(storePath: configuration.storePath) }
    }
    guard let lock else {
      throw WorkerError(
        .locked, "Another idsync has been changing teams for a minute. Nothing was changed.")
    }
    return lock
  }
}

extension TeamState {
  /// What somebody keeps who was taken off the team, a line an app.
  static func remaining(of email: String, in state: TeamState) -> [String] {
    let key = EmailKey.make(email)
    return state.apps(grantedTo: key).map { stays(email, $0, key) }
  }
}
