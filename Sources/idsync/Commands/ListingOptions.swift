internal import ArgumentParser
internal import Foundation
internal import IdentityCore
internal import Reports
internal import Worker

/// How a listing without report formats is shown.
enum ListingFormat: String, ExpressibleByArgument, CaseIterable { case table, json }

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

/// Reads one of the words of a public vocabulary.
func choice<T: RawRepresentable & CaseIterable>(_ text: String) throws -> T
where T.RawValue == String {
  guard let value = T(rawValue: try word(text, of: T.allCases.map(\.rawValue))) else {
    throw ValidationError("expected one of: \(T.allCases.map(\.rawValue).joined(separator: ", "))")
  }
  return value
}

/// Checks one of some words.
///
/// - Throws: `ValidationError` with the nearest right word.
func word(_ text: String, of words: [String]) throws -> String {
  guard words.contains(text) else {
    let nearest = Nearest.word(to: text, in: words).map { " Did you mean \($0)?" } ?? ""
    throw ValidationError("expected one of: \(words.joined(separator: ", ")).\(nearest)")
  }
  return text
}
