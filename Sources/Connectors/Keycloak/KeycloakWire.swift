internal import ConnectorKit
internal import CurlTransport
internal import JSONQuery

/// Keycloak's JSON, as far as we read it: tolerant of fields we do not know, strict on the types of those we do.
enum KeycloakWire {
  /// The realm.
  struct Realm: Sendable, Hashable {
    var name: String
    var isEnabled: Bool
    /// The alias of the flow of browser sign-ins.
    var browserFlow: String
    /// The alias of the flow of the password grant.
    var directGrantFlow: String
    /// Levels by ACR value.
    var levels: [String: Int]
    /// Whether people may have a forgotten password reset; nil when not told.
    var resetAllowed: Bool?
    /// The alias of the flow that does it.
    var resetFlow: String?
    /// The alias of the flow of first sign-ins through another provider, where that names none of its own.
    var firstBrokerFlow: String?
    /// Whether a passkey must check who holds it, in the server's word; nil when not told.
    var passkeyVerification: String?
    /// Whether the pages that ask for a name take a passkey instead.
    ///
    /// Servers that cannot do so do not say it.
    var takesPasskeysForNames: Bool
    /// For how many seconds a session may last at most, remembered ones included; nil when not told.
    var longestSession: Int64?
    /// Whether people may make accounts themselves; nil when not told.
    var registrationAllowed: Bool?
    /// Whether two accounts may have the same address; nil when not told.
    var sharesAddresses: Bool?
    /// Whether permissions of administrators are cut finer than by roles, so that lists may leave rows out.
    ///
    /// Servers that cannot do so do not say it.
    var hasFinePermissions: Bool
    /// Keys that are not known.
    var unrecognised: [UnrecognisedKey]

    init(_ json: JSONValue) throws(WireError) {
      unrecognised = json.unrecognised(besides: Self.keys, at: "realm")
      longestSession = try Self.longestSession(json)
      registrationAllowed = try json.optional("registrationAllowed", .bool, \.bool)
      sharesAddresses = try json.optional("duplicateEmailsAllowed", .bool, \.bool)
      hasFinePermissions =
        json.object?["adminPermissionsEnabled"].map { $0.bool != false } ?? false
      name = try json.required("realm", .string, \.string)
      func named(_ key: String) throws(WireError) -> String? {
        try json.optional(key, .string, \.string).flatMap { $0.isEmpty ? nil : $0 }
      }
      resetAllowed = try json.optional("resetPasswordAllowed", .bool, \.bool)
      resetFlow = try named("resetCredentialsFlow")
      firstBrokerFlow = try named("firstBrokerLoginFlow")
      passkeyVerification = try named("webAuthnPolicyPasswordlessUserVerificationRequirement")
      takesPasskeysForNames =
        try json.optional("webAuthnPolicyPasswordlessPasskeysEnabled", .bool, \.bool) ?? false
      isEnabled = try json.required("enabled", .bool, \.bool)
      browserFlow = try json.required("browserFlow", .string, \.string)
      directGrantFlow = try json.required("directGrantFlow", .string, \.string)
      // Whoever may see the flows is shown all attributes that are set; one that is not there is not set.
      // <https://github.com/keycloak/keycloak: ModelToRepresentation.toRepresentation(RealmModel)>
      let attributes = try json.required("attributes", .object, \.object)
      levels = KeycloakWire.levels(
        try JSONValue.object(attributes).set("acr.loa.map", .string, \.string))
    }

    /// Whether people may make a second account with an address that has one.
    var mayShareAddresses: Bool { registrationAllowed != false && sharesAddresses != false }

    /// How old a second factor may be, in seconds.
    static let sessionLimit: Int64 = 86_400

    /// Whether a session may be older than a second factor may be.
    var mayKeepSessionsLong: Bool { longestSession.map { $0 > Self.sessionLimit } ?? true }

    /// - SeeAlso: <https://www.keycloak.org/docs/latest/server_admin/#_timeouts>
    private static func longestSession(_ json: JSONValue) throws(WireError) -> Int64? {
      let span = try json.optional("ssoSessionMaxLifespan", .integer, \.integer)
      let remembered = try json.optional("ssoSessionMaxLifespanRememberMe", .integer, \.integer)
      let remembers = try json.optional("rememberMe", .bool, \.bool)
      guard let span, span > 0 else { return nil }
      guard remembers != false else { return span }
      // Nothing said of remembered sessions is said by 0: they last as long as the others.
      guard let remembered else { return nil }
      return max(span, remembered)
    }

    /// Whether a reply leaves all flows out, as to callers without the right to see more than the realm's name.
    static func isNameOnly(_ json: JSONValue) -> Bool {
      json["realm"] != nil && json["browserFlow"] == nil && json["directGrantFlow"] == nil
    }
  }

  /// A client.
  struct Client: Sendable, Hashable {
    var id: String
    var clientID: String
    var name: String?
    var isEnabled: Bool
    /// The protocol that it speaks; nil when not told.
    var speaks: String?
    var isBearerOnly: Bool
    var standardFlow: Bool
    var implicitFlow: Bool
    var directGrants: Bool
    /// Whether devices without a browser may have people sign in, which the browser flow decides as well.
    var deviceFlow: Bool
    /// Whether a service may have people sign in on a device of theirs, which no flow decides (CIBA).
    var backchannel: Bool
    /// Whether SAML messages may come with a name and a password (ECP).
    var enhancedClient: Bool
    /// Whether it exchanges tokens of others for its own.
    var exchangesTokens: Bool
    /// Whether another issuer's word is taken for a sign-in to it (JWT authorization grant).
    var takesAssertions: Bool
    /// Whether permissions of its own may be in force; told only where they are.
    var hasAuthorization: Bool
    /// What tells one version of it from another.
    var version: String
    /// Settings of it that are not known.
    var unrecognised: [UnrecognisedKey]
    /// Ids of flows that stand instead of the realm's.
    var browserOverride: String?
    var directGrantOverride: String?
    var levels: [String: Int]
    var defaultACRs: [String]
    var minimumACR: String?
    /// Names of scopes that every sign-in has; nil when not told.
    var defaultScopes: [String]?
    /// Names of scopes that a sign-in may ask for; nil when not told.
    var optionalScopes: [String]?
    /// What the server tells of every client and did not tell of this one: who may only ask for clients is told their
    /// names alone.
    var untold: [String]

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
      clientID = try json.required("clientId", .string, \.string)
      name = try json.optional("name", .string, \.string).flatMap { $0.isEmpty ? nil : $0 }
      // `ModelToRepresentation.toRepresentation(ClientModel)` sets all of these, so one that is missing was kept back.
      var untold: [String] = []
      func told<T>(
        _ key: String, _ type: JSONType, _ read: (JSONValue) -> T?
      ) throws(WireError) -> T? {
        let value = try json.optional(key, type, read)
        if value == nil { untold.append(key) }
        return value
      }
      speaks = try told("protocol", .string, \.string)
      isEnabled = try told("enabled", .bool, \.bool) ?? true
      isBearerOnly = try told("bearerOnly", .bool, \.bool) ?? false
      // A door that is not told to be closed may be open; SAML has one of its own.
      if speaks == "saml" {
        (standardFlow, implicitFlow) = (true, false)
        directGrants = try json.optional("directAccessGrantsEnabled", .bool, \.bool) ?? false
      } else {
        standardFlow = try told("standardFlowEnabled", .bool, \.bool) ?? true
        implicitFlow = try told("implicitFlowEnabled", .bool, \.bool) ?? true
        directGrants = try told("directAccessGrantsEnabled", .bool, \.bool) ?? true
      }
      // These maps hold what is set and nothing else.
      let overrides = try told("authenticationFlowBindingOverrides", .object, \.object) ?? [:]
      let attributes = try told("attributes", .object, \.object) ?? [:]
      func set(_ key: String, _ map: [String: JSONValue], _ name: String) -> String? {
        guard let value = map[key] else { return nil }
        guard let text = value.string else {
          untold.append("\(name).\(key)")
          return nil
        }
        return text.isEmpty ? nil : text
      }
      browserOverride = set("browser", overrides, "authenticationFlowBindingOverrides")
      directGrantOverride = set("direct_grant", overrides, "authenticationFlowBindingOverrides")
      func isOn(_ key: String) -> Bool {
        set(key, attributes, "attributes")?.lowercased() == "true"
      }
      exchangesTokens = isOn("standard.token.exchange.enabled")
      takesAssertions = isOn("oauth2.jwt.authorization.grant.enabled")
      hasAuthorization =
        json.object?["authorizationServicesEnabled"].map { $0.bool != false } ?? false
      version = json.fingerprint
      unrecognised = Self.unrecognised(json, overrides, attributes)
      let device = "oauth2.device.authorization.grant.enabled"
      deviceFlow = isOn(device)
      backchannel = isOn("oidc.ciba.grant.enabled")
      enhancedClient = isOn("saml.allow.ecp.flow")
      levels = KeycloakWire.levels(set("acr.loa.map", attributes, "attributes"))
      defaultACRs = KeycloakWire.parts(set("default.acr.values", attributes, "attributes"))
      minimumACR = set("minimum.acr.value", attributes, "attributes")
      defaultScopes = json["defaultClientScopes"]?.strings
      optionalScopes = json["optionalClientScopes"]?.strings
      self.untold = untold
    }

    var isSAML: Bool { speaks == "saml" }

    /// Whether its settings came along.
    var isShownInFull: Bool { untold.isEmpty }

    /// Whether sign-ins by its protocol can be followed.
    var isFollowed: Bool { speaks == "saml" || speaks == "openid-connect" }

    /// Whether people can sign in to it in a browser, or may be able to.
    var hasBrowserDoor: Bool {
      // The registry of images is asked with a password at every call; no session is opened by that.
      isEnabled && !isBearerOnly && speaks != "docker-v2"
        && (standardFlow || implicitFlow || deviceFlow || isSAML)
    }
  }

  /// A scope of a client, of which only the name is read.
  static func scopeName(_ json: JSONValue) throws(WireError) -> String {
    try json.required("name", .string, \.string)
  }

  /// A flow, of which only the names are read here.
  struct Flow: Sendable, Hashable {
    var id: String
    var alias: String

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
      alias = try json.required("alias", .string, \.string)
    }
  }

  /// A line of the flattened list of a flow's steps.
  struct Execution: Sendable, Hashable {
    var id: String
    var requirement: String
    var level: Int64
    var isSubflow: Bool
    var name: String
    var provider: String?
    var configID: String?
    /// Whether it has a configuration that the row does not name.
    var hidesConfig: Bool
    /// Keys of the row that are not known.
    var unrecognised: [UnrecognisedKey]

    /// - SeeAlso: <https://www.keycloak.org/docs-api/latest/rest-api/index.html#AuthenticationExecutionInfoRepresentation>
    private static let keys: Set<String> = [
      "id", "requirement", "displayName", "alias", "description", "requirementChoices",
      "configurable", "authenticationFlow", "providerId", "authenticationConfig", "flowId",
      "level", "index", "priority",
    ]

    init(_ json: JSONValue) throws(WireError) {
      id = try json.required("id", .string, \.string)
      requirement = try json.required("requirement", .string, \.string)
      level = try json.required("level", .integer, \.integer)
      isSubflow = try json.optional("authenticationFlow", .bool, \.bool) ?? false
      // `AuthenticationManagementResource.recurseExecutions`: every authenticator has a provider, every sub-flow its alias
      // as its name, and what has a configuration names it by id and by alias.
      provider =
        isSubflow
        ? try json.optional("providerId", .string, \.string)
        : try json.required("providerId", .string, \.string)
      name =
        isSubflow
        ? try json.required("displayName", .string, \.string)
        : try json.optional("displayName", .string, \.string) ?? provider ?? id
      configID = try json.optional("authenticationConfig", .string, \.string)
      unrecognised = json.unrecognised(besides: Self.keys)
      let keys = json.object ?? [:]
      hidesConfig =
        configID == nil && (keys["authenticationConfig"] != nil || keys["alias"] != nil)
    }
  }

  /// An identity provider that Keycloak brokers.
  struct IdentityProvider: Sendable, Hashable {
    var alias: String
    var name: String?
    var provider: String
    /// Whether it is switched on; nil when not told.
    var isEnabled: Bool?
    /// Whether it only links accounts and never signs in; nil when not told.
    var isLinkOnly: Bool?
    var postBrokerFlow: String?
    /// The flow of people who are not linked to it yet; nil is the realm's.
    var firstBrokerFlow: String?
    /// Whether it makes nobody an account, so that nobody is ever linked to it.
    var isTransient: Bool
    /// Whether the flow behind it is named without a name.
    var hidesPostBrokerFlow: Bool
    /// Addresses and entity ids by which it may be known.
    var addresses: [String]
    /// Keys of it that are not known.
    var unrecognised: [UnrecognisedKey]

    /// - SeeAlso: <https://www.keycloak.org/docs-api/latest/rest-api/index.html#IdentityProviderRepresentation>
    private static let keys: Set<String> = [
      "alias", "displayName", "internalId", "providerId", "enabled", "updateProfileFirstLogin",
      "updateProfileFirstLoginMode", "trustEmail", "storeToken", "addReadTokenRoleOnCreate",
      "authenticateByDefault", "linkOnly", "hideOnLogin", "firstBrokerLoginFlowAlias",
      "postBrokerLoginFlowAlias", "organizationId", "config", "types",
    ]

    init(_ json: JSONValue) throws(WireError) {
      alias = try json.required("alias", .string, \.string)
      name = try json.optional("displayName", .string, \.string).flatMap { $0.isEmpty ? nil : $0 }
      provider = try json.optional("providerId", .string, \.string) ?? ""
      isEnabled = try json.optional("enabled", .bool, \.bool)
      isLinkOnly = try json.optional("linkOnly", .bool, \.bool)
      // Left out where there is none; the server never sends null.
      postBrokerFlow = try json.optional("postBrokerLoginFlowAlias", .string, \.string)
        .flatMap { $0.isEmpty ? nil : $0 }
      hidesPostBrokerFlow = json.object?["postBrokerLoginFlowAlias"] == .null
      firstBrokerFlow = try json.optional("firstBrokerLoginFlowAlias", .string, \.string)
        .flatMap { $0.isEmpty ? nil : $0 }
      unrecognised = json.unrecognised(besides: Self.keys, at: "identity provider \(alias)")
      let config = json["config"]
      isTransient = config?["doNotStoreUsers"]?.string?.lowercased() == "true"
      addresses = [
        "authorizationUrl", "singleSignOnServiceUrl", "issuer", "entityId", "idpEntityId",
      ]
      .compactMap { config?[$0]?.string }.filter { !$0.isEmpty }
    }
  }

  /// A required action: whether it can be asked for at all.
  struct RequiredAction: Sendable, Hashable {
    var alias: String
    /// Nil when not told.
    var isEnabled: Bool?

    init(_ json: JSONValue) throws(WireError) {
      alias = try json.required("alias", .string, \.string)
      isEnabled = try json.optional("enabled", .bool, \.bool)
    }
  }

  /// The texts of a configuration: what is set and nothing else.
  static func config(_ json: JSONValue) throws(WireError) -> [String: String] {
    var texts: [String: String] = [:]
    for (key, value) in try json.required("config", .object, \.object) {
      guard let text = value.string else {
        throw WireError.expected(.string, found: value.type, path: "config/\(key)")
      }
      texts[key] = text
    }
    return texts
  }

  /// Values put together with `##`.
  static func parts(_ text: String?) -> [String] {
    (text ?? "").split(separator: "##").map(String.init).filter { !$0.isEmpty }
  }

  /// A map of ACR values to levels, which is JSON within a text; one that cannot be read maps nothing, as at the server.
  private static func levels(_ text: String?) -> [String: Int] {
    guard let text, !text.isEmpty,
      let members = (try? JSONReader().value(ResponseBody(copying: text.utf8)))?.object
    else { return [:] }
    let levels = members.compactMapValues { value in
      value.integer.map(Int.init) ?? value.string.flatMap { Int($0) }
    }
    return levels.count == members.count ? levels : [:]
  }
}

extension JSONValue {
  /// A member of a map that holds what is set and nothing else: it may be missing, but is never null.
  fileprivate func set<T>(
    _ key: String, _ type: JSONType, _ read: (JSONValue) -> T?
  ) throws(WireError) -> T? {
    object?[key] == nil ? nil : try required(key, type, read)
  }
}
