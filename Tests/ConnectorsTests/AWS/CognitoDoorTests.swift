import IdentityCore
import MockIdP
import Testing

@testable import AWS
@testable import ConnectorKit

/// What stands beside a pool's MFA: other ways in, and what takes the second factor away.
@Suite("Cognito: doors and modifiers") struct CognitoDoorTests {
  private static let ana = "ana@acme.com"

  struct World: Sendable, CustomTestStringConvertible {
    var situation: String
    var expected: Verdict
    /// A line of the inventory and its state.
    var row: String
    var state: InventoryEntry.State
    var vouches: [Vouch] = []
    /// What stands behind provider Corp.
    var upstream: Verdict?
    var change: @Sendable (inout CognitoPool) -> Void = { _ in }

    var testDescription: String { situation }
  }

  static let worlds: [World] = [
    World(
      situation: "a plain pool that requires MFA", expected: .enforced, row: "pool-mfa",
      state: .judged),
    World(
      situation: "not linked, but the client offers a provider with one factor",
      expected: .notEnforced, row: "first-federated-sign-in", state: .judged,
      upstream: .notEnforced, change: offersCorp),
    World(
      situation: "not linked, and the client offers a provider that nobody reads",
      expected: .cannotTell, row: "first-federated-sign-in", state: .judged, change: offersCorp),
    World(
      situation: "the client offers a provider that asks for two factors", expected: .enforced,
      row: "other-clients", state: .closed, upstream: .enforced, change: offersCorp),
    World(
      situation: "the client takes sign-ins through the API only", expected: .enforced,
      row: "first-federated-sign-in", state: .closed
    ) {
      offersCorp(&$0)
      $0.clients[0].allowsOAuth = false
    },
    World(
      situation: "a client that does not say which providers it offers", expected: .cannotTell,
      row: "first-federated-sign-in", state: .judged
    ) {
      offersCorp(&$0)
      $0.clients[0].identityProviders = nil
    },
    World(
      situation: "the client offers a provider that the pool does not list", expected: .cannotTell,
      row: "first-federated-sign-in", state: .absent
    ) { $0.clients[0].identityProviders = ["COGNITO", "Google"] },
    World(
      situation: "another client may offer a provider of the pool",
      expected: .enforcedConditionally, row: "other-clients", state: .unknown
    ) { $0.identityProviders = ["Corp"] },
    World(
      situation: "the same, vouched for", expected: .enforced, row: "other-clients",
      state: .vouched, vouches: Vouch.for("other-clients")
    ) { $0.identityProviders = ["Corp"] },
    World(
      situation: "a function maps federated users", expected: .cannotTell,
      row: "inbound-federation", state: .unknown, upstream: .enforced
    ) {
      offersCorp(&$0)
      $0.extra = ["LambdaConfig": ["InboundFederation": ["LambdaArn": "arn:aws:lambda:f"]]]
    },
    World(
      situation: "remembered devices stand in for the second factor",
      expected: .enforcedConditionally, row: "remembered-devices", state: .judged
    ) { $0.remembersDevices = true },
    World(
      situation: "devices are remembered, but asked all the same", expected: .enforced,
      row: "remembered-devices", state: .closed
    ) { $0.extra = ["DeviceConfiguration": ["ChallengeRequiredOnNewDevice": false]] },
    World(
      situation: "a device setting that does not say", expected: .enforcedConditionally,
      row: "remembered-devices", state: .judged
    ) { $0.extra = ["DeviceConfiguration": ["DeviceOnlyRememberedOnUserPrompt": true]] },
    World(
      situation: "one phone resets the password and is the second factor",
      expected: .enforcedConditionally, row: "password-reset", state: .unknown
    ) { $0.extraMFA = ["SmsMfaConfiguration": ["SmsAuthenticationMessage": "{####}"]] },
    World(
      situation: "a pool with a setting for recovery", expected: .enforced,
      row: "password-reset", state: .closed
    ) {
      $0.extraMFA = ["SmsMfaConfiguration": ["SmsAuthenticationMessage": "{####}"]]
      $0.extra = [
        "AccountRecoverySetting": [
          "RecoveryMechanisms": [["Priority": 1, "Name": "verified_phone_number"]]
        ]
      ]
    },
    World(
      situation: "one inbox resets the password and is the second factor, without a setting for it",
      expected: .enforcedConditionally, row: "password-reset", state: .unknown
    ) { $0.extraMFA = ["EmailMfaConfiguration": ["Message": "{####}"]] },
    World(
      situation: "a setting for recovery keeps e-mail from being both", expected: .enforced,
      row: "password-reset", state: .closed
    ) {
      $0.extraMFA = ["EmailMfaConfiguration": ["Message": "{####}"]]
      $0.extra = [
        "AccountRecoverySetting": [
          "RecoveryMechanisms": [["Priority": 1, "Name": "verified_email"]]
        ]
      ]
    },
    World(
      situation: "a key of the pool that nobody knows", expected: .cannotTell,
      row: "unrecognised", state: .unknown
    ) { $0.extra = ["AdaptiveBypass": ["Networks": ["10.0.0.0/8"]]] },
    World(
      situation: "a function of a kind that nobody knows", expected: .cannotTell,
      row: "unrecognised", state: .unknown
    ) { $0.extra = ["LambdaConfig": ["SkipSecondFactor": "arn:aws:lambda:f"]] },
    World(
      situation: "a key of the client that nobody knows", expected: .cannotTell,
      row: "unrecognised", state: .unknown
    ) { $0.clients[0].extra = ["AuthenticationBypass": true] },
    World(
      situation: "a key of the MFA settings that nobody knows", expected: .cannotTell,
      row: "unrecognised", state: .unknown
    ) { $0.extraMFA = ["TrustedNetworks": ["10.0.0.0/8"]] },
  ]

  @Test("every world gives its verdict, and the line its state", arguments: worlds)
  func world(_ world: World) async throws {
    let door = try await Self.door(world)
    let record = door.record(Self.ana)
    #expect(record.verdict == world.expected, "\(record.reason)")
    let entries = door.provider.apps[0].inventory.filter { $0.row == world.row }
    #expect(entries.map(\.state) == [world.state], "\(entries)")
    #expect(
      Set(door.provider.apps[0].inventory.map(\.row))
        == Set(CognitoDoors.allCases.map(\.row.id)))
  }

  @Test("an unknown key is named, vouched for in its version, and no longer than that")
  func unrecognised() async throws {
    var world = World(
      situation: "", expected: .enforced, row: "unrecognised", state: .vouched)
    world.change = { $0.clients[0].extra = ["AuthenticationBypass": true] }
    let entry = try #require(
      try await Self.door(world).provider.apps[0].inventory.first { $0.row == "unrecognised" })
    #expect(entry.object == "UserPoolClient/AuthenticationBypass")
    var vouch = Vouch.for("unrecognised")[0]
    vouch.object = entry.object
    vouch.version = entry.version
    world.vouches = [vouch]
    #expect(try await Self.door(world).record(Self.ana).verdict == .enforced)
    world.change = { $0.clients[0].extra = ["AuthenticationBypass": "always"] }
    #expect(try await Self.door(world).record(Self.ana).verdict == .cannotTell)
  }

  @Test("a setting that is text where an object belongs is malformed")
  func retyped() async throws {
    for key in ["Policies", "UserPoolAddOns", "DeviceConfiguration", "LambdaConfig"] {
      let door = try await Self.door(
        World(
          situation: "", expected: .cannotTell, row: "", state: .unknown,
          change: { $0.extra = [key: "text"] }))
      #expect(door.record(Self.ana).verdict == .cannotTell, "\(key)")
      #expect(door.provider.source.issues.first?.code == "malformed", "\(key)")
    }
  }

  private static func door(_ world: World) async throws -> OneDoor {
    try await Bench.run(.aws { $0.userPools = [AWSRow.pool("ON", world.change)] }) { bench in
      let connector = bench.cognito { $0.vouches = world.vouches }
      var door = await OneDoor.read(connector, app: Bench.client, people: [ana])
      guard let upstream = world.upstream else { return door }
      var provider = door.provider
      provider.routes = [
        UpstreamRoute(
          identityProvider: "Corp",
          target: SignInTarget(provider: "behind", app: "\(upstream)"))
      ]
      door = OneDoor(
        provider: provider, app: door.app, behind: ["behind": Behind.reading([ana])])
      return door
    }
  }

  @Sendable private static func offersCorp(_ pool: inout CognitoPool) {
    pool.identityProviders = ["Corp"]
    pool.clients[0].identityProviders = ["COGNITO", "Corp"]
  }
}
