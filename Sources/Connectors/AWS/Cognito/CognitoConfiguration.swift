internal import ConnectorKit
internal import IdentityCore

/// How to reach the user pools of an account.
struct CognitoConfiguration: Sendable {
  /// The name in the configuration.
  var name: SourceName
  /// The address of the service, without a trailing slash; nil is AWS's own of the region.
  var url: String?
  /// The region.
  var region: String
  /// How the worker proves who it is.
  var access: AWSAccess
  /// The pool that applications belong to; nil: the application names it, or it is looked for.
  var userPool: String?
  /// What the operator vouches for.
  var vouches: [Vouch]
  /// Whether to collect enrolled factors even if a query does not ask for them.
  var collectFactors: Bool
  /// How many requests may be under way at a time.
  var maxConcurrent: Int

  /// Makes a configuration.
  init(
    name: SourceName, url: String? = nil, region: String, access: AWSAccess,
    userPool: String? = nil, vouches: [Vouch] = [], collectFactors: Bool = false,
    maxConcurrent: Int = 4
  ) {
    self.name = name
    self.url = url
    self.region = region
    self.access = access
    self.userPool = userPool
    self.vouches = vouches
    self.collectFactors = collectFactors
    self.maxConcurrent = maxConcurrent
  }

  /// Whether a text can be a user pool id: a region, an underscore, letters and digits.
  static func isPoolID(_ text: String) -> Bool {
    let parts = text.split(separator: "_", omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && text.utf8.count <= 55
      && text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || byte == 0x2D
          || byte == 0x5F || (0x61...0x7A).contains(byte)
      }
  }

  /// The region a user pool id begins with.
  static func region(of pool: String) -> String? {
    isPoolID(pool) ? pool.split(separator: "_").first.map(String.init) : nil
  }

  /// An application as the configuration names it: `[cognito:][pool/]client`.
  static func app(_ id: AppID) -> (pool: String?, client: String) {
    let text = id.hasPrefix("cognito:") ? String(id.dropFirst(8)) : id
    let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
    return parts.count == 2 ? (parts[0], parts[1]) : (nil, text)
  }
}
