package import IdentityCore
package import JSONQuery

/// Tells the rows of a list apart that come more than once: 16 to 44 bytes a row.
package struct DistinctRows: Sendable {
  /// What a row is beside those before it.
  package enum Arrival: Sendable {
    case new
    /// It came before, just so.
    case same
    /// Its id came before, with other facts.
    case different
  }

  package init() {}

  private var ids = DistinctIDs()
  private var rows = DistinctIDs()
  /// How many rows came again just so.
  package private(set) var repeats = 0

  /// How many different rows there were.
  package var count: Int { rows.count }
  /// How many different ids there were.
  var idCount: Int { ids.count }

  /// Adds a row.
  package mutating func insert(_ id: String, _ row: JSONValue) -> Arrival {
    var hasher = Hasher()
    hasher.combine(row)
    guard rows.insert("\(id)\u{0}\(hasher.finalize())") else {
      repeats += 1
      return .same
    }
    return ids.insert(id) ? .new : .different
  }
}

extension SourceIssue {
  /// Rows that came again over the border of two pages; each counts once.
  package static func repeatedRows(_ count: Int, source: SourceName, call: String) -> SourceIssue {
    SourceIssue(
      code: "repeated-rows", call: call,
      message:
        "\(source) sent \(count == 1 ? "a row" : "\(count) rows") of \(call) again on a later page; each counts once.",
      remedy: "Nothing: the list moved while it was read.", affects: .details)
  }
}

extension WireError {
  /// A row whose id came before with other facts: nobody knows which of them hold.
  package static let otherFacts = WireError(
    .shape, detail: "the row came before with other facts under the same id")
}
