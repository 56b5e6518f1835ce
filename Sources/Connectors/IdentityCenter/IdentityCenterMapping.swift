internal import IdentityCore

/// Compiles an instance: either another provider decides, or the operator vouches, or nobody can tell; pure.
enum IdentityCenterMapping {
  /// The name by which the configuration leads on to the provider behind an instance.
  static let externalKey = "external"

  /// The fact that Identity Center does not say whether an account is enabled.
  static let unclear: SubjectAtom.ID = 0

  static func model(
    _ instance: String, _ configuration: IdentityCenterConfiguration, issuers: Set<String>
  ) -> SignInModel {
    var model = SignInModel(
      atoms: [
        SubjectAtom(kind: .attribute, id: "UserStatus=other", name: "has no known status")
      ], policy: .demand(.refused, by: nil))
    func rule(_ name: String, _ demand: String) -> RuleReference.ID {
      model.rules.append(
        RuleReference(
          policyID: instance, policyName: "Identity Center", ruleID: name, ruleName: name,
          demand: demand))
      return model.rules.count - 1
    }
    func unknown(_ title: String, _ remedy: String) -> SignInPolicy {
      model.unknowns.append(Unknown(title: title, remedy: remedy))
      return .demand(.unknown(model.unknowns.count - 1), by: nil)
    }
    switch (configuration.identitySource, configuration.attestedMode) {
    case (.external, _):
      model.upstreams = [
        Upstream(
          name: "the external identity provider", keys: [externalKey] + issuers.sorted())
      ]
      model.policy = .upstream(
        0, by: rule("external", "leaves the sign-in to the external identity provider"))
    case (.directory, .alwaysOn):
      model.policy = .demand(
        .multiFactor, by: rule("always-on (attested)", "asks for two factors"))
    case (.directory, .contextAware):
      model.variables = [Variable(name: "sign-in context", values: ["known", "new"])]
      let asks = rule("context-aware (attested)", "asks for two factors in a new context")
      let trusts = rule("context-aware (attested)", "asks for a password only in a known context")
      model.policy = .firstMatch(
        [.init(.variable(0, in: [0]), .demand(.singleFactor, by: trusts))],
        otherwise: .demand(.multiFactor, by: asks))
    case (.directory, .never):
      model.policy = .demand(
        .singleFactor, by: rule("never (attested)", "asks for one factor only"))
    case (.directory, nil):
      model.policy = unknown(
        "when the built-in directory of Identity Center asks for MFA, for no API shows it",
        "vouch for the mode that the console shows: attested_mode: always-on")
    case (nil, _):
      model.policy = unknown(
        "where people of Identity Center sign in, for no API shows it",
        "set identity_source: external or directory")
    }
    let status = unknown(
      "whether the account is enabled", "check the user in the console of Identity Center")
    model.policy = .firstMatch([.init(.subject(unclear), status)], otherwise: model.policy)
    return model
  }
}
