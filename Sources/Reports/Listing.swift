public import IdentityCore

/// What the listings other than the status show.
public enum Listing: Sendable {
  /// Findings, open or resolved.
  case findings([Finding])
  /// The history, newest first or last: the order is kept.
  case history([HistoryEntry])
  /// The history together with the attempts to change teams, each newest first.
  case activity([HistoryEntry], [AdministrationEntry])
  /// The runs; the order is kept.
  case runs([RunRecord])
  /// The messages in the outbox; the order is kept.
  case alerts([AlertMessage])
  /// All that is behind one member's verdict.
  case explanation(Explanation)
}

/// All that is behind one member's verdict.
public struct Explanation: Sendable {
  /// The member.
  public var status: MemberStatus
  /// The member's open findings.
  public var findings: [Finding]
  /// The run that last read the sources; nil before the first.
  public var run: RunRecord?
  /// The plan that holds the member's team; nil when there is none that can be carried out.
  public var heldPlan: String?
  /// When the page was made.
  public var generatedAt: Timestamp

  /// Makes an explanation.
  public init(
    status: MemberStatus, findings: [Finding], run: RunRecord?, heldPlan: String? = nil,
    generatedAt: Timestamp
  ) {
    self.status = status
    self.findings = findings
    self.run = run
    self.heldPlan = heldPlan
    self.generatedAt = generatedAt
  }
}

/// Writes a listing as text for people or as JSON.
public enum ListingWriter {
  /// Writes a listing for a terminal.
  ///
  /// - Throws: what the sink throws.
  public static func writeTable(
    _ listing: Listing, terminal: TerminalStyle = .plain, to sink: @escaping ByteSink
  ) throws {
    var output = ByteOutput(to: sink)
    if let sentence = listing.emptySentence {
      var page = TextPage(terminal)
      page.text(sentence, .quiet)
      page.write(to: &output)
      try output.finish()
      return
    }
    switch listing {
    case .findings(let findings):
      try FindingsTable.write(findings, style: terminal, to: &output)
    case .history(let entries):
      try HistoryTable.write(entries, style: terminal, to: &output)
    case .activity(let entries, let attempts):
      try ActivityTable.write(entries, attempts, style: terminal, to: &output)
    case .runs(let runs):
      try RunsTable.write(runs, style: terminal, to: &output)
    case .alerts(let messages):
      try AlertsTable.write(messages, style: terminal, to: &output)
    case .explanation(let explanation):
      try ExplainPage(explanation, style: terminal).write(to: &output)
    }
    try output.finish()
  }

  /// Writes a listing as JSON, with a `schema` first: `idsync.findings/1` and so on.
  ///
  /// - Throws: what the sink throws.
  public static func writeJSON(_ listing: Listing, to sink: @escaping ByteSink) throws {
    var json = JSONWriter(to: sink)
    switch listing {
    case .findings(let findings): try json.listing(of: findings)
    case .history(let entries): try json.listing(of: entries)
    case .activity(let entries, let attempts): try json.listing(of: entries, attempts)
    case .runs(let runs): try json.listing(of: runs)
    case .alerts(let messages): try json.listing(of: messages)
    case .explanation(let explanation): try json.explanation(explanation)
    }
    try json.finish()
  }
}

extension Listing {
  /// What is said instead of a table without rows.
  fileprivate var emptySentence: String? {
    switch self {
    case .findings(let findings): findings.isEmpty ? "There are no findings." : nil
    case .history(let entries): entries.isEmpty ? "Nothing is known to have changed." : nil
    case .activity(let entries, let attempts):
      entries.isEmpty && attempts.isEmpty ? "Nothing is known to have changed." : nil
    case .runs(let runs): runs.isEmpty ? "There was no run yet." : nil
    case .alerts(let messages): messages.isEmpty ? "No message is waiting." : nil
    case .explanation: nil
    }
  }
}
