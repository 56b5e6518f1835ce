import IdentityCore

/// Everything behind one verdict, in plain words: the escape or the proof, each door, each fact that was read.
struct ExplainPage {
  private let explanation: Explanation
  private let style: TerminalStyle

  private var status: MemberStatus { explanation.status }
  private var record: MemberRecord { explanation.status.record }

  /// Prepares an explanation.
  init(_ explanation: Explanation, style: TerminalStyle) {
    self.explanation = explanation
    self.style = style
  }

  /// Writes the page.
  func write(to output: inout ByteOutput) throws {
    var page = TextPage(style)
    writeAnswer(to: &page)
    writeDoors(to: &page)
    writeFindings(to: &page)
    writeRecord(to: &page)
    page.write(to: &output)
  }

  private func writeAnswer(to page: inout TextPage) {
    let name = record.name.map { " (\($0))" } ?? ""
    page.text("\(record.email)\(name) on \(record.team)", .strong)
    page.text(
      "\(record.verdict.mark) \(record.verdict.title): \(record.verdictMeaning)",
      record.verdict.tone)
    // The witness, in full below, often is what the reason ends with.
    if !record.reason.isEmpty, !saysWitness(record.reason) {
      page.text(record.reason, indent: 2)
    }
    if let witness = record.witness {
      page.gap()
      page.text("A sign-in that gets through", .strong)
      page.text(witness, .bad, indent: 2)
      for fact in record.judgement.deciding?.witnessContext ?? [] {
        page.fact(fact.name, fact.value, indent: 4, column: 20)
      }
    }
  }

  /// Whether a text repeats the witness word by word.
  private func saysWitness(_ text: String) -> Bool {
    record.witness.map { !$0.isEmpty && text.contains($0) } ?? false
  }

  private func writeDoors(to page: inout TextPage) {
    let doors = record.judgement.doors
    page.gap()
    page.text(doors.count == 1 ? "The one door" : "\(doors.count) doors, weakest first", .strong)
    for (number, door) in doors.enumerated() {
      let app = door.app.map { ", app \($0)" } ?? ""
      page.text(
        "\(number + 1). \(door.provider)\(app): \(door.verdict.mark) \(door.verdict.title) "
          + "(\(door.code.rawValue))", door.verdict.tone, indent: 2, hanging: 3)
      if doors.count > 1 || door.reason != record.reason { page.text(door.reason, indent: 5) }
      if let witness = door.witness, number > 0 { page.text("Way in: \(witness)", indent: 5) }
      writeEvidence(of: door, to: &page)
      writeInventory(of: door, to: &page)
    }
  }

  private func writeEvidence(of door: Door, to page: inout TextPage) {
    guard !door.evidence.isEmpty else { return }
    let isProof = door.verdict == .enforced
    page.text(
      isProof ? "Proof, in the order it applies" : "What was read, in the order it applies",
      .quiet, indent: 5)
    for item in door.evidence { write(item, to: &page) }
  }

  /// Every other way in and what changes it: the unknown first, for it decides.
  private func writeInventory(of door: Door, to page: inout TextPage) {
    guard !door.inventory.isEmpty else { return }
    let tally = InventoryTally(door.inventory)
    page.text(tally.headline, tally.isWhole ? .quiet : .warning, indent: 5)
    for entry in tally.entries {
      page.fact(
        entry.state.title, "\(entry.name): \(entry.why)",
        entry.state == .unknown ? .warning : .plain, indent: 7)
    }
  }

  private func write(_ item: EvidenceItem, to page: inout TextPage) {
    let id = item.id.map { " [\($0)]" } ?? ""
    let value = item.value.isEmpty ? "" : ": \(item.value)"
    page.fact(item.kind.title, "\(item.name)\(id)\(value)", indent: 7)
    if let path = item.path { page.fact("", path, .quiet, indent: 7) }
  }

  private func writeFindings(to page: inout TextPage) {
    page.gap()
    page.text(
      explanation.findings.isEmpty
        ? "No open findings" : Count.text(explanation.findings.count, "open finding"), .strong)
    for finding in explanation.findings {
      let exempt = finding.isExempt ? ", exempt" : ""
      page.text(
        "\(finding.kind.rawValue), \(finding.severity.rawValue)\(exempt), since "
          + TimestampText.minute(finding.openedAt), finding.severity.tone, indent: 2, hanging: 2)
      page.text(finding.kind.summary, indent: 4)
      let remedy = Remedy(finding.kind, of: record, in: status.rosterPlace)
      page.text("Remedy: \(remedy.text)", indent: 4, hanging: 2)
      for command in remedy.commands where !command.hasPrefix("idsync explain ") {
        page.text(Remedy.commandLine(command), .quiet, indent: 4, hanging: 2)
      }
    }
  }

  private func writeRecord(to page: inout TextPage) {
    page.gap()
    page.text("The member record", .strong)
    page.fact("role", record.roleText, column: 16)
    if record.isPending { page.fact("membership", "invited, not yet joined", column: 16) }
    page.fact("single sign-on", record.sso.rawValue, column: 16)
    page.fact("platform MFA", record.platformMFA.rawValue, column: 16)
    page.fact(
      "enrolled", "\(record.enrolmentText) (enrolled is not enforced)", column: 16)
    if let id = record.platformUserID { page.fact("platform id", id, column: 16) }
    if let id = record.accountID { page.fact("account", id, column: 16) }
    if let exemption = record.exemption {
      let isOfAnother = record.hasExemptionOfAnother(at: explanation.generatedAt)
      page.fact(
        record.isExempt ? "exempt" : isOfAnother ? "not exempt" : "was exempt",
        isOfAnother
          ? "the exemption is of another person who had this address" : exemption.sentence,
        record.isExempt ? .plain : .warning, column: 16)
    }
    let held = TimestampText.span(from: record.since, to: explanation.generatedAt)
    page.fact("verdict since", "\(TimestampText.minute(record.since)) (\(held))", column: 16)
    let age = TimestampText.span(from: status.observedAt, to: explanation.generatedAt)
    page.fact(
      "evidence read",
      "\(TimestampText.minute(status.observedAt)) (\(age) ago)"
        + (status.isStale && !record.isHeld && status.didSourceFail
          ? ", stale: a source failed since" : ""),
      status.isStale ? .warning : .plain, column: 16)
    if record.isHeld, let note = status.ageNote(age, plan: explanation.heldPlan) {
      page.fact("held", note, .warning, column: 16)
    }
    if let run = explanation.run {
      page.fact("run", "\(run.id), \(TimestampText.minute(run.finishedAt))", column: 16)
      for source in run.sources where !source.isComplete {
        for issue in source.issues where issue.affects != .details {
          page.fact(
            "incomplete", "\(source.name): \(issue.message) \(issue.remedy)", .warning, column: 16)
        }
      }
    }
  }
}
