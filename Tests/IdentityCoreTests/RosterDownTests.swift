import Testing

@testable import IdentityCore

/// What still counts while nobody knows who is on the team: the configuration, the providers, and what got worse.
@Suite("While a roster cannot be read") struct RosterDownTests {
  private static let issue = SourceIssue(
    code: "forbidden", call: "GET /teams/{team}/members", message: "Refused.", remedy: "grant it")

  private static func asks(_ demand: Demand) -> ProviderApp.State {
    .readable(
      SignInModel(
        rules: [
          RuleReference(
            policyID: "p1", policyName: "P", ruleID: "r1", ruleName: "R", demand: "asks")
        ], policy: .demand(demand, by: 0)))
  }

  private func team() -> TestTeam {
    var team = TestTeam()
    team.add(TestTeam.ana())
    team.state = Self.asks(.multiFactor)
    team.places = ["okta": "https://acme.okta.com", "heroku": "https://api.heroku.com"]
    return team
  }

  private func other(_ demand: Demand?, accounts: [Account]) -> ProviderReading {
    var table = AccountTable(atomCount: 4)
    for account in accounts { table.append(account) }
    let issues = demand == nil ? [Self.issue] : []
    return ProviderReading(
      source: SourceReading(
        name: "entra", kind: "entra", startedAt: TestTeam.now, observedAt: TestTeam.now,
        issues: issues),
      apps: [ProviderApp(id: "app", label: "E", state: Self.asks(demand ?? .multiFactor))],
      accounts: table)
  }

  /// Ana after a run in which the roster is refused, and what was changed before it.
  private func ana(after change: (inout TestTeam) -> Void) throws -> MemberRecord {
    let before = team()
    let prior = MemoryPrior(before.records)
    #expect(prior.records["ana@acme.com"]?.verdict == .enforced)
    var now = before
    now.rosterIssues = [Self.issue]
    now.roster = []
    change(&now)
    let changes = try now.reconcile(prior).changes
    #expect(changes.allSatisfy { $0.kind == .changed })
    return try #require(changes.first?.record ?? prior.records["ana@acme.com"])
  }

  @Test("nothing changes for somebody of whom nothing got worse")
  func same() throws {
    #expect(try ana { _ in }.verdict == .enforced)
    #expect(try ana { $0.oktaIssues = [Self.issue] }.verdict == .enforced, "kept, and ages")
  }

  @Test("a door that the configuration adds counts at once, read or not")
  func addedDoor() throws {
    let target = SignInTarget(provider: "entra", app: "app")
    let account = Account(id: "e", email: "ana@acme.com", assigned: [0])
    let weak = try ana {
      $0.signIn.append(target)
      $0.otherProviders["entra"] = other(.singleFactor, accounts: [account])
    }
    #expect(weak.verdict == .notEnforced)
    #expect(weak.findings.contains(FindingSet(.mfaNotEnforced)))
    let dead = try ana {
      $0.signIn.append(target)
      $0.otherProviders["entra"] = other(nil, accounts: [])
    }
    #expect(dead.verdict == .cannotTell)
  }

  @Test("what was known of another provider, application or server is nothing that is known")
  func otherDoor() throws {
    let changes: [(inout TestTeam) -> Void] = [
      { $0.signIn = [] },
      { $0.signIn = [SignInTarget(provider: "okta", app: "other")] },
      { $0.signIn = [SignInTarget(provider: "entra", app: "app")] },
      {
        $0.places["okta"] = "https://other.okta.com"
        $0.oktaIssues = [Self.issue]
      },
      {
        $0.places["heroku"] = "https://other.heroku.com"
        $0.oktaIssues = [Self.issue]
      },
    ]
    for (number, change) in changes.enumerated() {
      #expect(try ana(after: change).verdict == .cannotTell, "\(number)")
    }
  }

  @Test("another account, of the configuration or of the provider, is not the one that was judged")
  func otherAccount() throws {
    let mapped = try ana {
      $0.accounts.append(Account(id: "second", email: "x@acme.com", assigned: []))
      $0.identities = [
        IdentityMapping(member: "ana@acme.com", provider: "okta", account: "second", reason: "r")
      ]
    }
    #expect(mapped.verdict != .enforced)
    let gone = try ana { $0.accounts = [Account(id: "bo", email: "bo@acme.com", assigned: [0])] }
    #expect(gone.verdict == .cannotTell)
    let anew = try ana {
      $0.accounts = [Account(id: "anew", email: "ana@acme.com", assigned: [0])]
      $0.state = .unreadable(reason: "It is not listed.", remedy: "list it")
    }
    #expect(anew.verdict == .cannotTell)
  }

  @Test("the collaborator's row of a member whose own row did not come makes him no outsider")
  func collaboratorRow() throws {
    let now = try ana {
      var row = TestTeam.ana().0
      row.kind = .collaborator
      row.federated = .no
      row.identityProvider = nil
      $0.roster = [row]
    }
    #expect(now.verdict == .enforced)
    #expect(!now.findings.contains(FindingSet(.outsideSSO)))
  }

  @Test("a mapping of the configuration that is about somebody else changes nobody")
  func otherMapping() throws {
    let before = team()
    var now = before
    now.identities = [
      IdentityMapping(member: "bo@acme.com", addresses: ["bo@old.example"], reason: "r")
    ]
    #expect(try now.reconcile(MemoryPrior(before.records)).changes.isEmpty)
  }

  @Test("nobody gets better, and no finding ends")
  func nothingBetter() throws {
    var weak = team()
    weak.state = Self.asks(.singleFactor)
    let prior = MemoryPrior(weak.records)
    var now = weak
    now.rosterIssues = [Self.issue]
    now.roster = []
    now.state = Self.asks(.multiFactor)
    #expect(try now.reconcile(prior).changes.isEmpty)
  }

  @Test(
    "somebody who comes to a known address with another id, on a list that broke off, changes nobody"
  )
  func contradictedAddress() throws {
    var now = team()
    let prior = MemoryPrior(now.records)
    now.roster[0].userID = "u-somebody-else"
    now.rosterIssues = [Self.issue]
    #expect(try now.reconcile(prior).changes.isEmpty)
  }

  @Test("a roster that tells no more who signs in at the platform itself ends no finding of theirs")
  func untoldLogin() throws {
    var team = team()
    team.roster[0].federated = .no
    team.roster[0].identityProvider = nil
    let prior = MemoryPrior(team.records)
    #expect(prior.records["ana@acme.com"]?.findings.contains(FindingSet(.noMFA)) == true)
    var now = team
    now.saysSignIn = false
    now.hasIdentityProvider = .unknown
    now.namesProviders = false
    now.roster[0].federated = .unknown
    now.roster[0].platformMFA = .unknown
    let changes = try now.reconcile(prior).changes
    let record = try #require(changes.first?.record ?? prior.records["ana@acme.com"])
    #expect(record.verdict == .notEnforced)
    #expect(record.findings.contains(FindingSet(.noMFA)))
    #expect(record.findings.contains(FindingSet(.outsideSSO)))
  }

  @Test(
    "the guard holds whoever is replaced under an address, and whoever comes waits for the plan")
  func replaced() throws {
    var team = TestTeam()
    for number in 0..<20 { team.add(TestTeam.ana("p\(number)@acme.com")) }
    team.state = Self.asks(.singleFactor)
    let prior = MemoryPrior(team.records)
    var now = team
    for index in 10..<20 { now.roster[index].userID = "anew-\(index)" }
    now.state = Self.asks(.multiFactor)
    let held = try now.reconcile(prior, holding: .removals).changes
    let replaced = held.filter { $0.record.isHeld }
    #expect(replaced.count == 10 && replaced.allSatisfy { $0.record.verdict == .notEnforced })
    #expect(!held.contains { $0.kind == .added || $0.kind == .removed })
    let applied = try now.reconcile(prior).changes
    #expect(
      applied.count { $0.kind == .removed } == 10 && applied.count { $0.kind == .added } == 10)
  }
}
