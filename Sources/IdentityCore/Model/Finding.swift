/// How much a finding matters.
public enum Severity: String, Sendable, Codable, CaseIterable, Comparable, Hashable {
  case low, medium, high, critical

  /// Orders by weight.
  public static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }

  private var rank: Int {
    switch self {
    case .low: 0
    case .medium: 1
    case .high: 2
    case .critical: 3
    }
  }
}

/// The kinds of findings; raw values are the public names.
public enum FindingKind: String, Sendable, Codable, CaseIterable, Hashable {
  case mfaNotEnforced = "mfa-not-enforced"
  case noMFA = "no-mfa"
  case outsideSSO = "outside-sso"
  case mfaConditional = "mfa-conditional"
  case cannotTell = "cannot-tell"
  case deprovisionedAtIdP = "deprovisioned-at-idp"
  case notInIdP = "not-in-idp"
  case notAssigned = "not-assigned"
  case ambiguousIdentity = "ambiguous-identity"
  case notEnrolled = "not-enrolled"
  case weakFactorsOnly = "weak-factors-only"
  case exemptionExpiring = "exemption-expiring"
  case exemptionExpired = "exemption-expired"
  case stale = "stale"
  case lastAdmin = "last-admin"

  /// The severity for a person of this role.
  public func severity(isAdministrator: Bool) -> Severity {
    switch self {
    case .noMFA: .critical
    case .mfaNotEnforced: isAdministrator ? .critical : .high
    case .outsideSSO: isAdministrator ? .high : .medium
    case .deprovisionedAtIdP: .high
    case .mfaConditional, .cannotTell, .notInIdP, .ambiguousIdentity, .exemptionExpired, .stale:
      .medium
    case .notAssigned, .notEnrolled, .weakFactorsOnly, .exemptionExpiring, .lastAdmin: .low
    }
  }

  /// Whether it makes its member a gap: exactly the kinds that come with the verdicts `not-enforced`, `enforced-conditionally`
  /// and `cannot-tell`.
  public var isGap: Bool {
    switch self {
    case .mfaNotEnforced, .noMFA, .outsideSSO, .mfaConditional, .cannotTell, .notInIdP,
      .ambiguousIdentity, .stale:
      true
    case .deprovisionedAtIdP, .notAssigned, .notEnrolled, .weakFactorsOnly, .exemptionExpiring,
      .exemptionExpired, .lastAdmin:
      false
    }
  }

  /// What the finding says, one sentence.
  public var summary: String {
    switch self {
    case .mfaNotEnforced: "The identity provider lets this person in with one factor."
    case .noMFA: "Neither the identity provider nor the platform demands a second factor."
    case .outsideSSO: "A password login exists beside the team's single sign-on."
    case .mfaConditional: "A second factor is demanded only under some circumstances."
    case .cannotTell: "Nothing certain can be said about this person's second factor."
    case .deprovisionedAtIdP: "Inactive at the identity provider, still on the team."
    case .notInIdP: "Under single sign-on at the platform, unknown at the identity provider."
    case .notAssigned: "On the team, but without the application at the identity provider."
    case .ambiguousIdentity: "Two accounts match one member, or one account two members."
    case .notEnrolled: "A second factor is demanded and none is set up yet."
    case .weakFactorsOnly: "Only SMS, voice or e-mail factors are set up."
    case .exemptionExpiring: "An exemption ends within 14 days."
    case .exemptionExpired: "An exemption has ended."
    case .stale: "The evidence is older than allowed."
    case .lastAdmin: "The team has one admin left."
    }
  }
}

/// A set of finding kinds, one bit a kind in the order of declaration.
public struct FindingSet: OptionSet, Sendable, Codable, Hashable {
  /// One bit a kind.
  public let rawValue: UInt32

  /// Makes a set from its bits.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// Makes the set of one kind.
  public init(_ kind: FindingKind) {
    rawValue = 1 << UInt32(FindingKind.allCases.firstIndex(of: kind) ?? 31)
  }

  /// The set of all kinds that are gaps in MFA enforcement.
  public static let gaps = FindingSet(FindingKind.allCases.filter(\.isGap).map(FindingSet.init))

  /// How many kinds are in the set.
  public var count: Int { rawValue.nonzeroBitCount }

  /// The kinds in the set, in the order of declaration.
  public var kinds: [FindingKind] {
    FindingKind.allCases.filter { contains(FindingSet($0)) }
  }
}

/// A flagged gap of one member, as it stands in the store.
public struct Finding: Sendable, Codable, Hashable {
  /// Stable over runs: made from team, member and kind.
  public var id: String
  /// The team.
  public var team: TeamName
  /// The member's address as the roster spells it.
  public var email: String
  /// What kind of gap.
  public var kind: FindingKind
  /// How much it matters, by kind and role.
  public var severity: Severity
  /// Why: the reason of the deciding door by now, of an ended finding at the time it opened.
  public var reason: String
  /// The escape, if there is one.
  public var witness: String?
  /// Who mends it, where and how; nil where nobody worked it out.
  public var remedy: Remedy?
  /// Where its member stands in the headline with it; nil where nobody worked it out.
  public var standing: Standing?
  /// Whether a valid exemption takes it out of the gap count.
  public var isExempt: Bool
  /// When it opened.
  public var openedAt: Timestamp
  /// When it was resolved, nil while open.
  public var resolvedAt: Timestamp?

  /// Makes a finding.
  public init(
    id: String, team: TeamName, email: String, kind: FindingKind, severity: Severity,
    reason: String, witness: String?, remedy: Remedy? = nil, standing: Standing? = nil,
    isExempt: Bool, openedAt: Timestamp, resolvedAt: Timestamp? = nil
  ) {
    self.id = id
    self.team = team
    self.email = email
    self.kind = kind
    self.severity = severity
    self.reason = reason
    self.witness = witness
    self.remedy = remedy
    self.standing = standing
    self.isExempt = isExempt
    self.openedAt = openedAt
    self.resolvedAt = resolvedAt
  }
}
