/// A tenant with the indexes that answering needs; generated people and groups follow from their number.
struct EntraDirectory: Sendable {
  let tenant: EntraTenant
  let population: Population?
  private let userPlaces: [String: Int]
  private let groupPlaces: [String: Int]

  init(_ scenario: Scenario) {
    tenant = scenario[EntraTenant.self]
    population = tenant.generated == nil ? nil : scenario.population
    var users: [String: Int] = [:]
    for (place, user) in tenant.users.enumerated() {
      users[user.id] = place
      // Ids have no case.
      users[user.id.lowercased()] = place
      users[user.name] = place
    }
    userPlaces = users
    var groups: [String: Int] = [:]
    for (place, group) in tenant.groups.enumerated() {
      groups[group.id] = place
      groups[group.name] = place
    }
    groupPlaces = groups
  }

  // MARK: Generated ids

  private static func id(_ kind: Character, _ number: Int) -> String {
    let digits = String(number, radix: 16)
    return "\(kind)0000000-0000-4000-8000-"
      + String(repeating: "0", count: max(0, 12 - digits.count)) + digits
  }

  private static func number(_ kind: Character, _ id: String) -> Int? {
    let prefix = "\(kind)0000000-0000-4000-8000-"
    guard id.hasPrefix(prefix) else { return nil }
    return Int(id.dropFirst(prefix.count), radix: 16)
  }

  static func personID(_ number: Int) -> String { id("a", number) }
  static func groupID(_ number: Int) -> String { id("d", number) }
  static func policyID(_ number: Int) -> String { id("c", number) }
  static func locationID(_ number: Int) -> String { id("b", number) }

  // MARK: People

  /// How many accounts there are.
  var userCount: Int { tenant.users.count + (population?.people ?? 0) }

  /// The account at a place.
  func user(at place: Int) -> EntraUser {
    if place < tenant.users.count { return tenant.users[place] }
    let number = place - tenant.users.count
    return EntraUser(population?.email(at: number) ?? "", id: Self.personID(number))
  }

  /// The account with an id or a name.
  func user(_ key: String) -> EntraUser? {
    if let place = userPlaces[key] { return tenant.users[place] }
    guard let population, let number = Self.number("a", key), number < population.people else {
      return nil
    }
    return user(at: tenant.users.count + number)
  }

  // MARK: Groups

  /// One in twenty generated groups is a division.
  private var divisions: Int { max(1, (tenant.generated?.groups ?? 0) / 20) }
  private var departments: Int { max(1, (tenant.generated?.groups ?? 0) - divisions) }

  /// The name of a group; nil when there is no such group.
  func groupName(_ key: String) -> String? {
    if let place = groupPlaces[key] { return tenant.groups[place].name }
    guard let generated = tenant.generated, let number = Self.number("d", key),
      number < generated.groups
    else { return nil }
    return number < divisions ? "Division \(number)" : "Department \(number)"
  }

  /// Whether a group hides its members from whoever asks.
  func hidesMembers(_ key: String) -> Bool {
    groupPlaces[key].map { tenant.groups[$0].hidesMembers } == true
  }

  /// The word for who sees a group; nil is null.
  func visibility(_ key: String) -> String? {
    groupPlaces[key].flatMap { place in
      let group = tenant.groups[place]
      return group.visibility ?? (group.hidesMembers ? "HiddenMembership" : nil)
    }
  }

  /// A group that the scenario names.
  func group(_ key: String) -> EntraGroup? { groupPlaces[key].map { tenant.groups[$0] } }

  /// The id of a user, group or application by whatever names it.
  func principal(_ key: String) -> (id: String, type: String)? {
    if let user = user(key) { return (user.id, "user") }
    if let place = groupPlaces[key] { return (tenant.groups[place].id, "group") }
    if groupName(key) != nil { return (key, "group") }
    return nil
  }

  /// The members of a group as ids with their types; nil when there is no such group.
  func members(of key: String, nested: Bool) -> [(id: String, type: String)]? {
    guard let place = groupPlaces[key] else { return generatedMembers(key, nested) }
    var seen: Set<String> = []
    var result: [(id: String, type: String)] = []
    var open = tenant.groups[place].members
    while !open.isEmpty {
      guard let found = principal(open.removeFirst()), seen.insert(found.id).inserted else {
        continue
      }
      result.append(found)
      // A group inside that hides its members shows none of them here either.
      guard nested, found.type == "group", seesHidden || !hidesMembers(found.id),
        let inner = members(of: found.id, nested: false)
      else {
        continue
      }
      open += inner.map(\.id)
    }
    return result
  }

  private func generatedMembers(_ key: String, _ nested: Bool) -> [(id: String, type: String)]? {
    guard let generated = tenant.generated, let number = Self.number("d", key),
      number < generated.groups
    else { return nil }
    if number >= divisions { return people(inDepartment: number) }
    let children = stride(from: divisions, to: generated.groups, by: 1).filter {
      $0 % divisions == number
    }
    let groups = children.map { (id: Self.groupID($0), type: "group") }
    return nested ? groups + children.flatMap { people(inDepartment: $0) } : groups
  }

  private func people(inDepartment group: Int) -> [(id: String, type: String)] {
    stride(from: group - divisions, to: population?.people ?? 0, by: departments).map {
      (id: Self.personID($0), type: "user")
    }
  }

  /// Whether who asks may see the members of groups that hide them.
  private var seesHidden: Bool {
    tenant.clients.contains { $0.permissions.contains("Member.Read.Hidden") }
  }

  // MARK: Policies

  /// The Conditional Access policies, whole.
  var policies: [JSON] {
    let written = tenant.policies.map(EntraShapes.policy)
    guard let generated = tenant.generated else { return written }
    return written + (0..<generated.policies).map { generatedPolicy($0, generated.groups) }
  }

  /// The named locations.
  var locations: [JSON] {
    guard tenant.generated != nil else { return tenant.locations }
    return tenant.locations
      + (0..<20).map { number in
        number < 10
          ? [
            "@odata.type": "#microsoft.graph.ipNamedLocation",
            "id": .string(Self.locationID(number)), "displayName": "Office \(number)",
            "isTrusted": true, "ipRanges": [["cidrAddress": "198.51.100.\(number)/32"]],
          ]
          : [
            "@odata.type": "#microsoft.graph.countryNamedLocation",
            "id": .string(Self.locationID(number)), "displayName": "Region \(number)",
            "countriesAndRegions": [.string(["BR", "DE", "FR", "IN", "JP"][number % 5])],
            "includeUnknownCountriesAndRegions": false, "countryLookupMethod": "clientIpAddress",
          ]
      }
  }

  /// A policy of a large tenant: everybody outside the offices first, then divisions and departments.
  private func generatedPolicy(_ number: Int, _ groups: Int) -> JSON {
    let division = JSON.string(Self.groupID(number % divisions))
    let own = (0..<3).map {
      JSON.string(Self.groupID(divisions + (number * 3 + $0) % departments))
    }
    var parts: JSON = [
      "id": .string(Self.policyID(number)), "displayName": "Policy \(number)",
      "grantControls": ["builtInControls": ["mfa"]],
      "conditions": [
        "applications": ["includeApplications": ["All"]],
        "users": ["includeGroups": .array(own), "excludeGroups": [own[0]]],
      ],
    ]
    func add(_ conditions: JSON) { parts = parts.merging(["conditions": conditions]) }
    switch number {
    case 0:
      add([
        "users": ["includeUsers": ["All"], "includeGroups": [], "excludeGroups": []],
        "locations": ["includeLocations": ["All"], "excludeLocations": ["AllTrusted"]],
      ])
    case _ where number % 10 == 1:
      add([
        "users": ["includeGroups": [division], "excludeGroups": .array(own)],
        "locations": [
          "includeLocations": ["All"],
          "excludeLocations": [.string(Self.locationID(number % 20))],
        ],
      ])
    case _ where number % 10 == 2:
      add(["clientAppTypes": ["exchangeActiveSync", "other"]])
      parts["grantControls"] = ["builtInControls": ["block"]]
    case _ where number % 10 == 3:
      parts["grantControls"] = ["operator": "OR", "builtInControls": ["mfa", "compliantDevice"]]
    case _ where number % 10 == 4: add(["signInRiskLevels": ["high"]])
    case _ where number % 10 == 5:
      add(["platforms": ["includePlatforms": ["iOS", "android"], "excludePlatforms": []]])
    case _ where number % 10 == 6:
      add(["devices": ["deviceFilter": ["mode": "exclude", "rule": "device.isCompliant -eq True"]]])
    case _ where number % 10 == 7: parts["state"] = "enabledForReportingButNotEnforced"
    case _ where number % 10 == 8: parts["state"] = "disabled"
    case _ where number % 10 == 9:
      add(["applications": ["includeApplications": ["eeeeeeee-0000-4000-8000-00000000000e"]]])
    default: break
    }
    return EntraShapes.policy(parts)
  }
}
