import MockIdP

/// The same organisation at Entra ID.
enum EntraSide {
  private static let group = EntraGroup("Contractors")
  private static let office = "b1111111-0000-4000-8000-000000000001"

  static func install(_ state: OrganisationState, _ door: DoorState, _ scenario: inout Scenario) {
    var tenant = EntraTenant()
    var contractors = group
    var assigned: [String] = []
    for person in state.people {
      let account = door.account(person)
      guard account.isThere else { continue }
      tenant.users.append(EntraUser(person.email) { $0.isEnabled = account.isActive })
      if account.isInGroup { contractors.members.append(person.email) }
      if account.isAssigned { assigned.append(person.email) }
    }
    tenant.groups = [contractors]
    tenant.apps = [
      EntraApp(Provider.entra.app, name: "Heroku") {
        $0.requiresAssignment = door.hasExtra
        if door.hasExtra { $0.assigned = assigned }
      }
    ]
    tenant.locations = [
      [
        "@odata.type": "#microsoft.graph.ipNamedLocation", "id": .string(office),
        "displayName": "Office", "isTrusted": true,
        "ipRanges": [["cidrAddress": "198.51.100.0/24"]],
      ]
    ]
    tenant.policies = policies(door)
    scenario[EntraTenant.self] = tenant
  }

  private static func policies(_ door: DoorState) -> [JSON] {
    let members: JSON = .array([.string(group.id)])
    switch door.demand {
    case .everybody: return [policy(door)]
    case .nobody: return []
    case .exceptGroup: return [policy(door, ["includeUsers": ["All"], "excludeGroups": members])]
    case .onlyGroup: return [policy(door, ["includeGroups": members])]
    case .sometimes:
      return [
        policy(
          door,
          conditions: [
            "locations": [
              "includeLocations": ["All"], "excludeLocations": .array([.string(office)]),
            ]
          ])
      ]
    case .groupRefused:
      return [
        policy(door), policy(door, "Refused", ["includeGroups": members], grant: "block"),
      ]
    }
  }

  private static func policy(
    _ door: DoorState, _ name: String = "MFA", _ users: JSON = ["includeUsers": ["All"]],
    grant: JSON = "mfa", conditions: JSON = [:]
  ) -> JSON {
    let base: JSON = [
      "displayName": .string("\(name) \(door.policyNumber)"), "state": "enabled",
      "grantControls": ["builtInControls": .array([grant])],
      "conditions": ["users": users, "applications": ["includeApplications": ["All"]]],
    ]
    return base.merging(["conditions": conditions])
  }

  private static func policy(_ door: DoorState, _ users: JSON) -> JSON {
    policy(door, "MFA", users)
  }
}
