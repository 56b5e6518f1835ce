internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Logging

/// One reading of an endpoint.
struct EndpointRun: Sendable {
  let connector: EndpointConnector
  let progress: Progress
  let log: ReadingLog
  var plan: EndpointPlan { connector.plan }
  var client: APIClient { connector.client }

  init(_ connector: EndpointConnector, _ progress: Progress) {
    self.connector = connector
    self.progress = progress
    log = ReadingLog(
      connector.client.source, also: connector.detailClient.map { [$0.source] } ?? [],
      startedAt: connector.clock())
  }

  func issue(_ error: ConnectorError, affects: SourceIssue.Affects = .verdicts) -> SourceIssue {
    connector.logger.debug("\(error)")
    var issue = error.issue(remedy: connector.remedy(for: error), affects: affects)
    if error.vendorCode == EndpointConnector.mapping {
      issue.remedy =
        "Correct the configuration of \(plan.name): idsync doctor --sample \(plan.name) shows what comes."
    }
    return issue
  }

  func reading(_ counts: Counts?, _ issues: [SourceIssue]? = nil) -> SourceReading {
    var reading = log.reading(kind: connector.kind, at: connector.clock(), issues: issues)
    reading.declared = counts?.total
    return reading
  }

  /// Makes a request of a plan.
  func request(
    _ request: RequestPlan, _ values: [String: String], at url: String? = nil
  ) throws(ConnectorError) -> HTTPRequest {
    let all = plan.variables.merging(values) { $1 }
    guard var made = request.request(url ?? plan.url, all) else {
      throw ConnectorError(
        .configuration, source: plan.name, call: request.call,
        message:
          "\(request.call) of \(plan.name) names a team, which only a roster has.")
    }
    if url == nil, let complete = connector.complete { made.url = complete(made.url) }
    return made
  }

  // MARK: Lists

  /// What a list said about itself.
  struct Counts: Sendable {
    var received = 0
    var distinct = DistinctRows()
    var total: Int?
    /// What a header says that the list has, rows that a filter leaves out included.
    var headerTotal: Int?
    var unfiltered = 0
    var firstRepeat: (page: Int, row: Int)?
  }

  /// How a list is read.
  struct Reader<State: Sendable>: Sendable {
    var list: ListPlan
    var values: [String: String]
    var phase: String
    /// Makes the key by which a row is told from others; nil for a row that has none.
    var key: @Sendable (JSONValue) -> String?
    /// Whether several rows of one key make sense.
    var takesSeveral = false
  }

  /// Reads a list page by page; one that is cut by counting is read anew once where rows came twice, for then it moved.
  ///
  /// - Parameters:
  ///   - state: what rows are gathered in; begun afresh when the list is read again.
  ///   - row: takes every row that did not come before, with its number on its page.
  /// - Throws: when the list was not read to its declared end, or not all of it came.
  func read<State: Sendable>(
    _ reader: Reader<State>, counts: inout Counts, _ state: inout State,
    row: (JSONValue, _ number: Int, inout State) throws(WireError) -> Void
  ) async throws(ConnectorError) {
    let (empty, none) = (state, counts)
    do throws(ConnectorError) {
      try await readOnce(reader, counts: &counts, &state, row: row)
    } catch {
      guard error.code == .duplicateIDs, reader.list.paging.isCounted else { throw error }
      connector.logger.debug("\(error)")
      state = empty
      counts = none
      try await readOnce(reader, counts: &counts, &state, row: row)
    }
  }

  private func readOnce<State: Sendable>(
    _ reader: Reader<State>, counts: inout Counts, _ state: inout State,
    row: (JSONValue, _ number: Int, inout State) throws(WireError) -> Void
  ) async throws(ConnectorError) {
    let list = reader.list
    let all = plan.variables.merging(reader.values) { $1 }
    let first = list.paging.first(try request(list.request, reader.values))
    let paging = EndpointPaging(
      list, body: list.request.document(all) ?? .object([:]), complete: connector.complete)
    let page = paging.page
    var mine = counts
    var kept = state
    var idlePages = 0
    defer {
      counts = mine
      state = kept
    }
    try await client.pages(first, paging.style) { response, number throws(ConnectorError) in
      if number > 1, page.isBeyondEnd(response) { return }
      let fresh = mine.distinct.count
      var more: String?
      do throws(WireError) {
        if try page.isFailure(response) { throw Self.failureMark }
        mine.total = try page.total(response) ?? mine.total
        mine.headerTotal = UnpagedList.total(response) ?? mine.headerTotal
        if mine.headerTotal != nil { mine.unfiltered += try page.received(response).count }
        var index = 0
        let count = try page.forEachItem(response) { item throws(WireError) in
          index += 1
          guard let id = reader.key(item) else {
            throw WireError(.shape, row: index, path: "id", detail: "the row has no id")
          }
          switch mine.distinct.insert(id, item) {
          case .same:
            if mine.firstRepeat == nil { mine.firstRepeat = (number, index) }
            return
          case .different:
            guard reader.takesSeveral else { throw WireError.otherFacts.inRow(index) }
          case .new: break
          }
          do throws(WireError) {
            try row(item, index, &kept)
          } catch {
            throw error.row == nil ? error.inRow(index) : error
          }
        }
        mine.received += count
        more = try page.more(response, received: count)
        idlePages = count > 0 && mine.distinct.count == fresh ? idlePages + 1 : 0
      } catch {
        if error == Self.failureMark { throw refused(first, response, number) }
        throw misfit(error, reader, response, first, number)
      }
      progress(plan.name, reader.phase, done: mine.distinct.count, total: mine.total)
      if let more {
        throw ConnectorError(
          .configuration, source: plan.name, call: first.endpoint, page: number,
          status: response.status, vendorCode: EndpointConnector.unpaged,
          message:
            "\(first.endpoint) of \(plan.name) says that there is more of the list (\(more)), and no paging is configured: \(mine.distinct.count) rows came."
        )
      }
      if idlePages >= 2 {
        throw ConnectorError(
          .cursorLoop, source: plan.name, call: first.endpoint, page: number,
          message: "Two pages in a row of \(first.endpoint) hold nothing new (page \(number)).")
      }
      if let most = plan.maxItems, mine.distinct.count > most {
        throw ConnectorError(
          .tooLarge, source: plan.name, call: first.endpoint, page: number,
          message: "\(first.endpoint) has more than the \(most) items of max_items.")
      }
    }
    try check(mine, list, first.endpoint)
  }

  /// Whether as much came as the source says it has, and nothing twice where that means that the list moved.
  private func check(
    _ counts: Counts, _ list: ListPlan, _ call: String
  ) throws(ConnectorError) {
    if let total = counts.total, counts.distinct.count != total {
      throw ConnectorError(
        .paging, source: plan.name, call: call,
        message:
          "\(plan.name) says that \(call) has \(total) items, and \(counts.distinct.count) different ones came."
      )
    }
    if let total = counts.headerTotal, counts.unfiltered - counts.distinct.repeats < total {
      throw ConnectorError(
        .configuration, source: plan.name, call: call, vendorCode: EndpointConnector.unpaged,
        message:
          "A header of \(call) says that the list of \(plan.name) has \(total) rows, and \(counts.unfiltered - counts.distinct.repeats) different ones came."
      )
    }
    guard let (page, row) = counts.firstRepeat else { return }
    if list.paging.isCounted { throw client.duplicate(call, page: page, row: row) }
    log.add(.repeatedRows(counts.distinct.repeats, source: plan.name, call: call))
  }

  // MARK: Failures

  private static let failureMark = WireError(.shape, detail: "an error where error_path says")

  /// A reply that is a failure in spite of its status.
  private func refused(
    _ first: HTTPRequest, _ response: HTTPResponse, _ page: Int
  ) -> ConnectorError {
    ConnectorError(
      .refused, source: plan.name, call: first.endpoint, page: page, status: response.status,
      message:
        "\(plan.name) answered \(first.endpoint) with status \(response.status) and an error in it (page \(page))."
    )
  }
}

extension PagingPlan {
  /// Whether pages are counted, so that a row that comes twice has pushed another one out of sight.
  var isCounted: Bool { style == .page || style == .offset }
}
