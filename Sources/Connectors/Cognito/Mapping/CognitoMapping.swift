internal import IdentityCore

/// Compiles a user pool and one of its app clients; pure.
struct CognitoMapping {
  /// The facts about people that every model of the pool asks for, in the order of the table.
  struct Facts: Sendable {
    static let external = 0
    static let isNew = 1
    let atoms: [SubjectAtom]
    let providers: [CognitoWire.IdentityProvider]

    init(_ providers: [CognitoWire.IdentityProvider]) {
      self.providers = providers
      atoms =
        [
          SubjectAtom(
            kind: .attribute, id: "UserStatus=EXTERNAL_PROVIDER",
            name: "comes from another identity provider"),
          SubjectAtom(
            kind: .attribute, id: "UserStatus=FORCE_CHANGE_PASSWORD", name: "has not signed in yet"),
        ]
        + providers.map {
          SubjectAtom(
            kind: .attribute, id: "identities=\($0.name)",
            name: "linked to identity provider \($0.name)"
          )
        }
    }

    /// The fact that an account is linked to a provider; names are compared without regard to case.
    func atom(of name: String) -> SubjectAtom.ID? {
      providers.firstIndex { $0.name.lowercased() == name.lowercased() }.map { $0 + 2 }
    }
  }

  let pool: CognitoWire.Pool
  /// Nil where it may not be read; the pool's own word then stands.
  let mfa: CognitoWire.MFA?
  let facts: Facts
  /// What to do where the list of providers, or the MFA settings, may not be read.
  var unreadableProviders: Unknown?

  private var mode: String { mfa?.mode ?? pool.mfa ?? "" }

  func model(_ client: CognitoWire.Client) -> SignInModel {
    let flows = CognitoFlows(client, pool)
    var model = SignInModel(
      atoms: facts.atoms, policy: .demand(.refused, by: nil),
      upstreams: facts.providers.map { Upstream(name: $0.name, keys: [$0.name]) })
    let own = flows.ways.isEmpty ? SignInPolicy.demand(.refused, by: nil) : own(flows, &model)
    var branches: [SignInPolicy.Branch] = []
    var linked: [SignInPolicy.Branch] = []
    for (index, provider) in facts.providers.enumerated() {
      guard client.identityProviders.map({ $0.contains(provider.name) }) != false else { continue }
      let rule = add(
        RuleReference(
          policyID: pool.id, policyName: pool.name, ruleID: provider.name, ruleName: provider.name,
          demand: "leaves the sign-in to identity provider \(provider.name)"), &model)
      let atom = Condition.subject(index + 2)
      branches.append(.init(.all([.subject(Facts.external), atom]), .upstream(index, by: rule)))
      // An account of the pool that is linked has both ways in.
      linked.append(.init(atom, .any([own, .upstream(index, by: rule)])))
    }
    let stranger =
      unreadableProviders
      ?? Unknown(
        title: "which identity provider the account comes from",
        remedy: "check the identity providers of user pool \(pool.name)")
    model.unknowns.append(stranger)
    branches.append(
      .init(
        .subject(Facts.external), .demand(.unknown(model.unknowns.count - 1), by: nil)))
    branches += linked
    model.policy = .firstMatch(branches, otherwise: own)
    return model
  }

  // MARK: The pool's own sign-in

  private func own(_ flows: CognitoFlows, _ model: inout SignInModel) -> SignInPolicy {
    switch mode {
    case "ON": return required(flows, &model)
    case "OPTIONAL": return optional(&model)
    case "OFF":
      return .demand(.singleFactor, by: rule("MFA OFF", "asks for one factor only", &model))
    default:
      model.unknowns.append(
        Unknown(
          title: "what MFA configuration '\(mode.prefix(20))' of user pool \(pool.name) means",
          remedy: "report it, so that idsync learns it"))
      return .demand(.unknown(model.unknowns.count - 1), by: nil)
    }
  }

  private func required(_ flows: CognitoFlows, _ model: inout SignInModel) -> SignInPolicy {
    let multi = rule("MFA ON", "asks for two factors", &model)
    let first = rule(
      "MFA ON", "asks for two factors; the very first sign-in may end before one is registered",
      &model)
    // The confirmation message counts as the second factor of the first sign-in: a note, no other verdict.
    let base = SignInPolicy.firstMatch(
      [.init(.subject(Facts.isNew), .demand(.multiFactor, by: first))],
      otherwise: .demand(.multiFactor, by: multi))
    guard flows.ways.contains(where: { $0 != .password }) else { return base }
    var values = flows.ways.map(\.words)
    // A variable has two values or more.
    if values.count == 1 { values.append("another way") }
    model.variables.append(Variable(name: "flow", values: values))
    let variable = model.variables.count - 1
    var branches: [SignInPolicy.Branch] = []
    for (index, way) in flows.ways.enumerated() {
      guard let demand = demand(way, &model) else { continue }
      branches.append(.init(.variable(variable, in: [index]), demand))
    }
    if flows.ways.count == 1 {
      branches.append(.init(.variable(variable, in: [1]), .demand(.refused, by: nil)))
    }
    return .firstMatch(branches, otherwise: base)
  }

  /// What a way asks for in a pool that requires MFA; nil: two factors like the password.
  private func demand(_ way: CognitoFlows.Way, _ model: inout SignInModel) -> SignInPolicy? {
    switch way {
    case .password: return nil
    case .custom:
      // The functions may ask for more than one thing; nobody can see.
      model.variables.append(
        Variable(name: "custom challenges", values: ["one factor", "two factors"]))
      let challenges = Condition.variable(model.variables.count - 1, in: [0])
      let asks = rule("custom authentication", "asks for what Lambda functions define", &model)
      return .firstMatch(
        [.init(challenges, .demand(.singleFactor, by: asks))],
        otherwise: .demand(.multiFactor, by: asks))
    case .passkey:
      guard mfa != nil else {
        return unknown(
          "whether a passkey counts as two factors in user pool \(pool.name)",
          "allow cognito-idp:GetUserPoolMfaConfig", &model)
      }
      return mfa?.passkeysAreMultiFactor == true
        ? nil
        : .demand(
          .singleFactor, by: rule("passkeys", "takes a passkey as the only factor", &model))
    case .code:
      return unknown(
        "whether a pool that requires MFA takes a one-time code as the only factor",
        "allow PASSWORD only as the first factor of user pool \(pool.name)", &model)
    case .unknown(let flow):
      return unknown(
        "what \(flow) asks for", "take it away from the app client, or report it", &model)
    }
  }

  private func optional(_ model: inout SignInModel) -> SignInPolicy {
    let single = rule("MFA OPTIONAL", "asks for a second factor only who has set one up", &model)
    guard pool.threatProtection == "ENFORCED" else { return .demand(.singleFactor, by: single) }
    model.variables.append(Variable(name: "risk", values: ["elevated", "none"]))
    let risky = rule("threat protection", "may ask for a second factor at elevated risk", &model)
    return .firstMatch(
      [
        .init(
          .variable(model.variables.count - 1, in: [0]), .demand(.multiFactor, by: risky))
      ], otherwise: .demand(.singleFactor, by: single))
  }

  // MARK: Helpers

  private func unknown(
    _ title: String, _ remedy: String, _ model: inout SignInModel
  ) -> SignInPolicy {
    model.unknowns.append(Unknown(title: title, remedy: remedy))
    return .demand(.unknown(model.unknowns.count - 1), by: nil)
  }

  private func rule(
    _ name: String, _ demand: String, _ model: inout SignInModel
  ) -> RuleReference.ID {
    add(
      RuleReference(
        policyID: pool.id, policyName: pool.name, ruleID: "MfaConfiguration", ruleName: name,
        demand: demand), &model)
  }

  private func add(_ rule: RuleReference, _ model: inout SignInModel) -> RuleReference.ID {
    model.rules.append(rule)
    return model.rules.count - 1
  }
}
