internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import Synchronization

extension EntraRun {
  /// The ids of the groups that a query asks for, by the name asked.
  ///
  /// A name that no group has, or several have, or that could not be looked up, is left out and told.
  func wantedGroups(_ names: [String]) async -> [String: String] {
    var result: [String: String] = [:]
    for name in names where EntraID.isGUID(name) { result[name] = EntraID.folded(name) }
    let open = names.filter { !EntraID.isGUID($0) }
    let found = Mutex<[Set<String>]>(Array(repeating: [], count: open.count))
    let lists = open.enumerated().map { index, name in
      let filter = URLText.encoded("displayName eq '\(name.replacing("'", with: "''"))'")
      return IDList(
        path: "/groups?$filter=\(filter)&$select=id&$top=999", endpoint: "GET /v1.0/groups",
        plan: EntraWire.ids
      ) { rows in
        let ids = (0..<rows.count).compactMap { rows[$0].string(0).map(EntraID.folded) }
        found.withLock { $0[index].formUnion(ids) }
      }
    }
    let failures = await read(lists, phase: "groups of exemptions")
    for error in failures.values { keepPart(error) }
    for (index, ids) in found.withLock({ $0 }).enumerated() where failures[index] == nil {
      if let id = ids.first, ids.count == 1 {
        result[open[index]] = id
        continue
      }
      log.add(
        SourceIssue(
          code: ids.isEmpty ? "no-such-group" : "ambiguous-group", call: "GET /v1.0/groups",
          message: ids.isEmpty
            ? "No group is named \(open[index])." : "\(ids.count) groups are named \(open[index]).",
          remedy: "Name the group by its object id.", affects: .details))
    }
    return result
  }
}
