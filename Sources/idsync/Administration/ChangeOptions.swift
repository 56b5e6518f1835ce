internal import ArgumentParser
internal import IdentityCore
internal import Reports
internal import Worker

/// The options of every command that changes a team or an app.
struct ChangeOptions: ParsableArguments {
  @Flag(name: .long, help: "Show what would be done, and change nothing.")
  var dryRun = false

  @Flag(name: .shortAndLong, help: "Do not ask about what cannot be undone.")
  var yes = false

  @Option(
    name: .customLong("as"),
    help: "Act as this person on a local team, where `actors` in the configuration allows it.")
  var actingAs: String?

  @Flag(name: .long, help: "Write what was done as JSON on standard output.")
  var json = false

  /// Makes the change, tells of it, and writes what came of it.
  func run(
    _ request: AdministrationRequest, team: String?, _ common: CommonOptions
  ) async throws {
    let worker = try common.worker()
    let isQuiet = common.quiet
    let isSure = yes
    let result = try await worker.administer(
      request,
      AdministrationOptions(
        team: team, isDryRun: dryRun, actingAs: actingAs,
        confirm: { try Confirmation.ask($0, isSure: isSure) },
        tell: { if !isQuiet { ChangeProgress.show($0) } }))
    try write(result, isQuiet: isQuiet)
  }

  private func write(_ result: AdministrationResult, isQuiet: Bool) throws {
    if !isQuiet { for note in result.notes { Console.note(note) } }
    if json {
      var writer = JSONWriter(to: Console.output)
      writer.change(result)
      try writer.finish()
    } else if result.isDryRun {
      for step in result.steps {
        Console.line(InertText.make(Self.text(step.step), for: .terminal))
      }
      Console.line("Dry run: nothing was changed.")
    }
  }

  private static func text(_ step: AdministrationPlan.Step) -> String {
    step.isNeeded
      ? "\(step.text): \(step.before) → \(step.after)" : "\(step.text): nothing to change"
  }
}

/// Tells how a change goes on, in the way of the platform's own tool: `<text>... done` on standard error.
enum ChangeProgress {
  static func show(_ event: AdministrationEvent) {
    switch event {
    case .began(let text): Console.piece("\(text)... ")
    case .made: Console.note("done")
    case .notMade: Console.note("!")
    case .note(let text): Console.note(text)
    }
  }
}

/// Asks before something is done that is better thought about twice.
enum Confirmation {
  /// Whether to go on.
  ///
  /// - Throws: ``WorkerError`` with `.usage` when there is no terminal to ask on.
  static func ask(_ question: String, isSure: Bool) throws -> Bool {
    if isSure { return true }
    guard Console.canAsk else {
      throw WorkerError(
        .usage, "\(question) There is no terminal to ask on: say --yes. Nothing was changed.")
    }
    Console.piece("\(question) [y/N] ")
    // A signal ends the question too.
    while !Console.hasInput(within: .milliseconds(100)) { try Task.checkCancellation() }
    return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
  }
}

extension JSONWriter {
  /// Writes `idsync.change/1`.
  mutating func change(_ result: AdministrationResult) {
    object { json in
      json.field("schema", "idsync.change/1")
      json.field("team", result.team)
      json.field("source", result.source)
      json.field("actor", result.actor)
      json.key("dry_run")
      json.boolean(result.isDryRun)
      json.key("steps")
      json.array { json in
        for step in result.steps {
          json.object { json in
            json.field("text", step.step.text)
            json.field("email", step.step.change.email)
            json.field("app", step.step.change.app)
            json.field("before", step.step.before)
            json.field("after", step.after)
            json.field("outcome", step.outcome?.rawValue)
            json.field("request_id", step.requestID)
          }
        }
      }
      json.key("notes")
      json.strings(result.notes)
    }
  }
}
