internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import Synchronization

/// Who holds which directory role.
extension EntraRun {
  /// Marks who holds, over the whole tenant and now, the roles that live policies mention.
  ///
  /// Eligible is not active: those assignments stand in another list. A role given to a group is held by its members.
  func markRoles(_ atoms: EntraAtoms, _ accounts: EntraAccounts) async -> Marks {
    let roles = atoms.ids(.role)
    let groups = Mutex<[String: Set<SubjectAtom.ID>]>([:])
    let scopeless = Mutex<Set<SubjectAtom.ID>>([])
    let lists = roles.map { role in
      let filter = URLText.encoded("roleDefinitionId eq '\(role.id.replacing("'", with: "''"))'")
      return IDList(
        path: "/roleManagement/directory/roleAssignments?$filter=\(filter)&$expand=principal",
        endpoint: "GET /v1.0/roleManagement/directory/roleAssignments",
        plan: EntraWire.roleAssignments
      ) { rows in
        accounts.withLock { table in
          for index in 0..<rows.count {
            guard let scope = rows[index].string(2) else {
              // A role inside an application has a scope of another name.
              if rows[index].string(4) == nil { scopeless.withLock { _ = $0.insert(role.place) } }
              continue
            }
            guard scope == "/", let principal = rows[index].string(1).map(EntraID.folded) else {
              continue
            }
            if let position = table.position(ofID: principal) {
              table.setAtom(role.place, at: position)
            } else if Self.mayBeGroup(rows[index].string(3)) {
              groups.withLock { _ = $0[principal, default: []].insert(role.place) }
            }
          }
        }
      }
    }
    var result: [SubjectAtom.ID: Unknown] = [:]
    for (index, error) in await read(lists, phase: "roles") {
      keepPart(error)
      let name = atoms.all[roles[index].place].name
      result[roles[index].place] = unknown("who holds role \(name)", error)
    }
    for place in scopeless.withLock({ $0 }) {
      result[place] = keepScopeless(atoms.all[place].name)
    }
    let holders = groups.withLock { $0 }.sorted { $0.key < $1.key }
    let counted = Mutex<[Int: CountedList]>([:])
    for (index, holder) in holders.enumerated()
    where !holder.value.isDisjoint(with: atoms.excluded) {
      let list = CountedList(group: holder.key, name: holder.key, isNested: true)
      counted.withLock { $0[index] = list }
    }
    let inner = Mutex<[Int: Set<String>]>([:])
    let untold = Mutex<Set<Int>>([])
    let filled = Mutex<Set<Int>>([])
    let members = holders.enumerated().map { index, holder in
      self.members(of: holder.key, nested: true) { rows in
        if rows.count > 0 { filled.withLock { _ = $0.insert(index) } }
        let (ids, isUntold) = Self.groups(in: rows)
        if !ids.isEmpty { inner.withLock { $0[index, default: []].formUnion(ids) } }
        if isUntold { untold.withLock { _ = $0.insert(index) } }
        counted.withLock { _ = $0[index]?.seen.insert(rows) }
        accounts.mark(rows) { table, position in
          for place in holder.value { table.setAtom(place, at: position) }
        }
      }
    }
    let failures = await read(members, phase: "groups with roles")
    let open = counted.withLock { $0 }.filter { failures[$0.key] == nil }
      .sorted { $0.key < $1.key }
    for (index, unknown) in await compare(open.map(\.value)) {
      for place in holders[open[index].key].value { result[place] = unknown }
    }
    for (index, error) in failures {
      // A principal of which nothing was said is no group when there is no such group.
      if Self.isGone(error) { continue }
      keepPart(error)
      for place in holders[index].value {
        result[place] = unknown("who holds role \(atoms.all[place].name) through a group", error)
      }
    }
    // Whoever is hidden in a group that holds a role which a policy leaves out would look better.
    let deep = inner.withLock { $0 }
    let left = holders.indices.filter {
      failures[$0] == nil && !holders[$0].value.isDisjoint(with: atoms.excluded)
    }
    let empty = left.filter { index in !filled.withLock { $0.contains(index) } }
    let hiding = await hiding(
      empty.map { holders[$0].key } + left.flatMap { deep[$0] ?? [] })
    for index in left {
      var doubt = ([holders[index].key] + (deep[index] ?? []).sorted()).compactMap { hiding[$0] }
        .first
      if doubt == nil, untold.withLock({ $0.contains(index) }) {
        doubt = keepUntold(holders[index].key)
      }
      guard let doubt else { continue }
      for place in holders[index].value where result[place] == nil { result[place] = doubt }
    }
    return Marks(unreadable: result, holders: Dictionary(uniqueKeysWithValues: holders))
  }

  /// Keeps that somebody was given a role over nobody knows what.
  private func keepScopeless(_ role: String) -> Unknown {
    let message = "Role \(role) is given over a scope that is not told."
    log.add(
      SourceIssue(
        code: "missing-field", call: "GET /v1.0/roleManagement/directory/roleAssignments",
        message: message, remedy: "Run again; if it stays, report it.", affects: .parts))
    return Unknown(
      title: "who holds role \(role): \(Sentence.clause(message))",
      remedy: "run again; if it stays, report it")
  }

  static func mayBeGroup(_ type: String?) -> Bool {
    type == nil || type == "#microsoft.graph.group"
  }
}
