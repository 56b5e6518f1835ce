internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

extension EntraModelBuilder {
  private static let knownApplicationKeys: Set<String> = [
    "includeApplications", "excludeApplications", "applicationFilter", "includeUserActions",
    "includeAuthenticationContextClassReferences",
  ]

  /// Whether a policy is for sign-ins to the application.
  ///
  /// A policy for a user action or an authentication context protects no ordinary sign-in.
  mutating func applications(
    _ policy: EntraWire.Policy, _ place: EntraPlace
  ) -> EntraCondition {
    guard let json = policy.conditions["applications"] else {
      return EntraCondition(
        unknownCondition(
          "whether \(place) is for \(app.name): it names no applications", at: place,
          remedy: "report the policy, so that idsync learns its form"), "applications not named")
    }
    let actions = json["includeUserActions"]?.strings ?? []
    let contexts = json["includeAuthenticationContextClassReferences"]?.strings ?? []
    let listed = policy.names["includeApplications"]
    if listed?.all.isEmpty != false, json["applicationFilter"] == nil,
      !actions.isEmpty || !contexts.isEmpty
    {
      return .never
    }
    var included = names(policy, "includeApplications", place)
    var excluded = names(policy, "excludeApplications", place)
    var strange = unknownMembers(
      of: json, besides: Self.knownApplicationKeys, "conditions/applications", place)
    if let filter = json["applicationFilter"] {
      let matches = self.filter(filter, place)
      switch filter["mode"]?.string {
      case "exclude": excluded.append(matches)
      case "include": included.append(matches)
      default:
        strange.append(
          unknownCondition(
            "whether the application filter of \(place) includes or excludes", at: place,
            remedy: "name the application itself in the policy"))
      }
    } else if !json.has("applicationFilter") {
      strange.append(missing("applicationFilter", place))
    }
    let holds = Condition.and([.or(included), Condition.or(excluded).negated] + strange)
    return EntraCondition(holds, "for \(app.name) as far as can be read")
  }

  private mutating func names(
    _ policy: EntraWire.Policy, _ key: String, _ place: EntraPlace
  ) -> [Condition] {
    guard let names = policy.names[key] else {
      return [
        unknownCondition(
          "which applications \(key) of \(place) names: the list is missing", at: place,
          remedy: "run again; if it stays, report it")
      ]
    }
    let id = app.appID.lowercased()
    let isNamed = names.idSet.contains(id) || names.words.contains { $0.lowercased() == id }
    let own: [Condition] = isNamed ? [.always] : []
    return own + names.words.map { name(of: $0, place) }
  }

  private mutating func name(of word: String, _ place: EntraPlace) -> Condition {
    switch word {
    case "All": return .always
    case "None": return .never
    default:
      if EntraKnownApps.groups[word]?.contains(app.appID.lowercased()) == true { return .always }
      // What Microsoft groups under a word is Microsoft's own.
      if EntraKnownApps.groups[word] != nil, isMicrosofts == .no { return .never }
      return unknownCondition(
        "whether \(app.name) is among \(word.prefix(40)) (\(place))", at: place, text: word,
        remedy: "name the application itself in the policy")
    }
  }

  /// The rule of custom security attributes; they are not read, but the same rule is the same condition.
  private mutating func filter(_ json: JSONValue, _ place: EntraPlace) -> Condition {
    let rule = json["rule"]?.string
    return unknownCondition(
      "whether \(app.name) matches the application filter \"\((rule ?? json.text).prefix(200))\"",
      at: rule == nil ? place : nil, text: rule ?? json.text,
      remedy: "name the application itself in the policy")
  }

  /// That a condition holds which every policy shows, and this one does not.
  mutating func missing(_ key: String, _ place: EntraPlace) -> Condition {
    unknownCondition(
      "whether the \(key) of \(place) hold for a sign-in: they are missing", at: place,
      remedy: "run again; if it stays, report it")
  }

  /// Whether the application is Microsoft's own.
  var isMicrosofts: Tri { app.isMicrosofts }
}
