internal import CurlTransport
internal import IdentityCore

/// The facts that a user's own row tells: their places among all facts, as far as a policy asks for them.
struct EntraUserMarks {
  private let kinds: [String: SubjectAtom.ID]
  private let domains: [String: SubjectAtom.ID]
  private let customDomain: SubjectAtom.ID?
  private static let domainPrefix = EntraAccountFact.domain("")

  init(_ atoms: EntraAtoms) {
    kinds = Dictionary(atoms.ids(.userType).map { ($0.id, $0.place) }) { first, _ in first }
    var domains: [String: SubjectAtom.ID] = [:]
    for (id, place) in atoms.ids(.attribute) where id.hasPrefix(Self.domainPrefix) {
      domains[String(id.dropFirst(Self.domainPrefix.count))] = place
    }
    customDomain = atoms.place(.attribute, EntraAccountFact.customDomain)
    self.domains = domains
  }

  /// The facts that hold for a user with this kind of account and this name.
  func places(kind: String?, name: String) -> [SubjectAtom.ID] {
    var result = kind.flatMap { kinds[$0] }.map { [$0] } ?? []
    guard customDomain != nil || !domains.isEmpty else { return result }
    let domain =
      (name.utf8.lastIndex(of: UInt8(ascii: "@")).map { name[$0...].dropFirst() } ?? name[...])
      .lowercased()
    if let place = domains[domain] { result.append(place) }
    if let customDomain, !domain.hasSuffix(".onmicrosoft.com") { result.append(customDomain) }
    return result
  }
}

extension EntraRun {
  private static let userQuery = [
    (
      "$select",
      "id,userPrincipalName,mail,accountEnabled,userType,externalUserState,creationType"
    ), ("$top", "999"),
  ]

  /// Reads the accounts of watched people, with all that policies ask of them.
  func readAccounts(_ query: ProviderQuery, _ policies: inout EntraPolicies) async -> AccountTable {
    let empty = AccountTable(atomCount: policies.atoms.all.count)
    guard !log.issues.contains(where: { $0.code == ConnectorError.Code.unauthorised.rawValue })
    else { return empty }
    let watch = await query.watch()
    guard !watch.isEmpty else { return empty }
    let atoms = policies.atoms
    let (table, hasGuests) = await listAccounts(atoms, watch)
    let accounts = EntraAccounts(table)
    async let trust = hasGuests ? crossTenantTrust() : []
    async let groups = markGroups(policies, accounts, query.edits)
    async let roles = markRoles(atoms, accounts)
    await markAssignments(policies, accounts, query.edits)
    let unreadable = (await groups).merging(await roles) { first, _ in first }
    policies.changeModels { $0.unreadableAtoms.merge(unreadable) { first, _ in first } }
    let items = await trust
    for index in policies.apps.indices { policies.apps[index].result.evidence += items }
    await markPerUserState(policies, accounts)
    if query.collectFactors || configuration.collectFactors { await collectMethods(accounts) }
    return accounts.table
  }

  /// Reads all users and keeps those who are watched.
  ///
  /// - Returns: the accounts kept, and whether one of them is external.
  private func listAccounts(
    _ atoms: EntraAtoms, _ watch: WatchList
  ) async -> (AccountTable, hasGuests: Bool) {
    var table = AccountTable(atomCount: atoms.all.count)
    let marks = EntraUserMarks(atoms)
    let unclear = atoms.place(.attribute, EntraAccountFact.unclearState)
    let request = client.get("/v1.0/users", query: Self.userQuery)
    var seen = 0
    var hasGuests = false
    do throws(ConnectorError) {
      try await client.graphTable(request, EntraWire.users) { rows, page throws(ConnectorError) in
        for index in 0..<rows.count {
          let row = rows[index]
          let mail = row.text(EntraWire.UserField.mail)
          let name = row.text(EntraWire.UserField.name)
          guard mail.map(watch.contains) == true || name.map(watch.contains) == true,
            let id = row.text(EntraWire.UserField.id)
          else { continue }
          let isEnabled = row.bool(EntraWire.UserField.isEnabled)
          guard
            let position = table.append(
              id: id, email: mail, login: name, status: isEnabled == false ? .inactive : .active,
              statusText: isEnabled.map { $0 ? "enabled" : "disabled" } ?? "not told")
          else { throw client.duplicate(request.endpoint, page: page, row: index + 1) }
          if isEnabled == nil, let unclear { table.setAtom(unclear, at: position) }
          let login = row.string(EntraWire.UserField.name) ?? ""
          let kind = EntraAccountFact.kind(
            type: row.string(EntraWire.UserField.type),
            externalState: row.string(EntraWire.UserField.externalState),
            creation: row.string(EntraWire.UserField.creation), name: login)
          if kind != nil { hasGuests = true }
          for place in marks.places(kind: kind, name: login) {
            table.setAtom(place, at: position)
          }
        }
        seen += rows.count
        log.count(rows.count)
        progress(configuration.name, "accounts", done: seen)
      }
    } catch {
      keep(error)
    }
    for (id, atom) in atoms.ids(.user) {
      if let position = table.position(ofID: id) { table.setAtom(atom, at: position) }
    }
    return (table, hasGuests)
  }
}
