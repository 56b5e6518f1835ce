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

  /// Where the sign-ins go that are left to one of the upstream providers of a model.
  ///
  /// The name as it stands goes before another spelling of it: two aliases may differ in case alone, and then neither of
  /// them stands for the other.
  static func target(
    of upstream: Upstream, among all: [Upstream], _ routes: [UpstreamRoute]
  ) -> SignInTarget? {
    if let exact = routes.first(where: { $0.names(upstream) }) { return exact.target }
    return routes.first { route in
      route.resembles(upstream) && !all.contains(where: route.names)
    }?.target
  }

  private func names(_ upstream: Upstream) -> Bool {
    identityProvider == upstream.name || upstream.keys.contains(identityProvider)
  }

  /// Whether the name is the same but for case and a trailing slash.
  private func resembles(_ upstream: Upstream) -> Bool {
    let wanted = Self.plain(identityProvider)
    return wanted == Self.plain(upstream.name)
      || upstream.keys.contains { Self.plain($0) == wanted }
  }

  private static func plain(_ text: String) -> String {
    let lower = text.lowercased()
    return lower.hasSuffix("/") ? String(lower.dropLast()) : lower
  }
}
