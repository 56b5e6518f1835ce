internal import Foundation

/// What the headers of one reply say about the vendor's limit.
struct RateReading: Sendable, Equatable {
  /// How many requests the whole limit has, if that is known.
  var limit: Int?

  /// How many of them are left.
  var remaining: Int

  /// How long until the limit is full again; nil when it is refilled all the time.
  var resetIn: Duration?

  /// How many requests come back per second, for a limit that is refilled all the time.
  var refillPerSecond: Double?

  /// Whether the vendor says that too many requests run at once.
  var isConcurrencyLimit = false

  /// The longest reset that is believed: a day.
  ///
  /// Epochs in milliseconds and nonsense fall out.
  private static let longestReset = 86_400

  /// Reads the headers in the vendor's manner; nil when they say nothing that makes sense.
  static func read(
    _ headers: HTTPHeaders, style: RateHeaders, receivedAt: Date
  ) -> RateReading? {
    switch style.figures {
    case .none:
      return nil
    case .bucket(let field, let limit, let refillPerMinute):
      guard let remaining = number(headers, field) else { return nil }
      return RateReading(
        limit: limit, remaining: remaining, refillPerSecond: refillPerMinute / 60)
    case .triple(let prefix, let reset):
      return triple(headers, prefix, receivedAt, reset, style)
    case .ietf:
      return IETFRateLimit.read(headers)
        ?? triple(headers, RateHeaders.draftPrefix, receivedAt, .secondsFromNow, style)
    }
  }

  /// How long the reply asks us to wait: `Retry-After` in seconds or as a date, compared with the reply's own
  /// `Date`; nil when it does not ask.
  static func retryAfter(_ headers: HTTPHeaders, receivedAt: Date) -> Duration? {
    guard let value = headers.firstBytes("Retry-After") else { return nil }
    let text = ASCII.trimmed(value)
    // Some servers send fractions, which are rounded up.
    let parts = text.split(separator: 0x2E, maxSplits: 1, omittingEmptySubsequences: false)
    if let whole = parts.first, let seconds = ASCII.number(whole),
      parts.count == 1 || parts[1].allSatisfy(ASCII.isDigit)
    {
      let fraction = parts.count == 2 && parts[1].contains { $0 != 0x30 }
      return .seconds(min(seconds, 10_000_000) + (fraction ? 1 : 0))
    }
    guard let date = HTTPDate.epochSeconds(text) else { return nil }
    return .seconds(max(0, date - serverTime(headers, receivedAt)))
  }

  /// The time by the server's clock when it replied, or by ours when it does not say.
  static func serverTime(_ headers: HTTPHeaders, _ receivedAt: Date) -> Int {
    headers.firstBytes("Date").flatMap(HTTPDate.epochSeconds)
      ?? Int(receivedAt.timeIntervalSince1970.rounded(.down))
  }

  private static func triple(
    _ headers: HTTPHeaders, _ prefix: String, _ receivedAt: Date, _ kind: RateHeaders.Reset,
    _ style: RateHeaders
  ) -> RateReading? {
    guard let remaining = number(headers, prefix + "Remaining") else { return nil }
    var reading = RateReading(limit: number(headers, prefix + "Limit"), remaining: remaining)
    if let reset = number(headers, prefix + "Reset") {
      let seconds = kind == .epochSeconds ? reset - serverTime(headers, receivedAt) : reset
      if seconds <= longestReset { reading.resetIn = .seconds(max(0, seconds)) }
    }
    reading.isConcurrencyLimit =
      style.zeroOfZeroIsConcurrency && reading.limit == 0 && remaining == 0
    return reading
  }

  static func number(_ headers: HTTPHeaders, _ name: String) -> Int? {
    headers.firstBytes(name).flatMap { ASCII.number(ASCII.trimmed($0)) }
  }
}
