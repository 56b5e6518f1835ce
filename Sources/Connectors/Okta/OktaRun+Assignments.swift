internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

/// An app user whose account the lists of users did not bring up: its name at the app is watched, its own are not.
struct OktaStranger: Sendable, Hashable {
  var id: String
  var userName: String
  var app: Int
  var hasKnownStatus = true
}

/// What the lists of app users told.
struct OktaAssigned: Sendable {
  /// Users of an app under a watched name whose accounts are not among those kept.
  var strangers: [OktaStranger] = []
  /// The applications whose users could not be read to the end.
  var unreadable: [(app: Int, error: ConnectorError)] = []
  /// The applications that know people by names of which some are not shown.
  var nameless: [Int] = []
}

/// The rows of one list of app users.
private struct OktaAppUsers {
  /// The assignments that let in.
  private static let live = [
    "ACTIVE", "APPROVED", "IMPLICIT", "IMPORTED", "MATCHED", "PENDING", "PROVISIONED", "STAGED",
  ].map { Array($0.utf8) }
  /// The assignments that let nobody in.
  private static let dead = [
    "DEPROVISIONED", "INACTIVE", "REVOKED", "SUSPENDED", "UNASSIGNED",
  ].map { Array($0.utf8) }

  /// What became of a row.
  enum Row {
    case done
    /// The list named it before, with the same facts or with others.
    case again(isSame: Bool)
  }

  let app: Int
  let watch: WatchList
  /// The fact that an account's status at the application is not known.
  let unclearStatus: SubjectAtom.ID?
  private(set) var strangers: [OktaStranger] = []
  private(set) var hasNamed = false
  private(set) var hasNameless = false
  private(set) var strangeStatus: String?
  private var hashes: [Int: Int] = [:]
  private var strangerHashes: [String: Int] = [:]

  init(_ app: Int, _ watch: WatchList, _ unclearStatus: SubjectAtom.ID?) {
    self.app = app
    self.watch = watch
    self.unclearStatus = unclearStatus
  }

  mutating func take(_ row: TableRows.Row, _ accounts: inout OktaAccounts) -> Row {
    guard let id = row.text(0), let status = row.text(1) else { return .done }
    // A name without an at sign is no address, so no platform knows the person by it.
    let name = row.text(2)
    let isWatched = name.map { $0.contains(0x40) && watch.contains($0) } ?? false
    let position = accounts.table.position(listed: id)
    let isDead = Self.dead.contains { status.elementsEqual($0) }
    if !isDead, name == nil { hasNameless = true }
    if name != nil { hasNamed = true }
    guard position != nil || isWatched else { return .done }
    let hash = OktaRun.hash(row, 3)
    let before: Int?
    if let position {
      before = hashes.updateValue(hash, forKey: position)
    } else {
      before = strangerHashes.updateValue(hash, forKey: String(decoding: id, as: UTF8.self))
    }
    if let before { return .again(isSame: before == hash) }
    if isDead { return .done }
    let isKnown = Self.live.contains { status.elementsEqual($0) }
    if !isKnown { strangeStatus = String(decoding: status, as: UTF8.self) }
    if let position {
      accounts.table.setAssigned(app, at: position)
      if !isKnown, let unclearStatus { accounts.table.setAtom(unclearStatus, at: position) }
    }
    guard let name, isWatched else { return .done }
    let userName = String(decoding: name, as: UTF8.self)
    guard let position else {
      strangers.append(
        OktaStranger(
          id: String(decoding: id, as: UTF8.self), userName: userName, app: app,
          hasKnownStatus: isKnown))
      return .done
    }
    if !accounts.table.isNamed(name, at: position) { accounts.addAlias(userName, at: position) }
    return .done
  }
}

extension OktaRun {
  /// Up to so many strangers are asked for one by one; more are looked for in the lists again.
  private static let maxSingleReads = 25

  /// Marks who may use which application.
  func markAssignments(
    _ apps: [OktaReadApp], _ atoms: SubjectFacts, _ watch: WatchList, _ accounts: OktaSharedAccounts
  ) async -> OktaAssigned {
    return await withTaskGroup(of: OktaAssigned.self) { group in
      for (index, app) in apps.enumerated() where app.isLive {
        let unclear = atoms.place(.attribute, OktaUnclear.status(at: app.id))
        group.addTask {
          await self.assignments(app.id, OktaAppUsers(index, watch, unclear), accounts)
        }
      }
      var result = OktaAssigned()
      for await some in group {
        result.strangers += some.strangers
        result.unreadable += some.unreadable
        result.nameless += some.nameless
      }
      result.unreadable.sort { $0.app < $1.app }
      return result
    }
  }

  private func assignments(
    _ app: AppID, _ list: OktaAppUsers, _ accounts: OktaSharedAccounts
  ) async -> OktaAssigned {
    var list = list
    let request = client.get("/api/v1/apps/{app}/users", [app], query: [("limit", "500")])
    var firsts = FirstRows()
    var seen = 0
    do throws(ConnectorError) {
      try await client.table(request, .link, OktaWire.appUsers) {
        rows, page throws(ConnectorError) in
        if !firsts.isNew(rows) { throw client.duplicate(request.endpoint, page: page, row: 1) }
        let contradiction: Int? = accounts.withLock { accounts in
          for row in 0..<rows.count {
            guard case .again(let isSame) = list.take(rows[row], &accounts) else { continue }
            guard isSame else { return row }
            tellRepeated(request.endpoint)
          }
          return nil
        }
        if let contradiction {
          throw client.duplicate(request.endpoint, page: page, row: contradiction + 1)
        }
        seen += rows.count
        reading.tell("users of \(app)", done: seen)
      }
    } catch {
      reading.keep(error, .parts)
      return OktaAssigned(strangers: list.strangers, unreadable: [(list.app, error)])
    }
    // Where an application has names, one that is not shown may be a watched one.
    let isNameless = list.hasNameless && list.hasNamed
    if isNameless {
      tell(OktaMissing(call: request.endpoint, what: "credentials.userName of an app user"))
    }
    if let status = list.strangeStatus { keepStrange(status) }
    return OktaAssigned(strangers: list.strangers, nameless: isNameless ? [list.app] : [])
  }

  /// Finds the accounts of people whose name at an app is watched while their address and login are not.
  func bringIn(
    _ strangers: [OktaStranger], _ apps: [OktaReadApp], _ atoms: SubjectFacts,
    _ accounts: OktaSharedAccounts
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
    let unclear = apps.map { atoms.place(.attribute, OktaUnclear.status(at: $0.id)) }
    accounts.withLock { accounts in
      for position in 0..<found.table.count { accounts.table.append(found.table[position]) }
      for stranger in strangers {
        guard let position = accounts.table.position(listed: stranger.id) else { continue }
        accounts.table.setAssigned(stranger.app, at: position)
        if !stranger.hasKnownStatus, let unclear = unclear[stranger.app] {
          accounts.table.setAtom(unclear, at: position)
        }
        accounts.addAlias(stranger.userName, at: position)
      }
    }
  }

  private func singles(_ ids: [String], _ atoms: SubjectFacts) async -> OktaAccounts {
    var result = OktaAccounts(atomCount: atoms.all.count)
    let reader = JSONReader()
    let facts = OktaFacts(atoms)
    var statuses = OktaStatuses(atoms)
    for id in ids {
      let request = client.get("/api/v1/users/{user}", [id])
      do throws(ConnectorError) {
        let response = try await client.send(request)
        do throws(WireError) {
          try reader.withRow(response.body, OktaWire.users) { row throws(WireError) in
            add(row, facts, &statuses, &result)
          }
        } catch {
          throw client.malformed(error, request)
        }
      } catch {
        reading.keep(error, .parts)
      }
    }
    return result
  }
}
