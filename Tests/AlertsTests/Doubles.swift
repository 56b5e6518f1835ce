import CurlTransport
import Foundation
import IdentityCore
import Synchronization

@testable import Alerts

/// Time that moves only when told, or when someone sleeps a bounded while.
final class ManualClock: Sendable {
  private let state: Mutex<(now: Duration, slept: [Duration])>
  /// Sleeps longer than this never end by themselves.
  private let bound: Duration

  init(sleepingUpTo bound: Duration = .zero) {
    state = Mutex((.zero, []))
    self.bound = bound
  }

  var slept: [Duration] { state.withLock { $0.slept } }

  func advance(_ duration: Duration) { state.withLock { $0.now += duration } }

  var clock: TransportClock {
    TransportClock(
      now: { Fixtures.at.date.addingTimeInterval(self.state.withLock { $0.now } / .seconds(1)) },
      uptime: { self.state.withLock { $0.now } },
      sleep: { duration in
        if duration <= self.bound {
          self.state.withLock {
            $0.now += duration
            $0.slept.append(duration)
          }
        } else {
          try await Task.sleep(for: .seconds(3600))
        }
      }, random: { 0.5 })
  }
}

/// An outbox in memory.
actor MemoryOutbox: Outbox {
  struct Broken: Error {}

  private(set) var messages: [AlertMessage]
  private(set) var givenUp: Set<String> = []
  private var contents: [String: AlertContent]
  private let failsMarks: Bool
  private let unreadable: Set<String>

  init(
    _ messages: [AlertMessage], contents: [String: AlertContent] = [:], failsMarks: Bool = false,
    unreadable: Set<String> = []
  ) {
    self.messages = messages
    self.contents = contents
    self.failsMarks = failsMarks
    self.unreadable = unreadable
  }

  subscript(id: String) -> AlertMessage? { messages.first { $0.id == id } }

  func due(channel: String, at now: Timestamp, limit: Int) -> [AlertMessage] {
    Array(
      messages.filter {
        $0.channel == channel && $0.deliveredAt == nil && $0.nextAttemptAt <= now
          && !givenUp.contains($0.id)
      }.prefix(limit))
  }

  func content(of message: AlertMessage) throws -> AlertContent {
    if unreadable.contains(message.id) { throw Broken() }
    return contents[message.id] ?? Fixtures.typical
  }

  func markDelivered(_ message: AlertMessage, at now: Timestamp) throws {
    // As a database would: a cancelled task gets no transaction.
    try Task.checkCancellation()
    if failsMarks { throw Broken() }
    update(message.id) { $0.deliveredAt = now }
  }

  func markFailed(_ message: AlertMessage, error: String, next: Timestamp?) throws {
    if failsMarks { throw Broken() }
    if next == nil { givenUp.insert(message.id) }
    update(message.id) {
      $0.attempts += 1
      $0.lastError = error
      $0.nextAttemptAt = next ?? $0.nextAttemptAt
    }
  }

  private func update(_ id: String, _ change: (inout AlertMessage) -> Void) {
    for index in messages.indices where messages[index].id == id { change(&messages[index]) }
  }
}

/// A channel that answers as told and remembers what it got.
final class ScriptedChannel: AlertChannel {
  let name: String
  let kind = AlertChannelKind.webhook
  let minimumSeverity: Severity
  private let answer: @Sendable (AlertMessage, Int) async throws(AlertError) -> Void
  private let log = Mutex<[(id: String, content: AlertContent)]>([])

  init(
    _ name: String = "mail", minimumSeverity: Severity = .low,
    answer: @escaping @Sendable (AlertMessage, Int) async throws(AlertError) -> Void = { _, _ in }
  ) {
    self.name = name
    self.minimumSeverity = minimumSeverity
    self.answer = answer
  }

  var ids: [String] { log.withLock { $0.map(\.id) } }
  var contents: [AlertContent] { log.withLock { $0.map(\.content) } }

  func deliver(
    _ message: AlertMessage, _ content: AlertContent
  ) async throws(AlertError) -> AlertReceipt {
    let number = log.withLock {
      $0.append((message.id, content))
      return $0.count
    }
    try await answer(message, number)
    return AlertReceipt(summary: "taken")
  }

  func test(including extra: [String]) async throws(AlertError) -> AlertReceipt {
    AlertReceipt(summary: "taken")
  }

}

func failure(_ code: AlertError.Code, retryAfter: Duration? = nil) -> AlertError {
  AlertError(code, channel: "mail", detail: "No.", retryAfter: retryAfter)
}
