/// Where sign-ins go that a provider leaves to another one, as the configuration says.
public struct UpstreamRoute: Sendable, Hashable {
  /// The other provider as the first one names it: a host, an entity id, an alias, an id.
  public var identityProvider: String
  /// The source that reads it, and the application there that leads here.
  public var target: SignInTarget

  /// Makes a route.
  public init(identityProvider: String, target: SignInTarget) {
    self.identityProvider = identityProvider
    self.target = target
  }

  /// Whether this is the way to an upstream provider; case and a trailing slash do not matter.
  func leads(to upstream: Upstream) -> Bool {
    let wanted = Self.plain(identityProvider)
    return wanted == Self.plain(upstream.name)
      || upstream.keys.contains { Self.plain($0) == wanted }
  }

  private static func plain(_ text: String) -> String {
    let lower = text.lowercased()
    return lower.hasSuffix("/") ? String(lower.dropLast()) : lower
  }
}
