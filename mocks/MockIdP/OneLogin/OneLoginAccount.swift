extension Vendor {
  /// OneLogin's API, versions 1 and 2.
  public static let oneLogin = Vendor(rawValue: "onelogin")
}

/// A OneLogin account.
public struct OneLoginAccount: VendorScenario {
  /// OneLogin.
  public static let vendor = Vendor.oneLogin

  /// The id of the API credentials.
  public var clientID = "1f2e3d4c5b6a"
  /// Their secret.
  public var clientSecret = "mock-onelogin-secret-0001"
  /// Whether they may read all, or users only.
  public var mayReadAll = true
  /// The users.
  public var users: [OneLoginUser] = []
  /// The applications.
  public var apps: [OneLoginApp] = []
  /// The groups.
  public var groups: [OneLoginGroup] = []
  /// The most rows of a page, whatever is asked for.
  public var largestPage: Int?
  /// Whether pages do not name the cursor of the next one.
  public var losesCursor = false

  private enum CodingKeys: CodingKey {
    case clientID, clientSecret, mayReadAll, users, apps, groups, largestPage, losesCursor
  }

  /// Makes an empty account that accepts the default credentials.
  public init() {}

  /// The secret of the API credentials.
  public var token: String { clientSecret }

  /// Reads an account; every part may be missing.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.clientID, into: &clientID)
    try values.read(.clientSecret, into: &clientSecret)
    try values.read(.mayReadAll, into: &mayReadAll)
    try values.read(.users, into: &users)
    try values.read(.apps, into: &apps)
    try values.read(.groups, into: &groups)
    try values.read(.largestPage, into: &largestPage)
    try values.read(.losesCursor, into: &losesCursor)
  }
}

/// A user.
public struct OneLoginUser: Codable, Sendable, Hashable {
  /// The address.
  public var email: String
  /// The id.
  public var id: Int
  /// The status, 1 for active.
  public var status: Int
  /// The state, 1 for approved.
  public var state: Int
  /// The group that carries the user's policy.
  public var group: Int?
  /// The trusted identity provider that the user comes from.
  public var trustedProvider: Int?
  /// The names of the factors of enrolled devices.
  public var devices: [String]

  /// Makes a live user.
  public init(
    _ email: String, id: Int? = nil, status: Int = 1, state: Int = 1, group: Int? = nil,
    trustedProvider: Int? = nil, devices: [String] = []
  ) {
    self.email = email
    self.id = id ?? Int(Identifier.hash(email, salt: "onelogin") % 100_000_000)
    self.status = status
    self.state = state
    self.group = group
    self.trustedProvider = trustedProvider
    self.devices = devices
  }

  /// Reads a user; only `email` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(String.self, forKey: .email),
      id: try values.decodeIfPresent(Int.self, forKey: .id))
    try values.read(.status, into: &status)
    try values.read(.state, into: &state)
    try values.read(.group, into: &group)
    try values.read(.trustedProvider, into: &trustedProvider)
    try values.read(.devices, into: &devices)
  }
}

/// A group, which carries the policy of its users.
public struct OneLoginGroup: Codable, Sendable, Hashable {
  /// The id.
  public var id: Int
  /// The name.
  public var name: String

  /// Makes a group.
  public init(_ id: Int, _ name: String) {
    self.id = id
    self.name = name
  }
}

/// An application.
public struct OneLoginApp: Codable, Sendable, Hashable {
  /// The id.
  public var id: Int
  /// The name.
  public var name: String
  /// The security policy before it; nil for none of its own.
  public var policy: Int?
  /// The addresses of its users.
  public var users: [String]

  /// Makes an application.
  public init(_ id: Int, name: String, policy: Int? = nil, users: [String] = []) {
    self.id = id
    self.name = name
    self.policy = policy
    self.users = users
  }
}
