public import Logging

/// HTTP and SMTP over one libcurl thread.
public final class HTTPTransport: Sendable {
  /// Starts the thread.
  public init(
    configuration: TransportConfiguration = TransportConfiguration(), logger: Logger
  ) {}

  /// A source with its own rules, limits and figures.
  public func source(_ name: String, policy: SourcePolicy = SourcePolicy()) -> HTTPSource {
    HTTPSource(name: name)
  }

  /// Hands a mail to a server.
  public func sendMail(
    _ message: MailEnvelope, via server: SMTPServer
  ) async throws(TransportError) -> MailReceipt {
    throw TransportError(.closed, source: "mail", detail: "not yet built")
  }

  /// Ends all transfers and the thread.
  public func shutdown() {}
}
