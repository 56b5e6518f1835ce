internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Logging

/// Reads a Cognito user pool: how it asks for MFA, its app clients, and the accounts of watched people.
final class CognitoConnector: ProviderConnector, Diagnosable {
  /// The kind of source.
  let kind = "cognito"
  /// How to reach Cognito.
  let configuration: CognitoConfiguration
  let client: AWSClient
  let clock: @Sendable () -> Timestamp
  let logger: Logger

  /// The name in the configuration.
  var name: SourceName { configuration.name }

  /// Makes a connector; nothing is sent yet.
  init(
    configuration: CognitoConfiguration, transport: HTTPTransport,
    clock: @escaping @Sendable () -> Timestamp, logger: Logger
  ) {
    self.configuration = configuration
    self.clock = clock
    self.logger = logger
    let source = transport.source(
      configuration.name,
      policy: SourcePolicy(
        maxConcurrent: configuration.maxConcurrent,
        // A page has 60 users at most.
        requestIDHeader: nil,
        replyIDHeaders: [AWSErrors.requestIDHeader], maxPages: 100_000,
        isThrottled: { AWSErrors.isThrottled($0) }))
    client = AWSClient(
      service: .cognito, source: source,
      url: configuration.url ?? AWSAddress.regional("cognito-idp", configuration.region),
      region: configuration.region,
      keyring: AWSKeyring(configuration.access, source: source, region: configuration.region))
  }

  /// Reads the pool and the accounts.
  func readProvider(_ query: ProviderQuery, progress: Progress) async -> ProviderReading {
    let run = CognitoRun(
      configuration: configuration, client: client, clock: clock, logger: logger,
      progress: progress)
    return await run.read(query)
  }

  /// Checks credentials, clock and each permission: five requests or fewer.
  func diagnose() async -> [DiagnosticLine] {
    let list = client.request("ListUserPools", json: ["MaxResults": .integer(1)])
    let first: HTTPRequest =
      configuration.userPool.map {
        client.request("DescribeUserPool", json: ["UserPoolId": .string($0)])
      }
      ?? list
    var lines: [DiagnosticLine] = []
    do throws(ConnectorError) {
      let response = try await client.send(first)
      lines.append(good("credentials", "AWS accepts the access key."))
      lines.append(ServerClock.line(name, response, now: clock()))
    } catch {
      return [line(error.code == .unauthorised ? "credentials" : first.endpoint, error)]
    }
    guard let pool = configuration.userPool else { return lines }
    let pooled: [String: JSONValue] = ["UserPoolId": .string(pool)]
    let probes: [(String, [String: JSONValue])] = [
      ("GetUserPoolMfaConfig", [:]), ("ListIdentityProviders", ["MaxResults": .integer(1)]),
      ("ListUsers", ["Limit": .integer(1)]),
    ]
    for (operation, body) in probes {
      let request = client.request(operation, json: body.merging(pooled) { first, _ in first })
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
