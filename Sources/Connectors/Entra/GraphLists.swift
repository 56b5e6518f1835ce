internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

extension APIClient {
  /// How Microsoft Graph names the next page: a link in the body, to be followed as it is.
  static let graphPaging = PagingStyle.nextURL { response in
    try JSONReader().withRow(response.body, EntraWire.nextLink) { row in row.string(0) }
  }

  /// Goes on with a list at a link that a page named.
  func graph(_ link: String, endpoint: String) -> HTTPRequest {
    var request = HTTPRequest(.get, link, endpoint: endpoint, headers: headers)
    request.expectedContentType = .json
    return request
  }

  /// Reads a list as a table, page by page, without making values of it.
  ///
  /// A page that begins with a row that an earlier one began with is an error: the list goes in circles.
  /// - Parameter body: takes the rows of a page, the list they come from, and the page's number from 1.
  func graphTable(
    _ first: HTTPRequest, _ plan: TablePlan,
    _ body: (TableRows, JSONElement, _ page: Int) throws(ConnectorError) -> Void
  ) async throws(ConnectorError) {
    let reader = JSONReader()
    var firsts = FirstRows()
    try await pages(first, Self.graphPaging) { response, page throws(ConnectorError) in
      let outcome: Result<Void, ConnectorError>
      do throws(WireError) {
        outcome = try reader.withRoot(response.body) { root throws(WireError) in
          let list = try root.graphList()
          let rows = try list.table(plan)
          do throws(ConnectorError) {
            if !firsts.isNew(rows) { throw self.duplicate(first.endpoint, page: page, row: 1) }
            return .success(try body(rows, list, page))
          } catch {
            return .failure(error)
          }
        }
      } catch {
        throw self.malformed(error, first, page: page)
      }
      try outcome.get()
    }
  }
}

extension JSONElement {
  /// The rows of a page: the array `value` of the object that every list is.
  func graphRows(_ plan: TablePlan) throws(WireError) -> TableRows {
    try graphList().table(plan)
  }

  /// The array `value` of the object that every list is.
  func graphList() throws(WireError) -> JSONElement {
    guard let value = try member("value") else {
      throw WireError.expected(.array, found: .missing, path: "value")
    }
    guard value.type == .array else {
      throw WireError.expected(.array, found: value.type, path: "value")
    }
    return value
  }
}
