import IdentityCore
import MockIdP
import Testing

@testable import AWS
@testable import ConnectorKit

/// Several ways of one person to other providers are doors side by side.
@Suite("Links of AWS accounts") struct AWSLinkTests {
  private static let ana = "ana@acme.com"

  @Test(
    "a user of Cognito who is linked to two providers may choose the weaker one, in either order",
    arguments: [["Corp", "Weak"], ["Weak", "Corp"]], ["EXTERNAL_PROVIDER", "CONFIRMED"])
  func cognito(identities: [String], status: String) async throws {
    let door = try await cognito { pool in
      pool.identityProviders = ["Corp", "Weak"]
      pool.clients[0].identityProviders = ["COGNITO", "Corp", "Weak"]
      pool.users[0].status = status
      pool.users[0].identities = identities
      pool.users[0].subjects = ["Corp": "00u1", "Weak": Self.ana]
    }
    let record = door.record(Self.ana)
    #expect(record.verdict == .notEnforced, "\(record.reason)")
    #expect(
      Set(door.provider.accounts[0].links)
        == [
          AccountLink(upstream: "Corp", subject: "00u1"),
          AccountLink(upstream: "Weak", subject: Self.ana),
        ])
  }

  @Test("a provider whose name is written otherwise is another one, and nobody knows which")
  func nameCase() async throws {
    for status in ["EXTERNAL_PROVIDER", "CONFIRMED"] {
      let door = try await cognito { pool in
        pool.identityProviders = ["corp"]
        pool.clients[0].identityProviders = ["COGNITO", "corp"]
        pool.users[0].status = status
        pool.users[0].identities = ["Corp"]
      }
      let record = door.record(Self.ana)
      #expect(record.verdict == .cannotTell, "\(status): \(record.verdict) \(record.reason)")
    }
  }

  @Test("a link without the name that the provider knows the person by leads nobody knows where")
  func noSubject() async throws {
    let door = try await cognito { pool in
      pool.identityProviders = ["Corp"]
      pool.clients[0].identityProviders = ["COGNITO", "Corp"]
      pool.users[0].identities = ["Corp"]
      pool.users[0].subjects = ["Corp": ""]
    }
    #expect(door.record(Self.ana).verdict == .cannotTell)
  }

  @Test(
    "each person of Identity Center is asked about at the issuers of the own ids, the weakest counts"
  )
  func issuers() async throws {
    let (strong, weak) = ("https://corp.example/SAML", "https://weak.example/saml")
    let people = ["ana", "bo", "cy", "dee"].map { "\($0)@acme.com" }
    let scenario = Scenario.aws {
      var instance = IdentityCenterInstance(people: people)
      instance.issuers = [
        people[0]: [strong], people[1]: [weak], people[2]: [strong, weak],
      ]
      $0.identityCenter = instance
    }
    try await Bench.run(scenario) { bench in
      let connector = bench.identityCenter {
        $0.identitySource = .external
        $0.vouches = Vouch.for("session-length")
      }
      var door = await OneDoor.read(
        connector, app: "aws-sso:ssoins-1234567890abcdef", people: people)
      #expect(door.provider.source.isComplete, "\(door.provider.source.issues)")
      door = Self.chained(door, [strong: .enforced, weak: .notEnforced], people)
      #expect(
        people.map { door.record($0).verdict }
          == [.enforced, .notEnforced, .notEnforced, .cannotTell])
      let accounts = door.provider.accounts
      let bo = (0..<accounts.count).map { accounts[$0] }.first { $0.email == people[1] }
      #expect(bo?.links == [AccountLink(upstream: weak, subject: people[1])])
      #expect(door.provider.passesOn == .login)
    }
  }

  @Test("an instance is named whole, not by the beginning of its id")
  func wholeID() async throws {
    let scenario = Scenario.aws {
      $0.identityCenter = IdentityCenterInstance(people: [Self.ana])
    }
    try await Bench.run(scenario) { bench in
      let connector = bench.identityCenter {
        $0.identitySource = .directory
        $0.attestedMode = .alwaysOn
        $0.vouches = Vouch.for("session-length", "no-device")
      }
      for (app, verdict) in [
        ("aws-sso:ssoins-1234567890abcdef0", Verdict.cannotTell),
        ("arn:aws:sso:::instance/ssoins-1234567890abcdef", .enforced),
        ("arn:aws:sso::111122223333:application/ssoins-1234567890abcdef/apl-1", .enforced),
      ] {
        let door = await OneDoor.read(connector, app: app, people: [Self.ana])
        #expect(door.record(Self.ana).verdict == verdict, "\(app)")
      }
    }
  }

  // MARK: Benches

  private func cognito(_ change: @escaping @Sendable (inout CognitoPool) -> Void) async throws
    -> OneDoor
  {
    try await Bench.run(.aws { $0.userPools = [AWSRow.pool("ON", change)] }) { bench in
      let door = await OneDoor.read(bench.cognito(), app: Bench.client, people: [Self.ana])
      return Self.chained(door, ["Corp": .enforced, "Weak": .notEnforced], [Self.ana])
    }
  }

  /// The door with providers behind it, by the names that lead to them.
  private static func chained(
    _ door: OneDoor, _ behind: [String: Verdict], _ people: [String]
  ) -> OneDoor {
    var provider = door.provider
    var chain = door
    for (name, verdict) in behind.sorted(by: { $0.key < $1.key }) {
      let source = "behind \(name)"
      provider.routes.append(
        UpstreamRoute(identityProvider: name, target: SignInTarget(provider: source, app: "saml")))
      var accounts = AccountTable(atomCount: 0)
      for (number, email) in people.enumerated() {
        accounts.append(Account(id: "00u\(number + 1)", email: email, assigned: [0]))
      }
      let demand: Demand = verdict == .enforced ? .multiFactor : .singleFactor
      chain.behind[source] = ProviderReading(
        source: SourceReading(
          name: source, kind: "okta", startedAt: Bench.now, observedAt: Bench.now),
        apps: [
          ProviderApp(
            id: "saml", label: "SAML",
            state: .readable(SignInModel(policy: .demand(demand, by: nil))))
        ], accounts: accounts)
    }
    var result = OneDoor(provider: provider, app: door.app)
    result.behind = chain.behind
    return result
  }
}
