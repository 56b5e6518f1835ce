internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

/// How to reach a OneLogin account, and what its operator vouches for.
struct OneLoginConfiguration: Sendable {
  /// What a policy asks for, which no API shows.
  enum Attested: String, Sendable, Codable, CaseIterable {
    /// A second factor always.
    case enforced
    /// A second factor except in some circumstances.
    case conditional
    /// No second factor.
    case none
  }

  /// What the operator vouches for.
  struct Attestation: Sendable, Hashable {
    /// What the security policies of applications ask for, by the policies' ids.
    var apps: [String: Attested]
    /// What the security policies of users ask for, by the ids of the groups that carry them.
    var groups: [String: Attested]
    /// What the policy of users without a group, or of a group that is not named, asks for; nil when nobody says.
    var fallback: Attested?
    /// Who vouches.
    var author: String?
    /// Since when.
    var date: String?

    /// Vouches.
    init(
      apps: [String: Attested] = [:], groups: [String: Attested] = [:], fallback: Attested? = nil,
      author: String? = nil, date: String? = nil
    ) {
      self.apps = apps
      self.groups = groups
      self.fallback = fallback
      self.author = author
      self.date = date
    }

    /// Who vouches and since when, as a clause.
    var words: String {
      "vouched for by \(author ?? "the configuration")" + (date.map { " on \($0)" } ?? "")
    }
  }

  /// The name in the configuration.
  var name: SourceName
  /// The account's base URL, without a trailing slash.
  var url: String
  /// The id of the API credentials.
  var clientID: String
  /// Their secret.
  var clientSecret: Secret
  /// What the operator vouches for.
  var attestation: Attestation
  /// What the operator vouches for beside policies.
  var vouches: [Vouch]
  /// Whether to collect the devices of every kept account even if a query does not ask for them.
  var collectFactors: Bool
  /// How many requests may be under way at a time.
  var maxConcurrent: Int
  /// The part of the account's rate limit that is left for its other users, 0–1.
  var rateShare: Double

  /// Makes a configuration.
  init(
    name: SourceName, url: String, clientID: String, clientSecret: Secret,
    attestation: Attestation = Attestation(), vouches: [Vouch] = [],
    collectFactors: Bool = false, maxConcurrent: Int = 4, rateShare: Double = 0.5
  ) {
    var url = url
    while url.hasSuffix("/") { url.removeLast() }
    self.name = name
    self.url = url
    self.clientID = clientID
    self.clientSecret = clientSecret
    self.attestation = attestation
    self.vouches = vouches
    self.collectFactors = collectFactors
    self.maxConcurrent = maxConcurrent
    self.rateShare = rateShare
  }

  /// What to do about a call that OneLogin refused.
  func remedy(for error: ConnectorError) -> String {
    if let common = error.code.remedy { return common }
    return switch error.code {
    case .forbidden: "Give the API credentials of \(name) the scope Read All."
    case .unauthorised: "Check client_id and client_secret of \(name)."
    case .notFound: "Check the id in the configuration and the URL of \(name)."
    case .configuration: "Use https, or an address on loopback."
    default: "Check the URL of \(name), and run again."
    }
  }
}
