internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

extension GoogleRun {
  private static let members = TablePlan([
    .init("id", .string, .optional), .init("type", .string, .optional),
    .init("email", .string, .optional),
  ])

  /// What a member can be. <https://developers.google.com/workspace/admin/directory/reference/rest/v1/members>
  private static let memberTypes: Set<String> = ["USER", "GROUP", "CUSTOMER", "EXTERNAL"]

  /// What a group says of itself.
  struct GroupFacts: Sendable {
    var id: String
    var name: String?
    /// How many users are in it directly.
    var directMembers: Int?
  }

  /// What groups say of themselves, by the key asked; what cannot be read is left out, and nothing else is lost.
  func groupFacts(_ keys: [String]) async -> [String: GroupFacts] {
    await withTaskGroup(of: (String, GroupFacts?).self) { group in
      for key in keys {
        group.addTask {
          do throws(ConnectorError) {
            return (key, try await self.groupFacts(key))
          } catch {
            let kept = error.namingGoogleQuota
            self.log.add(
              kept.issue(remedy: self.configuration.remedy(for: kept), affects: .details))
            return (key, nil)
          }
        }
      }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
  }

  private func groupFacts(_ key: String) async throws(ConnectorError) -> GroupFacts {
    let client = connector.directory
    let request = client.get("/admin/directory/v1/groups/{group}", [key])
    let json = try await client.value(request)
    do throws(WireError) {
      return try Self.facts(json)
    } catch {
      throw client.malformed(error, request)
    }
  }

  private static func facts(_ json: JSONValue) throws(WireError) -> GroupFacts {
    let count = json["directMembersCount"]
    var facts = GroupFacts(id: try json.required("id", .string, \.string))
    facts.name = try json.optional("name", .string, \.string)
    if facts.name == nil { facts.name = try json.optional("email", .string, \.string) }
    facts.directMembers = count?.string.flatMap { Int($0) } ?? count?.integer.map { Int($0) }
    return facts
  }

  // MARK: Groups that a query asks for

  /// The groups that a query asks for by id, address or name, by the name asked.
  ///
  /// A name that no group has, or several have, or that could not be looked up, is left out and told.
  func wantedGroups(_ names: [String]) async -> [String: GroupFacts] {
    await withTaskGroup(of: (String, GroupFacts?).self) { group in
      for name in names { group.addTask { (name, await self.wantedGroup(name)) } }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
  }

  private func wantedGroup(_ name: String) async -> GroupFacts? {
    let call = "GET /admin/directory/v1/groups"
    do throws(ConnectorError) {
      if name.contains("@") || Self.isID(name) { return try await groupFacts(name) }
      let found = try await groups(named: name)
      if found.count == 1 { return found[0] }
      log.add(
        SourceIssue(
          code: found.isEmpty ? "no-such-group" : "ambiguous-group", call: call,
          message: found.isEmpty
            ? "No group is named \(name)." : "\(found.count) groups are named \(name).",
          remedy: "Name the group by its address or id.", affects: .details))
    } catch {
      // That there is no such group is an answer.
      let kept = error.namingGoogleQuota
      keep(error, affects: kept.code == .notFound ? .details : kept.loss(whenRefused: .parts))
    }
    return nil
  }

  private func groups(named name: String) async throws(ConnectorError) -> [GroupFacts] {
    let client = connector.directory
    let word = name.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
    let request = client.get(
      "/admin/directory/v1/groups",
      query: [
        ("customer", configuration.customer), ("maxResults", "200"), ("query", "name='\(word)'"),
      ])
    let found = try await client.values(
      request, under: "groups", APIClient.tokenPaging("pageToken", from: "nextPageToken"),
      id: { $0.id }
    ) { row throws(WireError) in try Self.facts(row) }
    return found.filter { $0.name?.lowercased() == name.lowercased() }
  }

  /// Whether a text looks like the id of a group: letters and digits after a zero.
  private static func isID(_ text: String) -> Bool {
    text.utf8.count >= 10 && text.hasPrefix("0")
      && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) }
  }

  /// Marks who is in some groups, those in groups inside them included.
  ///
  /// - Parameter hasGraces: whether somebody is in a new user's grace, so that policies decide.
  /// - Returns: the facts that could not be read to the end, unknown for everybody.
  func markMemberships(
    _ groups: [(id: String, place: SubjectAtom.ID)], _ settings: GoogleSettings,
    _ accounts: GoogleAccounts, hasGraces: Bool
  ) async -> [SubjectAtom.ID: Unknown] {
    let assigned = Set((settings.assignments.value ?? []).compactMap(\.group))
    return await withTaskGroup(of: (SubjectAtom.ID, Unknown?).self) { group in
      for (id, place) in groups {
        let name = settings.groupNames[id] ?? id
        group.addTask {
          do throws(ConnectorError) {
            let short = try await mark(id, name, place, settings.directMembers[id], accounts)
            return (place, short)
          } catch {
            let decides =
              assigned.contains(id) || settings.askedGroups.contains(id) || settings.isEdited
              || hasGraces
            // Nobody is in a group that a policy outlived, by its own word and by that of its list.
            let isGone = error.code == .notFound && settings.groupNames[id] == nil
            let kept = keep(error, decides: decides && !(isGone && !assigned.contains(id)))
            if isGone, !assigned.contains(id) { return (place, nil) }
            return (
              place,
              Unknown(
                title: "who is in group \(name): \(Sentence.clause(kept.message))",
                remedy: configuration.phrase(for: kept))
            )
          }
        }
      }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
  }

  /// Marks the members of a group.
  ///
  /// - Returns: what is not known, where the list names fewer than the group counts.
  private func mark(
    _ id: String, _ name: String, _ atom: SubjectAtom.ID, _ counted: Int?,
    _ accounts: GoogleAccounts
  ) async throws(ConnectorError) -> Unknown? {
    let client = connector.directory
    let request = client.get(
      "/admin/directory/v1/groups/{group}/members", [id],
      query: [("includeDerivedMembership", "true"), ("maxResults", "200")])
    var firsts = FirstRows()
    var seen = 0
    var different = DistinctIDs()
    var positions: [String: Int]?
    try await client.table(
      request, under: "members", APIClient.tokenPaging("pageToken", from: "nextPageToken"),
      Self.members
    ) { rows, _, page throws(ConnectorError) in
      if !firsts.isNew(rows) { throw client.duplicate(request.endpoint, page: page, row: 1) }
      var nameless: Int?
      var typeless: Int?
      accounts.withLock { table in
        for index in 0..<rows.count {
          let type = rows[index].string(1)
          if let key = rows[index].string(0) ?? rows[index].string(2) { _ = different.insert(key) }
          // One that tells no type may stand for everybody.
          guard let type, Self.memberTypes.contains(type) else {
            typeless = typeless ?? index
            continue
          }
          // One member stands for everybody in the account.
          if type == "CUSTOMER" {
            for position in 0..<table.count { table.setAtom(atom, at: position) }
          } else if let id = rows[index].text(0), id.count > 0 {
            if let position = table.position(listed: id) { table.setAtom(atom, at: position) }
          } else {
            // People from outside have no id here, and groups are not people.
            let known = positions ?? Self.positions(table)
            positions = known
            if let position = rows[index].string(2).flatMap({ known[EmailKey.make($0)] }) {
              table.setAtom(atom, at: position)
            } else if type == "USER" {
              nameless = nameless ?? index
            }
          }
        }
      }
      if let typeless {
        throw client.malformed(
          WireError.expected(.string, found: rows[typeless].type(1), path: "type")
            .inRow(typeless + 1), request, page: page)
      }
      if let nameless {
        throw client.malformed(
          WireError.expected(.string, found: rows[nameless].type(0), path: "id")
            .inRow(nameless + 1), request, page: page)
      }
      seen += rows.count
      progress(configuration.name, "members of \(name)", done: seen)
    }
    guard let counted, different.count < counted else { return nil }
    let issue = CursorRows.shortfall(
      "members of group \(name)", call: request.endpoint, read: different.count,
      counted: counted, affects: .parts)
    log.add(issue)
    return Unknown(
      title: "who is in group \(name): \(Sentence.clause(issue.message))",
      remedy: Sentence.clause(Sentence.inside(issue.remedy)))
  }

  /// The places of accounts by all their addresses.
  private static func positions(_ table: AccountTable) -> [String: Int] {
    var positions: [String: Int] = [:]
    for position in 0..<table.count {
      let account = table[position]
      for address in account.aliases + [account.email].compactMap(\.self) {
        positions[EmailKey.make(address)] = position
      }
    }
    return positions
  }
}
