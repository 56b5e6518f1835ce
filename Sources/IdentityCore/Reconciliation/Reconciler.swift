/// What reconciling a team amounts to, for the guard and the listing of a run.
public struct TeamOutcome: Sendable, Hashable {
  /// The team.
  public var team: TeamName
  /// Members the store knew before.
  public var prior = 0
  /// Members who are gone, those that the guard holds included.
  public var removals = 0
  /// Members who look better without a changed policy, rule or setting that says why, those that the guard holds included.
  public var improvements = 0
  /// All changes by kind.
  public var counts = ChangeCounts()
  /// Members after the run that are gaps.
  public var gaps = 0
  /// What the guard held back.
  public var held: ChangeGuard.Holds = []
}

/// Compares the judged people of a team with its prior records; pure, and streaming: nothing is collected.
///
/// Both sides come in byte order of their keys and are merged, so memory does not grow with the team; only who came or went
/// is collected where the roster has ids of its own, for he may have another address.
public struct Reconciler {
  var adjudicator: Adjudicator
  let limit: AgeLimit
  private let holds: ChangeGuard.Holds
  private var outcome: TeamOutcome
  /// What the policies at the team's doors show now.
  var traces: [SignInTarget: RuleTraces] = [:]

  /// Prepares to reconcile a team.
  ///
  /// - Parameters:
  ///   - staleAfter: seconds after which evidence no longer counts.
  ///   - holds: what the guard holds back; it is counted all the same.
  public init(_ adjudicator: Adjudicator, staleAfter: Int64, holding holds: ChangeGuard.Holds = [])
  {
    self.adjudicator = adjudicator
    self.holds = holds
    limit = AgeLimit(staleAfter: staleAfter, now: adjudicator.now)
    outcome = TeamOutcome(team: adjudicator.settings.name)
  }

  /// Walks both sides and hands every difference to `emit`: in key order, then who left, has another address, or came.
  ///
  /// With a roster that was not read to its end nobody is removed, records stay as they are, and people not known before
  /// come in as `cannot-tell`. Without the list of invitations nobody who is only invited is removed.
  public mutating func reconcile(
    with prior: inout some PriorMembers, emit: (MemberChange) throws -> Void
  ) throws -> TeamOutcome {
    outcome = TeamOutcome(team: adjudicator.settings.name)
    outcome.held = holds
    traces = adjudicator.traces()
    var moves = Moves()
    var row = try prior.next()
    let isFirst = row == nil
    for person in 0..<adjudicator.count {
      while let current = row, precedes(current.key, person) {
        try leave(current, &moves, prior, emit)
        row = try prior.next()
      }
      if let current = row, isSame(current.key, person) {
        if isSamePerson(current, person) {
          try settle(person, current, prior, emit)
        } else if !isRosterComplete {
          // Who goes by the address is not certain: nobody comes and nobody goes.
          outcome.prior += 1
          try age(current, prior, emit)
        } else {
          try leave(current, &moves, prior, emit)
          try join(person, isFirst, &moves, prior, emit)
        }
        row = try prior.next()
      } else {
        try join(person, isFirst, &moves, prior, emit)
      }
    }
    while let current = row {
      try leave(current, &moves, prior, emit)
      row = try prior.next()
    }
    try settle(&moves, prior, emit)
    return outcome
  }

  private func precedes(_ key: String, _ person: Int) -> Bool {
    var key = key
    return key.withUTF8 { left in
      adjudicator.withKey(of: person) { left.precedesByBytes($0) }
    }
  }

  private func isSame(_ key: String, _ person: Int) -> Bool {
    var key = key
    return key.withUTF8 { left in adjudicator.withKey(of: person) { left.hasSameBytes(as: $0) } }
  }

  /// Whether a row of one address is about the same person; only the roster's own ids say that it is not.
  private func isSamePerson(_ row: PriorRow, _ person: Int) -> Bool {
    guard let was = row.userID, let now = adjudicator.userID(of: person) else { return true }
    return was == now || PersonIDs.differInCase(was, now)
  }

  private var isRosterComplete: Bool { adjudicator.reading.isComplete }

  // MARK: Who came and who went

  /// People whose address was not there before, and rows whose address is not there any more, until all were seen.
  private struct Moves {
    var left: [PriorRow] = []
    var joined: [Int] = []
  }

  private mutating func leave(
    _ row: PriorRow, _ moves: inout Moves, _ prior: some PriorMembers,
    _ emit: (MemberChange) throws -> Void
  ) throws {
    outcome.prior += 1
    if isRosterComplete, row.userID != nil {
      moves.left.append(row)
    } else {
      try settleMissing(row, prior, emit)
    }
  }

  private mutating func join(
    _ person: Int, _ isFirst: Bool, _ moves: inout Moves, _ prior: some PriorMembers,
    _ emit: (MemberChange) throws -> Void
  ) throws {
    if isRosterComplete, !isFirst, adjudicator.userID(of: person) != nil {
      moves.joined.append(person)
    } else {
      try settleNew(person, prior, emit)
    }
  }

  private mutating func settle(
    _ moves: inout Moves, _ prior: some PriorMembers, _ emit: (MemberChange) throws -> Void
  ) throws {
    let renamed = PersonIDs.renames(moves.left, moves.joined) { adjudicator.userID(of: $0) }
    // Whoever goes now by the address of somebody who is held waits until the plan is applied; somebody known takes it.
    let newcomers = moves.joined.filter { renamed[$0] == nil }
    let wanted = holds.contains(.removals) ? Set(newcomers.map(key)) : []
    let taken = Set(renamed.keys.map(key))
    var held: Set<String> = []
    for row in moves.left where !renamed.values.contains(where: { $0.id == row.id }) {
      if wanted.contains(row.key), !taken.contains(row.key) { held.insert(row.key) }
      try settleMissing(row, prior, isReplaced: taken.contains(row.key), emit)
    }
    for person in moves.joined {
      guard let row = renamed[person] else { continue }
      try settle(person, row, prior, emit)
    }
    for person in newcomers where !held.contains(key(person)) {
      try settleNew(person, prior, emit)
    }
  }

  private func key(_ person: Int) -> String {
    adjudicator.withKey(of: person) { String(decoding: $0, as: UTF8.self) }
  }

  // MARK: One member

  private mutating func settleNew(
    _ person: Int, _ prior: some PriorMembers, _ emit: (MemberChange) throws -> Void
  ) throws {
    let judged = adjudicator.person(person)
    var record = judged.record
    var fingerprint: UInt64? = judged.fingerprint
    if try refuseHandedOn(in: &record, prior) { fingerprint = nil }
    if !isRosterComplete {
      // What the providers prove counts at once, as it does for those who were known before.
      let proven = record.judgement.doors.filter {
        $0.app != nil && $0.verdict == .notEnforced && $0.isProven
      }
      replace(&record, proven + [rosterDoubt(record)], judged.platformMFA)
      fingerprint = nil
    } else if !judged.doubts.isEmpty {
      let doors = DoorKeeper.newcomer(judged)
      if doors != record.judgement.doors {
        replace(&record, doors, judged.platformMFA)
        fingerprint = nil
      }
    }
    outcome.counts.added += 1
    outcome.counts.opened += record.findings.count
    if record.isGap { outcome.gaps += 1 }
    try emit(
      MemberChange(
        kind: .added, record: record, opened: record.findings, fingerprint: fingerprint))
  }

  private mutating func settle(
    _ person: Int, _ row: PriorRow, _ prior: some PriorMembers,
    _ emit: (MemberChange) throws -> Void
  ) throws {
    let isRenamed = !isSame(row.key, person)
    if !isRenamed { outcome.prior += 1 }
    guard isRosterComplete else {
      return try age(row, prior, asNamed: adjudicator.person(person), emit)
    }
    let glance = adjudicator.glance(person)
    if !glance.isDoubtful, glance.fingerprint == row.fingerprint, !isRenamed {
      if glance.isGap { outcome.gaps += 1 }
      return
    }
    let judged = adjudicator.person(person)
    let before = try prior.record(of: row)
    var record = judged.record
    if let was = before.record.platformUserID, let now = record.platformUserID,
      PersonIDs.differInCase(was, now)
    {
      record.platformUserID = was
    }
    keepExemption(of: before.record, in: &record)
    refuseExemption(of: before.record, in: &record)
    if isRenamed { _ = try refuseHandedOn(in: &record, prior) }
    keepLastAdmin(of: before.record, in: &record)
    let keeper = DoorKeeper(
      before: before.record, observedAt: before.observedAt, person: judged,
      settings: adjudicator.settings, limit: limit, traces: traces,
      hasIdentityProvider: adjudicator.reading.hasIdentityProvider,
      saysSignIn: adjudicator.reading.saysSignIn)
    apply(keeper.outcome(), of: before, to: &record)
    try emitChange(
      from: before, to: record, formerKey: isRenamed ? row.key : nil, emit)
  }

  private func apply(
    _ kept: DoorKeeper.Outcome, of before: (record: MemberRecord, observedAt: Timestamp),
    to record: inout MemberRecord
  ) {
    let old = before.record
    record.judgement = Judgement(doors: kept.doors)
    record.provider = record.judgement.deciding?.provider
    if kept.isDecidingKept { record.accountID = old.accountID ?? record.accountID }
    if kept.isUnsure || kept.isAnyKept {
      record.accounts.merge(old.accounts) { now, _ in now }
      if record.enrolled == .unknown {
        record.enrolled = old.enrolled
        record.factors = old.factors
      }
    }
    if kept.isAnyKept { record.keptFrom = kept.needsDate ? before.observedAt : old.keptFrom }
    record.findings = complete(kept.findings, record)
  }

  /// Somebody is gone.
  ///
  /// - Parameter isReplaced: whether somebody known goes by the address now, so that the old one cannot stay under it.
  private mutating func settleMissing(
    _ row: PriorRow, _ prior: some PriorMembers, isReplaced: Bool = false,
    _ emit: (MemberChange) throws -> Void
  ) throws {
    guard isRosterComplete else { return try age(row, prior, emit) }
    let before = try prior.record(of: row)
    var record = before.record
    if record.isPending, !adjudicator.reading.knowsPending { return try age(row, prior, emit) }
    outcome.removals += 1
    if holds.contains(.removals), !isReplaced { return try hold(before, opening: [], emit) }
    let resolved = record.findings
    record.findings = []
    record.isHeld = false
    outcome.counts.removed += 1
    outcome.counts.resolved += resolved.count
    try emit(MemberChange(kind: .removed, record: record, resolved: resolved))
  }

  /// The roster failed: the record stays, unless its evidence is too old by now, or something got worse.
  ///
  /// - Parameter named: what the rows come to that the roster got to name of the member.
  private mutating func age(
    _ row: PriorRow, _ prior: some PriorMembers, asNamed named: Adjudicator.Person? = nil,
    _ emit: (MemberChange) throws -> Void
  ) throws {
    let before = try prior.record(of: row)
    var record = before.record
    record.exemption =
      adjudicator.exemption(key: record.key, id: record.platformUserID)
      ?? (record.exemption?.group == nil ? nil : record.exemption)
    record.isExempt = record.exemption?.isValid(at: limit.now) ?? false
    record.findings.subtract([FindingSet(.exemptionExpiring), FindingSet(.exemptionExpired)])
    keepExemption(of: before.record, in: &record)
    refuseExemption(of: before.record, in: &record)
    record = limit.applied(to: record, observedAt: before.observedAt)
    worsen(&record, observedAt: before.observedAt)
    if let named { worsen(&record, by: named) }
    if let exemption = record.exemption, !record.hasExemptionOfAnother(at: limit.now) {
      record.findings.formUnion(FindingRules.findings(of: exemption, at: limit.now))
    }
    try emitChange(from: before, to: record, formerKey: nil, emit)
  }

  private mutating func emitChange(
    from before: (record: MemberRecord, observedAt: Timestamp), to record: MemberRecord,
    formerKey: String?, _ emit: (MemberChange) throws -> Void
  ) throws {
    var record = record
    let old = before.record
    if Improvement(before: old, after: record).isUnexplained {
      outcome.improvements += 1
      if holds.contains(.improvements) {
        let opened = record.findings.subtracting(old.findings)
        return try hold(before, as: record, opening: opened, formerKey: formerKey, emit)
      }
    }
    if record.verdict == old.verdict { record.since = old.since }
    if record.isGap { outcome.gaps += 1 }
    try emitDifference(from: old, to: record, formerKey: formerKey, emit)
  }

  private mutating func emitDifference(
    from old: MemberRecord, to record: MemberRecord, formerKey: String?,
    _ emit: (MemberChange) throws -> Void
  ) throws {
    guard formerKey != nil || record.fingerprint != old.fingerprint else { return }
    let opened = record.findings.subtracting(old.findings)
    let resolved = old.findings.subtracting(record.findings)
    outcome.counts.changed += 1
    outcome.counts.opened += opened.count
    outcome.counts.resolved += resolved.count
    try emit(
      MemberChange(
        kind: .changed, record: record, opened: opened, resolved: resolved,
        fields: FieldDifference.fields(from: old, to: record), formerKey: formerKey))
  }

  // MARK: The guard

  /// Leaves a member as it was, marked as held; what was found beside that opens all the same.
  private mutating func hold(
    _ before: (record: MemberRecord, observedAt: Timestamp), as record: MemberRecord? = nil,
    opening opened: FindingSet, formerKey: String? = nil, _ emit: (MemberChange) throws -> Void
  ) throws {
    var held = before.record
    if let record {
      held.key = record.key
      held.email = record.email
      held.name = record.name
      held.role = record.role
      held.exemption = record.exemption
      held.isExempt = record.isExempt
      held.platformUserID = record.platformUserID
    } else {
      worsen(&held, observedAt: before.observedAt)
    }
    held.isHeld = true
    held.keptFrom = before.observedAt
    held.findings.formUnion(opened)
    held = limit.applied(to: held, observedAt: before.observedAt)
    if held.isGap { outcome.gaps += 1 }
    try emitDifference(from: before.record, to: held, formerKey: formerKey, emit)
  }

  // MARK: Parts of a record

  private func replace(_ record: inout MemberRecord, _ doors: [Door], _ platformMFA: Tri) {
    record.judgement = Judgement(doors: doors)
    record.provider = record.judgement.deciding?.provider
    record.findings = complete(
      FindingRules.findings(of: record.judgement, platformMFA: platformMFA), record)
  }

  func complete(_ findings: FindingSet, _ record: MemberRecord) -> FindingSet {
    FindingRules.complete(
      findings, verdict: record.verdict, enrolled: record.enrolled, factors: record.factors,
      exemption: record.hasExemptionOfAnother(at: limit.now) ? nil : record.exemption,
      isOnlyAdmin: record.findings.contains(FindingSet(.lastAdmin)),
      now: limit.now)
  }

  /// An exemption that names an address stays with the person whom it was for, also under another address.
  private func keepExemption(of before: MemberRecord, in record: inout MemberRecord) {
    guard record.exemption == nil, let kept = before.exemption,
      !before.hasExemptionOfAnother(at: limit.now),
      let now = adjudicator.configuredExemption(like: kept)
    else { return }
    record.exemption = now
    record.isExempt = now.isValid(at: limit.now)
    record.findings = complete(record.findings, record)
  }

  /// What stands in for the verdict of somebody new on a roster that broke off.
  private func rosterDoubt(_ record: MemberRecord) -> Door {
    let cause = adjudicator.reading.issues.first { $0.affects == .verdicts }?.message
    let old = record.judgement.deciding
    return Door(
      provider: old?.provider ?? adjudicator.settings.roster, app: old?.app, verdict: .cannotTell,
      code: .sourceIncomplete,
      reason: "The roster of the team was not read to its end" + (cause.map { ": \($0)" } ?? "."),
      sources: old?.sources ?? [])
  }
}
