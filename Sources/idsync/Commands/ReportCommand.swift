internal import ArgumentParser
internal import Foundation
internal import IdentityCore
internal import Reports
internal import Worker

/// `idsync report`: a report as a file.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write a report: html, csv, json, markdown or table.")

  /// The formats of reports.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case html, csv, json, markdown, table

    var report: ReportFormat {
      switch self {
      case .html: .html
      case .csv: .csv
      case .json: .json
      case .markdown: .markdown
      case .table: .table
      }
    }
  }

  @OptionGroup var common: CommonOptions

  @Option(name: .long, help: "html, csv, json, markdown or table.")
  var format: Format

  @Option(
    name: .shortAndLong, help: "The file to write, replaced as a whole; - for standard output.")
  var output: String

  @Option(name: .long, help: "Only this team.")
  var team: String?

  @Option(
    name: .long,
    help:
      "As the store knew it at the end of this day (UTC), or at this moment: 2026-06-30T12:00:00Z.")
  var asOf: String?

  func run() throws {
    let date = try asOf.map { text in
      guard let date = WrittenDate(text) else {
        throw ValidationError(
          "--as-of \"\(text)\" is no date: it wants one like 2026-06-30 or 2026-06-30T12:00:00Z")
      }
      return date
    }
    let worker = try common.worker()
    let filter = StatusFilter(team: team, asOf: try date.map { try worker.moment($0) })
    if output == "-" {
      try ReportWriter.write(worker.status(filter), as: format.report, to: Console.output)
    } else {
      try worker.writeReport(filter, as: format.report, to: output)
      if !common.quiet { Console.note("wrote \(output)") }
    }
  }
}
