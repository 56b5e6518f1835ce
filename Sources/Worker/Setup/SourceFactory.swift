internal import ConnectorKit
internal import CurlTransport
internal import Foundation
internal import IdentityCore
internal import Storage

/// Makes sources from the configuration.
struct SourceFactory {
  let configuration: Configuration
  let setting: WorkerSetting
  let transport: HTTPTransport
  let cache: PageCache?

  /// The rosters of some teams, each source once; one that cannot be set up says so when it is read.
  func rosters(for teams: [TeamSettings]) -> [any RosterConnector] {
    distinct(teams.map(\.roster)).compactMap { readable($0) as? any RosterConnector }
  }

  /// The providers of some teams and those behind them, each source once; one that cannot be set up says so when it is read.
  func providers(for teams: [TeamSettings]) -> [any ProviderConnector] {
    configuration.providers(behind: teams).compactMap { readable($0) as? any ProviderConnector }
  }

  private func readable(_ name: SourceName) -> any Sendable {
    do {
      return try connector(name)
    } catch {
      let problem = error as? WorkerError ?? WorkerError(.configuration, "\(error)")
      return UnreadableSource(
        name: name, kind: configuration.sources[name]?.kind.word ?? "", problem: problem,
        clock: { [setting] in Timestamp(setting.clock()) })
    }
  }

  /// Makes the connector of a source; secrets are fetched here.
  func connector(_ name: SourceName) throws -> any Diagnosable {
    guard let source = configuration.sources[name] else {
      throw WorkerError(.configuration, "There is no source \(name).")
    }
    let secrets = SecretResolver(environment: setting.environment)
    return try Self.telling(name) { try make(source, name, secrets) }
  }

  private func make(
    _ source: SourceConfiguration, _ name: SourceName, _ secrets: SecretResolver
  ) throws -> any Diagnosable {
    var context = SourceContext(
      name: name, url: try url(source, secrets),
      maxConcurrent: source.maxConcurrent, rateShare: source.rateShare, cache: cache,
      transport: transport,
      clock: { [setting] in Timestamp(setting.clock()) }, logger: setting.logger,
      secrets: { [gate = transport.secrets(of: name)] handle in
        let secret = try secrets.resolve(handle)
        gate.add(secret)
        return secret
      },
      addresses: { handle in try secrets.url(handle) },
      localTeam: { [path = configuration.storePath] in try Self.localTeam($0, path) })
    context.vouches = source.vouches
    return try source.make(context)
  }

  /// Puts the name of a source before what is wrong with its settings and secrets: all of it is a matter of the configuration.
  private static func telling<R>(_ source: SourceName, _ body: () throws -> R) throws -> R {
    do {
      return try body()
    } catch let error as WorkerError {
      throw WorkerError(error.code, "sources.\(source): \(error.description)")
    } catch let error as ConnectorError {
      throw WorkerError(.configuration, "sources.\(source): \(error.message)")
    }
  }

  /// A team out of the store; empty while there is none, for looking makes no store.
  private static func localTeam(_ team: TeamName, _ path: String) throws -> TeamState {
    guard FileManager.default.fileExists(atPath: path) else {
      return TeamState(team, isLocal: true)
    }
    return try naming { try Store(path: path, for: .reading).localTeam(team) }
  }

  private func url(_ source: SourceConfiguration, _ secrets: SecretResolver) throws -> String {
    if let url = source.url { return try secrets.url(url) }
    if case .standard(let url) = source.kind.address { return url }
    return ""
  }

  private func distinct(_ names: [SourceName]) -> [SourceName] {
    Array(Set(names)).sorted()
  }
}

extension Configuration {
  /// The providers that teams sign in through, and those that these leave sign-ins to.
  func providers(behind teams: [TeamSettings]) -> [SourceName] {
    providers(from: teams.flatMap(\.signIn).map(\.provider))
  }

  /// Some providers and those that they leave sign-ins to, sorted.
  func providers(from first: [SourceName]) -> [SourceName] {
    var names = Set(first)
    var open = Array(names)
    while let name = open.popLast() {
      for route in sources[name]?.routes ?? []
      where names.insert(route.target.provider).inserted {
        open.append(route.target.provider)
      }
    }
    return names.sorted()
  }
}

extension SecretResolver {
  /// Fetches the secret of a handle.
  func resolve(_ handle: SecretHandle) throws(WorkerError) -> Secret {
    try resolve(try reference(handle.reference))
  }

  /// An address, fetched where it is not plain.
  ///
  /// - Throws: ``WorkerError`` with `.configuration` when what was fetched is no URL.
  func url(_ handle: URLHandle) throws(WorkerError) -> String {
    if let url = ScalarText.url(handle.text) { return url }
    let url = try url(.secret(try reference(handle.text)))
    if let problem = AddressProblem.of(url) {
      throw WorkerError(.configuration, "The URL that was fetched: \(problem.explanation)")
    }
    return url
  }

  /// An address, fetched where it is not plain.
  ///
  /// - Throws: ``WorkerError`` with `.configuration` when what was fetched is no URL.
  func url(_ reference: URLReference) throws(WorkerError) -> String {
    switch reference {
    case .plain(let url): return url
    case .secret(let reference):
      guard let url = try resolve(reference).withExposed(ScalarText.url) else {
        throw WorkerError(.configuration, "The URL that was fetched is not http or https.")
      }
      return url
    }
  }

  private func reference(_ text: String) throws(WorkerError) -> SecretReference {
    guard let reference = SecretReference(text, directory: "/") else {
      throw WorkerError(.configuration, "A reference to a secret cannot be read.")
    }
    return reference
  }
}
