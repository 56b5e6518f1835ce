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
  /// Ids, aliases, entity ids and issuers are compared whole and with their case, as providers compare them; hosts have
  /// none. Two routes that lead from one provider to different places say nothing.
  static func target(
    of upstream: Upstream, among all: [Upstream], _ routes: [UpstreamRoute]
  ) -> SignInTarget? {
    let exact = routes.filter { $0.names(upstream) }
    let found =
      exact.isEmpty
      ? routes.filter { route in route.namesHost(of: upstream) && !all.contains(where: route.names)
      }
      : exact
    let targets = Set(found.map(\.target))
    return targets.count == 1 ? targets.first : nil
  }

  /// A provider that has ids goes by those; a name that people see may be another one's id.
  private func names(_ upstream: Upstream) -> Bool {
    upstream.keys.isEmpty
      ? identityProvider == upstream.name : upstream.keys.contains(identityProvider)
  }

  /// Whether the name is a host of the provider, in another case or with a slash behind it.
  private func namesHost(of upstream: Upstream) -> Bool {
    guard let wanted = Self.host(identityProvider) else { return false }
    return upstream.keys.contains { $0 == wanted && Self.host($0) != nil }
  }

  /// A text as a host: letters, digits, dashes and dots, with a port perhaps; nil for anything else.
  private static func host(_ text: String) -> String? {
    let lower = (text.hasSuffix("/") ? String(text.dropLast()) : text).lowercased()
    let name = lower.prefix { $0 != ":" }
    let isHost =
      name.contains(".")
      && name.utf8.allSatisfy {
        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2E
      } && lower.dropFirst(name.count).dropFirst().utf8.allSatisfy { (0x30...0x39).contains($0) }
    return isHost ? lower : nil
  }
}
