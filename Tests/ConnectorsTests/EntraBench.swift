import ConnectorKit
import CurlTransport
import Foundation
import IdentityCore
import MockIdP
import TestSupport

@testable import Entra

/// A mock tenant and a connector that reads it, for one test.
struct EntraBench: Sendable {
  let mock: MockIdP
  let transport: HTTPTransport
  let log: TestLog

  /// Starts everything, runs the body, ends everything.
  static func run<R>(
    _ scenario: Scenario, clock: TransportClock = .hurried(SkippedTime()),
    _ body: (EntraBench) async throws -> R
  ) async throws -> R {
    try await TestSlots.run {
      let mock = try await MockIdP.start(scenario)
      let log = TestLog()
      let transport = HTTPTransport(
        configuration: TransportConfiguration(userAgent: "idsync/test", clock: clock),
        logger: log.logger)
      if !scenario.faults.isEmpty { await mock.setFaults(scenario.faults) }
      do {
        let result = try await body(EntraBench(mock: mock, transport: transport, log: log))
        transport.shutdown()
        await mock.stop()
        return result
      } catch {
        transport.shutdown()
        await mock.stop()
        throw error
      }
    }
  }

  /// A connector with the mock's secret; the operator vouches that browsers are not remembered, which no API shows.
  func connector(_ change: (inout EntraConfiguration) -> Void = { _ in }) -> EntraConnector {
    let endpoint = mock[.entra]
    let url = endpoint?.baseURL ?? ""
    var configuration = EntraConfiguration(
      name: "entra", url: url, loginURL: url, tenant: EntraTenant().tenantID,
      clientID: EntraClient().id, credentials: .secret(Secret(endpoint?.token ?? "")),
      vouches: [Tenants.vouch("remembered-mfa")])
    change(&configuration)
    return EntraConnector(
      configuration: configuration, transport: transport, clock: { Timestamp(Date()) },
      logger: log.logger)
  }

  /// Reads the tenant and judges some people at its applications.
  func judge(
    _ people: [String] = [Tenants.ana], apps: [AppID] = [Tenants.app], edits: PolicyEdits = .init(),
    collectFactors: Bool = false, _ change: (inout EntraConfiguration) -> Void = { _ in }
  ) async -> EntraJudged {
    let keys = people.map(EmailKey.make)
    let provider = await connector(change).readProvider(
      ProviderQuery(apps: apps, collectFactors: collectFactors, edits: edits) {
        WatchList(keys: keys)
      }, progress: .none)
    return EntraJudged(people: people, provider: provider, app: apps[0])
  }
}

/// What was read of a tenant, and what it means for some people.
struct EntraJudged {
  let provider: ProviderReading
  let records: [String: MemberRecord]
  let distinctCases: Int

  init(people: [String], provider: ProviderReading, app: AppID) {
    self.provider = provider
    var roster = Roster()
    for person in people {
      roster.append(
        RosterMember(email: person, role: .member, federated: .unknown, platformMFA: .unknown))
    }
    // The roster says nothing of sign-in, so the configured way is the only door.
    let reading = TeamReading(
      team: Tenants.team, roster: roster, hasIdentityProvider: .unknown, saysSignIn: false)
    var adjudicator = Adjudicator(
      settings: TeamSettings(
        name: Tenants.team, roster: "csv", signIn: [SignInTarget(provider: "entra", app: app)]),
      reading: reading, providers: ["entra": provider], now: Bench.now)
    var records: [String: MemberRecord] = [:]
    for person in 0..<adjudicator.count {
      let record = adjudicator.person(person).record
      records[record.key] = record
    }
    self.records = records
    distinctCases = adjudicator.distinctCases
  }

  subscript(person: String) -> MemberRecord? { records[EmailKey.make(person)] }

  /// The model of the first application.
  var model: SignInModel? {
    if case .readable(let model)? = provider.apps.first?.state { model } else { nil }
  }
}

/// One person and one application in a small tenant; tables of situations change it.
enum Tenants {
  static let ana = "ana.lima@acme.com"
  static let team = "acme-widgets"
  static let app = "e4444444-0000-4000-8000-000000000004"
  static let otherApp = "e5555555-0000-4000-8000-000000000005"
  static let outlook = "00000002-0000-0ff1-ce00-000000000000"
  static let anaID = "a1111111-0000-4000-8000-000000000001"
  static let office = "b1111111-0000-4000-8000-000000000001"
  static let lab = "b2222222-0000-4000-8000-000000000002"
  static let brazil = "b3333333-0000-4000-8000-000000000003"
  static let germany = "b4444444-0000-4000-8000-000000000004"
  static let staff = "d1111111-0000-4000-8000-000000000001"
  static let sealed = "d2222222-0000-4000-8000-000000000002"
  static let admin = EntraRoleAssignment.globalAdministrator

  /// Ana may use a SaaS application; no policy asks her for anything.
  static func small(
    faults: [Fault] = [], _ change: (inout EntraTenant) -> Void = { _ in }
  ) -> Scenario {
    var tenant = EntraTenant()
    tenant.users = [EntraUser(ana, id: anaID)]
    tenant.groups = [
      EntraGroup("Staff", id: staff, members: ["Engineers"]),
      EntraGroup("Engineers", members: ["Backend"]),
      EntraGroup("Backend"), EntraGroup("Sealed", id: sealed),
    ]
    tenant.apps = [EntraApp(app, name: "Heroku"), EntraApp(otherApp, name: "Wiki")]
    tenant.locations = [
      ip(office, "Office", isTrusted: true), ip(lab, "Lab", isTrusted: false),
      country(brazil, "Brazil", ["BR"]), country(germany, "Germany", ["DE"]),
    ]
    change(&tenant)
    var scenario = Scenario(faults: faults)
    scenario[EntraTenant.self] = tenant
    return scenario
  }

  /// The same with policies.
  static func with(
    _ policies: JSON..., faults: [Fault] = [], change: (inout EntraTenant) -> Void = { _ in }
  ) -> Scenario {
    small(faults: faults) {
      $0.policies = policies
      change(&$0)
    }
  }

  /// A policy for everybody and everything that asks for a second factor; parts lie over it.
  static func policy(
    _ name: String = "MFA", users: JSON = ["includeUsers": ["All"]],
    apps: JSON = ["includeApplications": ["All"]], grant: JSON? = ["builtInControls": ["mfa"]],
    state: String = "enabled", conditions: JSON = [:], _ rest: JSON = [:]
  ) -> JSON {
    let base: JSON = [
      "displayName": .string(name), "state": .string(state), "grantControls": grant ?? .null,
      "conditions": ["users": users, "applications": apps],
    ]
    return base.merging(["conditions": conditions]).merging(rest)
  }

  /// What an operator says of a door or modifier.
  static func vouch(
    _ row: String, _ object: String? = nil, version: String? = nil, app: AppID? = nil,
    isOver: Bool = false
  ) -> Vouch {
    let day = isOver ? "2020-01-01" : "2099-01-01"
    return Vouch(
      row: row, app: app, object: object, version: version, reason: "looked at",
      author: "ciso@acme.com", until: Timestamp("\(day)T00:00:00Z") ?? Bench.now, day: day)
  }

  static func ip(_ id: String, _ name: String, isTrusted: Bool) -> JSON {
    [
      "@odata.type": "#microsoft.graph.ipNamedLocation", "id": .string(id),
      "displayName": .string(name), "isTrusted": .bool(isTrusted),
      "ipRanges": [["cidrAddress": "198.51.100.0/24"]],
    ]
  }

  static func country(_ id: String, _ name: String, _ codes: [String]) -> JSON {
    [
      "@odata.type": "#microsoft.graph.countryNamedLocation", "id": .string(id),
      "displayName": .string(name), "countriesAndRegions": .array(codes.map { .string($0) }),
      "includeUnknownCountriesAndRegions": false, "countryLookupMethod": "clientIpAddress",
    ]
  }

  static func locations(_ include: [String], not exclude: [String] = []) -> JSON {
    [
      "locations": [
        "includeLocations": .array(include.map { .string($0) }),
        "excludeLocations": .array(exclude.map { .string($0) }),
      ]
    ]
  }

  static func platforms(_ include: [String], not exclude: [String] = []) -> JSON {
    [
      "platforms": [
        "includePlatforms": .array(include.map { .string($0) }),
        "excludePlatforms": .array(exclude.map { .string($0) }),
      ]
    ]
  }

  static func filter(_ mode: String, _ rule: String) -> JSON {
    ["devices": ["deviceFilter": ["mode": .string(mode), "rule": .string(rule)]]]
  }
}
