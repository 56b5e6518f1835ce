internal import Connectors
internal import CurlTransport
internal import IdentityCore

/// Makes connectors from the configuration: one line a kind.
struct SourceFactory {
  let configuration: Configuration
  let setting: WorkerSetting
  let transport: HTTPTransport
  let cache: PageCache?

  /// The rosters of some teams, each source once.
  func rosters(for teams: [TeamSettings]) throws -> [any RosterConnector] {
    try distinct(teams.map(\.roster)).compactMap { try connector($0) as? any RosterConnector }
  }

  /// The providers of some teams, each source once.
  func providers(for teams: [TeamSettings]) throws -> [any ProviderConnector] {
    try distinct(teams.flatMap(\.signIn).map(\.provider)).compactMap {
      try connector($0) as? any ProviderConnector
    }
  }

  /// Makes the connector of a source; secrets are fetched here.
  func connector(_ name: SourceName) throws -> any Diagnosable {
    guard let source = configuration.sources[name] else {
      throw WorkerError(.configuration, "There is no source \(name).")
    }
    let clock: @Sendable () -> Timestamp = { [setting] in Timestamp(setting.clock()) }
    switch source.settings {
    case .heroku(let heroku):
      return HerokuConnector(
        configuration: HerokuConfiguration(
          name: name, url: try url(source) ?? HerokuConfiguration.defaultURL,
          token: try secrets.resolve(heroku.token), maxConcurrent: source.maxConcurrent,
          rateShare: source.rateShare, cache: cache),
        transport: transport, clock: clock, logger: setting.logger)
    case .okta(let okta):
      return OktaConnector(
        configuration: OktaConfiguration(
          name: name, url: try url(source) ?? "", credentials: try credentials(okta),
          collectFactors: okta.collectsFactors,
          inboundFederation: okta.inboundFederation == .none ? .none : .read,
          perAppPolicies: okta.perAppPolicies == .none ? .none : .unreadable,
          rememberedDeviceLimitMinutes: okta.rememberedDeviceLimitMinutes,
          maxConcurrent: source.maxConcurrent,
          rateShare: source.rateShare),
        transport: transport, clock: clock, logger: setting.logger)
    }
  }

  private var secrets: SecretResolver { SecretResolver(environment: setting.environment) }

  private func url(_ source: SourceConfiguration) throws -> String? {
    try source.url.map { try secrets.url($0) }
  }

  private func credentials(_ okta: SourceConfiguration.Okta) throws -> OktaConfiguration.Credentials
  {
    switch okta.credentials {
    case .token(let token): .token(try secrets.resolve(token))
    case .privateKey(let clientID, let key, let keyID, let scopes):
      .privateKey(
        clientID: clientID, keyPEM: try secrets.resolve(key), keyID: keyID,
        scopes: scopes ?? OktaConfiguration.defaultScopes)
    }
  }

  private func distinct(_ names: [SourceName]) -> [SourceName] {
    Array(Set(names)).sorted()
  }
}

extension SecretResolver {
  /// An address, fetched where it is not plain.
  ///
  /// - Throws: ``WorkerError`` with `.configuration` when what was fetched is no URL.
  func url(_ reference: URLReference) throws(WorkerError) -> String {
    switch reference {
    case .plain(let url): return url
    case .secret(let reference):
      guard let url = try resolve(reference).withExposed(ScalarText.url) else {
        throw WorkerError(.configuration, "The URL that was fetched is not http or https.")
      }
      return url
    }
  }
}
