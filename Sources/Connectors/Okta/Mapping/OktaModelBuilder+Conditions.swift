internal import IdentityCore

/// A condition and how it reads: `in zone HQ`, `group Contractors`.
struct OktaCondition {
  var holds: Condition
  /// The parts of the phrase; empty when it always holds.
  var phrases: [String]

  static let always = OktaCondition(holds: .always, phrases: [])
  static let never = OktaCondition(holds: .never, phrases: [])

  /// All of them.
  static func and(_ parts: [OktaCondition]) -> OktaCondition {
    OktaCondition(holds: .and(parts.map(\.holds)), phrases: parts.flatMap(\.phrases))
  }
}

extension OktaModelBuilder {
  /// Compiles the conditions of a policy or rule; null is everybody, always.
  ///
  /// A key we do not know, or a value of another shape than documented, is an unknown of its own, named.
  /// - Parameter place: the rule as messages name it, `rule 'Office' of policy 'Any two factors'`.
  mutating func condition(_ json: JSONValue?, _ place: String) -> OktaCondition {
    guard let members = json?.object else { return .always }
    return .and(
      members.sorted { $0.key < $1.key }.map { key, value in
        value == .null ? .always : condition(key, value, place)
      })
  }

  private mutating func condition(
    _ key: String, _ value: JSONValue, _ place: String
  ) -> OktaCondition {
    let result: OktaCondition? =
      switch key {
      case "people": people(value)
      case "network": network(value)
      case "device": device(value, place)
      case "platform": platform(value, place)
      case "riskScore": riskScore(value)
      case "risk": value == .object(["behaviors": .array([])]) ? .always : nil
      case "userType": userType(value)
      case "elCondition": expression(value, place)
      case "authContext": authContext(value)
      case "identityProvider": identityProvider(value)
      default: nil
      }
    return result ?? strange(key, value, place)
  }

  /// A condition that we cannot read.
  private mutating func strange(
    _ key: String, _ value: JSONValue, _ place: String
  ) -> OktaCondition {
    let text = value.text.count > 80 ? String(value.text.prefix(80)) + "…" : value.text
    let id = unknown(
      "whether the condition \(key) \(text) holds (\(place))",
      remedy: "take the condition out of the rule, or report it so that idsync learns it")
    return OktaCondition(holds: .unknown(id), phrases: ["\(key) \(text)"])
  }

  // MARK: People

  private mutating func people(_ value: JSONValue) -> OktaCondition? {
    guard value.hasOnly(["users", "groups"]) else { return nil }
    guard let users = Lists(value["users"]), let groups = Lists(value["groups"]) else { return nil }
    let inUsers = Condition.or(users.include.map { subject(.user, $0) })
    let inGroups = Condition.or(groups.include.map { group($0) })
    let included: Condition
    switch (users.include.isEmpty, groups.include.isEmpty) {
    case (true, true): included = .always
    case (false, true): included = inUsers
    case (true, false): included = inGroups
    case (false, false): included = eitherOrBoth(inUsers, inGroups)
    }
    let excluded = Condition.or(
      users.exclude.map { subject(.user, $0) } + groups.exclude.map { group($0) })
    let phrases =
      users.include.map { "user \($0)" } + groups.include.map { "group \(groupName($0))" }
    let exceptions =
      users.exclude.map { "not user \($0)" } + groups.exclude.map { "not group \(groupName($0))" }
    let holds = Condition.and([included, excluded.negated])
    return OktaCondition(
      holds: holds,
      phrases: holds == .always
        ? [] : (phrases.isEmpty ? [] : [phrases.joined(separator: " or ")]) + exceptions)
  }

  /// How lists of users and of groups combine is not documented: either is enough, or both are needed.
  private mutating func eitherOrBoth(_ first: Condition, _ second: Condition) -> Condition {
    let bothNeeded = Condition.unknown(
      unknown(
        "whether a rule with lists of users and of groups needs both to match",
        remedy: "name users or groups in a rule, not both"))
    return .and([.or([first, second]), .or([bothNeeded.negated, .and([first, second])])])
  }

  private mutating func userType(_ value: JSONValue) -> OktaCondition? {
    guard let lists = Lists(value) else { return nil }
    let included = Condition.or(lists.include.map { subject(.userType, $0) })
    let excluded = Condition.or(lists.exclude.map { subject(.userType, $0) })
    return OktaCondition(
      holds: .and([lists.include.isEmpty ? .always : included, excluded.negated]),
      phrases: lists.include.map { "user type \($0)" } + lists.exclude.map { "not user type \($0)" }
    )
  }

  // MARK: Network

  private mutating func network(_ value: JSONValue) -> OktaCondition? {
    guard value.hasOnly(["connection", "include", "exclude"]) else { return nil }
    switch value["connection"]?.string {
    case "ANYWHERE": return .always
    case "ZONE": break
    default: return nil
    }
    guard let lists = Lists(value, besides: ["connection"]),
      !(lists.include.isEmpty && lists.exclude.isEmpty)
    else { return nil }
    let included = Condition.or(lists.include.map { zoneOrAny($0) })
    let excluded = Condition.or(lists.exclude.map { zoneOrAny($0) })
    let phrases =
      lists.include.isEmpty ? [] : ["in " + lists.include.map(zonePhrase).joined(separator: " or ")]
    return OktaCondition(
      holds: .and([lists.include.isEmpty ? .always : included, excluded.negated]),
      phrases: phrases + lists.exclude.map { "outside " + zonePhrase($0) })
  }

  private mutating func zoneOrAny(_ id: String) -> Condition {
    id == Self.allZones ? anyZone() : zone(id)
  }

  private func zonePhrase(_ id: String) -> String {
    id == Self.allZones ? "any zone" : "zone \(zoneName(id))"
  }

  // MARK: Sign-in

  private mutating func riskScore(_ value: JSONValue) -> OktaCondition? {
    guard value.hasOnly(["level"]), let level = value["level"]?.string else { return nil }
    let levels = ["low", "medium", "high"]
    if level == "ANY" { return .always }
    guard let index = levels.firstIndex(of: level.lowercased()) else { return nil }
    return OktaCondition(
      holds: .variable(variable("risk", levels), in: [index]), phrases: ["risk \(levels[index])"])
  }

  private mutating func expression(_ value: JSONValue, _ place: String) -> OktaCondition? {
    guard value.hasOnly(["condition"]) else { return nil }
    guard let member = value["condition"] else { return .always }
    guard let text = member.string else { return nil }
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    guard !words.isEmpty else { return .always }
    if OktaExpression.readsOnlySignIn(words) {
      return OktaCondition(
        holds: flag("expression \(words)", ["does not hold", "holds"]),
        phrases: ["expression \(words)"])
    }
    let id = unknown(
      "whether \"\(words)\" holds (\(place))",
      remedy: "put the condition as groups, zones or device states, which can be read")
    return OktaCondition(holds: .unknown(id), phrases: ["expression \(words)"])
  }

  /// Rules for RADIUS and LDAP do not apply to sign-ins to web applications.
  private func authContext(_ value: JSONValue) -> OktaCondition? {
    guard value.hasOnly(["authType"]) else { return nil }
    switch value["authType"]?.string {
    case "ANY": return .always
    case "RADIUS", "LDAP_INTERFACE": return .never
    case nil where value["authType"] == nil: return .always
    default: return nil
    }
  }

  private mutating func identityProvider(_ value: JSONValue) -> OktaCondition? {
    guard value.hasOnly(["provider", "idpIds"]) else { return nil }
    switch value["provider"]?.string {
    case "ANY": return .always
    case "OKTA":
      return OktaCondition(
        holds: anyExternalProvider().negated, phrases: ["not by an external identity provider"])
    case "SPECIFIC_IDP":
      guard let ids = value["idpIds"]?.strings, !ids.isEmpty else { return nil }
      return OktaCondition(
        holds: .or(ids.map { externalProvider($0) }),
        phrases: ["by identity provider " + ids.joined(separator: " or ")])
    default: return nil
    }
  }
}

/// `include` and `exclude` of a condition; missing lists are empty.
private struct Lists {
  var include: [String]
  var exclude: [String]

  /// Nil when there is anything else in the object, or the lists hold anything but texts.
  init?(_ value: JSONValue?, besides known: Set<String> = []) {
    guard let value else {
      include = []
      exclude = []
      return
    }
    guard value.hasOnly(known.union(["include", "exclude"])) else { return nil }
    let lists = ["include", "exclude"].map { key in
      value[key].map(\.strings) ?? .some([])
    }
    guard let included = lists[0], let excluded = lists[1] else { return nil }
    include = included
    exclude = excluded
  }
}

extension JSONValue {
  /// Whether it is an object without other members that say anything.
  func hasOnly(_ keys: Set<String>) -> Bool {
    guard case .object(let members) = self else { return false }
    return members.allSatisfy { $0.value == .null || keys.contains($0.key) }
  }
}
