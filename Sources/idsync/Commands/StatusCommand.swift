internal import ArgumentParser
internal import IdentityCore
internal import Reports
internal import Worker

/// `idsync status`: the members as they stand.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show every member with role, SSO, MFA and verdict.")

  /// The formats a terminal takes.
  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, csv, markdown }

  @OptionGroup var common: CommonOptions

  @Option(name: .long, help: "Only this team.")
  var team: String?

  @Option(
    name: .long,
    help: "Only this verdict: \(Verdict.allCases.map(\.rawValue).joined(separator: ", ")).",
    transform: { try choice($0) })
  var verdict: Verdict?

  @Option(
    name: .long,
    help:
      "Only members with this finding open: \(FindingKind.allCases.map(\.rawValue).joined(separator: ", ")).",
    transform: { try choice($0) })
  var finding: FindingKind?

  @Option(
    name: .long,
    help:
      "Only members counted so in the headline: \(Headcount.names.joined(separator: ", ")).",
    transform: { try word($0, of: Headcount.names) })
  var standing: String?

  @Option(name: .long, help: "table, json, csv or markdown.")
  var format: Format = .table

  func run() throws {
    let worker = try common.worker()
    let report = try worker.status(
      StatusFilter(team: team, verdict: verdict, finding: finding, standing: standing))
    let kind: ReportFormat =
      switch format {
      case .table: .table
      case .json: .json
      case .csv: .csv
      case .markdown: .markdown
      }
    try ReportWriter.write(
      report, as: kind, terminal: Console.style(common.environment), to: Console.output)
  }
}

/// `idsync explain`: everything behind one verdict.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show every door, rule and membership behind a verdict; the witness or the proof.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var listing: ListingOptions

  @Argument(help: "The member's address.")
  var email: String

  @Option(name: .long, help: "The team; needed when the member is on several.")
  var team: String?

  func run() throws {
    let worker = try common.worker()
    let explanation = try worker.explain(email: email, team: team)
    try listing.write(.explanation(explanation), common.environment)
  }
}

/// `idsync history`: what changed and when.
struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Show what changed and when it became known, and who tried to change what.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var listing: ListingOptions

  @Argument(help: "Only this member's changes.")
  var email: String?

  @Option(name: .long, help: "Only this team.")
  var team: String?

  @Option(name: .long, help: "At most so many entries, the newest.")
  var limit = 100

  func run() throws {
    let worker = try common.worker()
    let entries = try worker.history(email: email, team: team, limit: limit)
    let attempts = try worker.administrationHistory(email: email, team: team, limit: limit)
    try listing.write(.activity(entries, attempts), common.environment)
  }
}

/// `idsync runs`: what each run read.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "Show the runs, what each read and what went wrong.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var listing: ListingOptions

  @Argument(
    help: ArgumentHelp(
      "Only this run; the first characters of its id are enough.", valueName: "run"))
  var id: String?

  @Option(name: .long, help: "At most so many runs, the newest.")
  var limit = 20

  func run() throws {
    let worker = try common.worker()
    try listing.write(.runs(worker.runs(id: id, limit: limit)), common.environment)
  }
}
