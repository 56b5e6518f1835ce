internal import ArgumentParser
internal import Foundation
internal import IdentityCore
internal import Reports
internal import Worker

/// `idsync report`: a report as a file.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write a report: html, csv, json, markdown or table.")

  @OptionGroup var common: CommonOptions

  @Option(name: .long, help: "html, csv, json, markdown or table.")
  var format: ReportFormat

  @Option(
    name: .shortAndLong, help: "The file to write, replaced as a whole; - for standard output.")
  var output: String

  @Option(name: .long, help: "Only this team.")
  var team: String?

  @Option(
    name: .long, help: "As the store knew it at this moment: 2026-06-30 or 2026-06-30T12:00:00Z.")
  var asOf: String?

  func run() throws {
    let moment = try asOf.map { text in
      guard let moment = Timestamp(text) else {
        throw ValidationError("--as-of wants a date like 2026-06-30 or 2026-06-30T12:00:00Z")
      }
      return moment
    }
    let worker = try common.worker()
    let filter = StatusFilter(team: team, asOf: moment)
    if output == "-" {
      try ReportWriter.write(worker.status(filter), as: format, to: Console.output)
    } else {
      try worker.writeReport(filter, as: format, to: output)
      if !common.quiet { Console.note("wrote \(output)") }
    }
  }
}

extension ReportFormat: @retroactive ExpressibleByArgument {}
