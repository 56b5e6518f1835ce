extension Reconciler {
  /// Takes an exemption by address back from a person who is not the one whom it was first applied to.
  ///
  /// The roster's own ids say who is who. The record keeps the exemption without being exempt, so that the next run knows; an
  /// exemption with other words (a new end, a new reason) is a new one.
  /// - Parameter last: the person's own record before, or of somebody new the newest one under the address.
  func refuseExemption(of last: MemberRecord, in record: inout MemberRecord) {
    guard record.isExempt, let exemption = record.exemption, exemption.group == nil,
      exemption == last.exemption, EmailKey.make(exemption.member) == record.key
    else { return }
    let isAnother =
      last.platformUserID.flatMap { was in record.platformUserID.map { $0 != was } } ?? false
    guard isAnother || last.hasExemptionOfAnother(at: limit.now) else { return }
    record.isExempt = false
    record.findings.subtract(FindingSet(.exemptionExpiring))
  }

  /// Takes an exemption by address back from somebody who came to the address after the person whom it was for.
  ///
  /// - Returns: whether it was taken back.
  func refuseHandedOn(
    in record: inout MemberRecord, _ prior: some PriorMembers
  ) throws -> Bool {
    guard record.isExempt, let last = try prior.lastRecord(ofKey: record.key) else { return false }
    refuseExemption(of: last, in: &record)
    return !record.isExempt
  }

  /// Keeps the finding of the last admin while the roster does not tell the role any more, and shows no other admin.
  func keepLastAdmin(of before: MemberRecord, in record: inout MemberRecord) {
    let finding = FindingSet(.lastAdmin)
    guard before.findings.contains(finding), !record.role.isTold, !adjudicator.showsAdmin else {
      return
    }
    record.findings.formUnion(finding)
  }
}
