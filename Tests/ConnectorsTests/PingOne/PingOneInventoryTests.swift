import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import PingOne

/// The closed list of doors and modifiers at PingOne: what is not known of one is never taken for absent.
@Suite("PingOne: the closed list") struct PingOneInventoryTests {
  private static let ana = PingOneBench.ana

  @Test("an environment as PingOne recommends it: every line is accounted for, without a vouch")
  func reference() async throws {
    try await Bench.run(PingOneBench.scenario()) { bench in
      let record = await bench.pingOneDoor().record(Self.ana)
      #expect(record.verdict == .enforced, "\(record.reason)")
      let inventory = record.judgement.deciding?.inventory ?? []
      #expect(Set(inventory.map(\.row)) == Set(PingOneDoors.allCases.map(\.row.id)))
      #expect(!inventory.contains { $0.state == .unknown || $0.state == .vouched }, "\(inventory)")
    }
  }

  @Test("the state of a line and the verdict that it gives", arguments: PingOneInventoryRow.all)
  func row(_ row: PingOneInventoryRow) async throws {
    try await Bench.run(PingOneBench.scenario(row.tenant)) { bench in
      await bench.mock.setFaults(row.faults)
      let vouches = row.vouches
      let pingID = row.pingID
      let record = await bench.pingOneDoor {
        $0.vouches = vouches
        $0.pingID = pingID
      }.record(Self.ana)
      let told = record.judgement.deciding?.inventory.filter { $0.row == row.line } ?? []
      #expect(record.verdict == row.expected, "\(record.reason) \(told)")
      #expect(Set(told.map(\.state)) == (row.state.map { [$0] } ?? []), "\(told)")
    }
  }

  @Test("a vouch for a key counts for one version of it, and never above what was read")
  func vouch() async throws {
    let cases: [(weak: Bool, version: String?, expected: Verdict)] = [
      (false, nil, .enforced), (false, "00000000", .cannotTell), (true, nil, .notEnforced),
    ]
    for (isWeak, version, expected) in cases {
      let scenario = PingOneBench.scenario { tenant in
        var login = PingOneBench.login
        login["skipFor"] = ["x"]
        tenant.steps = isWeak ? [login] : [login, PingOneBench.block]
      }
      try await Bench.run(scenario) { bench in
        let before = await bench.pingOneDoor().record(Self.ana)
        #expect(before.verdict == .cannotTell, "\(before.reason)")
        let entry = try #require(
          before.judgement.deciding?.inventory.first { $0.row == "unrecognised" })
        var vouch = try #require(Vouch.for("unrecognised").first)
        vouch.object = entry.object
        vouch.version = version ?? entry.version
        let vouches = [vouch]
        let after = await bench.pingOneDoor { $0.vouches = vouches }.record(Self.ana)
        #expect(after.verdict == expected, "\(after.reason)")
      }
    }
  }

  @Test(
    "people are asked for a bypass only where a second factor protects them, and not if vouched for"
  )
  func requests() async throws {
    let scenario = PingOneBench.scenario { tenant in
      tenant.users = [
        PingOneUser(Self.ana), PingOneUser("bo@acme.com") { $0.enabled = false },
        PingOneUser("cy@acme.com") { $0.mfaEnabled = false },
      ]
    }
    try await Bench.run(scenario) { bench in
      let people = [Self.ana, "bo@acme.com", "cy@acme.com"]
      _ = await bench.pingOneDoor(people)
      #expect(await bench.mock.requestCounts(.pingOne)[PingOneBench.bypasses] == 1)
      _ = await bench.pingOneDoor(people) { $0.vouches = Vouch.for("mfa-bypass") }
      #expect(await bench.mock.requestCounts(.pingOne)[PingOneBench.bypasses] == 1)
    }
  }
}

/// A world, a line of the inventory, its state there (nil: the application cannot be judged), and Ana's verdict.
struct PingOneInventoryRow: Sendable, CustomTestStringConvertible {
  var line: String
  var situation: String
  var state: InventoryEntry.State?
  var expected: Verdict
  var faults: [Fault]
  var vouches: [Vouch]
  var pingID: PingOneConfiguration.Attested?
  var tenant: @Sendable (inout PingOneTenant) -> Void

  var testDescription: String { "\(line): \(situation)" }

  init(
    _ line: PingOneDoors, _ situation: String, _ state: InventoryEntry.State?, _ expected: Verdict,
    faults: [Fault] = [], vouches: [Vouch] = [], pingID: PingOneConfiguration.Attested? = nil,
    _ tenant: @escaping @Sendable (inout PingOneTenant) -> Void = { _ in }
  ) {
    self.line = line.row.id
    self.situation = situation
    self.state = state
    self.expected = expected
    self.faults = faults
    self.vouches = vouches
    self.pingID = pingID
    self.tenant = tenant
  }

  static let all: [PingOneInventoryRow] = bypasses + applications + steps + others

  // MARK: Times without MFA

  private static let future: JSON = ["bypassMFAEnabledUntil": "2099-01-01T00:00:00.000Z"]
  private static let past: JSON = ["bypassMFAEnabledUntil": "2020-01-01T00:00:00.000Z"]

  private static func refused(_ endpoint: String) -> [Fault] {
    [Fault(.pingOne, endpoint, .forbidden, times: nil)]
  }

  private static let bypasses: [PingOneInventoryRow] = [
    .init(.bypass, "none", .judged, .enforced),
    .init(.bypass, "until long from now", .judged, .notEnforced) { $0.ana.bypass = future },
    .init(.bypass, "a flag that says so", .judged, .notEnforced) {
      $0.ana.bypass = past.merging(["bypassMFAEnabled": true])
    },
    .init(.bypass, "one that ended", .judged, .enforced) {
      $0.ana.bypass = past.merging(["bypassMFAEnabled": false])
    },
    .init(.bypass, "a date that is none", .judged, .cannotTell) {
      $0.ana.bypass = ["bypassMFAEnabledUntil": "soon"]
    },
    .init(.bypass, "a word that is not known", .judged, .cannotTell) {
      $0.ana.bypass = ["allowedFor": 3]
    },
    .init(.bypass, "of somebody else", .judged, .enforced) { $0.users[1].bypass = future },
    .init(
      .bypass, "refused", .judged, .cannotTell, faults: refused(PingOneBench.bypasses)),
    .init(
      .bypass, "refused, and vouched for", .vouched, .enforced,
      faults: refused(PingOneBench.bypasses), vouches: Vouch.for("mfa-bypass")),
    .init(.bypass, "no step asks for a device", .absent, .notEnforced) {
      $0.steps = [PingOneBench.login]
      $0.ana.bypass = future
    },
  ]

  // MARK: Applications

  private static func openID(
    _ situation: String, _ state: InventoryEntry.State, _ expected: Verdict, _ grants: [String]?
  ) -> PingOneInventoryRow {
    .init(.grants, situation, state, expected) {
      $0.apps[0].protocol = "OPENID_CONNECT"
      $0.apps[0].grants = grants
    }
  }

  private static let applications: [PingOneInventoryRow] = [
    .init(.applicationType, "SAML", .judged, .enforced),
    .init(.applicationType, "WS-Federation", .unknown, .cannotTell) {
      $0.apps[0].protocol = "WS_FED"
    },
    .init(
      .applicationType, "WS-Federation, vouched for", .vouched, .enforced,
      vouches: Vouch.for("application-type")
    ) { $0.apps[0].protocol = "WS_FED" },
    .init(.applicationType, "a protocol that is newer than we are", .unknown, .cannotTell) {
      $0.apps[0].protocol = "NEW"
    },
    .init(.applicationType, "a type that is newer than we are", .unknown, .cannotTell) {
      $0.apps[0].type = "NEW"
    },
    .init(.applicationType, "an application that acts for itself", nil, .cannotTell) {
      $0.apps[0].type = "WORKER"
    },
    .init(.grants, "a SAML application has none", .absent, .enforced),
    openID("the sign-in page", .judged, .enforced, ["AUTHORIZATION_CODE", "REFRESH_TOKEN"]),
    openID("an application's own", .closed, .enforced, ["CLIENT_CREDENTIALS"]),
    openID("a grant without a page", .unknown, .cannotTell, ["CIBA"]),
    openID("not shown", .unknown, .cannotTell, nil),
    .init(.davinci, "none", .absent, .enforced),
    .init(.davinci, "a flow", nil, .cannotTell) { $0.apps[0].flows = ["f1"] },
    .init(.accessControl, "everybody", .judged, .enforced),
    .init(.accessControl, "with a word that is not known", .judged, .cannotTell) {
      $0.apps[0].accessControl = [
        "group": ["type": "ANY_GROUP", "groups": [["id": "g-other"]]], "except": ["x"],
      ]
    },
  ]

  // MARK: Steps

  private static func strange(_ change: JSON, device: Bool = false)
    -> @Sendable (
      inout PingOneTenant
    ) -> Void
  {
    { tenant in
      if device {
        tenant.devicePolicies[0] = tenant.devicePolicies[0].merging(change)
      } else {
        tenant.steps[1] = tenant.steps[1].merging(change)
      }
    }
  }

  private static let steps: [PingOneInventoryRow] = [
    .init(.unrecognised, "nothing", .absent, .enforced),
    .init(
      .unrecognised, "a key of a step", .unknown, .cannotTell, strange(["trustedNetworks": ["x"]])),
    .init(
      .unrecognised, "a switch of a step that looks like a method", .unknown, .cannotTell,
      strange(["silentPass": ["enabled": true]])),
    .init(
      .unrecognised, "a key of an MFA policy", .unknown, .cannotTell,
      strange(["trustedDevices": ["enabled": true, "days": 90]], device: true)),
    .init(
      .unrecognised, "a key that says nothing", .absent, .enforced,
      strange(["trustedNetworks": []])),
    .init(
      .rememberedBrowser, "in a form that is newer than we are", .judged, .enforcedConditionally,
      strange(
        [
          "rememberMe": [
            "web": [
              "enabled": true, "lifeTime": ["duration": 1, "timeUnit": "HOURS"], "forAll": true,
            ]
          ]
        ], device: true)),
    .init(
      .rememberedBrowser, "on mobile devices too", .judged, .enforcedConditionally,
      strange(
        ["rememberMe": ["web": ["enabled": false], "mobile": ["enabled": true]]], device: true)
    ),
    .init(.rememberedBrowser, "never", .judged, .enforced),
  ]

  // MARK: Others

  private static let pingIDStep: JSON = ["type": "PINGID_AUTHENTICATION"]

  private static let others: [PingOneInventoryRow] = [
    .init(.recovery, "no step has it", .absent, .enforced),
    .init(.recovery, "in place of the password", .judged, .enforced) {
      $0.steps[0]["recovery"] = ["enabled": true]
    },
    .init(.recovery, "one inbox gets the code of both", .judged, .enforcedConditionally) {
      $0.steps[0]["recovery"] = ["enabled": true]
      $0.devicePolicies[0]["email"] = ["enabled": true]
    },
    .init(.recovery, "in place of the only password", .judged, .notEnforced) {
      $0.steps = [PingOneBench.login.merging(["recovery": ["enabled": true]])]
    },
    .init(.pingID, "no step asks it", .absent, .enforced),
    .init(.pingID, "nobody says what it asks for", .judged, .cannotTell) {
      $0.steps = [PingOneBench.login, pingIDStep]
    },
    .init(.pingID, "vouched for by the old key", .vouched, .enforced, pingID: .enforced) {
      $0.steps = [PingOneBench.login, pingIDStep]
    },
    .init(.helpDesk, "said", .outOfScope, .enforced),
    // A password alone is enough in the same step, whoever the other provider is.
    .init(.otherProviders, "one that nobody reads", .judged, .notEnforced) {
      $0.steps[0]["socialProviders"] = [["id": "idp-1"]]
      $0.steps = [$0.steps[0]]
    },
  ]
}
