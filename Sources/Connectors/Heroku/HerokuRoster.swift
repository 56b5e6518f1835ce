internal import ConnectorKit
internal import IdentityCore

/// The people of one team while their lists come in.
struct HerokuRoster: Sendable {
  private(set) var roster = Roster()
  private var seenProviders = SeenProviders()
  private var enterpriseProviders: [SeenProviders.OwnedProvider] = []
  /// The place of each login, by the hash of its id.
  private var places: [Int: Int32] = [:]
  private var odd = OddAddresses()
  private var roles: [(bytes: [UInt8], role: Role)] = []

  /// Whether a row of the team does not say how it signs in.
  private(set) var lacksSignIn = false
  /// Whether there are people of whom the team's own lists do not tell the platform's second factor.
  private var hasOutsiders = false

  /// The roles of people on a team.
  static let knownRoles: Set<Role> = [
    .admin, .member, .viewer, .collaborator, Role(rawValue: "owner"),
  ]

  /// How many rows there are.
  var count: Int { roster.count }
  /// The identity providers that rows name.
  var providers: [SeenProviders.OwnedProvider] { seenProviders.all + enterpriseProviders }
  /// Whether the enterprise account's list would tell more.
  var needsEnterprise: Bool { lacksSignIn || hasOutsiders }

  /// Whether it is not known of somebody on the team how he signs in, whatever list was asked.
  var hidesSignIn: Bool {
    guard lacksSignIn else { return false }
    return (0..<roster.count).contains {
      let member = roster[$0]
      return member.kind == .member && member.federated == .unknown
    }
  }

  /// What is to be told of addresses.
  var issues: [SourceIssue] { odd.all }

  /// Adds a row of the team's list.
  mutating func add(_ row: TableRows.Row, place: @autoclosure () -> String) -> DistinctRows.Arrival
  {
    typealias Field = HerokuWire.MemberField
    guard let email = row.text(Field.email), !HerokuWire.isManager(email) else { return .new }
    let userID = row.text(Field.userID)
    // The same address under two ids is two logins; without any id the address stands in.
    let id = userID ?? row.text(Field.id) ?? email
    var hasher = Hasher()
    hasher.combine(bytes: UnsafeRawBufferPointer(id))
    let hash = hasher.finalize()
    let known = places[hash].map { roster[Int($0)] }
    let role = role(row.text(Field.role))
    let provider = seenProviders.id(row, at: Field.provider)
    // A row that names a provider signs in through it, also when the flag is left out.
    let federated: Tri =
      row.bool(Field.federated).map { $0 ? .yes : .no } ?? (provider == nil ? .unknown : .yes)
    var text = RosterAddress.trimmed(String(decoding: email, as: UTF8.self))
    let kind: RosterMember.Kind = role == .collaborator ? .collaborator : .member
    if let known {
      let again = RosterMember(
        email: text, name: row.string(Field.userName), role: role, kind: kind,
        userID: row.string(Field.userID), federated: federated,
        platformMFA: Tri(row.bool(Field.twoFactor)), identityProvider: provider)
      return again == known ? .same : .different
    }
    if federated == .unknown { lacksSignIn = true }
    places[hash] = Int32(roster.count)
    odd.look(at: text, place: place(), call: "GET /teams/{team}/members")
    text.withUTF8 { email in
      roster.append(
        email: email, name: row.text(Field.userName), userID: userID, role: role, kind: kind,
        federated: federated, platformMFA: Tri(row.bool(Field.twoFactor)),
        identityProvider: provider)
    }
    return .new
  }

  /// Adds whoever has access to apps without being on the team.
  mutating func add(collaborators people: [HerokuWire.Person]) {
    var outside: [String: [HerokuWire.Person]] = [:]
    for person in people where !HerokuWire.isManager(person.email) {
      let key = EmailKey.make(person.email)
      // One person has one row in every list that names them; the flag is in the dearer list only.
      guard outside[key]?.contains(where: { $0.id == person.id }) != true else { continue }
      outside[key, default: []].append(person)
    }
    guard !outside.isEmpty else { return }
    for (key, ids) in members(among: outside) {
      outside[key]?.removeAll { person in
        person.id == nil || ids.contains { $0 == nil || $0 == person.id }
      }
    }
    for key in outside.keys.sorted() {
      for person in outside[key] ?? [] {
        hasOutsiders = true
        roster.append(
          RosterMember(
            email: person.email, role: .collaborator, kind: .collaborator, userID: person.id,
            federated: Tri(person.federated), platformMFA: .unknown))
      }
    }
  }

  /// Adds whoever is only invited.
  mutating func add(invitations: [HerokuWire.Wrapped]) {
    for invitation in invitations where !HerokuWire.isManager(invitation.person.email) {
      roster.append(
        RosterMember(
          email: invitation.person.email, role: Role(rawValue: invitation.role?.lowercased() ?? ""),
          kind: .pending, userID: invitation.person.id, federated: .unknown, platformMFA: .unknown))
    }
  }

  /// Fills in what the enterprise account's list says and the team's does not.
  mutating func add(enterprise: EnterpriseMembers) {
    var merged = Roster()
    for position in 0..<roster.count {
      var member = roster[position]
      let key = roster.key(at: position)
      if let more = enterprise.member(key: key, userID: member.userID) {
        // A row that says federated and names no provider stays as contradictory as it is.
        if member.federated != .yes {
          member.identityProvider = member.identityProvider ?? more.identityProvider
        }
        if member.federated == .unknown {
          member.federated = more.federated
        }
        if member.platformMFA == .unknown { member.platformMFA = more.platformMFA }
      }
      merged.append(member)
    }
    roster = merged
    enterpriseProviders = enterprise.providers.all
  }

  /// The ids under which some addresses are on the team.
  private func members(among people: [String: [HerokuWire.Person]]) -> [String: [String?]] {
    let watched = WatchList(keys: people.keys)
    var found: [String: [String?]] = [:]
    for position in 0..<roster.count
    where roster.withKey(at: position, { watched.contains($0) }) {
      let key = roster.key(at: position)
      if people[key] != nil { found[key, default: []].append(roster[position].userID) }
    }
    return found
  }

  private mutating func role(_ bytes: UnsafeBufferPointer<UInt8>?) -> Role {
    // Everybody on a team has a role; one that is missing or empty may be any.
    guard let bytes, !bytes.isEmpty else { return .untold }
    if let known = roles.first(where: { bytes.elementsEqual($0.bytes) }) { return known.role }
    let role = Role(rawValue: String(decoding: bytes, as: UTF8.self).lowercased())
    roles.append((Array(bytes), role))
    return role
  }
}
