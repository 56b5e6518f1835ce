internal import IdentityCore

/// A condition with the phrases that say it.
struct EntraCondition: Sendable {
  var holds: Condition
  var phrases: [String]

  /// What always holds.
  static let always = EntraCondition(holds: .always, phrases: [])
  /// What never holds.
  static let never = EntraCondition(holds: .never, phrases: [])

  init(holds: Condition, phrases: [String]) {
    self.holds = holds
    self.phrases = phrases
  }

  /// One condition, said in one phrase.
  init(_ holds: Condition, _ phrase: String) {
    self.init(holds: holds, phrases: holds == .always || holds == .never ? [] : [phrase])
  }

  /// All of them.
  static func and(_ parts: [EntraCondition]) -> EntraCondition {
    EntraCondition(holds: .and(parts.map(\.holds)), phrases: parts.flatMap(\.phrases))
  }
}

/// Puts one application's model together: the tables that conditions and demands point into.
struct EntraModelBuilder {
  let tenant: EntraTenantFacts
  let app: EntraWire.ServicePrincipal
  /// Shared by the models of all applications, because an account has one row of bits.
  var atoms: EntraAtoms
  private(set) var variables: [Variable] = []
  private(set) var unknowns: [Unknown] = []
  private(set) var rules: [RuleReference] = []
  var upstreams: [Upstream] = []
  var axioms: [Condition] = []
  /// The countries of the locations that live policies mention.
  var countries: EntraCountries?

  private var variablePlaces: [String: Variable.ID] = [:]
  private var unknownPlaces: [String: Unknown.ID] = [:]

  init(tenant: EntraTenantFacts, app: EntraWire.ServicePrincipal, atoms: EntraAtoms) {
    self.tenant = tenant
    self.app = app
    self.atoms = atoms
  }

  /// A variable by its name; made if it is new.
  mutating func variable(_ name: String, _ values: [String]) -> Variable.ID {
    if let known = variablePlaces[name] { return known }
    variables.append(Variable(name: name, values: values))
    variablePlaces[name] = variables.count - 1
    return variables.count - 1
  }

  /// The place of a variable that was made; nil when nothing asked for it.
  func place(ofVariable name: String) -> Variable.ID? { variablePlaces[name] }

  /// That a yes-or-no variable has its second value.
  mutating func flag(_ name: String, _ values: [String] = ["no", "yes"]) -> Condition {
    .variable(variable(name, values), in: [1])
  }

  /// Something that cannot be known, by its title.
  mutating func unknown(_ title: String, remedy: String) -> Unknown.ID {
    if let known = unknownPlaces[title] { return known }
    unknowns.append(Unknown(title: title, remedy: remedy))
    unknownPlaces[title] = unknowns.count - 1
    return unknowns.count - 1
  }

  /// A condition that cannot be known.
  mutating func unknownCondition(_ title: String, remedy: String) -> Condition {
    .unknown(unknown(title, remedy: remedy))
  }

  /// A rule for proofs and witnesses.
  mutating func reference(_ rule: RuleReference) -> RuleReference.ID {
    rules.append(rule)
    return rules.count - 1
  }

  /// A fact about a person.
  mutating func subject(_ kind: SubjectAtom.Kind, _ id: String, _ name: String) -> Condition {
    .subject(atoms.id(kind, id, name))
  }

  /// The finished model.
  func model(_ policy: SignInPolicy) -> SignInModel {
    SignInModel(
      variables: variables, atoms: atoms.all, unknowns: unknowns, rules: rules, policy: policy,
      axioms: axioms, upstreams: upstreams)
  }
}
