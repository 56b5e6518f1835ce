import IdentityCore
import MockIdP
import Testing

@Suite("The age of a verdict, over runs") struct AgeTests {
  private static let ana = "team-a/p1@acme.com"

  @Test("a door that died ages, however often the other one is read", arguments: Provider.allCases)
  func oneDoorDies(_ dead: Provider) async throws {
    let other: Provider = dead == .okta ? .keycloak : .okta
    try await Story.tell(.plain(.heroku, [other, dead])) { story in
      let first = try await story.run()
      let before = try #require(first.members[Self.ana])
      #expect(before.verdict == .enforced, "\(before)")
      for _ in 0..<3 {
        let run = try await story.run(after: 20, .dead(dead.vendor))
        let now = try #require(run.members[Self.ana])
        #expect(now.verdict == .enforced && now.observedAt == before.observedAt, "\(now)")
      }
      let run = try await story.run(after: 20, .dead(dead.vendor))
      let now = try #require(run.members[Self.ana])
      #expect(now.verdict == .cannotTell && now.findings.contains(.stale), "\(now)")
      #expect(now.observedAt == before.observedAt, "\(now)")
      #expect(run.gaps == run.members.values.count(where: Order.isGap))
      // It stays so for ever, and ends with the first reading.
      let later = try await story.run(after: 200, .dead(dead.vendor))
      #expect(later.members[Self.ana]?.observedAt == before.observedAt)
      #expect(later.members[Self.ana]?.verdict == .cannotTell)
      let back = try await story.run()
      #expect(back.members[Self.ana]?.verdict == .enforced)
    }
  }

  @Test("doors that are read in turns are each as old as their own last reading")
  func doorsInTurns() async throws {
    try await Story.tell(.plain(.heroku, [.okta, .keycloak])) { story in
      try await story.run()
      for turn in 0..<6 {
        let run = try await story.run(after: 24, .dead(turn.isMultiple(of: 2) ? .okta : .keycloak))
        let ana = try #require(run.members[Self.ana])
        // Never older than the reading of the other door in the run before.
        #expect(ana.verdict == .enforced, "turn \(turn): \(ana)")
        #expect(!ana.findings.contains(.stale), "turn \(turn): \(ana)")
      }
    }
  }

  @Test("what became too old is told when it is read, without a run")
  func readLater() async throws {
    try await Story.tell(.plain()) { story in
      try await story.run()
      #expect(try story.read(after: 71)[Self.ana]?.verdict == .enforced)
      let members = try story.read(after: 2)
      #expect(!members.isEmpty)
      for (key, member) in members {
        #expect(
          member.verdict == .cannotTell && member.findings.contains(.stale), "\(key): \(member)")
      }
    }
  }

  @Test("a run of one team makes nobody of another fresher")
  func oneTeam() async throws {
    try await Story.tell(.plain()) { story in
      let other = "team-b/p3@acme.com"
      let first = try await story.run()
      let before = try #require(first.members[other])
      for _ in 0..<4 {
        let run = try await story.run(after: 20, teams: ["team-a"])
        #expect(run.members[other]?.observedAt == before.observedAt)
      }
      let members = try story.bench.members()
      #expect(members[other]?.verdict == .cannotTell)
      #expect(members[other]?.findings.contains(.stale) == true)
      #expect(members[Self.ana]?.verdict == .enforced)
    }
  }

  @Test("a run of one team that fails makes nobody of another older")
  func oneTeamFails() async throws {
    try await Story.tell(.plain(.heroku, [.okta, .keycloak])) { story in
      let other = "team-b/p3@acme.com"
      try await story.run()
      let run = try await story.run(after: 2)
      let before = try #require(run.members[other])
      let failed = try await story.run(after: 2, teams: ["team-a"], .dead(.okta))
      #expect(failed.members[other]?.observedAt == before.observedAt)
      #expect(failed.members[other]?.verdict == .enforced)
    }
  }

  @Test("a roster that died ages everybody, whatever the providers say")
  func rosterDies() async throws {
    for platform in Platform.allCases {
      try await Story.tell(.plain(platform, [.okta, .keycloak])) { story in
        try await story.run()
        let dead = Fault.dead(platform == .heroku ? .heroku : .json)
        for _ in 0..<4 { try await story.run(after: 20, dead) }
        let members = try story.bench.members()
        #expect(members.count == 5)
        for (key, member) in members {
          #expect(
            member.verdict == .cannotTell && member.findings.contains(.stale), "\(key): \(member)")
        }
      }
    }
  }

  @Test("one refused part that a verdict never needed makes nobody old")
  func partNotNeeded() async throws {
    try await Story.tell(.plain(.heroku, [.okta, .keycloak])) { story in
      try await story.run()
      for _ in 0..<5 {
        try await story.run(after: 20, Fault(.okta, "GET /api/v1/zones", .forbidden, times: nil))
      }
      let ana = try #require(try story.bench.members()[Self.ana])
      #expect(ana.verdict == .enforced && !ana.findings.contains(.stale), "\(ana)")
    }
  }

  @Test("nothing is known since a moment after the evidence for it")
  func sinceAndEvidence() async throws {
    try await Story.tell(.plain()) { story in
      try await story.run()
      story.world[.okta].demand = .nobody
      for fault in [Fault.dead(.json), .dead(.okta), .dead(.heroku)] {
        let run = try await story.run(after: 10, fault)
        for (key, member) in run.members {
          #expect(member.since <= member.observedAt, "\(fault.vendor.rawValue) \(key): \(member)")
        }
      }
    }
  }
}
