internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

/// The facts that a user's own row tells: their places among all facts, as far as a policy asks for them.
struct EntraUserMarks {
  private let kinds: [String: SubjectAtom.ID]
  private let domains: [String: SubjectAtom.ID]
  private let customDomain: SubjectAtom.ID?
  private let unlistedDomain: SubjectAtom.ID?
  /// The domains that the tenant lists; nil where they were not read.
  private let listed: Set<String>?
  private static let domainPrefix = EntraAccountFact.domain("")

  init(_ atoms: EntraAtoms, _ listed: Set<String>?) {
    self.listed = listed
    kinds = Dictionary(atoms.ids(.userType).map { ($0.id, $0.place) }) { first, _ in first }
    var domains: [String: SubjectAtom.ID] = [:]
    for (id, place) in atoms.ids(.attribute) where id.hasPrefix(Self.domainPrefix) {
      domains[String(id.dropFirst(Self.domainPrefix.count))] = place
    }
    customDomain = atoms.place(.attribute, EntraAccountFact.customDomain)
    unlistedDomain = atoms.place(.attribute, EntraAccountFact.unlistedDomain)
    self.domains = domains
  }

  /// The facts that hold for a user with this kind of account and this name.
  func places(kind: String?, name: String) -> [SubjectAtom.ID] {
    var result = kind.flatMap { kinds[$0] }.map { [$0] } ?? []
    guard customDomain != nil || unlistedDomain != nil || !domains.isEmpty else { return result }
    let domain = Self.domain(of: name)
    if let place = domains[domain] { result.append(place) }
    if let unlistedDomain, isUnlisted(name) { result.append(unlistedDomain) }
    if let customDomain, !domain.hasSuffix(".onmicrosoft.com") { result.append(customDomain) }
    return result
  }

  /// Whether a name is in a domain that the list leaves out: every principal name is in one of the tenant's domains.
  ///
  /// Domains of Microsoft's own are never federated.
  func isUnlisted(_ name: String) -> Bool {
    guard let listed else { return false }
    let domain = Self.domain(of: name)
    return !listed.contains(domain) && !domain.hasSuffix(".onmicrosoft.com")
  }

  private static func domain(of name: String) -> String {
    (name.utf8.lastIndex(of: UInt8(ascii: "@")).map { name[$0...].dropFirst() } ?? name[...])
      .lowercased()
  }
}

extension EntraRun {
  private static let userQuery = [
    (
      "$select",
      "id,userPrincipalName,mail,accountEnabled,userType,externalUserState,creationType,"
        + "proxyAddresses,otherMails"
    ), ("$top", "999"),
  ]

  /// Reads the accounts of watched people, with all that policies ask of them.
  func readAccounts(_ query: ProviderQuery, _ policies: inout EntraPolicies) async -> AccountTable {
    let empty = AccountTable(atomCount: policies.atoms.all.count)
    guard !log.issues.contains(where: { $0.code == ConnectorError.Code.unauthorised.rawValue })
    else {
      policies.asked = [:]
      return empty
    }
    let watch = await query.watch()
    guard !watch.isEmpty else { return empty }
    let atoms = policies.atoms
    let (table, hasGuests) = await listAccounts(atoms, policies.domains, watch)
    let accounts = EntraAccounts(table)
    async let groupMarks = markGroups(policies, accounts, query.edits)
    async let roleMarks = markRoles(atoms, accounts)
    let (groups, roles) = (await groupMarks, await roleMarks)
    let eligible = await markEligible(policies, groups, roles.holders, accounts, query.edits)
    await markAssignments(policies, accounts, query.edits)
    let unreadable = groups.unreadable.merging(roles.unreadable) { first, _ in first }
      .merging(eligible) { first, _ in first }
    policies.changeModels { $0.unreadableAtoms.merge(unreadable) { first, _ in first } }
    policies.asked = policies.asked.filter { unreadable[$0.value] == nil }
    let items = hasGuests ? (policies.trust.value ?? []).map(Self.evidence) : []
    for index in policies.apps.indices { policies.apps[index].result.evidence += items }
    await markPerUserState(policies, accounts)
    if query.collectFactors || configuration.collectFactors {
      await collectMethods(accounts, mayTrustOthers: policies.mayTrustOthers)
    }
    return accounts.table
  }

  /// Reads all users and keeps those who are watched.
  ///
  /// - Returns: the accounts kept, and whether one of them is external.
  private func listAccounts(
    _ atoms: EntraAtoms, _ domains: Set<String>?, _ watch: WatchList
  ) async -> (AccountTable, hasGuests: Bool) {
    async let counted = countUsers()
    var users = EntraUserList(atoms, domains, watch)
    let request = client.get("/v1.0/users", query: Self.userQuery)
    var isRead = false
    do throws(ConnectorError) {
      try await client.graphTable(request, EntraWire.users) {
        rows, list, page throws(ConnectorError) in
        let contradiction: Int?
        do throws(WireError) {
          contradiction = try users.take(rows, list)
        } catch {
          throw client.malformed(error, request, page: page)
        }
        if let contradiction {
          throw client.duplicate(request.endpoint, page: page, row: contradiction)
        }
        log.count(rows.count)
        progress(configuration.name, "accounts", done: users.count)
      }
      isRead = true
    } catch {
      keep(error)
    }
    let count = await counted
    if isRead { await compareUsers(read: users.count, with: count) }
    keepFlaws(users, request.endpoint)
    var table = users.table
    let lists = Dictionary(atoms.facts.lists.map { ($0.place, $0.ids) }) { first, _ in first }
    for (id, atom) in atoms.ids(.user) {
      for id in lists[atom] ?? [id] {
        if let position = table.position(ofID: id) { table.setAtom(atom, at: position) }
      }
    }
    return (table, users.hasGuests)
  }

  /// Keeps what the rows of users did not tell.
  private func keepFlaws(_ users: EntraUserList, _ call: String) {
    if users.repeats > 0 {
      log.add(CursorRows.issue(users.repeats, vendor: client.vendor, call: call))
    }
    if users.nameless > 0 {
      log.add(
        SourceIssue(
          code: "missing-field", call: call,
          message:
            "\(users.nameless) users are shown without mail, proxyAddresses or otherMails, so that people may not be found.",
          remedy: "Grant the registered application User.Read.All, and run again."))
    }
    if users.unlisted > 0 {
      log.add(
        SourceIssue(
          code: ConnectorError.Code.contradiction.rawValue, call: "GET /v1.0/domains", status: 200,
          message:
            "\(users.unlisted) watched users are in domains that the list of domains leaves out.",
          remedy: "Run again; if it stays, report it.", affects: .parts))
    }
    if users.unclear > 0 {
      log.add(
        SourceIssue(
          code: "missing-field", call: call,
          message:
            "\(users.unclear) watched users are shown without accountEnabled, or without what tells guests apart.",
          remedy:
            "Grant the registered application User.Read.All, and set userType where it is empty.",
          affects: .parts))
    }
  }
}
