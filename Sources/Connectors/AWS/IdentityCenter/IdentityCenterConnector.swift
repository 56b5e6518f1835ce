internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Logging

/// Reads an Identity Center instance: its people; what they are asked for is not readable.
final class IdentityCenterConnector: ProviderConnector, Diagnosable {
  /// The kind of source.
  let kind = "aws-sso"
  /// How to reach the instance.
  let configuration: IdentityCenterConfiguration
  let admin: AWSClient
  let store: AWSClient
  let clock: @Sendable () -> Timestamp
  let logger: Logger

  /// The name in the configuration.
  var name: SourceName { configuration.name }

  /// Makes a connector; nothing is sent yet.
  init(
    configuration: IdentityCenterConfiguration, transport: HTTPTransport,
    clock: @escaping @Sendable () -> Timestamp, logger: Logger
  ) {
    self.configuration = configuration
    self.clock = clock
    self.logger = logger
    let source = transport.source(
      configuration.name,
      policy: SourcePolicy(
        maxConcurrent: configuration.maxConcurrent, requestIDHeader: nil,
        replyIDHeaders: [AWSErrors.requestIDHeader], maxPages: 100_000,
        isThrottled: { AWSErrors.isThrottled($0) }))
    let region = configuration.region
    let keyring = AWSKeyring(configuration.access, source: source, region: region)
    func client(_ service: AWSService, _ host: String) -> AWSClient {
      AWSClient(
        service: service, source: source,
        url: configuration.url ?? AWSAddress.regional(host, region), region: region,
        keyring: keyring)
    }
    admin = client(.ssoAdmin, "sso")
    store = client(.identityStore, "identitystore")
  }

  /// Reads the instances and the accounts.
  func readProvider(_ query: ProviderQuery, progress: Progress) async -> ProviderReading {
    let run = IdentityCenterRun(
      configuration: configuration, admin: admin, store: store, clock: clock, logger: logger,
      progress: progress)
    return await run.read(query)
  }

  /// Checks credentials, clock and both permissions: two requests or fewer.
  func diagnose() async -> [DiagnosticLine] {
    let first = admin.request("ListInstances", json: [:])
    var lines: [DiagnosticLine] = []
    do throws(ConnectorError) {
      let response = try await admin.send(first)
      lines.append(
        DiagnosticLine(
          source: name, check: "credentials", outcome: .good,
          message: "AWS accepts the access key."))
      lines.append(ServerClock.line(name, response, now: clock()))
      let store = try? JSONReader().value(response.body)["Instances"]?.array?.first?[
        "IdentityStoreId"]?.string
      guard let store else { return lines }
      let users = self.store.request(
        "ListUsers", json: ["IdentityStoreId": .string(store), "MaxResults": .integer(1)])
      _ = try await self.store.send(users)
      lines.append(
        DiagnosticLine(
          source: name, check: users.endpoint, outcome: .good,
          message: "\(users.endpoint) is allowed."))
    } catch {
      lines.append(
        DiagnosticLine(
          source: name, check: error.code == .unauthorised ? "credentials" : error.call,
          outcome: .failure, message: error.message,
          remedy: error.code.remedy ?? AWSErrors.remedy(error, source: name)))
    }
    return lines
  }
}
