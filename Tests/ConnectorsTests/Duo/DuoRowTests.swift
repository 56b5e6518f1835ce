import CurlTransport
import Foundation
import IdentityCore
import MockIdP
import Testing

@testable import Duo

extension Bench {
  static let vpn = "DIACMEVPN00000000001"

  func duo(_ change: (inout DuoConfiguration) -> Void = { _ in }) -> DuoConnector {
    var configuration = DuoConfiguration(
      name: "duo", url: mock[.duo]?.baseURL ?? "", integrationKey: "DIACMEMOCK0000000001",
      secretKey: Secret(mock[.duo]?.token ?? ""))
    change(&configuration)
    return DuoConnector(
      configuration: configuration, transport: transport, clock: { Timestamp(Date()) },
      logger: log.logger)
  }
}

extension Scenario {
  /// An organisation behind Duo only: Ana, who is enrolled, and a VPN for everybody.
  static func duo(_ change: (inout DuoTenant) -> Void) -> Scenario {
    var tenant = DuoTenant()
    tenant.groups = [DuoGroup("Contractors"), DuoGroup("Finance")]
    tenant.users = [DuoUser(DuoRow.ana)]
    tenant.integrations = [DuoIntegration()]
    change(&tenant)
    var scenario = Scenario()
    scenario[DuoTenant.self] = tenant
    return scenario
  }
}

/// A situation at Duo and the verdict it must give for Ana.
struct DuoRow: Sendable, CustomTestStringConvertible {
  static let ana = "ana@acme.com"

  let number: String
  let situation: String
  let expected: Verdict
  var code: ReasonCode?
  var witness: String?
  var reason: String?
  var faults: [Fault]
  var usernameDomain: String?
  let tenant: @Sendable (inout DuoTenant) -> Void

  init(
    _ number: String, _ situation: String, _ expected: Verdict, code: ReasonCode? = nil,
    witness: String? = nil, reason: String? = nil, faults: [Fault] = [],
    usernameDomain: String? = nil,
    _ tenant: @escaping @Sendable (inout DuoTenant) -> Void = { _ in }
  ) {
    self.number = number
    self.situation = situation
    self.expected = expected
    self.code = code
    self.witness = witness
    self.reason = reason
    self.faults = faults
    self.usernameDomain = usernameDomain
    self.tenant = tenant
  }

  var testDescription: String { "\(number): \(situation)" }
}

@Suite("Duo verdicts, row by row") struct DuoRowTests {
  @Test("every situation of the table gives its verdict", arguments: DuoRow.all)
  func row(_ row: DuoRow) async throws {
    try await Bench.run(.duo(row.tenant)) { bench in
      await bench.mock.setFaults(row.faults)
      let door = await OneDoor.read(
        bench.duo { $0.usernameDomain = row.usernameDomain }, app: Bench.vpn, people: [DuoRow.ana])
      let record = door.record(DuoRow.ana)
      #expect(record.verdict == row.expected, "\(record.reason) \(door.provider.source.issues)")
      // Where neither way to the policies gave an answer, what was known is to stay.
      let isRefused = !row.faults.isEmpty && row.expected == .cannotTell
      #expect(
        door.provider.source.isComplete == !isRefused, "\(door.provider.source.issues)")
      if let code = row.code { #expect(record.judgement.deciding?.code == code) }
      if let witness = row.witness {
        #expect(record.witness?.contains(witness) == true, "\(record.witness ?? "no witness")")
      }
      if let reason = row.reason { #expect(record.reason.contains(reason), "\(record.reason)") }
      let shown = "\(record) \(door.provider.apps)" + bench.log.text
      #expect(!shown.contains("mockSecret"))
    }
  }

  @Test("15: a bad signature fails the source, and what was known stays")
  func signature() async throws {
    try await Bench.run(.duo { _ in }) { bench in
      let before = await ConformanceReading(
        of: bench.duo(), app: Bench.vpn, people: [DuoRow.ana])
      let records = try before.reconciled().records
      #expect(records[DuoRow.ana]?.verdict == .enforced)
      let after = await ConformanceReading(
        of: bench.duo { $0.secretKey = Secret("anotherSecretKey") }, app: Bench.vpn,
        people: [DuoRow.ana])
      let issue = try #require(after.source.issues.first)
      #expect(issue.code == "unauthorised")
      #expect(issue.message.contains("40103"))
      #expect(!after.source.isComplete)
      #expect(try after.reconciled(with: records).changes.isEmpty)
    }
  }

  @Test("a clock that is off is said to be off")
  func clock() async throws {
    try await Bench.run(.duo { $0.clockOffset = 900 }) { bench in
      let door = await OneDoor.read(bench.duo(), app: Bench.vpn, people: [DuoRow.ana])
      #expect(door.record(DuoRow.ana).verdict == .cannotTell)
      #expect(door.provider.source.issues.contains { $0.remedy.contains("clock") })
    }
  }

  @Test("one calculation for each set of groups that policies tell apart")
  func calculations() async throws {
    let people = (0..<30).map { "person\($0)@acme.com" }
    let scenario = Scenario.duo { tenant in
      tenant.users = people.enumerated().map { number, email in
        var user = DuoUser(email)
        user.groups = number % 3 == 0 ? ["Contractors"] : ["Finance"]
        return user
      }
      tenant.policies.append(DuoPolicy("Strict", [:]))
      tenant.integrations[0].groupPolicies = [
        .init(group: "Contractors", policy: tenant.policies[1].key)
      ]
    }
    try await Bench.run(scenario) { bench in
      let door = await OneDoor.read(bench.duo(), app: Bench.vpn, people: people)
      #expect(people.allSatisfy { door.record($0).verdict == .enforced })
      let counts = await bench.mock.requestCounts(.duo)
      #expect(counts["GET /admin/v2/policies/calculate"] == 2)
      #expect(counts["GET /admin/v1/users"] == 1)
    }
  }
}

extension DuoRowTests {
  @Test("a summary that names fewer policies than it counts tells no groups apart")
  func partialSummary() async throws {
    let people = ["bo@acme.com", DuoRow.ana]
    let scenario = Scenario.duo { tenant in
      tenant.users = people.map { DuoUser($0) }
      tenant.users[1].groups = ["Contractors"]
      tenant.policies.append(
        DuoPolicy("Open", ["authentication_policy": ["user_auth_behavior": "bypass"]]))
      tenant.integrations[0].groupPolicies = [
        .init(group: "Contractors", policy: tenant.policies[1].key)
      ]
      tenant.isSummaryEmpty = true
    }
    try await Bench.run(scenario) { bench in
      let door = await OneDoor.read(bench.duo(), app: Bench.vpn, people: people)
      #expect(people.map { door.record($0).verdict } == [.enforced, .notEnforced])
    }
  }

  @Test("a group that the summary calls otherwise is told apart by asking Duo, or not at all")
  func otherTitles() async throws {
    let people = ["bo@acme.com", DuoRow.ana]
    let scenario = Scenario.duo { tenant in
      tenant.users = people.map { DuoUser($0) }
      tenant.users[1].groups = [#"Contractors (from AD sync "Acme")"#]
      tenant.policies.append(
        DuoPolicy("Open", ["authentication_policy": ["user_auth_behavior": "bypass"]]))
      let group = tenant.users[1].groups[0]
      tenant.integrations[0].groupPolicies = [.init(group: group, policy: tenant.policies[1].key)]
      tenant.integrations[0].groupTitles = [group: "Contractors"]
    }
    try await Bench.run(scenario) { bench in
      let door = await OneDoor.read(bench.duo(), app: Bench.vpn, people: people)
      #expect(people.map { door.record($0).verdict } == [.enforced, .notEnforced])
      await bench.mock.setFaults([
        Fault(.duo, "GET /admin/v2/policies/calculate", .forbidden, times: nil)
      ])
      let refused = await OneDoor.read(bench.duo(), app: Bench.vpn, people: people)
      #expect(people.map { refused.record($0).verdict } == [.enforced, .cannotTell])
    }
  }

  @Test("a list that ends before all users it counts is not complete, and nobody counts as new")
  func shortList() async throws {
    let people = [DuoRow.ana, "bo@acme.com"]
    try await Bench.run(.duo { $0.declaredUsers = 812 }) { bench in
      let door = await OneDoor.read(bench.duo(), app: Bench.vpn, people: people)
      #expect(!door.provider.source.isComplete)
      #expect(door.provider.source.declared == 812)
      #expect(door.provider.source.issues.first?.code == "paging")
      #expect(door.record("bo@acme.com").verdict == .cannotTell)
    }
  }

  @Test("a row without a name or groups leaves everybody else's verdict alone")
  func nulls() async throws {
    let people = [DuoRow.ana, "bo@acme.com"]
    let scenario = Scenario.duo { tenant in
      tenant.users += ["bo@acme.com", "cy@elsewhere.org"].map { DuoUser($0) }
      tenant.users[1].fields = ["groups": .null, "username": .null]
      tenant.users[2].fields = ["groups": .null, "username": .null]
    }
    try await Bench.run(scenario) { bench in
      let door = await OneDoor.read(bench.duo(), app: Bench.vpn, people: people)
      #expect(door.provider.source.isComplete)
      #expect(people.map { door.record($0).verdict } == [.enforced, .cannotTell])
      #expect(door.record("bo@acme.com").reason.contains("groups"))
    }
  }
}

extension DuoRow {
  static let all = table + more + fallback + spellings + networks

  /// Names that Duo may take for another's, or for nobody's.
  private static let spellings: [DuoRow] =
    [#"ACME\ana"#, "ana@acme.local"].flatMap { name in
      [
        DuoRow(
          "16 \(name)", "in bypass, without an address", .cannotTell, reason: "by the name",
          usernameDomain: "acme.com"
        ) { unaddressed(name, &$0) },
        DuoRow(
          "16a \(name)", "the same, and new people are refused", .cannotTell,
          reason: "by the name", usernameDomain: "acme.com"
        ) {
          unaddressed(name, &$0)
          $0.policies[0] = .global(newUser: "deny")
        },
        DuoRow(
          "16b \(name)", "beside her own, where Duo takes all spellings for one", .enforced,
          usernameDomain: "acme.com"
        ) { $0.users.append(bypassed(name)) },
        DuoRow(
          "16c \(name)", "beside her own, where each spelling is a user", .cannotTell,
          usernameDomain: "acme.com"
        ) {
          $0.users.append(bypassed(name))
          $0.integrations[0].normalization = "None"
        },
      ]
    } + [
      DuoRow(
        "17", "each spelling is a user, and new people pass", .enforcedConditionally,
        witness: "another spelling of the user name"
      ) {
        $0.integrations[0].normalization = "None"
        $0.policies[0] = .global(newUser: "no-mfa")
      },
      DuoRow(
        "17a", "nobody says whether each spelling is a user, and new people pass",
        .enforcedConditionally
      ) {
        $0.integrations[0].normalization = nil
        $0.policies[0] = .global(newUser: "no-mfa")
      },
      DuoRow("17b", "each spelling is a user, and new people must enrol", .enforced) {
        $0.integrations[0].normalization = "None"
      },
      DuoRow("17c", "all spellings are one user, and new people pass", .enforced) {
        $0.policies[0] = .global(newUser: "no-mfa")
      },
      DuoRow(
        "17d", "each spelling is a user, new people pass, but the application is for a group",
        .enforced
      ) {
        $0.integrations[0].normalization = "None"
        $0.policies[0] = .global(newUser: "no-mfa")
        $0.integrations[0].access = "PERMITTED_GROUPS"
        $0.integrations[0].permittedGroups = ["Finance"]
        $0.users[0].groups = ["Finance"]
      },
    ]

  private static func bypassed(_ name: String) -> DuoUser {
    var user = DuoUser("", name: name)
    user.status = "bypass"
    return user
  }

  private static func unaddressed(_ name: String, _ tenant: inout DuoTenant) {
    tenant.users = [bypassed(name)]
  }

  private static let networks: [DuoRow] = [
    DuoRow("18", "two halves of all networks", .notEnforced) {
      $0.policies[0] = .global(networks: ["128.0.0.0/1", "0.0.0.0/1"])
    },
    DuoRow("18a", "a range and the rest", .notEnforced) {
      $0.policies[0] = .global(networks: ["0.0.0.0 - 9.255.255.255", "10.0.0.0-255.255.255.255"])
    },
    DuoRow("18b", "all but one address", .enforcedConditionally) {
      $0.policies[0] = .global(networks: ["0.0.0.0-9.255.255.254", "10.0.0.0-255.255.255.255"])
    },
    DuoRow("18c", "all of IPv6 is not all", .enforcedConditionally) {
      $0.policies[0] = .global(networks: ["::/0"])
    },
  ]

  private static func policy(_ tenant: inout DuoTenant, _ name: String, _ sections: [String: JSON])
    -> String
  {
    let policy = DuoPolicy(name, sections)
    tenant.policies.append(policy)
    return policy.key
  }

  @Sendable private static func appBypass(_ tenant: inout DuoTenant) {
    tenant.integrations[0].policy = policy(
      &tenant, "VPN open", ["authentication_policy": ["user_auth_behavior": "bypass"]])
  }

  private static let others = [DuoUser("other@acme.com")]

  @Sendable private static func groupEnforces(_ tenant: inout DuoTenant) {
    appBypass(&tenant)
    let strict = policy(
      &tenant, "Finance strict", ["authentication_policy": ["user_auth_behavior": "enforce"]])
    tenant.integrations[0].groupPolicies = [.init(group: "Finance", policy: strict)]
    tenant.users[0].groups = ["Finance"]
  }

  private static let calculateRefused = Fault(
    .duo, "GET /admin/v2/policies/calculate", .forbidden, times: nil)

  private static let table: [DuoRow] = [
    DuoRow("1", "enforced, no networks, active and enrolled", .enforced, code: .policyEnforces),
    DuoRow("2", "the user is in bypass", .notEnforced, witness: "people in bypass") {
      $0.users[0].status = "bypass"
    },
    DuoRow("3", "a group is in bypass, in capitals", .notEnforced, witness: "Contractors") {
      $0.groups[0].status = "Bypass"
      $0.users[0].groups = ["Contractors"]
    },
    DuoRow(
      "4", "the application's policy skips the second factor", .notEnforced, witness: "VPN open",
      appBypass),
    DuoRow("5", "the application's policy is about remembered devices only", .enforced) {
      $0.integrations[0].policy = policy(
        &$0, "Remember", DuoDoorTests.remembered("user-based", 12, "hours"))
    },
    DuoRow(
      "5a", "the application's policy remembers devices for a month", .enforcedConditionally,
      witness: "a remembered device"
    ) {
      $0.integrations[0].policy = policy(
        &$0, "Remember", DuoDoorTests.remembered("risk-based", 30, "days"))
    },
    DuoRow("6", "a group's policy enforces over the application's", .enforced, groupEnforces),
    DuoRow(
      "7", "networks without a second factor", .enforcedConditionally,
      witness: "inside network 10.0.0.0/8"
    ) {
      $0.policies[0] = .global(networks: ["10.0.0.0/8"])
    },
    DuoRow("8", "not in Duo, new people pass", .notEnforced, witness: "no-mfa") {
      $0.users = others
      $0.policies[0] = .global(newUser: "no-mfa")
    },
    DuoRow("9", "not in Duo, new people must enrol", .enforced) { $0.users = others },
    DuoRow(
      "10", "the summary is cut, and nothing is calculated", .cannotTell,
      reason: "which policies apply", faults: [calculateRefused]
    ) {
      $0.isSummaryTruncated = true
    },
    DuoRow(
      "11", "every sign-in is refused", .notEvaluated, code: .accessDenied,
      reason: "Global Policy) refuses every sign-in"
    ) {
      $0.policies[0] = .global(behaviour: "deny")
    },
    DuoRow(
      "11a", "the policy of a group of theirs refuses every sign-in", .notEvaluated,
      code: .accessDenied, reason: "Keep out"
    ) {
      let refuses = policy(
        &$0, "Keep out", ["authentication_policy": ["user_auth_behavior": "deny"]])
      $0.integrations[0].groupPolicies = [.init(group: "Finance", policy: refuses)]
      $0.users[0].groups = ["Finance"]
    },
    DuoRow("11b", "every sign-in is refused, but bypass comes first", .notEnforced) {
      $0.policies[0] = .global(behaviour: "deny")
      $0.users[0].status = "bypass"
    },
    DuoRow("12", "enrolled, but the policy skips the second factor", .notEnforced) {
      $0.policies[0] = .global(behaviour: "bypass")
    },
    DuoRow("13", "the application is for groups she is not in", .notEvaluated, code: .notAssigned) {
      $0.integrations[0].access = "PERMITTED_GROUPS"
      $0.integrations[0].permittedGroups = ["Finance"]
    },
    DuoRow(
      "14", "too many requests five times", .enforced,
      faults: [Fault(.duo, "GET /admin/v1/users", .rateLimited, times: 5)]),
  ]

  private static let more: [DuoRow] = [
    DuoRow(
      "1a", "Duo does not know the integration", .notEnforced, witness: "integration is missing"
    ) {
      $0.integrations = []
    },
    DuoRow("4a", "disabled", .notEvaluated, code: .deprovisioned) {
      $0.users[0].status = "disabled"
    },
    DuoRow("4b0", "locked out for now, and the policy skips the second factor", .notEnforced) {
      $0.users[0].status = "locked out"
      $0.policies[0] = .global(behaviour: "bypass")
    },
    DuoRow("4b1", "locked out for now, and the policy asks", .enforced) {
      $0.users[0].status = "locked out"
    },
    DuoRow("4b", "locked out for now, and a group in bypass", .notEnforced) {
      $0.users[0].status = "locked out"
      $0.groups[0].status = "Bypass"
      $0.users[0].groups = ["Contractors"]
    },
    DuoRow("4c", "a disabled group", .notEvaluated) {
      $0.groups[0].status = "Disabled"
      $0.users[0].groups = ["Contractors"]
    },
    DuoRow("4d", "a status that nobody knows", .cannotTell) { $0.users[0].status = "on holiday" },
    DuoRow("6a", "no authentication policy anywhere", .cannotTell) {
      $0.policies[0].sections["authentication_policy"] = nil
    },
    DuoRow("6b", "an authentication policy that nobody knows", .cannotTell, reason: "maybe") {
      $0.policies[0] = .global(behaviour: "maybe")
    },
    DuoRow("7a", "in Duo, not enrolled, new people pass", .enforced) {
      $0.users[0].isEnrolled = false
      $0.policies[0] = .global(newUser: "no-mfa")
    },
    DuoRow("7b", "networks as a text with commas", .enforcedConditionally) {
      $0.policies[0].sections["authorized_networks"] = [
        "no_2fa_required": ["ip_list": "10.0.0.0/8, 192.0.2.0/24"],
        "mfa_required": ["ip_list": ""], "deny_other_access": false,
      ]
    },
    // It may skip the second factor everywhere.
    DuoRow("7c", "a location rule that nobody knows", .cannotTell, reason: "user_location") {
      $0.policies[0].sections["user_location"] = ["default_action": "no-2fa"]
    },
    DuoRow("7d", "a new section about authentication", .enforcedConditionally) {
      $0.policies[0].sections["adaptive_auth"] = ["mode": "relaxed"]
    },
    DuoRow(
      "9a", "not in Duo, new people are refused", .notEvaluated, code: .accessDenied,
      reason: "Global Policy) refuses people without an account"
    ) {
      $0.users = others
      $0.policies[0] = .global(newUser: "deny")
    },
    DuoRow(
      "9b", "nobody of that address, but some users have none", .cannotTell,
      reason: "username_domain"
    ) {
      $0.users = [DuoUser("", name: "ana")]
    },
    DuoRow(
      "9c", "a user name that is an address by the configured domain", .enforced,
      usernameDomain: "acme.com"
    ) {
      $0.users = [DuoUser("", name: "ana")]
    },
    DuoRow("9d", "an alias that is the address", .notEnforced) {
      $0.users = [DuoUser("other@acme.com", name: "u1")]
      $0.users[0].aliases = [ana]
      $0.users[0].status = "bypass"
    },
    DuoRow("9e", "an alias in the object only", .notEnforced) {
      $0.users = [DuoUser("other@acme.com", name: "u1")]
      $0.users[0].fields = ["aliases": ["alias5": .string(ana)]]
      $0.users[0].status = "bypass"
    },
    DuoRow(
      "9f", "not in Duo, networks without a second factor", .enforcedConditionally,
      witness: "inside network 10.0.0.0/8"
    ) {
      $0.users = others
      $0.policies[0] = .global(networks: ["10.0.0.0/8"])
    },
    DuoRow("9g", "not in Duo, a location rule that nobody knows", .cannotTell) {
      $0.users = others
      $0.policies[0].sections["user_location"] = ["default_action": "no-2fa"]
    },
    DuoRow("3a", "a group whose status is not shown", .cannotTell, reason: "status") {
      $0.users[0].fields = ["groups": [["group_id": "DG1", "name": "Sales", "status": .null]]]
    },
    DuoRow(
      "3b", "a group whose status is not shown, and the application is for others", .cannotTell
    ) {
      $0.users[0].fields = ["groups": [["group_id": "DG1", "name": "Sales", "status": .null]]]
      $0.integrations[0].access = "PERMITTED_GROUPS"
      $0.integrations[0].permittedGroups = ["Finance"]
    },
    DuoRow(
      "2a", "in bypass, and the application is for groups she is not in", .notEnforced,
      witness: "people in bypass"
    ) {
      $0.users[0].status = "bypass"
      $0.integrations[0].access = "PERMITTED_GROUPS"
      $0.integrations[0].permittedGroups = ["Finance"]
    },
    DuoRow("1b", "Duo does not know the integration, and she is disabled", .notEnforced) {
      $0.integrations = []
      $0.users[0].status = "disabled"
    },
    DuoRow("7e", "all networks but those without a second factor are refused", .notEnforced) {
      $0.policies[0].sections["authorized_networks"] = [
        "no_2fa_required": ["ip_list": ["10.0.0.0/8"]], "mfa_required": ["ip_list": []],
        "deny_other_access": true,
      ]
    },
    DuoRow(
      "7f", "networks without a second factor and networks with one, all others refused",
      .enforcedConditionally, witness: "inside network 10.0.0.0/8"
    ) {
      $0.policies[0].sections["authorized_networks"] = [
        "no_2fa_required": ["ip_list": ["10.0.0.0/8"]],
        "mfa_required": ["ip_list": ["192.0.2.0/24"]], "deny_other_access": true,
      ]
    },
    DuoRow("7g", "networks with a second factor, all others refused", .enforced) {
      $0.policies[0].sections["authorized_networks"] = [
        "no_2fa_required": ["ip_list": []], "mfa_required": ["ip_list": ["192.0.2.0/24"]],
        "deny_other_access": true,
      ]
    },
    DuoRow(
      "7h", "whether other networks are refused cannot be read", .cannotTell,
      reason: "other networks"
    ) {
      $0.policies[0].sections["authorized_networks"] = [
        "no_2fa_required": ["ip_list": ["10.0.0.0/8"]], "deny_other_access": "sometimes",
      ]
    },
    DuoRow("13a", "the application is for groups she is in", .enforced) {
      $0.integrations[0].access = "PERMITTED_GROUPS"
      $0.integrations[0].permittedGroups = ["Finance"]
      $0.users[0].groups = ["Finance"]
    },
    DuoRow("13b", "the application is for nobody", .notEvaluated) {
      $0.integrations[0].access = "NO_USERS"
    },
  ]

  /// The same answers by Duo's rules for layers, when Duo does not calculate.
  private static let fallback: [DuoRow] = [
    DuoRow("1'", "not calculated: enforced", .enforced, faults: [calculateRefused]),
    DuoRow(
      "4'", "not calculated: the application's policy skips", .notEnforced,
      faults: [calculateRefused], appBypass),
    DuoRow(
      "5'", "not calculated: the application's policy is about something else", .enforced,
      faults: [calculateRefused]
    ) {
      $0.integrations[0].policy = policy(
        &$0, "Remember", DuoDoorTests.remembered("user-based", 12, "hours"))
    },
    DuoRow(
      "6'", "not calculated: a group's policy enforces over the application's", .enforced,
      faults: [calculateRefused], groupEnforces),
    DuoRow(
      "6''", "not calculated: she is not in the group", .notEnforced, faults: [calculateRefused]
    ) {
      groupEnforces(&$0)
      $0.users[0].groups = []
    },
    DuoRow(
      "10'", "not calculated, two group policies apply", .cannotTell,
      reason: "comes first", faults: [calculateRefused]
    ) {
      groupEnforces(&$0)
      let other = policy(&$0, "Other", [:])
      $0.integrations[0].groupPolicies.append(.init(group: "Contractors", policy: other))
      $0.users[0].groups = ["Finance", "Contractors"]
    },
  ]
}
