import IdentityCore

/// The status for a terminal: the answer, what to know before trusting it, a table a team, the figures.
struct StatusTable {
  private let report: StatusReport
  private let style: TerminalStyle

  /// Prepares a report.
  init(_ report: StatusReport, style: TerminalStyle) {
    self.report = report
    self.style = style
  }

  /// Writes the table.
  func write(to sink: @escaping ByteSink) throws {
    var output = ByteOutput(to: sink)
    let tally = Tally(report)
    let sections = TeamSection.all(of: report)
    writeHead(tally, to: &output)
    for section in sections { try write(section, to: &output) }
    writeFoot(tally, to: &output)
    try output.finish()
  }

  // MARK: Head and foot

  private func writeHead(_ tally: Tally, to output: inout ByteOutput) {
    let headline = Headline(tally.headcount)
    var page = TextPage(style)
    page.text(headline.sentence, headline.tone)
    if !headline.detail.isEmpty { page.text(headline.detail) }
    for notice in Notice.all(of: report, tally) {
      let isWarning = notice.weight == .warning
      let place = notice.place.isEmpty ? "" : " (\(notice.place))"
      let source = notice.source.map { "\($0): " } ?? ""
      page.text(
        "\(isWarning ? "!" : "·") \(source)\(notice.message)\(place)",
        isWarning ? .warning : .quiet, hanging: 2)
      if !notice.remedy.isEmpty { page.text(notice.remedy, indent: 2) }
    }
    if !report.filters.isEmpty {
      page.text("Filtered by \(report.filters.joined(separator: ", ")).", .quiet)
    }
    page.write(to: &output)
  }

  private func writeFoot(_ tally: Tally, to output: inout ByteOutput) {
    var page = TextPage(style)
    page.gap()
    let places = tally.headcount.places.filter { $0.count > 0 }.map { place in
      "\(place.mark) \(Count.grouped(place.count)) \(place.title)"
        + (place.note.map { " (\($0))" } ?? "")
    }
    page.text(places.joined(separator: " · "), .strong)
    if tally.members > 0 {
      page.text(
        "\(tally.headcount.gapText.prefix(1).uppercased() + tally.headcount.gapText.dropFirst()) among "
          + "\(Count.text(tally.members, "member")).")
    }
    let findings = FindingKind.allCases.compactMap { kind in
      tally.findings[kind].map { "\(Count.grouped($0)) \(kind.rawValue)" }
    }
    if !findings.isEmpty {
      page.text("Open findings, several of a member too: \(findings.joined(separator: ", "))")
    }
    if let run = report.run {
      let end = run.isComplete ? "every source read to its end" : "not every source read to its end"
      page.text(
        "Run \(run.id), \(TimestampText.minute(run.finishedAt)), \(extent(of: run) ?? end).", .quiet
      )
    }
    page.write(to: &output)
  }

  /// What a run was about where that is not all of the report; nil where it is.
  private func extent(of run: RunRecord) -> String? {
    switch run.outcome {
    case .failed: return "failed"
    case .interrupted: return "cut before its end"
    case .applied: return "carried out a plan and read no source"
    case .committed, .held, .running, .rehearsed: break
    }
    let others = report.teams.filter { $0.runID != run.id }
    guard !others.isEmpty else { return nil }
    let texts = others.map { team in
      let moment = team.readAt.map { "last read \(TimestampText.minute($0))" } ?? "never read"
      return "\(team.team) \(moment)"
    }
    let own = report.teams.filter { $0.runID == run.id }.map(\.team)
    return (own.isEmpty ? "about none of these teams" : "about \(own.joined(separator: ", ")) only")
      + "; \(texts.joined(separator: ", "))"
  }

  // MARK: Teams

  private func write(_ section: TeamSection, to output: inout ByteOutput) throws {
    var page = TextPage(style)
    page.gap()
    page.text("\(section.team), \(Count.text(section.count, "member"))", .strong)
    page.write(to: &output)
    let table = TextTable([
      .init("MEMBER", isWhole: true), .init("ROLE", gives: 4), .init("SSO", gives: 2),
      .init("MFA", gives: 3), .init("VERDICT"), .init("PROVIDER", gives: 1),
      .init("FINDINGS", isFlexible: true, gives: 5),
    ])
    if !section.open.isEmpty {
      try table.write(section.open.lazy.map(row), style: style, to: &output)
    }
    guard !section.exempt.isEmpty else { return }
    var head = TextPage(style)
    head.gap()
    head.text("\(section.team), exempt and counted apart", .strong)
    head.write(to: &output)
    try table.write(section.exempt.lazy.map(row), style: style, to: &output)
  }

  private func row(_ index: Int) -> TextTable.Row {
    let status = report.members[index]
    let record = status.record
    let kinds = record.findings.kinds
    return TextTable.Row(
      [
        .init(record.email), .init(record.roleText, record.role.isAdministrator ? .accent : .plain),
        .init(record.sso.title), .init(record.platformMFA.title),
        .init("\(record.verdict.mark) \(record.verdict.title)", record.verdict.tone),
        .init(record.provider ?? "–"), .init(kinds.map(\.rawValue).joined(separator: ", ")),
      ],
      notes: notes(on: status))
  }

  private func notes(on status: MemberStatus) -> [TextTable.Cell] {
    let record = status.record
    var notes: [TextTable.Cell] = []
    if let witness = record.witness {
      notes.append(.init("Way in: \(witness)"))
    } else if record.verdict != .enforced && !record.reason.isEmpty {
      notes.append(.init(record.reason, .quiet))
    }
    if !record.isExempt {
      let remedies = Remedy.summary(for: status)
      notes += remedies.texts.map { .init("Remedy: \($0)", .quiet) }
      notes += remedies.commands.map { .init(Remedy.commandLine($0), .quiet) }
    }
    if record.isExempt, let exemption = record.exemption {
      notes.append(.init("Exempt \(exemption.sentence)", .quiet))
    }
    let age = TimestampText.span(from: status.observedAt, to: report.generatedAt)
    if let note = status.ageNote(age, plan: report.heldPlans[record.team]) {
      notes.append(.init(note, .warning))
    }
    return notes
  }
}

extension Headline {
  /// The tone of the sentence.
  fileprivate var tone: Palette.Tone {
    switch mood {
    case .good: .good
    case .uncertain: .warning
    case .bad: .bad
    }
  }
}

extension Verdict {
  /// The tone in which a verdict is shown.
  var tone: Palette.Tone {
    switch self {
    case .notEnforced: .bad
    case .cannotTell, .enforcedConditionally: .warning
    case .enforced: .good
    case .notEvaluated: .quiet
    }
  }
}

extension Exemption {
  /// `until 2027-01-31, approved by ciso@acme.com: sealed emergency account`.
  var sentence: String {
    "until \(TimestampText.day(until)), approved by \(approvedBy): \(reason)"
  }
}
