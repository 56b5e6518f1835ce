/// What an upstream provider asks of one person.
struct UpstreamAnswer: Hashable {
  /// The source that reads it.
  var source: SourceName
  /// The verdict there.
  var verdict: Verdict
  /// Whether nobody gets in there: the account is inactive or without the application, or rules refuse every sign-in.
  var isClosed: Bool
  /// The witness or the reason, as the upstream door says it.
  var words: String
  /// Why, for machines; a closed provider's is that of whoever gets in nowhere else.
  var code: ReasonCode = .policyUnknown
  /// Whether the verdict there holds whatever is not known there.
  var isProven = true
}

/// A model whose upstream providers were put in.
struct ResolvedModel {
  var model: SignInModel
  /// The rules that stand for a provider which lets the person in nowhere.
  var closed: [RuleReference.ID: UpstreamAnswer] = [:]
}

extension SignInModel {
  /// The model with every sign-in that is left to another provider replaced by what that one asks for.
  ///
  /// A provider without an answer, or one that cannot tell, makes possible worlds.
  func resolving(_ answers: [Upstream.ID: UpstreamAnswer]) -> ResolvedModel {
    var resolved = ResolvedModel(model: self)
    guard !upstreams.isEmpty else { return resolved }
    let parts = upstreams.indices.map { resolved.part(for: $0, answers[$0]) }
    resolved.model.policy = policy.replacing { id, rule in
      parts.indices.contains(id) ? parts[id](rule) : .demand(.singleFactor, by: rule)
    }
    resolved.model.upstreams = []
    return resolved
  }
}

extension ResolvedModel {
  /// What stands in for an upstream provider, by the rule that leads to it.
  fileprivate mutating func part(
    for id: Upstream.ID, _ answer: UpstreamAnswer?
  ) -> (RuleReference.ID?) -> SignInPolicy {
    guard let answer else {
      let upstream = model.upstreams[id]
      if let otherwise = upstream.otherwise { return { .demand(otherwise, by: $0) } }
      let unknown = unknown(
        id, "what \(upstream.name) asks for, to which the sign-in is left",
        "configure a source for it and name it under upstream")
      return { .demand(.unknown(unknown), by: $0) }
    }
    if answer.isClosed {
      let door = closedDoor(answer)
      return { .all([.demand(.singleFactor, by: $0), .demand(.refused, by: door)]) }
    }
    switch answer.verdict {
    case .enforced: return { .demand(.multiFactor, by: $0) }
    case .notEnforced: return { .demand(.singleFactor, by: $0) }
    case .enforcedConditionally:
      let opens = escape(id, answer)
      return { rule in
        .firstMatch(
          [.init(opens, .demand(.singleFactor, by: rule))],
          otherwise: .demand(.multiFactor, by: rule))
      }
    case .cannotTell, .notEvaluated:
      let unknown = unknown(
        id, "what \(answer.source) asks for, to which the sign-in is left: \(answer.words)",
        "see what is said of \(answer.source)")
      return { .demand(.unknown(unknown), by: $0) }
    }
  }

  /// When a provider behind lets in with one factor: in some sign-ins there, and perhaps not at all.
  private mutating func escape(_ id: Upstream.ID, _ answer: UpstreamAnswer) -> Condition {
    let values = ["letting in with one factor (\(answer.words))", "asking for two factors"]
    model.variables.append(Variable(name: answer.source, values: values))
    let weak = Condition.variable(model.variables.count - 1, in: [0])
    if answer.isProven { return weak }
    let unknown = unknown(
      id, "whether \(answer.source) ever lets in with one factor (\(answer.words))",
      "see what is said of \(answer.source)")
    return .all([weak, .unknown(unknown)])
  }

  /// A rule that stands for a provider which lets the person in nowhere.
  private mutating func closedDoor(_ answer: UpstreamAnswer) -> RuleReference.ID {
    model.rules.append(
      RuleReference(
        policyID: answer.source, policyName: answer.source, ruleID: answer.code.rawValue,
        ruleName: answer.code.rawValue, demand: "lets nobody in"))
    closed[model.rules.count - 1] = answer
    return model.rules.count - 1
  }

  private mutating func unknown(
    _ id: Upstream.ID, _ title: String, _ remedy: String
  ) -> Unknown.ID {
    model.unknowns.append(
      Unknown(title: title, remedy: remedy, key: "upstream \(id + 1): \(title)"))
    return model.unknowns.count - 1
  }
}

extension SignInModel {
  /// The upstream providers that a sign-in of such an account may be left to, in order.
  func upstreams(reachableBy signature: AccountTable.Signature) -> [Upstream.ID] {
    guard !upstreams.isEmpty else { return [] }
    // Each becomes an unknown demand of its own; those that stay in the residual policy are reachable.
    var marked = self
    let first = unknowns.count
    marked.unknowns += upstreams.map { Unknown(title: $0.name, remedy: "") }
    marked.policy = policy.replacing { id, rule in .demand(.unknown(first + id), by: rule) }
    let residual = ResidualPolicy(marked, signature)
    var reach = ReachableRules(residual)
    reach.collect()
    let found = Set(reach.unknowns.map { residual.unknowns[$0 - residual.firstUnknown] })
    return upstreams.indices.filter { found.contains(.demand(first + $0)) }
  }
}

extension SignInPolicy {
  fileprivate func replacing(
    _ part: (Upstream.ID, RuleReference.ID?) -> SignInPolicy
  ) -> SignInPolicy {
    switch self {
    case .demand: self
    case .upstream(let id, let rule): part(id, rule)
    case .firstMatch(let branches, let otherwise):
      .firstMatch(
        branches.map { Branch($0.condition, $0.policy.replacing(part)) },
        otherwise: otherwise.replacing(part))
    case .all(let parts): .all(parts.map { $0.replacing(part) })
    case .any(let parts): .any(parts.map { $0.replacing(part) })
    }
  }
}
