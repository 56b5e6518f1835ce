import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import Duo

/// Duo's doors and modifiers over HTTP: what is read, what is closed, and what nobody knows.
@Suite("Duo: every door and modifier") struct DuoDoorTests {
  private static let ana = DuoRow.ana

  /// The section of remembered devices as Duo shows it.
  static func remembered(_ method: String, _ value: Int, _ units: String) -> [String: JSON] {
    let time: JSON = ["max_time_units": .string(units), "max_time_value": .integer(value)]
    let key = method == "user-based" ? "user_based" : "risk_based"
    return [
      "remembered_devices": [
        "browser_apps": ["enabled": true, "remember_method": .string(method), key: time]
      ]
    ]
  }

  /// A tenant of the Premier edition with every section that Duo documents, as it is after setup.
  @Sendable private static func reference(_ tenant: inout DuoTenant) {
    let sections: [String: JSON] = [
      "authentication_methods": [
        "allowed_auth_list": ["duo-push", "webauthn-platform", "webauthn-roaming-pwl"],
        "blocked_auth_list": ["sms", "phonecall"], "require_verified_push": true,
        "verified_push_digits": 6,
      ], "trusted_endpoints": ["trusted_endpoint_checking": "allow-all"],
      "risk_based_factor_selection": ["limit_to_risk_based_auth_methods": true],
      "browsers": ["blocked_browsers_list": [], "out_of_date_behavior": "no-remediation"],
      "duo_desktop": ["requires_duo_desktop": ["windows"]],
      "screen_lock": ["require_screen_lock": true],
    ]
    tenant.policies[0].sections.merge(sections) { _, new in new }
  }

  private func door(
    vouches: [Vouch] = [], limit: Int64 = 86_400,
    _ change: @escaping @Sendable (inout DuoTenant) -> Void
  ) async throws -> (record: MemberRecord, issues: [SourceIssue], inventory: [InventoryEntry]) {
    try await Bench.run(
      .duo {
        Self.reference(&$0)
        change(&$0)
      }
    ) { bench in
      let connector = bench.duo {
        $0.vouches = vouches
        $0.rememberedDeviceLimit = limit
      }
      let door = await OneDoor.read(connector, app: Bench.vpn, people: [Self.ana])
      return (door.record(Self.ana), door.provider.source.issues, door.provider.apps[0].inventory)
    }
  }

  private func section(_ name: String, _ value: JSON) -> @Sendable (inout DuoTenant) -> Void {
    { $0.policies[0].sections[name] = value }
  }

  @Test(
    "a tenant as Duo recommends it is enforced without a vouch, and every line is accounted for")
  func usual() async throws {
    let (record, issues, inventory) = try await door { _ in }
    #expect(record.verdict == .enforced, "\(record.reason)")
    #expect(issues.isEmpty)
    #expect(Set(inventory.map(\.row)) == Set(DuoDoors.allCases.map(\.row.id)))
    #expect(inventory.allSatisfy { $0.state != .unknown })
    let states = Dictionary(inventory.map { ($0.row, $0.state) }) { first, _ in first }
    #expect(states["fail-mode"] == .closed)
    #expect(states["bypass-codes"] == .outOfScope)
    #expect(states["unrecognised"] == .absent)
    #expect(states["remembered-devices"] == .judged)
  }

  @Test("devices that are remembered for longer than the limit")
  func remembered() async throws {
    let cases: [(String, Int, String, Verdict)] = [
      ("user-based", 24, "hours", .enforced), ("user-based", 25, "hours", .enforcedConditionally),
      ("risk-based", 1, "days", .enforced), ("risk-based", 365, "days", .enforcedConditionally),
    ]
    for (method, value, units, expected) in cases {
      let shown = Self.remembered(method, value, units)
      let (record, _, _) = try await door { $0.policies[0].sections.merge(shown) { $1 } }
      #expect(record.verdict == expected, "\(method) \(value) \(units): \(record.reason)")
    }
    let month = Self.remembered("user-based", 30, "days")
    let (record, _, _) = try await door(limit: 30 * 86_400) {
      $0.policies[0].sections.merge(month) { $1 }
    }
    #expect(record.verdict == .enforced)
  }

  @Test("remembered devices that are not shown, or not as documented, may skip the second factor")
  func rememberedUntold() async throws {
    let time: JSON = ["max_time_units": "moons", "max_time_value": 1]
    let shapes: [JSON?] = [
      nil, .null, [:], ["browser_apps": .null], ["browser_apps": ["enabled": .null]],
      ["browser_apps": ["enabled": true]],
      ["browser_apps": ["enabled": true, "remember_method": "user-based", "user_based": time]],
      ["browser_apps": ["enabled": true, "remember_method": "for-ever", "user_based": time]],
      ["browser_apps": [["enabled": false]]],
    ]
    for shape in shapes {
      let (record, _, inventory) = try await door {
        $0.policies[0].sections["remembered_devices"] = shape
      }
      #expect(record.verdict == .enforcedConditionally, "\(String(describing: shape))")
      #expect(inventory.contains { $0.row == "unrecognised" && $0.state == .unknown })
    }
  }

  @Test("at the logon to Windows its own remembered devices count")
  func windows() async throws {
    let vouch = Vouch.for("fail-mode")
    let time: JSON = ["enabled": true, "max_time_units": "days", "max_time_value": 7]
    for (windows, expected) in [
      (time, Verdict.enforcedConditionally), (["enabled": false], .enforced),
    ]
      as [(JSON, Verdict)]
    {
      let (record, _, _) = try await door(vouches: vouch) {
        $0.integrations[0].type = "rdp"
        $0.policies[0].sections["remembered_devices"] = [
          "browser_apps": ["enabled": false], "windows_logon": windows,
        ]
      }
      #expect(record.verdict == expected, "\(record.reason)")
    }
  }

  @Test("countries where the second factor is skipped")
  func countries() async throws {
    func location(_ action: String, skip: [String], deny: [String]) -> JSON {
      [
        "default_action": .string(action), "allow_access_no_2fa_countries_list": .texts(skip),
        "deny_access_countries_list": .texts(deny), "require_mfa_countries_list": [],
        "ignore_location_countries_list": [],
      ]
    }
    let cases: [(JSON, Verdict)] = [
      (location("ignore-location", skip: [], deny: ["KP"]), .enforced),
      (location("ignore-location", skip: ["PT"], deny: []), .enforcedConditionally),
      (location("deny-access", skip: ["PT"], deny: []), .notEnforced),
      (location("allow-access-no-2fa", skip: [], deny: []), .notEnforced),
      (location("allow-access-no-2fa", skip: [], deny: ["KP"]), .notEnforced),
      (["default_action": "ignore-location"], .cannotTell),
      (
        ["default_action": "by-mood", "allow_access_no_2fa_countries_list": []],
        .cannotTell
      ),
      ([["default_action": "ignore-location"]], .cannotTell),
    ]
    for (shape, expected) in cases {
      let (record, _, _) = try await door(section("user_location", shape))
      #expect(record.verdict == expected, "\(shape): \(record.reason)")
    }
  }

  @Test(
    "a network of all addresses is everywhere", arguments: ["0.0.0.0/0", "0.0.0.0-255.255.255.255"])
  func everywhere(network: String) async throws {
    let (record, _, _) = try await door {
      $0.policies[0].sections["authorized_networks"] =
        DuoPolicy.global(networks: ["10.0.0.0/8", network]).sections["authorized_networks"]
    }
    #expect(record.verdict == .notEnforced, "\(record.reason)")
  }

  @Test("an application that is not at Duo Single Sign-On may let in when Duo does not answer")
  func failMode() async throws {
    for type in ["rdp", "ldapproxy", "websdk", ""] {
      let (record, _, inventory) = try await door { $0.integrations[0].type = type }
      #expect(record.verdict == .enforcedConditionally)
      #expect(record.witness?.contains("Duo does not answer") == true)
      let line = inventory.compactMap { $0.vouchLine(at: Bench.vpn) }
      #expect(line.first?.contains("row: fail-mode") == true)
      let vouched = try await door(vouches: Vouch.for("fail-mode")) {
        $0.integrations[0].type = type
      }
      #expect(vouched.record.verdict == .enforced)
      let open = try await door(vouches: Vouch.for("fail-mode")) {
        $0.integrations[0].type = type
        $0.users[0].status = "bypass"
      }
      #expect(open.record.verdict == .notEnforced)
    }
  }

  /// Parts of policies that idsync does not know, each by its path.
  private static let strangers: [(String, @Sendable (inout DuoTenant) -> Void)] = [
    ("risk_based_access", { $0.policies[0].sections["risk_based_access"] = ["mode": "relaxed"] }),
    ("passkeys", { $0.policies[0].sections["passkeys"] = .null }),
    (
      "authorized_networks/partners",
      {
        $0.policies[0].sections["authorized_networks"]?["partners"] = ["ip_list": ["192.0.2.0/24"]]
      }
    ),
    (
      "authorized_networks/no_2fa_required/asn_list",
      {
        $0.policies[0].sections["authorized_networks"]?["no_2fa_required"] = [
          "ip_list": [], "require_enrollment": true, "asn_list": [64500],
        ]
      }
    ),
    (
      "trusted_endpoints/trusted_endpoint_checking",
      { $0.policies[0].sections["trusted_endpoints"] = ["trusted_endpoint_checking": "skip-mfa"] }
    ),
    (
      "authentication_methods/allowed_auth_list",
      { $0.policies[0].sections["authentication_methods"] = ["allowed_auth_list": ["password"]] }
    ),
    (
      "anonymous_networks/anonymous_access_behavior",
      { $0.policies[0].sections["anonymous_networks"] = ["anonymous_access_behavior": .null] }
    ),
  ]

  @Test("a part of a policy that nobody knows is named, and may be vouched for in one version")
  func strangers() async throws {
    for (path, change) in Self.strangers {
      let (record, _, inventory) = try await door(change)
      #expect(record.verdict == .enforcedConditionally, "\(path): \(record.reason)")
      let entry = try #require(inventory.first { $0.row == "unrecognised" }, "\(path)")
      #expect(entry.state == .unknown)
      #expect(entry.object == "Global Policy: \(path)")
      var vouch = Vouch.for("unrecognised")[0]
      vouch.object = entry.object
      #expect(try await door(vouches: [vouch], change).record.verdict == .enforcedConditionally)
      vouch.version = "00000000"
      let changed = try await door(vouches: [vouch], change)
      #expect(changed.record.verdict == .enforcedConditionally)
      #expect(changed.issues.map(\.code) == ["vouch-void"])
      vouch.version = entry.version
      let vouched = try await door(vouches: [vouch], change)
      #expect(vouched.record.verdict == .enforced, "\(path): \(vouched.record.reason)")
      #expect(vouched.inventory.contains { $0.object == entry.object && $0.state == .vouched })
    }
  }

  @Test("a part that nobody knows concerns only those whom its policy is for")
  func place() async throws {
    let people = [Self.ana, "bo@acme.com"]
    let scenario = Scenario.duo { tenant in
      tenant.users = people.map { DuoUser($0) }
      tenant.users[1].groups = ["Contractors"]
      tenant.policies.append(DuoPolicy("New", ["adaptive_auth": ["mode": "relaxed"]]))
      tenant.integrations[0].groupPolicies = [
        .init(group: "Contractors", policy: tenant.policies[1].key)
      ]
    }
    try await Bench.run(scenario) { bench in
      let door = await OneDoor.read(bench.duo(), app: Bench.vpn, people: people)
      #expect(people.map { door.record($0).verdict } == [.enforced, .enforcedConditionally])
      #expect(door.record(people[1]).reason.contains("adaptive_auth"))
    }
  }

  @Test("in the next run a section that is gone ends no finding")
  func twoRuns() async throws {
    let month = Self.remembered("user-based", 30, "days")
    try await Bench.run(.duo { $0.policies[0].sections.merge(month) { $1 } }) { bench in
      let before = await ConformanceReading(of: bench.duo(), app: Bench.vpn, people: [Self.ana])
      let records = try before.reconciled().records
      #expect(records[Self.ana]?.verdict == .enforcedConditionally)
      for path in ["remembered_devices", "remembered_devices/browser_apps/enabled"] {
        await bench.mock.setFaults([
          Fault(
            .duo, "GET /admin/v2/policies/calculate", .edited, times: nil,
            text: "/response/sections/\(path)")
        ])
        let after = await ConformanceReading(of: bench.duo(), app: Bench.vpn, people: [Self.ana])
        let next = try after.reconciled(with: records)
        #expect(next.records[Self.ana]?.verdict == .enforcedConditionally, "\(path)")
      }
    }
  }

  @Test("groups whose names differ by case only are two, whether Duo calculates or not")
  func groupsByCase() async throws {
    let people = ["bo@acme.com", Self.ana]
    let scenario = Scenario.duo { tenant in
      tenant.groups = [DuoGroup("Ops"), DuoGroup("ops")]
      tenant.users = people.map { DuoUser($0) }
      tenant.users[0].groups = ["Ops"]
      tenant.users[1].groups = ["ops"]
      tenant.policies.append(
        DuoPolicy("Open", ["authentication_policy": ["user_auth_behavior": "bypass"]]))
      tenant.integrations[0].groupPolicies = [
        .init(group: "ops", policy: tenant.policies[1].key)
      ]
    }
    try await Bench.run(scenario) { bench in
      let door = await OneDoor.read(bench.duo(), app: Bench.vpn, people: people)
      #expect(people.map { door.record($0).verdict } == [.enforced, .notEnforced])
      await bench.mock.setFaults([
        Fault(.duo, "GET /admin/v2/policies/calculate", .forbidden, times: nil)
      ])
      let layered = await OneDoor.read(bench.duo(), app: Bench.vpn, people: people)
      #expect(people.map { layered.record($0).verdict } == [.cannotTell, .notEnforced])
    }
  }
}
