internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

/// How to reach a JumpCloud organisation.
struct JumpCloudConfiguration: Sendable {
  /// The name in the configuration.
  var name: SourceName
  /// The console's base URL, without a trailing slash.
  var url: String
  /// The API key of an administrator.
  var apiKey: Secret
  /// The organisation's id, for administrators of several.
  var organisation: String?
  /// For how many minutes an old second factor may count.
  var rememberedDeviceLimitMinutes: Int64
  /// What the operator vouches for.
  var vouches: [Vouch]
  /// How many requests may be under way at a time.
  var maxConcurrent: Int
  /// The part of the rate limit that is left for other users, 0–1.
  var rateShare: Double

  /// Makes a configuration.
  init(
    name: SourceName, url: String, apiKey: Secret, organisation: String? = nil,
    rememberedDeviceLimitMinutes: Int64 = 1440, vouches: [Vouch] = [], maxConcurrent: Int = 4,
    rateShare: Double = 0.5
  ) {
    var url = url
    while url.hasSuffix("/") { url.removeLast() }
    self.name = name
    self.url = url
    self.apiKey = apiKey
    self.organisation = organisation
    self.rememberedDeviceLimitMinutes = rememberedDeviceLimitMinutes
    self.vouches = vouches
    self.maxConcurrent = maxConcurrent
    self.rateShare = rateShare
  }

  /// What to do about a call that JumpCloud refused.
  func remedy(for error: ConnectorError) -> String {
    switch error.code {
    case .unauthorised:
      "Put a valid API key into the configuration of \(name), and org_id if its administrator has several organisations."
    case .forbidden: "Give the administrator of the API key of \(name) the role Read Only."
    case .notFound: "Check the id of the application in the configuration and the URL of \(name)."
    case .contradiction: "Try again; the directory changed while it was read."
    case .configuration: "Use https, or an address on loopback."
    default: "Check the URL of \(name), and run again."
    }
  }

  /// The same as a phrase.
  func phrase(for error: ConnectorError) -> String {
    Sentence.inside(error.code.remedy ?? remedy(for: error))
  }
}
