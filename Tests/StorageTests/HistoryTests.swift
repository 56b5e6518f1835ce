import IdentityCore
import Storage
import Testing

@Suite("Store: history") struct HistoryTests {
  @Test("what was known at a moment is told apart from when it was true")
  func twoTimes() async throws {
    try await Samples.withStore { store in
      let before = Samples.record("ana@acme.com", .notEnforced)
      let after = Samples.record("ana@acme.com", .enforced, run: 2)
      try store.commit(1, [Samples.added(before)])
      // Run 2 learns of something that became true half an hour before.
      let trueAt = Samples.time(2).adding(seconds: -1800)
      try store.commit(2, [Samples.changed(before, after)], trueAt: trueAt)
      try store.commit(3, [Samples.removed(after)])
      let history = try store.history(email: "ANA@acme.com")
      #expect(history.map(\.kind) == [.removed, .changed, .added])
      #expect(history.map(\.knownAt) == [3, 2, 1].map(Samples.time))
      #expect(history[1].trueAt == trueAt)
      #expect(history[1].fields.map(\.after) == ["enforced"])
      #expect(history[1].resolved == FindingSet(.mfaNotEnforced))
      func verdict(_ moment: Timestamp) throws -> Verdict? {
        try store.state(asOf: moment)["acme/ana@acme.com"]?.record.verdict
      }
      #expect(try verdict(Samples.time(1).adding(seconds: -1)) == nil)
      #expect(try verdict(Samples.time(1)) == .notEnforced)
      #expect(try verdict(trueAt) == .notEnforced, "true already, known to nobody")
      #expect(try verdict(Samples.time(2)) == .enforced)
      #expect(try verdict(Samples.time(3)) == nil)
      #expect(try store.run(asOf: trueAt)?.id == "run-1")
    }
  }

  @Test("a finding opens, continues and resolves with its times, and opens anew as another one")
  func findings() async throws {
    try await Samples.withStore { store in
      let weak = Samples.record("ana@acme.com", .notEnforced)
      let strong = Samples.record("ana@acme.com")
      try store.commit(1, [Samples.added(weak)])
      let open = try #require(try store.findings().first)
      #expect(open.kind == .mfaNotEnforced && open.openedAt == Samples.time(1))
      #expect(open.resolvedAt == nil && open.witness == "any sign-in")
      try store.commit(2, [])
      #expect(try store.findings() == [open])
      try store.commit(3, [Samples.changed(weak, strong)])
      #expect(try store.findings().isEmpty)
      let ended = try #require(
        try store.findings(FindingQuery(.all)).first)
      #expect(ended.resolvedAt == Samples.time(3) && ended.id == open.id)
      #expect(
        try store.findings(FindingQuery(asOf: Samples.time(2))).map(\.openedAt) == [open.openedAt])
      try store.commit(4, [Samples.changed(strong, weak)])
      #expect(try store.findings().map(\.openedAt) == [Samples.time(4)])
      #expect(try store.findings(FindingQuery(.all)).count == 2)
    }
  }

  @Test("any course of events can be looked back at, run by run", arguments: 0..<12)
  func anyCourse(seed: UInt64) async throws {
    try await Samples.withStore { store in
      var random = Seeded(seed: seed &* 7919 &+ 1)
      var now: [String: MemberRecord] = [:]
      var snapshots: [[String: MemberRecord]] = []
      for run in 1...12 {
        var changes: [MemberChange] = []
        for number in 0..<20 where Int.random(in: 0..<3, using: &random) == 0 {
          let team = number % 2 == 0 ? "acme" : "beta"
          let email = "p\(number)@acme.com"
          let key = "\(team)/\(email)"
          let verdict = Verdict.allCases.randomElement(using: &random) ?? .enforced
          let next = Samples.record(
            email, verdict, team: team,
            role: Bool.random(using: &random) ? .admin : .member, run: run)
          switch now[key] {
          case nil:
            changes.append(Samples.added(next))
            now[key] = next
          case let before? where Bool.random(using: &random):
            changes.append(Samples.removed(before))
            now[key] = nil
          case let before?:
            changes.append(Samples.changed(before, next))
            now[key] = next
          }
        }
        try store.commit(run, changes)
        snapshots.append(now)
      }
      for (index, snapshot) in snapshots.enumerated() {
        let known = try store.state(asOf: Samples.time(index + 1)).mapValues(\.record)
        #expect(known == snapshot, "as of run \(index + 1)")
        let gaps = try store.findings(FindingQuery(asOf: Samples.time(index + 1)))
        let expected = snapshot.values.reduce(0) { $0 + $1.findings.kinds.count }
        #expect(gaps.count == expected)
      }
      #expect(try store.state().mapValues(\.record) == now)
      for team in try store.teams() {
        #expect(team.members == now.values.filter { $0.team == team.name }.count)
      }
      try store.checkIntegrity()
    }
  }

  @Test("evidence ages with its source, without a record being rewritten")
  func freshness() async throws {
    try await Samples.withStore { store in
      try store.commit(1, [Samples.added(Samples.record("ana@acme.com"))])
      try store.commit(expecting: 1) { writer in
        try writer.team("acme", rosterSource: "heroku")
        try writer.reading(
          of: "heroku", scope: "acme", isComplete: true, at: Samples.time(2), issues: [])
        try writer.reading(
          of: "okta", scope: "", isComplete: false, at: Samples.time(2), issues: [])
        return Samples.run(2)
      }
      let status = try #require(try store.state()["acme/ana@acme.com"])
      #expect(status.observedAt == Samples.time(1))
      #expect(status.isStale)
      try store.commit(3, [])
      let fresh = try #require(try store.state()["acme/ana@acme.com"])
      #expect(!fresh.isStale)
    }
  }
}

/// Random numbers that are the same in every run (SplitMix64).
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
