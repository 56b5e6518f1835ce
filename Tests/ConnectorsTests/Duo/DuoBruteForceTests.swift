import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import Duo

/// Random tenants with every modifier in, judged over HTTP and by a brute force that was written from Duo's documentation.
@Suite("Duo against a brute force") struct DuoBruteForceTests {
  private static let groups = ["Finance", "Contractors", "Ops", "Sales"]

  @Test("5,000 verdicts of random tenants are those of the brute force")
  func random() async throws {
    var generator = Dice(seed: 20_261_201)
    var counts: [Verdict: Int] = [:]
    for world in 0..<100 {
      let tenant = Self.tenant(&generator)
      let isVouched = Bool.random(using: &generator)
      let people = (0..<52).map { "p\($0)@acme.com" }
      var scenario = Scenario()
      scenario[DuoTenant.self] = tenant
      try await Bench.run(scenario) { bench in
        let connector = bench.duo { if isVouched { $0.vouches = Vouch.for("fail-mode") } }
        let door = await OneDoor.read(connector, app: Bench.vpn, people: people)
        let oracle = DuoOracle(tenant: tenant, failsClosed: isVouched)
        for (person, record) in zip(people, door.records(people)) {
          let expected = oracle.verdict(person)
          counts[expected, default: 0] += 1
          #expect(
            record.verdict == expected,
            "world \(world), \(person): \(record.reason); \(record.witness ?? ""); \(tenant)")
        }
      }
    }
    #expect(counts.values.reduce(0, +) >= 5_000, "\(counts)")
    #expect(counts.values.allSatisfy { $0 > 100 } && counts.count == 4, "\(counts)")
  }

  // MARK: Worlds

  private static func tenant(_ generator: inout Dice) -> DuoTenant {
    func chance(_ part: Int) -> Bool { Int.random(in: 0..<part, using: &generator) == 0 }
    func some<T>(_ values: [T]) -> [T] { values.filter { _ in chance(3) } }
    var tenant = DuoTenant()
    tenant.groups = groups.map {
      DuoGroup($0, status: chance(12) ? "Bypass" : chance(12) ? "Disabled" : "Active")
    }
    tenant.users = (0..<46).map { number in
      var user = DuoUser("p\(number)@acme.com")
      user.groups = some(groups)
      user.isEnrolled = !chance(4)
      user.status = chance(12) ? "bypass" : chance(12) ? "locked out" : "active"
      return user
    }
    tenant.policies = [DuoPolicy("Global Policy", isGlobal: true, sections(all: true, &generator))]
    tenant.policies += ["One", "Two", "Three"].map {
      DuoPolicy($0, sections(all: false, &generator))
    }
    var app = DuoIntegration()
    if chance(2) { app.policy = tenant.policies[1].key }
    app.groupPolicies = groups.prefix(2).enumerated().filter { _ in chance(2) }.map {
      .init(group: $1, policy: tenant.policies[2 + $0].key)
    }
    app.type = chance(3) ? "rdp" : "sso-generic"
    if chance(5) {
      app.access = "PERMITTED_GROUPS"
      app.permittedGroups = ["Ops", "Finance"]
    }
    tenant.integrations = [app]
    return tenant
  }

  private static func sections(
    all: Bool, _ generator: inout Dice
  ) -> [String: JSON] {
    func chance(_ part: Int) -> Bool { Int.random(in: 0..<part, using: &generator) == 0 }
    func countries(_ codes: [String], _ part: Int) -> JSON { .texts(chance(part) ? codes : []) }
    func time(_ long: Int) -> JSON {
      ["max_time_units": "hours", "max_time_value": .integer(chance(2) ? 8 : long)]
    }
    let skips = chance(3)
    var sections: [String: JSON] = [
      "authentication_policy": [
        "user_auth_behavior": chance(7) ? "bypass" : chance(7) ? "deny" : "enforce"
      ], "new_user": ["new_user_behavior": chance(3) ? "no-mfa" : chance(3) ? "deny" : "enroll"],
      "authorized_networks": [
        "no_2fa_required": [
          "ip_list": .texts(skips ? [chance(6) ? "0.0.0.0/0" : "10.0.0.0/8"] : []),
          "require_enrollment": true,
        ], "mfa_required": ["ip_list": .texts(chance(2) ? ["192.0.2.0/24"] : [])],
        "blocked": ["ip_list": []], "deny_other_access": .bool(skips && chance(3)),
      ],
      "user_location": [
        "default_action": chance(8)
          ? "allow-access-no-2fa" : chance(3) ? "require-mfa" : "ignore-location",
        "allow_access_no_2fa_countries_list": countries(["PT"], 5),
        "deny_access_countries_list": countries(["KP"], 4),
        "require_mfa_countries_list": countries(["FR"], 5),
        "ignore_location_countries_list": countries(["ES"], 5),
      ], "anonymous_networks": ["anonymous_access_behavior": chance(2) ? "deny" : "no-action"],
      "remembered_devices": [
        "browser_apps": [
          "enabled": .bool(chance(3)), "remember_method": chance(2) ? "user-based" : "risk-based",
          "user_based": time(48), "risk_based": time(720),
        ],
        "windows_logon": [
          "enabled": .bool(chance(3)), "max_time_units": "days",
          "max_time_value": .integer(chance(2) ? 1 : 7),
        ],
      ],
    ]
    if !all { sections = sections.filter { _ in chance(3) } }
    if chance(8) { sections["adaptive_auth"] = ["mode": "relaxed"] }
    return sections
  }
}

/// What Duo asks of a person, found by trying every sign-in there is.
private struct DuoOracle {
  let tenant: DuoTenant
  /// Whether the application lets nobody in while Duo does not answer.
  let failsClosed: Bool

  private struct SignIn {
    var isInSkippingNetwork: Bool
    var isInDemandingNetwork: Bool
    var country: String
    var isRemembered: Bool
    var isStrange: Bool
    var isDuoDown: Bool

    static let all: [SignIn] = {
      var all: [SignIn] = []
      let both = [false, true]
      for skipping in both {
        for demanding in both {
          for country in ["PT", "KP", "FR", "ES", "XX"] {
            for remembered in both {
              for strange in both {
                for down in both {
                  all.append(
                    SignIn(
                      isInSkippingNetwork: skipping, isInDemandingNetwork: demanding,
                      country: country, isRemembered: remembered, isStrange: strange,
                      isDuoDown: down))
                }
              }
            }
          }
        }
      }
      return all
    }()
  }

  private enum Asked { case refused, one, two }

  func verdict(_ email: String) -> Verdict {
    let app = tenant.integrations[0]
    let user = tenant.users.first { $0.email == email }
    let statuses = (user?.groups ?? []).map { name in
      tenant.groups.first { $0.name == name }?.status ?? ""
    }
    // Bypass comes before every policy.
    if user?.status == "bypass" || statuses.contains("Bypass") { return .notEnforced }
    if statuses.contains("Disabled") { return .notEvaluated }
    let isPermitted =
      app.access == "ALL_USERS"
      || user?.groups.contains { app.permittedGroups.contains($0) } == true
    guard isPermitted else { return .notEvaluated }
    let sections = sections(user, app)
    let asked = SignIn.all.map { asks($0, sections, isNew: user == nil, app) }
    let open = asked.filter { $0 != .refused }
    if open.isEmpty { return .notEvaluated }
    if open.allSatisfy({ $0 == .one }) { return .notEnforced }
    return open.contains(.one) ? .enforcedConditionally : .enforced
  }

  /// The nearest layer wins, section by section.
  private func sections(_ user: DuoUser?, _ app: DuoIntegration) -> [String: JSON] {
    let group = app.groupPolicies.first { user?.groups.contains($0.group) == true }?.policy
    let layers = [group, app.policy].compactMap { key in
      tenant.policies.first { $0.key == key }?.sections
    }
    return (layers + [tenant.policies[0].sections]).reversed().reduce(into: [:]) {
      $0.merge($1) { _, nearer in nearer }
    }
  }

  private func asks(
    _ signIn: SignIn, _ sections: [String: JSON], isNew: Bool, _ app: DuoIntegration
  ) -> Asked {
    let behaviour = sections["authentication_policy"]?["user_auth_behavior"]?.text
    if behaviour == "bypass" { return .one }
    if behaviour == "deny" { return .refused }
    let newUser = sections["new_user"]?["new_user_behavior"]?.text
    if isNew, newUser == "no-mfa" { return .one }
    if isNew, newUser == "deny" { return .refused }
    let networks = sections["authorized_networks"]
    let skipping = list(networks?["no_2fa_required"]?["ip_list"])
    if skipping.contains("0.0.0.0/0") || !skipping.isEmpty && signIn.isInSkippingNetwork {
      return .one
    }
    let demanding = list(networks?["mfa_required"]?["ip_list"])
    if networks?["deny_other_access"] == .bool(true),
      demanding.isEmpty || !signIn.isInDemandingNetwork
    {
      return .refused
    }
    let location = sections["user_location"]
    if list(location?["allow_access_no_2fa_countries_list"]).contains(signIn.country) {
      return .one
    }
    if list(location?["deny_access_countries_list"]).contains(signIn.country) { return .refused }
    let isNamed = ["require_mfa_countries_list", "ignore_location_countries_list"].contains {
      list(location?[$0]).contains(signIn.country)
    }
    if !isNamed, location?["default_action"]?.text == "allow-access-no-2fa" { return .one }
    if signIn.isRemembered, remembers(sections["remembered_devices"], app) { return .one }
    if signIn.isStrange, sections["adaptive_auth"] != nil { return .one }
    if signIn.isDuoDown, app.type == "rdp", !failsClosed { return .one }
    return .two
  }

  /// Whether a device is remembered for more than a day.
  private func remembers(_ section: JSON?, _ app: DuoIntegration) -> Bool {
    let part = section?[app.type == "rdp" ? "windows_logon" : "browser_apps"]
    guard part?["enabled"] == .bool(true) else { return false }
    let method = part?["remember_method"]?.text == "user-based" ? "user_based" : "risk_based"
    let time = app.type == "rdp" ? part : part?[method]
    guard case .integer(let value)? = time?["max_time_value"] else { return false }
    return (time?["max_time_units"]?.text == "days" ? value * 24 : value) > 24
  }

  private func list(_ json: JSON?) -> [String] { json?.elements?.compactMap(\.text) ?? [] }
}

extension JSON {
  /// A list of texts.
  static func texts(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }
}
