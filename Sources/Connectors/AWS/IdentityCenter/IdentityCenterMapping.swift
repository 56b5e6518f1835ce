internal import IdentityCore

/// Compiles an instance: either another provider decides, or the operator vouches, or nobody can tell; pure.
enum IdentityCenterMapping {
  /// The name by which the configuration leads on to the provider behind an instance.
  static let externalKey = "external"

  /// The fact that Identity Center does not say whether an account is enabled.
  static let unclear: SubjectAtom.ID = 0
  /// The fact that it does not say in full which issuers an account has ids of.
  static let unclearIssuer: SubjectAtom.ID = 1
  /// The fact that an account has no external id at all.
  static let noIssuer: SubjectAtom.ID = 2

  /// The facts about people: those above, and one for each issuer.
  static func atoms(_ issuers: [String]) -> [SubjectAtom] {
    [
      SubjectAtom(kind: .attribute, id: "UserStatus=other", name: "has no known status"),
      SubjectAtom(kind: .attribute, id: "ExternalIds=?", name: "has an issuer that is not told"),
      SubjectAtom(kind: .attribute, id: "ExternalIds=none", name: "has no external id"),
    ]
      + issuers.map {
        SubjectAtom(kind: .attribute, id: "Issuer=\($0)", name: "is provisioned by \($0)")
      }
  }

  /// The fact that an account has an id of the issuer at a place of the list.
  static func issuer(_ place: Int) -> SubjectAtom.ID { place + 3 }

  static func model(
    _ instance: String, _ configuration: IdentityCenterConfiguration, issuers: [String]
  ) -> SignInModel {
    var model = SignInModel(atoms: atoms(issuers), policy: .demand(.refused, by: nil))
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
      let leaves = rule("external", "leaves the sign-in to the external identity provider")
      let stranger = unknown(
        "which issuers the account has ids of", "check the user in the console of Identity Center")
      model.upstreams = issuers.map { Upstream(name: $0, keys: [$0, externalKey]) }
      var doors = issuers.indices.map { place in
        SignInPolicy.firstMatch(
          [.init(.subject(issuer(place)), .upstream(place, by: leaves))],
          otherwise: .demand(.refused, by: nil))
      }
      model.upstreams.append(
        Upstream(
          name: "the external identity provider",
          keys: [externalKey] + (issuers.count == 1 ? issuers : [])))
      let external = SignInPolicy.upstream(issuers.count, by: leaves)
      // Who is provisioned by nobody signs in at the one external provider; which of several it is, is not told.
      doors.append(
        .firstMatch(
          [.init(.subject(noIssuer), issuers.count > 1 ? .any([stranger, external]) : external)],
          otherwise: .demand(.refused, by: nil)))
      model.policy = .firstMatch(
        [.init(.subject(unclearIssuer), .any([stranger, external] + doors))],
        otherwise: .any(doors))
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
