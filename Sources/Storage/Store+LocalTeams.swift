internal import GRDB
public import IdentityCore

/// What a change to a local team came to.
public struct LocalOutcome: Sendable {
  /// What was planned; or the rule that stood against it.
  public var plan: Result<AdministrationPlan, Refusal>
  /// The team as it was when the rules were looked at.
  public var before: TeamState
  /// The team as it is now.
  public var after: TeamState
}

extension Store {
  /// A team whose system of record this store is; empty when nobody was ever put on it.
  public func localTeam(_ team: TeamName) throws(StorageError) -> TeamState {
    try translating(path) { try read { try LocalTeamRows.state($0, team) } }
  }

  /// The team of a local app; nil when there is no such app.
  public func teamOfLocalApp(_ app: String) throws(StorageError) -> TeamName? {
    try translating(path) {
      try read { database in
        try String.fetchOne(
          database, sql: "SELECT team FROM local_apps WHERE name = ?", arguments: [app])
      }
    }
  }

  /// The names of all local apps of some teams.
  public func localApps(of teams: [TeamName]) throws(StorageError) -> [String] {
    try translating(path) {
      try read { database in
        try Row.fetchAll(database, sql: "SELECT name, team FROM local_apps ORDER BY name")
          .filter { teams.contains($0["team"] as String) }.map { $0["name"] }
      }
    }
  }

  /// Decides about a local team and carries it out, in one transaction: whoever else writes comes before or after.
  ///
  /// Every step is read back inside the transaction and compared with what the rules say it makes of the team; a
  /// difference, or a broken rule of the schema, undoes all of it. The history gets one entry a step, or one for a refusal.
  /// - Parameters:
  ///   - entry: the attempt: who, when, which command.
  ///   - decide: looks at the team as it stands; its refusal is written down too.
  /// - Throws: ``StorageError``; nothing was changed then.
  public func changeLocalTeam(
    _ team: TeamName, entry: AdministrationEntry,
    decide: (TeamState) -> Result<AdministrationPlan, Refusal>
  ) throws(StorageError) -> LocalOutcome {
    try translating(path) {
      try write { database in
        let before = try LocalTeamRows.state(database, team)
        let plan = try Self.withoutTakenNames(decide(before), database)
        var state = before
        switch plan {
        case .failure(let refusal):
          var entry = entry
          entry.outcome = .refused
          entry.detail = refusal.message
          try Self.add(database, entry)
        case .success(let plan):
          for step in plan.steps {
            state = try Self.carryOut(step, on: state, database)
            try Self.add(database, Self.entry(entry, step))
          }
        }
        return LocalOutcome(plan: plan, before: before, after: state)
      }
    }
  }

  /// The names of apps are one space for all teams, as at the platform.
  private static func withoutTakenNames(
    _ plan: Result<AdministrationPlan, Refusal>, _ database: Database
  ) throws -> Result<AdministrationPlan, Refusal> {
    guard case .success(let steps) = plan else { return plan }
    for step in steps.steps {
      guard case .createApp(let app, _) = step.change,
        try Bool.fetchOne(
          database, sql: "SELECT EXISTS (SELECT 1 FROM local_apps WHERE name = ?)",
          arguments: [app]) == true
      else { continue }
      return .failure(Refusal(.appExists, "There is an app \(app) already, on another team."))
    }
    return plan
  }

  private static func carryOut(
    _ step: AdministrationPlan.Step, on state: TeamState, _ database: Database
  ) throws -> TeamState {
    guard step.isNeeded else { return state }
    var expected = state
    expected.apply(step.change)
    try LocalTeamRows.write(database, step.change, on: expected)
    let found = try LocalTeamRows.state(database, state.team)
    guard found == expected else {
      throw StorageError(
        .invalid,
        "What stands in the store after `\(step.text)` is not what the rules say. Nothing was changed; please"
          + " report this.")
    }
    return found
  }

  private static func entry(
    _ entry: AdministrationEntry, _ step: AdministrationPlan.Step
  ) -> AdministrationEntry {
    var entry = entry
    entry.text = step.text
    entry.app = step.change.app ?? entry.app
    entry.email = step.change.email ?? entry.email
    entry.outcome = step.isNeeded ? .done : .unchanged
    entry.before = step.before
    entry.after = step.after
    return entry
  }
}
