import IdentityCore

/// What an auditor asks of a report made by the audited: what it was drawn from, when, and whether that is all.
enum Provenance {
  /// One fact about the making of a report.
  struct Fact {
    /// What it is, as a label.
    let name: String
    /// The fact.
    let value: String
  }

  /// The facts, in a fixed order.
  static func facts(of report: StatusReport, _ tally: Tally) -> [Fact] {
    var facts = [Fact(name: "Report made", value: TimestampText.rfc3339(report.generatedAt))]
    facts.append(Fact(name: "Made by", value: "idsync \(report.toolVersion)"))
    if let run = report.run {
      facts.append(Fact(name: "Run", value: run.id))
      facts.append(
        Fact(
          name: "Run began and ended",
          value: "\(TimestampText.rfc3339(run.startedAt)), \(TimestampText.rfc3339(run.finishedAt))"
        ))
      facts.append(Fact(name: "Run outcome", value: run.outcome.rawValue))
      facts.append(Fact(name: "Completeness", value: completeness(of: run)))
    } else {
      facts.append(Fact(name: "Run", value: "none yet"))
    }
    facts.append(
      Fact(
        name: "Filters",
        value: report.filters.isEmpty
          ? "none: every member record held is listed" : report.filters.joined(separator: "; ")))
    facts.append(
      Fact(name: "Member records listed", value: Count.text(tally.members, "record")))
    if let oldest = tally.oldest, let newest = tally.newest {
      facts.append(
        Fact(
          name: "Oldest and newest evidence",
          value: "\(TimestampText.rfc3339(oldest)), \(TimestampText.rfc3339(newest))"))
    }
    return facts
  }

  private static func completeness(of run: RunRecord) -> String {
    let partial = run.sources.filter { !$0.isComplete }.map(\.name)
    let all = Count.text(run.sources.count, "source")
    return partial.isEmpty
      ? "complete: \(all) read to the declared end"
      : "incomplete: \(partial.count) of \(all) not read to the end (\(partial.joined(separator: ", ")))"
  }
}
