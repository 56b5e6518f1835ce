/// One door or modifier that a kind of provider declares: a line of the closed list behind every proof.
public struct InventoryRow: Sendable, Codable, Hashable {
  /// What a line is about.
  public enum Kind: String, Sendable, Codable, Hashable {
    /// A way to a session at the application.
    case door
    /// What changes what a door asks for, or of whom.
    case modifier
  }

  /// What a line makes of a sign-in where nobody knows its state.
  public enum Worst: Sendable, Codable, Hashable {
    /// It may let anybody in with one factor, at any time.
    case opens
    /// It may let in with one factor in those sign-ins that have the named property: `a remembered browser`.
    case opensSometimes(String)
  }

  /// Its word, the same in every release: `first-login`.
  public var id: String
  /// Whether it is a way in or changes one.
  public var kind: Kind
  /// What it is, as a phrase: `the first sign-in through a broker`.
  public var title: String
  /// What is made of it where its state is not known.
  public var worst: Worst
  /// How it is judged, in the vendor's own words for calls and fields.
  public var about: String
  /// Where the vendor documents it; nil where no source is at hand.
  public var source: String?

  /// Makes a line.
  public init(
    _ kind: Kind, _ id: String, _ title: String, worst: Worst = .opens, about: String,
    source: String? = nil
  ) {
    self.kind = kind
    self.id = id
    self.title = title
    self.worst = worst
    self.about = about
    self.source = source
  }
}

/// What is known of a door or modifier at one application.
public struct InventoryEntry: Sendable, Codable, Hashable {
  /// How a line is accounted for; ``unknown`` alone is not.
  public enum State: String, Sendable, Codable, Hashable, CaseIterable {
    /// The policies that were read decide it, with what is not known of them.
    case judged
    /// It lets nobody in and changes nothing, by what was read or by the vendor's documented design.
    case closed
    /// It cannot exist here, by what was read.
    case absent
    /// The configuration vouches for it.
    case vouched
    /// No proof speaks of it, and every proof says so.
    case outOfScope = "out-of-scope"
    /// Nobody knows.
    case unknown
  }

  /// The line's word.
  public var row: String
  /// Whether it is a way in or changes one.
  public var kind: InventoryRow.Kind
  /// What it is, as a phrase.
  public var title: String
  /// The thing it is about where a line has several: the id of a policy, the path of a key; nil for the application.
  public var object: String?
  /// What tells one version of the thing from another; nil where it has none.
  public var version: String?
  /// How it is accounted for.
  public var state: State
  /// By what: what was read, who vouches, why nobody knows; a clause without a full stop.
  public var why: String
  /// Who can mend an unknown one and how; empty for the others.
  public var remedy: String
  /// What is made of it where its state is not known.
  public var worst: InventoryRow.Worst
  /// Until when it is vouched for; nil for all others.
  public var until: Timestamp?
  /// The provider behind whose it is, where a sign-in is left to one; nil: the door's own.
  public var provider: SourceName?

  /// Makes an entry.
  public init(
    _ row: InventoryRow, object: String? = nil, version: String? = nil, state: State, why: String,
    remedy: String = ""
  ) {
    self.row = row.id
    kind = row.kind
    title = row.title
    self.object = object
    self.version = version
    self.state = state
    self.why = why
    self.remedy = remedy
    worst = row.worst
  }

  /// What is not known of an unknown one, as a phrase.
  var question: String {
    switch kind {
    case .door: "whether \(name) asks for two factors (\(why))"
    case .modifier: "what \(name) changes (\(why))"
    }
  }

  /// What it is, with the thing it is about and the provider behind whose it is.
  public var name: String {
    (object.map { "\(title) (\($0))" } ?? title) + (provider.map { " at \($0)" } ?? "")
  }

  /// Whether it is accounted for by a vouch that has ended at a moment.
  func hasEnded(at now: Timestamp) -> Bool {
    state == .vouched && until.map { $0 <= now } ?? false
  }

  /// The same as an entry of the provider behind, where it has no other provider already.
  func of(_ source: SourceName) -> InventoryEntry {
    var entry = self
    entry.provider = provider ?? source
    return entry
  }

  /// The same as what a model does not know.
  var unknown: Unknown {
    Unknown(
      title: question, remedy: "\(remedy), or vouch for it (idsync doctor prints the line)",
      key: "inventory \(row) \(object ?? "")")
  }
}

extension InventoryRow {
  /// What nobody knows of a thing of this line, for a model that holds it at its place.
  public func unknown(_ object: String?, _ why: String, remedy: String) -> Unknown {
    InventoryEntry(self, object: object, state: .unknown, why: why, remedy: remedy).unknown
  }
}

extension SignInModel {
  /// The model with what nobody knows of its doors and modifiers made of it at its worst.
  ///
  /// A door of unknown state is a way in beside the others that may ask for anything; a modifier may take the second
  /// factor away, always or in the sign-ins that it is about. What the model holds at its place is judged there.
  public func accounting(for entries: [InventoryEntry]) -> SignInModel {
    var model = self
    let held = Set(unknowns.map(\.key))
    for entry in entries where entry.state == .unknown && !held.contains(entry.unknown.key) {
      let unknown = model.unknowns.count
      model.unknowns.append(entry.unknown)
      switch entry.worst {
      case .opens:
        model.policy = .any([model.policy, .demand(.unknown(unknown), by: nil)])
      case .opensSometimes(let property):
        let variable = model.variable(property)
        let condition = Condition.all([.variable(variable, in: [1]), .unknown(unknown)])
        model.policy = model.policy.weakened(when: condition)
      }
    }
    return model
  }

  private mutating func variable(_ name: String) -> Variable.ID {
    if let known = variables.firstIndex(where: { $0.name == name }) { return known }
    variables.append(Variable(name: name, values: ["no", "yes"]))
    return variables.count - 1
  }
}

extension SignInPolicy {
  /// The same, where no second factor is asked for while a condition holds; who is refused stays refused.
  ///
  /// What another provider refuses is not known here: while the condition holds such a sign-in counts as let in.
  package func weakened(when condition: Condition) -> SignInPolicy {
    switch self {
    case .demand(.multiFactor, let rule):
      return .branch(condition, .demand(.singleFactor, by: rule), self)
    case .demand: return self
    case .upstream(_, let rule):
      return .branch(condition, .any([self, .demand(.singleFactor, by: rule)]), self)
    case .all(let parts): return .all(parts.map { $0.weakened(when: condition) })
    case .any(let parts): return .any(parts.map { $0.weakened(when: condition) })
    case .firstMatch(let branches, let otherwise):
      return .firstMatch(
        branches.map { Branch($0.condition, $0.policy.weakened(when: condition)) },
        otherwise: otherwise.weakened(when: condition))
    }
  }
}
