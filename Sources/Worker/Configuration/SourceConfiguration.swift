internal import IdentityCore

/// One entry of `sources`: what is common to all kinds, and the kind's own keys.
struct SourceConfiguration: Sendable {
  /// The kinds of sources; a new kind is a case here, its keys in the parser, and its line in the factory.
  enum Kind: String, Sendable, CaseIterable { case heroku, okta }

  enum Settings: Sendable {
    case heroku(Heroku)
    case okta(Okta)
  }

  struct Heroku: Sendable {
    var token: SecretReference
  }

  struct Okta: Sendable {
    enum Credentials: Sendable {
      case token(SecretReference)
      case privateKey(clientID: String, key: SecretReference, keyID: String, scopes: [String]?)
    }

    enum Collected: String, Sendable, CaseIterable { case factors }
    enum InboundFederation: String, Sendable, CaseIterable { case read, none }
    enum PerAppPolicies: String, Sendable, CaseIterable { case unreadable, none }

    var credentials: Credentials
    var collectsFactors: Bool
    var inboundFederation: InboundFederation
    var perAppPolicies: PerAppPolicies
    var rememberedDeviceLimitMinutes: Int
  }

  var name: SourceName
  var kind: Kind
  /// Nil where the vendor has one address for all.
  var url: URLReference?
  var maxConcurrent: Int
  var rateShare: Double
  /// Further hosts under which the provider is known in SAML settings: custom domains.
  var ssoHosts: [String]
  var settings: Settings

  /// Whether it can say who is on a team.
  var isRoster: Bool { kind == .heroku }
  /// Whether it can say how people sign in.
  var isProvider: Bool { kind == .okta }
}
