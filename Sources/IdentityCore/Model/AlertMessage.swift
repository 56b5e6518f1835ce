/// One message in the outbox: for one channel, about one team, made by one run.
public struct AlertMessage: Sendable, Codable, Hashable {
  /// Stable: made from run, team, channel and part; receivers drop repeats by it.
  public var id: String
  /// The name of the channel in the configuration.
  public var channel: String
  /// The run whose findings it tells.
  public var runID: String
  /// The team.
  public var team: TeamName
  /// Which part of the run's findings, from 0; large runs are told in several messages.
  public var part: Int
  /// When the run was committed.
  public var createdAt: Timestamp
  /// How often delivery was tried.
  public var attempts: Int
  /// Not to be tried before.
  public var nextAttemptAt: Timestamp
  /// When the channel took it; nil while it waits.
  public var deliveredAt: Timestamp?
  /// What the last failed try said; no secret.
  public var lastError: String?

  /// The next try of a message that was given up: a moment that never comes.
  public static let never = Timestamp(milliseconds: 253_402_300_799_000)

  /// What became of it so far.
  public enum State: String, Sendable, CaseIterable {
    case waiting, delivered
    case givenUp = "given-up"
  }

  /// What became of it so far; what was given up waits for `idsync alerts deliver --now`.
  public var state: State {
    if deliveredAt != nil { return .delivered }
    return nextAttemptAt >= Self.never ? .givenUp : .waiting
  }

  /// Makes a message.
  public init(
    id: String, channel: String, runID: String, team: TeamName, part: Int, createdAt: Timestamp,
    attempts: Int = 0, nextAttemptAt: Timestamp, deliveredAt: Timestamp? = nil,
    lastError: String? = nil
  ) {
    self.id = id
    self.channel = channel
    self.runID = runID
    self.team = team
    self.part = part
    self.createdAt = createdAt
    self.attempts = attempts
    self.nextAttemptAt = nextAttemptAt
    self.deliveredAt = deliveredAt
    self.lastError = lastError
  }
}

/// What a message tells.
public struct AlertContent: Sendable, Codable, Hashable {
  /// The team.
  public var team: TeamName
  /// The run.
  public var runID: String
  /// When the run was committed.
  public var at: Timestamp
  /// Findings that opened, most severe first, then by address.
  public var opened: [Finding]
  /// Findings that were resolved, in the same order.
  public var resolved: [Finding]
  /// Findings that opened in the whole run for this team, all parts together.
  public var openedInRun: Int
  /// Findings resolved in the whole run for this team, all parts together.
  public var resolvedInRun: Int
  /// Members of the team after the run that are gaps, exempt ones left out.
  public var openGaps: Int
  /// Members on the team.
  public var members: Int
  /// The members of the team after the run by where they stand; nil where nobody counted them.
  public var headcount: Headcount? {
    didSet {
      guard let headcount else { return }
      openGaps = headcount.gaps
      members = headcount.members
    }
  }
  /// The addresses of the team's admins, sorted.
  public var admins: [String]
  /// Sources that were not read to their end in this run.
  public var incompleteSources: [String]
  /// What is told of sources and of the run itself, in the order it happened; none of it is a finding.
  public var notices: [AlertNotice]

  /// Makes content.
  public init(
    team: TeamName, runID: String, at: Timestamp, opened: [Finding], resolved: [Finding],
    openedInRun: Int, resolvedInRun: Int, openGaps: Int, members: Int, admins: [String],
    incompleteSources: [String], notices: [AlertNotice] = []
  ) {
    self.team = team
    self.runID = runID
    self.at = at
    self.opened = opened
    self.resolved = resolved
    self.openedInRun = openedInRun
    self.resolvedInRun = resolvedInRun
    self.openGaps = openGaps
    self.members = members
    self.admins = admins
    self.incompleteSources = incompleteSources
    self.notices = notices
  }
}
