import Testing

@testable import IdentityCore

/// People have ids; addresses are names that may change hands.
@Suite("Who is who")
struct WhoIsWhoTests {
  private func known(_ team: TestTeam) throws -> MemoryPrior {
    var prior = MemoryPrior()
    prior.apply(try team.reconcile(prior).changes)
    return prior
  }

  private func team(_ emails: String...) -> TestTeam {
    var team = TestTeam()
    for email in emails {
      team.add(TestTeam.ana(email))
      team.roster[team.roster.count - 1].userID = "id-\(email)"
    }
    return team
  }

  private func rename(_ team: inout TestTeam, _ index: Int, to email: String) {
    team.roster[index].email = email
    team.accounts[index].email = email
    team.accounts[index].login = email
  }

  @Test(
    "a person with another address keeps since, findings and exemption, and is shown as renamed")
  func renamed() throws {
    var team = team("ana@acme.com", "bo@acme.com")
    team.state = .readable(SignInModel(policy: .demand(.singleFactor, by: nil)))
    team.exemptions = [
      Exemption(
        member: "ana@acme.com", reason: "sealed", approvedBy: "ciso@acme.com",
        until: TestTeam.now.adding(seconds: 86_400 * 100))
    ]
    var prior = try known(team)
    rename(&team, 0, to: "ana.lima@acme.com")
    team.now = TestTeam.now.adding(seconds: 3600)
    for _ in 0..<2 {
      let changes = try team.reconcile(prior).changes
      prior.apply(changes)
      let record = try #require(prior.records["ana.lima@acme.com"])
      #expect(record.since == TestTeam.now && record.isExempt)
      #expect(record.findings == FindingSet(.mfaNotEnforced))
      if let change = changes.first {
        #expect(changes.count == 1 && change.formerKey == "ana@acme.com" && change.kind == .changed)
        #expect(change.opened.isEmpty && change.resolved.isEmpty)
        #expect(change.fields.contains { $0.name == "email" && $0.before == "ana@acme.com" })
      }
    }
    #expect(try team.reconcile(prior).changes.isEmpty)
    #expect(prior.records.count == 2)
  }

  @Test("two people who change addresses with each other stay who they are")
  func swapped() throws {
    var team = team("ana@acme.com", "bo@acme.com")
    team.accounts[0].status = .inactive
    var prior = try known(team)
    rename(&team, 0, to: "bo@acme.com")
    rename(&team, 1, to: "ana@acme.com")
    let changes = try team.reconcile(prior).changes
    #expect(changes.allSatisfy { $0.kind == .changed && $0.formerKey != nil })
    prior.apply(changes)
    #expect(prior.records["bo@acme.com"]?.platformUserID == "id-ana@acme.com")
    #expect(prior.records["bo@acme.com"]?.verdict == .notEvaluated)
    #expect(prior.records["ana@acme.com"]?.verdict == .enforced)
  }

  @Test("somebody new under an old address is not the person before")
  func anew() throws {
    var team = team("ana@acme.com")
    team.state = .readable(SignInModel(policy: .demand(.singleFactor, by: nil)))
    let prior = try known(team)
    team.roster[0].userID = "another"
    let changes = try team.reconcile(prior).changes
    #expect(changes.map(\.kind) == [.removed, .added])
    let held = try team.reconcile(prior, holding: .removals).changes
    #expect(held.map(\.kind) == [.changed], "the one who comes waits for the plan")
    #expect(held.first?.record.isHeld == true)
  }

  @Test("an id in another case is the same person's, under the old address and under another")
  func otherCase() throws {
    for address in ["ana@acme.com", "ana.lima@acme.com"] {
      var team = team("ana@acme.com", "bo@acme.com")
      team.state = .readable(SignInModel(policy: .demand(.singleFactor, by: nil)))
      var prior = try known(team)
      if address != "ana@acme.com" { rename(&team, 0, to: address) }
      team.roster[0].userID = "ID-ANA@ACME.COM"
      let changes = try team.reconcile(prior).changes
      #expect(changes.allSatisfy { $0.kind == .changed && $0.resolved.isEmpty }, "\(address)")
      prior.apply(changes)
      #expect(prior.records.count == 2)
      #expect(prior.records[address]?.findings == FindingSet(.mfaNotEnforced))
      #expect(prior.records[address]?.platformUserID == "id-ana@acme.com")
    }
  }

  @Test("an account is found by its id in another case only where no other has it so")
  func listedIDs() {
    var table = AccountTable(atomCount: 0)
    for id in ["00uA1", "00uB2", "00ub2"] { table.append(Account(id: id, email: nil)) }
    let ids = ["00uA1", "00ua1", "00UA1", "00uB2", "00ub2", "00UB2", "00uC3"]
    #expect(ids.map { table.position(listed: $0) } == [0, 0, 0, 1, 2, nil, nil])
    #expect(table.position(ofID: "00ua1") == nil)
  }

  @Test("nobody is known not to be there while an account has no name to be found by")
  func nameless() throws {
    var team = team("ana@acme.com")
    team.accounts = []
    #expect(team.records["ana@acme.com"]?.findings == FindingSet(.notInIdP))
    team.oktaIssues = [
      SourceIssue(
        code: SourceIssue.namelessAccount, call: "GET /users", message: "One has no address.",
        remedy: "none", affects: .details)
    ]
    let record = try #require(team.records["ana@acme.com"])
    #expect(record.verdict == .cannotTell && record.findings == FindingSet(.cannotTell))
    #expect(record.reason.contains("One has no address."))
  }

  @Test("an exemption names a member by address or by the roster's id")
  func byID() throws {
    var team = team("ana@acme.com", "bo@acme.com")
    team.exemptions = [
      Exemption(
        member: "id-bo@acme.com", reason: "sealed", approvedBy: "ciso@acme.com",
        until: TestTeam.now.adding(seconds: 100))
    ]
    #expect(team.records["bo@acme.com"]?.isExempt == true)
    #expect(team.records["ana@acme.com"]?.isExempt == false)
  }

  @Test("a group exempts its few members, not when they are more than it may have")
  func groups() throws {
    var team = team("ana@acme.com", "bo@acme.com", "cy@acme.com")
    team.exemptGroup = "break-glass"
    team.accounts[0].atoms = [1]
    for (members, atMost, isExempt) in [(1, 1, true), (2, 1, false), (2, 2, true)] {
      team.accounts[1].atoms = members == 2 ? [1] : []
      team.exemptions = [
        Exemption(
          group: ExemptGroup(provider: "okta", name: "break-glass", atMost: atMost),
          reason: "sealed", approvedBy: "ciso@acme.com",
          until: TestTeam.now.adding(seconds: 100))
      ]
      #expect(team.records["ana@acme.com"]?.isExempt == isExempt)
      #expect(team.records["cy@acme.com"]?.isExempt == false)
    }
    team.exemptGroup = nil
    #expect(team.records["ana@acme.com"]?.isExempt == false, "a group that was not read")
  }

  @Test("the configuration names an account or further addresses, and the evidence says so")
  func mapped() throws {
    var team = team("ana@acme.com", "bo@acme.com")
    team.accounts[0].email = "alima@corp.example"
    team.accounts[0].login = "alima"
    #expect(team.records["ana@acme.com"]?.verdict == .cannotTell)
    for mapping in [
      IdentityMapping(
        member: "ana@acme.com", provider: "okta", account: "okta-ana@acme.com", reason: "married"),
      IdentityMapping(
        member: "id-ana@acme.com", addresses: ["ALIMA@corp.example"], reason: "married"),
    ] {
      team.identities = [mapping]
      let record = try #require(team.records["ana@acme.com"])
      #expect(record.verdict == .enforced)
      #expect(
        record.judgement.doors[0].evidence.contains {
          $0.kind == .attestation && $0.value == "married"
        })
      #expect(team.records["bo@acme.com"]?.verdict == .enforced)
    }
  }

  @Test("of several accounts of one address the one that may use the application is meant")
  func assigned() throws {
    var team = team("ana@acme.com")
    team.accounts.append(Account(id: "second", email: "ana@acme.com"))
    #expect(team.records["ana@acme.com"]?.verdict == .enforced)
    #expect(team.records["ana@acme.com"]?.accountID == "okta-ana@acme.com")
    team.accounts[1].assigned = [0]
    #expect(team.records["ana@acme.com"]?.findings.kinds == [.ambiguousIdentity])
    team.accounts[1].assigned = []
    team.oktaIssues = [
      SourceIssue(
        code: "forbidden", call: "GET /apps/{app}/users", message: "Refused.", remedy: "grant it",
        affects: .parts)
    ]
    #expect(
      team.records["ana@acme.com"]?.findings.kinds == [.ambiguousIdentity],
      "a list that may lack rows does not tell")
  }

  @Test("a chain asks the next provider about the linked account, not about the roster's address")
  func links() throws {
    var team = team("ana@acme.com")
    let upstream = Upstream(name: "Corp", keys: ["corp"])
    team.state = .readable(
      SignInModel(
        rules: [
          RuleReference(
            policyID: "p", policyName: "P", ruleID: "r", ruleName: "R", demand: "leaves it")
        ], policy: .upstream(0, by: 0), upstreams: [upstream]))
    team.routes = [
      UpstreamRoute(
        identityProvider: "corp", target: SignInTarget(provider: "entra", app: "app2"))
    ]
    var table = AccountTable(atomCount: 4)
    // One factor for whoever has the fact at position 0.
    table.append(Account(id: "e-ana", email: "ana@acme.com", assigned: [0]))
    table.append(Account(id: "e-corp", email: "al@corp.example", atoms: [0], assigned: [0]))
    team.otherProviders["entra"] = ProviderReading(
      source: SourceReading(
        name: "entra", kind: "entra", startedAt: team.now, observedAt: team.now),
      apps: [
        ProviderApp(
          id: "app2", label: "Entra",
          state: .readable(
            SignInModel(
              atoms: [SubjectAtom(kind: .group, id: "g", name: "G")],
              policy: .firstMatch(
                [.init(.subject(0), .demand(.singleFactor, by: nil))],
                otherwise: .demand(.multiFactor, by: nil)))))
      ], accounts: table)
    #expect(team.records["ana@acme.com"]?.verdict == .enforced)
    for subject in ["e-corp", "AL@corp.example"] {
      team.accounts[0].links = [AccountLink(upstream: "corp", subject: subject)]
      #expect(team.records["ana@acme.com"]?.verdict == .notEnforced, "\(subject)")
    }
    team.accounts[0].links = [
      AccountLink(upstream: "corp", subject: "e-ana"),
      AccountLink(upstream: "corp", subject: "e-corp"),
    ]
    #expect(team.records["ana@acme.com"]?.verdict == .notEnforced, "several links: the weakest")
    team.accounts[0].links = [AccountLink(upstream: "Corp-2", subject: "e-corp")]
    #expect(team.records["ana@acme.com"]?.verdict == .enforced, "a link to somewhere else")
    // What the provider asks of people without an account says nothing of somebody who is linked to one.
    team.accounts[0].links = []
    team.otherProviders["entra"]?.accounts = AccountTable(atomCount: 4)
    team.otherProviders["entra"]?.newcomer = Account(id: "", email: nil, assigned: [0])
    #expect(team.records["ana@acme.com"]?.verdict == .enforced, "nobody goes by the address")
    team.accounts[0].links = [AccountLink(upstream: "corp", subject: "e-gone")]
    #expect(team.records["ana@acme.com"]?.verdict == .cannotTell)
  }

  @Test("ids of upstream providers are compared whole and with their case, hosts are not")
  func routeIDs() {
    func isReached(_ idp: String, _ keys: [String], name: String = "shown") -> Bool {
      let upstream = Upstream(name: name, keys: keys)
      let routes = [
        UpstreamRoute(identityProvider: idp, target: SignInTarget(provider: "a", app: "1"))
      ]
      return UpstreamRoute.target(of: upstream, among: [upstream], routes) != nil
    }
    let realm = "https://idp.acme.com/realms/Staff"
    #expect(isReached(realm, [realm]))
    #expect(!isReached("https://idp.acme.com/realms/staff", [realm]))
    #expect(!isReached(realm + "/", [realm]))
    #expect(!isReached("urn:acme:idp", ["urn:Acme:IDP"]))
    #expect(!isReached("corp", ["Corp"]))
    #expect(!isReached("shown", ["corp"]), "a name that people see is no id")
    #expect(isReached("IDP.Acme.com", [realm, "idp.acme.com"]))
    #expect(isReached("idp.acme.com/", [realm, "idp.acme.com"]))
  }

  @Test("two routes from one provider to different places lead nowhere")
  func routesThatDiffer() {
    let upstream = Upstream(name: "Corp", keys: ["corp", "corp.example"])
    let routes = [("corp", "1"), ("corp.example", "2")].map {
      UpstreamRoute(identityProvider: $0.0, target: SignInTarget(provider: "a", app: $0.1))
    }
    #expect(UpstreamRoute.target(of: upstream, among: [upstream], routes) == nil)
    #expect(
      UpstreamRoute.target(of: upstream, among: [upstream], [routes[0], routes[0]]) != nil)
  }

  @Test("two upstream providers whose names differ in case alone are two")
  func routeCase() {
    let routes = [
      UpstreamRoute(identityProvider: "corp", target: SignInTarget(provider: "a", app: "1"))
    ]
    let both = [Upstream(name: "corp", keys: []), Upstream(name: "CORP", keys: [])]
    #expect(UpstreamRoute.target(of: both[0], among: both, routes) != nil)
    #expect(UpstreamRoute.target(of: both[1], among: both, routes) == nil)
    #expect(UpstreamRoute.target(of: both[1], among: [both[1]], routes) == nil)
  }
}
