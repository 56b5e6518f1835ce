import CurlTransport
import IdentityCore
import Testing

@testable import MockIdP

@Suite("Entra at scale") struct EntraScaleTests {
  private static func scenario(people: Int) -> Scenario {
    var scenario = Scenario(population: Population(people: people))
    var tenant = EntraTenant()
    tenant.apps = [EntraApp(Tenants.app, name: "Heroku")]
    tenant.generated = EntraGenerated(groups: 400, policies: 100)
    scenario[EntraTenant.self] = tenant
    return scenario
  }

  private static func read(
    people: Int
  ) async throws -> (requests: [String: Int], cases: Int, verdicts: [Verdict: Int]) {
    let scenario = scenario(people: people)
    let emails = (0..<people).compactMap { scenario.population?.email(at: $0) }
    return try await EntraBench.run(scenario) { bench in
      let judged = await bench.judge(emails)
      #expect(judged.provider.source.isComplete, "\(judged.provider.source.issues)")
      #expect(judged.provider.accounts.count == people)
      var verdicts: [Verdict: Int] = [:]
      for record in judged.records.values { verdicts[record.verdict, default: 0] += 1 }
      return (judged.provider.source.requestsByEndpoint, judged.distinctCases, verdicts)
    }
  }

  @Test("requests grow with the pages of users and with nothing else")
  func requests() async throws {
    let small = try await Self.read(people: 1_000)
    let large = try await Self.read(people: 5_000)
    print("requests for 1,000 people: \(small.requests.sorted { $0.key < $1.key })")
    print("requests for 5,000 people: \(large.requests.sorted { $0.key < $1.key })")
    print("5,000 people are \(large.cases) cases: \(large.verdicts)")
    let lists = "GET /v1.0/users"
    #expect(small.requests[lists] == 2)
    #expect(large.requests[lists] == 6)
    #expect(small.requests.filter { $0.key != lists } == large.requests.filter { $0.key != lists })
    #expect(large.requests.values.reduce(0, +) < 60)
    // Everybody is asked outside the offices, some everywhere.
    #expect(Set(large.verdicts.keys) == [.enforced, .enforcedConditionally])
    #expect(large.cases < 500)
  }
}
