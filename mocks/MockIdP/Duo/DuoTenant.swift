extension Vendor {
  /// Duo's Admin API.
  public static let duo = Vendor(rawValue: "duo")
}

/// A Duo tenant.
public struct DuoTenant: VendorScenario {
  /// The name in scenarios and faults.
  public static let vendor = Vendor.duo

  /// The integration key of the Admin API application.
  public var integrationKey = "DIACMEMOCK0000000001"
  /// Its secret key.
  public var secretKey = "mockSecretKeyForTestsOnly012345678901234"
  /// How many seconds Duo's clock is ahead of the machine's.
  public var clockOffset = 0.0
  /// The groups.
  public var groups: [DuoGroup] = []
  /// The users.
  public var users: [DuoUser] = []
  /// The protected applications.
  public var integrations: [DuoIntegration] = []
  /// The policies, the global one first.
  public var policies: [DuoPolicy] = [DuoPolicy.global()]
  /// Whether the list of where policies apply is cut.
  public var isSummaryTruncated = false
  /// Whether the list of where policies apply is empty, though it counts all policies.
  public var isSummaryEmpty = false
  /// How many users the list says there are, if not as many as it shows.
  public var declaredUsers: Int?
  /// Whether the Admin API application may read.
  public var grantsRead = true

  /// Makes a tenant with a global policy that enforces.
  public init() {}

  /// The secret key.
  public var token: String { secretKey }

  /// Reads a tenant; every part may be missing.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.integrationKey, into: &integrationKey)
    try values.read(.secretKey, into: &secretKey)
    try values.read(.clockOffset, into: &clockOffset)
    try values.read(.groups, into: &groups)
    try values.read(.users, into: &users)
    try values.read(.integrations, into: &integrations)
    try values.read(.policies, into: &policies)
    try values.read(.isSummaryTruncated, into: &isSummaryTruncated)
    try values.read(.isSummaryEmpty, into: &isSummaryEmpty)
    declaredUsers = try values.decodeIfPresent(Int.self, forKey: .declaredUsers)
    try values.read(.grantsRead, into: &grantsRead)
  }

  /// The group of a name, or one that is not there.
  func group(_ name: String) -> DuoGroup { groups.first { $0.name == name } ?? DuoGroup(name) }

  /// The sections that apply to a user at an application, the nearest layer first.
  func layers(_ integration: DuoIntegration, _ user: DuoUser) -> [DuoPolicy] {
    let byGroup = integration.groupPolicies.first { user.groups.contains($0.group) }?.policy
    return [byGroup, integration.policy].compactMap { key in policies.first { $0.key == key } }
      + policies.filter(\.isGlobal)
  }
}

/// A group.
public struct DuoGroup: Codable, Sendable, Hashable {
  /// Its name.
  public var name: String
  /// `Active`, `Bypass` or `Disabled`.
  public var status = "Active"

  /// Makes a group.
  public init(_ name: String, status: String = "Active") {
    self.name = name
    self.status = status
  }

  var id: String { Identifier.duo("DG", name) }
}

/// A user.
public struct DuoUser: Codable, Sendable, Hashable {
  /// The user name.
  public var name: String
  /// The address; may be empty.
  public var email: String
  /// `active`, `bypass`, `disabled`, `locked out` or `pending deletion`.
  public var status = "active"
  /// Whether a factor is set up.
  public var isEnrolled = true
  /// The names of the groups.
  public var groups: [String] = []
  /// Further names.
  public var aliases: [String] = []
  /// Fields of the row that show something else.
  public var fields: [String: JSON] = [:]

  /// Makes an active user with a phone; the name is the address up to its at sign.
  public init(_ email: String, name: String? = nil) {
    self.name = name ?? String(email.prefix { $0 != "@" })
    self.email = email
  }

  /// Reads a user; only the address is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(try values.decode(String.self, forKey: .email))
    try values.read(.name, into: &name)
    try values.read(.status, into: &status)
    try values.read(.isEnrolled, into: &isEnrolled)
    try values.read(.groups, into: &groups)
    try values.read(.aliases, into: &aliases)
    try values.read(.fields, into: &fields)
  }

  var id: String { Identifier.duo("DU", name) }
}

/// A protected application.
public struct DuoIntegration: Codable, Sendable, Hashable {
  /// A policy for a group at the application.
  public struct GroupPolicy: Codable, Sendable, Hashable {
    /// The group's name.
    public var group: String
    /// The policy's key.
    public var policy: String

    /// Applies a policy to a group.
    public init(group: String, policy: String) {
      self.group = group
      self.policy = policy
    }
  }

  /// Its integration key.
  public var key: String
  /// Its name.
  public var name = "VPN"
  /// `websdk`, `rdp` and so on.
  public var type = "sso-generic"
  /// The key of its own policy.
  public var policy: String?
  /// The policies for groups, the first one that fits counts.
  public var groupPolicies: [GroupPolicy] = []
  /// `ALL_USERS`, `PERMITTED_GROUPS` or `NO_USERS`.
  public var access = "ALL_USERS"
  /// The names of the permitted groups.
  public var permittedGroups: [String] = []
  /// `Simple` or `None`; nil is not shown.
  public var normalization: String? = "Simple"
  /// What the list of where policies apply calls groups, by their names, where it calls them otherwise.
  public var groupTitles: [String: String] = [:]

  /// Makes an application for everybody.
  public init(_ key: String = "DIACMEVPN00000000001") {
    self.key = key
  }

  /// Reads an application; every part may be missing.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.key, into: &key)
    try values.read(.name, into: &name)
    try values.read(.type, into: &type)
    try values.read(.policy, into: &policy)
    try values.read(.groupPolicies, into: &groupPolicies)
    try values.read(.access, into: &access)
    try values.read(.permittedGroups, into: &permittedGroups)
    try values.read(.groupTitles, into: &groupTitles)
    if values.contains(.normalization) {
      normalization = try values.decodeIfPresent(String.self, forKey: .normalization)
    }
  }
}

/// A policy: the sections that it decides.
public struct DuoPolicy: Codable, Sendable, Hashable {
  /// Its key, `PO…`.
  public var key: String
  /// Its name.
  public var name: String
  /// Whether it is the one below all others.
  public var isGlobal: Bool
  /// The sections, in the vendor's shape.
  public var sections: [String: JSON]

  /// Makes a policy.
  public init(_ name: String, isGlobal: Bool = false, _ sections: [String: JSON]) {
    self.name = name
    self.isGlobal = isGlobal
    self.sections = sections
    key = Identifier.duo("PO", name)
  }

  /// The global policy, which decides every section.
  public static func global(
    behaviour: String = "enforce", newUser: String = "enroll", networks: [String] = []
  ) -> DuoPolicy {
    DuoPolicy(
      "Global Policy", isGlobal: true,
      [
        "authentication_policy": ["user_auth_behavior": .string(behaviour)],
        "new_user": ["new_user_behavior": .string(newUser)],
        "authorized_networks": [
          "no_2fa_required": ["ip_list": .strings(networks), "require_enrollment": true],
          "mfa_required": ["ip_list": []], "blocked": ["ip_list": []], "deny_other_access": false,
        ], "anonymous_networks": ["anonymous_access_behavior": "no-action"],
        "user_location": [
          "default_action": "ignore-location", "allow_access_no_2fa_countries_list": [],
          "deny_access_countries_list": [], "require_mfa_countries_list": [],
          "ignore_location_countries_list": [],
        ], "remembered_devices": ["browser_apps": ["enabled": false]],
      ])
  }
}

extension Identifier {
  /// An id as Duo makes them: two letters and 18 characters that depend on the seed alone.
  static func duo(_ prefix: String, _ seed: String) -> String {
    prefix + okta("", "\(prefix)\(seed)").uppercased() + "0"
  }
}
