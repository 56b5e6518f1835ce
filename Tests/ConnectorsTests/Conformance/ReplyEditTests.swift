import Foundation
import IdentityCore
import MockIdP
import Testing

/// No place of any reply is one whose loss, or whose saying something else, makes somebody look safer, makes somebody
/// vanish, ends a finding or goes untold.
///
/// The organisation is read once while every reply is kept; then it is read again for each edit of each place, and judged
/// as a first run and as the one after the good one.
@Suite("A place of a reply that says something else") struct ReplyEditTests {
  @Test(
    "raises no verdict, removes nobody, ends no finding, and is told where it decides",
    arguments: EditedSource.all.filter { EveryFieldForm.includes($0.name) })
  func everyPlace(source: EditedSource) async throws {
    var tally = EditTally(source)
    for (world, scenario) in source.worlds.enumerated() {
      try await Bench.run(scenario) { bench in
        let read = try await source.prepare(bench)
        await bench.mock.keepReplies()
        let good = try await read()
        let replies = await bench.mock.replies().filter {
          $0.vendor == source.vendor && !source.done.contains($0.endpoint)
        }.sorted { ($0.endpoint, $0.request) < ($1.endpoint, $1.request) }
        await bench.mock.keepReplies(false)
        let harms = try ReadingHarms(good)
        for edit in Self.chosen(ReplyEdit.all(of: replies), world) where source.isTold(edit) {
          await bench.mock.setFaults([edit.fault])
          await bench.mock.resetRequests()
          let bad = try await read()
          let wasMet = await bench.mock.requests(source.vendor).contains { $0.fault != nil }
          #expect(wasMet, "\(edit) was never asked for again")
          if edit.form == .shortened {
            tally.add(edit, world, ReadingHarms.shortfall(of: bad))
          } else {
            tally.add(edit, world, try harms.harms(of: bad, isDamage: edit.form.isDamage))
          }
        }
      }
    }
    tally.report()
    #expect(tally.faults.isEmpty, "\(tally.faults.count) of \(tally.count)")
    #expect(tally.count > 0, "no reply was kept")
  }

  /// All edits, or some of them in the short form.
  private static func chosen(_ edits: [ReplyEdit], _ world: Int) -> [ReplyEdit] {
    let edits = edits.filter { EveryFieldForm.includes($0.form) }
    guard !EveryFieldForm.isLong else { return edits }
    return edits.enumerated().filter { ($0.offset + world) % EveryFieldForm.stride == 0 }
      .map(\.element)
  }
}

/// What came of the edits of one source.
private struct EditTally {
  let source: EditedSource
  private(set) var count = 0
  private(set) var faults: [String] = []
  private var unseen: Set<String>

  init(_ source: EditedSource) {
    self.source = source
    unseen = Set(source.known.keys).union(source.untold).filter { name in
      !source.done.contains { name.hasPrefix($0 + " ") }
    }
  }

  mutating func add(_ edit: ReplyEdit, _ world: Int, _ harms: [ReadingHarms.Harm]) {
    count += 1
    guard !harms.isEmpty else { return }
    let place = source.untoldPlace(of: edit)
    if let place, harms.contains(where: { $0.kind == .untold }) { unseen.remove(place) }
    let harms = harms.filter { place == nil || $0.kind != .untold }
    guard !harms.isEmpty else { return }
    let names = ["\(edit.name) \(edit.form.rawValue)", edit.name]
    if let name = names.first(where: { source.known[$0] != nil }) {
      unseen.remove(name)
    } else {
      faults += harms.map { "world \(world): \(edit): \($0)" }
    }
  }

  /// Prints what was seen; what is known and was not seen any more is a fault in the long form.
  mutating func report() {
    if EveryFieldForm.isWhole {
      faults += unseen.sorted().map { "\($0) is known to do harm, and does none" }
    }
    let known = source.known.count + source.untold.count
    print("edits: \(source.name): \(count) cases, \(faults.count) faults, \(known) known")
    for fault in faults { print("edits: \(source.name): \(fault)") }
  }
}
