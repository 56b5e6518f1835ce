internal import IdentityCore
internal import Reports
internal import Worker

/// Tells what a run came to.
enum RunSummary {
  /// For people: sources with what went wrong, teams, what changed, where it was written.
  static func write(_ result: SyncResult, isDryRun: Bool, style: TerminalStyle) throws {
    let palette = style.palette
    for source in result.run.sources {
      let state =
        source.isComplete
        ? palette.paint("complete", .good) : palette.paint("incomplete", .bad)
      let declared = source.declared.map { " of \($0)" } ?? ""
      Console.line(
        "\(inert(source.name))  \(state)  \(source.fetched)\(declared) read in \(source.requests) requests"
      )
      for issue in source.issues {
        let tone: Palette.Tone = issue.affects == .verdicts ? .bad : .warning
        let page = issue.page.map { " (page \($0))" } ?? ""
        Console.line("  \(palette.paint("•", tone)) \(inert(issue.message))\(page)")
        if !issue.remedy.isEmpty { Console.line("    → \(inert(issue.remedy))") }
      }
    }
    for team in result.outcomes {
      let gaps = palette.paint(
        "\(team.gaps) \(team.gaps == 1 ? "gap" : "gaps")", team.gaps == 0 ? .good : .bad)
      Console.line(
        "\(palette.paint(inert(team.team), .strong))  \(gaps) open; \(text(team.counts))")
    }
    if isDryRun { Console.line("Dry run: nothing was changed.") }
    if let plan = result.heldPlan {
      Console.line(
        palette.paint("Held by the guard, nothing was changed.", .warning)
          + " See it: idsync plan \(plan)   Carry it out: idsync apply \(plan)")
    }
    for path in result.reports { Console.line("report  \(inert(path))") }
    for problem in result.alertProblems {
      Console.line("\(palette.paint("alert", .warning))  \(inert(problem))")
    }
  }

  /// For programs: `idsync.sync/1`.
  static func writeJSON(_ result: SyncResult, changes: [MemberChange]?) throws {
    var json = JSONWriter(to: Console.output)
    try json.object { json in
      json.field("schema", "idsync.sync/1")
      json.key("run")
      json.run(result.run)
      json.field("outcome", result.run.outcome.rawValue)
      json.field("held_plan", result.heldPlan)
      json.field("gaps", result.gaps)
      json.key("teams")
      try json.array { json in
        for team in result.outcomes {
          try json.object { json in
            json.field("team", team.team)
            json.field("gaps", team.gaps)
            json.field("added", team.counts.added)
            json.field("changed", team.counts.changed)
            json.field("removed", team.counts.removed)
            json.field("opened", team.counts.opened)
            json.field("resolved", team.counts.resolved)
          }
          try json.drain()
        }
      }
      if let changes {
        json.key("changes")
        try json.array { json in for change in changes { try json.change(change) } }
      }
      json.key("alert_problems")
      json.strings(result.alertProblems)
    }
    try json.finish()
  }

  private static func text(_ counts: ChangeCounts) -> String {
    let parts = [
      (counts.added, "added"), (counts.changed, "changed"), (counts.removed, "removed"),
      (counts.opened, "findings opened"), (counts.resolved, "resolved"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    return parts.isEmpty ? "nothing changed" : parts.joined(separator: ", ")
  }

  private static func inert(_ text: String) -> String { InertText.make(text, for: .terminal) }
}
