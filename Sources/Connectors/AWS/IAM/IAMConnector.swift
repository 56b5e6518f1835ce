internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import Logging

/// Reads the users of an AWS account: their credentials, and what policies let them do without MFA.
final class IAMConnector: ProviderConnector, Diagnosable {
  /// The kind of source.
  let kind = "aws-iam"
  /// How to reach the account.
  let configuration: IAMConfiguration
  let client: AWSClient
  let clock: @Sendable () -> Timestamp
  let logger: Logger

  /// The name in the configuration.
  var name: SourceName { configuration.name }

  /// Makes a connector; nothing is sent yet.
  init(
    configuration: IAMConfiguration, transport: HTTPTransport,
    clock: @escaping @Sendable () -> Timestamp, logger: Logger
  ) {
    self.configuration = configuration
    self.clock = clock
    self.logger = logger
    let address = AWSAddress.iam(configuration.region)
    let source = transport.source(
      configuration.name,
      policy: SourcePolicy(
        maxConcurrent: configuration.maxConcurrent,
        retry: RetryPolicy(base: .seconds(2)), requestIDHeader: nil,
        replyIDHeaders: [AWSErrors.requestIDHeader],
        isThrottled: { AWSErrors.isThrottled($0) || IAMReportState.isPending($0) }))
    client = AWSClient(
      service: .iam, source: source, url: configuration.url ?? address.url,
      region: address.signingRegion,
      keyring: AWSKeyring(configuration.access, source: source, region: configuration.region))
  }

  /// Reads users, policies and accounts.
  func readProvider(_ query: ProviderQuery, progress: Progress) async -> ProviderReading {
    let run = IAMRun(
      configuration: configuration, client: client, clock: clock, logger: logger,
      progress: progress)
    return await run.read(query)
  }

  /// Checks credentials, clock and each permission: four requests or fewer.
  func diagnose() async -> [DiagnosticLine] {
    var lines: [DiagnosticLine] = []
    let first = client.request("GetAccountSummary")
    do throws(ConnectorError) {
      let response = try await client.send(first)
      lines.append(good("credentials", "AWS accepts the access key."))
      lines.append(ServerClock.line(name, response, now: clock()))
    } catch {
      lines.append(line(error.code == .unauthorised ? "credentials" : first.endpoint, error))
      if error.code != .forbidden { return lines }
    }
    let probes = [
      client.request("GenerateCredentialReport"),
      client.request(
        "GetAccountAuthorizationDetails", query: [("Filter.member.1", "User"), ("MaxItems", "1")]),
    ]
    for request in probes {
      do throws(ConnectorError) {
        _ = try await client.send(request)
        lines.append(good(request.endpoint, "\(request.endpoint) is allowed."))
      } catch {
        lines.append(line(request.endpoint, error))
      }
    }
    return lines
  }

  private func good(_ check: String, _ message: String) -> DiagnosticLine {
    DiagnosticLine(source: name, check: check, outcome: .good, message: message)
  }

  private func line(_ check: String, _ error: ConnectorError) -> DiagnosticLine {
    DiagnosticLine(
      source: name, check: check, outcome: .failure, message: error.message,
      remedy: error.code.remedy ?? AWSErrors.remedy(error, source: name))
  }
}
