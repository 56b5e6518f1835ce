import Testing

@testable import IdentityCore

/// What was granted to, or found of, one person is not another's for an address, and does not end for a field that is gone.
@Suite("What is handed on")
struct HandedOnTests {
  private func team(_ ids: String...) -> TestTeam {
    var team = TestTeam()
    for id in ids {
      team.add(TestTeam.ana("\(id)@acme.com"))
      team.roster[team.roster.count - 1].userID = id
    }
    team.state = .readable(SignInModel(policy: .demand(.singleFactor, by: nil)))
    return team
  }

  private func exemption(_ member: String, _ reason: String = "sealed") -> Exemption {
    Exemption(
      member: member, reason: reason, approvedBy: "ciso@acme.com",
      until: TestTeam.now.adding(seconds: 86_400 * 5))
  }

  /// The records after a run over what was known.
  private func run(_ team: TestTeam, _ prior: inout MemoryPrior) throws -> [String: MemberRecord] {
    prior.apply(try team.reconcile(prior).changes)
    return prior.records
  }

  /// How somebody new comes to an address that an exemption names.
  enum Arrival: CaseIterable { case atOnce, later, afterRename, whileRosterFails }

  @Test(
    "somebody new at an exempt address is not exempt, then or later", arguments: Arrival.allCases)
  func address(_ arrival: Arrival) throws {
    var team = team("ana", "bo")
    team.exemptions = [exemption("ana@acme.com")]
    var prior = MemoryPrior()
    #expect(try run(team, &prior)["ana@acme.com"]?.isExempt == true)
    #expect(try run(team, &prior)["ana@acme.com"]?.hasExemptionOfAnother(at: TestTeam.now) == false)
    switch arrival {
    case .atOnce, .whileRosterFails: break
    case .later:
      let gone = (team.roster.removeFirst(), team.accounts.removeFirst())
      #expect(try run(team, &prior)["ana@acme.com"] == nil)
      team.roster.insert(gone.0, at: 0)
      team.accounts.insert(gone.1, at: 0)
    case .afterRename:
      team.add(TestTeam.ana("lima@acme.com"))
      team.roster[2].userID = "ana"
    }
    team.roster[0].userID = "another"
    if arrival == .afterRename {
      let (row, account) = (team.roster.removeFirst(), team.accounts.removeFirst())
      #expect(try run(team, &prior)["lima@acme.com"]?.isExempt == true, "it stays with the person")
      team.roster.insert(row, at: 0)
      team.accounts.insert(account, at: 0)
    }
    for _ in 0..<2 {
      let record = try #require(try run(team, &prior)["ana@acme.com"])
      #expect(record.platformUserID == "another" && !record.isExempt && record.isGap)
      #expect(
        record.hasExemptionOfAnother(at: TestTeam.now)
          && record.findings == FindingSet(.mfaNotEnforced))
    }
    if arrival == .whileRosterFails {
      team.rosterIssues = [
        SourceIssue(code: "cut", call: "GET /members", message: "cut", remedy: "")
      ]
      #expect(try run(team, &prior)["ana@acme.com"]?.isExempt == false)
      team.rosterIssues = []
    }
    #expect(try team.reconcile(prior).changes.isEmpty, "nothing is written anew")
    team.exemptions = [exemption("ana@acme.com", "sealed again")]
    #expect(try run(team, &prior)["ana@acme.com"]?.isExempt == true, "other words are a new one")
  }

  /// How another person of the team comes to the address that an exemption names.
  enum TakingOver: CaseIterable { case afterRename, bySwap, afterLeaving, thenLeftAgain }

  @Test(
    "a person who takes over an exempt address is not exempt, there or elsewhere; whom it was for keeps it",
    arguments: TakingOver.allCases)
  func takenOver(_ way: TakingOver) throws {
    var team = team("ana", "bo", "cy")
    team.exemptions = [exemption("ana@acme.com")]
    var prior = MemoryPrior()
    #expect(try run(team, &prior)["ana@acme.com"]?.isExempt == true)
    func rename(_ id: String, _ email: String) {
      for index in team.roster.indices where team.roster[index].userID == id {
        team.roster[index].email = email
        team.accounts[index].email = email
        team.accounts[index].login = email
      }
    }
    switch way {
    case .afterRename: rename("ana", "lima@acme.com")
    case .bySwap: rename("ana", "bo@acme.com")
    case .afterLeaving, .thenLeftAgain:
      team.roster.removeFirst()
      team.accounts.removeFirst()
    }
    rename("bo", "ana@acme.com")
    var records = try run(team, &prior)
    func isExempt(_ id: String) -> Bool {
      records.values.contains { $0.platformUserID == id && $0.isExempt }
    }
    let stays = way == .afterRename || way == .bySwap
    for _ in 0..<2 {
      #expect(!isExempt("bo") && isExempt("ana") == stays)
      #expect(records["ana@acme.com"]?.hasExemptionOfAnother(at: TestTeam.now) == true)
      records = try run(team, &prior)
    }
    guard way == .thenLeftAgain else { return }
    rename("bo", "berg@acme.com")
    records = try run(team, &prior)
    #expect(!isExempt("bo"))
    rename("cy", "ana@acme.com")
    records = try run(team, &prior)
    #expect(!isExempt("cy") && !isExempt("bo"))
  }

  @Test(
    "a role that is not told any more ends no finding of the last admin",
    arguments: [Role.none, .untold])
  func lastAdmin(_ role: Role) throws {
    var team = team("ana", "bo")
    team.roster[0].role = .admin
    var prior = MemoryPrior()
    let finding = FindingSet(.lastAdmin)
    #expect(try run(team, &prior)["ana@acme.com"]?.findings.isSuperset(of: finding) == true)
    for index in team.roster.indices { team.roster[index].role = role }
    for _ in 0..<2 {
      #expect(try run(team, &prior)["ana@acme.com"]?.findings.isSuperset(of: finding) == true)
    }
    team.roster[1].role = .admin
    let records = try run(team, &prior)
    #expect(records["ana@acme.com"]?.findings.isDisjoint(with: finding) == true)
    #expect(records["bo@acme.com"]?.findings.isSuperset(of: finding) == true)
    team.roster[0].role = .member
    team.roster[1].role = .member
    #expect(try run(team, &prior)["bo@acme.com"]?.findings.isDisjoint(with: finding) == true)
  }

  @Test("weak factors of which nothing is told any more stay weak; a better one or none ends that")
  func weakFactors() throws {
    var team = team("ana")
    team.accounts[0].enrolled = .yes
    team.accounts[0].factors = .sms
    var prior = MemoryPrior()
    let finding = FindingSet(.weakFactorsOnly)
    #expect(try run(team, &prior)["ana@acme.com"]?.findings.isSuperset(of: finding) == true)
    team.accounts[0].factors = []
    for _ in 0..<2 {
      #expect(try run(team, &prior)["ana@acme.com"]?.findings.isSuperset(of: finding) == true)
    }
    let known = prior
    team.accounts[0].factors = .webauthn
    #expect(try run(team, &prior)["ana@acme.com"]?.findings.isDisjoint(with: finding) == true)
    prior = known
    team.accounts[0].factors = []
    team.accounts[0].enrolled = .no
    #expect(try run(team, &prior)["ana@acme.com"]?.findings.isDisjoint(with: finding) == true)
  }
}
