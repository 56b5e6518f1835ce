package import CurlTransport
package import IdentityCore
package import JSONQuery
package import Logging

/// One reading of one source: what goes through here keeps the laws, whatever the vendor.
///
/// A part that could not be read is told and is never a value. A list was read to its end only when every page came, no page
/// says that more follows, and there are as many rows as it says it has.
package struct Reading: Sendable {
  package let client: APIClient
  package let log: ReadingLog
  package let progress: Progress
  private let logger: Logger
  private let advice: @Sendable (ConnectorError) -> String

  /// Begins a reading.
  ///
  /// - Parameters:
  ///   - others: further hosts that speak for the source.
  ///   - remedy: what to do about a failure, a sentence.
  package init(
    _ client: APIClient, also others: [HTTPSource] = [], progress: Progress, logger: Logger,
    startedAt: Timestamp, remedy: @escaping @Sendable (ConnectorError) -> String
  ) {
    self.client = client
    self.progress = progress
    self.logger = logger
    advice = remedy
    log = ReadingLog(client.source, also: others, startedAt: startedAt)
  }

  /// The same reading at another host of the source.
  package func at(_ other: APIClient) -> Reading {
    Reading(other, log, progress, logger, advice)
  }

  private init(
    _ client: APIClient, _ log: ReadingLog, _ progress: Progress, _ logger: Logger,
    _ advice: @escaping @Sendable (ConnectorError) -> String
  ) {
    self.client = client
    self.log = log
    self.progress = progress
    self.logger = logger
    self.advice = advice
  }

  // MARK: Failures

  /// What to do about a failure, a sentence.
  package func remedy(for error: ConnectorError) -> String { error.code.remedy ?? advice(error) }

  /// The same inside a sentence.
  package func phrase(for error: ConnectorError) -> String { Sentence.inside(remedy(for: error)) }

  /// Tells a failure, with what it makes uncertain.
  package func keep(_ error: ConnectorError, _ doubts: Doubts = .verdicts) {
    logger.debug("\(error)")
    log.add(error.issue(remedy: remedy(for: error), affects: doubts.affects(error)))
  }

  /// Reads a part; what goes wrong is told, with what it makes uncertain.
  package func part<T: Sendable>(
    _ doubts: Doubts = .verdicts, _ read: () async throws(ConnectorError) -> T
  ) async -> Part<T> {
    do throws(ConnectorError) {
      return .read(try await read())
    } catch {
      keep(error, doubts)
      return .unreadable(reason: Sentence.clause(error.message), remedy: phrase(for: error))
    }
  }

  /// Tells of every step of a phase.
  package func tell(_ phase: String, done: Int, of total: Int? = nil) {
    progress(client.source.name, phase, done: done, total: total)
  }

  // MARK: Documents

  /// Reads a document.
  package func value<T>(
    _ request: HTTPRequest, _ read: (JSONValue) throws(WireError) -> T
  ) async throws(ConnectorError) -> T {
    let json = try await client.value(request)
    do throws(WireError) {
      return try read(json)
    } catch {
      throw client.malformed(error, request)
    }
  }

  // MARK: Lists

  /// Reads a list whose rows are small enough to be kept as values, each once.
  ///
  /// - Parameters:
  ///   - edit: what `whatif` makes of the rows.
  ///   - isOrdered: whether the place of a row in the list says something; otherwise the rows come by their ids.
  ///   - id: what tells rows apart; a row without one is told apart by all that it says.
  package func rows<T>(
    _ request: HTTPRequest, _ shape: ListShape, edit: ([JSONValue]) -> [JSONValue] = { $0 },
    isOrdered: Bool = false, id: (JSONValue) -> String?, _ read: (JSONValue) throws(WireError) -> T
  ) async throws(ConnectorError) -> [T] {
    let rows: [JSONValue] = try await whole(request, shape) {
      () -> [JSONValue] in
      []
    } page: { list, page, seen, rows throws(ConnectorError) in
      let found: [JSONValue]
      do throws(WireError) {
        guard case .array(let values) = try JSONValue(list) else { return }
        found = values
      } catch {
        throw client.malformed(error, request, page: page)
      }
      for (index, row) in found.enumerated() {
        let text = row.text
        switch seen.arrival(id(row) ?? text, saying: text, page: page) {
        case .new: rows.append(row)
        case .same: continue
        case .different:
          throw client.malformed(WireError.otherFacts.inRow(index + 1), request, page: page)
        }
      }
    }
    do throws(WireError) {
      let rows = isOrdered ? rows.map(\.inOneOrder) : rows.inOneOrder(by: id)
      return try JSONValue.array(edit(rows)).rows(read)
    } catch {
      throw client.malformed(error, request)
    }
  }

  /// Reads a list as a table, without making values of it.
  ///
  /// What is taken in is begun anew where the list has to be read again, so that a row counts once.
  /// - Parameters:
  ///   - begin: makes what the rows go into.
  ///   - take: takes each row once; the first field of the plan is the id that tells rows apart.
  /// - Returns: what the rows went into, when the list was read to its end.
  package func table<Result>(
    _ request: HTTPRequest, _ shape: ListShape, _ plan: TablePlan, phase: String? = nil,
    into begin: () -> Result,
    _ take: (TableRows.Row, inout Result) throws(WireError) -> Void
  ) async throws(ConnectorError) -> Result {
    try await whole(request, shape, begin) { list, page, seen, result throws(ConnectorError) in
      do throws(WireError) {
        let rows = try list.table(plan)
        for index in 0..<rows.count {
          let row = rows[index]
          if let id = row.string(0) ?? row.integer(0).map(String.init) {
            guard seen.isNew(id, page: page) else { continue }
          }
          do throws(WireError) {
            try take(row, &result)
          } catch {
            throw error.inRow(index + 1)
          }
        }
      } catch {
        throw client.malformed(error, request, page: page)
      }
      if let phase { tell(phase, done: seen.count) }
    }
  }

  /// Reads a list page by page, to its end; once more from its beginning where pages are counted and a row came again.
  private func whole<Result>(
    _ request: HTTPRequest, _ shape: ListShape, _ begin: () -> Result,
    page: (JSONElement, Int, inout RepeatedRows, inout Result) throws(ConnectorError) -> Void
  ) async throws(ConnectorError) -> Result {
    if shape.isCursored {
      var seen = RepeatedRows(.byCursor)
      let result = try await once(request, shape, begin, &seen, page)
      seen.note(request.endpoint, client, in: log)
      return result
    }
    return try await client.readingAgain(request.endpoint) { seen throws(ConnectorError) in
      try await once(request, shape, begin, &seen, page)
    }
  }

  private func once<Result>(
    _ request: HTTPRequest, _ shape: ListShape, _ begin: () -> Result, _ seen: inout RepeatedRows,
    _ take: (JSONElement, Int, inout RepeatedRows, inout Result) throws(ConnectorError) -> Void
  ) async throws(ConnectorError) -> Result {
    let reader = JSONReader()
    var result = begin()
    var declared: Int?
    var saysMore = false
    try await client.pages(request, shape.style) { response, page throws(ConnectorError) in
      let outcome: Swift.Result<Void, ConnectorError>
      do throws(WireError) {
        outcome = try reader.withRoot(response.body) { root throws(WireError) in
          declared = try shape.declared(response, root) ?? declared
          guard let list = try shape.list(root) else { return .success(()) }
          do throws(ConnectorError) {
            return .success(try take(list, page, &seen, &result))
          } catch {
            return .failure(error)
          }
        }
      } catch {
        throw client.malformed(error, request, page: page)
      }
      try outcome.get()
      try seen.endPage(page, of: request.endpoint, client)
      saysMore = response.linksToNext && !shape.style.followsLinks
    }
    // Where pages are counted, a row that came again has the list read again, or cut off: that says more than its length.
    let hasMoved = !shape.isCursored && seen.repeated > 0
    if let declared, !hasMoved, seen.count < declared {
      throw client.short(request, read: seen.count, declared: "the \(declared)")
    }
    // Pages that are counted may link to each other as well; they end by their own count.
    if saysMore, shape.isCursored {
      throw client.short(request, read: seen.count, declared: "more")
    }
    return result
  }
}

extension APIClient {
  /// Makes an error of a list that says it has more rows than came.
  package func short(_ request: HTTPRequest, read: Int, declared: String) -> ConnectorError {
    ConnectorError(
      .contradiction, source: source.name, call: request.endpoint, status: 200,
      message:
        "\(vendor) listed \(read) of \(declared) rows that it says it has, and named no page to go on."
    ).naming(request)
  }
}

extension PagingStyle {
  /// Whether pages are found by counting them or their rows.
  package var countsPages: Bool {
    switch self {
    case .page, .offset: true
    case .single, .link, .range, .nextURL, .cursor, .cursorHeader, .keyset, .tokenInBody: false
    }
  }

  /// Whether the next page is taken from the `Link` header.
  var followsLinks: Bool {
    switch self {
    case .link, .nextURL: true
    default: false
    }
  }
}
