/// A scenario with the indexes that answering needs; never changes.
final class Organisation: Sendable {
  let scenario: Scenario
  /// The groups, the built-in one included.
  let groups: [Group]
  /// The policies, the default session policy included.
  let policies: [Policy]
  /// Positions in the combined list of people: those written down, then the generated ones.
  let positions: Range<Int>

  private let positionByKey: [String: Int]
  private let groupByKey: [String: Group]
  private let groupIDsOfPeople: [Set<String>]
  private let shadowed: Set<Int>
  private let membersByTeam: [String: [HerokuMember]]

  init(_ scenario: Scenario) {
    self.scenario = scenario
    var groups = scenario.okta.groups
    if !groups.contains(where: { $0.type == "BUILT_IN" }) {
      groups.insert(Group("Everyone", type: "BUILT_IN"), at: 0)
    }
    let groupByKey = Dictionary(
      groups.flatMap { [($0.id, $0), ($0.name, $0)] }, uniquingKeysWith: { first, _ in first })
    let everyone = groups.filter { $0.type == "BUILT_IN" }.map(\.id)
    self.groups = groups
    self.groupByKey = groupByKey
    policies = Self.policies(of: scenario.okta)

    var positionByKey: [String: Int] = [:]
    var shadowed: Set<Int> = []
    for (position, person) in scenario.people.enumerated() {
      for key in [person.id, person.login.lowercased()] { positionByKey[key] = position }
      if let index = scenario.population?.index(ofEmail: person.login) { shadowed.insert(index) }
    }
    for (position, person) in scenario.people.enumerated()
    where positionByKey[person.email.lowercased()] == nil {
      positionByKey[person.email.lowercased()] = position
    }
    self.positionByKey = positionByKey
    self.shadowed = shadowed
    groupIDsOfPeople = scenario.people.map { person in
      Set(person.groups.compactMap { groupByKey[$0]?.id } + everyone)
    }
    positions = 0..<scenario.people.count + (scenario.population?.people ?? 0)
    membersByTeam = Dictionary(
      scenario.heroku.teams.map { team in
        (team.id, team.members.sorted { $0.email.utf8.lexicographicallyPrecedes($1.email.utf8) })
      }, uniquingKeysWith: { first, _ in first })
  }

  /// A default policy for passwords that asks for an additional verification at a reset.
  private static let passwords = Policy(
    "Default Policy", type: "PASSWORD", isSystem: true,
    rules: [
      Rule("Default Rule") {
        $0.isSystem = true
        $0.actions = [
          "passwordChange": ["access": "ALLOW"],
          "selfServicePasswordReset": [
            "access": "ALLOW",
            "requirement": [
              "accessControl": "LEGACY", "primary": ["methods": ["email", "push"]],
              "stepUp": ["required": true],
            ],
          ],
          "selfServiceUnlock": ["access": "DENY"],
        ]
      }
    ])

  private static func policies(of okta: OktaOrganisation) -> [Policy] {
    var okta = okta
    if !okta.policies.contains(where: { $0.type == "PASSWORD" && $0.isSystem }) {
      okta.policies.append(passwords)
    }
    let sessions = okta.policies.filter { $0.type == "OKTA_SIGN_ON" }
    guard okta.hasDefaultSessionPolicy, !sessions.contains(where: \.isSystem) else {
      return okta.policies
    }
    let last = (sessions.map(\.priority).max() ?? 0) + 1
    return okta.policies + [
      Policy(
        "Default Policy", type: "OKTA_SIGN_ON", priority: last, isSystem: true,
        rules: [Rule("Default Rule") { $0.isSystem = true }])
    ]
  }

  /// The person at a position; nil where a written one stands for a generated one.
  func person(at position: Int) -> Person? {
    if position < scenario.people.count { return scenario.people[position] }
    let index = position - scenario.people.count
    return shadowed.contains(index) ? nil : scenario.population?.person(at: index)
  }

  /// The position of a person named by id, login or e-mail address.
  func position(of key: String) -> Int? {
    if let position = positionByKey[key] ?? positionByKey[key.lowercased()] { return position }
    guard let population = scenario.population,
      let index = population.index(ofID: key) ?? population.index(ofEmail: key)
    else { return nil }
    return scenario.people.count + index
  }

  /// The positions of everybody with an id, login or e-mail address.
  func positions(matching key: String) -> [Int] {
    let key = key.lowercased()
    var found = scenario.people.indices.filter {
      let person = scenario.people[$0]
      return person.id.lowercased() == key || person.login.lowercased() == key
        || person.email.lowercased() == key
    }
    if let population = scenario.population,
      let index = population.index(ofID: key) ?? population.index(ofEmail: key)
    {
      found.append(scenario.people.count + index)
    }
    return found
  }

  /// The status of the person at a position; nil where there is nobody.
  func status(at position: Int) -> String? {
    if position < scenario.people.count { return scenario.people[position].status }
    let index = position - scenario.people.count
    return shadowed.contains(index) ? nil : scenario.population?.status(at: index)
  }

  /// The group with a name or id.
  func group(_ key: String) -> Group? { groupByKey[key] }

  /// The groups of the person at a position.
  func groups(ofPersonAt position: Int) -> [Group] {
    if position < scenario.people.count {
      let ids = groupIDsOfPeople[position]
      return groups.filter { ids.contains($0.id) }
    }
    let names = Set(person(at: position)?.groups ?? [])
    return groups.filter { $0.type == "BUILT_IN" || names.contains($0.name) }
  }

  /// The first position from a start on whose person is in one of some groups.
  func nextPosition(in members: [Group], from start: Int) -> Int? {
    let written = scenario.people.count
    var position = start
    let ids = Set(members.map(\.id))
    while position < written {
      if !groupIDsOfPeople[position].isDisjoint(with: ids) { return position }
      position += 1
    }
    guard let population = scenario.population else { return nil }
    while position < positions.upperBound {
      let index = position - written
      let next: Int? =
        members.contains { $0.type == "BUILT_IN" }
        ? index
        : members.compactMap { population.nextMember(of: $0.name, from: index) }.min()
      guard let next else { return nil }
      if !shadowed.contains(next) { return written + next }
      position = written + next + 1
    }
    return nil
  }

  /// The members of a team that are written down, ascending by e-mail address.
  func writtenMembers(of team: HerokuTeam) -> [HerokuMember] { membersByTeam[team.id] ?? [] }

  /// The population, when a team's other members come from it.
  func population(of team: HerokuTeam) -> Population? {
    scenario.population?.team == team.name ? scenario.population : nil
  }

  /// The policy with a name or id.
  func policy(_ key: String) -> Policy? {
    policies.first { $0.id == key } ?? policies.first { $0.name == key }
  }

  /// The app with an id.
  func app(_ id: String) -> OktaApp? { scenario.okta.apps.first { $0.id == id } }
}
