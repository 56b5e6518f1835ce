import IdentityCore
import Testing

@testable import Reports

@Suite("A remedy says who mends it and where")
struct RemedyTests {
  private func remedies(_ kind: FindingKind, _ door: Door) -> Remedy {
    Remedy(kind, of: SampleReport.member("ana@acme.com", nil, [door], [kind]).record)
  }

  @Test("the policy and the rule are named as the witness names them")
  func policy() {
    let door = SampleReport.okta(
      .enforcedConditionally, .policyEscapes, "One factor is enough in some sign-ins.",
      witness:
        "sign-in inside zone HQ: rule 2 'Ops's desk' of policy 'Heroku sign-in' asks for one factor; rule 1 'Default' of policy 'Session' asks for a password only"
    )
    let remedy = remedies(.mfaConditional, door)
    #expect(remedy.owner == .providerAdministrator)
    for part in [
      "administrator of okta", "rule 2 'Ops's desk' of policy 'Heroku sign-in'",
      "rule 1 'Default' of policy 'Session'", "0oa1b2c3d4",
    ] { #expect(remedy.text.contains(part), "\(remedy.text)") }
  }

  @Test("what is no rule that somebody could open is not named as one")
  func settings() {
    func text(_ witness: String) -> String {
      remedies(
        .mfaNotEnforced,
        SampleReport.okta(.notEnforced, .policySingleFactor, "One factor.", witness: witness)
      ).text
    }
    let entra = text(
      "any sign-in: rule 'nothing that applies asks for a second factor' of policy 'Conditional Access' asks for one factor only"
    )
    #expect(
      entra.contains("makes a policy of Conditional Access ask for a second factor"), "\(entra)")
    let single = text("any sign-in: rule 'Staff' of policy 'Staff' asks for a password only")
    #expect(single.contains("makes policy 'Staff' ask"), "\(single)")
    #expect(
      text("any sign-in: Conditional Access (nothing that applies asks for it) asks for one factor")
        .contains("makes a policy of Conditional Access ask for a second factor"))
    #expect(
      text(
        "any sign-in: flow 'browser' of realm acme (Username Password Form) asks for one factor only"
      )
      .contains("makes flow 'browser' of realm acme (Username Password Form) ask"))
    #expect(
      text("any sign-in: policy 'Staff' asks for a password only").contains("makes policy 'Staff'"))
    #expect(text("any sign-in").contains("the policy that the way in goes through"))
  }

  @Test("a door, a role and a reason decide who mends it")
  func owners() {
    #expect(remedies(.notAssigned, SampleReport.unassigned).text.contains("assigns the app"))
    #expect(remedies(.notInIdP, SampleReport.absent).text.contains("Mend the address"))
    #expect(
      remedies(.outsideSSO, SampleReport.password).text.contains(
        "finishes the change to single sign-on"))
    let outsider = SampleReport.member(
      "p@agency.example", nil, [SampleReport.password], [.outsideSSO], role: .collaborator,
      sso: .unavailable)
    #expect(Remedy(.outsideSSO, of: outsider.record).text.contains("makes the person a member"))
    let scope = SampleReport.okta(
      .cannotTell, .policyUnknown, "It is not known what group Contractors says.",
      evidence: [
        EvidenceItem(
          .status, name: "not known: group Contractors", value: "Grant the token okta.groups.read.")
      ])
    #expect(
      remedies(.cannotTell, scope).text == "At okta: grant the token okta.groups.read.",
      "\(remedies(.cannotTell, scope).text)")
    for code in [ReasonCode.notConfigured, .identityProviderUnknown, .sourceIncomplete] {
      let door = Door(provider: "heroku", app: nil, verdict: .cannotTell, code: code, reason: "")
      #expect(remedies(.cannotTell, door).owner == .operator)
    }
  }

  @Test("every kind has a remedy; only leavers are removed, and that is named last")
  func removal() {
    let doors = RandomWorld.policyDoors + RandomWorld.platformDoors
    for kind in FindingKind.allCases {
      for door in doors {
        let status = SampleReport.member("ana@acme.com", nil, [door], [kind, .lastAdmin])
        let remedy = Remedy(kind, of: status.record)
        #expect(remedy.text.hasSuffix(".") && !remedy.text.contains(".."), "\(remedy.text)")
        let isLeaver = kind == .deprovisionedAtIdP || kind == .notInIdP
        #expect(
          remedy.commands.contains { $0.contains("members remove") } == isLeaver, "\(kind)")
        let commands = Remedy.summary(for: status).commands
        let place = commands.firstIndex { $0.contains("members remove") }
        #expect(place == (isLeaver ? commands.count - 1 : nil), "\(commands)")
      }
    }
  }

  @Test("an address or a team that begins with a dash is no option")
  func dashes() {
    let status = SampleReport.member(
      "-h@acme.com", nil, [SampleReport.inactive], [.deprovisionedAtIdP], team: "-x")
    #expect(
      Remedy(.deprovisionedAtIdP, of: status.record).commands == [
        "idsync explain --team=-x -- -h@acme.com", "idsync members remove --team=-x -- -h@acme.com",
      ])
  }

  @Test(
    "the table, the page, Markdown, CSV and explain show the remedy; an exempt row asks for none")
  func shown() throws {
    let report = SampleReport.make([
      SampleReport.member("lea@acme.com", nil, [SampleReport.unassigned], [.notAssigned])
    ])
    for format in ReportFormat.allCases {
      let shown = try text(report, format)
      #expect(shown.contains("assigns the app"), "\(format)")
      #expect(!shown.contains("members remove"), "\(format)")
    }
    let page = Gathered()
    let explanation = Explanation(
      status: report.members[0], findings: report.findings, run: nil,
      generatedAt: report.generatedAt)
    try ListingWriter.writeTable(.explanation(explanation)) { page.append($0) }
    #expect(page.text.contains("Remedy: An administrator of okta assigns the app"), "\(page.text)")
  }

  @Test("a roster that is only read is changed where it is kept: no command is offered")
  func places() throws {
    let places: [(RosterPlace, String)] = [
      (.file("people.csv", source: "people"), "the file people.csv"),
      (.system(kind: "json", source: "hr"), "the source hr (json)"),
    ]
    for (place, words) in places {
      for (kind, door) in [
        (FindingKind.deprovisionedAtIdP, SampleReport.inactive),
        (.notInIdP, SampleReport.absent), (.lastAdmin, SampleReport.enforced),
      ] {
        var status = SampleReport.member("ana@acme.com", nil, [door], [kind])
        status.rosterPlace = place
        let (texts, commands) = Remedy.summary(for: status)
        #expect(texts.joined().contains(words), "\(texts)")
        #expect(!commands.contains { $0.contains("idsync members") }, "\(commands)")
      }
    }
  }

  @Test("nobody is told to switch on what is on, and what an exemption excuses is mended by nobody")
  func fitting() throws {
    let beside = SampleReport.member(
      "liam@partner.example", nil, [SampleReport.password], [.outsideSSO], role: .collaborator,
      sso: .unavailable, mfa: .enabled)
    #expect(!Remedy(.outsideSSO, of: beside.record).text.contains("switches"))
    #expect(Remedy(.outsideSSO, of: beside.record).text.contains("stays on"))
    var exempt = SampleReport.member("glass@acme.com", nil, [SampleReport.password], [.outsideSSO])
    exempt.record.exemption = SampleReport.breakGlass
    exempt.record.isExempt = true
    let remedy = Remedy(.outsideSSO, of: exempt.record)
    #expect(remedy.text.hasPrefix("None needed until ") && remedy.commands.isEmpty, "\(remedy)")
  }

  @Test("a flow and a trusted provider are named as what they are")
  func flows() {
    let flow = SampleReport.okta(
      .notEnforced, .policySingleFactor, "One factor.",
      witness: "any sign-in: browser (Username Password Form) asks for one factor only",
      evidence: [
        EvidenceItem(.status, name: "realm acme", value: "browser flow 'browser'"),
        EvidenceItem(.flow, name: "browser", value: "forms ALTERNATIVE"),
      ])
    #expect(remedies(.mfaNotEnforced, flow).text.contains("makes flow 'browser' of realm acme ask"))
    let trust = SampleReport.okta(
      .enforcedConditionally, .policyEscapes, "One factor.",
      witness:
        "sign-in with second factor asserted: inbound federation (identity provider Partner SSO) lets the identity provider assert the second factor"
    )
    #expect(
      remedies(.mfaConditional, trust).text.contains(
        "changes inbound federation (identity provider Partner SSO) so that it no longer lets the identity provider assert"
      ), "\(remedies(.mfaConditional, trust).text)")
  }

  @Test("addresses are not cut at 80 columns, and commands that remove somebody say for whom")
  func narrow() throws {
    let email = "paul.jensen-contractor@subsidiary.acme.example"
    let report = SampleReport.make([
      SampleReport.member(
        email, nil, [SampleReport.inactive], [.deprovisionedAtIdP], role: .collaborator)
    ])
    let page = Gathered()
    try ReportWriter.write(
      report, as: .table, terminal: TerminalStyle(width: 80, palette: .none)
    ) { page.append($0) }
    #expect(page.text.contains(email), "\(page.text)")
    let lines = page.text.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 80 }, "\(page.text)")
    #expect(page.text.contains("If the person left: idsync members remove"), "\(page.text)")
    #expect(try text(report, .html).contains("<li>If the person left: <code>idsync members remove"))
  }
}
