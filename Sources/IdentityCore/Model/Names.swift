/// The name of an entry of `sources` in the configuration.
public typealias SourceName = String
/// The name of a team in the configuration and at the platform.
public typealias TeamName = String
/// A provider's own id of an application.
public typealias AppID = String

/// One configured way to sign in to a team: a provider and its own id of the application.
public struct SignInTarget: Sendable, Codable, Hashable {
  /// The source that holds the provider.
  public var provider: SourceName
  /// The provider's own id of the application.
  public var app: AppID

  /// Makes a target.
  public init(provider: SourceName, app: AppID) {
    self.provider = provider
    self.app = app
  }
}
