internal import IdentityCore

/// What policies ask of people, over all applications of one tenant.
struct EntraAtoms: Sendable {
  /// The facts, each by what it is.
  private(set) var facts = SubjectFacts()
  /// The groups and roles that policies leave out: whoever is missing there would look better.
  private(set) var excluded: Set<SubjectAtom.ID> = []

  /// The facts, in the order of their bits.
  var all: [SubjectAtom] { facts.all }

  /// The atom's place; made if it is new.
  mutating func id(
    _ kind: SubjectAtom.Kind, _ id: String, _ name: String, isPartial: Bool = false
  ) -> SubjectAtom.ID {
    facts.id(kind, id, name, isPartial: isPartial)
  }

  /// The atom of many users that a list of a policy names; made if it is new.
  mutating func id(ofUsers ids: [String], list: String, _ name: String) -> SubjectAtom.ID {
    facts.list(ids, id: list, name: name)
  }

  /// Notes that a policy leaves out whom an atom speaks of.
  mutating func exclude(_ place: SubjectAtom.ID) { excluded.insert(place) }

  /// The groups or roles that policies leave out, with the atoms of who may activate them.
  func eligible(_ kind: SubjectAtom.Kind) -> [(
    id: String, place: SubjectAtom.ID, of: SubjectAtom.ID
  )] {
    ids(kind).compactMap { id, atom in
      place(.attribute, EntraAccountFact.eligible(kind, id)).map { (id, $0, atom) }
    }
  }

  /// The place of an atom that some policy asks for; nil when none does.
  func place(_ kind: SubjectAtom.Kind, _ id: String) -> SubjectAtom.ID? { facts.place(kind, id) }

  /// The places of all atoms of a kind, with what they ask for.
  func ids(_ kind: SubjectAtom.Kind) -> [(id: String, place: SubjectAtom.ID)] { facts.ids(kind) }
}

/// The facts about an account itself that policies may ask for.
enum EntraAccountFact {
  /// The kinds of guests that a directory account can be; ids of `userType` atoms.
  static let internalGuest = "internalGuest"
  static let guest = "b2bCollaborationGuest"
  static let externalMember = "b2bCollaborationMember"
  /// An account whose kind its row does not tell.
  static let unclear = "unclear"

  /// An account in a federated domain.
  static func domain(_ name: String) -> String { "domain=\(name)" }
  /// An account in a domain that may be federated, when nobody can say.
  static let customDomain = "domain=custom"
  /// An account in a domain that the list of domains leaves out.
  static let unlistedDomain = "domain=unlisted"
  /// An account whose assignment to the application could not be read.
  static func unclearAssignment(_ app: String) -> String { "assignment of \(app)=unclear" }
  /// An account that may activate, or give itself, a role or a membership of a group which policies leave out.
  static func eligible(_ kind: SubjectAtom.Kind, _ id: String) -> String {
    "eligible for \(kind.rawValue) \(id)"
  }
  /// An account that has the application only through something which it may activate, or give itself.
  static func eligibleAssignment(_ app: String) -> String { "assignment of \(app)=eligible" }
  /// An account of which its row does not tell whether it may sign in.
  static let unclearState = "accountEnabled=unclear"
  /// The state of legacy per-user MFA: `enforced`, `enabled`, `disabled`, `unreadable`; none where nobody asked.
  static func perUser(_ state: String) -> String { "perUserMfaState=\(state)" }

  /// What kind of account a row tells of; nil for an ordinary member.
  ///
  /// A row that leaves out what tells guests apart tells no kind. Guests have the user type `Guest`; who authenticates elsewhere was invited or has a redemption state.
  static func kind(
    type: String?, externalState: String?, creation: String?, name: String?, isWhole: Bool = true
  ) -> String? {
    if !isWhole { return unclear }
    let isExternal =
      externalState != nil || creation == "Invitation" || creation == "SelfServiceSignUp"
    let looksExternal =
      name.map { $0.utf8.contains(UInt8(ascii: "#")) && $0.lowercased().contains("#ext#") } ?? false
    switch type {
    case "Member":
      if isExternal { return externalMember }
      return looksExternal ? unclear : nil
    case "Guest":
      if isExternal { return guest }
      return looksExternal ? unclear : internalGuest
    default: return unclear
    }
  }
}
