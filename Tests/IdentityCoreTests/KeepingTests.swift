import Testing

@testable import IdentityCore

/// What of a verdict stays while sources fail: only what is about the same thing, and nothing that looks better.
@Suite("Keeping what was known")
struct KeepingTests {
  private static let failure = SourceIssue(
    code: "server-error", call: "GET /users", status: 500, message: "It failed (500).",
    remedy: "try again")
  private static let gap = SourceIssue(
    code: "forbidden", call: "GET /idps", status: 403, message: "It refused (403).",
    remedy: "grant it", affects: .parts)
  private static let rule = RuleReference(
    policyID: "p", policyName: "P", ruleID: "r", ruleName: "R", demand: "decides")

  private static func asks(_ demand: Demand) -> ProviderApp.State {
    .readable(SignInModel(rules: [rule], policy: .demand(demand, by: 0)))
  }

  /// One factor where something unknown is so; two factors otherwise, or inside the office only.
  private static func onUnknown(_ demand: Demand) -> ProviderApp.State {
    .readable(
      SignInModel(
        variables: [Variable(name: "zone Office", values: ["outside", "inside"])],
        unknowns: [Unknown(title: "who asks the second factor", remedy: "grant it")], rules: [rule],
        policy: .firstMatch(
          [.init(.all([.unknown(0), .variable(0, in: [1])]), .demand(.singleFactor, by: 0))],
          otherwise: .demand(demand, by: 0))))
  }

  private func team(_ state: ProviderApp.State = asks(.multiFactor)) -> TestTeam {
    var team = TestTeam()
    team.add(TestTeam.ana())
    team.state = state
    return team
  }

  private func known(_ team: TestTeam) throws -> MemoryPrior {
    var prior = MemoryPrior()
    prior.apply(try team.reconcile(prior).changes)
    return prior
  }

  /// What becomes of the one member.
  private func after(_ team: TestTeam, _ prior: MemoryPrior) throws -> MemberRecord {
    var prior = prior
    prior.apply(try team.reconcile(prior).changes)
    return try #require(prior.records["ana@acme.com"])
  }

  /// A second provider `entra` with the same person.
  private func reading(
    of team: TestTeam, _ demand: Demand, issues: [SourceIssue] = []
  ) -> ProviderReading {
    var table = AccountTable(atomCount: 4)
    table.append(Account(id: "e-1", email: "ana@acme.com", assigned: [0]))
    return ProviderReading(
      source: SourceReading(
        name: "entra", kind: "entra", startedAt: team.now, observedAt: team.now, issues: issues),
      apps: [ProviderApp(id: "app2", label: "Entra", state: Self.asks(demand))], accounts: table,
      hosts: ["acme.okta.com"], vendorHostSuffixes: ["www.okta.com"])
  }

  @Test("a door that was added and never read makes nobody enforced")
  func neverRead() throws {
    var team = team()
    team.namesProviders = false
    let prior = try known(team)
    team.signIn.append(SignInTarget(provider: "entra", app: "app2"))
    #expect(try after(team, prior).verdict == .cannotTell, "not read at all")
    team.otherProviders["entra"] = reading(of: team, .multiFactor, issues: [Self.failure])
    #expect(try after(team, prior).verdict == .cannotTell, "it broke off")
  }

  @Test("a kept verdict is about the same application, policy and account")
  func sameThing() throws {
    let before = team()
    let prior = try known(before)
    var app = before
    app.signIn = [SignInTarget(provider: "okta", app: "another")]
    app.oktaIssues = [Self.failure]
    #expect(try after(app, prior).verdict == .cannotTell, "another application")
    var provider = before
    provider.signIn = [SignInTarget(provider: "entra", app: "app2")]
    provider.otherProviders["entra"] = reading(of: before, .multiFactor, issues: [Self.failure])
    #expect(try after(provider, prior).verdict == .cannotTell, "another provider")
    var account = before
    account.accounts[0].id = "made-anew"
    account.oktaIssues = [Self.failure]
    #expect(try after(account, prior).verdict == .cannotTell, "another account")
    var linked = before
    linked.policyLink = "first"
    let linkedPrior = try known(linked)
    linked.policyLink = "second"
    linked.state = .unreadable(reason: "It answers 404.", remedy: "see the policy")
    linked.oktaIssues = [Self.gap]
    #expect(try after(linked, linkedPrior).verdict == .cannotTell, "another policy")
    linked.policyLink = "first"
    #expect(try after(linked, linkedPrior).verdict == .enforced, "the same one")
  }

  @Test("an application that the provider does not have is nothing that is known")
  func missingApplication() throws {
    for (before, verdict) in [
      (Demand.multiFactor, Verdict.cannotTell), (.singleFactor, .notEnforced),
    ] {
      var team = team(Self.asks(before))
      let prior = try known(team)
      team.state = .unreadable(reason: "There is no such application.", remedy: "check its id")
      team.isAppMissing = true
      team.oktaIssues = [Self.gap]
      let record = try after(team, prior)
      #expect(record.verdict == verdict)
      #expect(record.findings.isSuperset(of: prior.records["ana@acme.com"]?.findings ?? []))
    }
  }

  /// Rule 1 of a policy asks for `first`, where an unknown holds, and its catch-all for `last`.
  private static func two(_ first: Demand?, _ last: Demand?) -> ProviderApp.State {
    let rules = ["first", "last"].map { id in
      RuleReference(
        policyID: "p", policyName: "P", ruleID: id, ruleName: id, demand: "decides")
    }
    let unknowns = [
      Unknown(title: "whether an expression holds", remedy: "simplify it"),
      Unknown(title: "what the rule asks for", remedy: "see it"),
    ]
    return .readable(
      SignInModel(
        unknowns: unknowns, rules: rules,
        policy: .firstMatch(
          first.map { [.init(.unknown(0), .demand($0, by: 0))] } ?? [],
          otherwise: .demand(last ?? .unknown(1), by: last == nil ? nil : 1))))
  }

  @Test("a way in that its rule closes is not kept for what else is not known")
  func closedWay() throws {
    var team = team(Self.two(.singleFactor, .singleFactor))
    let prior = try known(team)
    #expect(prior.records["ana@acme.com"]?.verdict == .notEnforced)
    func now(_ state: ProviderApp.State) throws -> MemberRecord {
      team.state = state
      return try after(team, prior)
    }
    // Both rules are read, and none of them lets in with one factor; only the other's demand is not known.
    let closed = try now(
      .readable(
        SignInModel(
          unknowns: [Unknown(title: "what a third rule asks for", remedy: "see it")],
          rules: ["first", "last", "third"].map { id in
            RuleReference(
              policyID: "p", policyName: "P", ruleID: id, ruleName: id, demand: "decides")
          },
          policy: .firstMatch(
            [
              .init(.never, .demand(.multiFactor, by: 0)),
              .init(.always, .demand(.unknown(0), by: 2)),
            ],
            otherwise: .demand(.refused, by: 1)))))
    #expect(closed.verdict == .cannotTell)
    #expect(!closed.findings.contains(FindingSet(.mfaNotEnforced)))
    #expect(try now(Self.two(nil, .multiFactor)).verdict == .enforced, "proven")
    // What is not known may still be the way in that was known.
    for state in [
      Self.two(.singleFactor, nil), Self.two(.singleFactor, .unknown(1)), Self.two(nil, nil),
    ] {
      let record = try now(state)
      #expect(record.verdict == .notEnforced)
      #expect(record.findings.contains(FindingSet(.mfaNotEnforced)))
    }
  }

  @Test("a good verdict is kept only while its rules say the same")
  func backed() throws {
    let other = Unknown(title: "whether security defaults are on", remedy: "grant it")
    /// A rule for those outside a group, and one that cannot be read.
    func model(_ demand: Demand?, outside group: Bool = false, key: String = "r")
      -> ProviderApp.State
    {
      let rule = RuleReference(
        policyID: key, policyName: "P", ruleID: key, ruleName: "R", demand: "decides")
      let closing = SignInPolicy.Branch(
        group ? .not(.subject(0)) : .always, .demand(demand ?? .multiFactor, by: 0))
      return .readable(
        SignInModel(
          atoms: [SubjectAtom(kind: .group, id: "g", name: "G")],
          unreadableAtoms: group ? [0: Unknown(title: "who is in G", remedy: "grant it")] : [:],
          unknowns: [other], rules: [rule],
          policy: .firstMatch(
            demand == nil ? [] : [closing],
            otherwise: .firstMatch(
              [.init(.unknown(0), .demand(.multiFactor, by: nil))],
              otherwise: .demand(.singleFactor, by: nil)))))
    }
    var team = team(model(.multiFactor))
    let prior = try known(team)
    #expect(prior.records["ana@acme.com"]?.verdict == .enforced)
    func now(_ state: ProviderApp.State, _ issue: SourceIssue) throws -> Verdict {
      team.state = state
      team.oktaIssues = [issue]
      return try after(team, prior).verdict
    }
    for issue in [Self.gap, Self.failure] {
      #expect(try now(model(.multiFactor), issue) == .enforced, "the same")
      #expect(try now(model(nil), issue) == .cannotTell, "the rule is gone")
      #expect(
        try now(model(.multiFactor, outside: true), issue) == .cannotTell, "it excludes a group")
      #expect(try now(model(.multiFactor, key: "s"), issue) != .notEvaluated)
    }
    // The people were not read: whoever it is, the policies are others now.
    team.accounts = []
    #expect(try now(model(nil), Self.failure) == .cannotTell)
    #expect(try now(model(.multiFactor), Self.failure) == .enforced)
    #expect(
      try now(.unreadable(reason: "It failed.", remedy: "try again"), Self.failure) == .enforced,
      "nothing was read that says otherwise")
  }

  @Test("rules that were read count, though nobody can be judged by them")
  func unjudged() throws {
    var shownModel: SignInModel?
    func shown(_ demand: Demand?) -> ProviderApp.State {
      shownModel = demand.map { SignInModel(rules: [Self.rule], policy: .demand($0, by: 0)) }
      return .unjudged(reason: "Who may use it is not known.", remedy: "grant it")
    }
    for (before, others) in [
      (Demand.multiFactor, [Demand.singleFactor, .refused]),
      (.refused, [.singleFactor, .multiFactor]),
    ] {
      var team = team(Self.asks(before))
      let prior = try known(team)
      let verdict = try #require(prior.records["ana@acme.com"]?.verdict)
      #expect(verdict == (before == .multiFactor ? .enforced : .notEvaluated))
      team.oktaIssues = [Self.gap]
      team.state = shown(before)
      team.shown = shownModel
      #expect(try after(team, prior).verdict == verdict, "they say the same")
      for other in others {
        team.state = shown(other)
        team.shown = shownModel
        #expect(try after(team, prior).verdict == .cannotTell, "\(other)")
      }
      team.state = shown(nil)
      team.shown = shownModel
      #expect(try after(team, prior).verdict == .cannotTell, "something else stands there")
    }
  }

  @Test("a rule that is new, or let nobody in with one factor, is nothing that was known")
  func newRule() throws {
    let unknown = Unknown(title: "whom rule 'Sales' means", remedy: "look at it")
    let rules = ["all", "sales"].map { id in
      RuleReference(policyID: "p", policyName: "P", ruleID: id, ruleName: id, demand: "decides")
    }
    /// A rule that may apply, where what it hangs on is not known, above one for all.
    func model(_ sales: Demand?, isKnown: Bool = false) -> ProviderApp.State {
      let condition = isKnown ? Condition.variable(0, in: [1]) : .unknown(0)
      let branches = sales.map { [SignInPolicy.Branch(condition, .demand($0, by: 1))] } ?? []
      return .readable(
        SignInModel(
          variables: [Variable(name: "zone Office", values: ["outside", "inside"])],
          unknowns: [unknown], rules: rules,
          policy: .firstMatch(branches, otherwise: .demand(.multiFactor, by: 0))))
    }
    for (before, now, verdict) in [
      (model(nil), model(.singleFactor), Verdict.cannotTell),
      (model(.multiFactor, isKnown: true), model(.singleFactor), .cannotTell),
      (model(.multiFactor, isKnown: true), model(.multiFactor), .enforced),
    ] {
      var team = team(before)
      let prior = try known(team)
      #expect(prior.records["ana@acme.com"]?.verdict == .enforced)
      team.oktaIssues = [Self.gap]
      team.state = now
      #expect(try after(team, prior).verdict == verdict)
    }
  }

  @Test("the same rules in another order are another policy")
  func order() throws {
    let rules = ["strict", "weak"].map { id in
      RuleReference(policyID: "p", policyName: "P", ruleID: id, ruleName: id, demand: "decides")
    }
    func model(weakFirst: Bool) -> ProviderApp.State {
      let strict = SignInPolicy.Branch(.always, .demand(.multiFactor, by: 0))
      let weak = SignInPolicy.Branch(.always, .demand(.singleFactor, by: 1))
      return .readable(
        SignInModel(
          rules: rules,
          policy: .firstMatch(
            weakFirst ? [weak, strict] : [strict, weak],
            otherwise: .demand(.refused, by: nil))))
    }
    var team = team(model(weakFirst: false))
    let prior = try known(team)
    #expect(prior.records["ana@acme.com"]?.verdict == .enforced)
    team.accounts = []
    team.oktaIssues = [Self.failure]
    #expect(try after(team, prior).verdict == .enforced, "the same order")
    team.state = model(weakFirst: true)
    #expect(try after(team, prior).verdict == .cannotTell)
  }

  @Test("what the platform tells no more of a login ends no finding")
  func untold() throws {
    var team = team()
    team.roster[0].federated = .no
    team.roster[0].identityProvider = nil
    let prior = try known(team)
    let before = try #require(prior.records["ana@acme.com"])
    #expect(before.findings.isSuperset(of: [FindingSet(.noMFA), FindingSet(.outsideSSO)]))
    team.roster[0].platformMFA = .unknown
    #expect(try after(team, prior).findings.isSuperset(of: before.findings))
    team.roster[0].platformMFA = .yes
    #expect(try !after(team, prior).findings.contains(FindingSet(.noMFA)), "told, it ends")
  }

  @Test("what is kept is about the same tenant, login and account")
  func origin() throws {
    var before = team()
    before.places = ["okta": "url=https://acme.okta.com"]
    let prior = try known(before)
    var dead = before
    dead.oktaIssues = [Self.failure]
    dead.accounts = []
    #expect(try after(dead, prior).verdict == .enforced)
    var moved = dead
    moved.places = ["okta": "url=https://other.okta.com"]
    #expect(try after(moved, prior).verdict == .cannotTell, "another tenant")
    var mapped = dead
    mapped.identities = [
      IdentityMapping(member: "ana@acme.com", provider: "okta", account: "other", reason: "x")
    ]
    #expect(try after(mapped, prior).verdict == .cannotTell, "another account by configuration")
    var sso = dead
    sso.identityProviders[0].ssoTargetURL = "https://other.okta.com/app/x/sso/saml"
    #expect(try after(sso, prior).verdict == .cannotTell, "the platform sends people elsewhere")
  }

  @Test("a failure moves nobody who has no way in towards enforced")
  func notEvaluated() throws {
    for state in [Self.asks(.multiFactor), Self.onUnknown(.multiFactor)] {
      for issue in [Self.failure, Self.gap] {
        var team = team(state)
        team.accounts[0].status = .inactive
        let prior = try known(team)
        #expect(prior.records["ana@acme.com"]?.verdict == .notEvaluated)
        team.accounts = []
        team.oktaIssues = [issue]
        let record = try after(team, prior)
        #expect(record.verdict == .notEvaluated)
        #expect(record.findings.contains(FindingSet(.deprovisionedAtIdP)))
      }
    }
  }

  @Test("somebody invited who joins while the provider fails is not enforced")
  func joining() throws {
    var team = team()
    team.roster[0].kind = .pending
    let prior = try known(team)
    team.roster[0].kind = .member
    team.oktaIssues = [Self.failure]
    #expect(try after(team, prior).verdict == .cannotTell)
  }

  @Test(
    "a verdict that is conditional only for an unknown replaces nothing while parts are missing")
  func unproven() throws {
    var enforced = team()
    let strong = try known(enforced)
    enforced.state = Self.onUnknown(.multiFactor)
    enforced.oktaIssues = [Self.gap]
    let kept = try after(enforced, strong)
    #expect(kept.verdict == .enforced && kept.findings.isEmpty && kept.keptFrom == TestTeam.now)
    var open = team(Self.asks(.singleFactor))
    let weak = try known(open)
    for issues in [[Self.gap], []] {
      open.state = Self.onUnknown(.multiFactor)
      open.oktaIssues = issues
      let record = try after(open, weak)
      #expect(record.verdict == .notEnforced, "\(issues)")
      #expect(record.findings == FindingSet(.mfaNotEnforced))
    }
  }

  @Test("what is kept beside a newer reading ages, and ends as cannot-tell with its findings")
  func aging() throws {
    var team = team(Self.asks(.singleFactor))
    var prior = try known(team)
    team.state = Self.onUnknown(.multiFactor)
    team.oktaIssues = [Self.gap]
    for hours in [1, 30, 71] {
      team.now = TestTeam.now.adding(seconds: Int64(hours) * 3600)
      prior.apply(try team.reconcile(prior).changes)
      let record = try #require(prior.records["ana@acme.com"])
      #expect(record.verdict == .notEnforced && record.keptFrom == TestTeam.now)
    }
    team.now = TestTeam.now.adding(seconds: 73 * 3600)
    for _ in 0..<2 {
      prior.apply(try team.reconcile(prior).changes)
      let record = try #require(prior.records["ana@acme.com"])
      #expect(record.verdict == .cannotTell && record.judgement.deciding?.code == .stale)
      #expect(record.findings == [FindingSet(.mfaNotEnforced), FindingSet(.stale)])
      team.now = team.now.adding(seconds: 3600)
    }
    team.state = Self.asks(.multiFactor)
    team.oktaIssues = []
    let healed = try after(team, prior)
    #expect(healed.verdict == .enforced && healed.findings.isEmpty && healed.keptFrom == nil)
  }

  @Test("a platform that hides what it showed before ends no finding, and makes nothing better")
  func hidden() throws {
    let before = team(Self.asks(.singleFactor))
    let prior = try known(before)
    var redacted = before
    redacted.identityProviders[0].isRedacted = true
    var unnamed = before
    unnamed.roster[0].identityProvider = nil
    var untold = before
    untold.roster[0].federated = .unknown
    for team in [redacted, unnamed, untold] {
      let record = try after(team, prior)
      #expect(record.verdict == .notEnforced)
      #expect(record.findings.contains(FindingSet(.mfaNotEnforced)))
    }
    let strong = try known(self.team())
    var hidden = redacted
    hidden.state = Self.asks(.multiFactor)
    #expect(try after(hidden, strong).verdict == .cannotTell, "what was good is not kept")
  }

  @Test("a fault at one of two doors ends no finding of that door")
  func perDoor() throws {
    var team = team(Self.asks(.singleFactor))
    team.signIn.append(SignInTarget(provider: "entra", app: "app2"))
    team.otherProviders["entra"] = reading(of: team, .multiFactor)
    let prior = try known(team)
    #expect(prior.records["ana@acme.com"]?.findings == FindingSet(.mfaNotEnforced))
    for issue in [Self.failure, Self.gap] {
      var faulted = team
      faulted.state = .unreadable(reason: "Not read.", remedy: "try again")
      faulted.oktaIssues = [issue]
      let record = try after(faulted, prior)
      #expect(record.verdict == .notEnforced)
      #expect(record.findings == FindingSet(.mfaNotEnforced))
    }
    // The other door tells that it is worse: that counts at once.
    var worse = team
    worse.state = Self.asks(.multiFactor)
    let enforced = try known(worse)
    worse.oktaIssues = [Self.failure]
    worse.otherProviders["entra"] = reading(of: team, .singleFactor)
    #expect(try after(worse, enforced).verdict == .notEnforced)
  }

  @Test("what rests on an older source is as old as that one")
  func sources() throws {
    var team = team()
    team.signIn.append(SignInTarget(provider: "entra", app: "app2"))
    team.otherProviders["entra"] = reading(of: team, .multiFactor)
    let record = try #require(team.records["ana@acme.com"])
    #expect(record.restsOn == ["okta", "entra"])
    var weak = team
    weak.state = Self.asks(.singleFactor)
    #expect(weak.records["ana@acme.com"]?.restsOn == ["okta"], "one way in is proof enough")
  }
}
