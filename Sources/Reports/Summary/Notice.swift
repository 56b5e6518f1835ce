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
      notices += holding(report, tally)
      for source in run.sources { notices += source.issues.map { Notice($0, of: source) } }
      // The same may stand in the advice.
      let told = Set(report.advice.map(\.message))
      notices.removeAll { told.contains($0.message) }
    } else {
      notices.append(
        Notice(
          .warning, "No run has read the sources yet; there is nothing to rely on.",
          remedy: "Run idsync sync."))
    }
    notices += report.teams.filter { !$0.isRead }.map { team in
      Notice(
        .warning,
        "Team \(team.team) was never read to its end: who is on it is not known, so its members are not counted.",
        remedy: team.runID == nil
          ? "Run idsync sync."
          : "Mend what idsync runs says of its roster, or the name of the team, then run idsync sync."
      )
    }
    if tally.stale > 0, let oldest = tally.oldestStale {
      let age = TimestampText.span(from: oldest, to: report.generatedAt)
      notices.append(
        Notice(
          .warning,
          "The evidence of \(Count.text(tally.stale, "member")) is stale: \(tally.staleBySource > 0 ? "a source behind it failed" : "no run read it to its end") "
            + "since, and what was known then is shown, marked. The oldest was read "
            + "\(TimestampText.minute(oldest)), \(age) before this report.",
          remedy: tally.staleBySource > 0
            ? "Mend the source named here or in idsync runs, then run idsync sync."
            : "Run idsync sync; see that cron or the timer does."))
    }
    notices += report.warnings.map { Notice(.warning, $0.message, remedy: $0.remedy) }
    notices += report.advice.map { Notice(.note, $0.message, remedy: $0.remedy) }
    return notices.filter { $0.weight == .warning } + notices.filter { $0.weight == .note }
  }

  private static func outcome(of run: RunRecord) -> [Notice] {
    switch run.outcome {
    case .committed, .applied, .held, .running, .rehearsed: []
    case .failed:
      [
        Notice(
          .warning,
          "The last run failed; the figures are those before it."
            + (run.reason.map { " It said: \($0)" } ?? ""),
          remedy: "See idsync runs, then run idsync sync.")
      ]
    case .interrupted:
      [
        Notice(
          .warning,
          "The last run, of \(TimestampText.minute(run.startedAt)), was cut before its end; the figures are those before it.",
          remedy: "Run idsync sync.")
      ]
    }
  }

  /// What the guard holds, by which plan, and how it is carried out.
  private static func holding(_ report: StatusReport, _ tally: Tally) -> [Notice] {
    guard tally.held > 0 || report.run?.outcome == .held else { return [] }
    let plans = Set(report.heldPlans.values).sorted()
    let whom =
      tally.held > 0
      ? "The guard holds \(Count.text(tally.held, "member")) as they were: they"
      : "The guard holds a part of the last run: members who"
    let remedy =
      plans.isEmpty
      ? "Run idsync sync, which makes the plan anew."
      : plans.map { "See it with idsync plan \($0), carry it out with idsync apply \($0)." }
        .joined(separator: " ")
    return [
      Notice(
        .warning,
        "\(whom) would be gone, or look better without a reason"
          + (tally.held > 0 ? ", and are marked." : ", stay as they were and are marked."),
        remedy: remedy)
    ]
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
    // What was answered well is no reason, and what the message says with its own words is said.
    if let status = issue.status, !(200..<300).contains(status) {
      if !issue.message.contains("\(status)") { parts += ["status \(status)", issue.code] }
    } else {
      parts.append(issue.code)
    }
    parts.removeAll { issue.message.contains($0) }
    place = parts.joined(separator: ", ")
  }
}
