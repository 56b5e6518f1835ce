import IdentityCore

/// The status as GitHub-flavoured Markdown: the answer, the figures, a table a team, the provenance.
struct StatusMarkdown {
  private let report: StatusReport

  /// Prepares a report.
  init(_ report: StatusReport) {
    self.report = report
  }

  /// Writes the document.
  func write(to sink: @escaping ByteSink) throws {
    var output = ByteOutput(to: sink)
    let tally = Tally(report)
    let sections = TeamSection.all(of: report)
    writeHead(tally, to: &output)
    for section in sections { try write(section, to: &output) }
    writeProvenance(tally, to: &output)
    try output.finish()
  }

  // MARK: Head

  private func writeHead(_ tally: Tally, to output: inout ByteOutput) {
    let headline = Headline(tally.headcount)
    output.raw("# MFA at the identity provider\n\n**\(headline.sentence)**")
    if !headline.detail.isEmpty { output.raw(" \(headline.detail)") }
    output.literal("\n\n")
    for notice in Notice.all(of: report, tally) {
      output.raw(notice.weight == .warning ? "> **Warning**: " : "> **Note**: ")
      if let source = notice.source { output.raw("\(inert(source)): ") }
      output.raw(inert(notice.message))
      if !notice.place.isEmpty { output.raw(" (\(inert(notice.place)))") }
      if !notice.remedy.isEmpty { output.raw(" Remedy: \(inert(notice.remedy))") }
      output.literal("\n\n")
    }
    output.literal("| Verdict | Members | Exempt | Meaning |\n|---|--:|--:|---|\n")
    for verdict in Verdict.worstFirst {
      output.raw("| \(verdict.title) | \(tally.open[verdict] ?? 0) |")
      output.raw(" \(tally.exempt[verdict] ?? 0) | \(verdict.meaning) |\n")
    }
    output.raw("| all | \(tally.members - tally.exemptCount) | \(tally.exemptCount) | |\n\n")
    writeFigures(tally.headcount, to: &output)
    guard !tally.findings.isEmpty else { return }
    output.literal("| Open finding | Members | Meaning |\n|---|--:|---|\n")
    for kind in FindingKind.allCases {
      guard let count = tally.findings[kind] else { continue }
      output.raw("| \(kind.rawValue) | \(count) | \(kind.summary) |\n")
    }
    output.literal("\n")
  }

  /// Where everybody stands, the parts of the headline; the exempt stand apart whatever their verdict.
  private func writeFigures(_ headcount: Headcount, to output: inout ByteOutput) {
    output.literal("| Figure | Members | Counts |\n|---|--:|---|\n")
    for (name, count) in headcount.figures {
      output.raw("| \(Standing.title(of: name)) | \(count) | \(Standing.meaning(of: name)) |\n")
    }
    output.literal("\n")
  }

  // MARK: Teams

  private func write(_ section: TeamSection, to output: inout ByteOutput) throws {
    output.raw("## \(inert(section.team))\n\n")
    if !section.open.isEmpty {
      output.literal(
        "| Member | Role | SSO | Platform MFA | Verdict | Provider | Findings | Why |\n")
      output.literal("|---|---|---|---|---|---|---|---|\n")
      try writeRows(section.open, to: &output)
    }
    guard !section.exempt.isEmpty else { return }
    output.raw("### Exempt on \(inert(section.team)), counted apart\n\n")
    output.literal("| Member | Role | SSO | Platform MFA | Verdict | Provider | Findings | Why |")
    output.literal(" Exemption |\n|---|---|---|---|---|---|---|---|---|\n")
    try writeRows(section.exempt, to: &output)
  }

  private func writeRows(_ indices: [Int], to output: inout ByteOutput) throws {
    var names = FindingNames()
    for index in indices {
      write(report.members[index], &names, to: &output)
      try output.drain()
    }
    output.literal("\n")
  }

  private func write(
    _ status: MemberStatus, _ names: inout FindingNames, to output: inout ByteOutput
  ) {
    let record = status.record
    var member = inert(record.email)
    if let name = record.name, !name.isEmpty { member += ", \(inert(name))" }
    var why = inert(record.reason)
    if let witness = record.witness { why += " Gets in \(inert(witness))" }
    if record.isHeld {
      let plan = report.heldPlans[record.team].map { ", plan \(inert($0))" } ?? ""
      why += " **Held** by the guard\(plan), read \(TimestampText.minute(status.observedAt))."
    } else if status.isStale {
      why += " **Stale**, read \(TimestampText.minute(status.observedAt))."
    }
    if !record.isExempt {
      for remedy in Remedy.summary(for: status).texts { why += " *Remedy*: \(inert(remedy))" }
    }
    let findings = names.kinds(of: record.findings).map(\.rawValue).joined(separator: ", ")
    output.raw("| \(member) | \(inert(record.roleText)) | \(record.sso.title) |")
    output.raw(" \(record.platformMFA.title) | \(record.verdict.mark) \(record.verdict.title) |")
    output.raw(" \(inert(record.provider ?? "")) | \(findings) | \(why) |")
    if record.isExempt, let exemption = record.exemption {
      output.raw(" until \(TimestampText.day(exemption.until)), approved by")
      output.raw(" \(inert(exemption.approvedBy)): \(inert(exemption.reason)) |")
    }
    output.literal("\n")
  }

  // MARK: Provenance

  private func writeProvenance(_ tally: Tally, to output: inout ByteOutput) {
    output.literal("## How this report was made\n\n")
    for fact in Provenance.facts(of: report, tally) {
      output.raw("- \(fact.name): \(inert(fact.value))\n")
    }
    guard let run = report.run, !run.sources.isEmpty else { return }
    output.literal(
      "\n| Source | Kind | Complete | Fetched | Declared | Requests | Bytes | Read |\n")
    output.literal("|---|---|---|--:|--:|--:|--:|---|\n")
    for source in run.sources {
      output.raw("| \(inert(source.name)) | \(inert(source.kind)) |")
      output.raw(" \(source.isComplete ? "yes" : "**no**") | \(source.fetched) |")
      output.raw(" \(source.declared.map(String.init) ?? "not said") | \(source.requests) |")
      output.raw(" \(source.bytes) | \(TimestampText.rfc3339(source.observedAt)) |\n")
    }
  }

  private func inert(_ text: String) -> String { InertText.make(text, for: .markdown) }
}
