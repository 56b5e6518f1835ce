internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Logging

/// Reads an Okta organisation, Classic or Identity Engine.
///
/// Policies first, then the accounts of watched people, then who may use which application and who is in the groups that
/// live rules mention. No request is made for a single person on the way to a verdict.
final class OktaConnector: ProviderConnector, Diagnosable {
  /// The kind of source.
  let kind = "okta"
  /// How to reach Okta.
  let configuration: OktaConfiguration
  let client: APIClient
  /// Nil with an API token.
  let tokens: AccessTokenSource?
  let clock: @Sendable () -> Timestamp
  let logger: Logger

  /// The name in the configuration.
  var name: SourceName { configuration.name }

  /// Makes a connector; nothing is sent yet.
  init(
    configuration: OktaConfiguration, transport: HTTPTransport,
    clock: @escaping @Sendable () -> Timestamp, logger: Logger
  ) {
    var configuration = configuration
    while configuration.url.hasSuffix("/") { configuration.url.removeLast() }
    self.configuration = configuration
    self.clock = clock
    self.logger = logger
    let source = transport.source(
      configuration.name,
      policy: SourcePolicy(
        origins: [configuration.url], maxConcurrent: configuration.maxConcurrent,
        rateShare: configuration.rateShare, rateHeaders: .okta, requestIDHeader: nil,
        replyIDHeaders: ["X-Okta-Request-Id"]))
    let credentials: any CredentialSource
    switch configuration.credentials {
    case .token(let token):
      tokens = nil
      credentials = FixedCredential(authorization: .scheme("SSWS", token))
    case .privateKey(let clientID, let keyPEM, let keyID, let scopes):
      let grant = OktaTokenGrant(
        source: source, baseURL: configuration.url, clientID: clientID, keyPEM: keyPEM,
        keyID: keyID, scopes: scopes, clock: clock)
      let tokens = AccessTokenSource(clock: clock, margin: 120) {
        () async throws(ConnectorError) in try await grant.token()
      }
      self.tokens = tokens
      credentials = tokens
    }
    client = APIClient(
      source: source, vendor: "Okta", baseURL: configuration.url,
      headers: HTTPHeaders([("Accept", "application/json")]), credentials: credentials
    ) { body in
      (try? JSONReader().value(body))?["errorCode"]?.string
    }
  }

  /// Reads policies and accounts.
  func readProvider(_ query: ProviderQuery, progress: Progress) async -> ProviderReading {
    await tokens?.beginRun()
    return await OktaRun(self, edits: query.edits, progress: progress).read(query)
  }
}

extension RateHeaders {
  /// `X-Rate-Limit-*`, a limit per endpoint; both zero means that too many requests run at once.
  static let okta = RateHeaders(
    .triple(prefix: "X-Rate-Limit-", reset: .epochSeconds), countsPerEndpoint: true,
    zeroOfZeroIsConcurrency: true)
}
