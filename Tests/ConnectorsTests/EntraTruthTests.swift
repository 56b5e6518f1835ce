import ConnectorKit
import CurlTransport
import Foundation
import IdentityCore
import MockIdP
import Testing

@testable import Entra

/// Nothing better for lack of data, and who is who: the named cases.
@Suite("Entra: truth") struct EntraTruthTests {
  private typealias T = Tenants

  /// Reads with one field of one policy taken out.
  private static func without(
    _ path: String, _ policy: JSON, _ more: JSON...
  ) async throws -> EntraJudged {
    let damage = ReplyDamage()
    let scenario = T.small {
      $0.policies = [policy] + more
      $0.damage = damage
    }
    return try await EntraBench.run(scenario) { bench in
      damage.arm(
        .init(
          request: "/v1.0/identity/conditionalAccess/policies",
          path: ["value", "0"] + path.split(separator: ".").map(String.init)))
      let judged = await bench.judge()
      #expect(damage.hits == 1)
      return judged
    }
  }

  // MARK: Missing fields

  @Test(
    "a policy that does not show a condition protects nobody for certain",
    arguments: [
      "locations", "platforms", "devices", "insiderRiskLevels", "authenticationFlows",
      "signInRiskLevels", "userRiskLevels", "clientAppTypes", "clientApplications",
      "servicePrincipalRiskLevels", "applications.applicationFilter",
      "users.excludeGuestsOrExternalUsers",
    ])
  func missingCondition(key: String) async throws {
    // That another policy shows the key makes the one without it no more certain.
    let judged = try await Self.without(
      "conditions.\(key)", T.policy(conditions: T.locations(["All"])),
      T.policy("Other", users: ["includeUsers": ["None"]]))
    #expect(judged[T.ana]?.verdict == .cannotTell, "\(judged[T.ana]?.reason ?? "")")
    #expect(!judged.provider.source.isComplete)
    #expect(judged.provider.source.carriesVerdicts)
  }

  @Test("a policy with a condition missing does not doubt what another proves")
  func missingConditionBeside() async throws {
    let judged = try await Self.without("conditions.locations", T.policy(), T.policy("Whole"))
    #expect(judged[T.ana]?.verdict == .enforced)
  }

  @Test("a row of a user without accountEnabled, or with half of what tells guests, is cannot-tell")
  func missingUserFields() async throws {
    let guests: JSON = [
      "guestOrExternalUserTypes": "b2bCollaborationGuest,b2bCollaborationMember",
      "externalTenants": ["membershipKind": "all"],
    ]
    let damage = ReplyDamage()
    let scenario = T.with(
      T.policy(users: ["includeUsers": ["All"], "excludeGuestsOrExternalUsers": guests])
    ) { $0.damage = damage }
    try await EntraBench.run(scenario) { bench in
      #expect(await bench.judge()[T.ana]?.verdict == .enforced)
      let users = try #require(
        damage.fields.first { $0.field.names == "value.userType" }?.field.request)
      for key in ["accountEnabled", "userType", "externalUserState", "creationType"] {
        damage.arm(.init(request: users, path: ["value", "0", key]))
        let judged = await bench.judge()
        #expect(judged[T.ana]?.verdict == .cannotTell, "\(key): \(judged[T.ana]?.reason ?? "")")
      }
      for key in ["id", "userPrincipalName", "mail", "proxyAddresses", "otherMails"] {
        damage.arm(.init(request: users, path: ["value", "0", key]))
        let judged = await bench.judge()
        #expect(!judged.provider.source.carriesVerdicts, "\(key)")
      }
    }
  }

  @Test("an application that does not tell its state or its sign-on mode is no pass")
  func missingApplicationFields() async throws {
    let damage = ReplyDamage()
    let scenario = T.with(T.policy()) {
      $0.apps[0].signOnMode = "password"
      $0.damage = damage
    }
    try await EntraBench.run(scenario) { bench in
      _ = await bench.judge()
      let request = try #require(
        damage.fields.first { $0.field.names == "value.preferredSingleSignOnMode" }?.field.request)
      damage.arm(.init(request: request, path: ["value", "0", "preferredSingleSignOnMode"]))
      #expect(await bench.judge()[T.ana]?.verdict == .enforcedConditionally)
      for kind in ReplyDamage.Kind.allCases {
        damage.arm(.init(request: request, path: ["value", "0", "accountEnabled"]), kind)
        #expect(await bench.judge()[T.ana]?.verdict == .cannotTell)
      }
    }
  }

  @Test("a custom strength of which the combinations are not told is no proof")
  func missingCombinations() async throws {
    let judged = try await Self.without(
      "grantControls.authenticationStrength.allowedCombinations",
      T.policy(grant: [
        "authenticationStrength": [
          "id": "s1", "displayName": "Odd", "requirementsSatisfied": "mfa",
          "allowedCombinations": ["password", "fido2"],
        ]
      ]))
    #expect(judged[T.ana]?.verdict == .cannotTell)
  }

  @Test("a role given over no scope that is told is not taken for none")
  func missingScope() async throws {
    let damage = ReplyDamage()
    let scenario = T.with(
      T.policy(users: ["includeUsers": ["All"], "excludeRoles": [.string(T.admin)]])
    ) {
      $0.roles = [EntraRoleAssignment(T.admin, T.ana)]
      $0.damage = damage
    }
    try await EntraBench.run(scenario) { bench in
      #expect(await bench.judge()[T.ana]?.verdict == .notEnforced)
      let field = try #require(
        damage.fields.first { $0.field.names == "value.directoryScopeId" }?.field)
      for kind in ReplyDamage.Kind.allCases {
        damage.arm(field, kind)
        #expect(await bench.judge()[T.ana]?.verdict == .cannotTell)
      }
    }
  }

  @Test("countries that may be told by an app on the phone are not taken for countries by address")
  func missingLookup() async throws {
    let damage = ReplyDamage()
    let scenario = T.with(
      T.policy("One", conditions: T.locations(["All"], not: [T.brazil])),
      T.policy("Two", conditions: T.locations(["All"], not: [T.germany]))
    ) { $0.damage = damage }
    try await EntraBench.run(scenario) { bench in
      #expect(await bench.judge()[T.ana]?.verdict == .enforced)
      let field = try #require(
        damage.fields.first { $0.field.names == "value.countryLookupMethod" }?.field)
      damage.arm(field)
      #expect(await bench.judge()[T.ana]?.verdict == .enforcedConditionally)
    }
  }

  // MARK: Who is who

  @Test("two policies of one name are two: a riddle of one is not the riddle of the other")
  func twins() async throws {
    let riddle: JSON = ["agentRiskLevels": ["high"]]
    let excluded: JSON = [
      "includeUsers": ["All"],
      "excludeGuestsOrExternalUsers": ["guestOrExternalUserTypes": "newKind"],
    ]
    let included: JSON = [
      "includeUsers": [], "includeGuestsOrExternalUsers": ["guestOrExternalUserTypes": "newKind"],
    ]
    let scenario = T.with(
      T.policy("MFA", users: excluded, ["id": "c1"]),
      T.policy("MFA", users: included, ["id": "c2"]))
    try await EntraBench.run(scenario) { bench in
      #expect(await bench.judge()[T.ana]?.verdict == .cannotTell)
    }
    // With one riddle between two conditions the second policy would close what the first leaves open.
    let filters = T.with(
      T.policy(
        "MFA", apps: ["includeApplications": ["All"], "applicationFilter": ["mode": "exclude"]],
        ["id": "c1"]),
      T.policy(
        "MFA", apps: ["applicationFilter": ["mode": "include"]], conditions: riddle, ["id": "c2"]))
    try await EntraBench.run(filters) { bench in
      #expect(await bench.judge()[T.ana]?.verdict == .cannotTell)
    }
  }

  @Test("long rules that begin alike are different rules")
  func longRules() async throws {
    let begin = String(repeating: "A.B -eq \"0123456789\" -or ", count: 20)
    let apps = T.with(
      T.policy(
        "Out",
        apps: [
          "includeApplications": ["All"],
          "applicationFilter": ["mode": "exclude", "rule": .string(begin + "C -eq 1")],
        ]),
      T.policy(
        "In", apps: ["applicationFilter": ["mode": "include", "rule": .string(begin + "C -eq 2")]]))
    try await EntraBench.run(apps) { bench in
      #expect(await bench.judge()[T.ana]?.verdict == .cannotTell)
    }
    let devices = T.with(
      T.policy("Out", conditions: T.filter("exclude", "device.model -eq \"X  Y\"")),
      T.policy("In", conditions: T.filter("include", "device.model -eq \"X Y\"")))
    try await EntraBench.run(devices) { bench in
      #expect(await bench.judge()[T.ana]?.verdict == .enforcedConditionally)
    }
  }

  @Test("a location that is gone is not the same inside one policy and outside another")
  func goneLocation() async throws {
    let gone = "b9999999-0000-4000-8000-000000000009"
    let scenario = T.with(
      T.policy("Inside", conditions: T.locations([gone])),
      T.policy("Outside", conditions: T.locations(["All"], not: [gone])))
    try await EntraBench.run(scenario) { bench in
      #expect(await bench.judge()[T.ana]?.verdict == .cannotTell)
      await bench.mock.setFaults([
        Fault(
          .entra, "GET /v1.0/identity/conditionalAccess/namedLocations", .forbidden, times: nil)
      ])
      #expect(await bench.judge()[T.ana]?.verdict == .cannotTell)
    }
  }

  @Test("named locations of one name are two, also one that is named like the older addresses")
  func namesakes() async throws {
    for name in ["Office", "MFA trusted addresses"] {
      let other =
        name == "Office" ? T.office : "00000000-0000-0000-0000-000000000000"
      let scenario = T.with(
        T.policy("Inside", conditions: T.locations([T.lab])),
        T.policy("Outside", conditions: T.locations(["All"], not: [other]))
      ) { $0.locations[1] = T.ip(T.lab, name, isTrusted: true) }
      try await EntraBench.run(scenario) { bench in
        #expect(await bench.judge()[T.ana]?.verdict == .enforcedConditionally, "\(name)")
      }
    }
  }

  @Test("ids have no case: of users, groups, roles, locations and applications")
  func upperCase() async throws {
    func upper(_ id: String) -> JSON { .string(id.uppercased()) }
    let cases: [(JSON, JSON, JSON)] = [
      (["includeUsers": ["All"], "excludeUsers": [upper(T.anaID)]], [:], [:]),
      (["includeUsers": ["All"], "excludeGroups": [upper(T.sealed)]], [:], [:]),
      (["includeUsers": ["All"], "excludeRoles": [upper(T.admin)]], [:], [:]),
      (["includeUsers": ["All"]], ["excludeApplications": [upper(T.app)]], [:]),
    ]
    for (users, apps, conditions) in cases {
      let all: JSON = ["includeApplications": ["All"]]
      let scenario = T.with(
        T.policy(users: users, apps: all.merging(apps), conditions: conditions)
      ) {
        $0.groups[3].members = [T.ana]
        $0.roles = [EntraRoleAssignment(T.admin, T.ana)]
      }
      try await EntraBench.run(scenario) { bench in
        #expect(await bench.judge()[T.ana]?.verdict == .notEnforced, "\(users) \(apps)")
      }
    }
    let places = T.with(
      T.policy("Inside", conditions: T.locations([T.lab])),
      T.policy("Outside", conditions: T.locations(["All"], not: [T.lab.uppercased()])))
    try await EntraBench.run(places) { bench in
      #expect(await bench.judge()[T.ana]?.verdict == .enforced)
    }
    let ids = T.with(
      T.policy(users: ["includeUsers": ["All"], "excludeUsers": [.string(T.anaID)]])
    ) { $0.users[0].id = T.anaID.uppercased() }
    try await EntraBench.run(ids) { bench in
      #expect(await bench.judge()[T.ana]?.verdict == .notEnforced)
    }
  }

  @Test(
    "every address counts",
    arguments: [
      "lima@acme.com", "ana@sales.acme.com", "ana@private.example", "ana_maria@home.example",
    ])
  func addresses(address: String) async throws {
    let scenario = T.with(T.policy()) {
      $0.users[0].name = "ana_maria_home.example#EXT#@acme.onmicrosoft.com"
      $0.users[0].mail = nil
      $0.users[0].proxyAddresses = [
        "SMTP:Lima@acme.com", "smtp:ana@sales.acme.com", "X500:/o=Acme/cn=ana",
      ]
      $0.users[0].otherMails = ["ana@private.example"]
    }
    try await EntraBench.run(scenario) { bench in
      let judged = await bench.judge([address])
      #expect(judged[address]?.verdict == .enforced)
      #expect(judged.provider.source.isComplete)
      try #require(judged.provider.accounts.count == 1)
      #expect(judged.provider.accounts[0].aliases.count == 4)
      let counts = await bench.mock.requestCounts(.entra)
      #expect(counts["GET /v1.0/users"] == 1)
    }
  }

  @Test("a provider behind knows people by their principal name")
  func passesOn() async throws {
    try await EntraBench.run(T.with(T.policy())) { bench in
      #expect(await bench.judge().provider.passesOn == .login)
    }
  }

  // MARK: Lists that end early, and rows that come again

  @Test("users that are counted and not listed make the list incomplete")
  func shortUsers() async throws {
    let scenario = T.with(T.policy()) {
      $0.users += (0..<6).map { EntraUser("other\($0)@acme.com") }
      $0.maxPage = 3
    }
    try await EntraBench.run(scenario) { bench in
      #expect(await bench.judge().provider.source.isComplete)
      await bench.mock.setFaults([Fault(.entra, "GET /v1.0/users", .missingNext, times: nil)])
      let judged = await bench.judge([T.ana, "other5@acme.com"])
      #expect(!judged.provider.source.carriesVerdicts, "\(judged.provider.source.issues)")
      #expect(judged["other5@acme.com"]?.reason.contains("3 of the 7") == true)
      await bench.mock.setFaults([
        Fault(.entra, "GET /v1.0/users/$count", .status, times: nil, status: 500)
      ])
      #expect(await !bench.judge().provider.source.isComplete)
    }
  }

  @Test("a group that a policy excludes is read to its count, or is unknown")
  func shortGroup() async throws {
    let scenario = T.with(
      T.policy(users: ["includeUsers": ["All"], "excludeGroups": [.string(T.sealed)]]),
      T.policy("In", users: ["includeGroups": [.string(T.staff)]])
    ) {
      $0.users += (0..<4).map { EntraUser("other\($0)@acme.com") }
      $0.groups[3].members = (0..<4).map { "other\($0)@acme.com" } + [T.ana]
      $0.maxPage = 2
    }
    let list = "GET /v1.0/groups/{group}/transitiveMembers"
    try await EntraBench.run(scenario) { bench in
      let good = await bench.judge()
      #expect(good[T.ana]?.verdict == .notEnforced)
      #expect(good.provider.source.isComplete, "\(good.provider.source.issues)")
      // Only what excludes is counted.
      #expect(await bench.mock.requestCounts(.entra)["\(list)/$count"] == 1)
      for fault in [
        Fault(.entra, list, .missingNext, times: nil),
        Fault(.entra, "\(list)/$count", .forbidden, times: nil),
      ] {
        await bench.mock.setFaults([fault])
        let judged = await bench.judge()
        #expect(judged[T.ana]?.verdict == .cannotTell, "\(fault.kind)")
        #expect(judged.provider.source.issues.contains { $0.affects != .details })
      }
    }
  }

  @Test("the members of an assigned group are counted too: who is missing is not without the app")
  func shortAssignment() async throws {
    let scenario = T.with(T.policy(users: ["includeUsers": ["None"]])) {
      $0.users += (0..<4).map { EntraUser("other\($0)@acme.com") }
      $0.groups[3].members = (0..<4).map { "other\($0)@acme.com" } + [T.ana]
      $0.apps[0].requiresAssignment = true
      $0.apps[0].assigned = ["Sealed"]
      $0.maxPage = 2
    }
    try await EntraBench.run(scenario) { bench in
      #expect(await bench.judge()[T.ana]?.verdict == .notEnforced)
      await bench.mock.setFaults([
        Fault(.entra, "GET /v1.0/groups/{group}/members", .missingNext, times: nil)
      ])
      let judged = await bench.judge()
      #expect(judged[T.ana]?.verdict == .cannotTell)
      #expect(!judged.provider.source.isComplete)
    }
  }

  @Test("a row that comes again over a page border is one row; one with other facts is none")
  func repeated() async throws {
    let scenario = T.with(T.policy()) {
      $0.users += (0..<3).map { EntraUser("other\($0)@acme.com") }
      $0.maxPage = 2
    }
    for list in ["GET /v1.0/users", "GET /v1.0/identity/conditionalAccess/namedLocations"] {
      try await EntraBench.run(scenario) { bench in
        await bench.mock.setFaults([Fault(.entra, list, .duplicate, times: nil)])
        let judged = await bench.judge()
        #expect(judged[T.ana]?.verdict == .enforced)
        #expect(judged.provider.source.isComplete, "\(judged.provider.source.issues)")
        #expect(judged.provider.source.issues.contains { $0.affects == .details }, "\(list)")
        #expect(judged.provider.accounts.count == 1)
      }
    }
    let contradiction = T.with(T.policy()) {
      $0.users.append($0.users[0])
      $0.users[1].isEnabled = false
    }
    try await EntraBench.run(contradiction) { bench in
      #expect(await !bench.judge().provider.source.carriesVerdicts)
    }
  }

  @Test(
    "a page that names a next one is followed in every list",
    arguments: [
      "GET /v1.0/servicePrincipals", "GET /v1.0/servicePrincipals/{id}/appRoleAssignedTo",
      "GET /v1.0/identity/conditionalAccess/policies",
      "GET /v1.0/identity/conditionalAccess/namedLocations",
      "GET /v1.0/identity/conditionalAccess/authenticationStrength/policies",
      "GET /v1.0/domains", "GET /v1.0/domains/{domain}/federationConfiguration",
      "GET /v1.0/groups/{group}/members", "GET /v1.0/groups/{group}/transitiveMembers",
      "GET /v1.0/roleManagement/directory/roleAssignments", "GET /v1.0/users",
    ])
  func furtherPages(list: String) async throws {
    let scenario = T.with(
      T.policy(
        users: [
          "includeUsers": [], "includeGroups": [.string(T.staff)],
          "includeRoles": [.string(T.admin)],
        ],
        grant: [
          "authenticationStrength": ["id": "00000000-0000-0000-0000-000000000003"]
        ], conditions: T.locations([T.brazil, T.germany, T.office, T.lab])),
      T.policy(
        "Rest", users: ["includeUsers": ["All"]],
        conditions: T.locations(["All"], not: [T.brazil, T.germany, T.office, T.lab]))
    ) {
      $0.users[0].name = "ana.lima@fed.example"
      $0.domains = [T.federated("rejectMfaByFederatedIdp", "fed.example")]
      $0.groups[0].members = ["ana.lima@fed.example"]
      $0.groups[3].members = ["ana.lima@fed.example"]
      $0.roles = [EntraRoleAssignment(T.admin, "ana.lima@fed.example")]
      $0.apps[0].requiresAssignment = true
      $0.apps[0].assigned = ["Sealed"]
    }
    try await EntraBench.run(scenario) { bench in
      let good = await bench.judge()
      #expect(good[T.ana]?.verdict == .enforced, "\(good[T.ana]?.reason ?? "")")
      await bench.mock.setFaults([Fault(.entra, list, .emptyPage, times: 1)])
      let judged = await bench.judge()
      #expect(judged[T.ana]?.judgement == good[T.ana]?.judgement)
      #expect(judged.provider.source.isComplete, "\(judged.provider.source.issues)")
    }
  }

  @Test("strengths that cannot be read leave the reading incomplete where one hangs on them")
  func strengths() async throws {
    let scenario = T.with(
      T.policy(grant: [
        "authenticationStrength": ["id": "00000000-0000-0000-0000-000000000003"]
      ]))
    try await EntraBench.run(scenario) { bench in
      await bench.mock.setFaults([
        Fault(
          .entra, "GET /v1.0/identity/conditionalAccess/authenticationStrength/policies",
          .forbidden, times: nil)
      ])
      let judged = await bench.judge()
      #expect(judged[T.ana]?.verdict == .cannotTell)
      #expect(!judged.provider.source.isComplete && judged.provider.source.carriesVerdicts)
    }
  }

  // MARK: Refusals

  @Test("whatever refuses names its rule, and nothing is refused for lack of data")
  func refusals() async throws {
    let scenario = T.with(
      T.policy(
        "All controls",
        grant: [
          "operator": "OR",
          "builtInControls": [
            "compliantDevice", "domainJoinedDevice", "approvedApplication", "passwordChange",
            "compliantApplication", "riskRemediation", "faceScan",
          ], "termsOfUse": ["t1"], "customAuthenticationFactors": ["f1"],
        ]), T.policy("Blocked", grant: ["builtInControls": ["block"]]),
      T.policy("Odd", ["state": 7])
    ) {
      $0.securityDefaults = true
      $0.apps[0].owner = nil
      $0.apps[0].requiresAssignment = true
    }
    let call = "GET /v1.0/servicePrincipals/{id}/appRoleAssignedTo"
    try await EntraBench.run(scenario) { bench in
      await bench.mock.setFaults([Fault(.entra, call, .forbidden, times: nil)])
      let judged = await bench.judge()
      let model = try #require(judged.model)
      let rules = Self.refusals(model.policy)
      #expect(rules.count > 6)
      #expect(!rules.contains(nil))
      #expect(judged[T.ana]?.verdict == .cannotTell)
    }
  }

  private static func refusals(_ policy: SignInPolicy) -> [RuleReference.ID?] {
    switch policy {
    case .demand(.refused, let rule): [rule]
    case .demand, .upstream: []
    case .firstMatch(let branches, let otherwise):
      branches.flatMap { refusals($0.policy) } + refusals(otherwise)
    case .all(let parts), .any(let parts): parts.flatMap { refusals($0) }
    }
  }

  // MARK: Groups for exemptions

  @Test("who is in a group that is asked for is told, by id or by name")
  func groups() async throws {
    let scenario = T.with(T.policy()) {
      $0.groups[2].members = [T.ana]
      $0.groups.append(EntraGroup("Twice"))
      $0.groups.append(EntraGroup("Twice", id: "d7777777-0000-4000-8000-000000000007"))
    }
    try await EntraBench.run(scenario) { bench in
      let asked = ["staff", T.staff.uppercased(), "Sealed", "Twice", "Nobody's"]
      func read() async -> ProviderReading {
        await bench.connector().readProvider(
          ProviderQuery(apps: [T.app], groups: asked) {
            WatchList(keys: [T.ana])
          }, progress: .none)
      }
      let reading = await read()
      #expect(Set(reading.groups.keys) == Set(asked.prefix(3)))
      try #require(reading.accounts.count == 1)
      let ana = reading.accounts.signature(at: 0)
      #expect(asked.prefix(3).map { reading.groups[$0].map(ana.has) } == [true, true, false])
      await bench.mock.setFaults([
        Fault(.entra, "GET /v1.0/groups/{group}/transitiveMembers", .forbidden, times: nil)
      ])
      #expect(await read().groups.isEmpty)
    }
  }

  // MARK: Many

  @Test("twice as many ids in a policy, and twice as many applications, cost about twice as much")
  func scale() async throws {
    func time(ids: Int, apps: Int) async throws -> (Duration, Int) {
      let users = (0..<ids).map { EntraUser("p\($0)@acme.com") }
      let scenario = T.with(
        T.policy(users: [
          "includeUsers": ["All"],
          "excludeUsers": .array(users.prefix(ids / 2).map { .string($0.id) }),
        ])
      ) {
        $0.users = users
        $0.apps = (0..<apps).map {
          EntraApp(Identifiers.app($0), name: "App \($0)")
        }
      }
      return try await EntraBench.run(scenario) { bench in
        let people = users.map(\.name)
        let start = ContinuousClock.now
        let judged = await bench.judge(
          people, apps: (0..<apps).map { Identifiers.app($0) }
        ) { $0.perUserMFA = .none }
        let took = ContinuousClock.now - start
        #expect(judged.provider.source.isComplete, "\(judged.provider.source.issues)")
        let open = judged.records.values.count { $0.verdict == .notEnforced }
        #expect(open == ids / 2 && judged.records.count == ids)
        return (took, judged.distinctCases)
      }
    }
    // Of two measures the shorter: other tests run beside this one.
    func least(ids: Int, apps: Int) async throws -> (Duration, Int) {
      let first = try await time(ids: ids, apps: apps)
      let second = try await time(ids: ids, apps: apps)
      return (min(first.0, second.0), first.1)
    }
    let (small, cases) = try await least(ids: 5_000, apps: 2)
    let (large, _) = try await least(ids: 10_000, apps: 2)
    let (few, _) = try await least(ids: 500, apps: 100)
    let (many, _) = try await least(ids: 500, apps: 200)
    print("5,000 ids \(small), 10,000 ids \(large); 100 apps \(few), 200 apps \(many)")
    #expect(cases == 2)
    #expect(large < small * 3)
    #expect(many < few * 3)
  }

  private enum Identifiers {
    static func app(_ number: Int) -> String {
      let digits = String(number)
      return "e4444444-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
    }
  }
}
