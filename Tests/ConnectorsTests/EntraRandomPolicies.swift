import MockIdP

/// Random Conditional Access sets in Microsoft's shape, and random people.
struct EntraRandomPolicies {
  static let branch = "b5555555-0000-4000-8000-000000000005"
  static let south = "b6666666-0000-4000-8000-000000000006"
  static let groups = (1...3).map { "d000000\($0)-0000-4000-8000-00000000000a" }
  static let people = (1...2).map { "a000000\($0)-0000-4000-8000-00000000000a" }

  var random: SplitMix64

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  /// One in so many.
  private mutating func oneIn(_ number: Int) -> Bool {
    Int.random(in: 0..<number, using: &random) == 0
  }

  private mutating func pick<T>(_ values: [T]) -> T {
    values[Int.random(in: 0..<values.count, using: &random)]
  }

  private mutating func some(_ values: [String], least: Int = 1) -> JSON {
    let count = Int.random(in: least...max(least, values.count - 1), using: &random)
    return .array(values.shuffled(using: &random).prefix(count).sorted().map { .string($0) })
  }

  mutating func person() -> EntraOracle.Person {
    EntraOracle.Person(
      id: Self.people[oneIn(2) ? 0 : 1], groups: Set(Self.groups.filter { _ in oneIn(2) }),
      roles: oneIn(4) ? [Tenants.admin] : [],
      guest: oneIn(3)
        ? pick(["internalGuest", "b2bCollaborationGuest", "b2bCollaborationMember"]) : nil,
      eligible: Set((Self.groups + [Tenants.admin]).filter { _ in oneIn(6) }),
      perUser: oneIn(6) ? pick(["enforced", "enabled", "unreadable"]) : "disabled")
  }

  mutating func defaults() -> String { oneIn(12) ? pick(["on", "unreadable"]) : "off" }

  /// At most two things beside the policies, so that the worlds stay few.
  mutating func beside() -> EntraOracle.Beside {
    var result = EntraOracle.Beside()
    for _ in 0..<2 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0: result.external = pick(Self.groups)
      case 1: result.takesCertificates = true
      case 2: result.trustsHome = true
      case 3:
        result.federation = pick([
          "acceptIfMfaDoneByFederatedIdp", "enforceMfaByFederatedIdp", "rejectMfaByFederatedIdp",
        ])
      case 4, 5: result.mayRemember = true
      default: continue
      }
    }
    return result
  }

  mutating func unreadableGroups() -> Set<String> { oneIn(6) ? [pick(Self.groups)] : [] }

  /// One to four policies that share a few kinds of conditions, so that they meet.
  mutating func policies() -> [JSON] {
    let kinds = Array(0..<10).shuffled(using: &random).prefix(Int.random(in: 0...3, using: &random))
    return (1...Int.random(in: 1...4, using: &random)).map { number in
      var conditions: JSON = ["users": users(), "applications": applications()]
      for kind in kinds where !oneIn(3) { conditions = conditions.merging(condition(kind)) }
      if oneIn(25) { conditions["riddle"] = ["level": "high"] }
      return Tenants.policy(
        "P\(number)", users: [:], apps: [:], grant: grant(),
        state: oneIn(8) ? pick(["disabled", "enabledForReportingButNotEnforced"]) : "enabled",
        conditions: conditions, oneIn(3) ? Tenants.frequency(oneIn(4) ? 48 : 8) : [:])
    }
  }

  private mutating func users() -> JSON {
    var users: JSON = ["includeUsers": ["All"]]
    switch Int.random(in: 0..<8, using: &random) {
    case 0: users = ["includeUsers": [.string(Self.people[0])]]
    case 1: users = ["includeUsers": [], "includeGroups": some(Self.groups)]
    case 2: users = ["includeUsers": ["None"], "includeRoles": [.string(Tenants.admin)]]
    case 3: users = ["includeUsers": [], "includeGuestsOrExternalUsers": guests()]
    default: break
    }
    if oneIn(4) { users["excludeGroups"] = some(Self.groups) }
    if oneIn(8) { users["excludeUsers"] = [.string(Self.people[0])] }
    if oneIn(8) { users["excludeRoles"] = [.string(Tenants.admin)] }
    if oneIn(8) { users["excludeGuestsOrExternalUsers"] = guests() }
    return users
  }

  private mutating func guests() -> JSON {
    let kinds = some(["internalGuest", "b2bCollaborationGuest", "b2bCollaborationMember"])
    let text = (kinds.elements ?? []).compactMap(\.text).joined(separator: ",")
    let tenants: JSON =
      oneIn(5)
      ? ["membershipKind": "enumerated", "members": [.string(pick(["t1", "t2"]))]]
      : ["membershipKind": "all"]
    return ["guestOrExternalUserTypes": .string(text), "externalTenants": tenants]
  }

  private mutating func applications() -> JSON {
    switch Int.random(in: 0..<14, using: &random) {
    case 0: ["includeApplications": [.string(Tenants.app)]]
    case 1: ["includeApplications": ["All"], "excludeApplications": [.string(Tenants.app)]]
    case 2: ["includeApplications": [.string(Tenants.otherApp)]]
    case 3:
      [
        "includeApplications": oneIn(2) ? ["All"] : [],
        "applicationFilter": ["mode": oneIn(2) ? "include" : "exclude", "rule": "A.B -eq 1"],
      ]
    case 4: ["includeUserActions": ["urn:user:registerdevice"]]
    default: ["includeApplications": ["All"]]
    }
  }

  private mutating func condition(_ kind: Int) -> JSON {
    switch kind {
    case 0: ["clientAppTypes": [.string(pick(["browser", "mobileAppsAndDesktopClients"]))]]
    case 1:
      oneIn(2)
        ? [
          "platforms": [
            "includePlatforms": ["all"], "excludePlatforms": some(["iOS", "linux", "android"]),
          ]
        ]
        : [
          "platforms": [
            "includePlatforms": some(["iOS", "linux", "android"]), "excludePlatforms": [],
          ]
        ]
    case 2, 3:
      oneIn(2)
        ? locations(["All"], some(Self.places))
        : locations(some(Self.places), oneIn(3) ? some(Self.places) : [])
    case 4: ["signInRiskLevels": some(["none", "low", "medium", "high"])]
    case 5: ["userRiskLevels": some(["none", "low", "medium", "high"])]
    case 6:
      ["insiderRiskLevels": .string(pick(["minor,moderate", "elevated", "moderate,elevated"]))]
    case 7:
      [
        "devices": [
          "deviceFilter": [
            "mode": oneIn(2) ? "include" : "exclude",
            "rule": oneIn(2) ? "device.isCompliant -eq True" : "device.model -eq 'X'",
          ]
        ]
      ]
    case 8:
      [
        "authenticationFlows": [
          "transferMethods": .string(
            pick(["deviceCodeFlow", "deviceCodeFlow,authenticationTransfer"]))
        ]
      ]
    default: [:]
    }
  }

  private static let places = [
    "AllTrusted", Tenants.office, branch, Tenants.lab, Tenants.brazil, south,
  ]

  private func locations(_ include: JSON, _ exclude: JSON) -> JSON {
    ["locations": ["includeLocations": include, "excludeLocations": exclude]]
  }

  private mutating func grant() -> JSON? {
    switch Int.random(in: 0..<16, using: &random) {
    case 0, 1: return ["builtInControls": ["block"]]
    case 2: return nil
    case 3: return ["builtInControls": ["compliantDevice"]]
    case 4, 5:
      let operators: JSON = oneIn(2) ? "OR" : "AND"
      let second = pick(["compliantDevice", "domainJoinedDevice", "approvedApplication"])
      return ["operator": operators, "builtInControls": ["mfa", .string(second)]]
    case 6:
      return [
        "operator": oneIn(2) ? "OR" : "AND", "builtInControls": ["mfa"], "termsOfUse": ["t1"],
      ]
    case 7:
      let satisfies: JSON = oneIn(2) ? "mfa" : "none"
      return [
        "authenticationStrength": [
          "id": "s1", "displayName": "S", "requirementsSatisfied": satisfies,
          "allowedCombinations": [
            .string(pick(["fido2", "x509CertificateMultiFactor", "federatedMultiFactor"]))
          ],
        ]
      ]
    case 8 where oneIn(2): return ["builtInControls": ["faceScan"]]
    default: return ["builtInControls": ["mfa"]]
    }
  }
}

/// A small repeatable generator of random numbers.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
