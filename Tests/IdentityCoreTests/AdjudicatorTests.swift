import Testing

@testable import IdentityCore

@Suite("Verdicts of team members")
struct AdjudicatorTests {
  struct PlatformRow: Sendable, CustomTestStringConvertible {
    var federated: Tri
    var hasIdP: Bool
    var mfa: Tri
    var kind = RosterMember.Kind.member
    var verdict: Verdict
    var findings: [FindingKind]

    var testDescription: String {
      "federated \(federated.text), team IdP \(hasIdP), platform MFA \(mfa.text), \(kind)"
    }
  }

  static let rows: [PlatformRow] = [
    .init(federated: .yes, hasIdP: true, mfa: .no, verdict: .enforced, findings: []),
    .init(federated: .yes, hasIdP: true, mfa: .yes, verdict: .enforced, findings: []),
    .init(federated: .yes, hasIdP: true, mfa: .unknown, verdict: .enforced, findings: []),
    .init(federated: .no, hasIdP: true, mfa: .yes, verdict: .notEnforced, findings: [.outsideSSO]),
    .init(
      federated: .no, hasIdP: true, mfa: .no, verdict: .notEnforced,
      findings: [.noMFA, .outsideSSO]),
    .init(
      federated: .no, hasIdP: true, mfa: .unknown, verdict: .notEnforced, findings: [.outsideSSO]),
    .init(federated: .no, hasIdP: false, mfa: .yes, verdict: .enforced, findings: []),
    .init(federated: .no, hasIdP: false, mfa: .no, verdict: .notEnforced, findings: [.noMFA]),
    .init(
      federated: .no, hasIdP: false, mfa: .unknown, verdict: .notEnforced,
      findings: [.mfaNotEnforced]),
    .init(federated: .yes, hasIdP: false, mfa: .no, verdict: .cannotTell, findings: [.cannotTell]),
    .init(
      federated: .unknown, hasIdP: true, mfa: .no, verdict: .cannotTell, findings: [.cannotTell]),
    .init(
      federated: .no, hasIdP: true, mfa: .yes, kind: .collaborator, verdict: .notEnforced,
      findings: [.outsideSSO]),
    .init(
      federated: .yes, hasIdP: true, mfa: .no, kind: .collaborator, verdict: .notEnforced,
      findings: [.noMFA, .outsideSSO]),
    .init(
      federated: .no, hasIdP: false, mfa: .yes, kind: .collaborator, verdict: .enforced,
      findings: []),
    .init(
      federated: .no, hasIdP: true, mfa: .no, kind: .pending, verdict: .notEvaluated, findings: []),
  ]

  @Test("the platform's table of doors, row by row", arguments: rows)
  func platformTable(row: PlatformRow) throws {
    var team = TestTeam()
    team.add(TestTeam.ana())
    team.roster[0].federated = row.federated
    team.roster[0].platformMFA = row.mfa
    team.roster[0].kind = row.kind
    if row.federated == .no { team.roster[0].identityProvider = nil }
    if !row.hasIdP {
      team.hasIdentityProvider = .no
      team.identityProviders = []
      team.signIn = []
    }
    let record = try #require(team.records["ana@acme.com"])
    #expect(record.verdict == row.verdict, "\(record.reason)")
    #expect(record.findings.kinds == row.findings)
    let sso: MemberRecord.SSO =
      row.kind == .collaborator
      ? .unavailable
      : row.federated == .yes
        ? .enabled : row.kind == .pending || row.federated == .unknown ? .unknown : .disabled
    #expect(record.sso == sso)
  }

  @Test("a federated login whose provider is not shown, contradicted or foreign cannot be told")
  func identityProviders() throws {
    func record(_ change: (inout TestTeam) -> Void) throws -> MemberRecord {
      var team = TestTeam()
      team.add(TestTeam.ana())
      change(&team)
      return try #require(team.records["ana@acme.com"])
    }
    let contradiction = try record { $0.roster[0].identityProvider = nil }
    #expect(contradiction.verdict == .cannotTell)
    #expect(contradiction.judgement.deciding?.code == .rosterContradiction)
    let reverse = try record { $0.roster[0].federated = .no }
    #expect(reverse.judgement.deciding?.code == .rosterContradiction)
    let hidden = try record { $0.roster[0].identityProvider = "other" }
    #expect(hidden.judgement.deciding?.code == .identityProviderUnknown)
    let redacted = try record { $0.identityProviders[0].isRedacted = true }
    #expect(redacted.verdict == .cannotTell)
    let foreign = try record {
      $0.identityProviders[0].ssoTargetURL = "https://sso.elsewhere.example/saml"
    }
    #expect(foreign.verdict == .cannotTell)
    #expect(foreign.reason.contains("sso.elsewhere.example"))
    let foreignEntity = try record {
      $0.identityProviders[0].entityID = "https://sso.elsewhere.example/metadata"
    }
    #expect(foreignEntity.verdict == .cannotTell)
    let suffixTrick = try record {
      $0.identityProviders[0].ssoTargetURL = "https://evilokta.com/saml"
      $0.hosts = ["127.0.0.1:8080"]
    }
    #expect(suffixTrick.verdict == .cannotTell)
    let otherOrganisation = try record {
      $0.identityProviders[0].ssoTargetURL = "https://other.okta.com/app/sso"
      $0.hosts = ["127.0.0.1:8080"]
    }
    #expect(otherOrganisation.verdict == .cannotTell)
    let otherEntity = try record {
      $0.identityProviders[0].entityID = "https://other.okta.com/exk1"
    }
    #expect(otherEntity.verdict == .cannotTell)
    let vendorOnly = try record { $0.identityProviders[0].ssoTargetURL = nil }
    #expect(vendorOnly.verdict == .cannotTell, "the vendor's entity id names no organisation")
    let accountOwned = try record {
      $0.identityProviders = [
        PlatformIdentityProvider(id: "idp", name: "acme", isAccountOwned: true)
      ]
    }
    #expect(accountOwned.verdict == .enforced)
    #expect(accountOwned.judgement.deciding?.evidence.contains { $0.kind == .attestation } == true)
    let notConfigured = try record { $0.signIn = [] }
    #expect(notConfigured.judgement.deciding?.code == .notConfigured)
  }

  /// Addresses at a host that serves many tenants.
  struct SharedHost: Sendable {
    var mark: String
    var entityID: String?
    var ssoTargetURL: String?
    var verdict: Verdict
  }

  @Test(
    "at a host that serves many tenants, every address there has to name the tenant",
    arguments: [
      SharedHost(
        mark: "0aa0", entityID: "https://sts.windows.net/0aa0/",
        ssoTargetURL: "https://login.microsoftonline.com/0aa0/saml2", verdict: .enforced),
      SharedHost(
        mark: "0aa0", entityID: "https://sts.windows.net/1111/",
        ssoTargetURL: "https://login.microsoftonline.com/1111/saml2", verdict: .cannotTell),
      SharedHost(
        mark: "0aa0", entityID: "https://sts.windows.net/1111/",
        ssoTargetURL: "https://login.microsoftonline.com/0aa0/saml2", verdict: .cannotTell),
      SharedHost(mark: "0aa0", entityID: "https://sts.windows.net/0aa0/", verdict: .enforced),
      SharedHost(
        mark: "realms/acme", entityID: "https://sso.acme.com/realms/acme",
        ssoTargetURL: "https://sso.acme.com/auth/realms/acme/protocol/saml", verdict: .enforced),
      SharedHost(
        mark: "realms/acme", entityID: "https://sso.acme.com/realms/acme-guests",
        ssoTargetURL: "https://sso.acme.com/realms/acme-guests/protocol/saml",
        verdict: .cannotTell),
      SharedHost(
        mark: "idpid=C01", entityID: "https://accounts.google.com/o/saml2?idpid=C01",
        ssoTargetURL: "https://accounts.google.com/o/saml2/idp?idpid=C01", verdict: .enforced),
      SharedHost(
        mark: "idpid=C01", ssoTargetURL: "https://accounts.google.com/o/saml2/idp?idpid=C012",
        verdict: .cannotTell),
    ])
  func sharedHosts(row: SharedHost) throws {
    var team = TestTeam()
    team.add(TestTeam.ana())
    team.hosts = [
      "login.microsoftonline.com", "sts.windows.net", "sso.acme.com", "accounts.google.com",
    ]
    team.tenantMarks = [row.mark]
    team.identityProviders[0].entityID = row.entityID
    team.identityProviders[0].ssoTargetURL = row.ssoTargetURL
    let record = try #require(team.records["ana@acme.com"])
    #expect(record.verdict == row.verdict, "\(record.reason)")
    if row.verdict == .cannotTell { #expect(record.reason.contains(row.mark), "\(record.reason)") }
  }

  @Test("status and assignment at the provider stand instead of a verdict")
  func accountStates() throws {
    func record(_ change: (inout TestTeam) -> Void) throws -> MemberRecord {
      var team = TestTeam()
      team.add(TestTeam.ana())
      change(&team)
      return try #require(team.records["ana@acme.com"])
    }
    let inactive = try record {
      $0.accounts[0].status = .inactive
      $0.accounts[0].statusText = "SUSPENDED"
    }
    #expect(inactive.verdict == .notEvaluated)
    #expect(inactive.findings.kinds == [.deprovisionedAtIdP])
    #expect(inactive.reason.contains("SUSPENDED"))
    let missing = try record { $0.accounts = [] }
    #expect(missing.verdict == .cannotTell)
    #expect(missing.findings.kinds == [.notInIdP])
    let unassigned = try record { $0.accounts[0].assigned = [] }
    #expect(unassigned.verdict == .notEvaluated)
    #expect(unassigned.findings.kinds == [.notAssigned])
    let unreadable = try record {
      $0.state = .unreadable(reason: "Two policies claim the app.", remedy: "remove one")
    }
    #expect(unreadable.verdict == .cannotTell)
    #expect(unreadable.findings.kinds == [.cannotTell])
    let inactiveApp = try record { $0.state = .inactive("The application is switched off.") }
    #expect(inactiveApp.verdict == .notEvaluated)
  }

  @Test("addresses match by folded e-mail, then login; plus-addresses are other people")
  func matching() throws {
    var team = TestTeam()
    team.add(TestTeam.ana("Ana.Lima@ACME.com"))
    team.accounts[0].email = "ana.lima@acme.com "
    team.add(TestTeam.ana("bo@acme.com"))
    team.accounts[1].email = "other@acme.com"
    team.add(TestTeam.ana("cy+x@acme.com"))
    team.accounts[2].email = "cy@acme.com"
    team.accounts[2].login = "cy@acme.com"
    team.add(TestTeam.ana("ÉVA@acme.com"))
    team.accounts[3].email = "e\u{301}va@acme.com"
    team.accounts[3].login = nil
    let records = team.records
    #expect(records["Ana.Lima@ACME.com"]?.verdict == .enforced)
    #expect(records["bo@acme.com"]?.verdict == .enforced)
    #expect(records["cy+x@acme.com"]?.findings.kinds == [.notInIdP])
    #expect(records["ÉVA@acme.com"]?.verdict == .enforced)
  }

  @Test("two accounts for one member, or one account for two members, are never guessed")
  func ambiguity() throws {
    var team = TestTeam()
    team.add(TestTeam.ana())
    team.accounts.append(
      Account(id: "second", email: "ANA@acme.com", login: "ana2", assigned: [0]))
    team.roster.append(
      RosterMember(
        email: "bo@acme.com", role: .member, federated: .yes, platformMFA: .no,
        identityProvider: "idp"))
    team.roster.append(
      RosterMember(
        email: "bo.login@acme.com", role: .member, federated: .yes, platformMFA: .no,
        identityProvider: "idp"))
    team.accounts.append(
      Account(id: "bo", email: "bo@acme.com", login: "bo.login@acme.com", assigned: [0]))
    for email in ["ana@acme.com", "bo@acme.com", "bo.login@acme.com"] {
      let record = try #require(team.records[email])
      #expect(record.verdict == .cannotTell, "\(email)")
      #expect(record.findings.kinds == [.ambiguousIdentity], "\(email)")
    }
  }

  @Test("another live account that goes by the same name is never passed over; a dead one may be")
  func ambiguityAcrossNames() throws {
    func record(_ change: (inout TestTeam) -> Void) throws -> MemberRecord {
      var team = TestTeam()
      team.add(TestTeam.ana())
      team.accounts[0].login = "a1"
      team.accounts.append(Account(id: "second", email: "other@acme.com", assigned: [0]))
      change(&team)
      return try #require(team.records["ana@acme.com"])
    }
    #expect(try record { _ in }.verdict == .enforced)
    for change: (inout TestTeam) -> Void in [
      { $0.accounts[1].login = "ana@acme.com" }, { $0.accounts[1].aliases = ["Ana@acme.com"] },
      {
        $0.accounts[0].status = .inactive
        $0.accounts[1].login = "ana@acme.com"
      },
    ] {
      let ambiguous = try record(change)
      #expect(ambiguous.verdict == .cannotTell)
      #expect(ambiguous.findings.kinds == [.ambiguousIdentity])
    }
    let dead = try record {
      $0.accounts[1].login = "ana@acme.com"
      $0.accounts[1].status = .inactive
    }
    #expect(dead.verdict == .enforced)
  }

  @Test("the weakest door decides; no account at one provider is a closed door beside another")
  func severalDoors() throws {
    var team = TestTeam()
    team.namesProviders = false
    team.signIn.append(SignInTarget(provider: "entra", app: "app2"))
    team.add(TestTeam.ana("ana@acme.com"))
    team.add(TestTeam.ana("bo@acme.com"))
    team.add(TestTeam.ana("cy@acme.com"))
    team.accounts.removeLast()
    var table = AccountTable(atomCount: 0)
    table.append(Account(id: "e1", email: "ana@acme.com", assigned: [0]))
    team.otherProviders["entra"] = ProviderReading(
      source: SourceReading(
        name: "entra", kind: "entra", startedAt: team.now, observedAt: team.now),
      apps: [
        ProviderApp(
          id: "app2", label: "Heroku",
          state: .readable(SignInModel(policy: .demand(.singleFactor, by: nil))))
      ], accounts: table)
    let records = team.records
    #expect(records["ana@acme.com"]?.verdict == .notEnforced)
    #expect(records["ana@acme.com"]?.provider == "entra")
    #expect(records["bo@acme.com"]?.verdict == .enforced)
    #expect(records["bo@acme.com"]?.judgement.doors.count == 2)
    #expect(records["cy@acme.com"]?.findings.kinds == [.notInIdP])
  }

  @Test("a login outside single sign-on beside a federated one gives the worse verdict")
  func memberAndCollaborator() throws {
    var team = TestTeam()
    team.add(TestTeam.ana())
    team.roster.append(
      RosterMember(
        email: "ANA@acme.com", role: .collaborator, kind: .collaborator, federated: .no,
        platformMFA: .yes))
    let records = team.records
    #expect(records.count == 1)
    let record = try #require(records.values.first)
    #expect(record.verdict == .notEnforced)
    #expect(record.role == .member)
    #expect(record.judgement.doors.count == 2)
  }

  @Test("of a federated login and a password with a second factor, only the password is a gap")
  func passwordBesideFederated() throws {
    var team = TestTeam()
    team.add(TestTeam.ana())
    team.roster.append(
      RosterMember(
        email: "ana@acme.com", role: .member, userID: "second", federated: .no, platformMFA: .yes))
    let record = try #require(team.records["ana@acme.com"])
    #expect(record.verdict == .notEnforced)
    #expect(record.findings.kinds == [.outsideSSO])
    team.roster[1].platformMFA = .no
    #expect(team.records["ana@acme.com"]?.findings.kinds == [.noMFA, .outsideSSO])
  }

  @Test("an exemption changes no verdict, shows the member as exempt, warns of its end and ends")
  func exemptions() throws {
    func record(until: Timestamp) throws -> MemberRecord {
      var team = TestTeam()
      team.add(TestTeam.ana())
      team.roster[0].federated = .no
      team.roster[0].identityProvider = nil
      team.exemptions = [
        Exemption(member: "Ana@acme.com", reason: "sealed", approvedBy: "ciso", until: until)
      ]
      return try #require(team.records["ana@acme.com"])
    }
    let day: Int64 = 86_400
    let far = try record(until: TestTeam.now.adding(seconds: 30 * day))
    #expect(far.verdict == .notEnforced)
    #expect(far.isExempt)
    #expect(far.findings.kinds == [.noMFA, .outsideSSO])
    let near = try record(until: TestTeam.now.adding(seconds: 13 * day))
    #expect(near.findings.kinds.contains(.exemptionExpiring))
    let over = try record(until: TestTeam.now)
    #expect(!over.isExempt)
    #expect(over.findings.kinds.contains(.exemptionExpired))
  }

  @Test("the only admin is flagged, one of two is not, an invited one does not count")
  func lastAdmin() throws {
    var team = TestTeam()
    team.add(TestTeam.ana("ana@acme.com"))
    team.add(TestTeam.ana("bo@acme.com"))
    team.roster[0].role = .admin
    team.roster[1].role = .admin
    #expect(team.records["ana@acme.com"]?.findings.kinds == [])
    team.roster[1].kind = .pending
    #expect(team.records["ana@acme.com"]?.findings.kinds == [.lastAdmin])
  }

  @Test("enrolment raises no verdict; weak factors and none at all are findings")
  func enrolment() throws {
    var team = TestTeam()
    team.add(TestTeam.ana())
    team.accounts[0].enrolled = .no
    #expect(team.records["ana@acme.com"]?.findings.kinds == [.notEnrolled])
    team.accounts[0].enrolled = .yes
    team.accounts[0].factors = [.sms, .email]
    #expect(team.records["ana@acme.com"]?.findings.kinds == [.weakFactorsOnly])
    team.accounts[0].factors = [.webauthn]
    team.state = .readable(SignInModel(policy: .demand(.singleFactor, by: nil)))
    #expect(team.records["ana@acme.com"]?.verdict == .notEnforced)
  }

  @Test(
    "a roster that says nothing of sign-in trusts the configuration, and without it nobody can tell"
  )
  func silentRoster() throws {
    var team = TestTeam()
    team.saysSignIn = false
    team.hasIdentityProvider = .unknown
    team.add(TestTeam.ana())
    team.roster[0].federated = .unknown
    team.roster[0].platformMFA = .unknown
    #expect(team.records["ana@acme.com"]?.verdict == .enforced)
    team.signIn = []
    #expect(team.records["ana@acme.com"]?.verdict == .cannotTell)
  }

  @Test("ten thousand people who look alike are judged once")
  func alike() {
    var team = TestTeam()
    for index in 0..<10_000 { team.add(TestTeam.ana("user\(index)@acme.com")) }
    var judge = team.adjudicator
    for person in 0..<judge.count { _ = judge.person(person) }
    #expect(judge.count == 10_000)
    #expect(judge.distinctCases == 1)
  }

  @Test("of many groups that somebody is not in, the first are listed and the others counted")
  func manyGroups() throws {
    let groups = (0..<60).map { SubjectAtom(kind: .group, id: "g\($0)", name: "Group \($0)") }
    let rules = [
      RuleReference(
        policyID: "p", policyName: "Two factors", ruleID: "r", ruleName: "Rule", position: 1,
        demand: "asks for two factors")
    ]
    let branches = groups.indices.map {
      SignInPolicy.Branch(.subject($0), .demand(.multiFactor, by: 0))
    }
    var team = TestTeam()
    team.add(TestTeam.ana())
    team.state = .readable(
      SignInModel(
        atoms: groups, rules: rules,
        policy: .firstMatch(branches, otherwise: .demand(.singleFactor, by: 0))))
    team.accounts[0].atoms = [50]
    let inOne = try #require(team.records["ana@acme.com"])
    let evidence = (inOne.judgement.deciding?.evidence ?? []).filter { $0.kind == .group }
    #expect(evidence.filter { $0.value == "yes" }.map(\.name) == ["Group 50"])
    #expect(evidence.filter { $0.value == "no" }.count == 21)
    #expect(evidence.last?.name == "39 more groups that rules name")
  }
}
