import IdentityCore
import MockIdP
import Testing

@testable import AWS
@testable import ConnectorKit

/// A vendor with Ana in the group Emergency and Bo in none, and what the group may be called by.
struct WantedGroupCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let vendor: Vendor
  let app: AppID
  let scenario: Scenario
  /// The names that mean the group.
  let names: [String]
  /// A name of no group, and whether that is told of a group that is not there.
  var stranger = "Nobody"
  var tellsStrangers = true
  /// The call without which nobody knows.
  let call: String
  let connector: @Sendable (Bench) -> any ProviderConnector

  static let all: [WantedGroupCase] = [
    WantedGroupCase(
      testDescription: "Duo", vendor: .duo, app: Bench.vpn,
      scenario: .duo {
        $0.groups = [DuoGroup("Emergency")]
        $0.users.append(DuoUser("bo@acme.com"))
        $0.users[0].groups = ["Emergency"]
      }, names: ["Emergency"], tellsStrangers: false, call: "GET /admin/v1/users"
    ) { $0.duo() },
    WantedGroupCase(
      testDescription: "OneLogin", vendor: .oneLogin, app: String(OneLoginRows.app),
      scenario: OneLoginRows.scenario(
        OneLoginRows.account(group: 77) {
          $0.groups = (0..<60).map { OneLoginGroup($0, "Group \($0)") }
          $0.groups.append(OneLoginGroup(77, "Emergency"))
        }), names: ["Emergency", "77"], call: "GET /api/1/groups"
    ) { $0.oneLogin() },
    WantedGroupCase(
      testDescription: "PingOne", vendor: .pingOne, app: PingOneBench.app,
      scenario: PingOneBench.scenario { $0.users[0].groups = ["g-1"] }, names: ["g-1"],
      tellsStrangers: false, call: PingOneBench.users
    ) { $0.pingOne() },
    WantedGroupCase(
      testDescription: "IAM", vendor: .aws, app: "aws-iam:111122223333",
      scenario: .aws {
        $0.users = [IAMUser("ana", gate: .boolIfExists), IAMUser("bo", gate: .boolIfExists)]
        $0.users[0].groups = ["Emergency"]
      }, names: ["Emergency"], tellsStrangers: false, call: "iam:GetAccountAuthorizationDetails"
    ) { $0.iam() },
    WantedGroupCase(
      testDescription: "Identity Center", vendor: .aws, app: "aws-sso:ssoins-1234567890abcdef",
      scenario: .aws {
        var instance = IdentityCenterInstance(people: ["ana@acme.com", "bo@acme.com"])
        instance.groups = ["Emergency": ["ana@acme.com"], "Staff": ["bo@acme.com"]]
        $0.identityCenter = instance
      }, names: ["Emergency"], call: "identitystore:ListGroups"
    ) { $0.identityCenter { $0.identitySource = .directory } },
  ]
}

@Suite("Groups that exemptions name") struct WantedGroupTests {
  private func members(_ reading: ProviderReading, _ group: String) -> [String]? {
    reading.groups[group].map { atom in
      (0..<reading.accounts.count).map { reading.accounts[$0] }
        .filter { $0.atoms.contains(atom) }.map(\.id)
    }
  }

  private func read(
    _ connector: any ProviderConnector, _ groups: [String], _ people: [String]
  ) async -> ProviderReading {
    await connector.readProvider(
      ProviderQuery(apps: [EndpointBench.app], groups: groups) { WatchList(keys: people) },
      progress: .none)
  }

  @Test("an endpoint tells them where every row says its groups, and else does not")
  func endpoint() async throws {
    let rows: [JSON] = [
      Endpoints.person("REQUIRED", ["teams": ["fin", "break-glass"]]),
      Endpoints.person("REQUIRED", ["uid": "u-2", "mail": "bo@acme.com"]),
    ]
    let people = [Endpoints.ana, "bo@acme.com"]
    try await EndpointBench.run(Endpoints.scenario(rows)) { bench in
      let endpoint = try bench.endpoint(Endpoints.configuration())
      let reading = await read(endpoint, ["break-glass", "nobody"], people)
      #expect(members(reading, "break-glass") == ["u-1"] && members(reading, "nobody") == [])
      await bench.mock.setFaults([
        Fault(.json, "GET /people", .edited, times: nil, text: "/data/1/teams", value: .null)
      ])
      let unknown = await read(endpoint, ["break-glass"], people)
      #expect(members(unknown, "break-glass") == nil)
    }
  }

  @Test(
    "a vendor tells them by name or id, and not what was refused", arguments: WantedGroupCase.all)
  func vendor(_ row: WantedGroupCase) async throws {
    let people = ["ana@acme.com", "bo@acme.com"]
    func read(_ bench: Bench, _ groups: [String]) async -> ProviderReading {
      await row.connector(bench).readProvider(
        ProviderQuery(apps: [row.app], groups: groups) { WatchList(keys: people) },
        progress: .none)
    }
    func emails(_ reading: ProviderReading, _ group: String) -> [String]? {
      reading.groups[group].map { atom in
        (0..<reading.accounts.count).map { reading.accounts[$0] }
          .filter { $0.atoms.contains(atom) }.compactMap(\.email)
      }
    }
    try await Bench.run(row.scenario) { bench in
      let plain = await read(bench, [])
      #expect(plain.groups.isEmpty && plain.accounts.count >= 2)
      let reading = await read(bench, row.names + [row.stranger])
      #expect(reading.source.isComplete, "\(reading.source.issues)")
      for name in row.names { #expect(emails(reading, name) == ["ana@acme.com"], "\(name)") }
      #expect(emails(reading, row.stranger) == (row.tellsStrangers ? nil : []))
      #expect(
        reading.source.issues.contains { $0.message.contains(row.stranger) } == row.tellsStrangers)
      await bench.mock.setFaults([
        Fault(row.vendor, row.call, .forbidden, times: nil)
      ])
      let refused = await read(bench, [row.names[0]])
      #expect(refused.groups.isEmpty, "\(refused.groups)")
    }
  }

  @Test("JumpCloud tells them by name or id, and of two of one name neither")
  func jumpCloud() async throws {
    let scenario = JumpCloudOrganisations.small {
      $0.groups[0].members = [ProviderBench.ana]
      $0.groups.append(JumpCloudGroup("g-dev2", name: "Developers"))
    }
    try await ProviderBench.run(scenario) { bench in
      func read(_ groups: [String]) async -> ProviderReading {
        await bench.jumpCloud().readProvider(
          ProviderQuery(apps: [JumpCloudOrganisations.app], groups: groups) {
            WatchList(keys: [ProviderBench.ana, "bo@acme.com"])
          }, progress: .none)
      }
      let reading = await read(["Service accounts", "g-svc", "g-dev", "Developers", "none"])
      #expect(Set(reading.groups.keys) == ["Service accounts", "g-svc", "g-dev"])
      #expect(members(reading, "Service accounts")?.count == 1)
      #expect(members(reading, "g-svc") == members(reading, "Service accounts"))
      #expect(members(reading, "g-dev") == [])
      #expect(reading.source.isComplete, "\(reading.source.issues)")
      #expect(reading.source.issues.contains { $0.message.contains("2 groups") })
      #expect(reading.source.issues.contains { $0.message.contains("called none") })
      await bench.mock.setFaults([
        Fault(
          .jumpCloud, "GET /api/v2/usergroups/{group}/membership", .forbidden, times: nil)
      ])
      let refused = await read(["g-svc"])
      #expect(refused.groups.isEmpty)
    }
  }

  @Test("a Duo user whose groups are not shown may be in any of them")
  func hiddenGroups() async throws {
    let scenario = Scenario.duo {
      $0.groups = [DuoGroup("Emergency")]
      $0.users.append(DuoUser("bo@acme.com"))
      $0.users[0].groups = ["Emergency"]
      $0.users[1].fields = ["groups": .null]
    }
    try await Bench.run(scenario) { bench in
      let reading = await bench.duo().readProvider(
        ProviderQuery(apps: [Bench.vpn], groups: ["Emergency"]) {
          WatchList(keys: ["ana@acme.com", "bo@acme.com"])
        }, progress: .none)
      #expect(reading.groups.isEmpty)
    }
  }

  @Test("a SCIM server tells them with the groups inside, by name or id, and not those it lacks")
  func scim() async throws {
    let scenario = SCIMServers.scenario(SCIMServers.users(3)) {
      $0.groups = [
        SCIMServer.group("g-1", "break-glass", users: ["u-0"], groups: ["g-2"]),
        SCIMServer.group("g-2", "inner", users: ["u-2"]),
      ]
    }
    try await EndpointBench.run(scenario) { bench in
      let people = (0..<3).map { "p\($0)@acme.com" }
      let reading = await read(
        try bench.scim(SCIMServers.mapped), ["break-glass", "g-2", "none"], people)
      #expect(members(reading, "break-glass") == ["u-0", "u-2"])
      #expect(members(reading, "g-2") == ["u-2"] && members(reading, "none") == nil)
      #expect(reading.source.isComplete, "\(reading.source.issues)")
    }
  }
}
