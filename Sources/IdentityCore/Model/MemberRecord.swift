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
  /// The account's id at each provider of the team's sign-in where one was matched; ``accountID`` is one of them.
  public var accounts: [SourceName: String]
  /// When what is shown was read, where it is kept from an earlier run than the sources' last good ones; nil: it is not.
  ///
  /// Sources that fail altogether need no such note: their own last good reading says it.
  public var keptFrom: Timestamp?
  /// Whether the guard holds back a change of this record.
  public var isHeld: Bool

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
    isExempt: Bool = false, findings: FindingSet = [], since: Timestamp,
    accounts: [SourceName: String] = [:], keptFrom: Timestamp? = nil, isHeld: Bool = false
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
    self.accounts = accounts
    self.keptFrom = keptFrom
    self.isHeld = isHeld
  }
}

extension MemberRecord {
  /// Reads a record; what older stores and plans did not keep is empty.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      team: try values.decode(TeamName.self, forKey: .team),
      key: try values.decode(String.self, forKey: .key),
      email: try values.decode(String.self, forKey: .email),
      name: try values.decodeIfPresent(String.self, forKey: .name),
      role: try values.decode(Role.self, forKey: .role),
      sso: try values.decode(SSO.self, forKey: .sso),
      platformMFA: try values.decode(PlatformMFA.self, forKey: .platformMFA),
      platformUserID: try values.decodeIfPresent(String.self, forKey: .platformUserID),
      isPending: try values.decode(Bool.self, forKey: .isPending),
      judgement: try values.decode(Judgement.self, forKey: .judgement),
      provider: try values.decodeIfPresent(SourceName.self, forKey: .provider),
      accountID: try values.decodeIfPresent(String.self, forKey: .accountID),
      enrolled: try values.decode(Tri.self, forKey: .enrolled),
      factors: try values.decode(FactorSet.self, forKey: .factors),
      exemption: try values.decodeIfPresent(Exemption.self, forKey: .exemption),
      isExempt: try values.decode(Bool.self, forKey: .isExempt),
      findings: try values.decode(FindingSet.self, forKey: .findings),
      since: try values.decode(Timestamp.self, forKey: .since),
      accounts: try values.decodeIfPresent([SourceName: String].self, forKey: .accounts) ?? [:],
      keptFrom: try values.decodeIfPresent(Timestamp.self, forKey: .keptFrom),
      isHeld: try values.decodeIfPresent(Bool.self, forKey: .isHeld) ?? false)
  }

  /// Whether the exemption that names this address is another person's, who had the address when it was first applied.
  ///
  /// It exempts nobody then, until its words change; one that is over at the moment is over, whoever it was for.
  public func hasExemptionOfAnother(at now: Timestamp) -> Bool {
    !isExempt && exemption?.isValid(at: now) == true
  }

  /// Whether the member counts as a gap: not exempt, and not known to be asked for two factors at every door.
  public var isGap: Bool { !isExempt && verdict.isGap }

  /// The sources that the verdict rests on beside the roster.
  ///
  /// One way in proves `not-enforced`, whatever the others are; every other verdict rests on all of them.
  public var restsOn: Set<SourceName> {
    let doors =
      verdict == .notEnforced
      ? judgement.doors.filter { $0.verdict == .notEnforced } : judgement.doors
    return doors.reduce(into: []) { sources, door in
      // Records of older stores name the provider only.
      sources.formUnion(door.sources.isEmpty && door.app != nil ? [door.provider] : door.sources)
    }
  }
}

/// A record with its age, as reports and listings show it.
public struct MemberStatus: Sendable, Codable, Hashable {
  /// The record; its verdict did not begin after what it rests on was read.
  public var record: MemberRecord
  /// When the oldest thing that the verdict rests on was read.
  public var observedAt: Timestamp
  /// Whether the verdict is kept from an earlier reading: a source failed since, or the guard holds the change.
  public var isStale: Bool
  /// Whether a source that the verdict rests on could not be read to its end at the last attempt.
  public var didSourceFail: Bool
  /// Where the people of the team are changed.
  public var rosterPlace: RosterPlace

  /// Makes a status.
  ///
  /// - Parameter didSourceFail: where it is not known, what is stale without being held is so because a source failed.
  public init(
    record: MemberRecord, observedAt: Timestamp, isStale: Bool, didSourceFail: Bool? = nil,
    rosterPlace: RosterPlace = .commands
  ) {
    self.didSourceFail = didSourceFail ?? (isStale && !record.isHeld)
    self.rosterPlace = rosterPlace
    self.record = record
    self.record.since = min(record.since, observedAt)
    self.observedAt = observedAt
    self.isStale = isStale
  }
}
