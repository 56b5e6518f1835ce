/// What counts at once for somebody of whom not everything could be read: only what got worse.
extension Reconciler {
  /// Puts in what is worse by the configuration and the providers of now, though the roster that leads there broke off.
  ///
  /// Nothing gets better by it: who is on the team, and how he signs in there, was not read.
  mutating func worsen(_ record: inout MemberRecord, observedAt: Timestamp) {
    guard let person = adjudicator.person(stored: record) else { return }
    let keeper = DoorKeeper(
      before: record, observedAt: observedAt, person: person, settings: adjudicator.settings,
      limit: limit, traces: traces, hasIdentityProvider: .unknown, saysSignIn: true)
    let old = record.judgement.doors
    let now = keeper.outcome().doors.map { new in
      guard let was = old.first(where: { $0.isSamePlace(as: new) }),
        new.verdict == was.verdict || Self.looks(new.verdict) > Self.looks(was.verdict)
      else { return new }
      let isKnown = was.verdict == .notEnforced || keeper.isSameThing(was, new)
      return isKnown ? was : DoorKeeper.doubted(new, Self.notLookedUp)
    }
    guard Set(now) != Set(old) else { return }
    record.judgement = Judgement(doors: now)
    record.provider = record.judgement.deciding?.provider
    record.findings.formUnion(
      complete(
        FindingRules.findings(
          of: record.judgement, platformMFA: DoorKeeper.platformMFA(record)), record))
  }

  private static let notLookedUp =
    "What was known is about another account or another configuration, and the roster was not read since."

  /// How good a verdict looks; from a gap that is known to one that is not, nothing gets better.
  private static func looks(_ verdict: Verdict) -> Int {
    switch verdict {
    case .notEnforced: 0
    case .cannotTell, .enforcedConditionally: 1
    case .enforced: 2
    case .notEvaluated: 3
    }
  }

  /// Puts in a login of the platform's own that was read with one factor: a row that was read is one, whatever came after it.
  func worsen(_ record: inout MemberRecord, by named: Adjudicator.Person) {
    // The row of a collaborator may be one of a member whose own row is among those that did not come.
    guard named.record.sso != .unavailable || record.sso == .unavailable else { return }
    let worse = named.record.judgement.doors.filter { new in
      new.app == nil && new.verdict == .notEnforced && new.isProven
        && !record.judgement.doors.contains { $0.isSamePlace(as: new) && $0.code == new.code }
    }
    guard !worse.isEmpty, !record.isPending else { return }
    let others = record.judgement.doors.filter { old in
      !worse.contains { $0.isSamePlace(as: old) }
    }
    record.judgement = Judgement(doors: others + worse)
    record.provider = record.judgement.deciding?.provider
    record.sso = named.record.sso
    record.platformMFA = named.record.platformMFA
    for door in worse {
      record.findings.formUnion(
        FindingRules.findings(of: door, beside: record.verdict, named.platformMFA))
    }
  }
}
