/// Where a member stands in the one headline that every view shows; every member stands in exactly one place.
public enum Standing: String, Sendable, Codable, CaseIterable, Hashable {
  /// Not exempt; a door asks for one factor in every sign-in.
  case oneFactorAlways = "one-factor-always"
  /// Not exempt; a door asks for one factor in some sign-ins.
  case oneFactorSometimes = "one-factor-sometimes"
  /// Not exempt; signs in outside single sign-on, where the platform's own second factor stands.
  case outsideSSO = "outside-sso"
  /// Not exempt; nobody can tell, or the platform does not show whether its own second factor stands at its login.
  case cannotTell = "cannot-tell"
  /// Not exempt; every door asks for a second factor.
  case enforced
  /// Not exempt; no live way in.
  case notEvaluated = "not-evaluated"
  /// A valid exemption takes the member out of the other places, whatever the verdict.
  case exempt

  /// The figures of a headcount that a member who stands here is counted in, by their public names.
  public var figures: Set<String> {
    var names: Set<String> = ["members", rawValue]
    if isOneFactor { names.insert("one-factor") }
    if isGap { names.insert("gaps") }
    return names
  }

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

  /// At the platform's own login its second factor may stand; then the weakest of the other doors counts.
  ///
  /// Where the platform does not show whether it is on, one factor is not known to be enough there.
  private var standingWithoutEnforcement: Standing {
    let own: Set<ReasonCode> =
      switch platformMFA {
      case .enabled: [.outsideSSO]
      case .unknown: [.outsideSSO, .noSecondFactor]
      case .disabled, .notApplicable: []
      }
    func isOwn(_ door: Door) -> Bool { door.verdict == .notEnforced && own.contains(door.code) }
    guard !findings.contains(FindingSet(.noMFA)), judgement.doors.contains(where: isOwn) else {
      return .oneFactorAlways
    }
    var others = judgement.doors.filter { !isOwn($0) }.map(\.verdict)
    if platformMFA == .unknown { others.append(.cannotTell) }
    return switch others.isEmpty ? .enforced : Verdict.weakest(others) {
    case .notEnforced: .oneFactorAlways
    case .enforcedConditionally: .oneFactorSometimes
    case .cannotTell: .cannotTell
    case .enforced, .notEvaluated: .outsideSSO
    }
  }
}
