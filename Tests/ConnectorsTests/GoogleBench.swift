import CurlTransport
import Foundation
import IdentityCore
import MockIdP

@testable import ConnectorKit
@testable import Google

/// What an identity provider behind Google asks for, in place of a source that reads it.
struct Behind: Sendable {
  var key: String
  var verdict: Verdict

  /// A provider with an application that asks for two factors and one that asks for one.
  static func reading(_ people: [String], hosts: Set<String> = []) -> ProviderReading {
    var accounts = AccountTable(atomCount: 0)
    for email in people {
      accounts.append(Account(id: email, email: email, assigned: [0, 1]))
    }
    let demands: [(Verdict, Demand)] = [(.enforced, .multiFactor), (.notEnforced, .singleFactor)]
    return ProviderReading(
      source: SourceReading(
        name: "behind", kind: "keycloak", startedAt: Bench.now, observedAt: Bench.now),
      apps: demands.map { verdict, demand in
        ProviderApp(
          id: "\(verdict)", label: "realm",
          state: .readable(SignInModel(policy: .demand(demand, by: nil))))
      }, accounts: accounts, hosts: hosts)
  }
}

/// A Google account as it was read, and what it means for one person.
struct GoogleJudged {
  let reading: ProviderReading
  let records: [String: MemberRecord]

  subscript(email: String) -> MemberRecord? { records[email] }

  /// The words of all evidence behind a verdict.
  func evidence(_ email: String) -> String {
    (records[email]?.judgement.doors ?? []).flatMap(\.evidence)
      .map { "\($0.name): \($0.value)" }.joined(separator: "\n")
  }

  /// The model of the first application.
  var model: SignInModel? {
    if case .readable(let model)? = reading.apps.first?.state { model } else { nil }
  }
}

extension Bench {
  func google(
    _ change: (inout GoogleConfiguration) -> Void = { _ in }
  ) -> GoogleConnector {
    let url = mock[.google]?.baseURL ?? ""
    var configuration = GoogleConfiguration(
      name: "google", url: url, tokenURL: url, serviceAccount: Secret(mock[.google]?.token ?? ""),
      subject: "helpdesk@acme.com", policySubject: "admin@acme.com",
      // As the example of the kind has it: no API shows it.
      legacySSO: false)
    // Most accounts here list no policies of devices and sessions.
    configuration.vouches = Vouch.for("trusted-devices", "session", "network-masks", "joining")
    change(&configuration)
    return GoogleConnector(
      configuration: configuration, transport: transport, clock: { Timestamp(Date()) },
      logger: log.logger)
  }

  /// Reads the account and judges some people whose only door it is.
  func judgeGoogle(
    _ people: [String], app: AppID = "google", edits: PolicyEdits = PolicyEdits(),
    behind: [Behind] = [], _ change: (inout GoogleConfiguration) -> Void = { _ in }
  ) async -> GoogleJudged {
    let keys = people.map { EmailKey.make($0) }
    var reading = await google(change).readProvider(
      ProviderQuery(apps: [app], edits: edits) { WatchList(keys: keys) }, progress: .none)
    reading.routes = behind.map {
      UpstreamRoute(
        identityProvider: $0.key, target: SignInTarget(provider: "behind", app: "\($0.verdict)"))
    }
    var roster = Roster()
    for email in people {
      roster.append(
        RosterMember(email: email, role: .member, federated: .unknown, platformMFA: .unknown))
    }
    var adjudicator = Adjudicator(
      settings: TeamSettings(
        name: Self.team, roster: "csv", signIn: [SignInTarget(provider: "google", app: app)]),
      reading: TeamReading(
        team: Self.team, roster: roster, hasIdentityProvider: .unknown, saysSignIn: false),
      providers: ["google": reading, "behind": Behind.reading(people)], now: Self.now)
    var records: [String: MemberRecord] = [:]
    for person in 0..<adjudicator.count {
      let record = adjudicator.person(person).record
      records[record.key] = record
    }
    return GoogleJudged(reading: reading, records: records)
  }
}

/// Accounts of one person, changed by tables of situations.
enum Workspaces {
  static let ana = "ana@acme.com"
  static let realm = "https://idp.acme.com/realms/staff"
  static let corporate = GoogleProfile(
    "0corp", displayName: "Corporate", issuer: realm, signInURL: realm + "/protocol/saml")

  static func account(
    isEnforced: Bool = false, isEnrolled: Bool = false, isAdmin: Bool = false,
    orgUnit: String = "/",
    _ change: (inout GoogleWorkspace) -> Void = { _ in }
  ) -> GoogleWorkspace {
    var account = GoogleWorkspace()
    account.orgUnits = ["/Staff": "03ph8a2z1staff", "/Staff/Finance": "03ph8a2z1fin"]
    account.users = [
      GoogleUser(
        ana, isEnforced: isEnforced, isEnrolled: isEnrolled, isAdmin: isAdmin, orgUnit: orgUnit)
    ]
    account.profiles = [corporate]
    change(&account)
    return account
  }

  static func scenario(_ account: GoogleWorkspace, faults: [Fault] = []) -> Scenario {
    var scenario = Scenario()
    scenario[GoogleWorkspace.self] = account
    scenario.faults = faults
    return scenario
  }

  /// A policy that enforces 2-step verification from a moment on.
  static func enforcement(
    from date: String, orgUnit: String? = nil, group: String? = nil, query: String? = nil,
    sortOrder: Double = 1, id: String? = nil
  ) -> GooglePolicy {
    GooglePolicy(
      "enforcement", ["enforcedFrom": .string(date)], orgUnit: orgUnit, group: group,
      query: query, sortOrder: sortOrder, id: id)
  }

  static let grace = GooglePolicy(
    "grace_period", ["enrollmentGracePeriod": "604800s"], type: "SYSTEM")

  /// A moment so many days from now.
  static func day(_ days: Int64) -> String {
    Timestamp(Date()).adding(seconds: days * 86_400).text
  }
}
