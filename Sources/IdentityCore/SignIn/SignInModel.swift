/// A variable a sign-in may have: the platform, whether the address is in a zone, the risk level.
public struct Variable: Sendable, Codable, Hashable {
  /// An index into ``SignInModel/variables``.
  public typealias ID = Int

  /// What it is called in a witness: `platform`, `zone HQ`, `device managed`.
  public var name: String
  /// Its possible values, two or more: `["windows", "linux", "other"]`, `["outside", "inside"]`.
  public var values: [String]

  /// Makes a one-of variable.
  public init(name: String, values: [String]) {
    self.name = name
    self.values = values
  }
}

/// A fact about a person that some policy asks for; bit *i* of an account's facts.
public struct SubjectAtom: Sendable, Codable, Hashable {
  /// An index into ``SignInModel/atoms``.
  public typealias ID = Int
  /// What is asked.
  public enum Kind: String, Sendable, Codable, Hashable {
    case group, user, userType, role, attribute
  }

  /// What is asked.
  public var kind: Kind
  /// The provider's id of the group, user, type or role; `name=value` for an attribute.
  public var id: String
  /// Its name as people know it.
  public var name: String
  /// Whether it is looked up for some people only, so that its absence says nothing.
  public var isPartial: Bool

  /// Makes an atom.
  public init(kind: Kind, id: String, name: String, isPartial: Bool = false) {
    self.kind = kind
    self.id = id
    self.name = name
    self.isPartial = isPartial
  }
}

/// Something that cannot be known here; it makes several possible worlds.
public struct Unknown: Sendable, Codable, Hashable {
  /// An index into ``SignInModel/unknowns``.
  public typealias ID = Int

  /// What is not known, as a phrase: `whether "user.isMemberOf(…)" holds (rule 'Legacy')`.
  public var title: String
  /// Who can mend it and how.
  public var remedy: String
  /// What it is, whatever it is called: object, place and full text; two of one title and of different keys are two.
  public var key: String

  /// Makes an unknown.
  ///
  /// - Parameter key: what it is; nil: its title says so already.
  public init(title: String, remedy: String, key: String? = nil) {
    self.title = title
    self.remedy = remedy
    self.key = key ?? title
  }

  /// Makes an unknown of an object.
  ///
  /// - Parameters:
  ///   - object: what it is about, by an id that no other object of the model has; nil: the title says all.
  ///   - text: the whole text, where the title shows a part of it.
  public init(title: String, remedy: String, of object: String?, text: String? = nil) {
    let parts = [object, text].compactMap { $0 } + [title]
    self.init(title: title, remedy: remedy, key: parts.joined(separator: ": "))
  }

  /// The same as a thing of a fact that could not be read: facts of other people's groups are other things.
  func about(_ atom: SubjectAtom) -> Unknown {
    guard key == title else { return self }
    return Unknown(title: title, remedy: remedy, of: "\(atom.kind.rawValue) \(atom.id)")
  }

  /// Reads an unknown; one without a key is known by its title.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    title = try values.decode(String.self, forKey: .title)
    remedy = try values.decode(String.self, forKey: .remedy)
    key = try values.decodeIfPresent(String.self, forKey: .key) ?? title
  }
}

/// A rule as its provider names it, for proofs and witnesses.
public struct RuleReference: Sendable, Codable, Hashable {
  /// An index into ``SignInModel/rules``.
  public typealias ID = Int

  /// The policy's id.
  public var policyID: String
  /// The policy's name.
  public var policyName: String
  /// The rule's id; the policy's own where it has no rules.
  public var ruleID: String
  /// The rule's name; the policy's own where it has no rules.
  public var ruleName: String
  /// Its place in the policy from 1, as the provider's console counts; nil where order does not matter.
  public var position: Int?
  /// What it asks for, as a phrase: `asks for a password only`, `asks for two factors`.
  public var demand: String
  /// The raw condition as one line; empty when it always holds.
  public var condition: String
  /// Since when it stands as it does, as a phrase: `enabled, changed 2026-05-01T12:00:00Z`; nil where that is not told.
  public var standing: String?

  /// Makes a reference.
  public init(
    policyID: String, policyName: String, ruleID: String, ruleName: String, position: Int? = nil,
    demand: String, condition: String = "", standing: String? = nil
  ) {
    self.policyID = policyID
    self.policyName = policyName
    self.ruleID = ruleID
    self.ruleName = ruleName
    self.position = position
    self.demand = demand
    self.condition = condition
    self.standing = standing
  }
}

/// Another identity provider to which this one leaves the sign-in of some people.
public struct Upstream: Sendable, Codable, Hashable {
  /// An index into ``SignInModel/upstreams``.
  public typealias ID = Int

  /// Its name as people know it.
  public var name: String
  /// All by which it may be named in the configuration: its id, entity id, alias, hosts of its addresses.
  public var keys: [String]
  /// What counts where no configured source reads it; nil: nobody can tell.
  public var otherwise: Demand?

  /// Makes an upstream provider.
  public init(name: String, keys: [String], otherwise: Demand? = nil) {
    self.name = name
    self.keys = keys
    self.otherwise = otherwise
  }
}

/// A condition over a sign-in and the person who signs in.
public indirect enum Condition: Sendable, Codable, Hashable {
  case always
  case never
  /// The variable has one of these values (indices into ``Variable/values``).
  case variable(Variable.ID, in: Set<Int>)
  /// The fact holds for the person.
  case subject(SubjectAtom.ID)
  /// True in some possible worlds, false in others; the same for every sign-in of the person.
  case unknown(Unknown.ID)
  case not(Condition)
  case all([Condition])
  case any([Condition])
}

/// What a sign-in is asked for.
public enum Demand: Sendable, Codable, Hashable {
  /// The sign-in is refused: no sign-in at all.
  case refused
  /// One factor is enough.
  case singleFactor
  /// Two factors are asked for.
  case multiFactor
  /// Could be any of the three; not readable.
  case unknown(Unknown.ID)
}

/// Policies in the one form all providers compile to; how they combine is data.
public indirect enum SignInPolicy: Sendable, Codable, Hashable {
  /// A rule's action.
  case demand(Demand, by: RuleReference.ID?)
  /// The first branch whose condition holds decides; none: `otherwise`.
  case firstMatch([Branch], otherwise: SignInPolicy)
  /// Every part is to be passed: refused if one refuses, two factors if one asks for two.
  case all([SignInPolicy])
  /// The person chooses: refused if all refuse, otherwise the weakest that lets in.
  case any([SignInPolicy])
  /// The sign-in is made at another identity provider; what that one asks for counts.
  case upstream(Upstream.ID, by: RuleReference.ID?)

  /// One branch of a first-match list.
  public struct Branch: Sendable, Codable, Hashable {
    /// When it applies.
    public var condition: Condition
    /// What applies then.
    public var policy: SignInPolicy

    /// Makes a branch.
    public init(_ condition: Condition, _ policy: SignInPolicy) {
      self.condition = condition
      self.policy = policy
    }
  }
}

/// All that decides sign-ins to one application at one provider.
public struct SignInModel: Sendable, Codable, Hashable {
  /// The variables conditions speak of.
  public var variables: [Variable]
  /// The facts about people that conditions speak of; an account has one bit for each.
  public var atoms: [SubjectAtom]
  /// Facts that could not be read, with why; they are unknown for every account.
  public var unreadableAtoms: [SubjectAtom.ID: Unknown]
  /// What cannot be known.
  public var unknowns: [Unknown]
  /// The rules, for proofs and witnesses.
  public var rules: [RuleReference]
  /// The policies.
  public var policy: SignInPolicy
  /// What holds in every possible sign-in: `inside HQ` implies `inside any trusted zone`.
  public var axioms: [Condition]
  /// The identity providers that sign-ins may be left to.
  public var upstreams: [Upstream]
  /// Whether it is made of what accounts say of themselves, so that it tells of no policy where they were not read.
  public var isStated = false

  /// Makes a model.
  public init(
    variables: [Variable] = [], atoms: [SubjectAtom] = [],
    unreadableAtoms: [SubjectAtom.ID: Unknown] = [:], unknowns: [Unknown] = [],
    rules: [RuleReference] = [], policy: SignInPolicy, axioms: [Condition] = [],
    upstreams: [Upstream] = []
  ) {
    self.variables = variables
    self.atoms = atoms
    self.unreadableAtoms = unreadableAtoms
    self.unknowns = unknowns
    self.rules = rules
    self.policy = policy
    self.axioms = axioms
    self.upstreams = upstreams
  }
}
