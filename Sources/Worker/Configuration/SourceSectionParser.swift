internal import IdentityCore
internal import Yams

/// Reads `sources`.
struct SourceSectionParser {
  let directory: String

  func sources(_ section: YAMLSection?, _ root: YAMLSection) -> [SourceName: SourceConfiguration] {
    guard let section else {
      _ = root.require("sources")
      return [:]
    }
    var sources: [SourceName: SourceConfiguration] = [:]
    for name in section.keys {
      guard let entry = section.section(name) else { continue }
      sources[name] = source(name, entry)
    }
    if section.keys.isEmpty { root.reject("sources", "name at least one source") }
    return sources
  }

  private func source(_ name: SourceName, _ section: YAMLSection) -> SourceConfiguration? {
    guard section.require("kind") != nil,
      let kind = section.choice("kind", SourceConfiguration.Kind.self)
    else { return nil }
    let maxConcurrent = section.value(
      "max_concurrent", "a whole number from 1", ScalarText.positive)
    let rateShare = section.value("rate_share", "a share such as 50%", ScalarText.share)
    let url = url(section, isRequired: kind == .okta)
    let settings: SourceConfiguration.Settings? =
      switch kind {
      case .heroku: heroku(section).map { .heroku($0) }
      case .okta: okta(section).map { .okta($0) }
      }
    let hosts = section.strings("sso_hosts")?.map { $0.lowercased() }
    section.finish()
    guard let settings else { return nil }
    return SourceConfiguration(
      name: name, kind: kind, url: url, maxConcurrent: maxConcurrent ?? 4,
      rateShare: rateShare ?? 0.5, ssoHosts: hosts ?? [], settings: settings)
  }

  private func url(_ section: YAMLSection, isRequired: Bool) -> URLReference? {
    if isRequired, !section.keys.contains("url") { _ = section.require("url") }
    return section.value("url", "an http or https URL, or env:NAME") { text in
      URLReference(text, directory: directory)
    }
  }

  private func heroku(_ section: YAMLSection) -> SourceConfiguration.Heroku? {
    section.requiredSecret("token", directory).map { SourceConfiguration.Heroku(token: $0) }
  }

  private func okta(_ section: YAMLSection) -> SourceConfiguration.Okta? {
    let credentials = oktaCredentials(section)
    var collectsFactors = false
    for word in section.strings("collect") ?? [] {
      if word == SourceConfiguration.Okta.Collected.factors.rawValue {
        collectsFactors = true
      } else {
        section.reject("collect", "expected a list of: factors")
      }
    }
    let limit = section.value("remembered_device_limit", "a duration such as 24h") {
      ScalarText.seconds($0).map { Int($0 / 60) }
    }
    let inbound = section.choice(
      "inbound_federation", SourceConfiguration.Okta.InboundFederation.self)
    let perApp = section.choice("per_app_policies", SourceConfiguration.Okta.PerAppPolicies.self)
    guard let credentials else { return nil }
    return SourceConfiguration.Okta(
      credentials: credentials, collectsFactors: collectsFactors,
      inboundFederation: inbound ?? .read, perAppPolicies: perApp ?? .unreadable,
      rememberedDeviceLimitMinutes: limit ?? 1440)
  }

  private func oktaCredentials(_ section: YAMLSection)
    -> SourceConfiguration.Okta.Credentials?
  {
    let token = section.secret("token", directory)
    let clientID = section.string("client_id")
    let key = section.secret("private_key", directory)
    let keyID = section.string("key_id")
    let scopes = section.strings("scopes")
    if let token, clientID == nil { return .token(token) }
    if let clientID, let key, let keyID, token == nil {
      return .privateKey(clientID: clientID, key: key, keyID: keyID, scopes: scopes)
    }
    if section.keys.contains("token") != (clientID != nil) { return nil }
    section.problems.add(
      "give either token, or client_id with private_key and key_id", at: section.path, section.mark)
    return nil
  }
}

extension URLReference {
  init?(_ text: String, directory: String) {
    if let url = ScalarText.url(text) {
      self = .plain(url)
    } else if let reference = SecretReference(text, directory: directory) {
      self = .secret(reference)
    } else {
      return nil
    }
  }
}

extension YAMLSection {
  /// A reference to a secret; a literal is refused and never repeated.
  func secret(_ key: String, _ directory: String) -> SecretReference? {
    value(key, "env:NAME, file:PATH or command:…; a secret never stands in the file itself") {
      SecretReference($0, directory: directory)
    }
  }

  func requiredSecret(_ key: String, _ directory: String) -> SecretReference? {
    if !keys.contains(key) { _ = require(key) }
    return secret(key, directory)
  }
}
