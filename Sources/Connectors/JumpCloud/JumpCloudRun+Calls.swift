internal import CurlTransport
internal import IdentityCore
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

  /// Reads a short list of version 2; a row that comes twice is an error.
  func rows<T>(
    _ request: HTTPRequest, _ read: (JSONValue) throws(WireError) -> (id: String, value: T)
  ) async throws(ConnectorError) -> [T] {
    var seen: Set<String> = []
    var result: [T] = []
    let reader = JSONReader()
    try await client.pages(request, Self.paging) { response, page throws(ConnectorError) in
      let rows: [(id: String, value: T)]
      do throws(WireError) {
        rows = try reader.value(response.body).rows(read)
      } catch {
        throw client.malformed(error, request, page: page)
      }
      for (index, row) in rows.enumerated() {
        guard seen.insert(row.id).inserted else {
          throw client.duplicate(request.endpoint, page: page, row: index + 1)
        }
        result.append(row.value)
      }
    }
    return result
  }

  /// Reads a list of ids of version 2, however long; one that comes twice is an error.
  func ids(
    _ request: HTTPRequest, phase: String,
    _ take: (UnsafeBufferPointer<UInt8>) -> Void
  ) async throws(ConnectorError) {
    var seen = DistinctIDs()
    try await client.table(request, Self.paging, JumpCloudWire.ids) {
      rows, page throws(ConnectorError) in
      for index in 0..<rows.count {
        guard let id = rows[index].text(0), let text = rows[index].string(0) else { continue }
        guard seen.insert(text) else {
          throw client.duplicate(request.endpoint, page: page, row: index + 1)
        }
        take(id)
      }
      progress(configuration.name, phase, done: seen.count)
    }
  }
}
