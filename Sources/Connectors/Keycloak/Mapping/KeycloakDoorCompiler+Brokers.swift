internal import ConnectorKit
internal import IdentityCore

extension KeycloakDoorCompiler {
  /// People may come in through the identity provider that they are linked to.
  ///
  /// - Parameter next: what follows the sign-in there, where it only opens a session.
  func withBrokers(
    _ own: SignInPolicy, _ flow: KeycloakFlow, then next: KeycloakNext? = nil
  ) -> SignInPolicy {
    let live = flow.liveSteps
    guard live.contains(where: { KeycloakAuthenticator.showsBrokers($0.provider) }) else {
      return own
    }
    guard case .read = picture.identityProviders else {
      guard case .unreadable(let reason, let remedy) = picture.identityProviders else { return own }
      let may = builder.unknown(
        "whether people may come in through another identity provider: \(reason)", remedy,
        of: "identity providers")
      let rule = builder.rule(
        RuleReference(
          policyID: flow.id, policyName: flow.alias, ruleID: flow.id,
          ruleName: "another identity provider", demand: "leaves the sign-in to another provider"))
      let there = SignInPolicy.demand(.singleFactor, by: rule)
      let way = next.map { .all([there, $0(vouched("another identity provider"))]) } ?? there
      return .choice([own, .branch(.unknown(may), way, .refused)])
    }
    let linked = picture.brokers.map { provider in
      let identity = SignInPolicy.branch(
        .subject(builder.atoms.hiddenLinks()),
        builder.cannotTell(
          "whom \(name(of: provider)) knows the person as, who is linked to it",
          "let idsync read the identity provider links of users",
          of: "identity at \(provider.alias)"),
        brokered(provider, flow, next))
      let isLinked = Condition.subject(builder.atoms.link(provider))
      return SignInPolicy.branch(
        letsIn(provider), .branch(isLinked, identity, unlinked(provider, flow, next)), .refused)
    }
    let door = SignInPolicy.choice([own] + linked)
    // Where nothing else lets in, even people who are not linked yet go through the provider.
    let redirects = live.contains { $0.provider == "identity-provider-redirector" }
    guard redirects, !picture.brokers.isEmpty else { return door }
    return door.orElse(
      .choice(
        picture.brokers.map { .branch(letsIn($0), brokered($0, flow, next), .refused) }))
  }

  /// How people come in through a provider that they are not linked to: by its first sign-in, or linked from then on.
  ///
  /// The first sign-in runs once, whatever it asks for, and the account console links whoever is signed in; from then on what
  /// follows is the whole sign-in.
  /// - SeeAlso: <https://www.keycloak.org/docs/latest/server_admin/#_identity_broker_first_login>,
  ///   <https://www.keycloak.org/docs/latest/server_developer/#client-initiated-account-linking>
  private func unlinked(
    _ provider: KeycloakWire.IdentityProvider, _ flow: KeycloakFlow, _ next: KeycloakNext?
  ) -> SignInPolicy {
    let first = firstSignIn(provider, flow)
    let there = brokered(provider, flow, next)
    let once = SignInPolicy.all([first, there])
    // Nobody is ever linked, or the first sign-in lets nobody with an account in and somebody vouches for the console.
    let isClosed = builder.isVouchedFor(.linking) && first.admission == .never
    guard !provider.isTransient, !isClosed else { return once }
    let links = builder.flag(
      "a link to another identity provider that the person makes", of: "self-linking")
    return .branch(links, there, once)
  }

  /// That people can sign in through an identity provider at all.
  private func letsIn(_ provider: KeycloakWire.IdentityProvider) -> Condition {
    guard provider.isEnabled == nil || provider.isLinkOnly == nil else { return .always }
    return .unknown(
      builder.unknown(
        "whether people can sign in through \(name(of: provider)): the list does not say",
        "run again; if it stays, report it", of: "identity provider \(provider.alias)"))
  }

  /// The name of an identity provider; with its alias where two share one.
  private func name(of provider: KeycloakWire.IdentityProvider) -> String {
    let name = provider.name ?? provider.alias
    let isShared = (picture.identityProviders.value ?? []).contains {
      $0.alias != provider.alias && ($0.name ?? $0.alias).lowercased() == name.lowercased()
    }
    return isShared ? "\(name) (\(provider.alias))" : name
  }

  /// What the flow asks for that links people at their first sign-in through a provider: linked or not, it is a way in.
  private func firstSignIn(
    _ provider: KeycloakWire.IdentityProvider, _ own: KeycloakFlow
  ) -> SignInPolicy {
    if let known = builder.firstSignIns[provider.alias] { return known }
    let name = name(of: provider)
    let policy: SignInPolicy
    if provider.isTransient {
      // Nobody is ever linked: everybody comes in as at the first time, and no flow runs for that.
      let rule = builder.rule(
        RuleReference(
          policyID: own.id, policyName: own.alias, ruleID: "\(provider.alias) transient",
          ruleName: "identity provider \(name)", demand: "links nobody and asks for nothing more"))
      policy = .demand(.singleFactor, by: rule)
    } else {
      let alias = picture.firstBrokerFlow(of: provider)
      let read: Part<KeycloakFlow> =
        alias.map { flow($0, $0) }
        ?? .unreadable(
          reason: "neither it nor the realm names the flow",
          remedy: "name a first login flow for the identity provider")
      switch read {
      case .unreadable(let reason, let remedy):
        policy = builder.cannotTell(
          "what a first sign-in through \(name) asks for: \(reason)", remedy,
          of: "first sign-in through \(provider.alias)")
      case .read(let flow):
        var start = vouched(name)
        // Who of the people here it is, is found out on the way.
        start.isNamed = false
        policy = run(flow, -1, nil, from: start)
      }
    }
    builder.firstSignIns[provider.alias] = policy
    return policy
  }

  private func brokered(
    _ provider: KeycloakWire.IdentityProvider, _ flow: KeycloakFlow, _ next: KeycloakNext?
  ) -> SignInPolicy {
    let name = name(of: provider)
    let upstream = builder.upstream(
      Upstream(
        name: name,
        keys: Array(
          Set(
            [provider.alias] + provider.addresses
              + provider.addresses.compactMap(SourceHost.of))
        ).sorted()))
    let rule = builder.rule(
      RuleReference(
        policyID: flow.id, policyName: flow.alias, ruleID: provider.alias,
        ruleName: "identity provider \(name)", demand: "leaves the sign-in to \(name)"))
    let there = SignInPolicy.upstream(upstream, by: rule)
    let vouched = vouched(name)
    if provider.hidesPostBrokerFlow {
      let post = builder.cannotTell(
        "what follows a sign-in through \(name): the list does not say",
        "run again; if it stays, report it", of: "post-broker flow of \(provider.alias)")
      return .all([there, post] + (next.map { [$0(vouched)] } ?? []))
    }
    guard let alias = provider.postBrokerFlow else {
      return next.map { .all([there, $0(vouched)]) } ?? there
    }
    switch self.flow(alias, alias) {
    case .unreadable(let reason, let remedy):
      let post = builder.cannotTell(
        "what follows a sign-in through \(name): \(reason)", remedy,
        of: "post-broker flow of \(provider.alias)")
      return .all([there, post] + (next.map { [$0(vouched)] } ?? []))
    case .read(let post):
      return .all([
        there, run(post, -1, nil, from: vouched, closesDeadEnds: next != nil, then: next),
      ])
    }
  }

  /// How far a sign-in has come that another provider vouches for.
  private func vouched(_ name: String) -> KeycloakProgress {
    var progress = KeycloakProgress()
    progress.hasFirst = true
    progress.isNamed = true
    progress.path = [name]
    return progress
  }
}
