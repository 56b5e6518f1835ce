internal import IdentityCore
internal import JSONQuery

/// A condition of a step, how it reads, and the sessions that it spares.
struct PingOneCondition {
  var holds: Condition
  /// How it reads; empty when it always holds.
  var phrase: String
  /// The sessions with a recent password that keep it from holding.
  var passwordSessions: Set<Variable.ID> = []
  /// The sessions with a recent second factor that keep it from holding.
  var factorSessions: Set<Variable.ID> = []

  static let always = PingOneCondition(holds: .always, phrase: "")

  /// All of them, or one of them.
  static func joined(_ parts: [PingOneCondition], all: Bool) -> PingOneCondition {
    let phrases = parts.map(\.phrase).filter { !$0.isEmpty }
    let phrase = phrases.joined(separator: all ? " and " : " or ")
    return PingOneCondition(
      holds: all ? .and(parts.map(\.holds)) : .or(parts.map(\.holds)),
      phrase: phrases.count > 1 ? "(\(phrase))" : phrase,
      passwordSessions: parts.reduce(into: []) { $0.formUnion($1.passwordSessions) },
      factorSessions: parts.reduce(into: []) { $0.formUnion($1.factorSessions) })
  }

  /// That it would hold, did not one of these sessions spare the person.
  func isSpared(by sessions: Set<Variable.ID>) -> Condition {
    let young = sessions.sorted().map { Condition.variable($0, in: [1]) }
    return .and([.or(young), holds.withoutSessions(sessions)])
  }

  var negated: PingOneCondition {
    var opposite = self
    opposite.holds = holds.negated
    opposite.phrase = "not \(phrase)"
    return opposite
  }
}

extension PingOneModelBuilder {
  private static let address = "${flow.request.http.remoteIp}"
  private static let passwordTime = "${session.lastSignOn.withAuthenticator.pwd.at}"
  private static let factorTime = "${session.lastSignOn.withAuthenticator.mfa.at}"
  /// Which of the names for a person's groups stands in conditions is not documented; any other is an unknown condition.
  private static let groupLists = ["${user.memberOfGroupIDs}", "${user.memberOfGroups.id}"]

  /// Compiles the condition of a step; one that is missing always holds.
  ///
  /// A kind that we do not know, or one of another shape than documented, is an unknown of its own, named.
  /// - Parameter place: the step as messages name it, `step 2 of policy 'Multi_Factor'`.
  mutating func condition(
    _ json: JSONValue?, _ place: String, of object: String
  ) -> PingOneCondition {
    guard let json else { return .always }
    return known(json, place, object) ?? strange(json, place, object)
  }

  private mutating func strange(
    _ json: JSONValue, _ place: String, _ object: String
  ) -> PingOneCondition {
    let text = json.text.count > 120 ? String(json.text.prefix(120)) + "…" : json.text
    let id = unknown(
      "whether the condition \(text) holds (\(place))",
      remedy: "put the condition as populations, groups, networks or sessions, which can be read",
      of: object, text: json.text)
    return PingOneCondition(holds: .unknown(id), phrase: text)
  }

  private mutating func known(
    _ json: JSONValue, _ place: String, _ object: String
  ) -> PingOneCondition? {
    guard let members = json.object, !members.values.contains(.null) else { return nil }
    switch Set(members.keys) {
    case ["and"]: return list(json["and"], place, object, all: true)
    case ["or"]: return list(json["or"], place, object, all: false)
    case ["not"]:
      // Older pages show the inner rule in a list.
      let inner = json["not"]?.array.flatMap { $0.count == 1 ? $0[0] : nil } ?? json["not"]
      return condition(inner, place, of: object).negated
    case ["value", "equals"]: return person(json["value"], json["equals"])
    case ["value", "contains"]: return member(json["value"], json["contains"])
    case ["secondsSince", "greater"]: return session(json["secondsSince"], json["greater"])
    case ["contains", "ipRange"]: return network(json)
    case ["anonymousNetwork", "valid"]: return anonymous(json)
    case ["geoVelocity", "valid"]:
      return PingOneCondition(
        holds: flag("impossible travel", for: json), phrase: "impossible travel")
    case ["ipRisk", "valid"]: return risk(json)
    default: return nil
    }
  }

  private mutating func list(
    _ json: JSONValue?, _ place: String, _ object: String, all: Bool
  ) -> PingOneCondition? {
    guard let parts = json?.array, !parts.isEmpty else { return nil }
    var compiled: [PingOneCondition] = []
    for part in parts { compiled.append(condition(part, place, of: object)) }
    return .joined(compiled, all: all)
  }

  // MARK: People

  private mutating func person(_ value: JSONValue?, _ wanted: JSONValue?) -> PingOneCondition? {
    guard value?.string == "${user.population.id}", let id = wanted?.string else {
      return member(value, wanted)
    }
    return PingOneCondition(holds: subject(.population(id)), phrase: "population \(id)")
  }

  private mutating func member(_ value: JSONValue?, _ wanted: JSONValue?) -> PingOneCondition? {
    guard let name = value?.string, Self.groupLists.contains(name), let id = wanted?.string else {
      return nil
    }
    return PingOneCondition(holds: subject(.group(id)), phrase: "group \(id)")
  }

  // MARK: Sign-in

  /// That something was last proven longer ago than so many seconds, or never.
  private mutating func session(_ time: JSONValue?, _ limit: JSONValue?) -> PingOneCondition? {
    guard let time = time?.string, let seconds = limit?.integer, seconds >= 0 else { return nil }
    let what: String
    switch time {
    case Self.passwordTime: what = "password session"
    case Self.factorTime: what = "session with a second factor"
    case _ where time.hasPrefix("${session.") && time.hasSuffix("}"):
      what = "session (\(time.dropFirst(2).dropLast()))"
    default: return nil
    }
    let young = session(what, youngerThan: seconds)
    return PingOneCondition(
      holds: .variable(young, in: [0]),
      phrase: "no \(what) younger than \(PingOneSettings.duration(seconds))",
      passwordSessions: time == Self.passwordTime ? [young] : [],
      // A second factor that is older than the limit for remembered ones counts for nothing.
      factorSessions: time == Self.factorTime
        && seconds <= settings.rememberedDeviceLimitMinutes * 60 ? [young] : [])
  }

  private mutating func network(_ json: JSONValue) -> PingOneCondition? {
    guard json["contains"]?.string == Self.address, let ranges = json["ipRange"]?.strings,
      !ranges.isEmpty
    else { return nil }
    let name = "network \(ranges.joined(separator: ", "))"
    return PingOneCondition(
      holds: flag(name, ["outside", "inside"]), phrase: "inside \(name)")
  }

  private mutating func anonymous(_ json: JSONValue) -> PingOneCondition? {
    guard json["valid"]?.string == Self.address, let exceptions = json["anonymousNetwork"]?.strings
    else { return nil }
    let name =
      exceptions.isEmpty
      ? "an anonymous network"
      : "an anonymous network other than \(exceptions.joined(separator: ", "))"
    return PingOneCondition(holds: flag(name), phrase: "from \(name)")
  }

  /// Addresses may also be without a score, so ranges that meet do not cover every sign-in.
  private mutating func risk(_ json: JSONValue) -> PingOneCondition? {
    guard json["valid"]?.string == Self.address, let least = json["ipRisk"]?["minScore"]?.integer,
      let most = json["ipRisk"]?["maxScore"]?.integer, least <= most
    else { return nil }
    return PingOneCondition(holds: risk(least...most), phrase: "IP risk \(least)–\(most)")
  }
}

extension Condition {
  /// The same for a sign-in without any of these sessions.
  fileprivate func withoutSessions(_ sessions: Set<Variable.ID>) -> Condition {
    switch self {
    case .variable(let id, let values) where sessions.contains(id):
      values.contains(0) ? .always : .never
    case .not(let inner): inner.withoutSessions(sessions).negated
    case .all(let parts): .and(parts.map { $0.withoutSessions(sessions) })
    case .any(let parts): .or(parts.map { $0.withoutSessions(sessions) })
    default: self
    }
  }
}
