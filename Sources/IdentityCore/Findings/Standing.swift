/// Where a member stands in the one headline that every view shows; every member stands in exactly one place.
public enum Standing: String, Sendable, Codable, CaseIterable, Hashable {
  /// Not exempt; a door asks for one factor in every sign-in.
  case oneFactorAlways = "one-factor-always"
  /// Not exempt; a door asks for one factor in some sign-ins.
  case oneFactorSometimes = "one-factor-sometimes"
  /// Not exempt; signs in outside single sign-on, where the platform's own second factor stands.
  case outsideSSO = "outside-sso"
  /// Not exempt; nobody can tell.
  case cannotTell = "cannot-tell"
  /// Not exempt; every door asks for a second factor.
  case enforced
  /// Not exempt; no live way in.
  case notEvaluated = "not-evaluated"
  /// A valid exemption takes the member out of the other places, whatever the verdict.
  case exempt

  /// Whether one factor is known to get the member in.
  public var isOneFactor: Bool { self == .oneFactorAlways || self == .oneFactorSometimes }

  /// Whether the member is a gap: not exempt, and not-enforced, enforced-conditionally or cannot-tell.
  public var isGap: Bool { isOneFactor || self == .outsideSSO || self == .cannotTell }
}

extension MemberRecord {
  /// Where the member stands in the headline.
  public var standing: Standing {
    if isExempt { return .exempt }
    return switch verdict {
    case .enforced: .enforced
    case .enforcedConditionally: .oneFactorSometimes
    case .cannotTell: .cannotTell
    case .notEvaluated: .notEvaluated
    case .notEnforced: standingWithoutEnforcement
    }
  }

  /// Beside single sign-on the platform's second factor may stand; then the weakest of the other doors counts.
  private var standingWithoutEnforcement: Standing {
    guard platformMFA == .enabled, !findings.contains(FindingSet(.noMFA)),
      judgement.doors.contains(where: { $0.code == .outsideSSO })
    else { return .oneFactorAlways }
    let others = judgement.doors.filter {
      $0.code != .outsideSSO || $0.verdict != .notEnforced
    }.map(\.verdict)
    return switch others.isEmpty ? .enforced : Verdict.weakest(others) {
    case .notEnforced: .oneFactorAlways
    case .enforcedConditionally: .oneFactorSometimes
    case .cannotTell: .cannotTell
    case .enforced, .notEvaluated: .outsideSSO
    }
  }
}
