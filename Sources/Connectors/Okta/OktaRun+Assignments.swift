internal import CurlTransport
internal import IdentityCore

/// An app user whose account the lists of users did not bring up: its name at the app is watched, its own are not.
struct OktaStranger: Sendable, Hashable {
  var id: String
  var userName: String
  var app: Int
}

extension OktaRun {
  /// The assignments that let nobody in.
  private static let unassigned = [
    "DEPROVISIONED", "INACTIVE", "REVOKED", "SUSPENDED", "UNASSIGNED",
  ].map { Array($0.utf8) }
  /// Up to so many strangers are asked for one by one; more are looked for in the lists again.
  private static let maxSingleReads = 25

  /// Marks who may use which application.
  ///
  /// - Returns: users of an app under a watched name whose accounts are not among those kept.
  func markAssignments(
    _ apps: [OktaReadApp], _ watch: WatchList, _ accounts: OktaSharedAccounts
  ) async -> [OktaStranger] {
    await withTaskGroup(of: [OktaStranger].self) { group in
      for (index, app) in apps.enumerated() where app.isLive {
        group.addTask { await self.assignments(app.id, index, watch, accounts) }
      }
      var strangers: [OktaStranger] = []
      for await some in group { strangers += some }
      return strangers
    }
  }

  private func assignments(
    _ app: AppID, _ index: Int, _ watch: WatchList, _ accounts: OktaSharedAccounts
  ) async -> [OktaStranger] {
    var strangers: [OktaStranger] = []
    let request = client.get("/api/v1/apps/{app}/users", [app], query: [("limit", "500")])
    var firsts = FirstRows()
    var seen = 0
    do throws(ConnectorError) {
      try await client.table(request, .link, OktaWire.appUsers) {
        rows, page throws(ConnectorError) in
        if !firsts.isNew(rows) { throw client.duplicate(request.endpoint, page: page, row: 1) }
        let repeated: Int? = accounts.withLock { accounts in
          for row in 0..<rows.count {
            switch Self.assign(rows[row], index, watch, &accounts) {
            case .stranger(let stranger): strangers.append(stranger)
            case .again: return row
            case .done: break
            }
          }
          return nil
        }
        if let repeated {
          throw client.duplicate(request.endpoint, page: page, row: repeated + 1)
        }
        seen += rows.count
        progress(configuration.name, "users of \(app)", done: seen)
      }
    } catch {
      keep(error)
    }
    return strangers
  }

  /// What became of a row.
  private enum Assigned {
    case done
    /// The account is not among those kept, its name at the app is watched.
    case stranger(OktaStranger)
    /// The list named it before.
    case again
  }

  private static func assign(
    _ row: TableRows.Row, _ app: Int, _ watch: WatchList, _ accounts: inout OktaAccounts
  ) -> Assigned {
    guard let id = row.text(0), let status = row.text(1),
      !unassigned.contains(where: { status.elementsEqual($0) })
    else { return .done }
    let position = accounts.table.position(ofID: id)
    if let position, !accounts.table.setAssigned(app, at: position) { return .again }
    guard let name = row.text(2) else { return .done }
    if let position, accounts.table.isNamed(name, at: position) { return .done }
    // A name without an at sign is no address, so no platform knows the person by it.
    guard name.contains(0x40), watch.contains(name) else { return .done }
    let userName = String(decoding: name, as: UTF8.self)
    guard let position else {
      let id = String(decoding: id, as: UTF8.self)
      return .stranger(OktaStranger(id: id, userName: userName, app: app))
    }
    accounts.addAlias(userName, at: position)
    return .done
  }

  /// Finds the accounts of people whose name at an app is watched while their address and login are not.
  func bringIn(
    _ strangers: [OktaStranger], _ atoms: OktaAtoms, _ accounts: OktaSharedAccounts
  ) async {
    let ids = Set(strangers.map(\.id))
    let found: OktaAccounts
    if ids.count <= Self.maxSingleReads {
      found = await singles(ids.sorted(), atoms)
    } else {
      var index = AccountTable(atomCount: 0)
      for id in ids { index.append(Account(id: id, email: nil)) }
      let wanted = index
      found = await listAccounts(atoms) { id, _, _ in wanted.position(ofID: id) != nil }
    }
    accounts.withLock { accounts in
      for position in 0..<found.table.count { accounts.table.append(found.table[position]) }
      for stranger in strangers {
        guard let position = accounts.table.position(ofID: stranger.id) else { continue }
        accounts.table.setAssigned(stranger.app, at: position)
        accounts.addAlias(stranger.userName, at: position)
      }
    }
  }

  private func singles(_ ids: [String], _ atoms: OktaAtoms) async -> OktaAccounts {
    var result = OktaAccounts(atomCount: atoms.all.count)
    let reader = JSONReader()
    let marks = OktaUserMarks(atoms)
    var statuses = OktaStatuses()
    for id in ids {
      let request = client.get("/api/v1/users/{user}", [id])
      do throws(ConnectorError) {
        let response = try await client.send(request)
        do throws(WireError) {
          try reader.withRow(response.body, OktaWire.users) { row throws(WireError) in
            guard let id = row.text(OktaWire.UserField.id) else { return }
            _ = self.add(
              id, row.text(OktaWire.UserField.email), row.text(OktaWire.UserField.login),
              statuses.status(row.text(OktaWire.UserField.status)), marks, row.text, &result)
          }
        } catch {
          throw client.malformed(error, request)
        }
      } catch {
        keep(error)
      }
    }
    return result
  }
}
