/// Which findings follow from a verdict, an enrolment and an exemption.
enum FindingRules {
  /// The findings that follow from the doors alone.
  ///
  /// - Parameter platformMFA: whether every login of the person outside single sign-on has the platform's second factor on.
  static func findings(of judgement: Judgement, platformMFA: Tri) -> FindingSet {
    var findings: FindingSet = []
    for door in judgement.doors {
      switch door.verdict {
      case .notEnforced: findings.formUnion(notEnforced(door, platformMFA))
      case .enforcedConditionally: findings.insert(FindingSet(.mfaConditional))
      case .cannotTell: findings.insert(FindingSet(cannotTell(door.code)))
      case .enforced: continue
      case .notEvaluated:
        // A closed door speaks only when no other is open.
        guard judgement.verdict == .notEvaluated else { continue }
        if door.code == .deprovisioned { findings.insert(FindingSet(.deprovisionedAtIdP)) }
        if door.code == .notAssigned { findings.insert(FindingSet(.notAssigned)) }
      }
    }
    return findings
  }

  private static func notEnforced(_ door: Door, _ platformMFA: Tri) -> FindingSet {
    switch door.code {
    case .outsideSSO:
      platformMFA == .yes
        ? FindingSet(.outsideSSO) : [FindingSet(.outsideSSO), FindingSet(.noMFA)]
    case .noSecondFactor: FindingSet(.noMFA)
    default: FindingSet(.mfaNotEnforced)
    }
  }

  private static func cannotTell(_ code: ReasonCode) -> FindingKind {
    switch code {
    case .notInIdP: .notInIdP
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
    if let exemption {
      if exemption.isExpiring(at: now) { all.insert(FindingSet(.exemptionExpiring)) }
      if !exemption.isValid(at: now) { all.insert(FindingSet(.exemptionExpired)) }
    }
    if isOnlyAdmin { all.insert(FindingSet(.lastAdmin)) }
    return all
  }
}
