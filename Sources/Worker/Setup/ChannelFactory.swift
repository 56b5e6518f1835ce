internal import Alerts
internal import CurlTransport
internal import IdentityCore

/// Makes alert channels from the configuration.
struct ChannelFactory {
  let setting: WorkerSetting
  let transport: HTTPTransport
  /// A loop of its own for mail: libcurl ends an SMTP dialogue blocking, so a silent mail server would hold up
  /// every other transfer on the same loop.
  let mailTransport: HTTPTransport

  /// Makes a channel; its secrets are fetched here.
  func channel(_ alert: AlertConfiguration) throws -> any AlertChannel {
    let secrets = SecretResolver(environment: setting.environment)
    switch alert.channel {
    case .email(let email):
      let security: SMTPServer.Security =
        switch email.security {
        case .starttls: .startTLS
        case .tls: .tls
        case .none: .none
        }
      let server = SMTPServer(
        host: email.host, port: email.port, security: security, user: email.user,
        password: try email.password.map { try secrets.resolve($0) })
      return try EmailChannel(
        settings: EmailSettings(
          name: alert.name, minimumSeverity: alert.severity, from: email.from, to: email.to,
          server: server),
        transport: mailTransport)
    case .webhook(let webhook):
      let gate = transport.secrets(of: WebhookChannel.sourceName(alert.name))
      let signing = try webhook.secrets.map { try secrets.resolve($0) }
      for secret in signing { gate.add(secret) }
      return try WebhookChannel(
        settings: WebhookSettings(
          name: alert.name, minimumSeverity: alert.severity, url: try secrets.url(webhook.url),
          secrets: signing,
          timeout: .seconds(webhook.timeout)),
        transport: transport)
    }
  }
}
