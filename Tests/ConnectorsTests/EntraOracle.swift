import IdentityCore
import MockIdP

/// Decides Conditional Access by trying every sign-in in every possible world, straight from the policies' JSON.
///
/// Written from Microsoft's rules alone; knows nothing of models, variables or axioms.
struct EntraOracle {
  /// Who signs in.
  struct Person {
    var id: String
    var groups: Set<String>
    var roles: Set<String>
    /// A kind of guest; nil for an ordinary member.
    var guest: String?
    /// The groups and roles that can be activated at any sign-in.
    var eligible: Set<String> = []
    var perUser: String
  }

  /// What a sign-in is like.
  struct SignIn {
    var client = "browser"
    var platform = "windows"
    var isInOffice = false
    var isInBranch = false
    var isInLab = false
    var isTrusted = false
    var country = "XX"
    var signInRisk = "none"
    var userRisk = "none"
    var insider = "none"
    var flow = "ordinary"
    var isCompliant = false
    var isJoined = false
    var matchesModel = false
    var meetsOther: Set<String> = []
    var microsoftAsks = false
    var isRemembered = false
    var isPending = false
    /// Whether the browser was told not to ask again.
    var isKnownBrowser = false
  }

  /// What nobody knows, decided one way.
  struct World {
    var facts: [String: Bool] = [:]
    var demands: [String: String] = [:]
  }

  static let tenantApp = Tenants.app

  let policies: [JSON]
  let person: Person
  let unreadableGroups: Set<String>
  /// `on`, `off` or `unreadable`.
  let defaults: String
  /// What stands beside the policies.
  var beside = Beside()

  // MARK: Verdict

  var verdict: Verdict {
    var all: Set<Verdict> = []
    let signIns = signIns
    for world in worlds {
      all.insert(verdict(in: world, signIns))
      // No further world makes two of which one lets in with one factor anything else.
      if all.count > 1, all.contains(.notEnforced) { return .cannotTell }
    }
    // Where some worlds have no way in, those that have one decide.
    if all.count > 1, all.remove(.notEvaluated) != nil { all.insert(.enforced) }
    if all.count == 1, let only = all.first { return only }
    return all.contains(.notEnforced) ? .cannotTell : .enforcedConditionally
  }

  private func verdict(in world: World, _ signIns: [SignIn]) -> Verdict {
    var hasOne = false
    var hasTwo = false
    for active in activations {
      let inForce = policies.filter { isInForce($0, world, active) }
      let live = inForce.filter { $0["grantControls"] != .null }
      let short = inForce.filter(Self.asksSoon)
      let words = words(world, active)
      for signIn in signIns {
        let isKnown =
          signIn.isKnownBrowser && world.facts["remembers"] == true
          && !short.contains { applies($0, signIn) }
        switch outcome(signIn, live, world, words, isKnown) {
        case "refused": continue
        case "two": hasTwo = true
        default: hasOne = true
        }
        if hasOne && hasTwo { return .enforcedConditionally }
      }
    }
    return hasOne ? .notEnforced : hasTwo ? .enforced : .notEvaluated
  }

  /// Every choice of what is activated that policies leave out; activating what they are for is nobody's way around them.
  private var activations: [Set<String>] {
    let left = Set(
      policies.flatMap {
        strings($0["conditions"]?["users"], "excludeGroups")
          + strings($0["conditions"]?["users"], "excludeRoles")
      } + [beside.external].compactMap(\.self))
    return person.eligible.intersection(left).sorted().reduce([[]]) { sets, id in
      sets + sets.map { $0.union([id]) }
    }
  }

  /// Whether a policy is in force, and is for this person and application.
  private func isInForce(_ policy: JSON, _ world: World, _ active: Set<String>) -> Bool {
    let state = policy["state"]?.text ?? ""
    if state == "disabled" || state == "enabledForReportingButNotEnforced" { return false }
    let conditions = policy["conditions"]
    if let riddle = conditions?["riddle"], riddle != .null,
      world.facts["riddle of \(policy["displayName"]?.text ?? "")"] != true
    {
      return false
    }
    return isForPerson(conditions?["users"], world, active)
      && isForApp(conditions?["applications"], world)
  }

  private func outcome(
    _ signIn: SignIn, _ live: [JSON], _ world: World, _ words: Words, _ isKnown: Bool
  ) -> String {
    var asksTwo = false
    for policy in live where applies(policy, signIn) {
      switch grant(policy, signIn, world, words, isKnown) {
      case "refused": return "refused"
      case "two": asksTwo = true
      default: continue
      }
    }
    switch firstFactor(world) {
    case "refused": return "refused"
    case "two": asksTwo = true
    default: break
    }
    // What else asks is met as the control `mfa` is.
    let second = words.meets(nil) == "two"
    if defaults == "on" || (defaults == "unreadable" && world.facts["defaults"] == true) {
      let asks = person.roles.contains(Tenants.admin) || signIn.microsoftAsks
      if asks, second, !isKnown { asksTwo = true }
    }
    let isEnforced =
      person.perUser == "enforced"
      || (person.perUser == "unreadable" && world.facts["perUser"] == true)
    if isEnforced, !signIn.isRemembered, second { asksTwo = true }
    if person.perUser == "enabled", !signIn.isRemembered, !signIn.isPending, second {
      asksTwo = true
    }
    return asksTwo ? "two" : "one"
  }

  // MARK: Policies

  func strings(_ json: JSON?, _ key: String) -> [String] {
    json?[key]?.elements?.compactMap(\.text) ?? []
  }

  private func applies(_ policy: JSON, _ signIn: SignIn) -> Bool {
    let conditions = policy["conditions"]
    let clients = strings(conditions, "clientAppTypes")
    guard clients.contains("all") || clients.contains(signIn.client) else { return false }
    if let platforms = conditions?["platforms"], platforms != .null {
      let include = strings(platforms, "includePlatforms")
      guard include.contains("all") || include.contains(signIn.platform),
        !strings(platforms, "excludePlatforms").contains(signIn.platform)
      else { return false }
    }
    if let locations = conditions?["locations"], locations != .null {
      guard strings(locations, "includeLocations").contains(where: { isIn($0, signIn) }),
        !strings(locations, "excludeLocations").contains(where: { isIn($0, signIn) })
      else { return false }
    }
    for (key, level) in [
      ("signInRiskLevels", signIn.signInRisk), ("userRiskLevels", signIn.userRisk),
    ] {
      let levels = strings(conditions, key)
      guard levels.isEmpty || levels.contains(level) else { return false }
    }
    if let insider = conditions?["insiderRiskLevels"]?.text {
      guard insider.split(separator: ",").contains(Substring(signIn.insider)) else { return false }
    }
    if let flows = conditions?["authenticationFlows"]?["transferMethods"]?.text {
      guard flows.split(separator: ",").contains(Substring(signIn.flow)) else { return false }
    }
    if let filter = conditions?["devices"]?["deviceFilter"], filter != .null {
      let matches =
        filter["rule"]?.text == "device.isCompliant -eq True"
        ? signIn.isCompliant : signIn.matchesModel
      guard matches == (filter["mode"]?.text == "include") else { return false }
    }
    return true
  }

  private func isForPerson(_ users: JSON?, _ world: World, _ active: Set<String>) -> Bool {
    let left = strings(users, "excludeGroups") + strings(users, "excludeRoles")
    return isNamed(users, "include", world) && !isNamed(users, "exclude", world)
      && active.isDisjoint(with: left)
  }

  private func isNamed(_ users: JSON?, _ side: String, _ world: World) -> Bool {
    for id in strings(users, "\(side)Users") where id == "All" || id == person.id { return true }
    for id in strings(users, "\(side)Groups") {
      let isIn =
        unreadableGroups.contains(id)
        ? world.facts["in \(id)"] == true : person.groups.contains(id)
      if isIn { return true }
    }
    for id in strings(users, "\(side)Roles") where person.roles.contains(id) { return true }
    guard let guests = users?["\(side)GuestsOrExternalUsers"], guests != .null,
      let kind = person.guest,
      guests["guestOrExternalUserTypes"]?.text?.split(separator: ",").contains(Substring(kind))
        == true
    else { return false }
    let tenants = guests["externalTenants"]
    guard tenants?["membershipKind"]?.text == "enumerated" else { return true }
    return world.facts["from \(strings(tenants, "members").sorted())"] == true
  }

  private func isForApp(_ apps: JSON?, _ world: World) -> Bool {
    let isMe = { (name: String) in name == "All" || name == Self.tenantApp }
    var included = strings(apps, "includeApplications").contains(where: isMe)
    var excluded = strings(apps, "excludeApplications").contains(where: isMe)
    if let filter = apps?["applicationFilter"], filter != .null {
      let matches = world.facts["filter \(filter["rule"]?.text ?? "")"] == true
      if filter["mode"]?.text == "exclude" {
        excluded = excluded || matches
      } else {
        included = included || matches
      }
    }
    return included && !excluded
  }

  private func isIn(_ location: String, _ signIn: SignIn) -> Bool {
    switch location {
    case "All": true
    case "AllTrusted": signIn.isTrusted
    case Tenants.office: signIn.isInOffice
    case EntraRandomPolicies.branch: signIn.isInBranch
    case Tenants.lab: signIn.isInLab
    case Tenants.brazil: signIn.country == "BR"
    case EntraRandomPolicies.south: signIn.country == "BR" || signIn.country == "AR"
    default: false
    }
  }

  private func grant(
    _ policy: JSON, _ signIn: SignIn, _ world: World, _ words: Words, _ isKnown: Bool
  ) -> String {
    func second(_ combinations: [String]?) -> String {
      isKnown ? "one" : words.meets(combinations)
    }
    let controls = policy["grantControls"]
    var results: [String] = []
    for control in strings(controls, "builtInControls") {
      switch control {
      case "block": results.append("refused")
      case "mfa": results.append(second(nil))
      case "compliantDevice": results.append(signIn.isCompliant ? "one" : "refused")
      case "domainJoinedDevice": results.append(signIn.isJoined ? "one" : "refused")
      case "faceScan":
        results.append(world.demands["faceScan of \(policy["displayName"]?.text ?? "")"] ?? "one")
      default: results.append(signIn.meetsOther.contains(control) ? "one" : "refused")
      }
    }
    if !strings(controls, "termsOfUse").isEmpty {
      results.append(signIn.meetsOther.contains("terms") ? "one" : "refused")
    }
    if let strength = controls?["authenticationStrength"], strength != .null {
      results.append(
        strength["requirementsSatisfied"]?.text == "mfa"
          ? second(strings(strength, "allowedCombinations")) : "one")
    }
    if controls?["operator"]?.text == "AND" {
      return results.contains("refused") ? "refused" : results.contains("two") ? "two" : "one"
    }
    return results.contains("one") ? "one" : results.contains("two") ? "two" : "refused"
  }
}
