internal import IdentityCore

/// What steps ask of people, over all applications of one realm.
struct KeycloakAtoms: Sendable {
  /// How an attribute is compared.
  struct AttributeTest: Sendable, Hashable {
    var name: String
    var value: String
    /// Whether those of the person's groups count as well.
    var includesGroups: Bool
    /// Whether only the first value counts.
    var firstOnly: Bool
  }

  private(set) var all: [SubjectAtom] = []
  /// The comparisons behind atoms that ask for an attribute.
  private(set) var tests: [SubjectAtom.ID: AttributeTest] = [:]
  /// The aliases of identity providers behind atoms that ask for a link.
  private(set) var links: [SubjectAtom.ID: String] = [:]
  /// The atom that asks for a one-time password, if one does.
  private(set) var credentials: [String: SubjectAtom.ID] = [:]

  /// The atom's place; made if it is new.
  mutating func id(_ kind: SubjectAtom.Kind, _ id: String, _ name: String) -> SubjectAtom.ID {
    if let known = all.firstIndex(where: { $0.kind == kind && $0.id == id }) { return known }
    all.append(SubjectAtom(kind: kind, id: id, name: name))
    return all.count - 1
  }

  mutating func attribute(_ test: AttributeTest) -> SubjectAtom.ID {
    let place = id(
      .attribute,
      "\(test.name)=\(test.value)\(test.includesGroups ? " (groups)" : test.firstOnly ? " (first)" : "")",
      "attribute \(test.name) is \(test.value)")
    tests[place] = test
    return place
  }

  mutating func link(_ provider: KeycloakWire.IdentityProvider) -> SubjectAtom.ID {
    let place = id(
      .attribute, "identity-provider=\(provider.alias)",
      "linked to identity provider \(provider.name ?? provider.alias)")
    links[place] = provider.alias
    return place
  }

  mutating func credential(_ type: String) -> SubjectAtom.ID {
    let name = KeycloakAuthenticator.credentialNames[type] ?? type
    let place = id(.attribute, "credential=\(type)", "has a \(name)")
    credentials[type] = place
    return place
  }

  /// The places of all atoms of a kind, with what they ask for.
  func ids(_ kind: SubjectAtom.Kind) -> [(id: String, place: SubjectAtom.ID)] {
    all.indices.filter { all[$0].kind == kind }.map { (all[$0].id, $0) }
  }
}

/// Puts one application's model together: the tables that conditions and demands point into.
final class KeycloakModelBuilder {
  /// A model of more parts than this is not worth having: nobody would understand what it says.
  private static let budget = 20_000

  /// Shared by the models of all applications, because an account has one row of bits.
  var atoms: KeycloakAtoms
  private(set) var variables: [Variable] = []
  private(set) var unknowns: [Unknown] = []
  private(set) var rules: [RuleReference] = []
  private(set) var upstreams: [Upstream] = []
  private var parts = 0

  init(atoms: KeycloakAtoms) {
    self.atoms = atoms
  }

  /// That a yes-or-no variable says yes.
  func flag(_ name: String) -> Condition {
    .variable(variable(name, ["no", "yes"]), in: [1])
  }

  /// A variable by its name; made if it is new.
  func variable(_ name: String, _ values: [String]) -> Variable.ID {
    if let known = variables.firstIndex(where: { $0.name == name }) { return known }
    variables.append(Variable(name: name, values: values))
    return variables.count - 1
  }

  /// Something that cannot be known, by its title.
  func unknown(_ title: String, _ remedy: String) -> Unknown.ID {
    if let known = unknowns.firstIndex(where: { $0.title == title }) { return known }
    unknowns.append(Unknown(title: title, remedy: remedy))
    return unknowns.count - 1
  }

  /// A rule for proofs and witnesses, once.
  func rule(_ rule: RuleReference) -> RuleReference.ID {
    if let known = rules.firstIndex(of: rule) { return known }
    rules.append(rule)
    return rules.count - 1
  }

  /// Another identity provider, once.
  func upstream(_ upstream: Upstream) -> Upstream.ID {
    if let known = upstreams.firstIndex(of: upstream) { return known }
    upstreams.append(upstream)
    return upstreams.count - 1
  }

  /// Whether there is room for another part of the policy.
  func hasRoom() -> Bool {
    parts += 1
    return parts <= Self.budget
  }

  /// A demand that nobody can tell.
  func cannotTell(_ title: String, _ remedy: String) -> SignInPolicy {
    .demand(.unknown(unknown(title, remedy)), by: nil)
  }

  /// The finished model.
  func model(_ policy: SignInPolicy) -> SignInModel {
    SignInModel(
      variables: variables, atoms: atoms.all, unknowns: unknowns, rules: rules, policy: policy,
      upstreams: upstreams)
  }
}
