internal import ConnectorKit
internal import IdentityCore

/// Facts about an account that Okta did not show, or that we do not understand.
enum OktaUnclear {
  /// The status at Okta.
  static let status = "status not known"
  /// That the status lets nobody in, unless another identity provider lifts it.
  static func asleep(_ status: String) -> String { "status \(status), which may be lifted" }
  /// The status at an application.
  static func status(at app: AppID) -> String { "status at application \(app) not known" }
  /// That the account is not on the list of an application of which nobody knows whether it needs to be.
  static func listing(at app: AppID) -> String { "not on the list of application \(app)" }
  /// That the list of an application names others without the names that it knows them by.
  static func names(at app: AppID) -> String { "names at application \(app) not all shown" }
  /// The user type.
  static let userType = "type.id not known"
  /// The type of the provider that vouches for the password.
  static let provider = "credentials.provider.type not known"
}

/// All that an account's own row tells policies: the one place where facts about accounts are set.
struct OktaFacts {
  /// What a row did not show though a policy asks for it.
  struct Gaps: OptionSet {
    let rawValue: Int
    static let userType = Gaps(rawValue: 1)
    static let provider = Gaps(rawValue: 2)
  }

  /// The types of providers that vouch for a password without being another identity provider.
  private static let plainProviders: Set<String> = [
    "OKTA", "ACTIVE_DIRECTORY", "LDAP", "IMPORT",
  ]

  private var users: [String: [SubjectAtom.ID]] = [:]
  private var types: [String: SubjectAtom.ID] = [:]
  private var providers: [String: SubjectAtom.ID] = [:]
  private let unclearStatus: SubjectAtom.ID?
  private var asleep: [String: SubjectAtom.ID] = [:]
  private let unclearType: SubjectAtom.ID?
  private let unclearProvider: SubjectAtom.ID?

  init(_ atoms: SubjectFacts) {
    let places = Set(atoms.lists.map(\.place))
    for (id, place) in atoms.ids(.user) where !places.contains(place) {
      users[id, default: []].append(place)
    }
    for list in atoms.lists {
      for id in Set(list.ids) { users[id, default: []].append(list.place) }
    }
    for (id, place) in atoms.ids(.userType) { types[id] = place }
    for (id, place) in atoms.ids(.attribute) {
      if let type = OktaModelBuilder.providerType(id) { providers[type] = place }
    }
    unclearStatus = atoms.place(.attribute, OktaUnclear.status)
    for status in OktaProvisioning.asleep {
      asleep[status] = atoms.place(.attribute, OktaUnclear.asleep(status))
    }
    unclearType = atoms.place(.attribute, OktaUnclear.userType)
    unclearProvider = atoms.place(.attribute, OktaUnclear.provider)
  }

  /// Marks all that holds for the account of a row.
  func mark(
    _ row: TableRows.Row, _ status: OktaStatuses.Status, at position: Int,
    in table: inout AccountTable
  ) -> Gaps {
    var gaps: Gaps = []
    if !users.isEmpty, let id = row.string(OktaWire.UserField.id) {
      for atom in users[id] ?? [] { table.setAtom(atom, at: position) }
    }
    if let unclearStatus, !status.isKnown { table.setAtom(unclearStatus, at: position) }
    if let asleep = asleep[status.text] { table.setAtom(asleep, at: position) }
    if let unclearType {
      if let type = row.string(OktaWire.UserField.userType) {
        if let atom = types[type] { table.setAtom(atom, at: position) }
      } else {
        table.setAtom(unclearType, at: position)
        gaps.insert(.userType)
      }
    }
    if let unclearProvider {
      let type = row.string(OktaWire.UserField.providerType)
      if type == nil { gaps.insert(.provider) }
      if let atom = type.flatMap({ providers[$0] }) {
        table.setAtom(atom, at: position)
      } else if type.map({ !Self.plainProviders.contains($0) }) ?? true {
        table.setAtom(unclearProvider, at: position)
      }
    }
    return gaps
  }
}
