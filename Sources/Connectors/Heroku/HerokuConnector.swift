internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery
internal import Logging

/// Reads teams at Heroku: members, identity providers, collaborators, invitations.
///
/// Five lists a team; the enterprise account's only where the team's own do not say how somebody signs in. No request is
/// made for a single person.
final class HerokuConnector: RosterConnector, Diagnosable {
  /// The kind of source.
  let kind = "heroku"
  /// How to reach Heroku.
  let configuration: HerokuConfiguration
  let client: APIClient
  let clock: @Sendable () -> Timestamp
  let logger: Logger

  /// The name in the configuration.
  var name: SourceName { configuration.name }

  /// Makes a connector; nothing is sent yet.
  init(
    configuration: HerokuConfiguration, transport: HTTPTransport,
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
        origins: [configuration.url], maxConcurrent: configuration.maxConcurrent,
        rateShare: configuration.rateShare, rateHeaders: .heroku, requestIDHeader: "Request-Id",
        cache: configuration.cache))
    client = APIClient(
      source: source, vendor: "Heroku", baseURL: configuration.url,
      headers: HTTPHeaders([("Accept", "application/vnd.heroku+json; version=3")]),
      credentials: FixedCredential(authorization: .bearer(configuration.token))
    ) { body in
      (try? JSONReader().value(body))?["id"]?.string
    }
  }

  /// Reads the people of some teams.
  func readRoster(of teams: [TeamName], progress: Progress) async -> RosterReading {
    let run = HerokuRun(
      configuration: configuration, client: client, clock: clock, logger: logger,
      progress: progress)
    return await run.read(teams)
  }
}

extension HerokuConfiguration {
  /// What to do about a call that Heroku refused.
  func remedy(for error: ConnectorError) -> String {
    switch (error.code, error.vendorCode) {
    case (.forbidden, "two_factor"?):
      "Use an authorization token of an account that is not asked for a second factor per call."
    case (.forbidden, _):
      "Give the token the scope \(Self.scope(error.call)) and its account the role member or admin on the team."
    case (.unauthorised, _):
      "Put a valid authorization token into the configuration of \(name) (heroku authorizations:create)."
    case (.notFound, _):
      "Check the name of the team, and that the account of the token is on it."
    case (.configuration, _): "Use https, or an address on loopback."
    default: "Check the URL of \(name), and run again."
    }
  }

  private static func scope(_ call: String) -> String {
    call.contains("/enterprise-accounts") ? "read (and its account the permission view)" : "read"
  }
}

extension RateHeaders {
  /// What is left of a bucket of 4500 that is refilled with 75 a minute.
  ///
  /// - SeeAlso: <https://devcenter.heroku.com/articles/platform-api-reference#rate-limits>
  static let heroku = RateHeaders(
    .bucket(remaining: "RateLimit-Remaining", limit: 4500, refillPerMinute: 75))
}
