internal import ConnectorKit
internal import CurlTransport
public import Foundation
internal import IdentityCore
public import Logging
internal import Storage

/// What the worker needs from outside: nothing below reads the environment or the clock by itself.
public struct WorkerSetting: Sendable {
  /// The environment: secrets named `env:NAME`, `IDSYNC_CONFIG`.
  public var environment: [String: String]
  /// Against which relative paths of the command line are resolved.
  public var workingDirectory: String
  /// The moment it is.
  public var clock: @Sendable () -> Date
  /// Where debug lines go.
  public var logger: Logger
  /// Who is told how far the sources are.
  public var progress: (@Sendable (ReadingProgress) -> Void)?
  /// The user of the operating system who asks.
  public var user: String

  /// Makes a setting.
  public init(
    environment: [String: String], workingDirectory: String,
    clock: @escaping @Sendable () -> Date = { Date() }, logger: Logger,
    progress: (@Sendable (ReadingProgress) -> Void)? = nil, user: String = ""
  ) {
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.clock = clock
    self.logger = logger
    self.progress = progress
    self.user = user
  }
}

/// How far a source is.
public struct ReadingProgress: Sendable {
  /// The source.
  public var source: String
  /// What is being read: `users`, `members`.
  public var phase: String
  /// Rows read so far.
  public var done: Int
  /// Rows there are, if the source says so.
  public var total: Int?
}

/// The program behind the commands: one configuration, one store, and what can be done with them.
public struct SyncWorker: Sendable {
  let configuration: Configuration
  let setting: WorkerSetting

  /// Finds and reads the configuration.
  ///
  /// - Throws: ``WorkerError`` with `.configuration`: file, line, key and remedy; nothing was contacted.
  public init(configurationPath: String?, setting: WorkerSetting) throws {
    do {
      configuration = try Configuration.load(
        path: configurationPath, environment: setting.environment,
        workingDirectory: setting.workingDirectory)
    } catch {
      throw WorkerError(.configuration, error.description)
    }
    self.setting = setting
  }

  var now: Timestamp { Timestamp(setting.clock()) }

  /// The store of the configuration, made when it is not there yet.
  func store() throws -> Store {
    try naming { try Store(path: configuration.storePath) }
  }

  /// The store of the configuration as it is, for whoever only looks: it may be one that nobody can write to.
  func storeToRead() throws -> Store {
    try naming { try Store(path: configuration.storePath, for: .reading) }
  }

  /// What is damaged in the store, one sentence each; nothing when it is whole.
  ///
  /// - Throws: ``WorkerError`` with `.store` for one that cannot be opened for its damage.
  public func storeDamages() throws -> [String] {
    let store = try existingStore()
    return try naming { try store.damages() }
  }

  /// The store, as messages name it.
  public var storePath: String { configuration.storePath }

  /// Takes a lock when no other process has it any more; nil when the time is over.
  func lock<Lock>(within limit: Duration, _ take: () throws -> Lock?) async throws -> Lock? {
    let clock = ContinuousClock()
    let deadline = clock.now + limit
    while true {
      if let lock = try take() { return lock }
      guard clock.now < deadline else { return nil }
      try await clock.sleep(for: .milliseconds(25))
    }
  }

  /// The transport with what the configuration says of proxy, authorities and time.
  ///
  /// - Parameter deadline: how long all that it is for may take; nil for the whole time of a run.
  func transport(_ deadline: Deadline? = nil) -> HTTPTransport {
    let whole = Deadline(.seconds(configuration.policy.deadline), giver: "policy.deadline gives")
    return HTTPTransport(
      configuration: TransportConfiguration(
        userAgent: "idsync/\(ToolVersion.text)", extraCAFile: configuration.transport.caFile,
        proxy: configuration.transport.proxy.map { .url($0) } ?? .none,
        deadline: deadline ?? whole, sourceDeadlines: configuration.sourceDeadlines),
      logger: setting.logger)
  }

  var progress: ConnectorKit.Progress {
    guard let report = setting.progress else { return .none }
    return ConnectorKit.Progress { update in
      report(
        ReadingProgress(
          source: update.source, phase: update.phase, done: update.done, total: update.total))
    }
  }
}
