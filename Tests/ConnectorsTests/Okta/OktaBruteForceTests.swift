import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import Okta

/// Random organisations with every modifier in, judged over HTTP and by a brute force that was written from the facts.
@Suite("Okta against a brute force") struct OktaBruteForceTests {
  @Test("5,200 verdicts of random organisations are those of the brute force")
  func random() async throws {
    var dice = Dice(seed: 20_261_204)
    var counts = VerdictCounts()
    for number in 0..<100 {
      let world = OktaRandomWorld(&dice)
      try await Bench.run(world.scenario) { bench in
        let records = await Self.records(world, bench)
        var expected = ExpectedVerdicts(world.verdict)
        for (person, record) in zip(world.people, records) {
          let expected = expected.verdict(person.traits, &counts)
          #expect(
            record.verdict == expected,
            "world \(number), \(person): \(record.reason); \(record.witness ?? ""); \(world)")
        }
      }
    }
    counts.expect(atLeast: 5_200)
  }

  private static func records(_ world: OktaRandomWorld, _ bench: Bench) async -> [MemberRecord] {
    var door = await read(world, [], bench)
    if !world.vouched.isEmpty {
      door = await read(world, Vouch.forUnknowns(of: door.provider, on: world.vouched), bench)
    }
    return door.records(world.people.map(\.email))
  }

  private static func read(
    _ world: OktaRandomWorld, _ vouches: [Vouch], _ bench: Bench
  ) async -> OneDoor {
    let people = world.people.map(\.email)
    let connector = bench.okta {
      $0.vouches = vouches
      if world.inbound == .attested { $0.inboundFederation = .none }
      if world.attestsNoAppPolicies { $0.perAppPolicies = .none }
    }
    var reading = await connector.readProvider(
      ProviderQuery(apps: [Bench.app]) { WatchList(keys: people) }, progress: .none)
    let behind =
      world.providers.enumerated().map { (OktaRandomWorld.provider($0), $1.behind) }
      + world.ownBehind.map { ($0, $1) }
    reading.routes = behind.compactMap { key, asked in
      asked.map {
        let verdict: Verdict = $0 == .one ? .notEnforced : .enforced
        return UpstreamRoute(
          identityProvider: key, target: SignInTarget(provider: "behind", app: "\(verdict)"))
      }
    }
    let names = world.people.map(OktaRandomWorld.account)
    return OneDoor(
      provider: reading, app: Bench.app,
      behind: ["behind": Behind.reading(Array(Set(people + names)).sorted())])
  }
}
