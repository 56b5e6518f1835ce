import ArgumentParser
import Foundation
import MockIdP

/// Which organisation to play.
struct ScenarioOptions: ParsableArguments {
  @Option(name: .long, help: "A scenario file; by default the demo organisation.")
  var scenario: String?

  @Option(name: .long, help: "Generate an organisation of this many people instead.")
  var people: Int?

  @Option(name: .long, help: "How many of the generated people are on the team; by default all.")
  var teamSize: Int?

  @Option(name: .long, help: "The seed of the generator.")
  var seed: UInt64 = 1

  func validate() throws {
    guard people == nil || scenario == nil else {
      throw ValidationError("Give either --scenario or --people.")
    }
    if let people, !(1...10_000_000).contains(people) {
      throw ValidationError("--people must be between 1 and 10000000.")
    }
  }

  /// Reads or makes the organisation.
  func load() throws -> Scenario {
    if let people { return .generate(seed: seed, people: people, teamSize: teamSize) }
    if let scenario { return try Scenario(contentsOf: scenario) }
    return try Scenario.acme()
  }
}
