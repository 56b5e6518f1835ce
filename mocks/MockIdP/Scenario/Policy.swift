/// A policy with its rules, in a short form or in the vendor's own shape.
public struct Policy: Codable, Sendable, Hashable {
  /// The policy's name.
  public var name: String
  /// The policy's id; by default derived from type and name.
  public var id: String
  /// `ACCESS_POLICY`, `OKTA_SIGN_ON`, `MFA_ENROLL`, `PASSWORD` and others.
  public var type: String
  /// `ACTIVE` or `INACTIVE`.
  public var status: String
  /// Its place among policies of its type; every `ACCESS_POLICY` says 1.
  public var priority: Int
  /// Whether it is the vendor's default, which cannot be deleted.
  public var isSystem: Bool
  /// The groups it is for, by name or id; empty means everyone, and app policies use none.
  public var groups: [String]
  /// The rules; their place in the list gives the priority unless a rule states one.
  public var rules: [Rule]
  /// Properties laid over the vendor's JSON, such as `conditions`, `settings` or `_embedded`.
  public var raw: JSON?

  /// Makes an active policy.
  public init(
    _ name: String, type: String = "ACCESS_POLICY", id: String? = nil, status: String = "ACTIVE",
    priority: Int = 1, isSystem: Bool = false, groups: [String] = [], rules: [Rule] = [],
    raw: JSON? = nil
  ) {
    self.name = name
    self.type = type
    self.id = id ?? Identifier.okta(type == "ACCESS_POLICY" ? "rst" : "00p", type + name)
    self.status = status
    self.priority = priority
    self.isSystem = isSystem
    self.groups = groups
    self.rules = rules
    self.raw = raw
  }

  /// Reads a policy; only `name` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(String.self, forKey: .name),
      type: try values.decodeIfPresent(String.self, forKey: .type) ?? "ACCESS_POLICY",
      id: try values.decodeIfPresent(String.self, forKey: .id))
    try values.read(.status, into: &status)
    try values.read(.priority, into: &priority)
    try values.read(.isSystem, into: &isSystem)
    try values.read(.groups, into: &groups)
    try values.read(.rules, into: &rules)
    try values.read(.raw, into: &raw)
  }
}

/// One rule of a policy.
///
/// The short form states what matters; `conditions`, `actions` and `raw` take the vendor's JSON
/// instead. Groups, zones and people are given by name or id.
public struct Rule: Codable, Sendable, Hashable {
  /// The rule's name.
  public var name: String
  /// The rule's id; by default derived from policy and name.
  public var id: String?
  /// `ACTIVE` or `INACTIVE`.
  public var status: String = "ACTIVE"
  /// Its place; by default the position in the list, or 99 for a catch-all.
  public var priority: Int?
  /// Whether it is the vendor's catch-all, which cannot be deleted.
  public var isSystem: Bool = false
  /// `ALLOW` or `DENY`.
  public var access: String = "ALLOW"
  /// What an app rule asks for: `1FA` or `2FA`.
  public var factors: String = "2FA"
  /// The constraints of an app rule, in the vendor's shape.
  public var constraints: JSON?
  /// Whether a session rule asks for a second factor.
  public var requiresFactor: Bool = false
  /// How often a session rule asks: `ALWAYS`, `SESSION` or `DEVICE`.
  public var promptMode: String?
  /// For how many minutes a session rule does not ask again.
  public var factorLifetime: Int?
  /// Groups it is for; empty means everyone.
  public var groups: [String] = []
  /// Groups it is not for.
  public var exceptGroups: [String] = []
  /// People it is for.
  public var users: [String] = []
  /// People it is not for.
  public var exceptUsers: [String] = []
  /// Zones the address must be in.
  public var zones: [String] = []
  /// Zones the address must not be in.
  public var exceptZones: [String] = []
  /// Operating systems, such as `WINDOWS`.
  public var platforms: [String] = []
  /// The device state: `registered` or `managed`.
  public var device: String?
  /// The sign-in risk: `LOW`, `MEDIUM` or `HIGH`.
  public var risk: String?
  /// User types it is for.
  public var userTypes: [String] = []
  /// An expression that must hold.
  public var expression: String?
  /// The way in of a session rule: `ANY`, `RADIUS` or `LDAP_INTERFACE`.
  public var authType: String?
  /// The conditions in the vendor's shape, instead of the short form.
  public var conditions: JSON?
  /// The actions in the vendor's shape, instead of the short form.
  public var actions: JSON?
  /// Properties laid over the vendor's JSON.
  public var raw: JSON?

  /// Makes an active rule for everyone that asks for two factors at an app.
  public init(_ name: String, _ change: (inout Rule) -> Void = { _ in }) {
    self.name = name
    change(&self)
  }

  /// Makes the catch-all rule of an app policy.
  public static func catchAll(_ factors: String) -> Rule {
    Rule("Catch-all Rule") {
      $0.isSystem = true
      $0.priority = 99
      $0.factors = factors
    }
  }

  /// Reads a rule; only `name` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(try values.decode(String.self, forKey: .name))
    try values.read(.id, into: &id)
    try values.read(.status, into: &status)
    try values.read(.priority, into: &priority)
    try values.read(.isSystem, into: &isSystem)
    try values.read(.access, into: &access)
    try values.read(.factors, into: &factors)
    try values.read(.constraints, into: &constraints)
    try values.read(.requiresFactor, into: &requiresFactor)
    try values.read(.promptMode, into: &promptMode)
    try values.read(.factorLifetime, into: &factorLifetime)
    try values.read(.groups, into: &groups)
    try values.read(.exceptGroups, into: &exceptGroups)
    try values.read(.users, into: &users)
    try values.read(.exceptUsers, into: &exceptUsers)
    try values.read(.zones, into: &zones)
    try values.read(.exceptZones, into: &exceptZones)
    try values.read(.platforms, into: &platforms)
    try values.read(.device, into: &device)
    try values.read(.risk, into: &risk)
    try values.read(.userTypes, into: &userTypes)
    try values.read(.expression, into: &expression)
    try values.read(.authType, into: &authType)
    try values.read(.conditions, into: &conditions)
    try values.read(.actions, into: &actions)
    try values.read(.raw, into: &raw)
  }
}
