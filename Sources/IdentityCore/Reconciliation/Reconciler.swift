/// What reconciling a team amounts to, for the guard and the listing of a run.
public struct TeamOutcome: Sendable, Hashable {
  /// The team.
  public var team: TeamName
  /// Members the store knew before.
  public var prior = 0
  /// Members the guard counts: new, gone, or with another role, sign-on or verdict; not those a failure aged.
  public var moved = 0
  /// All changes by kind.
  public var counts = ChangeCounts()
  /// Open findings after the run that are gaps and not exempt.
  public var gaps = 0
}

/// Compares the judged people of a team with its prior records; pure, and streaming: nothing is collected.
///
/// Both sides come in byte order of their keys and are merged, so memory does not grow with the team.
public struct Reconciler {
  private var adjudicator: Adjudicator
  private let staleAfter: Int64
  private let now: Timestamp

  /// Prepares to reconcile a team.
  ///
  /// - Parameter staleAfter: seconds after which evidence of a failed source no longer counts.
  public init(_ adjudicator: Adjudicator, staleAfter: Int64) {
    self.adjudicator = adjudicator
    self.staleAfter = staleAfter
    now = adjudicator.now
  }

  /// Walks both sides and hands every difference to `emit`, in key order.
  ///
  /// With a roster that was not read to its end nobody is removed, records stay as they are, and people not known before
  /// come in as `cannot-tell`. Without the list of invitations nobody who is only invited is removed.
  public mutating func reconcile(
    with prior: inout some PriorMembers, emit: (MemberChange) throws -> Void
  ) throws -> TeamOutcome {
    var outcome = TeamOutcome(team: adjudicator.settings.name)
    let isRosterComplete = adjudicator.reading.isComplete
    var row = try prior.next()
    for person in 0..<adjudicator.count {
      while let current = row, try precedes(current.key, person) {
        try settleMissing(current, prior, isRosterComplete, &outcome, emit)
        row = try prior.next()
      }
      if let current = row, isSame(current.key, person) {
        outcome.prior += 1
        try settle(person, current, prior, isRosterComplete, &outcome, emit)
        row = try prior.next()
      } else {
        try settleNew(person, isRosterComplete, &outcome, emit)
      }
    }
    while let current = row {
      try settleMissing(current, prior, isRosterComplete, &outcome, emit)
      row = try prior.next()
    }
    return outcome
  }

  private func precedes(_ key: String, _ person: Int) throws -> Bool {
    var key = key
    return key.withUTF8 { left in
      adjudicator.withKey(of: person) { left.precedesByBytes($0) }
    }
  }

  private func isSame(_ key: String, _ person: Int) -> Bool {
    var key = key
    return key.withUTF8 { left in adjudicator.withKey(of: person) { left.hasSameBytes(as: $0) } }
  }

  // MARK: One member

  private mutating func settleNew(
    _ person: Int, _ isRosterComplete: Bool, _ outcome: inout TeamOutcome,
    _ emit: (MemberChange) throws -> Void
  ) throws {
    let judged = adjudicator.person(person)
    var record = judged.record
    var fingerprint: UInt64? = judged.fingerprint
    if !isRosterComplete {
      doubt(&record, because: rosterReason)
      fingerprint = nil
    } else if judged.restsOnIncomplete, !judged.isPartial, record.verdict != .notEnforced {
      doubt(&record, because: judged.incompleteReason)
      fingerprint = nil
    }
    outcome.counts.added += 1
    outcome.moved += 1
    count(record, &outcome)
    outcome.counts.opened += record.findings.count
    try emit(
      MemberChange(
        kind: .added, record: record, opened: record.findings, fingerprint: fingerprint))
  }

  private mutating func settle(
    _ person: Int, _ row: PriorRow, _ prior: some PriorMembers, _ isRosterComplete: Bool,
    _ outcome: inout TeamOutcome, _ emit: (MemberChange) throws -> Void
  ) throws {
    guard isRosterComplete else {
      try age(row, prior, &outcome, emit)
      return
    }
    let glance = adjudicator.glance(person)
    if !glance.restsOnIncomplete, glance.fingerprint == row.fingerprint {
      count(glance.findings, isExempt: glance.isExempt, &outcome)
      return
    }
    let judged = adjudicator.person(person)
    var record = judged.record
    let before = try prior.record(of: row)
    if judged.restsOnIncomplete {
      keep(before, in: &record, because: judged.incompleteReason)
      hold(before.record.findings, in: &record)
    }
    try emitChange(
      from: before.record, to: record, isFailure: judged.restsOnIncomplete, &outcome, emit)
  }

  private func settleMissing(
    _ row: PriorRow, _ prior: some PriorMembers, _ isRosterComplete: Bool,
    _ outcome: inout TeamOutcome, _ emit: (MemberChange) throws -> Void
  ) throws {
    outcome.prior += 1
    guard isRosterComplete else { return try age(row, prior, &outcome, emit) }
    var record = try prior.record(of: row).record
    if record.isPending, !adjudicator.reading.knowsPending {
      return try age(row, prior, &outcome, emit)
    }
    let resolved = record.findings
    record.findings = []
    outcome.counts.removed += 1
    outcome.moved += 1
    outcome.counts.resolved += resolved.count
    try emit(MemberChange(kind: .removed, record: record, resolved: resolved))
  }

  /// The roster failed: the record stays, unless its evidence is too old by now.
  private func age(
    _ row: PriorRow, _ prior: some PriorMembers, _ outcome: inout TeamOutcome,
    _ emit: (MemberChange) throws -> Void
  ) throws {
    let before = try prior.record(of: row)
    var record = before.record
    refreshExemption(&record)
    if isTooOld(before.observedAt) { makeStale(&record, observedAt: before.observedAt) }
    hold(before.record.findings, in: &record)
    try emitChange(from: before.record, to: record, isFailure: true, &outcome, emit)
  }

  private func emitChange(
    from before: MemberRecord, to record: MemberRecord, isFailure: Bool,
    _ outcome: inout TeamOutcome, _ emit: (MemberChange) throws -> Void
  ) throws {
    var record = record
    if record.verdict == before.verdict { record.since = before.since }
    count(record, &outcome)
    guard record.fingerprint != before.fingerprint else { return }
    let fields = FieldDifference.fields(from: before, to: record)
    let opened = record.findings.subtracting(before.findings)
    let resolved = before.findings.subtracting(record.findings)
    outcome.counts.changed += 1
    outcome.counts.opened += opened.count
    outcome.counts.resolved += resolved.count
    if !isFailure, isSuspicious(fields, since: before) { outcome.moved += 1 }
    try emit(
      MemberChange(
        kind: .changed, record: record, opened: opened, resolved: resolved, fields: fields))
  }

  /// Whether the guard counts a change.
  ///
  /// Where only a failure stood in the way of a verdict, that there is one again is none.
  private func isSuspicious(_ fields: [FieldChange], since before: MemberRecord) -> Bool {
    let code = before.judgement.deciding?.code
    let isRecovery = code == .stale || code == .sourceIncomplete
    return fields.contains { field in
      guard FieldDifference.guarded.contains(field.name) else { return false }
      return !isRecovery || (field.name != "verdict" && field.before != "unknown")
    }
  }

  private func count(_ record: MemberRecord, _ outcome: inout TeamOutcome) {
    count(record.findings, isExempt: record.isExempt, &outcome)
  }

  private func count(_ findings: FindingSet, isExempt: Bool, _ outcome: inout TeamOutcome) {
    if !isExempt, !findings.isDisjoint(with: .gaps) { outcome.gaps += 1 }
  }

  // MARK: Failed sources

  /// Keeps what was known while a provider is incomplete, unless the new reading proves something weaker.
  ///
  /// A failure never moves anyone towards a better verdict, and `cannot-tell` is no proof of anything.
  private func keep(
    _ before: (record: MemberRecord, observedAt: Timestamp), in record: inout MemberRecord,
    because reason: String
  ) {
    let old = before.record
    let isProvenWeaker =
      record.verdict != .cannotTell
      && (record.verdict.strength ?? .max) < (old.verdict.strength ?? .max)
    if isProvenWeaker || (record.verdict == .notEnforced && old.verdict == .notEnforced) { return }
    guard record.sso == old.sso, record.platformMFA == old.platformMFA,
      record.isPending == old.isPending
    else { return doubt(&record, because: reason) }
    record.judgement = old.judgement
    record.provider = old.provider
    record.accountID = old.accountID
    record.enrolled = old.enrolled
    record.factors = old.factors
    refreshFindings(&record)
    if isTooOld(before.observedAt) { makeStale(&record, observedAt: before.observedAt) }
  }

  /// Findings that a look at the person would have to end; where nobody looked, they stay open.
  private static let held = FindingSet(
    [
      FindingKind.mfaNotEnforced, .noMFA, .outsideSSO, .mfaConditional, .deprovisionedAtIdP,
      .notInIdP, .notAssigned, .ambiguousIdentity, .notEnrolled, .weakFactorsOnly,
    ].map { FindingSet($0) })

  /// Keeps findings open beside a verdict that only says that there is no evidence: nothing ends for lack of data.
  private func hold(_ before: FindingSet, in record: inout MemberRecord) {
    let code = record.judgement.deciding?.code
    guard code == .stale || code == .sourceIncomplete else { return }
    record.findings.formUnion(before.intersection(Self.held))
  }

  private func isTooOld(_ observedAt: Timestamp) -> Bool {
    observedAt.adding(seconds: staleAfter) < now
  }

  /// Puts `cannot-tell` in place of a verdict that rests on data that was not read to its end.
  private func doubt(_ record: inout MemberRecord, because reason: String) {
    replace(&record, .sourceIncomplete, reason)
  }

  private func makeStale(_ record: inout MemberRecord, observedAt: Timestamp) {
    guard record.judgement.deciding?.code != .stale else { return }
    let hours = staleAfter / 3600
    replace(
      &record, .stale,
      "Last read to its end at \(observedAt.text), more than \(hours) hours ago; was \(record.verdict.rawValue)."
    )
  }

  private func replace(_ record: inout MemberRecord, _ code: ReasonCode, _ reason: String) {
    let old = record.judgement.deciding
    record.judgement = Judgement(doors: [
      Door(
        provider: old?.provider ?? adjudicator.settings.roster, app: old?.app,
        verdict: .cannotTell, code: code, reason: reason)
    ])
    record.provider = old?.provider
    refreshFindings(&record)
  }

  private func refreshFindings(_ record: inout MemberRecord) {
    let isOnlyAdmin = record.findings.contains(FindingSet(.lastAdmin))
    let fromDoors = FindingRules.findings(
      of: record.judgement, platformMFA: record.platformMFA == .enabled ? .yes : .no)
    record.findings = FindingRules.complete(
      fromDoors, verdict: record.verdict, enrolled: record.enrolled, factors: record.factors,
      exemption: record.exemption, isOnlyAdmin: isOnlyAdmin, now: now)
  }

  /// Exemptions come from the configuration and the clock: they move on even while sources fail.
  private func refreshExemption(_ record: inout MemberRecord) {
    record.exemption = adjudicator.exemption(of: record.key)
    record.isExempt = record.exemption?.isValid(at: now) ?? false
    refreshFindings(&record)
  }

  private var rosterReason: String {
    let cause = adjudicator.reading.issues.first { $0.affects == .verdicts }?.message
    return "The roster of the team was not read to its end" + (cause.map { ": \($0)" } ?? ".")
  }
}
