internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

/// How to reach a Duo tenant.
struct DuoConfiguration: Sendable {
  /// The name in the configuration.
  var name: SourceName
  /// The API host's base URL, without a trailing slash.
  var url: String
  /// The integration key of the Admin API application.
  var integrationKey: String
  /// Its secret key.
  var secretKey: Secret
  /// The domain that makes an address of a Duo user name; nil: only user names that are addresses count.
  var usernameDomain: String?
  /// For how many seconds a remembered device may get by without a second factor.
  var rememberedDeviceLimit: Int64
  /// What the operator vouches for.
  var vouches: [Vouch]

  /// Makes a configuration.
  init(
    name: SourceName, url: String, integrationKey: String, secretKey: Secret,
    usernameDomain: String? = nil, rememberedDeviceLimit: Int64 = 86_400, vouches: [Vouch] = []
  ) {
    self.name = name
    self.url = url
    self.integrationKey = integrationKey
    self.secretKey = secretKey
    self.usernameDomain = usernameDomain
    self.rememberedDeviceLimit = rememberedDeviceLimit
    self.vouches = vouches
  }

  /// What to do about a call that Duo refused.
  func remedy(for error: ConnectorError) -> String {
    switch (error.code, error.vendorCode) {
    case (.forbidden, _):
      "Tick \"Grant resource - Read\" in the Admin API application of \(name), and check its edition."
    case (.unauthorised, "40105"): "Set the clock of this machine, best by NTP."
    case (.unauthorised, "40103"):
      "Put the right secret key of the Admin API application into the configuration of \(name)."
    case (.unauthorised, _):
      "Check integration key, secret key and API host of \(name): all three are of one Admin API application."
    case (.notFound, _): "Check the integration key in the configuration."
    case (.configuration, _): "Use https, or an address on loopback."
    default: "Check the URL of \(name), and run again."
    }
  }

  /// The same as a phrase, for a model or an application that cannot be judged.
  func phrase(for error: ConnectorError) -> String {
    Sentence.inside(error.code.remedy ?? remedy(for: error))
  }
}
