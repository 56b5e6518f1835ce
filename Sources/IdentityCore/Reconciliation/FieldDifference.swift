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
    // The text of the proof changed, and nothing else that has a name.
    if fields.isEmpty { fields.append(FieldChange(name: "evidence", before: "", after: "")) }
    return fields
  }
}
