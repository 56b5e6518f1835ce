internal import ConnectorKit
internal import IdentityCore

/// How to reach an Identity Center instance, and what its operator vouches for.
struct IdentityCenterConfiguration: Sendable {
  /// Where people sign in.
  enum IdentitySource: String, Sendable, CaseIterable {
    /// At another identity provider, by SAML.
    case external
    /// In the built-in directory.
    case directory
  }

  /// When the built-in directory asks for MFA, as its console shows it.
  enum Mode: String, Sendable, CaseIterable {
    /// At every sign-in.
    case alwaysOn = "always-on"
    /// When the context changes: a new device, browser or place.
    case contextAware = "context-aware"
    /// Never.
    case never
  }

  /// The name in the configuration.
  var name: SourceName
  /// The address of both services, without a trailing slash; nil is AWS's own of the region.
  var url: String?
  /// The region of the instance.
  var region: String
  /// How the worker proves who it is.
  var access: AWSAccess
  /// Where people sign in; no API shows it.
  var identitySource: IdentitySource?
  /// When the built-in directory asks for MFA; no API shows it.
  var attestedMode: Mode?
  /// What the operator vouches for.
  var vouches: [Vouch]
  /// How many requests may be under way at a time.
  var maxConcurrent: Int

  /// Makes a configuration.
  init(
    name: SourceName, url: String? = nil, region: String, access: AWSAccess,
    identitySource: IdentitySource? = nil, attestedMode: Mode? = nil, vouches: [Vouch] = [],
    maxConcurrent: Int = 4
  ) {
    self.name = name
    self.url = url
    self.region = region
    self.access = access
    self.identitySource = identitySource
    self.attestedMode = attestedMode
    self.vouches = vouches
    self.maxConcurrent = maxConcurrent
  }
}
