/// Puts a sign-in result into the words of reports: reason, witness and evidence.
struct SignInWording {
  let model: SignInModel
  /// The rules of the model that stand for a provider behind.
  var closed: Set<RuleReference.ID> = []
  let app: ProviderApp
  let source: SourceName
  /// What the model shows of its rules.
  let traces: RuleTraces

  /// The door this result makes.
  func door(_ result: SignInResult, _ signature: AccountTable.Signature) -> Door {
    Door(
      provider: source, app: app.id, verdict: result.verdict, code: code(result),
      reason: reason(result), witness: witness(result),
      witnessContext: result.witness.sorted { $0.name < $1.name },
      evidence: app.evidence + rules(result) + exclusions(result, signature)
        + facts(result, signature) + unknowns(result),
      isProven: result.isProven,
      rules: traces.traces(
        of: own(result.reachableRules + result.opaqueRules).map { model.rules[$0] }),
      ruleKeys: traces.ruleKeys, policyDigest: traces.digest, inventory: app.inventory)
  }

  private func code(_ result: SignInResult) -> ReasonCode {
    switch result.verdict {
    case .enforced: .policyEnforces
    case .enforcedConditionally: .policyEscapes
    case .notEnforced: .policySingleFactor
    case .cannotTell: .policyUnknown
    case .notEvaluated: result.closedUpstreams.first?.code ?? .accessDenied
    }
  }

  private func reason(_ result: SignInResult) -> String {
    switch result.verdict {
    case .enforced:
      let policies = names(result.closingRules.map { "'\(model.rules[$0].policyName)'" })
      return "Every sign-in to \(app.label) asks for two factors"
        + (policies.isEmpty ? "." : " (\(policies)).")
    case .enforcedConditionally:
      return "One factor is enough for \(app.label) in some sign-ins: \(witness(result) ?? "")."
    case .notEnforced:
      return "One factor is enough for \(app.label): \(witness(result) ?? "every sign-in")."
    case .notEvaluated: return refusal(result)
    case .cannotTell:
      let head = result.findsNoWayIn ? noWayIn(result) : nil
      let causes = names(titles(result.unknowns).map(Self.clause))
      if let head, causes.isEmpty {
        return "\(head) To mend it: see at \(source) how people sign in to \(app.label)."
      }
      let remedies = names(result.unknowns.map { Self.clause($0.remedy) })
      return (head.map { "\($0) " } ?? "")
        + "It is not known \(causes.isEmpty ? "what the policies ask for" : causes)."
        + (remedies.isEmpty ? "" : " To mend it: \(remedies).")
    }
  }

  /// Why nobody gets in, by the rules that were read.
  private func refusal(_ result: SignInResult) -> String {
    let behind = result.closedUpstreams.map { answer in
      let words = answer.words.hasSuffix(".") ? String(answer.words.dropLast()) : answer.words
      return "it is left to \(answer.source), where there is no way in: \(words)"
    }
    let rules = own(result.closingRules).map { ruleText(model.rules[$0]) }
    return "No sign-in to \(app.label) gets in: \(names(behind + rules))."
  }

  private func noWayIn(_ result: SignInResult) -> String {
    let rules = names(own(result.closingRules).map { ruleText(model.rules[$0]) })
    return rules.isEmpty
      ? "No way to sign in to \(app.label) was found, and no rule that refuses it."
      : "No way to sign in to \(app.label) was found; not every sign-in is refused by a rule (\(rules))."
  }

  /// The rules that are the provider's own.
  private func own(_ rules: [RuleReference.ID]) -> [RuleReference.ID] {
    rules.filter { !closed.contains($0) }
  }

  /// What unknowns are called: several of one title by what they are besides.
  private func titles(_ unknowns: [Unknown]) -> [String] {
    let things = Dictionary(grouping: unknowns, by: \.title).mapValues { Set($0.map(\.key)).count }
    return unknowns.map {
      things[$0.title] == 1 || $0.key == $0.title ? $0.title : "\($0.title) (\(object(of: $0)))"
    }
  }

  /// What an unknown is about, without its title.
  private func object(of unknown: Unknown) -> String {
    let end = ": \(unknown.title)"
    return unknown.key.hasSuffix(end) ? String(unknown.key.dropLast(end.count)) : unknown.key
  }

  /// The escape as a phrase: `sign-in inside zone HQ: rule 1 'Office' of policy …`.
  private func witness(_ result: SignInResult) -> String? {
    guard result.verdict == .notEnforced || result.verdict == .enforcedConditionally else {
      return nil
    }
    let context = result.witness.map(phrase).joined(separator: ", ")
    let rules = names(result.witnessRules.map { ruleText(model.rules[$0]) })
    let head = context.isEmpty ? "any sign-in" : "sign-in \(context)"
    return rules.isEmpty ? head : "\(head): \(rules)"
  }

  /// One fact of a sign-in as people say it: `inside zone HQ`, `from platform linux`, `with device managed`.
  private func phrase(_ fact: ContextFact) -> String {
    switch fact.value {
    case "inside", "outside": "\(fact.value) \(fact.name)"
    case "yes": "with \(fact.name)"
    case "no": "without \(fact.name)"
    default: Self.preposition(fact.name) + "\(fact.name) \(fact.value)"
    }
  }

  private static func preposition(_ name: String) -> String {
    switch name {
    case "platform", "client", "client app", "client type", "country", "network": "from "
    case "started": ""
    default: "with "
    }
  }

  /// A rule as somebody finds it at the provider; only what stands there under this name is put in quotes.
  private func ruleText(_ rule: RuleReference) -> String {
    if let position = rule.position {
      return "rule \(position) '\(rule.ruleName)' of policy '\(rule.policyName)' \(rule.demand)"
    }
    if rule.ruleName == rule.policyName { return "policy '\(rule.policyName)' \(rule.demand)" }
    // Without an id of its own it is a setting, or what is left where no rule applies.
    if rule.ruleID == rule.policyID || rule.ruleID == rule.ruleName {
      return "\(rule.policyName) (\(rule.ruleName)) \(rule.demand)"
    }
    return "rule '\(rule.ruleName)' of policy '\(rule.policyName)' \(rule.demand)"
  }

  private func rules(_ result: SignInResult) -> [EvidenceItem] {
    own(result.reachableRules).map { id in
      let rule = model.rules[id]
      let condition = rule.condition.isEmpty ? "always" : "when \(rule.condition)"
      return EvidenceItem(
        .rule, id: rule.ruleID, name: "\(rule.policyName) › \(rule.ruleName)",
        value: "\(rule.demand), \(condition)" + (rule.standing.map { "; \($0)" } ?? ""),
        path: "policy \(rule.policyID)")
    }
  }

  /// The rules that would have asked for more, had they not excluded the person.
  private func exclusions(
    _ result: SignInResult, _ signature: AccountTable.Signature
  ) -> [EvidenceItem] {
    switch result.verdict {
    case .notEnforced, .enforcedConditionally:
      PassedOver.evidence(model, signature, besides: result.reachableRules)
    case .enforced, .cannotTell, .notEvaluated: []
    }
  }

  /// How many groups that somebody is not in are listed one by one.
  private static let listedAbsences = 20

  private func facts(
    _ result: SignInResult, _ signature: AccountTable.Signature
  ) -> [EvidenceItem] {
    var absences: [SubjectAtom] = []
    var items: [EvidenceItem] = []
    for id in result.decidingAtoms {
      let atom = model.atoms[id]
      let isUnreadable = model.unreadableAtoms[id] != nil
      if atom.isPartial, !isUnreadable, !signature.has(id) { continue }
      let kind: EvidenceItem.Kind = atom.kind == .group ? .group : .userFlag
      if kind == .group, !isUnreadable, !signature.has(id) {
        absences.append(atom)
        if absences.count > Self.listedAbsences { continue }
      }
      let value = isUnreadable ? "not readable" : signature.has(id) ? "yes" : "no"
      items.append(EvidenceItem(kind, id: atom.id, name: atom.name, value: value))
    }
    let more = absences.count - Self.listedAbsences
    if more > 0 {
      items.append(EvidenceItem(.group, name: "\(more) more groups that rules name", value: "no"))
    }
    return items
  }

  private func unknowns(_ result: SignInResult) -> [EvidenceItem] {
    zip(titles(result.unknowns), result.unknowns).map { title, unknown in
      EvidenceItem(.status, name: "not known: \(title)", value: unknown.remedy)
    }
  }

  /// A sentence inside another one: without its full stop.
  private static func clause(_ sentence: String) -> String {
    var rest = sentence[...]
    while rest.last == "." { rest = rest.dropLast() }
    return String(rest)
  }

  private func names(_ all: [String]) -> String {
    var seen: Set<String> = []
    return all.filter { seen.insert($0).inserted }.joined(separator: "; ")
  }
}
