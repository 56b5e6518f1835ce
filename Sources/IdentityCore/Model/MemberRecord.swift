/// One person on one team: the persisted row.
///
/// `observed_at` and `stale` are not kept here: they follow from when the sources it rests on were last read to
/// their end, so an unchanged record is never rewritten.
public struct MemberRecord: Sendable, Codable, Hashable {
  /// Whether the platform puts this login under single sign-on.
  public enum SSO: String, Sendable, Codable, Hashable {
    case enabled, disabled, unavailable, unknown
  }
  /// Whether the platform's own second factor is on.
  public enum PlatformMFA: String, Sendable, Codable, Hashable {
    case enabled, disabled
    case notApplicable = "not-applicable"
    case unknown
  }

  /// The team.
  public var team: TeamName
  /// The match key: ``EmailKey`` of the address; unique in the team.
  public var key: String
  /// The address as the roster spells it.
  public var email: String
  /// The display name, if the roster gives one.
  public var name: String?
  /// The role on the team.
  public var role: Role
  /// Whether the login is under single sign-on.
  public var sso: SSO
  /// Whether the platform's own second factor is on.
  public var platformMFA: PlatformMFA
  /// The platform's id of the person, if it gives one.
  public var platformUserID: String?
  /// Whether the person is known only from an invitation.
  public var isPending: Bool
  /// The verdict with its doors.
  public var judgement: Judgement
  /// The source of the deciding door.
  public var provider: SourceName?
  /// The account's id at the deciding provider, if one was matched.
  public var accountID: String?
  /// Whether a second factor is set up; never raises the verdict.
  public var enrolled: Tri
  /// The kinds of factors set up.
  public var factors: FactorSet
  /// The exemption that names this member, valid or expired; nil when there is none.
  public var exemption: Exemption?
  /// Whether the exemption holds.
  public var isExempt: Bool
  /// The open findings.
  public var findings: FindingSet
  /// Since when the verdict is what it is.
  public var since: Timestamp

  /// The verdict: that of the weakest door.
  public var verdict: Verdict { judgement.verdict }
  /// Why, one sentence.
  public var reason: String { judgement.deciding?.reason ?? "" }
  /// The escape, if there is one.
  public var witness: String? { judgement.deciding?.witness }

  /// Makes a record.
  public init(
    team: TeamName, key: String, email: String, name: String? = nil, role: Role, sso: SSO,
    platformMFA: PlatformMFA, platformUserID: String? = nil, isPending: Bool = false,
    judgement: Judgement, provider: SourceName?, accountID: String? = nil,
    enrolled: Tri = .unknown, factors: FactorSet = [], exemption: Exemption? = nil,
    isExempt: Bool = false, findings: FindingSet = [], since: Timestamp
  ) {
    self.team = team
    self.key = key
    self.email = email
    self.name = name
    self.role = role
    self.sso = sso
    self.platformMFA = platformMFA
    self.platformUserID = platformUserID
    self.isPending = isPending
    self.judgement = judgement
    self.provider = provider
    self.accountID = accountID
    self.enrolled = enrolled
    self.factors = factors
    self.exemption = exemption
    self.isExempt = isExempt
    self.findings = findings
    self.since = since
  }
}

/// A record with its age, as reports and listings show it.
public struct MemberStatus: Sendable, Codable, Hashable {
  /// The record.
  public var record: MemberRecord
  /// When the oldest source behind it was last read to its end.
  public var observedAt: Timestamp
  /// Whether a source behind it failed since.
  public var isStale: Bool

  /// Makes a status.
  public init(record: MemberRecord, observedAt: Timestamp, isStale: Bool) {
    self.record = record
    self.observedAt = observedAt
    self.isStale = isStale
  }
}
