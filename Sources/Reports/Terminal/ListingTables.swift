import IdentityCore

/// Findings for a terminal.
enum FindingsTable {
  /// Writes the findings in the order given.
  static func write(
    _ findings: [Finding], style: TerminalStyle, to output: inout ByteOutput
  ) throws {
    let table = TextTable([
      .init("SEVERITY", gives: 3), .init("KIND"), .init("TEAM", isFlexible: true, gives: 2),
      .init("MEMBER", isWhole: true), .init("OPENED"), .init("RESOLVED", gives: 1),
    ])
    let rows = findings.lazy.map { finding in
      TextTable.Row(
        [
          .init(finding.severity.rawValue, finding.severity.tone), .init(finding.kind.rawValue),
          .init(finding.team), .init(finding.email), .init(TimestampText.minute(finding.openedAt)),
          .init(
            finding.resolvedAt.map(TimestampText.minute) ?? (finding.isExempt ? "exempt" : "–")),
        ],
        notes: [note(on: finding)]
          + (finding.resolvedAt == nil
            ? finding.remedy.map { [.init("Remedy: \($0.text)", .quiet)] } ?? [] : []))
    }
    try table.write(rows, style: style, to: &output)
  }

  /// The way in or the reason, where the finding is about the sign-in; otherwise what it says.
  private static func note(on finding: Finding) -> TextTable.Cell {
    switch finding.kind {
    case .notEnrolled, .weakFactorsOnly, .exemptionExpiring, .exemptionExpired, .stale, .lastAdmin:
      .init(finding.kind.summary, .quiet)
    default:
      finding.witness.map { .init("Way in: \($0)") } ?? .init(finding.reason, .quiet)
    }
  }
}

/// The history for a terminal.
enum HistoryTable {
  /// Writes the entries in the order given.
  static func write(
    _ entries: [HistoryEntry], style: TerminalStyle, to output: inout ByteOutput
  ) throws {
    try table.write(entries.lazy.map(row), style: style, to: &output)
  }

  /// The columns.
  static let table = TextTable([
    .init("KNOWN"), .init("TEAM", isFlexible: true), .init("MEMBER", isWhole: true),
    .init("CHANGE"), .init("RUN", gives: 1),
  ])

  /// One entry.
  static func row(_ entry: HistoryEntry) -> TextTable.Row {
    TextTable.Row(
      [
        .init(TimestampText.minute(entry.knownAt)), .init(entry.team), .init(entry.email),
        .init(entry.kind.rawValue, entry.kind.tone), .init(String(entry.runID.prefix(8)), .quiet),
      ],
      notes: notes(on: entry))
  }

  private static func notes(on entry: HistoryEntry) -> [TextTable.Cell] {
    // What opened and ended says more than the list of findings before and after.
    var notes = entry.fields.filter { $0.name != "findings" }.map { TextTable.Cell($0.sentence) }
    let opened = entry.opened.kinds.map(\.rawValue).joined(separator: ", ")
    let resolved = entry.resolved.kinds.map(\.rawValue).joined(separator: ", ")
    if !opened.isEmpty { notes.append(.init("opened \(opened)", .bad)) }
    if !resolved.isEmpty { notes.append(.init("resolved \(resolved)", .good)) }
    return notes
  }

}

/// The runs for a terminal.
enum RunsTable {
  /// Writes the runs in the order given.
  static func write(_ runs: [RunRecord], style: TerminalStyle, to output: inout ByteOutput) throws {
    let table = TextTable([
      .init("RUN", isFlexible: true), .init("BEGAN"), .init("TOOK", .trailing), .init("OUTCOME"),
      .init("READ"), .init("MEMBERS"), .init("FINDINGS"),
    ])
    let rows = runs.lazy.map { run in
      TextTable.Row(
        [
          .init(run.id), .init(TimestampText.minute(run.startedAt)),
          .init(
            run.outcome == .running || run.outcome == .interrupted
              ? "–" : TimestampText.span(from: run.startedAt, to: run.finishedAt)),
          .init(run.outcome.rawValue, run.outcome.tone), read(run),
          .init("+\(run.changes.added) ~\(run.changes.changed) -\(run.changes.removed)"),
          .init("+\(run.changes.opened) -\(run.changes.resolved)"),
        ],
        notes: (run.reason.map { [.init($0, .bad)] } ?? []) + run.sources.flatMap(notes))
    }
    try table.write(rows, style: style, to: &output)
  }

  /// How the sources were read; nothing of a run that has not got that far, or asks none.
  private static func read(_ run: RunRecord) -> TextTable.Cell {
    guard run.outcome.isDone, run.outcome != .applied else { return .init("–") }
    return run.isComplete ? .init("complete", .good) : .init("incomplete", .warning)
  }

  private static func notes(on source: SourceReading) -> [TextTable.Cell] {
    let declared = source.declared.map { " of \($0) declared" } ?? ""
    var notes = [
      TextTable.Cell(
        "\(source.name) (\(source.kind)): \(source.fetched) read\(declared), "
          + "\(Count.text(source.requests, "request")), \(Count.text(source.bytes, "byte"))",
        .quiet)
    ]
    for issue in source.issues {
      notes.append(
        .init(
          "\(source.name): \(issue.message) \(issue.remedy)",
          issue.affects != .details ? .warning : .quiet))
    }
    return notes
  }
}

/// The messages in the outbox for a terminal.
enum AlertsTable {
  /// Writes the messages in the order given.
  static func write(
    _ messages: [AlertMessage], style: TerminalStyle, to output: inout ByteOutput
  ) throws {
    let table = TextTable([
      .init("MESSAGE", isFlexible: true), .init("CHANNEL"), .init("TEAM", isFlexible: true),
      .init("MADE"), .init("TRIES", .trailing), .init("STATE"),
    ])
    let rows = messages.lazy.map { message in
      let state: TextTable.Cell =
        if let delivered = message.deliveredAt {
          .init("delivered \(TimestampText.minute(delivered))", .good)
        } else {
          message.state == .givenUp
            ? .init("given up", .bad)
            : .init("waits until \(TimestampText.minute(message.nextAttemptAt))", .warning)
        }
      return TextTable.Row(
        [
          .init(message.id), .init(message.channel), .init(message.team),
          .init(TimestampText.minute(message.createdAt)), .init("\(message.attempts)"), state,
        ],
        notes: message.deliveredAt == nil
          ? message.lastError.map { [.init($0, .warning)] } ?? [] : [])
    }
    try table.write(rows, style: style, to: &output)
  }
}

extension Severity {
  /// The tone in which a severity is shown.
  var tone: Palette.Tone {
    switch self {
    case .critical, .high: .bad
    case .medium: .warning
    case .low: .plain
    }
  }
}

extension HistoryEntry.Kind {
  fileprivate var tone: Palette.Tone {
    switch self {
    case .added: .accent
    case .changed: .plain
    case .removed: .warning
    }
  }
}

extension RunRecord.Outcome {
  fileprivate var tone: Palette.Tone {
    switch self {
    case .committed, .applied, .rehearsed: .good
    case .held, .running: .warning
    case .failed, .interrupted: .bad
    }
  }
}
