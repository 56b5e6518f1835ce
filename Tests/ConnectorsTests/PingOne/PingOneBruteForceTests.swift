import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import PingOne

/// Random environments with every modifier in, judged over HTTP and by a brute force that was written from the facts.
@Suite("PingOne against a brute force") struct PingOneBruteForceTests {
  @Test("5,200 verdicts of random environments are those of the brute force")
  func random() async throws {
    var dice = Dice(seed: 20_261_205)
    var counts = VerdictCounts()
    for number in 0..<100 {
      let world = PingOneRandomWorld(&dice)
      try await Bench.run(world.scenario) { bench in
        var expected = ExpectedVerdicts(world.verdict)
        for (person, record) in zip(world.people, await Self.records(world, bench)) {
          let expected = expected.verdict(person.traits, &counts)
          #expect(
            record.verdict == expected,
            "world \(number), \(person): \(record.reason); \(record.witness ?? ""); \(world)")
        }
      }
    }
    counts.expect(atLeast: 5_200)
  }

  private static func records(_ world: PingOneRandomWorld, _ bench: Bench) async -> [MemberRecord] {
    var vouches = world.vouched.contains("mfa-bypass") ? Vouch.for("mfa-bypass") : []
    var door = await read(world, vouches, bench)
    let others = world.vouched.subtracting(["mfa-bypass"])
    if !others.isEmpty {
      vouches += Vouch.forUnknowns(of: door.provider, on: others)
      await bench.mock.setFaults(world.scenario.faults)
      door = await read(world, vouches, bench)
    }
    return door.records(world.people.map(\.email))
  }

  private static func read(
    _ world: PingOneRandomWorld, _ vouches: [Vouch], _ bench: Bench
  ) async -> OneDoor {
    let behind = world.behind.enumerated().compactMap { number, asked in
      asked.map {
        Behind(
          key: PingOneRandomWorld.provider(number),
          verdict: $0 == .one ? .notEnforced : .enforced)
      }
    }
    return await bench.pingOneDoor(world.people.map(\.email), behind: behind) {
      $0.vouches = vouches
      $0.switchedOff = world.blocksSwitchedOff ? .cannotTell : .notEnforced
      switch world.pingID {
      case .nothing: $0.pingID = nil
      case .enforced: $0.pingID = .enforced
      case .conditional: $0.pingID = .conditional
      case .none: $0.pingID = PingOneConfiguration.Attested.none
      }
    }
  }
}
