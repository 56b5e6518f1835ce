internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

extension EntraModelBuilder {
  private static let knownUserKeys: Set<String> = [
    "includeUsers", "excludeUsers", "includeGroups", "excludeGroups", "includeRoles",
    "excludeRoles", "includeGuestsOrExternalUsers", "excludeGuestsOrExternalUsers",
  ]

  /// Whom a policy is for: everybody it includes, without those it excludes.
  mutating func people(_ policy: EntraWire.Policy, _ place: EntraPlace) -> EntraCondition {
    let conditions = policy.conditions
    guard let users = conditions["users"] else {
      // A policy for workload identities says nothing of people.
      if conditions["clientApplications"] != nil { return .never }
      return EntraCondition(
        unknownCondition(
          "whom \(place) is for: it names no users", at: place,
          remedy: "report the policy, so that idsync learns its form"), "people not named")
    }
    var phrases: [String] = []
    let included = side(policy, users, "include", place, &phrases)
    let excluded = side(policy, users, "exclude", place, &phrases)
    let strange = unknownMembers(
      of: users, besides: Self.knownUserKeys, "conditions/users", place)
    return EntraCondition(
      holds: .and([included, excluded.negated] + strange), phrases: phrases)
  }

  /// More users than so many are one fact, so that a list of thousands costs no bit an account each.
  private static let mostUsers = 8

  private mutating func side(
    _ policy: EntraWire.Policy, _ users: JSONValue, _ word: String, _ place: EntraPlace,
    _ phrases: inout [String]
  ) -> Condition {
    var parts: [Condition] = []
    var names: [String] = []
    for (part, name) in people(policy.names["\(word)Users"], "\(word)Users", place) {
      parts.append(part)
      if let name { names.append(name) }
    }
    for id in list(policy, "\(word)Groups", place, &parts) {
      let name = tenant.groupNames[id] ?? id
      parts.append(subject(.group, id, name, isExcluded: word == "exclude"))
      names.append("group \(name)")
    }
    for id in list(policy, "\(word)Roles", place, &parts) {
      let name = EntraKnownApps.administrators[id] ?? id
      parts.append(role(id, name, isExcluded: word == "exclude", place))
      names.append("role \(name)")
    }
    let key = "\(word)GuestsOrExternalUsers"
    if let guests = users[key] {
      parts.append(self.guests(guests, "\(word) \(guests.text)", place))
      names.append("guests (\(guests["guestOrExternalUserTypes"]?.string ?? "?"))")
    } else if !users.has(key) {
      parts.append(
        unknownCondition(
          "which guests \(key) of \(place) means: it is missing", at: place,
          remedy: "run again; if it stays, report it"))
    }
    if !names.isEmpty, names != ["everybody"] {
      let shown = names.prefix(6).joined(separator: ", ")
      let more = names.count > 6 ? " and \(names.count - 6) more" : ""
      phrases.append("\(word == "include" ? "for" : "not for") \(shown)\(more)")
    }
    return .or(parts)
  }

  /// A fact about a person; whom it leaves out of a demand is also left out once they activate it, or give it to
  /// themselves, and who leaves a group is not in it.
  mutating func subject(
    _ kind: SubjectAtom.Kind, _ id: String, _ name: String, isExcluded: Bool
  ) -> Condition {
    let place = atoms.id(kind, id, name)
    guard isExcluded else {
      return .and([.subject(place)] + (kind == .group ? stays(in: id, name) : []))
    }
    atoms.exclude(place)
    guard kind == .group || kind == .role else { return .subject(place) }
    // Who may activate it is left out whenever they like: that is a part of the sign-in.
    let word = kind == .group ? "membership of group" : "role"
    let mayActivate = atoms.id(
      .attribute, EntraAccountFact.eligible(kind, id), "may activate \(word) \(name)")
    let activated = flag(
      "\(word) \(name)", ["not activated", "activated"], of: "activated \(kind.rawValue) \(id)")
    return .any([.subject(place), .all([.subject(mayActivate), activated])])
  }

  /// That whoever is in a group has not left it, where people may.
  private mutating func stays(in id: String, _ name: String) -> [Condition] {
    var leaves: [Condition] = []
    switch tenant.entries[id] {
    case nil, .closed?: return []
    case .open?: break
    case .unclear(let why)?:
      leaves = [
        unknownCondition(
          "whether people may leave group \(name) by themselves: \(why)", text: id,
          remedy: EntraGroupEntry.remedy)
      ]
    }
    leaves.append(
      flag("membership of group \(name)", ["kept", "given up"], of: "left group \(id)"))
    return [Condition.and(leaves).negated]
  }

  /// Only built-in roles count.
  private mutating func role(
    _ id: String, _ name: String, isExcluded: Bool, _ place: EntraPlace
  ) -> Condition {
    let holds = subject(.role, id, name, isExcluded: isExcluded)
    // A role of the tenant's own that is left out may be counted: that makes nobody look better.
    guard !isExcluded else { return holds }
    switch tenant.roles[id] {
    case nil: return holds
    case .custom?: return .never
    case .unclear(let reason, let remedy)?:
      return .all([
        holds,
        unknownCondition(
          "whether role \(name) is built in, as policies count no other: \(reason)", text: id,
          remedy: remedy),
      ])
    }
  }

  /// The users of a list, with the words for them.
  private mutating func people(
    _ listed: EntraNames?, _ key: String, _ place: EntraPlace
  ) -> [(Condition, String?)] {
    guard let listed else { return [(isMissing(key, place), nil)] }
    var result: [(Condition, String?)] = []
    for word in listed.words {
      let (part, name) = user(word, place)
      result.append((part, name))
    }
    guard listed.ids.count > Self.mostUsers else {
      for id in listed.ids { result.append((subject(.user, id, "user \(id)"), "user \(id)")) }
      return result
    }
    let name = "one of the \(listed.ids.count) users that \(key) of \(place) names"
    let atom = atoms.id(ofUsers: listed.ids, list: "\(place.id) \(key)", name)
    result.append((.subject(atom), "\(listed.ids.count) users"))
    return result
  }

  private mutating func isMissing(_ key: String, _ place: EntraPlace) -> Condition {
    unknownCondition(
      "whom \(key) of \(place) names: the list is missing", at: place,
      remedy: "run again; if it stays, report it")
  }

  /// The ids of a list that every policy has; when it is missing, nobody knows whom it would have named.
  private mutating func list(
    _ policy: EntraWire.Policy, _ key: String, _ place: EntraPlace, _ parts: inout [Condition]
  ) -> [String] {
    if let named = policy.names[key] {
      for word in named.words { parts.append(strange(word, key, place)) }
      return named.ids
    }
    parts.append(isMissing(key, place))
    return []
  }

  private mutating func user(_ id: String, _ place: EntraPlace) -> (Condition, String) {
    switch id {
    case "All": return (.always, "everybody")
    case "None": return (.never, "nobody")
    case "GuestsOrExternalUsers":
      // The older word; whether it takes in external people who count as members is not written down.
      let members = unknownCondition(
        "whether \"guests or external users\" of \(place) means external members too", at: place,
        remedy: "name the kinds of guests in the policy")
      return (
        .or([
          guestKind(EntraAccountFact.internalGuest), guestKind(EntraAccountFact.guest),
          .and([guestKind(EntraAccountFact.externalMember), members]),
        ]), "guests or external users"
      )
    default: return (strange(id, "users", place), id)
    }
  }

  // MARK: Guests

  /// That the account is of a kind; one whose row does not tell its kind may be of any.
  mutating func guestKind(_ kind: String) -> Condition {
    .or([subject(.userType, kind, kind), unclearGuest(kind)])
  }

  private mutating func unclearGuest(_ kind: String) -> Condition {
    let isUnclear = subject(.userType, EntraAccountFact.unclear, "kind of account not told")
    let unknown = unknownCondition(
      "whether the person is a guest (\(kind)): the account does not tell",
      remedy: "set userType of the account")
    return .and([isUnclear, unknown])
  }

  /// - Parameter side: which of the two lists of the policy it is, and all that it says.
  private mutating func guests(
    _ json: JSONValue, _ side: String, _ place: EntraPlace
  ) -> Condition {
    guard let text = json["guestOrExternalUserTypes"]?.string, !Self.words(text).isEmpty else {
      return unknownCondition(
        "which guests \(place) means", at: place, text: side,
        remedy: "name the kinds of guests in the policy")
    }
    var own: [Condition] = []
    var external: [Condition] = []
    for kind in Self.words(text) {
      switch kind {
      case "none": continue
      // These people belong to this tenant.
      case EntraAccountFact.internalGuest: own.append(guestKind(kind))
      case EntraAccountFact.guest, EntraAccountFact.externalMember:
        external.append(guestKind(kind))
      // People of these kinds have no account in the tenant; one that looks like none of the known kinds may be.
      case "b2bDirectConnectUser", "otherExternalUser", "serviceProvider":
        external.append(unclearGuest(kind))
      default:
        external.append(strange(kind, "guests to \(side.prefix(7))", place))
      }
    }
    let tenants = json["externalTenants"]
    if !own.isEmpty, tenants != nil {
      // Whether a choice of tenants leaves out those of this one is not written down.
      external += own
      own = []
    }
    guard !external.isEmpty else { return .or(own) }
    return .or(own + [.and([.or(external), self.tenants(tenants, side, place)])])
  }

  /// That a guest comes from one of some tenants; accounts do not tell where they come from.
  private mutating func tenants(
    _ json: JSONValue?, _ side: String, _ place: EntraPlace
  ) -> Condition {
    switch (json?["membershipKind"]?.string, json?["members"]?.strings) {
    case ("all"?, _): return .always
    case ("enumerated"?, let members?):
      let ids = members.map(EntraID.folded).sorted().joined(separator: ", ")
      return unknownCondition(
        "whether the guest comes from one of the tenants \(ids.prefix(400))", text: ids,
        remedy: "aim the policy at guests of all tenants")
    default:
      return unknownCondition(
        "from which tenants \(place) means guests", at: place, text: side,
        remedy: "aim it at guests of all tenants")
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
}
