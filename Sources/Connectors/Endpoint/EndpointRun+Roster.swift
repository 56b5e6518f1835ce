internal import IdentityCore

extension EndpointRun {
  /// A team while its people come in.
  private struct Team {
    var roster = Roster()
    var federated: Set<Tri> = []
    /// What was said of each person, by the hash of the match key.
    var known: [UInt64: RosterMember] = [:]
    var issues: [SourceIssue] = []

    mutating func add(_ member: RosterMember) throws(WireError) {
      var key = EmailKey.make(member.email)
      let hash = key.withUTF8 { KeyHash.exact($0) }
      if let same = known[hash] {
        if same == member { return }
        throw WireError(.shape, detail: "one address is on the team twice, with different facts")
      }
      known[hash] = member
      federated.insert(member.federated)
      roster.append(member)
    }
  }

  /// Reads the people of some teams.
  func roster(_ names: [TeamName]) async -> RosterReading {
    var teams: [TeamName: Team] = [:]
    for name in names { teams[name] = Team() }
    var declared: Int?
    if plan.list.request.names.contains("team") {
      for name in names {
        var counts = Counts()
        var team = teams[name] ?? Team()
        await read([name], ["team": name], &counts) { _, member throws(WireError) in
          try team.add(member)
        } failed: {
          team.issues.append($0)
        }
        teams[name] = team
        declared = counts.total.map { $0 + (declared ?? 0) }
      }
    } else {
      var counts = Counts()
      var issue: SourceIssue?
      await read(names, [:], &counts) { name, member throws(WireError) in
        try teams[name, default: Team()].add(member)
      } failed: {
        issue = $0
      }
      for name in names {
        if let issue { teams[name]?.issues.append(issue) }
        if issue == nil, plan.fields.has(.team), teams[name]?.roster.count == 0 {
          teams[name]?.issues.append(noSuchTeam(name))
        }
      }
      declared = counts.total
    }
    let readings = names.map { name in reading(of: name, teams[name] ?? Team()) }
    for issue in readings.flatMap(\.issues) { log.add(issue) }
    var source = reading(nil)
    source.declared = declared
    return RosterReading(source: source, teams: readings)
  }

  private func reading(of name: TeamName, _ team: Team) -> TeamReading {
    TeamReading(
      team: name, roster: team.roster,
      hasIdentityProvider: team.federated.contains(.yes)
        ? .yes : plan.saysSignIn && team.federated == [.no] ? .no : .unknown,
      saysSignIn: plan.saysSignIn, namesProviders: false, issues: team.issues)
  }

  private func noSuchTeam(_ name: TeamName) -> SourceIssue {
    SourceIssue(
      code: ConnectorError.Code.notFound.rawValue, call: plan.list.request.call,
      message: "No row of \(plan.list.request.call) names team \(name).",
      remedy: "Check how \(plan.name) spells the team, and fields.team.")
  }

  /// Reads the list and hands over its people, team by team.
  private func read(
    _ names: [TeamName], _ values: [String: String], _ counts: inout Counts,
    _ take: (TeamName, RosterMember) throws(WireError) -> Void, failed: (SourceIssue) -> Void
  ) async {
    let fields = plan.fields
    do throws(ConnectorError) {
      try await read(
        plan.list, values, "people",
        key: { item in
          // The same person may be on several teams, one row each.
          let row = fields.row(RowDocuments(item: item), only: [.id, .team])
          return row.text(.id).map { id in
            ([id] + row.knownTexts(.team)).joined(separator: "\u{0}")
          }
        }, counts: &counts
      ) { item, _ throws(WireError) in
        let row = fields.row(RowDocuments(item: item))
        let member = try Self.member(row)
        guard fields.has(.team) else {
          for name in names { try take(name, member) }
          return
        }
        // Null, like an empty list, says that the person is on no team.
        guard let own = row.values[.team] == .null ? [] : row.texts(.team) else {
          throw WireError(.shape, path: "team", detail: "the row names no team")
        }
        for name in names where own.contains(name) { try take(name, member) }
      }
    } catch {
      failed(issue(error))
    }
  }

  /// A row as a person.
  static func member(_ row: MappedRow) throws(WireError) -> RosterMember {
    guard let email = row.text(.email) ?? row.knownTexts(.emails).first ?? row.text(.login) else {
      throw WireError(.shape, path: "email", detail: "the row has no address")
    }
    let role = Role(rawValue: row.text(.role)?.lowercased() ?? "")
    return RosterMember(
      email: email, name: row.text(.name), role: role,
      kind: role == .collaborator ? .collaborator : .member, userID: row.text(.id),
      federated: Tri(row.flag(.federated)), platformMFA: Tri(row.flag(.platformMFA)))
  }
}

extension RequestPlan {
  /// The variables that stand anywhere in the request.
  var names: Set<String> {
    var names = Set(path.names)
    for (_, template) in query + headers { names.formUnion(template.names) }
    switch body {
    case nil: break
    case .text(let template)?: names.formUnion(template.names)
    case .json(let node)?: names.formUnion(node.names)
    }
    return names
  }
}

extension RequestPlan.Node {
  fileprivate var names: [String] {
    switch self {
    case .literal: []
    case .text(let template): template.names
    case .array(let nodes): nodes.flatMap(\.names)
    case .object(let nodes): nodes.values.flatMap(\.names)
    }
  }
}
