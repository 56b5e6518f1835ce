import ConnectorKit
import CurlTransport
import Foundation
import IdentityCore
import MockIdP
import Testing

/// Nothing better for lack of data, and who is who: the named cases.
@Suite("Google: truth") struct GoogleTruthTests {
  private typealias W = Workspaces

  /// Reads with one field of the first row of a list taken out.
  private static func without(
    _ field: String, _ account: GoogleWorkspace, behind: [Behind] = [], _ kind: ReplyDamage.Kind
  ) async throws -> GoogleJudged {
    let damage = ReplyDamage()
    var account = account
    account.damage = damage
    return try await Bench.run(W.scenario(account)) { bench in
      _ = await bench.judgeGoogle([W.ana])
      let found = try #require(damage.fields.first { $0.field.names == field }?.field)
      damage.arm(found, kind)
      return await bench.judgeGoogle([W.ana], behind: behind)
    }
  }

  @Test(
    "an account that does not show whether it is suspended or archived is cannot-tell",
    arguments: ["users.suspended", "users.archived"], ReplyDamage.Kind.allCases)
  func state(field: String, kind: ReplyDamage.Kind) async throws {
    for isSuspended in [true, false] {
      let account = W.account(isEnforced: true) {
        $0.users[0].isSuspended = isSuspended && field == "users.suspended"
        $0.users[0].isArchived = isSuspended && field == "users.archived"
      }
      let judged = try await Self.without(field, account, kind)
      #expect(judged[W.ana]?.verdict == .cannotTell)
      #expect(judged[W.ana]?.reason.contains("suspended or archived") == true)
      #expect(!judged.reading.source.isComplete)
    }
    // What is known to be closed needs no second word.
    let closed = W.account(isEnforced: true) {
      $0.users[0].isSuspended = true
      $0.users[0].isArchived = true
    }
    #expect(try await Self.without(field, closed, kind)[W.ana]?.verdict == .notEvaluated)
  }

  @Test("an assignment without a target may be for anybody")
  func target() async throws {
    for (assignment, field) in [
      (GoogleAssignment("SAML_SSO", group: "Staff", rank: 1, profile: "0corp"), "targetGroup"),
      (GoogleAssignment("SAML_SSO", orgUnit: "/", profile: "0corp"), "targetOrgUnit"),
    ] {
      let account = W.account(isEnforced: true) {
        $0.groups = [GoogleGroup("Staff", users: [W.ana])]
        $0.assignments = [assignment]
      }
      for kind in ReplyDamage.Kind.allCases {
        let judged = try await Self.without("inboundSsoAssignments.\(field)", account, kind)
        #expect(judged[W.ana]?.verdict == .cannotTell)
        #expect(judged[W.ana]?.reason.contains("names no target") == true)
      }
    }
    // Where it leads to two factors as well, it decides nothing.
    let account = W.account(isEnforced: true) {
      $0.assignments = [GoogleAssignment("SAML_SSO", orgUnit: "/", profile: "0corp")]
    }
    let judged = try await Self.without(
      "inboundSsoAssignments.targetOrgUnit", account,
      behind: [Behind(key: W.realm, verdict: .enforced)], .missing)
    #expect(judged[W.ana]?.verdict == .enforced)
  }

  @Test("a new assignment whose profile is refused takes what was good with it")
  func newAssignment() async throws {
    let account = W.account(isEnforced: true)
    let before = try await Bench.run(W.scenario(account)) { bench in
      try await ConformanceReading(of: bench.google(), app: "google", people: [W.ana])
        .reconciled().records
    }
    #expect(before[W.ana]?.verdict == .enforced)
    for isNew in [false, true] {
      var later = account
      if isNew {
        later.assignments = [GoogleAssignment("SAML_SSO", orgUnit: "/", profile: "0corp")]
      }
      try await Bench.run(W.scenario(later)) { bench in
        await bench.mock.setFaults([
          Fault(.google, "GET /v1/inboundSamlSsoProfiles", .forbidden, times: nil)
        ])
        let reading = await ConformanceReading(of: bench.google(), app: "google", people: [W.ana])
        let now = try reading.reconciled(with: before).records[W.ana]
        #expect(now?.verdict == (isNew ? .cannotTell : .enforced), "\(isNew): \(now?.reason ?? "")")
      }
    }
  }

  @Test("a group's assignment without a rank may come before or behind the others")
  func rank() async throws {
    let account = W.account(isEnforced: true) {
      $0.groups = [
        GoogleGroup("Staff", users: [W.ana]), GoogleGroup("Contractors", users: [W.ana]),
      ]
      $0.assignments = [
        GoogleAssignment("SSO_OFF", group: "Staff", rank: 9),
        GoogleAssignment("SAML_SSO", group: "Contractors", rank: 3, profile: "0corp"),
      ]
    }
    for kind in ReplyDamage.Kind.allCases {
      let judged = try await Self.without("inboundSsoAssignments.rank", account, kind)
      #expect(judged[W.ana]?.verdict == .cannotTell)
    }
  }

  @Test("without an org unit each unit is a question of its own")
  func orgUnit() async throws {
    let account = W.account(isEnforced: true, orgUnit: "/Staff") {
      $0.assignments = [
        GoogleAssignment("SSO_OFF", orgUnit: "/Staff"),
        GoogleAssignment("SAML_SSO", orgUnit: "/Other", profile: "0corp"),
      ]
      $0.orgUnits["/Other"] = "03other"
    }
    let judged = try await Self.without("users.orgUnitPath", account, .missing)
    #expect(judged[W.ana]?.verdict == .cannotTell)
  }

  @Test("a member without a type may stand for everybody")
  func memberType() async throws {
    let account = W.account(isEnforced: true) {
      $0.groups = [GoogleGroup("All", hasEverybody: true)]
      $0.assignments = [GoogleAssignment("SAML_SSO", group: "All", rank: 1, profile: "0corp")]
    }
    let judged = try await Self.without("members.type", account, .missing)
    #expect(judged[W.ana]?.verdict == .cannotTell)
    #expect(judged[W.ana]?.reason.contains("who is in group All") == true)
  }

  @Test("a list of members that is shorter than the group's own count is not read to its end")
  func shortMembers() async throws {
    var account = W.account(isEnforced: true) {
      $0.users += (0..<3).map { GoogleUser("other\($0)@acme.com") }
      $0.groups = [
        GoogleGroup("Staff", users: (0..<3).map { "other\($0)@acme.com" } + [W.ana])
      ]
      $0.assignments = [
        GoogleAssignment("SAML_SSO", group: "Staff", rank: 1, profile: "0corp")
      ]
    }
    account.largestPage = 2
    try await Bench.run(W.scenario(account)) { bench in
      await bench.mock.setFaults([
        Fault(
          .google, "GET /admin/directory/v1/groups/{group}/members", .missingNext, times: nil)
      ])
      let judged = await bench.judgeGoogle([W.ana])
      #expect(judged[W.ana]?.verdict == .cannotTell)
      #expect(!judged.reading.source.isComplete)
    }
  }

  @Test("a row that comes again over a page border is one row; one with other facts is none")
  func repeated() async throws {
    var account = W.account(isEnforced: true) {
      $0.users += (0..<3).map { GoogleUser("other\($0)@acme.com") }
      $0.assignments = (0..<3).map { GoogleAssignment("SSO_OFF", orgUnit: "/Other\($0)") }
      for number in 0..<3 { $0.orgUnits["/Other\(number)"] = "03other\(number)" }
    }
    account.largestPage = 2
    for list in ["GET /admin/directory/v1/users", "GET /v1/inboundSsoAssignments"] {
      try await Bench.run(W.scenario(account)) { bench in
        await bench.mock.setFaults([Fault(.google, list, .duplicate, times: nil)])
        let judged = await bench.judgeGoogle([W.ana])
        #expect(judged[W.ana]?.verdict == .enforced)
        #expect(judged.reading.source.isComplete, "\(judged.reading.source.issues)")
        #expect(judged.reading.source.issues.contains { $0.affects == .details }, "\(list)")
        #expect(judged.reading.accounts.count == 1)
      }
    }
    let contradiction = W.account(isEnforced: true) {
      $0.users.append($0.users[0])
      $0.users[1].isEnforced = false
    }
    try await Bench.run(W.scenario(contradiction)) { bench in
      #expect(await !bench.judgeGoogle([W.ana]).reading.source.carriesVerdicts)
    }
  }

  @Test("a policy without its order, or without its query, proves no grace")
  func order() async throws {
    let account = W.account {
      $0.users[0].created = W.day(-2)
      $0.policies = [
        W.enforcement(from: "1970-01-01T00:00:00Z", sortOrder: 9),
        W.enforcement(from: "2025-03-01T00:00:00Z", sortOrder: 5), W.grace,
      ]
    }
    for field in ["policies.policyQuery.sortOrder", "policies.policyQuery.query"] {
      let judged = try await Self.without(field, account, .missing)
      let verdict = judged[W.ana]?.verdict
      #expect(verdict == .cannotTell || verdict == .notEnforced, "\(field)")
    }
  }

  @Test("policies that fail are no reason to say that a new user is asked for nothing")
  func policiesFail() async throws {
    let account = W.account {
      $0.users[0].created = W.day(-2)
      $0.policies = [W.enforcement(from: "2025-03-01T00:00:00Z"), W.grace]
    }
    try await Bench.run(W.scenario(account)) { bench in
      #expect(await bench.judgeGoogle([W.ana])[W.ana]?.verdict == .enforcedConditionally)
      await bench.mock.setFaults([
        Fault(.google, "GET /v1/policies", .status, times: nil, status: 500)
      ])
      let judged = await bench.judgeGoogle([W.ana])
      #expect(judged[W.ana]?.verdict == .cannotTell)
      #expect(!judged.reading.source.isComplete)
    }
  }

  @Test("the name of a profile that another one has as well leads nowhere")
  func namesakes() async throws {
    let account = W.account(isEnforced: false) {
      $0.profiles = [
        GoogleProfile(
          "0a", displayName: "Corporate", issuer: "https://a.example/idp",
          signInURL: "https://a.example/sso"),
        GoogleProfile(
          "0b", displayName: "Corporate", issuer: "https://b.example/idp",
          signInURL: "https://b.example/sso"),
      ]
      $0.assignments = [GoogleAssignment("SAML_SSO", orgUnit: "/", profile: "0b")]
    }
    try await Bench.run(W.scenario(account)) { bench in
      let byName = await bench.judgeGoogle(
        [W.ana], behind: [Behind(key: "Corporate", verdict: .enforced)])
      #expect(byName[W.ana]?.verdict == .cannotTell)
      let byID = await bench.judgeGoogle([W.ana], behind: [Behind(key: "0b", verdict: .enforced)])
      #expect(byID[W.ana]?.verdict == .enforced)
    }
  }

  @Test("all addresses count, and the next provider is asked about the primary one")
  func addresses() async throws {
    let account = W.account(isEnforced: true) {
      $0.users[0].aliases = ["lima@acme.com"]
      $0.users[0].raw = ["nonEditableAliases": ["ana@acme.alias.example"]]
    }
    try await Bench.run(W.scenario(account)) { bench in
      for address in [W.ana, "lima@acme.com", "ana@acme.alias.example"] {
        let judged = await bench.judgeGoogle([address])
        #expect(judged[address]?.verdict == .enforced)
        #expect(judged.reading.passesOn == .email)
      }
    }
  }

  @Test("who is in a group that is asked for is told, by id, address or name")
  func groups() async throws {
    let account = W.account(isEnforced: true) {
      $0.groups = [
        GoogleGroup("Break Glass", users: [W.ana]), GoogleGroup("Others"),
        GoogleGroup("Twice", id: "01t1"), GoogleGroup("Twice", id: "01t2"),
      ]
    }
    try await Bench.run(W.scenario(account)) { bench in
      let asked = [
        "Break Glass", "break-glass@acme.com", account.groups[0].id, "Others", "Twice", "Nobody's",
      ]
      func read() async -> ProviderReading {
        await bench.google().readProvider(
          ProviderQuery(apps: ["google"], groups: asked) { WatchList(keys: [W.ana]) },
          progress: .none)
      }
      let reading = await read()
      #expect(Set(reading.groups.keys) == Set(asked.prefix(4)))
      try #require(reading.accounts.count == 1)
      let ana = reading.accounts.signature(at: 0)
      #expect(
        asked.prefix(4).map { reading.groups[$0].map(ana.has) } == [true, true, true, false])
      #expect(reading.source.isComplete, "\(reading.source.issues)")
      await bench.mock.setFaults([
        Fault(
          .google, "GET /admin/directory/v1/groups/{group}/members", .forbidden, times: nil)
      ])
      #expect(await read().groups.isEmpty)
    }
  }

  @Test("twice as many units, groups and assignments cost about twice as much")
  func scale() async throws {
    func time(_ count: Int) async throws -> Duration {
      let account = W.account(isEnforced: true, orgUnit: "/U7") { account in
        account.orgUnits = [:]
        for number in 0..<count {
          account.orgUnits["/U\(number)"] = "03u\(number)"
          account.assignments.append(GoogleAssignment("SSO_OFF", orgUnit: "/U\(number)"))
        }
      }
      return try await Bench.run(W.scenario(account)) { bench in
        let start = ContinuousClock.now
        let judged = await bench.judgeGoogle([W.ana])
        #expect(judged[W.ana]?.verdict == .enforced)
        return ContinuousClock.now - start
      }
    }
    let small = try await time(1_000)
    let large = try await time(2_000)
    print("1,000 units \(small), 2,000 units \(large)")
    #expect(large < small * 3)
  }
}
