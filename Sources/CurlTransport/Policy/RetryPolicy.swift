/// How often and how patiently a request is tried again.
///
/// The wait before try *n* is drawn evenly from zero to `min(cap, base · 2ⁿ⁻¹)` (full jitter), unless
/// the reply says how long to wait. Requests that are not idempotent are never repeated.
public struct RetryPolicy: Sendable {
  /// How often one request is sent at most, the first time included.
  public var maxAttempts: Int

  /// The longest first wait.
  public var base: Duration

  /// The longest wait that we choose ourselves.
  public var cap: Duration

  /// The longest wait that a reply can make us take (`Retry-After`, the reset of a limit).
  public var retryAfterCap: Duration

  /// The wait after a reply that says "limit" but not for how long, and what it grows by with every try; nil leaves
  /// it to ``base`` and ``cap``.
  public var limitWait: (first: Duration, step: Duration)?

  /// How long all retries of a source may wait in total.
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

  /// The longest wait after the try of that number, from 1.
  func ceiling(afterAttempt attempt: Int) -> Duration {
    var wait = base
    for _ in 1..<max(1, min(attempt, 32)) where wait < cap { wait *= 2 }
    return min(wait, cap)
  }
}
