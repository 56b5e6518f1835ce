internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

extension DuoMapping {
  /// What a set of policies asks for.
  mutating func policy(_ set: PolicySet, _ unenrolled: Condition) -> SignInPolicy {
    switch set {
    case .unreadable(let cause): .demand(.unknown(tables.unknown(cause)), by: nil)
    case .sections(let sections): policy(sections, unenrolled)
    }
  }

  mutating func policy(_ sections: DuoSections, _ unenrolled: Condition) -> SignInPolicy {
    let names = names(of: sections)
    switch sections.behaviour {
    case "bypass":
      return .demand(
        .singleFactor, by: rule(names, "skips the second factor (user_auth_behavior)"))
    case "deny":
      return .demand(.refused, by: rule(names, "refuses every sign-in"))
    case "enforce": return enforce(sections, names, unenrolled)
    case nil:
      return unknown(
        "what the authentication policy of \(names.isEmpty ? "application \(key)" : names) is",
        "let the Admin API application read the global policy", by: unclear(names))
    case let word?:
      return unknown(
        "what authentication policy '\(word)' of \(names) means",
        "report it, so that idsync learns it", by: unclear(names))
    }
  }

  /// The rule that is there and not understood, so that nobody takes it for one that is gone.
  private mutating func unclear(_ names: String) -> RuleReference.ID {
    rule(names, "asks for something that idsync does not know")
  }

  private mutating func enforce(
    _ sections: DuoSections, _ names: String, _ unenrolled: Condition
  ) -> SignInPolicy {
    var branches = relaxing(sections, names)
    // Under `enforce` people with an account but no factor are led to set one up: a note, no other verdict.
    let leads = rule(names, "asks for two factors, and leads people without one to set one up")
    branches.append(.init(unenrolled, .demand(.multiFactor, by: leads)))
    return .firstMatch(
      branches, otherwise: .demand(.multiFactor, by: rule(names, "asks for two factors")))
  }

  /// What comes before the demand of policies that enforce, with an account or without.
  mutating func relaxing(_ sections: DuoSections, _ names: String) -> [SignInPolicy.Branch] {
    networks(sections, names) + locations(sections, names)
      + rememberedDevices(sections, names)
      + sections.unrecognised().compactMap { doubt($0.path, $0.version, names) }
  }

  // MARK: Networks

  private mutating func networks(
    _ sections: DuoSections, _ names: String
  ) -> [SignInPolicy.Branch] {
    guard let skipping = sections.skippingNetworks else {
      return [doubt("authorized_networks/no_2fa_required", sections, names)].compactMap { $0 }
    }
    guard !skipping.isEmpty else { return [] }
    let skips = rule(names, "skips the second factor in these networks")
    let branches = [
      SignInPolicy.Branch(network(skipping), .demand(.singleFactor, by: skips))
    ]
    return branches + [others(sections, names)].compactMap { $0 }
  }

  /// What becomes of sign-ins from networks on no list; nil when that is what becomes of all others.
  private mutating func others(_ sections: DuoSections, _ names: String) -> SignInPolicy.Branch? {
    guard let refuses = sections.refusesOtherNetworks, let demanding = sections.demandingNetworks
    else {
      return .init(
        .always,
        unknown(
          "whether \(names) refuses other networks", "report the shape of authorized_networks"))
    }
    guard refuses else { return nil }
    let rule = rule(names, "refuses sign-ins from all other networks")
    guard !demanding.isEmpty else { return .init(.always, .demand(.refused, by: rule)) }
    return .init(.not(network(demanding)), .demand(.refused, by: rule))
  }

  private mutating func network(_ networks: [String]) -> Condition {
    if DuoNetworks.coverEverything(networks) { return .always }
    // The whole list: two of the same beginning are two.
    return tables.flag(
      "network \(networks.joined(separator: ", "))", ["outside", "inside"])
  }

  // MARK: Countries

  /// Countries where the second factor is skipped; that others refuse matters only beside these.
  private mutating func locations(
    _ sections: DuoSections, _ names: String
  ) -> [SignInPolicy.Branch] {
    guard let content = sections.sections["user_location"] else { return [] }
    let list = "allow_access_no_2fa_countries_list"
    let told = sections.countries(list)
    let doubts = told == nil ? [doubt("user_location/\(list)", content.fingerprint, names)] : []
    return doubts.compactMap { $0 } + countries(sections, told ?? [], names)
  }

  private mutating func countries(
    _ sections: DuoSections, _ skipping: [String], _ names: String
  ) -> [SignInPolicy.Branch] {
    guard !skipping.isEmpty || sections.demandElsewhere == .singleFactor else { return [] }
    var places: [(name: String, demand: Demand?)] = []
    if !skipping.isEmpty { places.append((skipping.joined(separator: ", "), .singleFactor)) }
    for (list, demand) in DuoSections.otherCountryLists {
      // One that is not shown can only hold countries that get off no easier than those elsewhere.
      guard let countries = sections.countries(list), !countries.isEmpty else { continue }
      places.append((countries.joined(separator: ", "), demand))
    }
    places.append(("any other country", sections.demandElsewhere))
    var branches: [SignInPolicy.Branch] = []
    for (place, (_, demand)) in places.enumerated() {
      guard let demand else { continue }
      let isRefused = demand == .refused
      let rule = rule(
        names, "\(isRefused ? "refuses" : "skips the second factor in") these countries")
      let condition =
        places.count == 1
        ? Condition.always
        : .variable(
          tables.variable("country of \(names)", name: "country", places.map(\.name)), in: [place])
      branches.append(.init(condition, .demand(demand, by: rule)))
    }
    return branches
  }

  // MARK: Remembered devices

  private mutating func rememberedDevices(
    _ sections: DuoSections, _ names: String
  ) -> [SignInPolicy.Branch] {
    let part = integration?.isWindowsLogon == true ? "windows_logon" : "browser_apps"
    switch sections.remembered(part) {
    case .never: return []
    case .untold: return [doubt("remembered_devices/\(part)", sections, names)].compactMap { $0 }
    case .seconds(let seconds) where seconds <= rememberedDeviceLimit: return []
    case .seconds(let seconds):
      let skips = rule(
        names, "skips the second factor on remembered devices for \(Self.duration(seconds))")
      return [.init(tables.flag("a remembered device"), .demand(.singleFactor, by: skips))]
    }
  }

  private static func duration(_ seconds: Int64) -> String {
    seconds % 86_400 == 0 ? "\(seconds / 86_400) days" : "\(seconds / 3600) hours"
  }

  // MARK: What is not known

  /// What is left out, or written in another way than documented: it may skip the second factor, in some sign-ins or in all.
  private mutating func doubt(
    _ path: String, _ sections: DuoSections, _ names: String
  ) -> SignInPolicy.Branch? {
    let section = path.split(separator: "/").first.map(String.init) ?? path
    return doubt(path, (sections.sections[section] ?? .null).fingerprint, names)
  }

  private mutating func doubt(
    _ path: String, _ version: String, _ names: String
  ) -> SignInPolicy.Branch? {
    let object = "\(names): \(path)"
    guard
      let unknown = unrecognised.note(
        object, version: version, "Duo does not show \(path) in a way that idsync knows")
    else { return nil }
    let isWrong = Condition.unknown(tables.unknown(unknown))
    let isAbout =
      DuoSections.relaxing.contains(path)
      ? isWrong
      : .all([tables.flag(object, name: "a sign-in that \(path) of \(names) is about"), isWrong])
    let skips = rule(names, "may skip the second factor by \(path), which idsync does not know")
    return .init(isAbout, .demand(.singleFactor, by: skips))
  }
}
