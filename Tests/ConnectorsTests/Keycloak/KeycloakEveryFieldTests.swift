import IdentityCore
import MockIdP
import Testing

@testable import Keycloak

@Suite("Keycloak, field by field", .everyField) struct KeycloakEveryFieldTests {
  private typealias K = KeycloakRealms

  private static let people = ["ana", "bo", "cy", "dee", "eve"].map { "\($0)@acme.com" }

  /// Clients whose sign-ins hang on everything that is read, and people of all kinds.
  private static let realm = K.small { tenant in
    tenant.attributes = K.acrMap
    tenant.flows = [
      K.browser(
        K.strict + [
          // Skipped for the auditors, who are then asked for nothing more.
          K.conditional(
            "conditional-user-group", ["condUserGroup": "/people/it", "negate": "true"])
        ]),
      K.flow(
        "by role",
        [
          K.password,
          .step("auth-conditional-otp-form", .required, ["skipOtpRole": "trusted"]),
        ]),
      K.flow(
        "by group",
        [
          K.password,
          K.conditional(
            "conditional-user-group", ["condUserGroup": "/people", "negate": "true"]),
        ]),
      K.flow(
        "by attribute",
        [
          K.password,
          K.conditional(
            "conditional-user-attribute",
            [
              "attribute_name": "department", "attribute_expected_value": "it", "not": "true",
              "include_group_attributes": "true",
            ]),
        ]),
      K.flow(
        "by flow",
        [
          .flow("office", .required, [K.password]),
          K.conditional(
            "conditional-sub-flow-executed",
            ["flow_to_check": "office", "check_result": "not-executed"]),
        ]),
      K.flow("levels", K.levels),
      K.flow("denied", K.strict + [.step("deny-access-authenticator")]),
      KeycloakFlowSpec("after", [K.otp]),
      KeycloakFlowSpec(
        "brokered",
        [
          .step("identity-provider-redirector", .alternative),
          .flow("brokered forms", .alternative, K.strict),
        ]),
      KeycloakFlowSpec("brokers only", [.step("identity-provider-redirector")]),
    ]
    tenant.roles = [KeycloakRoleSpec("trusted"), KeycloakRoleSpec("lead", composites: ["trusted"])]
    tenant.groups = [
      KeycloakGroupNode(
        "people", attributes: ["department": ["it"]],
        groups: [KeycloakGroupNode("it", roles: ["trusted"])])
    ]
    tenant.users = [
      KeycloakUser(people[0]) {
        $0.groups = ["/people/it"]
        $0.credentials = ["password", "otp"]
        $0.identityProviders = ["corp", "partner"]
      },
      KeycloakUser(people[1]) { $0.roles = ["lead"] },
      KeycloakUser(people[2]) {
        $0.attributes = ["department": ["it"]]
        $0.identityProviders = ["partner"]
      },
      KeycloakUser(people[3]) { $0.enabled = false },
      KeycloakUser(people[4]) { $0.attributes = ["department": ["hr"]] },
    ]
    tenant.identityProviders = [
      KeycloakBrokerSpec("corp") {
        $0.postBrokerFlow = "after"
        $0.config = [
          "issuer": "https://corp.example", "authorizationUrl": "https://corp.example/a",
        ]
      },
      KeycloakBrokerSpec("off") { $0.enabled = false },
      KeycloakBrokerSpec("partner"),
      KeycloakBrokerSpec("links") { $0.linkOnly = true },
    ]
    let flows = [
      "by role", "by group", "by attribute", "by flow", "levels", "denied", "brokered",
      "brokers only",
    ]
    // None of these takes sessions of the others for granted: each asks for a level of its own.
    tenant.clients = flows.map { flow in KeycloakClientSpec(flow) { $0.browserFlow = flow } }
    tenant.clients[4].attributes = ["minimum.acr.value": "aal2"]
    tenant.clients += [
      KeycloakClientSpec("closed") { $0.standardFlow = false },
      KeycloakClientSpec("off") { $0.enabled = false },
      KeycloakClientSpec("saml") { $0.clientProtocol = "saml" },
      KeycloakClientSpec("devices") {
        $0.standardFlow = false
        $0.attributes = ["oauth2.device.authorization.grant.enabled": "true"]
      },
      KeycloakClientSpec("bearer") { $0.bearerOnly = true },
    ]
  }

  /// What the server leaves out where there is nothing to say, by its own representations.
  private static let documented: [(call: String, pointer: String)] = [
    // Jackson leaves nulls out (`NON_NULL`): a person without an address has no `email`.
    ("/users", "/*/email"),
    ("/users", "/*/federationLink"),
    // Of a person without attributes of one's own `ModelToRepresentation` leaves the map out.
    ("/users", "/*/attributes"), ("/users", "/*/attributes/"),
    // The maps of attributes, settings and bindings hold what was set and nothing else.
    ("/clients", "/*/attributes/"), ("/clients", "/*/authenticationFlowBindingOverrides/"),
    ("/authentication/config/{config}", "/config/"), ("/groups", "/*/attributes/"),
    ("/{realm}", "/attributes/"), ("/instances", "/*/config/"),
    ("/instances", "/*/postBrokerLoginFlowAlias"),
  ]

  @Test(
    "without any one field nobody looks better, and nobody is gone",
    arguments: [
      KeycloakConfiguration.EnrolmentDriven.notEnforced, .conditional,
    ])
  func everyField(mode: KeycloakConfiguration.EnrolmentDriven) async throws {
    var tenant = Self.realm[KeycloakTenant.self]
    if mode == .conditional {
      // The flow of a new realm, where what people have set up decides.
      tenant.flows.removeFirst()
      tenant.requiredActions = ["UPDATE_PASSWORD"]
      tenant.clients = tenant.clients.filter { ["by role", "brokered"].contains($0.clientID) }
    }
    var scenario = Scenario()
    scenario[KeycloakTenant.self] = tenant
    let apps = tenant.clients.map(\.clientID)
    try await EveryField(
      vendor: .keycloak, scenario: scenario, documented: Self.documented
    ) { bench in
      let connector = bench.keycloak { $0.enrolmentDriven = mode }
      return await bench.standings(connector, apps: apps, people: Self.people)
    }.check()
  }
}
