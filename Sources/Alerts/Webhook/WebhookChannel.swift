public import CurlTransport
internal import Foundation
public import IdentityCore

/// Alerts to an HTTP endpoint, signed as Standard Webhooks 1.0.
public struct WebhookChannel: AlertChannel {
  /// The name in the configuration.
  public let name: String
  /// Always ``AlertChannelKind/webhook``.
  public var kind: AlertChannelKind { .webhook }
  /// Findings below this severity are not sent.
  public let minimumSeverity: Severity

  /// The longest wait that a receiver can ask for.
  static let maxRetryAfter = Duration.seconds(86_400)

  private let url: String
  private let secrets: [WebhookSecret]
  private let source: HTTPSource
  private let clock: TransportClock

  /// Checks the settings and makes the channel; nothing is contacted.
  ///
  /// - Throws: ``AlertError`` with `.configuration` for a secret or a URL that cannot be used.
  public init(
    settings: WebhookSettings, transport: HTTPTransport, clock: TransportClock = .system
  ) throws(AlertError) {
    let channel = settings.name
    guard let origin = Self.origin(of: settings.url) else {
      throw AlertError(
        .configuration, channel: channel,
        detail: "The URL of a webhook is https with a host, or http on loopback, and holds no user "
          + "and no fragment; this one does not.")
    }
    guard !settings.secrets.isEmpty else {
      throw AlertError(
        .configuration, channel: channel,
        detail: "A webhook needs a secret to sign with. Make one with "
          + "`echo whsec_$(openssl rand -base64 32)`.")
    }
    var secrets: [WebhookSecret] = []
    for secret in settings.secrets { secrets.append(try WebhookSecret(secret, channel: channel)) }
    name = channel
    minimumSeverity = settings.minimumSeverity
    url = settings.url
    self.secrets = secrets
    self.clock = clock
    source = transport.source(
      Self.sourceName(channel),
      policy: SourcePolicy(
        origins: [origin], maxConcurrent: 1, retry: .never, totalTimeout: settings.timeout,
        streamTimeout: settings.timeout, requestIDHeader: nil))
  }

  /// What the transport calls the source of a channel.
  public static func sourceName(_ channel: String) -> String { "alerts/\(channel)" }

  /// Posts the alert once; only 2xx counts as delivered.
  public func deliver(
    _ message: AlertMessage, _ content: AlertContent
  ) async throws(AlertError) -> AlertReceipt {
    let body = try encode { try WebhookPayload.alert(message, content) }
    return try await post(body, id: MessageToken.make(message.id))
  }

  /// Posts a body of type `idsync.test`; a webhook has no addresses, so the extra ones are not used.
  public func test(including extra: [String]) async throws(AlertError) -> AlertReceipt {
    let moment = Timestamp(clock.now())
    let body = try encode { try WebhookPayload.test(channel: name, at: moment) }
    return try await post(body, id: "test-\(UUID().uuidString.lowercased())")
  }

  private func encode(_ body: () throws -> [UInt8]) throws(AlertError) -> [UInt8] {
    do {
      return try body()
    } catch {
      throw AlertError(
        .rejected, channel: name, detail: "The message could not be written as JSON.")
    }
  }

  private func post(_ body: [UInt8], id: String) async throws(AlertError) -> AlertReceipt {
    let timestamp = Int64(clock.now().timeIntervalSince1970)
    let signatures = secrets.map { $0.signature(id: id, timestamp: timestamp, body: body) }
    let request = HTTPRequest(
      .post, url, endpoint: "POST webhook",
      headers: HTTPHeaders([
        ("Content-Type", "application/json"), ("webhook-id", id),
        ("webhook-timestamp", String(timestamp)),
        ("webhook-signature", signatures.joined(separator: " ")),
      ]), body: body, hidesPath: true)
    let response: StreamedResponse
    do {
      response = try await source.stream(request)
    } catch {
      throw explain(error)
    }
    // The head decides. A body that is too long, too slow or cut off changes nothing about it.
    await drain(response.body)
    guard (200..<300).contains(response.status) else { throw explain(response) }
    return AlertReceipt(summary: "status \(response.status)")
  }

  /// Reads a short body to its end, so that the connection can serve the next message.
  private func drain(_ body: BodyStream) async {
    var size = 0
    var reader = body.makeAsyncIterator()
    while size < 64 * 1024, let piece = try? await reader.next() { size += piece.count }
  }

  private func explain(_ error: TransportError) -> AlertError {
    if let status = error.status, status >= 300 { return explain(status: status, cause: error) }
    let code: AlertError.Code =
      switch error.code {
      case .cancelled: .cancelled
      case .insecure, .invalidRequest: .configuration
      case .redirect, .foreignOrigin: .denied
      default: .unreachable
      }
    return AlertError(
      code, channel: name, status: error.status,
      detail: "The receiver did not take the webhook: \(InertText.line(error.detail, limit: 300))",
      cause: error)
  }

  private func explain(_ response: StreamedResponse) -> AlertError {
    explain(status: response.status, retryAfter: retryAfter(response))
  }

  // The words of the receiver are left out: many repeat the path, and the path may be a token.
  private func explain(
    status: Int, retryAfter: Duration? = nil, cause: TransportError? = nil
  ) -> AlertError {
    let (code, detail): (AlertError.Code, String) =
      switch status {
      case 410: (.gone, "The receiver wants no more webhooks; remove the channel or its URL.")
      case 408, 425, 429, 500...: (.busy, "The receiver cannot take webhooks now.")
      case 400, 413, 415, 422: (.rejected, "The receiver refuses this webhook.")
      case 401, 403: (.denied, "The receiver refuses us; check the secret and the URL.")
      case 300..<400: (.denied, "The receiver redirects, which is not followed; update the URL.")
      default: (.denied, "The receiver refuses webhooks at this URL; check it.")
      }
    return AlertError(
      code, channel: name, status: status, detail: detail, retryAfter: retryAfter, cause: cause)
  }

  private func retryAfter(_ response: StreamedResponse) -> Duration? {
    guard let text = response.headers["Retry-After"] else { return nil }
    let wait: Duration
    if let seconds = Int64(text), seconds >= 0 {
      wait = .seconds(min(seconds, 86_400))
    } else if let moment = InternetDate.parseHTTP(text) {
      wait = .milliseconds(moment.milliseconds - Timestamp(clock.now()).milliseconds)
    } else {
      return nil
    }
    return min(max(wait, .zero), Self.maxRetryAfter)
  }

  /// Scheme, host and port; nil for a URL that is not to be posted to.
  static func origin(of url: String) -> String? {
    guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), let parts = URLComponents(string: url),
      let scheme = parts.scheme?.lowercased(), let host = parts.host, !host.isEmpty,
      parts.user == nil, parts.password == nil, parts.fragment == nil
    else { return nil }
    guard scheme == "https" || (scheme == "http" && Loopback.contains(host)) else { return nil }
    return "\(scheme)://\(host)\(parts.port.map { ":\($0)" } ?? "")"
  }
}
