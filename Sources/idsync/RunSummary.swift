internal import IdentityCore
internal import Reports
internal import Worker

/// Tells what a run came to.
enum RunSummary {
  /// For people: sources with what went wrong, teams, what changed, where it was written.
  static func write(
    _ result: SyncResult, isDryRun: Bool, style: TerminalStyle
  ) throws {
    let palette = style.palette
    try writeSources(result.run.sources, style)
    try writeOutcome(result, style)
    if isDryRun || result.heldPlan != nil || !result.reports.isEmpty
      || !result.alertProblems.isEmpty || !result.reportProblems.isEmpty
    {
      Console.line()
    }
    if isDryRun {
      Console.line(
        "Dry run: nothing was changed."
          + (result.isHeld ? " In earnest the guard would hold a part of it." : ""))
    }
    if let plan = result.heldPlan {
      Console.line(
        palette.paint("The guard holds a part of this run; the rest was stored.", .warning)
          + " See it: idsync plan \(plan)   Carry it out: idsync apply \(plan)")
    }
    writeRest(result, style)
  }

  /// For people: what carrying out a plan came to; no source is asked, so none is listed.
  static func writeApplied(_ result: SyncResult, plan: String, style: TerminalStyle) throws {
    Console.line("Plan \(plan) was carried out: \(text(result.run.changes)). No source was read.")
    for (team, counts) in result.applied.sorted(by: { $0.key < $1.key }) {
      Console.line("\(inert(team))  \(text(counts))")
    }
    try writeOutcome(result, style)
    if !result.reports.isEmpty || !result.alertProblems.isEmpty || !result.reportProblems.isEmpty {
      Console.line()
    }
    writeRest(result, style)
  }

  private static func text(_ counts: ChangeCounts) -> String {
    text([(counts.added, "added"), (counts.changed, "changed"), (counts.removed, "removed")])
  }

  /// The teams and the headline.
  private static func writeOutcome(_ result: SyncResult, _ style: TerminalStyle) throws {
    if !result.outcomes.isEmpty {
      Console.line()
      try writeTeams(result, style)
    }
    guard !result.headcounts.isEmpty else { return }
    let all = result.headcounts.reduce(into: Headcount()) { $0.add($1.headcount) }
    Console.line()
    let tone: Palette.Tone =
      all.oneFactor > 0 ? .bad : all.gaps > 0 || !all.unread.isEmpty ? .warning : .good
    for line in TerminalText.lines(all.sentence, style) {
      Console.line(style.palette.paint(line, tone))
    }
    if !all.details.isEmpty {
      TerminalText.lines(all.details.joined(separator: " "), style).forEach { Console.line($0) }
    }
  }

  private static func writeRest(_ result: SyncResult, _ style: TerminalStyle) {
    let palette = style.palette
    let told = Set(result.run.sources.flatMap(\.issues).map(\.message))
    for advice in result.advice where !told.contains(advice.message) {
      var lines = TerminalText.lines("\(advice.message) \(advice.remedy)", style, indent: 8)
      lines[0] = "\(palette.paint("config", .warning))  \(lines[0].dropFirst(8))"
      lines.forEach { Console.line($0) }
    }
    for path in result.reports { Console.line("report  \(inert(path))") }
    for problem in result.reportProblems {
      Console.line("\(palette.paint("report", .warning))  \(inert(problem))")
    }
    for problem in result.alertProblems {
      Console.line("\(palette.paint("alert", .warning))  \(inert(problem))")
    }
  }

  /// What somebody has to look at, on standard error; nothing when all went well.
  ///
  /// For runs from cron, which mails what is printed.
  static func writeProblems(_ result: SyncResult) {
    for source in result.run.sources {
      for issue in source.issues where issue.affects != .details {
        let remedy = issue.remedy.isEmpty ? "" : "\n  → \(issue.remedy)"
        Console.error(
          "\(source.name) was not read to its end: \(issue.told)\(remedy)")
      }
    }
    if let plan = result.heldPlan {
      Console.error(
        "the guard holds a part of this run; the rest was stored. See it: idsync plan \(plan)")
    }
    for team in result.unread {
      Console.error("team \(team) was never read: who is on it is not known")
    }
    for problem in result.reportProblems { Console.error("report: \(problem)") }
    for problem in result.alertProblems { Console.error("alert: \(problem)") }
  }

  /// The sources and channels that could not be set up for want of a setting or a secret, on standard error.
  static func writeMisconfigured(_ result: SyncResult) {
    for source in result.run.sources {
      for issue in source.issues where issue.isMisconfiguration {
        Console.error("sources.\(source.name): \(issue.message)")
      }
    }
    for problem in result.misconfiguredChannels { Console.error("alerts.\(problem)") }
  }

  /// For programs: `idsync.sync/1`.
  static func writeJSON(
    _ result: SyncResult, changes: [MemberChange]?
  ) throws {
    let headcounts = result.headcounts
    var json = JSONWriter(to: Console.output)
    try json.object { json in
      json.field("schema", "idsync.sync/1")
      json.key("run")
      json.run(result.run)
      json.field("outcome", result.run.outcome.rawValue)
      json.field("dry_run", result.run.outcome == .rehearsed)
      json.field("held", result.isHeld)
      json.field("held_plan", result.heldPlan)
      json.field("gaps", result.gaps)
      if !headcounts.isEmpty {
        let all = headcounts.reduce(into: Headcount()) { $0.add($1.headcount) }
        json.key("headcount")
        json.headcount(all)
        json.field("headline", all.sentence)
      }
      json.key("teams")
      try json.array { json in
        for team in result.outcomes {
          json.object { json in
            json.field("team", team.team)
            json.field("read", !result.unread.contains(team.team))
            json.field("gaps", team.gaps)
            json.field("added", team.counts.added)
            json.field("changed", team.counts.changed)
            json.field("removed", team.counts.removed)
            json.field("opened", team.counts.opened)
            json.field("resolved", team.counts.resolved)
            if let found = headcounts.first(where: { $0.team == team.team }) {
              json.key("headcount")
              json.headcount(found.headcount)
            }
          }
          try json.drain()
        }
      }
      if let changes {
        json.key("changes")
        try json.array { json in for change in changes { try json.change(change) } }
      }
      json.key("report_problems")
      json.strings(result.reportProblems)
      json.key("alert_problems")
      json.strings(result.alertProblems)
    }
    try json.finish()
  }

  private static func writeSources(_ sources: [SourceReading], _ style: TerminalStyle) throws {
    let table = TextTable([
      .init("SOURCE", isFlexible: true), .init("READ"), .init("ROWS", .trailing),
      .init("REQUESTS", .trailing),
    ])
    let rows = sources.map { source in
      TextTable.Row(
        [
          .init(source.name),
          source.isComplete ? .init("to the end", .good) : .init("incomplete", .bad),
          .init(source.declared.map { "\(source.fetched) of \($0)" } ?? "\(source.fetched)"),
          .init("\(source.requests)"),
        ], notes: source.issues.flatMap(notes))
    }
    try table.write(rows, style: style, to: Console.output)
  }

  private static func notes(_ issue: SourceIssue) -> [TextTable.Cell] {
    let message = TextTable.Cell(
      issue.told, issue.affects != .details ? .bad : .warning)
    return issue.remedy.isEmpty ? [message] : [message, .init("→ \(issue.remedy)")]
  }

  private static func writeTeams(_ result: SyncResult, _ style: TerminalStyle) throws {
    let table = TextTable([
      .init("TEAM", isFlexible: true), .init("GAPS", .trailing), .init("MEMBERS"),
      .init("FINDINGS"),
    ])
    let rows = result.outcomes.map { team in
      let counts = team.counts
      let isUnread = result.unread.contains(team.team)
      let isNew = result.withoutMembers.contains(team.team) && counts.removed == 0
      let gaps = TextTable.Cell("\(team.gaps)", team.gaps == 0 ? .good : .bad)
      return TextTable.Row([
        .init(team.team, .strong),
        isUnread && team.gaps == 0 ? .init("not read", .bad) : gaps,
        isUnread && counts == ChangeCounts()
          ? .init("not known", .bad)
          : .init(isNew ? "no members yet" : text(counts)),
        .init(text([(counts.opened, "opened"), (counts.resolved, "resolved")])),
      ])
    }
    try table.write(rows, style: style, to: Console.output)
  }

  /// `30 added, 2 changed`, or that there is none of it.
  private static func text(_ counts: [(Int, String)]) -> String {
    let parts = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    return parts.isEmpty ? "as before" : parts.joined(separator: ", ")
  }

  private static func inert(_ text: String) -> String { InertText.make(text, for: .terminal) }
}

extension SourceIssue {
  /// The message with its page, which most messages name already.
  fileprivate var told: String {
    guard let page, !message.contains("page \(page)") else { return message }
    return message + " (page \(page))"
  }
}
