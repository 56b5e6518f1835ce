internal import CurlTransport
internal import IdentityCore

/// How to reach a Heroku account that sees the teams.
struct HerokuConfiguration: Sendable {
  /// The name in the configuration.
  var name: SourceName
  /// The base URL, without a trailing slash.
  var url: String
  /// An authorization token of an account that is a member of the teams.
  var token: Secret
  /// How many requests may be under way at a time.
  var maxConcurrent: Int
  /// The part of the account's rate limit that is left for its other users, 0–1.
  var rateShare: Double
  /// Where conditional requests keep the last pages; nil asks for everything anew.
  var cache: (any ResponseCache)?

  /// Heroku's public address.
  static let defaultURL = "https://api.heroku.com"

  /// Makes a configuration.
  init(
    name: SourceName, url: String = HerokuConfiguration.defaultURL, token: Secret,
    maxConcurrent: Int = 4, rateShare: Double = 0.5, cache: (any ResponseCache)? = nil
  ) {
    self.name = name
    self.url = url
    self.token = token
    self.maxConcurrent = maxConcurrent
    self.rateShare = rateShare
    self.cache = cache
  }
}
