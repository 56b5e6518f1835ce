/// The Okta side of an organisation, apart from its people.
public struct OktaOrganisation: Codable, Sendable {
  /// The token that a scenario accepts when it names none.
  public static let defaultToken = "00mockOktaTokenForTestsOnly"

  /// The organisation's id.
  public var id: String
  /// The engine: `idx` is Identity Engine, `v1` Classic.
  public var pipeline: String
  /// The groups; Everyone is added when none is `BUILT_IN`.
  public var groups: [Group]
  /// The applications.
  public var apps: [OktaApp]
  /// Policies of every type, each with its rules.
  public var policies: [Policy]
  /// Whether a system session policy without a second factor is added when there is none.
  public var hasDefaultSessionPolicy: Bool
  /// Network zones.
  public var zones: [Zone]
  /// Authenticators, in the vendor's shape.
  public var authenticators: [JSON]
  /// Device assurance policies, in the vendor's shape.
  public var deviceAssurances: [JSON]
  /// Inbound identity providers.
  public var identityProviders: [InboundIdentityProvider]
  /// API tokens that are accepted.
  public var tokens: [OktaToken]
  /// OAuth service apps that are accepted.
  public var clients: [OAuthClient]
  /// Whether policy simulation answers; otherwise it is 404.
  public var simulates: Bool
  /// Requests a minute and endpoint family.
  public var rateLimit: Int
  /// Other limits for single families, by path such as `/api/v1/users`.
  public var rateLimits: [String: Int]
  /// Policies or rules on a page when the caller names no limit.
  public var policyPageSize: Int
  /// Fields that single pages leave out or show as null.
  public var pageEdits: [OktaPageEdit]
  /// What goes wrong with requests whose path or query contains a text, by that text; a ``Fault/Kind``.
  public var pageFaults: [String: Fault.Kind]

  /// Makes an organisation on Identity Engine that accepts the default token.
  public init(
    pipeline: String = "idx", groups: [Group] = [], apps: [OktaApp] = [], policies: [Policy] = [],
    zones: [Zone] = [], identityProviders: [InboundIdentityProvider] = [],
    tokens: [OktaToken] = [OktaToken(OktaOrganisation.defaultToken)], clients: [OAuthClient] = []
  ) {
    id = Identifier.okta("00o", "organisation")
    self.pipeline = pipeline
    self.groups = groups
    self.apps = apps
    self.policies = policies
    hasDefaultSessionPolicy = true
    self.zones = zones
    authenticators = []
    deviceAssurances = []
    self.identityProviders = identityProviders
    self.tokens = tokens
    self.clients = clients
    simulates = false
    rateLimit = 600
    rateLimits = [:]
    policyPageSize = 100
    pageEdits = []
    pageFaults = [:]
  }

  /// Reads an organisation; every part may be missing.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.id, into: &id)
    try values.read(.pipeline, into: &pipeline)
    try values.read(.groups, into: &groups)
    try values.read(.apps, into: &apps)
    try values.read(.policies, into: &policies)
    try values.read(.hasDefaultSessionPolicy, into: &hasDefaultSessionPolicy)
    try values.read(.zones, into: &zones)
    try values.read(.authenticators, into: &authenticators)
    try values.read(.deviceAssurances, into: &deviceAssurances)
    try values.read(.identityProviders, into: &identityProviders)
    try values.read(.tokens, into: &tokens)
    try values.read(.clients, into: &clients)
    try values.read(.simulates, into: &simulates)
    try values.read(.rateLimit, into: &rateLimit)
    try values.read(.rateLimits, into: &rateLimits)
    try values.read(.policyPageSize, into: &policyPageSize)
    try values.read(.pageEdits, into: &pageEdits)
    try values.read(.pageFaults, into: &pageFaults)
  }
}
