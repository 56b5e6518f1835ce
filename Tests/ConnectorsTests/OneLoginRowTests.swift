import CurlTransport
import Foundation
import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import OneLogin

/// A situation at OneLogin and the verdict it must give for Ana.
struct OneLoginRow: Sendable, CustomTestStringConvertible {
  let number: String
  let situation: String
  let account: OneLoginAccount
  let expected: Verdict
  var attested = OneLoginConfiguration.Attestation()
  var says: [String] = []
  var enrolled = Tri.unknown
  var behind: [Behind] = []

  var testDescription: String { "\(number): \(situation)" }
}

@Suite("OneLogin verdicts, row by row") struct OneLoginRowTests {
  @Test("every situation of the table gives its verdict", arguments: OneLoginRows.all)
  func row(_ row: OneLoginRow) async throws {
    try await Bench.run(OneLoginRows.scenario(row.account)) { bench in
      let record = await bench.judgeOneLogin(behind: row.behind) {
        $0.attestation = row.attested
        $0.collectFactors = row.enrolled != .unknown
      }
      #expect(record?.verdict == row.expected, "\(record?.reason ?? "")")
      for part in row.says {
        #expect(record?.reason.contains(part) == true, "\(record?.reason ?? "")")
      }
      #expect(record?.enrolled == row.enrolled)
    }
  }

  @Test("credentials that may read users only are told what is missing")
  func scope() async throws {
    var account = OneLoginRows.account()
    account.mayReadAll = false
    try await Bench.run(OneLoginRows.scenario(account)) { bench in
      let lines = await bench.oneLogin().diagnose()
      #expect(
        lines.contains { $0.outcome == .failure && $0.remedy.contains("Read All") }, "\(lines)")
      let record = await bench.judgeOneLogin()
      #expect(record?.verdict == .cannotTell)
    }
  }

  @Test("a list that ends before its total, or names a next page without a cursor, is cut off")
  func lostCursor() async throws {
    let account = OneLoginRows.account(policy: 410) {
      $0.largestPage = 1
      $0.losesCursor = true
    }
    try await Bench.run(OneLoginRows.scenario(account)) { bench in
      let reading = await bench.oneLogin().readProvider(
        ProviderQuery(apps: [String(OneLoginRows.app)]) { WatchList(keys: [OneLoginRows.ana]) },
        progress: .none)
      #expect(reading.source.issues.contains { $0.code == "contradiction" })
      #expect(!reading.source.carriesVerdicts)
      #expect(reading.apps.first?.policyLink == "410")
    }
  }

  @Test("a row that comes twice behind a cursor is one row, and noted")
  func twice() async throws {
    let account = OneLoginRows.account(policy: 410) { $0.largestPage = 1 }
    try await Bench.run(OneLoginRows.scenario(account)) { bench in
      await bench.mock.setFaults([
        Fault(.oneLogin, "GET /api/2/users", .duplicate, times: nil)
      ])
      let reading = await bench.oneLogin().readProvider(
        ProviderQuery(apps: [String(OneLoginRows.app)]) { WatchList(keys: [OneLoginRows.ana]) },
        progress: .none)
      #expect(reading.source.isComplete, "\(reading.source.issues)")
      #expect(reading.source.issues.map(\.affects) == [.details])
      #expect(reading.source.fetched == 2)
    }
  }

  @Test("whatif takes an app's policy off")
  func edits() async throws {
    try await Bench.run(OneLoginRows.scenario(OneLoginRows.account(policy: 410))) { bench in
      let record = await bench.judgeOneLogin(edits: PolicyEdits(disabled: ["410"])) {
        $0.attestation = .init(
          apps: ["410": .enforced], fallback: OneLoginConfiguration.Attested.none)
      }
      #expect(record?.verdict == .notEnforced)
    }
  }
}

extension Bench {
  func oneLogin(
    _ change: (inout OneLoginConfiguration) -> Void = { _ in }
  ) -> OneLoginConnector {
    var configuration = OneLoginConfiguration(
      name: "onelogin", url: mock[.oneLogin]?.baseURL ?? "", clientID: "1f2e3d4c5b6a",
      clientSecret: Secret(mock[.oneLogin]?.token ?? ""))
    change(&configuration)
    return OneLoginConnector(
      configuration: configuration, transport: transport, clock: { Timestamp(Date()) },
      logger: log.logger)
  }

  /// Reads the account and judges Ana, whose only door it is.
  func judgeOneLogin(
    edits: PolicyEdits = PolicyEdits(), behind: [Behind] = [],
    vouches: [Vouch] = Vouch.for("trusted-idp-first", "password-reset"),
    _ change: (inout OneLoginConfiguration) -> Void = { _ in }
  ) async -> MemberRecord? {
    let app = String(OneLoginRows.app)
    let connector = oneLogin {
      $0.vouches = vouches
      change(&$0)
    }
    var reading = await connector.readProvider(
      ProviderQuery(apps: [app], edits: edits) { WatchList(keys: [OneLoginRows.ana]) },
      progress: .none)
    reading.routes = behind.map {
      UpstreamRoute(
        identityProvider: $0.key, target: SignInTarget(provider: "behind", app: "\($0.verdict)"))
    }
    var roster = Roster()
    roster.append(
      RosterMember(
        email: OneLoginRows.ana, role: .member, federated: .unknown, platformMFA: .unknown))
    var adjudicator = Adjudicator(
      settings: TeamSettings(
        name: Self.team, roster: "csv", signIn: [SignInTarget(provider: "onelogin", app: app)]),
      reading: TeamReading(
        team: Self.team, roster: roster, hasIdentityProvider: .unknown, saysSignIn: false),
      providers: ["onelogin": reading, "behind": Behind.reading([OneLoginRows.ana])],
      now: Self.now)
    return adjudicator.count > 0 ? adjudicator.person(0).record : nil
  }
}

enum OneLoginRows {
  typealias Attested = OneLoginConfiguration.Attested

  static let ana = "ana@acme.com"
  static let app = 4242

  static func account(
    policy: Int? = nil, group: Int? = nil, _ change: (inout OneLoginAccount) -> Void = { _ in }
  ) -> OneLoginAccount {
    var account = OneLoginAccount()
    account.users = [OneLoginUser(ana, id: 101, group: group), OneLoginUser("bo@acme.com")]
    account.apps = [OneLoginApp(app, name: "Heroku", policy: policy, users: [ana])]
    change(&account)
    return account
  }

  static func scenario(_ account: OneLoginAccount) -> Scenario {
    var scenario = Scenario()
    scenario[OneLoginAccount.self] = account
    return scenario
  }

  static let all: [OneLoginRow] = [
    OneLoginRow(
      number: "1", situation: "the app's policy is vouched for as enforced",
      account: account(policy: 410), expected: .enforced,
      attested: .init(apps: ["410": .enforced], author: "ciso@acme.com", date: "2026-11-01")),
    OneLoginRow(
      number: "2", situation: "no app policy, her group's is vouched for as enforced",
      account: account(group: 77), expected: .enforced, attested: .init(groups: ["77": .enforced])),
    OneLoginRow(
      number: "3", situation: "no app policy, no group, the default asks for none",
      account: account(), expected: .notEnforced, attested: .init(fallback: Attested.none),
      says: ["default user policy"]),
    OneLoginRow(
      number: "4", situation: "an app policy that nobody vouches for",
      account: account(policy: 999), expected: .cannotTell,
      attested: .init(fallback: Attested.none), says: ["app policy 999"]),
    OneLoginRow(
      number: "5", situation: "devices are enrolled, nobody vouches for anything",
      account: account { $0.users[0].devices = ["OneLogin Protect"] }, expected: .cannotTell,
      enrolled: .yes),
    OneLoginRow(
      number: "6", situation: "the app's policy is vouched for as conditional",
      account: account(policy: 410), expected: .enforcedConditionally,
      attested: .init(apps: ["410": .conditional], fallback: Attested.none)),
    OneLoginRow(
      number: "7", situation: "a suspended user", account: account { $0.users[0].status = 2 },
      expected: .notEvaluated, attested: .init(fallback: .enforced)),
    OneLoginRow(
      number: "1a", situation: "the app is not hers",
      account: account(policy: 410) { $0.apps[0].users = [] }, expected: .notEvaluated,
      attested: .init(apps: ["410": .enforced])),
    OneLoginRow(
      number: "1b", situation: "an unlicensed user",
      account: account(policy: 410) { $0.users[0].state = 3 }, expected: .notEvaluated,
      attested: .init(apps: ["410": .enforced])),
    OneLoginRow(
      number: "2a", situation: "the default covers a group that is not named",
      account: account(group: 78), expected: .notEnforced,
      attested: .init(groups: ["77": .enforced], fallback: Attested.none),
      says: ["group 78, by the default"]),
    OneLoginRow(
      number: "2b", situation: "a group that is not named, and no default",
      account: account(group: 78), expected: .cannotTell,
      attested: .init(groups: ["77": .enforced]), says: ["group 78"]),
    OneLoginRow(
      number: "4a", situation: "an unknown app policy adds to a user policy that enforces",
      account: account(policy: 999, group: 77), expected: .enforced,
      attested: .init(groups: ["77": .enforced])),
    OneLoginRow(
      number: "4b", situation: "there is no such application",
      account: account { $0.apps = [] }, expected: .cannotTell, says: ["no application"]),
    OneLoginRow(
      number: "8", situation: "she comes from a trusted identity provider that nobody reads",
      account: account(policy: 410) { $0.users[0].trustedProvider = 9 }, expected: .cannotTell,
      attested: .init(apps: ["410": .enforced]), says: ["trusted identity provider 9"]),
    OneLoginRow(
      number: "8a", situation: "the trusted identity provider asks for one factor",
      account: account(policy: 410) { $0.users[0].trustedProvider = 9 }, expected: .notEnforced,
      attested: .init(apps: ["410": .enforced]), behind: [Behind(key: "9", verdict: .notEnforced)]),
    OneLoginRow(
      number: "8b", situation: "both doors ask for two factors",
      account: account(policy: 410) { $0.users[0].trustedProvider = 9 }, expected: .enforced,
      attested: .init(apps: ["410": .enforced]), behind: [Behind(key: "9", verdict: .enforced)]),
  ]
}
