import ConnectorKit
import CurlTransport
import Foundation
import IdentityCore
import MockIdP

/// A mock vendor and what a connector's reading of it means for the people of one team.
struct ProviderBench: Sendable {
  static let ana = "ana.lima@acme.com"

  let mock: MockIdP
  let transport: HTTPTransport
  let log: TestLog

  /// Starts everything, runs the body, ends everything.
  static func run<R>(
    _ scenario: Scenario, _ body: (ProviderBench) async throws -> R
  ) async throws -> R {
    try await Bench.run(scenario) { bench in
      try await body(ProviderBench(mock: bench.mock, transport: bench.transport, log: bench.log))
    }
  }

  var clock: @Sendable () -> Timestamp { { Timestamp(Date()) } }

  /// Reads a provider for some people.
  func read(
    _ connector: any ProviderConnector, app: AppID, people: [String] = [ana],
    collectFactors: Bool = false, edits: PolicyEdits = PolicyEdits()
  ) async -> ProviderReading {
    await connector.readProvider(
      ProviderQuery(apps: [app], collectFactors: collectFactors, edits: edits) {
        WatchList(keys: people)
      }, progress: .none)
  }

  /// What a reading means for people whose only way in is the provider.
  static func judge(
    _ reading: ProviderReading, app: AppID, people: [String] = [ana]
  ) -> [String: MemberRecord] {
    var roster = Roster()
    for email in people {
      roster.append(
        RosterMember(email: email, role: .member, federated: .unknown, platformMFA: .unknown))
    }
    var adjudicator = Adjudicator(
      settings: TeamSettings(
        name: "acme-widgets", roster: "people",
        signIn: [SignInTarget(provider: reading.source.name, app: app)]),
      reading: TeamReading(
        team: "acme-widgets", roster: roster, hasIdentityProvider: .unknown, saysSignIn: false),
      providers: [reading.source.name: reading], now: Bench.now)
    var records: [String: MemberRecord] = [:]
    for person in 0..<adjudicator.count {
      let record = adjudicator.person(person).record
      records[record.key] = record
    }
    return records
  }
}
