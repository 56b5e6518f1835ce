extension Vendor {
  /// JumpCloud's API, versions 1 and 2.
  public static let jumpCloud = Vendor(rawValue: "jumpcloud")
}

/// A JumpCloud organisation.
public struct JumpCloudOrganisation: VendorScenario {
  /// JumpCloud.
  public static let vendor = Vendor.jumpCloud

  /// The API key of an administrator.
  public var apiKey = "mock-jumpcloud-api-key-0001"
  /// The organisation's id, which administrators of several have to send; nil for an administrator of one.
  public var organisation: String?
  /// What the administrator may read.
  public var rights = ["users", "groups", "applications", "policies", "iplists", "organisations"]
  /// The users.
  public var users: [JumpCloudUser] = []
  /// Users made by a formula, after those in `users`.
  public var generated = 0
  /// The user groups.
  public var groups: [JumpCloudGroup] = []
  /// The applications.
  public var apps: [JumpCloudApp] = []
  /// The IP lists.
  public var ipLists: [JumpCloudIPList] = []
  /// The conditional access policies, in the vendor's shape.
  public var policies: [JSON] = []
  /// The identity providers that sign-ins may be routed to, in the vendor's shape.
  public var identityProviders: [JSON] = []
  /// After how many idle minutes a session of the user portal ends.
  public var sessionMinutes = 60
  /// The most rows of a page, whatever is asked for.
  public var largestPage: Int?
  /// Whether the first user is removed once the first page of users was read.
  public var shrinks = false

  private enum CodingKeys: CodingKey {
    case apiKey, organisation, rights, users, generated, groups, apps, ipLists, policies
    case largestPage, shrinks, identityProviders, sessionMinutes
  }

  /// Makes an organisation without people that accepts the default key.
  public init() {}

  /// The API key.
  public var token: String { apiKey }

  /// Reads an organisation; every part may be missing.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.apiKey, into: &apiKey)
    try values.read(.organisation, into: &organisation)
    try values.read(.rights, into: &rights)
    try values.read(.users, into: &users)
    try values.read(.generated, into: &generated)
    try values.read(.groups, into: &groups)
    try values.read(.apps, into: &apps)
    try values.read(.ipLists, into: &ipLists)
    try values.read(.policies, into: &policies)
    try values.read(.identityProviders, into: &identityProviders)
    try values.read(.sessionMinutes, into: &sessionMinutes)
    try values.read(.largestPage, into: &largestPage)
    try values.read(.shrinks, into: &shrinks)
  }

  /// All users, the generated ones included.
  var allUsers: [JumpCloudUser] {
    users + (0..<generated).map { JumpCloudUser("person\($0)@acme.com") }
  }
}

/// A user.
public struct JumpCloudUser: Codable, Sendable, Hashable {
  /// The address.
  public var email: String
  /// The id.
  public var id: String
  /// Whether the user has set a password.
  public var activated = true
  /// Whether the user is suspended.
  public var suspended = false
  /// The state; nil is not sent.
  public var state: String? = "ACTIVATED"
  /// Whether MFA is required at the user portal.
  public var requiresMFA = false
  /// Whether a one-time password is set up.
  public var totp = false
  /// Whether the user is excepted from MFA.
  public var exclusion = false
  /// Until when; nil is not sent.
  public var exclusionUntil: String?
  /// Parts in the vendor's shape that are laid over the others.
  public var extra: JSON = [:]
  /// Parts that are not sent.
  public var hidden: [String] = []

  /// Makes an active user without MFA.
  public init(_ email: String, _ change: (inout JumpCloudUser) -> Void = { _ in }) {
    self.email = email
    id = JumpCloudGroup.id("user", email)
    change(&self)
  }

  /// Reads a user; only `email` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(try values.decode(String.self, forKey: .email))
    try values.read(.id, into: &id)
    try values.read(.activated, into: &activated)
    try values.read(.suspended, into: &suspended)
    try values.read(.state, into: &state)
    try values.read(.requiresMFA, into: &requiresMFA)
    try values.read(.totp, into: &totp)
    try values.read(.exclusion, into: &exclusion)
    try values.read(.exclusionUntil, into: &exclusionUntil)
    try values.read(.extra, into: &extra)
    try values.read(.hidden, into: &hidden)
  }
}

/// A user group.
public struct JumpCloudGroup: Codable, Sendable, Hashable {
  /// The id.
  public var id: String
  /// The name.
  public var name: String
  /// The addresses of its members.
  public var members: [String]

  /// Makes a group.
  public init(_ id: String, name: String, members: [String] = []) {
    self.id = id
    self.name = name
    self.members = members
  }

  /// An object id: 24 hexadecimal digits that depend on the seed alone.
  static func id(_ kind: String, _ seed: String) -> String {
    var state = Identifier.hash(seed, salt: "jumpcloud \(kind)")
    let bytes = (0..<12).map { _ in UInt8(truncatingIfNeeded: Identifier.next(&state)) }
    return Hex.encode(bytes)
  }
}

/// An application.
public struct JumpCloudApp: Codable, Sendable, Hashable {
  /// The id.
  public var id: String
  /// The name.
  public var name: String
  /// The addresses of users bound to it directly.
  public var users: [String]
  /// The ids of groups bound to it.
  public var groups: [String]

  /// Makes an application.
  public init(_ id: String, name: String, users: [String] = [], groups: [String] = []) {
    self.id = id
    self.name = name
    self.users = users
    self.groups = groups
  }
}

/// A list of addresses.
public struct JumpCloudIPList: Codable, Sendable, Hashable {
  /// The id.
  public var id: String
  /// The name.
  public var name: String
  /// The addresses.
  public var ips: [String]

  /// Makes a list.
  public init(_ id: String, name: String, ips: [String] = ["198.51.100.0/24"]) {
    self.id = id
    self.name = name
    self.ips = ips
  }
}
