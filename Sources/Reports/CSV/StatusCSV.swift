import IdentityCore

/// The status as RFC 4180: UTF-8, CRLF, a head row, then a row for each member, every text quoted.
struct StatusCSV {
  private static let head: StaticString = """
    team,email,name,role,sso,platform_mfa,verdict,provider,app,reason,witness,enrolled,factors,\
    findings,exempt,exempt_reason,exempt_approved_by,exempt_until,observed_at,since,stale,run,\
    run_complete,standing,remedy\r\n
    """

  private let report: StatusReport

  /// Prepares a report.
  init(_ report: StatusReport) {
    self.report = report
  }

  /// Writes the file.
  func write(to sink: @escaping ByteSink) throws {
    var output = ByteOutput(to: sink)
    var names = FindingNames()
    output.literal(Self.head)
    for status in report.members {
      write(status, &names, to: &output)
      try output.drain()
    }
    try output.finish()
  }

  private func write(
    _ status: MemberStatus, _ names: inout FindingNames, to output: inout ByteOutput
  ) {
    let record = status.record
    let exemption = record.isExempt ? record.exemption : nil
    let kinds = names.kinds(of: record.findings).map(\.rawValue)
    output.field(record.team)
    output.field(record.email)
    output.field(record.name)
    output.field(record.role.rawValue)
    output.field(record.sso.rawValue)
    output.field(record.platformMFA.rawValue)
    output.field(record.verdict.rawValue)
    output.field(record.provider)
    output.field(record.judgement.deciding?.app)
    output.field(record.reason)
    output.field(record.witness)
    output.field(record.enrolled.text)
    output.field(record.factors.names.joined(separator: " "))
    output.field(kinds.joined(separator: " "))
    output.field(record.isExempt)
    output.field(exemption?.reason)
    output.field(exemption?.approvedBy)
    output.field(exemption?.until)
    output.field(status.observedAt)
    output.field(record.since)
    output.field(status.isStale)
    output.field(report.run?.id)
    output.field(report.run?.isComplete)
    output.field(record.standing.rawValue)
    output.field(Remedy.summary(for: status).texts.joined(separator: " "), isLast: true)
  }
}

extension ByteOutput {
  /// Writes a quoted field, or an empty one; quotes inside are doubled.
  fileprivate mutating func field(_ text: String?, isLast: Bool = false) {
    if let text, !text.isEmpty {
      byte(UInt8(ascii: "\""))
      for unit in InertText.make(text, for: .csv).utf8 {
        if unit == UInt8(ascii: "\"") { byte(unit) }
        byte(unit)
      }
      byte(UInt8(ascii: "\""))
    }
    if isLast { literal("\r\n") } else { byte(UInt8(ascii: ",")) }
  }

  fileprivate mutating func field(_ moment: Timestamp?) {
    if let moment { timestamp(moment) }
    byte(UInt8(ascii: ","))
  }

  fileprivate mutating func field(_ value: Bool?) {
    if let value { raw(value ? "true" : "false") }
    byte(UInt8(ascii: ","))
  }
}
