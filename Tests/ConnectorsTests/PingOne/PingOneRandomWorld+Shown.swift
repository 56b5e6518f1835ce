import MockIdP

/// The environment as PingOne shows it.
extension PingOneRandomWorld {
  static func provider(_ number: Int) -> String { "idp-\(number)" }
  private static func policy(_ number: Int) -> String { "pol-\(number)" }
  private static let address: JSON = "${flow.request.http.remoteIp}"

  /// The ranges of scores, and the times of sessions in seconds.
  static let risks = [0...49, 50...100, 80...100]
  static let factorTimes = [43_200, 2_592_000]
  static let passwordTimes = [28_800, 3_600]

  var scenario: Scenario {
    var scenario = PingOneBench.scenario { tenant in
      tenant.users = people.map(Self.shown)
      tenant.policies = policies.enumerated().map { number, steps in
        PingOneSignOnPolicy(
          Self.policy(number), name: "Policy", isDefault: number == 0,
          actions: steps.map(Self.json))
      }
      tenant.apps = [app]
      tenant.devicePolicies = devicePolicies.enumerated().map { Self.json($1, "d\($0)") }
    }
    func refuse(_ endpoint: String, first: Int = 1) {
      scenario.faults.append(Fault(.pingOne, endpoint, .forbidden, first: first, times: nil))
    }
    if areGroupsRefused { refuse(PingOneBench.users, first: 2) }
    if areDevicePoliciesRefused {
      refuse("GET /v1/environments/{env}/deviceAuthenticationPolicies")
    }
    if areDevicesRefused { refuse(PingOneBench.devices) }
    if areBypassesRefused { refuse(PingOneBench.bypasses) }
    return scenario
  }

  private var app: PingOneApp {
    var app = PingOneApp(PingOneBench.app, name: "Heroku", policies: assigned.map(Self.policy))
    app.enabled = isEnabled
    app.protocol = self.protocol
    app.grants = grants
    if hasFlow { app.flows = ["f1"] }
    func groups(_ type: String) -> JSON {
      ["group": ["type": .string(type), "groups": [["id": "g-1"], ["id": "g-2"]]]]
    }
    switch access {
    case .everybody: break
    case .any: app.accessControl = groups("ANY_GROUP")
    case .all: app.accessControl = groups("ALL_GROUPS")
    case .strange: app.accessControl = groups("NO_GROUP")
    case .untold: app.accessControl = groups("ANY_GROUP").merging(["except": ["x"]])
    case .administrators: app.accessControl = ["role": ["type": "ADMIN_USERS_ONLY"]]
    }
    return app
  }

  private static func shown(_ member: Member) -> PingOneUser {
    let traits = member.traits
    var user = PingOneUser(member.email)
    user.population = "P\(traits.population)"
    user.groups = traits.groups.sorted().map { "g-\($0)" }
    user.mfaEnabled = traits.isMFAOn
    user.identityProvider = traits.authority.map(provider)
    user.enabled = traits.isLive
    user.devices =
      traits.devices.sorted().map { .init($0) }
      + [.init("EMAIL", status: "ACTIVATION_REQUIRED")]
    let past: JSON = ["bypassMFAEnabledUntil": "2020-01-01T00:00:00.000Z"]
    switch traits.bypass {
    case .none: break
    case .granted: user.bypass = ["bypassMFAEnabledUntil": "2099-01-01T00:00:00.000Z"]
    case .flagged: user.bypass = past.merging(["bypassMFAEnabled": true])
    case .over: user.bypass = past.merging(["bypassMFAEnabled": false])
    case .strange: user.bypass = ["allowedFor": 3]
    }
    return user
  }

  private static func json(_ policy: DevicePolicy, _ id: String) -> JSON {
    var shown: JSON = ["id": .string(id), "name": .string(id), "default": false]
    for method in ["sms", "totp", "fido2", "voice"] {
      shown[method] = ["enabled": .bool(policy.methods.contains(method))]
    }
    func time(_ count: Int, _ unit: String) -> JSON {
      ["enabled": true, "lifeTime": ["duration": .integer(count), "timeUnit": .string(unit)]]
    }
    switch policy.remembers {
    case .never: break
    case .hours: shown["rememberMe"] = ["web": time(8, "HOURS")]
    case .month: shown["rememberMe"] = ["web": time(30, "DAYS")]
    case .notTold: shown["rememberMe"] = ["web": ["enabled": true]]
    case .strange:
      shown["rememberMe"] = ["web": time(1, "HOURS").merging(["forAll": true])]
    }
    if policy.isStrange { shown["trustedDevices"] = ["days": 90] }
    return shown
  }

  // MARK: Steps

  private static func json(_ step: Step) -> JSON {
    var shown = json(step.kind)
    shown["condition"] = step.test.map(json)
    if step.isStrange { shown["skipFor"] = ["x"] }
    return shown
  }

  private static func json(_ kind: Kind) -> JSON {
    func identity(_ number: Int) -> JSON { ["id": .string(provider(number))] }
    switch kind {
    case .login: return ["type": "LOGIN"]
    case .social(let number):
      return ["type": "LOGIN", "socialProviders": [identity(number)]]
    case .byName(let number):
      var shown: JSON = ["type": "IDENTIFIER_FIRST"]
      if let number {
        shown["discoveryRules"] = [
          [
            "condition": ["value": "${identifier}", "contains": "p1"],
            "identityProvider": identity(number),
          ]
        ]
      }
      return shown
    case .external(let number):
      var shown: JSON = ["type": "IDENTITY_PROVIDER"]
      shown["identityProvider"] = number.map(identity)
      return shown
    case .device(let mode, let devices):
      var shown: JSON = ["type": "MULTI_FACTOR_AUTHENTICATION"]
      if mode != .notTold { shown["noDevicesMode"] = .string(mode.rawValue) }
      switch devices {
      case .policy(let number): shown["deviceAuthenticationPolicy"] = ["id": "d\(number)"]
      case .missing: shown["deviceAuthenticationPolicy"] = ["id": "d9"]
      case .own: shown["sms"] = ["enabled": true]
      case .notTold: break
      }
      return shown
    case .pingID: return ["type": "PINGID_AUTHENTICATION"]
    case .windows: return ["type": "PINGID_WINLOGIN_PASSWORDLESS_AUTHENTICATION"]
    case .consent: return ["type": "AGREEMENT"]
    case .strange: return ["type": "TELEPATHY"]
    }
  }

  private static func json(_ test: Test) -> JSON {
    func since(_ what: String, _ seconds: Int) -> JSON {
      [
        "secondsSince": .string("${session.lastSignOn.withAuthenticator.\(what).at}"),
        "greater": .integer(seconds),
      ]
    }
    switch test {
    case .population(let number):
      return ["value": "${user.population.id}", "equals": .string("P\(number)")]
    case .group(let number):
      return ["value": "${user.memberOfGroupIDs}", "contains": .string("g-\(number)")]
    case .office: return ["contains": address, "ipRange": ["10.0.0.0/8"]]
    case .anonymous: return ["anonymousNetwork": [], "valid": address]
    case .travel: return ["geoVelocity": address, "valid": "x"]
    case .risk(let number):
      let range = risks[number]
      return [
        "ipRisk": [
          "minScore": .integer(range.lowerBound), "maxScore": .integer(range.upperBound),
        ], "valid": address,
      ]
    case .factor(let time): return since("mfa", factorTimes[time])
    case .password(let time): return since("pwd", passwordTimes[time])
    case .strange: return ["moonPhase": "full"]
    case .not(let inner): return ["not": json(inner)]
    case .both(let one, let other): return ["and": [json(one), json(other)]]
    case .either(let one, let other): return ["or": [json(one), json(other)]]
    }
  }
}
