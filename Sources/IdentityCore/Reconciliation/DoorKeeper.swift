/// Decides, door by door, what of a member's prior verdict stays while sources fail, and which findings stay open.
///
/// A failure never makes a door better and ends no finding. What is kept is about the same thing: the same application at
/// the same provider, under the policy that it links now, for the same account; otherwise nobody can tell. What a new
/// reading proves to be worse counts at once.
struct DoorKeeper {
  /// What becomes of a member.
  struct Outcome {
    var doors: [Door]
    /// The findings of the doors, and those that stay open since nobody could look.
    var findings: FindingSet
    /// Whether the deciding door is kept, so that what belongs to it is kept with it.
    var isDecidingKept: Bool
    /// Whether anything is kept.
    var isAnyKept: Bool
    /// Whether something is kept although its source gave something newer, so that the record has to note its age.
    var needsDate: Bool
    /// Whether there is a door of which nothing certain is known.
    var isUnsure: Bool
  }

  let before: MemberRecord
  /// When the oldest thing that the prior verdict rests on was read.
  let observedAt: Timestamp
  let person: Adjudicator.Person
  let settings: TeamSettings
  let limit: AgeLimit
  /// What the policies show now, by door; nothing for those that could not be read.
  let traces: [SignInTarget: RuleTraces]
  /// Whether the platform shows an identity provider of the team; unknown when that was not told.
  let hasIdentityProvider: Tri
  /// Whether the roster says who signs in at the platform itself.
  let saysSignIn: Bool

  private var record: MemberRecord { person.record }

  /// A door of the new verdict.
  private struct Settled {
    var door: Door
    var isKept = false
    var needsDate = false
    /// Whether it says for certain how the person gets in here now.
    var isSure: Bool
    /// Whether the way in that was known here is closed for certain, whatever else is not known.
    var endsOldWay = false
  }

  /// Compares the prior doors with the new ones.
  func outcome() -> Outcome {
    var settled = record.judgement.doors.map(settle)
    settled += vanishedWaysIn(beside: settled) + untoldLogins(beside: settled)
    let judgement = Judgement(doors: settled.map(\.door))
    var findings: FindingSet = []
    for one in settled {
      findings.formUnion(
        FindingRules.findings(
          of: one.door, beside: judgement.verdict,
          one.isKept ? Self.platformMFA(before) : person.platformMFA))
    }
    findings.formUnion(heldFindings(settled, findings))
    let deciding = settled.first { $0.door == judgement.deciding }
    return Outcome(
      doors: judgement.doors, findings: findings, isDecidingKept: deciding?.isKept ?? false,
      isAnyKept: settled.contains(where: \.isKept),
      needsDate: settled.contains(where: \.needsDate),
      isUnsure: settled.contains { !$0.isSure })
  }

  /// The doors of somebody who was not known before, or under a roster entry that broke off.
  static func newcomer(_ person: Adjudicator.Person) -> [Door] {
    person.record.judgement.doors.map { door in
      guard let failure = person.doubts.failure(door), door.verdict != .notEnforced else {
        return door
      }
      return doubted(door, failure)
    }
  }

  // MARK: One door

  private func settle(_ new: Door) -> Settled {
    let failure = person.doubts.failure(new)
    let gap = person.doubts.gap(new)
    guard gap != nil || new.lacksData || !new.isProven else {
      return Settled(door: new, isSure: true)
    }
    let fresh =
      failure.map { new.verdict == .notEnforced ? new : Self.doubted(new, $0) } ?? new
    guard let old = counterpart(of: new), isSameThing(old, new) else {
      return Settled(door: fresh, isSure: isSure(fresh))
    }
    // The provider answers that there is no such application: what was good about it is gone with it.
    if new.code == .appMissing, old.verdict != .notEnforced { return taken(new) }
    if Self.isProvenWorse(new, than: old) { return Settled(door: new, isSure: true) }
    guard isBacked(old, new) else { return taken(fresh) }
    if failure != nil {
      // What was never read is not kept; it ages from when nothing was known of it first.
      guard old.code == .sourceIncomplete else { return kept(old, needsDate: false) }
      return taken(
        limit.isExceeded(by: before.since) ? limit.stale(fresh, observedAt: before.since) : fresh)
    }
    if gap == nil, isClosed(old) {
      return Settled(door: new, isSure: isSure(new), endsOldWay: true)
    }
    return isKeptBeside(new, old, gap) ? kept(old, needsDate: true) : taken(new)
  }

  /// Whether the prior door stays although its source could be read in part, or says that it knows less than before.
  private func isKeptBeside(_ new: Door, _ old: Door, _ gap: String?) -> Bool {
    if new.lacksData {
      return old.verdict == .notEnforced || (gap != nil && !old.lacksData) || old.code == .stale
    }
    if !new.isProven {
      switch old.verdict {
      case .notEnforced: return true
      case .cannotTell: return old.code == .stale
      case .enforced, .notEvaluated: return gap != nil
      case .enforcedConditionally: return false
      }
    }
    // Who is where is not certain while parts of the lists may be missing.
    return gap != nil && Self.standings.contains(new.code) && !old.lacksData
  }

  /// What follows from somebody not being on a list.
  private static let standings: Set<ReasonCode> = [
    .notAssigned, .notInIdP, .mappedAccountMissing, .ambiguousIdentity,
  ]

  /// Whether the rules that let the person in were read again, and do so no more.
  private func isClosed(_ old: Door) -> Bool {
    let open = old.rules.filter { !$0.isStrict }
    guard old.verdict == .notEnforced, !open.isEmpty, let now = traces(of: old) else {
      return false
    }
    return open.allSatisfy { now.isClosed($0.key) }
  }

  /// Whether what was good at a door may still hold: its policies were not read, or say what they said.
  private func isBacked(_ old: Door, _ new: Door) -> Bool {
    switch old.verdict {
    case .notEnforced, .cannotTell: return true
    case .enforced, .enforcedConditionally, .notEvaluated: break
    }
    guard old.policyDigest != nil else {
      // Who is judged by rules now is there, and may use the application.
      return new.policyDigest == nil || !Self.shut.contains(old.code)
    }
    guard let now = traces(of: old) else { return true }
    return now.back(old, now: new.policyDigest == nil ? nil : new.rules)
  }

  /// What follows from an account or application that lets nobody in.
  private static let shut: Set<ReasonCode> = [.deprovisioned, .notAssigned, .appInactive]

  private func traces(of door: Door) -> RuleTraces? {
    traces[SignInTarget(provider: door.provider, app: door.app ?? "")]
  }

  private func taken(_ new: Door) -> Settled { Settled(door: new, isSure: isSure(new)) }

  private func isSure(_ door: Door) -> Bool { !door.lacksData && door.isProven }

  private func kept(_ old: Door, needsDate: Bool) -> Settled {
    let door = limit.isExceeded(by: observedAt) ? limit.stale(old, observedAt: observedAt) : old
    return Settled(door: door, isKept: true, needsDate: needsDate, isSure: false)
  }

  /// Whether what was read proves that a door is worse than it was; a conditional verdict that hangs on an unknown does not.
  static func isProvenWorse(_ new: Door, than old: Door) -> Bool {
    switch new.verdict {
    case .notEnforced: true
    case .enforcedConditionally:
      new.isProven && [.enforced, .notEvaluated, .enforcedConditionally].contains(old.verdict)
    case .enforced, .notEvaluated, .cannotTell: false
    }
  }

  private func counterpart(of new: Door) -> Door? {
    let all = before.judgement.doors.filter { $0.isSamePlace(as: new) }
    return all.first { $0.code == new.code } ?? all.first
  }

  /// Whether both doors are about the same policy and the same account or login, as far as that can be told.
  func isSameThing(_ old: Door, _ new: Door) -> Bool {
    guard new.app != nil else {
      let isSameLogin =
        (record.sso == before.sso || record.sso == .unknown)
        && (record.platformMFA == before.platformMFA || record.platformMFA == .unknown)
      return isSameLogin && record.isPending == before.isPending
    }
    if let was = old.origin, let now = new.origin, !DoorOrigin.isSame(was, now) { return false }
    // Whom another address means could not be looked up.
    if old.verdict != .notEnforced, record.key != before.key,
      Self.account(record, at: old.provider) == nil
    {
      return false
    }
    if let was = old.policyLink, let now = new.policyLink, was != now { return false }
    if let was = Self.account(before, at: old.provider),
      let now = Self.account(record, at: old.provider), was != now
    {
      return false
    }
    // Each provider behind is asked about the same names.
    return !old.sources.contains { source in
      guard source != old.provider, let was = before.accounts[source],
        let now = record.accounts[source]
      else { return false }
      return was != now
    }
  }

  private static func account(_ record: MemberRecord, at source: SourceName) -> String? {
    record.accounts[source] ?? (record.provider == source ? record.accountID : nil)
  }

  /// Ways in that were known and of which the platform shows nothing any more, without saying that they are closed.
  private func vanishedWaysIn(beside settled: [Settled]) -> [Settled] {
    guard settled.contains(where: { $0.door.lacksData && $0.door.app == nil }) else { return [] }
    let places = settled.map(\.door)
    return before.judgement.doors.compactMap { old in
      guard let app = old.app, old.verdict == .notEnforced || old.code == .stale,
        !places.contains(where: { $0.isSamePlace(as: old) }),
        settings.signIn.contains(SignInTarget(provider: old.provider, app: app))
      else { return nil }
      return kept(old, needsDate: true)
    }
  }

  /// Logins of the platform's own with one factor, where the roster does not say any more how people sign in.
  private func untoldLogins(beside settled: [Settled]) -> [Settled] {
    guard !saysSignIn, record.isPending == before.isPending else { return [] }
    return before.judgement.doors.compactMap { old in
      guard old.app == nil, old.verdict == .notEnforced || old.code == .stale,
        old.code != .notConfigured, !settled.contains(where: { $0.door.isSamePlace(as: old) })
      else { return nil }
      return kept(old, needsDate: true)
    }
  }

  static func doubted(_ door: Door, _ reason: String) -> Door {
    Door(
      provider: door.provider, app: door.app, verdict: .cannotTell, code: .sourceIncomplete,
      reason: reason, sources: door.sources, policyLink: door.policyLink, origin: door.origin)
  }

  // MARK: Findings

  /// Findings that a look at the door they come from would have to end.
  private static let ofDoors: FindingSet = [
    .init(.mfaNotEnforced), .init(.noMFA), .init(.outsideSSO), .init(.mfaConditional),
    .init(.deprovisionedAtIdP), .init(.notInIdP), .init(.notAssigned), .init(.ambiguousIdentity),
  ]
  private static let ofEnrolment: FindingSet = [.init(.notEnrolled), .init(.weakFactorsOnly)]

  /// Findings that stay open, since nobody could look at what they come from.
  private func heldFindings(_ settled: [Settled], _ found: FindingSet) -> FindingSet {
    let gone = before.findings.subtracting(found)
    var held: FindingSet = []
    for kind in gone.intersection(Self.ofDoors).kinds {
      if isStillOpen(FindingSet(kind), settled) { held.insert(FindingSet(kind)) }
    }
    let isUnsure = settled.contains { !$0.isSure }
    if isUnsure || record.enrolled == .unknown {
      held.formUnion(gone.intersection(Self.ofEnrolment))
    }
    // Only a kind that is named, or the word that there is none, ends what was said of weak ones.
    if record.factors.isEmpty, record.enrolled != .no {
      held.formUnion(gone.intersection(FindingSet(.weakFactorsOnly)))
    }
    // What the platform tells no more of a login that is still there ends nothing that was said of it.
    let noMFA = FindingSet(.noMFA)
    if record.platformMFA == .unknown, !gone.isDisjoint(with: noMFA),
      settled.contains(where: { [.outsideSSO, .noSecondFactor].contains($0.door.code) })
    {
      held.formUnion(noMFA)
    }
    // Nor is somebody inside a single sign-on that is not told any more.
    let outside = FindingSet(.outsideSSO)
    if hasIdentityProvider == .unknown, record.sso != .enabled, !gone.isDisjoint(with: outside),
      settled.contains(where: { $0.door.code == .noSecondFactor })
    {
      held.formUnion(outside)
    }
    return held
  }

  private func isStillOpen(_ kind: FindingSet, _ settled: [Settled]) -> Bool {
    let origins = before.judgement.doors.filter { door in
      FindingRules.findings(
        of: door, beside: before.verdict, Self.platformMFA(before)
      ).contains(kind)
    }
    guard !origins.isEmpty else { return settled.contains { !$0.isSure } }
    return origins.contains { origin in
      let now = settled.filter { $0.door.isSamePlace(as: origin) }
      if now.isEmpty { return settled.contains { $0.door.lacksData } }
      return now.contains { !$0.isSure && !$0.endsOldWay }
    }
  }

  /// What a record says of the platform's own second factor.
  static func platformMFA(_ record: MemberRecord) -> Tri {
    switch record.platformMFA {
    case .enabled: .yes
    case .disabled: .no
    case .notApplicable, .unknown: .unknown
    }
  }
}
