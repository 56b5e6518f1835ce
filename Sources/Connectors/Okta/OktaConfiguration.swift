internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

/// How to reach an Okta organisation, and what its operator vouches for.
struct OktaConfiguration: Sendable {
  /// How the worker proves who it is.
  enum Credentials: Sendable {
    /// An API token; it has the rights of the administrator who made it.
    case token(Secret)
    /// A service app with `private_key_jwt`: its client id, a PEM key (RSA or EC P-256), the key's id, and the scopes to ask for.
    case privateKey(clientID: String, keyPEM: Secret, keyID: String, scopes: [String])
  }

  /// Whether people may come in through other identity providers.
  enum InboundFederation: String, Sendable, Codable, CaseIterable {
    /// Ask Okta.
    case read
    /// The operator vouches that no external identity provider is used; Okta is not asked.
    case none
  }

  /// Whether applications of a Classic organisation have sign-on policies of their own.
  enum PerAppPolicies: String, Sendable, Codable, CaseIterable {
    /// They may have; no API shows them.
    case unreadable
    /// The operator vouches that there are none.
    case none
  }

  /// The name in the configuration.
  var name: SourceName
  /// The organisation's base URL, without a trailing slash.
  var url: String
  /// How the worker proves who it is.
  var credentials: Credentials
  /// Whether to collect enrolled factors even if a query does not ask for them.
  var collectFactors: Bool
  /// Whether people may come in through other identity providers.
  var inboundFederation: InboundFederation
  /// Whether applications of a Classic organisation have sign-on policies of their own.
  var perAppPolicies: PerAppPolicies
  /// From how many minutes on a remembered second factor counts as a way around it.
  var rememberedDeviceLimitMinutes: Int
  /// What the operator vouches for beside that.
  var vouches: [Vouch]
  /// How many requests may be under way at a time.
  var maxConcurrent: Int
  /// The part of the organisation's rate limit that is left for its other users, 0–1.
  var rateShare: Double

  /// The scopes that verdicts need, and `okta.idps.read`, which is dropped when the organisation does not grant it.
  ///
  /// - SeeAlso: <https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/>
  static let defaultScopes = [
    "okta.users.read", "okta.groups.read", "okta.apps.read", "okta.policies.read",
    "okta.networkZones.read", "okta.idps.read",
  ]

  /// Makes a configuration.
  init(
    name: SourceName, url: String, credentials: Credentials, collectFactors: Bool = false,
    inboundFederation: InboundFederation = .read, perAppPolicies: PerAppPolicies = .unreadable,
    rememberedDeviceLimitMinutes: Int = 1440, vouches: [Vouch] = [], maxConcurrent: Int = 4,
    rateShare: Double = 0.5
  ) {
    self.name = name
    self.url = url
    self.credentials = credentials
    self.collectFactors = collectFactors
    self.inboundFederation = inboundFederation
    self.perAppPolicies = perAppPolicies
    self.rememberedDeviceLimitMinutes = rememberedDeviceLimitMinutes
    self.vouches = vouches
    self.maxConcurrent = maxConcurrent
    self.rateShare = rateShare
  }
}
