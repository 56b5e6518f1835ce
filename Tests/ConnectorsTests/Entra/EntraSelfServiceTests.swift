import ConnectorKit
import IdentityCore
import MockIdP
import Testing

@testable import Entra

/// What people can do to their own memberships is a part of the sign-in, and nobody is outside the tenant's domains.
@Suite("Entra: what people change about themselves") struct EntraSelfServiceTests {
  private typealias T = Tenants

  struct Row: Sendable, CustomTestStringConvertible {
    var situation: String
    var scenario: Scenario
    var expected: Verdict
    var witness: String?
    var testDescription: String { situation }

    init(
      _ situation: String, _ expected: Verdict, witness: String? = nil, _ scenario: Scenario
    ) {
      self.situation = situation
      self.expected = expected
      self.witness = witness
      self.scenario = scenario
    }
  }

  // MARK: Worlds

  /// Everybody is asked but the people of a group.
  private static func leftOut(
    _ id: String = T.sealed, _ change: (inout EntraTenant) -> Void
  ) -> Scenario {
    T.with(
      T.policy(users: ["includeUsers": ["All"], "excludeGroups": [.string(id)]]), change: change)
  }

  private static func sealed(_ change: (inout EntraGroup) -> Void) -> Scenario {
    leftOut { change(&$0.groups[3]) }
  }

  /// The people of a group are asked, and Ana is one.
  private static func asked(_ change: (inout EntraGroup) -> Void) -> Scenario {
    T.with(T.policy(users: ["includeGroups": [.string(T.sealed)]])) {
      $0.groups[3].members = [T.ana]
      change(&$0.groups[3])
    }
  }

  private static func ruled(_ rule: String) -> Scenario {
    sealed {
      $0.types = ["DynamicMembership"]
      $0.rule = rule
    }
  }

  /// The application is for a group that Ana is not in; nobody is asked for anything.
  private static func assigned(_ change: (inout EntraTenant) -> Void) -> Scenario {
    T.small {
      $0.apps[0].requiresAssignment = true
      $0.apps[0].assigned = ["Sealed"]
      $0.users.append(EntraUser("bo@acme.com"))
      $0.groups[3].members = ["bo@acme.com"]
      change(&$0)
    }
  }

  private static func isPublic(_ group: inout EntraGroup) {
    group.visibility = "Public"
    group.types = ["Unified"]
  }

  static let rows: [Row] = joins + rules + owners + applications

  private static let joins = [
    Row(
      "anybody may join an excluded group", .enforcedConditionally,
      witness: "membership of group Sealed activated", sealed(isPublic)),
    Row(
      "anybody may join a group inside it", .enforcedConditionally,
      leftOut(T.staff) { isPublic(&$0.groups[2]) }),
    Row(
      "its owners admit people", .enforced,
      sealed {
        isPublic(&$0)
        $0.visibility = "Private"
      }),
    Row("a security group that says nothing", .enforced, sealed { _ in }),
    Row(
      "a Microsoft 365 group that says nothing", .enforcedConditionally,
      sealed { $0.types = ["Unified"] }),
    Row(
      "a public group whose people come from elsewhere", .enforced,
      sealed {
        isPublic(&$0)
        $0.isSynchronised = true
      }),
    Row(
      "the operator vouches that nobody is eligible, and anybody may join", .enforcedConditionally,
      sealed(isPublic)),
    Row(
      "she may leave the public group that is asked", .enforcedConditionally,
      witness: "membership of group Sealed given up", asked(isPublic)),
    Row("she may not leave the group that is asked", .enforced, asked { _ in }),
  ]

  private static let rules = [
    Row(
      "an excluded group by a number that she gives herself", .enforcedConditionally,
      ruled(#"(user.mobile -eq "+49 1")"#)),
    Row(
      "an excluded group by her department", .enforced,
      ruled(#"(user.department -eq "Robots") -and (user.accountEnabled -eq true)"#)),
    Row(
      "an excluded group by an attribute of the tenant's own", .enforcedConditionally,
      ruled(#"user.extension_0aa_robot -eq "yes""#)),
    Row(
      "an excluded public group by her department", .enforced,
      sealed {
        isPublic(&$0)
        $0.types = ["Unified", "DynamicMembership"]
        $0.rule = #"user.department -eq "Robots""#
      }),
    Row(
      "an excluded group whose rule is not shown", .enforcedConditionally,
      sealed { $0.types = ["DynamicMembership"] }),
    Row(
      "she may leave the group that is asked by an attribute of hers", .enforcedConditionally,
      asked {
        $0.types = ["DynamicMembership"]
        $0.rule = #"user.preferredLanguage -eq "de""#
      }),
  ]

  private static let owners = [
    Row(
      "she owns the excluded group", .enforcedConditionally,
      witness: "membership of group Sealed activated", sealed { $0.owners = [T.ana] }),
    Row(
      "she owns a group inside it", .enforcedConditionally,
      leftOut(T.staff) { $0.groups[2].owners = [T.ana] }),
    Row(
      "she may activate being its owner", .enforcedConditionally,
      sealed { $0.eligibleOwners = [T.ana] }),
    Row(
      "somebody else owns it", .enforced,
      leftOut {
        $0.users.append(EntraUser("bo@acme.com"))
        $0.groups[3].owners = ["bo@acme.com"]
      }),
    Row(
      "she owns the group that holds an excluded role", .enforcedConditionally,
      T.with(
        T.policy(users: ["includeUsers": ["All"], "excludeRoles": [.string(T.admin)]])
      ) {
        $0.groups[3].owners = [T.ana]
        $0.roles = [EntraRoleAssignment(T.admin, "Sealed")]
      }),
  ]

  private static let applications = [
    Row("the application is for a group that she is not in", .notEvaluated, assigned { _ in }),
    Row("anybody may join that group", .notEnforced, assigned { isPublic(&$0.groups[3]) }),
    Row("she owns that group", .notEnforced, assigned { $0.groups[3].owners = [T.ana] }),
    Row(
      "people may take the application themselves", .notEnforced,
      assigned { $0.apps[0].tags = ["SelfServiceAppAccess"] }),
    Row(
      "they may, and everybody is asked", .enforced,
      assigned {
        $0.apps[0].tags = ["SelfServiceAppAccess"]
        $0.policies = [T.policy()]
      }),
  ]

  @Test("gives its verdict", arguments: rows)
  func row(_ row: Row) async throws {
    try await EntraBench.run(row.scenario) { bench in
      let judged = await bench.judge {
        if row.situation.contains("vouches") { $0.privilegedAccess = .none }
      }
      let record = try #require(judged[T.ana])
      #expect(record.verdict == row.expected, "\(record.reason)")
      if let witness = row.witness {
        #expect(record.witness?.contains(witness) == true, "\(record.witness ?? "no witness")")
      }
    }
  }

  @Test("an owner, or an open group, is still one while its page is refused")
  func refused() async throws {
    let worlds: [(Scenario, String)] = [
      (Self.sealed(Self.isPublic), "GET /v1.0/groups/{group}"),
      (Self.sealed { $0.owners = [T.ana] }, "GET /v1.0/groups/{group}/owners"),
    ]
    for (scenario, call) in worlds {
      try await Self.twoRuns(scenario, Fault(.entra, call, .forbidden, times: nil))
    }
  }

  // MARK: Domains

  /// Takes a domain out of the list, or all of them.
  private static let fewer: [Fault] = [
    Fault(.entra, "GET /v1.0/domains", .edited, times: nil, text: "/value/0"),
    Fault(.entra, "GET /v1.0/domains", .edited, times: nil, text: "/value", value: []),
  ]

  private static func federated(_ policies: JSON...) -> Scenario {
    T.small {
      $0.policies = policies
      $0.domains = [T.federated("acceptIfMfaDoneByFederatedIdp")]
    }
  }

  @Test("a domain that the list leaves out may be federated", arguments: 0..<2)
  func shortList(index: Int) async throws {
    for scenario in [Self.federated(), Self.federated(T.policy())] {
      var short = scenario
      short.faults = [Self.fewer[index]]
      try await EntraBench.run(short) { bench in
        let judged = await bench.judge()
        #expect(judged[T.ana]?.verdict == .cannotTell, "\(judged[T.ana]?.reason ?? "")")
        #expect(!judged.provider.source.isComplete)
      }
      try await Self.twoRuns(scenario, Self.fewer[index])
    }
  }

  private static func twoRuns(_ scenario: Scenario, _ fault: Fault) async throws {
    try await EntraBench.run(scenario) { bench in
      func read() async -> ConformanceReading {
        await ConformanceReading(of: bench.connector(), app: T.app, people: [T.ana])
      }
      let runs = try TwoRuns(await read(), after: [:], of: EmailKey.make(T.ana))
      #expect(!runs.found.findings.isEmpty)
      await bench.mock.setFaults([fault])
      try runs.expect(await read(), of: EmailKey.make(T.ana), "\(fault.endpoint)")
    }
  }
}
