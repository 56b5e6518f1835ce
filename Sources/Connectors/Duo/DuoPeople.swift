internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

/// The Duo users of watched people, and whether there are users that nobody could be told apart from.
struct DuoPeople {
  private(set) var users: [DuoWire.User] = []
  /// The users of all rows, for rows may come twice where the list moves on.
  private(set) var distinct = DistinctIDs()
  /// Whether a row came twice.
  private(set) var hasRepeatedRows = false
  /// How many users Duo says there are; nil where it does not, or when the list was not read to its end.
  var declared: Int?
  /// Whether some user has no address at all, so that it may be anybody's.
  private(set) var hasNamelessUsers = false

  /// Looks at one row of the list, and keeps the user if it is watched.
  mutating func take(
    _ row: JSONElement, _ watch: WatchList, _ configuration: DuoConfiguration, _ edits: PolicyEdits
  ) throws(WireError) {
    let keys = try row.row(DuoWire.userKeys)
    guard distinct.insert(keys.string(6) ?? "") else {
      hasRepeatedRows = true
      return
    }
    var names = (0..<6).map { keys.string($0) ?? "" }
    // Some rows name further aliases in an object only.
    try row.forEach { key, value throws(WireError) in
      guard key == "aliases", value.type == .object else { return }
      try value.forEach { _, alias in names.append(alias.string ?? "") }
    }
    var isNamed = false
    var isWatched = watch.keeps(id: keys.string(6), names: [])
    for (field, name) in names.enumerated() where !name.isEmpty {
      var address = name
      if !name.contains("@"), field != 1, let domain = configuration.usernameDomain {
        address = "\(name)@\(domain)"
      }
      isNamed = isNamed || address.contains("@")
      isWatched = isWatched || watch.keeps(id: nil, names: [name, address])
    }
    if !isNamed { hasNamelessUsers = true }
    let spellings =
      isWatched
      ? [] : spellings(names, configuration).filter { watch.keeps(id: nil, names: [$0]) }
    guard isWatched || !spellings.isEmpty else { return }
    var user = try DuoWire.User(try JSONValue(row))
    user.spellings = spellings
    user.groups?.removeAll { edits.removes(group: $0.id, name: $0.title) }
    users.append(user)
  }

  /// The addresses of an account without any, by names in the forms `DOMAIN\name` and `name@elsewhere`.
  ///
  /// Whether Duo takes those for `name` hangs on the application and on how people sign in, so nobody can tell.
  private func spellings(_ names: [String], _ configuration: DuoConfiguration) -> [String] {
    guard names[1].isEmpty, let domain = configuration.usernameDomain else { return [] }
    return names.filter { !$0.isEmpty }.compactMap { name in
      let stem = (name.split(separator: "\\").last ?? "").prefix { $0 != "@" }
      return stem.isEmpty || stem == name ? nil : "\(stem)@\(domain)"
    }
  }

  /// Leaves out accounts that only another spelling makes a person's, where Duo takes all spellings for the account of that name.
  mutating func dropSpellings(_ configuration: DuoConfiguration) {
    let sure = Set(
      users.filter(\.spellings.isEmpty).flatMap { user in
        ([user.email, user.name].compactMap(\.self) + user.aliases).flatMap { name in
          [name, configuration.usernameDomain.map { "\(name)@\($0)" } ?? name]
        }
      }.map { $0.lowercased() })
    users.removeAll { user in
      !user.spellings.isEmpty && user.spellings.allSatisfy { sure.contains($0.lowercased()) }
    }
  }

  /// The facts that policies of every application ask for, in a fixed order.
  var facts: [DuoMapping.Fact] {
    var groups: [String: String] = [:]
    for group in users.flatMap({ $0.groups ?? [] }) where group.status == "bypass" {
      groups[group.id] = group.title
    }
    return [.uncertainName, .bypass]
      + groups.sorted { $0.key < $1.key }.map { .bypassGroup(id: $0.key, name: $0.value) }
      + [.strangeStatus, .unreadGroups, .unenrolled, .newcomer]
  }

  /// The accounts, with all that the models ask of them.
  func table(
    _ facts: [DuoMapping.Fact], _ mappings: [DuoMapping?], _ sets: [[String: Int]],
    _ configuration: DuoConfiguration
  ) -> AccountTable {
    var table = AccountTable(atomCount: facts.count)
    // What Duo does not guard is open to those that it shuts out elsewhere.
    let isUnguarded = mappings.contains { $0.map { $0.integration == nil } ?? false }
    for user in users {
      var holding: Set<DuoMapping.Fact> = []
      let groups = user.groups ?? []
      if user.groups == nil { holding.insert(.unreadGroups) }
      if user.status == "bypass" { holding.insert(.bypass) }
      for group in groups where group.status == "bypass" {
        holding.insert(.bypassGroup(id: group.id, name: group.title))
      }
      if user.isEnrolled == false { holding.insert(.unenrolled) }
      var account = Account(id: user.id, email: user.email, login: user.name)
      account.aliases = user.aliases
      if let domain = configuration.usernameDomain {
        account.aliases += ([user.name].compactMap(\.self) + user.aliases).filter {
          !$0.contains("@")
        }
        .map { "\($0)@\(domain)" }
      }
      account.aliases += user.spellings
      if !user.spellings.isEmpty { holding.insert(.uncertainName) }
      account.statusText = user.status
      switch user.status {
      // A lock ends by itself where the tenant says so (lockout_expire_duration), and is no refusal for good.
      case "active", "bypass", "locked out": break
      case "disabled", "pending deletion": account.status = .inactive
      default: holding.insert(.strangeStatus)
      }
      if groups.contains(where: { !["active", "bypass", "disabled"].contains($0.status) }) {
        holding.insert(.strangeStatus)
      }
      if groups.contains(where: { $0.status == "disabled" }), !user.mayBeInBypass {
        account.status = .inactive
        account.statusText = "in a disabled group"
      }
      let isUncertain = !user.spellings.isEmpty
      let isShutOut = account.status == .inactive && !isUncertain
      if isUnguarded || isUncertain { account.status = .active }
      for (number, mapping) in mappings.enumerated() {
        guard let mapping else { continue }
        let set = sets[number][user.id]
        if let set { holding.insert(.policies(app: number, set: set)) }
        if mapping.integration == nil || isUncertain || !isShutOut && mapping.mayUse(user) {
          account.assigned.insert(number)
        }
      }
      account.atoms = Set(facts.indices.filter { holding.contains(facts[$0]) })
      account.enrolled = Tri(user.isEnrolled)
      account.factors = Self.factors(user)
      table.append(account)
    }
    return table
  }

  /// Who is in the groups that exemptions name; what is to be told of names that are not clear.
  ///
  /// A user whose groups are not shown may be in any of them.
  func members(of wanted: [String]) -> (groups: WantedGroups, issues: [SourceIssue]) {
    var result = WantedGroups()
    var issues: [SourceIssue] = []
    for name in Set(wanted).sorted() {
      let all = users.flatMap { $0.groups ?? [] }
      var ids = Set(all.map(\.id).filter { $0 == name })
      if ids.isEmpty { ids = Set(all.filter { $0.name == name }.map(\.id)) }
      guard ids.count <= 1 else {
        issues.append(
          WantedGroups.issue(
            DuoClient.vendor, name, found: ids.count, call: "GET /admin/v1/users"))
        continue
      }
      result.note(
        name,
        users.map { user in
          (user.id, user.groups.map { Tri($0.contains { ids.contains($0.id) }) } ?? .unknown)
        })
    }
    return (result, issues)
  }

  /// How somebody without an account stands.
  func newcomer(_ facts: [DuoMapping.Fact], _ mappings: [DuoMapping?]) -> Account? {
    guard let place = facts.firstIndex(of: .newcomer) else { return nil }
    var account = Account(id: "", email: nil, statusText: "no account yet", atoms: [place])
    for (number, mapping) in mappings.enumerated() {
      if let mapping, mapping.admitsNewcomers { account.assigned.insert(number) }
    }
    return account
  }

  private static func factors(_ user: DuoWire.User) -> FactorSet {
    var factors: FactorSet = []
    let phones: [(String, FactorSet)] = [
      ("push", .push), ("mobile_otp", .totp), ("sms", .sms), ("phone", .voice),
    ]
    for (capability, factor) in phones where user.phoneCapabilities.contains(capability) {
      factors.insert(factor)
    }
    let devices: [(String, FactorSet)] = [
      ("tokens", .hardwareToken), ("u2ftokens", .webauthn), ("webauthncredentials", .webauthn),
      ("desktoptokens", .deviceKey),
    ]
    for (list, factor) in devices where user.devices.contains(list) { factors.insert(factor) }
    return factors
  }
}

extension DuoWire.Integration {
  /// Whether people without an account may use it.
  var admitsNewcomers: Bool {
    let isForMembers = access == "PERMITTED_GROUPS" && groups != nil
    return access != "NO_USERS" && !isForMembers
  }
}

extension DuoMapping {
  /// Whether the application is meant for a user at all, by its own list of groups.
  ///
  /// A policy that refuses is no lack of the application: the model names it.
  func mayUse(_ user: DuoWire.User) -> Bool {
    guard let integration else { return true }
    // Bypass comes before all else.
    if user.mayBeInBypass { return true }
    switch integration.access {
    case "NO_USERS": return false
    case "PERMITTED_GROUPS":
      // Whom a list lets in that is not shown is not known; that the others are refused is no way in.
      guard let groups = integration.groups else { return true }
      let permitted = ListedIDs(groups)
      return user.groups?.contains { permitted.known($0.id) != nil } == true
    default: return true
    }
  }

  /// Whether the application is meant for people without an account.
  var admitsNewcomers: Bool {
    guard let integration, !hasNamelessUsers else { return true }
    return integration.admitsNewcomers
  }
}
