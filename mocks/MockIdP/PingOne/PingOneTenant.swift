extension Vendor {
  /// PingOne's platform and MFA APIs, and its token endpoint.
  public static let pingOne = Vendor(rawValue: "pingone")
}

/// An environment of PingOne.
public struct PingOneTenant: VendorScenario {
  /// PingOne.
  public static let vendor = Vendor.pingOne

  /// The environment's id.
  public var environment = "11111111-aaaa-4aaa-8aaa-000000000001"
  /// The id of the environment in which the worker application lives.
  public var workerEnvironment = "11111111-aaaa-4aaa-8aaa-000000000001"
  /// The worker application.
  public var clientID = "22222222-bbbb-4bbb-8bbb-000000000001"
  /// Its secret.
  public var clientSecret = "mock~pingone+secret/0001"
  /// Whether its secret stands among the parameters and not in a header.
  public var usesPost = false
  /// The administrator roles of the worker application.
  public var roles = ["Identity Data Read Only", "Configuration Read Only"]
  /// The users.
  public var users: [PingOneUser] = []
  /// The applications.
  public var apps: [PingOneApp] = []
  /// The sign-on policies.
  public var policies: [PingOneSignOnPolicy] = []
  /// The policies of devices, in the vendor's own shape.
  public var devicePolicies: [JSON] = []
  /// The most rows of a page of users, whatever is asked for.
  public var largestPage: Int?

  private enum CodingKeys: CodingKey {
    case environment, workerEnvironment, clientID, clientSecret, usesPost, roles, users, apps
    case policies, devicePolicies, largestPage
  }

  /// Makes an empty environment that accepts the default credentials.
  public init() {}

  /// The secret of the worker application.
  public var token: String { clientSecret }

  /// Reads an environment; every part may be missing.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.environment, into: &environment)
    try values.read(.workerEnvironment, into: &workerEnvironment)
    try values.read(.clientID, into: &clientID)
    try values.read(.clientSecret, into: &clientSecret)
    try values.read(.usesPost, into: &usesPost)
    try values.read(.roles, into: &roles)
    try values.read(.users, into: &users)
    try values.read(.apps, into: &apps)
    try values.read(.policies, into: &policies)
    try values.read(.devicePolicies, into: &devicePolicies)
    try values.read(.largestPage, into: &largestPage)
  }
}

/// A user.
public struct PingOneUser: Codable, Sendable, Hashable {
  /// An MFA device.
  public struct Device: Codable, Sendable, Hashable {
    /// The kind, such as `TOTP` or `FIDO2`.
    public var type: String
    /// `ACTIVE`, or `ACTIVATION_REQUIRED` before it is set up.
    public var status: String

    /// Makes a device.
    public init(_ type: String, status: String = "ACTIVE") {
      self.type = type
      self.status = status
    }
  }

  /// The id.
  public var id: String
  /// The address.
  public var email: String
  /// The name to sign in with.
  public var username: String
  /// Whether the user is switched on.
  public var enabled = true
  /// The state of the account, `OK` or `LOCKED`.
  public var accountStatus = "OK"
  /// Whether the account may sign in.
  public var canAuthenticate = true
  /// The id of the population.
  public var population = "P1"
  /// The ids of groups.
  public var groups: [String] = []
  /// Whether MFA is switched on; nil is not sent.
  public var mfaEnabled: Bool? = true
  /// The identity provider with authority over the account, if it is not PingOne.
  public var identityProvider: String?
  /// The MFA devices.
  public var devices: [Device] = []
  /// For how long MFA need not be passed, in the vendor's own shape; nil where nobody said so.
  public var bypass: JSON?

  /// Makes a live user with MFA switched on, and changes it.
  public init(
    _ email: String, id: String? = nil, _ change: (inout PingOneUser) -> Void = { _ in }
  ) {
    self.id = id ?? Identifier.okta("user", email)
    self.email = email
    username = email
    change(&self)
  }

  /// Reads a user; only `email` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(String.self, forKey: .email),
      id: try values.decodeIfPresent(String.self, forKey: .id))
    try values.read(.username, into: &username)
    try values.read(.enabled, into: &enabled)
    try values.read(.accountStatus, into: &accountStatus)
    try values.read(.canAuthenticate, into: &canAuthenticate)
    try values.read(.population, into: &population)
    try values.read(.groups, into: &groups)
    try values.read(.mfaEnabled, into: &mfaEnabled)
    try values.read(.identityProvider, into: &identityProvider)
    try values.read(.devices, into: &devices)
    try values.read(.bypass, into: &bypass)
  }
}

/// An application.
public struct PingOneApp: Codable, Sendable, Hashable {
  /// The id.
  public var id: String
  /// The name.
  public var name: String
  /// Whether it is switched on.
  public var enabled = true
  /// The protocol, such as `SAML` or `EXTERNAL_LINK`.
  public var `protocol` = "SAML"
  /// The type, such as `WEB_APP`.
  public var type = "WEB_APP"
  /// Who may use it, in the vendor's own shape.
  public var accessControl: JSON?
  /// The OAuth grants that it may use; nil is not sent.
  public var grants: [String]?
  /// The ids of its sign-on policies, the first with priority 1.
  public var policies: [String] = []
  /// The ids of its DaVinci flow policies.
  public var flows: [String] = []

  /// Makes an application.
  public init(_ id: String, name: String, policies: [String] = []) {
    self.id = id
    self.name = name
    self.policies = policies
  }

  /// Reads an application; only `id` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let id = try values.decode(String.self, forKey: .id)
    self.init(id, name: id)
    try values.read(.name, into: &name)
    try values.read(.enabled, into: &enabled)
    try values.read(.protocol, into: &self.protocol)
    try values.read(.type, into: &type)
    try values.read(.accessControl, into: &accessControl)
    try values.read(.grants, into: &grants)
    try values.read(.policies, into: &policies)
    try values.read(.flows, into: &flows)
  }
}

/// A sign-on policy.
public struct PingOneSignOnPolicy: Codable, Sendable, Hashable {
  /// The id.
  public var id: String
  /// The name.
  public var name: String
  /// Whether it is the environment's default.
  public var isDefault: Bool
  /// Its steps in the vendor's own shape; an id and a priority are added where they are missing.
  public var actions: [JSON]

  /// Makes a policy.
  public init(_ id: String, name: String, isDefault: Bool = false, actions: [JSON] = []) {
    self.id = id
    self.name = name
    self.isDefault = isDefault
    self.actions = actions
  }

  /// Reads a policy; only `id` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let id = try values.decode(String.self, forKey: .id)
    self.init(id, name: id)
    try values.read(.name, into: &name)
    try values.read(.isDefault, into: &isDefault)
    try values.read(.actions, into: &actions)
  }
}
