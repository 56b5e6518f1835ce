internal import IdentityCore

/// A fact about a person that policies ask for.
enum PingOneFact: Sendable, Hashable {
  case group(String)
  case population(String)
  /// Another identity provider has authority over the account.
  case identityProvider(String)
  /// The name that the person signs in by contains a text.
  case identifier(contains: String)
  /// MFA is switched off for the person.
  case mfaOff
  /// Whether MFA is switched off for the person is not told.
  case mfaUntold
  /// Whether the account is locked or may not authenticate is not told.
  case statusUntold
  /// The person need not pass MFA for a time.
  case bypassed
  /// Whether the person need not pass MFA for a time was not read.
  case bypassUnread
  /// The person's devices were not read.
  case devicesUnread
  /// The person has a live device of one of these kinds; nil: of any kind.
  case device(Set<String>?)

  /// The fact in the common form.
  var atom: SubjectAtom {
    switch self {
    case .group(let id): SubjectAtom(kind: .group, id: id, name: "group \(id)")
    case .population(let id): attribute("population.id=\(id)", "population \(id)")
    case .identityProvider(let id):
      attribute("identityProvider.id=\(id)", "signs in through identity provider \(id)")
    case .identifier(let text): attribute("identifier=*\(text)*", "name contains \(text)")
    case .mfaOff: attribute("mfaEnabled=false", "MFA switched off for the person")
    case .mfaUntold: attribute("mfaEnabled=?", "MFA neither on nor off for the person")
    case .statusUntold:
      SubjectAtom(
        kind: .attribute, id: "account=?", name: "whether the account is locked not told",
        isPartial: true)
    case .bypassed: attribute("bypassMFA=true", "need not pass MFA for a time")
    case .bypassUnread: attribute("bypassMFA=?", "whether MFA need not be passed not read")
    case .devicesUnread: attribute("devices=?", "devices not read")
    case .device(nil): attribute("device=any", "has a live MFA device")
    case .device(let kinds?):
      attribute(
        "device=\(kinds.sorted().joined(separator: ","))",
        "has a live MFA device of the kinds \(kinds.sorted().joined(separator: ", "))")
    }
  }

  private func attribute(_ id: String, _ name: String) -> SubjectAtom {
    SubjectAtom(kind: .attribute, id: id, name: name)
  }
}

/// What policies ask of people, over all applications of one environment.
struct PingOneAtoms: Sendable {
  private(set) var facts: [PingOneFact] = []
  private var subjects = SubjectFacts()

  /// The facts in the common form.
  var all: [SubjectAtom] { subjects.all }

  /// The groups that policies ask for.
  var groups: [String] { subjects.ids(.group).map(\.id) }

  /// The fact's place; made if it is new.
  mutating func id(_ fact: PingOneFact) -> SubjectAtom.ID {
    let atom = fact.atom
    let place = subjects.id(atom.kind, atom.id, atom.name, isPartial: atom.isPartial)
    if place == facts.count { facts.append(fact) }
    return place
  }

  /// The place of a fact that some policy asks for; nil when none does.
  func place(_ fact: PingOneFact) -> SubjectAtom.ID? {
    subjects.place(fact.atom.kind, fact.atom.id)
  }
}

/// A user whom somebody watches, as the lists say.
struct PingOnePerson: Sendable {
  /// Whether MFA need not be passed for a time.
  enum Bypass: Sendable, Hashable {
    /// It has to be, or nothing hangs on it.
    case none
    /// It need not.
    case granted
    case unread
  }

  var id: String
  var email: String?
  var username: String?
  var population: String
  /// Whether MFA is switched on; nil when it is not told.
  var isMFAEnabled: Bool?
  /// The identity provider with authority over the account, if it is not PingOne.
  var identityProvider: String?
  var isActive: Bool
  /// Whether all that makes it so was told.
  var isStatusTold: Bool
  var statusText: String
  /// The groups among those that matter.
  var groups: Set<String> = []
  /// Whether the person need not pass MFA for a time.
  var bypass = Bypass.none
  /// The kinds of live devices; nil when they were not read.
  var devices: Set<String>?
  /// The same as the kinds of factors.
  var factors: FactorSet = []

  /// Whether a fact holds.
  func has(_ fact: PingOneFact) -> Bool {
    switch fact {
    case .group(let id): groups.contains(id)
    case .population(let id): population == id
    case .identityProvider(let id): identityProvider == id
    case .identifier(let text):
      [username, email].compactMap { $0?.lowercased() }.contains { $0.contains(text) }
    case .mfaOff: isMFAEnabled == false
    case .mfaUntold: isMFAEnabled == nil
    case .statusUntold: !isStatusTold
    case .bypassed: bypass == .granted
    case .bypassUnread: bypass == .unread
    case .devicesUnread: devices == nil
    case .device(nil): devices?.isEmpty == false
    case .device(let kinds?): devices?.isDisjoint(with: kinds) == false
    }
  }
}
