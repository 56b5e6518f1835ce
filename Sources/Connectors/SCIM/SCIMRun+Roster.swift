internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

extension SCIMRun {
  /// A team: who is in its group, and who of the users it has.
  private struct Team {
    /// The ids of its groups, nested ones included.
    var groups: Set<String> = []
    var members: Set<String> = []
    /// Those of the members that are not said to be users.
    var untyped: Set<String> = []
    var admins: Set<String> = []
    var issues: [SourceIssue] = []
  }

  /// What is gathered while the users go past.
  private struct People {
    var rosters: [TeamName: Roster] = [:]
    /// The members of groups who were among the users.
    var found: [TeamName: Set<String>] = [:]
    var odd: [TeamName: OddAddresses] = [:]
  }

  /// Reads the people of some teams.
  func roster(_ names: [TeamName]) async -> RosterReading {
    let provider = await capabilities()
    let admins = await adminIDs(provider)
    var teams: [TeamName: Team] = [:]
    for name in names {
      var team = Team()
      if configuration.teamIs == .group { team = await self.team(name, provider) }
      team.admins = admins.ids
      team.issues += admins.issues
      teams[name] = team
    }
    var people = People()
    for name in names { people.rosters[name] = Roster() }
    var counts: Counts?
    do throws(ConnectorError) {
      counts = try await read(
        "/Users", [("attributes", connector.userAttributes)], provider, "people", &people
      ) { resource, people throws(WireError) in
        let user = try SCIMWire.User(resource)
        for name in names {
          guard let team = teams[name], isIn(team, user) else { continue }
          let member = try member(user, team)
          people.odd[name, default: OddAddresses()].look(
            at: member.email, place: "user \(user.id)", call: "GET /Users")
          people.rosters[name]?.append(member)
          if team.members.contains(user.id) { people.found[name, default: []].insert(user.id) }
        }
      }
    } catch {
      let broken = issue(error)
      for name in names { teams[name]?.issues.append(broken) }
    }
    log.count(counts?.distinct.count ?? people.rosters.values.reduce(0) { $0 + $1.count })
    for name in names {
      guard counts != nil, let team = teams[name] else { continue }
      let missing = team.members.subtracting(people.found[name] ?? [])
      teams[name]?.issues += await unresolved(name, missing.sorted(), team.untyped)
    }
    let readings = names.map { name in
      TeamReading(
        team: name, roster: people.rosters[name] ?? Roster(), hasIdentityProvider: .unknown,
        saysSignIn: false, namesProviders: false,
        issues: (teams[name]?.issues ?? []) + (people.odd[name]?.all ?? [])
      ).refusingEmptiness(
        source: configuration.name,
        call: configuration.teamIs == .group ? "GET /Groups/{id}" : "GET /Users")
    }
    for issue in readings.flatMap(\.issues) { log.add(issue) }
    var source = log.reading(kind: connector.kind, at: connector.clock())
    source.declared = counts?.declared
    return RosterReading(source: source, teams: readings)
  }

  private func isIn(_ team: Team, _ user: SCIMWire.User) -> Bool {
    configuration.teamIs == .everyone || team.members.contains(user.id)
      || user.groups.contains(where: team.groups.contains)
  }

  private func member(_ user: SCIMWire.User, _ team: Team) throws(WireError) -> RosterMember {
    guard let email = user.address.map(RosterAddress.trimmed), !email.isEmpty else {
      throw WireError(.shape, path: "userName", detail: "a member has neither e-mail nor user name")
    }
    let role: Role
    if team.admins.contains(user.id) {
      role = .admin
    } else if let word = configuration.rolePath?.values(in: user.resource).first?.scalarText {
      role = Role(word: word)
    } else {
      role = .member
    }
    return RosterMember(
      email: email, name: user.name, role: role, userID: user.id, federated: .unknown,
      platformMFA: .unknown)
  }

  /// So many members whom the list of users does not have are looked at one by one.
  private static let lookedAt = 25

  /// What members of a group mean who are not among the users: a reference to somebody who was deleted is passed over
  /// (RFC 7644 asks no server to clean up), anybody else says that the list of users is not whole.
  private func unresolved(
    _ team: TeamName, _ ids: [String], _ untyped: Set<String>
  ) async -> [SourceIssue] {
    guard !ids.isEmpty else { return [] }
    var dead = 0
    if ids.count <= Self.lookedAt {
      for id in ids {
        let paths = untyped.contains(id) ? ["/Users/{id}", "/Groups/{id}"] : ["/Users/{id}"]
        var isGone = true
        for path in paths where isGone { isGone = await isGoneFor(path, id) }
        if isGone { dead += 1 }
      }
    }
    if dead == ids.count {
      return [
        SourceIssue(
          code: "dead-reference", call: "GET /Groups/{id}", status: 404,
          message:
            "The group of team \(team) names \(dead) member\(dead == 1 ? "" : "s") whom \(configuration.name) does not have any more.",
          remedy: "Take the reference out of the group at \(configuration.name).", affects: .details
        )
      ]
    }
    let count = ids.count - dead
    return [
      SourceIssue(
        code: ConnectorError.Code.contradiction.rawValue, call: "GET /Users",
        message:
          "\(count) member\(count == 1 ? "" : "s") of the group of team \(team) \(count == 1 ? "is" : "are") not among the users that \(configuration.name) lists.",
        remedy: "Grant the credentials of \(configuration.name) the right to read all users.")
    ]
  }

  private func isGoneFor(_ path: String, _ id: String) async -> Bool {
    do throws(ConnectorError) {
      _ = try await client.send(client.get(path, [id], query: [("attributes", "id")]))
      return false
    } catch {
      return error.code == .notFound
    }
  }

  // MARK: Groups

  private func adminIDs(_ provider: SCIMWire.Provider) async -> (
    ids: Set<String>, issues: [SourceIssue]
  ) {
    var ids: Set<String> = []
    var issues: [SourceIssue] = []
    for name in configuration.adminGroups {
      do throws(ConnectorError) {
        ids.formUnion(try await expand(try await group(name, provider).id).members)
      } catch {
        // Who is an administrator weighs findings; it decides no verdict.
        issues.append(issue(error, affects: .details))
      }
    }
    return (ids, issues)
  }

  /// Who is in a group, or nil where that cannot be read.
  func membersOfGroup(_ name: String, _ provider: SCIMWire.Provider) async -> Set<String>? {
    do throws(ConnectorError) {
      return try await expand(try await group(name, provider).id).members
    } catch {
      // Whoever is exempt by it is then not; no verdict hangs on it.
      log.add(issue(error, affects: .details))
      return nil
    }
  }

  private func team(_ name: TeamName, _ provider: SCIMWire.Provider) async -> Team {
    var team = Team()
    do throws(ConnectorError) {
      let found = try await expand(
        try await group(configuration.groups[name] ?? name, provider).id)
      team.groups = found.groups
      team.members = found.members
      team.untyped = found.untyped
    } catch {
      team.issues.append(issue(error))
    }
    return team
  }

  /// The group with a display name or id.
  private func group(
    _ name: String, _ provider: SCIMWire.Provider
  ) async throws(ConnectorError) -> SCIMWire.Group {
    var found: [SCIMWire.Group] = []
    if provider.filters {
      do throws(ConnectorError) {
        let quoted = JSONValue.string(name).text
        found = try await groups([("filter", "displayName eq \(quoted)")], provider)
      } catch {
        // Filters are announced by servers that have none.
        guard [.refused, .forbidden, .serverError].contains(error.code) else { throw error }
      }
    }
    var fitting = Self.fitting(name, found)
    if fitting.isEmpty { fitting = Self.fitting(name, try await groups([], provider)) }
    guard let group = fitting.first else {
      throw ConnectorError(
        .contradiction, source: configuration.name, call: "GET /Groups",
        message: "\(configuration.name) has no group \"\(name)\"; the key groups may name it.")
    }
    guard fitting.count == 1 else {
      throw ConnectorError(
        .contradiction, source: configuration.name, call: "GET /Groups",
        message:
          "\(configuration.name) has \(fitting.count) groups \"\(name)\"; name one by its id under groups."
      )
    }
    return group
  }

  private static func fitting(_ name: String, _ groups: [SCIMWire.Group]) -> [SCIMWire.Group] {
    if let byID = groups.first(where: { $0.id == name }) { return [byID] }
    let exact = groups.filter { $0.displayName == name }
    return exact.isEmpty
      ? groups.filter { $0.displayName.lowercased() == name.lowercased() } : exact
  }

  private func groups(
    _ filter: [(String, String)], _ provider: SCIMWire.Provider
  ) async throws(ConnectorError) -> [SCIMWire.Group] {
    var all: [SCIMWire.Group] = []
    _ = try await read(
      "/Groups", filter + [("attributes", "id,displayName")], provider, "groups", &all
    ) { resource, all throws(WireError) in all.append(try SCIMWire.Group(resource)) }
    return all
  }

  /// The members of a group, of those inside it as well; circles are walked once.
  private func expand(
    _ id: String
  ) async throws(ConnectorError) -> (
    groups: Set<String>, members: Set<String>, untyped: Set<String>
  ) {
    var groups: Set<String> = [id]
    var members: Set<String> = []
    var untyped: Set<String> = []
    var open = [id]
    while let next = open.popLast() {
      let request = client.get(
        "/Groups/{id}", [next], query: [("attributes", "id,displayName,members")])
      let json = try await client.value(request)
      do throws(WireError) {
        try json.checkAttributes()
        let group = try SCIMWire.Group(json)
        // Asked for and not there: whether nobody is in it or nobody may see who, is not told.
        guard group.saysMembers else {
          throw WireError.expected(.array, found: .missing, path: "members")
        }
        members.formUnion(group.users)
        untyped.formUnion(group.untyped)
        open += group.groups.filter { groups.insert($0).inserted }
      } catch {
        throw client.malformed(error, request)
      }
    }
    return (groups, members, untyped)
  }
}
