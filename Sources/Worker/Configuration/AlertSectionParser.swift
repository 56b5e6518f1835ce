internal import IdentityCore
internal import Yams

/// Reads `alerts`.
struct AlertSectionParser {
  let directory: String

  func alerts(_ section: YAMLSection?) -> [AlertConfiguration] {
    guard let section else { return [] }
    return section.keys.compactMap { name in
      section.section(name).flatMap { alert(name, $0) }
    }
  }

  private func alert(_ name: String, _ section: YAMLSection) -> AlertConfiguration? {
    guard section.require("kind") != nil,
      let kind = section.choice("kind", AlertConfiguration.Kind.self)
    else { return nil }
    let severity = section.choice("severity", Severity.self) ?? .low
    let channel: AlertConfiguration.Channel? =
      switch kind {
      case .email: email(section).map { .email($0) }
      case .webhook: webhook(section).map { .webhook($0) }
      }
    section.finish()
    return channel.map { AlertConfiguration(name: name, severity: severity, channel: $0) }
  }

  private func email(_ section: YAMLSection) -> AlertConfiguration.Email? {
    if !section.keys.contains("server") { _ = section.require("server") }
    let server = section.value(
      "server", "smtp://HOST:PORT", show: WrongValue.showURL, Self.server)
    let security = section.choice("security", AlertConfiguration.MailSecurity.self) ?? .starttls
    let user = section.string("user")
    let password = section.secret("password", directory)
    if (user == nil) != (password == nil),
      section.keys.contains("user") != section.keys.contains("password")
    {
      section.problems.add("user and password belong together", at: section.path, section.mark)
    }
    let from = section.requiredString("from")
    let to = section.strings("to") ?? ["team-admins"]
    if to.isEmpty { section.reject("to", "name at least one recipient, or team-admins") }
    guard let server, let from else { return nil }
    return AlertConfiguration.Email(
      host: server.host, port: server.port ?? (security == .tls ? 465 : 587), security: security,
      user: user, password: password,
      from: from, to: to)
  }

  private func webhook(_ section: YAMLSection) -> AlertConfiguration.Webhook? {
    if !section.keys.contains("url") { _ = section.require("url") }
    // The path of a webhook may be its secret.
    let url = section.value("url", "an http or https URL, or env:NAME", show: { _ in nil }) {
      URLReference($0, directory: directory)
    }
    let secret = section.requiredSecret("secret", directory)
    let old = section.secret("previous_secret", directory)
    let timeout = section.value("timeout", "a duration such as 20s", ScalarText.seconds)
    guard let url, let secret else { return nil }
    return AlertConfiguration.Webhook(
      url: url, secrets: [secret] + (old.map { [$0] } ?? []), timeout: timeout ?? 20)
  }

  /// Host and port of `smtp://HOST:PORT`; the host may be an IPv6 address in brackets.
  private static func server(_ text: String) -> (host: String, port: Int?)? {
    guard
      let match = text.wholeMatch(of: #/smtp://(\[[0-9A-Fa-f:.]+\]|[^\[\]:/@\s]+)(?::(\d{1,5}))?/#)
    else { return nil }
    let port = match.output.2.flatMap { Int($0) }
    guard match.output.2 == nil || port.map((1...65535).contains) == true else { return nil }
    return (String(match.output.1), port)
  }
}
