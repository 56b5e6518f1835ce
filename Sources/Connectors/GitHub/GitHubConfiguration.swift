internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

/// How to reach organisations at GitHub, and what their operator vouches for.
struct GitHubConfiguration: Sendable {
  /// How the worker proves who it is.
  enum Credentials: Sendable {
    /// A personal access token of an owner.
    case token(Secret)
    /// A GitHub App's installation: the app's client id, its private key in PEM, and the installation's id.
    case app(clientID: String, keyPEM: Secret, installation: String)
  }

  /// Whether members must come through SAML single sign-on, which no API shows.
  enum SAML: String, Sendable, Codable, CaseIterable {
    /// It is required.
    case enforced
    /// It is set up, but may be passed by.
    case optional
    /// There is none; GitHub is not asked.
    case none
  }

  /// The name in the configuration.
  var name: SourceName
  /// The base URL of the REST API, without a trailing slash; `https://HOST/api/v3` for an Enterprise Server.
  var url: String
  /// How the worker proves who it is.
  var credentials: Credentials
  /// Whether single sign-on is required; nil when nobody says.
  var saml: SAML?
  /// The enterprise whose identity provider its organisations share; nil when each has its own.
  var enterprise: String?
  /// The short code that ends the logins of managed users (`acme` for `ana_acme`); nil when there are none.
  var shortcode: String?
  /// How many requests may be under way at a time.
  var maxConcurrent: Int
  /// The part of the rate limit that is left for its other users, 0–1.
  var rateShare: Double
  /// Where conditional requests keep the last pages; nil asks for everything anew.
  var cache: (any ResponseCache)?

  /// GitHub's public address.
  static let defaultURL = "https://api.github.com"

  /// Makes a configuration.
  init(
    name: SourceName, url: String = GitHubConfiguration.defaultURL, credentials: Credentials,
    saml: SAML? = nil, enterprise: String? = nil, shortcode: String? = nil,
    maxConcurrent: Int = 4, rateShare: Double = 0.5, cache: (any ResponseCache)? = nil
  ) {
    var url = url
    while url.hasSuffix("/") { url.removeLast() }
    self.name = name
    self.url = url
    self.credentials = credentials
    self.saml = saml
    self.enterprise = enterprise
    self.shortcode = shortcode
    self.maxConcurrent = maxConcurrent
    self.rateShare = rateShare
    self.cache = cache
  }

  /// Where the GraphQL API is: beside the REST API at an Enterprise Server, below it elsewhere.
  var graphQLURL: String {
    url.hasSuffix("/api/v3") ? String(url.dropLast(2)) + "graphql" : url + "/graphql"
  }

  /// What to do about a call that GitHub refused.
  func remedy(for error: ConnectorError) -> String {
    if let common = error.code.remedy { return common }
    switch (error.code, error.vendorCode) {
    case (.forbidden, Self.partialResults?):
      return "Authorise the token for the organisation's single sign-on, and run again."
    case (.forbidden, _) where error.call == Self.graphQLCall,
      (.notFound, _) where error.call == Self.graphQLCall:
      return
        "Give the token read:org and have an owner make it, or set saml: none if the organisation has no single sign-on."
    case (.forbidden, _):
      return
        "Use the token of an owner with read:org (an app: Members and Administration, read), authorised for the organisation's single sign-on."
    case (.unauthorised, _):
      switch credentials {
      case .token: return "Put a valid token of an owner into the configuration of \(name)."
      case .app: return "Check client id, installation id and private key of \(name)."
      }
    case (.notFound, _):
      return "Check the name of the organisation, and that the token may see it."
    case (.configuration, _):
      return error.call == GitHubAppToken.call
        ? "Give the private key of the app as PEM, as GitHub gave it out."
        : "Use https, or an address on loopback."
    default: return "Check the URL of \(name), and run again."
    }
  }

  static let graphQLCall = "POST /graphql"
  /// Our word for a reply that leaves out what the token is not authorised for.
  static let partialResults = "sso-partial-results"
}
