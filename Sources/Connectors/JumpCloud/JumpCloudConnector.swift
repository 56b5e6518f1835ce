internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Logging

/// Reads a JumpCloud organisation: its conditional access policies, and the accounts of watched people.
///
/// Who is in a group and who may use an application is read from the group and the application: no request is made for a
/// single person.
final class JumpCloudConnector: ProviderConnector, Diagnosable {
  /// The kind of source.
  let kind = "jumpcloud"
  /// How to reach JumpCloud.
  let configuration: JumpCloudConfiguration
  let client: APIClient
  let clock: @Sendable () -> Timestamp
  let logger: Logger

  /// The name in the configuration.
  var name: SourceName { configuration.name }

  /// Makes a connector; nothing is sent yet.
  init(
    configuration: JumpCloudConfiguration, transport: HTTPTransport,
    clock: @escaping @Sendable () -> Timestamp, logger: Logger
  ) {
    self.configuration = configuration
    self.clock = clock
    self.logger = logger
    // No limit is published and no header tells of one: a refusal says how long to wait.
    let source = transport.source(
      configuration.name,
      policy: SourcePolicy(
        origins: [configuration.url], maxConcurrent: configuration.maxConcurrent,
        rateShare: configuration.rateShare, rateHeaders: .none, requestIDHeader: nil))
    var headers = [("Accept", "application/json"), ("Content-Type", "application/json")]
    if let organisation = configuration.organisation { headers.append(("x-org-id", organisation)) }
    client = APIClient(
      source: source, vendor: "JumpCloud", baseURL: configuration.url,
      headers: HTTPHeaders(headers),
      credentials: FixedCredential(
        authorization: .header(name: "x-api-key", value: configuration.apiKey))
    ) { body in
      let json = try? JSONReader().value(body)
      return json?["error"]?.string ?? json?["status"]?.string
    }
  }

  /// Reads policies and accounts.
  func readProvider(_ query: ProviderQuery, progress: Progress) async -> ProviderReading {
    await JumpCloudRun(self, progress, query.edits).read(query)
  }

  /// The reads that a run makes whatever the policies say.
  private static let probes = [
    (path: "/api/systemusers", check: "users"),
    (path: "/api/v2/authn/policies", check: "conditional access policies"),
    (path: "/api/applications", check: "applications"),
    (path: "/api/v2/usergroups", check: "user groups"),
    (path: "/api/v2/iplists", check: "IP lists"),
    (path: "/api/v2/identity-providers", check: "identity providers"),
    (path: "/api/organizations", check: "the organisation"),
  ]

  /// Checks the API key, the clock and one right after the other: seven requests or fewer.
  func diagnose() async -> [DiagnosticLine] {
    var lines: [DiagnosticLine] = []
    for probe in Self.probes {
      let request = client.get(probe.path, query: [("limit", "1")])
      do throws(ConnectorError) {
        let response = try await client.send(request)
        if lines.isEmpty {
          lines.append(
            DiagnosticLine(
              source: name, check: "credentials", outcome: .good,
              message: "JumpCloud accepts the API key."))
          lines.append(ServerClock.line(name, response, now: clock()))
        }
        lines.append(
          DiagnosticLine(
            source: name, check: probe.check, outcome: .good,
            message: "\(request.endpoint) is allowed."))
      } catch {
        lines.append(
          DiagnosticLine(
            source: name, check: error.code == .unauthorised ? "credentials" : probe.check,
            outcome: .failure, message: error.message,
            remedy: error.code.remedy ?? configuration.remedy(for: error)))
        if error.code == .unauthorised { break }
      }
    }
    return lines
  }
}
