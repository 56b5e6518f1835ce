internal import ArgumentParser
internal import Foundation
internal import IdentityCore
internal import Reports
internal import Worker

/// `idsync members apply`.
struct MembersApplyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Apply a CSV file of changes: the plan is shown, and exactly that is carried out.",
    discussion: """
      Columns: email, role; where wanted team and action (add, set, remove). A row that a rule stands against stops all \
      of it. Once begun, a row that fails does not stop the others; repeating the command does what is left.
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var change: ChangeOptions

  @Argument(help: "The file; - for standard input.", completion: .file(extensions: ["csv"]))
  var file: String

  @Option(
    name: .shortAndLong, help: "The team of rows that name none.", completion: Completions.teams)
  var team: String?

  func run() async throws {
    let worker = try common.worker()
    let isQuiet = common.quiet
    let isSure = change.yes
    let style = Console.style(common.environment)
    let showsPlan = !change.json
    let result = try await worker.applyBatch(
      try read(),
      AdministrationOptions(
        team: team, isDryRun: change.dryRun, actingAs: change.actingAs,
        confirm: { try Confirmation.ask($0, isSure: isSure) },
        tell: { if !isQuiet { ChangeProgress.show($0) } })
    ) { plan in
      if showsPlan { for item in plan.items { Console.line(Self.text(item, style)) } }
    }
    try write(result)
    if let problem = result.problem { throw ExitWith(status: ExitStatus(problem.code)) }
  }

  private func read() throws -> String {
    let data =
      file == "-"
      ? Self.standardInput
      : FileManager.default.contents(atPath: file)
    guard let data, data.count <= 16 << 20 else {
      throw WorkerError(.badInput, "The file \(file) cannot be read, or is larger than 16 MiB.")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw WorkerError(.badInput, "The file \(file) is not UTF-8.")
    }
    return text
  }

  /// All of standard input; nil when it cannot be read.
  private static var standardInput: Data? {
    do {
      return try FileHandle.standardInput.readToEnd() ?? Data()
    } catch {
      return nil
    }
  }

  private static func text(_ item: BatchPlan.Item, _ style: TerminalStyle) -> String {
    let step = item.step
    let email = InertText.make(step.change.email ?? "", for: .terminal)
    let team = InertText.make(item.row.team, for: .terminal)
    let mark: String
    if !step.isNeeded {
      mark = style.palette.paint("=", .quiet)
    } else if step.before == "none" {
      mark = style.palette.paint("+", .good)
    } else if step.after == "none" {
      mark = style.palette.paint("-", .bad)
    } else {
      mark = style.palette.paint("~", .warning)
    }
    return "\(mark) \(team)  \(email)  \(step.before) → \(step.after)"
  }

  private func write(_ result: BatchResult) throws {
    if change.json {
      var json = JSONWriter(to: Console.output)
      try json.object { json in
        json.field("schema", "idsync.batch/1")
        json.key("dry_run")
        json.boolean(result.isDryRun)
        json.key("rows")
        try json.array { json in
          for item in result.items {
            json.object { json in
              json.key("line")
              json.integer(item.item.row.line)
              json.field("team", item.item.row.team)
              json.field("email", item.item.step.change.email)
              json.field("before", item.item.step.before)
              json.field("after", item.item.step.after)
              json.field("outcome", item.outcome?.rawValue)
              json.field("problem", item.problem?.description)
            }
            try json.drain()
          }
        }
      }
      try json.finish()
      return
    }
    if result.isDryRun {
      Console.line("Dry run: nothing was changed.")
      return
    }
    func count(_ outcome: AdministrationEntry.Outcome) -> Int {
      result.items.count { $0.outcome == outcome }
    }
    Console.line(
      "\(count(.done)) done, \(count(.unchanged)) unchanged, \(count(.failed)) failed"
        + (result.problem == nil ? "" : "; what was done is in the history, repeat for the rest"))
  }
}
