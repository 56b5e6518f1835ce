import IdentityCore
import MockIdP
import Testing

/// Servers give lists in any order: the same organisation gives the same proof, word for word.
@Suite("Lists that come in another order") struct ProofOrderTests {
  @Test(
    "give the same doors, proofs, witnesses and records",
    arguments: EditedSource.all)
  func sameProof(source: EditedSource) async throws {
    for scenario in source.worlds {
      try await Bench.run(scenario) { bench in
        let read = try await source.prepare(bench)
        let before = try await read().reconciled().records
        // The steps of a flow are told by where they stand in its list.
        let ordered = Set(
          await bench.mock.requests(source.vendor).map(\.endpoint)
        ).filter { !$0.hasSuffix("/executions") }
        await bench.mock.setFaults(
          ordered.sorted().map { Fault(source.vendor, $0, .reordered, times: nil) })
        let after = try await read().reconciled().records
        #expect(Set(before.keys) == Set(after.keys))
        for (key, old) in before.sorted(by: { $0.key < $1.key }) {
          let new = try #require(after[key])
          for (was, now) in zip(old.judgement.doors, new.judgement.doors) where was != now {
            #expect(was.evidence == now.evidence, "\(key)")
            #expect(was.inventory == now.inventory, "\(key)")
            #expect(was.witness == now.witness, "\(key)")
            #expect(was == now, "\(key)")
            return
          }
          #expect(old.judgement == new.judgement, "\(key)")
        }
      }
    }
  }
}
