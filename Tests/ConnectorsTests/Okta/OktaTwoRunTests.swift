import ConnectorKit
import IdentityCore
import MockIdP
import Testing

@testable import Okta

/// Every door and modifier opens behind a good run, and the page that shows it is kept back in the next one.
@Suite("Okta: two runs") struct OktaTwoRunTests {
  @Test("a door that opened stays open while its page is not shown", arguments: OktaAttack.all)
  func attack(_ attack: OktaAttack) async throws {
    let good = try await Self.read(attack.good)
    let before = try good.reconciled().records
    let record = try #require(before[OktaAttack.ana])
    #expect(record.findings.intersection(.gaps).isEmpty, "\(record.verdict) \(record.reason)")
    let runs = try TwoRuns(
      await Self.read(attack.opened), after: before, of: OktaAttack.ana)
    #expect(runs.found.verdict == attack.expected, "\(runs.found.reason)")
    for hide in attack.hides {
      var scenario = attack.opened
      hide.change(&scenario)
      try runs.expect(await Self.read(scenario), of: OktaAttack.ana, hide.name)
    }
  }

  @Test("each line of the inventory opens in two ways, but those that open nothing by design")
  func complete() {
    let counts = Dictionary(grouping: OktaAttack.all, by: \.line).mapValues(\.count)
    for line in OktaDoors.allCases where line != .helpDesk {
      #expect(counts[line, default: 0] >= 2, "\(line)")
    }
  }

  private static func read(_ scenario: Scenario) async throws -> ConformanceReading {
    try await Bench.run(scenario) { bench in
      await ConformanceReading(of: bench.okta(), app: Bench.app, people: [OktaAttack.ana])
    }
  }
}

/// A line of the inventory, a world in which it is closed, and one in which it is open.
struct OktaAttack: Sendable, CustomTestStringConvertible {
  typealias Change = @Sendable (inout Scenario) -> Void

  /// A page that is not shown, or a part of it.
  struct Hide: Sendable {
    var name: String
    var change: Change

    init(_ name: String, _ change: @escaping Change) {
      self.name = name
      self.change = change
    }

    /// A page that is refused, by a part of its path or query.
    static func refused(_ page: String) -> Hide {
      Hide("\(page) refused") { $0.okta.pageFaults[page] = .forbidden }
    }
  }

  static let ana = Organisations.ana

  var line: OktaDoors
  var situation: String
  var expected: Verdict
  var good: Scenario
  var opened: Scenario
  var hides: [Hide]

  var testDescription: String { "\(line.row.id): \(situation)" }

  init(
    _ line: OktaDoors, _ situation: String, _ expected: Verdict, hidden hides: [Hide],
    good: Change = { _ in }, _ opens: Change
  ) {
    self.line = line
    self.situation = situation
    self.expected = expected
    self.hides = hides
    self.good = Organisations.small(good)
    opened = self.good
    opens(&opened)
  }

  static let all = policies + conditions + demands + providers + applications + others
}
