/// The organisation itself, its zones, authenticators and inbound identity providers at Okta.
enum OktaOtherReads {
  typealias Context = OktaAPI.Context

  static let routes: [Route<Context>] = [
    Route("GET /.well-known/okta-organization", scope: OktaAPI.open, wellKnown),
    Route("GET /api/v1/zones", scope: "okta.networkZones.read", zones),
    Route("GET /api/v1/zones/{zone}", scope: "okta.networkZones.read", zone),
    Route("GET /api/v1/authenticators", scope: "okta.authenticators.read", authenticators),
    Route("GET /api/v1/authenticators/{id}", scope: "okta.authenticators.read", authenticator),
    Route("GET /api/v1/authenticators/{id}/methods", scope: "okta.authenticators.read", methods),
    Route("GET /api/v1/device-assurances", scope: "okta.deviceAssurance.read", assurances),
    Route("GET /api/v1/idps", scope: "okta.idps.read", providers),
    Route("GET /api/v1/idps/{idp}", scope: "okta.idps.read", provider),
    Route("GET /api/v1/idps/{idp}/users", scope: "okta.idps.read", providerUsers),
  ]

  private static func wellKnown(_ call: Call, _ context: Context) throws -> Reply {
    Reply(json: [
      "id": .string(context.okta.id), "pipeline": .string(context.okta.pipeline),
      "settings": [
        "analyticsCollectionEnabled": false, "bugReportingEnabled": false, "omEnabled": false,
      ],
      "_links": ["organization": ["href": .string(context.baseURL)]],
    ])
  }

  private static func shape(_ zone: Zone, _ context: Context) -> JSON {
    var shape: JSON = [
      "id": .string(zone.id), "name": .string(zone.name), "type": .string(zone.type),
      "status": .string(zone.status), "usage": .string(zone.usage), "system": false,
      "created": "2024-01-01T00:00:00.000Z", "lastUpdated": "2024-01-01T00:00:00.000Z",
      "_links": ["self": ["href": .string("\(context.baseURL)/api/v1/zones/\(zone.id)")]],
    ]
    if zone.type == "IP" {
      shape["gateways"] = .array(
        zone.gateways.map { gateway in
          ["type": gateway.contains("-") ? "RANGE" : "CIDR", "value": .string(gateway)]
        })
    }
    return shape.merging(zone.raw)
  }

  private static func zones(_ call: Call, _ context: Context) throws -> Reply {
    let page = try OktaPage(call, default: 100, allowed: 1...200)
    var rows = context.okta.zones
    if let text = call.parameter("filter") {
      let filter = try OktaFilter(text, attributes: ["id", "usage", "system"], ordered: [])
      rows = rows.filter { zone in
        filter.holds { ["id": zone.id, "usage": zone.usage, "system": "false"][$0] }
      }
    }
    return page.cut(rows.map { shape($0, context) })
  }

  private static func zone(_ call: Call, _ context: Context) throws -> Reply {
    let id = call.capture("zone")
    guard let zone = context.okta.zones.first(where: { $0.id == id }) else {
      throw OktaAPI.notFound("\(id) (Zone)")
    }
    return Reply(json: shape(zone, context))
  }

  private static func authenticators(_ call: Call, _ context: Context) throws -> Reply {
    guard !context.isClassic else { throw OktaAPI.notFound("/api/v1/authenticators") }
    return Reply(json: .array(context.okta.authenticators))
  }

  private static func named(_ call: Call, _ context: Context) throws -> JSON {
    let id = JSON.string(call.capture("id"))
    let found = context.okta.authenticators.first { $0["id"] == id }
    guard !context.isClassic, let found else { throw OktaAPI.notFound("Authenticator") }
    return found
  }

  private static func authenticator(_ call: Call, _ context: Context) throws -> Reply {
    Reply(json: try named(call, context))
  }

  private static func methods(_ call: Call, _ context: Context) throws -> Reply {
    Reply(json: try named(call, context)["methods"] ?? [])
  }

  private static func assurances(_ call: Call, _ context: Context) throws -> Reply {
    guard !context.isClassic else { throw OktaAPI.notFound("/api/v1/device-assurances") }
    return Reply(json: .array(context.okta.deviceAssurances))
  }

  /// One inbound identity provider.
  static func shape(_ provider: InboundIdentityProvider, _ context: Context) -> JSON {
    let own = "\(context.baseURL)/api/v1/idps/\(provider.id)"
    let shape: JSON = [
      "id": .string(provider.id), "name": .string(provider.name), "type": .string(provider.type),
      "status": .string(provider.status), "issuerMode": "ORG_URL",
      "created": "2024-01-01T00:00:00.000Z", "lastUpdated": "2024-01-01T00:00:00.000Z",
      "protocol": ["type": .string(provider.type)],
      "policy": [
        "trustClaims": .bool(provider.trustsClaims),
        "accountLink": ["action": provider.linksAccounts ? "AUTO" : "DISABLED"],
        "provisioning": ["action": "AUTO"], "maxClockSkew": 0,
        "subject": ["userNameTemplate": ["template": "idpuser.email"], "matchType": "USERNAME"],
      ],
      "_links": ["users": ["href": .string(own + "/users")]],
    ]
    return shape.merging(provider.raw)
  }

  private static func providers(_ call: Call, _ context: Context) throws -> Reply {
    let page = try OktaPage(call, default: 20, allowed: 1...200)
    var rows = context.okta.identityProviders
    if let type = call.parameter("type") { rows = rows.filter { $0.type == type } }
    if let prefix = call.parameter("q")?.lowercased() {
      rows = rows.filter { $0.name.lowercased().hasPrefix(prefix) }
    }
    return page.cut(rows.map { shape($0, context) })
  }

  private static func namedProvider(
    _ call: Call, _ context: Context
  ) throws -> InboundIdentityProvider {
    let id = call.capture("idp")
    guard let provider = context.okta.identityProviders.first(where: { $0.id == id }) else {
      throw OktaAPI.notFound("\(id) (IdentityProvider)")
    }
    return provider
  }

  private static func provider(_ call: Call, _ context: Context) throws -> Reply {
    Reply(json: shape(try namedProvider(call, context), context))
  }

  private static func providerUsers(_ call: Call, _ context: Context) throws -> Reply {
    let provider = try namedProvider(call, context)
    let page = try OktaPage(call, default: 20, allowed: 1...200)
    let people = context.organisation.scenario.people.filter {
      $0.identityProviders.contains(provider.id) || $0.identityProviders.contains(provider.name)
    }
    let rows = people.map { person -> JSON in
      [
        "id": .string(person.id), "externalId": .string(person.email),
        "created": "2024-01-15T09:00:00.000Z", "lastUpdated": .string(person.lastUpdated),
        "profile": ["email": .string(person.email)],
        "_links": [
          "idp": ["href": .string("\(context.baseURL)/api/v1/idps/\(provider.id)")],
          "user": ["href": .string("\(context.baseURL)/api/v1/users/\(person.id)")],
        ],
      ]
    }
    return page.cut(rows)
  }
}
