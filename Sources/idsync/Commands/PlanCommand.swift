internal import ArgumentParser
internal import IdentityCore
internal import Reports
internal import Worker

/// `idsync plan`: what a run held by the guard would change.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Show what a run held by the guard would change.")

  @OptionGroup var common: CommonOptions

  @Argument(help: "The plan; without it, the newest one.")
  var plan: String?

  @Option(name: .long, help: "text or json.")
  var format: RunFormat = .text

  func run() throws {
    let worker = try common.worker()
    let style = Console.style(common.environment)
    guard let held = try worker.heldPlan(plan) else {
      switch format {
      case .text: Console.line("No run is held.")
      case .json: Console.line(#"{"schema": "idsync.plan/1", "plan": null}"#)
      }
      return
    }
    switch format {
    case .text:
      Console.line(
        "Plan \(held.id) of \(held.createdAt.text)"
          + (held.isCurrent ? "" : " (the state has moved since: it can no longer be applied)"))
      let printer = ChangePrinter(style: style, isJSON: false)
      try worker.changes(ofPlan: held.id) { try printer.print($0) }
      if held.isCurrent { Console.line("Carry it out: idsync apply \(held.id)") }
    case .json:
      var json = JSONWriter(to: Console.output)
      try json.object { json in
        json.field("schema", "idsync.plan/1")
        json.field("plan", held.id)
        json.field("created_at", held.createdAt)
        json.field("current", held.isCurrent)
        json.key("changes")
        var inner = json
        try json.array { json in
          inner = json
          try worker.changes(ofPlan: held.id) { try inner.change($0) }
          json = inner
        }
      }
      try json.finish()
    }
  }
}

/// `idsync apply`: carry out a held plan, exactly.
struct ApplyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract:
      "Carry out exactly what a held plan shows; reads no source, and refuses when the members in the store changed since."
  )

  @OptionGroup var common: CommonOptions

  @Argument(help: "The plan, as `idsync plan` names it.")
  var plan: String

  func run() async throws {
    let worker = try common.worker()
    let result = try await worker.apply(plan: plan)
    if !common.quiet {
      try RunSummary.writeApplied(result, plan: plan, style: Console.style(common.environment))
    }
  }
}
