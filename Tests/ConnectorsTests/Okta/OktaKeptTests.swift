import ConnectorKit
import IdentityCore
import MockIdP
import Testing

/// What is kept in a second run while a list fails is not kept against what that run reads.
@Suite("Okta, kept verdicts") struct OktaKeptTests {
  /// What an administrator changes between the runs.
  struct Change: Sendable, CustomTestStringConvertible {
    let name: String
    let before: String
    let after: String
    let was: Verdict
    var opens = false
    var testDescription: String { name }
  }

  static let changes = [
    Change(name: "the rule asks for one factor", before: "2FA", after: "1FA", was: .enforced),
    Change(name: "a refusal is lifted", before: "DENY", after: "1FA", was: .notEvaluated),
    Change(
      name: "the application needs no assignment any more", before: "1FA", after: "1FA",
      was: .notEvaluated, opens: true),
  ]

  @Test(
    "a change that is read is told, whichever other list fails",
    arguments: changes, ["/apps/\(Bench.app)/users", "/mappings"])
  func told(_ change: Change, failing page: String) async throws {
    try await Bench.run(Self.scenario(change.before, isAssigned: !change.opens)) { bench in
      let good = await Self.read(bench)
      let before = try good.reconciled().records
      #expect(before["ana@acme.com"]?.verdict == change.was)
      await bench.mock.update {
        $0.okta.policies = Self.policies(change.after)
        if change.opens { $0.okta.apps[0].raw = ["settings": ["implicitAssignment": true]] }
        $0.okta.pageFaults = [page: .status]
      }
      let bad = await Self.read(bench)
      #expect(!bad.source.isComplete && bad.source.carriesVerdicts)
      let verdict = try #require(try bad.reconciled(with: before).records["ana@acme.com"]?.verdict)
      #expect(verdict == .cannotTell || verdict == .notEnforced, "\(verdict)")
    }
  }

  @Test(
    "what did not change is kept", arguments: ["/apps/\(Bench.app)/users", "/mappings"])
  func kept(failing page: String) async throws {
    try await Bench.run(Self.scenario("2FA", isAssigned: true)) { bench in
      let before = try await Self.read(bench).reconciled().records
      await bench.mock.update { $0.okta.pageFaults = [page: .status] }
      let after = try await Self.read(bench).reconciled(with: before).records
      #expect(after["ana@acme.com"]?.verdict == .enforced)
    }
  }

  private static func read(_ bench: Bench) async -> ConformanceReading {
    await ConformanceReading(of: bench.okta(), app: Bench.app, people: ["ana@acme.com"])
  }

  private static func policies(_ factors: String) -> [Policy] {
    var rule = Rule.catchAll(factors == "DENY" ? "2FA" : factors)
    if factors == "DENY" { rule.access = "DENY" }
    return [Policy("Main", id: "rstMain", rules: [rule])]
  }

  private static func scenario(_ factors: String, isAssigned: Bool) -> Scenario {
    var okta = OktaOrganisation(
      apps: [
        OktaApp(
          "Heroku", id: Bench.app, accessPolicy: "Main",
          users: isAssigned ? [AppUser("ana@acme.com")] : [])
      ], policies: policies(factors))
    okta.rateLimit = 1_000_000
    return Scenario(people: [Person("ana@acme.com")], okta: okta)
  }
}
