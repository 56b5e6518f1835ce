import MockIdP

/// The same organisation at Okta.
enum OktaSide {
  private static let group = "Contractors"

  static func install(_ state: OrganisationState, _ door: DoorState, _ scenario: inout Scenario) {
    var users: [AppUser] = []
    for person in state.people {
      let account = door.account(person)
      guard account.isThere else { continue }
      scenario.people.append(
        Person(
          person.email, status: account.isActive ? "ACTIVE" : "SUSPENDED",
          groups: account.isInGroup ? [group] : []))
      if account.isAssigned { users.append(AppUser(person.email)) }
    }
    // The numbered policy is linked; the other one is what it might be taken for.
    let policies = [0, door.policyNumber].map { number in
      Policy("App policy \(number)", rules: number == 0 ? [.catchAll("2FA")] : rules(door.demand))
    }
    scenario.okta.groups = [Group(group)]
    scenario.okta.zones = [Zone("Office"), Zone("VPN", gateways: ["198.51.100.0/24"])]
    scenario.okta.apps = [
      OktaApp(
        "Heroku", id: LawWorld.app, accessPolicy: "App policy \(door.policyNumber)", users: users)
    ]
    scenario.okta.policies = policies
    if door.hasExtra {
      scenario.okta.policies.append(
        Policy(
          "Session", type: "OKTA_SIGN_ON", groups: [group],
          rules: [
            Rule("Ask") {
              $0.requiresFactor = true
              $0.promptMode = "ALWAYS"
            }
          ]))
    }
    scenario.okta.identityProviders = [
      InboundIdentityProvider("Partner", trustsClaims: door.isTrusting)
    ]
  }

  private static func rules(_ demand: DemandState) -> [Rule] {
    switch demand {
    case .everybody: [.catchAll("2FA")]
    case .nobody: [.catchAll("1FA")]
    case .exceptGroup:
      [
        Rule("Exempt") {
          $0.groups = [group]
          $0.factors = "1FA"
        }, .catchAll("2FA"),
      ]
    case .onlyGroup:
      [Rule("Strict") { $0.groups = [group] }, .catchAll("1FA")]
    case .sometimes:
      [
        Rule("Office") {
          $0.zones = ["Office"]
          $0.factors = "1FA"
        }, .catchAll("2FA"),
      ]
    case .groupRefused:
      [
        Rule("Refused") {
          $0.groups = [group]
          $0.access = "DENY"
        }, .catchAll("2FA"),
      ]
    }
  }
}
