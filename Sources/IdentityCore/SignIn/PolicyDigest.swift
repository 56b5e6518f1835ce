/// A digest of a policy with its order and structure, by the names of things: the places of a model's tables do not matter.
struct PolicyDigest {
  let model: SignInModel

  func value(of policy: SignInPolicy) -> UInt64 {
    var digest = Digest()
    switch policy {
    case .demand(let demand, let rule):
      add(demand, to: &digest)
      add(rule, to: &digest)
    case .upstream(let id, let rule):
      digest.add("upstream")
      model.upstreams[id].keys.sorted().forEach { digest.add($0) }
      add(rule, to: &digest)
    case .firstMatch(let branches, let otherwise):
      digest.add("first")
      for branch in branches {
        digest.add(value(of: branch.condition))
        digest.add(value(of: branch.policy))
      }
      digest.add(value(of: otherwise))
    case .all(let parts): add("all", parts.map(value), to: &digest)
    case .any(let parts): add("any", parts.map(value), to: &digest)
    }
    return digest.value
  }

  private func value(of condition: Condition) -> UInt64 {
    var digest = Digest()
    switch condition {
    case .always: digest.add("always")
    case .never: digest.add("never")
    case .variable(let id, let values):
      digest.add("variable")
      digest.add(model.variables[id].name)
      values.sorted().forEach { digest.add(model.variables[id].values[$0]) }
    case .subject(let id):
      digest.add(model.atoms[id].kind.rawValue)
      digest.add(model.atoms[id].id)
    case .unknown(let id):
      digest.add("unknown")
      digest.add(model.unknowns[id].key)
    case .not(let inner):
      digest.add("not")
      digest.add(value(of: inner))
    case .all(let parts): add("all", parts.map(value), to: &digest)
    case .any(let parts): add("any", parts.map(value), to: &digest)
    }
    return digest.value
  }

  /// Parts whose order does not matter.
  private func add(_ word: String, _ parts: [UInt64], to digest: inout Digest) {
    digest.add(word)
    parts.sorted().forEach { digest.add($0) }
  }

  private func add(_ demand: Demand, to digest: inout Digest) {
    switch demand {
    case .refused: digest.add("refused")
    case .singleFactor: digest.add("one")
    case .multiFactor: digest.add("two")
    case .unknown(let id):
      digest.add("unknown")
      digest.add(model.unknowns[id].key)
    }
  }

  private func add(_ rule: RuleReference.ID?, to digest: inout Digest) {
    guard let rule else { return digest.add("-") }
    digest.add(model.rules[rule].policyID)
    digest.add(model.rules[rule].ruleID)
  }
}
