internal import IdentityCore

extension EntraModelBuilder {
  private static let knownUserKeys: Set<String> = [
    "includeUsers", "excludeUsers", "includeGroups", "excludeGroups", "includeRoles",
    "excludeRoles", "includeGuestsOrExternalUsers", "excludeGuestsOrExternalUsers",
  ]

  /// Whom a policy is for: everybody it includes, without those it excludes.
  mutating func people(_ conditions: JSONValue, _ place: String) -> EntraCondition {
    guard let users = conditions["users"] else {
      // A policy for workload identities says nothing of people.
      if conditions["clientApplications"] != nil { return .never }
      return EntraCondition(
        unknownCondition(
          "whom \(place) is for: it names no users",
          remedy: "report the policy, so that idsync learns its form"), "people not named")
    }
    var phrases: [String] = []
    let included = side(users, "include", place, &phrases)
    let excluded = side(users, "exclude", place, &phrases)
    let strange = unknownMembers(of: users, besides: Self.knownUserKeys, "users", place)
    return EntraCondition(
      holds: .and([included, excluded.negated] + strange), phrases: phrases)
  }

  private mutating func side(
    _ users: JSONValue, _ word: String, _ place: String, _ phrases: inout [String]
  ) -> Condition {
    var parts: [Condition] = []
    var names: [String] = []
    for id in list(users, "\(word)Users", place, &parts) {
      let (part, name) = user(id, place)
      parts.append(part)
      names.append(name)
    }
    for id in list(users, "\(word)Groups", place, &parts) {
      let name = tenant.groupNames[id] ?? id
      parts.append(subject(.group, id, name))
      names.append("group \(name)")
    }
    for id in list(users, "\(word)Roles", place, &parts) {
      let name = EntraKnownApps.administrators[id] ?? id
      parts.append(subject(.role, id, name))
      names.append("role \(name)")
    }
    if let guests = users["\(word)GuestsOrExternalUsers"] {
      parts.append(self.guests(guests, place))
      names.append("guests (\(guests["guestOrExternalUserTypes"]?.string ?? "?"))")
    }
    if !names.isEmpty, names != ["everybody"] {
      let shown = names.prefix(6).joined(separator: ", ")
      let more = names.count > 6 ? " and \(names.count - 6) more" : ""
      phrases.append("\(word == "include" ? "for" : "not for") \(shown)\(more)")
    }
    return .or(parts)
  }

  /// The ids of a list that every policy has; when it is missing, nobody knows whom it would have named.
  private mutating func list(
    _ users: JSONValue, _ key: String, _ place: String, _ parts: inout [Condition]
  ) -> [String] {
    if let ids = users[key]?.strings { return ids }
    parts.append(
      unknownCondition(
        "whom \(key) of \(place) names: the list is missing",
        remedy: "run again; if it stays, report it"))
    return []
  }

  private mutating func user(_ id: String, _ place: String) -> (Condition, String) {
    switch id {
    case "All": return (.always, "everybody")
    case "None": return (.never, "nobody")
    case "GuestsOrExternalUsers":
      // The older word; whether it takes in external people who count as members is not written down.
      let members = unknownCondition(
        "whether \"guests or external users\" of \(place) means external members too",
        remedy: "name the kinds of guests in the policy")
      return (
        .or([
          guestKind(EntraAccountFact.internalGuest), guestKind(EntraAccountFact.guest),
          .and([guestKind(EntraAccountFact.externalMember), members]),
        ]), "guests or external users"
      )
    default: return (subject(.user, id, "user \(id)"), "user \(id)")
    }
  }

  // MARK: Guests

  /// That the account is of a kind; one whose row does not tell its kind may be of any.
  private mutating func guestKind(_ kind: String) -> Condition {
    .or([subject(.userType, kind, kind), unclearGuest(kind)])
  }

  private mutating func unclearGuest(_ kind: String) -> Condition {
    let isUnclear = subject(.userType, EntraAccountFact.unclear, "kind of account not told")
    let unknown = unknownCondition(
      "whether the person is a guest (\(kind)): the account does not tell",
      remedy: "set userType of the account")
    return .and([isUnclear, unknown])
  }

  private mutating func guests(_ json: JSONValue, _ place: String) -> Condition {
    guard let text = json["guestOrExternalUserTypes"]?.string else {
      return unknownCondition(
        "which guests \(place) means", remedy: "name the kinds of guests in the policy")
    }
    var parts: [Condition] = []
    for kind in Self.words(text) {
      switch kind {
      case "none": continue
      case EntraAccountFact.internalGuest, EntraAccountFact.guest,
        EntraAccountFact.externalMember:
        parts.append(guestKind(kind))
      // People of these kinds have no account in the tenant; one that looks like none of the known kinds may be.
      case "b2bDirectConnectUser", "otherExternalUser", "serviceProvider":
        parts.append(unclearGuest(kind))
      default:
        parts.append(
          unknownCondition(
            "whether the person is a guest of the kind \(kind.prefix(30)) (\(place))",
            remedy: "report the kind, so that idsync learns it"))
      }
    }
    return .and([.or(parts), tenants(json["externalTenants"], place)])
  }

  /// That a guest comes from one of some tenants; accounts do not tell where they come from.
  private mutating func tenants(_ json: JSONValue?, _ place: String) -> Condition {
    guard let json else { return .always }
    switch json["membershipKind"]?.string {
    case "all": return .always
    case "enumerated":
      let ids = (json["members"]?.strings ?? []).sorted()
      return unknownCondition(
        "whether the guest comes from one of the tenants \(ids.joined(separator: ", "))",
        remedy: "aim the policy at guests of all tenants")
    default:
      return unknownCondition(
        "from which tenants \(place) means guests", remedy: "aim it at guests of all tenants")
    }
  }

  /// The words of a comma list.
  static func words(_ text: String) -> [String] {
    text.split(separator: ",").map { part in
      var word = part
      while word.first == " " { word.removeFirst() }
      while word.last == " " { word.removeLast() }
      return String(word)
    }.filter { !$0.isEmpty }
  }

  /// Members of an object that we do not know and that say something: each is a condition nobody can read.
  mutating func unknownMembers(
    of json: JSONValue, besides known: Set<String>, _ what: String, _ place: String
  ) -> [Condition] {
    guard case .object(let members) = json else { return [] }
    return members.keys.sorted().compactMap { key in
      guard !known.contains(key), !key.contains("@odata"), let value = members[key],
        value.saysSomething
      else { return nil }
      return unknownCondition(
        "whether the condition \(key.prefix(40)) of \(place) holds: \(value.text.prefix(120))",
        remedy: "report the condition, so that idsync learns it")
    }
  }

}

extension JSONValue {
  /// Whether a member is more than a place holder.
  var saysSomething: Bool {
    switch self {
    case .null: false
    case .array(let values): !values.isEmpty
    case .string(let text): !text.isEmpty
    case .object(let members):
      members.contains { !$0.key.contains("@odata") && $0.value.saysSomething }
    case .bool, .integer, .number: true
    }
  }
}
