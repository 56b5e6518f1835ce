/// Puts a sign-in result into the words of reports: reason, witness and evidence.
struct SignInWording {
  let model: SignInModel
  let app: ProviderApp
  let source: SourceName

  /// The door this result makes.
  func door(_ result: SignInResult, _ signature: AccountTable.Signature) -> Door {
    Door(
      provider: source, app: app.id, verdict: result.verdict, code: code(result),
      reason: reason(result), witness: witness(result),
      witnessContext: result.witness.sorted { $0.name < $1.name },
      evidence: app.evidence + rules(result) + facts(result, signature) + unknowns(result))
  }

  private func code(_ result: SignInResult) -> ReasonCode {
    switch result.verdict {
    case .enforced: result.isAlwaysRefused ? .accessDenied : .policyEnforces
    case .enforcedConditionally: .policyEscapes
    case .notEnforced: .policySingleFactor
    case .cannotTell, .notEvaluated: .policyUnknown
    }
  }

  private func reason(_ result: SignInResult) -> String {
    switch result.verdict {
    case .enforced where result.isAlwaysRefused:
      return "Every sign-in to \(app.label) is refused by policy."
    case .enforced:
      let policies = names(result.closingRules.map { "'\(model.rules[$0].policyName)'" })
      return "Every sign-in to \(app.label) asks for two factors"
        + (policies.isEmpty ? "." : " (\(policies)).")
    case .enforcedConditionally:
      return "One factor is enough for \(app.label) in some sign-ins: \(witness(result) ?? "")."
    case .notEnforced:
      return "One factor is enough for \(app.label): \(witness(result) ?? "every sign-in")."
    case .cannotTell, .notEvaluated:
      let causes = names(result.unknowns.map { Self.clause($0.title) })
      let remedies = names(result.unknowns.map { Self.clause($0.remedy) })
      return "It is not known \(causes.isEmpty ? "what the policies ask for" : causes)."
        + (remedies.isEmpty ? "" : " To mend it: \(remedies).")
    }
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
    result.reachableRules.map { id in
      let rule = model.rules[id]
      let condition = rule.condition.isEmpty ? "always" : "when \(rule.condition)"
      return EvidenceItem(
        .rule, id: rule.ruleID, name: "\(rule.policyName) › \(rule.ruleName)",
        value: "\(rule.demand), \(condition)" + (rule.standing.map { "; \($0)" } ?? ""),
        path: "policy \(rule.policyID)")
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
    result.unknowns.map {
      EvidenceItem(.status, name: "not known: \($0.title)", value: $0.remedy)
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
