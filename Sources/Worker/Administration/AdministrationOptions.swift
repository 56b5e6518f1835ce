public import IdentityCore

/// How a change to a team is to be made.
public struct AdministrationOptions: Sendable {
  /// The team, where the request needs one or several could be meant.
  public var team: TeamName?
  /// Show what would be done and change nothing.
  public var isDryRun: Bool
  /// Act as somebody else, where the configuration allows it.
  public var actingAs: String?
  /// Asked about what cannot be undone; throws when nobody can be asked.
  public var confirm: @Sendable (String) throws -> Bool
  /// Told what happens, in order.
  public var tell: @Sendable (AdministrationEvent) -> Void

  /// Makes options.
  public init(
    team: TeamName? = nil, isDryRun: Bool = false, actingAs: String? = nil,
    confirm: @escaping @Sendable (String) throws -> Bool,
    tell: @escaping @Sendable (AdministrationEvent) -> Void
  ) {
    self.team = team
    self.isDryRun = isDryRun
    self.actingAs = actingAs
    self.confirm = confirm
    self.tell = tell
  }
}

/// Something that happens while a team is changed.
public enum AdministrationEvent: Sendable, Hashable {
  /// A step begins: `Adding joe@acme.com to acme-widgets as member`.
  case began(String)
  /// The step is made.
  case made
  /// The step is not made.
  case notMade
  /// Something to know.
  case note(String)
}

/// What a change came to.
public struct AdministrationResult: Sendable {
  /// One step and its end.
  public struct Step: Sendable {
    /// The step.
    public var step: AdministrationPlan.Step
    /// How it ended; nil for a dry run.
    public var outcome: AdministrationEntry.Outcome?
    /// What stands there now.
    public var after: String
    /// The id under which the platform logged it.
    public var requestID: String?
  }

  /// The team; empty for an app without one.
  public var team: TeamName
  /// The source that was changed.
  public var source: SourceName
  /// Who asked.
  public var actor: String
  /// Whether nothing was to be changed.
  public var isDryRun: Bool
  /// The steps.
  public var steps: [Step]
  /// What to know beside them.
  public var notes: [String]
}
