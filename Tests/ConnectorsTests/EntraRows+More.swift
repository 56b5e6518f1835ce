import ConnectorKit
import IdentityCore
import JSONQuery
import MockIdP

@testable import Entra

extension EntraRows {
  private typealias T = Tenants

  private static func types(_ types: String, _ tenants: JSON = ["membershipKind": "all"]) -> JSON {
    ["guestOrExternalUserTypes": .string(types), "externalTenants": tenants]
  }

  private static func guest(_ user: inout EntraUser) {
    user.userType = "Guest"
    user.externalState = "Accepted"
    user.creationType = "Invitation"
  }

  private static let home = "77777777-0000-4000-8000-000000000007"
  private static let trusted = T.with(T.policy()) {
    guest(&$0.users[0])
    $0.partners = [["tenantId": .string(home), "inboundTrust": ["isMfaAccepted": true]]]
  }

  static let guests: [EntraRow] = [
    EntraRow(
      number: "29",
      situation: "a guest of a trusted tenant that is vouched for, all are asked",
      scenario: trusted, expected: .enforced,
      evidence: "the second factor of their home tenant is accepted",
      configure: {
        let trust = JSONValue.object(["isMfaAccepted": .bool(true)])
        $0.vouches.append(T.vouch("guest-mfa", home, version: trust.fingerprint))
      }),
    // Without it the other tenant's word is one that nobody looked at.
    EntraRow(
      number: "29+", situation: "the same, and nobody vouches for that tenant",
      scenario: trusted, expected: .cannotTell, reason: home),
    EntraRow(
      number: "32", situation: "invited guests are asked, and she is a member",
      scenario: T.with(
        T.policy(users: ["includeGuestsOrExternalUsers": types("b2bCollaborationGuest")])),
      expected: .notEnforced),
    EntraRow(
      number: "32+", situation: "invited guests are asked, and she is one",
      scenario: T.with(
        T.policy(users: [
          "includeGuestsOrExternalUsers": types("internalGuest, b2bCollaborationGuest")
        ])
      ) { guest(&$0.users[0]) }, expected: .enforced),
    EntraRow(
      number: "32a",
      situation: "invited guests are left out, and she is a guest with an own password",
      scenario: T.with(
        T.policy(users: [
          "includeUsers": ["All"],
          "excludeGuestsOrExternalUsers": types("b2bCollaborationGuest,b2bCollaborationMember"),
        ])
      ) { $0.users[0].userType = "Guest" }, expected: .enforced),
    EntraRow(
      number: "32b", situation: "external members are left out, and she is one",
      scenario: T.with(
        T.policy(users: [
          "includeUsers": ["All"],
          "excludeGuestsOrExternalUsers": types("b2bCollaborationMember"),
        ])
      ) {
        guest(&$0.users[0])
        $0.users[0].userType = "Member"
      }, expected: .notEnforced),
    EntraRow(
      number: "32c", situation: "guests of some tenants are left out, and she is a guest",
      scenario: T.with(
        T.policy(users: [
          "includeUsers": ["All"],
          "excludeGuestsOrExternalUsers": types(
            "b2bCollaborationGuest", ["membershipKind": "enumerated", "members": ["t1"]]),
        ])
      ) { guest(&$0.users[0]) }, expected: .cannotTell, reason: "tenants t1"),
    EntraRow(
      number: "32d", situation: "guests are left out, and nothing tells what she is",
      scenario: T.with(
        T.policy(users: [
          "includeUsers": ["All"],
          "excludeGuestsOrExternalUsers": types("b2bCollaborationGuest"),
        ])
      ) { $0.users[0].userType = nil }, expected: .cannotTell, reason: "is a guest"),
    EntraRow(
      number: "32e", situation: "one kind of guest is asked, another left out, and nothing tells",
      scenario: T.with(
        T.policy(users: ["includeGuestsOrExternalUsers": types("internalGuest")]),
        T.policy(
          "Rest",
          users: [
            "includeUsers": ["All"],
            "excludeGuestsOrExternalUsers": types("b2bCollaborationGuest"),
          ])
      ) { $0.users[0].userType = nil }, expected: .cannotTell),
    EntraRow(
      number: "32f", situation: "the older word for guests, and she is invited",
      scenario: T.with(T.policy(users: ["includeUsers": ["GuestsOrExternalUsers"]])) {
        guest(&$0.users[0])
      }, expected: .enforced),
  ]

  static let locations: [EntraRow] = [
    EntraRow(
      number: "28", situation: "inside trusted locations, and outside them",
      scenario: T.with(
        T.policy("Inside", conditions: T.locations(["AllTrusted"])),
        T.policy("Outside", conditions: T.locations(["All"], not: ["AllTrusted"]))),
      expected: .enforced),
    EntraRow(
      number: "28a", situation: "outside trusted locations, and in one of them",
      scenario: T.with(
        T.policy("Office", conditions: T.locations([T.office])),
        T.policy("Outside", conditions: T.locations(["All"], not: ["AllTrusted"]))),
      expected: .enforcedConditionally, witness: "outside location Office"),
    EntraRow(
      number: "28b", situation: "outside one trusted location, and in all of them",
      scenario: T.with(
        T.policy("Outside", conditions: T.locations(["All"], not: [T.office])),
        T.policy("Trusted", conditions: T.locations(["AllTrusted"]))), expected: .enforced),
    EntraRow(
      number: "28c", situation: "outside one place without trust, and in all trusted ones",
      scenario: T.with(
        T.policy("Outside", conditions: T.locations(["All"], not: [T.lab])),
        T.policy("Trusted", conditions: T.locations(["AllTrusted"]))),
      expected: .enforcedConditionally, witness: "inside location Lab"),
    EntraRow(
      number: "28d", situation: "outside two countries, of which nobody can be in both",
      scenario: T.with(
        T.policy("One", conditions: T.locations(["All"], not: [T.brazil])),
        T.policy("Two", conditions: T.locations(["All"], not: [T.germany]))),
      expected: .enforced),
    EntraRow(
      number: "28e", situation: "in two countries only",
      scenario: T.with(
        T.policy("One", conditions: T.locations([T.brazil])),
        T.policy("Two", conditions: T.locations([T.germany]))),
      expected: .enforcedConditionally, witness: "country that no location names"),
    EntraRow(
      number: "28f", situation: "outside the addresses of the older MFA settings",
      scenario: T.with(
        T.policy(
          conditions: T.locations(["All"], not: ["00000000-0000-0000-0000-000000000000"])),
        T.policy("Trusted", conditions: T.locations(["AllTrusted"]))), expected: .enforced),
    EntraRow(
      number: "28g", situation: "outside a location that is gone",
      scenario: T.with(
        T.policy(
          conditions: T.locations(["All"], not: ["b9999999-0000-4000-8000-000000000009"]))),
      expected: .cannotTell, reason: "does not name"),
    EntraRow(
      number: "28h", situation: "outside a location, and locations are refused",
      scenario: T.with(
        T.policy(conditions: T.locations(["All"], not: [T.office])),
        faults: [
          Fault(
            .entra, "GET /v1.0/identity/conditionalAccess/namedLocations", .forbidden, times: nil)
        ]), expected: .cannotTell, reason: "Policy.Read.All"),
    EntraRow(
      number: "28i", situation: "outside a location that is damaged",
      scenario: T.with(T.policy(conditions: T.locations(["All"], not: [T.lab]))) {
        $0.locations[1] = damagedLab
      }, expected: .cannotTell, reason: "location Lab: it is damaged"),
    EntraRow(
      number: "28j", situation: "outside a location, and another is damaged",
      scenario: T.with(T.policy(conditions: T.locations(["All"], not: [T.office]))) {
        $0.locations[1] = damagedLab
      }, expected: .enforcedConditionally, witness: "inside location Office"),
  ]

  private static let damagedLab: JSON = [
    "@odata.type": "#microsoft.graph.ipNamedLocation", "id": .string(T.lab), "displayName": "Lab",
  ]

  private static func hidden(_ tenant: inout EntraTenant) {
    tenant.groups[3].members = [T.ana]
    tenant.groups[3].hidesMembers = true
  }

  private static func leftOut(group: String) -> JSON {
    T.policy(users: ["includeUsers": ["All"], "excludeGroups": [.string(group)]])
  }

  private static let leftOutAdmins = T.policy(
    users: ["includeUsers": ["All"], "excludeRoles": [.string(T.admin)]])

  private static func admin(_ principal: String, isEligible: Bool) -> EntraRoleAssignment {
    var role = EntraRoleAssignment(T.admin, principal)
    role.isEligible = isEligible
    return role
  }

  private static func assigned(_ group: String, _ tenant: inout EntraTenant) {
    tenant.apps[0].requiresAssignment = true
    tenant.apps[0].assigned = [group]
  }

  /// What people may activate: roles and groups that policies leave out, or that give the application.
  static let eligible: [EntraRow] = [
    EntraRow(
      number: "P1", situation: "an excluded group whose membership she may activate",
      scenario: T.with(leftOut(group: T.sealed)) { $0.groups[3].eligible = [T.ana] },
      expected: .enforcedConditionally, witness: "membership of group Sealed activated"),
    EntraRow(
      number: "P1b", situation: "a group inside it",
      scenario: T.with(leftOut(group: T.staff)) {
        $0.groups[1].eligible = [T.ana]
      }, expected: .enforcedConditionally, witness: "membership of group Staff activated"),
    EntraRow(
      number: "P1c", situation: "a group of hers may activate it",
      scenario: T.with(leftOut(group: T.staff)) {
        $0.groups[3].members = [T.ana]
        $0.groups[0].eligible = ["Sealed"]
      }, expected: .enforcedConditionally, witness: "activated"),
    EntraRow(
      number: "P1d", situation: "others may activate it",
      scenario: T.with(leftOut(group: T.sealed)) {
        $0.users.append(EntraUser("bo@acme.com"))
        $0.groups[3].eligible = ["bo@acme.com"]
      }, expected: .enforced),
    EntraRow(
      number: "P2", situation: "an excluded role that she may activate",
      scenario: T.with(leftOutAdmins) { $0.roles = [admin(T.ana, isEligible: true)] },
      expected: .enforcedConditionally, witness: "role Global Administrator activated"),
    EntraRow(
      number: "P2b", situation: "an excluded role that a group of hers may activate",
      scenario: T.with(leftOutAdmins) {
        $0.groups[3].members = [T.ana]
        $0.roles = [admin("Sealed", isEligible: true)]
      }, expected: .enforcedConditionally, witness: "role Global Administrator activated"),
    EntraRow(
      number: "P2c", situation: "a membership she may activate of a group that holds the role",
      scenario: T.with(leftOutAdmins) {
        $0.groups[3].eligible = [T.ana]
        $0.roles = [admin("Sealed", isEligible: false)]
      }, expected: .enforcedConditionally, witness: "role Global Administrator activated"),
    EntraRow(
      number: "P3", situation: "nobody may ask who may activate an excluded group",
      scenario: T.with(leftOut(group: T.sealed)) {
        $0.clients[0].permissions.removeAll { $0.hasPrefix("PrivilegedEligibility") }
        $0.groups[3].members = ["bo@acme.com"]
        $0.users.append(EntraUser("bo@acme.com"))
      }, expected: .enforcedConditionally, witness: "activated"),
    EntraRow(
      number: "P3b", situation: "the same, and the operator vouches that nobody is eligible",
      scenario: T.with(leftOut(group: T.sealed)) {
        $0.clients[0].permissions.removeAll { $0.hasPrefix("PrivilegedEligibility") }
        $0.groups[3].members = ["bo@acme.com"]
        $0.users.append(EntraUser("bo@acme.com"))
      }, expected: .enforced, configure: { $0.privilegedAccess = .none }),
    EntraRow(
      number: "P3c", situation: "a tenant without the licence for it",
      scenario: T.with(leftOut(group: T.sealed)) { $0.hasPrivilegedAccess = false },
      expected: .enforced),
    EntraRow(
      number: "P3d", situation: "nobody may ask, and no policy leaves anybody out",
      scenario: T.with(T.policy()) {
        $0.clients[0].permissions.removeAll { $0.hasPrefix("PrivilegedEligibility") }
      }, expected: .enforced),
    EntraRow(
      number: "P4", situation: "an assigned group whose membership she may activate, no policy",
      scenario: T.small {
        assigned("Sealed", &$0)
        $0.groups[3].eligible = [T.ana]
      }, expected: .notEnforced),
    EntraRow(
      number: "P4b", situation: "the same, and a policy asks for two factors",
      scenario: T.with(T.policy()) {
        assigned("Sealed", &$0)
        $0.groups[3].eligible = [T.ana]
      }, expected: .enforced),
    EntraRow(
      number: "P4c", situation: "an assigned group that she may not activate",
      scenario: T.small { assigned("Sealed", &$0) }, expected: .notEvaluated, code: .notAssigned),
    EntraRow(
      number: "P4d", situation: "the same, and nobody may ask who may",
      scenario: T.small {
        assigned("Sealed", &$0)
        $0.clients[0].permissions.removeAll { $0.hasPrefix("PrivilegedEligibility") }
      }, expected: .cannotTell, reason: "whether the person is assigned"),
    EntraRow(
      number: "H1", situation: "a group inside an excluded group hides its members",
      scenario: T.with(leftOut(group: T.staff)) {
        $0.groups[1].members = [T.ana]
        $0.groups[1].hidesMembers = true
      }, expected: .cannotTell, reason: "Engineers"),
    EntraRow(
      number: "H1b", situation: "the same, and hidden members may be read",
      scenario: T.with(leftOut(group: T.staff)) {
        $0.groups[1].members = [T.ana]
        $0.groups[1].hidesMembers = true
        $0.clients[0].permissions.append("Member.Read.Hidden")
      }, expected: .notEnforced),
    EntraRow(
      number: "H2", situation: "a group that hides its members holds an excluded role",
      scenario: T.with(leftOutAdmins) {
        $0.groups[3].members = [T.ana]
        $0.groups[3].hidesMembers = true
        $0.roles = [admin("Sealed", isEligible: false)]
      }, expected: .cannotTell, reason: "Sealed"),
    EntraRow(
      number: "H3", situation: "an excluded group shows nobody, with a word that is new",
      scenario: T.with(leftOut(group: T.sealed)) { $0.groups[3].visibility = "FutureHidden" },
      expected: .cannotTell, reason: "Sealed"),
    EntraRow(
      number: "H3b", situation: "an excluded group shows nobody, and is public",
      scenario: T.with(leftOut(group: T.sealed)) { $0.groups[3].visibility = "Public" },
      expected: .enforcedConditionally, witness: "membership of group Sealed activated"),
    EntraRow(
      number: "R1", situation: "a role of the tenant's own, which policies do not count",
      scenario: T.with(
        T.policy(users: ["includeRoles": ["5a5a5a5a-0000-4000-8000-000000000005"]])
      ) {
        $0.roles = [EntraRoleAssignment("5a5a5a5a-0000-4000-8000-000000000005", T.ana)]
        $0.roles[0].isCustom = true
      }, expected: .notEnforced),
    EntraRow(
      number: "R1b", situation: "a built-in role",
      scenario: T.with(
        T.policy(users: ["includeRoles": ["5a5a5a5a-0000-4000-8000-000000000005"]])
      ) { $0.roles = [EntraRoleAssignment("5a5a5a5a-0000-4000-8000-000000000005", T.ana)] },
      expected: .enforced),
  ]

  /// What is newer than we are is unknown, never absent.
  static let newer: [EntraRow] =
    ["excludeUsers", "excludeGroups", "excludeRoles"].map { key in
      EntraRow(
        number: "N \(key)", situation: "a word among \(key) that is not known",
        scenario: T.with(T.policy(users: ["includeUsers": ["All"]]).merging(new(key))),
        expected: .cannotTell, reason: "FutureValue")
    } + [
      EntraRow(
        number: "N1", situation: "guests of no kind are left out",
        scenario: T.with(
          T.policy(users: [
            "includeUsers": ["All"],
            "excludeGuestsOrExternalUsers": [
              "guestOrExternalUserTypes": "", "externalTenants": ["membershipKind": "all"],
            ],
          ])), expected: .cannotTell, reason: "which guests"),
      EntraRow(
        number: "N2", situation: "a setting of the policy that is not known",
        scenario: T.with(T.policy("MFA", ["rolloutPercentage": 10])), expected: .cannotTell,
        reason: "rolloutPercentage"),
      EntraRow(
        number: "N3", situation: "a session control that is not known",
        scenario: T.with(
          T.policy("MFA", ["sessionControls": ["skipSecondFactor": ["isEnabled": true]]])),
        expected: .cannotTell, reason: "skipSecondFactor"),
      EntraRow(
        number: "N3b", situation: "a session control that is known",
        scenario: T.with(
          T.policy("MFA", ["sessionControls": ["persistentBrowser": ["isEnabled": true]]])),
        expected: .enforced),
      EntraRow(
        number: "M1", situation: "Azure CLI, where Microsoft asks for changes only",
        scenario: T.small {
          $0.apps.append(microsofts("04b07795-8ddb-461a-bbee-02f9e1bf7b46", "Azure CLI"))
        }, expected: .notEnforced, app: "04b07795-8ddb-461a-bbee-02f9e1bf7b46"),
    ]

  private static func new(_ key: String) -> JSON {
    ["conditions": ["users": .object([key: ["FutureValue"]])]]
  }

  static let unknowns: [EntraRow] = [
    EntraRow(
      number: "4+", situation: "an excluded group that cannot be read",
      scenario: T.with(
        T.policy(users: ["includeUsers": ["All"], "excludeGroups": [.string(T.sealed)]]),
        faults: [
          Fault(.entra, "GET /v1.0/groups/{group}/transitiveMembers", .forbidden, times: nil)
        ]), expected: .cannotTell, reason: "who is in group Sealed"),
    EntraRow(
      number: "4++", situation: "an excluded group that is gone",
      scenario: T.with(
        T.policy(users: [
          "includeUsers": ["All"], "excludeGroups": ["d9999999-0000-4000-8000-000000000009"],
        ])), expected: .enforced),
    EntraRow(
      number: "4d", situation: "an excluded group that is there, and whose list is said to be gone",
      scenario: T.with(
        T.policy(users: ["includeUsers": ["All"], "excludeGroups": [.string(T.sealed)]]),
        faults: [
          Fault(.entra, "GET /v1.0/groups/{group}/transitiveMembers", .notFound, times: nil)
        ]), expected: .cannotTell, reason: "who is in group Sealed"),
    EntraRow(
      number: "4a", situation: "an excluded group that hides its members, and she is in it",
      scenario: T.with(
        T.policy(users: ["includeUsers": ["All"], "excludeGroups": [.string(T.sealed)]])
      ) { hidden(&$0) }, expected: .cannotTell, reason: "Member.Read.Hidden"),
    EntraRow(
      number: "4b", situation: "the same, and the right to see them is there",
      scenario: T.with(
        T.policy(users: ["includeUsers": ["All"], "excludeGroups": [.string(T.sealed)]])
      ) {
        hidden(&$0)
        $0.clients[0].permissions.append("Member.Read.Hidden")
      }, expected: .notEnforced),
    EntraRow(
      number: "4c", situation: "an excluded group that shows nobody and tells nothing of itself",
      scenario: T.with(
        T.policy(users: ["includeUsers": ["All"], "excludeGroups": [.string(T.sealed)]]),
        faults: [Fault(.entra, "GET /v1.0/groups/{group}", .forbidden, times: nil)]),
      expected: .cannotTell, reason: "may do so"),
    EntraRow(
      number: "4+++", situation: "an included group that cannot be read, and everybody besides",
      scenario: T.with(
        T.policy(users: ["includeGroups": [.string(T.sealed)]]), T.policy("All"),
        faults: [
          Fault(.entra, "GET /v1.0/groups/{group}/transitiveMembers", .forbidden, times: nil)
        ]), expected: .enforced),
    EntraRow(
      number: "18+r", situation: "administrators, and roles cannot be read",
      scenario: T.with(
        T.policy(users: ["includeRoles": [.string(T.admin)]]),
        faults: [
          Fault(
            .entra, "GET /v1.0/roleManagement/directory/roleAssignments", .forbidden, times: nil)
        ]), expected: .cannotTell, reason: "RoleManagement.Read.Directory"),
    EntraRow(
      number: "c1", situation: "a condition that nobody knows",
      scenario: T.with(T.policy(conditions: ["agentRiskLevels": ["high"]])),
      expected: .cannotTell, reason: "agentRiskLevels"),
    EntraRow(
      number: "c2", situation: "a platform that nobody knows, and iOS",
      scenario: T.with(T.policy(conditions: T.platforms(["iOS", "holoLens"]))),
      expected: .enforcedConditionally, witness: "from platform android"),
    EntraRow(
      number: "c2+", situation: "a platform that nobody knows",
      scenario: T.with(T.policy(conditions: T.platforms(["holoLens"]))),
      expected: .cannotTell, reason: "holoLens"),
    EntraRow(
      number: "c3", situation: "a control that nobody knows",
      scenario: T.with(T.policy(grant: ["builtInControls": ["faceScan"]])),
      expected: .cannotTell, reason: "faceScan"),
    EntraRow(
      number: "c4", situation: "a control that nobody knows besides two factors",
      scenario: T.with(
        T.policy(grant: ["operator": "AND", "builtInControls": ["mfa", "faceScan"]])),
      expected: .enforced),
    EntraRow(
      number: "c4a", situation: "a member of the grant that nobody knows instead of two factors",
      scenario: T.with(
        T.policy(grant: [
          "operator": "OR", "builtInControls": ["mfa"], "verifiedCredential": ["id": "v1"],
        ])), expected: .cannotTell, reason: "verifiedCredential"),
    EntraRow(
      number: "c4b", situation: "a member of the grant that nobody knows besides two factors",
      scenario: T.with(
        T.policy(grant: [
          "operator": "AND", "builtInControls": ["mfa"], "verifiedCredential": ["id": "v1"],
        ])), expected: .enforced),
    EntraRow(
      number: "c4c", situation: "members of locations, platforms and flows that nobody knows",
      scenario: T.with(
        T.policy(
          "L",
          conditions: [
            "locations": [
              "includeLocations": ["All"], "excludeLocations": [], "excludeNetworks": ["n1"],
            ]
          ]),
        T.policy(
          "P",
          conditions: [
            "platforms": [
              "includePlatforms": ["all"], "excludePlatforms": [], "excludeVersions": ["v1"],
            ]
          ]),
        T.policy(
          "F",
          conditions: ["authenticationFlows": ["transferMethods": "none", "tokens": ["t1"]]])),
      expected: .cannotTell, reason: "conditions/locations/excludeNetworks"),
    EntraRow(
      number: "c4d", situation: "a damaged policy",
      scenario: T.with(T.policy("Odd", ["state": 7])), expected: .cannotTell,
      reason: "policy 'Odd' asks for, and of whom: it is damaged"),
    EntraRow(
      number: "c4e", situation: "a damaged policy, and everybody is asked by another",
      scenario: T.with(T.policy("Odd", ["state": 7]), T.policy("All")), expected: .enforced),
    EntraRow(
      number: "c4f", situation: "a damaged policy that is disabled",
      scenario: T.with(T.policy("Odd", grant: "none", state: "disabled")), expected: .notEnforced),
    EntraRow(
      number: "c5", situation: "a state that nobody knows",
      scenario: T.with(T.policy(state: "staged")), expected: .cannotTell, reason: "staged"),
    EntraRow(
      number: "c6", situation: "a list of exclusions that is missing",
      scenario: T.with(T.policy(users: ["includeUsers": ["All"], "excludeGroups": nil])),
      expected: .cannotTell, reason: "excludeGroups"),
    EntraRow(
      number: "c7", situation: "a policy for workloads",
      scenario: T.with(
        T.policy(
          users: nil,
          conditions: ["clientApplications": ["includeServicePrincipals": ["All"]]])),
      expected: .notEnforced),
    EntraRow(
      number: "c8", situation: "everybody is asked, and every other policy is full of riddles",
      scenario: T.with(
        T.policy("All"), T.policy("Riddle", conditions: ["agentRiskLevels": ["high"]])),
      expected: .enforced),
    EntraRow(
      number: "c9", situation: "security defaults cannot be read",
      scenario: T.small(faults: [
        Fault(
          .entra, "GET /v1.0/policies/identitySecurityDefaultsEnforcementPolicy", .forbidden,
          times: nil)
      ]), expected: .cannotTell, reason: "security defaults"),
  ]

  static let doors: [EntraRow] = [
    EntraRow(
      number: "a1", situation: "a disabled account",
      scenario: T.with(T.policy()) { $0.users[0].isEnabled = false }, expected: .notEvaluated,
      code: .deprovisioned),
    EntraRow(
      number: "a1+", situation: "an account that does not tell whether it may sign in",
      scenario: T.with(T.policy()) { $0.users[0].isEnabled = nil }, expected: .cannotTell,
      reason: "accountEnabled"),
    EntraRow(
      number: "a2", situation: "assignment is required, and she has none",
      scenario: T.with(T.policy()) { $0.apps[0].requiresAssignment = true },
      expected: .notEvaluated, code: .notAssigned),
    EntraRow(
      number: "a3", situation: "assignment is required, and her group has one",
      scenario: T.with(T.policy()) {
        $0.apps[0].requiresAssignment = true
        $0.apps[0].assigned = ["Sealed"]
        $0.groups[3].members = [T.ana]
      }, expected: .enforced),
    EntraRow(
      number: "a3+", situation: "assignment is required, and her group hides its members",
      scenario: T.with(T.policy(users: ["includeUsers": ["None"]])) {
        $0.apps[0].requiresAssignment = true
        $0.apps[0].assigned = ["Sealed"]
        hidden(&$0)
      }, expected: .cannotTell, reason: "is assigned to Heroku"),
    EntraRow(
      number: "a4", situation: "assignment is required, and a group around hers has one",
      scenario: T.with(T.policy()) {
        $0.apps[0].requiresAssignment = true
        $0.apps[0].assigned = ["Staff"]
        $0.groups[2].members = [T.ana]
      }, expected: .notEvaluated, code: .notAssigned),
    EntraRow(
      number: "a5", situation: "assignment is required, it cannot be read, and nothing asks",
      scenario: T.small(faults: [
        Fault(
          .entra, "GET /v1.0/servicePrincipals/{id}/appRoleAssignedTo", .forbidden, times: nil)
      ]) { $0.apps[0].requiresAssignment = true }, expected: .cannotTell,
      reason: "is assigned to Heroku"),
    EntraRow(
      // Who is not assigned has no way in; that somebody is asked is then not proven.
      number: "a6", situation: "assignment is required, it cannot be read, and everybody is asked",
      scenario: T.with(
        T.policy(),
        faults: [
          Fault(
            .entra, "GET /v1.0/servicePrincipals/{id}/appRoleAssignedTo", .forbidden, times: nil)
        ]
      ) { $0.apps[0].requiresAssignment = true }, expected: .cannotTell,
      reason: "is assigned to Heroku"),
    EntraRow(
      number: "a7", situation: "a disabled application",
      scenario: T.with(T.policy()) { $0.apps[0].isEnabled = false }, expected: .notEvaluated,
      code: .appInactive),
    EntraRow(
      number: "a8", situation: "an application that is not there",
      scenario: T.with(T.policy()) { $0.apps = [] }, expected: .cannotTell,
      reason: "no enterprise application"),
    EntraRow(
      number: "a9", situation: "a stored password",
      scenario: T.with(T.policy()) { $0.apps[0].signOnMode = "password" },
      expected: .enforcedConditionally, witness: "started at the application itself"),
    EntraRow(
      // That provider may say that it asked for a second factor, and nobody reads it.
      number: "f1", situation: "a federated domain whose word is taken, and everybody is asked",
      scenario: T.with(T.policy()) { $0.domains = federated }, expected: .cannotTell,
      evidence: "enforceMfaByFederatedIdp"),
    EntraRow(
      number: "f1+",
      situation: "a federated domain whose word is not taken, all are asked",
      scenario: T.with(T.policy()) { $0.domains = [T.federated("rejectMfaByFederatedIdp")] },
      expected: .enforced),
    EntraRow(
      number: "f2", situation: "a federated domain, nobody is asked, and nobody reads the provider",
      scenario: T.small { $0.domains = federated }, expected: .cannotTell,
      reason: "Acme ADFS"),
    EntraRow(
      number: "f2+",
      situation: "her per-user MFA is enforced, the provider's word is not taken",
      scenario: T.small {
        $0.domains = [T.federated("rejectMfaByFederatedIdp")]
        $0.users[0].perUserMFA = "enforced"
      }, expected: .enforcedConditionally, evidence: "per-user MFA enforced: yes"),
    EntraRow(
      number: "f3", situation: "domains cannot be read, and nobody is asked",
      scenario: T.small(faults: [Fault(.entra, "GET /v1.0/domains", .forbidden, times: nil)]),
      expected: .cannotTell, reason: "Domain.Read.All"),
    EntraRow(
      number: "f4", situation: "the same, and the operator vouches that none is federated",
      scenario: T.small(faults: [Fault(.entra, "GET /v1.0/domains", .forbidden, times: nil)]),
      expected: .notEnforced, configure: { $0.federation = .none }),
  ]

  private static let federated = [
    EntraDomain(
      "acme.com",
      federation: [
        "displayName": "Acme ADFS", "issuerUri": "http://sts.acme.com/adfs/services/trust",
        "passiveSignInUri": "https://sts.acme.com/adfs/ls/",
        "federatedIdpMfaBehavior": "enforceMfaByFederatedIdp",
      ])
  ]
}
