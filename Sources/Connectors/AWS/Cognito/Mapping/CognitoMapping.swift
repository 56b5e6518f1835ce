internal import ConnectorKit
internal import IdentityCore

/// Compiles a user pool and one of its app clients; pure.
struct CognitoMapping {
  /// The facts about people that every model of the pool asks for, in the order of the table.
  struct Facts: Sendable {
    static let external = 0
    static let isNew = 1
    /// Some links of the account are not told, or lead to a provider that cannot be told apart.
    static let unclear = 2
    private static let first = 3
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
          SubjectAtom(
            kind: .attribute, id: "identities=?", name: "has links that are not told in full"),
        ]
        + providers.map {
          SubjectAtom(
            kind: .attribute, id: "identities=\($0.name)",
            name: "linked to identity provider \($0.name)"
          )
        }
    }

    /// The fact that an account is linked to a provider; Cognito tells names apart by case.
    func atom(of name: String) -> SubjectAtom.ID? {
      providers.firstIndex { $0.name == name }.map(atom(at:))
    }

    /// The fact that an account is linked to the provider at a place of the list.
    func atom(at place: Int) -> SubjectAtom.ID { place + Self.first }

    /// Whether a name is almost that of a provider, so that nobody knows which is meant.
    func isUnclear(_ name: String) -> Bool {
      atom(of: name) == nil && providers.contains { $0.name.lowercased() == name.lowercased() }
    }
  }

  let pool: CognitoWire.Pool
  /// Nil where it may not be read; the pool's own word then stands.
  let mfa: CognitoWire.MFA?
  let facts: Facts
  /// What to do where the list of providers, or the MFA settings, may not be read.
  var unreadableProviders: Unknown?

  /// The pool's word on MFA; empty where it says none, or where two answers say different things.
  var mode: String {
    guard let mode = mfa?.mode else { return pool.mfa ?? "" }
    return pool.mfa == nil || pool.mfa == mode ? mode : "\(mode) and \(pool.mfa ?? "")"
  }

  func model(_ client: CognitoWire.Client) -> SignInModel {
    let flows = CognitoFlows(client, pool)
    var model = SignInModel(
      atoms: facts.atoms, policy: .demand(.refused, by: nil),
      upstreams: facts.providers.map { Upstream(name: $0.name, keys: [$0.name]) })
    var own = own(client, flows, &model)
    var linked: [Condition] = []
    // Whoever is not linked yet is at the first sign-in: people choose among all that the client offers.
    var doors: [SignInPolicy] = []
    for (index, provider) in facts.providers.enumerated() {
      linked.append(.subject(facts.atom(at: index)))
      guard offers(provider.name, client) else { continue }
      let rule = add(
        RuleReference(
          policyID: pool.id, policyName: pool.name, ruleID: provider.name, ruleName: provider.name,
          demand: "leaves the sign-in to identity provider \(provider.name)"), &model)
      doors.append(.upstream(index, by: rule))
    }
    let stranger =
      unreadableProviders
      ?? Unknown(
        title: "which identity provider the account comes from (user pool \(pool.id))",
        remedy: "check the identity providers of user pool \(pool.name)")
    model.unknowns.append(stranger)
    let strange = SignInPolicy.demand(.unknown(model.unknowns.count - 1), by: nil)
    if offersMore(client) { own = .any([own, strange]) }
    let others: SignInPolicy = doors.isEmpty ? .demand(.refused, by: nil) : .any(doors)
    let external = Condition.subject(Facts.external)
    let unclear = Condition.subject(Facts.unclear)
    model.policy = .firstMatch(
      [
        .init(.all([external, unclear]), .any([strange] + doors)),
        .init(.all([external, .any(linked)]), others),
        .init(external, .any([strange] + doors)),
        .init(unclear, .any([own, strange] + doors)),
      ], otherwise: .any([own] + doors))
    return model
  }

  /// Whether people may come to a client through a provider, linked or not; a client that does not say offers all.
  func offers(_ provider: String, _ client: CognitoWire.Client) -> Bool {
    guard client.isOAuthAllowed != false else { return false }
    guard let listed = client.identityProviders, !listed.isEmpty else { return true }
    return listed.contains(provider)
  }

  /// Whether a client may offer providers that the list of the pool does not have.
  private func offersMore(_ client: CognitoWire.Client) -> Bool {
    guard client.isOAuthAllowed != false else { return false }
    guard let listed = client.identityProviders, !listed.isEmpty else {
      return unreadableProviders != nil
    }
    return listed.contains { $0 != "COGNITO" && facts.atom(of: $0) == nil }
  }

  // MARK: The pool's own sign-in

  private func own(
    _ client: CognitoWire.Client, _ flows: CognitoFlows, _ model: inout SignInModel
  ) -> SignInPolicy {
    guard !flows.ways.isEmpty else {
      guard client.identityProviders?.isEmpty != false else { return .demand(.refused, by: nil) }
      // No flow and no provider is no refusal: there must be a way that is not shown.
      return unknown(
        "how people sign in through app client \(client.id), for it names neither a flow nor a provider",
        "name the sign-in flows (ExplicitAuthFlows) and providers of app client \(client.name)",
        &model)
    }
    switch mode {
    case "ON": return required(flows, &model)
    case "OPTIONAL": return optional(&model)
    case "OFF":
      return .demand(.singleFactor, by: rule("MFA OFF", "asks for one factor only", &model))
    default:
      model.unknowns.append(
        Unknown(
          title:
            "what MFA configuration '\(mode.prefix(40))' of user pool \(pool.name) (\(pool.id)) means",
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
    guard flows.ways.contains(where: { $0 != .password }) else { return remembered(base, &model) }
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
    return remembered(.firstMatch(branches, otherwise: base), &model)
  }

  /// The same with devices that stand in for the second factor, for ever.
  private func remembered(_ policy: SignInPolicy, _ model: inout SignInModel) -> SignInPolicy {
    guard pool.challengesOnNewDevice else { return policy }
    model.variables.append(Variable(name: "a remembered device", values: ["no", "yes"]))
    return policy.weakened(when: .variable(model.variables.count - 1, in: [1]))
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
          "whether a passkey counts as two factors in user pool \(pool.name) (\(pool.id))",
          "allow cognito-idp:GetUserPoolMfaConfig", &model)
      }
      return mfa?.passkeysAreMultiFactor == true
        ? nil
        : .demand(
          .singleFactor, by: rule("passkeys", "takes a passkey as the only factor", &model))
    case .code:
      return unknown(
        "whether user pool \(pool.id), which requires MFA, takes a one-time code as the only factor",
        "allow PASSWORD only as the first factor of user pool \(pool.name)", &model)
    case .unknown(let flow):
      return unknown(
        "what \(flow) asks for (user pool \(pool.id))",
        "take it away from the app client, or report it", &model)
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
