import IdentityCore
import MockIdP
import Testing

@Suite("The guard hides nothing") struct GuardTests {
  private static let ana = "team-a/p1@acme.com"
  private static let strict = "guard: { max_changed: 20%, at_least: 2 }"

  @Test("an application that is switched to one factor is stored at once, however many it is for")
  func worseAtOnce() async throws {
    try await Story.tell(.plain(people: 8), policy: Self.strict) { story in
      try await story.run()
      story.world[.okta].demand = .nobody
      let run = try await story.run()
      for (key, member) in run.members {
        #expect(member.verdict == .notEnforced, "\(key): \(member)")
        #expect(member.findings.contains(.mfaNotEnforced), "\(key): \(member)")
      }
      #expect(run.gaps == run.members.count)
    }
  }

  @Test("what got worse is stored beside people who are held")
  func worseBesideHeld() async throws {
    try await Story.tell(.plain(people: 8), policy: Self.strict) { story in
      try await story.run()
      story.world[.okta].demand = .nobody
      for index in 2...5 { story.world.now.people[index].isOnTeamA = false }
      let run = try await story.run()
      #expect(run.members.count == 9, "four who are gone are held")
      #expect(run.members[Self.ana]?.verdict == .notEnforced)
      #expect(run.members[Self.ana]?.findings.contains(.mfaNotEnforced) == true)
    }
  }

  @Test("people who are held age like others")
  func heldAges() async throws {
    try await Story.tell(.plain(people: 8), policy: Self.strict) { story in
      try await story.run()
      for index in 2...5 { story.world.now.people[index].isOnTeamA = false }
      for _ in 0..<4 { try await story.run(after: 20) }
      let held = try #require(try story.bench.members()["team-a/p3@acme.com"])
      #expect(held.verdict == .cannotTell && held.findings.contains(.stale), "\(held)")
    }
  }

  @Test("an exemption group that lost its people without a word is held")
  func groupLost() async throws {
    var world = LawWorld.plain(.heroku, [.okta, .keycloak], people: 8)
    world[.okta].demand = .exceptGroup
    for number in 0..<6 { world[.okta][number].isInGroup = true }
    try await Story.tell(world, policy: Self.strict) { story in
      let first = try await story.run()
      #expect(first.members[Self.ana]?.verdict == .notEnforced)
      for number in 0..<4 { story.world[.okta][number].isInGroup = false }
      let run = try await story.run()
      let ana = try #require(run.members[Self.ana])
      #expect(ana.verdict == .notEnforced && ana.findings.contains(.mfaNotEnforced), "\(ana)")
    }
  }

  @Test("a policy that an admin switched on needs nobody's approval")
  func switchedOn() async throws {
    var world = LawWorld.plain(.heroku, [.okta, .keycloak], people: 8)
    world[.okta].demand = .nobody
    try await Story.tell(world, policy: Self.strict) { story in
      try await story.run()
      story.world[.okta].demand = .everybody
      let run = try await story.run()
      #expect(!run.isHeld)
      #expect(run.members[Self.ana]?.verdict == .enforced)
      #expect(run.members[Self.ana]?.findings == [])
    }
  }

  @Test("the people of one team who are held hold nobody of another")
  func otherTeam() async throws {
    try await Story.tell(.plain(people: 8), policy: Self.strict) { story in
      try await story.run()
      for index in 2...5 { story.world.now.people[index].isOnTeamA = false }
      story.world.now.people[1].isOnTeamB = true
      let run = try await story.run()
      #expect(run.members["team-b/p1@acme.com"] != nil)
      let before = try #require(run.members["team-b/p7@acme.com"])
      let later = try await story.run(after: 5)
      #expect(
        (later.members["team-b/p7@acme.com"]?.observedAt ?? before.observedAt) > before.observedAt)
    }
  }

  @Test("a door that is added is not held")
  func configurationIsNotHeld() async throws {
    var world = LawWorld.plain(.heroku, [.okta, .keycloak], people: 8)
    world.doors = [.okta]
    world[.keycloak].demand = .nobody
    try await Story.tell(world, policy: Self.strict) { story in
      try await story.run()
      story.world.doors = [.okta, .keycloak]
      try story.configure()
      let run = try await story.run()
      #expect(run.members[Self.ana]?.verdict == .notEnforced)
    }
  }
}
