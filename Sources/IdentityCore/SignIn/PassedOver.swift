/// Rules that would ask for two factors, had they not excluded the person.
struct PassedOver {
  /// One exclusion, as evidence names it.
  struct Exclusion: Hashable {
    /// What is excluded: `group Migration`.
    var subject: String
    /// Whether people can be taken out of it.
    var isGroup: Bool
    /// The policy or rule, as people find it: `policy 'Two factors'`.
    var policy: String
  }

  private let model: SignInModel
  private let signature: AccountTable.Signature
  private let reachable: Set<RuleReference.ID>
  private var items: [EvidenceItem] = []
  private var seen: Set<RuleReference.ID> = []

  /// So many are listed one by one.
  private static let mostListed = 10

  /// The exclusions that keep rules away from a person, as evidence.
  static func evidence(
    _ model: SignInModel, _ signature: AccountTable.Signature, besides reachable: [RuleReference.ID]
  ) -> [EvidenceItem] {
    var passed = PassedOver(model, signature, Set(reachable))
    passed.collect(model.policy)
    return passed.items
  }

  private init(
    _ model: SignInModel, _ signature: AccountTable.Signature, _ reachable: Set<RuleReference.ID>
  ) {
    self.model = model
    self.signature = signature
    self.reachable = reachable
  }

  private mutating func collect(_ policy: SignInPolicy) {
    guard items.count < Self.mostListed else { return }
    switch policy {
    case .demand, .upstream: return
    case .all(let parts), .any(let parts): parts.forEach { collect($0) }
    case .firstMatch(let branches, let otherwise):
      for branch in branches {
        if let rule = Self.strongRule(in: branch.policy), !reachable.contains(rule) {
          note(rule, branch.condition)
        }
        collect(branch.policy)
      }
      collect(otherwise)
    }
  }

  private mutating func note(_ id: RuleReference.ID, _ condition: Condition) {
    let atoms = excluding(condition)
    guard !atoms.isEmpty, holds(condition, without: []) == false,
      holds(condition, without: Set(atoms)) != false, seen.insert(id).inserted
    else { return }
    let rule = model.rules[id]
    let subjects = atoms.map { atom -> String in
      let atom = model.atoms[atom]
      let isNamed = atom.kind == .group || atom.kind == .role
      return isNamed ? "\(atom.kind.rawValue) \(Self.bare(atom))" : atom.name
    }
    items.append(
      EvidenceItem(
        .rule, id: rule.ruleID,
        name: rule.ruleName == rule.policyName
          ? rule.policyName : "\(rule.policyName) › \(rule.ruleName)",
        value:
          "\(Self.head)\(subjects.joined(separator: ", "))\(Self.tail); otherwise \(rule.demand)",
        path: "policy \(rule.policyID)"))
  }

  private static func bare(_ atom: SubjectAtom) -> String {
    let head = "\(atom.kind.rawValue) "
    return atom.name.hasPrefix(head) ? String(atom.name.dropFirst(head.count)) : atom.name
  }

  private static func strongRule(in policy: SignInPolicy) -> RuleReference.ID? {
    switch policy {
    case .demand(.multiFactor, let rule): rule
    case .demand, .upstream: nil
    case .all(let parts), .any(let parts): parts.lazy.compactMap { strongRule(in: $0) }.first
    case .firstMatch(let branches, let otherwise):
      branches.lazy.compactMap { strongRule(in: $0.policy) }.first ?? strongRule(in: otherwise)
    }
  }

  // MARK: Conditions

  /// The facts that hold for the person and that a condition wants not to hold, each once.
  private func excluding(_ condition: Condition) -> [SubjectAtom.ID] {
    var found: [SubjectAtom.ID] = []
    func collect(_ condition: Condition, isNegated: Bool) {
      switch condition {
      case .always, .never, .variable, .unknown: return
      case .subject(let atom):
        if isNegated, signature.has(atom), model.unreadableAtoms[atom] == nil, !found.contains(atom)
        {
          found.append(atom)
        }
      case .not(let inner): collect(inner, isNegated: !isNegated)
      case .all(let parts), .any(let parts):
        for part in parts { collect(part, isNegated: isNegated) }
      }
    }
    collect(condition, isNegated: false)
    return found
  }

  /// Whether a condition holds for the person in every sign-in and world; nil where that depends.
  ///
  /// - Parameter absent: facts that are taken not to hold.
  private func holds(_ condition: Condition, without absent: Set<SubjectAtom.ID>) -> Bool? {
    switch condition {
    case .always: return true
    case .never: return false
    case .variable, .unknown: return nil
    case .subject(let atom):
      if absent.contains(atom) { return false }
      guard model.unreadableAtoms[atom] == nil else { return nil }
      return signature.has(atom)
    case .not(let inner): return holds(inner, without: absent).map { !$0 }
    case .all(let parts):
      let all = parts.map { holds($0, without: absent) }
      return all.contains(false) ? false : all.contains(nil) ? nil : true
    case .any(let parts):
      let all = parts.map { holds($0, without: absent) }
      return all.contains(true) ? true : all.contains(nil) ? nil : false
    }
  }

  // MARK: Words

  private static let head = "excludes "
  private static let tail = ", so it does not apply"

  /// The exclusions that evidence names.
  static func exclusions(in evidence: [EvidenceItem]) -> [Exclusion] {
    evidence.compactMap { item in
      guard item.kind == .rule, item.value.hasPrefix(head),
        let end = item.value.firstRange(of: tail)
      else { return nil }
      let subject = String(item.value[..<end.lowerBound].dropFirst(head.count))
      let parts = item.name.split(separator: " › ", maxSplits: 1).map(String.init)
      return Exclusion(
        subject: subject, isGroup: subject.hasPrefix("group ") || subject.hasPrefix("role "),
        policy: parts.count == 2
          ? "rule '\(parts[1])' of policy '\(parts[0])'" : "policy '\(item.name)'")
    }
  }
}
