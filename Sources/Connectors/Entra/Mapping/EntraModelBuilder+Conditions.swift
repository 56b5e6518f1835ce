internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

extension EntraModelBuilder {
  private static let knownConditionKeys: Set<String> = [
    "users", "applications", "clientAppTypes", "platforms", "locations", "signInRiskLevels",
    "userRiskLevels", "servicePrincipalRiskLevels", "insiderRiskLevels", "devices",
    "authenticationFlows", "clientApplications",
  ]

  /// What every policy shows, be it null: a key that is missing was taken out by somebody on the way.
  private static let shownKeys = [
    "platforms", "locations", "insiderRiskLevels", "devices", "authenticationFlows",
    "servicePrincipalRiskLevels", "clientApplications",
  ]

  /// What a policy asks of the sign-in itself.
  mutating func runtime(_ conditions: JSONValue, _ place: EntraPlace) -> EntraCondition {
    var parts = [
      clientApps(conditions["clientAppTypes"], place), platforms(conditions["platforms"], place),
      locations(conditions["locations"], place),
      risk(conditions["signInRiskLevels"], "sign-in risk", place),
      risk(conditions["userRiskLevels"], "user risk", place),
      insiderRisk(conditions["insiderRiskLevels"], place), devices(conditions["devices"], place),
      flows(conditions["authenticationFlows"], place),
    ]
    for key in Self.shownKeys where !conditions.has(key) {
      parts.append(EntraCondition(missing(key, place), "\(key) not told"))
    }
    var strange = unknownMembers(
      of: conditions, besides: Self.knownConditionKeys, "conditions", place)
    for key in ["servicePrincipalRiskLevels", "clientApplications"] {
      guard let value = conditions[key], value.saysSomething else { continue }
      strange.append(
        unknownCondition(
          "whether \(key) of \(place) leaves people out", at: place,
          remedy: "keep policies for people and for workloads apart"))
    }
    parts += strange.map { EntraCondition($0, "a condition that cannot be read") }
    return .and(parts)
  }

  /// A condition that is written in a way we cannot read.
  private mutating func unreadable(_ what: String, _ place: EntraPlace) -> EntraCondition {
    EntraCondition(
      unknownCondition(
        "whether the \(what) of \(place) hold for a sign-in", at: place,
        remedy: "report the policy, so that idsync learns its form"), "\(what) not readable")
  }

  /// That a one-of variable has one of some values; those we do not know may hold too.
  private mutating func oneOf(
    _ name: String, _ values: [String], _ wanted: [String], _ place: EntraPlace
  ) -> Condition {
    var known: Set<Int> = []
    var parts: [Condition] = []
    for word in wanted {
      if let index = values.firstIndex(of: word) {
        known.insert(index)
      } else {
        parts.append(strange(word, name, place))
      }
    }
    if known.count == values.count { return .always }
    if !known.isEmpty { parts.insert(.variable(variable(name, values), in: known), at: 0) }
    return .or(parts)
  }

  // MARK: Client applications

  private static let modern = ["browser", "mobileAppsAndDesktopClients"]

  private var clientApps: [String] {
    isMicrosofts == .no ? Self.modern : Self.modern + ["exchangeActiveSync", "other"]
  }

  /// The variable of the client; where nobody can tell whether the application is Microsoft's own, nobody can tell whether
  /// older protocols reach it.
  mutating func clientApp() -> Variable.ID {
    let isNew = place(ofVariable: Self.client) == nil
    let client = variable(Self.client, clientApps)
    if isNew, isMicrosofts == .unknown {
      let isOwn = unknownCondition(
        "whether \(app.name) is Microsoft's own, so that older protocols reach it",
        remedy: "run again; if its owner stays untold, refuse older protocols by a policy")
      axioms.append(.any([.variable(client, in: [0, 1]), isOwn]))
    }
    return client
  }

  private static let client = "client app"

  /// Only Microsoft's own applications can be reached by older protocols.
  private mutating func clientApps(_ json: JSONValue?, _ place: EntraPlace) -> EntraCondition {
    guard var words = json?.strings else { return unreadable("client app types", place) }
    if words.contains("all") { return .always }
    // Policies from before the choice existed have none, and are for modern clients.
    if words.isEmpty { words = Self.modern }
    let phrase = "client app is \(words.joined(separator: " or "))"
    words = words.flatMap { $0 == "easSupported" ? ["exchangeActiveSync"] : [$0] }
    if isMicrosofts == .no { words.removeAll { $0 == "exchangeActiveSync" || $0 == "other" } }
    if !Set(clientApps).isSubset(of: words) { _ = clientApp() }
    return EntraCondition(oneOf(Self.client, clientApps, words, place), phrase)
  }

  // MARK: Platforms

  private static let platforms = [
    "android", "iOS", "windows", "windowsPhone", "macOS", "linux", "other",
  ]

  private mutating func platforms(_ json: JSONValue?, _ place: EntraPlace) -> EntraCondition {
    guard let json else { return .always }
    guard let include = json["includePlatforms"]?.strings, !include.isEmpty,
      let exclude = json["excludePlatforms"]?.strings
    else { return unreadable("platforms", place) }
    func side(_ words: [String]) -> Condition {
      words.contains("all") ? .always : oneOf("platform", Self.platforms, words, place)
    }
    let included = side(include)
    let excluded = side(exclude)
    let strange = unknownMembers(
      of: json, besides: ["includePlatforms", "excludePlatforms"], "conditions/platforms", place)
    var phrase = "platform is \(include.joined(separator: " or "))"
    if !exclude.isEmpty { phrase += ", not \(exclude.joined(separator: " or "))" }
    return EntraCondition(.and([included, excluded.negated] + strange), phrase)
  }

  // MARK: Risk

  /// `hidden` is what a tenant without ID Protection sees; it matters only where a policy speaks of it.
  private mutating func risk(
    _ json: JSONValue?, _ name: String, _ place: EntraPlace
  ) -> EntraCondition {
    guard let words = json?.strings else { return unreadable("\(name) levels", place) }
    if words.isEmpty { return .always }
    let levels = ["none", "low", "medium", "high"]
    var parts: [Condition] = []
    if words.contains("hidden") {
      parts.append(
        unknownCondition(
          "when \(name) \"hidden\" holds (\(place))", at: place,
          remedy: "take the level out of the policy"))
    }
    let visible = words.filter { $0 != "hidden" }
    parts.append(oneOf(name, levels, visible, place))
    return EntraCondition(.or(parts), "\(name) is \(words.joined(separator: " or "))")
  }

  private mutating func insiderRisk(_ json: JSONValue?, _ place: EntraPlace) -> EntraCondition {
    guard let json else { return .always }
    guard let text = json.string else { return unreadable("insider risk levels", place) }
    let words = Self.words(text)
    if words.isEmpty { return .always }
    return EntraCondition(
      oneOf("insider risk", ["none", "minor", "moderate", "elevated"], words, place),
      "insider risk is \(words.joined(separator: " or "))")
  }

  // MARK: Flows

  private mutating func flows(_ json: JSONValue?, _ place: EntraPlace) -> EntraCondition {
    guard let json else { return .always }
    guard let text = json["transferMethods"]?.string else {
      return unreadable("authentication flows", place)
    }
    let strange = unknownMembers(
      of: json, besides: ["transferMethods"], "conditions/authenticationFlows", place
    ).map { EntraCondition($0, "authentication flows not readable") }
    let words = Self.words(text).filter { $0 != "none" }
    if words.isEmpty { return .and(strange) }
    let flow = oneOf(
      "authentication flow", ["ordinary", "deviceCodeFlow", "authenticationTransfer"], words, place)
    return .and(
      [EntraCondition(flow, "authentication flow is \(words.joined(separator: " or "))")] + strange)
  }

  // MARK: Devices

  private mutating func devices(_ json: JSONValue?, _ place: EntraPlace) -> EntraCondition {
    guard let json else { return .always }
    let strange = unknownMembers(of: json, besides: ["deviceFilter"], "conditions/devices", place)
    var result = EntraCondition(
      holds: .and(strange), phrases: strange.map { _ in "devices not readable" })
    guard let filter = json["deviceFilter"] else {
      return json.has("deviceFilter")
        ? result : .and([result, unreadable("device filter", place)])
    }
    guard let rule = filter["rule"]?.string, let mode = filter["mode"]?.string,
      mode == "include" || mode == "exclude"
    else { return .and([result, unreadable("device filter", place)]) }
    let matches = device(rule)
    let phrase = "device filter \(mode)s \"\(rule.prefix(120))\""
    result = .and([
      result, EntraCondition(mode == "include" ? matches : matches.negated, phrase),
    ])
    return result
  }

  /// That the device matches a rule; the same text is the same condition, whoever asks.
  private mutating func device(_ rule: String) -> Condition {
    let words = Self.plain(rule)
    // The two attributes that controls ask for as well; without the device's registration neither holds.
    switch words.lowercased() {
    case "device.iscompliant -eq true": return flag(Self.compliant)
    case "device.iscompliant -ne true": return flag(Self.compliant).negated
    case "device.trusttype -eq \"serverad\"": return flag(Self.joined)
    case "device.trusttype -ne \"serverad\"": return flag(Self.joined).negated
    default: return flag("device matching \"\(words)\"")
    }
  }

  /// A rule with one space between its words; what stands in quotes stays as it is.
  private static func plain(_ rule: String) -> String {
    var result = ""
    var quote: Character?
    for character in rule {
      if quote == nil, character == " " || character == "\t" || character == "\n" {
        if result.last != " " { result.append(" ") }
        continue
      }
      if character == quote {
        quote = nil
      } else if quote == nil, character == "\"" || character == "'" {
        quote = character
      }
      result.append(character)
    }
    if result.first == " " { result.removeFirst() }
    if result.last == " " { result.removeLast() }
    return result
  }

  static let compliant = "compliant device"
  static let joined = "hybrid joined device"
}
