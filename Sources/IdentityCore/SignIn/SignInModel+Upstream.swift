/// What an upstream provider asks of one person.
struct UpstreamAnswer: Hashable {
  /// The source that reads it.
  var source: SourceName
  /// The verdict there.
  var verdict: Verdict
  /// Whether nobody gets in there: the account is inactive or without the application.
  var isClosed: Bool
  /// The witness or the reason, as the upstream door says it.
  var words: String
}

extension SignInModel {
  /// The model with every sign-in that is left to another provider replaced by what that one asks for.
  ///
  /// A provider without an answer, or one that cannot tell, makes possible worlds.
  func resolving(_ answers: [Upstream.ID: UpstreamAnswer]) -> SignInModel {
    guard !upstreams.isEmpty else { return self }
    var model = self
    let parts = upstreams.indices.map { model.part(for: $0, answers[$0]) }
    model.policy = policy.replacing { id, rule in
      parts.indices.contains(id) ? parts[id](rule) : .demand(.singleFactor, by: rule)
    }
    model.upstreams = []
    return model
  }

  /// What stands in for an upstream provider, by the rule that leads to it.
  private mutating func part(
    for id: Upstream.ID, _ answer: UpstreamAnswer?
  ) -> (RuleReference.ID?) -> SignInPolicy {
    guard let answer else {
      if let otherwise = upstreams[id].otherwise { return { .demand(otherwise, by: $0) } }
      return unknown(
        "what \(upstreams[id].name) asks for, to which the sign-in is left",
        "configure a source for it and name it under upstream")
    }
    if answer.isClosed { return { .demand(.refused, by: $0) } }
    switch answer.verdict {
    case .enforced: return { .demand(.multiFactor, by: $0) }
    case .notEnforced: return { .demand(.singleFactor, by: $0) }
    case .enforcedConditionally:
      let values = ["letting in with one factor (\(answer.words))", "asking for two factors"]
      variables.append(Variable(name: answer.source, values: values))
      let variable = variables.count - 1
      return { rule in
        .firstMatch(
          [.init(.variable(variable, in: [0]), .demand(.singleFactor, by: rule))],
          otherwise: .demand(.multiFactor, by: rule))
      }
    case .cannotTell, .notEvaluated:
      return unknown(
        "what \(answer.source) asks for, to which the sign-in is left: \(answer.words)",
        "see what is said of \(answer.source)")
    }
  }

  private mutating func unknown(
    _ title: String, _ remedy: String
  ) -> (RuleReference.ID?) -> SignInPolicy {
    unknowns.append(Unknown(title: title, remedy: remedy))
    let unknown = unknowns.count - 1
    return { .demand(.unknown(unknown), by: $0) }
  }
}

extension SignInModel {
  /// The upstream providers that a sign-in of such an account may be left to, in order.
  func upstreams(reachableBy signature: AccountTable.Signature) -> [Upstream.ID] {
    guard !upstreams.isEmpty else { return [] }
    // Each becomes an unknown of its own name; those that stay in the residual policy are reachable.
    var marked = self
    let first = unknowns.count
    marked.unknowns += upstreams.indices.map { Unknown(title: Self.mark($0), remedy: "") }
    marked.policy = policy.replacing { id, rule in .demand(.unknown(first + id), by: rule) }
    let residual = ResidualPolicy(marked, signature)
    var reach = ReachableRules(residual)
    reach.collect()
    let found = Set(reach.unknowns.map { residual.unknowns[$0 - residual.firstUnknown].title })
    return upstreams.indices.filter { found.contains(Self.mark($0)) }
  }

  private static func mark(_ id: Upstream.ID) -> String { "upstream \(id)" }
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
