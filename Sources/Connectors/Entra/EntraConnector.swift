internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Logging

/// Reads an Entra ID tenant through Microsoft Graph.
///
/// Policies first, then the accounts of watched people, then who is in the groups and roles that live policies mention.
/// No request is made for a single person but those whom no policy certainly asks, twenty at a time.
final class EntraConnector: ProviderConnector, Diagnosable {
  /// The kind of source.
  let kind = "entra"
  /// How to reach the tenant.
  let configuration: EntraConfiguration
  let client: APIClient
  let tokens: AccessTokenSource
  let clock: @Sendable () -> Timestamp
  let logger: Logger

  /// The name in the configuration.
  var name: SourceName { configuration.name }

  /// Makes a connector; nothing is sent yet.
  init(
    configuration: EntraConfiguration, transport: HTTPTransport,
    clock: @escaping @Sendable () -> Timestamp, logger: Logger
  ) {
    var configuration = configuration
    while configuration.url.hasSuffix("/") { configuration.url.removeLast() }
    while configuration.loginURL.hasSuffix("/") { configuration.loginURL.removeLast() }
    self.configuration = configuration
    self.clock = clock
    self.logger = logger
    let source = transport.source(
      configuration.name,
      policy: SourcePolicy(
        origins: [configuration.url, configuration.loginURL],
        maxConcurrent: configuration.maxConcurrent, rateShare: configuration.rateShare,
        spacing: Self.spacing, requestIDHeader: "client-request-id"))
    let grant = EntraTokenGrant(source: source, configuration: configuration, clock: clock)
    tokens = AccessTokenSource(clock: clock, margin: 300) {
      () async throws(ConnectorError) in try await grant.token()
    }
    client = APIClient(
      source: source, vendor: "Microsoft Graph", baseURL: configuration.url,
      headers: HTTPHeaders([
        ("Accept", "application/json"), ("x-ms-throttle-priority", "low"),
      ]), credentials: tokens
    ) { body in
      (try? JSONReader().value(body)).flatMap(EntraConnector.errorCode)
    }
  }

  /// Microsoft allows one request a second to Conditional Access, without a word in its replies, and five reports in ten
  /// seconds; a little more lies between, because requests do not travel equally fast.
  ///
  /// - SeeAlso: <https://learn.microsoft.com/graph/throttling-limits>
  private static let spacing = [
    SourcePolicy.Spacing("GET /v1.0/identity/conditionalAccess/", .milliseconds(1100)),
    SourcePolicy.Spacing("GET /v1.0/reports/", .seconds(2)),
  ]

  /// The most exact code of an error: inner errors may say more.
  static func errorCode(_ json: JSONValue) -> String? {
    guard let error = json["error"] else { return nil }
    // The token endpoint names its errors by a word alone.
    if let word = error.string { return word }
    var code = error["code"]?.string
    var inner = error["innerError"] ?? error["innererror"]
    while let level = inner {
      if let more = level["code"]?.string, !more.isEmpty { code = more }
      inner = level["innerError"] ?? level["innererror"]
    }
    return code
  }

  /// Reads policies and accounts.
  func readProvider(_ query: ProviderQuery, progress: Progress) async -> ProviderReading {
    await tokens.beginRun()
    let run = EntraRun(
      configuration: configuration, client: client, clock: clock, logger: logger,
      progress: progress)
    return await run.read(query)
  }
}
