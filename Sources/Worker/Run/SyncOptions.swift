public import IdentityCore

/// What `idsync sync` is asked to do.
public struct SyncOptions: Sendable {
  /// Only these teams; empty means all.
  public var teams: [TeamName]
  /// Only teams that rest on these sources; empty means all.
  public var sources: [SourceName]
  /// Show the differences and change nothing.
  public var isDryRun: Bool
  /// Ask for everything anew instead of asking what changed.
  public var isFull: Bool

  /// Makes options.
  public init(
    teams: [TeamName] = [], sources: [SourceName] = [], isDryRun: Bool = false,
    isFull: Bool = false
  ) {
    self.teams = teams
    self.sources = sources
    self.isDryRun = isDryRun
    self.isFull = isFull
  }
}

/// What a run came to.
public struct SyncResult: Sendable {
  /// The run, as it stands in the store, or as it would for a dry run.
  public var run: RunRecord
  /// What happened to each team.
  public var outcomes: [TeamOutcome]
  /// The plan of a run that the guard held.
  public var heldPlan: String?
  /// Whether the guard holds a part of the run, or would hold it in earnest.
  public var isHeld: Bool
  /// What carrying out a plan changed, by team; empty for a run.
  public var applied: [TeamName: ChangeCounts] = [:]
  /// Teams of the run whose rosters were never read to their end: nobody knows who is on them.
  public var unread: [TeamName] = []
  /// Teams of our own that nobody was put on yet.
  public var withoutMembers: [TeamName] = []
  /// The members after the run by where they stand, team by team; of a dry run, as they would.
  public var headcounts: [TeamHeadcount] = []
  /// Whether no source could be read at all.
  public var readNothing: Bool
  /// Gaps open after the run, exempt ones left out, over all teams of the run.
  public var gaps: Int { outcomes.reduce(0) { $0 + $1.gaps } }
  /// What the delivery of alerts came to; empty when there was nothing to deliver.
  public var alertProblems: [String]
  /// Channels that could not be set up for want of a secret, one sentence each; also among the alert problems.
  public var misconfiguredChannels: [String] = []
  /// The files written by `reports` of the configuration.
  public var reports: [String]
  /// Exemptions and identities of the configuration that meet nobody.
  public var advice: [ReportAdvice] = []
  /// Reports that could not be written, one sentence each.
  public var reportProblems: [String] = []
  /// What kind of problem the first of them was; nil when all were written.
  public var reportProblemCode: WorkerError.Code?
  /// Whether a source could not be asked, or a channel not be told, for want of a setting or a secret.
  public var isMisconfigured: Bool {
    !misconfiguredChannels.isEmpty
      || run.sources.contains { $0.issues.contains(where: \.isMisconfiguration) }
  }
}
