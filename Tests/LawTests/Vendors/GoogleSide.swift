import MockIdP

/// The same organisation at Google Workspace, which may leave sign-ins to another provider.
enum GoogleSide {
  static func install(
    _ state: OrganisationState, _ door: DoorState, isLeaving: Bool, _ scenario: inout Scenario
  ) {
    var account = GoogleWorkspace()
    account.orgUnits = ["/Staff": "03ph8a2z1staff"]
    var contractors = GoogleGroup("Contractors")
    for person in state.people {
      let one = door.account(person)
      guard one.isThere else { continue }
      account.users.append(
        GoogleUser(
          person.email, isEnforced: isEnforced(door.demand, one), isEnrolled: true,
          orgUnit: one.isAssigned ? "/" : "/Staff"
        ) { $0.isSuspended = !one.isActive })
      if one.isInGroup { contractors.users.append(person.email) }
    }
    account.groups = [contractors]
    account.profiles = [
      GoogleProfile(
        "0corp", displayName: "Corporate", issuer: LawWorld.realm,
        signInURL: LawWorld.realm + "/protocol/saml")
    ]
    if isLeaving {
      account.assignments = [GoogleAssignment("SAML_SSO", orgUnit: "/", profile: "0corp")]
      if door.hasExtra {
        account.assignments.append(GoogleAssignment("SSO_OFF", group: "Contractors", rank: 1))
      }
    }
    account.policies = [
      GooglePolicy("grace_period", ["enrollmentGracePeriod": "604800s"], type: "SYSTEM"),
      GooglePolicy("enforcement", ["enforcedFrom": "2025-03-01T00:00:00Z"]),
    ]
    if door.demand == .sometimes || door.isTrusting {
      account.policies.append(GooglePolicy("device_trust", ["allowTrustingDevice": true]))
    }
    scenario[GoogleWorkspace.self] = account
  }

  private static func isEnforced(_ demand: DemandState, _ account: AccountState) -> Bool {
    switch demand {
    case .everybody, .sometimes, .groupRefused: true
    case .nobody: false
    case .exceptGroup: !account.isInGroup
    case .onlyGroup: account.isInGroup
    }
  }
}
