import CurlTransport
import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import Heroku

/// A situation at Heroku and the verdict it must give for one member.
struct HerokuRow: Sendable, CustomTestStringConvertible {
  let number: String
  let situation: String
  let scenario: Scenario
  let expected: Verdict
  var email = Organisations.ana
  var code: ReasonCode?
  /// The findings, all of them; nil where the row does not say.
  var findings: Set<FindingKind>?
  /// A part of the reason.
  var reason: String?
  var exemptions: [Exemption] = []
  var check: @Sendable (MemberRecord) -> Bool = { _ in true }

  var testDescription: String { "\(number): \(situation)" }
}

@Suite("Heroku verdicts, row by row") struct HerokuRowTests {
  @Test("every situation of the table gives its verdict", arguments: HerokuRows.all)
  func row(_ row: HerokuRow) async throws {
    try await Bench.run(row.scenario) { bench in
      let judged = await bench.judge(exemptions: row.exemptions)
      let record = try #require(judged[row.email])
      #expect(record.verdict == row.expected, "\(record.reason)")
      if let code = row.code { #expect(record.judgement.deciding?.code == code) }
      if let findings = row.findings { #expect(Set(record.findings.kinds) == findings) }
      if let reason = row.reason {
        #expect(record.reason.contains(reason), "\(record.reason)")
      }
      #expect(row.check(record), "\(record)")
    }
  }

  @Test("11: a second page of members that is refused leaves everybody as they were")
  func secondPageRefused() async throws {
    try await Bench.run(HerokuRows.large) { bench in
      let good = try await ConformanceReading(of: bench.heroku(), team: Bench.team)
      let before = try good.reconciled().records
      #expect(before.count == 2_001)
      await bench.mock.setFaults([
        Fault(.heroku, "GET /teams/{team}/members", .forbidden, first: 2, times: nil)
      ])
      let bad = try await ConformanceReading(of: bench.heroku(), team: Bench.team)
      #expect(try bad.reconciled(with: before).changes.isEmpty, "not seen is not gone")
      let first = try bad.reconciled().records.values.map(\.verdict)
      #expect(first.count == 1_000 && first.allSatisfy { $0 == .cannotTell })
      let issue = try #require(bad.team.issues.first)
      #expect(issue.status == 403 && issue.page == 2)
      #expect(issue.remedy.contains("role member or admin"))
    }
  }

  @Test("another company's provider, which a guest brings along, is none of the team's")
  func foreignProvider() async throws {
    let scenario = Organisations.small {
      $0.heroku.teams[0].identityProviders = []
      $0.heroku.teams[0].members = [
        HerokuMember("bo@acme.com", isFederated: false, twoFactor: true),
        HerokuMember("guest@other.example"),
      ]
      $0.heroku.teams[0].members[1].raw = [
        "identity_provider": HerokuRows.foreign(isRedacted: true)
      ]
    }
    try await Bench.run(scenario) { bench in
      let team = await bench.heroku().readRoster(of: [Bench.team], progress: .none).teams[0]
      #expect(team.isComplete, "\(team.issues)")
      #expect(team.hasIdentityProvider == .no)
      #expect(team.identityProviders == [])
    }
  }

  @Test(
    "an account that may not be seen leaves open whether there is an identity provider, no more")
  func refusedAccount() async throws {
    let scenario = Organisations.small {
      $0.heroku.teams[0].enterpriseAccount = "acme-corp"
      $0.heroku.teams[0].identityProviders = []
      $0.heroku.enterpriseAccounts = [EnterpriseAccount("acme-corp")]
      $0.heroku.teams[0].members = [
        HerokuMember("bo@acme.com", isFederated: false, twoFactor: true)
      ]
      $0.faults = [
        Fault(.heroku, "GET /enterprise-accounts/{account}", .forbidden, times: nil)
      ]
    }
    try await Bench.run(scenario) { bench in
      let judged = await bench.judge()
      let team = judged.roster.teams[0]
      #expect(team.issues.map(\.status) == [403])
      #expect(team.isComplete)
      #expect(team.hasIdentityProvider == .unknown)
      #expect(judged["bo@acme.com"]?.findings.kinds == [.outsideSSO])
    }
  }

  @Test("17: 206 and 200 are read both; the range goes back byte for byte")
  func ranges() async throws {
    try await Bench.run(HerokuRows.large) { bench in
      let reading = try await ConformanceReading(of: bench.heroku(), team: Bench.team)
      #expect(reading.team.roster.count == 2_001)
      let members = await bench.mock.requests(.heroku)
        .filter { $0.endpoint == "GET /teams/{team}/members" }
      #expect(members.map(\.status) == [206, 206, 200])
      // What the mock answers to the same range, asked by hand.
      let source = bench.transport.source(
        "by-hand", policy: SourcePolicy(origins: [bench.mock.heroku.baseURL]))
      for (page, next) in zip(members, members.dropFirst()) {
        var request = HTTPRequest(
          .get, bench.mock.heroku.baseURL + page.path, endpoint: "GET",
          headers: HTTPHeaders([
            ("Accept", "application/vnd.heroku+json; version=3"),
            ("Range", page.headers["range"] ?? ""),
          ]))
        request.authorization = .bearer(Secret(bench.mock.heroku.token))
        let answer = try await source.send(request)
        let given = try #require(answer.headers["Next-Range"])
        #expect(Array(given.utf8) == Array((next.headers["range"] ?? "").utf8))
      }
    }
  }

  @Test("18: 206 that does not say where to go on fails the list, and deletes nobody")
  func missingRange() async throws {
    try await Bench.run(HerokuRows.large) { bench in
      let good = try await ConformanceReading(of: bench.heroku(), team: Bench.team)
      await bench.mock.setFaults([
        Fault(.heroku, "GET /teams/{team}/members", .missingNext, times: nil)
      ])
      let bad = try await ConformanceReading(of: bench.heroku(), team: Bench.team)
      #expect(!bad.team.isComplete)
      #expect(bad.team.issues.first?.code == "paging")
      #expect(try bad.reconciled(with: good.reconciled().records).changes.isEmpty)
    }
  }

  @Test("19: 304 on members gives verdicts from what was kept and the identity provider as it is")
  func notModified() async throws {
    try await Bench.run(Organisations.small()) { bench in
      let cache = MemoryResponseCache()
      let first = await bench.judge(heroku: { $0.cache = cache })
      #expect(first[Organisations.ana]?.verdict == .enforced)
      await bench.mock.resetRequests()
      await bench.mock.update { $0[policy: "Strict"].rules = [.catchAll("1FA")] }
      let second = await bench.judge(heroku: { $0.cache = cache })
      let statuses = await bench.mock.requests(.heroku)
        .filter { $0.endpoint == "GET /teams/{team}/members" }.map(\.status)
      #expect(statuses == [304])
      #expect(second.roster.source.isComplete)
      #expect(second[Organisations.ana]?.verdict == .notEnforced)
      #expect(second[Organisations.ana]?.role == .admin)
    }
  }

  @Test("20: 429 is waited for, and no row comes twice")
  func rateLimited() async throws {
    try await Bench.run(HerokuRows.large) { bench in
      await bench.mock.setFaults([
        Fault(.heroku, "GET /teams/{team}/members", .rateLimited, first: 2, times: 2)
      ])
      let reading = try await ConformanceReading(of: bench.heroku(), team: Bench.team)
      #expect(reading.source.isComplete, "\(reading.source.issues)")
      #expect(reading.team.roster.count == 2_001)
      let keys = Set((0..<2_001).map { reading.team.roster.key(at: $0) })
      #expect(keys.count == 2_001)
      // Heroku names no time: 75 tokens come back a minute.
      #expect(bench.waited > .milliseconds(500), "\(bench.waited)")
    }
  }
}

enum HerokuRows {
  private typealias O = Organisations
  private static let other = "raj.patel@contractor.example"

  private static func member(
    _ change: @escaping (inout HerokuMember) -> Void, _ more: (inout Scenario) -> Void = { _ in }
  ) -> Scenario {
    O.small {
      change(&$0[team: Bench.team][member: O.ana])
      more(&$0)
    }
  }

  /// An identity provider of an enterprise account that has nothing to do with the team.
  static func foreign(isRedacted: Bool) -> JSON {
    [
      "id": "5d0c1b7e-4444-4a57-9a0e-2f6d5a0c4444", "name": "other-tenant",
      "redacted": .bool(isRedacted),
      "owner": [
        "id": "6e0c1b7e-5555-4a57-9a0e-2f6d5a0c5555", "name": "other-tenant",
        "type": "enterprise-account",
      ],
    ]
  }

  /// Three pages of members.
  static let large: Scenario = {
    var scenario = O.small()
    scenario.heroku.teams[0].identityProviders = []
    scenario.heroku.teams[0].members = (0..<2_001).map {
      HerokuMember("p\($0)@acme.com", isFederated: false, twoFactor: true)
    }
    return scenario
  }()

  static let all: [HerokuRow] = federated + outside + hidden + lists

  private static let federated: [HerokuRow] = [
    HerokuRow(
      number: "1", situation: "federated, enforced at the identity provider", scenario: O.small(),
      expected: .enforced, code: .policyEnforces, findings: [.lastAdmin],
      check: { $0.sso == .enabled && $0.provider == "okta" }),
    HerokuRow(
      number: "2", situation: "federated, Heroku's own second factor off",
      scenario: member { $0.twoFactor = false }, expected: .enforced, findings: [.lastAdmin],
      check: { $0.platformMFA == .notApplicable || $0.platformMFA == .disabled }),
    HerokuRow(
      number: "3", situation: "federated, conditional at the identity provider",
      scenario: O.app([
        Rule("Office") {
          $0.zones = ["HQ"]
          $0.factors = "1FA"
        }, .catchAll("2FA"),
      ]), expected: .enforcedConditionally, findings: [.mfaConditional, .lastAdmin],
      check: { $0.witness?.hasPrefix("sign-in inside zone HQ") == true }),
    HerokuRow(
      number: "4", situation: "federated, not enforced at the identity provider",
      scenario: O.app([.catchAll("1FA")]), expected: .notEnforced,
      findings: [.mfaNotEnforced, .lastAdmin]),
    HerokuRow(
      number: "12", situation: "a viewer, which the published list of roles does not have",
      scenario: member { $0.role = "viewer" }, expected: .enforced,
      check: { $0.role == .viewer }),
    HerokuRow(
      number: "12+", situation: "an empty role", scenario: member { $0.role = "" },
      expected: .enforced, check: { $0.role == .untold }),
    HerokuRow(
      number: "12++", situation: "a role that is not told weighs as an administrator's",
      scenario: member { $0.raw = ["role": nil] }, expected: .enforced,
      check: {
        !$0.role.isAdministrator && $0.role.weighsAsAdministrator
      }),
    HerokuRow(
      number: "14", situation: "only the enterprise account says who the identity provider is",
      scenario: O.small {
        $0.heroku.teams[0].enterpriseAccount = "acme-corp"
        $0.heroku.teams[0].identityProviders = []
        $0.heroku.enterpriseAccounts = [
          EnterpriseAccount("acme-corp", identityProvider: .okta("acme-okta", app: Bench.app))
        ]
        $0[team: Bench.team][member: O.ana].raw = ["federated": nil, "identity_provider": nil]
      }, expected: .enforced, check: { $0.sso == .enabled }),
  ]

  private static let outside: [HerokuRow] = [
    HerokuRow(
      number: "5", situation: "a password with Heroku's second factor beside the team's SSO",
      scenario: member {
        $0.isFederated = false
        $0.twoFactor = true
        $0.role = "member"
      }, expected: .notEnforced, findings: [.outsideSSO],
      check: { $0.sso == .disabled && $0.platformMFA == .enabled }),
    HerokuRow(
      number: "6", situation: "a password alone beside the team's SSO",
      scenario: member {
        $0.isFederated = false
        $0.twoFactor = false
        $0.role = "member"
      }, expected: .notEnforced, findings: [.outsideSSO, .noMFA],
      check: { FindingKind.noMFA.severity(isAdministrator: $0.role.isAdministrator) == .critical }),
    HerokuRow(
      number: "6+", situation: "a password, and nothing said of a second factor",
      scenario: member {
        $0.isFederated = false
        $0.twoFactor = nil
        $0.role = "member"
      }, expected: .notEnforced, findings: [.outsideSSO]),
    HerokuRow(
      number: "7", situation: "a collaborator from outside",
      scenario: O.small {
        $0.heroku.teams[0].apps = [
          HerokuApp(
            "acme-widgets-api",
            collaborators: [HerokuCollaborator(other, permissions: ["deploy", "view"])])
        ]
      }, expected: .notEnforced, email: other,
      check: { $0.sso == .unavailable && $0.role == .collaborator }),
    HerokuRow(
      number: "7+", situation: "the team's pseudo-user is nobody",
      scenario: O.small {
        $0.heroku.teams[0].members.append(HerokuMember("acme-widgets@herokumanager.com"))
      }, expected: .enforced),
    HerokuRow(
      number: "5+", situation: "a password, where only the configuration says that there is SSO",
      scenario: member(
        {
          $0.isFederated = false
          $0.twoFactor = true
          $0.role = "member"
        }, { $0.heroku.teams[0].identityProviders = [] }), expected: .notEnforced,
      findings: [.outsideSSO]),
    HerokuRow(
      number: "16", situation: "the exempt owner of the token, outside SSO",
      scenario: member {
        $0.isFederated = false
        $0.twoFactor = true
      }, expected: .notEnforced,
      exemptions: [
        Exemption(
          member: O.ana, reason: "owns the token", approvedBy: "ciso@acme.com",
          until: Bench.now.adding(seconds: 86_400 * 365))
      ], check: { $0.isExempt && $0.findings.contains(FindingSet(.outsideSSO)) }),
  ]

  private static let hidden: [HerokuRow] = [
    HerokuRow(
      number: "8", situation: "federated through an identity provider that is hidden",
      scenario: O.small {
        $0.heroku.teams[0].identityProviders = [
          .okta("hidden", app: Bench.app, isRedacted: true)
        ]
      }, expected: .cannotTell, findings: [.cannotTell, .lastAdmin]),
    HerokuRow(
      number: "9", situation: "federated through an identity provider that is not configured",
      scenario: O.small {
        $0.heroku.teams[0].identityProviders = [
          HerokuIdentityProvider(
            "entra", entityID: "https://sts.windows.net/11111111/",
            ssoTargetURL: "https://login.microsoftonline.com/11111111/saml2")
        ]
      }, expected: .cannotTell),
    HerokuRow(
      number: "9+", situation: "federated through another organisation of the same vendor",
      scenario: O.small {
        $0.heroku.teams[0].identityProviders = [
          HerokuIdentityProvider(
            "other-okta", entityID: "http://www.okta.com/exkOther",
            ssoTargetURL: "https://other.okta.com/app/heroku/exkOther/sso/saml")
        ]
      }, expected: .cannotTell),
    HerokuRow(
      number: "8+", situation: "federated through another company's identity provider",
      scenario: O.small {
        $0.heroku.teams[0].identityProviders = []
        $0[team: Bench.team][member: O.ana].raw = ["identity_provider": foreign(isRedacted: false)]
      }, expected: .cannotTell, findings: [.cannotTell, .lastAdmin], reason: "hidden"),
    HerokuRow(
      number: "8++",
      situation: "the account's identity provider, redacted, beside one of the team's own",
      scenario: O.small {
        $0.heroku.teams[0].enterpriseAccount = "acme-corp"
        let provider = HerokuIdentityProvider.okta("acme-corp-okta", app: Bench.app)
        let account = EnterpriseAccount("acme-corp", identityProvider: provider)
        $0.heroku.enterpriseAccounts = [account]
        $0[team: Bench.team][member: O.ana].raw = [
          "identity_provider": [
            "id": .string(provider.id), "name": "acme-corp-okta", "redacted": true,
            "owner": [
              "id": .string(account.id), "name": "acme-corp", "type": "enterprise-account",
            ],
          ]
        ]
      }, expected: .enforced),
    HerokuRow(
      number: "10", situation: "federated, unknown to Okta",
      scenario: O.small { $0.heroku.teams[0].members.append(HerokuMember("stranger@acme.com")) },
      expected: .cannotTell, email: "stranger@acme.com", findings: [.notInIdP]),
    HerokuRow(
      number: "10+", situation: "federated, deprovisioned at Okta",
      scenario: O.small { $0[person: O.ana].status = "DEPROVISIONED" }, expected: .notEvaluated,
      findings: [.deprovisionedAtIdP, .lastAdmin]),
    HerokuRow(
      number: "15", situation: "federated, but without an identity provider",
      scenario: member { $0.raw = ["identity_provider": nil] }, expected: .cannotTell),
    HerokuRow(
      number: "15+", situation: "the same where the account's list names one",
      scenario: O.small {
        $0.heroku.teams[0].enterpriseAccount = "acme-corp"
        $0.heroku.teams[0].identityProviders = []
        $0.heroku.enterpriseAccounts = [
          EnterpriseAccount("acme-corp", identityProvider: .okta("acme-okta", app: Bench.app))
        ]
        $0[team: Bench.team][member: O.ana].raw = ["identity_provider": nil]
        var silent = HerokuMember("silent@acme.com")
        silent.raw = ["federated": nil, "identity_provider": nil]
        $0.heroku.teams[0].members.append(silent)
      }, expected: .cannotTell, code: .rosterContradiction),
  ]

  private static let lists: [HerokuRow] = [
    HerokuRow(
      number: "13", situation: "known from an invitation only",
      scenario: O.small { $0.heroku.teams[0].invitations = [HerokuInvitation("new@acme.com")] },
      expected: .notEvaluated, email: "new@acme.com", findings: [], check: \.isPending)
  ]
}
