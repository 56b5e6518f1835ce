internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

extension JumpCloudRun {
  private static let usersCall = "/api/systemusers"

  // MARK: Users

  /// The users whom somebody watches; all others stream past.
  func users(_ watch: WatchList) async -> [JumpCloudWire.User] {
    guard !watch.isEmpty else { return [] }
    // By id, so that a user who is added meanwhile comes last.
    let request = client.get(
      Self.usersCall,
      query: Self.query([
        ("sort", "_id"), ("fields", JumpCloudWire.userFields.joined(separator: " ")),
      ]))
    var users: [JumpCloudWire.User] = []
    var fetched = 0
    do throws(ConnectorError) {
      try await client.readingAgain(request.endpoint) { seen throws(ConnectorError) in
        users = []
        fetched = 0
        try await list(request, watch, &users, &fetched, &seen)
      }
    } catch {
      reading.keep(error)
    }
    log.count(fetched)
    return users
  }

  private func list(
    _ request: HTTPRequest, _ watch: WatchList, _ users: inout [JumpCloudWire.User],
    _ fetched: inout Int, _ seen: inout RepeatedRows
  ) async throws(ConnectorError) {
    var declared: Int64 = 0
    let reader = JSONReader()
    try await client.pages(request, Self.countedPaging) {
      response, page throws(ConnectorError) in
      let total: Int64
      do throws(WireError) {
        total = try reader.withRoot(response.body) { root throws(WireError) in
          let total = try root.row(JumpCloudWire.userPage).integer(0) ?? 0
          guard let list = try root.list("results") else {
            throw WireError.expected(.array, found: .missing, path: "results")
          }
          var number = 0
          try list.forEach { _, row throws(WireError) in
            number += 1
            do throws(WireError) {
              let keys = try row.row(JumpCloudWire.userKeys)
              guard let id = keys.string(0), seen.isNew(id, page: page),
                watch.keeps(id: keys.text(0), email: keys.text(1), login: keys.text(2))
              else { return }
              users.append(try JumpCloudWire.User(JSONValue(row)))
            } catch {
              throw error.inRow(number)
            }
          }
          fetched += number
          return total
        }
      } catch {
        throw client.malformed(error, request, page: page)
      }
      try seen.endPage(page, of: request.endpoint, client)
      // Who was removed meanwhile moved somebody else to a page that was read before.
      if total < declared {
        throw ConnectorError(
          .contradiction, source: configuration.name, call: request.endpoint, page: page,
          status: 200, message: "JumpCloud's list of users became shorter while it was read.")
      }
      declared = total
      reading.tell("accounts", done: seen.count, of: Int(total))
    }
    // The list ends where as many rows came as it says; which may have been the same ones.
    if seen.repeated == 0, seen.count < declared {
      throw ConnectorError(
        .contradiction, source: configuration.name, call: request.endpoint, status: 200,
        message: "JumpCloud listed \(seen.count) of the \(declared) users that it says it has.")
    }
  }

  // MARK: Groups and applications

  /// Who is in the groups that exemptions name, by id or name.
  func members(of wanted: [String]) async -> WantedGroups {
    var result = WantedGroups()
    guard !wanted.isEmpty else { return result }
    let listed = await reading.part(.details) { () throws(ConnectorError) in
      try await rows("/api/v2/usergroups", JumpCloudWire.Named.init)
    }
    guard case .read(let groups) = listed else { return result }
    for name in Set(wanted).sorted() {
      var found = groups.filter { $0.id == name }
      if found.isEmpty { found = groups.filter { $0.name == name } }
      guard let group = found.first, found.count == 1 else {
        log.add(
          WantedGroups.issue("JumpCloud", name, found: found.count, call: "GET /api/v2/usergroups"))
        continue
      }
      let request = client.get(
        "/api/v2/usergroups/{group}/membership", [group.id], query: Self.query())
      let members = await reading.part(.details) { () throws(ConnectorError) in
        try await ids(request, phase: "members of \(group.name)")
      }
      if case .read(let members) = members { result.note(name, members) }
    }
    return result
  }

  /// The accounts of watched people with all that policies ask of them, and which facts could not be read.
  ///
  /// - Parameter names: the names of groups, for `whatif` and for what is unknown.
  func accounts(
    _ users: [JumpCloudWire.User], _ facts: JumpCloudFacts,
    _ apps: [Part<JumpCloudWire.App>], names: [String: String] = [:]
  ) async -> (table: AccountTable, unreadable: [SubjectAtom.ID: Unknown]) {
    var table = AccountTable(atomCount: facts.count)
    for user in users { table.append(Self.account(user, facts, now)) }
    var unreadable: [SubjectAtom.ID: Unknown] = [:]
    guard table.count > 0 else { return (table, unreadable) }
    for (group, place) in facts.groups where !edits.removes(group: group, name: names[group]) {
      let request = client.get(
        "/api/v2/usergroups/{group}/membership", [group], query: Self.query())
      let name = names[group] ?? group
      let members = await reading.part { () throws(ConnectorError) in
        try await ids(request, phase: "members of \(name)")
      }
      for id in members.value ?? [] {
        if let position = table.position(listed: id) { table.setAtom(place, at: position) }
      }
      unreadable[place] = members.unknown("who is in group \(name)", of: "group \(group)")
    }
    for (index, app) in apps.enumerated() {
      guard case .read(let app) = app else { continue }
      // Bound directly and through groups, all in one list.
      let request = client.get("/api/v2/applications/{app}/users", [app.id], query: Self.query())
      let users = await reading.part { () throws(ConnectorError) in
        try await ids(request, phase: "users of \(app.name)")
      }
      for id in users.value ?? [] {
        if let position = table.position(listed: id) { table.setAssigned(index, at: position) }
      }
    }
    return (table, unreadable)
  }

  private static func account(
    _ user: JumpCloudWire.User, _ facts: JumpCloudFacts, _ now: Timestamp
  ) -> Account {
    // A state that we do not know may let in.
    let isDead =
      user.isSuspended || !user.isActivated || ["SUSPENDED", "STAGED"].contains(user.state)
    let word =
      user.isSuspended
      ? "suspended" : !user.isActivated ? "not activated" : user.state ?? "activated"
    let enrolment = enrolment(user)
    return Account(
      id: user.id, email: user.email, login: user.username,
      status: isDead ? .inactive : .active, statusText: word.lowercased(),
      atoms: facts.places(user, now), enrolled: enrolment.enrolled, factors: enrolment.factors)
  }

  private static let kinds: [(String, FactorSet)] = [
    ("totpStatus", .totp), ("webAuthnStatus", .webauthn), ("pushStatus", .push),
    ("smsStatus", .sms), ("jcGoStatus", .deviceKey),
  ]

  /// Enrolment only: no verdict rests on it.
  private static func enrolment(
    _ user: JumpCloudWire.User
  ) -> (enrolled: Tri, factors: FactorSet) {
    var factors: FactorSet = []
    for (key, kind) in kinds where user.enrolment[key] == "ENROLLED" { factors.formUnion(kind) }
    if user.hasTOTP == true { factors.formUnion(.totp) }
    if !factors.isEmpty || user.enrolment["overallStatus"] == "ENROLLED"
      || user.isConfigured == true
    {
      return (.yes, factors)
    }
    return (user.enrolment["overallStatus"] == "NOT_ENROLLED" ? .no : .unknown, factors)
  }
}
