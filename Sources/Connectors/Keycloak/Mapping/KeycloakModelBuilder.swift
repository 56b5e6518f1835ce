internal import ConnectorKit
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

  /// What an atom asks; two atoms are the same only if this is.
  enum Fact: Sendable, Hashable {
    case role(String)
    /// Membership in a group or one below it, by path.
    case group(String)
    /// Membership in a group or one below it, by id.
    case groupID(String)
    case attribute(AttributeTest)
    case link(String)
    case credential(String)
    /// The person's own attributes were not shown.
    case hiddenAttributes
    /// What linked identity providers know the person by was not read.
    case hiddenLinks
    /// The person may have roles and groups that no list shows, and was not asked.
    case hiddenMemberships
    /// The person may have attributes through groups that no list shows.
    case hiddenGroupAttributes
    /// The account is switched off, where people may make another one with its address.
    case disabled
  }

  private(set) var all: [SubjectAtom] = []
  private var places: [Fact: SubjectAtom.ID] = [:]
  /// The comparisons behind atoms that ask for an attribute.
  private(set) var tests: [SubjectAtom.ID: AttributeTest] = [:]
  /// The aliases of identity providers behind atoms that ask for a link.
  private(set) var links: [SubjectAtom.ID: String] = [:]
  /// The atom that asks for a one-time password, if one does.
  private(set) var credentials: [String: SubjectAtom.ID] = [:]

  /// The atom's place; made if it is new.
  private mutating func id(
    _ fact: Fact, _ kind: SubjectAtom.Kind, _ id: String, _ name: String, isPartial: Bool = false
  ) -> SubjectAtom.ID {
    if let known = places[fact] { return known }
    all.append(SubjectAtom(kind: kind, id: id, name: name, isPartial: isPartial))
    places[fact] = all.count - 1
    return all.count - 1
  }

  /// The place of a fact that was asked for; nil when nothing asks for it.
  func place(_ fact: Fact) -> SubjectAtom.ID? { places[fact] }

  mutating func role(_ name: String) -> SubjectAtom.ID { id(.role(name), .role, name, name) }

  mutating func group(path: String) -> SubjectAtom.ID { id(.group(path), .group, path, path) }

  /// A group that is asked for by whoever reads, not by a step.
  mutating func group(_ group: KeycloakWire.Group) -> SubjectAtom.ID {
    id(.groupID(group.id), .group, group.id, group.path ?? group.name)
  }

  mutating func hiddenAttributes() -> SubjectAtom.ID {
    id(.hiddenAttributes, .attribute, "attributes=?", "own attributes not shown", isPartial: true)
  }

  mutating func hiddenLinks() -> SubjectAtom.ID {
    id(
      .hiddenLinks, .attribute, "federated-identity=?", "identity at linked providers not read",
      isPartial: true)
  }

  mutating func hiddenMemberships() -> SubjectAtom.ID {
    id(
      .hiddenMemberships, .attribute, "memberships=?",
      "roles and groups of a user federation not read",
      isPartial: true)
  }

  mutating func disabled() -> SubjectAtom.ID {
    id(.disabled, .attribute, "enabled=false", "the account is disabled")
  }

  mutating func hiddenGroupAttributes() -> SubjectAtom.ID {
    id(
      .hiddenGroupAttributes, .attribute, "group-attributes=?",
      "attributes through groups of a user federation not read", isPartial: true)
  }

  mutating func attribute(_ test: AttributeTest) -> SubjectAtom.ID {
    let place = id(
      .attribute(test), .attribute,
      "\(test.name)=\(test.value)\(test.includesGroups ? " (groups)" : test.firstOnly ? " (first)" : "")",
      "attribute \(test.name) is \(test.value)")
    tests[place] = test
    return place
  }

  mutating func link(_ provider: KeycloakWire.IdentityProvider) -> SubjectAtom.ID {
    let place = id(
      .link(provider.alias), .attribute, "identity-provider=\(provider.alias)",
      "linked to identity provider \(provider.name ?? provider.alias)")
    links[place] = provider.alias
    return place
  }

  mutating func credential(_ type: String) -> SubjectAtom.ID {
    let name = KeycloakAuthenticator.credentialNames[type] ?? type
    let place = id(.credential(type), .attribute, "credential=\(type)", "has a \(name)")
    credentials[type] = place
    return place
  }

  /// The facts that lists of people answer, with their places.
  var facts: [(fact: Fact, place: SubjectAtom.ID)] {
    places.map { (fact: $0.key, place: $0.value) }.sorted { $0.place < $1.place }
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
  /// What first sign-ins through other providers ask for, by alias: the same from every page.
  var firstSignIns: [String: SignInPolicy] = [:]
  /// The fact that an account is disabled, where that is no end.
  var disabled: SubjectAtom.ID?
  private var variablePlaces: [String: Variable.ID] = [:]
  private var unknownPlaces: [String: Unknown.ID] = [:]
  private var parts = 0
  /// What the operator vouches for.
  let vouches: Vouches
  private let app: AppID

  init(atoms: KeycloakAtoms, vouches: Vouches, app: AppID) {
    self.atoms = atoms
    self.vouches = vouches
    self.app = app
  }

  /// Whether the operator vouches that something unknown changes nothing.
  func isHarmless(_ key: UnrecognisedKey) -> Bool {
    vouches.vouch(
      for: KeycloakDoors.unrecognised.row.id, object: key.path, version: key.version, at: app)
      != nil
  }

  /// Whether the operator vouches for a door as a whole.
  func isVouchedFor(_ door: KeycloakDoors) -> Bool {
    vouches.vouch(for: door.row.id, object: nil, version: nil, at: app) != nil
  }

  /// That a yes-or-no variable says yes.
  func flag(_ name: String, of object: String) -> Condition {
    .variable(variable(name, ["no", "yes"], of: object), in: [1])
  }

  /// A variable of an object, made if it is new; the name is for people only.
  func variable(_ name: String, _ values: [String], of object: String) -> Variable.ID {
    if let known = variablePlaces[object] { return known }
    let isTaken = variables.contains { $0.name == name }
    variables.append(
      Variable(name: isTaken ? "\(name) (\(variables.count + 1))" : name, values: values))
    variablePlaces[object] = variables.count - 1
    return variables.count - 1
  }

  /// What cannot be known of an object; the title is for people only.
  func unknown(_ title: String, _ remedy: String, of object: String) -> Unknown.ID {
    if let known = unknownPlaces[object] { return known }
    unknowns.append(Unknown(title: title, remedy: remedy, key: object))
    unknownPlaces[object] = unknowns.count - 1
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
  func cannotTell(_ title: String, _ remedy: String, of object: String) -> SignInPolicy {
    .demand(.unknown(unknown(title, remedy, of: object)), by: nil)
  }

  /// The finished model.
  func model(_ policy: SignInPolicy) -> SignInModel {
    SignInModel(
      variables: variables, atoms: atoms.all, unknowns: unknowns, rules: rules, policy: policy,
      upstreams: upstreams)
  }
}

extension KeycloakAtoms.AttributeTest {
  /// The attributes that stand in fields of their own.
  static let shown: Set<String> = ["username", "email", "firstName", "lastName"]
}
