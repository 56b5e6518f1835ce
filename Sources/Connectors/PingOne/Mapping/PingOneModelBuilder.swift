internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

/// Puts one application's model together: the tables that conditions and steps point into.
///
/// Pure: the same input gives the same model.
struct PingOneModelBuilder {
  let settings: PingOneSettings
  /// What decides and is not known.
  private(set) var unrecognised: Unrecognised
  /// Shared by the models of all applications, because an account has one row of bits.
  var atoms: PingOneAtoms
  private var tables = SignInModelBuilder()
  private var rulePlaces: [RuleReference: RuleReference.ID] = [:]
  /// Sessions by what was last proven in them, with the greatest age in seconds and the variable.
  private var sessions: [(what: String, seconds: Int64, variable: Variable.ID)] = []
  /// Ranges of the risk score, with the variable.
  private var risks: [(range: ClosedRange<Int64>, variable: Variable.ID)] = []
  /// The documents that a name of a variable stands for.
  private var documents: [String: [JSONValue]] = [:]

  init(_ settings: PingOneSettings, atoms: PingOneAtoms, unrecognised: Unrecognised) {
    self.settings = settings
    self.unrecognised = unrecognised
    self.atoms = atoms
  }

  /// A fact about a person.
  mutating func subject(_ fact: PingOneFact) -> Condition { tables.ask(atoms.id(fact)) }

  /// That a yes-or-no variable has its second value.
  mutating func flag(_ name: String, _ values: [String] = ["no", "yes"]) -> Condition {
    tables.flag(name, values)
  }

  /// The same for a name that may stand for several documents: each of them is a variable of its own.
  mutating func flag(
    _ name: String, for document: JSONValue, _ values: [String] = ["no", "yes"]
  ) -> Condition {
    let place =
      documents[name, default: []].firstIndex(of: document) ?? documents[name, default: []].count
    if place == documents[name, default: []].count {
      documents[name, default: []].append(document)
    }
    return flag(place == 0 ? name : "\(name) (\(place + 1))", values)
  }

  /// A session in which something was proven so many seconds ago or less.
  mutating func session(_ what: String, youngerThan seconds: Int64) -> Variable.ID {
    if let known = sessions.first(where: { $0.what == what && $0.seconds == seconds }) {
      return known.variable
    }
    let made = tables.variable(
      "\(what) younger than \(PingOneSettings.duration(seconds))", ["no", "yes"])
    sessions.append((what, seconds, made))
    return made
  }

  /// That the score of the address lies in a range.
  mutating func risk(_ range: ClosedRange<Int64>) -> Condition {
    let name = "IP risk \(range.lowerBound)–\(range.upperBound)"
    let made = tables.variable(name, ["no", "yes"])
    if !risks.contains(where: { $0.variable == made }) { risks.append((range, made)) }
    return .variable(made, in: [1])
  }

  /// Something that cannot be known.
  ///
  /// - Parameters:
  ///   - object: the id of what it is about; nil: of everybody.
  ///   - text: the whole text, where the title shows a part of it.
  mutating func unknown(
    _ title: String, remedy: String, of object: String? = nil, text: String? = nil
  ) -> Unknown.ID {
    tables.unknown(Unknown(title: title, remedy: remedy, of: object, text: text))
  }

  /// Demands that nobody can tell, of keys that nobody knows; none where somebody vouches for all of them.
  mutating func demand(of keys: [UnrecognisedKey], _ object: String) -> SignInPolicy? {
    let unknowns = unrecognised.note(keys, of: object).map { tables.unknown($0) }
    return unknowns.isEmpty ? nil : .all(unknowns.map { .demand(.unknown($0), by: nil) })
  }

  /// A sign-in that asks for what nobody can tell.
  mutating func unknownDemand(
    _ title: String, remedy: String, of object: String? = nil, text: String? = nil,
    by rule: RuleReference.ID? = nil
  ) -> SignInPolicy {
    .demand(.unknown(unknown(title, remedy: remedy, of: object, text: text)), by: rule)
  }

  /// A rule for proofs and witnesses.
  mutating func reference(_ rule: RuleReference) -> RuleReference.ID {
    if let known = rulePlaces[rule] { return known }
    let place = tables.reference(rule)
    rulePlaces[rule] = place
    return place
  }

  /// A sign-in that is left to another identity provider.
  mutating func upstream(_ provider: String, by rule: RuleReference.ID) -> SignInPolicy {
    let found = Upstream(name: "identity provider \(provider)", keys: [provider])
    return .upstream(tables.upstream(provider, found), by: rule)
  }

  /// The finished model; the facts of all applications are put in when they are known.
  func model(_ policy: SignInPolicy) -> SignInModel { tables.model(policy, further: structure) }

  /// What the variables imply: a session of an hour is one of a day, a score lies in one place.
  private var structure: [Condition] {
    func yes(_ variable: Variable.ID) -> Condition { .variable(variable, in: [1]) }
    var result: [Condition] = []
    for first in sessions {
      for second in sessions where first.what == second.what && first.seconds < second.seconds {
        result.append(.any([.not(yes(first.variable)), yes(second.variable)]))
      }
    }
    for (index, first) in risks.enumerated() {
      for second in risks[(index + 1)...] {
        if !first.range.overlaps(second.range) {
          result.append(.any([.not(yes(first.variable)), .not(yes(second.variable))]))
        } else if second.range.clamped(to: first.range) == second.range {
          result.append(.any([.not(yes(second.variable)), yes(first.variable)]))
        } else if first.range.clamped(to: second.range) == first.range {
          result.append(.any([.not(yes(first.variable)), yes(second.variable)]))
        }
      }
    }
    return result
  }
}

/// What the steps of all policies rest on.
struct PingOneSettings: Sendable {
  /// The policies of devices, by id.
  var devices: Part<[String: PingOneWire.DevicePolicy]>
  /// What is made of people whose MFA is switched off.
  var switchedOff: PingOneConfiguration.SwitchedOff
  /// What PingID asks for; nil when nobody says.
  var pingID: PingOneConfiguration.Attested?
  /// From how many minutes on a remembered second factor counts as a way around it.
  var rememberedDeviceLimitMinutes: Int64
  /// The identity providers that have authority over accounts of watched people.
  var authorities: [String]
  /// Whether people are asked for the times for which they need not pass MFA.
  var asksBypass = true

  /// What is not known where they are not.
  static let unreadBypass = "whether the person need not pass MFA for a time"
  /// Who can mend that.
  static let bypassRemedy = "see in PingOne whether an MFA bypass is granted to the person"

  /// A time in its greatest whole unit: `12 hours`.
  static func duration(_ seconds: Int64) -> String {
    let units: [(Int64, String)] = [(86_400, "day"), (3600, "hour"), (60, "minute")]
    for (size, name) in units where seconds >= size && seconds % size == 0 {
      return "\(seconds / size) \(name)\(seconds == size ? "" : "s")"
    }
    return "\(seconds) second\(seconds == 1 ? "" : "s")"
  }
}
