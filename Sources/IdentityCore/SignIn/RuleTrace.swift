/// A rule by its provider's own ids.
public struct RuleKey: Sendable, Codable, Hashable {
  /// The policy's id.
  public var policy: String
  /// The rule's id; the policy's own where it has no rules.
  public var rule: String

  /// Makes a key.
  public init(policy: String, rule: String) {
    self.policy = policy
    self.rule = rule
  }

  init(_ reference: RuleReference) {
    self.init(policy: reference.policyID, rule: reference.ruleID)
  }
}

/// What is known of a rule that a verdict rests on, so that a later reading can tell whether it still says the same.
public struct RuleTrace: Sendable, Codable, Hashable {
  /// Which rule.
  public var key: RuleKey
  /// What it asks for and of what its condition speaks, each as a digest, sorted: demands, facts about people, variables.
  public var known: [UInt32]
  /// What of it is not known, each as a digest, sorted.
  public var unknown: [UInt32]
  /// Whether it asks for two factors or refuses, whatever is not known of when it applies.
  public var isStrict: Bool

  /// Whether a later trace of the same rule shows nothing that is new: what is known of it was known, and what is not
  /// known any more stands in for what was.
  func isSame(as later: RuleTrace) -> Bool {
    let was = Set(known)
    let now = Set(later.known)
    guard now.isSubset(of: was) else { return false }
    let hidden = Set(later.unknown).subtracting(unknown).count
    return was.count - now.count >= hidden && (hidden > 0 || was == now)
  }
}

/// What a model shows of its rules.
struct RuleTraces {
  /// Over the whole policy as it combines, people's facts apart: equal digests, equal policies.
  let digest: String
  /// Whether something stands for rules that could not be read at all.
  private(set) var lacksRules = false
  private var traces: [RuleKey: RuleTrace] = [:]
  /// Rules that let in with one factor where something holds that is not known.
  private var mayBeOpen: Set<RuleKey> = []
  /// Policies of which at least one rule was read and understood.
  private var readPolicies: Set<String> = []

  /// All rules, those too of which nothing certain is known, each as a digest, sorted.
  let ruleKeys: [UInt32]

  /// How many facts about people are told apart; more of them count as one.
  private static let mostSubjects = 16

  /// What an application shows whose rules idsync does not understand: nothing that was known is among them.
  init() {
    digest = ""
    ruleKeys = []
  }

  init(_ model: SignInModel) {
    var walk = Walk(model: model)
    walk.collect(model.policy, under: [])
    lacksRules = walk.lacksRules
    mayBeOpen = walk.mayBeOpen
    let rules = walk.rules.merging(walk.guarded) { certain, _ in certain }
    for (key, leaves) in rules {
      traces[key] = leaves.trace(key)
      if key.rule != key.policy, !leaves.isOpaque { readPolicies.insert(key.policy) }
    }
    ruleKeys = Set(rules.keys).union(walk.mayBeOpen).map(Self.leaf).sorted()
    digest = String(PolicyDigest(model: model).value(of: model.policy), radix: 16)
  }

  /// The traces of some rules of the model, each once.
  func traces(of rules: [RuleReference]) -> [RuleTrace] {
    var seen: Set<RuleKey> = []
    return rules.map(RuleKey.init).filter { seen.insert($0).inserted }.compactMap { traces[$0] }
  }

  /// Whether a rule that let somebody in with one factor does so no more: it asks for two factors now or refuses, or its
  /// policy was read and does not have it.
  func isClosed(_ rule: RuleKey) -> Bool {
    guard !mayBeOpen.contains(rule) else { return false }
    guard let now = traces[rule] else { return readPolicies.contains(rule.policy) }
    return now.isStrict
  }

  /// Whether the rules that a door rested on still say what they said, as far as they could be read.
  ///
  /// - Parameter now: the rules that decide for the person now; nil where that could not be told.
  func back(_ old: Door, now: [RuleTrace]?) -> Bool {
    if digest == old.policyDigest { return true }
    // Whose facts were not read: only a policy of which nothing was read says nothing else.
    guard let now else { return lacksRules && traces.isEmpty }
    // A rule that is new in a policy that decided may let in where something holds that is not known: nothing that was
    // known speaks of it. What stands for a list that could not be read is no rule of such a policy.
    let known = Set(old.ruleKeys)
    let policies = Set(old.rules.map(\.key.policy))
    let isNew = mayBeOpen.contains {
      policies.contains($0.policy) && !known.contains(Self.leaf($0))
    }
    guard known.isEmpty || !isNew else { return false }
    let was = Dictionary(old.rules.map { ($0.key, $0) }) { first, _ in first }
    for rule in now where !rule.isStrict {
      guard let before = was[rule.key], before.isSame(as: rule) else { return false }
    }
    let left = Dictionary(now.map { ($0.key, $0) }) { first, _ in first }
    return old.rules.allSatisfy { rule in
      guard rule.isStrict else { return true }
      if let now = left[rule.key] { return rule.isSame(as: now) }
      // Nothing is left of it but that it may let in with one factor.
      if mayBeOpen.contains(rule.key) { return false }
      // It may be among those that could not be read.
      return traces[rule.key] == nil && lacksRules && !readPolicies.contains(rule.key.policy)
    }
  }

  /// What a rule is made of.
  private struct Leaves {
    var subjects: Set<UInt32> = []
    var known: Set<UInt32> = []
    var unknown: Set<UInt32> = []
    var demands: Set<Demand> = []
    var isDelegated = false

    func trace(_ key: RuleKey) -> RuleTrace {
      let people =
        subjects.count <= mostSubjects
        ? Array(subjects)
        : [RuleTraces.leaf("people", subjects.sorted().map { String($0) }.joined(separator: " "))]
      let isStrict =
        !isDelegated && !demands.isEmpty
        && demands.allSatisfy { $0 == .multiFactor || $0 == .refused }
      return RuleTrace(
        key: key, known: (Array(known) + people).sorted(), unknown: unknown.sorted(),
        isStrict: isStrict)
    }

    /// Whether what it asks for is not known.
    var isOpaque: Bool {
      isDelegated || demands.contains { if case .unknown = $0 { true } else { false } }
    }
  }

  private static func leaf(_ key: RuleKey) -> UInt32 { leaf("rule", key.policy, key.rule) }

  private static func leaf(_ kind: String, _ texts: String...) -> UInt32 {
    var digest = Digest()
    digest.add(kind)
    texts.forEach { digest.add($0) }
    return UInt32(truncatingIfNeeded: digest.value ^ (digest.value >> 32))
  }

  /// One walk over a model's policy.
  private struct Walk {
    let model: SignInModel
    var rules: [RuleKey: Leaves] = [:]
    var lacksRules = false
    var mayBeOpen: Set<RuleKey> = []
    /// What rules say only where something holds that is not known; it counts where they say nothing else.
    var guarded: [RuleKey: Leaves] = [:]

    mutating func collect(_ policy: SignInPolicy, under conditions: [Condition]) {
      switch policy {
      case .demand(let demand, let id):
        guard let id else {
          if case .unknown = demand { lacksRules = true }
          return
        }
        // A way in that there may be, where something is not known, says nothing of what was known.
        if demand == .singleFactor, conditions.contains(where: \.hasUnknown) {
          mayBeOpen.insert(RuleKey(model.rules[id]))
          return
        }
        var leaves = leaves(of: id, under: conditions)
        leaves.demands.insert(demand)
        defer { put(leaves, of: id, under: conditions) }
        if case .unknown(let unknown) = demand {
          leaves.unknown.insert(leaf("unknown", model.unknowns[unknown].key))
        } else {
          leaves.known.insert(leaf("demand", "\(demand)"))
        }
      case .upstream(let upstream, let id):
        let name = leaf("upstream", model.upstreams[upstream].keys.sorted().joined(separator: " "))
        guard let id else { return }
        var leaves = leaves(of: id, under: conditions)
        leaves.known.insert(name)
        leaves.isDelegated = true
        put(leaves, of: id, under: conditions)
      case .firstMatch(let branches, let otherwise):
        for branch in branches { collect(branch.policy, under: conditions + [branch.condition]) }
        collect(otherwise, under: conditions)
      case .all(let parts), .any(let parts):
        for part in parts { collect(part, under: conditions) }
      }
    }

    private func leaves(of id: RuleReference.ID, under conditions: [Condition]) -> Leaves {
      let key = RuleKey(model.rules[id])
      let isGuarded = conditions.contains(where: \.hasUnknown)
      var leaves = (isGuarded ? guarded : rules)[key] ?? Leaves()
      for condition in conditions { add(condition, to: &leaves) }
      return leaves
    }

    private mutating func put(
      _ leaves: Leaves, of id: RuleReference.ID, under conditions: [Condition]
    ) {
      let key = RuleKey(model.rules[id])
      if conditions.contains(where: \.hasUnknown) {
        guarded[key] = leaves
      } else {
        rules[key] = leaves
      }
    }

    private func add(_ condition: Condition, to leaves: inout Leaves) {
      switch condition {
      case .always: break
      case .never: leaves.known.insert(leaf("never"))
      case .variable(let id, let values):
        let variable = model.variables[id]
        leaves.known.insert(
          leaf(
            "variable", variable.name,
            values.sorted().map { variable.values[$0] }.joined(separator: "\u{0}")))
      case .subject(let id):
        leaves.subjects.insert(leaf("subject", model.atoms[id].kind.rawValue, model.atoms[id].id))
      case .unknown(let id): leaves.unknown.insert(leaf("unknown", model.unknowns[id].key))
      case .not(let inner):
        leaves.known.insert(leaf("not"))
        add(inner, to: &leaves)
      case .all(let parts), .any(let parts):
        for part in parts { add(part, to: &leaves) }
      }
    }
  }
}

extension Condition {
  /// Whether anything in it is not known.
  fileprivate var hasUnknown: Bool {
    switch self {
    case .unknown: true
    case .always, .never, .variable, .subject: false
    case .not(let inner): inner.hasUnknown
    case .all(let parts), .any(let parts): parts.contains(where: \.hasUnknown)
    }
  }
}
