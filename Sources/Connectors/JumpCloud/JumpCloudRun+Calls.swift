internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

extension JumpCloudRun {
  /// How many rows a page has: the vendor's maximum.
  static let pageSize = 100

  /// The parameters of a list.
  static func query(_ others: [(String, String)] = []) -> [(String, String)] {
    [("limit", String(pageSize))] + others
  }

  /// Lists of version 2: bare arrays, of which only an empty page is the end.
  ///
  /// Some count their rows in a header.
  static let list = ListShape(
    .offset(
      parameter: "skip", limitParameter: "limit", limit: pageSize, base: 0,
      received: { rows(in: $0, under: nil) }, total: nil), total: .header("x-total-count"))

  /// Lists of version 1 say how many rows there are; one that ends before is not read to its end.
  static let countedPaging = PagingStyle.offset(
    parameter: "skip", limitParameter: "limit", limit: pageSize, base: 0,
    received: { rows(in: $0, under: "results") },
    total: { response in
      let total = try? JSONReader().withRow(response.body, JumpCloudWire.userPage) {
        row throws(WireError) in row.integer(0)
      }
      return total.flatMap { $0 }.map { Int($0) }
    })

  /// How many rows a page has; a page that is no list is told by whoever reads it.
  private static func rows(in response: HTTPResponse, under key: String?) -> Int {
    let count = try? JSONReader().withRoot(response.body) { root throws(WireError) -> Int in
      guard let list = try key.map({ key throws(WireError) in try root.list(key) }) ?? root,
        list.type == .array
      else { return 0 }
      var count = 0
      try list.forEach { _, _ throws(WireError) in count += 1 }
      return count
    }
    return count ?? 0
  }

  /// The rows of a short list of version 2 that go by their id.
  func rows<T>(
    _ path: String, edit: ([JSONValue]) -> [JSONValue] = { $0 },
    _ read: (JSONValue) throws(WireError) -> T
  ) async throws(ConnectorError) -> [T] {
    try await reading.rows(
      client.get(path, query: Self.query()), Self.list, edit: edit, id: { $0["id"]?.string }, read)
  }

  /// Reads a list of ids of version 2, however long.
  func ids(_ request: HTTPRequest, phase: String) async throws(ConnectorError) -> [String] {
    try await reading.table(
      request, Self.list, JumpCloudWire.ids, phase: phase, into: { [String]() }
    ) { row, ids throws(WireError) in
      if let id = row.string(0) { ids.append(id) }
    }
  }
}
