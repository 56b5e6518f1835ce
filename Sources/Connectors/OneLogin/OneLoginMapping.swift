internal import IdentityCore

/// What the accounts say that policies hang on, in the order seen.
struct OneLoginFacts: Sendable {
  /// The groups that carry users' policies.
  private(set) var groups: [Int64] = []
  /// The identity providers that users come from.
  private(set) var trustedProviders: [Int64] = []

  /// Adds what one account says.
  mutating func add(group: Int64?, trustedProvider: Int64?) {
    if let group, !groups.contains(group) { groups.append(group) }
    if let trustedProvider, !trustedProviders.contains(trustedProvider) {
      trustedProviders.append(trustedProvider)
    }
  }

  /// The facts as atoms, groups first.
  var atoms: [SubjectAtom] {
    groups.map {
      SubjectAtom(kind: .group, id: String($0), name: "group \($0)")
    }
      + trustedProviders.map {
        SubjectAtom(
          kind: .attribute, id: "trusted_idp_id=\($0)", name: "trusted identity provider \($0)")
      }
  }

  /// The places of the facts that hold for an account.
  func places(group: Int64?, trustedProvider: Int64?) -> Set<SubjectAtom.ID> {
    let first = group.flatMap { groups.firstIndex(of: $0) }
    let second = trustedProvider.flatMap { trustedProviders.firstIndex(of: $0) }
    return Set([first, second.map { groups.count + $0 }].compactMap(\.self))
  }
}

/// Compiles what stands before an application into the common form; pure.
///
/// The application's policy decides where somebody vouches for it; otherwise, or where it asks for nothing, that of the
/// person's group. A person who comes from a trusted identity provider has two ways in.
struct OneLoginMapping {
  let attestation: OneLoginConfiguration.Attestation
  let facts: OneLoginFacts

  private var variables: [Variable] = []
  private var unknowns: [Unknown] = []
  private var rules: [RuleReference] = []

  init(_ attestation: OneLoginConfiguration.Attestation, _ facts: OneLoginFacts) {
    self.attestation = attestation
    self.facts = facts
  }

  /// The model of one application.
  mutating func model(_ app: OneLoginWire.App) -> SignInModel {
    let own = policy(app, users: userPolicies())
    let upstreams = facts.trustedProviders.map {
      Upstream(
        name: "trusted identity provider \($0)", keys: [String($0), "trusted_idp_id=\($0)"])
    }
    var branches: [SignInPolicy.Branch] = []
    for (index, provider) in facts.trustedProviders.enumerated() {
      let rule = reference(
        "trusted_idp_id", "trusted identity provider", String(provider), "provider \(provider)",
        "lets trusted identity provider \(provider) vouch for the sign-in")
      branches.append(
        .init(.subject(facts.groups.count + index), .any([.upstream(index, by: rule), own])))
    }
    return SignInModel(
      variables: variables, atoms: facts.atoms, unknowns: unknowns, rules: rules,
      policy: branches.isEmpty ? own : .firstMatch(branches, otherwise: own),
      upstreams: upstreams)
  }

  private mutating func policy(
    _ app: OneLoginWire.App, users: SignInPolicy
  ) -> SignInPolicy {
    guard app.isPolicyTold else { return .all([unknown("app policy", "policies.app"), users]) }
    guard let id = app.policy else { return users }
    let title = "app policy \(id)"
    switch attestation.apps[String(id)] {
    case .enforced?: return leaf(title, String(id), .multiFactor)
    case .conditional?: return conditional(title, String(id))
    case OneLoginConfiguration.Attested.none?: return users
    // Both are to be passed, and what the application's asks for nobody knows.
    case nil: return .all([unknown(title, "policies.app"), users])
    }
  }

  /// What the policy of the person's group asks for; the default covers people without one and groups nobody names.
  private mutating func userPolicies() -> SignInPolicy {
    var branches: [SignInPolicy.Branch] = []
    for (index, group) in facts.groups.enumerated() {
      let named = attestation.groups[String(group)]
      let byDefault = named == nil && attestation.fallback != nil
      branches.append(
        .init(
          .subject(index),
          user(
            named ?? attestation.fallback,
            "user policy of group \(group)" + (byDefault ? ", by the default" : ""),
            String(group))))
    }
    let fallback = user(attestation.fallback, "default user policy", "default")
    return branches.isEmpty ? fallback : .firstMatch(branches, otherwise: fallback)
  }

  private mutating func user(
    _ attested: OneLoginConfiguration.Attested?, _ title: String, _ id: String
  ) -> SignInPolicy {
    switch attested {
    case .enforced?: leaf(title, id, .multiFactor)
    case .conditional?: conditional(title, id)
    case OneLoginConfiguration.Attested.none?: leaf(title, id, .singleFactor)
    case nil: unknown(title, "policies.user_by_group")
    }
  }

  // MARK: Leaves

  private mutating func leaf(_ title: String, _ id: String, _ demand: Demand) -> SignInPolicy {
    let asks = demand == .multiFactor ? "asks for two factors" : "asks for a password only"
    return .demand(demand, by: reference(id, title, id, title, "\(asks), \(attestation.words)"))
  }

  private mutating func conditional(_ title: String, _ id: String) -> SignInPolicy {
    variables.append(Variable(name: "the exceptions of \(title)", values: ["no", "yes"]))
    let rule = reference(
      id, title, id, title, "asks for a password only where it is excepted, \(attestation.words)")
    return .firstMatch(
      [.init(.variable(variables.count - 1, in: [1]), .demand(.singleFactor, by: rule))],
      otherwise: leaf(title, id, .multiFactor))
  }

  private mutating func unknown(_ title: String, _ key: String) -> SignInPolicy {
    unknowns.append(
      Unknown(
        title: "what the \(title) asks for: no API shows it, and nobody vouches for it",
        remedy: "look it up in OneLogin and vouch for it under \(key)"))
    return .demand(.unknown(unknowns.count - 1), by: nil)
  }

  private mutating func reference(
    _ policyID: String, _ policyName: String, _ ruleID: String, _ ruleName: String,
    _ demand: String
  ) -> RuleReference.ID {
    rules.append(
      RuleReference(
        policyID: policyID, policyName: policyName, ruleID: ruleID, ruleName: ruleName,
        demand: demand))
    return rules.count - 1
  }
}
