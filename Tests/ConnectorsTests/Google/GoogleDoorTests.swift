import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import Google

/// Google's doors and modifiers over HTTP: what is read, what is closed, and what nobody knows.
@Suite("Google: every door and modifier") struct GoogleDoorTests {
  private typealias W = Workspaces

  private static let noTrust = GooglePolicy(
    "device_trust", ["allowTrustingDevice": false], type: "SYSTEM")
  private static let shortSessions = GooglePolicy(
    "security.session_controls", ["webSessionDuration": "43200s"])

  /// An account with everything that an administrator is advised to set.
  private static func account(
    _ change: (inout GoogleWorkspace) -> Void = { _ in }
  ) -> GoogleWorkspace {
    W.account(isEnforced: true, isEnrolled: true) {
      $0.policies = [W.enforcement(from: "2025-03-01T00:00:00Z"), noTrust, shortSessions]
      change(&$0)
    }
  }

  private func door(
    _ account: GoogleWorkspace, vouches: [Vouch] = [], behind: [Behind] = [], faults: [Fault] = [],
    _ change: @escaping @Sendable (inout GoogleConfiguration) -> Void = { _ in }
  ) async throws -> (record: MemberRecord, reading: ProviderReading) {
    try await Bench.run(W.scenario(account, faults: faults)) { bench in
      let judged = await bench.judgeGoogle([W.ana], behind: behind) {
        $0.vouches = vouches
        change(&$0)
      }
      return (try #require(judged[W.ana]), judged.reading)
    }
  }

  private func states(_ reading: ProviderReading) -> [String: InventoryEntry.State] {
    Dictionary(reading.apps[0].inventory.map { ($0.row, $0.state) }) { first, _ in first }
  }

  @Test("an account as Google advises is enforced without a vouch, and every line is told")
  func usual() async throws {
    let (record, reading) = try await door(Self.account())
    #expect(record.verdict == .enforced, "\(record.reason)")
    #expect(reading.source.issues.isEmpty)
    let states = states(reading)
    #expect(Set(states.keys) == Set(GoogleDoors.allCases.map(\.row.id)))
    #expect(!states.values.contains(.unknown), "\(states)")
    #expect(states["legacy-sso"] == .vouched)
    #expect(states["network-masks"] == .absent)
    #expect(states["session"] == .closed)
    #expect(states["trusted-devices"] == .judged)
    #expect(states["app-passwords"] == .outOfScope)
  }

  @Test("where no policy says so, devices may be trusted: Google's default")
  func trustUntold() async throws {
    let unlisted = Self.account { $0.policies.removeAll { $0.setting == "device_trust" } }
    let refused = Fault(.google, "GET /v1/policies", .forbidden, times: nil)
    let cases: [(GoogleWorkspace, [Fault], String?)] = [
      (unlisted, [], "admin@acme.com"), (Self.account(), [refused], "admin@acme.com"),
      (Self.account(), [], nil),
    ]
    for (account, faults, subject) in cases {
      let (record, reading) = try await door(
        account, vouches: Vouch.for("session"), faults: faults
      ) { $0.policySubject = subject }
      #expect(record.verdict == .enforcedConditionally, "\(record.reason)")
      #expect(record.witness?.contains("a trusted device") == true)
      #expect(states(reading)["trusted-devices"] == .unknown)
      let vouched = try await door(
        account, vouches: Vouch.for("session", "trusted-devices"), faults: faults
      ) { $0.policySubject = subject }
      #expect(vouched.record.verdict == .enforced, "\(vouched.record.reason)")
    }
    let trusted = Self.account {
      $0.policies[1] = GooglePolicy("device_trust", ["allowTrustingDevice": true])
    }
    let lifted = try await door(trusted, vouches: Vouch.for("trusted-devices"))
    #expect(lifted.record.verdict == .enforcedConditionally)
  }

  @Test("a session at Google that outlasts the limit is an old second step")
  func session() async throws {
    let cases: [(JSON?, Int64, Verdict)] = [
      ("86400s", 86_400, .enforced), ("86401s", 86_400, .enforcedConditionally),
      ("1209600s", 1_209_600, .enforced), ("0s", 86_400, .enforcedConditionally),
      (.null, 86_400, .enforcedConditionally), ("two days", 86_400, .enforcedConditionally),
      (nil, 86_400, .enforcedConditionally),
    ]
    for (duration, limit, expected) in cases {
      let account = Self.account {
        $0.policies.removeLast()
        if let duration {
          $0.policies.append(
            GooglePolicy("security.session_controls", ["webSessionDuration": duration]))
        }
      }
      let (record, _) = try await door(account) { $0.rememberedDeviceLimit = limit }
      #expect(record.verdict == expected, "\(String(describing: duration)): \(record.reason)")
      let vouched = try await door(account, vouches: Vouch.for("session"))
      #expect(vouched.record.verdict == .enforced)
    }
    // One unit with longer sessions is enough: whom it is for is not asked.
    let inner = Self.account {
      $0.policies.append(
        GooglePolicy(
          "security.session_controls", ["webSessionDuration": "1209600s"], orgUnit: "/Staff",
          sortOrder: 9))
    }
    #expect(try await door(inner).record.verdict == .enforcedConditionally)
  }

  @Test("the legacy profile: in use or not, and outside its network masks")
  func legacy() async throws {
    let untold = try await door(Self.account()) { $0.legacySSO = nil }
    #expect(untold.record.verdict == .cannotTell)
    #expect(states(untold.reading)["legacy-sso"] == .unknown)
    let vouched = try await door(Self.account(), vouches: Vouch.for("legacy-sso")) {
      $0.legacySSO = nil
    }
    #expect(vouched.record.verdict == .enforced, "\(vouched.record.reason)")
    #expect(states(vouched.reading)["network-masks"] == .absent)
    let open = Self.account { $0.users[0].isEnforced = false }
    let behind = [Behind(key: "legacy_sso", verdict: .enforced)]
    let masked = try await door(open, behind: behind) { $0.legacySSO = true }
    #expect(masked.record.verdict == .enforcedConditionally, "\(masked.record.reason)")
    #expect(masked.record.witness?.contains("network masks") == true)
    let unmasked = try await door(
      open, vouches: Vouch.for("network-masks"), behind: behind
    ) { $0.legacySSO = true }
    #expect(unmasked.record.verdict == .enforced)
  }

  /// What idsync does not know of policies and assignments, with the verdict that it leaves.
  private static let strangers: [(String, Verdict, GoogleWorkspace)] = [
    (
      "2-step verification: security.two_step_verification_exemption", .enforcedConditionally,
      account { $0.policies.append(GooglePolicy("exemption", ["until": "2027-01-01"])) }
    ),
    (
      "setting/value/trustNetworks", .enforcedConditionally,
      account {
        $0.policies[1] = GooglePolicy(
          "device_trust", ["allowTrustingDevice": false, "trustNetworks": ["10.0.0.0/8"]])
      }
    ),
    (
      "networkMasks", .cannotTell,
      account {
        var assignment = GoogleAssignment("SSO_OFF", orgUnit: "/")
        assignment.raw = ["networkMasks": ["10.0.0.0/8"]]
        $0.assignments = [assignment]
      }
    ),
    (
      "signInBehavior/exceptFor", .cannotTell,
      account {
        var assignment = GoogleAssignment(
          "SAML_SSO", orgUnit: "/", profile: W.corporate.id, redirectCondition: "NEVER")
        assignment.raw = ["signInBehavior": ["exceptFor": "contractors"]]
        $0.assignments = [assignment]
      }
    ),
  ]

  @Test("what nobody knows of policies and assignments is named, and vouched for in one version")
  func unrecognised() async throws {
    let behind = [Behind(key: W.realm, verdict: .enforced)]
    for (path, expected, account) in Self.strangers {
      let (record, reading) = try await door(account, behind: behind)
      #expect(record.verdict == expected, "\(path): \(record.reason)")
      let entry = try #require(
        reading.apps[0].inventory.first { $0.row == "unrecognised" }, "\(path)")
      #expect(entry.object?.hasSuffix(path) == true, "\(entry)")
      var vouch = Vouch.for("unrecognised")[0]
      vouch.object = entry.object
      vouch.version = "00000000"
      #expect(try await door(account, vouches: [vouch], behind: behind).record.verdict == expected)
      vouch.version = entry.version
      let vouched = try await door(account, vouches: [vouch], behind: behind)
      #expect(vouched.record.verdict == .enforced, "\(path): \(vouched.record.reason)")
    }
  }

  @Test("in the next run a policy that cannot be read any more ends no finding")
  func twoRuns() async throws {
    let long = Self.account {
      $0.policies[1] = GooglePolicy("device_trust", ["allowTrustingDevice": true])
    }
    try await Bench.run(W.scenario(long)) { bench in
      func read() async -> ConformanceReading {
        await ConformanceReading(
          of: bench.google { $0.vouches = Vouch.for("session") }, app: "google", people: [W.ana])
      }
      let records = try await read().reconciled().records
      #expect(records[W.ana]?.verdict == .enforcedConditionally)
      await bench.mock.setFaults([Fault(.google, "GET /v1/policies", .forbidden, times: nil)])
      let next = try await read().reconciled(with: records)
      #expect(next.records[W.ana]?.verdict == .enforcedConditionally)
    }
  }
}
