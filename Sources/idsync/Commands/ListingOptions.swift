internal import ArgumentParser
internal import Foundation
internal import IdentityCore
internal import Reports

/// How a listing without report formats is shown.
enum ListingFormat: String, ExpressibleByArgument, CaseIterable { case table, json }

extension Verdict: @retroactive ExpressibleByArgument {}
extension FindingKind: @retroactive ExpressibleByArgument {}

/// A listing on standard output.
struct ListingOptions: ParsableArguments {
  @Option(name: .long, help: "table or json.")
  var format: ListingFormat = .table

  /// Writes a listing in the chosen format.
  func write(_ listing: Listing, _ environment: [String: String]) throws {
    switch format {
    case .table:
      try ListingWriter.writeTable(
        listing, terminal: Console.style(environment), to: Console.output)
    case .json: try ListingWriter.writeJSON(listing, to: Console.output)
    }
  }
}
