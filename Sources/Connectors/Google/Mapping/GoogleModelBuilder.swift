internal import ConnectorKit
internal import IdentityCore

/// What assignments and policies ask of people, over a whole account.
extension SubjectFacts {
  /// Whether something asks what it means that an account does not show a flag.
  func isAsked(_ flag: GoogleFlag) -> Bool {
    place(.attribute, "\(flag.rawValue)=missing") != nil
  }

  /// The ids of the groups that are asked for, with their places.
  var groups: [(id: String, place: SubjectAtom.ID)] { ids(.group) }

  /// The paths of the org units that are asked for, with their places.
  var orgUnits: [(path: String, place: SubjectAtom.ID)] {
    all.indices.filter { all[$0].id.hasPrefix("orgUnitPath=/") }
      .map { (String(all[$0].id.dropFirst("orgUnitPath=".count)), $0) }
  }
}

/// Puts an account's settings together as one model: who authenticates a person, and what Google itself asks for.
///
/// Pure: the same input gives the same model, and its atoms always stand in the same order.
struct GoogleModelBuilder {
  let settings: GoogleSettings
  let seen: GoogleSeen
  /// What assignments and policies ask of people.
  var atoms: SubjectFacts { tables.facts }
  var tables: SignInModelBuilder
  /// What stands in assignments and policies that nobody knows; complete once the model is made.
  var unrecognised: Unrecognised
  private let vouches: Vouches
  private let app: AppID
  private(set) var unreadableAtoms: [SubjectAtom.ID: Unknown] = [:]
  private let unitPaths: [String: String]
  let providerNames: [String: Set<String>]
  private var rulePlaces: [RuleReference: RuleReference.ID] = [:]

  init(
    _ settings: GoogleSettings, seen: GoogleSeen, atoms: SubjectFacts = SubjectFacts(),
    _ vouches: Vouches, at app: AppID = ""
  ) {
    self.vouches = vouches
    self.app = app
    unrecognised = Unrecognised(GoogleDoors.unrecognised.row, vouches, at: app)
    self.settings = settings
    self.seen = seen
    tables = SignInModelBuilder(atoms)
    providerNames = settings.providerNames
    unitPaths = Dictionary((settings.orgUnits.value ?? []).map { ($0.id, $0.path) }) { one, _ in
      one
    }
  }

  /// The finished model.
  mutating func model() -> SignInModel {
    let google = googleDoor()
    let policy = withUnclearState(signOn(google))
    var model = tables.model(policy)
    model.unreadableAtoms = unreadableAtoms
    return model
  }

  // MARK: Tables

  /// Something that cannot be known.
  ///
  /// - Parameter object: the name of the object it stands in, where the title does not say it all.
  mutating func unknown(
    _ title: String, of object: String? = nil, remedy: String
  ) -> Unknown.ID {
    tables.unknown(Unknown(title: title, remedy: remedy, of: object))
  }

  /// Whether somebody vouches for a door or modifier.
  func isVouched(_ door: GoogleDoors) -> Bool {
    vouches.vouch(for: door.row.id, object: nil, version: nil, at: app) != nil
  }

  /// What nobody knows of a door or modifier, held where it matters; nil where somebody vouches for it.
  mutating func unknown(_ door: GoogleDoors, _ why: String, remedy: String) -> Condition? {
    guard !isVouched(door) else { return nil }
    return .unknown(tables.unknown(door.row.unknown(nil, why, remedy: remedy)))
  }

  /// What stands in an object and nobody knows; nil where there is nothing, or all is vouched for.
  mutating func doubt(_ keys: [UnrecognisedKey], of place: String) -> Condition? {
    let found = unrecognised.note(keys, of: place).map { Condition.unknown(tables.unknown($0)) }
    return found.isEmpty ? nil : .any(found)
  }

  /// A rule for proofs and witnesses; equal ones are one.
  mutating func reference(_ rule: RuleReference) -> RuleReference.ID {
    if let known = rulePlaces[rule] { return known }
    let place = tables.reference(rule)
    rulePlaces[rule] = place
    return place
  }

  /// A provider that sign-ins are left to.
  mutating func upstream(_ upstream: Upstream) -> Upstream.ID {
    tables.upstream("\(upstream.name) \(upstream.keys)", upstream)
  }

  /// That a yes-or-no variable is yes.
  ///
  /// - Parameter key: what it stands for, where its name is not enough.
  mutating func flag(_ name: String, of key: String? = nil) -> Condition {
    tables.flag(key ?? name, name: name)
  }

  // MARK: Facts about people

  /// A literal that stands for everybody with an administrator's role.
  static let administrators = "WORKSPACE_ALL_ADMIN_GROUP"

  /// That a flag is true for the account; unknown where Google did not show it.
  mutating func holds(_ flag: GoogleFlag) -> Condition {
    .subject(tables.facts.id(.attribute, "\(flag.rawValue)=true", flag.title))
      .or(unshown(flag, "whether the account is a \(flag.title)"))
  }

  /// That Google did not show a flag of the account.
  mutating func isMissing(_ flag: GoogleFlag) -> Condition {
    guard seen.missing.contains(flag) else { return .never }
    return .subject(
      tables.facts.id(.attribute, "\(flag.rawValue)=missing", "\(flag.title) not shown"))
  }

  private mutating func unshown(
    _ flag: GoogleFlag, _ title: String, of object: String? = nil
  ) -> Condition {
    guard seen.missing.contains(flag) else { return .never }
    let unknown = unknown(
      title, of: object, remedy: "give the administrator of the source the right to read users")
    return .all([isMissing(flag), .unknown(unknown)])
  }

  /// That the account is in an org unit or below it.
  mutating func isIn(orgUnit id: String) -> Condition {
    switch settings.orgUnits {
    case .unreadable(let reason, let remedy):
      let atom = tables.facts.id(.attribute, "orgUnit=\(id)", "in org unit \(id)")
      unreadableAtoms[atom] = Unknown(
        title: "whether the account is in org unit \(id): \(reason)", remedy: remedy)
      return .subject(atom)
    case .read:
      guard let path = unitPaths[id] else {
        return .unknown(
          unknown(
            "whether the account is in org unit \(id), which the list of org units does not name",
            remedy: "take the deleted org unit out of the assignment or policy"))
      }
      guard path != "/" else { return .always }
      let atom = tables.facts.id(.attribute, "orgUnitPath=\(path)", "in org unit \(path)")
      return .subject(atom).or(
        unshown(.orgUnit, "in which org unit the account is: whether in \(path)", of: id))
    }
  }

  /// That the account is in a group.
  mutating func isIn(group id: String) -> Condition {
    if id == Self.administrators {
      return .any([holds(.isAdmin), holds(.isDelegatedAdmin)])
    }
    if settings.emptiedGroups.contains(id) { return .never }
    return .subject(tables.facts.id(.group, id, groupName(id)))
  }

  /// The name of a group, its id where there is none.
  func groupName(_ id: String) -> String {
    id == Self.administrators ? "all administrators" : settings.groupNames[id] ?? id
  }

  /// The path of an org unit, its id where there is none.
  func orgUnitName(_ id: String) -> String {
    unitPaths[id] ?? id
  }

  /// Of an account that does not show whether it is suspended or archived nobody can tell what it is asked for.
  private mutating func withUnclearState(_ policy: SignInPolicy) -> SignInPolicy {
    guard seen.missing.contains(.state) else { return policy }
    let unknown = unknown(
      "whether the account is suspended or archived, which Google does not show",
      remedy: "give the administrator of the source the right to read users")
    return .firstMatch(
      [.init(isMissing(.state), .demand(.unknown(unknown), by: nil))], otherwise: policy)
  }
}

extension Condition {
  /// Either of two conditions; nothing is added by one that never holds.
  fileprivate func or(_ other: Condition) -> Condition {
    other == .never ? self : .any([self, other])
  }
}
