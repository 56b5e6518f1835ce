internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

extension JumpCloudModel {
  /// What a policy may stand before.
  enum Resource: Sendable {
    case application
    case portal
  }

  /// A condition with the phrases that say it.
  struct Said {
    var holds: Condition
    var phrases: [String] = []
  }

  private static let report = "report the policy, so that idsync learns its form"

  // MARK: Resources

  private static let targetKeys: Set<String> = [
    "resources", "excludedApplications", "users", "userGroups", "userAttributes",
  ]
  private static let types = ["application", "user_portal", "ldap", "admin_portal"]

  /// Whether a policy stands before the application, or before the user portal.
  mutating func target(_ policy: JumpCloudWire.Policy, _ resource: Resource) -> Condition {
    let place = "policy '\(policy.name)'"
    guard let resources = policy.resources else {
      return unknown("what \(place) stands before", Self.report)
    }
    guard !resources.isEmpty else {
      // The type alone tells of a policy for something else; of one for applications it does not tell which.
      switch policy.type {
      case "ldap", "admin_portal": return .never
      case "user_portal": return resource == .portal ? .always : .never
      default: return unknown("what \(place) stands before", Self.report)
      }
    }
    var parts: [Condition] = []
    for entry in resources {
      let type = entry["type"]?.string
      guard let type, Self.types.contains(type) else {
        parts.append(unknown("what \(place) stands before (\(type ?? "?"))", Self.report))
        continue
      }
      switch (type, resource) {
      case ("user_portal", .portal): parts.append(.always)
      case ("application", .application): parts.append(application(entry, policy))
      default: continue
      }
    }
    return .or(parts)
  }

  private mutating func application(
    _ entry: JSONValue, _ policy: JumpCloudWire.Policy
  ) -> Condition {
    let excluded = policy.targets?.object?["excludedApplications"]
    // Without an id all applications are meant, without exceptions none is left out; null is neither.
    if let id = entry.object?["id"] {
      guard let id = id.string else {
        return unknown("which application policy '\(policy.name)' stands before", Self.report)
      }
      return id == app.id ? .always : .never
    }
    guard let excluded else { return .always }
    guard let ids = excluded.strings else {
      return unknown("which applications policy '\(policy.name)' leaves out", Self.report)
    }
    return ids.contains(app.id) ? .never : .always
  }

  // MARK: People

  /// Whom a policy is for: everybody it includes, without those it excludes.
  mutating func people(_ policy: JumpCloudWire.Policy) -> Said {
    let place = "policy '\(policy.name)'"
    var included: [Condition] = []
    var excluded: [Condition] = []
    var extra: [Condition] = []
    var phrases: [String] = []
    for word in list("users", "inclusions", policy, &extra) {
      included.append(
        word == "ALL" ? .always : unknown("whom \(place) means by \(word.prefix(40))", Self.report))
    }
    for id in list("userGroups", "inclusions", policy, &extra) {
      included.append(group(id))
      phrases.append("for group \(picture.groups[id] ?? id)")
    }
    for id in list("userGroups", "exclusions", policy, &extra) {
      excluded.append(group(id))
      phrases.append("not for group \(picture.groups[id] ?? id)")
    }
    if included.isEmpty { included.append(unknown("whom \(place) is for", Self.report)) }
    let targets = policy.targets
    // Attributes are documented for LDAP only; what they do elsewhere nobody says.
    let sections: [(name: String, known: Set<String>)] = [
      ("users", ["inclusions"]), ("userGroups", ["inclusions", "exclusions"]),
      ("userAttributes", []),
    ]
    var strange = Self.strangers(targets, besides: Self.targetKeys, at: "targets")
    for (name, known) in sections {
      strange += Self.strangers(
        targets?.object?[name], besides: known, at: "targets/\(name)")
    }
    for stranger in unrecognised.note(strange, of: place) {
      extra.append(.unknown(tables.unknown(stranger)))
      phrases.append("with targets that cannot be read")
    }
    return Said(
      holds: .and([.or(included), Condition.or(excluded).negated] + extra), phrases: phrases)
  }

  /// The texts of a list of targets; one of another form may mean anybody.
  private mutating func list(
    _ section: String, _ key: String, _ policy: JumpCloudWire.Policy, _ extra: inout [Condition]
  ) -> [String] {
    // A section or list that is missing names nobody; one that is null says nothing.
    guard let value = policy.targets?.object?[section] else { return [] }
    if let members = value.object {
      guard let list = members[key] else { return [] }
      if let texts = list.strings { return texts }
    }
    extra.append(
      unknown("whom \(section).\(key) of policy '\(policy.name)' means", Self.report))
    return []
  }

  private func group(_ id: String) -> Condition {
    facts.groups.first { $0.id == id }.map { .subject($0.place) } ?? .never
  }

  // MARK: The sign-in

  /// When a policy applies to a sign-in: without conditions always.
  mutating func condition(_ policy: JumpCloudWire.Policy) -> Said {
    let place = "policy '\(policy.name)'"
    guard let conditions = policy.conditions else {
      return Said(
        holds: unknown(
          "under which conditions \(place) applies: it names none",
          "run again; if it stays, report it"
        ), phrases: ["conditions missing"])
    }
    if conditions.object?.isEmpty == true { return Said(holds: .always) }
    let (holds, phrase) = expression(conditions, place)
    return Said(holds: holds, phrases: [phrase])
  }

  private mutating func expression(_ json: JSONValue, _ place: String) -> (Condition, String) {
    guard let members = json.object, members.count == 1, let (key, value) = members.first else {
      return strange(json.text, place)
    }
    switch (key, value) {
    case ("not", _):
      let (inner, phrase) = expression(value, place)
      return (inner.negated, "not (\(phrase))")
    case ("all", .array(let values)) where !values.isEmpty:
      let parts = values.map { expression($0, place) }
      return (.and(parts.map(\.0)), parts.map(\.1).joined(separator: " and "))
    case ("any", .array(let values)) where !values.isEmpty:
      let parts = values.map { expression($0, place) }
      return (.or(parts.map(\.0)), "(\(parts.map(\.1).joined(separator: " or ")))")
    case ("deviceManaged", .bool(let wanted)): return device("a managed device", wanted)
    case ("deviceEncrypted", .bool(let wanted)): return device("an encrypted device", wanted)
    case ("ipAddressIn", _):
      guard let ids = value.strings, !ids.isEmpty else { return strange(json.text, place) }
      let names = ids.map { "IP list \(ipListName($0))" }
      return (
        .or(names.map { flag($0, ["outside", "inside"]) }),
        "inside \(names.joined(separator: " or "))"
      )
    case ("locationIn", _):
      guard let countries = JumpCloudPicture.countries(value) else {
        return strange(json.text, place)
      }
      return (location(countries), "from \(countries.sorted().joined(separator: ", "))")
    default: return strange(json.text, place)
    }
  }

  private mutating func strange(_ text: String, _ place: String) -> (Condition, String) {
    let shown = String(text.prefix(120))
    return (
      unknown("whether the condition \(shown) of \(place) holds", Self.report, text: text),
      "\(shown), which cannot be read"
    )
  }

  private mutating func device(_ name: String, _ wanted: Bool) -> (Condition, String) {
    let holds = flag(name)
    return wanted ? (holds, "with \(name)") : (holds.negated, "without \(name)")
  }

  /// The name of an IP list, with the id where two share a name.
  private func ipListName(_ id: String) -> String {
    guard let name = picture.ipLists[id] else { return id }
    let isShared = picture.ipLists.contains { $0.key != id && $0.value == name }
    return isShared ? "\(name) (\(id))" : name
  }

  private mutating func location(_ countries: Set<String>) -> Condition {
    guard let classes = picture.countries.classes(of: countries) else {
      // Too many to tell apart: each condition by itself.
      return flag("countries \(countries.sorted().joined(separator: ", "))", ["outside", "inside"])
    }
    if classes.isEmpty { return .never }
    return .variable(tables.variable("country", picture.countries.names), in: classes)
  }
}
