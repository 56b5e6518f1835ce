/// Chains of authentication methods: alternatives of up to three steps, each with a choice of methods.
enum OktaChain {
  /// What a method proves.
  private struct Proof: OptionSet, Hashable {
    let rawValue: Int
    static let knowledge = Proof(rawValue: 1)
    static let possession = Proof(rawValue: 2)
    static let inherence = Proof(rawValue: 4)
    /// Could be any of the three.
    static let unclear = Proof(rawValue: 8)

    var isTwoFactors: Bool {
      [Proof.knowledge, .possession, .inherence].filter(contains).count >= 2
    }
  }

  private enum Strength {
    case single, multi, unclear
  }

  private static let knowledge: Set<String> = ["okta_password", "security_question"]
  private static let possession: Set<String> = [
    "okta_email", "phone_number", "okta_verify", "google_otp", "webauthn", "security_key",
    "custom_app", "custom_otp", "duo", "external_idp", "rsa_token", "symantec_vip",
    "yubikey_token", "onprem_mfa", "del_oath",
  ]
  private static let maxSteps = 8

  /// Two factors only if every chain, whatever the person chooses in it, asks for two kinds of proof or for a possession
  /// with user verification.
  static func outcome(_ chains: JSONValue?) -> OktaOutcome {
    guard let chains, let alternatives = chains.array, !alternatives.isEmpty else {
      return .unknown("chains \(chains.map(OktaOutcome.short) ?? "missing")")
    }
    let strengths = alternatives.map { strength($0, [], 1) }
    if strengths.contains(.single) { return .single("asks for one factor") }
    if strengths.contains(.unclear) { return .unknown("chains \(OktaOutcome.short(chains))") }
    return .multi("asks for a chain of two factors")
  }

  /// The weakest way through a chain after what was proven before it.
  private static func strength(_ chain: JSONValue, _ before: Proof, _ step: Int) -> Strength {
    guard step <= maxSteps, chain.hasOnly(["authenticationMethods", "next", "reauthenticateIn"]),
      let methods = chain["authenticationMethods"]?.array, !methods.isEmpty,
      let next = chain["next"].map(\.array) ?? .some([])
    else { return before.isTwoFactors ? .multi : .unclear }
    var weakest = Strength.multi
    for method in methods {
      let proven = before.union(proof(method))
      let ways =
        next.isEmpty ? [strength(of: proven)] : next.map { strength($0, proven, step + 1) }
      if ways.contains(.single) { return .single }
      if ways.contains(.unclear) { weakest = .unclear }
    }
    return weakest
  }

  private static func strength(of proof: Proof) -> Strength {
    if proof.isTwoFactors { return .multi }
    return proof.contains(.unclear) ? .unclear : .single
  }

  private static func proof(_ method: JSONValue) -> Proof {
    guard let key = method["key"]?.string?.lowercased() else { return .unclear }
    // A smart card opens with its PIN.
    if key == "smart_card_idp" { return [.possession, .knowledge] }
    if knowledge.contains(key) { return .knowledge }
    let isVerified = method["userVerification"]?.string?.uppercased() == "REQUIRED"
    guard possession.contains(key) else { return .unclear }
    return isVerified ? [.possession, .inherence] : .possession
  }
}
