/// Policies of every kind, domains and reports.
enum EntraPolicyReads {
  typealias Context = EntraAPI.Context

  private static let policy = "Policy.Read.All"
  private static let conditional = "Policy.Read.All|Policy.Read.ConditionalAccess"

  static let routes: [Route<Context>] = [
    Route("GET /v1.0/identity/conditionalAccess/policies", scope: policy) {
      try page($0, $1, $1.directory.policies)
    },
    Route("GET /v1.0/identity/conditionalAccess/namedLocations", scope: conditional) {
      try page($0, $1, $1.directory.locations)
    },
    Route(
      "GET /v1.0/identity/conditionalAccess/authenticationStrength/policies", scope: policy
    ) { try page($0, $1, EntraShapes.strengths + $1.tenant.strengths) },
    Route("GET /v1.0/policies/authenticationStrengthPolicies", scope: policy) {
      try page($0, $1, EntraShapes.strengths + $1.tenant.strengths)
    },
    Route("GET /v1.0/policies/identitySecurityDefaultsEnforcementPolicy", scope: policy) {
      Reply(json: [
        "id": "00000000-0000-0000-0000-000000000005", "displayName": "Security Defaults",
        "description": "Basic protection", "isEnabled": .bool($1.tenant.securityDefaults),
      ])
    },
    Route("GET /v1.0/policies/authenticationMethodsPolicy", scope: policy) { _, context in
      Reply(json: EntraShapes.methodsPolicy(context.tenant.methods))
    },
    Route("GET /v1.0/policies/homeRealmDiscoveryPolicies", scope: policy) {
      try page($0, $1, $1.tenant.homeRealm)
    },
    Route("GET /v1.0/policies/crossTenantAccessPolicy/default", scope: policy) {
      Reply(json: [
        "isServiceDefault": true,
        "inboundTrust": [
          "isMfaAccepted": .bool($1.tenant.acceptsMFAOfAll), "isCompliantDeviceAccepted": false,
          "isHybridAzureADJoinedDeviceAccepted": false,
        ],
      ])
    },
    Route("GET /v1.0/policies/crossTenantAccessPolicy/partners", scope: policy) {
      try page($0, $1, $1.tenant.partners)
    },
    Route("GET /v1.0/domains", scope: "Domain.Read.All|Directory.Read.All", domains),
    Route(
      "GET /v1.0/domains/{domain}/federationConfiguration",
      scope: "Domain.Read.All|Directory.Read.All", federation),
    Route(
      "GET /v1.0/reports/authenticationMethods/userRegistrationDetails",
      scope: "AuditLog.Read.All", registrations),
  ]

  private static func page(_ call: Call, _ context: Context, _ rows: [JSON]) throws -> Reply {
    try EntraPage(call, default: 999, max: 999, cap: context.tenant.maxPage).cut(rows)
  }

  private static func domains(_ call: Call, _ context: Context) throws -> Reply {
    // Nobody's principal name is in a domain that the tenant does not have.
    let named = context.tenant.domains + ["acme.onmicrosoft.com"].map { EntraDomain($0) }
    let generated = context.directory.population?.email(at: 0)
    let people = context.tenant.users.map(\.name) + [generated].compactMap(\.self)
    let used = people.compactMap { $0.split(separator: "@").last }
      .map { EntraDomain($0.lowercased()) }
    var names: Set<String> = []
    let all = (named + [EntraDomain("acme.com")] + used).filter {
      names.insert($0.name.lowercased()).inserted
    }
    return try page(
      call, context,
      all.map {
        [
          "id": .string($0.name), "isVerified": true, "isDefault": false,
          "authenticationType": $0.federation == nil ? "Managed" : "Federated",
        ]
      })
  }

  private static func federation(_ call: Call, _ context: Context) throws -> Reply {
    let name = call.capture("domain")
    guard let domain = context.tenant.domains.first(where: { $0.name == name }) else {
      throw EntraAPI.notFound(name)
    }
    let rows = domain.federation.map { parts -> [JSON] in
      let whole: JSON = [
        "@odata.type": "#microsoft.graph.internalDomainFederation",
        "id": .string(Identifier.uuid("federation \(name)")), "displayName": nil,
        "issuerUri": nil, "passiveSignInUri": nil, "activeSignInUri": nil,
        "metadataExchangeUri": nil, "federatedIdpMfaBehavior": nil,
      ]
      return [whole.merging(parts)]
    }
    return try page(call, context, rows ?? [])
  }

  /// The size of a page is the server's own choice.
  private static func registrations(_ call: Call, _ context: Context) throws -> Reply {
    guard call.parameter("$top") == nil else {
      throw EntraAPI.invalid("The query parameter $top is not supported.")
    }
    let permissions = context.tenant.clients.flatMap(\.permissions)
    guard permissions.contains("Directory.Read.All") else {
      throw Refusal(
        status: 403, code: "Authentication_ApplicationHasNoDirectoryReadAccess",
        message: "The application has no directory read access.")
    }
    let page = try EntraPage(call, default: 1000, max: 1000, cap: context.tenant.maxPage)
    let count = context.directory.userCount
    let rows = page.range(of: count).map {
      EntraShapes.registration(context.directory.user(at: $0))
    }
    return page.reply(JSON.array(rows).bytes, of: count)
  }
}
