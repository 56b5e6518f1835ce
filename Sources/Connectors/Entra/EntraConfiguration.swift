internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

/// How to reach an Entra ID tenant through Microsoft Graph, and what its operator vouches for.
struct EntraConfiguration: Sendable {
  /// How the worker proves who it is.
  enum Credentials: Sendable {
    /// A client secret.
    case secret(Secret)
    /// A certificate and its RSA key, both PEM; the assertion is signed with the key.
    case certificate(certificatePEM: Secret, keyPEM: Secret, algorithm: Algorithm)
  }

  /// How an assertion is signed.
  enum Algorithm: String, Sendable, Codable, CaseIterable {
    /// RSA with PSS; the header names the certificate by `x5t#S256`.
    case ps256 = "PS256"
    /// RSA with PKCS #1; the header names the certificate by `x5t`.
    case rs256 = "RS256"
  }

  /// Whether a part of the tenant is asked about.
  enum Attestation: String, Sendable, Codable, CaseIterable {
    /// Ask Entra ID.
    case read
    /// The operator vouches that it is not in use; Entra ID is not asked.
    case none
  }

  /// The name in the configuration.
  var name: SourceName
  /// Microsoft Graph's base URL, without a trailing slash.
  var url: String
  /// Where tokens come from, without a trailing slash.
  var loginURL: String
  /// The tenant's id or one of its domains.
  var tenant: String
  /// The id of the registered application.
  var clientID: String
  /// How the worker proves who it is.
  var credentials: Credentials
  /// Whether to collect registered methods even if a query does not ask for them.
  var collectFactors: Bool
  /// Whether Microsoft's own demand on its administration portals counts.
  var countsMandatoryMFA: Bool
  /// Whether the tenant has Conditional Access; one without Entra ID P1 has none.
  var conditionalAccess: Attestation
  /// Whether legacy per-user MFA may be in use.
  var perUserMFA: Attestation
  /// Whether domains may leave sign-ins to another identity provider.
  var federation: Attestation
  /// Whether people may activate roles and groups that they are eligible for (PIM); a tenant without Entra ID P2 has none.
  var privilegedAccess: Attestation
  /// What the operator vouches for beside these switches.
  var vouches: [Vouch]
  /// The longest time for which an old second factor counts as one, in minutes.
  var rememberedDeviceLimitMinutes: Int
  /// How many people are asked for their per-user state in one run at most; only those whom no policy certainly asks.
  var perUserLimit: Int
  /// How many requests may be under way at a time.
  var maxConcurrent: Int
  /// The part of the rate limit that is left for others, 0–1.
  var rateShare: Double

  /// Microsoft Graph's public address.
  static let graph = "https://graph.microsoft.com"
  /// The public login address.
  static let login = "https://login.microsoftonline.com"
  /// The hosts under which Microsoft's login appears in SAML settings.
  static let vendorHosts = [
    "login.microsoftonline.com", "sts.windows.net", "login.windows.net", "login.microsoftonline.us",
  ]

  /// Makes a configuration.
  init(
    name: SourceName, url: String = EntraConfiguration.graph,
    loginURL: String = EntraConfiguration.login, tenant: String, clientID: String,
    credentials: Credentials, collectFactors: Bool = false, countsMandatoryMFA: Bool = true,
    conditionalAccess: Attestation = .read, perUserMFA: Attestation = .read,
    federation: Attestation = .read, privilegedAccess: Attestation = .read,
    vouches: [Vouch] = [], rememberedDeviceLimitMinutes: Int = 1440,
    perUserLimit: Int = 2000, maxConcurrent: Int = 4, rateShare: Double = 0.5
  ) {
    self.name = name
    self.url = url
    self.loginURL = loginURL
    self.tenant = tenant
    self.clientID = clientID
    self.credentials = credentials
    self.collectFactors = collectFactors
    self.countsMandatoryMFA = countsMandatoryMFA
    self.conditionalAccess = conditionalAccess
    self.perUserMFA = perUserMFA
    self.federation = federation
    self.privilegedAccess = privilegedAccess
    self.vouches = vouches
    self.rememberedDeviceLimitMinutes = rememberedDeviceLimitMinutes
    self.perUserLimit = perUserLimit
    self.maxConcurrent = maxConcurrent
    self.rateShare = rateShare
  }

  /// Whether the source is on this machine, as a mock is.
  var isOnLoopback: Bool { SourceHost.of(url).map(SourceHost.isLoopback) ?? false }
}
