internal import Foundation
internal import Synchronization

/// Keeps a source inside its part of the vendor's limit.
///
/// It learns from the headers of every reply. While more than the share of the other users is left, requests go
/// at once. Below it they are spaced evenly until the reset, and of what is left again the same share is
/// not touched, so the bucket never runs dry on our account. A reply that says "wait" holds back every request of its bucket.
final class RateGovernor: Sendable {
  /// What to do with a request that wants to go.
  enum Admission: Sendable, Equatable {
    case go
    case wait(Duration)
    case exhausted(Duration)
  }

  private struct Bucket {
    var reading: RateReading
    var readAt: Duration
    var nextSlot: Duration = .zero
  }

  private struct State {
    var buckets: [String: Bucket] = [:]
    var heldUntil: [String: Duration] = [:]
    /// When the next request of a spaced part may go, by its prefix.
    var spacedUntil: [String: Duration] = [:]
    var nextStart: Duration = .zero
  }

  private let style: RateHeaders
  private let share: Double
  private let longestWait: Duration
  private let longestHold: Duration
  private let spacing: [SourcePolicy.Spacing]
  private let interval: Duration?
  private let clock: TransportClock
  private let state = Mutex(State())

  init(policy: SourcePolicy, clock: TransportClock) {
    style = policy.rateHeaders
    share = min(max(policy.rateShare, 0), 1)
    longestWait = policy.retry.retryAfterCap
    longestHold = policy.retry.totalBudget
    spacing = policy.spacing
    interval = policy.minInterval
    self.clock = clock
  }

  /// Asks for leave to send; leave to go takes one request off the bucket.
  func admit(_ endpoint: String) -> Admission {
    let now = clock.uptime()
    let key = key(endpoint)
    return state.withLock { state in
      if interval != nil, state.nextStart > now { return .wait(state.nextStart - now) }
      let part = spacing.first { endpoint.hasPrefix($0.prefix) }
      if let part, let until = state.spacedUntil[part.prefix], until > now {
        return .wait(until - now)
      }
      let admission = Self.admit(key, now, longestHold, &state) { pace(&$0, now: now, age: $1) }
      if let interval, admission == .go { state.nextStart = now + interval }
      if let part, admission == .go { state.spacedUntil[part.prefix] = now + part.interval }
      return admission
    }
  }

  private static func admit(
    _ key: String, _ now: Duration, _ longestHold: Duration, _ state: inout State,
    _ pace: (_ bucket: inout Bucket, _ age: Duration) -> Admission
  ) -> Admission {
    if let until = state.heldUntil[key] {
      if until > now {
        return until - now > longestHold ? .exhausted(until - now) : .wait(until - now)
      }
      state.heldUntil[key] = nil
    }
    guard var bucket = state.buckets[key] else { return .go }
    let age = now - bucket.readAt
    if let reset = bucket.reading.resetIn, age >= reset {
      state.buckets[key] = nil
      return .go
    }
    let admission = pace(&bucket, age)
    state.buckets[key] = bucket
    return admission
  }

  /// Learns from a reply.
  func observe(_ headers: HTTPHeaders, endpoint: String, receivedAt: Date) -> RateReading? {
    guard
      let reading = RateReading.read(headers, style: style, receivedAt: receivedAt)
    else { return nil }
    guard !reading.isConcurrencyLimit else { return reading }
    let now = clock.uptime()
    let key = key(endpoint)
    state.withLock { state in
      let slot = state.buckets[key]?.nextSlot ?? .zero
      state.buckets[key] = Bucket(reading: reading, readAt: now, nextSlot: slot)
    }
    return reading
  }

  /// Holds back every request of an endpoint's bucket.
  func hold(_ endpoint: String, for wait: Duration) {
    let until = clock.uptime() + wait
    let key = key(endpoint)
    state.withLock { state in
      state.heldUntil[key] = max(state.heldUntil[key] ?? .zero, until)
    }
  }

  /// How long a reply that says "not now" wants us to wait; nil when it leaves that to us.
  ///
  /// - Parameter needed: how many requests of the source wait for the limit.
  func demandedWait(
    _ response: HTTPResponse, reading: RateReading?, needed: Int
  ) -> Duration? {
    if let wait = RateReading.retryAfter(response.headers, receivedAt: response.receivedAt) {
      return wait
    }
    guard response.status == 429 || response.status == 403 else { return nil }
    if reading?.isConcurrencyLimit == true {
      // The reset is only a hint here; a few seconds let the other requests end.
      return .seconds(2) + clock.jitter(upTo: .seconds(3))
    }
    if case .bucket(_, _, let refillPerMinute) = style.figures {
      // No reset is named, so wait until enough has flowed in.
      let minutes = Int((Double(max(needed, 1)) / refillPerMinute).rounded(.up))
      return min(.seconds(60) * minutes, longestWait)
    }
    if let reset = reading?.resetIn, reading?.remaining == 0 { return reset + .seconds(1) }
    return nil
  }

  /// Whether a reply means the limit, which with some vendors a 403 may.
  func isLimit(_ response: HTTPResponse) -> Bool {
    if response.status == 429 { return true }
    guard style.refusesByForbidding, response.status == 403 else { return false }
    return response.headers.contains("Retry-After")
      || RateReading.read(response.headers, style: style, receivedAt: response.receivedAt)?
        .remaining == 0
  }

  // MARK: Helpers

  private func pace(_ bucket: inout Bucket, now: Duration, age: Duration) -> Admission {
    let reading = bucket.reading
    let floor = Double(reading.limit ?? 0) * share
    if reading.remaining > 0, Double(reading.remaining) > floor {
      bucket.reading.remaining -= 1
      return .go
    }
    let interval: Duration
    if let refill = reading.refillPerSecond {
      interval = .seconds(1 / refill)
    } else if let reset = reading.resetIn {
      let left = reset - age
      if reading.remaining <= 0 {
        return left > longestWait ? .exhausted(left) : .wait(left)
      }
      // Spread evenly what may still be used: all but the others' part of what was left at the floor.
      interval = min(left / max(1, Double(reading.remaining) - floor * share), longestWait)
    } else {
      // Nothing left and no word about when: the reply to the next request will tell.
      return .go
    }
    let slot = bucket.nextSlot
    if slot > now { return .wait(slot - now) }
    bucket.nextSlot = now + interval
    bucket.reading.remaining = max(0, reading.remaining - 1)
    return .go
  }

  private func key(_ endpoint: String) -> String { style.countsPerEndpoint ? endpoint : "" }
}
