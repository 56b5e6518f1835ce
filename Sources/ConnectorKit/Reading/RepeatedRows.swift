internal import CurlTransport
internal import IdentityCore

/// Rows that come twice while a list is read page by page; what they mean hangs on how the list is cut.
///
/// Behind a cursor or a link the same row twice is one row. Where pages are counted, a row that moved to a later page made
/// room for another one that was passed over: the list is read again, once, and counts as cut off if that is no better.
package struct RepeatedRows: Sendable {
  /// How the pages of a list are found.
  package enum Cut: Sendable {
    /// Each page names the next one.
    case byCursor
    /// By the number of a page or of its first row.
    case byNumber
  }

  /// So many pages in a row may bring nothing new behind a cursor.
  private static let patience = 3

  private let cut: Cut
  private var seen = DistinctIDs()
  /// Ids with all that their rows say.
  private var sayings = DistinctIDs()
  private var page = 0
  private var row = 0
  private var isPageNew = false
  private var emptyHanded = 0
  /// How many rows came again.
  package private(set) var repeated = 0
  /// Where the first of them stood.
  package private(set) var first: (page: Int, row: Int)?

  /// Begins a list.
  package init(_ cut: Cut) { self.cut = cut }

  /// How many different rows there were.
  package var count: Int { seen.count }

  /// Takes in the id of the next row of a page.
  ///
  /// - Returns: whether the row is to be read; false for one that came before.
  package mutating func isNew(_ id: String, page: Int) -> Bool {
    if page != self.page {
      self.page = page
      row = 0
      isPageNew = false
    }
    row += 1
    if seen.insert(id) {
      isPageNew = true
      return true
    }
    repeated += 1
    if first == nil { first = (page, row) }
    return false
  }

  /// What a row is beside those before it.
  package enum Arrival: Sendable {
    case new
    /// It came before, just so.
    case same
    /// Its id came before, with other facts: nobody knows which of them hold.
    case different
  }

  /// Takes in the id of the next row of a page with all that the row says.
  package mutating func arrival(_ id: String, saying text: String, page: Int) -> Arrival {
    let isSaid = !sayings.insert("\(id)\u{0}\(text)")
    if isNew(id, page: page) { return .new }
    return isSaid ? .same : .different
  }

  /// Ends a page; a list that only repeats itself would never end.
  package mutating func endPage(
    _ page: Int, of call: String, _ client: APIClient
  ) throws(ConnectorError) {
    guard page == self.page, row > 0, !isPageNew else {
      emptyHanded = 0
      return
    }
    emptyHanded += 1
    if cut == .byNumber || emptyHanded >= Self.patience {
      throw client.duplicate(call, page: page, row: 1)
    }
  }

  /// Notes in a reading that rows came twice and count once; no verdict rests on it.
  package func note(_ call: String, _ client: APIClient, in log: ReadingLog) {
    guard repeated > 0 else { return }
    log.add(
      SourceIssue(
        code: ConnectorError.Code.duplicateIDs.rawValue, call: call, page: first?.page,
        status: 200,
        message:
          "\(client.vendor) named \(repeated == 1 ? "a row" : "\(repeated) rows") of \(call) twice; each counts once.",
        remedy: "Nothing is missing: the list changed while it was read.", affects: .details))
  }
}

extension APIClient {
  /// Reads a list whose pages are counted; where it names a row twice it is read again, once.
  ///
  /// - Parameter read: reads the whole list from its beginning, and tells of every row.
  /// - Throws: `.duplicateIDs` when the second reading names a row twice as well.
  package func readingAgain<R>(
    _ call: String, _ read: (inout RepeatedRows) async throws(ConnectorError) -> R
  ) async throws(ConnectorError) -> R {
    var rows = RepeatedRows(.byNumber)
    do throws(ConnectorError) {
      let result = try await read(&rows)
      if rows.repeated == 0 { return result }
    } catch {
      guard error.code == .duplicateIDs else { throw error }
    }
    rows = RepeatedRows(.byNumber)
    let result = try await read(&rows)
    if let first = rows.first { throw duplicate(call, page: first.page, row: first.row) }
    return result
  }
}
