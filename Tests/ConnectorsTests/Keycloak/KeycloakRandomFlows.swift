@testable import JSONQuery

/// Random flows in Keycloak's own JSON.
struct KeycloakRandomFlows {
  private var seed: UInt64
  private var serial = 0
  private var rows: [JSONValue] = []
  private var configs: [String: JSONValue] = [:]
  private var names: [String] = []
  /// What authenticators and conditions of others are called; each flow has its own.
  private var stranger = "acme0"

  init(seed: UInt64) {
    self.seed = seed
  }

  mutating func below(_ bound: Int) -> Int {
    seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((seed >> 33) % UInt64(bound))
  }

  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

  mutating func pick<T>(_ all: [T]) -> T { all[below(all.count)] }

  /// A flow; with a cookie before it, its steps are one alternative beside that.
  mutating func flow(withCookie: Bool, usesLevels: Bool) -> KeycloakOracle.RawFlow {
    rows = []
    configs = [:]
    names = []
    stranger = "acme\(serial)"
    if withCookie { row("auth-cookie", "ALTERNATIVE", 0) }
    if usesLevels && chance(60) {
      let depth = withCookie ? 1 : 0
      if withCookie { subflow("ALTERNATIVE", 0) }
      for level in 1...(1 + below(3)) {
        subflow("CONDITIONAL", depth)
        condition("conditional-level-of-authentication", depth + 1, level: level)
        level == 1
          ? row("auth-username-password-form", "REQUIRED", depth + 1)
          : leaf(depth + 1, "REQUIRED")
      }
    } else if withCookie {
      let count = 1 + below(2)
      for _ in 0..<count {
        if chance(70) {
          subflow("ALTERNATIVE", 0)
          steps(1, count: 1 + below(3))
        } else {
          leaf(0, "ALTERNATIVE")
        }
      }
    } else {
      steps(0, count: 1 + below(4))
    }
    return KeycloakOracle.RawFlow(executions: rows, configs: configs)
  }

  private mutating func steps(_ depth: Int, count: Int) {
    let style = below(3)
    for _ in 0..<count {
      let requirement =
        switch style {
        case 0: "REQUIRED"
        case 1: chance(85) ? "ALTERNATIVE" : "DISABLED"
        default: pick(["REQUIRED", "REQUIRED", "ALTERNATIVE", "DISABLED"])
        }
      if depth < 3, chance(35) {
        let isConditional = requirement != "DISABLED" && chance(60)
        subflow(isConditional ? "CONDITIONAL" : requirement, depth)
        if isConditional, chance(92) {
          for _ in 0..<(chance(20) ? 2 : 1) { condition(nil, depth + 1) }
        }
        steps(depth + 1, count: below(12) == 0 ? 0 : 1 + below(2))
      } else {
        leaf(depth, requirement)
      }
    }
  }

  private mutating func leaf(_ depth: Int, _ requirement: String) {
    let provider = pick([
      "auth-username-password-form", "auth-username-password-form", "auth-password-form",
      "auth-username-form", "auth-otp-form", "auth-otp-form", "webauthn-authenticator",
      "webauthn-authenticator-passwordless", "auth-recovery-authn-code-form",
      "auth-conditional-otp-form", "auth-spnego", "allow-access-authenticator",
      "deny-access-authenticator", chance(30) ? "\(stranger)-sms" : "auth-otp-form",
    ])
    var config: [String: String] = [:]
    if provider == "auth-conditional-otp-form" {
      if chance(30) { config["otpControlAttribute"] = "otp" }
      if chance(40) { config["skipOtpRole"] = pick(["r1", "r2", "gone"]) }
      if chance(30) { config["forceOtpRole"] = pick(["r1", "r2"]) }
      if chance(40) { config["noOtpRequiredForHeaderPattern"] = "h1" }
      if chance(20) { config["forceOtpForHeaderPattern"] = "h2" }
      if chance(50) { config["defaultOtpOutcome"] = pick(["skip", "force"]) }
    }
    row(provider, requirement, depth, config)
  }

  private mutating func condition(_ wanted: String?, _ depth: Int, level: Int? = nil) {
    let provider =
      wanted
      ?? pick([
        "conditional-user-configured", "conditional-user-configured", "conditional-user-role",
        "conditional-user-role", "conditional-user-attribute", "conditional-credential",
        "conditional-level-of-authentication", "conditional-sub-flow-executed",
        "conditional-client-scope",
        chance(30) ? "conditional-\(stranger)" : "conditional-user-configured",
      ])
    var config: [String: String] = [:]
    switch provider {
    case "conditional-user-role":
      config = [
        "condUserRole": pick(["r1", "r1", "r2", "gone"]), "negate": pick(["true", "false"]),
      ]
    case "conditional-user-attribute":
      config = [
        "attribute_name": "dep", "attribute_expected_value": pick(["it", "hr"]),
        "not": pick(["true", "false"]),
      ]
    case "conditional-credential":
      config["credentials"] = pick([
        "password", "webauthn-passwordless", "otp##webauthn", "none", "password##none",
      ])
      if chance(60) { config["included"] = pick(["true", "false"]) }
    case "conditional-level-of-authentication":
      config["loa-condition-level"] = String(level ?? 1 + below(3))
      config["loa-max-age"] = chance(20) ? "0" : "36000"
    case "conditional-sub-flow-executed":
      config = [
        "flow_to_check": names.isEmpty || chance(10) ? "nowhere" : pick(names),
        "check_result": pick(["executed", "not-executed"]),
      ]
    case "conditional-client-scope": config["client_scope"] = pick(["phone", "profile", "admin"])
    default: break
    }
    row(provider, chance(95) ? "REQUIRED" : "DISABLED", depth, config)
  }

  private mutating func subflow(_ requirement: String, _ depth: Int) {
    serial += 1
    let name = "flow \(serial)"
    names.append(name)
    rows.append(
      .object([
        "id": .string("e\(serial)"), "requirement": .string(requirement),
        "level": .integer(Int64(depth)), "authenticationFlow": .bool(true),
        "displayName": .string(name), "flowId": .string("f\(serial)"),
      ]))
  }

  private mutating func row(
    _ provider: String, _ requirement: String, _ depth: Int, _ config: [String: String] = [:]
  ) {
    serial += 1
    var json: [String: JSONValue] = [
      "id": .string("e\(serial)"), "requirement": .string(requirement),
      "level": .integer(Int64(depth)), "providerId": .string(provider),
      "displayName": .string(provider),
    ]
    if !config.isEmpty {
      json["authenticationConfig"] = .string("c\(serial)")
      configs["c\(serial)"] = .object([
        "id": .string("c\(serial)"), "config": .object(config.mapValues { .string($0) }),
      ])
    }
    rows.append(.object(json))
  }
}
