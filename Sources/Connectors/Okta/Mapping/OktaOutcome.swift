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
      return lifetime > limitMinutes ? .rememberable : .multi("asks for two factors")
    case "DEVICE": return .rememberable
    case nil where signon["factorPromptMode"] == nil: return .rememberable
    default: return .unknown("factorPromptMode \(signon["factorPromptMode"]?.text ?? "")")
    }
  }

  /// What an action for a session does not show, so that its longest or weakest reading counts.
  static func unshownFields(ofSession actions: JSONValue?) -> [String] {
    guard let signon = actions?["signon"], signon["requireFactor"]?.bool == true else { return [] }
    if signon["factorPromptMode"] == nil { return ["factorPromptMode"] }
    let lasts = signon["factorPromptMode"]?.string == "SESSION"
    return lasts && signon["factorLifetime"] == nil ? ["factorLifetime"] : []
  }

  /// Reads the action of a rule of an application's sign-in policy.
  static func app(_ actions: JSONValue?) -> OktaOutcome {
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
    switch method["type"]?.string?.uppercased() {
    case "ASSURANCE": return assurance(method)
    case "AUTH_METHOD_CHAIN": return OktaChain.outcome(method["chains"])
    case nil where method["type"] == nil: return .unshown("verificationMethod.type")
    default: return .unknown("verification method \(method["type"]?.text ?? "")")
    }
  }

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
    guard let held = constraint["possession"], held["required"]?.bool ?? true,
      let methods = held["authenticationMethods"]?.array, !methods.isEmpty
    else { return false }
    return methods.allSatisfy { $0["key"]?.string?.lowercased() == OktaChain.externalProvider }
  }

  private enum Strength {
    case weak, strong, strange
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
    if let held = constraint["possession"], held.object != nil, held["required"]?.bool ?? true,
      held["userVerification"]?.string?.uppercased() == "REQUIRED"
    {
      return .strong
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
