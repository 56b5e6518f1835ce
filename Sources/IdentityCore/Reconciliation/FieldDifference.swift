/// Which public fields of a record changed.
enum FieldDifference {
  static func fields(from before: MemberRecord, to after: MemberRecord) -> [FieldChange] {
    var fields: [FieldChange] = []
    func note(_ name: String, _ value: (MemberRecord) -> String) {
      let old = value(before)
      let new = value(after)
      if old != new { fields.append(FieldChange(name: name, before: old, after: new)) }
    }
    note("email", \.email)
    note("name") { $0.name ?? "" }
    note("role", \.role.rawValue)
    note("pending") { $0.isPending ? "yes" : "no" }
    note("sso", \.sso.rawValue)
    note("platform_mfa", \.platformMFA.rawValue)
    note("verdict", \.verdict.rawValue)
    note("provider") { $0.provider ?? "" }
    note("account") { $0.accountID ?? "" }
    note("reason", \.reason)
    note("witness") { $0.witness ?? "" }
    note("enrolled", \.enrolled.text)
    note("factors") { $0.factors.names.joined(separator: " ") }
    note("exempt") { $0.isExempt ? $0.exemption?.reason ?? "yes" : "no" }
    note("findings") { $0.findings.kinds.map(\.rawValue).joined(separator: " ") }
    note("held") { $0.isHeld ? "yes" : "no" }
    note("kept_from") { $0.keptFrom?.text ?? "" }
    // The proof changed, and nothing else that has a name.
    if fields.isEmpty { fields.append(evidence(from: before, to: after)) }
    return fields
  }

  /// So many things of the evidence are told one by one.
  private static let mostTold = 3
  private static let longestTold = 160

  private static func evidence(from before: MemberRecord, to after: MemberRecord) -> FieldChange {
    let old = things(before)
    let new = things(after)
    let (isOld, isNew) = (Set(old), Set(new))
    return FieldChange(
      name: "evidence", before: told(old.filter { !isNew.contains($0) }),
      after: told(new.filter { !isOld.contains($0) }))
  }

  /// What a record says beside its named fields, a phrase each.
  private static func things(_ record: MemberRecord) -> [String] {
    var things: [String] = []
    for door in record.judgement.doors {
      things += door.evidence.map { item in
        "\(item.kind.rawValue) \(item.name)\(item.value.isEmpty ? "" : ": \(item.value)")"
      }
      things.append("\(door.provider): \(door.verdict.rawValue), \(door.reason)")
      if let witness = door.witness { things.append("way in: \(witness)") }
      if let link = door.policyLink { things.append("policy linked to the app: \(link)") }
    }
    things += record.accounts.sorted { $0.key < $1.key }.map { "account \($0.value) at \($0.key)" }
    if let id = record.platformUserID { things.append("id \(id) on the roster") }
    if let exemption = record.exemption {
      things.append(
        "exemption until \(exemption.until.text), approved by \(exemption.approvedBy)")
    }
    return things
  }

  private static func told(_ things: [String]) -> String {
    let shown = things.prefix(mostTold).map { thing in
      thing.count > longestTold ? thing.prefix(longestTold - 1) + "…" : thing
    }
    let more = things.count > mostTold ? " and \(things.count - mostTold) more" : ""
    return shown.joined(separator: "; ") + more
  }
}
