import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import JumpCloud

/// JumpCloud's doors and modifiers over HTTP: what is read, what is closed, and what nobody knows.
@Suite("JumpCloud: every door and modifier") struct JumpCloudDoorTests {
  private typealias J = JumpCloudOrganisations

  private func door(
    vouches: [Vouch] = [], limit: Int64 = 1440,
    _ change: @escaping @Sendable (inout JumpCloudOrganisation) -> Void
  ) async throws -> (record: MemberRecord, reading: ProviderReading) {
    try await ProviderBench.run(
      J.small {
        $0.policies = [J.policy("p1", "SSO MFA")]
        change(&$0)
      }
    ) { bench in
      await bench.judgeJumpCloud {
        $0.vouches = vouches
        $0.rememberedDeviceLimitMinutes = limit
      }
    }
  }

  private func states(_ reading: ProviderReading) -> [String: InventoryEntry.State] {
    Dictionary(reading.apps[0].inventory.map { ($0.row, $0.state) }) { first, _ in first }
  }

  @Test("a policy for everybody at the application is enforced without a vouch, every line told")
  func usual() async throws {
    let (record, reading) = try await door { _ in }
    #expect(record.verdict == .enforced, "\(record.reason)")
    #expect(reading.source.issues.isEmpty, "\(reading.source.issues)")
    let states = states(reading)
    #expect(Set(states.keys) == Set(JumpCloudDoors.allCases.map(\.row.id)))
    #expect(!states.values.contains(.unknown))
    #expect(states["idp-routing"] == .absent)
    #expect(states["default-policy"] == .closed)
    #expect(states["session"] == .closed)
    #expect(states["managed-idp"] == .absent)
  }

  @Test("the user's own flag counts as long as somebody vouches for the default access policy")
  func defaultPolicy() async throws {
    for vouched in [false, true] {
      let vouches = vouched ? Vouch.for("default-policy") : []
      let (record, reading) = try await door(vouches: vouches) {
        $0.policies = []
        $0.users[0].requiresMFA = true
      }
      #expect(record.verdict == (vouched ? .enforced : .cannotTell), "\(record.reason)")
      #expect(states(reading)["default-policy"] == (vouched ? .vouched : .unknown))
      let open = try await door(vouches: vouches) { $0.policies = [] }
      #expect(open.record.verdict == .notEnforced)
    }
  }

  @Test("where there is an identity provider, nobody knows whom routing policies send there")
  func routing() async throws {
    let provider: JSON = ["id": "idp-1", "name": "Okta", "type": "OKTA"]
    let (record, reading) = try await door { $0.identityProviders = [provider] }
    #expect(record.verdict == .cannotTell)
    #expect(states(reading)["idp-routing"] == .unknown)
    let vouched = try await door(vouches: Vouch.for("idp-routing")) {
      $0.identityProviders = [provider]
    }
    #expect(vouched.record.verdict == .enforced)
    let open = try await door(vouches: Vouch.for("idp-routing")) {
      $0.identityProviders = [provider]
      $0.policies = []
    }
    #expect(open.record.verdict == .notEnforced)
  }

  @Test("identity providers and sessions that may not be read are unknown, and only they")
  func refused() async throws {
    let (record, reading) = try await door { $0.rights.removeAll { $0 == "organisations" } }
    #expect(record.verdict == .cannotTell)
    #expect(!reading.source.isComplete)
    #expect(states(reading)["idp-routing"] == .unknown)
    #expect(states(reading)["session"] == .unknown)
    let open = try await door {
      $0.rights.removeAll { $0 == "organisations" }
      $0.policies = []
    }
    #expect(open.record.verdict == .notEnforced)
  }

  @Test("a session of the user portal that outlasts the limit is an old second factor")
  func session() async throws {
    for (minutes, limit, expected) in [
      (1440, 1440, Verdict.enforced), (1441, 1440, .enforcedConditionally), (1441, 2000, .enforced),
    ] {
      let (record, _) = try await door(limit: Int64(limit)) { $0.sessionMinutes = minutes }
      #expect(record.verdict == expected, "\(minutes): \(record.reason)")
      if expected == .enforcedConditionally {
        #expect(record.witness?.contains("session of the user portal") == true)
      }
    }
    let vouched = try await door(vouches: Vouch.for("session")) { $0.sessionMinutes = 9999 }
    #expect(vouched.record.verdict == .enforced)
  }

  @Test("JumpCloud Go without user verification takes a device alone")
  func jumpCloudGo() async throws {
    func effect(_ factors: JSON, _ verification: JSON) -> JSON {
      [
        "action": "allow",
        "obligations": [
          "mfa": ["required": true], "mfaFactors": factors, "userVerification": verification,
        ],
      ]
    }
    let required: JSON = ["requirement": "required"]
    let cases: [(JSON, JSON, Verdict)] = [
      ([["type": "DURT"]], required, .enforced),
      ([["type": "DURT"]], ["requirement": "none"], .notEnforced),
      ([["type": "DURT"]], ["requirement": "optional"], .notEnforced),
      (["DURT"], [:], .notEnforced), (["DURT", "TOTP"], [:], .enforcedConditionally),
      (["DURT", "TOTP"], required, .enforced), (["TOTP"], [:], .enforced),
      ([], [:], .enforced), (.null, [:], .cannotTell),
      (["TOTP", "CARRIER_PIGEON"], [:], .cannotTell),
      ([["type": .null]], [:], .cannotTell), (["type": "TOTP"], [:], .cannotTell),
    ]
    for (factors, verification, expected) in cases {
      let effect = effect(factors, verification)
      let (record, _) = try await door {
        var policy = J.policy("p1", "SSO MFA")
        policy["effect"] = effect
        $0.policies = [policy]
      }
      #expect(record.verdict == expected, "\(factors) \(verification): \(record.reason)")
    }
  }

  /// Parts of a policy that idsync does not know, each by its path, with the verdict they leave.
  private static let strangers: [(String, JSON, Verdict)] = [
    (
      "effect/obligations/rememberDevice",
      ["effect": ["obligations": ["rememberDevice": ["days": 30]]]], .enforcedConditionally
    ),
    ("effect/fallback", ["effect": ["fallback": "allow"]], .enforcedConditionally),
    (
      "effect/obligations/mfa/graceDays", ["effect": ["obligations": ["mfa": ["graceDays": 7]]]],
      .enforcedConditionally
    ),
    (
      "effect/obligations/userVerification/except",
      ["effect": ["obligations": ["userVerification": ["except": .null]]]], .enforcedConditionally
    ),
    ("exceptions", ["exceptions": ["guests"]], .enforcedConditionally),
    ("targets/deviceGroups", ["targets": ["deviceGroups": ["inclusions": ["d1"]]]], .cannotTell),
    ("targets/users/exclusions", ["targets": ["users": ["exclusions": ["u1"]]]], .cannotTell),
  ]

  @Test("a part of a policy that nobody knows is named, and may be vouched for in one version")
  func unrecognised() async throws {
    for (path, rest, expected) in Self.strangers {
      let change: @Sendable (inout JumpCloudOrganisation) -> Void = {
        $0.policies = [J.policy("p1", "SSO MFA", rest)]
      }
      let (record, reading) = try await door(change)
      #expect(record.verdict == expected, "\(path): \(record.reason)")
      let entry = try #require(
        reading.apps[0].inventory.first { $0.row == "unrecognised" }, "\(path)")
      #expect(entry.object == "policy 'SSO MFA': \(path)")
      var vouch = Vouch.for("unrecognised")[0]
      vouch.object = entry.object
      vouch.version = "00000000"
      #expect(try await door(vouches: [vouch], change).record.verdict == expected)
      vouch.version = entry.version
      let vouched = try await door(vouches: [vouch], change)
      #expect(vouched.record.verdict == .enforced, "\(path): \(vouched.record.reason)")
    }
  }

  @Test("resources that are null are not those that are missing")
  func nullResources() async throws {
    for type in ["application", "ldap", "user_portal"] {
      let (record, _) = try await door {
        $0.users[0].requiresMFA = true
        var policy = J.policy("p1", "Everybody in", ["type": .string(type)])
        policy["targets"] = ["users": ["inclusions": ["ALL"]], "resources": .null]
        policy["effect"] = J.noMFA
        $0.policies = [policy]
      }
      #expect(record.verdict == .cannotTell, "\(type): \(record.reason)")
    }
  }

  @Test("in the next run a door that cannot be read any more ends no finding")
  func twoRuns() async throws {
    let scenario = J.small {
      $0.policies = [J.policy("p1", "SSO MFA")]
      $0.sessionMinutes = 9999
    }
    try await Bench.run(scenario) { bench in
      let provider = ProviderBench(mock: bench.mock, transport: bench.transport, log: bench.log)
      func read() async -> ConformanceReading {
        await ConformanceReading(
          of: provider.jumpCloud(), app: J.app, people: [ProviderBench.ana])
      }
      let records = try await read().reconciled().records
      #expect(records[ProviderBench.ana]?.verdict == .enforcedConditionally)
      for call in ["GET /api/organizations", "GET /api/organizations/{organisation}"] {
        await bench.mock.setFaults([Fault(.jumpCloud, call, .forbidden, times: nil)])
        let next = try await read().reconciled(with: records)
        #expect(next.records[ProviderBench.ana]?.verdict == .enforcedConditionally, "\(call)")
      }
    }
  }
}
