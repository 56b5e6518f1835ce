public import IdentityCore

/// The kinds of channels, as the configuration names them.
public enum AlertChannelKind: String, Sendable, Codable, CaseIterable {
  /// Mail through an SMTP server.
  case email
  /// An HTTP endpoint, signed as Standard Webhooks 1.0.
  case webhook
}

/// A way to tell people or programs what a run found.
///
/// A channel keeps no state between messages and tries once; when to try again is the dispatcher's matter.
public protocol AlertChannel: Sendable {
  /// The name in the configuration, unique among channels.
  var name: String { get }

  /// What kind of channel this is.
  var kind: AlertChannelKind { get }

  /// Findings below this severity are not told here.
  var minimumSeverity: Severity { get }

  /// Hands one message over, and returns when the receiver has taken responsibility for it.
  ///
  /// Sending the same message again is recognisable as a repeat: id and content do not change.
  func deliver(
    _ message: AlertMessage, _ content: AlertContent
  ) async throws(AlertError) -> AlertReceipt

  /// Sends a message that says it is a test.
  ///
  /// - Parameter extra: addresses to include, for channels that send to addresses.
  func test(including extra: [String]) async throws(AlertError) -> AlertReceipt
}

/// What a receiver made of a message that it took.
public struct AlertReceipt: Sendable, Hashable {
  /// Who took it, for people: `2 recipients`, `status 204`.
  public var summary: String

  /// What a person should know all the same: a recipient who was refused or cannot be addressed.
  public var warnings: [String]

  /// Sums up a delivery.
  public init(summary: String, warnings: [String] = []) {
    self.summary = summary
    self.warnings = warnings
  }
}
