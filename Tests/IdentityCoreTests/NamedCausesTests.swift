import Testing

@testable import IdentityCore

@Suite("What stands in the way is named")
struct NamedCausesTests {
  private func record(_ team: TestTeam, _ email: String = "ana@acme.com") throws -> MemberRecord {
    var prior = MemoryPrior()
    prior.apply(try team.reconcile(prior).changes)
    return try #require(prior.records[email])
  }

  @Test("two accounts of one address stand in the evidence and the remedy, with their ids")
  func twoAccounts() throws {
    var team = TestTeam()
    team.add(TestTeam.ana())
    team.accounts.append(
      Account(id: "okta-2", email: "ana@acme.com", login: "ana.old@acme.com", assigned: [0]))
    let record = try record(team)
    let door = try #require(record.judgement.deciding)
    #expect(door.code == .ambiguousIdentity)
    for (id, login) in [("okta-ana@acme.com", ""), ("okta-2", "login ana.old@acme.com")] {
      let item = try #require(door.evidence.first { $0.id == id })
      #expect(item.name == "matching account ana@acme.com")
      #expect(item.value.hasPrefix("at okta: ") && item.value.contains(login), "\(item.value)")
      #expect(Remedy(.ambiguousIdentity, of: record).text.contains("[\(id)]"))
    }
  }

  @Test("one account of two members names the other member")
  func oneAccount() throws {
    var team = TestTeam()
    team.add(TestTeam.ana())
    team.roster.append(TestTeam.ana("ana.lima@acme.com").0)
    team.accounts[0].login = "ana.lima@acme.com"
    for (email, other) in [
      ("ana@acme.com", "ana.lima@acme.com"), ("ana.lima@acme.com", "ana@acme.com"),
    ] {
      let door = try #require(try record(team, email).judgement.deciding)
      #expect(door.code == .ambiguousIdentity)
      #expect(
        door.evidence.contains { $0.value.hasSuffix("; also the account of \(other)") },
        "\(door.evidence)")
    }
  }

  @Test("an account that the configuration names and that does not exist is the operator's to mend")
  func mapping() throws {
    var team = TestTeam()
    team.add(TestTeam.ana())
    team.identities = [
      IdentityMapping(member: "ana@acme.com", provider: "okta", account: "nope", reason: "typo")
    ]
    let record = try record(team)
    let door = try #require(record.judgement.deciding)
    #expect(door.verdict == .cannotTell && door.code == .mappedAccountMissing)
    #expect(door.reason.contains("account nope at okta"), "\(door.reason)")
    #expect(record.findings == FindingSet(.notInIdP))
    let remedy = Remedy(.notInIdP, of: record)
    #expect(remedy.owner == .operator && remedy.text.contains("teams.acme.identities"))
    #expect(!remedy.commands.contains(where: Remedy.isRemoval), "\(remedy.commands)")
  }

  @Test("a policy that excludes somebody stands in the evidence, and the remedy names both")
  func exclusion() throws {
    var team = TestTeam()
    team.add(TestTeam.ana())
    team.accounts[0].atoms = [0]
    let base = RuleReference(
      policyID: "ca", policyName: "Conditional Access", ruleID: "ca",
      ruleName: "nothing that applies asks for a second factor", demand: "asks for one factor only")
    let policy = RuleReference(
      policyID: "p1", policyName: "Two factors for everybody", ruleID: "p1",
      ruleName: "Two factors for everybody", demand: "asks for two factors")
    team.state = .readable(
      SignInModel(
        atoms: [SubjectAtom(kind: .group, id: "g1", name: "Migration")], rules: [base, policy],
        policy: .all([
          .demand(.singleFactor, by: 0),
          .firstMatch(
            [.init(.all([.always, .not(.subject(0))]), .demand(.multiFactor, by: 1))],
            otherwise: .demand(.singleFactor, by: nil)),
        ])))
    let record = try record(team)
    #expect(record.verdict == .notEnforced)
    let item = try #require(record.judgement.deciding?.evidence.first { $0.id == "p1" })
    #expect(
      item.value == "excludes group Migration, so it does not apply; otherwise asks for two factors"
    )
    let text = Remedy(.mfaNotEnforced, of: record).text
    #expect(
      text.contains(
        "takes the person out of group Migration, which policy 'Two factors for everybody' excludes"
      ),
      "\(text)")
    // Somebody who is not excluded has the policy as proof, and nothing is passed over.
    team.accounts[0].atoms = []
    let other = try self.record(team)
    #expect(other.verdict == .enforced)
    #expect(other.judgement.deciding?.evidence.contains { $0.value.hasPrefix("excludes") } == false)
  }

  @Test("history says what of the evidence changed")
  func history() throws {
    var team = TestTeam()
    team.add(TestTeam.ana())
    var prior = MemoryPrior()
    prior.apply(try team.reconcile(prior).changes)
    team.accounts[0].statusText = "ACTIVE"
    team.identityProviders[0].ssoTargetURL = "https://acme.okta.com/app/other"
    let change = try #require(try team.reconcile(prior).changes.first)
    let field = try #require(change.fields.first { $0.name == "evidence" })
    #expect(field.before.contains("https://acme.okta.com/app/sso"), "\(field)")
    #expect(field.after.contains("https://acme.okta.com/app/other"), "\(field)")
  }
}
