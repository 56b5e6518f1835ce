import MockIdP

extension EntraOracle {
  /// What stands beside the policies: whose word for a second factor is taken, and where an old one is.
  struct Beside {
    /// The group whose people may use another vendor's method; nil where there is none.
    var external: String?
    /// Whether certificates count as two factors.
    var takesCertificates = false
    /// Whether other tenants are taken at their word.
    var trustsHome = false
    /// What the person's federated domain does with its provider's word; nil where it is managed.
    var federation: String?
    /// Whether browsers may be remembered, for all anybody knows.
    var mayRemember = false
  }

  /// Whose word is taken for this person in one world: whether it stands for one factor.
  struct Words {
    var external = false
    var certificate = false
    var home = false
    /// What the provider of the person's domain asks for where its word is taken; nil where it is not.
    var provider: String?

    /// What a demand comes to that is met by some combinations; nil: by any.
    func meets(_ combinations: [String]?) -> String {
      func takes(_ word: String) -> Bool { combinations?.contains(word) ?? true }
      if home || external && combinations == nil { return "one" }
      if certificate, takes("x509CertificateMultiFactor") { return "one" }
      if provider == "one", takes("federatedMultiFactor") { return "one" }
      return "two"
    }
  }

  /// What nobody knows of all that.
  var besideFacts: [String] {
    var result: [String] = []
    if let group = beside.external {
      result.append("external is one")
      if unreadableGroups.contains(group) { result.append("in \(group)") }
    }
    if beside.takesCertificates { result.append("certificate is one") }
    if beside.trustsHome { result.append("home is one") }
    if let behaviour = beside.federation, behaviour != "rejectMfaByFederatedIdp" {
      result.append("provider is heard")
    }
    if beside.mayRemember { result.append("remembers") }
    return result
  }

  func words(_ world: World, _ active: Set<String>) -> Words {
    var result = Words()
    if let group = beside.external, world.facts["external is one"] == true {
      let isIn =
        unreadableGroups.contains(group)
        ? world.facts["in \(group)"] == true : person.groups.contains(group)
      result.external = isIn || active.contains(group)
    }
    result.certificate = world.facts["certificate is one"] == true
    let isFromElsewhere = ["b2bCollaborationGuest", "b2bCollaborationMember"]
      .contains(person.guest ?? "")
    result.home = isFromElsewhere && world.facts["home is one"] == true
    if world.facts["provider is heard"] == true { result.provider = world.demands["provider"] }
    return result
  }

  /// What the first factor of a federated domain comes to: at its provider, or at Entra ID for whom staged rollout takes in.
  func firstFactor(_ world: World) -> String {
    guard beside.federation != nil else { return "one" }
    let ways = ["provider", "staged rollout"].compactMap { world.demands[$0] }
    return ["one", "two"].first(where: ways.contains) ?? "refused"
  }

  /// Whether a policy asks again before an old second factor counts as none, which is after a day.
  static func asksSoon(_ policy: JSON) -> Bool {
    let frequency = policy["sessionControls"]?["signInFrequency"]
    guard case .integer(let hours)? = frequency?["value"] else { return false }
    return hours <= 24
  }
}
