import Foundation
import IdentityCore
import MockIdP
import Testing
import Worker

@Suite("What is kept is about the same thing") struct IdentityOfEvidenceTests {
  private static let ana = "team-a/p1@acme.com"
  private static let good: Set<Verdict> = [.enforced, .enforcedConditionally, .notEvaluated]

  @Test("a door that is added counts at once, also when it was never read")
  func addedDoor() async throws {
    var world = LawWorld.plain(.heroku, [.okta, .keycloak])
    world.doors = [.okta]
    try await Story.tell(world) { story in
      let first = try await story.run()
      #expect(first.members[Self.ana]?.verdict == .enforced)
      story.world.doors = [.okta, .keycloak]
      try story.configure()
      for _ in 0..<2 {
        let run = try await story.run(after: 1, .dead(.keycloak))
        let ana = try #require(run.members[Self.ana])
        #expect(ana.verdict == .cannotTell, "\(ana)")
        #expect(run.gaps > 0)
      }
    }
  }

  @Test("a door that is added counts at once, also before the next run")
  func addedDoorBeforeRun() async throws {
    var world = LawWorld.plain(.heroku, [.okta, .keycloak])
    world.doors = [.okta]
    try await Story.tell(world) { story in
      try await story.run()
      story.world.doors = [.okta, .keycloak]
      story.world[.keycloak].demand = .nobody
      try story.configure()
      let run = try await story.run()
      #expect(run.members[Self.ana]?.verdict == .notEnforced)
    }
  }

  @Test("a door that is taken out no longer counts, and takes its findings along")
  func removedDoor() async throws {
    var world = LawWorld.plain(.heroku, [.okta, .keycloak])
    world[.keycloak].demand = .nobody
    try await Story.tell(world) { story in
      let first = try await story.run()
      #expect(first.members[Self.ana]?.findings == [.mfaNotEnforced])
      story.world.doors = [.okta]
      try story.configure()
      let run = try await story.run()
      #expect(run.members[Self.ana]?.verdict == .enforced)
      #expect(run.members[Self.ana]?.findings == [])
    }
  }

  @Test("a sign_in that names another application is judged by nothing that was known before")
  func anotherApplication() async throws {
    try await Story.tell(.plain(.heroku, [.okta, .keycloak])) { story in
      try await story.run()
      try story.configure {
        $0.replacingOccurrences(of: "\"\(LawWorld.app)\"", with: "\"0oaother0000000000002\"")
      }
      let run = try await story.run(after: 1, .dead(.okta))
      let ana = try #require(run.members[Self.ana])
      #expect(!Self.good.contains(ana.verdict), "\(ana)")
    }
  }

  @Test("a sign_in that names another provider is judged by nothing that was known before")
  func anotherProvider() async throws {
    var world = LawWorld.plain(.heroku, [.okta, .keycloak])
    world.doors = [.okta]
    try await Story.tell(world) { story in
      try await story.run()
      story.world.doors = [.keycloak]
      try story.configure()
      let run = try await story.run(after: 1, .dead(.keycloak))
      let ana = try #require(run.members[Self.ana])
      #expect(!Self.good.contains(ana.verdict), "\(ana)")
    }
  }

  @Test("another policy that is linked to the application and cannot be read is not the old one")
  func anotherPolicy() async throws {
    try await Story.tell(.plain(.heroku, [.okta, .keycloak])) { story in
      try await story.run()
      story.world[.okta].policyNumber = 2
      story.world[.okta].demand = .nobody
      let run = try await story.run(
        after: 1, Fault(.okta, "GET /api/v1/policies/{policy}/rules", .notFound, times: nil),
        Fault(.okta, "GET /api/v1/policies/{policy}", .notFound, times: nil))
      let ana = try #require(run.members[Self.ana])
      #expect(!Self.good.contains(ana.verdict), "\(ana)")
    }
  }

  @Test("an application that is gone is nothing that is known", arguments: [true, false])
  func goneApplication(isRenamed: Bool) async throws {
    try await Story.tell(.plain(.heroku, [.okta, .keycloak])) { story in
      try await story.run()
      let run = try await story.run(after: 1) { scenario in
        if isRenamed {
          scenario.okta.apps[0].id = "0oaother0000000000002"
        } else {
          scenario.okta.apps = []
        }
      }
      let ana = try #require(run.members[Self.ana])
      #expect(!Self.good.contains(ana.verdict), "\(ana)")
    }
  }

  @Test("an account that was deleted and made anew is not the one that was judged")
  func anotherAccount() async throws {
    try await Story.tell(.plain(.heroku, [.okta, .keycloak])) { story in
      try await story.run()
      story.world[.okta].policyNumber = 2
      story.world[.okta].demand = .exceptGroup
      let run = try await story.run(
        after: 1, [Fault(.okta, "GET /api/v1/groups/{group}/users", .forbidden, times: nil)]
      ) { scenario in
        for index in scenario.people.indices {
          let place = "0\(index)"
          scenario.people[index].id = "00uanew0000000000" + place
        }
      }
      let ana = try #require(run.members[Self.ana])
      #expect(!Self.good.contains(ana.verdict), "\(ana)")
    }
  }

  @Test("someone who left and comes back while a provider is down is not what she was")
  func comesBack() async throws {
    try await Story.tell(.plain(.heroku, [.okta, .keycloak])) { story in
      try await story.run()
      story.world.now.people[1].isOnTeamA = false
      let gone = try await story.run()
      #expect(gone.members[Self.ana] == nil)
      story.world.now.people[1].isOnTeamA = true
      let run = try await story.run(after: 1, .dead(.okta))
      let ana = try #require(run.members[Self.ana])
      #expect(ana.verdict == .cannotTell, "\(ana)")
    }
  }

  @Test(
    "an invited person who joins while a provider is down is not what the invited are",
    arguments: [Provider.okta, .keycloak])
  func joins(_ dead: Provider) async throws {
    var world = LawWorld.plain(.heroku, [.okta, .keycloak])
    world.now.people[1].isInvited = true
    try await Story.tell(world) { story in
      let first = try await story.run()
      #expect(first.members[Self.ana]?.isPending == true)
      story.world.now.people[1].isInvited = false
      for _ in 0..<2 {
        let run = try await story.run(after: 1, .dead(dead.vendor))
        let ana = try #require(run.members[Self.ana])
        #expect(ana.verdict == .cannotTell, "\(ana)")
      }
    }
  }

  @Test("someone who is renamed at the roster keeps since, findings and history")
  func renamed() async throws {
    var world = LawWorld.plain(.json, [.okta, .keycloak])
    world[.okta].demand = .nobody
    try await Story.tell(world) { story in
      let first = try await story.run()
      let before = try #require(first.members[Self.ana])
      #expect(before.findings == [.mfaNotEnforced])
      let opened = try story.opened("p1@acme.com")
      let run = try await story.run(after: 10) { scenario in
        scenario.rename("p1@acme.com", to: "ana.new@acme.com")
      }
      #expect(run.members[Self.ana] == nil)
      let after = try #require(run.members["team-a/ana.new@acme.com"])
      #expect(after.verdict == .notEnforced && after.since == before.since, "\(after)")
      #expect(try story.opened("ana.new@acme.com") == opened)
      #expect(run.members.count == first.members.count)
      let history = try story.bench.worker().history(
        email: "ana.new@acme.com", team: "team-a", limit: 10)
      #expect(history.contains { $0.kind == .added } && !history.contains { $0.kind == .removed })
      // Also while a provider is down: her own old verdict is kept, not forgotten.
      let down = try await story.run(after: 10, [.dead(.okta)]) { scenario in
        scenario.rename("p1@acme.com", to: "ana.third@acme.com")
      }
      let third = try #require(down.members["team-a/ana.third@acme.com"])
      #expect(third.verdict == .notEnforced && third.findings.contains(.mfaNotEnforced), "\(third)")
    }
  }
}

extension Story {
  /// When the findings of a member opened.
  fileprivate func opened(_ email: String) throws -> [FindingKind: Timestamp] {
    let findings = try bench.worker().status().findings.filter {
      $0.email == email && $0.team == "team-a" && $0.resolvedAt == nil
    }
    return Dictionary(findings.map { ($0.kind, $0.openedAt) }) { first, _ in first }
  }
}

extension Scenario {
  /// The same person under another address, everywhere.
  fileprivate mutating func rename(_ old: String, to new: String) {
    for index in people.indices where people[index].email == old {
      let id = people[index].id
      people[index].email = new
      people[index].login = new
      people[index].id = id
    }
    for app in okta.apps.indices {
      for user in okta.apps[app].users.indices where okta.apps[app].users[user].person == old {
        okta.apps[app].users[user].person = new
      }
    }
    for index in self[KeycloakTenant.self].users.indices
    where self[KeycloakTenant.self].users[index].email == old {
      self[KeycloakTenant.self].users[index].email = new
      self[KeycloakTenant.self].users[index].username = new
    }
    for index in self[JSONEndpoint.self].people.indices
    where self[JSONEndpoint.self].people[index]["mail"]?.text == old {
      self[JSONEndpoint.self].people[index]["mail"] = .string(new)
    }
  }
}
