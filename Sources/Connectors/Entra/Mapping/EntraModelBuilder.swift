internal import ConnectorKit
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

/// The object in which a condition stands: two conditions are the same only if they stand in the same object.
struct EntraPlace: Sendable, CustomStringConvertible {
  /// Its id, never its name.
  let id: String
  let name: String

  init(_ policy: EntraWire.Policy) {
    id = policy.id
    name = policy.name
  }

  /// As people are told.
  var description: String { "policy '\(name)'" }
}

/// Puts one application's model together: the tables that conditions and demands point into.
struct EntraModelBuilder {
  let tenant: EntraTenantFacts
  let app: EntraWire.ServicePrincipal
  /// Shared by the models of all applications, because an account has one row of bits.
  var atoms: EntraAtoms
  /// What holds in every sign-in.
  var axioms: [Condition] {
    get { tables.axioms }
    set { tables.axioms = newValue }
  }
  /// The countries of the locations that live policies mention.
  var countries: EntraCountries?
  /// When sessions are asked again soon enough: one for each policy with a sign-in frequency.
  var frequencies: [Condition] = []
  /// By whose word a second factor may be taken for given.
  var claims = EntraClaims()
  /// What nobody knows of doors and modifiers.
  var doubts: EntraDoubts

  private var tables = SignInModelBuilder()
  /// The names that several named locations have.
  let sharedLocationNames: Set<String>

  init(
    tenant: EntraTenantFacts, app: EntraWire.ServicePrincipal, atoms: EntraAtoms,
    doubts: EntraDoubts
  ) {
    self.tenant = tenant
    self.app = app
    self.atoms = atoms
    self.doubts = doubts
    var names: Set<String> = []
    var shared: Set<String> = []
    if case .read(let all) = tenant.locations {
      for location in all.values where !names.insert(location.name).inserted {
        shared.insert(location.name)
      }
    }
    sharedLocationNames = shared
  }

  /// A variable by what it stands for, its name unless that is not enough; made if it is new.
  mutating func variable(
    _ name: String, _ values: [String], of key: String? = nil
  ) -> Variable.ID {
    tables.variable(key ?? name, name: name, values)
  }

  /// The place of a variable that was made; nil when nothing asked for it.
  func place(ofVariable key: String) -> Variable.ID? { tables.variable(of: key) }

  /// That a yes-or-no variable has its second value.
  mutating func flag(
    _ name: String, _ values: [String] = ["no", "yes"], of key: String? = nil
  ) -> Condition {
    .variable(variable(name, values, of: key), in: [1])
  }

  /// Something that cannot be known.
  ///
  /// - Parameters:
  ///   - place: the object it stands in; nil where the text says all, so that equal texts are one thing.
  ///   - text: the whole text, where the title shows a part of it.
  mutating func unknown(
    _ title: String, at place: EntraPlace? = nil, text: String? = nil, remedy: String
  ) -> Unknown.ID {
    unknown(Unknown(title: title, remedy: remedy, of: place?.id, text: text))
  }

  /// Something that cannot be known, by its own key; made if it is new.
  mutating func unknown(_ wanted: Unknown) -> Unknown.ID { tables.unknown(wanted) }

  /// A condition that cannot be known.
  mutating func unknownCondition(
    _ title: String, at place: EntraPlace? = nil, text: String? = nil, remedy: String
  ) -> Condition {
    .unknown(unknown(title, at: place, text: text, remedy: remedy))
  }

  /// Another provider, by the domain that leaves sign-ins to it; made if it is new.
  mutating func upstream(of domain: String, _ upstream: Upstream) -> Upstream.ID {
    tables.upstream(domain, upstream)
  }

  /// The name of another provider.
  func name(of provider: Upstream.ID) -> String { tables.upstreams[provider].name }

  /// A rule for proofs and witnesses.
  mutating func reference(_ rule: RuleReference) -> RuleReference.ID { tables.reference(rule) }

  /// A fact about a person.
  mutating func subject(_ kind: SubjectAtom.Kind, _ id: String, _ name: String) -> Condition {
    .subject(atoms.id(kind, id, name))
  }

  /// The finished model.
  func model(_ policy: SignInPolicy) -> SignInModel {
    var tables = tables
    tables.facts = atoms.facts
    return tables.model(policy)
  }
}
