internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

/// Lists as PingOne gives them: rows under `_embedded`, the next page's URL under `_links`.
extension APIClient {
  private static let halPaging = PagingStyle.nextURL { response in
    try JSONReader().withRoot(response.body) { root throws(WireError) -> String? in
      guard let links = try root.member("_links"), links.type != .null,
        let next = try links.member("next"), next.type != .null
      else { return nil }
      // A next page without an address would be an end that nobody declared.
      guard let address = try next.member("href") else {
        throw WireError.expected(.string, found: .missing, path: "_links/next/href")
      }
      guard let text = address.string else {
        throw WireError.expected(.string, found: address.type, path: "_links/next/href")
      }
      return text
    }
  }

  /// How many rows a list says it has; nil when it says nothing, and then at least its links do.
  private static func count(_ root: JSONElement) throws(WireError) -> Int? {
    guard let count = try root.member("count"), count.type != .null else {
      guard let links = try root.member("_links"), links.type == .object else {
        throw WireError.expected(.integer, found: .missing, path: "count")
      }
      return nil
    }
    guard let number = count.integer else {
      throw WireError.expected(.integer, found: count.type, path: "count")
    }
    return Int(number)
  }

  private func check(
    _ seen: RepeatedRows, _ count: Int?, _ first: HTTPRequest
  ) throws(ConnectorError) {
    guard let count, seen.count < count else { return }
    throw ConnectorError(
      .contradiction, source: source.name, call: first.endpoint, status: 200,
      message: "PingOne listed \(seen.count) of the \(count) rows that it says it has.")
  }

  /// Reads a list whose pages are small enough to be kept as values; a row that comes twice counts once.
  func halRows(
    _ first: HTTPRequest, _ key: String, _ log: ReadingLog
  ) async throws(ConnectorError) -> [JSONValue] {
    var seen = RepeatedRows(.byCursor)
    var result: [JSONValue] = []
    var count: Int?
    let reader = JSONReader()
    try await pages(first, Self.halPaging) { response, page throws(ConnectorError) in
      let rows: [JSONValue]
      do throws(WireError) {
        count =
          try reader.withRoot(response.body) { root throws(WireError) in try Self.count(root) }
          ?? count
        rows = try Self.rows(of: try reader.value(response.body), key)
      } catch {
        throw self.malformed(error, first, page: page)
      }
      for row in rows where seen.isNew(row["id"]?.string ?? row.text, page: page) {
        result.append(row)
      }
      try seen.endPage(page, of: first.endpoint, self)
    }
    try check(seen, count, first)
    seen.note(first.endpoint, self, in: log)
    return result
  }

  private static func rows(of json: JSONValue, _ key: String) throws(WireError) -> [JSONValue] {
    let embedded = try json.required("_embedded", .object) { $0.object == nil ? nil : $0 }
    do throws(WireError) {
      return try embedded.required(key, .array, \.array)
    } catch {
      throw error.under("_embedded")
    }
  }

  /// Reads a list as a table, page by page, without making values of it; the first field is the id.
  ///
  /// - Parameter take: takes each row once.
  /// - Returns: how many rows there were.
  @discardableResult
  func halTable(
    _ first: HTTPRequest, _ key: String, _ plan: TablePlan, _ log: ReadingLog,
    _ take: (TableRows.Row) -> Void
  ) async throws(ConnectorError) -> Int {
    let reader = JSONReader()
    var seen = RepeatedRows(.byCursor)
    var count: Int?
    try await pages(first, Self.halPaging) { response, page throws(ConnectorError) in
      do throws(WireError) {
        try reader.withRoot(response.body) { root throws(WireError) in
          count = try Self.count(root) ?? count
          let rows = try root.halRows(key, plan)
          for index in 0..<rows.count {
            guard let id = rows[index].string(0), seen.isNew(id, page: page) else { continue }
            take(rows[index])
          }
        }
      } catch {
        throw self.malformed(error, first, page: page)
      }
      try seen.endPage(page, of: first.endpoint, self)
    }
    try check(seen, count, first)
    seen.note(first.endpoint, self, in: log)
    return seen.count
  }
}

extension JSONElement {
  /// The rows of a page under `_embedded`.
  fileprivate func halRows(_ key: String, _ plan: TablePlan) throws(WireError) -> TableRows {
    guard let embedded = try member("_embedded") else {
      throw WireError.expected(.object, found: .missing, path: "_embedded")
    }
    guard let list = try embedded.member(key) else {
      throw WireError.expected(.array, found: .missing, path: "_embedded/\(key)")
    }
    guard list.type == .array else {
      throw WireError.expected(.array, found: list.type, path: "_embedded/\(key)")
    }
    return try list.table(plan)
  }
}
