internal import Yams

/// The words for a value that does not fit: what was expected, what stands there, and what was meant perhaps.
enum WrongValue {
  /// `expected a duration such as 72h, not "48"; did you mean "48h"?`.
  ///
  /// - Parameter shown: what stands in the file, as ``show(_:)`` has it; nil where it may be a secret.
  static func text(expected: String, shown: String?, known: [String] = [], typed: String? = nil)
    -> String
  {
    "expected \(expected)" + (shown.map { ", not \($0)" } ?? "")
      + nearest(typed, in: known)
  }

  /// `; did you mean "okta"?`, or nothing.
  static func nearest(_ typed: String?, in known: [String]) -> String {
    typed.flatMap { NearestName.find($0, in: known) }.map { "; did you mean \"\($0)\"?" } ?? ""
  }

  /// A text in quotes, cut where it is long.
  static func quoted(_ text: String) -> String {
    text.count > longest ? "\"\(text.prefix(longest))…\"" : "\"\(text)\""
  }

  /// What stands in the file: a word in quotes, or the kind of a value that is no word.
  static func show(_ node: Node) -> String {
    switch node {
    case .scalar(let scalar): quoted(scalar.string)
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .alias: "a reference"
    }
  }

  /// The same for a URL: nil for one that may hold credentials.
  static func showURL(_ text: String) -> String? {
    text.contains(where: { "@?#".contains($0) }) ? nil : quoted(text)
  }

  private static let longest = 60
}
