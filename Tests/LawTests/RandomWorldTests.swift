import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("Faults in random worlds") struct RandomWorldTests {
  /// How many worlds are played, and which is the first.
  private static let environment = ProcessInfo.processInfo.environment
  private static let worlds = environment["IDSYNC_LAW_WORLDS"].flatMap { Int($0) } ?? 300
  private static let first = environment["IDSYNC_LAW_SEED"].flatMap { UInt64($0) } ?? 1
  private static let faults = environment["IDSYNC_LAW_FAULTS"].flatMap { Int($0) } ?? 1
  private static let benches = environment["IDSYNC_LAW_BENCHES"].flatMap { Int($0) } ?? 6

  @Test(
    "a fault in any run makes no verdict better, ends no finding, removes nobody, makes nothing younger"
  )
  func laws() async throws {
    let start = ContinuousClock.now
    let seeds = Seeds(Self.first..<Self.first + UInt64(Self.worlds))
    let total = try await withThrowingTaskGroup(of: LawRunner.Outcome.self) { group in
      for _ in 0..<Self.benches {
        group.addTask {
          try await LawBench.run { bench in
            var sum = LawRunner.Outcome()
            let runner = LawRunner(bench: bench)
            while let seed = seeds.next() {
              sum.add(try await runner.play(LawWorld(seed: seed), faults: Self.faults))
            }
            return sum
          }
        }
      }
      return try await group.reduce(into: LawRunner.Outcome()) { $0.add($1) }
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    print(
      "laws: \(Self.worlds) worlds, \(total.cases) sequences with a fault, \(total.runs) runs, \(Int(Double(Self.worlds) / seconds * 10)) worlds in 10 s"
    )
    print("laws: faults \(total.kinds.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })")
    print(
      "laws: verdicts \(total.verdicts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })")
    try await tell(total.failures)
  }

  /// Shows of each law that is broken the smallest case of a few seeds.
  private func tell(_ failures: [LawFailure]) async throws {
    guard !failures.isEmpty else { return }
    var byLaw: [String: [LawFailure]] = [:]
    for failure in failures.sorted(by: { $0.world.seed < $1.world.seed }) {
      for law in failure.laws { byLaw[law, default: []].append(failure) }
    }
    let shown = Self.environment["IDSYNC_LAW_SHOWN"].flatMap { Int($0) } ?? 1
    try await LawBench.run { bench in
      for (law, failures) in byLaw.sorted(by: { $0.key < $1.key }) {
        let seeds = failures.prefix(20).map { String($0.world.seed) }.joined(separator: " ")
        var text = "law broken: \(law): \(failures.count) times (seeds \(seeds))"
        for var failure in failures.prefix(shown) {
          failure.breaches.sort { a, _ in a.law == law }
          text +=
            "\n"
            + (try await Shrinking(runner: LawRunner(bench: bench)).shrink(failure)).description
        }
        Issue.record("\(text)")
      }
    }
  }
}

/// Gives every seed out once, and tells of every five hundredth: the whole takes an hour or two.
private final class Seeds: Sendable {
  private let rest: Mutex<Range<UInt64>>

  init(_ range: Range<UInt64>) { rest = Mutex(range) }

  func next() -> UInt64? {
    rest.withLock { range in
      guard let first = range.first else { return nil }
      if first % 500 == 0 { print("laws: world \(first)") }
      range = first + 1..<range.upperBound
      return first
    }
  }
}

extension LawRunner.Outcome {
  mutating func add(_ other: Self) {
    cases += other.cases
    runs += other.runs
    kinds.merge(other.kinds) { $0 + $1 }
    verdicts.merge(other.verdicts) { $0 + $1 }
    failures += other.failures
  }
}
