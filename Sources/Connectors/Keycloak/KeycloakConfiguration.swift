internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

/// How to reach a Keycloak realm, and what its operator vouches for.
struct KeycloakConfiguration: Sendable {
  /// What counts where only people who set a second factor up are asked for it.
  enum EnrolmentDriven: String, Sendable, Codable, CaseIterable {
    /// They can remove it, so it is not enforced.
    case notEnforced = "not-enforced"
    /// Enforced on the condition that they keep it.
    case conditional = "enforced-conditionally"
  }

  /// The name in the configuration.
  var name: SourceName
  /// The base URL, without a trailing slash; with `/auth` where the server is under it.
  var url: String
  /// Where tokens come from, if elsewhere.
  var loginURL: String
  /// The realm that people sign in to.
  var realm: String
  /// The realm that holds the client of the worker.
  var authRealm: String
  /// The client of the worker, with a service account.
  var clientID: String
  /// Its secret.
  var clientSecret: Secret
  /// Authenticators of others that ask for a second factor.
  var secondFactorProviders: Set<String>
  /// What counts where only people who set a factor up are asked for it.
  var enrolmentDriven: EnrolmentDriven
  /// Whether to collect enrolled factors even if a query does not ask for them.
  var collectFactors: Bool
  /// What the operator vouches for beside that.
  var vouches: [Vouch]
  /// How many requests may be under way at a time.
  var maxConcurrent: Int

  /// Makes a configuration.
  init(
    name: SourceName, url: String, loginURL: String? = nil, realm: String,
    authRealm: String? = nil, clientID: String, clientSecret: Secret,
    secondFactorProviders: Set<String> = [], enrolmentDriven: EnrolmentDriven = .notEnforced,
    collectFactors: Bool = false, vouches: [Vouch] = [], maxConcurrent: Int = 4
  ) {
    self.name = name
    self.url = Self.trimmed(url)
    self.loginURL = Self.trimmed(loginURL ?? url)
    self.realm = realm
    self.authRealm = authRealm ?? realm
    self.clientID = clientID
    self.clientSecret = clientSecret
    self.secondFactorProviders = secondFactorProviders
    self.enrolmentDriven = enrolmentDriven
    self.collectFactors = collectFactors
    self.vouches = vouches
    self.maxConcurrent = maxConcurrent
  }

  private static func trimmed(_ url: String) -> String {
    String(url.reversed().drop { $0 == "/" }.reversed())
  }
}

extension KeycloakConfiguration {
  /// What to do about a call that Keycloak refused.
  func remedy(for error: ConnectorError) -> String {
    switch error.code {
    case .forbidden:
      return "Give the service account of \(clientID) the role \(Self.role(error.call)) of "
        + "realm-management."
    case .unauthorised:
      return "Check client_id, client_secret and auth_realm of \(name), and that the client has "
        + "service accounts switched on."
    case .notFound:
      return "Check url (some servers are under /auth), realm and auth_realm of \(name)."
    case .configuration: return "Use https, or an address on loopback."
    default: return "Check the URL of \(name), and run again."
    }
  }

  /// That the realm answers, and keeps its flows to itself.
  func realmNameOnly(_ call: String) -> ConnectorError {
    ConnectorError(
      .forbidden, source: name, call: call, status: 200,
      message: "Keycloak shows the name of the realm \(realm), but not its flows.")
  }

  /// The role that a call needs.
  static func role(_ call: String) -> String {
    let families = [
      ("/identity-provider", "view-identity-providers"), ("/clients", "view-clients"),
      ("/users", "view-users"), ("/groups", "view-users"), ("/members", "view-users"),
    ]
    return families.first { call.contains($0.0) }?.1 ?? "view-realm"
  }
}
