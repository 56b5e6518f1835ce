import Testing

@testable import IdentityCore

@Suite("Reconciliation")
struct ReconcilerTests {
  private let issue = SourceIssue(
    code: "forbidden", call: "GET /api/v1/users", page: 2, status: 403,
    message: "Okta refused GET /api/v1/users (403).", remedy: "grant okta.users.read")

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

  @Test("a first run adds everybody, a second run changes nothing")
  func unchanged() throws {
    let team = team(30)
    var prior = MemoryPrior()
    let first = try team.reconcile(prior)
    #expect(first.changes.map(\.kind) == Array(repeating: .added, count: 30))
    prior.apply(first.changes)
    var later = team
    later.now = TestTeam.now.adding(seconds: 900)
    let second = try later.reconcile(prior)
    #expect(second.changes.isEmpty)
    #expect(second.outcome.prior == 30)
  }

  @Test("joiners, leavers and movers are told apart, with fields and findings")
  func delta() throws {
    var team = team(4)
    let prior = try known(team)
    team.roster.remove(at: 1)
    team.roster[0].role = .admin
    team.accounts[3].status = .inactive
    team.add(TestTeam.ana("zoe@acme.com"))
    let (changes, outcome) = try team.reconcile(prior)
    #expect(changes.map(\.kind) == [.changed, .changed, .removed, .added], "who left comes last")
    #expect(changes[0].fields.first == FieldChange(name: "role", before: "member", after: "admin"))
    #expect(changes[0].opened == FindingSet(.lastAdmin))
    #expect(changes[1].opened == FindingSet(.deprovisionedAtIdP))
    #expect(changes[1].fields.contains { $0.name == "verdict" && $0.after == "not-evaluated" })
    #expect(outcome.removals == 1 && outcome.prior == 4)
  }

  @Test(
    "a roster that was not read to its end removes nobody, doubts newcomers, and tells what a row makes worse"
  )
  func incompleteRoster() throws {
    var team = team(4)
    let prior = try known(team)
    team.roster = Array(team.roster.prefix(1))
    team.roster[0].federated = .no
    team.roster[0].identityProvider = nil
    team.add(TestTeam.ana("zoe@acme.com"))
    team.rosterIssues = [issue]
    let (changes, _) = try team.reconcile(prior)
    #expect(changes.map(\.kind) == [.changed, .added])
    #expect(changes[0].record.verdict == .notEnforced && changes[0].resolved.isEmpty)
    #expect(changes[0].opened == [FindingSet(.outsideSSO), FindingSet(.noMFA)])
    #expect(changes[1].record.verdict == .cannotTell)
    #expect(changes[1].record.reason.contains("403"))
  }

  @Test("a failing provider leaves prior verdicts alone and gives newcomers cannot-tell")
  func incompleteProvider() throws {
    var team = team(4)
    let prior = try known(team)
    team.accounts = []
    team.oktaIssues = [issue]
    team.roster[0].role = .viewer
    team.add(TestTeam.ana("zoe@acme.com"))
    let (changes, outcome) = try team.reconcile(prior)
    #expect(changes.map(\.kind) == [.changed, .added])
    #expect(changes[0].record.role == .viewer)
    #expect(changes[0].record.verdict == .enforced)
    #expect(changes[1].record.verdict == .cannotTell)
    #expect(outcome.removals == 0 && outcome.improvements == 0)
  }

  @Test("a failing provider can make a verdict worse when that is proven, never better")
  func failureNeverImproves() throws {
    for before in [Demand.singleFactor, .multiFactor] {
      for after in [Demand.singleFactor, .multiFactor] {
        var team = team(1)
        team.state = .readable(SignInModel(policy: .demand(before, by: nil)))
        let prior = try known(team)
        team.state = .readable(SignInModel(policy: .demand(after, by: nil)))
        team.oktaIssues = [issue]
        let (changes, _) = try team.reconcile(prior)
        let verdict = changes.first?.record.verdict ?? prior.records.values.first?.verdict
        let isWorse = before == .multiFactor && after == .singleFactor
        let expected: Verdict = before == .singleFactor || isWorse ? .notEnforced : .enforced
        #expect(verdict == expected, "from \(before) to \(after)")
      }
    }
  }

  @Test("evidence older than allowed becomes cannot-tell with finding stale, once, and recovers")
  func stale() throws {
    var team = team(2)
    var prior = try known(team)
    team.oktaIssues = [issue]
    team.now = TestTeam.now.adding(seconds: 73 * 3600)
    let (changes, _) = try team.reconcile(prior)
    #expect(changes.count == 2)
    #expect(changes.allSatisfy { $0.record.verdict == .cannotTell })
    #expect(changes.allSatisfy { $0.opened == FindingSet(.stale) })
    prior.apply(changes)
    team.now = team.now.adding(seconds: 3600)
    #expect(try team.reconcile(prior).changes.isEmpty)
    team.rosterIssues = [issue]
    #expect(try team.reconcile(prior).changes.isEmpty)
    team.oktaIssues = []
    team.rosterIssues = []
    let recovered = try team.reconcile(prior).changes
    #expect(recovered.allSatisfy { $0.record.verdict == .enforced })
    #expect(recovered.allSatisfy { $0.resolved == FindingSet(.stale) })
  }

  @Test("a gap stays open while its source fails, also when its evidence is too old")
  func gapsStayOpen() throws {
    var team = team(1)
    team.state = .readable(SignInModel(policy: .demand(.singleFactor, by: nil)))
    var prior = try known(team)
    let gap = FindingSet(.mfaNotEnforced)
    for failing in [\TestTeam.rosterIssues, \TestTeam.oktaIssues] {
      var broken = team
      broken[keyPath: failing] = [issue]
      broken.now = TestTeam.now.adding(seconds: 100 * 3600)
      let changes = try broken.reconcile(prior).changes
      #expect(changes.allSatisfy { $0.resolved.isDisjoint(with: gap) }, "\(changes)")
      var stale = prior
      stale.apply(changes)
      broken.now = broken.now.adding(seconds: 3600)
      #expect(try broken.reconcile(stale).changes.isEmpty)
      team.now = broken.now
      let recovered = try team.reconcile(stale).changes
      #expect(recovered.allSatisfy { $0.opened.isDisjoint(with: gap) })
    }
    team.state = .readable(SignInModel(policy: .demand(.multiFactor, by: nil)))
    prior.apply(try team.reconcile(prior).changes)
    #expect(prior.records.values.allSatisfy { $0.findings.isEmpty })
  }

  @Test("since stays while the verdict stays and moves when it changes")
  func since() throws {
    var team = team(1)
    var prior = try known(team)
    team.now = TestTeam.now.adding(seconds: 60)
    team.roster[0].role = .viewer
    let role = try team.reconcile(prior).changes
    #expect(role.first?.record.since == TestTeam.now)
    prior.apply(role)
    team.accounts[0].assigned = []
    #expect(try team.reconcile(prior).changes.first?.record.since == team.now)
  }

  @Test("random rosters: reconciling and applying gives the judged records, whatever came before")
  func convergence() throws {
    var random = SplitMix(seed: 7)
    var prior = MemoryPrior()
    for _ in 0..<200 {
      var team = TestTeam()
      for index in 0..<12 where Bool.random(using: &random) {
        team.add(TestTeam.ana("User\(index)@acme.com"))
        team.roster[team.roster.count - 1].role = Bool.random(using: &random) ? .admin : .viewer
        if Bool.random(using: &random) { team.accounts[team.accounts.count - 1].assigned = [] }
      }
      team.roster.shuffle(using: &random)
      prior.apply(try team.reconcile(prior).changes)
      let expected = team.records.values.map(\.fingerprint).sorted()
      #expect(prior.records.values.map(\.fingerprint).sorted() == expected)
    }
  }

  @Test("the fingerprint worked out without a record is the record's, for all that may differ")
  func fingerprints() {
    var seen: Set<UInt64> = []
    for variant in 0..<64 {
      var team = TestTeam()
      var (member, account) = TestTeam.ana("Ána-\(variant)@acme.com")
      if variant & 1 != 0 { member.name = "Ana Lima" }
      if variant & 2 != 0 { member.role = .admin }
      if variant & 4 != 0 { member.userID = nil }
      if variant & 8 != 0 { member.federated = .no }
      if variant & 16 != 0 { member.kind = variant & 1 != 0 ? .collaborator : .pending }
      if variant & 32 != 0 {
        team.exemptions = [
          Exemption(
            member: member.email, reason: "sealed", approvedBy: "ciso@acme.com",
            until: TestTeam.now.adding(seconds: variant & 2 != 0 ? -60 : 60))
        ]
      }
      account.enrolled = variant & 3 == 0 ? .unknown : .yes
      account.factors = variant & 3 == 0 ? [] : .sms
      team.add((member, account))
      var judge = team.adjudicator
      for person in 0..<judge.count {
        let judged = judge.person(person)
        let glance = judge.glance(person)
        #expect(glance.fingerprint == judged.record.fingerprint, "variant \(variant)")
        #expect(judged.fingerprint == judged.record.fingerprint)
        #expect(glance.isGap == judged.record.isGap)
        seen.insert(glance.fingerprint)
      }
    }
    #expect(seen.count == 64)
  }

  @Test("folding a key's case changes its hash in nothing but the case")
  func foldedHashes() {
    func hash(_ text: String) -> UInt64 {
      var copy = text
      return copy.withUTF8 { KeyHash.folded($0) }
    }
    let texts = ["", "a", "ana.lima@acme.com", "@[`{z", "straße-ÄÖ@acme.com", "0123456789ABCDEF"]
    for text in texts {
      let lower = String(
        decoding: text.utf8.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }, as: UTF8.self)
      #expect(hash(text) == hash(lower), "\(text)")
    }
    #expect(hash("@acme.com") != hash("`acme.com"))
    #expect(hash("[acme.com") != hash("{acme.com"))
    #expect(Set(texts.map(hash)).count == texts.count)
  }
}
