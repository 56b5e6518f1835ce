internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

extension EndpointRun {
  /// One person of a team while the list comes in, with the documents that later ones are put beside.
  private struct Person: Sendable {
    var member: RosterMember
    var documents: RowDocuments
    var row: Int
  }

  /// A team while its people come in.
  private struct Team: Sendable {
    var people: [Person] = []
    /// The place of each person, by the hash of the match key.
    private var places: [UInt64: Int] = [:]
    /// The match key of each id, both as hashes.
    private var ids: [UInt64: UInt64] = [:]
    var issues: [SourceIssue] = []

    /// Adds a row; several rows of one id are one person with the strongest of their roles.
    mutating func add(_ person: Person) throws(WireError) {
      var key = EmailKey.make(person.member.email)
      let hash = key.withUTF8 { KeyHash.exact($0) }
      if var id = person.member.userID {
        let known = ids.updateValue(hash, forKey: id.withUTF8 { KeyHash.exact($0) })
        if let known, known != hash {
          throw WireError(
            .shape, path: "id", detail: "one id is on the team under two addresses")
        }
      }
      guard let place = places[hash] else {
        places[hash] = people.count
        people.append(person)
        return
      }
      let before = people[place].member
      if before == person.member { return }
      var same = person.member
      (same.role, same.kind) = (before.role, before.kind)
      guard same == before, before.userID != nil else {
        throw WireError(.shape, detail: "one address is on the team twice, with different facts")
      }
      if person.member.role.rank > before.role.rank { people[place] = person }
    }
  }

  /// Everything that is gathered while the list goes past.
  private struct Gathered: Sendable {
    var teams: [TeamName: Team] = [:]
    var use = FieldUse()
  }

  /// Reads the people of some teams.
  func roster(_ names: [TeamName]) async -> RosterReading {
    var gathered = Gathered()
    for name in names { gathered.teams[name] = Team() }
    var declared: [Int?] = []
    let joined = await joinedRows(names, &gathered)
    if plan.list.request.names.contains("team") {
      for name in names {
        var counts = Counts()
        if let issue = await read([name], ["team": name], joined, &counts, &gathered) {
          gathered.teams[name]?.issues.append(issue)
        }
        log.count(counts.distinct.count)
        declared.append(counts.total)
      }
    } else {
      var counts = Counts()
      let issue = await read(names, [:], joined, &counts, &gathered)
      for name in names {
        if let issue { gathered.teams[name]?.issues.append(issue) }
        if issue == nil, plan.fields.has(.team), gathered.teams[name]?.people.isEmpty == true {
          gathered.teams[name]?.issues.append(noSuchTeam(name))
        }
      }
      log.count(counts.distinct.count)
      declared.append(counts.total)
    }
    if plan.detail != nil { await askForPeople(names, &gathered) }
    let mistakes = gathered.use.issues(plan)
    let readings = names.map { name in
      reading(of: name, gathered.teams[name] ?? Team(), mistakes)
    }
    for issue in readings.flatMap(\.issues) { log.add(issue) }
    var source = reading(nil)
    let counts = declared.compactMap(\.self)
    source.declared = counts.count == declared.count ? counts.reduce(0, +) : nil
    return RosterReading(source: source, teams: readings)
  }

  private func reading(
    of name: TeamName, _ team: Team, _ mistakes: [SourceIssue]
  ) -> TeamReading {
    var roster = Roster()
    var federated: Set<Tri> = []
    var odd = OddAddresses()
    for person in team.people {
      odd.look(
        at: person.member.email, place: "row \(person.row)", call: plan.list.request.call)
      federated.insert(person.member.federated)
      roster.append(person.member)
    }
    return TeamReading(
      team: name, roster: roster,
      hasIdentityProvider: federated.contains(.yes)
        ? .yes : plan.saysSignIn && federated == [.no] ? .no : .unknown,
      saysSignIn: plan.saysSignIn, namesProviders: false, issues: team.issues + odd.all + mistakes
    ).refusingEmptiness(source: plan.name, call: plan.list.request.call)
  }

  private func noSuchTeam(_ name: TeamName) -> SourceIssue {
    SourceIssue(
      code: ConnectorError.Code.notFound.rawValue, call: plan.list.request.call,
      message: "No row of \(plan.list.request.call) names team \(name).",
      remedy: "Check how \(plan.name) spells the team, and fields.team.")
  }

  /// The joined list, where fields of people stand in it.
  private func joinedRows(
    _ names: [TeamName], _ gathered: inout Gathered
  ) async -> [String: [JSONValue]]? {
    guard plan.join != nil, plan.fields.fields.contains(where: { $0.plan.place == .join }) else {
      return nil
    }
    do throws(ConnectorError) {
      return try await joinedRows(PolicyEdits())
    } catch {
      // Without it what stands in it is unknown of everybody.
      let broken = issue(error)
      for name in names { gathered.teams[name]?.issues.append(broken) }
      return nil
    }
  }

  /// Reads the list and sorts its people by team; what went wrong.
  private func read(
    _ names: [TeamName], _ values: [String: String], _ joined: [String: [JSONValue]]?,
    _ counts: inout Counts, _ gathered: inout Gathered
  ) async -> SourceIssue? {
    let fields = plan.fields
    let reader = Reader<Gathered>(
      list: plan.list, values: values, phase: "people",
      key: { item in
        // The same person may be on several teams, one row each.
        let row = fields.row(RowDocuments(item: item), only: [.id, .team])
        return row.text(.id).map { id in
          ([id] + row.knownTexts(.team)).joined(separator: "\u{0}")
        }
      }, takesSeveral: true)
    do throws(ConnectorError) {
      try await read(reader, counts: &counts, &gathered) {
        item, number, gathered throws(WireError) in
        let documents = documents(item, joined)
        let row = fields.row(documents)
        gathered.use.note(row, documents, fields)
        let person = Person(
          member: try Self.member(row), documents: documents, row: number)
        guard fields.has(.team) else {
          for name in names { try gathered.teams[name, default: Team()].add(person) }
          return
        }
        // Null, like an empty list, says that the person is on no team.
        guard let own = row.values[.team] == .null ? [] : row.texts(.team) else {
          throw WireError(.shape, path: "team", detail: "the row names no team")
        }
        for name in names where own.contains(name) {
          try gathered.teams[name, default: Team()].add(person)
        }
      }
      return nil
    } catch {
      return issue(error)
    }
  }

  /// Asks about everybody on the teams, where fields of people stand in the reply about one person.
  private func askForPeople(_ names: [TeamName], _ gathered: inout Gathered) async {
    guard plan.fields.fields.contains(where: { $0.plan.place == .detail }) else { return }
    for name in names {
      guard let people = gathered.teams[name]?.people else { continue }
      let answers = await ask(
        people.map { person in
          ["id": person.member.userID, "email": person.member.email]
            .merging(loginOf(person.documents)) { $1 }.compactMapValues { $0 }
        })
      for (place, answer) in answers.documents {
        var person = people[place]
        person.documents.detail = answer
        let row = plan.fields.row(person.documents)
        gathered.use.note(row, person.documents, plan.fields)
        if let member = try? Self.member(row) { person.member = member }
        gathered.teams[name]?.people[place] = person
      }
      gathered.teams[name]?.issues += answers.issues
    }
  }

  private func loginOf(_ documents: RowDocuments) -> [String: String?] {
    ["login": plan.fields.row(documents, only: [.login]).text(.login)]
  }

  /// A row as a person.
  static func member(_ row: MappedRow) throws(WireError) -> RosterMember {
    let found = row.text(.email) ?? row.knownTexts(.emails).first ?? row.text(.login)
    guard let email = found.map(RosterAddress.trimmed), !email.isEmpty else {
      throw WireError(.shape, path: "email", detail: "the row has no address")
    }
    // Of several roles the strongest counts.
    let roles = row.knownTexts(.role).map { Role(word: $0) }
    let role = roles.max { $0.rank < $1.rank } ?? Role(word: "")
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
