import MockIdP

/// The same organisation at Keycloak.
enum KeycloakSide {
  static func install(_ state: OrganisationState, _ door: DoorState, _ scenario: inout Scenario) {
    var tenant = KeycloakTenant()
    for person in state.people {
      let account = door.account(person)
      guard account.isThere else { continue }
      tenant.users.append(
        KeycloakUser(person.email) {
          $0.enabled = account.isActive
          $0.credentials = ["password", "otp"]
          $0.groups = account.isInGroup ? ["/contractors"] : []
        })
    }
    tenant.groups = [KeycloakGroupNode("contractors", roles: ["svc"])]
    tenant.roles = [KeycloakRoleSpec("svc")]
    tenant.clients = [
      KeycloakClientSpec(Provider.keycloak.app) {
        // The client's own flow, or that of the realm.
        if door.policyNumber.isMultiple(of: 2) { $0.browserFlow = "own" }
        $0.directGrants = door.isTrusting
      }
    ]
    tenant.flows = ["browser", "own"].map { flow($0, steps(door.demand)) }
    if door.hasExtra {
      tenant.identityProviders = [KeycloakBrokerSpec("partner") { $0.enabled = false }]
    }
    scenario[KeycloakTenant.self] = tenant
  }

  private static let password = KeycloakStepSpec.step("auth-username-password-form")
  private static let otp = KeycloakStepSpec.step("auth-otp-form")

  private static func flow(_ alias: String, _ steps: [KeycloakStepSpec]) -> KeycloakFlowSpec {
    KeycloakFlowSpec(
      alias,
      [
        .step("auth-cookie", .alternative),
        .flow("\(alias) forms", .alternative, named(alias, steps)),
      ])
  }

  /// Flows inside flows have names of their own.
  private static func named(_ alias: String, _ steps: [KeycloakStepSpec]) -> [KeycloakStepSpec] {
    steps.map { step in
      step.flow.map { .flow("\(alias) \($0)", step.requirement, step.steps) } ?? step
    }
  }

  private static func steps(_ demand: DemandState) -> [KeycloakStepSpec] {
    let role = KeycloakStepSpec.step(
      "conditional-user-role", .required, ["condUserRole": "svc"])
    func choice(_ config: [String: String]) -> [KeycloakStepSpec] {
      [password, .step("auth-conditional-otp-form", .required, config)]
    }
    switch demand {
    case .everybody: return [password, .flow("2FA", .required, [otp])]
    case .nobody: return [password]
    case .exceptGroup: return choice(["skipOtpRole": "svc", "defaultOtpOutcome": "force"])
    case .onlyGroup: return [password, .flow("2FA", .conditional, [role, otp])]
    case .sometimes: return choice(["noOtpRequiredForHeaderPattern": "X-Trusted: yes"])
    case .groupRefused:
      return [
        password, .flow("refused", .conditional, [role, .step("deny-access-authenticator")]), otp,
      ]
    }
  }
}
