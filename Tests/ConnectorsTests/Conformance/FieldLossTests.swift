import Foundation
import IdentityCore
import MockIdP
import Testing

/// No field of any reply is one whose absence makes somebody look safer, or makes somebody vanish.
///
/// The small scenario is read once while every reply is kept; then it is read again for each field of each reply, with
/// that field missing and with it null.
@Suite("A field that is missing") struct FieldLossTests {
  @Test("raises no verdict and removes nobody", arguments: ConformanceCase.all)
  func everyField(kase: ConformanceCase) async throws {
    var count = 0
    var faults: [String] = []
    for (world, scenario) in ([kase.small] + kase.fieldWorlds).enumerated() {
      try await Bench.run(scenario) { bench in
        await bench.mock.keepReplies()
        let good = try await kase.read(bench)
        let losses = Self.chosen(
          FieldLoss.all(of: Self.own(await bench.mock.replies(), of: kase)), world)
        await bench.mock.keepReplies(false)
        let before = try good.reconciled().records
        count += losses.count
        for loss in losses where !kase.documents(absence: loss) {
          let bad = try await Self.read(kase, bench, without: loss)
          faults += try Self.harms(good, before, bad).map { "world \(world): \(loss): \($0)" }
        }
      }
    }
    print("field loss: \(kase.name): \(count) cases, \(faults.count) faults")
    for fault in faults { print("field loss: \(kase.name): \(fault)") }
    #expect(faults.isEmpty, "\(faults.count) of \(count): \(faults.prefix(20))")
    #expect(count > 0, "no reply was kept")
  }

  /// All fields, or every seventh in the short form.
  private static func chosen(_ losses: [FieldLoss], _ world: Int) -> [FieldLoss] {
    guard !EveryFieldForm.isLong else { return losses }
    return losses.enumerated().filter { ($0.offset + world) % 7 == 0 }.map(\.element)
  }

  /// Replies of the endpoints that no earlier case of the vendor went through.
  private static func own(
    _ replies: [RecordedReply], of kase: ConformanceCase
  ) -> [RecordedReply] {
    let earlier = ConformanceCase.all.prefix { $0.name != kase.name }
    let done = earlier.filter { $0.vendor == kase.vendor }.flatMap(\.endpoints).map(\.template)
    return replies.filter { !done.contains($0.endpoint) }
  }

  private static func read(
    _ kase: ConformanceCase, _ bench: Bench, without loss: FieldLoss
  ) async throws -> ConformanceReading {
    await bench.mock.setFaults([loss.fault])
    await bench.mock.resetRequests()
    let reading = try await kase.read(bench)
    let wasMet = await bench.mock.requests(kase.vendor).contains { $0.fault != nil }
    #expect(wasMet, "\(loss) was never asked for again")
    return reading
  }

  /// What a reading with a loss says that it must not say.
  private static func harms(
    _ good: ConformanceReading, _ before: [String: MemberRecord], _ bad: ConformanceReading
  ) throws -> [String] {
    var harms: [String] = []
    let fresh = try bad.reconciled().records
    for (key, old) in before.sorted(by: { $0.key < $1.key }) {
      // A person is the roster's id; the address may be one that only a lost field told.
      let byID = fresh.values.first {
        old.platformUserID != nil && $0.platformUserID == old.platformUserID
      }
      guard let new = fresh[key] ?? byID else {
        let mayBeMissing = !bad.team.isComplete || old.isPending && !bad.team.knowsPending
        if !mayBeMissing { harms.append("\(key) vanished from a complete roster") }
        continue
      }
      if isRise(from: old.verdict, to: new.verdict) {
        harms.append("\(key) from \(old.verdict) to \(new.verdict): \(new.reason)")
      }
    }
    for change in try bad.reconciled(with: before).changes {
      let new = change.record
      if change.kind == .removed { harms.append("\(new.key) removed") }
      guard change.kind == .changed, let old = before[new.key] else { continue }
      if isRise(from: old.verdict, to: new.verdict), fresh[new.key]?.verdict != new.verdict {
        harms.append("\(new.key) kept, from \(old.verdict) to \(new.verdict)")
      }
    }
    return harms
  }

  /// Whether a verdict looks better; `cannot-tell` never does.
  private static func isRise(from old: Verdict, to new: Verdict) -> Bool {
    new != .cannotTell && rank(new) > rank(old)
  }

  private static func rank(_ verdict: Verdict) -> Int {
    switch verdict {
    case .notEnforced: 0
    case .cannotTell: 1
    case .enforcedConditionally: 2
    case .enforced: 3
    case .notEvaluated: 4
    }
  }
}
