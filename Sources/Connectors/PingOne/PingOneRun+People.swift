internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

extension PingOneRun {
  // MARK: Users

  /// Reads the accounts of watched people; the whole directory streams past.
  func readPeople(_ watch: WatchList) async -> [PingOnePerson] {
    let read = await reading.part { () throws(ConnectorError) in
      try await reading.table(
        get("/users", query: [("limit", "100")]), .hal("users"), PingOneWire.users,
        phase: "accounts", into: { (people: [PingOnePerson](), seen: 0) }
      ) { row, result throws(WireError) in
        if let person = Self.person(row, watch) { result.people.append(person) }
        result.seen += 1
      }
    }
    reading.log.count(read.value?.seen ?? 0)
    return read.value?.people ?? []
  }

  /// A watched user; nil for everybody else.
  private static func person(_ row: TableRows.Row, _ watch: WatchList) -> PingOnePerson? {
    typealias Field = PingOneWire.UserField
    guard
      watch.keeps(
        id: row.text(Field.id), email: row.text(Field.email), login: row.text(Field.login)),
      let id = row.string(Field.id), let population = row.string(Field.population)
    else { return nil }
    let isEnabled = row.bool(Field.enabled) != false
    let isLocked = row.string(Field.accountStatus) == "LOCKED"
    let isShut = row.bool(Field.canAuthenticate) == false
    return PingOnePerson(
      id: id, email: row.string(Field.email), username: row.string(Field.login),
      population: population, isMFAEnabled: row.bool(Field.mfa),
      identityProvider: row.string(Field.identityProvider),
      // A lock ends by itself (secondsUntilUnlock): until then nothing about the sign-in is another.
      isActive: isEnabled && (isLocked || !isShut),
      isStatusTold: row.string(Field.accountStatus) != nil
        && row.bool(Field.canAuthenticate) != nil,
      statusText: !isEnabled
        ? "disabled" : isLocked ? "locked" : isShut ? "may not authenticate" : "enabled")
  }

  // MARK: Groups

  /// Reads which of some people are in which groups.
  ///
  /// That the list of users itself names groups is documented for single users only; a filtered list is for all.
  /// - SeeAlso: <https://developer.pingidentity.com/pingone-api/platform/users/group-membership/read-all-users-in-a-group.html>
  func readGroups(
    _ groups: [String], _ people: [PingOnePerson]
  ) async -> [String: Part<Set<String>>] {
    let wanted = ListedIDs(people.map(\.id))
    return await withTaskGroup(of: (String, Part<Set<String>>).self) { group in
      for id in groups where !edits.removes(group: id, name: nil) {
        group.addTask { (id, await self.members(of: id, wanted)) }
      }
      var result: [String: Part<Set<String>>] = [:]
      for await (id, members) in group { result[id] = members }
      return result
    }
  }

  /// Who is in the groups that exemptions name; by id, for no filter asks for names.
  func members(of wanted: [String], _ people: [PingOnePerson]) async -> WantedGroups {
    let ids = ListedIDs(people.map(\.id))
    var result = WantedGroups()
    for group in Set(wanted).sorted() {
      if case .read(let members) = await members(of: group, ids, .details) {
        result.note(group, members)
      }
    }
    return result
  }

  private func members(
    of group: String, _ wanted: ListedIDs, _ doubts: Doubts = .verdicts
  ) async -> Part<Set<String>> {
    // An id with a quotation mark would be another filter.
    guard !group.contains(where: { "\"\\".contains($0) }) else {
      return .unreadable(
        reason: "its id is none that PingOne gives", remedy: "correct the id in the policy")
    }
    let request = get(
      "/users", query: [("limit", "100"), ("filter", "memberOfGroups[id eq \"\(group)\"]")])
    return await reading.part(doubts) { () throws(ConnectorError) in
      try await reading.table(
        request, .hal("users"), PingOneWire.ids, phase: "members of group \(group)",
        into: { Set<String>() }
      ) { row, members throws(WireError) in
        if let id = row.string(0).flatMap(wanted.known) { members.insert(id) }
      }
    }
  }
}
