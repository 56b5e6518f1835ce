internal import ConnectorKit
internal import JSONQuery

/// Chains of authentication methods: alternatives of up to three steps, each with a choice of methods.
enum OktaChain {
  /// The classes of factors that a method may count for.
  private struct Proof: OptionSet, Hashable {
    let rawValue: Int
    static let knowledge = Proof(rawValue: 1)
    static let possession = Proof(rawValue: 2)
    static let inherence = Proof(rawValue: 4)
  }

  /// What one step proves.
  private struct Step: Hashable {
    enum Kind {
      /// One factor, of any of the classes.
      case plain
      /// Two factors in one gesture.
      case double
      /// One factor, of which another identity provider is believed.
      case asserted
      /// Not known.
      case unclear
    }

    var kind: Kind
    var proof: Proof = []
    /// Key and method: the same one again proves nothing new.
    var method: String

    /// Whether both together are factors of two classes.
    func isTwoFactors(with other: Step) -> Bool {
      method != other.method && !proof.isEmpty && !other.proof.isEmpty
        && (proof != other.proof || proof.rawValue.nonzeroBitCount > 1)
    }
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
  /// Keys with the methods that are possession and inherence at a time.
  private static let biometric: [String: Set<String>] = [
    "okta_verify": ["push", "signed_nonce"], "custom_app": ["push"], "webauthn": ["webauthn"],
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
    let own = steps.filter { $0.kind != .asserted }
    if isTwoFactors(own) { return .multi }
    if own.contains(where: { $0.kind == .unclear }) { return .unclear }
    return isTwoFactors(steps) ? .asserted : .single
  }

  private static func isTwoFactors(_ steps: [Step]) -> Bool {
    steps.contains { $0.kind == .double }
      || steps.contains { step in steps.contains { step.isTwoFactors(with: $0) } }
  }

  private static func step(_ json: JSONValue) -> Step {
    guard let key = json["key"]?.string?.lowercased(),
      let name = json["method"]?.string?.lowercased()
    else { return Step(kind: .unclear, method: "") }
    let method = "\(key)/\(name)"
    // A smart card opens with its PIN.
    if key == "smart_card_idp" {
      return Step(kind: .double, proof: [.possession, .knowledge], method: method)
    }
    if key == externalProvider {
      return Step(kind: .asserted, proof: .possession, method: method)
    }
    if knowledge.contains(key) { return Step(kind: .plain, proof: .knowledge, method: method) }
    guard possession.contains(key) else { return Step(kind: .unclear, method: method) }
    let isVerified = json["userVerification"]?.string?.uppercased() == "REQUIRED"
    let isBiometric = biometric[key]?.contains(name) == true
    return Step(
      kind: isVerified ? .double : .plain,
      proof: isVerified || isBiometric ? [.possession, .inherence] : .possession, method: method)
  }
}
