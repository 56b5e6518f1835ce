internal import ArgumentParser
internal import IdentityCore
internal import Reports
internal import Worker

/// `idsync sync`: read, decide, store, report, alert.
struct SyncCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sync",
    abstract: "Read all sources, decide for every member, store, report and alert.")

  /// What makes the run end with another number than 0.
  enum FailOn: String, ExpressibleByArgument, CaseIterable { case gaps, incomplete }

  @OptionGroup var common: CommonOptions

  @Option(name: .long, help: "Only this team; may be given several times.")
  var team: [String] = []

  @Option(name: .long, help: "Only teams that rest on this source; may be given several times.")
  var source: [String] = []

  @Flag(name: .long, help: "Print the differences and change nothing.")
  var dryRun = false

  @Flag(name: .long, help: "Ask for everything anew instead of asking what changed.")
  var full = false

  @Option(
    name: .long, help: "End with 10 when gaps are open, with 20 when a source was incomplete.")
  var failOn: [FailOn] = []

  @Option(name: .long, help: "text or json.")
  var format: RunFormat = .text

  func run() async throws {
    let bars = common.bars
    let worker = try common.worker(bars)
    let options = SyncOptions(teams: team, sources: source, isDryRun: dryRun, isFull: full)
    let style = Console.style(common.environment)
    let changes = ChangePrinter(style: style, isJSON: format == .json)
    let result = try await worker.sync(options) { change in
      bars?.clear()
      try changes.print(change)
    }
    bars?.clear()
    switch format {
    case .text:
      if common.quiet, !dryRun {
        RunSummary.writeProblems(result)
      } else {
        try RunSummary.write(result, isDryRun: dryRun, style: style)
      }
    case .json: try RunSummary.writeJSON(result, changes: dryRun ? changes.collected : nil)
    }
    try Self.end(result, failOn)
  }

  /// Ends with the number the result calls for; the gravest comes first.
  static func end(_ result: SyncResult, _ failOn: [FailOn]) throws {
    if result.readNothing { throw ExitWith(status: .nothingRead) }
    if result.isHeld { throw ExitWith(status: .held) }
    if failOn.contains(.incomplete), !result.run.isComplete {
      throw ExitWith(status: .incomplete)
    }
    if failOn.contains(.gaps), result.gaps > 0 { throw ExitWith(status: .gaps) }
    if !result.reportProblems.isEmpty { throw ExitWith(status: .notPermitted) }
  }
}

/// How a run is told.
enum RunFormat: String, ExpressibleByArgument, CaseIterable { case text, json }
