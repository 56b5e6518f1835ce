/// Holds back what would make people vanish, or look better without a reason, for suspiciously many at once.
///
/// Removals are one count, unexplained improvements another. What got worse is never held.
public struct ChangeGuard: Sendable, Hashable {
  /// What is held back on a team.
  public struct Holds: OptionSet, Sendable, Hashable {
    /// One bit each.
    public let rawValue: UInt8

    /// Makes a set from its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Removals.
    public static let removals = Holds(rawValue: 1)
    /// Stronger verdicts and resolved findings that no changed policy, rule or setting explains.
    public static let improvements = Holds(rawValue: 2)
  }

  /// The largest allowed share of a team's members, 0 to 1.
  public var maximumChanged: Double
  /// Fewer changes than this are never held.
  public var atLeast: Int

  /// Makes a guard; the defaults are those of the configuration.
  public init(maximumChanged: Double = 0.2, atLeast: Int = 5) {
    self.maximumChanged = maximumChanged
    self.atLeast = atLeast
  }

  /// What is to be held back of a team's changes; nothing of a team that is seen for the first time.
  public func holds(_ outcome: TeamOutcome) -> Holds {
    var holds: Holds = []
    if isTooMany(outcome.removals, of: outcome.prior) { holds.insert(.removals) }
    if isTooMany(outcome.improvements, of: outcome.prior) { holds.insert(.improvements) }
    return holds
  }

  private func isTooMany(_ count: Int, of prior: Int) -> Bool {
    prior > 0 && count >= atLeast && Double(count) > maximumChanged * Double(prior)
  }
}

/// Tells improvements that a changed policy, rule or setting explains from those that only other facts about a person do.
struct Improvement {
  /// Findings whose end makes somebody look better.
  private static let counted = FindingSet.gaps.union(FindingSet(.deprovisionedAtIdP))
    .subtracting([FindingSet(.stale), FindingSet(.cannotTell)])

  let before: MemberRecord
  let after: MemberRecord

  /// Whether the member looks better than before, and nothing that was read of policies or settings says why.
  var isUnexplained: Bool { isBetter && !isExplained }

  /// Whether the member looks better than before.
  private var isBetter: Bool {
    let resolved = before.findings.subtracting(after.findings)
    if !resolved.isDisjoint(with: Self.counted) { return true }
    let code = before.judgement.deciding?.code
    // Where only a failure stood in the way of a verdict, that there is one again is none.
    if code == .stale || code == .sourceIncomplete { return false }
    guard let new = after.verdict.strength, let old = before.verdict.strength else { return false }
    return new > old
  }

  /// Whether the person is as before, so that what changed is what is asked of him.
  private var isExplained: Bool {
    let places = Set(before.judgement.doors.map(Place.init))
    let now = Set(after.judgement.doors.map(Place.init))
    guard places == now else {
      // The team got an identity provider, or the configuration names other doors.
      return before.sso == after.sso || before.judgement.doors.contains(where: \.isWithoutProvider)
    }
    guard before.sso == after.sso, before.platformMFA == after.platformMFA,
      before.isPending == after.isPending, before.accountID == after.accountID
    else { return false }
    let standings: Set<ReasonCode> = [
      .deprovisioned, .notAssigned, .notInIdP, .mappedAccountMissing, .ambiguousIdentity,
    ]
    let codes = Set((before.judgement.doors + after.judgement.doors).map(\.code))
    guard codes.isDisjoint(with: standings) else { return false }
    return factsAgree
  }

  private var factsAgree: Bool {
    let old = facts(before)
    let new = facts(after)
    let isCut = after.judgement.doors.contains { door in
      door.evidence.contains { $0.kind == .group && $0.id == nil }
    }
    return old.allSatisfy { key, value in
      guard let now = new[key] else { return !(isCut && value == "yes") }
      return now == value
    }
  }

  private struct Place: Hashable {
    var provider: SourceName
    var app: AppID?

    init(_ door: Door) {
      provider = door.provider
      app = door.app
    }
  }

  private struct Fact: Hashable {
    var place: Place
    var kind: EvidenceItem.Kind
    var id: String
  }

  /// What the evidence says about the person himself.
  private func facts(_ record: MemberRecord) -> [Fact: String] {
    var result: [Fact: String] = [:]
    for door in record.judgement.doors {
      for item in door.evidence
      where item.kind == .group || item.kind == .userFlag || item.kind == .assignment {
        result[Fact(place: Place(door), kind: item.kind, id: item.id ?? item.name)] = item.value
      }
    }
    return result
  }
}

extension Door {
  /// Whether this is the platform's own login of a team without an identity provider.
  fileprivate var isWithoutProvider: Bool {
    code == .noSecondFactor || code == .platformLogin
  }
}
