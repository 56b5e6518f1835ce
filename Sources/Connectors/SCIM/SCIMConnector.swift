internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Logging

/// Reads a SCIM 2.0 server: people and groups, and what a mapped attribute states.
///
/// All users are read page by page, and only those asked for are kept; no request is made for a single person.
final class SCIMConnector: RosterConnector, ProviderConnector, Diagnosable, Sampling {
  /// The kind of source.
  let kind = "scim"
  let configuration: SCIMConfiguration
  let client: APIClient
  /// Nil but with client credentials.
  let tokens: AccessTokenSource?
  let clock: @Sendable () -> Timestamp
  let logger: Logger

  /// The name in the configuration.
  var name: SourceName { configuration.name }

  init(
    configuration: SCIMConfiguration, auth: EndpointAuth, transport: HTTPTransport,
    clock: @escaping @Sendable () -> Timestamp, logger: Logger
  ) {
    self.configuration = configuration
    self.clock = clock
    self.logger = logger
    let source = transport.source(
      configuration.name,
      policy: SourcePolicy(
        origins: auth.origins(configuration.url), maxConcurrent: configuration.maxConcurrent,
        rateShare: configuration.rateShare, rateHeaders: .ietf, requestIDHeader: nil,
        followsSameOriginRedirects: true, clientCertificate: auth.certificate))
    tokens = auth.tokens(source, configuration.name, clock: clock)
    client = APIClient(
      source: source, vendor: configuration.name, baseURL: configuration.url,
      headers: HTTPHeaders([("Accept", "application/scim+json, application/json;q=0.9")]),
      credentials: tokens ?? FixedCredential(authorization: auth.authorization)
    ) { body in (try? JSONReader().value(body))?.attribute("scimType")?.string }
  }

  /// Reads the people of some teams.
  func readRoster(of teams: [TeamName], progress: Progress) async -> RosterReading {
    await tokens?.beginRun()
    return await SCIMRun(self, progress).roster(teams)
  }

  /// Reads accounts and what is stated of them.
  func readProvider(_ query: ProviderQuery, progress: Progress) async -> ProviderReading {
    await tokens?.beginRun()
    return await SCIMRun(self, progress).provider(query)
  }

  /// The attributes of users that are read.
  var userAttributes: String {
    var names = ["id", "userName", "displayName", "name", "active", "emails", "groups"]
    for path in [configuration.rolePath, configuration.mapping?.path].compactMap({ $0 })
    where !names.contains(path.requested) { names.append(path.requested) }
    return names.joined(separator: ",")
  }
}
