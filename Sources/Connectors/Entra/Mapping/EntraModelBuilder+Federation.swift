internal import ConnectorKit
internal import IdentityCore

/// Domains that leave sign-ins to another identity provider.
extension EntraModelBuilder {
  /// Whose domain is federated signs in elsewhere first; what Entra demands is demanded besides.
  mutating func federation() -> [SignInPolicy] {
    switch tenant.federated {
    case .unreadable(let reason, let remedy):
      let isElsewhere = Condition.and([
        isOfOwnDomain(), unknownCondition("\(Self.leaves): \(reason)", remedy: remedy),
      ])
      return [.firstMatch([.init(isElsewhere, Self.elsewhere)], otherwise: Self.nothing)]
    case .read(let domains):
      let beside = domains.isEmpty ? [] : cloudPasswords()
      var branches = domains.sorted { $0.key < $1.key }.map { domain, federation in
        branch(domain, federation, beside)
      }
      if tenant.domains != nil {
        branches.append(.init(mayBeUnlisted(Self.leaves), Self.elsewhere))
      }
      return branches.isEmpty ? [] : [.firstMatch(branches, otherwise: Self.nothing)]
    }
  }

  /// Learns which providers' word for a second factor is taken.
  mutating func readFederatedClaims() {
    switch tenant.federated {
    case .unreadable(let reason, let remedy):
      guard
        let id = doubt(
          .federatedMFA, nil, "nobody can tell which domains are federated: \(reason)",
          remedy: remedy)
      else { return }
      claims.federated.append((.and([isOfOwnDomain(), .unknown(id)]), nil))
    case .read(let domains):
      if tenant.domains != nil {
        let what = "whether the word of a provider of the person's domain is taken"
        claims.federated.append((mayBeUnlisted(what), nil))
      }
      for (domain, federation) in domains.sorted(by: { $0.key < $1.key })
      where federation?.rejectsMFA != true {
        let id = doubt(
          .federatedMFA, domain, version: federation?.version,
          "its provider's word for a second factor is taken (\(Self.behaviour(federation)))",
          remedy:
            "set federatedIdpMfaBehavior to rejectMfaByFederatedIdp, or see that its provider says so only where it asked for one"
        )
        guard let id else { continue }
        claims.federated.append(
          (.and([isInside(domain), .unknown(id)]), upstream(domain, federation)))
      }
    }
  }

  private static let leaves =
    "whether the person's domain leaves sign-ins to another identity provider"

  /// Where nobody knows whether another provider asks, it may ask for two factors; the other answer is that of this tenant alone.
  private static let elsewhere = SignInPolicy.demand(.multiFactor, by: nil)

  /// A domain that the list leaves out may be federated.
  ///
  /// - Parameter what: what then may be so.
  private mutating func mayBeUnlisted(_ what: String) -> Condition {
    .and([
      subject(
        .attribute, EntraAccountFact.unlistedDomain, "a domain that the list of domains leaves out"
      ),
      unknownCondition(
        "\(what): the list of domains leaves it out", remedy: "run again; if it stays, report it"),
    ])
  }

  private mutating func isOfOwnDomain() -> Condition {
    subject(.attribute, EntraAccountFact.customDomain, "a domain of the organisation's own")
  }

  private mutating func isInside(_ domain: String) -> Condition {
    subject(.attribute, EntraAccountFact.domain(domain), "account in federated domain \(domain)")
  }

  private static func behaviour(_ federation: EntraWire.Federation?) -> String {
    federation?.behaviour ?? "acceptIfMfaDoneByFederatedIdp"
  }

  // MARK: Who asks for the first factor

  /// Whom staged rollout means is in no API that an application may read; that is asked for each domain.
  private mutating func branch(
    _ domain: String, _ federation: EntraWire.Federation?, _ beside: [SignInPolicy]
  ) -> SignInPolicy.Branch {
    let provider = upstream(domain, federation)
    let name = name(of: provider)
    let by = rule(
      domain, "federated domain \(domain)", name,
      "leaves the first factor to \(name) (\(Self.behaviour(federation)))",
      "account in domain \(domain)")
    var ways: [SignInPolicy] = [.upstream(provider, by: by)] + beside
    if let id = doubt(
      .stagedRollout, domain, "no application may read which people it takes from the provider",
      remedy: "see under Entra Connect › Staged rollout that it is off")
    {
      ways.append(.demand(.unknown(id), by: nil))
    }
    return .init(isInside(domain), ways.count == 1 ? ways[0] : .any(ways))
  }

  /// The provider of a federated domain, by all that may name it.
  private mutating func upstream(
    _ domain: String, _ federation: EntraWire.Federation?
  ) -> Upstream.ID {
    let own = federation?.name
    let isDistinct = own.map(distinctProviders.contains) ?? false
    let name =
      own.map { isDistinct ? $0 : "\($0) (\(domain))" }
      ?? "the identity provider of \(domain)"
    let addresses = federation?.addresses ?? []
    let keys =
      [domain, isDistinct ? own : nil].compactMap { $0 } + addresses
      + addresses.compactMap(SourceHost.of)
    return upstream(of: domain, Upstream(name: name, keys: Array(Set(keys)).sorted()))
  }

  /// The names that stand for one provider only: a name that two of them have leads to neither.
  private var distinctProviders: Set<String> {
    guard case .read(let domains) = tenant.federated else { return [] }
    var addresses: [String: Set<[String]>] = [:]
    for case let federation? in domains.values {
      if let name = federation.name { addresses[name, default: []].insert(federation.addresses) }
    }
    return Set(addresses.filter { $0.value.count == 1 }.keys)
  }

  // MARK: Passwords that Entra ID checks itself

  private mutating func cloudPasswords() -> [SignInPolicy] {
    let doubts: [Unknown.ID?]
    switch tenant.homeRealm {
    case .unreadable(let reason, let remedy):
      doubts = [
        doubt(
          .cloudPassword, nil, "home realm discovery policies are not known: \(reason)",
          remedy: remedy)
      ]
    case .read(let policies): doubts = policies.flatMap { cloudPasswords($0) }
    }
    return doubts.compactMap { $0 }.map { .demand(.unknown($0), by: nil) }
  }

  private mutating func cloudPasswords(_ policy: EntraWire.HomeRealmPolicy) -> [Unknown.ID?] {
    var result = policy.strange.sorted { $0.key < $1.key }.map { key, value in
      strange(
        "home realm policy \(policy.id): \(key)", value,
        "who checks passwords under '\(policy.name)'")
    }
    guard policy.takesPasswords != false else { return result }
    let why =
      policy.takesPasswords == true
      ? "'\(policy.name)' allows it, which works where hashes of passwords are synchronised"
      : "'\(policy.name)' cannot be read"
    result.append(
      doubt(
        .cloudPassword, policy.id, version: policy.version, why,
        remedy: "take AllowCloudPasswordValidation out of the policy"))
    return result
  }
}
