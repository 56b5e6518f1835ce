public import IdentityCore

/// Takes the changes of one run, inside the transaction of ``Store/commit(expecting:_:)``.
///
/// First say which teams and sources the run is about, then stream the changes; nothing is kept in memory but the
/// teams and the judgements that members share. Useless once the closure it was handed to has returned.
public struct CommitWriter {
  let session: CommitSession

  /// What was changed so far.
  public var counts: ChangeCounts { session.counts }

  /// Names a team of this run and the source that says who is on it.
  ///
  /// To be called before the first change of the team.
  public mutating func team(_ name: TeamName, rosterSource: SourceName) throws(StorageError) {
    try translating(session.path) { try session.team(name, rosterSource: rosterSource) }
  }

  /// Notes an attempt to read a source, once for each source and scope in a run.
  ///
  /// To be called before the changes that rest on it: they are true at its moment.
  /// - Parameters:
  ///   - scope: the team for a roster, empty for a provider.
  ///   - at: when the reading ended.
  public mutating func reading(
    of source: SourceName, scope: String, isComplete: Bool, at: Timestamp, issues: [SourceIssue]
  ) throws(StorageError) {
    try translating(session.path) {
      try session.reading(source, scope, isComplete: isComplete, at: at, issues: issues)
    }
  }

  /// Notes how a source was read for a team, once for each source and role in a run.
  ///
  /// A source that cannot be read any more, or can be again, is told to the channels.
  /// - Parameter issue: the gravest reason for not being complete.
  public mutating func teamReading(
    of source: SourceName, for team: TeamName, as role: ReadingRole, _ quality: ReadingQuality,
    at: Timestamp, issue: SourceIssue? = nil
  ) throws(StorageError) {
    try translating(session.path) {
      try session.teamReading(team, source, role, quality, at: at, issue: issue)
    }
  }

  /// Tells the channels something about a team that is no finding.
  public mutating func notice(
    _ notice: AlertNotice, of team: TeamName
  ) throws(StorageError) {
    try translating(session.path) { try session.notice(notice, of: team) }
  }

  /// Writes one change.
  ///
  /// - Parameters:
  ///   - fingerprint: ``MemberRecord/fingerprint`` of the record where the caller has it; computing it costs.
  ///   - trueAt: from when it was true, where a source says so; otherwise when the source was read.
  /// - Throws: ``StorageError`` with `.invalid` for a change that does not follow from the stored state: a member
  ///   added twice, changed or removed without being there, findings that neither held nor opened.
  public mutating func apply(
    _ change: MemberChange, fingerprint: UInt64? = nil, trueAt: Timestamp? = nil
  ) throws(StorageError) {
    try translating(session.path) {
      try session.apply(change, fingerprint: fingerprint, trueAt: trueAt)
    }
  }

  /// Puts a message in the outbox for each channel, team and part of the run's findings.
  ///
  /// The messages are made when the closure returns. Findings of exempt members are left out, but for the end of
  /// the exemption itself; a message without findings is not made.
  /// - Parameter maxPerMessage: findings opened and resolved that one message tells at most; a member's findings
  ///   are never parted.
  public mutating func enqueueAlerts(
    _ channels: [AlertChannelRule], maxPerMessage: Int = 100
  ) {
    session.alertRules = channels
    session.maxPerMessage = max(1, maxPerMessage)
  }

  /// Keeps a cursor of a source, together with the state it belongs to.
  public mutating func setCursor(_ name: String, _ value: String?) throws(StorageError) {
    try translating(session.path) { try session.setCursor(name, value) }
  }
}

/// Which findings a channel wants to hear of.
public struct AlertChannelRule: Sendable, Hashable {
  /// The name of the channel in the configuration.
  public var name: String
  /// The least severity it is told.
  public var minimumSeverity: Severity

  /// Makes a rule.
  public init(name: String, minimumSeverity: Severity = .low) {
    self.name = name
    self.minimumSeverity = minimumSeverity
  }
}
