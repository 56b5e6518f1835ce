import CurlTransport
import IdentityCore
import MockIdP
import Testing

@testable import Google

/// A situation at Google and the verdict it must give for Ana.
struct GoogleRow: Sendable, CustomTestStringConvertible {
  let number: String
  let situation: String
  let account: GoogleWorkspace
  let expected: Verdict
  var code: ReasonCode?
  /// Parts of the reason or witness.
  var says: [String] = []
  /// Parts of the evidence.
  var shows: [String] = []
  /// What must not be in the evidence.
  var hides: [String] = []
  var behind: [Behind] = []
  var faults: [Fault] = []
  /// Whether the source was read to its end.
  var isComplete = true
  var google: @Sendable (inout GoogleConfiguration) -> Void = { _ in }

  var testDescription: String { "\(number): \(situation)" }
}

@Suite("Google verdicts, row by row") struct GoogleRowTests {
  @Test("every situation of the table gives its verdict", arguments: GoogleRows.all)
  func row(_ row: GoogleRow) async throws {
    try await Bench.run(Workspaces.scenario(row.account, faults: row.faults)) { bench in
      let judged = await bench.judgeGoogle([Workspaces.ana], behind: row.behind, row.google)
      let record = try #require(judged[Workspaces.ana])
      #expect(record.verdict == row.expected, "\(record.reason)")
      if let code = row.code { #expect(record.judgement.deciding?.code == code) }
      for part in row.says { #expect(record.reason.contains(part), "\(record.reason)") }
      let evidence = judged.evidence(Workspaces.ana)
      for part in row.shows { #expect(evidence.contains(part), "\(evidence)") }
      for part in row.hides { #expect(!evidence.contains(part), "\(evidence)") }
      #expect(
        judged.reading.source.isComplete == row.isComplete, "\(judged.reading.source.issues)")
    }
  }
}

enum GoogleRows {
  private typealias W = Workspaces

  static let all = table + doors + policies + refusals

  private static let federated = GoogleAssignment(
    "SAML_SSO", orgUnit: "/", profile: W.corporate.id)
  private static let enforcedBehind = [Behind(key: W.realm, verdict: .enforced)]

  private static func group(_ assignments: [GoogleAssignment]) -> (inout GoogleWorkspace) -> Void {
    { account in
      account.groups = [
        GoogleGroup("Contractors", users: [W.ana]), GoogleGroup("Staff", users: [W.ana]),
      ]
      account.assignments = assignments
    }
  }

  /// The table of the facts.
  private static let table: [GoogleRow] = [
    GoogleRow(
      number: "1", situation: "enforced and enrolled, no SSO assignment",
      account: W.account(isEnforced: true, isEnrolled: true), expected: .enforced,
      code: .policyEnforces),
    GoogleRow(
      number: "2", situation: "enrolled only", account: W.account(isEnrolled: true),
      expected: .notEnforced, code: .policySingleFactor, says: ["isEnforcedIn2Sv is false"]),
    GoogleRow(
      number: "3", situation: "enforced, but sent by group to an unknown identity provider",
      account: W.account(
        isEnforced: true,
        group([
          GoogleAssignment("SAML_SSO", group: "Staff", rank: 1, profile: W.corporate.id)
        ])), expected: .cannotTell, says: [W.realm]),
    GoogleRow(
      number: "4", situation: "the same, and that provider asks for two factors",
      account: W.account(
        isEnforced: true,
        group([
          GoogleAssignment("SAML_SSO", group: "Staff", rank: 1, profile: W.corporate.id)
        ])), expected: .enforced, shows: ["leaves the sign-in to identity provider 'Corporate'"],
      behind: enforcedBehind),
    GoogleRow(
      number: "5", situation: "the same, never redirected, Google's flag is off",
      account: W.account(
        group([
          GoogleAssignment(
            "SAML_SSO", group: "Staff", rank: 1, profile: W.corporate.id,
            redirectCondition: "NEVER")
        ])), expected: .notEnforced, behind: enforcedBehind),
    GoogleRow(
      number: "6", situation: "a super administrator, federated, Google's flag is off",
      account: W.account(isAdmin: true) { $0.assignments = [federated] }, expected: .notEnforced,
      behind: enforcedBehind),
    GoogleRow(
      number: "7", situation: "group assignments of rank 3 (off) and 5 (SAML)",
      account: W.account(
        isEnforced: true,
        group([
          GoogleAssignment("SAML_SSO", group: "Staff", rank: 5, profile: W.corporate.id),
          GoogleAssignment("SSO_OFF", group: "Contractors", rank: 3),
        ])), expected: .enforced, shows: ["SSO assignment of group Contractors (rank 3)"]),
    GoogleRow(
      number: "8", situation: "SSO off for the inner org unit, SAML for the outer",
      account: W.account(isEnforced: true, orgUnit: "/Staff/Finance") {
        $0.assignments = [
          GoogleAssignment("SAML_SSO", orgUnit: "/Staff", profile: W.corporate.id),
          GoogleAssignment("SSO_OFF", orgUnit: "/Staff/Finance"),
        ]
      }, expected: .enforced, shows: ["SSO assignment of org unit /Staff/Finance"]),
    GoogleRow(
      number: "9", situation: "enforcement from the epoch, which means off",
      account: W.account { $0.policies = [W.enforcement(from: "1970-01-01T00:00:00Z")] },
      expected: .notEnforced, says: ["enforcement is off"]),
    GoogleRow(
      number: "10", situation: "enforced, and a new user within the grace of a week",
      account: W.account {
        $0.users[0].created = W.day(-2)
        $0.policies = [W.enforcement(from: "2025-03-01T00:00:00Z"), W.grace]
      }, expected: .enforcedConditionally,
      says: ["new-user-grace-until \(W.day(5).prefix(10))"]),
    GoogleRow(
      number: "11", situation: "enforcement from tomorrow on",
      account: W.account { $0.policies = [W.enforcement(from: W.day(1))] },
      expected: .notEnforced, says: ["scheduled: enforced from \(W.day(1).prefix(10))"]),
    GoogleRow(
      number: "12", situation: "the flag is missing",
      account: W.account(isEnforced: true) { $0.users[0].raw = ["isEnforcedIn2Sv": nil] },
      expected: .cannotTell, says: ["isEnforcedIn2Sv"], isComplete: false),
    GoogleRow(
      number: "13", situation: "policies are refused, the flag is on",
      account: W.account(isEnforced: true) {
        $0.policies = [W.enforcement(from: "2025-03-01T00:00:00Z", id: "akajj264a")]
      }, expected: .enforced, shows: ["2-step verification policies: not readable"],
      hides: ["enforced since"],
      faults: [Fault(.google, "GET /v1/policies", .forbidden, times: nil)]),
    GoogleRow(
      number: "14", situation: "a page without users that names a next one",
      account: W.account(isEnforced: true), expected: .enforced,
      faults: [Fault(.google, "GET /admin/directory/v1/users", .emptyPage)]),
    GoogleRow(
      number: "15", situation: "the quota is used up for a moment",
      account: W.account(isEnforced: true), expected: .enforced,
      faults: [
        Fault(
          .google, "GET /admin/directory/v1/users", .status, times: 2, status: 403,
          text: "quotaExceeded")
      ]),
    GoogleRow(
      number: "15a", situation: "a rate limit told by 403",
      account: W.account(isEnforced: true), expected: .enforced,
      faults: [
        Fault(
          .google, "GET /admin/directory/v1/users", .status, times: 2, status: 403,
          text: "rateLimitExceeded")
      ]),
    GoogleRow(
      number: "15b", situation: "a rate limit of SSO assignments told by 403",
      account: W.account(isEnforced: true), expected: .enforced,
      faults: [
        Fault(
          .google, "GET /v1/inboundSsoAssignments", .status, times: 2, status: 403,
          text: "RATE_LIMIT_EXCEEDED")
      ]),
  ]

  private static let doors: [GoogleRow] = [
    GoogleRow(
      number: "1a", situation: "a suspended account",
      account: W.account { $0.users[0].isSuspended = true }, expected: .notEvaluated,
      code: .deprovisioned),
    GoogleRow(
      number: "1b", situation: "an archived account",
      account: W.account { $0.users[0].isArchived = true }, expected: .notEvaluated,
      code: .deprovisioned),
    GoogleRow(
      number: "4a", situation: "the provider behind asks for one factor",
      account: W.account(isEnforced: true) { $0.assignments = [federated] },
      expected: .notEnforced, behind: [Behind(key: W.realm, verdict: .notEnforced)]),
    GoogleRow(
      number: "4b", situation: "an OIDC profile, by its issuer",
      account: W.account {
        $0.profiles = [GoogleProfile("0oidc", displayName: "Realm", issuer: W.realm)]
        $0.assignments = [GoogleAssignment("OIDC_SSO", orgUnit: "/", profile: "0oidc")]
      }, expected: .enforced, behind: enforcedBehind),
    GoogleRow(
      number: "5a", situation: "never redirected, both doors ask for two factors",
      account: W.account(isEnforced: true) {
        $0.assignments = [
          GoogleAssignment(
            "SAML_SSO", orgUnit: "/", profile: W.corporate.id, redirectCondition: "NEVER")
        ]
      }, expected: .enforced, behind: enforcedBehind),
    GoogleRow(
      number: "6a", situation: "whether this is a super administrator is not shown",
      account: W.account {
        $0.users[0].raw = ["isAdmin": nil]
        $0.assignments = [federated]
      }, expected: .cannotTell, says: ["super administrator"], behind: enforcedBehind,
      isComplete: false),
    GoogleRow(
      number: "7a", situation: "a group inside the assigned group",
      account: W.account(isEnforced: true) {
        $0.groups = [
          GoogleGroup("Inner", users: [W.ana]), GoogleGroup("Outer", groups: ["Inner"]),
        ]
        $0.assignments = [
          GoogleAssignment("SAML_SSO", group: "Outer", rank: 1, profile: W.corporate.id)
        ]
      }, expected: .cannotTell),
    GoogleRow(
      number: "7b", situation: "a group of everybody in the account",
      account: W.account(isEnforced: true) {
        $0.groups = [GoogleGroup("All", hasEverybody: true)]
        $0.assignments = [
          GoogleAssignment("SAML_SSO", group: "All", rank: 1, profile: W.corporate.id)
        ]
      }, expected: .cannotTell),
    GoogleRow(
      number: "7e", situation: "somebody from outside in the assigned group, shown without an id",
      account: W.account {
        $0.groups = [GoogleGroup("Staff", users: [W.ana])]
        $0.groups[0].externals = ["guest@elsewhere.example"]
        $0.assignments = [
          GoogleAssignment("SAML_SSO", group: "Staff", rank: 1, profile: W.corporate.id)
        ]
      }, expected: .enforced, behind: enforcedBehind),
    GoogleRow(
      number: "7f", situation: "a user in the assigned group without an id or a known address",
      account: W.account {
        $0.users.append(GoogleUser("bo@acme.com"))
        $0.groups = [GoogleGroup("Staff", users: [W.ana, "bo@acme.com"])]
        $0.assignments = [
          GoogleAssignment("SAML_SSO", group: "Staff", rank: 1, profile: W.corporate.id)
        ]
      }, expected: .cannotTell, behind: enforcedBehind,
      faults: [
        Fault(
          .google, "GET /admin/directory/v1/groups/{group}/members", .missingField, times: nil,
          text: "id")
      ], isComplete: false),
    GoogleRow(
      number: "7c", situation: "the assigned group is not hers",
      account: W.account(isEnforced: true) {
        $0.groups = [GoogleGroup("Others")]
        $0.assignments = [
          GoogleAssignment("SAML_SSO", group: "Others", rank: 1, profile: W.corporate.id)
        ]
      }, expected: .enforced),
    GoogleRow(
      number: "7d", situation: "who is in the assigned group is refused",
      account: W.account(
        isEnforced: true,
        group([GoogleAssignment("SAML_SSO", group: "Staff", rank: 1, profile: W.corporate.id)])),
      expected: .cannotTell, says: ["who is in group Staff"],
      faults: [
        Fault(
          .google, "GET /admin/directory/v1/groups/{group}/members", .forbidden, times: nil)
      ], isComplete: false),
    GoogleRow(
      number: "8a", situation: "her org unit is not shown",
      account: W.account(isEnforced: true, orgUnit: "/Staff") {
        $0.users[0].raw = ["orgUnitPath": nil]
        $0.assignments = [GoogleAssignment("SAML_SSO", orgUnit: "/Staff", profile: "0corp")]
      }, expected: .cannotTell, says: ["in which org unit"], isComplete: false),
    GoogleRow(
      number: "8b", situation: "a unit whose name only begins like hers",
      account: W.account(isEnforced: true, orgUnit: "/Staffing") {
        $0.orgUnits["/Staffing"] = "03ph8a2z1staffing"
        $0.assignments = [GoogleAssignment("SAML_SSO", orgUnit: "/Staff", profile: "0corp")]
      }, expected: .enforced),
    GoogleRow(
      number: "8c", situation: "org units are refused, an assignment names one",
      account: W.account(isEnforced: true, orgUnit: "/Staff") {
        $0.assignments = [GoogleAssignment("SAML_SSO", orgUnit: "/Staff", profile: "0corp")]
      }, expected: .cannotTell, says: ["org unit"],
      faults: [
        Fault(
          .google, "GET /admin/directory/v1/customer/{customer}/orgunits", .forbidden, times: nil)
      ], isComplete: false),
    GoogleRow(
      number: "L1", situation: "legacy SSO, says the operator, and no assignment",
      account: W.account(isEnforced: true), expected: .cannotTell,
      says: ["legacy domain-wide SSO profile"], google: { $0.legacySSO = true }),
    GoogleRow(
      number: "L0", situation: "no assignment, and nobody says whether legacy SSO is in use",
      account: W.account(isEnforced: true), expected: .cannotTell, says: ["set legacy_sso"],
      google: { $0.legacySSO = nil }),
    GoogleRow(
      number: "L2", situation: "legacy SSO if enabled, and nobody says whether it is",
      account: W.account(isEnforced: true) {
        $0.assignments = [GoogleAssignment("DOMAIN_WIDE_SAML_IF_ENABLED", orgUnit: "/")]
      }, expected: .cannotTell, says: ["set legacy_sso"], google: { $0.legacySSO = nil }),
    GoogleRow(
      number: "7+", situation: "two group assignments of one rank",
      account: W.account(
        isEnforced: true,
        group([
          GoogleAssignment("SSO_OFF", group: "Contractors", rank: 3),
          GoogleAssignment("SAML_SSO", group: "Staff", rank: 3, profile: W.corporate.id),
        ])), expected: .cannotTell, says: ["in the same place"]),
    GoogleRow(
      number: "8+", situation: "two assignments of one org unit",
      account: W.account(isEnforced: true, orgUnit: "/Staff") {
        $0.assignments = [
          GoogleAssignment("SSO_OFF", orgUnit: "/Staff", id: "0one"),
          GoogleAssignment("SAML_SSO", orgUnit: "/Staff", profile: W.corporate.id, id: "0two"),
        ]
      }, expected: .cannotTell, says: ["in the same place"]),
    GoogleRow(
      number: "L3", situation: "legacy SSO if enabled, and the operator says it is not",
      account: W.account(isEnforced: true) {
        $0.assignments = [GoogleAssignment("DOMAIN_WIDE_SAML_IF_ENABLED", orgUnit: "/")]
      }, expected: .enforced, google: { $0.legacySSO = false }),
    GoogleRow(
      number: "L4", situation: "a mode that idsync does not know",
      account: W.account(isEnforced: true) {
        $0.assignments = [GoogleAssignment("PASSKEY_SSO", orgUnit: "/")]
      }, expected: .cannotTell, says: ["PASSKEY_SSO"]),
  ]

  private static let policies: [GoogleRow] = [
    GoogleRow(
      number: "P1", situation: "the policy behind the flag is in the evidence",
      account: W.account(isEnforced: true, orgUnit: "/Staff/Finance") {
        $0.policies = [
          W.enforcement(from: "1970-01-01T00:00:00Z"),
          W.enforcement(from: "2025-03-01T00:00:00Z", orgUnit: "/Staff", sortOrder: 101.5),
          GooglePolicy(
            "enforcement_factor", ["allowedSignInFactorSet": "PASSKEY_ONLY"], sortOrder: 2),
          GooglePolicy("device_trust", ["allowTrustingDevice": false]),
        ]
      }, expected: .enforced,
      shows: [
        "enforcement for org unit /Staff", "enforced since 2025-03-01", "allows PASSKEY_ONLY",
        "lets no device skip the second step",
      ], hides: ["enforcement is off", "policy-mismatch"]),
    GoogleRow(
      number: "P1+", situation: "devices that people trust skip the second step",
      account: W.account(isEnforced: true) {
        $0.policies = [
          W.enforcement(from: "2025-03-01T00:00:00Z"),
          GooglePolicy("device_trust", ["allowTrustingDevice": true]),
        ]
      }, expected: .enforcedConditionally, says: ["a trusted device"],
      shows: ["trusted-device-skip"]),
    GoogleRow(
      number: "P1++", situation: "no grace in the inner org unit, a week in the outer",
      account: W.account(isEnforced: false, orgUnit: "/Staff") {
        $0.users[0].created = W.day(-2)
        $0.policies = [
          W.enforcement(from: "2025-03-01T00:00:00Z"),
          GooglePolicy("grace_period", ["enrollmentGracePeriod": "604800s"]),
          GooglePolicy(
            "grace_period", ["enrollmentGracePeriod": "0s"],
            orgUnit: "/Staff", sortOrder: 101),
        ]
      }, expected: .notEnforced),
    GoogleRow(
      number: "P2", situation: "the flag is on although the policy is off",
      account: W.account(isEnforced: true) {
        $0.policies = [W.enforcement(from: "1970-01-01T00:00:00Z")]
      }, expected: .enforced, shows: ["policy-mismatch"]),
    GoogleRow(
      number: "P3", situation: "the flag is off although the policy is on",
      account: W.account { $0.policies = [W.enforcement(from: "2025-03-01T00:00:00Z")] },
      expected: .notEnforced, shows: ["policy-mismatch"]),
    GoogleRow(
      number: "P4", situation: "grace is over for an old account",
      account: W.account {
        $0.users[0].created = W.day(-8)
        $0.policies = [W.enforcement(from: "2025-03-01T00:00:00Z"), W.grace]
      }, expected: .notEnforced, shows: ["policy-mismatch"]),
    GoogleRow(
      number: "P5", situation: "a new user, but nothing is enforced",
      account: W.account {
        $0.users[0].created = W.day(-2)
        $0.policies = [W.enforcement(from: "1970-01-01T00:00:00Z"), W.grace]
      }, expected: .notEnforced, says: ["enforcement is off"]),
    GoogleRow(
      number: "P6", situation: "a new user whose enforcement hangs on a licence",
      account: W.account {
        $0.users[0].created = W.day(-2)
        $0.policies = [
          W.enforcement(
            from: "2025-03-01T00:00:00Z",
            query: "entity.licenses.exists(license, license in ['/product/101001/sku/1010010001'])"),
          W.grace,
        ]
      }, expected: .cannotTell, says: ["licence /product/101001/sku/1010010001"]),
    GoogleRow(
      number: "P7", situation: "a query that cannot be read changes nothing that the flag proves",
      account: W.account(isEnforced: true) {
        $0.policies = [
          W.enforcement(
            from: "2025-03-01T00:00:00Z", query: "entity.devices.exists(d, d.trusted)")
        ]
      }, expected: .enforced),
    GoogleRow(
      number: "P8", situation: "a policy of all administrators, in snake case",
      account: W.account(isEnforced: true, isAdmin: true) {
        $0.policies = [
          GooglePolicy(
            "enforcement", ["enforced_from": "2025-03-01T00:00:00Z"],
            group: "WORKSPACE_ALL_ADMIN_GROUP", sortOrder: 5)
        ]
      }, expected: .enforced,
      shows: ["group all administrators", "enforced since 2025-03-01"]),
    GoogleRow(
      number: "P9", situation: "no super administrator is configured",
      account: W.account(isEnforced: true), expected: .enforced,
      shows: ["not read: no super administrator is configured"],
      google: { $0.policySubject = nil }),
    GoogleRow(
      number: "P10", situation: "the policies' administrator is no super administrator",
      account: W.account(isEnforced: true), expected: .enforced, shows: ["not readable"],
      google: { $0.policySubject = "helpdesk@acme.com" }),
    GoogleRow(
      number: "P11", situation: "a Policy API that is asked too often is asked again",
      account: W.account(isEnforced: true) {
        $0.policies = [W.enforcement(from: "2025-03-01T00:00:00Z")]
      }, expected: .enforced, shows: ["enforced since"],
      faults: [Fault(.google, "GET /v1/policies", .rateLimited, times: 3)]),
    GoogleRow(
      number: "P12", situation: "policies spelled in snake case all over",
      account: W.account(isEnforced: true, orgUnit: "/Staff") {
        $0.policies = [
          W.enforcement(from: "1970-01-01T00:00:00Z"),
          W.enforcement(from: "2025-03-01T00:00:00Z", orgUnit: "/Staff", sortOrder: 101.5),
        ]
        for index in 0..<2 { $0.policies[index].isSnake = true }
      }, expected: .enforced,
      shows: ["enforcement for org unit /Staff", "enforced since 2025-03-01"],
      hides: ["policy-mismatch"]),
    GoogleRow(
      number: "P13", situation: "a policy without a query spoils its own setting only",
      account: W.account(isEnforced: true) {
        $0.policies = [
          W.enforcement(from: "2025-03-01T00:00:00Z"),
          GooglePolicy("device_trust", ["allowTrustingDevice": true]),
        ]
        $0.policies[1].raw = ["policyQuery": "everybody"]
      }, expected: .enforcedConditionally, shows: ["enforced since 2025-03-01"], isComplete: false),
    GoogleRow(
      number: "P14", situation: "a policy of a setting that decides nothing has no query",
      account: W.account(isEnforced: true) {
        $0.policies = [
          W.enforcement(from: "2025-03-01T00:00:00Z"),
          GooglePolicy("enrollment", ["allowEnrollment": true]),
        ]
        $0.policies[1].raw = ["policyQuery": "everybody"]
      }, expected: .enforced, shows: ["enforced since 2025-03-01"]),
    GoogleRow(
      number: "P15", situation: "an enforcement policy for a group that is gone",
      account: W.account(isEnforced: true) {
        $0.policies = [W.enforcement(from: "2025-03-01T00:00:00Z", group: "01gone")]
      }, expected: .enforced),
    GoogleRow(
      number: "P16", situation: "policies are asked for in a way that Google does not take",
      account: W.account(isEnforced: true), expected: .enforced, shows: ["not readable"],
      faults: [Fault(.google, "GET /v1/policies", .status, times: nil, status: 400)]),
    GoogleRow(
      number: "P17", situation: "the Policy API is out of order",
      account: W.account(isEnforced: true), expected: .enforced, shows: ["not readable"],
      faults: [Fault(.google, "GET /v1/policies", .status, times: nil, status: 500)]),
    GoogleRow(
      number: "P18", situation: "the policies' administrator is no administrator at all",
      account: W.account(isEnforced: true), expected: .enforced, shows: ["not readable"],
      google: { $0.policySubject = "ana@acme.com" }),
  ]

  private static let sso = "GET /v1/inboundSsoAssignments"

  private static let refusals: [GoogleRow] = [
    GoogleRow(
      number: "S1", situation: "SSO assignments are refused, the flag is on",
      account: W.account(isEnforced: true), expected: .cannotTell,
      says: ["sso-assignment-unreadable"],
      faults: [Fault(.google, sso, .forbidden, times: nil)], isComplete: false),
    GoogleRow(
      number: "S2", situation: "SSO assignments are refused, the flag is off",
      account: W.account(), expected: .notEnforced,
      faults: [Fault(.google, sso, .forbidden, times: nil)], isComplete: false),
    GoogleRow(
      number: "S3", situation: "SSO profiles are refused",
      account: W.account(isEnforced: true) { $0.assignments = [federated] },
      expected: .cannotTell, says: ["0corp"],
      faults: [Fault(.google, "GET /v1/inboundSamlSsoProfiles", .forbidden, times: nil)],
      isComplete: false),
    GoogleRow(
      number: "S3a", situation: "OIDC profiles are refused, and the assignment names a SAML one",
      account: W.account { $0.assignments = [federated] }, expected: .enforced,
      behind: enforcedBehind,
      faults: [Fault(.google, "GET /v1/inboundOidcSsoProfiles", .forbidden, times: nil)]),
    GoogleRow(
      number: "S3b", situation: "SSO profiles are refused, and no assignment names one",
      account: W.account(isEnforced: true), expected: .enforced,
      faults: [Fault(.google, "GET /v1/inboundSamlSsoProfiles", .forbidden, times: nil)]),
    GoogleRow(
      number: "S3c", situation: "org units are refused, and no assignment names one",
      account: W.account(isEnforced: true, orgUnit: "/Staff"), expected: .enforced,
      faults: [
        Fault(
          .google, "GET /admin/directory/v1/customer/{customer}/orgunits", .forbidden, times: nil)
      ]),
    GoogleRow(
      number: "S4", situation: "the scope for SSO is not delegated",
      account: W.account(isEnforced: true) {
        $0.serviceAccounts[0].scopes.removeAll { $0.contains("inboundsso") }
      }, expected: .cannotTell, says: ["sso-assignment-unreadable", "Domain-wide delegation"],
      isComplete: false),
    GoogleRow(
      number: "S5", situation: "a scope of the directory is not delegated",
      account: W.account(isEnforced: true) {
        $0.serviceAccounts[0].scopes.removeAll { $0.contains("orgunit") }
      }, expected: .cannotTell, code: .sourceIncomplete, isComplete: false),
    GoogleRow(
      number: "S6", situation: "quota that never comes back",
      account: W.account(isEnforced: true), expected: .cannotTell, code: .sourceIncomplete,
      says: ["quotaExceeded"],
      faults: [
        Fault(
          .google, "GET /admin/directory/v1/users", .status, times: nil, status: 403,
          text: "quotaExceeded")
      ], isComplete: false),
  ]
}
