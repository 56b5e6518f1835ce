internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

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

/// What Okta shows in every rule of a list, so that its absence is a field that is missing.
struct OktaRuleShape {
  /// Whether these are rules of session policies.
  let isSession: Bool
  /// The conditions that Okta's own replies always name.
  private let always: Set<String>
  /// How many rules name a condition that they may leave out.
  private var counts: [String: Int] = [:]
  private var total = 0
  private var nulls = 0

  init(session rules: [OktaWire.Rule]) {
    isSession = true
    always = ["people", "network", "authContext"]
    count(rules)
  }

  init(app rules: [OktaWire.Rule]) {
    isSession = false
    always = ["network"]
    count(rules)
  }

  private mutating func count(_ rules: [OktaWire.Rule]) {
    nulls = rules.count { $0.isSystem != true && $0.conditions == .null }
    for case .object(let members)? in rules.lazy.filter({ $0.isSystem != true }).map(\.conditions) {
      total += 1
      for (key, value) in members where value != .null { counts[key, default: 0] += 1 }
    }
  }

  /// Whether a rule without conditions is for everyone: rules of applications may be, and then not one alone is.
  ///
  /// Where all others of the list name conditions, what one of them names instead of null is missing.
  var mayBeNull: Bool { !isSession && (total == 0 || nulls > 1) }

  /// The conditions that a rule's own lack.
  ///
  /// Some may be left out, and then mean everybody; not where all other rules of the list name them.
  func unshown(in members: [String: JSONValue]) -> [String] {
    var expected = always
    if !isSession, total > 1 {
      for key in ["people", "riskScore", "userType"] where counts[key] == total - 1 {
        expected.insert(key)
      }
    }
    return expected.filter { members[$0] ?? .null == .null }.sorted()
  }
}

extension OktaModelBuilder {
  /// Compiles the conditions of a rule.
  ///
  /// The vendor's own last rule is for everyone. Rules of applications may say so with null.
  mutating func conditions(
    of rule: OktaWire.Rule, _ place: OktaPlace, _ shape: OktaRuleShape
  ) -> OktaCondition {
    switch rule.conditions {
    case .object(let members)?:
      let shown = condition(rule.conditions, place)
      if rule.isSystem == true { return shown }
      return .and([shown] + shape.unshown(in: members).map { unshown("conditions.\($0)", place) })
    case .null? where rule.isSystem == true || shape.mayBeNull: return .always
    case nil where rule.isSystem == true: return .always
    default: return unshown("conditions", place)
    }
  }

  /// Compiles the conditions of a policy or rule that are there; null is everybody, always.
  ///
  /// A key we do not know, or a value of another shape than documented, is an unknown of its own, named.
  mutating func condition(_ json: JSONValue?, _ place: OktaPlace) -> OktaCondition {
    guard let members = json?.object else { return .always }
    return .and(
      members.sorted { $0.key < $1.key }.map { key, value in
        value == .null ? .always : condition(key, value, place)
      })
  }

  private mutating func condition(
    _ key: String, _ whole: JSONValue, _ policy: OktaPlace
  ) -> OktaCondition {
    let place = policy.part(key)
    guard let known = Self.knownKeys[key] else {
      let strange = JSONValue.object([key: whole]).unrecognised(besides: [], at: "conditions")
      return unknownCondition(unknownKeys(strange, policy), key, whole)
    }
    let inner = whole.unrecognised(besides: known, at: "conditions/\(key)")
    let doubts = unknownKeys(inner, policy)
    guard doubts.isEmpty else { return unknownCondition(doubts, key, whole) }
    let value = inner.isEmpty ? whole : whole.keeping(known)
    let result: OktaCondition? =
      switch key {
      case "people": people(value, place)
      case "network": network(value, place)
      case "device": device(value, place)
      case "platform": platform(value, place)
      case "riskScore": riskScore(value)
      case "userType": userType(value)
      case "elCondition": expression(value, place)
      case "authContext": authContext(value)
      case "identityProvider": identityProvider(value, place)
      case "risk": value == .object(["behaviors": .array([])]) ? .always : nil
      default: nil
      }
    if result == nil { note("conditions.\(key), whole,", place) }
    return result ?? strange(key, value, place)
  }

  /// The conditions that are known, each with the keys that it may have.
  private static let knownKeys: [String: Set<String>] = [
    "people": ["users", "groups"], "network": ["connection", "include", "exclude"],
    "device": ["registered", "managed", "assurance"], "platform": ["include", "exclude"],
    "riskScore": ["level"], "userType": ["include", "exclude"], "elCondition": ["condition"],
    "authContext": ["authType"], "identityProvider": ["provider", "idpIds"], "risk": ["behaviors"],
  ]

  /// A condition of keys that nobody knows; always where somebody vouches for all of them.
  private func unknownCondition(
    _ keys: [Unknown.ID], _ key: String, _ value: JSONValue
  ) -> OktaCondition {
    guard !keys.isEmpty else { return .always }
    return OktaCondition(
      holds: .and(keys.map { .unknown($0) }), phrases: ["\(key) \(OktaOutcome.short(value))"])
  }

  /// A condition that we cannot read.
  private mutating func strange(
    _ key: String, _ value: JSONValue, _ place: OktaPlace
  ) -> OktaCondition {
    let text = OktaOutcome.short(value)
    let id = tables.unknown(
      "\(place.id)|\(value.text)",
      "whether the condition \(key) \(text) holds (\(place.title))",
      remedy: "take the condition out of the rule, or report it so that idsync learns it")
    return OktaCondition(holds: .unknown(id), phrases: ["\(key) \(text)"])
  }

  // MARK: People

  /// Lists of more accounts than this are one fact.
  private static let listedUsers = 16

  /// That the account is one of some.
  private mutating func among(
    _ ids: [String], _ place: OktaPlace
  ) -> (holds: Condition, phrases: [String]) {
    guard ids.count > Self.listedUsers else {
      return (.or(ids.map { tables.subject(.user, $0) }), ids.map { "user \($0)" })
    }
    let name = "one of \(ids.count) users"
    let atom = tables.facts.list(ids, id: place.id, name: "\(name) (\(place.title))")
    return (tables.ask(atom), [name])
  }

  private mutating func people(_ value: JSONValue, _ place: OktaPlace) -> OktaCondition? {
    guard value.hasOnly(["users", "groups"]), value["users"] != nil || value["groups"] != nil
    else { return nil }
    guard let users = Lists(value["users"]), let groups = Lists(value["groups"]) else { return nil }
    // Whoever leaves groups out names them, and a list of groups names some or none.
    if let shown = value["groups"], shown["include"] == nil, groups.exclude.isEmpty { return nil }
    if let shown = value["users"], shown["include"] == nil, shown["exclude"] == nil { return nil }
    let named = among(users.include, place.part("users.include"))
    let unnamed = among(users.exclude, place.part("users.exclude"))
    let inUsers = named.holds
    let inGroups = Condition.or(groups.include.map { group($0) })
    let included: Condition
    switch (users.include.isEmpty, groups.include.isEmpty) {
    case (true, true): included = .always
    case (false, true): included = inUsers
    case (true, false): included = inGroups
    case (false, false): included = eitherOrBoth(inUsers, inGroups, place)
    }
    let excluded = Condition.or([unnamed.holds] + groups.exclude.map { group($0, includes: false) })
    let phrases = named.phrases + groups.include.map { "group \(groupName($0))" }
    let exceptions =
      unnamed.phrases.map { "not \($0)" } + groups.exclude.map { "not group \(groupName($0))" }
    let holds = Condition.and([included, excluded.negated])
    return OktaCondition(
      holds: holds,
      phrases: holds == .always
        ? [] : (phrases.isEmpty ? [] : [phrases.joined(separator: " or ")]) + exceptions)
  }

  /// How lists of users and of groups combine is not documented: either is enough, or both are needed.
  private mutating func eitherOrBoth(
    _ first: Condition, _ second: Condition, _ place: OktaPlace
  ) -> Condition {
    let bothNeeded = Condition.unknown(
      tables.unknown(
        "\(place.id)|both", "whether a rule with lists of users and of groups needs both to match",
        remedy: "name users or groups in a rule, not both"))
    return .and([.or([first, second]), .or([bothNeeded.negated, .and([first, second])])])
  }

  private mutating func userType(_ value: JSONValue) -> OktaCondition? {
    guard value["include"] != nil, value["exclude"] != nil, let lists = Lists(value) else {
      return nil
    }
    let included = Condition.or(lists.include.map { isOfType($0) })
    let excluded = Condition.or(lists.exclude.map { isOfType($0) })
    return OktaCondition(
      holds: .and([lists.include.isEmpty ? .always : included, excluded.negated]),
      phrases: lists.include.map { "user type \($0)" } + lists.exclude.map { "not user type \($0)" }
    )
  }

  private mutating func isOfType(_ id: String) -> Condition {
    fact(
      .userType, id, name: id, unless: OktaUnclear.userType,
      "whether the account is of user type \(id)")
  }

  // MARK: Network

  private mutating func network(_ value: JSONValue, _ place: OktaPlace) -> OktaCondition? {
    guard value.hasOnly(["connection", "include", "exclude"]) else { return nil }
    switch value["connection"]?.string {
    case "ANYWHERE":
      // Anywhere, and lists of zones beside it, contradict each other.
      guard let lists = Lists(value, besides: ["connection"]) else { return nil }
      return lists.include.isEmpty && lists.exclude.isEmpty ? .always : nil
    case "ZONE": break
    default: return nil
    }
    guard let lists = Lists(value, besides: ["connection"]),
      !(lists.include.isEmpty && lists.exclude.isEmpty)
    else { return nil }
    let included = Condition.or(
      lists.include.map { zoneOrAny($0, includes: true, place.part("include")) })
    let excluded = Condition.or(
      lists.exclude.map { zoneOrAny($0, includes: false, place.part("exclude")) })
    let phrases =
      lists.include.isEmpty ? [] : ["in " + lists.include.map(zonePhrase).joined(separator: " or ")]
    return OktaCondition(
      holds: .and([lists.include.isEmpty ? .always : included, excluded.negated]),
      phrases: phrases + lists.exclude.map { "outside " + zonePhrase($0) })
  }

  private mutating func zoneOrAny(
    _ id: String, includes: Bool, _ place: OktaPlace
  ) -> Condition {
    id == Self.allZones
      ? anyZone(includes: includes, place) : zone(id, includes: includes, place)
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
      holds: .variable(tables.variable("risk", levels), in: [index]),
      phrases: ["risk \(levels[index])"])
  }

  private mutating func expression(_ value: JSONValue, _ place: OktaPlace) -> OktaCondition? {
    guard value.hasOnly(["condition"]), let text = value["condition"]?.string else { return nil }
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    // What an expression of no words admits is not documented.
    guard !words.isEmpty else { return nil }
    if OktaExpression.readsOnlySignIn(text) {
      return OktaCondition(
        holds: tables.flag(
          "expression:\(text)", name: "expression \(words)", ["does not hold", "holds"]),
        phrases: ["expression \(words)"])
    }
    let id = tables.unknown(
      "\(place.id)|\(text)", "whether \"\(words)\" holds (\(place.title))",
      remedy: "put the condition as groups, zones or device states, which can be read")
    return OktaCondition(holds: .unknown(id), phrases: ["expression \(words)"])
  }

  /// Rules for RADIUS and LDAP do not apply to sign-ins to web applications.
  private func authContext(_ value: JSONValue) -> OktaCondition? {
    guard value.hasOnly(["authType"]) else { return nil }
    switch value["authType"]?.string {
    case "ANY": return .always
    case "RADIUS", "LDAP_INTERFACE": return .never
    default: return nil
    }
  }

  private mutating func identityProvider(
    _ value: JSONValue, _ place: OktaPlace
  ) -> OktaCondition? {
    guard value.hasOnly(["provider", "idpIds"]) else { return nil }
    switch value["provider"]?.string {
    case "ANY": return .always
    case "OKTA":
      return OktaCondition(
        holds: externalProvider().negated, phrases: ["not by an external identity provider"])
    case "SPECIFIC_IDP":
      guard let ids = value["idpIds"]?.strings, !ids.isEmpty else { return nil }
      return OktaCondition(
        holds: .or(ids.map { externalProvider($0, place) }),
        phrases: ["by identity provider " + ids.joined(separator: " or ")])
    default: return nil
    }
  }
}

extension JSONValue {
  /// The object with some of its members only.
  func keeping(_ keys: Set<String>) -> JSONValue {
    .object((object ?? [:]).filter { keys.contains($0.key) })
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
