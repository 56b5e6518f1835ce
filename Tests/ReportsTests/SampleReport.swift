import Foundation
import IdentityCore

@testable import Reports

/// Reports with fixed times and ids: a member of every verdict, most findings, an exempt and a stale one.
enum SampleReport {
  static let generatedAt = Timestamp(milliseconds: 1_780_387_200_000)  // 2026-06-02T08:00:00Z

  static func hours(_ count: Int64) -> Timestamp { generatedAt.adding(seconds: -count * 3600) }

  // MARK: Doors

  static let proof = [
    EvidenceItem(
      .assignment, id: "0oa1b2c3d4", name: "Heroku Widgets",
      value: "assigned through group Engineers",
      path: "GET /api/v1/apps/{id}/users"),
    EvidenceItem(
      .policy, id: "rst8k2", name: "Any two factors", value: "authentication policy of the app",
      path: "GET /api/v1/policies/{id}"),
    EvidenceItem(
      .rule, id: "rul3f", name: "Contractors", value: "1st, group Contractors: not a member"),
    EvidenceItem(
      .rule, id: "rul1a", name: "Catch-all rule",
      value: "2nd, everybody: two factors, any of 5 kinds",
      path: "GET /api/v1/policies/{id}/rules"),
  ]

  static func okta(
    _ verdict: Verdict, _ code: ReasonCode, _ reason: String, witness: String? = nil,
    context: [ContextFact] = [], evidence: [EvidenceItem] = proof
  ) -> Door {
    Door(
      provider: "okta", app: "0oa1b2c3d4", verdict: verdict, code: code, reason: reason,
      witness: witness, witnessContext: context, evidence: evidence)
  }

  static let enforced = okta(
    .enforced, .policyEnforces,
    "Policy “Any two factors” asks for two factors in every sign-in it allows.")

  static let conditional = okta(
    .enforcedConditionally, .policyEscapes,
    "Policy “Any two factors” asks for two factors, except where rule 1 “Contractors” applies.",
    witness:
      "from platform linux, outside zone HQ: rule 1 “Contractors” of policy “Any two factors” "
      + "asks for a password only",
    context: [
      ContextFact(name: "platform", value: "linux"), ContextFact(name: "zone HQ", value: "outside"),
    ],
    evidence: [
      proof[0], proof[1],
      EvidenceItem(
        .rule, id: "rul3f", name: "Contractors",
        value: "1st, group Contractors, platform linux, outside zone HQ: password only",
        path: "GET /api/v1/policies/{id}/rules"),
      EvidenceItem(
        .group, id: "00g77", name: "Contractors", value: "member",
        path: "GET /api/v1/groups/{id}/users"),
      proof[3],
    ])

  static let singleFactor = okta(
    .notEnforced, .policySingleFactor,
    "Rule 1 “Break glass” of policy “Any two factors” asks for a password only.",
    witness: "from any platform, anywhere: rule 1 “Break glass” asks for a password only",
    context: [ContextFact(name: "platform", value: "any")],
    evidence: [
      proof[0], proof[1],
      EvidenceItem(.rule, id: "rul9", name: "Break glass", value: "1st, user: password only"),
    ])

  static let password = Door(
    provider: "heroku", app: nil, verdict: .notEnforced, code: .outsideSSO,
    reason: "Signs in with a Heroku password beside the team's single sign-on.",
    witness: "with the Heroku password, without going through okta",
    evidence: [
      EvidenceItem(
        .platform, name: "federated", value: "false", path: "GET /teams/{team}/members"),
      EvidenceItem(
        .platform, name: "two_factor_authentication", value: "false",
        path: "GET /teams/{team}/members"),
    ])

  static let unknown = okta(
    .cannotTell, .policyUnknown,
    "Rule 1 “Risk” uses an expression that cannot be read: user.riskScore > 60. Ask the Okta admin "
      + "to replace it, or to attest it.",
    evidence: [
      proof[0], proof[1],
      EvidenceItem(.rule, id: "rul4", name: "Risk", value: "1st, expression: unknown outcome"),
    ])

  static let inactive = okta(
    .notEvaluated, .deprovisioned, "Inactive at okta since its status is DEPROVISIONED.",
    evidence: [
      EvidenceItem(
        .status, id: "00u31", name: "status", value: "DEPROVISIONED", path: "GET /api/v1/users")
    ])

  static let unassigned = okta(
    .notEvaluated, .notAssigned, "Active at okta, but the app is not assigned.", evidence: [])

  static let absent = okta(
    .cannotTell, .notInIdP, "Under single sign-on at Heroku, but okta knows no such account.",
    evidence: [])

  // MARK: Members

  static func member(
    _ email: String, _ name: String?, _ doors: [Door], _ findings: [FindingKind] = [],
    role: Role = .member, team: String = "acme-widgets", sso: MemberRecord.SSO = .enabled,
    mfa: MemberRecord.PlatformMFA = .notApplicable, enrolled: Tri = .yes,
    factors: FactorSet = [.webauthn, .push], exemption: Exemption? = nil, isExempt: Bool = false,
    since: Timestamp = hours(24 * 90), observedAt: Timestamp = hours(1), isStale: Bool = false
  ) -> MemberStatus {
    let set = findings.reduce(into: FindingSet()) { $0.insert(FindingSet($1)) }
    let record = MemberRecord(
      team: team, key: EmailKey.make(email), email: email, name: name, role: role, sso: sso,
      platformMFA: mfa, platformUserID: "9f1c-\(email.utf8.count)",
      judgement: Judgement(doors: doors),
      provider: doors.first?.provider, accountID: "00u\(email.utf8.count)", enrolled: enrolled,
      factors: factors, exemption: exemption, isExempt: isExempt, findings: set, since: since)
    return MemberStatus(record: record, observedAt: observedAt, isStale: isStale)
  }

  static func findings(of members: [MemberStatus]) -> [Finding] {
    members.flatMap { status in
      status.record.findings.kinds.map { kind in
        Finding(
          id: "fnd-\(status.record.key)-\(kind.rawValue)", team: status.record.team,
          email: status.record.email, kind: kind,
          severity: kind.severity(isAdministrator: status.record.role.isAdministrator),
          reason: status.record.reason, witness: status.record.witness,
          remedy: Remedy(kind, of: status.record), isExempt: status.record.isExempt,
          openedAt: hours(24 * 12))
      }
    }
  }

  static let breakGlass = Exemption(
    member: "break-glass@acme.com", reason: "sealed emergency account", approvedBy: "ciso@acme.com",
    until: Timestamp(milliseconds: 1_801_353_600_000))

  static let special: [MemberStatus] = [
    member("ana.lima@acme.com", "Ana Lima", [enforced], [.lastAdmin], role: .admin),
    member(
      "break-glass@acme.com", "Break Glass", [singleFactor], [.mfaNotEnforced], role: .admin,
      enrolled: .no, factors: [], exemption: breakGlass, isExempt: true),
    member(
      "carl.weiss@acme.com", "Carl Weiß", [conditional], [.mfaConditional],
      since: hours(24 * 12)),
    member(
      "dev.kumar@acme.com", "Dev Kumar", [password, enforced], [.noMFA, .outsideSSO], role: .admin,
      sso: .disabled, mfa: .disabled, since: hours(24 * 12)),
    member(
      "eva.novak@acme.com", "Eva Nováková", [singleFactor], [.mfaNotEnforced], enrolled: .no,
      factors: [], since: hours(30)),
    member("fay.wong@acme.com", "黃菲菲", [unknown], [.cannotTell]),
    member(
      "gil.old@acme.com", "Gil Old", [inactive], [.deprovisionedAtIdP], enrolled: .unknown,
      factors: []),
    member("hana.sato@acme.com", "佐藤 花", [absent], [.notInIdP], enrolled: .unknown, factors: []),
    member(
      "ivo.stale@acme.com", "Ivo Starý", [enforced], [.stale], observedAt: hours(80), isStale: true),
    member(
      "jo.new@acme.com", "Jo New", [enforced], [.notEnrolled], role: .viewer, enrolled: .no,
      factors: []),
    member(
      "kim.sms@acme.com", "Kim SMS", [enforced], [.weakFactorsOnly], factors: [.sms, .voice]),
    member(
      "lea.off@acme.com", "Lea Off", [unassigned], [.notAssigned], enrolled: .unknown, factors: []),
    member(
      "max.ex@acme.com", "Max Expired", [singleFactor], [.mfaNotEnforced, .exemptionExpired],
      exemption: Exemption(
        member: "max.ex@acme.com", reason: "waiting for a key", approvedBy: "it@acme.com",
        until: hours(24)), since: hours(24 * 40)),
    member(
      "partner@agency.example", nil, [password], [.noMFA], role: .collaborator, sso: .unavailable,
      mfa: .disabled, enrolled: .unknown, factors: []),
  ]

  static let run = RunRecord(
    id: "6f9619ff-8b86-4011-b42d-00c04fc964ff", startedAt: hours(1).adding(seconds: -6),
    finishedAt: hours(1), outcome: .committed,
    sources: [
      SourceReading(
        name: "heroku", kind: "heroku", fetched: 25, declared: nil, requests: 5,
        requestsByEndpoint: [
          "GET /teams/{team}/members": 2, "GET /teams/{team}/identity-providers": 1,
          "GET /teams/{team}/invitations": 1, "GET /teams/{team}/apps": 1,
        ], bytes: 18_231, startedAt: hours(1).adding(seconds: -6),
        observedAt: hours(1).adding(seconds: -3)),
      SourceReading(
        name: "okta", kind: "okta", fetched: 24, declared: 25, requests: 7,
        requestsByEndpoint: [
          "GET /api/v1/apps/{id}/users": 2, "GET /api/v1/policies/{id}/rules": 3,
          "GET /api/v1/groups/{id}/users": 2,
        ], bytes: 92_118, startedAt: hours(1).adding(seconds: -6), observedAt: hours(1),
        issues: [
          SourceIssue(
            code: "forbidden", call: "GET /api/v1/groups/{id}/users", page: 2, status: 403,
            message: "Okta refused the second page of the members of group Contractors (E0000006).",
            remedy: "Grant the token okta.groups.read."),
          SourceIssue(
            code: "forbidden", call: "GET /api/v1/users/{id}/factors", status: 403,
            message: "Okta refused the factors, so enrolment is unknown for some.",
            remedy: "Grant the token okta.users.read.", affects: .details),
        ]),
    ],
    changes: {
      var counts = ChangeCounts()
      counts.changed = 3
      counts.opened = 2
      return counts
    }())

  /// Fourteen people, one of every kind.
  static let standard = make(special)

  /// Twenty-five people, as the demo organisation has.
  static let demo = make(
    special
      + [
        "nina.berg", "omar.haddad", "pia.rossi", "quentin.roy", "rosa.diaz", "sam.okafor",
        "tara.singh", "uwe.klein", "vera.petrova", "wim.devries", "yuki.mori",
      ].map { login in
        member(
          "\(login)@acme.com",
          login.split(separator: ".").map { $0.capitalized }.joined(separator: " "),
          [enforced])
      })

  static func make(_ members: [MemberStatus], run: RunRecord? = run) -> StatusReport {
    StatusReport(
      run: run, members: members, findings: findings(of: members), toolVersion: "0.1.0",
      generatedAt: generatedAt)
  }

  /// So many people on two teams, every verdict among them.
  static func large(_ count: Int) -> StatusReport {
    let doors = [enforced, enforced, enforced, conditional, enforced, unknown, enforced, inactive]
    let members = (0..<count).map { index in
      let door = index % 97 == 0 ? singleFactor : doors[index % 8]
      let kinds: [FindingKind] =
        switch door.verdict {
        case .notEnforced: [.mfaNotEnforced]
        case .enforcedConditionally: [.mfaConditional]
        case .cannotTell: [.cannotTell]
        case .notEvaluated: [.deprovisionedAtIdP]
        case .enforced: []
        }
      return member(
        "person\(index)@acme.com", "Person \(index)", [door], kinds,
        team: index < count / 2 ? "acme-a" : "acme-b")
    }
    return make(members)
  }
}

/// Writes a report into a string.
func text(_ report: StatusReport, _ format: ReportFormat, _ terminal: TerminalStyle = .plain) throws
  -> String
{
  let bytes = Gathered()
  try ReportWriter.write(report, as: format, terminal: terminal) { bytes.append($0) }
  return bytes.text
}

/// Gathers what a writer hands on.
final class Gathered {
  private(set) var bytes: [UInt8] = []
  private(set) var largestPiece = 0

  func append(_ piece: UnsafeRawBufferPointer) {
    bytes.append(contentsOf: piece)
    largestPiece = max(largestPiece, piece.count)
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }
}
