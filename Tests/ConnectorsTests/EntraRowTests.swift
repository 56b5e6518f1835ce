import IdentityCore
import MockIdP
import Testing

@testable import Entra

/// A situation and the verdict it must give for Ana.
struct EntraRow: Sendable, CustomTestStringConvertible {
  let number: String
  let situation: String
  let scenario: Scenario
  let expected: Verdict
  /// A part of the witness, where there must be one.
  var witness: String?
  var code: ReasonCode?
  /// A part of the reason.
  var reason: String?
  /// A part of some piece of evidence.
  var evidence: String?
  var app = Tenants.app
  var configure: @Sendable (inout EntraConfiguration) -> Void = { _ in }

  var testDescription: String { "\(number): \(situation)" }
}

@Suite("Entra verdicts, row by row") struct EntraRowTests {
  @Test("every situation of the table gives its verdict", arguments: EntraRows.all)
  func row(_ row: EntraRow) async throws {
    try await EntraBench.run(row.scenario) { bench in
      let judged = await bench.judge(apps: [row.app], row.configure)
      let record = try #require(judged[Tenants.ana])
      #expect(record.verdict == row.expected, "\(record.reason)")
      if let witness = row.witness {
        #expect(record.witness?.contains(witness) == true, "\(record.witness ?? "no witness")")
      }
      if let code = row.code { #expect(record.judgement.deciding?.code == code) }
      if let reason = row.reason {
        #expect(record.reason.contains(reason), "\(record.reason)")
      }
      if let evidence = row.evidence {
        let shown = record.judgement.deciding?.evidence ?? []
        #expect(
          shown.contains { "\($0.name): \($0.value)".contains(evidence) },
          "\(shown.map { "\($0.name): \($0.value)" })")
      }
    }
  }

  @Test("33: changes are not asked for, so an expired change token loses nobody")
  func delta() async throws {
    try await EntraBench.run(Tenants.with(Tenants.policy())) { bench in
      let judged = await bench.judge()
      #expect(judged.provider.source.isComplete)
      #expect(judged[Tenants.ana]?.verdict == .enforced)
      let counts = await bench.mock.requestCounts(.entra)
      #expect(counts["GET /v1.0/users/delta"] == nil)
      #expect(counts["GET /v1.0/users"] == 1)
    }
  }
}

enum EntraRows {
  private typealias T = Tenants

  static let all: [EntraRow] =
    people + conditions + applications + tenantWide + guests + locations + unknowns + doors
    + eligible + newer

  private static let nested: @Sendable (inout EntraTenant) -> Void = {
    $0.groups[2].members = [T.ana]
  }

  private static let people: [EntraRow] = [
    EntraRow(
      number: "1", situation: "everybody, everything, two factors", scenario: T.with(T.policy()),
      expected: .enforced, code: .policyEnforces,
      reason: "Every sign-in to Heroku asks for two factors ('MFA').",
      evidence: "always; enabled, changed 2026-05-01T12:00:00Z"),
    EntraRow(
      number: "2", situation: "the same, report-only",
      scenario: T.with(T.policy(state: "enabledForReportingButNotEnforced")),
      expected: .notEnforced, code: .policySingleFactor),
    EntraRow(
      number: "2+", situation: "the same, disabled",
      scenario: T.with(T.policy(state: "disabled")), expected: .notEnforced),
    EntraRow(
      number: "3", situation: "she is excluded by name",
      scenario: T.with(
        T.policy(users: ["includeUsers": ["All"], "excludeUsers": [.string(T.anaID)]])),
      expected: .notEnforced, evidence: "user \(T.anaID): yes"),
    EntraRow(
      number: "4", situation: "she is in a group inside an excluded group",
      scenario: T.with(
        T.policy(users: ["includeUsers": ["All"], "excludeGroups": [.string(T.staff)]]),
        change: nested), expected: .notEnforced, evidence: "Staff: yes"),
    EntraRow(
      number: "5", situation: "her group, two levels down, and this application",
      scenario: T.with(
        T.policy(
          users: ["includeGroups": [.string(T.staff)]],
          apps: ["includeApplications": [.string(T.app)]]), change: nested), expected: .enforced),
    EntraRow(
      number: "5+", situation: "the same, but she is in no group",
      scenario: T.with(T.policy(users: ["includeGroups": [.string(T.staff)]])),
      expected: .notEnforced),
    EntraRow(
      number: "18", situation: "administrators, and she is only eligible",
      scenario: T.with(T.policy(users: ["includeRoles": [.string(T.admin)]])) {
        var role = EntraRoleAssignment(T.admin, T.ana)
        role.isEligible = true
        $0.roles = [role]
      }, expected: .notEnforced),
    EntraRow(
      number: "18+", situation: "administrators, and she is one",
      scenario: T.with(T.policy(users: ["includeRoles": [.string(T.admin)]])) {
        $0.roles = [EntraRoleAssignment(T.admin, T.ana)]
      }, expected: .enforced),
    EntraRow(
      number: "18++", situation: "administrators, and she is one through a group",
      scenario: T.with(T.policy(users: ["includeRoles": [.string(T.admin)]])) {
        $0.groups[3].members = [T.ana]
        $0.roles = [EntraRoleAssignment(T.admin, "Sealed")]
      }, expected: .enforced),
    EntraRow(
      number: "19", situation: "administrators, and she is one of an administrative unit only",
      scenario: T.with(T.policy(users: ["includeRoles": [.string(T.admin)]])) {
        var role = EntraRoleAssignment(T.admin, T.ana)
        role.scope = "/administrativeUnits/99999999-0000-4000-8000-000000000009"
        $0.roles = [role]
      }, expected: .notEnforced),
  ]

  private static let conditions: [EntraRow] = [
    EntraRow(
      number: "6", situation: "but not in trusted locations",
      scenario: T.with(T.policy(conditions: T.locations(["All"], not: ["AllTrusted"]))),
      expected: .enforcedConditionally, witness: "inside all trusted locations"),
    EntraRow(
      number: "7", situation: "two factors or a compliant device",
      scenario: T.with(
        T.policy(grant: ["operator": "OR", "builtInControls": ["mfa", "compliantDevice"]])),
      expected: .enforcedConditionally, witness: "with compliant device"),
    EntraRow(
      number: "8", situation: "two factors and a compliant device",
      scenario: T.with(
        T.policy(grant: ["operator": "AND", "builtInControls": ["mfa", "compliantDevice"]])),
      expected: .enforced),
    EntraRow(
      number: "8+", situation: "a compliant device and terms of use only",
      scenario: T.with(
        T.policy(
          grant: [
            "operator": "AND", "builtInControls": ["compliantDevice"], "termsOfUse": ["t1"],
          ])), expected: .notEnforced),
    EntraRow(
      number: "9", situation: "at high sign-in risk",
      scenario: T.with(T.policy(conditions: ["signInRiskLevels": ["high"]])),
      expected: .enforcedConditionally, witness: "with sign-in risk none"),
    EntraRow(
      number: "9+", situation: "at medium and high user risk",
      scenario: T.with(T.policy(conditions: ["userRiskLevels": ["medium", "high"]])),
      expected: .enforcedConditionally, witness: "with user risk none"),
    EntraRow(
      number: "10", situation: "in the browser",
      scenario: T.with(T.policy(conditions: ["clientAppTypes": ["browser"]])),
      expected: .enforcedConditionally, witness: "client app mobileAppsAndDesktopClients"),
    EntraRow(
      number: "10+", situation: "in both modern kinds of client",
      scenario: T.with(
        T.policy(conditions: ["clientAppTypes": ["browser", "mobileAppsAndDesktopClients"]])),
      expected: .enforced),
    EntraRow(
      number: "10++", situation: "in both modern kinds of client, at Microsoft's own application",
      scenario: T.with(
        T.policy(conditions: ["clientAppTypes": ["browser", "mobileAppsAndDesktopClients"]])
      ) { $0.apps.append(microsofts(T.outlook, "Exchange Online")) },
      expected: .enforcedConditionally, witness: "client app", app: T.outlook),
    EntraRow(
      number: "10+++", situation: "the same, and older protocols are refused",
      scenario: T.with(
        T.policy(conditions: ["clientAppTypes": ["browser", "mobileAppsAndDesktopClients"]]),
        T.policy(
          "No legacy", grant: ["builtInControls": ["block"]],
          conditions: ["clientAppTypes": ["exchangeActiveSync", "other"]])
      ) { $0.apps.append(microsofts(T.outlook, "Exchange Online")) }, expected: .enforced,
      app: T.outlook),
    EntraRow(
      number: "10a", situation: "in both modern kinds of client, and nobody tells whose it is",
      scenario: T.with(
        T.policy(conditions: ["clientAppTypes": ["browser", "mobileAppsAndDesktopClients"]])
      ) { $0.apps[0].owner = nil }, expected: .enforcedConditionally,
      witness: "client app exchangeActiveSync"),
    EntraRow(
      number: "10b", situation: "the same, and older protocols are refused",
      scenario: T.with(
        T.policy(conditions: ["clientAppTypes": ["browser", "mobileAppsAndDesktopClients"]]),
        T.policy(
          "No legacy", grant: ["builtInControls": ["block"]],
          conditions: ["clientAppTypes": ["exchangeActiveSync", "other"]])
      ) { $0.apps[0].owner = nil }, expected: .enforced),
    EntraRow(
      number: "11", situation: "on iOS",
      scenario: T.with(T.policy(conditions: T.platforms(["iOS"]))),
      expected: .enforcedConditionally, witness: "from platform android"),
    EntraRow(
      number: "11+", situation: "on every platform but linux, which is refused",
      scenario: T.with(
        T.policy(conditions: T.platforms(["all"], not: ["linux"])),
        T.policy(
          "No linux", grant: ["builtInControls": ["block"]], conditions: T.platforms(["linux"]))),
      expected: .enforced),
    EntraRow(
      number: "11++", situation: "on every platform that has a name",
      scenario: T.with(
        T.policy(
          conditions: T.platforms(["android", "iOS", "windows", "windowsPhone", "macOS", "linux"]))
      ), expected: .enforcedConditionally, witness: "from platform other"),
    EntraRow(
      number: "12", situation: "but not on devices that match a filter",
      scenario: T.with(
        T.policy(conditions: T.filter("exclude", "device.extensionAttribute1 -eq \"managed\""))),
      expected: .enforcedConditionally,
      witness: "with device matching \"device.extensionAttribute1 -eq \"managed\"\""),
    EntraRow(
      number: "12+", situation: "on devices that match a filter, and on those that do not",
      scenario: T.with(
        T.policy(conditions: T.filter("exclude", "device.model -eq \"X\"")),
        T.policy("Others", conditions: T.filter("include", "device.model  -eq \"X\""))),
      expected: .enforced),
    EntraRow(
      number: "12++", situation: "unless the device is compliant, and it has to be or be joined",
      scenario: T.with(
        T.policy(conditions: T.filter("exclude", "device.isCompliant -eq True")),
        T.policy("Compliant", grant: ["builtInControls": ["compliantDevice"]])),
      expected: .notEnforced),
    EntraRow(
      number: "13", situation: "a strength that resists phishing",
      scenario: T.with(
        T.policy(grant: [
          "authenticationStrength": strength(
            "00000000-0000-0000-0000-000000000004", "Phishing-resistant MFA", "mfa", ["fido2"])
        ])), expected: .enforced, evidence: "Phishing-resistant MFA"),
    EntraRow(
      number: "13+", situation: "a strength of which the policy gives the id only",
      scenario: T.with(
        T.policy(grant: [
          "authenticationStrength": ["id": "00000000-0000-0000-0000-000000000003"]
        ])), expected: .enforced, evidence: "Passwordless MFA"),
    EntraRow(
      number: "14", situation: "a strength of its own that one factor satisfies",
      scenario: T.with(
        T.policy(grant: [
          "authenticationStrength": strength("s1", "Anything", "none", ["password"])
        ])), expected: .notEnforced),
    EntraRow(
      number: "14+", situation: "a strength that says two factors and allows a password",
      scenario: T.with(
        T.policy(grant: [
          "authenticationStrength": strength("s1", "Odd", "mfa", ["password", "fido2"])
        ])), expected: .cannotTell, reason: "authentication strength 'Odd'"),
    EntraRow(
      number: "20", situation: "refused outside some countries, nothing else",
      scenario: T.with(
        T.policy(
          "Abroad", grant: ["builtInControls": ["block"]],
          conditions: T.locations(["All"], not: [T.brazil]))), expected: .notEnforced),
    EntraRow(
      number: "21", situation: "always refused",
      scenario: T.with(T.policy("Closed", grant: ["builtInControls": ["block"]])),
      expected: .notEvaluated, code: .accessDenied),
    EntraRow(
      number: "30", situation: "a frequency of sign-ins and no control",
      scenario: T.with(
        T.policy(
          grant: nil, ["sessionControls": ["signInFrequency": ["isEnabled": true, "value": 1]]])),
      expected: .notEnforced),
    EntraRow(
      number: "30a", situation: "lists of controls that are all empty",
      scenario: T.with(T.policy(grant: ["operator": "OR"])), expected: .notEnforced),
    EntraRow(
      number: "30+", situation: "with the device code flow only",
      scenario: T.with(
        T.policy(conditions: ["authenticationFlows": ["transferMethods": "deviceCodeFlow"]])),
      expected: .enforcedConditionally, witness: "with authentication flow ordinary"),
    EntraRow(
      number: "30++", situation: "at elevated insider risk",
      scenario: T.with(T.policy(conditions: ["insiderRiskLevels": "moderate,elevated"])),
      expected: .enforcedConditionally, witness: "with insider risk none"),
  ]

  private static let applications: [EntraRow] = [
    EntraRow(
      number: "15", situation: "but not this application",
      scenario: T.with(
        T.policy(apps: [
          "includeApplications": ["All"], "excludeApplications": [.string(T.app)],
        ])), expected: .notEnforced),
    EntraRow(
      number: "15+", situation: "another application",
      scenario: T.with(T.policy(apps: ["includeApplications": [.string(T.otherApp)]])),
      expected: .notEnforced),
    EntraRow(
      number: "16", situation: "Office365, and this is a SaaS application",
      scenario: T.with(T.policy(apps: ["includeApplications": ["Office365"]])),
      expected: .notEnforced),
    EntraRow(
      number: "16+", situation: "Office365, and this is Exchange Online",
      scenario: T.with(T.policy(apps: ["includeApplications": ["Office365"]])) {
        $0.apps.append(microsofts(T.outlook, "Exchange Online"))
      }, expected: .enforced, app: T.outlook),
    EntraRow(
      number: "16++", situation: "Office365, and this is some application of Microsoft",
      scenario: T.with(T.policy(apps: ["includeApplications": ["Office365"]])) {
        $0.apps.append(microsofts(T.otherApp, "Viva"))
        $0.apps.remove(at: 1)
      }, expected: .cannotTell, reason: "Office365", app: T.otherApp),
    EntraRow(
      number: "16a", situation: "everything but Office365, and nobody tells whose this is",
      scenario: T.with(
        T.policy(apps: ["includeApplications": ["All"], "excludeApplications": ["Office365"]])
      ) { $0.apps[0].owner = nil }, expected: .cannotTell, reason: "Office365"),
    EntraRow(
      number: "17", situation: "registering security information",
      scenario: T.with(
        T.policy(apps: ["includeUserActions": ["urn:user:registersecurityinfo"]])),
      expected: .notEnforced),
    EntraRow(
      number: "17+", situation: "an authentication context",
      scenario: T.with(
        T.policy(apps: ["includeAuthenticationContextClassReferences": ["c1"]])),
      expected: .notEnforced),
    EntraRow(
      number: "27", situation: "applications that match a filter",
      scenario: T.with(
        T.policy(apps: [
          "includeApplications": [],
          "applicationFilter": [
            "mode": "include", "rule": "CustomSecurityAttribute.A_Risk -eq \"high\"",
          ],
        ])), expected: .cannotTell, reason: "application filter"),
    EntraRow(
      number: "27+", situation: "applications that match a filter, and all that do not",
      scenario: T.with(
        T.policy(apps: ["applicationFilter": ["mode": "include", "rule": "A.B -eq 1"]]),
        T.policy(
          "Rest",
          apps: [
            "includeApplications": ["All"],
            "applicationFilter": ["mode": "exclude", "rule": "A.B -eq 1"],
          ])), expected: .enforced),
  ]

  private static let tenantWide: [EntraRow] = [
    EntraRow(
      number: "22", situation: "security defaults, and she is nobody special",
      scenario: T.small { $0.securityDefaults = true }, expected: .enforcedConditionally,
      witness: "Microsoft asking"),
    EntraRow(
      number: "23", situation: "security defaults, and she is an administrator",
      scenario: T.small {
        $0.securityDefaults = true
        $0.roles = [EntraRoleAssignment(T.admin, T.ana)]
      }, expected: .enforced),
    EntraRow(
      number: "23+", situation: "security defaults, and the application is Azure",
      scenario: T.small {
        $0.securityDefaults = true
        $0.apps.append(microsofts("c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "Azure Portal"))
      }, expected: .enforced, app: "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
      configure: { $0.countsMandatoryMFA = false }),
    EntraRow(
      number: "23++", situation: "nothing but Microsoft's own demand at its portal",
      scenario: T.small {
        $0.apps.append(microsofts("c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "Azure Portal"))
      }, expected: .enforced, evidence: "demanded by Microsoft",
      app: "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"),
    EntraRow(
      number: "24", situation: "nothing but per-user MFA, enforced",
      scenario: T.small { $0.users[0].perUserMFA = "enforced" },
      expected: .enforcedConditionally, witness: "remembered device of per-user MFA"),
    EntraRow(
      number: "24+", situation: "nothing but per-user MFA, enabled",
      scenario: T.small { $0.users[0].perUserMFA = "enabled" }, expected: .enforcedConditionally),
    EntraRow(
      number: "25", situation: "nothing, and methods are registered",
      scenario: T.small { $0.users[0].methods = ["fido2"] }, expected: .notEnforced,
      evidence: "per-user MFA disabled: yes", configure: { $0.collectFactors = true }),
    EntraRow(
      number: "26", situation: "nothing, and the per-user state is refused",
      scenario: T.small(faults: [
        Fault(
          .entra, "GET /beta/users/{user}/authentication/requirements", .forbidden, times: nil)
      ]), expected: .cannotTell, reason: "per-user MFA"),
    EntraRow(
      number: "26+", situation: "the same, and the operator vouches that it is not used",
      scenario: T.small(faults: [
        Fault(
          .entra, "GET /beta/users/{user}/authentication/requirements", .forbidden, times: nil)
      ]), expected: .notEnforced, configure: { $0.perUserMFA = .none }),
    EntraRow(
      number: "31", situation: "Conditional Access holds back for ever, without a word",
      scenario: T.with(
        T.policy(),
        faults: [
          Fault(
            .entra, "GET /v1.0/identity/conditionalAccess/policies", .rateLimited, times: nil)
        ]), expected: .cannotTell, reason: "429"),
    EntraRow(
      number: "31+", situation: "Conditional Access holds back twice",
      scenario: T.with(
        T.policy(),
        faults: [
          Fault(.entra, "GET /v1.0/identity/conditionalAccess/policies", .rateLimited, times: 2)
        ]), expected: .enforced),
    EntraRow(
      number: "31++", situation: "a tenant without the licence",
      scenario: T.small { $0.isPremium = false }, expected: .cannotTell,
      reason: "conditional_access: none"),
    EntraRow(
      number: "31+++", situation: "a tenant without the licence, and the operator says so",
      scenario: T.small {
        $0.isPremium = false
        $0.securityDefaults = true
      }, expected: .enforcedConditionally, configure: { $0.conditionalAccess = .none }),
  ]

  static func microsofts(_ id: String, _ name: String) -> EntraApp {
    EntraApp(id, name: name) { $0.owner = "f8cdef31-a31e-4b4a-93e4-5f571e91255a" }
  }

  private static func strength(
    _ id: String, _ name: String, _ satisfies: String, _ combinations: [String]
  ) -> JSON {
    [
      "id": .string(id), "displayName": .string(name), "policyType": "custom",
      "requirementsSatisfied": .string(satisfies),
      "allowedCombinations": .array(combinations.map { .string($0) }),
    ]
  }
}
