/// What Keycloak tells of the realm itself, its clients, flows and identity providers.
enum KeycloakReads {
  typealias Context = KeycloakAPI.Context

  private static let prefix = "GET /admin/realms/{realm}"

  static let routes: [Route<Context>] = [
    // Who may see anything of a realm is told its name.
    Route(
      prefix, scope: "view-realm|view-users|view-clients|view-identity-providers|query-users",
      realm),
    Route("\(prefix)/clients", scope: "view-clients", clients),
    Route("\(prefix)/clients/{client}/default-client-scopes", scope: "view-clients") {
      try scopes($0, $1, \.defaultScopes)
    },
    Route("\(prefix)/clients/{client}/optional-client-scopes", scope: "view-clients") {
      try scopes($0, $1, \.optionalScopes)
    },
    Route("\(prefix)/authentication/flows", scope: "view-realm", flows),
    Route(
      "\(prefix)/authentication/flows/{flow}/executions", scope: "view-realm", executions),
    Route("\(prefix)/authentication/config/{config}", scope: "view-realm", config),
    Route("\(prefix)/authentication/required-actions", scope: "view-realm", requiredActions),
    Route(
      "\(prefix)/identity-provider/instances", scope: "view-identity-providers", providers),
    Route(
      "\(prefix)/identity-provider/instances/{alias}/mappers", scope: "view-identity-providers"
    ) { call, context in
      try refuseUnknown(call)
      let alias = call.capture("alias")
      guard let found = context.tenant.identityProviders.first(where: { $0.alias == alias }) else {
        throw notFound("HTTP 404 Not Found")
      }
      return Reply(json: .array(found.mappers))
    },
    Route("\(prefix)/client-policies/policies", scope: "view-realm") {
      try refuseUnknown($0)
      return Reply(json: ["policies": .array($1.tenant.clientPolicies)])
    },
    Route("\(prefix)/client-policies/profiles", scope: "view-realm") {
      try refuseUnknown($0)
      return Reply(json: ["profiles": .array($1.tenant.clientProfiles)])
    },
    Route(
      "\(prefix)/users/profile", scope: "view-realm|view-users|view-clients"
    ) {
      try refuseUnknown($0)
      guard let profile = $1.tenant.profile else { throw notFound("HTTP 404 Not Found") }
      return Reply(json: profile)
    },
  ]

  static func notFound(_ what: String) -> Refusal {
    Refusal(status: 404, code: "not_found", message: what)
  }

  /// Cuts a page out of a list: `first` rows are passed over, `max` are shown.
  ///
  /// - Parameter fallback: how many are shown when none is asked for; nil is all.
  static func page(
    _ rows: [JSON], _ call: Call, _ context: Context, default fallback: Int? = nil,
    also allowed: Set<String> = []
  ) throws -> Reply {
    try refuseUnknown(call, allowed.union(["first", "max", "briefRepresentation"]))
    let first = try number("first", call) ?? 0
    let max = try number("max", call) ?? fallback ?? rows.count
    let start = context.tenant.ignoresFirst ? 0 : first
    return Reply(json: .array(Array(rows.dropFirst(start).prefix(max))))
  }

  static func refuseUnknown(_ call: Call, _ allowed: Set<String> = []) throws {
    if let strange = call.parameters.first(where: { !allowed.contains($0.name) }) {
      throw Refusal(
        status: 400, code: "bad_request", message: "Unknown parameter \(strange.name)")
    }
  }

  private static func number(_ name: String, _ call: Call) throws -> Int? {
    guard let text = call.parameter(name) else { return nil }
    guard let number = Int(text), number >= 0 else { throw notFound("HTTP 404 Not Found") }
    return number
  }

  private static func realm(_ call: Call, _ context: Context) throws -> Reply {
    try refuseUnknown(call)
    let tenant = context.tenant
    guard context.roles.contains("view-realm") else {
      return Reply(json: ["realm": .string(tenant.realm)])
    }
    return Reply(
      json: .compact([
        "id": .string(Identifier.uuid("keycloak realm \(tenant.realm)")),
        "realm": .string(tenant.realm), "enabled": .bool(tenant.enabled),
        "browserFlow": .string(tenant.browserFlow),
        "directGrantFlow": .string(tenant.directGrantFlow),
        "resetCredentialsFlow": "reset credentials",
        "firstBrokerLoginFlow": "first broker login", "otpPolicyType": "totp",
        "otpPolicyAlgorithm": "HmacSHA1", "otpPolicyDigits": 6, "otpPolicyPeriod": 30,
        "otpPolicyInitialCounter": 0, "otpPolicyLookAheadWindow": 1, "otpPolicyCodeReusable": false,
        "adminEventsEnabled": false, "eventsEnabled": false,
        "rememberMe": .bool(tenant.rememberMe),
        "ssoSessionMaxLifespan": tenant.sessionLifespan.map { .integer($0) },
        "ssoSessionMaxLifespanRememberMe": .integer(tenant.rememberedLifespan),
        "registrationAllowed": .bool(tenant.registrationAllowed),
        "duplicateEmailsAllowed": .bool(tenant.sharesAddresses),
        "adminPermissionsEnabled": .bool(tenant.hasFinePermissions),
        "attributes": .object(tenant.attributes.mapValues { .string($0) }),
        "resetPasswordAllowed": tenant.resetAllowed.map { .bool($0) },
        "webAuthnPolicyPasswordlessUserVerificationRequirement":
          tenant.passkeyVerification.map { .string($0) },
        "webAuthnPolicyPasswordlessPasskeysEnabled": tenant.passkeysForNames.map { .bool($0) },
      ]).merging(tenant.further))
  }

  private static func clients(_ call: Call, _ context: Context) throws -> Reply {
    var clients = context.tenant.clients
    if let wanted = call.parameter("clientId") {
      clients = clients.filter { $0.clientID == wanted }
    }
    let index = context.realm
    return try page(
      clients.map { json($0, index) }, call, context,
      also: ["clientId", "search", "viewableOnly"])
  }

  private static func json(_ client: KeycloakClientSpec, _ index: KeycloakRealmIndex) -> JSON {
    var overrides: [String: JSON] = [:]
    for (key, alias) in [("browser", client.browserFlow), ("direct_grant", client.directGrantFlow)]
    {
      guard let alias else { continue }
      overrides[key] =
        alias.isEmpty
        ? "" : .string(index.flows.first { $0.alias == alias }?.id ?? Identifier.uuid(alias))
    }
    let row: [String: JSON] = [
      "id": .string(client.id), "clientId": .string(client.clientID),
      "enabled": .bool(client.enabled), "protocol": .string(client.clientProtocol),
      "publicClient": true, "bearerOnly": .bool(client.bearerOnly),
      "standardFlowEnabled": .bool(client.standardFlow),
      "implicitFlowEnabled": .bool(client.implicitFlow),
      "directAccessGrantsEnabled": .bool(client.directGrants), "serviceAccountsEnabled": false,
      "authenticationFlowBindingOverrides": .object(overrides),
      "attributes": .object(client.attributes.mapValues { .string($0) }),
      "defaultClientScopes": .strings(client.defaultScopes),
      "optionalClientScopes": .strings(client.optionalScopes),
    ]
    return JSON.object(row.filter { !client.omitted.contains($0.key) }).merging(client.further)
  }

  private static func scopes(
    _ call: Call, _ context: Context, _ list: (KeycloakClientSpec) -> [String]
  ) throws -> Reply {
    try refuseUnknown(call)
    guard let client = context.realm.client(call.capture("client")) else {
      throw notFound("Could not find client")
    }
    return Reply(
      json: .array(
        list(client).map { ["id": .string(Identifier.uuid("scope \($0)")), "name": .string($0)] }))
  }

  // MARK: Flows

  private static func flows(_ call: Call, _ context: Context) throws -> Reply {
    try refuseUnknown(call)
    return Reply(
      json: .array(
        context.realm.flows.map { flow in
          [
            "id": .string(flow.id), "alias": .string(flow.alias), "description": "",
            "providerId": "basic-flow", "topLevel": true, "builtIn": false,
            "authenticationExecutions": [],
          ]
        }))
  }

  private static func executions(_ call: Call, _ context: Context) throws -> Reply {
    try refuseUnknown(call)
    guard let flow = context.realm.flows.first(where: { $0.alias == call.capture("flow") }) else {
      throw notFound("Could not find flow")
    }
    return Reply(json: .array(context.realm.executions(of: flow)))
  }

  private static func config(_ call: Call, _ context: Context) throws -> Reply {
    try refuseUnknown(call)
    guard let config = context.realm.config(call.capture("config")) else {
      throw notFound("Could not find authenticator config")
    }
    return Reply(json: [
      "id": .string(call.capture("config")), "alias": "config",
      "config": .object(config.mapValues { .string($0) }),
    ])
  }

  private static func requiredActions(_ call: Call, _ context: Context) throws -> Reply {
    try refuseUnknown(call)
    return Reply(
      json: .array(
        context.tenant.requiredActions.enumerated().map { index, alias in
          [
            "alias": .string(alias), "name": .string(alias), "providerId": .string(alias),
            "enabled": true, "defaultAction": false, "priority": .integer(index * 10),
            "config": [:],
          ]
        }))
  }

  private static func providers(_ call: Call, _ context: Context) throws -> Reply {
    try page(
      context.tenant.identityProviders.map { provider in
        .compact([
          "alias": .string(provider.alias), "providerId": .string(provider.providerID),
          "enabled": .bool(provider.enabled), "linkOnly": .bool(provider.linkOnly),
          "displayName": provider.displayName.map { .string($0) },
          "internalId": .string(Identifier.uuid("keycloak idp \(provider.alias)")),
          "firstBrokerLoginFlowAlias": provider.firstBrokerFlow.map { .string($0) },
          "postBrokerLoginFlowAlias": provider.postBrokerFlow.map { .string($0) },
          "config": .object(provider.config.mapValues { .string($0) }),
        ]).merging(provider.further)
      }, call, context, also: ["search"])
  }
}
