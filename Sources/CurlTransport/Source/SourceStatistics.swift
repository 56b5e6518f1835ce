/// What a source has cost so far.
public struct SourceStatistics: Sendable, Equatable {
  /// Requests sent, per endpoint template and status; status 0 counts those without a reply.
  public var requests: [String: [Int: Int]] = [:]

  /// Bytes of bodies as they came over the wire, still compressed.
  public var bytesReceived = 0

  /// Requests that were sent again.
  public var retries = 0

  /// Replies that a 304 let us take out of the cache.
  public var cacheHits = 0

  /// Connections that had to be opened.
  public var connections = 0

  /// Time spent waiting for the vendor: retries and pacing, added up over all tasks.
  public var waited: Duration = .zero

  /// Nothing yet.
  public init() {}

  /// Requests sent in total, repeated ones included.
  public var requestCount: Int {
    requests.values.reduce(0) { $0 + $1.values.reduce(0, +) }
  }

  /// Adds one request; past a thousand templates the rest is counted together.
  mutating func count(_ endpoint: String, status: Int) {
    let known = requests[endpoint] != nil || requests.count < 1000
    requests[known ? endpoint : "(other)", default: [:]][status, default: 0] += 1
  }
}
