internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import Synchronization

/// Who may activate roles and groups, or give them to themselves: what people can change about themselves is a part of the
/// sign-in.
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

  /// Marks who may activate, or give themselves, the roles and groups that policies leave out.
  ///
  /// - Parameters:
  ///   - marks: the groups inside groups that policies leave out: who becomes a member of those is left out as well.
  ///   - holders: the groups that hold roles.
  /// - Returns: the facts that could not be read to the end, unknown for everybody.
  func markEligible(
    _ policies: EntraPolicies, _ marks: Marks,
    _ holders: [String: Set<SubjectAtom.ID>], _ accounts: EntraAccounts, _ edits: PolicyEdits
  ) async -> [SubjectAtom.ID: Unknown] {
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
      for inner in marks.nested[group.of] ?? [] {
        targets[inner, default: []].insert(group.place)
      }
    }
    let places = Dictionary(roles.map { ($0.of, $0.place) }) { first, _ in first }
    for (group, held) in holders {
      let found = held.compactMap { places[$0] }
      if !found.isEmpty { targets[group, default: []].formUnion(found) }
    }
    let all = targets.sorted { $0.key < $1.key }.map { Target(id: $0.key, places: $0.value) }
    // Roles are held by groups that are private.
    let known = policies.groups.merging(marks.inner) { first, _ in first }
    let groupIDs = Set(groups.map(\.id)).union(marks.nested.values.joined())
    for target in all where groupIDs.contains(target.id) {
      guard let doubt = markOpen(target, known[target.id], accounts, mark) else { continue }
      for place in target.places where result[place] == nil { result[place] = doubt }
    }
    result.merge(await markOwners(all, known, accounts, mark)) { first, _ in first }
    let members = await readEligible(all, ofRoles: false, accounts, mark)
    result.merge(members.unreadable) { first, _ in first }
    let holding = eligible.groups.merging(members.groups) { $0.union($1) }
    result.merge(await expand(holding, accounts, mark)) { first, _ in first }
    return result
  }

  /// Who may get into a group that is assigned to an application by themselves.
  ///
  /// - Parameter isOpen: whether people may take the application itself.
  /// - Returns: whether that was read to the end.
  func markEligible(
    forGroups ids: [String], _ facts: [String: GroupFacts], isOpen: Bool,
    _ accounts: EntraAccounts, _ mark: @escaping @Sendable (Int) -> Void
  ) async -> Bool {
    if isOpen { (0..<accounts.table.count).forEach(mark) }
    // One fact that stands for all of them.
    let targets = ids.map { Target(id: $0, places: [0]) }
    var isWhole = true
    for target in targets
    where markOpen(target, facts[target.id], accounts, { mark($1) }) != nil { isWhole = false }
    let owned = await markOwners(targets, facts, accounts) { mark($1) }
    let found = await readEligible(targets, ofRoles: false, accounts) { mark($1) }
    let doubts = await expand(found.groups, accounts) { mark($1) }
    return isWhole && owned.isEmpty && found.unreadable.isEmpty && doubts.isEmpty
  }

  // MARK: Groups that people get into by themselves

  /// Marks everybody where anybody may join a group.
  ///
  /// - Returns: what nobody can tell.
  private func markOpen(
    _ target: Target, _ facts: GroupFacts?, _ accounts: EntraAccounts,
    _ mark: @Sendable (Set<SubjectAtom.ID>, Int) -> Void
  ) -> Unknown? {
    if facts?.isGone == true { return nil }
    switch facts?.entry ?? .unread {
    case .closed: return nil
    case .open:
      for position in 0..<accounts.table.count { mark(target.places, position) }
      return nil
    case .unclear(let why):
      return Unknown(
        title: "whether people get into group \(facts?.name ?? target.id) by themselves: \(why)",
        remedy: EntraGroupEntry.remedy)
    }
  }

  /// Marks the owners of groups: they may add themselves.
  /// - SeeAlso: <https://learn.microsoft.com/graph/api/group-list-owners>
  private func markOwners(
    _ targets: [Target], _ facts: [String: GroupFacts], _ accounts: EntraAccounts,
    _ mark: @escaping @Sendable (Set<SubjectAtom.ID>, Int) -> Void
  ) async -> [SubjectAtom.ID: Unknown] {
    let owned = targets.filter { facts[$0.id]?.hasOwners != false && facts[$0.id]?.isGone != true }
    let lists = owned.map { target in
      IDList(
        path: "/groups/\(URLText.encoded(target.id))/owners?$select=id&$top=999",
        endpoint: "GET /v1.0/groups/{group}/owners", plan: EntraWire.ids
      ) { rows in
        for row in 0..<rows.count {
          guard let id = rows[row].string(0).map(EntraID.folded),
            let position = accounts.withLock({ $0.position(ofID: id) })
          else { continue }
          mark(target.places, position)
        }
      }
    }
    var result: [SubjectAtom.ID: Unknown] = [:]
    for (index, error) in await read(lists, phase: "owners of groups") where !Self.isGone(error) {
      keepPart(error)
      let name = facts[owned[index].id]?.name ?? owned[index].id
      for place in owned[index].places { result[place] = unknown("who owns group \(name)", error) }
    }
    return result
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
    guard !targets.isEmpty, configuration.privilegedAccess == .read else { return Eligible() }
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
          // Over a part of the tenant it is not the role that policies count; an owner makes himself a member.
          if ofRoles, let scope = row.string(3), scope != "/" { continue }
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
