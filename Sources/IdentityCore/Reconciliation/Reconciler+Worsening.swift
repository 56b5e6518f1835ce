/// What counts at once for somebody of whom not everything could be read: only what got worse.
extension Reconciler {
  /// Puts in what a provider proves to be worse now, though the roster that leads there broke off.
  mutating func worsen(_ record: inout MemberRecord) {
    guard !record.isPending else { return }
    let doors = record.judgement.doors
    guard doors.contains(where: { $0.app != nil }) else { return }
    let now = adjudicator.providerDoors(ofKey: record.key)
    var isWorse = false
    let merged = doors.map { old in
      guard let new = now.first(where: { $0.isSamePlace(as: old) }),
        DoorKeeper.isProvenWorse(new, than: old), new.verdict != old.verdict
      else { return old }
      isWorse = true
      return new
    }
    guard isWorse else { return }
    record.judgement = Judgement(doors: merged)
    record.provider = record.judgement.deciding?.provider
    record.findings.formUnion(
      FindingRules.findings(
        of: record.judgement, platformMFA: DoorKeeper.platformMFA(record)))
  }

  /// Puts in a login of the platform's own that was read with one factor: a row that was read is one, whatever came after it.
  func worsen(_ record: inout MemberRecord, by named: Adjudicator.Person) {
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
