internal import IdentityCore

/// What policies ask of people, over all applications of one organisation.
struct OktaAtoms: Sendable {
  private(set) var all: [SubjectAtom] = []

  /// The atom's place; made if it is new.
  mutating func id(_ kind: SubjectAtom.Kind, _ id: String, _ name: String) -> SubjectAtom.ID {
    if let known = all.firstIndex(where: { $0.kind == kind && $0.id == id }) { return known }
    all.append(SubjectAtom(kind: kind, id: id, name: name))
    return all.count - 1
  }

  /// The places of all atoms of a kind, with what they ask for.
  func ids(_ kind: SubjectAtom.Kind) -> [(id: String, place: SubjectAtom.ID)] {
    all.indices.filter { all[$0].kind == kind }.map { (all[$0].id, $0) }
  }
}

/// Puts one application's model together: the tables that conditions and demands point into.
struct OktaModelBuilder {
  let directory: OktaDirectory
  let rememberedDeviceLimitMinutes: Int64
  /// Shared by the models of all applications, because an account has one row of bits.
  var atoms: OktaAtoms
  private(set) var variables: [Variable] = []
  private(set) var unknowns: [Unknown] = []
  private(set) var rules: [RuleReference] = []
  private(set) var axioms: [Condition] = []
  private(set) var upstreams: [Upstream] = []
  /// The zones that live rules mention.
  private(set) var mentionedZones: Set<String> = []
  /// The external identity providers that session rules mention.
  private(set) var mentionedProviders: [String] = []

  init(
    directory: OktaDirectory, rememberedDeviceLimitMinutes: Int, atoms: OktaAtoms = OktaAtoms()
  ) {
    self.directory = directory
    self.rememberedDeviceLimitMinutes = Int64(rememberedDeviceLimitMinutes)
    self.atoms = atoms
  }

  /// A variable by its name; made if it is new.
  mutating func variable(_ name: String, _ values: [String]) -> Variable.ID {
    if let known = variables.firstIndex(where: { $0.name == name }) { return known }
    variables.append(Variable(name: name, values: values))
    return variables.count - 1
  }

  /// An external identity provider, by its name; made if it is new.
  mutating func upstream(_ upstream: Upstream) -> Upstream.ID {
    if let known = upstreams.firstIndex(where: { $0.name == upstream.name }) { return known }
    upstreams.append(upstream)
    return upstreams.count - 1
  }

  /// That a yes-or-no variable has its second value.
  mutating func flag(_ name: String, _ values: [String] = ["no", "yes"]) -> Condition {
    .variable(variable(name, values), in: [1])
  }

  /// Something that cannot be known, by its title.
  mutating func unknown(_ title: String, remedy: String) -> Unknown.ID {
    if let known = unknowns.firstIndex(where: { $0.title == title }) { return known }
    unknowns.append(Unknown(title: title, remedy: remedy))
    return unknowns.count - 1
  }

  /// A rule for proofs and witnesses.
  mutating func reference(_ rule: RuleReference) -> RuleReference.ID {
    rules.append(rule)
    return rules.count - 1
  }

  /// A fact about a person.
  mutating func subject(_ kind: SubjectAtom.Kind, _ id: String, name: String? = nil) -> Condition {
    .subject(atoms.id(kind, id, name ?? id))
  }

  /// That the person is in a group.
  mutating func group(_ id: String) -> Condition {
    switch directory.groups[id] {
    case .everyone: .always
    case .named(let name): subject(.group, id, name: name)
    case nil: subject(.group, id)
    }
  }

  /// The name of a group, its id where there is none.
  func groupName(_ id: String) -> String {
    switch directory.groups[id] {
    case .everyone: "Everyone"
    case .named(let name): name
    case nil: id
    }
  }

  /// That the sign-in comes from inside a zone.
  ///
  /// What an inactive zone does in a rule is not documented, so it may hold always, never, or as if it were active.
  mutating func zone(_ id: String) -> Condition {
    mentionedZones.insert(id)
    switch directory.zones {
    case .assumed:
      return flag("zone \(id)", ["outside", "inside"])
    case .unreadable(let remedy):
      return .unknown(unknown("whether the sign-in is inside zone \(id)", remedy: remedy))
    case .known(let zones):
      guard let zone = zones[id] else {
        return .unknown(
          unknown(
            "whether the sign-in is inside zone \(id), which the list of zones does not name",
            remedy: "take the deleted zone out of the rule"))
      }
      guard zone.status == "ACTIVE" else {
        return .unknown(
          unknown(
            "whether zone \(zone.name), which is \(zone.status.lowercased()), has an effect",
            remedy: "activate the zone or take it out of the rule"))
      }
      return flag("zone \(zoneName(id))", ["outside", "inside"])
    }
  }

  /// What a rule says instead of an id when it means every zone.
  static let allZones = "ALL_ZONES"

  /// That the sign-in comes from inside any zone at all.
  mutating func anyZone() -> Condition {
    mentionedZones.insert(Self.allZones)
    if case .unreadable(let remedy) = directory.zones {
      return .unknown(unknown("whether the sign-in is inside any zone", remedy: remedy))
    }
    return flag("any zone", ["outside", "inside"])
  }

  /// The name of a zone, its id where there is none; with the id where two zones share a name.
  func zoneName(_ id: String) -> String {
    guard case .known(let zones) = directory.zones, let zone = zones[id] else { return id }
    let isShared = zones.values.contains { $0.id != id && $0.name == zone.name }
    return isShared ? "\(zone.name) (\(id))" : zone.name
  }

  /// That the person came in through an external identity provider, which only those can who are linked to it.
  mutating func externalProvider(_ id: String) -> Condition {
    if !mentionedProviders.contains(id) { mentionedProviders.append(id) }
    _ = anyExternalProvider()
    let isUsed = flag("signed in by identity provider \(id)")
    guard case .known(let providers) = directory.inbound,
      let provider = providers.first(where: { $0.id == id })
    else { return isUsed }
    return .and([isUsed, linked(to: provider)])
  }

  /// That the account is linked to an external identity provider.
  mutating func linked(to provider: OktaWire.InboundProvider) -> Condition {
    subject(
      .attribute, Self.linkAtom(provider.id),
      name: "linked to identity provider \(provider.name)")
  }

  /// That the person came in through whatever external identity provider.
  mutating func anyExternalProvider() -> Condition {
    flag("signed in by an external identity provider")
  }

  /// The finished model.
  func model(_ policy: SignInPolicy) -> SignInModel {
    SignInModel(
      variables: variables, atoms: atoms.all, unknowns: unknowns, rules: rules, policy: policy,
      axioms: axioms + structure, upstreams: upstreams)
  }

  /// What the names of variables imply: managed devices are registered, a zone is one of all zones, a sign-in comes
  /// through one provider.
  private var structure: [Condition] {
    var result: [Condition] = []
    let place = { (name: String) in variables.firstIndex { $0.name == name } }
    let yes = { (variable: Int) in Condition.variable(variable, in: [1]) }
    if let managed = place("device managed"), let registered = place("device registered") {
      result.append(.any([.not(yes(managed)), yes(registered)]))
    }
    let inside = mentionedZones.sorted().compactMap { place("zone \(zoneName($0))") }
    if let any = place("any zone") {
      result += inside.map { .any([.not(yes($0)), yes(any)]) }
      if case .known(let zones) = directory.zones,
        zones.values.allSatisfy({ $0.status != "ACTIVE" || mentionedZones.contains($0.id) })
      {
        result.append(.any([.not(yes(any))] + inside.map(yes)))
      }
    }
    let providers = mentionedProviders.compactMap {
      place("signed in by identity provider \($0)")
    }
    if let external = place("signed in by an external identity provider") {
      result += providers.map { .any([.not(yes($0)), yes(external)]) }
      if hasNoInbound { result.append(.not(yes(external))) }
    }
    for (index, first) in providers.enumerated() {
      result += providers[(index + 1)...].map { .any([.not(yes(first)), .not(yes($0))]) }
    }
    return result
  }

  private var hasNoInbound: Bool {
    switch directory.inbound {
    case .attestedNone: true
    case .known(let providers): providers.isEmpty
    case .unreadable: false
    }
  }
}
