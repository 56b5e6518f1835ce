internal import Foundation
internal import Logging

extension HTTPTransport {
  /// Hands a mail to a server and says who will get it.
  ///
  /// One try: whoever keeps the mail decides about another one, by ``TransportError/isTransient``.
  /// - Returns: who was accepted, at least one, and who was refused.
  /// - Throws: ``TransportError``: `.mail` with the server's code when it refused the sender, the
  ///   credentials, the message or everyone; `.insecure` without TLS outside loopback; `.tls` when STARTTLS is asked
  ///   for and not offered, or the certificate is not trusted.
  public func sendMail(
    _ message: MailEnvelope, via server: SMTPServer
  ) async throws(TransportError) -> MailReceipt {
    let name = "mail \(server.host):\(server.port)"
    let gate = secrets(of: name)
    if let password = server.password { gate.add(password) }
    let job = try mailJob(message, server, name)
    let outcome = await loop.run(Transfer(.mail(job)))
    let dialogue = outcome.dialogue ?? MailDialogue(recipients: message.to)
    logger.debug(
      "mail",
      metadata: [
        "server": "\(server.host):\(server.port)", "code": "\(dialogue.lastCode)",
        "accepted": "\(dialogue.accepted.count)", "refused": "\(dialogue.refused.count)",
      ])
    guard let failure = outcome.failure else {
      return MailReceipt(accepted: dialogue.accepted, refused: dialogue.refused)
    }
    guard let refusal = dialogue.refusal, failure.code != .cancelled, failure.code != .closed,
      failure.code != .timeout, failure.code != .tls
    else {
      throw TransportError(
        failure.code, source: name, detail: gate.strike(failure.detail),
        refusals: dialogue.refused)
    }
    throw TransportError(
      .mail, source: name, status: refusal.code,
      detail:
        "The server answered \(refusal.code) to \(refusal.verb). \(Self.advice(refusal.verb))",
      refusals: dialogue.refused)
  }

  private func mailJob(
    _ message: MailEnvelope, _ server: SMTPServer, _ name: String
  ) throws(TransportError) -> MailJob {
    func refuse(_ code: TransportError.Code, _ detail: String) -> TransportError {
      TransportError(code, source: name, detail: detail)
    }
    let host =
      server.host.contains(":") && !server.host.hasPrefix("[")
      ? "[\(server.host)]" : server.host
    let scheme = server.security == .tls ? "smtps" : "smtp"
    let greeting = server.greeting ?? ProcessInfo.processInfo.hostName
    guard !host.isEmpty, host.utf8.allSatisfy(Self.isHostByte), (1...65535).contains(server.port),
      greeting.utf8.allSatisfy(Self.isHostByte)
    else { throw refuse(.invalidRequest, "Host, port or greeting of the mail server are wrong.") }
    guard !message.to.isEmpty else { throw refuse(.invalidRequest, "The mail has no recipient.") }
    guard (message.to + [message.from]).allSatisfy(Self.isAddress) else {
      throw refuse(
        .invalidRequest, "A mail address has a space, an angle bracket or a control character.")
    }
    if server.security == .none {
      guard Loopback.contains(host), configuration.allowLoopbackHTTP else {
        throw refuse(.insecure, "Mail without TLS is allowed on loopback only.")
      }
    }
    return MailJob(
      url: "\(scheme)://\(host):\(server.port)/\(greeting)", security: server.security,
      user: server.user, password: server.password, from: message.from, to: message.to,
      data: Self.withNetworkLineEnds(message.data),
      wire: WireSettings(
        userAgent: configuration.userAgent,
        caFile: server.extraCAFile ?? configuration.extraCAFile, proxy: .none,
        connectTimeout: min(.seconds(45), server.timeout), totalTimeout: server.timeout,
        lowSpeed: SourcePolicy.LowSpeed(bytesPerSecond: 1, duration: .seconds(30))))
  }

  /// The message with CR LF at the end of every line, the last one included.
  ///
  /// libcurl doubles the dots at the start of lines.
  static func withNetworkLineEnds(_ data: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(data.count + data.count / 32 + 2)
    var previous: UInt8 = 0
    for byte in data {
      switch byte {
      case 0x0A where previous == 0x0D: break
      case 0x0A, 0x0D: result += [0x0D, 0x0A]
      default: result.append(byte)
      }
      previous = byte
    }
    if !result.isEmpty, !result.suffix(2).elementsEqual([0x0D, 0x0A]) { result += [0x0D, 0x0A] }
    return result
  }

  private static func isAddress(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 320
      && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != 0x3C && $0 != 0x3E }
  }

  private static func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x3A, 0x5B, 0x5D, 0x5F: true
    default: false
    }
  }

  private static func advice(_ verb: String) -> String {
    switch verb {
    case "AUTH": "Check user and password of the mail server."
    case "MAIL": "The server does not accept the sender's address."
    case "RCPT": "The server accepts none of the recipients."
    case "DATA": "The server does not accept the message."
    default: "Check the settings of the mail server."
    }
  }
}
