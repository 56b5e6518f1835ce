/// A group.
public struct GoogleGroup: Codable, Sendable, Hashable {
  /// The id, the same in both APIs.
  public var id: String
  /// The address.
  public var email: String
  /// The name.
  public var name: String
  /// The addresses of its users.
  public var users: [String]
  /// The ids of the groups inside it.
  public var groups: [String]
  /// Whether everybody in the account is a member.
  public var hasEverybody: Bool
  /// The addresses of members from outside, whom the list shows without an id.
  public var externals: [String] = []

  /// Makes a group.
  public init(
    _ name: String, id: String? = nil, users: [String] = [], groups: [String] = [],
    hasEverybody: Bool = false
  ) {
    self.name = name
    self.id = id ?? Identifier.okta("01op", name)
    email = name.lowercased().replacing(" ", with: "-") + "@acme.com"
    self.users = users
    self.groups = groups
    self.hasEverybody = hasEverybody
  }

  /// Reads a group; only `name` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(String.self, forKey: .name),
      id: try values.decodeIfPresent(String.self, forKey: .id))
    try values.read(.email, into: &email)
    try values.read(.users, into: &users)
    try values.read(.groups, into: &groups)
    try values.read(.hasEverybody, into: &hasEverybody)
    try values.read(.externals, into: &externals)
  }
}

/// An SSO assignment, to a group (by name or id) or an org unit (by path).
public struct GoogleAssignment: Codable, Sendable, Hashable {
  /// The id.
  public var id: String
  /// The group, by name or id.
  public var group: String?
  /// The org unit, by path.
  public var orgUnit: String?
  /// The rank of a group's assignment.
  public var rank: Int
  /// `SSO_OFF`, `SAML_SSO`, `OIDC_SSO` or `DOMAIN_WIDE_SAML_IF_ENABLED`.
  public var mode: String
  /// The profile, by id.
  public var profile: String?
  /// When Google redirects; nil is always.
  public var redirectCondition: String?
  /// Properties laid over the vendor's JSON; null takes a property out.
  public var raw: JSON?

  /// Makes an assignment.
  public init(
    _ mode: String, group: String? = nil, orgUnit: String? = nil, rank: Int = 0,
    profile: String? = nil, redirectCondition: String? = nil, id: String? = nil
  ) {
    self.mode = mode
    self.group = group
    self.orgUnit = orgUnit
    self.rank = rank
    self.profile = profile
    self.redirectCondition = redirectCondition
    self.id = id ?? Identifier.okta("0sso", "\(group ?? "")|\(orgUnit ?? "")|\(rank)")
  }

  /// Reads an assignment; only `mode` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(String.self, forKey: .mode),
      group: try values.decodeIfPresent(String.self, forKey: .group),
      orgUnit: try values.decodeIfPresent(String.self, forKey: .orgUnit),
      rank: try values.decodeIfPresent(Int.self, forKey: .rank) ?? 0,
      profile: try values.decodeIfPresent(String.self, forKey: .profile),
      redirectCondition: try values.decodeIfPresent(String.self, forKey: .redirectCondition),
      id: try values.decodeIfPresent(String.self, forKey: .id))
    try values.read(.raw, into: &raw)
  }
}

/// A profile of a third-party identity provider.
public struct GoogleProfile: Codable, Sendable, Hashable {
  /// The id.
  public var id: String
  /// The name that administrators see.
  public var displayName: String
  /// The SAML entity id or the OIDC issuer.
  public var issuer: String
  /// Where SAML sign-ins are sent; nil makes it an OIDC profile.
  public var signInURL: String?

  /// Makes a profile, SAML when it has a sign-in address.
  public init(_ id: String, displayName: String, issuer: String, signInURL: String? = nil) {
    self.id = id
    self.displayName = displayName
    self.issuer = issuer
    self.signInURL = signInURL
  }

  var isSAML: Bool { signInURL != nil }
}

/// A policy: one setting for an org unit (by path), a group (by name or id) or whom a query picks.
public struct GooglePolicy: Codable, Sendable, Hashable {
  /// The id.
  public var id: String
  /// The setting, without `settings/security.two_step_verification_` before it; one with a dot is whole.
  public var setting: String
  /// The setting's value in the vendor's shape.
  public var value: JSON
  /// The org unit, by path.
  public var orgUnit: String?
  /// The group, by name or id.
  public var group: String?
  /// The query; nil makes one of unit and group.
  public var query: String?
  /// Its order: the highest that applies decides.
  public var sortOrder: Double
  /// `SYSTEM` or `ADMIN`.
  public var type: String
  /// Properties laid over the vendor's JSON; null takes a property out.
  public var raw: JSON?
  /// Whether its row is spelled in snake case.
  public var isSnake = false

  /// The setting without `settings/` before it.
  var fullSetting: String {
    setting.contains(".") ? setting : "security.two_step_verification_\(setting)"
  }

  /// Makes an administrator's policy for everybody unless it says otherwise.
  public init(
    _ setting: String, _ value: JSON, orgUnit: String? = nil, group: String? = nil,
    query: String? = nil, sortOrder: Double = 1, type: String = "ADMIN", id: String? = nil
  ) {
    self.setting = setting
    self.value = value
    self.orgUnit = orgUnit ?? (group == nil && query == nil ? "/" : nil)
    self.group = group
    self.query = query
    self.sortOrder = sortOrder
    self.type = type
    self.id =
      id ?? Identifier.okta("akaj", "\(setting)|\(orgUnit ?? "")|\(group ?? "")|\(sortOrder)")
  }

  /// Reads a policy; `setting` and `value` are required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(String.self, forKey: .setting),
      try values.decode(JSON.self, forKey: .value),
      orgUnit: try values.decodeIfPresent(String.self, forKey: .orgUnit),
      group: try values.decodeIfPresent(String.self, forKey: .group),
      query: try values.decodeIfPresent(String.self, forKey: .query),
      id: try values.decodeIfPresent(String.self, forKey: .id))
    try values.read(.sortOrder, into: &sortOrder)
    try values.read(.type, into: &type)
    try values.read(.raw, into: &raw)
    try values.read(.isSnake, into: &isSnake)
  }
}
