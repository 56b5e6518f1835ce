internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

extension EntraModelBuilder {
  /// The id under which the addresses of the older MFA settings appear.
  static let legacyTrusted = "00000000-0000-0000-0000-000000000000"
  private static let trusted = "all trusted locations"
  private static let sides = ["outside", "inside"]

  /// Where a sign-in has to come from.
  mutating func locations(_ json: JSONValue?, _ place: EntraPlace) -> EntraCondition {
    guard let json else { return .always }
    guard let include = json["includeLocations"]?.strings, !include.isEmpty,
      let exclude = json["excludeLocations"]?.strings
    else {
      return EntraCondition(
        unknownCondition(
          "whether the locations of \(place) hold for a sign-in", at: place,
          remedy: "report the policy, so that idsync learns its form"), "locations not readable")
    }
    let included = include.map { location($0, "inside", place) }
    let excluded = exclude.map { location($0, "outside", place) }
    let strange = unknownMembers(
      of: json, besides: ["includeLocations", "excludeLocations"], "conditions/locations", place)
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
        result.formUnion((locations[key]?.strings ?? []).map(EntraID.folded))
      }
    }
    return result
  }

  /// That a sign-in comes from a location which a policy names on one of its sides.
  ///
  /// What a location that cannot be found does is a question of its own in every policy and on either side. One that is there
  /// is one thing for all, even if nobody can say what it takes in.
  private mutating func location(
    _ word: String, _ side: String, _ place: EntraPlace
  ) -> Condition {
    if word == "All" { return .always }
    if word == "AllTrusted" { return flag(Self.trusted, Self.sides) }
    let id = EntraID.folded(word)
    if id == Self.legacyTrusted { return trustedLocation("location MFA trusted addresses", id) }
    let known: [String: EntraWire.Location]
    switch tenant.locations {
    case .read(let all): known = all
    case .unreadable(let reason, let remedy):
      return unknownCondition(
        "whether the sign-in is inside location \(id): \(reason)", at: place, text: side,
        remedy: remedy)
    }
    guard let found = known[id] else {
      return unknownCondition(
        "whether the sign-in is inside location \(id), which the list of named locations does not name",
        at: place, text: side, remedy: "take the deleted location out of the policy")
    }
    let name = "location \(locationName(id))"
    // What it takes in is one thing for all policies.
    let doubts = found.strange.sorted { $0.key < $1.key }.compactMap { path, value in
      strange("location \(id): \(path)", value, "what location \(found.name) takes in")
    }
    if let doubt = doubts.first { return .unknown(doubt) }
    switch found.kind {
    case .addresses(isTrusted: true): return trustedLocation(name, id)
    case .addresses: return flag(name, Self.sides, of: Self.key(id))
    case .countries(_, _, byAddress: true):
      guard let countries else { return flag(name, Self.sides, of: Self.key(id)) }
      return .variable(variable("country", countries.names), in: countries.classes(of: id))
    case .countries: return flag(name, Self.sides, of: Self.key(id))
    case .damaged(let damage):
      return unknownCondition(
        "whether the sign-in is inside location \(found.name): it is damaged (\(damage))",
        text: id, remedy: "run again; if it stays, report it")
    case .other(let type):
      return unknownCondition(
        "whether the sign-in is inside location \(found.name), of the kind \(type.prefix(60))",
        text: id,
        remedy: "update idsync, or take the location out of the policies")
    }
  }

  private static func key(_ id: String) -> String { "location id \(id)" }

  /// A trusted location lies inside "all trusted", which may be larger.
  private mutating func trustedLocation(_ name: String, _ id: String) -> Condition {
    let isNew = place(ofVariable: Self.key(id)) == nil
    let inside = flag(name, Self.sides, of: Self.key(id))
    if isNew { axioms.append(.any([.not(inside), flag(Self.trusted, Self.sides)])) }
    return inside
  }

  /// The name of a location, its id where there is none; with the id where two share a name.
  private func locationName(_ word: String) -> String {
    if word == "AllTrusted" { return Self.trusted }
    let id = EntraID.folded(word)
    if id == Self.legacyTrusted { return "MFA trusted addresses" }
    guard case .read(let all) = tenant.locations, let found = all[id] else { return id }
    return sharedLocationNames.contains(found.name) ? "\(found.name) (\(id))" : found.name
  }
}
