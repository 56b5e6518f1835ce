public import CurlTransport
internal import Foundation
public import IdentityCore

/// Alerts by mail to the admins of the team and to configured addresses.
public struct EmailChannel: AlertChannel {
  /// The name in the configuration.
  public let name: String
  /// Always ``AlertChannelKind/email``.
  public var kind: AlertChannelKind { .email }
  /// Findings below this severity are not mailed.
  public let minimumSeverity: Severity

  /// How many recipients one mail may have; a list above it is mailed in several goes (RFC 5321 §4.5.3.1.8).
  static let maxRecipients = 100
  /// How often a mail goes to all again because the server put off some of the recipients.
  static let maxTriesForSome = 3

  private let composer: EmailComposer
  private let addresses: [MailAddress]
  private let includesAdmins: Bool
  private let server: SMTPServer
  private let transport: HTTPTransport
  private let clock: TransportClock

  /// Checks the settings and makes the channel; nothing is contacted.
  ///
  /// - Throws: ``AlertError`` with `.configuration` for an address that cannot be used, a mail server without
  ///   TLS outside loopback, or credentials that would go over an open connection.
  public init(
    settings: EmailSettings, transport: HTTPTransport, clock: TransportClock = .system
  ) throws(AlertError) {
    let channel = settings.name
    func refuse(_ detail: String) -> AlertError {
      AlertError(.configuration, channel: channel, detail: detail)
    }
    guard let from = MailAddress(settings.from) else {
      throw refuse(
        "The sender \(InertText.line(settings.from)) is not an address; write "
          + "`idsync@acme.com` or `idsync <idsync@acme.com>`.")
    }
    var addresses: [MailAddress] = []
    for text in settings.to where text != EmailSettings.teamAdmins {
      guard let address = MailAddress(text) else {
        throw refuse("The recipient \(InertText.line(text)) is not an address.")
      }
      addresses.append(address)
    }
    guard !settings.to.isEmpty else {
      throw refuse("No recipients; set `to` to addresses, `\(EmailSettings.teamAdmins)` or both.")
    }
    if settings.server.security == .none, !Loopback.contains(settings.server.host) {
      throw refuse(
        "Mail to \(InertText.line(settings.server.host)) would go unprotected; "
          + "use STARTTLS or TLS. Without them only loopback is allowed.")
    }
    if (settings.server.user == nil) != (settings.server.password == nil) {
      throw refuse("A user and a password go together; one of them is missing.")
    }
    name = channel
    minimumSeverity = settings.minimumSeverity
    composer = EmailComposer(
      from: from, channel: channel,
      maxAttachmentBytes: settings.attachesCSV ? settings.maxAttachmentBytes : nil)
    self.addresses = addresses
    includesAdmins = settings.to.contains(EmailSettings.teamAdmins)
    server = settings.server
    self.transport = transport
    self.clock = clock
  }

  /// Mails the alert to each recipient once.
  ///
  /// When the server takes the mail for some and puts others off (4xx), the mail counts as failed for the first
  /// tries, so that those are reached too; who has it already gets a repeat with the same `Message-ID`. After
  /// that, and where others are refused for good, it counts as delivered, with a warning.
  /// - Throws: ``AlertError``: `.noRecipients` when nobody is left to write to.
  public func deliver(
    _ message: AlertMessage, _ content: AlertContent
  ) async throws(AlertError) -> AlertReceipt {
    let (recipients, warnings) = recipients(admins: includesAdmins ? content.admins : [])
    guard !recipients.isEmpty else {
      let admins = includesAdmins ? "The team has no admin with an address that can be used" : ""
      throw AlertError(
        .noRecipients, channel: name,
        detail: "\(admins.isEmpty ? "There is no recipient" : admins); add an address to `to`."
          + warnings.map { " " + $0 }.joined())
    }
    let data = composer.alert(message, content, to: recipients)
    return try await send(data, to: recipients, warnings, try: message.attempts + 1)
  }

  /// Mails a test to the configured addresses and the extra ones; admins of teams are left alone.
  public func test(including extra: [String]) async throws(AlertError) -> AlertReceipt {
    let (recipients, warnings) = recipients(admins: extra)
    guard !recipients.isEmpty else {
      throw AlertError(
        .noRecipients, channel: name,
        detail: "The channel writes to team admins only, and a test is about no team; "
          + "name an address to test with." + warnings.map { " " + $0 }.joined())
    }
    let now = Timestamp(clock.now())
    let id = "test-\(UUID().uuidString.lowercased())"
    let data = composer.test(id: id, at: now, to: recipients)
    return try await send(data, to: recipients, warnings, try: Self.maxTriesForSome)
  }

  /// The configured addresses and the admins, each once, and who had to be left out.
  func recipients(admins: [String]) -> (list: [MailAddress], warnings: [String]) {
    var seen: Set<String> = []
    var list = addresses.filter { seen.insert($0.key).inserted }
    var warnings: [String] = []
    for admin in admins where !seen.contains(EmailKey.make(admin)) {
      if let address = MailAddress(admin), address.name.isEmpty {
        if seen.insert(address.key).inserted { list.append(address) }
      } else {
        warnings.append("\(InertText.line(admin, limit: 80)) is no address that mail can reach.")
      }
    }
    return (list, warnings)
  }

  private func send(
    _ data: [UInt8], to recipients: [MailAddress], _ warnings: [String], try number: Int
  ) async throws(AlertError) -> AlertReceipt {
    var accepted = 0
    var refused: [MailRefusal] = []
    var rest = recipients.map(\.address)[...]
    while !rest.isEmpty {
      let envelope = MailEnvelope(
        from: composer.from.address, to: Array(rest.prefix(Self.maxRecipients)), data: data)
      rest = rest.dropFirst(Self.maxRecipients)
      do {
        let receipt = try await transport.sendMail(envelope, via: server)
        accepted += receipt.accepted.count
        refused += receipt.refused
      } catch {
        throw explain(error, recipients: envelope.to.count)
      }
    }
    if refused.contains(where: \.isTransient), number < Self.maxTriesForSome {
      throw AlertError(
        .rejected, channel: name, status: refused.first(where: \.isTransient)?.code,
        detail: "The mail server took the mail for \(accepted) and puts off \(list(refused)).")
    }
    let left = refused.isEmpty ? [] : ["The mail server refused \(list(refused))."]
    return AlertReceipt(
      summary: count(accepted, "recipient", "recipients"), warnings: warnings + left)
  }

  private func list(_ refused: [MailRefusal]) -> String {
    let shown = refused.prefix(5).map { "\($0.address) (\($0.code))" }.joined(separator: ", ")
    return refused.count > 5 ? "\(shown) and \(refused.count - 5) more" : shown
  }

  private func explain(_ error: TransportError, recipients: Int) -> AlertError {
    let status = error.status ?? error.refusals.first?.code
    let code: AlertError.Code =
      switch (error.code, status) {
      case (.cancelled, _): .cancelled
      case (.mail, _) where error.refusals.count == recipients: .rejected
      case (.mail, 530?), (.mail, 534?), (.mail, 535?), (.mail, 538?): .denied
      case (.mail, (400..<500)?): .busy
      case (.mail, _): .rejected
      case (.insecure, _), (.invalidRequest, _): .configuration
      default: .unreachable
      }
    let who = error.refusals.isEmpty ? "" : " It refused \(list(error.refusals))."
    return AlertError(
      code, channel: name, status: status,
      detail: "The mail server \(InertText.line(server.host, limit: 80)) did not take the mail: "
        + InertText.line(error.detail, limit: 300) + who, cause: error)
  }
}
