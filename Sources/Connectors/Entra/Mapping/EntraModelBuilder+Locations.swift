internal import IdentityCore

extension EntraModelBuilder {
  /// The id under which the addresses of the older MFA settings appear.
  static let legacyTrusted = "00000000-0000-0000-0000-000000000000"
  private static let trusted = "all trusted locations"
  private static let sides = ["outside", "inside"]

  /// Where a sign-in has to come from.
  mutating func locations(_ json: JSONValue?, _ place: String) -> EntraCondition {
    guard let json else { return .always }
    guard let include = json["includeLocations"]?.strings, !include.isEmpty,
      let exclude = json["excludeLocations"]?.strings
    else {
      return EntraCondition(
        unknownCondition(
          "whether the locations of \(place) hold for a sign-in",
          remedy: "report the policy, so that idsync learns its form"), "locations not readable")
    }
    let included = include.map { location($0) }
    let excluded = exclude.map { location($0) }
    let strange = unknownMembers(
      of: json, besides: ["includeLocations", "excludeLocations"], "locations", place)
    var phrases: [String] = strange.map { _ in "locations not readable" }
    if !include.contains("All") {
      phrases.append("inside \(include.map(locationName).joined(separator: " or "))")
    }
    if !exclude.isEmpty {
      phrases.append("outside \(exclude.map(locationName).joined(separator: " and "))")
    }
    return EntraCondition(
      holds: .and([.or(included), Condition.or(excluded).negated] + strange), phrases: phrases)
  }

  /// The locations that policies mention by id.
  static func mentioned(_ policies: [EntraWire.Policy]) -> Set<String> {
    var result: Set<String> = []
    for policy in policies {
      guard let locations = policy.conditions["locations"] else { continue }
      for key in ["includeLocations", "excludeLocations"] {
        result.formUnion(locations[key]?.strings ?? [])
      }
    }
    return result
  }

  private mutating func location(_ id: String) -> Condition {
    switch id {
    case "All": return .always
    case "AllTrusted": return flag(Self.trusted, Self.sides)
    case Self.legacyTrusted: return trustedLocation("location MFA trusted addresses")
    default: break
    }
    let known: [String: EntraWire.Location]
    switch tenant.locations {
    case .read(let all): known = all
    case .unreadable(let reason, let remedy):
      return unknownCondition(
        "whether the sign-in is inside location \(id): \(reason)", remedy: remedy)
    }
    guard let found = known[id] else {
      return unknownCondition(
        "whether the sign-in is inside location \(id), which the list of named locations does not name",
        remedy: "take the deleted location out of the policy")
    }
    let name = "location \(locationName(id))"
    switch found.kind {
    case .addresses(isTrusted: true): return trustedLocation(name)
    case .addresses: return flag(name, Self.sides)
    case .countries(_, _, byAddress: true):
      guard let countries else { return flag(name, Self.sides) }
      return .variable(variable("country", countries.names), in: countries.classes(of: id))
    case .countries: return flag(name, Self.sides)
    case .damaged(let damage):
      return unknownCondition(
        "whether the sign-in is inside location \(found.name): it is damaged (\(damage))",
        remedy: "run again; if it stays, report it")
    case .other(let type):
      return unknownCondition(
        "whether the sign-in is inside location \(found.name), of the kind \(type.prefix(60))",
        remedy: "report the kind of location, so that idsync learns it")
    }
  }

  /// A trusted location lies inside "all trusted", which may be larger.
  private mutating func trustedLocation(_ name: String) -> Condition {
    let isNew = place(ofVariable: name) == nil
    let inside = flag(name, Self.sides)
    if isNew { axioms.append(.any([.not(inside), flag(Self.trusted, Self.sides)])) }
    return inside
  }

  /// The name of a location, its id where there is none; with the id where two share a name.
  private func locationName(_ id: String) -> String {
    if id == "AllTrusted" { return Self.trusted }
    if id == Self.legacyTrusted { return "MFA trusted addresses" }
    guard case .read(let all) = tenant.locations, let found = all[id] else { return id }
    let isShared = all.values.contains { $0.id != id && $0.name == found.name }
    return isShared ? "\(found.name) (\(id))" : found.name
  }
}
