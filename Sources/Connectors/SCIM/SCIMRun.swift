internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Logging

/// One reading of a SCIM server.
struct SCIMRun: Sendable {
  let connector: SCIMConnector
  let progress: Progress
  let log: ReadingLog
  var configuration: SCIMConfiguration { connector.configuration }
  var client: APIClient { connector.client }

  init(_ connector: SCIMConnector, _ progress: Progress) {
    self.connector = connector
    self.progress = progress
    log = ReadingLog(connector.client.source, startedAt: connector.clock())
  }

  func issue(_ error: ConnectorError, affects: SourceIssue.Affects = .verdicts) -> SourceIssue {
    connector.logger.debug("\(error)")
    return error.issue(remedy: configuration.remedy(for: error), affects: affects)
  }

  /// What the server says it can do; nothing when it does not say, for many leave this out.
  func capabilities() async -> SCIMWire.Provider {
    do throws(ConnectorError) {
      return SCIMWire.Provider(try await client.value(client.get("/ServiceProviderConfig")))
    } catch {
      connector.logger.debug("\(error)")
      return SCIMWire.Provider()
    }
  }

  /// How much of a list came.
  struct Counts: Sendable {
    var received = 0
    var distinct = DistinctRows()
    var total: Int?

    /// What the server says it has; nil where that is the size of a page.
    var declared: Int? { total.flatMap { $0 < distinct.count ? nil : $0 } }
  }

  /// Reads a list of resources, anew once where it broke off because it changed meanwhile.
  ///
  /// - Parameters:
  ///   - state: what rows are gathered in; begun afresh when the list is read again.
  ///   - row: takes every resource that did not come before.
  func read<State>(
    _ path: String, _ query: [(String, String)], _ provider: SCIMWire.Provider, _ phase: String,
    _ state: inout State, row: (JSONValue, inout State) throws(WireError) -> Void
  ) async throws(ConnectorError) -> Counts {
    let empty = state
    do throws(ConnectorError) {
      return try await readOnce(path, query, provider, phase, &state, row: row)
    } catch {
      guard
        [.paging, .duplicateIDs].contains(error.code) || error.vendorCode == "expiredCursor"
      else { throw error }
      connector.logger.debug("\(error)")
      state = empty
      return try await readOnce(path, query, provider, phase, &state, row: row)
    }
  }

  private func readOnce<State>(
    _ path: String, _ query: [(String, String)], _ provider: SCIMWire.Provider, _ phase: String,
    _ state: inout State, row: (JSONValue, inout State) throws(WireError) -> Void
  ) async throws(ConnectorError) -> Counts {
    let size =
      configuration.sendsCount ? min(configuration.pageSize, provider.maxPage ?? .max) : nil
    var counts = Counts()
    var first = client.get(path, query: query)
    if provider.cursors {
      first.url = URLText.setting("cursor", to: "", in: first.url)
      if let size { first.url = URLText.setting("count", to: "\(size)", in: first.url) }
    }
    let style = provider.cursors ? Self.cursor : Self.index(size)
    var kept = state
    defer { state = kept }
    var isWhole = false
    var more: String?
    do throws(ConnectorError) {
      try await client.pages(first, style) { response, page throws(ConnectorError) in
        let before = counts.distinct.count
        var count = 0
        do throws(WireError) {
          counts.total = try SCIMWire.total(response) ?? counts.total
          more = try Self.more(response, besidesCursor: provider.cursors)
          try SCIMWire.forEachResource(response) { element throws(WireError) in
            count += 1
            let resource = try JSONValue(element)
            do throws(WireError) {
              try resource.checkAttributes()
              guard let id = resource.attribute("id")?.scalarText else {
                throw WireError.expected(.string, found: .missing, path: "id")
              }
              switch counts.distinct.insert(id, resource) {
              case .new: try row(resource, &kept)
              case .same: break
              case .different: throw WireError.otherFacts
              }
            } catch {
              throw error.inRow(count)
            }
          }
        } catch {
          throw client.malformed(error, first, page: page)
        }
        counts.received += count
        let fresh = counts.distinct.count - before
        progress(configuration.name, phase, done: counts.distinct.count, total: counts.total)
        if count > 0, fresh == 0 {
          // Asked again only because of the doubt about the total: the server knows one page, and it was not full.
          isWhole =
            page == 2 && counts.total == count && count == before && count < size ?? .max
          throw ConnectorError(
            .cursorLoop, source: configuration.name, call: first.endpoint, page: page, status: 200,
            message:
              "\(first.endpoint) of \(configuration.name) gave a page that holds nothing new (page \(page))."
          )
        }
      }
    } catch {
      guard isWhole else { throw error }
    }
    if let more {
      throw ConnectorError(
        .paging, source: configuration.name, call: first.endpoint,
        message:
          "The last page of \(first.endpoint) of \(configuration.name) names a next one (\(more))."
      )
    }
    try check(counts, first.endpoint, isCounted: !provider.cursors && !isWhole)
    return counts
  }

  /// Where a page names another one in a form that is not the one it is read by.
  private static func more(
    _ response: HTTPResponse, besidesCursor isCursor: Bool
  ) throws(WireError) -> String? {
    let cursor = try SCIMWire.nextCursor(response).flatMap { $0.isEmpty ? nil : $0 }
    if cursor != nil { return isCursor ? nil : "nextCursor" }
    return response.linksToNext ? "a Link header with rel=\"next\"" : nil
  }

  /// Whether as many came as the server says it has, and none twice where that means that the list moved.
  ///
  /// Of counted pages a row that comes again has pushed another one out of sight; a cursor names where a page begins.
  private func check(
    _ counts: Counts, _ call: String, isCounted: Bool
  ) throws(ConnectorError) {
    if let total = counts.total, counts.distinct.count < total {
      throw ConnectorError(
        .paging, source: configuration.name, call: call,
        message:
          "\(configuration.name) says that \(call) has \(total) resources, and \(counts.distinct.count) different ones came."
      )
    }
    guard counts.distinct.repeats > 0 else { return }
    guard isCounted else {
      if counts.distinct.repeats < counts.received - counts.distinct.repeats {
        log.add(
          .repeatedRows(counts.distinct.repeats, source: configuration.name, call: call))
      }
      return
    }
    throw ConnectorError(
      .duplicateIDs, source: configuration.name, call: call, status: 200,
      message: "\(configuration.name) named the same resource twice in \(call).")
  }

  // MARK: Paging

  /// RFC 9865.
  private static let cursor = PagingStyle.cursor(parameter: "cursor") {
    try SCIMWire.nextCursor($0)
  }

  /// RFC 7644: the first is 1, and the next is as many further as came.
  private static func index(_ size: Int?) -> PagingStyle {
    .offset(
      parameter: "startIndex", limitParameter: size == nil ? nil : "count", limit: size ?? 100,
      base: 1,
      received: { try SCIMWire.count($0) },
      total: { response in
        guard let total = try SCIMWire.total(response) else {
          throw WireError.expected(.integer, found: .missing, path: "totalResults")
        }
        // Some servers call the size of the page the total: a page that holds all of it is believed after the next one.
        let count = try SCIMWire.count(response)
        return count > 0 && total <= count ? nil : total
      })
  }
}
