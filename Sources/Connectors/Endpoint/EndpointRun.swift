internal import CurlTransport
internal import IdentityCore
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
    log = ReadingLog(connector.client.source, startedAt: connector.clock())
  }

  /// What a list said about itself when it was read to its end.
  struct Counts: Sendable {
    var received = 0
    var distinct = DistinctIDs()
    var repeated: (page: Int, row: Int)?
    var total: Int?
  }

  func issue(_ error: ConnectorError, affects: SourceIssue.Affects = .verdicts) -> SourceIssue {
    connector.logger.debug("\(error)")
    return error.issue(remedy: connector.remedy(for: error), affects: affects)
  }

  func reading(_ counts: Counts?, _ issues: [SourceIssue]? = nil) -> SourceReading {
    var reading = log.reading(kind: connector.kind, at: connector.clock(), issues: issues)
    reading.declared = counts?.total
    return reading
  }

  /// Makes a request of a plan.
  func request(
    _ request: RequestPlan, _ values: [String: String]
  ) throws(ConnectorError) -> HTTPRequest {
    let all = plan.variables.merging(values) { $1 }
    guard var made = request.request(plan.url, all) else {
      throw ConnectorError(
        .configuration, source: plan.name, call: request.call,
        message:
          "\(request.call) of \(plan.name) names a team, which only a roster has.")
    }
    if let complete = connector.complete { made.url = complete(made.url) }
    return made
  }

  /// Reads a list page by page.
  ///
  /// - Parameters:
  ///   - key: makes the key by which a row is told from others; nil for a row that has none.
  ///   - row: takes every row that did not come before, with its page.
  /// - Throws: when the list was not read to its declared end, or not all of it came.
  func read(
    _ list: ListPlan, _ values: [String: String], _ phase: String,
    key: (JSONValue) -> String?, counts: inout Counts,
    row: (JSONValue, _ page: Int) throws(WireError) -> Void
  ) async throws(ConnectorError) {
    let all = plan.variables.merging(values) { $1 }
    let first = list.paging.first(try request(list.request, values))
    let paging = EndpointPaging(
      list, body: list.request.document(all) ?? .object([:]), complete: connector.complete)
    let page = paging.page
    var mine = counts
    var idlePages = 0
    defer { counts = mine }
    try await client.pages(first, paging.style) { response, number throws(ConnectorError) in
      if number > 1, page.isBeyondEnd(response) { return }
      let fresh = mine.distinct.count
      do throws(WireError) {
        if try page.isFailure(list.errorPath, response) {
          throw ConnectorErrorBox.failure
        }
        mine.total = try page.total(response) ?? mine.total
        var index = 0
        let count = try page.forEachItem(response) { item throws(WireError) in
          index += 1
          guard let id = key(item) else {
            throw WireError(.shape, row: index, detail: "the row has no id")
          }
          guard mine.distinct.insert(id) else {
            if mine.repeated == nil { mine.repeated = (number, index) }
            return
          }
          do throws(WireError) {
            try row(item, number)
          } catch {
            throw error.row == nil ? error.inRow(index) : error
          }
        }
        mine.received += count
        idlePages = count > 0 && mine.distinct.count == fresh ? idlePages + 1 : 0
      } catch {
        if error == ConnectorErrorBox.failure {
          throw ConnectorError(
            .refused, source: plan.name, call: first.endpoint, page: number,
            status: response.status,
            message:
              "\(plan.name) answered \(first.endpoint) with status \(response.status) and an error in it (page \(number))."
          )
        }
        throw client.malformed(error, first, page: number)
      }
      log.count(mine.distinct.count - fresh)
      progress(plan.name, phase, done: mine.distinct.count, total: mine.total)
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
    try check(mine, first.endpoint)
  }

  /// Whether as much came as the source says it has.
  private func check(_ counts: Counts, _ call: String) throws(ConnectorError) {
    if let total = counts.total {
      guard counts.distinct.count != total else { return }
      throw ConnectorError(
        .paging, source: plan.name, call: call,
        message:
          "\(plan.name) says that \(call) has \(total) items, and \(counts.distinct.count) different ones came."
      )
    }
    if let (page, row) = counts.repeated {
      throw client.duplicate(call, page: page, row: row)
    }
  }

  private enum ConnectorErrorBox {
    /// Stands for a reply that is a failure in spite of its status.
    static let failure = WireError(.shape, detail: "an error where error_path says")
  }
}
