public import IdentityCore

/// The messages that wait for delivery, as the dispatcher sees them.
///
/// What is due is kept by the store; a message stays due until it is marked, so a crash between delivery and
/// mark sends it again, with the same id.
public protocol Outbox: Sendable {
  /// The messages of a channel that may be tried now, oldest first.
  ///
  /// Neither delivered ones, nor those given up, nor those whose next try lies in the future.
  func due(channel: String, at now: Timestamp, limit: Int) async throws -> [AlertMessage]

  /// What a message tells.
  func content(of message: AlertMessage) async throws -> AlertContent

  /// Marks a message as delivered.
  func markDelivered(_ message: AlertMessage, at now: Timestamp) async throws

  /// Counts a try that failed, keeps what it said, and says when to try again.
  ///
  /// - Parameter next: nil when the message is given up: it stays as failed, for people to see and send again.
  func markFailed(_ message: AlertMessage, error: String, next: Timestamp?) async throws
}
