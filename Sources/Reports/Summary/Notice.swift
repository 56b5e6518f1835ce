import IdentityCore

/// Something a reader must know before trusting the figures.
struct Notice {
  /// How much it matters.
  enum Weight { case warning, note }

  /// How much it matters.
  let weight: Weight
  /// The source it is about, if it is about one.
  let source: String?
  /// What is the matter, one sentence.
  let message: String
  /// What to do about it; may be empty.
  let remedy: String
  /// The call, page and status, as far as known; may be empty.
  let place: String

  /// Everything a reader of a report must know, warnings first.
  static func all(of report: StatusReport, _ tally: Tally) -> [Notice] {
    var notices: [Notice] = []
    if let run = report.run {
      notices += outcome(of: run)
      for source in run.sources { notices += source.issues.map { Notice($0, of: source) } }
    } else {
      notices.append(
        Notice(
          .warning, "No run has read the sources yet; there is nothing to rely on.",
          remedy: "Run idsync sync."))
    }
    if tally.stale > 0, let oldest = tally.oldestStale {
      let age = TimestampText.span(from: oldest, to: report.generatedAt)
      notices.append(
        Notice(
          .warning,
          "The evidence of \(Count.text(tally.stale, "member")) is stale: a source behind it failed "
            + "since, and what was known then is shown, marked. The oldest was read "
            + "\(TimestampText.minute(oldest)), \(age) before this report.",
          remedy: "Mend the source named here or in idsync runs, then run idsync sync."))
    }
    return notices.filter { $0.weight == .warning } + notices.filter { $0.weight == .note }
  }

  private static func outcome(of run: RunRecord) -> [Notice] {
    switch run.outcome {
    case .committed, .applied: []
    case .held:
      [
        Notice(
          .warning,
          "The guard held the last run because it would have changed too much; the figures are "
            + "those before it.",
          remedy: "See idsync plan, then idsync apply.")
      ]
    case .failed:
      [
        Notice(
          .warning, "The last run failed; the figures are those before it.",
          remedy: "See idsync runs, then run idsync sync.")
      ]
    }
  }

  private init(_ weight: Weight, _ message: String, remedy: String) {
    self.weight = weight
    source = nil
    self.message = message
    self.remedy = remedy
    place = ""
  }

  private init(_ issue: SourceIssue, of reading: SourceReading) {
    weight = issue.affects != .details ? .warning : .note
    source = reading.name
    message = issue.message
    remedy = issue.remedy
    // A call is told as a path template; the message names what it was about.
    var parts = issue.call.isEmpty || issue.call.contains("{") ? [] : [issue.call]
    if let page = issue.page { parts.append("page \(page)") }
    if let status = issue.status { parts.append("status \(status)") }
    parts.append(issue.code)
    place = parts.joined(separator: ", ")
  }
}
