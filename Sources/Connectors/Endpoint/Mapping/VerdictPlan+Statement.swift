internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

extension VerdictPlan {
  /// What is stated of one person.
  enum Statement: Hashable {
    case stated(StatedCase)
    /// The table says that sign-ins of this person are out of scope.
    case notEvaluated
  }

  /// What a row states.
  func statement(_ row: MappedRow, _ documents: RowDocuments) -> Statement {
    switch meaning {
    case .enrolment:
      return .stated(
        StatedCase(
          verdict: .cannotTell, statement: "enrolment only",
          reason: "it tells whether a factor is set up, not whether one is asked for",
          remedy: "configure an endpoint that tells the policy, with meaning: enforcement"))
    case .enforcement(let plan, let table): return byTable(plan, table, documents)
    case .rules(let rules): return .stated(byRules(rules, row, documents))
    }
  }

  private func byTable(
    _ plan: FieldPlan, _ table: [String: Verdict], _ documents: RowDocuments
  ) -> Statement {
    let rows: [[JSONValue]?] =
      plan.place == .join ? (documents.joined ?? []).map { [$0] } : [documents[plan.place]]
    var statements: [Statement] = []
    for row in rows {
      var notes: [String] = []
      let value = plan.value(in: row) { notes.append($0) }
      let policy = policyID(plan.place == .join ? row : nil, documents)
      let values: [JSONValue?]
      if case .array(let several)? = value, !several.isEmpty {
        values = several
      } else {
        values = [value]
      }
      for value in values { statements.append(statement(plan, value, table, policy)) }
    }
    let gaps =
      plan.place == .join
      ? documents.unmatched.map { key -> Statement in
        .stated(gap(plan.text, "no row of the joined list has the key \(key)"))
      } : []
    statements += gaps
    guard let first = statements.first else {
      return .stated(gap(plan.text, "no row of the joined list goes with this person"))
    }
    if statements.allSatisfy({ verdict($0) == verdict(first) }) { return first }
    switch combination {
    case .weakest: return statements.min { strength($0) < strength($1) } ?? first
    case .strongest: return statements.max { strength($0) < strength($1) } ?? first
    case .cannotTell:
      if let gap = gaps.first { return gap }
      return .stated(
        StatedCase(
          verdict: .cannotTell, statement: "several policies that differ",
          reason: "several policies speak of this person and differ",
          remedy: "say under mfa which counts, with combine: weakest or strongest"))
    }
  }

  private func statement(
    _ plan: FieldPlan, _ value: JSONValue?, _ table: [String: Verdict], _ policy: String?
  ) -> Statement {
    guard let value, value != .null else {
      return .stated(gap(plan.text, value == nil ? "it is missing" : "it is null", policy))
    }
    guard let text = value.scalarText else {
      return .stated(gap(plan.text, "it is \(value.type.phrase)", policy))
    }
    guard let verdict = table.first(where: { $0.key.utf8.elementsEqual(text.utf8) })?.value else {
      return .stated(gap(plan.text, "the value \(value.shown) is not listed", policy))
    }
    if verdict == .notEvaluated { return .notEvaluated }
    return .stated(
      StatedCase(
        verdict: verdict, statement: "\(plan.text) is \(value.shown)", policyID: policy,
        reason: verdict == .enforcedConditionally
          ? "an exception that \(value.shown) at \(plan.text) makes"
          : verdict == .cannotTell ? "\(plan.text) is \(value.shown)" : "",
        remedy: verdict == .cannotTell ? "list the value with another verdict under mfa.values" : ""
      ))
  }

  private func gap(_ place: String, _ why: String, _ policy: String? = nil) -> StatedCase {
    StatedCase(
      verdict: .cannotTell, statement: "\(place): \(why)", policyID: policy,
      reason: "\(place): \(why)",
      remedy:
        "list every value of \(place) under mfa.values, and have the source fill it for everybody")
  }

  private func byRules(
    _ rules: [VerdictRule], _ row: MappedRow, _ documents: RowDocuments
  ) -> StatedCase {
    for (index, rule) in rules.enumerated() {
      var missing: [String] = []
      let name = "rule \(index + 1)" + (rule.reason.isEmpty ? "" : " (\(rule.reason))")
      switch rule.condition.answer(row, documents, { missing.append($0) }) {
      case .no: continue
      case .yes:
        return StatedCase(
          verdict: rule.verdict, statement: name, policyID: policyID(nil, documents),
          reason: rule.verdict == .enforcedConditionally
            ? "an exception of \(name)" : rule.verdict == .cannotTell ? name : "",
          remedy: rule.verdict == .cannotTell ? "see \(name) under mfa.rules" : "")
      case .unknown:
        let fields = Set(missing).sorted().joined(separator: ", ")
        return StatedCase(
          verdict: .cannotTell, statement: "\(name) cannot be decided",
          reason: "\(name) asks for \(fields), which is missing",
          remedy: "have the source fill \(fields) for everybody, or ask for exists first")
      }
    }
    return StatedCase(
      verdict: .cannotTell, statement: "no rule holds", reason: "no rule holds",
      remedy: "add a rule for the rest under mfa.rules, with when: always")
  }

  private func policyID(_ joined: [JSONValue]?, _ documents: RowDocuments) -> String? {
    guard let evidence else { return nil }
    let places = evidence.place == .join ? joined ?? documents.joined : documents[evidence.place]
    return evidence.value(in: places) { _ in }?.scalarText
  }

  private func verdict(_ statement: Statement) -> Verdict {
    if case .stated(let stated) = statement { stated.verdict } else { .notEvaluated }
  }

  private func strength(_ statement: Statement) -> Int {
    verdict(statement).strength ?? Int.max
  }
}
