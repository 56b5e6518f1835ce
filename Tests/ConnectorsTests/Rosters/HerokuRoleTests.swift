import IdentityCore
import MockIdP
import Testing

@Suite("Heroku, a role that is lost") struct HerokuRoleTests {
  @Test("Heroku: a team whose only administrator's role is lost is not read, and loses nothing")
  func role() async throws {
    try await Bench.run(Organisations.small()) { bench in
      let good = try await ConformanceReading(of: bench.heroku(), team: Bench.team)
      let before = try good.reconciled().records
      #expect(before[Organisations.ana]?.findings.contains(FindingSet(.lastAdmin)) == true)
      for kind in [Fault.Kind.missingField, .nullField] {
        await bench.mock.setFaults([
          Fault(.heroku, "GET /teams/{team}/members", kind, times: nil, text: "role")
        ])
        let bad = try await ConformanceReading(of: bench.heroku(), team: Bench.team)
        #expect(!bad.team.isComplete, "\(kind)")
        let after = try bad.reconciled(with: before)
        #expect(after.changes.isEmpty, "\(after.changes)")
      }
    }
  }
}
