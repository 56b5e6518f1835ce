internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Logging

extension JumpCloudRun {
  /// How many rows a page has: the vendor's maximum.
  static let pageSize = 100

  /// The parameters of a list.
  static func query(_ others: [(String, String)] = []) -> [(String, String)] {
    [("limit", String(pageSize))] + others
  }

  /// Lists of version 2 are bare arrays that say nothing of their end: only an empty page is one.
  static let paging = PagingStyle.offset(
    parameter: "skip", limitParameter: "limit", limit: pageSize, base: 0,
    received: { rows(in: $0) }, total: nil)

  /// How many rows a page has; a page that is no list is told by whoever reads it.
  private static func rows(in response: HTTPResponse) -> Int {
    (try? JSONReader().withRoot(response.body) { root throws(WireError) in try count(root) }) ?? 0
  }

  private static func count(_ list: JSONElement) throws(WireError) -> Int {
    guard list.type == .array else { return 0 }
    var count = 0
    try list.forEach { _, _ throws(WireError) in count += 1 }
    return count
  }

  /// Lists of version 1 say how many rows there are; one that ends before is not read to its end.
  static let countedPaging = PagingStyle.offset(
    parameter: "skip", limitParameter: "limit", limit: pageSize, base: 0,
    received: { response in
      (try? JSONReader().withRoot(response.body) { root throws(WireError) in
        guard let list = try root.list("results") else { return 0 }
        return try count(list)
      }) ?? 0
    },
    total: { response in
      let total = try? JSONReader().withRow(response.body, JumpCloudWire.userPage) {
        row throws(WireError) in row.integer(0)
      }
      return total.flatMap { $0 }.map { Int($0) }
    })

  /// Keeps a failure as an issue, with what to do about it.
  func keep(_ error: ConnectorError, affects: SourceIssue.Affects = .verdicts) {
    connector.logger.debug("\(error)")
    log.add(error.issue(remedy: configuration.remedy(for: error), affects: affects))
  }

  /// A part, or why it could not be read.
  func part<T: Sendable>(
    affects: SourceIssue.Affects = .verdicts, _ read: () async throws(ConnectorError) -> T
  ) async -> Part<T> {
    do throws(ConnectorError) {
      return .read(try await read())
    } catch {
      keep(error, affects: affects)
      return .unreadable(
        reason: Sentence.clause(error.message), remedy: configuration.phrase(for: error))
    }
  }

  /// Reads a document.
  func value<T>(
    _ request: HTTPRequest, _ read: (JSONValue) throws(WireError) -> T
  ) async throws(ConnectorError) -> T {
    let json = try await client.value(request)
    do throws(WireError) {
      return try read(json)
    } catch {
      throw client.malformed(error, request)
    }
  }

  /// Reads a short list of version 2.
  func rows<T>(
    _ request: HTTPRequest, _ read: (JSONValue) throws(WireError) -> (id: String, value: T)
  ) async throws(ConnectorError) -> [T] {
    let reader = JSONReader()
    return try await client.readingAgain(request.endpoint) { seen throws(ConnectorError) in
      var result: [T] = []
      var total: Int?
      try await client.pages(request, Self.paging) { response, page throws(ConnectorError) in
        let rows: [(id: String, value: T)]
        do throws(WireError) {
          rows = try reader.value(response.body).rows(read)
        } catch {
          throw client.malformed(error, request, page: page)
        }
        for row in rows where seen.isNew(row.id, page: page) { result.append(row.value) }
        try seen.endPage(page, of: request.endpoint, client)
        total = Self.total(response) ?? total
      }
      try check(seen, total, request)
      return result
    }
  }

  /// Reads a list of ids of version 2, however long.
  func ids(
    _ request: HTTPRequest, phase: String, _ take: (String) -> Void
  ) async throws(ConnectorError) {
    let reader = JSONReader()
    let ids = try await client.readingAgain(request.endpoint) { seen throws(ConnectorError) in
      var ids: [String] = []
      var total: Int?
      try await client.pages(request, Self.paging) { response, page throws(ConnectorError) in
        do throws(WireError) {
          try reader.withTable(response.body, JumpCloudWire.ids) { rows throws(WireError) in
            for index in 0..<rows.count {
              guard let id = rows[index].string(0), seen.isNew(id, page: page) else { continue }
              ids.append(id)
            }
          }
        } catch {
          throw client.malformed(error, request, page: page)
        }
        try seen.endPage(page, of: request.endpoint, client)
        total = Self.total(response) ?? total
        progress(configuration.name, phase, done: seen.count)
      }
      try check(seen, total, request)
      return ids
    }
    for id in ids { take(id) }
  }

  /// How many rows a list of version 2 says it has, where it does.
  private static func total(_ response: HTTPResponse) -> Int? {
    response.headers["x-total-count"].flatMap { Int($0) }
  }

  private func check(
    _ seen: RepeatedRows, _ total: Int?, _ request: HTTPRequest
  ) throws(ConnectorError) {
    guard seen.repeated == 0, let total, seen.count < total else { return }
    throw ConnectorError(
      .contradiction, source: configuration.name, call: request.endpoint, status: 200,
      message: "JumpCloud listed \(seen.count) of the \(total) rows that it says it has.")
  }
}
