package import IdentityCore
package import JSONQuery

/// The rows of a list that goes by cursors, each once: a row that comes again over a page border is one row.
///
/// The same id with other facts is no repetition; such a list is not read to its end.
package struct CursorRows: Sendable {
  /// The rows, each once, in the list's order.
  package private(set) var rows: [JSONValue] = []
  /// How many rows came again.
  package private(set) var repeats = 0
  /// The first row, from 1, that contradicts an earlier one of its id; nil where none does.
  package private(set) var contradiction: Int?

  /// - Parameter id: what tells rows apart; a row without it is kept as it is.
  package init(_ all: [JSONValue], id: (JSONValue) -> String?) {
    var known: [String: JSONValue] = [:]
    for (index, row) in all.enumerated() {
      guard let id = id(row) else {
        rows.append(row)
        continue
      }
      if let earlier = known[id] {
        repeats += 1
        if earlier != row { contradiction = contradiction ?? index + 1 }
      } else {
        known[id] = row
        rows.append(row)
      }
    }
  }

  /// What is told of rows that came again.
  package static func issue(_ count: Int, vendor: String, call: String) -> SourceIssue {
    SourceIssue(
      code: "repeated-rows", call: call,
      message:
        "\(vendor) named \(count) row\(count == 1 ? "" : "s") of \(call) again; each counts once.",
      remedy: "Nothing is to be done: the list changed while it was read.", affects: .details)
  }

  /// What is told of a list that ended early.
  package static func shortfall(
    _ what: String, call: String, read: Int, counted: Int, affects: SourceIssue.Affects
  ) -> SourceIssue {
    SourceIssue(
      code: "short-list", call: call,
      message: "The list of \(what) ended after \(read) of the \(counted) that are counted.",
      remedy: "Run again; if it stays, report it to the provider.", affects: affects)
  }
}
