/// A client of a Keycloak realm.
public struct KeycloakClientSpec: Codable, Sendable, Hashable {
  /// The client id.
  public var clientID: String
  /// The internal id.
  public var id: String
  /// Whether it is switched on.
  public var enabled = true
  /// `openid-connect` or `saml`.
  public var clientProtocol = "openid-connect"
  /// Whether it only checks tokens.
  public var bearerOnly = false
  /// Whether the standard flow is on.
  public var standardFlow = true
  /// Whether the implicit flow is on.
  public var implicitFlow = false
  /// Whether the password grant is on.
  public var directGrants = false
  /// The alias of the browser flow bound to it; empty is none.
  public var browserFlow: String?
  /// The alias of the direct grant flow bound to it; empty is none.
  public var directGrantFlow: String?
  /// Its attributes.
  public var attributes: [String: String] = [:]
  /// Its own roles.
  public var roles: [KeycloakRoleSpec] = []
  /// The scopes of every sign-in.
  public var defaultScopes = ["profile", "email"]
  /// The scopes that a sign-in may ask for.
  public var optionalScopes = ["offline_access"]
  /// Properties that its row leaves out.
  public var omitted: [String] = []
  /// What else its row says, as of newer servers.
  public var further: JSON = [:]

  /// Makes a client that people sign in to by the standard flow.
  public init(_ clientID: String, _ change: (inout KeycloakClientSpec) -> Void = { _ in }) {
    self.clientID = clientID
    id = Identifier.uuid("keycloak client \(clientID)")
    change(&self)
  }

  /// Reads a client; only `clientID` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(try values.decode(String.self, forKey: .clientID))
    try values.read(.id, into: &id)
    try values.read(.enabled, into: &enabled)
    try values.read(.clientProtocol, into: &clientProtocol)
    try values.read(.bearerOnly, into: &bearerOnly)
    try values.read(.standardFlow, into: &standardFlow)
    try values.read(.implicitFlow, into: &implicitFlow)
    try values.read(.directGrants, into: &directGrants)
    try values.read(.browserFlow, into: &browserFlow)
    try values.read(.directGrantFlow, into: &directGrantFlow)
    try values.read(.attributes, into: &attributes)
    try values.read(.roles, into: &roles)
    try values.read(.defaultScopes, into: &defaultScopes)
    try values.read(.optionalScopes, into: &optionalScopes)
    try values.read(.omitted, into: &omitted)
    try values.read(.further, into: &further)
  }
}

/// A top-level flow.
public struct KeycloakFlowSpec: Codable, Sendable, Hashable {
  /// The alias.
  public var alias: String
  /// The steps, in the order asked.
  public var steps: [KeycloakStepSpec]

  /// Makes a flow.
  public init(_ alias: String, _ steps: [KeycloakStepSpec]) {
    self.alias = alias
    self.steps = steps
  }

  /// Its id.
  var id: String { Identifier.uuid("keycloak flow \(alias)") }

  /// The browser flow of a new realm.
  public static let browser = KeycloakFlowSpec(
    "browser",
    [
      .step("auth-cookie", .alternative), .step("auth-spnego", .disabled),
      .step("identity-provider-redirector", .alternative),
      .flow(
        "forms", .alternative,
        [
          .step("auth-username-password-form"),
          .flow(
            "Browser - Conditional 2FA", .conditional,
            [
              .step("conditional-user-configured"), .step("auth-otp-form", .alternative),
              .step("webauthn-authenticator", .disabled),
              .step("auth-recovery-authn-code-form", .disabled),
            ]),
        ]),
    ])

  /// The flows of a new realm.
  static let builtIn: [KeycloakFlowSpec] = [
    browser, directGrant, resetCredentials, firstBrokerLogin, enhancedClient,
  ]

  /// What a forgotten password takes in a new realm.
  public static let resetCredentials = KeycloakFlowSpec(
    "reset credentials",
    [
      .step("reset-credentials-choose-user"), .step("reset-credential-email"),
      .step("reset-password"),
      .flow(
        "Reset - Conditional OTP", .conditional,
        [.step("conditional-user-configured"), .step("reset-otp")]),
    ])

  /// What a first sign-in through another provider takes in a new realm.
  public static let firstBrokerLogin = KeycloakFlowSpec(
    "first broker login",
    [
      .step("idp-review-profile"),
      .flow(
        "User creation or linking", .required,
        [
          .step("idp-create-user-if-unique", .alternative),
          .flow(
            "Handle Existing Account", .alternative,
            [
              .step("idp-confirm-link"),
              .flow(
                "Account verification options", .required,
                [
                  .step("idp-email-verification", .alternative),
                  .flow(
                    "Verify Existing Account by Re-authentication", .alternative,
                    [
                      .step("idp-username-password-form"),
                      .flow(
                        "First broker login - Conditional OTP", .conditional,
                        [.step("conditional-user-configured"), .step("auth-otp-form")]),
                    ]),
                ]),
            ]),
        ]),
    ])

  /// SAML with a name and a password in a new realm.
  public static let enhancedClient = KeycloakFlowSpec(
    "saml ecp", [.step("http-basic-authenticator")])

  /// The direct grant flow of a new realm.
  public static let directGrant = KeycloakFlowSpec(
    "direct grant",
    [
      .step("direct-grant-validate-username"), .step("direct-grant-validate-password"),
      .flow(
        "Direct Grant - Conditional OTP", .conditional,
        [.step("conditional-user-configured"), .step("direct-grant-validate-otp")]),
    ])
}

/// A step of a flow: an authenticator, or a flow of its own.
public struct KeycloakStepSpec: Codable, Sendable, Hashable {
  /// What it asks for relative to its neighbours.
  public enum Requirement: String, Codable, Sendable, Hashable {
    /// Must succeed.
    case required = "REQUIRED"
    /// One of several.
    case alternative = "ALTERNATIVE"
    /// A flow that runs when its conditions hold.
    case conditional = "CONDITIONAL"
    /// Switched off.
    case disabled = "DISABLED"
  }

  /// The authenticator; nil for a flow.
  public var provider: String?
  /// The alias of the flow; nil for an authenticator.
  public var flow: String?
  /// What it asks for.
  public var requirement: Requirement
  /// The configuration of an authenticator.
  public var config: [String: String]
  /// The steps of a flow.
  public var steps: [KeycloakStepSpec]

  /// Makes a step with an authenticator.
  public static func step(
    _ provider: String, _ requirement: Requirement = .required, _ config: [String: String] = [:]
  ) -> KeycloakStepSpec {
    KeycloakStepSpec(
      provider: provider, flow: nil, requirement: requirement, config: config, steps: [])
  }

  /// Makes a step that is a flow.
  public static func flow(
    _ alias: String, _ requirement: Requirement = .required, _ steps: [KeycloakStepSpec]
  ) -> KeycloakStepSpec {
    KeycloakStepSpec(
      provider: nil, flow: alias, requirement: requirement, config: [:], steps: steps)
  }

  private init(
    provider: String?, flow: String?, requirement: Requirement, config: [String: String],
    steps: [KeycloakStepSpec]
  ) {
    self.provider = provider
    self.flow = flow
    self.requirement = requirement
    self.config = config
    self.steps = steps
  }

  /// Reads a step; `provider` or `flow` is required.
  public init(from decoder: any Decoder) throws {
    self.init(provider: nil, flow: nil, requirement: .required, config: [:], steps: [])
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.provider, into: &provider)
    try values.read(.flow, into: &flow)
    try values.read(.requirement, into: &requirement)
    try values.read(.config, into: &config)
    try values.read(.steps, into: &steps)
  }
}
