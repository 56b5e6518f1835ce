/// Puts one application's model together: the tables that conditions and demands point into.
///
/// What is the same is the same by its key (the kind of thing, its id, the place in it, the whole text), never by the name
/// that people read.
public struct SignInModelBuilder: Sendable {
  /// The facts about people, shared by the models of all applications of the provider.
  public var facts: SubjectFacts
  /// What the model knows beside its policy.
  public private(set) var variables: [Variable] = []
  /// What cannot be known.
  public private(set) var unknowns: [Unknown] = []
  /// The rules, for proofs and witnesses.
  public private(set) var rules: [RuleReference] = []
  /// What holds in every sign-in.
  public var axioms: [Condition] = []
  /// The providers that sign-ins may be left to.
  public private(set) var upstreams: [Upstream] = []
  /// The facts that this model asks for; other models ask for others.
  public private(set) var asked: Set<SubjectAtom.ID> = []
  private var variablePlaces: [String: Variable.ID] = [:]
  private var unknownPlaces: [String: Unknown.ID] = [:]
  private var upstreamPlaces: [String: Upstream.ID] = [:]

  /// Begins a model.
  public init(_ facts: SubjectFacts = SubjectFacts()) { self.facts = facts }

  // MARK: Variables

  /// A variable by its key; made if it is new, under a name for people.
  public mutating func variable(
    _ key: String, name: String? = nil, _ values: [String]
  ) -> Variable.ID {
    if let known = variablePlaces[key] { return known }
    variables.append(Variable(name: name ?? key, values: values))
    variablePlaces[key] = variables.count - 1
    return variables.count - 1
  }

  /// The variable of a key; nil where none was made.
  public func variable(of key: String) -> Variable.ID? { variablePlaces[key] }

  /// That a yes-or-no variable has its second value.
  public mutating func flag(
    _ key: String, name: String? = nil, _ values: [String] = ["no", "yes"]
  ) -> Condition {
    .variable(variable(key, name: name, values), in: [1])
  }

  // MARK: Unknowns

  /// Something that cannot be known, by its key: the object, the place in it, and the whole text.
  public mutating func unknown(_ key: String, _ title: String, remedy: String) -> Unknown.ID {
    unknown(Unknown(title: title, remedy: remedy, key: key))
  }

  /// Something that cannot be known, by its own key; made if it is new.
  public mutating func unknown(_ unknown: Unknown) -> Unknown.ID {
    if let known = unknownPlaces[unknown.key] { return known }
    unknowns.append(unknown)
    unknownPlaces[unknown.key] = unknowns.count - 1
    return unknowns.count - 1
  }

  // MARK: Rules and providers

  /// A rule for proofs and witnesses.
  public mutating func reference(_ rule: RuleReference) -> RuleReference.ID {
    rules.append(rule)
    return rules.count - 1
  }

  /// Another provider, by its id; made if it is new.
  public mutating func upstream(_ id: String, _ upstream: Upstream) -> Upstream.ID {
    if let known = upstreamPlaces[id] { return known }
    upstreams.append(upstream)
    upstreamPlaces[id] = upstreams.count - 1
    return upstreams.count - 1
  }

  // MARK: People

  /// The condition that a fact about the person holds.
  public mutating func subject(
    _ kind: SubjectAtom.Kind, _ id: String, name: String? = nil, isPartial: Bool = false
  ) -> Condition {
    ask(facts.id(kind, id, name ?? id, isPartial: isPartial))
  }

  /// The condition that a fact holds, by its bit.
  public mutating func ask(_ atom: SubjectAtom.ID) -> Condition {
    asked.insert(atom)
    return .subject(atom)
  }

  // MARK: The model

  /// The finished model.
  ///
  /// - Parameter further: what holds in every sign-in beside ``axioms``.
  public func model(_ policy: SignInPolicy, further: [Condition] = []) -> SignInModel {
    SignInModel(
      variables: variables, atoms: facts.all, unknowns: unknowns, rules: rules, policy: policy,
      axioms: axioms + further, upstreams: upstreams)
  }
}
