internal import Alerts
internal import IdentityCore
internal import Storage

/// The outbox of the store, as the dispatcher sees it.
struct StoreOutbox: Outbox {
  let store: Store
  /// Whether messages that wait for their next try are due as well.
  let ignoresSchedule: Bool

  func due(channel: String, at now: Timestamp, limit: Int) async throws -> [AlertMessage] {
    let moment = ignoresSchedule ? AlertMessage.never : now
    return Array(
      try store.dueAlerts(at: moment, limit: .max).filter { $0.channel == channel }.prefix(limit))
  }

  func content(of message: AlertMessage) async throws -> AlertContent {
    try store.content(of: message)
  }

  func markDelivered(_ message: AlertMessage, at now: Timestamp) async throws {
    try store.markDelivered(message.id, at: now)
  }

  func markFailed(_ message: AlertMessage, error: String, next: Timestamp?) async throws {
    try store.markFailed(message.id, error: error, next: next ?? AlertMessage.never)
  }
}
