internal import CurlTransport
internal import IdentityCore

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

  /// Reads a list whose pages are small enough to be kept as values; a row that comes twice is an error.
  func halRows(_ first: HTTPRequest, _ key: String) async throws(ConnectorError) -> [JSONValue] {
    var seen: Set<String> = []
    var result: [JSONValue] = []
    let reader = JSONReader()
    try await pages(first, Self.halPaging) { response, page throws(ConnectorError) in
      let rows: [JSONValue]
      do throws(WireError) {
        rows = try Self.rows(of: try reader.value(response.body), key)
      } catch {
        throw self.malformed(error, first, page: page)
      }
      for (index, row) in rows.enumerated() {
        if let id = row["id"]?.string, !seen.insert(id).inserted {
          throw self.duplicate(first.endpoint, page: page, row: index + 1)
        }
        result.append(row)
      }
    }
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

  /// Reads a list as a table, page by page, without making values of it; the first field is the id, and a row that
  /// comes twice is an error.
  ///
  /// - Parameter body: takes the rows of a page.
  func halTable(
    _ first: HTTPRequest, _ key: String, _ plan: TablePlan, _ body: (TableRows) -> Void
  ) async throws(ConnectorError) {
    let reader = JSONReader()
    var seen = DistinctIDs()
    try await pages(first, Self.halPaging) { response, page throws(ConnectorError) in
      var repeated: Int?
      do throws(WireError) {
        try reader.withRoot(response.body) { root throws(WireError) in
          let rows = try root.halRows(key, plan)
          for index in 0..<rows.count where repeated == nil {
            if let id = rows[index].string(0), !seen.insert(id) { repeated = index + 1 }
          }
          if repeated == nil { body(rows) }
        }
      } catch {
        throw self.malformed(error, first, page: page)
      }
      if let repeated { throw self.duplicate(first.endpoint, page: page, row: repeated) }
    }
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
