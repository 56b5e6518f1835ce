internal import CurlTransport
internal import IdentityCore

extension GoogleRun {
  private static let members = TablePlan([
    .init("id", .string, .optional), .init("type", .string, .optional),
    .init("email", .string, .optional),
  ])

  /// The names of groups; a name that cannot be read is the id, and nothing else is lost.
  func groupNames(_ ids: [String]) async -> [String: String] {
    await withTaskGroup(of: (String, String?).self) { group in
      for id in ids { group.addTask { (id, await self.groupName(id)) } }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
  }

  private func groupName(_ id: String) async -> String? {
    let request = connector.directory.get("/admin/directory/v1/groups/{group}", [id])
    do throws(ConnectorError) {
      let json = try await connector.directory.value(request)
      do throws(WireError) {
        _ = try json.required("id", .string, \.string)
        if let name = try json.optional("name", .string, \.string) { return name }
        return try json.optional("email", .string, \.string)
      } catch {
        throw connector.directory.malformed(error, request)
      }
    } catch {
      let kept = error.namingGoogleQuota
      log.add(kept.issue(remedy: configuration.remedy(for: kept), affects: .details))
      return nil
    }
  }

  /// Marks who is in some groups, those in groups inside them included.
  ///
  /// - Returns: the facts that could not be read to the end, unknown for everybody.
  func markMemberships(
    _ groups: [(id: String, place: SubjectAtom.ID)], _ settings: GoogleSettings,
    _ accounts: GoogleAccounts
  ) async -> [SubjectAtom.ID: Unknown] {
    let assigned = Set((settings.assignments.value ?? []).compactMap(\.group))
    return await withTaskGroup(of: (SubjectAtom.ID, Unknown?).self) { group in
      for (id, place) in groups {
        let name = settings.groupNames[id] ?? id
        group.addTask {
          do throws(ConnectorError) {
            try await mark(id, name, place, accounts)
            return (place, nil)
          } catch {
            let isAssigned = assigned.contains(id)
            let kept = keep(error, decides: isAssigned || settings.isEdited)
            // Nobody is in a group that a policy outlived.
            if kept.code == .notFound, !isAssigned { return (place, nil) }
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

  private func mark(
    _ id: String, _ name: String, _ atom: SubjectAtom.ID, _ accounts: GoogleAccounts
  ) async throws(ConnectorError) {
    let client = connector.directory
    let request = client.get(
      "/admin/directory/v1/groups/{group}/members", [id],
      query: [("includeDerivedMembership", "true"), ("maxResults", "200")])
    var firsts = FirstRows()
    var seen = 0
    var positions: [String: Int]?
    try await client.table(
      request, under: "members", APIClient.tokenPaging("pageToken", from: "nextPageToken"),
      Self.members
    ) { rows, _, page throws(ConnectorError) in
      if !firsts.isNew(rows) { throw client.duplicate(request.endpoint, page: page, row: 1) }
      var nameless: Int?
      accounts.withLock { table in
        for index in 0..<rows.count {
          let type = rows[index].string(1)
          // One member stands for everybody in the account.
          if type == "CUSTOMER" {
            for position in 0..<table.count { table.setAtom(atom, at: position) }
          } else if let id = rows[index].text(0) {
            if let position = table.position(ofID: id) { table.setAtom(atom, at: position) }
          } else {
            // People from outside have no id here, and groups are not people.
            let known = positions ?? Self.positions(table)
            positions = known
            if let position = rows[index].string(2).flatMap({ known[EmailKey.make($0)] }) {
              table.setAtom(atom, at: position)
            } else if type == nil || type == "USER" {
              nameless = nameless ?? index
            }
          }
        }
      }
      if let nameless {
        throw client.malformed(
          WireError.expected(.string, found: rows[nameless].type(0), path: "id")
            .inRow(nameless + 1), request, page: page)
      }
      seen += rows.count
      progress(configuration.name, "members of \(name)", done: seen)
    }
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
