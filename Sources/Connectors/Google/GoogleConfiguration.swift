internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

/// How to reach a Google Workspace or Cloud Identity account, and what its operator vouches for.
struct GoogleConfiguration: Sendable {
  /// The name in the configuration.
  var name: SourceName
  /// Where the Directory API is, without a trailing slash.
  var url: String
  /// Where the Cloud Identity API is, without a trailing slash.
  var cloudIdentityURL: String
  /// Where tokens come from; nil takes what the service account's key names.
  var tokenURL: String?
  /// The service account's key file, whole.
  var serviceAccount: Secret
  /// The administrator to act as for users, groups, org units and SSO assignments.
  var subject: String
  /// The super administrator to act as for policies; without one they are not read.
  var policySubject: String?
  /// The customer whose policies are read.
  var customer: String
  /// Whether the legacy domain-wide SSO profile is in use, which no API shows; nil when nobody says.
  var legacySSO: Bool?
  /// For how many seconds an old second step may count.
  var rememberedDeviceLimit: Int64
  /// What the operator vouches for.
  var vouches: [Vouch]
  /// How many requests may be under way at a time.
  var maxConcurrent: Int
  /// The part of the project's quota that is left for its other users, 0–1.
  var rateShare: Double

  /// Where the Directory API is.
  static let defaultURL = "https://admin.googleapis.com"
  /// Where the Cloud Identity API is.
  static let defaultCloudIdentityURL = "https://cloudidentity.googleapis.com"
  /// Where tokens come from, and whom assertions are for wherever they are sent.
  static let tokenEndpoint = "https://oauth2.googleapis.com/token"

  /// Makes a configuration.
  ///
  /// - Parameter cloudIdentityURL: left out, Google's own, or the same as `url` where that is not Google's.
  init(
    name: SourceName, url: String = GoogleConfiguration.defaultURL,
    cloudIdentityURL: String? = nil, tokenURL: String? = nil, serviceAccount: Secret,
    subject: String, policySubject: String? = nil, customer: String = "my_customer",
    legacySSO: Bool? = nil, rememberedDeviceLimit: Int64 = 86_400, vouches: [Vouch] = [],
    maxConcurrent: Int = 4, rateShare: Double = 0.5
  ) {
    self.name = name
    self.url = Self.base(url, without: "/admin/directory/v1")
    self.cloudIdentityURL = Self.base(
      cloudIdentityURL ?? (self.url == Self.defaultURL ? Self.defaultCloudIdentityURL : self.url),
      without: "/v1")
    self.tokenURL = tokenURL.map { Self.base($0, without: "/token") + "/token" }
    self.serviceAccount = serviceAccount
    self.subject = subject
    self.policySubject = policySubject
    self.customer = customer
    self.legacySSO = legacySSO
    self.rememberedDeviceLimit = rememberedDeviceLimit
    self.vouches = vouches
    self.maxConcurrent = maxConcurrent
    self.rateShare = rateShare
  }

  /// An address without the path that every call names itself.
  private static func base(_ url: String, without path: String) -> String {
    var base = url
    while base.hasSuffix("/") { base.removeLast() }
    return base.hasSuffix(path) ? String(base.dropLast(path.count)) : base
  }

  /// The scopes of the Directory API that a run needs.
  static let directoryScopes = [
    "https://www.googleapis.com/auth/admin.directory.user.readonly",
    "https://www.googleapis.com/auth/admin.directory.group.readonly",
    "https://www.googleapis.com/auth/admin.directory.orgunit.readonly",
  ]
  /// The scope for SSO profiles and assignments.
  static let ssoScopes = [
    "https://www.googleapis.com/auth/cloud-identity.inboundsso.readonly"
  ]
  /// The scope for policies; the only one the super administrator is used for.
  static let policyScopes = [
    "https://www.googleapis.com/auth/cloud-identity.policies.readonly"
  ]
}
