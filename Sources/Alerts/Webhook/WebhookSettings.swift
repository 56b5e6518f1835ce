public import CurlTransport
public import IdentityCore

/// The settings of a webhook channel.
public struct WebhookSettings: Sendable {
  /// The name of the channel.
  public var name: String

  /// Findings below this severity are not sent.
  public var minimumSeverity: Severity

  /// The endpoint: https, or http on loopback.
  ///
  /// It is never shown, since it may hold a token.
  public var url: String

  /// The secrets, the current one first; each signs, so that receivers can change over without a gap.
  public var secrets: [Secret]

  /// How long the receiver may take.
  public var timeout: Duration

  /// Sets a channel up.
  public init(
    name: String, minimumSeverity: Severity = .low, url: String, secrets: [Secret],
    timeout: Duration = .seconds(20)
  ) {
    self.name = name
    self.minimumSeverity = minimumSeverity
    self.url = url
    self.secrets = secrets
    self.timeout = timeout
  }
}
