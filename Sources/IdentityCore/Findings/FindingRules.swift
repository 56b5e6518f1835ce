/// Which findings follow from a verdict, an enrolment and an exemption.
enum FindingRules {
  /// The findings that follow from the doors alone.
  ///
  /// - Parameter platformMFA: the platform's second factor on the logins outside single sign-on: on for all of them, off for
  ///   one, or not shown.
  static func findings(of judgement: Judgement, platformMFA: Tri) -> FindingSet {
    judgement.doors.reduce(into: []) { findings, door in
      findings.formUnion(Self.findings(of: door, beside: judgement.verdict, platformMFA))
    }
  }

  /// The findings that follow from one door.
  ///
  /// - Parameter verdict: that of all doors: a closed door speaks only when no other is open.
  static func findings(of door: Door, beside verdict: Verdict, _ platformMFA: Tri) -> FindingSet {
    switch door.verdict {
    case .notEnforced: return notEnforced(door, platformMFA)
    case .enforcedConditionally: return FindingSet(.mfaConditional)
    case .cannotTell: return FindingSet(cannotTell(door.code))
    case .enforced: return []
    case .notEvaluated:
      guard verdict == .notEvaluated else { return [] }
      if door.code == .deprovisioned { return FindingSet(.deprovisionedAtIdP) }
      if door.code == .notAssigned { return FindingSet(.notAssigned) }
      return []
    }
  }

  /// That there is no second factor at all is said only where the platform says so.
  private static func notEnforced(_ door: Door, _ platformMFA: Tri) -> FindingSet {
    switch door.code {
    case .outsideSSO:
      platformMFA == .no
        ? [FindingSet(.outsideSSO), FindingSet(.noMFA)] : FindingSet(.outsideSSO)
    case .noSecondFactor: FindingSet(platformMFA == .no ? .noMFA : .mfaNotEnforced)
    default: FindingSet(.mfaNotEnforced)
    }
  }

  private static func cannotTell(_ code: ReasonCode) -> FindingKind {
    switch code {
    case .notInIdP, .mappedAccountMissing: .notInIdP
    case .ambiguousIdentity: .ambiguousIdentity
    case .stale: .stale
    default: .cannotTell
    }
  }

  /// Adds what enrolment, exemption and the team's admins say.
  static func complete(
    _ findings: FindingSet, verdict: Verdict, enrolled: Tri, factors: FactorSet,
    exemption: Exemption?, isOnlyAdmin: Bool, now: Timestamp
  ) -> FindingSet {
    var all = findings
    if verdict == .enforced, enrolled == .no { all.insert(FindingSet(.notEnrolled)) }
    if verdict != .notEvaluated, factors.isWeakOnly { all.insert(FindingSet(.weakFactorsOnly)) }
    if let exemption { all.formUnion(Self.findings(of: exemption, at: now)) }
    if isOnlyAdmin { all.insert(FindingSet(.lastAdmin)) }
    return all
  }

  /// What the end of an exemption says at a moment.
  static func findings(of exemption: Exemption, at now: Timestamp) -> FindingSet {
    if !exemption.isValid(at: now) { return FindingSet(.exemptionExpired) }
    return exemption.isExpiring(at: now) ? FindingSet(.exemptionExpiring) : []
  }
}
