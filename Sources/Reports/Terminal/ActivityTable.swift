import IdentityCore

/// What runs found and what people did, in one table, newest first.
enum ActivityTable {
  /// Writes both, each given newest first.
  static func write(
    _ entries: [HistoryEntry], _ attempts: [AdministrationEntry], style: TerminalStyle,
    to output: inout ByteOutput
  ) throws {
    var rows: [TextTable.Row] = []
    rows.reserveCapacity(entries.count + attempts.count)
    var rest = attempts[...]
    for entry in entries {
      while let attempt = rest.first, attempt.at >= entry.knownAt {
        rows.append(row(attempt))
        rest = rest.dropFirst()
      }
      rows.append(HistoryTable.row(entry))
    }
    rows += rest.map(row)
    try HistoryTable.table.write(rows, style: style, to: &output)
  }

  private static func row(_ attempt: AdministrationEntry) -> TextTable.Row {
    let subject = [attempt.email, attempt.app.map { "⬢ \($0)" }]
      .compactMap { $0 }.filter { !$0.isEmpty }
    return TextTable.Row(
      [
        .init(TimestampText.minute(attempt.at)), .init(attempt.team),
        .init(subject.isEmpty ? "the team" : subject.joined(separator: " on ")),
        .init("\(attempt.command): \(attempt.outcome.rawValue)", attempt.outcome.tone),
        .init("–", .quiet),
      ],
      notes: notes(on: attempt))
  }

  private static func notes(on attempt: AdministrationEntry) -> [TextTable.Cell] {
    let change =
      attempt.before.isEmpty && attempt.after.isEmpty
      ? "" : ": \(word(attempt.before)) → \(word(attempt.after))"
    let request = attempt.requestID.map { ", request \($0)" } ?? ""
    var notes = [TextTable.Cell("by \(attempt.actor)\(change)\(request)")]
    if !attempt.detail.isEmpty { notes.append(.init(attempt.detail, attempt.outcome.tone)) }
    return notes
  }

  private static func word(_ value: String) -> String { value.isEmpty ? "not known" : value }
}

extension AdministrationEntry.Outcome {
  fileprivate var tone: Palette.Tone {
    switch self {
    case .done: .good
    case .unchanged: .quiet
    case .refused, .unknown: .warning
    case .failed: .bad
    }
  }
}
