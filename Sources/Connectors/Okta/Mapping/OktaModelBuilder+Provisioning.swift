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
      let place = "group \(groupName(id)) by a sign-in through \(provider.name)"
      if groups.mayGive(id), isScope || includes == isWeak {
        let gives = tables.flag("idp:\(provider.id)|gives:\(id)", name: "put into \(place)")
        isGiven.append(.and([way, gives]))
      }
      if groups.mayTake(id), isScope || includes != isWeak {
        let takes = tables.flag("idp:\(provider.id)|takes:\(id)", name: "taken out of \(place)")
        isTaken.append(.and([way, takes]))
      }
    }
    return .or([.and([isListed] + isTaken.map(\.negated))] + isGiven)
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
