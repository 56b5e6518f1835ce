public import CurlTransport
public import IdentityCore
public import Logging

/// Reads an Okta organisation, Classic or Identity Engine.
public final class OktaConnector: ProviderConnector, Diagnosable {
  /// The kind of source.
  public let kind = "okta"
  /// How to reach Okta.
  public let configuration: OktaConfiguration
  let source: HTTPSource
  let clock: @Sendable () -> Timestamp
  let logger: Logger

  /// The name in the configuration.
  public var name: SourceName { configuration.name }

  /// Makes a connector; nothing is sent yet.
  public init(
    configuration: OktaConfiguration, transport: HTTPTransport,
    clock: @escaping @Sendable () -> Timestamp, logger: Logger
  ) {
    self.configuration = configuration
    self.clock = clock
    self.logger = logger
    source = transport.source(configuration.name, policy: SourcePolicy())
  }

  /// Reads policies and accounts.
  public func readProvider(_ query: ProviderQuery, progress: Progress) async -> ProviderReading {
    ProviderReading(
      source: SourceReading(name: name, kind: kind, startedAt: clock(), observedAt: clock()),
      apps: [], accounts: AccountTable(atomCount: 0))
  }

  /// Checks the set-up.
  public func diagnose() async -> [DiagnosticLine] { [] }
}
