internal import IdentityCore

extension EntraModelBuilder {
  private static let knownApplicationKeys: Set<String> = [
    "includeApplications", "excludeApplications", "applicationFilter", "includeUserActions",
    "includeAuthenticationContextClassReferences",
  ]

  /// Whether a policy is for sign-ins to the application.
  ///
  /// A policy for a user action or an authentication context protects no ordinary sign-in.
  mutating func applications(_ conditions: JSONValue, _ place: String) -> EntraCondition {
    guard let json = conditions["applications"] else {
      return EntraCondition(
        unknownCondition(
          "whether \(place) is for \(app.name): it names no applications",
          remedy: "report the policy, so that idsync learns its form"), "applications not named")
    }
    let actions = json["includeUserActions"]?.strings ?? []
    let contexts = json["includeAuthenticationContextClassReferences"]?.strings ?? []
    let listed = json["includeApplications"]?.strings
    if listed?.isEmpty != false, json["applicationFilter"] == nil,
      !actions.isEmpty || !contexts.isEmpty
    {
      return .never
    }
    var included = names(json, "includeApplications", place)
    var excluded = names(json, "excludeApplications", place)
    if let filter = json["applicationFilter"] {
      let matches = self.filter(filter)
      if filter["mode"]?.string == "exclude" {
        excluded.append(matches)
      } else {
        included.append(matches)
      }
    }
    let strange = unknownMembers(
      of: json, besides: Self.knownApplicationKeys, "applications", place)
    let holds = Condition.and([.or(included), Condition.or(excluded).negated] + strange)
    return EntraCondition(holds, "for \(app.name) as far as can be read")
  }

  private mutating func names(
    _ json: JSONValue, _ key: String, _ place: String
  ) -> [Condition] {
    guard let names = json[key]?.strings else {
      return [
        unknownCondition(
          "which applications \(key) of \(place) names: the list is missing",
          remedy: "run again; if it stays, report it")
      ]
    }
    return names.map { name(of: $0, place) }
  }

  private mutating func name(of word: String, _ place: String) -> Condition {
    switch word {
    case "All": return .always
    case "None": return .never
    case _ where word.lowercased() == app.appID.lowercased(): return .always
    case _ where Self.isID(word): return .never
    default:
      if EntraKnownApps.groups[word]?.contains(app.appID.lowercased()) == true { return .always }
      // What Microsoft groups under a word is Microsoft's own.
      if EntraKnownApps.groups[word] != nil, isMicrosofts == .no { return .never }
      return unknownCondition(
        "whether \(app.name) is among \(word.prefix(40)) (\(place))",
        remedy: "name the application itself in the policy")
    }
  }

  /// The rule of custom security attributes; they are not read, but the same rule is the same condition.
  private mutating func filter(_ json: JSONValue) -> Condition {
    let rule = json["rule"]?.string ?? json.text
    return unknownCondition(
      "whether \(app.name) matches the application filter \"\(rule.prefix(200))\"",
      remedy: "name the application itself in the policy")
  }

  /// Whether the application is Microsoft's own; unknown where its owner is not told.
  var isMicrosofts: Tri {
    guard let owner = app.owner, !owner.isEmpty else { return .unknown }
    return EntraKnownApps.microsoftTenants.contains(owner.lowercased()) ? .yes : .no
  }

  /// Whether a text is a GUID.
  static func isID(_ text: String) -> Bool {
    text.utf8.count == 36 && text.split(separator: "-").map(\.utf8.count) == [8, 4, 4, 4, 12]
  }
}
