internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Logging

/// Reads organisations at GitHub: members, outside collaborators, who has a second factor, who is linked to an identity provider.
///
/// No request is made for a single person.
final class GitHubConnector: RosterConnector, Diagnosable {
  /// The kind of source.
  let kind = "github"
  /// How to reach GitHub.
  let configuration: GitHubConfiguration
  let client: APIClient
  /// Nil with a personal access token.
  let tokens: AccessTokenSource?
  let clock: @Sendable () -> Timestamp
  let logger: Logger

  /// The name in the configuration.
  var name: SourceName { configuration.name }

  /// Makes a connector; nothing is sent yet.
  init(
    configuration: GitHubConfiguration, transport: HTTPTransport,
    clock: @escaping @Sendable () -> Timestamp, logger: Logger
  ) {
    self.configuration = configuration
    self.clock = clock
    self.logger = logger
    var identity: String?
    if case .app(let clientID, _, let installation) = configuration.credentials {
      identity = "\(clientID)/\(installation)"
    }
    let source = transport.source(
      configuration.name,
      policy: SourcePolicy(
        origins: [configuration.url], maxConcurrent: configuration.maxConcurrent,
        // GitHub wants a minute at least after a secondary limit, and more each time.
        retry: RetryPolicy(limitWait: (first: .seconds(60), step: .seconds(60))),
        rateShare: configuration.rateShare, rateHeaders: .github, requestIDHeader: nil,
        replyIDHeaders: ["X-GitHub-Request-Id"],
        cache: configuration.cache, identity: identity, isThrottled: Self.isThrottled))
    let headers = HTTPHeaders([
      ("Accept", "application/vnd.github+json"), ("X-GitHub-Api-Version", "2022-11-28"),
    ])
    let credentials: any CredentialSource
    switch configuration.credentials {
    case .token(let token):
      tokens = nil
      credentials = FixedCredential(authorization: .bearer(token))
    case .app(let clientID, let keyPEM, let installation):
      let app = GitHubAppToken(
        source: source, baseURL: configuration.url, headers: headers, clientID: clientID,
        keyPEM: keyPEM, installation: installation, clock: clock)
      let tokens = AccessTokenSource(clock: clock, margin: 300) {
        () async throws(ConnectorError) in try await app.token()
      }
      self.tokens = tokens
      credentials = tokens
    }
    // GitHub's errors have no code of their own; GraphQL's have a type.
    client = APIClient(
      source: source, vendor: "GitHub", baseURL: configuration.url, headers: headers,
      credentials: credentials
    ) { _ in nil }
  }

  /// Whether a refusal is a secondary limit: only its text tells it from a lack of rights.
  ///
  /// - SeeAlso: <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>
  @Sendable private static func isThrottled(_ response: HTTPResponse) -> Bool {
    guard response.status == 403, response.body.count < 64 * 1024 else { return false }
    let message = (try? JSONReader().value(response.body))?["message"]?.string ?? ""
    return ["secondary rate limit", "abuse"].contains(where: message.lowercased().contains)
  }

  /// Reads the people of some organisations.
  func readRoster(of teams: [TeamName], progress: Progress) async -> RosterReading {
    await tokens?.beginRun()
    let log = ReadingLog(client.source, startedAt: clock())
    let readings = await withTaskGroup(of: (Int, TeamReading).self) { group in
      for (index, team) in teams.enumerated() {
        group.addTask { (index, await GitHubRun(self, team, progress).read()) }
      }
      var result: [(Int, TeamReading)] = []
      for await reading in group { result.append(reading) }
      return result.sorted { $0.0 < $1.0 }.map(\.1)
    }
    for issue in readings.flatMap(\.issues) { log.add(issue) }
    log.count(readings.reduce(0) { $0 + $1.roster.count })
    return RosterReading(source: log.reading(kind: kind, at: clock()), teams: readings)
  }
}

extension RateHeaders {
  /// `X-RateLimit-*` with the reset in epoch seconds; a 403 may mean the limit.
  static let github = RateHeaders(
    .triple(prefix: "X-RateLimit-", reset: .epochSeconds), refusesByForbidding: true)
}
