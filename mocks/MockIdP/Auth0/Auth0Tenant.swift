/// An Auth0 tenant.
public struct Auth0Tenant: VendorScenario {
  /// The vendor.
  public static let vendor = Vendor.auth0

  /// A user.
  public struct User: Codable, Sendable {
    /// The id, `auth0|…`.
    public var id: String
    /// The address; nil for users without one.
    public var email: String?
    /// The user name of connections that have them.
    public var username: String?
    /// Whether the user is blocked; nil is not sent.
    public var blocked: Bool?
    /// The providers of enrolled factors; nil is not sent.
    public var multifactor: [String]?
    /// The identities that make the account; nil is one of a database.
    public var identities: [Identity]?

    /// Makes a user.
    public init(
      _ email: String?, id: String? = nil, username: String? = nil, blocked: Bool? = nil,
      multifactor: [String]? = nil
    ) {
      self.id = id ?? "auth0|" + Identifier.okta("u", email ?? "nobody")
      self.email = email
      self.username = username
      self.blocked = blocked
      self.multifactor = multifactor
    }
  }

  /// An identity of a user.
  public struct Identity: Codable, Sendable {
    /// The name of the connection.
    public var connection: String
    /// `auth0` for a database, else who keeps the identity: `samlp`, `google-oauth2`.
    public var provider: String
    /// The person's id there.
    public var user: String

    /// Makes an identity.
    public init(_ connection: String, provider: String, user: String) {
      self.connection = connection
      self.provider = provider
      self.user = user
    }
  }

  /// An application.
  public struct Client: Codable, Sendable {
    /// The client id.
    public var id: String
    /// The name.
    public var name: String
    /// The grants it may use.
    public var grants: [String]

    /// Further settings, in Auth0's shape.
    public var further: [String: JSON]?

    /// Makes an application.
    public init(_ id: String, name: String, grants: [String] = ["authorization_code"]) {
      self.id = id
      self.name = name
      self.grants = grants
    }
  }

  /// An Action bound to the post-login trigger.
  public struct Action: Codable, Sendable {
    /// The id.
    public var id: String
    /// The name.
    public var name: String
    /// The deployed code.
    public var code: String
    /// What it stands on, with versions; nil is not shown.
    public var dependencies: [String: String]?

    /// Makes an Action.
    public init(_ name: String, id: String, code: String) {
      self.id = id
      self.name = name
      self.code = code
    }
  }

  /// A Rule.
  public struct Rule: Codable, Sendable {
    /// The id.
    public var id: String
    /// The name.
    public var name: String
    /// Whether it runs.
    public var isEnabled: Bool
    /// The code.
    public var script: String

    /// Makes a Rule.
    public init(_ name: String, id: String, isEnabled: Bool = true, script: String) {
      self.id = id
      self.name = name
      self.isEnabled = isEnabled
      self.script = script
    }
  }

  /// A connection.
  public struct Connection: Codable, Sendable {
    /// The name.
    public var name: String
    /// `auth0` for a database.
    public var strategy: String
    /// Its options.
    public var options: JSON

    /// Makes a connection.
    public init(_ name: String, strategy: String = "auth0", options: JSON = [:]) {
      self.name = name
      self.strategy = strategy
      self.options = options
    }
  }

  /// The machine-to-machine application's id.
  public var clientID = "mockM2M"
  /// Its secret.
  public var clientSecret = "mock-auth0-secret"
  /// The scopes it is granted.
  public var scopes = [
    "read:users", "read:mfa_policies", "read:guardian_factors", "read:clients", "read:actions",
    "read:tenant_settings", "read:rules", "read:connections",
  ]
  /// The tenant's MFA policies.
  public var policies: [String] = ["all-applications"]
  /// The factors that are switched on.
  public var factors: [String] = ["otp"]
  /// The users.
  public var users: [User] = []
  /// Users made by a formula, after those in `users`.
  public var generated = 0
  /// The applications.
  public var clients: [Client] = []
  /// The Actions bound to the post-login trigger, in order.
  public var actions: [Action] = []
  /// The Rules.
  public var rules: [Rule] = []
  /// The connections.
  public var connections: [Connection] = [Connection("Username-Password-Authentication")]
  /// How many hours a session lasts.
  public var sessionHours = 24
  /// Whether Actions choose the factors.
  public var actionsChooseFactors = false
  /// Whether an application is found in the list only.
  public var hidesSingleClients = false
  /// Seconds that an access token lives.
  public var tokenLifetime = 86_400

  /// Makes a tenant that asks everybody for two factors.
  public init() {}

  /// The secret of the machine-to-machine application.
  public var token: String { clientSecret }

  private enum CodingKeys: CodingKey {
    case clientID, clientSecret, scopes, policies, factors, users, generated, clients, actions
    case actionsChooseFactors, hidesSingleClients, tokenLifetime, rules, connections, sessionHours
  }

  /// Reads a tenant; every part may be missing.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.clientID, into: &clientID)
    try values.read(.clientSecret, into: &clientSecret)
    try values.read(.scopes, into: &scopes)
    try values.read(.policies, into: &policies)
    try values.read(.factors, into: &factors)
    try values.read(.users, into: &users)
    try values.read(.generated, into: &generated)
    try values.read(.clients, into: &clients)
    try values.read(.actions, into: &actions)
    try values.read(.rules, into: &rules)
    try values.read(.connections, into: &connections)
    try values.read(.sessionHours, into: &sessionHours)
    try values.read(.actionsChooseFactors, into: &actionsChooseFactors)
    try values.read(.hidesSingleClients, into: &hidesSingleClients)
    try values.read(.tokenLifetime, into: &tokenLifetime)
  }

  /// How many users there are.
  var userCount: Int { users.count + generated }

  /// The user at a position.
  func user(at position: Int) -> User {
    position < users.count
      ? users[position] : User("person\(position - users.count)@acme.com")
  }
}

extension Vendor {
  /// Auth0's Management API and its token endpoint.
  public static let auth0 = Vendor(rawValue: "auth0")
}
