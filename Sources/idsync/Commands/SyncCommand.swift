internal import ArgumentParser
internal import Foundation
internal import IdentityCore
internal import Reports
internal import Worker

/// `idsync sync`: read, decide, store, report, alert.
struct SyncCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sync",
    abstract: "Read all sources, decide for every member, store, report and alert.")

  /// What makes the run end with another number than 0.
  enum FailOn: String, CaseIterable { case gaps, incomplete, alerts }

  /// One or several of them, as one option gives them: `gaps,incomplete`.
  struct FailOnList: ExpressibleByArgument {
    var words: [FailOn]

    init?(argument: String) {
      let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
      words = parts.compactMap { FailOn(rawValue: $0.trimmingCharacters(in: .whitespaces)) }
      guard words.count == parts.count else { return nil }
    }

    static var allValueStrings: [String] { FailOn.allCases.map(\.rawValue) }
  }

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
    name: .long,
    help: """
      gaps: end with 10 when there are gaps, and with 20 when a team was never read; incomplete: with 20 when a source was \
      not read to its end; alerts: with 40 when a channel could not be told. Several times, or with commas between.
      """)
  var failOn: [FailOnList] = []

  @Option(name: .long, help: "text or json.")
  var format: RunFormat = .text

  func run() async throws {
    let bars = common.bars
    let worker = try common.worker(bars)
    // Told once: the run that makes the store is the one that decides whose it is.
    let isFirst = !dryRun && !common.quiet && Console.isRoot && !worker.hasStore
    let options = SyncOptions(teams: team, sources: source, isDryRun: dryRun, isFull: full)
    let style = Console.style(common.environment)
    let changes = ChangePrinter(style: style, isJSON: format == .json)
    let result = try await worker.sync(options) { change in
      bars?.clear()
      try changes.print(change)
    }
    bars?.clear()
    if isFirst {
      Console.note(
        "idsync runs as root, which it need not: give it a user of its own, to whom \(worker.storePath) belongs."
      )
    }
    let isQuiet = common.quiet && !dryRun && format == .text
    switch format {
    case .text:
      if isQuiet {
        RunSummary.writeProblems(result)
      } else {
        try RunSummary.write(result, isDryRun: dryRun, style: style)
      }
    case .json:
      try RunSummary.writeJSON(result, changes: dryRun ? changes.collected : nil)
    }
    if !isQuiet { RunSummary.writeMisconfigured(result) }
    let words = Set(failOn.flatMap(\.words))
    var isUntold = false
    if words.contains(.alerts), !dryRun {
      isUntold = try !result.alertProblems.isEmpty || worker.hasUntoldAlerts()
    }
    try Self.end(result, words, isUntold: isUntold)
  }

  /// Ends with the number the result calls for; the gravest comes first.
  static func end(_ result: SyncResult, _ failOn: Set<FailOn>, isUntold: Bool) throws {
    // A source without its secret was told like one that fails; that it is a matter of configuration is told by the number.
    if result.isMisconfigured { throw ExitWith(status: .configuration) }
    if result.readNothing { throw ExitWith(status: .nothingRead) }
    if result.isHeld { throw ExitWith(status: .held) }
    let isIncomplete = !result.run.isComplete || !result.unread.isEmpty
    // Of a team that was never read nobody knows whether it has gaps: that is no pass.
    if failOn.contains(.incomplete) && isIncomplete
      || failOn.contains(.gaps) && !result.unread.isEmpty
    {
      throw ExitWith(status: .incomplete)
    }
    if isUntold { throw ExitWith(status: .untold) }
    if failOn.contains(.gaps), result.gaps > 0 { throw ExitWith(status: .gaps) }
    if let code = result.reportProblemCode { throw ExitWith(status: ExitStatus(code)) }
  }
}

/// How a run is told.
enum RunFormat: String, ExpressibleByArgument, CaseIterable { case text, json }
