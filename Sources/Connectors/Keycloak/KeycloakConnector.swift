internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import Logging

/// Reads a Keycloak realm: its flows step by step, and the accounts of watched people.
///
/// Flows first, then the users, then the lists of people that conditions ask for. No request is made for a single person
/// on the way to a verdict.
final class KeycloakConnector: ProviderConnector, Diagnosable {
  /// The kind of source.
  let kind = "keycloak"
  /// How to reach Keycloak.
  let configuration: KeycloakConfiguration
  let client: APIClient
  let tokens: AccessTokenSource
  let clock: @Sendable () -> Timestamp
  let logger: Logger

  /// The name in the configuration.
  var name: SourceName { configuration.name }

  /// Makes a connector; nothing is sent yet.
  init(
    configuration: KeycloakConfiguration, transport: HTTPTransport,
    clock: @escaping @Sendable () -> Timestamp, logger: Logger
  ) {
    self.configuration = configuration
    self.clock = clock
    self.logger = logger
    let source = transport.source(
      configuration.name,
      policy: SourcePolicy(
        origins: [configuration.url, configuration.loginURL].compactMap(Self.origin),
        maxConcurrent: configuration.maxConcurrent, requestIDHeader: nil))
    let grant = ClientCredentialsGrant(
      source: source, vendor: "Keycloak",
      url: configuration.loginURL + "/realms/" + URLText.encoded(configuration.authRealm)
        + "/protocol/openid-connect/token",
      call: "POST /realms/{realm}/protocol/openid-connect/token",
      clientID: configuration.clientID, secret: configuration.clientSecret)
    // Tokens live for 5 minutes, of which the last quarter is not used; in the master realm for one.
    tokens = AccessTokenSource(clock: clock, margin: 75) { () async throws(ConnectorError) in
      try await grant.token()
    }
    client = APIClient(
      source: source, vendor: "Keycloak", baseURL: configuration.url,
      headers: HTTPHeaders([("Accept", "application/json")]), credentials: tokens
    ) { _ in nil }
  }

  /// Reads flows and accounts.
  func readProvider(_ query: ProviderQuery, progress: Progress) async -> ProviderReading {
    await tokens.beginRun()
    return await KeycloakRun(self, progress).read(query)
  }

  private static func origin(_ url: String) -> String? {
    guard let scheme = url.firstRange(of: "://") else { return nil }
    let authority = url[scheme.upperBound...].prefix(while: { $0 != "/" })
    return String(url[..<scheme.upperBound]) + String(authority)
  }
}
