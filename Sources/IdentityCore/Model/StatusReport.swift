/// Everything a listing or a report is made from: one run and the members as they stand.
public struct StatusReport: Sendable {
  /// The run that last read the sources; nil before the first.
  public var run: RunRecord?
  /// The members, by team and then by address.
  public var members: [MemberStatus]
  /// Their open findings, by team, address and kind.
  public var findings: [Finding]
  /// The filters that were applied, for the head of a report: `team: acme-widgets`.
  public var filters: [String]
  /// The version of the program.
  public var toolVersion: String
  /// When the report was made.
  public var generatedAt: Timestamp
  /// What a reader should know of the configuration: exemptions and identities that meet nobody, each with what to do.
  public var advice: [ReportAdvice] = []
  /// What a reader should know before trusting the figures: messages that reached nobody, each with what to do.
  public var warnings: [ReportAdvice] = []
  /// The teams of the report, by name, and how their rosters were read; empty where nobody looked.
  public var teams: [TeamCoverage] = []
  /// The plans that hold members, by team; none for a plan that can no longer be carried out.
  public var heldPlans: [TeamName: String] = [:]

  /// The members counted, and the teams that are missing among them.
  public func headcount(of members: some Sequence<MemberStatus>) -> Headcount {
    var headcount = Headcount(members.lazy.map(\.record))
    headcount.unread = teams.filter { !$0.isRead }.map(\.team)
    return headcount
  }

  /// Makes a report.
  public init(
    run: RunRecord?, members: [MemberStatus], findings: [Finding], filters: [String] = [],
    toolVersion: String, generatedAt: Timestamp
  ) {
    self.run = run
    self.members = members
    self.findings = findings
    self.filters = filters
    self.toolVersion = toolVersion
    self.generatedAt = generatedAt
  }

  /// Members and findings counted, as `summary` of the public status format.
  public var summary: Summary { Summary(members: members) }

  /// The counts of the public status format.
  public struct Summary: Sendable, Hashable {
    /// Members by verdict; every verdict is present.
    public var verdicts: [Verdict: Int]
    /// Members altogether.
    public var members: Int
    /// Members with a valid exemption.
    public var exempt: Int
    /// Open findings by kind, those of exempt members left out; only kinds that occur.
    public var findings: [FindingKind: Int]

    init(members all: [MemberStatus]) {
      verdicts = Dictionary(uniqueKeysWithValues: Verdict.allCases.map { ($0, 0) })
      findings = [:]
      members = all.count
      exempt = 0
      for status in all {
        verdicts[status.record.verdict, default: 0] += 1
        if status.record.isExempt { exempt += 1 }
        guard !status.record.isExempt else { continue }
        for kind in status.record.findings.kinds { findings[kind, default: 0] += 1 }
      }
    }
  }
}

/// One entry of the append-only history.
public struct HistoryEntry: Sendable, Codable, Hashable {
  /// What happened.
  public enum Kind: String, Sendable, Codable, Hashable { case added, changed, removed }

  /// The run that made it known.
  public var runID: String
  /// When it became known.
  public var knownAt: Timestamp
  /// From when it was true, as far as the sources say; otherwise when they were read.
  public var trueAt: Timestamp
  /// What happened.
  public var kind: Kind
  /// The team.
  public var team: TeamName
  /// The member's address.
  public var email: String
  /// The fields that changed.
  public var fields: [FieldChange]
  /// Findings that opened.
  public var opened: FindingSet
  /// Findings that ended.
  public var resolved: FindingSet

  /// Makes an entry.
  public init(
    runID: String, knownAt: Timestamp, trueAt: Timestamp, kind: Kind, team: TeamName,
    email: String, fields: [FieldChange], opened: FindingSet, resolved: FindingSet
  ) {
    self.runID = runID
    self.knownAt = knownAt
    self.trueAt = trueAt
    self.kind = kind
    self.team = team
    self.email = email
    self.fields = fields
    self.opened = opened
    self.resolved = resolved
  }
}

/// How the roster of a team was read.
public struct TeamCoverage: Sendable, Codable, Hashable {
  /// The team.
  public var team: TeamName
  /// The run that last tried to read who is on it; nil before the first.
  public var runID: String?
  /// When it was last read to its end; nil when it never was.
  public var readAt: Timestamp?

  /// Whether it was ever read: a team that was not is no team without people.
  public var isRead: Bool { readAt != nil }

  /// Makes a coverage.
  public init(team: TeamName, runID: String?, readAt: Timestamp?) {
    self.team = team
    self.runID = runID
    self.readAt = readAt
  }
}

/// Something in the configuration that a reader should know of.
public struct ReportAdvice: Sendable, Codable, Hashable {
  /// The team.
  public var team: TeamName
  /// What is the matter, one sentence.
  public var message: String
  /// What to do about it.
  public var remedy: String

  /// Makes advice.
  public init(team: TeamName, message: String, remedy: String) {
    self.team = team
    self.message = message
    self.remedy = remedy
  }
}
