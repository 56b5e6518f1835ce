internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import Synchronization

extension EntraRun {
  /// Marks who may use which application.
  ///
  /// Without required assignment everybody may. An assigned group lets its direct members in, not those of groups inside it.
  func markAssignments(
    _ policies: EntraPolicies, _ accounts: EntraAccounts, _ edits: PolicyEdits
  ) async {
    await withTaskGroup(of: Void.self) { group in
      for (index, app) in policies.apps.enumerated() where app.isLive {
        guard let principal = app.principal else { continue }
        guard principal.requiresAssignment else {
          accounts.withLock { table in
            for position in 0..<table.count { table.setAssigned(index, at: position) }
          }
          continue
        }
        group.addTask {
          await self.assignments(principal, index, policies.atoms, accounts, edits)
        }
      }
    }
  }

  private static func mayBeAssignedGroup(_ type: String?) -> Bool {
    type != "User" && type != "ServicePrincipal"
  }

  private func assignments(
    _ app: EntraWire.ServicePrincipal, _ index: Int, _ atoms: EntraAtoms,
    _ accounts: EntraAccounts, _ edits: PolicyEdits
  ) async {
    var isComplete = true
    var groups: Set<String> = []
    let request = client.get(
      "/v1.0/servicePrincipals/{id}/appRoleAssignedTo", [app.id], query: [("$top", "999")])
    do throws(ConnectorError) {
      try await client.graphTable(request, EntraWire.appAssignments) {
        rows, _, _ throws(ConnectorError) in
        accounts.mark(rows, column: 1) { $0.setAssigned(index, at: $1) }
        for row in 0..<rows.count where Self.mayBeAssignedGroup(rows[row].string(2)) {
          guard let id = rows[row].string(1) else { continue }
          groups.insert(EntraID.folded(id))
        }
      }
    } catch {
      keep(error)
      isComplete = false
    }
    let ids = groups.filter { !edits.removes(group: $0, name: nil) }.sorted()
    let empty = Mutex(Set(ids))
    let counted = Mutex(ids.map { CountedList(group: $0, name: $0, isNested: false) })
    let lists = ids.enumerated().map { number, group in
      members(of: group, nested: false) { rows in
        if rows.count > 0 { empty.withLock { _ = $0.remove(group) } }
        counted.withLock { $0[number].seen.insert(rows) }
        accounts.mark(rows) { $0.setAssigned(index, at: $1) }
      }
    }
    let failures = await read(lists, phase: "users of \(app.name)")
    for (list, error) in failures {
      empty.withLock { _ = $0.remove(ids[list]) }
      keep(error)
      isComplete = false
    }
    // Who is missing in a list that ended early would be without the application.
    let whole = counted.withLock { $0 }.enumerated().filter { failures[$0.offset] == nil }
    if await !compare(whole.map(\.element), affects: .verdicts).isEmpty { isComplete = false }
    let open = empty.withLock { $0 }.sorted()
    let facts = await groupFacts(ids)
    for group in open where facts[group]?.hidesMembers != false {
      keepHidden(
        facts[group]?.name ?? group, "GET /v1.0/groups/{group}/members", affects: .verdicts)
      isComplete = false
    }
    let eligible = atoms.place(.attribute, EntraAccountFact.eligibleAssignment(app.appID))
    let isOpen = app.tags?.contains(EntraKnownApps.selfServiceTag) == true
    let isWhole = await markEligible(forGroups: ids, facts, isOpen: isOpen, accounts) { position in
      accounts.withLock { table in
        guard !table.signature(at: position).mayUse(index), let eligible else { return }
        table.setAssigned(index, at: position)
        table.setAtom(eligible, at: position)
      }
    }
    if !isWhole { isComplete = false }
    guard !isComplete,
      let unclear = atoms.place(.attribute, EntraAccountFact.unclearAssignment(app.appID))
    else { return }
    accounts.withLock { table in
      for position in 0..<table.count where !table.signature(at: position).mayUse(index) {
        table.setAssigned(index, at: position)
        table.setAtom(unclear, at: position)
      }
    }
  }
}
