internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import Logging

/// Reads a Duo tenant: users with their groups, integrations, and the policies that apply to them.
final class DuoConnector: ProviderConnector, Diagnosable {
  /// The kind of source.
  let kind = "duo"
  /// How to reach Duo.
  let configuration: DuoConfiguration
  let client: DuoClient
  let clock: @Sendable () -> Timestamp
  let logger: Logger

  /// The name in the configuration.
  var name: SourceName { configuration.name }

  /// Makes a connector; nothing is sent yet.
  init(
    configuration: DuoConfiguration, transport: HTTPTransport,
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
        origins: [configuration.url],
        // Duo takes one request at a time, and names no time to wait: 1, 2, 4 … 32 seconds as its own clients do.
        maxConcurrent: 1, retry: RetryPolicy(maxAttempts: 7, base: .seconds(1), cap: .seconds(32)),
        requestIDHeader: nil))
    client = DuoClient(
      source: source, baseURL: configuration.url,
      signature: DuoSignature(
        integrationKey: configuration.integrationKey, secretKey: configuration.secretKey),
      clock: clock)
  }

  /// Reads policies and accounts.
  func readProvider(_ query: ProviderQuery, progress: Progress) async -> ProviderReading {
    let run = DuoRun(
      configuration: configuration, client: client, clock: clock, logger: logger,
      progress: progress, edits: query.edits)
    return await run.read(query)
  }

  /// Checks clock, credentials and each permission: four requests or fewer.
  func diagnose() async -> [DiagnosticLine] {
    var lines: [DiagnosticLine] = []
    let probes: [(String, [(String, String)])] = [
      ("/admin/v1/users", [("limit", "1"), ("offset", "0")]),
      ("/admin/v3/integrations", [("limit", "1"), ("offset", "0")]),
      ("/admin/v2/policies/global", []), ("/admin/v2/policies/summary", []),
    ]
    for (path, parameters) in probes {
      do throws(ConnectorError) {
        let page = try await client.send(path, [], parameters)
        if lines.isEmpty {
          lines.append(good("credentials", "Duo accepts the integration key and its signature."))
          lines.append(ServerClock.line(name, page.response, now: clock()))
        }
        lines.append(good("GET \(path)", "GET \(path) is allowed."))
      } catch {
        let check = error.code == .unauthorised ? "credentials" : "GET \(path)"
        lines.append(
          DiagnosticLine(
            source: name, check: check, outcome: .failure, message: error.message,
            remedy: error.code.remedy ?? configuration.remedy(for: error)))
        if error.code != .forbidden { return lines }
      }
    }
    return lines
  }

  private func good(_ check: String, _ message: String) -> DiagnosticLine {
    DiagnosticLine(source: name, check: check, outcome: .good, message: message)
  }
}
