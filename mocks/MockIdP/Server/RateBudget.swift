internal import Foundation

/// Counts requests against the vendors' quotas.
struct RateBudget: Sendable {
  /// One minute of one Okta bucket.
  struct Window: Sendable {
    var limit: Int
    /// Requests left after this one; negative when this one was too many.
    var remaining: Int
    /// When the bucket is full again.
    var reset: Date
  }

  private var tokens: [String: (count: Double, at: Date)] = [:]
  private var windows: [String: Window] = [:]

  /// Takes one request token of a Heroku account; returns what is left, nil when there is none.
  mutating func spendHeroku(account: String, capacity: Int, perMinute: Int, isFree: Bool) -> Int? {
    let now = Date()
    var (count, at) = tokens[account] ?? (Double(capacity), now)
    count = min(Double(capacity), count + now.timeIntervalSince(at) / 60 * Double(perMinute))
    at = now
    if isFree {
      tokens[account] = (count, at)
      return Int(count)
    }
    guard count >= 1 else {
      tokens[account] = (count, at)
      return nil
    }
    tokens[account] = (count - 1, at)
    return Int(count - 1)
  }

  /// Counts a request in an Okta bucket.
  mutating func spendOkta(family: String, limit: Int) -> Window {
    let now = Date()
    var window = windows[family] ?? Window(limit: limit, remaining: limit, reset: now)
    if window.reset <= now || window.limit != limit {
      window = Window(limit: limit, remaining: limit, reset: now.addingTimeInterval(60))
    }
    window.remaining -= 1
    windows[family] = window
    return window
  }
}
