import Testing

@testable import IdentityCore

@Suite("The guard")
struct GuardTests {
  private let rule = ChangeGuard(maximumChanged: 0.2, atLeast: 5)

  private func team(_ count: Int) -> TestTeam {
    var team = TestTeam()
    for index in 0..<count { team.add(TestTeam.ana("user\(index)@acme.com")) }
    return team
  }

  private func known(_ team: TestTeam) throws -> MemoryPrior {
    var prior = MemoryPrior()
    prior.apply(try team.reconcile(prior).changes)
    return prior
  }

  private static let oneFactor = ProviderApp.State.readable(
    SignInModel(policy: .demand(.singleFactor, by: nil)))

  /// Two factors for everybody but the group at position 0.
  private static let excluding = ProviderApp.State.readable(
    SignInModel(
      atoms: [SubjectAtom(kind: .group, id: "g", name: "Excluded")],
      policy: .firstMatch(
        [.init(.subject(0), .demand(.singleFactor, by: nil))],
        otherwise: .demand(.multiFactor, by: nil))))

  @Test("many people who are gone are held, a few are not, nor those of a first run")
  func removals() throws {
    var team = team(30)
    #expect(rule.holds(try team.reconcile(MemoryPrior()).outcome).isEmpty)
    let prior = try known(team)
    team.roster.removeLast(6)
    #expect(rule.holds(try team.reconcile(prior).outcome).isEmpty, "20 % is allowed")
    team.roster.removeLast()
    #expect(rule.holds(try team.reconcile(prior).outcome) == .removals)
    var small = self.team(4)
    let smallPrior = try known(small)
    small.roster = []
    #expect(rule.holds(try small.reconcile(smallPrior).outcome).isEmpty)
  }

  @Test("what got worse is never held, however many it is")
  func worse() throws {
    var team = team(30)
    let prior = try known(team)
    team.state = Self.oneFactor
    let (changes, outcome) = try team.reconcile(prior)
    #expect(rule.holds(outcome).isEmpty)
    #expect(changes.count == 30 && changes.allSatisfy { $0.record.verdict == .notEnforced })
    #expect(outcome.gaps == 30)
  }

  @Test("that a policy was changed explains what looks better, however many it is")
  func explained() throws {
    var team = team(30)
    team.state = Self.oneFactor
    let prior = try known(team)
    team.state = .readable(SignInModel(policy: .demand(.multiFactor, by: nil)))
    #expect(rule.holds(try team.reconcile(prior).outcome).isEmpty)
  }

  @Test("an exclusion group that lost many members at once is held: nothing says why")
  func memberships() throws {
    var team = team(30)
    team.state = Self.excluding
    for index in 0..<20 { team.accounts[index].atoms = [0] }
    let prior = try known(team)
    for index in 0..<10 { team.accounts[index].atoms = [] }
    let outcome = try team.reconcile(prior).outcome
    #expect(rule.holds(outcome) == .improvements && outcome.improvements == 10)
    for index in 0..<7 { team.accounts[index].atoms = [0] }
    #expect(rule.holds(try team.reconcile(prior).outcome).isEmpty, "three of thirty are few")
  }

  @Test("people who lose their account or the application all at once are held with their findings")
  func standings() throws {
    for change in [
      { (account: inout Account) in account.status = .inactive },
      { (account: inout Account) in account.assigned = [] },
    ] {
      var team = team(30)
      team.state = Self.oneFactor
      let prior = try known(team)
      for index in 0..<10 { change(&team.accounts[index]) }
      #expect(rule.holds(try team.reconcile(prior).outcome) == .improvements)
    }
  }

  @Test("a door that the configuration adds or takes away counts at once")
  func configuration() throws {
    var team = team(30)
    team.state = Self.oneFactor
    let prior = try known(team)
    team.signIn = [SignInTarget(provider: "okta", app: "other")]
    team.otherProviders = [:]
    #expect(rule.holds(try team.reconcile(prior).outcome).isEmpty)
  }

  @Test("held members stay as they were, say so, age, and open what was found beside")
  func heldRows() throws {
    var team = team(30)
    team.state = Self.excluding
    for index in 0..<20 { team.accounts[index].atoms = [0] }
    var prior = try known(team)
    for index in 0..<10 { team.accounts[index].atoms = [] }
    team.accounts[0].factors = .sms
    team.now = TestTeam.now.adding(seconds: 3600)
    prior.observedAt = TestTeam.now
    let held = try team.reconcile(prior, holding: .improvements).changes
    #expect(held.count == 10)
    for change in held {
      #expect(change.record.isHeld && change.record.verdict == .notEnforced)
      #expect(change.record.keptFrom == TestTeam.now)
      #expect(change.resolved.isEmpty)
    }
    let weak = held.first { $0.record.email == "user0@acme.com" }
    #expect(weak?.opened == FindingSet(.weakFactorsOnly))
    prior.apply(held)
    #expect(try team.reconcile(prior, holding: .improvements).changes.isEmpty, "told once")
    team.now = TestTeam.now.adding(seconds: 73 * 3600)
    let aged = try team.reconcile(prior, holding: .improvements).changes
    #expect(aged.count == 10)
    for change in aged {
      #expect(change.record.verdict == .cannotTell && change.record.isHeld)
      #expect(change.opened == FindingSet(.stale) && change.resolved.isEmpty)
    }
    // Carried out, or few enough: the hold is over.
    prior.apply(try team.reconcile(prior).changes)
    #expect(prior.records.values.allSatisfy { !$0.isHeld && $0.keptFrom == nil })
  }

  @Test("held removals leave everybody there, and what a failure ages is not counted")
  func heldRemovals() throws {
    var team = team(30)
    var prior = try known(team)
    team.roster.removeLast(20)
    let held = try team.reconcile(prior, holding: .removals).changes
    #expect(held.count == 20 && held.allSatisfy { $0.kind == .changed && $0.record.isHeld })
    prior.apply(held)
    #expect(prior.records.count == 30)
    // Who may have left may still be there, and what got worse for him counts.
    team.state = Self.oneFactor
    let worse = try team.reconcile(prior, holding: .removals).changes
    #expect(worse.count == 30 && worse.allSatisfy { $0.kind == .changed })
    #expect(worse.allSatisfy { $0.record.verdict == .notEnforced })
    #expect(worse.allSatisfy { $0.opened == FindingSet(.mfaNotEnforced) })
    #expect(worse.count { $0.record.isHeld } == 20)
    var failing = self.team(30)
    failing.oktaIssues = [
      SourceIssue(code: "forbidden", call: "GET /", message: "Refused.", remedy: "grant it")
    ]
    failing.now = TestTeam.now.adding(seconds: 100 * 3600)
    let fresh = try known(self.team(30))
    #expect(rule.holds(try failing.reconcile(fresh).outcome).isEmpty)
  }
}
