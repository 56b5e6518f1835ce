internal import ConnectorKit
internal import IdentityCore

/// One entry of `sources`: what is common to all kinds, and what makes the source.
struct SourceConfiguration: Sendable {
  var name: SourceName
  var kind: any SourceKind
  /// Which tenant, realm or server it is about, in the words of the configuration.
  var place: String
  /// Nil where the kind's own address is meant, or it has none.
  var url: URLHandle?
  var maxConcurrent: Int
  var rateShare: Double
  /// Further hosts under which the provider is known in SAML settings: custom domains.
  var ssoHosts: [String]
  /// Where other providers stand behind this one.
  var routes: [UpstreamRoute]
  var make: SourceMaker

  /// Whether it can say who is on a team.
  var isRoster: Bool { kind.card.roles.contains(.roster) }
  /// Whether it can say how people sign in.
  var isProvider: Bool { kind.card.roles.contains(.provider) }
}
