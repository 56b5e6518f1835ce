/// People made by a formula from a seed, for organisations too large to write down.
///
/// Nothing is stored per person: everything about the person at an index follows from seed and
/// index. E-mail addresses ascend with the index, as Heroku orders its pages by them.
public struct Population: Codable, Sendable, Hashable {
  /// The seed; the same seed gives the same people.
  public var seed: UInt64
  /// How many there are.
  public var people: Int
  /// How many of them are on the team.
  public var teamSize: Int
  /// The Heroku team.
  public var team: String
  /// The group that the team's members are in, except few who were forgotten.
  public var teamGroup: String
  /// The group of every twentieth person.
  public var contractorGroup: String
  /// How many department groups there are, named `Department 1` and so on.
  public var departments: Int
  /// Moves the records of the people at these indexes to a later time and another name.
  public var changed: [Int]

  /// Makes a population.
  public init(
    seed: UInt64 = 1, people: Int, teamSize: Int? = nil, team: String = "acme-widgets",
    teamGroup: String = "Heroku users", contractorGroup: String = "Contractors",
    departments: Int = 20
  ) {
    self.seed = seed
    self.people = people
    self.teamSize = max(1, min(teamSize ?? people, people))
    self.team = team
    self.teamGroup = teamGroup
    self.contractorGroup = contractorGroup
    self.departments = departments
    changed = []
  }

  /// Reads a population; only `people` is required.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      people: try values.decode(Int.self, forKey: .people),
      teamSize: try values.decodeIfPresent(Int.self, forKey: .teamSize))
    try values.read(.seed, into: &seed)
    try values.read(.team, into: &team)
    try values.read(.teamGroup, into: &teamGroup)
    try values.read(.contractorGroup, into: &contractorGroup)
    try values.read(.departments, into: &departments)
    try values.read(.changed, into: &changed)
  }
}
