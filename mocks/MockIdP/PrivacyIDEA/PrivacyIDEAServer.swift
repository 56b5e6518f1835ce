/// A privacyIDEA server with one realm of people.
public struct PrivacyIDEAServer: VendorScenario {
  /// The vendor.
  public static let vendor = Vendor.privacyIDEA

  /// The administrator's name.
  public var username = "idsync"
  /// The administrator's password.
  public var password = "mockPrivacyIDEAPasswordForTestsOnly"
  /// What the administrator may do.
  public var rights = ["policyread", "eventhandling_read", "userlist", "tokenlist"]
  /// Whether the administrator is asked for a token as well.
  public var asksAdministrator = false
  /// The realm of the people.
  public var realm = "acme"
  /// The people, without those of resolvers that do not answer.
  public var users: [PrivacyIDEAUser] = []
  /// Resolvers that do not answer.
  public var skippedResolvers: [String] = []
  /// The tokens.
  public var tokens: [PrivacyIDEAToken] = []
  /// Policies of the scope `authentication`, in the vendor's shape; what is not given is empty.
  public var policies: [JSON] = []
  /// Policies of the scope `user`, in the vendor's shape: people may enrol what is named, and all where there is none.
  public var userPolicies: [JSON] = [
    ["name": "self-service", "scope": "user", "action": ["enrollTOTP": true, "enrollPUSH": true]]
  ]
  /// Event handlers, in the vendor's shape.
  public var eventHandlers: [JSON] = []
  /// Whether policies come by name, as from some versions.
  public var namesPolicies = false

  /// Makes a server without people that accepts the default administrator.
  public init() {}

  /// The administrator's password.
  public var token: String { password }

  /// Reads a server; every part may be missing.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.username, into: &username)
    try values.read(.password, into: &password)
    try values.read(.rights, into: &rights)
    try values.read(.asksAdministrator, into: &asksAdministrator)
    try values.read(.realm, into: &realm)
    try values.read(.users, into: &users)
    try values.read(.skippedResolvers, into: &skippedResolvers)
    try values.read(.tokens, into: &tokens)
    try values.read(.policies, into: &policies)
    try values.read(.userPolicies, into: &userPolicies)
    try values.read(.eventHandlers, into: &eventHandlers)
    try values.read(.namesPolicies, into: &namesPolicies)
  }
}

extension Vendor {
  /// privacyIDEA.
  public static let privacyIDEA = Vendor(rawValue: "privacyidea")
}

/// A person in a realm of privacyIDEA.
public struct PrivacyIDEAUser: Codable, Sendable, Hashable {
  /// The user name.
  public var username: String
  /// The e-mail address; empty for none.
  public var email: String
  /// The resolver that the person comes from.
  public var resolver = "ldap"

  /// Makes a person.
  public init(_ username: String, email: String, resolver: String = "ldap") {
    self.username = username
    self.email = email
    self.resolver = resolver
  }

  /// Reads a person; `username` and `email` are required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(String.self, forKey: .username),
      email: try values.decode(String.self, forKey: .email))
    try values.read(.resolver, into: &resolver)
  }
}

/// A token of privacyIDEA.
public struct PrivacyIDEAToken: Codable, Sendable, Hashable {
  /// Whose it is; empty for nobody's.
  public var username: String
  /// Its type.
  public var type: String
  /// Whether it is switched on.
  public var active = true
  /// Whether it was revoked.
  public var revoked = false
  /// Whether it is locked.
  public var locked = false
  /// How far it is rolled out.
  public var rolloutState = ""
  /// The resolver that its owner comes from.
  public var resolver = "ldap"
  /// Its serial number; nil is one of its own.
  public var serial: String?
  /// What else is known of it, such as `validity_period_end`.
  public var info: [String: JSON] = [:]

  /// Makes a token in use.
  public init(
    _ username: String, _ type: String, _ change: (inout PrivacyIDEAToken) -> Void = { _ in }
  ) {
    self.username = username
    self.type = type
    change(&self)
  }

  /// Reads a token; `username` and `type` are required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(String.self, forKey: .username),
      try values.decode(String.self, forKey: .type))
    try values.read(.active, into: &active)
    try values.read(.revoked, into: &revoked)
    try values.read(.locked, into: &locked)
    try values.read(.rolloutState, into: &rolloutState)
    try values.read(.resolver, into: &resolver)
    serial = try values.decodeIfPresent(String.self, forKey: .serial)
    try values.read(.info, into: &info)
  }
}
