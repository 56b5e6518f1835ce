/// What a residual policy may still ask for: its rules in order, and the variables and unknowns they hang on.
struct ReachableRules {
  private let policy: ResidualPolicy
  private(set) var rules: [RuleReference.ID] = []
  /// Those of them that refuse or ask for two factors.
  private(set) var closing: [RuleReference.ID] = []
  /// Those of them that refuse.
  private(set) var refusing: [RuleReference.ID] = []
  /// Rules of which it is not known what they ask for.
  private(set) var opaque: [RuleReference.ID] = []
  private(set) var variables: Set<Int> = []
  private(set) var unknowns: Set<Int> = []

  init(_ policy: ResidualPolicy) {
    self.policy = policy
  }

  mutating func collect() {
    collect(policy.root)
    // An axiom matters only where it speaks of a variable that matters, or leads to one that does.
    var isGrowing = true
    while isGrowing {
      isGrowing = false
      for axiom in policy.axioms {
        var touched: Set<Int> = []
        axiom.collectVariables(into: &touched)
        if !touched.isDisjoint(with: variables), !touched.isSubset(of: variables) {
          variables.formUnion(touched)
          isGrowing = true
        }
      }
    }
    unknowns.formUnion(variables.filter { $0 >= policy.firstUnknown })
    variables.subtract(unknowns)
  }

  private mutating func collect(_ tree: ResidualPolicy.Tree) {
    switch tree {
    case .leaf(let outcome, let rule):
      guard let rule else { return }
      Self.note(rule, &rules)
      if outcome != .single { Self.note(rule, &closing) }
      if outcome == .refused { Self.note(rule, &refusing) }
    case .open(let variable, let rule):
      unknowns.insert(variable)
      if let rule { Self.note(rule, &opaque) }
    case .firstMatch(let branches, let otherwise):
      for (condition, branch) in branches {
        condition.collectVariables(into: &variables)
        collect(branch)
      }
      collect(otherwise)
    case .all(let parts), .any(let parts): parts.forEach { collect($0) }
    }
  }

  private static func note(_ rule: RuleReference.ID, _ list: inout [RuleReference.ID]) {
    if !list.contains(rule) { list.append(rule) }
  }
}
