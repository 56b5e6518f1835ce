/// An identity provider as the platform shows it for a team.
public struct PlatformIdentityProvider: Sendable, Codable, Hashable {
  /// The platform's id.
  public var id: String
  /// The platform's name for it.
  public var name: String?
  /// Whether the platform hides its details.
  public var isRedacted: Bool
  /// Whether the enterprise account owns it, so that no details can be read.
  public var isAccountOwned: Bool
  /// The SAML entity id, if it can be read.
  public var entityID: String?
  /// Where sign-ins are sent, if it can be read.
  public var ssoTargetURL: String?

  /// Makes a provider.
  public init(
    id: String, name: String? = nil, isRedacted: Bool = false, isAccountOwned: Bool = false,
    entityID: String? = nil, ssoTargetURL: String? = nil
  ) {
    self.id = id
    self.name = name
    self.isRedacted = isRedacted
    self.isAccountOwned = isAccountOwned
    self.entityID = entityID
    self.ssoTargetURL = ssoTargetURL
  }
}

/// One row of a roster: one login on one team.
public struct RosterMember: Sendable, Hashable {
  /// How this login belongs to the team.
  public enum Kind: UInt8, Sendable, Hashable {
    /// On the team.
    case member = 0
    /// Outside the team, with access to some of its apps: SSO cannot be put on this login.
    case collaborator = 1
    /// Known only from an invitation.
    case pending = 2
  }

  /// The address as the platform spells it.
  public var email: String
  /// The display name, if the platform gives one.
  public var name: String?
  /// The role on the team.
  public var role: Role
  /// How this login belongs to the team.
  public var kind: Kind
  /// The platform's id of the person, if it gives one.
  public var userID: String?
  /// Whether the login goes through an identity provider; unknown when the roster does not say.
  public var federated: Tri
  /// Whether the platform's own second factor is on; unknown when the field is missing.
  public var platformMFA: Tri
  /// The platform's id of the identity provider of this login; nil when it names none.
  public var identityProvider: String?
  /// The kinds of the platform's own second factor, if it tells.
  public var factors: FactorSet

  /// Makes a row.
  public init(
    email: String, name: String? = nil, role: Role, kind: Kind = .member, userID: String? = nil,
    federated: Tri, platformMFA: Tri, identityProvider: String? = nil, factors: FactorSet = []
  ) {
    self.email = email
    self.name = name
    self.role = role
    self.kind = kind
    self.userID = userID
    self.federated = federated
    self.platformMFA = platformMFA
    self.identityProvider = identityProvider
    self.factors = factors
  }
}

/// Everybody with a login on one team, packed: about 100 bytes a person.
public struct Roster: Sendable {
  struct Row: Sendable {
    var email: TextArena.Reference
    var key: TextArena.Reference
    var name: TextArena.Reference
    var userID: TextArena.Reference
    var role: UInt16
    var identityProvider: UInt16
    var factors: FactorSet = []
    var kind: RosterMember.Kind
    var federated: Tri
    var platformMFA: Tri
  }

  private(set) var arena = TextArena()
  private(set) var rows: [Row] = []
  private var roles: [Role] = []
  private var providers: [String] = []

  /// Makes an empty roster.
  public init() {}

  /// How many rows there are; a person may have several.
  public var count: Int { rows.count }

  /// Adds a row.
  public mutating func append(_ member: RosterMember) {
    var copy = member.email
    copy.withUTF8 { email in
      append(
        email: email, name: nil, userID: nil, role: member.role, kind: member.kind,
        federated: member.federated, platformMFA: member.platformMFA,
        identityProvider: member.identityProvider)
    }
    rows[rows.count - 1].name = arena.add(optional: member.name)
    rows[rows.count - 1].userID = arena.add(optional: member.userID)
    rows[rows.count - 1].factors = member.factors
  }

  /// Adds a row given as UTF-8: the path for large rosters.
  public mutating func append(
    email: UnsafeBufferPointer<UInt8>, name: UnsafeBufferPointer<UInt8>?,
    userID: UnsafeBufferPointer<UInt8>?, role: Role, kind: RosterMember.Kind, federated: Tri,
    platformMFA: Tri, identityProvider: String?
  ) {
    let emailReference = arena.add(email)
    let isKey = email.allSatisfy { $0 > 0x20 && $0 < 0x7F && !($0 >= 0x41 && $0 <= 0x5A) }
    rows.append(
      Row(
        email: emailReference,
        key: isKey ? emailReference : arena.add(EmailKey.make(email)),
        name: name.map { arena.add($0) } ?? .none, userID: userID.map { arena.add($0) } ?? .none,
        role: Self.intern(role, in: &roles),
        identityProvider: identityProvider.map { Self.intern($0, in: &providers) } ?? .max,
        kind: kind, federated: federated, platformMFA: platformMFA))
  }

  /// The row at a position, in the order of appending.
  public subscript(position: Int) -> RosterMember {
    let row = rows[position]
    return RosterMember(
      email: arena[row.email] ?? "", name: arena[row.name], role: roles[Int(row.role)],
      kind: row.kind, userID: arena[row.userID], federated: row.federated,
      platformMFA: row.platformMFA, identityProvider: identityProvider(at: position),
      factors: row.factors)
  }

  /// The match key of the row at a position.
  public func key(at position: Int) -> String { arena[rows[position].key] ?? "" }

  /// Calls `body` with the match key's bytes of the row at a position.
  public func withKey<R>(at position: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> R)
    rethrows -> R
  {
    try arena.withBytes(of: rows[position].key, body)
  }

  func role(at position: Int) -> Role { roles[Int(rows[position].role)] }

  func identityProvider(at position: Int) -> String? {
    let index = rows[position].identityProvider
    return index == .max ? nil : providers[Int(index)]
  }

  private static func intern<T: Equatable>(_ value: T, in table: inout [T]) -> UInt16 {
    if let index = table.firstIndex(of: value) { return UInt16(index) }
    table.append(value)
    return UInt16(table.count - 1)
  }
}

/// What a roster source said about one team.
public struct TeamReading: Sendable {
  /// The team.
  public var team: TeamName
  /// Its people, as far as they were read.
  public var roster: Roster
  /// The identity providers the platform shows for the team or its enterprise account.
  public var identityProviders: [PlatformIdentityProvider]
  /// Whether the platform shows an identity provider; unknown when it could not be asked.
  public var hasIdentityProvider: Tri
  /// Whether the roster says how people sign in at all (csv, scim and local do not).
  public var saysSignIn: Bool
  /// Whether the roster names the identity provider of each federated login, so that none named is a contradiction.
  public var namesProviders: Bool
  /// Whether those who are only invited were read to the end, so that they may be gone as well.
  public var knowsPending: Bool
  /// What the platform asks of all logins of the team; nil where every login says for itself.
  public var policy: PlatformPolicy?
  /// What went wrong while this team was read; empty means read to the end.
  public var issues: [SourceIssue]

  /// Whether the lists were read to their declared end.
  public var isComplete: Bool { !issues.contains { $0.affects == .verdicts } }

  /// Makes a reading.
  public init(
    team: TeamName, roster: Roster, identityProviders: [PlatformIdentityProvider] = [],
    hasIdentityProvider: Tri, saysSignIn: Bool, namesProviders: Bool = true,
    knowsPending: Bool = true, policy: PlatformPolicy? = nil, issues: [SourceIssue] = []
  ) {
    self.team = team
    self.roster = roster
    self.identityProviders = identityProviders
    self.hasIdentityProvider = hasIdentityProvider
    self.saysSignIn = saysSignIn
    self.namesProviders = namesProviders
    self.policy = policy
    self.knowsPending = knowsPending
    self.issues = issues
  }
}
