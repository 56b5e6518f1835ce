import Foundation
import IdentityCore
import MockIdP
import Testing

@Suite("Nobody vanishes, and nothing gets better, for lack of data") struct VanishingTests {
  private static let ana = "team-a/p1@acme.com"

  @Test("a roster that answers with nobody removes nobody", arguments: Platform.allCases)
  func emptyRoster(_ platform: Platform) async throws {
    try await Story.tell(.plain(platform, [.okta, .keycloak])) { story in
      let first = try await story.run()
      for _ in 0..<2 {
        let run = try await story.run(after: 1) { scenario in
          for team in scenario.heroku.teams.indices { scenario.heroku.teams[team].members = [] }
          scenario[JSONEndpoint.self].people = []
        }
        #expect(run.members.keys.sorted() == first.members.keys.sorted())
        #expect(!run.isComplete)
      }
    }
  }

  @Test(
    "two half readings do not add up to a whole one",
    arguments: [Fault.Kind.missingNext, .malformed])
  func twoHalves(_ kind: Fault.Kind) async throws {
    try await Story.tell(.plain(.json, [.okta, .keycloak], people: 6)) { story in
      let first = try await story.run()
      let path = "GET /teams/{team}/people"
      for place in [2, 3] {
        let run = try await story.run(after: 1, Fault(.json, path, kind, first: place, times: nil))
        #expect(run.members.keys.sorted() == first.members.keys.sorted())
      }
    }
  }

  @Test(
    "invitations that cannot be read remove nobody who is invited, and the run is not complete",
    arguments: [
      Fault(.heroku, "GET /teams/{team}/invitations", .notFound, times: nil),
      Fault(.heroku, "GET /teams/{team}/invitations", .status, times: nil, status: 400),
      Fault(.heroku, "GET /teams/{team}/invitations", .forbidden, times: nil),
      Fault(.heroku, "GET /teams/{team}/invitations", .malformed, times: nil),
      Fault(.heroku, "GET /teams/{team}/invitations", .html, times: nil),
    ])
  func invitations(_ fault: Fault) async throws {
    var world = LawWorld.plain(.heroku, [.okta, .keycloak])
    world.now.people[1].isInvited = true
    try await Story.tell(world) { story in
      try await story.run()
      for _ in 0..<2 {
        let run = try await story.run(after: 1, fault)
        #expect(run.members[Self.ana]?.isPending == true)
        // Nobody is invited to an enterprise team: that there is no list of invitations is an answer there.
        #expect(run.isComplete == (fault.kind == .notFound))
      }
    }
  }

  @Test(
    "an account that is hidden though it is counted makes nobody better, over any number of runs")
  func hiddenAccounts() async throws {
    var world = LawWorld.plain(.heroku, [.okta, .keycloak])
    world[.keycloak].demand = .nobody
    try await Story.tell(world) { story in
      let first = try await story.run()
      #expect(first.members[Self.ana]?.findings == [.mfaNotEnforced])
      for _ in 0..<3 {
        let run = try await story.run(after: 1) { scenario in
          for index in scenario[KeycloakTenant.self].users.indices {
            scenario[KeycloakTenant.self].users[index].isHidden = true
          }
        }
        let ana = try #require(run.members[Self.ana])
        #expect(ana.verdict == .notEnforced && ana.findings.contains(.mfaNotEnforced), "\(ana)")
      }
    }
  }

  @Test(
    "a finding outlives the death of its door, staleness and all, and ends with a reading alone")
  func findingOutlives() async throws {
    var world = LawWorld.plain(.heroku, [.okta, .keycloak])
    world[.keycloak].demand = .nobody
    try await Story.tell(world) { story in
      try await story.run()
      for hours in [1.0, 60, 60, 60] {
        let run = try await story.run(after: hours, .dead(.keycloak))
        let ana = try #require(run.members[Self.ana])
        #expect(ana.findings.contains(.mfaNotEnforced), "\(ana)")
      }
      // The other door failing as well changes nothing about it.
      let both = try await story.run(after: 1, .dead(.keycloak), .dead(.okta))
      #expect(both.members[Self.ana]?.findings.contains(.mfaNotEnforced) == true)
      let roster = try await story.run(after: 1, .dead(.heroku))
      #expect(roster.members[Self.ana]?.findings.contains(.mfaNotEnforced) == true)
      story.world[.keycloak].demand = .everybody
      let back = try await story.run(after: 1)
      #expect(back.members[Self.ana]?.findings == [])
    }
  }

  @Test("a fault at one door hides nothing that got worse at the other")
  func otherDoor() async throws {
    try await Story.tell(.plain(.heroku, [.okta, .keycloak])) { story in
      try await story.run()
      story.world[.keycloak].demand = .nobody
      let run = try await story.run(after: 1, .dead(.okta))
      let ana = try #require(run.members[Self.ana])
      #expect(ana.verdict == .notEnforced && ana.findings.contains(.mfaNotEnforced), "\(ana)")
    }
  }

  @Test("a part that is refused hides nothing that got worse beside it")
  func besidePart() async throws {
    try await Story.tell(.plain(.heroku, [.okta, .keycloak])) { story in
      try await story.run()
      story.world[.okta].demand = .nobody
      let run = try await story.run(
        after: 1, Fault(.okta, "GET /api/v1/zones", .forbidden, times: nil))
      let ana = try #require(run.members[Self.ana])
      #expect(ana.verdict == .notEnforced, "\(ana)")
    }
  }

  @Test(
    "a fault at one door makes nothing better that the other door knows",
    arguments: Provider.allCases)
  func worseDoorStays(_ dead: Provider) async throws {
    let other: Provider = dead == .okta ? .keycloak : .okta
    var world = LawWorld.plain(.heroku, [other, dead])
    world[dead].demand = .nobody
    try await Story.tell(world) { story in
      let first = try await story.run()
      #expect(
        first.members[Self.ana]?.verdict == .notEnforced,
        "\(String(describing: first.members[Self.ana]))")
      let run = try await story.run(after: 1, .dead(dead.vendor))
      let ana = try #require(run.members[Self.ana])
      #expect(ana.verdict == .notEnforced && ana.findings.contains(.mfaNotEnforced), "\(ana)")
    }
  }

  @Test(
    "people who are suspended at the provider are no better off for a half-read list",
    arguments: [Provider.okta, .entra, .google, .keycloak, .json])
  func suspended(_ provider: Provider) async throws {
    let other: Provider = provider == .okta ? .keycloak : .okta
    var world = LawWorld.plain(.heroku, [provider, other])
    world.doors = [provider]
    world[provider][1].isActive = false
    try await Story.tell(world) { story in
      let first = try await story.run()
      let before = try #require(first.members[Self.ana])
      #expect(before.findings == [.deprovisionedAtIdP], "\(before)")
      for (endpoint, _) in await story.bench.mock.requestCounts(provider.vendor).sorted(by: {
        $0.key < $1.key
      }) {
        let run = try await story.run(
          after: 0.1, Fault(provider.vendor, endpoint, .malformed, times: nil))
        let now = try #require(run.members[Self.ana])
        #expect(now.findings.contains(.deprovisionedAtIdP), "\(endpoint): \(now)")
        #expect(now.verdict == .notEvaluated || now.verdict == .cannotTell, "\(endpoint): \(now)")
      }
    }
  }

  @Test("a damaged page is asked for anew by the next run, whatever tag it had")
  func damagedPage() async throws {
    var world = LawWorld.plain(.heroku, [.okta, .keycloak])
    world[.okta].demand = .nobody
    try await Story.tell(world) { story in
      for kind in [Fault.Kind.missingNext, .html, .malformed] {
        for endpoint in ["identity-providers", "members", "invitations"] {
          try await story.run(
            after: 1, Fault(.heroku, "GET /teams/{team}/\(endpoint)", kind, times: nil))
          let run = try await story.run(after: 1)
          #expect(run.isComplete, "\(endpoint) \(kind.rawValue)")
          #expect(run.members[Self.ana]?.verdict == .notEnforced, "\(endpoint) \(kind.rawValue)")
        }
      }
    }
  }
}
