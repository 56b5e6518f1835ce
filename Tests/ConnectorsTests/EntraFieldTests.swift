import ConnectorKit
import IdentityCore
import MockIdP
import Testing

@Suite("Entra: every field of every page", .everyField, .serialized) struct EntraFieldTests {
  private typealias T = Tenants
  private static let shares = 4

  /// What Microsoft documents: a null that means "not used", a list that ends, a property that no verdict rests on.
  private static let documented = [
    "value.conditions.locations null": "no location condition",
    "value.conditions.platforms null": "no platform condition",
    "value.conditions.devices null": "no device condition",
    "value.conditions.devices.deviceFilter null": "no filter",
    "value.conditions.insiderRiskLevels null": "no insider risk condition",
    "value.conditions.authenticationFlows null": "no condition on flows",
    "value.conditions.applications.applicationFilter null": "no filter",
    "value.conditions.users.excludeGuestsOrExternalUsers null": "no guests are left out",
    "value.conditions.users.includeGuestsOrExternalUsers null": "no guests are meant",
    "value.grantControls.authenticationStrength null": "no strength",
    "value.grantControls null": "a policy for sessions only",
    "value.preferredSingleSignOnMode null": "no single sign-on mode was chosen",
    "visibility null": "the members are not hidden",
    "policies: @odata.nextLink": "the list ends; policies are not counted",
  ]

  @Test("no missing or null field lets anybody look better", arguments: 0..<shares)
  func conditionalAccess(share: Int) async throws {
    let tried = try await Self.run(
      Self.world(), share,
      expected: [
        "ana@acme.com": .enforced, "bo@acme.com": .notEnforced,
        "cy@acme.com": .enforcedConditionally, "dee@acme.com": .notEvaluated,
        "eve@acme.com": .notEvaluated, "gus@partner.example": .enforcedConditionally,
        "hal@acme.com": .enforced, "ian@fed.example": .enforced,
        "jo@acme.com": .enforcedConditionally, "kim@acme.com": .enforced,
        "lou@acme.com": .enforcedConditionally, "max@acme.com": .enforcedConditionally,
        "ned@acme.com": .enforcedConditionally, "ola@acme.com": .enforcedConditionally,
        "pam@acme.com": .cannotTell, "ray@acme.com": .notEnforced, "sid@acme.com": .notEvaluated,
      ])
    print("Entra, share \(share): \(tried) damaged readings")
  }

  @Test("the same under security defaults and a stored password", arguments: 0..<2)
  func securityDefaults(share: Int) async throws {
    let scenario = T.small {
      $0.securityDefaults = true
      $0.users = [EntraUser("ana@acme.com"), EntraUser("bo@acme.com"), EntraUser("cy@acme.com")]
      $0.users[2].isEnabled = false
      $0.roles = [EntraRoleAssignment(T.admin, "ana@acme.com")]
      $0.apps[0].signOnMode = "password"
    }
    let tried = try await Self.run(
      scenario, share, of: 2,
      expected: [
        "ana@acme.com": .enforcedConditionally, "bo@acme.com": .enforcedConditionally,
        "cy@acme.com": .notEvaluated,
      ])
    print("Entra, security defaults, share \(share): \(tried) damaged readings")
  }

  private static func run(
    _ scenario: Scenario, _ share: Int, of shares: Int = shares, expected: [String: Verdict]
  ) async throws -> Int {
    let damage = ReplyDamage()
    var scenario = scenario
    scenario[EntraTenant.self].damage = damage
    let people = expected.keys.sorted()
    return try await EntraBench.run(scenario) { bench in
      let keys = people.map(EmailKey.make)
      let connector = bench.connector()
      return try await FieldDamage(
        app: T.app, people: people, strong: ["fed.example"], documented: documented, damage: damage,
        read: {
          await connector.readProvider(
            ProviderQuery(apps: [T.app]) { WatchList(keys: keys) }, progress: .none)
        }
      ).run(share: share, of: shares, expected: expected)
    }
  }

  // MARK: A tenant with something of everything

  private static func group(_ number: Int) -> String {
    "d000000\(number)-0000-4000-8000-000000000001"
  }

  private static func only(_ number: Int) -> JSON {
    ["includeUsers": [], "includeGroups": [.string(group(number))]]
  }

  private static func world() -> Scenario {
    T.small { tenant in
      tenant.maxPage = 9
      people(&tenant)
      tenant.domains = [
        EntraDomain("acme.com"), EntraDomain("acme.onmicrosoft.com"),
        EntraDomain(
          "fed.example",
          federation: [
            "displayName": "Acme ADFS", "issuerUri": "http://sts.fed.example/adfs/services/trust",
            "passiveSignInUri": "https://sts.fed.example/adfs/ls/",
          ]),
      ]
      tenant.strengths = [
        [
          "id": "5f5f5f5f-0000-4000-8000-000000000001", "displayName": "Own",
          "policyType": "custom",
          "requirementsSatisfied": "mfa", "allowedCombinations": ["fido2"],
        ]
      ]
      let other = "158c047a-c907-4556-b7ef-446551a6b5f7"
      tenant.roles = [
        EntraRoleAssignment(T.admin, "hal@acme.com"), EntraRoleAssignment(other, "ray@acme.com"),
      ]
      tenant.policies = everybody(other) + special
    }
  }

  private static func people(_ tenant: inout EntraTenant) {
    let names = [
      "ana", "bo", "cy", "dee", "eve", "hal", "jo", "kim", "lou", "max", "ned", "ola", "pam", "ray",
    ]
    tenant.users = names.map { EntraUser("\($0)@acme.com") }
    tenant.users[3].isEnabled = false
    tenant.users[6].perUserMFA = "enforced"
    tenant.users.append(EntraUser("ian@fed.example", id: T.anaID))
    tenant.users.append(
      EntraUser("gus_partner.example#EXT#@acme.onmicrosoft.com") {
        $0.mail = "gus@partner.example"
        $0.userType = "Guest"
        $0.externalState = "Accepted"
        $0.creationType = "Invitation"
      })
    tenant.users.append(EntraUser("sid@acme.com"))
    func members(_ names: String...) -> [String] { names.map { "\($0)@acme.com" } }
    tenant.groups = [
      EntraGroup("None", id: group(0), members: members("bo", "jo")),
      EntraGroup("Roaming", id: group(1), members: members("cy")),
      EntraGroup("Platforms", id: group(2), members: members("kim")),
      EntraGroup("Devices", id: group(3), members: members("lou")),
      EntraGroup("Risk", id: group(4), members: members("max")),
      EntraGroup("Flows", id: group(5), members: members("ned")),
      EntraGroup("Either", id: group(6), members: members("ola")),
      EntraGroup("Filter", id: group(7), members: members("pam")),
      EntraGroup("Strong", id: group(8), members: members("hal")),
      EntraGroup(
        "Users",
        members: tenant.users.map(\.name).filter { $0 != "eve@acme.com" && $0 != "sid@acme.com" }),
      EntraGroup("Leavers", members: members("sid")),
    ]
    tenant.apps[0].requiresAssignment = true
    tenant.apps[0].assigned = ["Users", "bo@acme.com"]
  }

  private static func everybody(_ role: String) -> [JSON] {
    [
      T.policy(
        "Everybody",
        users: [
          "includeUsers": ["All"], "excludeUsers": [.string(T.anaID)],
          "excludeGroups": .array((0...8).map { .string(group($0)) }),
          "excludeRoles": [.string(role)],
          "excludeGuestsOrExternalUsers": [
            "guestOrExternalUserTypes": "b2bCollaborationGuest",
            "externalTenants": ["membershipKind": "all"],
          ],
        ]),
      T.policy(
        "Guests",
        users: [
          "includeUsers": [],
          "includeGuestsOrExternalUsers": [
            "guestOrExternalUserTypes": "b2bCollaborationGuest",
            "externalTenants": ["membershipKind": "all"],
          ],
        ], conditions: T.locations(["All"], not: ["AllTrusted"])),
    ]
  }

  private static let special: [JSON] = [
    T.policy(
      "Roaming", users: only(1), conditions: T.locations(["All"], not: [T.office, T.brazil])),
    T.policy(
      "Platforms", users: only(2), conditions: T.platforms(["all"], not: ["linux"])),
    T.policy(
      "No linux", users: only(2), grant: ["builtInControls": ["block"]],
      conditions: T.platforms(["linux"])),
    T.policy(
      "Devices", users: only(3), conditions: T.filter("exclude", "device.model -eq \"X\"")),
    T.policy(
      "Risk", users: only(4),
      conditions: [
        "signInRiskLevels": ["high"], "userRiskLevels": ["medium", "high"],
        "insiderRiskLevels": "elevated", "clientAppTypes": ["browser"],
      ]),
    T.policy(
      "Flows", users: only(5),
      conditions: ["authenticationFlows": ["transferMethods": "deviceCodeFlow"]]),
    T.policy(
      "Either", users: only(6),
      grant: ["operator": "OR", "builtInControls": ["mfa", "compliantDevice"]]),
    T.policy(
      "Filter", users: only(7),
      apps: [
        "includeApplications": ["All"], "excludeApplications": [.string(T.otherApp)],
        "applicationFilter": ["mode": "exclude", "rule": "A.B -eq 1"],
      ]),
    T.policy(
      "Administrators",
      users: ["includeUsers": [], "includeRoles": [.string(T.admin)]],
      grant: ["authenticationStrength": ["id": "5f5f5f5f-0000-4000-8000-000000000001"]]),
    T.policy(
      "Registration", apps: ["includeUserActions": ["urn:user:registersecurityinfo"]]),
  ]
}
