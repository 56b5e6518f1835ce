internal import ConnectorKit
internal import CurlTransport
internal import Foundation
internal import IdentityCore
internal import Local
internal import Storage

/// Where a team is changed.
enum AdministrationTarget {
  /// In our own store.
  case local(TeamSettings)
  /// At a platform.
  case platform(any TeamAdministration, TeamName)
}

extension SyncWorker {
  /// Who asks, by the configuration; `--as` stands for somebody else.
  ///
  /// - Throws: ``WorkerError`` with `.notPermitted` for an `--as` that the configuration does not allow.
  func actor(actingAs address: String?) throws -> Actor {
    let own = configuration.actors[setting.user]
    guard let address else {
      return Actor(user: setting.user, address: own?.address, role: own?.role)
    }
    guard own?.mayActAs.contains(address) == true else {
      throw WorkerError(
        .notPermitted,
        "The user \(setting.user) may not act as \(address): `actors` in the configuration does not say so"
          + " (may_act_as).")
    }
    let other = configuration.actors.values.first {
      EmailKey.make($0.address) == EmailKey.make(address)
    }
    return Actor(user: setting.user, address: address, role: other?.role, isActedFor: true)
  }

  /// The settings of a team; a wrong name gets the nearest right one.
  func settings(of team: TeamName) throws -> TeamSettings {
    guard let settings = configuration.teams.first(where: { $0.name == team }) else {
      throw unknown("team", team, configuration.teams.map(\.name))
    }
    return settings
  }

  /// The system of record of a team.
  func target(team: TeamName, _ transport: HTTPTransport) throws -> AdministrationTarget {
    let settings = try settings(of: team)
    if isLocal(settings) { return .local(settings) }
    let place = configuration.rosterPlace(of: team)
    guard place.takesCommands else { throw WorkerError(.badInput, place.refusal(team)) }
    return .platform(try administration(of: settings.roster, transport), team)
  }

  /// A source as something that teams can be changed at.
  func administration(
    of source: SourceName, _ transport: HTTPTransport
  ) throws -> any TeamAdministration {
    let factory = SourceFactory(
      configuration: configuration, setting: setting, transport: transport, cache: nil)
    guard let port = try factory.connector(source) as? any TeamAdministration else {
      throw WorkerError(
        .badInput,
        "Teams of the source \(source) cannot be changed from here: it is not their system of record."
      )
    }
    return port
  }

  /// Every source that apps can be looked for at, by name.
  func administrations(_ transport: HTTPTransport) throws -> [any TeamAdministration] {
    let factory = SourceFactory(
      configuration: configuration, setting: setting, transport: transport, cache: nil)
    let names = Set(configuration.teams.filter { !isLocal($0) }.map(\.roster)).sorted()
    return try names.compactMap { try factory.connector($0) as? any TeamAdministration }
  }

  /// Where an app is: in the store, or at the first platform that knows it.
  ///
  /// - Throws: ``WorkerError`` with `.badInput` and the nearest right name when nobody knows it.
  func target(
    app: String, team: TeamName?, _ store: Store?, _ transport: HTTPTransport
  ) async throws -> (target: AdministrationTarget, state: TeamState) {
    if let team { _ = try settings(of: team) }
    if let local = try naming({ try store?.teamOfLocalApp(app) }), team == nil || team == local {
      guard let settings = configuration.teams.first(where: { $0.name == local && isLocal($0) })
      else {
        throw WorkerError(
          .badInput,
          "⬢ \(app) belongs to the local team \(local), which the configuration no longer has.")
      }
      return (.local(settings), try localTeam(local, store))
    }
    let ports =
      try team.map { name -> [any TeamAdministration] in
        guard case .platform(let port, _) = try target(team: name, transport) else { return [] }
        return [port]
      } ?? administrations(transport)
    for port in ports {
      do {
        let state = try await port.readApp(app)
        guard team == nil || team == state.team else { continue }
        return (.platform(port, state.team), state)
      } catch {
        guard error.code == .notFound else { throw WorkerError(reading: error, port) }
      }
    }
    throw try await unknownApp(app, team, ports, store)
  }

  private func unknownApp(
    _ app: String, _ team: TeamName?, _ ports: [any TeamAdministration], _ store: Store?
  ) async throws -> WorkerError {
    let teams = configuration.teams.filter { team == nil || team == $0.name }
    var known = try naming {
      try store?.localApps(of: teams.filter { isLocal($0) }.map(\.name)) ?? []
    }
    for settings in teams {
      guard let port = ports.first(where: { $0.name == settings.roster }) else { continue }
      known += ((try? await port.readApps(of: settings.name)) ?? []).map(\.name)
    }
    let nearest = NearestName.find(app, in: known).map { " Did you mean \($0)?" } ?? ""
    let place = team.map { "On \($0)" } ?? "There"
    return WorkerError(
      .badInput, "\(place) is no app ⬢ \(app) that can be seen from here.\(nearest)")
  }

  /// Whether our own store is the system of record of a team.
  func isLocal(_ settings: TeamSettings) -> Bool {
    configuration.sources[settings.roster]?.kind is LocalKind
  }
}

extension WorkerError {
  /// A call that read something and failed; nothing was changed.
  init(reading error: ConnectorError, _ port: any TeamAdministration) {
    self.init(
      Self.code(error), "\(error.message) \(port.remedy(for: error)) Nothing was changed.")
  }

  /// Which end an error of a platform makes.
  static func code(_ error: ConnectorError) -> Code {
    switch error.code {
    case .unauthorised, .forbidden: .notPermitted
    case .notFound, .refused: .badInput
    case .configuration, .tls: .configuration
    default: .platform
    }
  }

  /// A rule that stands against a request, with the name that was probably meant.
  init(_ refusal: Refusal) {
    let nearest = refusal.name.flatMap { NearestName.find($0, in: refusal.known) }
    let hint = nearest.map { " Did you mean \($0)?" } ?? ""
    let code: Code =
      refusal.code == .permissionsMissing
      ? .usage : refusal.isNotPermitted ? .notPermitted : .badInput
    self.init(code, refusal.message + hint, isVerbatim: refusal.isVerbatim)
  }
}
