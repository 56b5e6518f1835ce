internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Logging

/// Reads a Google Workspace or Cloud Identity account.
///
/// Org units, SSO assignments and policies first, then the accounts of watched people, then who is in the groups that
/// assignments and policies name. No request is made for a single person.
final class GoogleConnector: ProviderConnector, Diagnosable {
  /// The kind of source.
  let kind = "google"
  /// How to reach Google.
  let configuration: GoogleConfiguration
  /// Users, groups and org units.
  let directory: APIClient
  /// SSO profiles and assignments.
  let sso: APIClient
  /// Policies, by a super administrator and slowly; nil when there is none.
  let policies: APIClient?
  let tokens: [AccessTokenSource]
  let clock: @Sendable () -> Timestamp
  let logger: Logger

  /// The name in the configuration.
  var name: SourceName { configuration.name }

  /// Makes a connector; nothing is sent yet.
  init(
    configuration: GoogleConfiguration, transport: HTTPTransport,
    clock: @escaping @Sendable () -> Timestamp, logger: Logger
  ) {
    self.configuration = configuration
    self.clock = clock
    self.logger = logger
    let retry = RetryPolicy(maxAttempts: 6, base: .seconds(1), cap: .seconds(64))
    // Key files name their token endpoint themselves, so it cannot be among fixed origins.
    let source = transport.source(
      configuration.name,
      policy: SourcePolicy(
        maxConcurrent: configuration.maxConcurrent, retry: retry,
        rateShare: configuration.rateShare, requestIDHeader: nil, isThrottled: Self.isThrottled))
    func client(_ url: String, _ source: HTTPSource, _ subject: String, _ scopes: [String]) -> (
      APIClient, AccessTokenSource
    ) {
      let assertion = GoogleAssertion(
        source: source, account: configuration.serviceAccount, tokenURL: configuration.tokenURL,
        subject: subject, scopes: scopes, clock: clock)
      let tokens = AccessTokenSource(clock: clock, margin: 300) {
        () async throws(ConnectorError) in try await assertion.token()
      }
      let client = APIClient(
        source: source, vendor: "Google", baseURL: url,
        headers: HTTPHeaders([("Accept", "application/json")]), credentials: tokens,
        vendorCode: Self.reason)
      return (client, tokens)
    }
    let directory = client(
      configuration.url, source, configuration.subject, GoogleConfiguration.directoryScopes)
    let sso = client(
      configuration.cloudIdentityURL, source, configuration.subject, GoogleConfiguration.ssoScopes)
    self.directory = directory.0
    self.sso = sso.0
    guard let subject = configuration.policySubject else {
      policies = nil
      tokens = [directory.1, sso.1]
      return
    }
    // The Policy API takes less than a request a second, and says so late.
    let slowly = transport.source(
      configuration.name,
      policy: SourcePolicy(
        maxConcurrent: 1,
        retry: RetryPolicy(
          maxAttempts: 6, base: .seconds(1), cap: .seconds(64),
          limitWait: (first: .seconds(30), step: .seconds(15))),
        rateShare: configuration.rateShare, minInterval: .milliseconds(1100),
        requestIDHeader: nil, prefetch: 0, isThrottled: Self.isThrottled))
    let policies = client(
      configuration.cloudIdentityURL, slowly, subject, GoogleConfiguration.policyScopes)
    self.policies = policies.0
    tokens = [directory.1, sso.1, policies.1]
  }

  /// Reads settings and accounts.
  func readProvider(_ query: ProviderQuery, progress: Progress) async -> ProviderReading {
    for tokens in tokens { await tokens.beginRun() }
    return await GoogleRun(self, progress: progress).read(query)
  }

  // MARK: Google's errors

  /// The reasons of a 403 that mean "not now".
  static let quotaReasons: Set<String> = [
    "userRateLimitExceeded", "quotaExceeded", "rateLimitExceeded", "RATE_LIMIT_EXCEEDED",
    "RESOURCE_EXHAUSTED",
  ]

  /// Whether a refusal is one of quota, or of an authorization server out of breath.
  @Sendable private static func isThrottled(_ response: HTTPResponse) -> Bool {
    switch response.status {
    case 403: reason(response.body).map(quotaReasons.contains) ?? false
    case 400, 401: reason(response.body).map(GoogleAssertion.transientErrors.contains) ?? false
    default: false
    }
  }

  /// Google's own word for a refusal, in the old form of its errors, the new one and OAuth's.
  @Sendable static func reason(_ body: ResponseBody) -> String? {
    guard let error = (try? JSONReader().value(body))?["error"] else { return nil }
    if let word = error.string { return word }
    let old = error["errors"]?.array?.first?["reason"]?.string
    let detail = error["details"]?.array?.lazy.compactMap { $0["reason"]?.string }.first
    return old ?? detail ?? error["status"]?.string
  }
}
