package import CurlTransport
internal import IdentityCore
package import JSONQuery

/// Lists whose rows stand under a key of an object, with a token for the next page beside them.
extension APIClient {
  /// The style of such lists: the token stands under one name in the reply and goes into a parameter of another.
  package static func tokenPaging(_ parameter: String, from key: String) -> PagingStyle {
    .cursor(parameter: parameter) { response in
      try JSONReader().value(response.body).optional(key, .string, \.string)
    }
  }

  /// Reads such a list; a page without the key has no rows, one with null is damaged.
  ///
  /// - Parameter id: what tells rows apart; one that comes twice is an error.
  package func values<T>(
    _ first: HTTPRequest, under key: String, _ style: PagingStyle, id: (T) -> String,
    _ read: (JSONValue) throws(WireError) -> T
  ) async throws(ConnectorError) -> [T] {
    let reader = JSONReader()
    var seen: Set<String> = []
    var result: [T] = []
    try await pages(first, style) { response, page throws(ConnectorError) in
      let rows: [T]
      do throws(WireError) {
        let document = try reader.value(response.body).inOneOrder
        let list = try document.list(key)
        rows = try list?.rows(read) ?? []
      } catch {
        throw self.malformed(error, first, page: page)
      }
      for (index, row) in rows.enumerated() {
        guard seen.insert(id(row)).inserted else {
          throw self.duplicate(first.endpoint, page: page, row: index + 1)
        }
        result.append(row)
      }
    }
    return result.sorted { id($0) < id($1) }
  }

  /// Reads such a list as a table, page by page, without making values of it.
  ///
  /// - Parameter body: takes the rows of a page, the list they come from, and the page's number from 1.
  package func table(
    _ first: HTTPRequest, under key: String, _ style: PagingStyle, _ plan: TablePlan,
    _ body: (TableRows, JSONElement, _ page: Int) throws(ConnectorError) -> Void
  ) async throws(ConnectorError) {
    let reader = JSONReader()
    try await pages(first, style) { response, page throws(ConnectorError) in
      let outcome: Result<Void, ConnectorError>
      do throws(WireError) {
        outcome = try reader.withRoot(response.body) { root throws(WireError) in
          guard let list = try root.list(key) else { return .success(()) }
          let rows = try list.table(plan)
          do throws(ConnectorError) {
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
  /// A list under a key of an object; nil when it is missing and nothing else is said in its place.
  package func list(_ key: String) throws(WireError) -> JSONElement? {
    guard type == .object else { throw WireError.expected(.object, found: type) }
    var found: JSONElement?
    var stranger: String?
    try forEach { name, value throws(WireError) in
      if name == key {
        found = value
      } else if !EmptyList.keys.contains(name) {
        stranger = name
      }
    }
    if found == nil, let stranger { throw EmptyList.contradicted(key, by: stranger) }
    if let found, found.type != .array {
      throw WireError.expected(.array, found: found.type, path: key)
    }
    return found
  }
}

extension JSONValue {
  /// A list under a key of an object; nil when it is missing and nothing else is said in its place.
  package func list(_ key: String) throws(WireError) -> JSONValue? {
    let list = try omissible(key, .array) { $0.array == nil ? nil : $0 }
    if list == nil, let stranger = object?.keys.first(where: { !EmptyList.keys.contains($0) }) {
      throw EmptyList.contradicted(key, by: stranger)
    }
    return list
  }
}

/// A page that leaves its list out, which is how some vendors write an empty one.
private enum EmptyList {
  /// What stands beside a list, and says nothing of it.
  static let keys: Set<String> = ["kind", "etag", "nextPageToken", "NextToken"]

  /// A page without its list that says something else (`error`, `unreachable`) is not an empty one.
  static func contradicted(_ key: String, by stranger: String) -> WireError {
    WireError.expected(.array, found: .missing, path: "\(key) (beside '\(stranger.prefix(40))')")
  }
}
