internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import Logging

/// The reading of one team.
///
/// What each list means to a verdict decides what its failure means: without the members, the people with access to apps or
/// the identity providers a wrong verdict could arise, so the team is incomplete; without the invitations nobody knows who is
/// still invited, and the source is incomplete.
struct HerokuTeamRun: Sendable {
  let run: HerokuRun
  let name: TeamName
  var client: APIClient { run.client }

  init(_ run: HerokuRun, _ name: TeamName) {
    self.run = run
    self.name = name
  }

  /// What one list gave, and what went wrong with it.
  struct Part<Value: Sendable>: Sendable {
    var value: Value
    var issues: [SourceIssue] = []
  }

  func read() async -> TeamReading {
    let team: HerokuWire.Team
    do throws(ConnectorError) {
      team = try await self.team()
    } catch {
      return TeamReading(
        team: name, roster: Roster(), hasIdentityProvider: .unknown, saysSignIn: true,
        issues: [issue(error)])
    }
    async let identityProviders = identityProviders(team)
    async let people = appPeople(team)
    async let invited = invitations(team)
    var members = await members()
    var issues = members.issues
    let (settings, collaborators, invitations) = await (identityProviders, people, invited)
    issues += settings.issues + collaborators.issues + invitations.issues
    members.value.add(collaborators: collaborators.value)
    if let account = team.enterpriseAccount, members.value.needsEnterprise {
      issues += await addEnterprise(account, &members.value)
    }
    members.value.add(invitations: invitations.value)
    let providers = await providers(team, settings, members.value, &issues)
    issues += untold(team, members.value, providers.isThere)
    return TeamReading(
      team: name, roster: members.value.roster, identityProviders: providers.all,
      hasIdentityProvider: providers.isThere, saysSignIn: true,
      knowsPending: invitations.issues.isEmpty, issues: issues
    )
    .refusingEmptiness(
      source: run.configuration.name, call: "GET /teams/{team}/members", needsMembers: true,
      knownRoles: HerokuRoster.knownRoles)
  }

  /// What Heroku always shows and did not, where it decides.
  private func untold(
    _ team: HerokuWire.Team, _ roster: HerokuRoster, _ hasProvider: Tri
  ) -> [SourceIssue] {
    func missing(_ what: String, _ call: String) -> SourceIssue {
      .missing(what, vendor: "Heroku", call: call)
    }
    var issues: [SourceIssue] = []
    if roster.hidesSignIn {
      issues.append(missing("how a member signs in (federated)", "GET /teams/{team}/members"))
    }
    guard hasProvider == .unknown else { return issues }
    if !team.saysProvider {
      issues.append(missing("the identity_provider of the team", "GET /teams/{team}"))
    }
    if !team.saysAccount {
      issues.append(missing("the enterprise_account of the team", "GET /teams/{team}"))
    }
    return issues
  }

  /// A failure of this team, with what to do about it.
  func issue(
    _ error: ConnectorError, affects: SourceIssue.Affects = .verdicts
  ) -> SourceIssue {
    run.logger.debug("\(error)")
    return error.issue(remedy: run.configuration.remedy(for: error), affects: affects)
  }

  // MARK: Lists

  private static let undeclared = PagingStyle.range(property: nil, max: nil, order: nil)

  private func team() async throws(ConnectorError) -> HerokuWire.Team {
    let request = client.get("/teams/{team}", [name])
    let json = try await client.value(request)
    do throws(WireError) {
      return try HerokuWire.Team(json)
    } catch {
      throw client.malformed(error, request)
    }
  }

  private func members() async -> Part<HerokuRoster> {
    let request = client.get("/teams/{team}/members", [name])
    var roster = HerokuRoster()
    var repeats = 0
    do throws(ConnectorError) {
      let style = PagingStyle.range(property: "email", max: 1000, order: nil)
      try await client.table(request, style, HerokuWire.members) {
        rows, page throws(ConnectorError) in
        for index in 0..<rows.count {
          switch roster.add(rows[index], place: "page \(page), row \(index + 1)") {
          case .new: break
          // A range says where a page begins: a row that comes again is the same one.
          case .same: repeats += 1
          case .different:
            throw client.duplicate(request.endpoint, page: page, row: index + 1)
          }
        }
        run.progress(run.configuration.name, "members of \(name)", done: roster.count)
      }
      let again: [SourceIssue] =
        repeats == 0
        ? []
        : [.repeatedRows(repeats, source: run.configuration.name, call: request.endpoint)]
      return Part(value: roster, issues: again + roster.issues)
    } catch {
      return Part(value: roster, issues: [issue(error)] + roster.issues)
    }
  }

  private func identityProviders(
    _ team: HerokuWire.Team
  ) async -> Part<[HerokuWire.IdentityProvider]?> {
    // What the enterprise account owns is not on the team's list.
    if team.identityProvider?.isAccountOwned == true { return Part(value: []) }
    let request = client.get("/teams/{team}/identity-providers", [name])
    do throws(ConnectorError) {
      return Part(
        value: try await client.values(request, Self.undeclared) { row throws(WireError) in
          try HerokuWire.IdentityProvider(row)
        })
    } catch {
      // A team that says that it has no provider has no list of them either.
      if error.code == .notFound && team.saysNoProvider { return Part(value: []) }
      return Part(value: nil, issues: [issue(error)])
    }
  }

  /// Everybody with permissions on an app: outsiders are found only here.
  private func appPeople(_ team: HerokuWire.Team) async -> Part<[HerokuWire.Person]> {
    let request = client.get("/teams/{team}/permissions", [name])
    do throws(ConnectorError) {
      return Part(value: try await people(request))
    } catch {
      guard error.code == .notFound, !team.isEnterprise else {
        return Part(value: [], issues: [issue(error)])
      }
      return await collaborators()
    }
  }

  /// Reads the people out of the permissions, each once: a team of many apps names the same ones again and again.
  private func people(
    _ request: HTTPRequest
  ) async throws(ConnectorError) -> [HerokuWire.Person] {
    var seen: Set<HerokuWire.Person> = []
    var result: [HerokuWire.Person] = []
    let reader = JSONReader()
    try await client.pages(request, Self.undeclared) { response, page throws(ConnectorError) in
      do throws(WireError) {
        let rows = try reader.value(response.body).rows { row throws(WireError) in
          try HerokuWire.Permissions(row)
        }
        for person in rows.flatMap(\.people) where seen.insert(person).inserted {
          result.append(person)
        }
      } catch {
        throw client.malformed(error, request, page: page)
      }
    }
    return result
  }

  /// The dear way, one call an app, for teams without a list of permissions.
  private func collaborators() async -> Part<[HerokuWire.Person]> {
    do throws(ConnectorError) {
      let apps = try await client.values(client.get("/teams/{team}/apps", [name]), Self.undeclared)
      { row throws(WireError) in try HerokuWire.App(row) }
      var seen: Set<HerokuWire.Person> = []
      var result: [HerokuWire.Person] = []
      for app in apps {
        let request = client.get("/teams/apps/{app}/collaborators", [app.id])
        let people = try await client.values(request, Self.undeclared) { row throws(WireError) in
          try HerokuWire.Wrapped(row).person
        }
        for person in people where seen.insert(person).inserted { result.append(person) }
      }
      return Part(value: result)
    } catch {
      return Part(value: [], issues: [issue(error)])
    }
  }

  private func invitations(_ team: HerokuWire.Team) async -> Part<[HerokuWire.Wrapped]> {
    var request = client.get("/teams/{team}/invitations", [name])
    request.headers.set("Accept", "application/vnd.heroku+json; version=3.team-invitations")
    do throws(ConnectorError) {
      return Part(
        value: try await client.values(request, Self.undeclared) { row throws(WireError) in
          try HerokuWire.Wrapped(row)
        })
    } catch {
      // Nobody is invited to an enterprise team; of any other, 404 says nothing about who is. Whoever is invited cannot
      // sign in: no verdict is lost, but nobody may be taken for gone.
      let isWithout = error.code == .notFound && team.isEnterprise
      return Part(value: [], issues: [issue(error, affects: isWithout ? .details : .parts)])
    }
  }

  // MARK: The enterprise account

  private func addEnterprise(
    _ account: String, _ roster: inout HerokuRoster
  ) async -> [SourceIssue] {
    do throws(ConnectorError) {
      roster.add(enterprise: try await run.accounts.members(account, client))
      return []
    } catch {
      // Only rows that do not say how they sign in rest on this list.
      return [issue(error, affects: roster.lacksSignIn ? .verdicts : .details)]
    }
  }

  // MARK: Identity providers

  /// The providers that are visible for the team or its account, and whether there is any, visible or hidden.
  private func providers(
    _ team: HerokuWire.Team, _ settings: Part<[HerokuWire.IdentityProvider]?>,
    _ roster: HerokuRoster, _ issues: inout [SourceIssue]
  ) async -> (all: [PlatformIdentityProvider], isThere: Tri) {
    var visible = (settings.value ?? []).map {
      PlatformIdentityProvider(id: $0.id, entityID: $0.entityID, ssoTargetURL: $0.ssoTargetURL)
    }
    if let own = team.identityProvider { visible.add(PlatformIdentityProvider(own)) }
    var named = roster.providers
    // Another company's provider, which a guest brings along, is none of the team's; without all ids of the team's own
    // nobody can tell whose one is.
    let owners = [team.id, team.enterpriseAccountID].compactMap(\.self)
    func isOwn(_ seen: SeenProviders.OwnedProvider) -> Bool {
      seen.owner.map(owners.contains) ?? false
    }
    if team.knowsOwners { named.removeAll { $0.owner != nil && !isOwn($0) } }
    for seen in named where !seen.provider.isRedacted && isOwn(seen) {
      visible.add(seen.provider)
    }
    var isUnknown =
      settings.value == nil || !team.saysProvider && visible.isEmpty || !team.saysAccount
      || !team.knowsOwners && !named.isEmpty
    let isHidden = named.contains { seen in !visible.contains { $0.id == seen.provider.id } }
    if let account = team.enterpriseAccount, visible.isEmpty || isHidden {
      do throws(ConnectorError) {
        let found = try await run.accounts.account(account, client)
        if let shown = found.identityProvider {
          var provider = PlatformIdentityProvider(shown)
          provider.isAccountOwned = true
          visible.add(provider)
        } else if !found.saysProvider {
          isUnknown = true
        }
      } catch {
        // Whoever signs in through a hidden provider, or without any, is told by the rows.
        let isLasting = error.code == .forbidden || error.code == .notFound
        issues.append(issue(error, affects: isLasting ? .details : .verdicts))
        isUnknown = true
      }
    }
    // A hidden provider of the team or its account counts as one, but says nothing more.
    let hasOwn = !visible.isEmpty || named.contains(where: isOwn)
    return (visible, hasOwn ? .yes : isUnknown || !named.isEmpty ? .unknown : .no)
  }
}

extension [PlatformIdentityProvider] {
  /// Adds a provider, or what more is said of one that is there.
  fileprivate mutating func add(_ provider: PlatformIdentityProvider) {
    guard let known = firstIndex(where: { $0.id == provider.id }) else { return append(provider) }
    self[known].name = self[known].name ?? provider.name
    self[known].isAccountOwned = self[known].isAccountOwned || provider.isAccountOwned
  }
}

extension PlatformIdentityProvider {
  /// What a team or account tells of its provider.
  init(_ wire: HerokuWire.Provider) {
    self.init(
      id: wire.id, name: wire.name, isRedacted: wire.isRedacted,
      isAccountOwned: wire.isAccountOwned)
  }
}
