internal import ConnectorKit
internal import CurlTransport
internal import Foundation
public import IdentityCore
internal import Storage

/// Who is on a team, with what the last run found out about each.
public struct TeamListing: Sendable {
  /// The team.
  public var team: TeamName
  /// The people, by address; those invited among them.
  public var people: [TeamPerson]
  /// What the last run said of them, by key.
  public var statuses: [String: MemberStatus]
  /// What a reader should know of the listing.
  public var notes: [String] = []
}

/// An app as a listing shows it.
public struct AppRow: Sendable, Hashable {
  /// Its name.
  public var name: String
  /// The team it belongs to.
  public var team: TeamName
  /// Whether it is locked.
  public var isLocked: Bool
}

/// Who may touch one app.
public struct AccessListing: Sendable {
  /// Somebody with access.
  public struct Row: Sendable, Hashable {
    /// The address.
    public var email: String
    /// The role on the team; collaborator for outsiders.
    public var role: Role
    /// The permissions; nil where the app has none.
    public var permissions: PermissionSet?
    /// Whether the person is outside the team, so that SSO and MFA cannot be enforced.
    public var isOutsider: Bool
  }

  /// The app.
  public var app: String
  /// The team; empty for somebody's own app.
  public var team: TeamName
  /// Whether it is locked.
  public var isLocked: Bool
  /// The people, by address.
  public var rows: [Row]
  /// What the last run said of them, by key.
  public var statuses: [String: MemberStatus]
  /// What could not be read.
  public var notes: [String]
}

extension SyncWorker {
  /// The people of a team, as its system of record has them now.
  public func people(of team: TeamName, actingAs: String?) async throws -> TeamListing {
    let store = try storeIfThere()
    let transport = transport()
    defer { transport.shutdown() }
    let place = configuration.rosterPlace(of: try settings(of: team).name)
    if !place.takesCommands { return try stored(team, in: place, store) }
    let people: [TeamPerson]
    switch try target(team: team, transport) {
    case .local(let settings):
      let state = try localTeam(settings.name, store)
      try check(.team(.listMembers), on: state, actingAs)
      people =
        (state.members.values.map { TeamPerson(email: $0.email, role: $0.role) }
        + state.outsiders.map { TeamPerson(email: $0.email, role: .collaborator) })
        .sorted { $0.email < $1.email }
    case .platform(let port, _):
      do { people = try await port.people(of: team) } catch {
        throw WorkerError(reading: error, port)
      }
    }
    let found = try statuses(of: team, store)
    let keys = Set(people.map { EmailKey.make($0.email) })
    let others = found.values.filter { !keys.contains($0.record.key) }.map(\.record.email).sorted()
    var listing = TeamListing(team: team, people: people, statuses: found)
    if !others.isEmpty {
      let shown = others.prefix(5).joined(separator: ", ")
      let more = others.count > 5 ? " and \(others.count - 5) more" : ""
      listing.notes.append(
        "Not on this list, but in idsync status: \(shown)\(more), who may touch single apps only (idsync access list), or "
          + "left since the last run.")
    }
    return listing
  }

  /// The people of a team that is only read, as the last run knew them.
  private func stored(
    _ team: TeamName, in place: RosterPlace, _ store: Store?
  ) throws -> TeamListing {
    let found = try statuses(of: team, store)
    let records: [MemberRecord] = found.values.map(\.record).sorted { $0.key < $1.key }
    let people: [TeamPerson] = records.map(Self.person)
    return TeamListing(
      team: team, people: people, statuses: found,
      notes: people.isEmpty
        ? []
        : ["As the last run read them; \(team) is kept in \(place.words), where it is changed."])
  }

  private static func person(_ record: MemberRecord) -> TeamPerson {
    let federated: Tri =
      switch record.sso {
      case .enabled: .yes
      case .disabled: .no
      case .unavailable, .unknown: .unknown
      }
    let platformMFA: Tri =
      switch record.platformMFA {
      case .enabled: .yes
      case .disabled: .no
      case .notApplicable, .unknown: .unknown
      }
    return TeamPerson(
      email: record.email, name: record.name, role: record.role, isPending: record.isPending,
      federated: federated, platformMFA: platformMFA, userID: record.platformUserID)
  }

  /// The apps of one team, or of all teams that have apps.
  public func apps(of team: TeamName?, actingAs: String?) async throws -> [AppRow] {
    let store = try storeIfThere()
    let transport = transport()
    defer { transport.shutdown() }
    let teams = try team.map { [try settings(of: $0)] } ?? configuration.teams
    var rows: [AppRow] = []
    for settings in teams {
      if isLocal(settings) {
        let state = try localTeam(settings.name, store)
        try check(.team(.listApps), on: state, actingAs)
        rows += state.apps.values.map {
          AppRow(name: $0.name, team: settings.name, isLocked: $0.isLocked)
        }
        continue
      }
      let factory = SourceFactory(
        configuration: configuration, setting: setting, transport: transport, cache: nil)
      guard let port = try factory.connector(settings.roster) as? any TeamAdministration else {
        guard team == nil else { throw WorkerError(.badInput, "\(settings.name) has no apps.") }
        continue
      }
      do {
        rows += try await port.readApps(of: settings.name).map {
          AppRow(name: $0.name, team: settings.name, isLocked: $0.isLocked)
        }
      } catch { throw WorkerError(reading: error, port) }
    }
    return rows.sorted { ($0.team, $0.name) < ($1.team, $1.name) }
  }

  /// Who may touch an app.
  public func access(
    to app: String, team: TeamName?, actingAs: String?
  ) async throws -> AccessListing {
    let store = try storeIfThere()
    let transport = transport()
    defer { transport.shutdown() }
    var (target, state) = try await target(app: app, team: team, store, transport)
    var notes: [String] = []
    switch target {
    case .local: try check(.app(.viewAccess, app), on: state, actingAs)
    case .platform(let port, let team):
      if !team.isEmpty {
        do {
          state.members =
            try await port.readTeam(team, scope: TeamScope(invitations: false)).members
        } catch {
          // Whoever only manages an app may not see the team: its own list is shown all the same.
          guard error.code == .forbidden else { throw WorkerError(reading: error, port) }
          notes.append("The members of \(team) may not be read, so its admins are not shown.")
        }
      }
    }
    guard let found = state.apps[app] ?? state.apps.values.first else {
      throw WorkerError(.badInput, "There is no app \(app).")
    }
    return AccessListing(
      app: found.name, team: state.team, isLocked: found.isLocked,
      rows: Self.rows(of: found, state), statuses: try statuses(of: state.team, store),
      notes: notes)
  }

  private static func rows(of app: TeamState.App, _ state: TeamState) -> [AccessListing.Row] {
    var people = app.access.mapValues(\.email)
    for (key, member) in state.members where member.role.isAdministrator {
      people[key] = member.email
    }
    return people.map { key, email in
      let role = state.onTeam(key)?.role ?? .collaborator
      return AccessListing.Row(
        email: email, role: role == .none ? .collaborator : role,
        permissions: app.usesPermissions
          ? (role.isAdministrator ? .all : app.access[key]?.permissions) : nil,
        isOutsider: state.onTeam(key) == nil)
    }.sorted { $0.email < $1.email }
  }

  /// Reading a local team takes the right to it, once the configuration says who is who.
  private func check(
    _ action: Authorisation.Action, on state: TeamState, _ actingAs: String?
  ) throws {
    guard !configuration.actors.isEmpty else { return }
    let actor = try actor(actingAs: actingAs)
    if let refusal = Authorisation.refusal(actor, action, on: state) {
      throw WorkerError(refusal)
    }
  }

  private func statuses(of team: TeamName, _ store: Store?) throws -> [String: MemberStatus] {
    var statuses: [String: MemberStatus] = [:]
    guard let store, !team.isEmpty else { return statuses }
    try naming {
      let limit = age(asOf: nil)
      try store.members(MemberQuery(team: team)) {
        statuses[$0.record.key] = limit.applied(to: $0)
      }
    }
    return statuses
  }

  /// The store, when there is one; looking makes none.
  func storeIfThere() throws -> Store? {
    FileManager.default.fileExists(atPath: configuration.storePath) ? try storeToRead() : nil
  }

  /// A local team; empty while there is no store.
  func localTeam(_ team: TeamName, _ store: Store?) throws -> TeamState {
    try naming { try store?.localTeam(team) } ?? TeamState(team, isLocal: true)
  }

  // MARK: Names for completion

  /// The teams of the configuration.
  public var knownTeams: [TeamName] { configuration.teams.map(\.name).sorted() }

  /// The apps that the store has heard of.
  public func knownApps() throws -> [String] {
    guard let store = try storeIfThere() else { return [] }
    return try naming {
      let local = try store.localApps(of: configuration.teams.filter(isLocal).map(\.name))
      let changed = try store.administration(limit: 1000).compactMap(\.app)
      return Set(local + changed).sorted()
    }
  }

  /// The addresses on a team, as the last run knew them.
  public func knownAddresses(on team: TeamName?) throws -> [String] {
    guard let store = try storeIfThere() else { return [] }
    var found: Set<String> = []
    try naming {
      for name in knownTeams where team == nil || team == name {
        try store.members(MemberQuery(team: name)) { found.insert($0.record.email) }
        found.formUnion(try store.localTeam(name).members.values.map(\.email))
      }
    }
    return found.sorted()
  }
}
