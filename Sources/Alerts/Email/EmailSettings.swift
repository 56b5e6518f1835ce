public import CurlTransport
public import IdentityCore

/// The settings of a mail channel.
public struct EmailSettings: Sendable {
  /// The word in ``to`` that stands for the admins of the team that a message is about.
  public static let teamAdmins = "team-admins"

  /// The name of the channel.
  public var name: String

  /// Findings below this severity are not mailed.
  public var minimumSeverity: Severity

  /// The sender, `idsync <idsync@acme.com>`; bounces go there too.
  public var from: String

  /// The recipients: addresses, with or without a name, and ``teamAdmins``.
  public var to: [String]

  /// The server.
  public var server: SMTPServer

  /// Whether the findings are attached as CSV.
  public var attachesCSV: Bool

  /// The largest CSV that is attached, before encoding; a larger one is left out and the mail says so.
  public var maxAttachmentBytes: Int

  /// Sets a channel up.
  public init(
    name: String, minimumSeverity: Severity = .low, from: String,
    to: [String] = [EmailSettings.teamAdmins], server: SMTPServer, attachesCSV: Bool = false,
    maxAttachmentBytes: Int = 256 * 1024
  ) {
    self.name = name
    self.minimumSeverity = minimumSeverity
    self.from = from
    self.to = to
    self.server = server
    self.attachesCSV = attachesCSV
    self.maxAttachmentBytes = maxAttachmentBytes
  }
}
