import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import JSONQuery
@testable import Okta

/// What large configurations cost: no more than their size.
@Suite("Okta, large configurations", .serialized) struct OktaScaleTests {
  /// The shortest of three measurements: others use the machine as well.
  private func shortest(_ body: () throws -> Void) rethrows -> Duration {
    var best = Duration.seconds(3600)
    for _ in 0..<3 {
      let start = ContinuousClock.now
      try body()
      best = min(best, ContinuousClock.now - start)
    }
    return best
  }

  private static func policy(_ users: Int, groups: Int = 0, id: String = "rst1") throws
    -> OktaWire.Policy
  {
    let ids = (0..<users).map { JSONValue.string("00u\($0)") }
    let names = (0..<groups).map { JSONValue.string("00g\(id)\($0)") }
    let rule: JSONValue = .object([
      "id": .string("rul\(id)"), "name": .string("Named"), "status": .string("ACTIVE"),
      "priority": .integer(0), "system": .bool(false),
      "conditions": .object([
        "people": .object([
          "users": .object(["include": .array(ids), "exclude": .array([])]),
          "groups": .object(["include": .array(names), "exclude": .array([])]),
        ]), "network": .object(["connection": .string("ANYWHERE")]),
      ]),
      "actions": .object([
        "appSignOn": .object([
          "access": .string("ALLOW"),
          "verificationMethod": .object([
            "type": .string("ASSURANCE"), "factorMode": .string("2FA"),
          ]),
        ])
      ]),
    ])
    return try OktaWire.Policy(
      .object([
        "id": .string(id), "name": .string("P"), "type": .string("ACCESS_POLICY"),
        "status": .string("ACTIVE"), "priority": .integer(1), "system": .bool(false),
        "_embedded": .object(["rules": .array([rule])]),
      ]))
  }

  private static func app(_ number: Int) throws -> OktaWire.App {
    try OktaWire.App(
      .object([
        "id": .string("0oa\(number)"), "label": .string("App \(number)"),
        "status": .string("ACTIVE"), "signOnMode": .string("SAML_2_0"),
      ]))
  }

  private static let mapping = OktaMapping(
    engine: .identity, session: .read([]), perAppPolicies: .unreadable, limitMinutes: 1440,
    vouches: Vouches(at: Timestamp(milliseconds: 0)))

  @Test("20,000 ids in one rule take their time once each")
  func ids() throws {
    func compile(_ count: Int) throws -> Duration {
      let policy = try Self.policy(count)
      let app = try Self.app(1)
      return shortest {
        var atoms = SubjectFacts()
        _ = Self.mapping.compile(
          OktaMapping.App(app: app, policy: .read(policy)), OktaDirectory(), &atoms)
      }
    }
    let (half, whole) = (try compile(10_000), try compile(20_000))
    #expect(whole < .milliseconds(1000), "\(whole)")
    #expect(whole < half * 4 || whole < .milliseconds(50), "\(half) and \(whole)")
  }

  @Test("20,000 ids in one rule are told apart in a reading, by whoever is named")
  func reading() async throws {
    let scenario = Organisations.app([
      Rule("Named") {
        $0.users = (0..<20_000).map { "00uSomebody\($0)" } + [Organisations.ana]
      }, .catchAll("1FA"),
    ])
    try await Bench.run(scenario) { bench in
      let start = ContinuousClock.now
      let record = await bench.judge()[Organisations.ana]
      #expect(record?.verdict == .enforced)
      #expect(ContinuousClock.now - start < .seconds(8))
      let evidence = record?.judgement.deciding?.evidence ?? []
      #expect(evidence.count < 100, "\(evidence.count) facts")
      #expect(evidence.allSatisfy { $0.value.utf8.count < 10_000 && $0.name.utf8.count < 10_000 })
    }
  }

  @Test("300 applications take twice the time of 150")
  func apps() throws {
    func compile(_ count: Int) throws -> Duration {
      let apps = try (0..<count).map { number in
        OktaMapping.App(
          app: try Self.app(number),
          policy: .read(try Self.policy(0, groups: 20, id: "rst\(number)")))
      }
      return shortest {
        var atoms = SubjectFacts()
        var read: [OktaReadApp] = []
        for app in apps {
          let compiled = Self.mapping.compile(app, OktaDirectory(), &atoms)
          read.append(
            OktaReadApp(
              id: app.app.id, app: app.app, policy: app.policy,
              result: ProviderApp(id: app.app.id, label: app.app.label, state: compiled.state),
              asked: compiled.asked))
        }
        var policies = OktaPolicies(apps: read, atoms: atoms)
        let unknown = Unknown(title: "who is in the group", remedy: "")
        policies.markUnreadable(
          Dictionary(uniqueKeysWithValues: atoms.all.indices.map { ($0, unknown) }))
      }
    }
    let (half, whole) = (try compile(150), try compile(300))
    #expect(whole < .seconds(2), "\(whole)")
    #expect(whole < half * 4, "\(half) and \(whole)")
  }
}
