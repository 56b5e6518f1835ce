import ConnectorKit
import IdentityCore
import MockIdP
import Testing

@testable import Okta

/// Who may set up another factor by one factor signs in with two from then on.
@Suite("Okta: who enrols a factor") struct OktaEnrolmentTests {
  private typealias O = Organisations

  struct World: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var rules: [Rule]
    var expected: Verdict

    init(_ name: String, _ expected: Verdict, _ rules: Rule...) {
      testDescription = name
      self.rules = rules
      self.expected = expected
    }
  }

  /// A rule of the account management policy that asks for one factor.
  private static func weak(
    _ operation: String? = nil, _ change: (inout Rule) -> Void = { _ in }
  ) -> Rule {
    Rule("Weak") {
      $0.factors = "1FA"
      $0.expression = operation
      change(&$0)
    }
  }

  static let worlds: [World] = [
    World("every rule asks for two factors", .enforced, .catchAll("2FA")),
    World("one factor does", .enforcedConditionally, .catchAll("1FA")),
    World(
      "one factor enrols another", .enforcedConditionally,
      weak("accessRequest.operation == 'enroll'"), .catchAll("2FA")),
    World(
      "one factor takes one away", .enforcedConditionally,
      weak("accessRequest.operation == 'unenroll'"), .catchAll("2FA")),
    World(
      "a rule for resets, which are a door of their own", .enforced,
      weak("accessRequest.operation == 'recover'"), .catchAll("2FA")),
    World(
      "a rule for resets or something else", .enforcedConditionally,
      weak("accessRequest.operation == 'recover' || user.profile.x == 'y'"), .catchAll("2FA")),
    World("a weak rule that is off", .enforced, weak { $0.status = "INACTIVE" }, .catchAll("2FA")),
    World(
      "a weak rule of which nobody knows whether it is on", .enforcedConditionally,
      weak { $0.status = "PAUSED" }, .catchAll("2FA")),
  ]

  private static func scenario(_ rules: [Rule]) -> Scenario {
    O.small {
      $0.okta.policies.append(
        Policy(
          "Management", rules: rules,
          raw: ["_embedded": ["resourceType": "END_USER_ACCOUNT_MANAGEMENT"]]))
    }
  }

  @Test("is judged by the account management policy", arguments: worlds)
  func world(_ world: World) async throws {
    try await Bench.run(Self.scenario(world.rules)) { bench in
      let record = try #require(await bench.judge()[O.ana])
      #expect(record.verdict == world.expected, "\(record.reason)")
    }
  }

  @Test("is not forgotten while that policy is refused, and vouched for rule by rule")
  func twoRuns() async throws {
    try await Bench.run(Self.scenario([.catchAll("1FA")])) { bench in
      func read() async -> ConformanceReading {
        await ConformanceReading(of: bench.okta(), app: Bench.app, people: [O.ana])
      }
      let runs = try TwoRuns(await read(), after: [:], of: O.ana)
      #expect(!runs.found.findings.isEmpty)
      await bench.mock.update { $0.okta.pageFaults["type=ACCESS_POLICY"] = .forbidden }
      try runs.expect(await read(), of: O.ana, "policy refused")
    }
  }

  @Test("a rule of a status that is not documented may be in force")
  func drafts() async throws {
    for status in ["DRAFT", "STAGED", "PAUSED"] {
      let weak = Rule("Draft") {
        $0.status = status
        $0.factors = "1FA"
      }
      try await Bench.run(O.app([weak, .catchAll("2FA")])) { bench in
        let record = try #require(await bench.judge()[O.ana])
        #expect(record.verdict == .cannotTell, "\(status): \(record.reason)")
      }
    }
  }
}
