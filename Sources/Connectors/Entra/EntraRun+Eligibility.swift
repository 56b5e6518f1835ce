internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import Synchronization

/// Who may activate roles and groups: what people can change about themselves is a part of the sign-in.
///
/// - SeeAlso: <https://learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-configure>
extension EntraRun {
  private static let roleEligibility =
    "GET /v1.0/roleManagement/directory/roleEligibilityScheduleInstances"
  private static let groupEligibility =
    "GET /v1.0/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances"

  /// Who may activate something: the groups that may, and what could not be read.
  struct Eligible: Sendable {
    /// The groups whose people may, with the facts that this makes true.
    var groups: [String: Set<SubjectAtom.ID>] = [:]
    var unreadable: [SubjectAtom.ID: Unknown] = [:]
  }

  /// Marks who may activate the roles and groups that policies leave out.
  ///
  /// - Parameters:
  ///   - nested: the groups inside groups that policies leave out: who becomes a member of those is left out as well.
  ///   - holders: the groups that hold roles.
  /// - Returns: the facts that could not be read to the end, unknown for everybody.
  func markEligible(
    _ policies: EntraPolicies, _ nested: [SubjectAtom.ID: Set<String>],
    _ holders: [String: Set<SubjectAtom.ID>], _ accounts: EntraAccounts, _ edits: PolicyEdits
  ) async -> [SubjectAtom.ID: Unknown] {
    guard configuration.privilegedAccess == .read else { return [:] }
    let atoms = policies.atoms
    let roles = atoms.eligible(.role)
    // Nobody becomes a member of a group that is gone.
    let groups = atoms.eligible(.group).filter {
      !edits.removes(group: $0.id, name: atoms.all[$0.of].name)
        && policies.groups[$0.id]?.isGone != true
    }
    guard !roles.isEmpty || !groups.isEmpty else { return [:] }
    let mark: @Sendable (Set<SubjectAtom.ID>, Int) -> Void = { places, position in
      accounts.withLock { for place in places { $0.setAtom(place, at: position) } }
    }
    let eligible = await readEligible(
      roles.map { Target(id: $0.id, places: [$0.place]) }, ofRoles: true, accounts, mark)
    var result = eligible.unreadable
    // A membership that may be activated gives what the group has, now or once it is activated itself.
    var targets = eligible.groups
    for group in groups {
      targets[group.id, default: []].insert(group.place)
      for inner in nested[group.of] ?? [] { targets[inner, default: []].insert(group.place) }
    }
    let places = Dictionary(roles.map { ($0.of, $0.place) }) { first, _ in first }
    for (group, held) in holders {
      let found = held.compactMap { places[$0] }
      if !found.isEmpty { targets[group, default: []].formUnion(found) }
    }
    let members = await readEligible(
      targets.sorted { $0.key < $1.key }.map { Target(id: $0.key, places: $0.value) },
      ofRoles: false, accounts, mark)
    result.merge(members.unreadable) { first, _ in first }
    let all = eligible.groups.merging(members.groups) { $0.union($1) }
    result.merge(await expand(all, accounts, mark)) { first, _ in first }
    return result
  }

  /// Who may activate a membership of a group that is assigned to an application.
  ///
  /// - Returns: whether that was read to the end.
  func markEligible(
    forGroups ids: [String], _ accounts: EntraAccounts,
    _ mark: @escaping @Sendable (Int) -> Void
  ) async -> Bool {
    guard configuration.privilegedAccess == .read else { return true }
    // One fact that stands for all of them.
    let place = 0
    let found = await readEligible(
      ids.map { Target(id: $0, places: [place]) }, ofRoles: false, accounts
    ) { mark($1) }
    let doubts = await expand(found.groups, accounts) { mark($1) }
    return found.unreadable.isEmpty && doubts.isEmpty
  }

  /// Something that may be activated, with the facts that this makes true.
  private struct Target: Sendable {
    var id: String
    var places: Set<SubjectAtom.ID>
  }

  private func readEligible(
    _ targets: [Target], ofRoles: Bool, _ accounts: EntraAccounts,
    _ mark: @escaping @Sendable (Set<SubjectAtom.ID>, Int) -> Void
  ) async -> Eligible {
    guard !targets.isEmpty else { return Eligible() }
    let groups = Mutex<[String: Set<SubjectAtom.ID>]>([:])
    let endpoint = ofRoles ? Self.roleEligibility : Self.groupEligibility
    let path = endpoint.dropFirst("GET /v1.0".count)
    let lists = targets.map { target in
      let key = ofRoles ? "roleDefinitionId" : "groupId"
      let filter = URLText.encoded("\(key) eq '\(target.id.replacing("'", with: "''"))'")
      return IDList(
        path: "\(path)?$filter=\(filter)&$expand=principal", endpoint: endpoint,
        plan: EntraWire.eligibilities
      ) { rows in
        for index in 0..<rows.count {
          let row = rows[index]
          // Over a part of the tenant it is not the role that policies count; an owner is no member.
          if ofRoles, let scope = row.string(3), scope != "/" { continue }
          if !ofRoles, row.string(4) == "owner" { continue }
          guard let principal = row.string(1).map(EntraID.folded) else { continue }
          let position = accounts.withLock { $0.position(ofID: principal) }
          if let position {
            mark(target.places, position)
          } else if Self.mayBeGroup(row.string(2)) {
            groups.withLock { $0[principal, default: []].formUnion(target.places) }
          }
        }
      }
    }
    var result = Eligible()
    for (index, error) in await read(lists, phase: "eligible people") {
      // Without the licence nobody can be eligible: what was is taken away when it ends, as the page on licences says; the
      // word of the error was seen in the field (Galvnyz/M365-Assess#117).
      // <https://learn.microsoft.com/entra/id-governance/licensing-fundamentals>
      if error.vendorCode == "AadPremiumLicenseRequired" { continue }
      keepPart(error)
      for place in targets[index].places {
        result.unreadable[place] = unknown(
          "who may activate \(ofRoles ? "role" : "a membership of group") \(targets[index].id)",
          error)
      }
    }
    result.groups = groups.withLock { $0 }
    return result
  }

  /// Marks the people of groups that may activate something.
  private func expand(
    _ groups: [String: Set<SubjectAtom.ID>], _ accounts: EntraAccounts,
    _ mark: @escaping @Sendable (Set<SubjectAtom.ID>, Int) -> Void
  ) async -> [SubjectAtom.ID: Unknown] {
    let all = groups.sorted { $0.key < $1.key }
    guard !all.isEmpty else { return [:] }
    let inner = Mutex<[Int: Set<String>]>([:])
    let filled = Mutex<Set<Int>>([])
    let lists = all.enumerated().map { index, group in
      members(of: group.key, nested: true) { rows in
        if rows.count > 0 { filled.withLock { _ = $0.insert(index) } }
        let ids = Self.groups(in: rows).ids
        if !ids.isEmpty { inner.withLock { $0[index, default: []].formUnion(ids) } }
        for row in 0..<rows.count {
          guard let id = rows[row].string(0).map(EntraID.folded),
            let position = accounts.withLock({ $0.position(ofID: id) })
          else { continue }
          mark(group.value, position)
        }
      }
    }
    let failures = await read(lists, phase: "groups that are eligible")
    var result: [SubjectAtom.ID: Unknown] = [:]
    for (index, error) in failures where !Self.isGone(error) {
      keepPart(error)
      for place in all[index].value {
        result[place] = unknown("who is in group \(all[index].key)", error)
      }
    }
    let deep = inner.withLock { $0 }
    let open = all.indices.filter { failures[$0] == nil }
    let empty = open.filter { index in !filled.withLock { $0.contains(index) } }
    let hiding = await hiding(empty.map { all[$0].key } + open.flatMap { deep[$0] ?? [] })
    for index in open {
      let doubt = ([all[index].key] + (deep[index] ?? []).sorted()).compactMap { hiding[$0] }.first
      guard let doubt else { continue }
      for place in all[index].value where result[place] == nil { result[place] = doubt }
    }
    return result
  }

  // MARK: Roles of the tenant's own

  /// Of some roles those that are not certainly built in: Conditional Access counts no others.
  func customRoles(_ ids: [String]) async -> [String: EntraRole] {
    let open = ids.filter { EntraKnownApps.administrators[$0] == nil }
      .filter { $0 != EntraKnownApps.synchronisation }
    guard !open.isEmpty else { return [:] }
    let found = Mutex<[String: EntraRole]>([:])
    let parts = open.map {
      GraphBatch.Part(
        path:
          "/roleManagement/directory/roleDefinitions/\(URLText.encoded($0))?$select=id,isBuiltIn",
        endpoint: "GET /v1.0/roleManagement/directory/roleDefinitions/{role}")
    }
    let failures = await GraphBatch(client: client, version: "v1.0").run(parts) {
      index, body throws(WireError) in
      let row = try body.row(EntraWire.roleDefinition)
      guard let id = row.string(0), EntraID.folded(id) == open[index] else {
        throw WireError(.shape, path: "id", detail: "another role than the one asked for")
      }
      if row.bool(1) != true { found.withLock { $0[open[index]] = .custom } }
    }
    for (index, error) in failures {
      keepPart(error)
      found.withLock {
        $0[open[index]] = .unclear(
          reason: Sentence.clause(error.message), remedy: reading.phrase(for: error))
      }
    }
    return found.withLock { $0 }
  }
}
