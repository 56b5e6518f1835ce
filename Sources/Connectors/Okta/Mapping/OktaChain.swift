internal import ConnectorKit
internal import JSONQuery

/// Chains of authentication methods: alternatives of up to three steps, each with a choice of methods.
enum OktaChain {
  /// What one step proves.
  ///
  /// A method proves what the step demands of it, not all that it may prove: a touch or a push is a possession, and a second
  /// class only where user verification is demanded. Two possessions are one class.
  private enum Step: Hashable {
    case knowledge, possession
    /// Two factors in one gesture.
    case double
    /// A possession that another identity provider is believed on.
    case asserted
    /// A possession that may be two factors: a smart card, whose PIN stands in no chain.
    case card
    /// Not known.
    case unclear
  }

  private enum Strength {
    case single, multi, asserted, unclear
  }

  static let externalProvider = "external_idp"
  private static let knowledge: Set<String> = ["okta_password", "security_question"]
  private static let possession: Set<String> = [
    "okta_email", "phone_number", "okta_verify", "google_otp", "webauthn", "security_key",
    "custom_app", "custom_otp", "duo", "rsa_token", "symantec_vip", "yubikey_token", "onprem_mfa",
    "del_oath",
  ]
  private static let maxSteps = 8

  /// Two factors only if every chain, whatever the person chooses in it, asks for two classes of factors in two steps or
  /// for a possession with user verification.
  static func outcome(_ chains: JSONValue?) -> OktaOutcome {
    guard let chains else { return .unshown("chains") }
    guard let alternatives = chains.array, !alternatives.isEmpty else {
      return .unknown("chains \(OktaOutcome.short(chains))")
    }
    let strengths = alternatives.map { strength($0, [], 1) }
    if strengths.contains(.single) { return .single("asks for one factor") }
    if strengths.contains(.unclear) {
      return alternatives.allSatisfy(isWhole)
        ? .unknown("chains \(OktaOutcome.short(chains))") : .unshown("a part of chains")
    }
    if strengths.contains(.asserted) { return .asserted }
    return .multi("asks for a chain of two factors")
  }

  /// Whether every step of a chain names its methods.
  private static func isWhole(_ chain: JSONValue) -> Bool {
    guard let methods = chain["authenticationMethods"]?.array else { return false }
    return methods.allSatisfy { $0["key"] != nil && $0["method"] != nil }
      && (chain["next"]?.array ?? []).allSatisfy(isWhole)
  }

  /// The weakest way through a chain after the steps before it.
  private static func strength(_ chain: JSONValue, _ before: [Step], _ step: Int) -> Strength {
    guard step <= maxSteps, chain.hasOnly(["authenticationMethods", "next", "reauthenticateIn"]),
      let methods = chain["authenticationMethods"]?.array, !methods.isEmpty,
      let next = chain["next"].map(\.array) ?? .some([])
    else { return strength(of: before) == .multi ? .multi : .unclear }
    var weakest = Strength.multi
    for method in methods {
      let steps = before + [self.step(method)]
      let ways =
        next.isEmpty ? [strength(of: steps)] : next.map { strength($0, steps, step + 1) }
      if ways.contains(.single) { return .single }
      if ways.contains(.unclear) {
        weakest = .unclear
      } else if weakest == .multi, ways.contains(.asserted) {
        weakest = .asserted
      }
    }
    return weakest
  }

  private static func strength(of steps: [Step]) -> Strength {
    let own = steps.filter { $0 != .asserted }
    if isTwoFactors(own) { return .multi }
    if own.contains(.unclear) || own.contains(.card) { return .unclear }
    return isTwoFactors(steps) ? .asserted : .single
  }

  private static func isTwoFactors(_ steps: [Step]) -> Bool {
    steps.contains(.double)
      || steps.contains(.knowledge)
        && steps.contains { $0 == .possession || $0 == .card || $0 == .asserted }
  }

  private static func step(_ json: JSONValue) -> Step {
    guard let key = json["key"]?.string?.lowercased(), json["method"]?.string != nil else {
      return .unclear
    }
    if key == "smart_card_idp" { return .card }
    if key == externalProvider { return .asserted }
    if knowledge.contains(key) { return .knowledge }
    guard possession.contains(key) else { return .unclear }
    return json["userVerification"]?.string?.uppercased() == "REQUIRED" ? .double : .possession
  }
}
