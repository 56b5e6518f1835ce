internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

extension OktaModelBuilder {
  /// Every platform a sign-in may come from; Okta's list of operating systems, each kind with a rest of its own.
  static let platforms = [
    "windows", "macos", "chromeos", "linux", "other desktop", "ios", "android", "other mobile",
    "other",
  ]

  private static let desktops: Set<Int> = [0, 1, 2, 3, 4]
  private static let mobiles: Set<Int> = [5, 6, 7]
  private static let systems: [String: Int] = [
    "WINDOWS": 0, "MACOS": 1, "CHROMEOS": 2, "LINUX": 3, "IOS": 5, "ANDROID": 6,
  ]

  mutating func platform(_ value: JSONValue, _ place: OktaPlace) -> OktaCondition? {
    guard value.hasOnly(["include", "exclude"]),
      value["include"] != nil || value["exclude"]?.array?.isEmpty == false
    else { return nil }
    guard let include = items(value["include"], place), let exclude = items(value["exclude"], place)
    else { return nil }
    let included = include.isEmpty ? Condition.always : .or(include.map(\.holds))
    let phrases = include.flatMap(\.phrases)
    return OktaCondition(
      holds: .and([included, Condition.or(exclude.map(\.holds)).negated]),
      phrases: (included == .always || phrases.isEmpty
        ? [] : ["platform " + phrases.joined(separator: " or ")])
        + exclude.flatMap(\.phrases).map { "not platform \($0)" })
  }

  private mutating func items(_ list: JSONValue?, _ place: OktaPlace) -> [OktaCondition]? {
    guard let list else { return [] }
    guard let values = list.array else { return nil }
    var result: [OktaCondition] = []
    for value in values {
      guard let item = platformItem(value, place) else { return nil }
      result.append(item)
    }
    return result
  }

  private mutating func platformItem(_ value: JSONValue, _ place: OktaPlace) -> OktaCondition? {
    guard value.hasOnly(["type", "os"]), let type = value["type"]?.string else { return nil }
    let family: Set<Int>
    switch type.uppercased() {
    case "ANY": family = Set(Self.platforms.indices)
    case "DESKTOP": family = Self.desktops
    case "MOBILE": family = Self.mobiles
    case "OTHER": family = [8]
    default: return nil
    }
    guard let os = value["os"], os.hasOnly(["type", "expression", "version"]) else { return nil }
    var result: OktaCondition
    switch os["type"]?.string?.uppercased() {
    case "ANY": result = among(family)
    case "OTHER": result = others(family, place)
    case .some(let name):
      // The system says more than the family; what a contradiction of both admits is not documented.
      guard let index = Self.systems[name], family.contains(index) else { return nil }
      result = among([index])
    default: return nil
    }
    for key in ["expression", "version"] {
      guard let detail = os[key], detail.string != "", detail != .object([:]) else { continue }
      let text = detail.string ?? detail.text
      result = .and([
        result,
        OktaCondition(holds: tables.flag("system \(key) \(text)"), phrases: ["\(key) \(text)"]),
      ])
    }
    return result
  }

  private mutating func among(_ values: Set<Int>) -> OktaCondition {
    if values.count == Self.platforms.count { return .always }
    let names =
      values == Self.desktops
      ? "desktop"
      : values == Self.mobiles
        ? "mobile" : values.sorted().map { Self.platforms[$0] }.joined(separator: " or ")
    return OktaCondition(
      holds: .variable(tables.variable("platform", Self.platforms), in: values), phrases: [names])
  }

  /// `OTHER` is the rest of its family; whether the rest of the desktops still holds Linux, which became a choice of its
  /// own later, is not documented.
  private mutating func others(
    _ family: Set<Int>, _ place: OktaPlace
  ) -> OktaCondition {
    let rest = family.intersection([4, 7, 8])
    guard family.contains(3) else { return among(rest) }
    let platform = tables.variable("platform", Self.platforms)
    let counts = tables.unknown(
      "\(place.id)|linux", "whether Linux counts as another desktop",
      remedy: "name LINUX in the rule's platforms")
    return OktaCondition(
      holds: .or([
        .variable(platform, in: rest), .and([.variable(platform, in: [3]), .unknown(counts)]),
      ]),
      phrases: ["other desktop"])
  }

  mutating func device(_ value: JSONValue, _ place: OktaPlace) -> OktaCondition? {
    guard value.hasOnly(["registered", "managed", "assurance"]) else { return nil }
    guard ["registered", "managed", "assurance"].contains(where: { value[$0] != nil }) else {
      return nil
    }
    var parts: [OktaCondition] = []
    for key in ["registered", "managed"] {
      guard let member = value[key] else { continue }
      guard let wanted = member.bool else { return nil }
      let holds = tables.flag("device \(key)")
      // That a rule which says "false" wants the opposite, and not just anything, is not documented.
      parts.append(
        wanted
          ? OktaCondition(holds: holds, phrases: ["\(key) device"])
          : OktaCondition(
            holds: .or([
              holds.negated,
              .unknown(
                tables.unknown(
                  "\(place.id)|\(key)",
                  "whether \(key) false admits devices that are \(key) (\(place.title))",
                  remedy: "set the device state of the rule to any, or to \(key)")),
            ]),
            phrases: ["not \(key) device"]))
    }
    if let assurance = value["assurance"] {
      guard assurance.hasOnly(["include"]) else { return nil }
      guard let ids = assurance["include"]?.strings else { return nil }
      if !ids.isEmpty {
        parts.append(
          OktaCondition(
            holds: .or(ids.map { tables.flag("device assurance \($0)") }),
            phrases: ["device assurance " + ids.joined(separator: " or ")]))
      }
    }
    return .and(parts)
  }
}
