internal import IdentityCore

/// What people change about their own account by a sign-in through another identity provider.
extension OktaModelBuilder {
  /// That the person is in a group: now, or after such a sign-in put him into it or took him out, whichever makes the rule
  /// weaker.
  ///
  /// - Parameter includes: whether the rule is for those inside.
  mutating func group(_ id: String, includes: Bool = true) -> Condition {
    let isListed = listedGroup(id)
    guard isListed != .always, case .known(let providers) = directory.inbound else {
      return isListed
    }
    var isGiven: [Condition] = []
    var isTaken: [Condition] = []
    for provider in providers {
      let groups = provider.provisioning.groups
      guard groups.mayGive(id) || groups.mayTake(id) else { continue }
      let way = Condition.and([isInForce(provider), mayComeBy(provider)])
      guard way != .never else { continue }
      if !provider.provisioning.isShown {
        note(
          "policy.provisioning of identity provider \(provider.id)", call: "GET /api/v1/idps")
      }
      if groups.mayGive(id), isScope || includes == isWeak {
        isGiven.append(.and([way, isChanged("put into", id, by: provider)]))
      }
      if groups.mayTake(id), isScope || includes != isWeak {
        isTaken.append(.and([way, isChanged("taken out of", id, by: provider)]))
      }
    }
    return .or([.and([isListed] + isTaken.map(\.negated))] + isGiven)
  }

  /// That a sign-in through a provider changed whether the person is in a group; what it changes may not be shown.
  private mutating func isChanged(
    _ how: String, _ group: String, by provider: OktaWire.InboundProvider
  ) -> Condition {
    let key = "idp:\(provider.id)|\(how)|\(group)"
    let what = "\(how) group \(groupName(group)) by a sign-in through \(provider.name)"
    guard !provider.provisioning.isShown else { return tables.flag(key, name: what) }
    return .unknown(
      tables.unknown(
        key, "whether the person can be \(what)",
        remedy: "let the token see the whole identity provider"))
  }

  /// Nobody knows whether a status that lets nobody in is lifted by a sign-in through another identity provider.
  mutating func withWaking(_ policy: SignInPolicy) -> SignInPolicy {
    let asleep = directory.inbound.wakes.sorted().map {
      tables.subject(.attribute, OktaUnclear.asleep($0), isPartial: true)
    }
    guard !asleep.isEmpty else { return policy }
    let id = tables.unknown(
      "account waking",
      "whether a sign-in through an identity provider lifts the account's status (policy.provisioning.conditions)",
      remedy:
        "set the identity provider's actions for suspended and deprovisioned accounts to NONE, or let the token read identity providers"
    )
    return .firstMatch([.init(.or(asleep), .demand(.unknown(id), by: nil))], otherwise: policy)
  }
}

extension OktaDirectory.Inbound {
  /// The statuses without a way in that a sign-in through an identity provider may lift.
  var wakes: Set<String> {
    switch self {
    case .attestedNone: []
    case .known(let providers):
      providers.filter { $0.status != "INACTIVE" }.reduce(into: []) {
        $0.formUnion($1.provisioning.wakes)
      }
    case .unreadable: OktaProvisioning.asleep
    }
  }
}
