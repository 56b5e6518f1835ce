import IdentityCore
import MockIdP
import Testing

/// What Duo does not say is not taken for what would be best.
@Suite("What Duo does not say") struct DuoLossTests {
  private static let ana = DuoRow.ana

  @Test("a list whose end is not counted is not read to its end")
  func noCount() async throws {
    let scenario = Scenario.duo { tenant in
      tenant.users += (0..<400).map { DuoUser("other\($0)@acme.com") }
    }
    try await Bench.run(scenario) { bench in
      for field in ["/metadata", "/metadata/total_objects", "/metadata/next_offset"] {
        await bench.mock.setFaults([
          Fault(.duo, "GET /admin/v1/users", .edited, times: nil, text: field)
        ])
        let door = await OneDoor.read(
          bench.duo(), app: Bench.vpn, people: [Self.ana, "new@acme.com"])
        #expect(!door.provider.source.isComplete, "\(field)")
        #expect(door.record("new@acme.com").verdict == .cannotTell, "\(field)")
      }
    }
  }

  @Test("a list that moves while it is read is read again once, and is then incomplete")
  func repeated() async throws {
    let scenario = Scenario.duo { tenant in
      tenant.users += (0..<400).map { DuoUser("other\($0)@acme.com") }
    }
    try await Bench.run(scenario) { bench in
      for (times, isComplete) in [(1, true), (nil, false)] as [(Int?, Bool)] {
        await bench.mock.setFaults([
          Fault(.duo, "GET /admin/v1/users", .duplicate, first: 2, times: times)
        ])
        await bench.mock.resetRequests()
        let door = await OneDoor.read(bench.duo(), app: Bench.vpn, people: [Self.ana])
        let source = door.provider.source
        #expect(source.isComplete == isComplete, "\(source.issues)")
        #expect(source.fetched == 401)
        #expect(await bench.mock.requestCounts(.duo)["GET /admin/v1/users"] == 4)
        #expect(source.issues.map(\.code) == (isComplete ? [] : ["duplicate-ids"]))
      }
    }
  }

  @Test("an empty list of users makes nobody new, and ends no finding")
  func emptyList() async throws {
    try await Bench.run(.duo { $0.users[0].status = "bypass" }) { bench in
      let before = await ConformanceReading(of: bench.duo(), app: Bench.vpn, people: [Self.ana])
      let records = try before.reconciled().records
      #expect(records[Self.ana]?.verdict == .notEnforced)
      await bench.mock.update { $0[DuoTenant.self].users = [] }
      let after = await ConformanceReading(of: bench.duo(), app: Bench.vpn, people: [Self.ana])
      #expect(after.source.issues.map(\.code) == ["empty"])
      #expect(try after.reconciled(with: records).changes.isEmpty)
      let first = try after.reconciled().records
      #expect(first[Self.ana]?.verdict == .cannotTell)
    }
  }

  @Test("a refused policy that says what new people are asked for leaves the source incomplete")
  func refusedPolicy() async throws {
    let scenario = Scenario.duo { $0.policies[0] = .global(newUser: "no-mfa") }
    try await Bench.run(scenario) { bench in
      await bench.mock.setFaults([
        Fault(.duo, "GET /admin/v2/policies/global", .forbidden, times: nil)
      ])
      let door = await OneDoor.read(
        bench.duo(), app: Bench.vpn, people: [Self.ana, "new@acme.com"])
      #expect(!door.provider.source.isComplete)
      #expect(door.provider.source.carriesVerdicts)
      #expect(door.record(Self.ana).verdict == .enforced)
      #expect(door.record("new@acme.com").verdict == .cannotTell)
    }
  }

  @Test("two lists of networks that begin alike are two")
  func networks() async throws {
    let first = ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"]
    let scenario = Scenario.duo {
      $0.policies[0].sections["authorized_networks"] = [
        "no_2fa_required": ["ip_list": .array((first + ["10.9.0.0/24"]).map { .string($0) })],
        "mfa_required": ["ip_list": .array((first + ["10.8.0.0/24"]).map { .string($0) })],
        "deny_other_access": true,
      ]
    }
    try await Bench.run(scenario) { bench in
      let door = await OneDoor.read(bench.duo(), app: Bench.vpn, people: [Self.ana])
      let record = door.record(Self.ana)
      #expect(record.verdict == .enforcedConditionally, "\(record.reason)")
      #expect(record.witness?.contains("10.9.0.0/24") == true)
    }
  }

  @Test("a list of groups that is not shown lets nobody out of the question")
  func permittedGroups() async throws {
    let scenario = Scenario.duo {
      $0.integrations[0].access = "PERMITTED_GROUPS"
      $0.integrations[0].permittedGroups = ["Finance"]
      $0.policies[0] = .global(behaviour: "bypass")
    }
    try await Bench.run(scenario) { bench in
      await bench.mock.setFaults([
        Fault(
          .duo, "GET /admin/v3/integrations/{integration}", .edited, times: nil,
          text: "/response/groups_allowed")
      ])
      let people = [Self.ana, "new@acme.com"]
      let door = await OneDoor.read(bench.duo(), app: Bench.vpn, people: people)
      #expect(people.map { door.record($0).verdict } == [.notEnforced, .notEnforced])
    }
  }

  @Test("the app carries the policy that Duo links to it, and a watched id keeps the user")
  func link() async throws {
    for hasOwn in [true, false] {
      let scenario = Scenario.duo { tenant in
        guard hasOwn else { return }
        tenant.policies.append(DuoPolicy("VPN", [:]))
        tenant.integrations[0].policy = tenant.policies[1].key
      }
      try await Bench.run(scenario) { bench in
        let before = await OneDoor.read(bench.duo(), app: Bench.vpn, people: [Self.ana])
        let id = before.provider.accounts[0].id
        let door = await OneDoor.read(bench.duo(), app: Bench.vpn, people: [id])
        #expect(door.provider.accounts.count == 1)
        let policies = await bench.mock.scenario()[DuoTenant.self].policies
        #expect(door.provider.apps[0].policyLink == policies[hasOwn ? 1 : 0].key)
      }
    }
  }
}
