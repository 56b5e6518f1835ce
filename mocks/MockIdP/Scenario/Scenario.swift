/// An organisation as its vendors see it: people, sign-in policies and teams.
///
/// Written in Swift or read from YAML (`Scenario(yaml:)`). Times are RFC 3339 in UTC.
public struct Scenario: Codable, Sendable {
  /// The time that records carry unless they say otherwise.
  public static let defaultTime = "2026-05-01T09:00:00.000Z"

  /// The accounts at Okta, in the order in which lists show them.
  public var people: [Person]
  /// The rest of the Okta organisation.
  public var okta: OktaOrganisation
  /// The Heroku side.
  public var heroku: HerokuPlatform
  /// People made by a formula, after those in `people`; for large organisations.
  public var population: Population?
  /// What goes wrong, and when.
  public var faults: [Fault]
  /// The other vendors' own parts, by vendor.
  var parts: [String: any VendorScenario] = [:]

  private enum CodingKeys: CodingKey { case people, okta, heroku, population, faults }

  /// Makes an organisation; without arguments an empty one that accepts the default tokens.
  public init(
    people: [Person] = [], okta: OktaOrganisation = .init(), heroku: HerokuPlatform = .init(),
    population: Population? = nil, faults: [Fault] = []
  ) {
    self.people = people
    self.okta = okta
    self.heroku = heroku
    self.population = population
    self.faults = faults
  }

  /// Reads an organisation; every part may be missing.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.read(.people, into: &people)
    try values.read(.okta, into: &okta)
    try values.read(.heroku, into: &heroku)
    try values.read(.population, into: &population)
    try values.read(.faults, into: &faults)
    try readParts(decoder)
  }

  /// Writes an organisation, every part that is there.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(people, forKey: .people)
    try values.encode(okta, forKey: .okta)
    try values.encode(heroku, forKey: .heroku)
    try values.encodeIfPresent(population, forKey: .population)
    try values.encode(faults, forKey: .faults)
    try writeParts(encoder)
  }

  /// Gives access to the account with a login or e-mail address, to change it in place.
  ///
  /// Reading an unknown one gives a new account that is not part of the organisation; writing adds it.
  public subscript(person key: String) -> Person {
    get { people.first { $0.login == key || $0.email == key } ?? Person(key) }
    set {
      if let index = people.firstIndex(where: { $0.login == key || $0.email == key }) {
        people[index] = newValue
      } else {
        people.append(newValue)
      }
    }
  }

  /// Gives access to the Okta app with a label or id; writing an unknown one adds it.
  public subscript(app key: String) -> OktaApp {
    get { okta.apps.first { $0.id == key || $0.label == key } ?? OktaApp(key) }
    set {
      if let index = okta.apps.firstIndex(where: { $0.id == key || $0.label == key }) {
        okta.apps[index] = newValue
      } else {
        okta.apps.append(newValue)
      }
    }
  }

  /// Gives access to the policy with a name or id; writing an unknown one adds it.
  public subscript(policy key: String) -> Policy {
    get { okta.policies.first { $0.id == key || $0.name == key } ?? Policy(key) }
    set {
      if let index = okta.policies.firstIndex(where: { $0.id == key || $0.name == key }) {
        okta.policies[index] = newValue
      } else {
        okta.policies.append(newValue)
      }
    }
  }

  /// Gives access to the Heroku team with a name or id; writing an unknown one adds it.
  public subscript(team key: String) -> HerokuTeam {
    get { heroku.teams.first { $0.id == key || $0.name == key } ?? HerokuTeam(key) }
    set {
      if let index = heroku.teams.firstIndex(where: { $0.id == key || $0.name == key }) {
        heroku.teams[index] = newValue
      } else {
        heroku.teams.append(newValue)
      }
    }
  }
}
