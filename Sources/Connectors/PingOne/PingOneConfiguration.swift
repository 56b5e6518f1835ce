internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

/// How to reach an environment of PingOne, and what its operator vouches for.
struct PingOneConfiguration: Sendable {
  /// Where the worker application proves itself.
  enum ClientAuthentication: String, Sendable, CaseIterable {
    /// In an `Authorization: Basic` header.
    case basic
    /// Among the parameters of the token request.
    case post
  }

  /// What PingID asks for, whose rules the API of PingOne does not show.
  enum Attested: String, Sendable, CaseIterable {
    /// A second factor always.
    case enforced
    /// A second factor except in some circumstances.
    case conditional
    /// Nothing.
    case none
  }

  /// What a step that blocks people without a device means for somebody whose MFA is switched off.
  enum SwitchedOff: String, Sendable, CaseIterable {
    /// The step is not applied to them.
    case notEnforced = "not-enforced"
    /// Nobody can tell whether it is.
    case cannotTell = "cannot-tell"
  }

  /// The name in the configuration.
  var name: SourceName
  /// The region's API, without `/v1` and without a trailing slash.
  var url: String
  /// Where tokens come from.
  var loginURL: String
  /// The id of the environment that is read.
  var environment: String
  /// The id of the environment in which the worker application lives.
  var workerEnvironment: String
  /// The worker application.
  var clientID: String
  /// Its secret.
  var clientSecret: Secret
  /// How it proves itself.
  var clientAuthentication: ClientAuthentication
  /// What is made of people whose MFA is switched off.
  var switchedOff: SwitchedOff
  /// What PingID asks for; nil when nobody says.
  var pingID: Attested?
  /// From how many minutes on a remembered second factor counts as a way around it.
  var rememberedDeviceLimitMinutes: Int
  /// Whether to collect the devices of every kept account even if a query does not ask for them.
  var collectFactors: Bool
  /// What the operator vouches for beside that.
  var vouches: [Vouch]
  /// How many requests may be under way at a time.
  var maxConcurrent: Int
  /// The part of the rate limit that is left for other users, 0–1.
  var rateShare: Double

  /// Makes a configuration.
  ///
  /// - Parameters:
  ///   - url: the region's API, such as `https://api.pingone.eu`; `/v1` at its end is taken off.
  ///   - loginURL: nil: the `auth` host beside an `api` host, or the same host.
  ///   - workerEnvironment: nil: the environment that is read.
  init(
    name: SourceName, url: String, loginURL: String? = nil, environment: String,
    workerEnvironment: String? = nil, clientID: String, clientSecret: Secret,
    clientAuthentication: ClientAuthentication = .basic, switchedOff: SwitchedOff = .notEnforced,
    pingID: Attested? = nil, rememberedDeviceLimitMinutes: Int = 1440, collectFactors: Bool = false,
    vouches: [Vouch] = [], maxConcurrent: Int = 4, rateShare: Double = 0.5
  ) {
    let base = Self.base(url)
    self.name = name
    self.url = base
    self.loginURL = loginURL.map(Self.base) ?? base.replacing("://api.", with: "://auth.")
    self.environment = environment
    self.workerEnvironment = workerEnvironment ?? environment
    self.clientID = clientID
    self.clientSecret = clientSecret
    self.clientAuthentication = clientAuthentication
    self.switchedOff = switchedOff
    self.pingID = pingID
    self.rememberedDeviceLimitMinutes = rememberedDeviceLimitMinutes
    self.collectFactors = collectFactors
    self.vouches = vouches
    self.maxConcurrent = maxConcurrent
    self.rateShare = rateShare
  }

  private static func base(_ url: String) -> String {
    var url = url
    while url.hasSuffix("/") { url.removeLast() }
    return url.hasSuffix("/v1") ? String(url.dropLast(3)) : url
  }

  /// The suffixes of PingOne's own addresses, one for each region.
  static let vendorHosts = [
    "pingone.com", "pingone.eu", "pingone.ca", "pingone.asia", "pingone.com.au", "pingone.sg",
  ]

  /// What to do about a call that PingOne refused.
  func remedy(for error: ConnectorError) -> String {
    switch error.code {
    case .forbidden:
      "Give the worker application of \(name) the roles Identity Data Read Only and Configuration Read Only for the environment."
    case .unauthorised:
      "Check client_id, client_secret, client_authentication and worker_environment of \(name)."
    case .notFound:
      "Check the URL of \(name) (each region has its own), the environment and the ids in the configuration."
    case .configuration: "Use https, or an address on loopback."
    default: "Check the URL of \(name), and run again."
    }
  }
}
