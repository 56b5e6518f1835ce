internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Logging

/// Reads an Auth0 tenant: its MFA policy, what its Actions may change, and the accounts of watched people.
///
/// Auth0 assigns applications to nobody: whoever has an account may use any of them.
final class Auth0Connector: ProviderConnector, Diagnosable {
  /// The kind of source.
  let kind = "auth0"
  /// How to reach Auth0.
  let configuration: Auth0Configuration
  let client: APIClient
  let tokens: AccessTokenSource
  let clock: @Sendable () -> Timestamp
  let logger: Logger

  /// The name in the configuration.
  var name: SourceName { configuration.name }

  /// Makes a connector; nothing is sent yet.
  init(
    configuration: Auth0Configuration, transport: HTTPTransport,
    clock: @escaping @Sendable () -> Timestamp, logger: Logger
  ) {
    self.configuration = configuration
    self.clock = clock
    self.logger = logger
    let source = transport.source(
      configuration.name,
      policy: SourcePolicy(
        origins: [configuration.url, configuration.loginURL],
        maxConcurrent: configuration.maxConcurrent, rateShare: configuration.rateShare,
        rateHeaders: .auth0, requestIDHeader: nil))
    let grant = ClientCredentialsGrant(
      source: source, vendor: "Auth0", url: configuration.loginURL + "/oauth/token",
      call: "POST /oauth/token", clientID: configuration.clientID,
      secret: configuration.clientSecret, proof: .post, encoding: .json,
      audience: configuration.audience)
    let tokens = AccessTokenSource(clock: clock, margin: 120) { () async throws(ConnectorError) in
      try await grant.token()
    }
    self.tokens = tokens
    client = APIClient(
      source: source, vendor: "Auth0", baseURL: configuration.url,
      headers: HTTPHeaders([("Accept", "application/json")]), credentials: tokens
    ) { body in
      (try? JSONReader().value(body))?["errorCode"]?.string
    }
  }

  /// Reads policies and accounts.
  func readProvider(_ query: ProviderQuery, progress: Progress) async -> ProviderReading {
    await tokens.beginRun()
    return await Auth0Run(connector: self, progress: progress).read(query)
  }

  /// Checks the credentials and one scope after the other.
  func diagnose() async -> [DiagnosticLine] {
    await tokens.beginRun()
    var lines: [DiagnosticLine] = []
    let probes = [
      "/api/v2/guardian/policies", "/api/v2/guardian/factors",
      "/api/v2/actions/triggers/post-login/bindings", "/api/v2/tenants/settings", "/api/v2/rules",
      "/api/v2/connections", "/api/v2/clients", "/api/v2/users",
    ]
    for probe in probes {
      let isList = ["rules", "connections", "clients", "users"].contains(where: probe.hasSuffix)
      let query = isList ? [("per_page", "1")] : []
      let request = client.get(probe, query: query)
      do throws(ConnectorError) {
        let response = try await client.send(request)
        if lines.isEmpty { lines.append(ServerClock.line(name, response, now: clock())) }
        lines.append(
          DiagnosticLine(
            source: name, check: request.endpoint, outcome: .good,
            message: "\(request.endpoint) is allowed."))
      } catch {
        lines.append(
          DiagnosticLine(
            source: name, check: request.endpoint, outcome: .failure, message: error.message,
            remedy: error.code.remedy ?? configuration.remedy(for: error)))
        if error.code == .unauthorised { break }
      }
    }
    return lines
  }
}

extension RateHeaders {
  /// `X-RateLimit-*` with the reset in epoch seconds.
  static let auth0 = RateHeaders(
    .triple(prefix: "X-RateLimit-", reset: .epochSeconds))
}
