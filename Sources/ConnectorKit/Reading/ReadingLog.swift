package import CurlTransport
package import IdentityCore
internal import Synchronization

/// What happens while one source is read: issues, rows and what it cost.
package final class ReadingLog: Sendable {
  private struct State {
    var issues: [SourceIssue] = []
    var fetched = 0
  }

  private let state = Mutex(State())
  private let source: HTTPSource
  /// The source, and further hosts that speak for it.
  private let sources: [HTTPSource]
  private let before: [SourceStatistics]
  private let startedAt: Timestamp

  package init(_ source: HTTPSource, also others: [HTTPSource] = [], startedAt: Timestamp) {
    self.source = source
    sources = [source] + others
    before = sources.map(\.statistics)
    self.startedAt = startedAt
  }

  /// Keeps an issue; one that is there already is not kept twice.
  package func add(_ issue: SourceIssue) {
    state.withLock { if !$0.issues.contains(issue) { $0.issues.append(issue) } }
  }

  /// Counts rows taken in.
  package func count(_ rows: Int) {
    state.withLock { $0.fetched += rows }
  }

  /// The issues, in an order that does not depend on which task was quicker.
  package var issues: [SourceIssue] {
    state.withLock { $0.issues }.sorted {
      ($0.call, $0.page ?? 0, $0.code, $0.message) < ($1.call, $1.page ?? 0, $1.code, $1.message)
    }
  }

  /// The reading as it stands now.
  package func reading(
    kind: String, at now: Timestamp, issues: [SourceIssue]? = nil
  ) -> SourceReading {
    var requests: [String: Int] = [:]
    var bytes = 0
    for (source, before) in zip(sources, before) {
      let after = source.statistics
      bytes += after.bytesReceived - before.bytesReceived
      for (endpoint, statuses) in after.requests {
        let count =
          statuses.values.reduce(0, +)
          - (before.requests[endpoint]?.values.reduce(0, +) ?? 0)
        if count > 0 { requests[endpoint, default: 0] += count }
      }
    }
    return SourceReading(
      name: source.name, kind: kind, fetched: state.withLock { $0.fetched },
      requests: requests.values.reduce(0, +), requestsByEndpoint: requests,
      bytes: bytes, startedAt: startedAt, observedAt: now,
      issues: issues ?? self.issues)
  }
}
