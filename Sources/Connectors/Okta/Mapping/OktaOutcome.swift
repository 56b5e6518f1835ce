internal import ConnectorKit
internal import JSONQuery

/// What a rule asks for once it applies.
enum OktaOutcome: Sendable, Hashable {
  /// No sign-in.
  case refused
  /// One factor is enough; the phrase.
  case single(String)
  /// Two factors; the phrase.
  case multi(String)
  /// Two factors, but not on a device that was remembered.
  case rememberable
  /// Two factors, of which an external identity provider may only assert one.
  case asserted
  /// Not readable; what, as a phrase.
  case unknown(String)
  /// Not readable, because Okta did not show a field; which.
  case unshown(String)

  /// Reads the action of a rule of a global session policy.
  ///
  /// - Parameter limitMinutes: from this lifetime on, a remembered second factor is a way around it.
  static func session(_ actions: JSONValue?, limitMinutes: Int64) -> OktaOutcome {
    guard let signon = actions?["signon"] else { return .unshown("actions.signon") }
    if let primary = signon["primaryFactor"],
      !["PASSWORD_IDP", "PASSWORD_IDP_ANY_FACTOR"].contains(primary.string)
    {
      return .unknown("primaryFactor \(short(primary))")
    }
    switch signon["access"]?.string {
    case "DENY": return .refused
    case "ALLOW": break
    case nil where signon["access"] == nil: return .unshown("access")
    default: return .unknown("access \(signon["access"]?.text ?? "")")
    }
    switch signon["requireFactor"]?.bool {
    case false: return .single("asks for a password only")
    case true: break
    case nil where (signon["requireFactor"] ?? .null) == .null:
      return .single("asks for a password only")
    default: return .unknown("requireFactor \(signon["requireFactor"]?.text ?? "missing")")
    }
    switch signon["factorPromptMode"]?.string {
    case "ALWAYS": return .multi("asks for two factors")
    case "SESSION":
      // Without a lifetime, or with one that is no number, how long it lasts is not known: the longer counts.
      let lifetime = signon["factorLifetime"]?.integer ?? .max
      guard lifetime > 0 else { return .unknown("factorLifetime \(lifetime)") }
      return lifetime > limitMinutes ? .rememberable : .multi("asks for two factors")
    case "DEVICE": return .rememberable
    case nil where signon["factorPromptMode"] == nil: return .rememberable
    default: return .unknown("factorPromptMode \(signon["factorPromptMode"]?.text ?? "")")
    }
  }

  private static let signonKeys: Set<String> = [
    "access", "requireFactor", "factorPromptMode", "factorLifetime", "rememberDeviceByDefault",
    "primaryFactor", "session",
  ]
  private static let sessionKeys: Set<String> = [
    "maxSessionIdleMinutes", "maxSessionLifetimeMinutes", "usePersistentCookie",
  ]
  private static let signOnKeys: Set<String> = ["access", "verificationMethod", "keepMeSignedIn"]
  private static let methodKeys: Set<String> = [
    "type", "factorMode", "constraints", "reauthenticateIn", "inactivityPeriod", "chains", "id",
  ]

  /// The keys of a rule's action that are not known.
  ///
  /// What they ask of a sign-in, or excuse from, nobody can tell.
  static func unrecognised(_ actions: JSONValue?, isSession: Bool) -> [UnrecognisedKey] {
    let name = isSession ? "signon" : "appSignOn"
    let inner = isSession ? "session" : "verificationMethod"
    let action = actions?[name]
    let parts: [(JSONValue?, Set<String>, String)] = [
      (actions, [name], "actions"),
      (action, isSession ? signonKeys : signOnKeys, "actions/\(name)"),
      (action?[inner], isSession ? sessionKeys : methodKeys, "actions/\(name)/\(inner)"),
    ]
    return parts.flatMap { json, known, path in
      json?.unrecognised(besides: known, at: path) ?? []
    }
  }

  /// Whether a session that a rule lets begin may be used for longer than the limit.
  ///
  /// Only its lifetime ends it: one that is used is never idle. 0 is no limit, and so is what is not shown.
  static func isLong(session actions: JSONValue?, limitMinutes: Int64) -> Bool {
    guard let minutes = actions?["signon"]?["session"]?["maxSessionLifetimeMinutes"]?.integer,
      minutes > 0
    else { return true }
    return minutes > limitMinutes
  }

  /// Whether what an application's rule asked for once may count for longer than the limit.
  static func isLong(app actions: JSONValue?, limitMinutes: Int64) -> Bool {
    guard let method = actions?["appSignOn"]?["verificationMethod"] else { return true }
    func isShort(_ json: JSONValue?) -> Bool {
      OktaDuration.minutes(json?.string).map { $0 <= limitMinutes } ?? false
    }
    if method["type"]?.string?.uppercased() == "AUTH_METHOD_CHAIN" {
      func isShortChain(_ chain: JSONValue) -> Bool {
        isShort(chain["reauthenticateIn"]) && (chain["next"]?.array ?? []).allSatisfy(isShortChain)
      }
      if let chains = method["chains"]?.array, !chains.isEmpty, chains.allSatisfy(isShortChain) {
        return false
      }
    }
    // A factor's own interval stands instead of the rule's.
    let own = (method["constraints"]?.array ?? []).flatMap { constraint in
      [constraint["knowledge"], constraint["possession"]].compactMap { $0?["reauthenticateIn"] }
    }
    // Nor does a time without activity end what is used.
    return !own.allSatisfy { isShort($0) } || !isShort(method["reauthenticateIn"])
  }

  /// What an action for a session does not show, so that its longest or weakest reading counts.
  static func unshownFields(ofSession actions: JSONValue?) -> [String] {
    guard let signon = actions?["signon"], signon["requireFactor"]?.bool == true else { return [] }
    let lifetime = "maxSessionLifetimeMinutes"
    let session =
      signon["session"].map { $0[lifetime]?.integer == nil ? ["session.\(lifetime)"] : [] }
      ?? ["session"]
    if signon["factorPromptMode"] == nil { return ["factorPromptMode"] + session }
    let lasts = signon["factorPromptMode"]?.string == "SESSION"
    return (lasts && signon["factorLifetime"] == nil ? ["factorLifetime"] : []) + session
  }

  /// Reads the action of a rule of an application's sign-in policy.
  ///
  /// - Parameter limitMinutes: from this age on, an old second factor is none.
  static func app(_ actions: JSONValue?, limitMinutes: Int64) -> OktaOutcome {
    guard let signOn = actions?["appSignOn"] else { return .unshown("actions.appSignOn") }
    switch signOn["access"]?.string {
    case "DENY": return .refused
    case "ALLOW": break
    case nil where signOn["access"] == nil: return .unshown("access")
    default: return .unknown("access \(signOn["access"]?.text ?? "")")
    }
    guard let method = signOn["verificationMethod"] else {
      return .unshown("verificationMethod")
    }
    let outcome: OktaOutcome
    switch method["type"]?.string?.uppercased() {
    case "ASSURANCE": outcome = assurance(method)
    case "AUTH_METHOD_CHAIN": outcome = OktaChain.outcome(method["chains"])
    case nil where method["type"] == nil: return .unshown("verificationMethod.type")
    default: return .unknown("verification method \(method["type"]?.text ?? "")")
    }
    guard outcome == .asserted || outcome.asksForTwo else { return outcome }
    switch staysSignedIn(signOn["keepMeSignedIn"]) {
    case nil: return .unknown("keepMeSignedIn \(short(signOn["keepMeSignedIn"] ?? .null))")
    // Who stays signed in is not asked again; the interval of the rule itself goes before.
    case true? where isLong(app: actions, limitMinutes: limitMinutes):
      return outcome == .asserted ? outcome : .rememberable
    case true?, false?: return outcome
    }
  }

  /// Whether people may choose to stay signed in; nil where that is not known.
  private static func staysSignedIn(_ choice: JSONValue?) -> Bool? {
    guard let choice else { return false }
    guard choice.hasOnly(["postAuth", "postAuthPromptFrequency"]) else { return nil }
    switch choice["postAuth"]?.string {
    case "ALLOWED": return true
    case "NOT_ALLOWED": return false
    default: return nil
    }
  }

  /// Whether it lets in with two factors and no exception.
  var asksForTwo: Bool {
    if case .multi = self { true } else { false }
  }

  /// Whether it refuses, or asks for two factors, be they old ones.
  var protects: Bool { self == .refused || mayBeOld }

  /// Whether it asks for a second factor that may be an old one.
  var mayBeOld: Bool { asksForTwo || self == .rememberable || self == .asserted }

  private static func assurance(_ method: JSONValue) -> OktaOutcome {
    switch method["factorMode"]?.string?.uppercased() {
    // Whatever the constraints add, two factors are asked for; any one of the constraints is enough.
    case "2FA":
      return method["constraints"]?.array?.contains(where: takesOnlyExternalPossession) == true
        ? .asserted : .multi("asks for two factors")
    case "1FA": return oneFactor(method["constraints"])
    case nil where method["factorMode"] == nil: return .unshown("factorMode")
    default: return .unknown("factorMode \(method["factorMode"]?.text ?? "")")
    }
  }

  /// One factor is as good as two when every way through demands a possession with user verification: one gesture, two
  /// factors.
  private static func oneFactor(_ constraints: JSONValue?) -> OktaOutcome {
    guard let constraints else { return .single("asks for one factor") }
    guard let alternatives = constraints.array else {
      return .unknown("constraints \(short(constraints))")
    }
    guard !alternatives.isEmpty else { return .single("asks for one factor") }
    let strengths = alternatives.map(strength)
    if strengths.contains(.weak) { return .single(phrase(alternatives)) }
    if let strange = zip(alternatives, strengths).first(where: { $0.1 == .strange })?.0 {
      return .unknown("constraint \(short(strange))")
    }
    return alternatives.contains(where: takesOnlyExternalPossession)
      ? .asserted : .multi("asks for one step with user verification")
  }

  /// Whether an external identity provider is the only possession that a constraint takes.
  private static func takesOnlyExternalPossession(_ constraint: JSONValue) -> Bool {
    guard let held = constraint["possession"], isRequired(held) != false,
      let methods = held["authenticationMethods"]?.array, !methods.isEmpty
    else { return false }
    return methods.allSatisfy { $0["key"]?.string?.lowercased() == OktaChain.externalProvider }
  }

  private enum Strength {
    case weak, strong, strange
  }

  /// Whether a part of a constraint is demanded, which it is unless it says otherwise; nil where that is not known.
  private static func isRequired(_ part: JSONValue) -> Bool? {
    guard let shown = part["required"] else { return true }
    return shown.bool
  }

  private static let common: Set<String> = [
    "required", "types", "methods", "authenticationMethods", "excludedAuthenticationMethods",
    "reauthenticateIn",
  ]
  private static let possession = common.union([
    "deviceBound", "hardwareProtection", "phishingResistant", "userPresence", "userVerification",
    "userVerificationMethods",
  ])

  private static func strength(_ constraint: JSONValue) -> Strength {
    guard constraint.object != nil else { return .strange }
    if let held = constraint["possession"], held.object != nil,
      held["userVerification"]?.string?.uppercased() == "REQUIRED"
    {
      switch isRequired(held) {
      case true?: return .strong
      case nil: return .strange
      case false?: break
      }
    }
    let isPlain =
      constraint.hasOnly(["knowledge", "possession"])
      && constraint["knowledge"]?.hasOnly(common) ?? true
      && constraint["possession"]?.hasOnly(possession) ?? true
      && constraint["possession"]?["userVerification"].map { $0.string != nil } ?? true
    return isPlain ? .weak : .strange
  }

  private static func phrase(_ alternatives: [JSONValue]) -> String {
    let types = alternatives.first?["knowledge"]?["types"]?.strings?.map { $0.lowercased() }
    return alternatives.count == 1 && types == ["password"]
      ? "asks for a password only" : "asks for one factor"
  }

  /// A value as short as a message needs it.
  static func short(_ value: JSONValue) -> String {
    let text = value.text
    return text.count > 80 ? String(text.prefix(80)) + "…" : text
  }
}
