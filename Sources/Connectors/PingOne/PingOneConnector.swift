internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Logging

/// Reads an environment of PingOne: the sign-on policies of applications, and the accounts of watched people.
///
/// Devices are asked for only of people whose verdict hangs on them: one request each, for a step that lets people
/// without a device pass.
final class PingOneConnector: ProviderConnector, Diagnosable {
  /// The kind of source.
  let kind = "pingone"
  /// How to reach PingOne.
  let configuration: PingOneConfiguration
  let client: APIClient
  let tokens: AccessTokenSource
  let clock: @Sendable () -> Timestamp
  let logger: Logger

  /// The name in the configuration.
  var name: SourceName { configuration.name }

  /// Makes a connector; nothing is sent yet.
  init(
    configuration: PingOneConfiguration, transport: HTTPTransport,
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
        // Which headers tell of the limit is not documented; Retry-After is obeyed wherever it stands.
        requestIDHeader: nil))
    let grant = ClientCredentialsGrant(
      source: source, vendor: "PingOne",
      url: configuration.loginURL + "/" + URLText.encoded(configuration.workerEnvironment)
        + "/as/token",
      call: "POST /{env}/as/token", clientID: configuration.clientID,
      secret: configuration.clientSecret,
      proof: configuration.clientAuthentication == .post ? .post : .basic)
    // Tokens live for an hour.
    let tokens = AccessTokenSource(clock: clock, margin: 300) { () async throws(ConnectorError) in
      try await grant.token()
    }
    self.tokens = tokens
    client = APIClient(
      source: source, vendor: "PingOne", baseURL: configuration.url,
      headers: HTTPHeaders([("Accept", "application/json")]), credentials: tokens
    ) { body in
      (try? JSONReader().value(body))?["code"]?.string
    }
  }

  /// Reads policies and accounts.
  func readProvider(_ query: ProviderQuery, progress: Progress) async -> ProviderReading {
    await tokens.beginRun()
    return await PingOneRun(self, edits: query.edits, progress: progress).read(query)
  }

  /// Checks the credentials and the right to every list: five requests.
  func diagnose() async -> [DiagnosticLine] {
    await tokens.beginRun()
    var lines: [DiagnosticLine] = []
    var isAccepted = false
    for list in ["applications", "signOnPolicies", "deviceAuthenticationPolicies", "users"] {
      let request = client.get(
        "/v1/environments/{env}/\(list)", [configuration.environment],
        query: list == "users" ? [("limit", "1")] : [])
      do throws(ConnectorError) {
        let response = try await client.send(request)
        if !isAccepted {
          isAccepted = true
          lines.append(good("credentials", "PingOne accepts the worker application."))
          lines.append(ServerClock.line(name, response, now: clock()))
        }
        lines.append(good(request.endpoint, "\(request.endpoint) is allowed."))
      } catch {
        let check = error.code == .unauthorised ? "credentials" : request.endpoint
        lines.append(
          DiagnosticLine(
            source: name, check: check, outcome: .failure, message: error.message,
            remedy: error.code.remedy ?? configuration.remedy(for: error)))
        if error.code != .forbidden { break }
      }
    }
    return lines
  }

  private func good(_ check: String, _ message: String) -> DiagnosticLine {
    DiagnosticLine(source: name, check: check, outcome: .good, message: message)
  }
}
