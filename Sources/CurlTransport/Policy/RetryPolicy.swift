/// How often and how patiently a request is tried again.
///
/// The wait before try *n* is drawn evenly from zero to `min(cap, base · 2ⁿ⁻¹)` (full jitter), unless
/// the reply says how long to wait. After a reply that means the limit and does not say so, that bound is the least wait,
/// with jitter on top. Requests that are not idempotent are never repeated.
public struct RetryPolicy: Sendable {
  /// How often one request is sent at most, the first time included.
  public var maxAttempts: Int

  /// The longest first wait.
  public var base: Duration

  /// The longest wait that we choose ourselves.
  public var cap: Duration

  /// The longest wait before a request is sent for the first time, until the reset of a limit.
  public var retryAfterCap: Duration

  /// The wait after a reply that says "limit" but not for how long, and what it grows by with every try; nil doubles
  /// ``base`` up to ``cap``.
  public var limitWait: (first: Duration, step: Duration)?

  /// How long all retries of a source may wait in total; a reply that asks for a longer wait is an error.
  public var totalBudget: Duration

  /// How many retries a source may make in total.
  public var totalRetries: Int

  /// Sets the patience.
  public init(
    maxAttempts: Int = 5, base: Duration = .milliseconds(500), cap: Duration = .seconds(20),
    retryAfterCap: Duration = .seconds(120), limitWait: (first: Duration, step: Duration)? = nil,
    totalBudget: Duration = .seconds(600),
    totalRetries: Int = 200
  ) {
    self.maxAttempts = maxAttempts
    self.base = base
    self.cap = cap
    self.retryAfterCap = retryAfterCap
    self.limitWait = limitWait
    self.totalBudget = totalBudget
    self.totalRetries = totalRetries
  }

  /// One try and no more.
  public static var never: RetryPolicy { RetryPolicy(maxAttempts: 1) }

  /// Whether a status says "not now" rather than "no".
  public static func isTransient(status: Int) -> Bool {
    switch status {
    case 408, 425, 429, 500, 502, 503, 504: true
    default: false
    }
  }

  /// The least wait after a reply to the try of that number that says "limit" but not for how long.
  func limitWait(afterAttempt attempt: Int) -> Duration {
    limitWait.map { $0.first + $0.step * (attempt - 1) } ?? ceiling(afterAttempt: attempt)
  }

  /// The longest wait after the try of that number, from 1.
  func ceiling(afterAttempt attempt: Int) -> Duration {
    var wait = base
    for _ in 1..<max(1, min(attempt, 32)) where wait < cap { wait *= 2 }
    return min(wait, cap)
  }
}
