import ConnectorKit
import IdentityCore
import MockIdP
import Testing

@testable import PingOne

/// Every door and modifier opens behind a good run, and the page that shows it is kept back in the next one.
@Suite("PingOne: two runs") struct PingOneTwoRunTests {
  @Test("a door that opened stays open while its page is not shown", arguments: PingOneAttack.all)
  func attack(_ attack: PingOneAttack) async throws {
    let good = try await Self.read(attack.good)
    let before = try good.reconciled().records
    let record = try #require(before[PingOneBench.ana])
    #expect(record.verdict != attack.expected, "\(record.verdict) \(record.reason)")
    let runs = try TwoRuns(
      await Self.read(attack.opened), after: before, of: PingOneBench.ana)
    #expect(runs.found.verdict == attack.expected, "\(runs.found.reason)")
    for hide in attack.hides {
      var scenario = attack.opened
      hide.change(&scenario[PingOneTenant.self])
      scenario.faults = hide.faults
      try runs.expect(await Self.read(scenario), of: PingOneBench.ana, hide.name)
    }
  }

  @Test("each line of the inventory opens in two ways, but those that open nothing by design")
  func complete() {
    let counts = Dictionary(grouping: PingOneAttack.all, by: \.line).mapValues(\.count)
    for line in PingOneDoors.allCases where line != .helpDesk {
      #expect(counts[line, default: 0] >= 2, "\(line)")
    }
  }

  private static func read(_ scenario: Scenario) async throws -> ConformanceReading {
    try await Bench.run(scenario) { bench in
      await ConformanceReading(
        of: bench.pingOne(), app: PingOneBench.app, people: [PingOneBench.ana])
    }
  }
}

/// A line of the inventory, a world in which it is closed, and one in which it is open.
struct PingOneAttack: Sendable, CustomTestStringConvertible {
  typealias Change = @Sendable (inout PingOneTenant) -> Void

  /// A page that is not shown, or a part of it.
  struct Hide: Sendable {
    var name: String
    var faults: [Fault] = []
    var change: Change = { _ in }

    /// A page that is refused.
    static func refused(_ path: String, first: Int = 1) -> Hide {
      Hide(
        name: "\(path) refused",
        faults: [
          Fault(.pingOne, "GET /v1/environments/{env}\(path)", .forbidden, first: first, times: nil)
        ])
    }

    /// A field that is null in every row of a page.
    static func null(_ field: String, of path: String) -> Hide {
      Hide(
        name: "\(field) null",
        faults: [
          Fault(.pingOne, "GET /v1/environments/{env}\(path)", .nullField, times: nil, text: field)
        ])
    }
  }

  var line: PingOneDoors
  var situation: String
  var expected: Verdict
  var good: Scenario
  var opened: Scenario
  var hides: [Hide]

  var testDescription: String { "\(line.row.id): \(situation)" }

  init(
    _ line: PingOneDoors, _ situation: String, _ expected: Verdict, hidden hides: [Hide],
    good: Change = { _ in }, _ opens: Change
  ) {
    self.line = line
    self.situation = situation
    self.expected = expected
    self.hides = hides
    self.good = PingOneBench.scenario(good)
    opened = self.good
    opens(&opened[PingOneTenant.self])
  }

  static let all = policies + applications + people + conditions + others
}
