import MockIdP

/// What rules ask for: as Okta writes it, and what it means by the facts about Okta.
extension OktaRandomWorld {
  /// What a rule asks for where nothing is remembered.
  enum Meaning: Sendable, Hashable {
    case refused, one, two
    /// Two factors, unless the device is a remembered one.
    case remembered
    /// Two factors, of which another provider may only say that there was one.
    case asserted
    case unread

    /// Whether a second factor is asked for that may be an old one.
    var mayBeOld: Bool { [.two, .remembered, .asserted].contains(self) }
    /// Whether nobody gets in with one factor and no exception.
    var protects: Bool { self == .refused || mayBeOld }
  }

  /// A second factor of so many minutes ago is one that counts.
  private static let limit = 1_440

  // MARK: Sessions

  static func json(_ demand: SessionDemand) -> JSON {
    var action: JSON = [
      "access": demand.kind == .deny ? "DENY" : "ALLOW", "requireFactor": true,
      "primaryFactor": "PASSWORD_IDP_ANY_FACTOR", "rememberDeviceByDefault": false,
    ]
    var session: JSON = ["usePersistentCookie": false]
    session["maxSessionLifetimeMinutes"] = demand.lifetime.map { .integer($0) }
    session["maxSessionIdleMinutes"] = demand.idle.map { .integer($0) }
    action["session"] = session
    switch demand.kind {
    case .deny, .password: action["requireFactor"] = false
    case .always: action["factorPromptMode"] = "ALWAYS"
    case .device: action["factorPromptMode"] = "DEVICE"
    case .quarterOfAnHour, .month, .noLifetime: action["factorPromptMode"] = "SESSION"
    case .strangeMode: action["factorPromptMode"] = "SOMETIMES"
    case .strangePrimary: action["primaryFactor"] = "TELEPATHY"
    }
    if demand.kind == .quarterOfAnHour { action["factorLifetime"] = 15 }
    if demand.kind == .month { action["factorLifetime"] = 43_200 }
    return action
  }

  static func meaning(_ demand: SessionDemand) -> Meaning {
    switch demand.kind {
    case .deny: .refused
    case .password: .one
    case .always, .quarterOfAnHour: .two
    case .device, .month, .noLifetime: .remembered
    case .strangeMode, .strangePrimary: .unread
    }
  }

  /// Whether a session may last for longer than the limit: no limit is 0, or none that is shown.
  static func lasts(_ demand: SessionDemand) -> Bool {
    func isLong(_ minutes: Int?) -> Bool { minutes.map { $0 <= 0 || $0 > limit } ?? true }
    return isLong(demand.lifetime)
  }

  // MARK: Applications

  static func json(_ demand: AppDemand) -> JSON {
    if demand.kind == .deny { return ["access": "DENY"] }
    var method = method(demand)
    method["reauthenticateIn"] = demand.again.map { .string($0) }
    method["inactivityPeriod"] = demand.inactivity.map { .string($0) }
    var action: JSON = ["access": "ALLOW", "verificationMethod": method]
    switch demand.keep {
    case .allowed?: action["keepMeSignedIn"] = ["postAuth": "ALLOWED"]
    case .refused?: action["keepMeSignedIn"] = ["postAuth": "NOT_ALLOWED"]
    case .strange?: action["keepMeSignedIn"] = ["postAuth": "PERHAPS"]
    case nil: break
    }
    return action
  }

  private static func method(_ demand: AppDemand) -> JSON {
    func assurance(_ mode: String, _ constraints: [JSON] = []) -> JSON {
      var method: JSON = ["type": "ASSURANCE", "factorMode": .string(mode)]
      if !constraints.isEmpty { method["constraints"] = .array(constraints) }
      return method
    }
    func held(_ part: JSON) -> JSON { ["possession": part] }
    func chains(_ chains: [[[String]]]) -> JSON {
      [
        "type": "AUTH_METHOD_CHAIN",
        "chains": .array(chains.map { chain($0[...], demand.isChainShort) }),
      ]
    }
    let verified = held(["userVerification": "REQUIRED"])
    return switch demand.kind {
    case .deny, .one: assurance("1FA")
    case .two: assurance("2FA", [["knowledge": ["required": true, "types": ["password"]]]])
    case .touch: assurance("1FA", [verified])
    case .touchOrAny: assurance("1FA", [verified, ["knowledge": ["types": ["password"]]]])
    case .optionalTouch:
      assurance("1FA", [held(["userVerification": "REQUIRED", "required": false])])
    case .phishingResistant: assurance("1FA", [held(["phishingResistant": "REQUIRED"])])
    case .strangeConstraint: assurance("1FA", [["telepathy": ["required": true]]])
    case .external:
      assurance(
        "2FA", [held(["authenticationMethods": [["key": "external_idp", "method": "idp"]]])])
    case .proofing: ["type": "ID_PROOFING", "id": "x"]
    case .passwordPush: chains([[["okta_password"], ["okta_verify"]]])
    case .passwordAlone: chains([[["okta_password"]]])
    case .pushAlone: chains([[["okta_verify"]]])
    case .verifiedPush: chains([[["okta_verify!"]]])
    case .passwordQuestion: chains([[["okta_password"], ["security_question"]]])
    case .twoPossessions: chains([[["webauthn"], ["okta_verify"]]])
    case .card: chains([[["smart_card_idp"]]])
    case .passwordCard: chains([[["okta_password"], ["smart_card_idp"]]])
    case .passwordExternal: chains([[["okta_password"], ["external_idp"]]])
    case .eitherWeak: chains([[["okta_password"], ["okta_verify"]], [["okta_password"]]])
    case .strangeMethod: chains([[["okta_password"], ["okta_verify", "telepathy"]]])
    }
  }

  /// A chain of steps, each a choice of methods; one with a mark demands user verification.
  private static func chain(_ steps: ArraySlice<[String]>, _ isShort: Bool) -> JSON {
    let methods = (steps.first ?? []).map { key -> JSON in
      key.hasSuffix("!")
        ? ["key": .string(String(key.dropLast())), "method": "m", "userVerification": "REQUIRED"]
        : ["key": .string(key), "method": "m"]
    }
    var chain: JSON = ["authenticationMethods": .array(methods)]
    if steps.count > 1 { chain["next"] = [Self.chain(steps.dropFirst(), isShort)] }
    if isShort { chain["reauthenticateIn"] = "PT1H" }
    return chain
  }

  static func meaning(_ demand: AppDemand) -> Meaning {
    let asked: Meaning =
      switch demand.kind {
      case .deny: .refused
      // Possessions are one class, and knowledge is another one; a gesture is two where it demands to know who makes it.
      case .one, .touchOrAny, .optionalTouch, .phishingResistant, .passwordAlone, .pushAlone,
        .passwordQuestion, .twoPossessions, .eitherWeak:
        .one
      case .two, .touch, .passwordPush, .verifiedPush, .passwordCard: .two
      case .external, .passwordExternal: .asserted
      case .strangeConstraint, .proofing, .card, .strangeMethod: .unread
      }
    guard asked == .two || asked == .asserted, let keep = demand.keep else { return asked }
    switch keep {
    case .refused: return asked
    case .strange: return .unread
    // Whoever stays signed in is not asked for a second factor, until the rule itself asks anew.
    case .allowed: return asked == .two && lasts(demand) ? .remembered : asked
    }
  }

  /// Whether what was asked for once counts for longer than the limit.
  static func lasts(_ demand: AppDemand) -> Bool {
    func isShort(_ text: String?) -> Bool { ["PT0S", "PT1H", "PT2H"].contains(text) }
    let isChain = method(demand)["type"] == "AUTH_METHOD_CHAIN"
    return !isShort(demand.again)
      && !(isChain && demand.isChainShort)
  }

  // MARK: Resets

  static func json(_ demand: ResetDemand) -> JSON {
    func allowed(_ control: String, _ stepUp: Bool) -> JSON {
      [
        "access": "ALLOW",
        "requirement": [
          "accessControl": .string(control), "primary": ["methods": ["email"]],
          "stepUp": ["required": .bool(stepUp)],
        ],
      ]
    }
    return switch demand {
    case .deny: ["access": "DENY"]
    case .twoSteps: allowed("LEGACY", true)
    case .oneStep: allowed("LEGACY", false)
    case .managed: allowed("AUTH_POLICY", false)
    case .notShown: [:]
    }
  }

  /// Whether a reset may be made by one step.
  func isDoubtful(_ demand: ResetDemand) -> Bool {
    switch demand {
    case .deny, .twoSteps: false
    case .oneStep, .notShown: true
    case .managed: management != .two
    }
  }
}
