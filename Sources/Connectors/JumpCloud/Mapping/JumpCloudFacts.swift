internal import IdentityCore

/// What policies ask of people, and where each fact stands among all; the same for all applications.
struct JumpCloudFacts: Sendable {
  /// How the exception of a user from the flag stands.
  enum Exclusion: Sendable, Hashable {
    /// Until a day, as an enrolment period is.
    case until(String)
    /// Without an end.
    case endless
    /// The row does not tell.
    case unclear

    /// The exception of a user; nil when there is none, or it is over.
    init?(_ user: JumpCloudWire.User, _ now: Timestamp) {
      guard let exclusion = user.exclusion else {
        self = .unclear
        return
      }
      guard exclusion else { return nil }
      guard let text = user.exclusionUntil else {
        self = .endless
        return
      }
      guard let end = Timestamp(text) else {
        self = .unclear
        return
      }
      if end <= now { return nil }
      self = .until(String(end.text.prefix(10)))
    }

    fileprivate var atom: SubjectAtom {
      switch self {
      case .until(let day):
        SubjectAtom(
          kind: .attribute, id: "mfa.exclusionUntil=\(day)", name: "excepted from MFA until \(day)")
      case .endless:
        SubjectAtom(
          kind: .attribute, id: "mfa.exclusion=true", name: "excepted from MFA without an end")
      case .unclear:
        SubjectAtom(
          kind: .attribute, id: "mfa.exclusion=?", name: "exception from MFA not told")
      }
    }
  }

  /// The flag "MFA is required at the user portal".
  static let required: SubjectAtom.ID = 0
  /// The row does not tell the flag.
  static let unclear: SubjectAtom.ID = 1
  /// The row does not tell the state of the account.
  static let stateUntold: SubjectAtom.ID = 2
  /// The row does not tell which identity providers manage the account.
  static let managersUntold: SubjectAtom.ID = 3

  /// The groups that policies mention.
  let groups: [(id: String, place: SubjectAtom.ID)]
  /// The exceptions that watched users have.
  let exclusions: [(exclusion: Exclusion, place: SubjectAtom.ID)]
  /// The external identity providers that manage watched users.
  let managers: [(id: String, place: SubjectAtom.ID)]

  /// Collects the facts.
  init(groups: [String], users: [JumpCloudWire.User], now: Timestamp) {
    var next = 4
    func placed<T>(_ values: [T]) -> [(T, SubjectAtom.ID)] {
      defer { next += values.count }
      return values.enumerated().map { ($1, next + $0) }
    }
    var found: Set<Exclusion> = []
    for user in users { if let exclusion = Exclusion(user, now) { found.insert(exclusion) } }
    self.groups = placed(groups).map { (id: $0, place: $1) }
    exclusions = placed(found.sorted { $0.atom.id < $1.atom.id })
      .map { (exclusion: $0, place: $1) }
    managers = placed(Set(users.flatMap(\.managers)).sorted()).map { (id: $0, place: $1) }
  }

  /// How many there are.
  var count: Int { 4 + groups.count + exclusions.count + managers.count }

  /// All facts in order.
  func atoms(_ groupNames: [String: String]) -> [SubjectAtom] {
    var atoms = [
      SubjectAtom(
        kind: .attribute, id: "enable_user_portal_multifactor=true",
        name: "MFA required at the user portal"),
      SubjectAtom(
        kind: .attribute, id: "enable_user_portal_multifactor=?",
        name: "MFA at the user portal not told"),
      SubjectAtom(
        kind: .attribute, id: "state=?", name: "state of the account not told", isPartial: true),
      SubjectAtom(
        kind: .attribute, id: "restrictedFields=?", name: "managing identity providers not told",
        isPartial: true),
    ]
    for (id, _) in groups {
      atoms.append(SubjectAtom(kind: .group, id: id, name: groupNames[id] ?? id))
    }
    for (exclusion, _) in exclusions { atoms.append(exclusion.atom) }
    for (id, _) in managers {
      atoms.append(
        SubjectAtom(
          kind: .attribute, id: "federated_identity_provider=\(id)",
          name: "managed by identity provider \(id)"))
    }
    return atoms
  }

  /// The places of what a user's own row tells.
  func places(_ user: JumpCloudWire.User, _ now: Timestamp) -> Set<SubjectAtom.ID> {
    var result: Set<SubjectAtom.ID> = []
    switch user.isRequired {
    case true?: result.insert(Self.required)
    case false?: break
    case nil: result.insert(Self.unclear)
    }
    if user.state == nil { result.insert(Self.stateUntold) }
    if !user.tellsManagers { result.insert(Self.managersUntold) }
    if let own = Exclusion(user, now) {
      result.formUnion(exclusions.filter { $0.exclusion == own }.map(\.place))
    }
    result.formUnion(managers.filter { user.managers.contains($0.id) }.map(\.place))
    return result
  }
}
