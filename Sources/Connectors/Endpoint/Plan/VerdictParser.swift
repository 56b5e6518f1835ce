internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

/// Reads `mfa`: what an endpoint says about the second factor.
struct VerdictParser {
  let fields: FieldMap

  private enum MeaningWord: String, CaseIterable {
    case enforcement, enrolment
    case rules = "enforcement-rules"
  }

  func plan(_ keys: (any SourceKeys)?, hasJoin: Bool, hasDetail: Bool) -> VerdictPlan? {
    guard let keys else { return nil }
    if !keys.names.contains("meaning") { keys.missing("meaning") }
    let word = keys.choice("meaning", MeaningWord.self)
    let scope = scope(keys)
    let evidence = keys.field("evidence_path")
    var meaning: VerdictPlan.Meaning?
    var combination = VerdictPlan.Combination.cannotTell
    switch word {
    case .enforcement:
      if !keys.names.contains("value_path") { keys.missing("value_path") }
      let value = keys.field("value_path")
      let table = table(keys)
      combination = keys.choice("combine", VerdictPlan.Combination.self) ?? .cannotTell
      if let value, let table { meaning = .enforcement(value: value, table: table) }
      check(value, "value_path", keys, hasJoin, hasDetail)
    case .rules:
      if let rules = rules(keys) { meaning = .rules(rules) }
    case .enrolment:
      meaning = .enrolment
      if !fields.has(.enrolled), !fields.has(.factors) {
        keys.reject("meaning", "enrolment needs the field enrolled or factors")
      }
    case nil: break
    }
    check(evidence, "evidence_path", keys, hasJoin, hasDetail)
    let unknownUser = keys.choice("unknown_user", UnknownUser.self)?.verdict ?? .cannotTell
    keys.finish()
    guard let meaning, let scope else { return nil }
    return VerdictPlan(
      meaning: meaning, scope: scope, evidence: evidence, combination: combination,
      unknownUser: unknownUser)
  }

  private enum UnknownUser: String, CaseIterable {
    case cannotTell = "cannot-tell"
    case notEnforced = "not-enforced"

    var verdict: Verdict { self == .notEnforced ? .notEnforced : .cannotTell }
  }

  private func check(
    _ plan: FieldPlan?, _ key: String, _ keys: any SourceKeys, _ hasJoin: Bool, _ hasDetail: Bool
  ) {
    guard let plan else { return }
    if plan.place == .join && !hasJoin || plan.place == .detail && !hasDetail {
      keys.reject(key, "from: \(plan.place.rawValue), but there is no \(plan.place.rawValue)")
    }
  }

  private func scope(_ keys: any SourceKeys) -> VerdictPlan.Scope? {
    if let word = keys.string("app") {
      if word == "*" { return .all }
      keys.reject("app", "expected \"*\": the endpoint speaks for all apps; otherwise app_path")
      return nil
    }
    guard let path = keys.field("app_path", isList: true) else {
      keys.reject(
        "say which apps this is about: app: \"*\" for all of the provider's, or app_path for where a row names them"
      )
      return nil
    }
    if path.place != .item { keys.reject("app_path", "must stand in the item itself") }
    var names: [AppID: String] = [:]
    if let section = keys.mapping("app_values") {
      for name in section.names { names[name] = section.string(name) }
      section.finish()
    }
    return .named(path, names: names)
  }

  private func table(_ keys: any SourceKeys) -> [String: Verdict]? {
    guard let section = keys.mapping("values") else {
      if !keys.names.contains("values") { keys.missing("values") }
      return nil
    }
    var table: [String: Verdict] = [:]
    for name in section.names {
      guard let verdict = section.choice(name, Verdict.self) else { continue }
      if name == "*" {
        section.reject(name, "a value that is not listed is cannot-tell; list those you know")
      }
      table[name] = verdict
    }
    section.finish()
    if table.isEmpty { keys.reject("values", "list at least one value") }
    return table
  }

  private func rules(_ keys: any SourceKeys) -> [VerdictRule]? {
    let sections = keys.mappings("rules")
    if sections.isEmpty { keys.reject("rules", "list at least one rule") }
    return sections.compactMap { (section: any SourceKeys) -> VerdictRule? in
      if !section.names.contains("when") { section.missing("when") }
      if !section.names.contains("verdict") { section.missing("verdict") }
      let verdict = section.choice("verdict", RuleVerdict.self)
      let reason = section.string("reason") ?? ""
      let condition = section.value("when").flatMap { self.condition($0, section) }
      section.finish()
      guard let verdict, let condition else { return nil }
      return VerdictRule(condition: condition, verdict: verdict.verdict, reason: reason)
    }
  }

  private enum RuleVerdict: String, CaseIterable {
    case enforced
    case conditional = "enforced-conditionally"
    case notEnforced = "not-enforced"
    case cannotTell = "cannot-tell"

    var verdict: Verdict { Verdict(rawValue: rawValue) ?? .cannotTell }
  }

  private func condition(_ value: JSONValue, _ keys: any SourceKeys) -> Predicate? {
    do throws(FieldParser.Problem) {
      return try PredicateParser(fields: fields).predicate(value)
    } catch {
      keys.reject("when", error.message)
      return nil
    }
  }
}
