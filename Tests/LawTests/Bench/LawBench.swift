import Foundation
import IdentityCore
import Logging
import MockIdP
import Synchronization
import TestSupport
import Worker

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// A mock organisation, a directory and a worker whose clock stands where the bench puts it.
///
/// The servers stay while worlds come and go: a world is put into them before each run.
final class LawBench: Sendable {
  let mock: MockIdP
  let directory: URL
  private let clock: Mutex<Date>
  private let isFaulted = Mutex(false)

  /// When every world begins.
  static let beginning = Date(timeIntervalSince1970: 1_793_600_000)

  private init(_ mock: MockIdP, _ directory: URL) {
    self.mock = mock
    self.directory = directory
    clock = Mutex(Self.beginning)
  }

  /// Starts the servers of all vendors, runs the body, ends them.
  static func run<R>(_ body: (LawBench) async throws -> R) async throws -> R {
    try await TestSlots.run {
      var scenario = Scenario()
      scenario[EntraTenant.self] = EntraTenant()
      scenario[GoogleWorkspace.self] = GoogleWorkspace()
      scenario[KeycloakTenant.self] = KeycloakTenant()
      scenario[JSONEndpoint.self] = JSONEndpoint()
      let mock = try await MockIdP.start(scenario)
      let directory = Self.memory.appending(path: "idsync-laws-\(UUID())")
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      let result: Result<R, any Error>
      do { result = .success(try await body(LawBench(mock, directory))) } catch {
        result = .failure(error)
      }
      await mock.stop()
      try? FileManager.default.removeItem(at: directory)
      return try result.get()
    }
  }

  /// A place that costs no disk where there is one.
  private static var memory: URL {
    let shared = URL(filePath: "/dev/shm")
    return FileManager.default.isWritableFile(atPath: shared.path)
      ? shared : FileManager.default.temporaryDirectory
  }

  /// The moment it is for the program.
  var now: Date {
    get { clock.withLock { $0 } }
    set { clock.withLock { $0 = newValue } }
  }

  /// Moves the clock on.
  func advance(hours: Double) { clock.withLock { $0 += hours * 3600 } }

  // MARK: Worlds

  /// Begins with a configuration and no store.
  func begin(_ configuration: String) throws {
    now = Self.beginning
    try forgetStore()
    try configure(configuration)
  }

  /// Puts another configuration in the place of the one there is.
  func configure(_ configuration: String) throws {
    try Data(configuration.utf8).write(to: directory.appending(path: "idsync.yaml"))
  }

  /// Has the servers show an organisation, with these faults from now on.
  func show(_ scenario: Scenario, _ faults: [Fault] = []) async {
    var scenario = scenario
    scenario[GoogleWorkspace.self].clockOffset = now.timeIntervalSince(Date())
    let shown = scenario
    await mock.update { $0 = shown }
    await mock.setFaults(faults)
    isFaulted.withLock { $0 = !faults.isEmpty }
    await mock.resetRequests()
  }

  /// One run, as a new start of the program makes it, and what it says afterwards.
  func run(teams: [String] = []) async throws -> RunView {
    let worker = try worker()
    // A page that did not change has no body to damage: where something is damaged, everything is asked for anew.
    let result = try await worker.sync(
      SyncOptions(teams: teams, isFull: isFaulted.withLock { $0 }))
    return RunView(
      members: try members(worker), gaps: result.gaps, isHeld: result.isHeld,
      isComplete: result.run.sources.allSatisfy(\.isComplete))
  }

  /// The members as the listing shows them by now.
  func members() throws -> [String: MemberView] { try members(worker()) }

  private func members(_ worker: SyncWorker) throws -> [String: MemberView] {
    var members: [String: MemberView] = [:]
    for status in try worker.status().members {
      let view = MemberView(status)
      members[view.key] = view
    }
    return members
  }

  /// A worker of a new start.
  func worker() throws -> SyncWorker {
    let secrets: [(String, Vendor)] = [
      ("HEROKU", .heroku), ("OKTA", .okta), ("ENTRA", .entra), ("GOOGLE", .google),
      ("KEYCLOAK", .keycloak), ("JSON", .json),
    ]
    let tokens = Dictionary(uniqueKeysWithValues: secrets.map { ($0.0, mock[$0.1]?.token ?? "") })
    return try SyncWorker(
      configurationPath: "idsync.yaml",
      setting: WorkerSetting(
        environment: tokens, workingDirectory: directory.path,
        clock: { [self] in now },
        logger: Logger(label: "laws") { _ in SwiftLogNoOpLogHandler() }))
  }

  // MARK: The store between runs

  private var store: URL { directory.appending(path: "idsync.db") }

  private func forgetStore() throws {
    for file in try FileManager.default.contentsOfDirectory(atPath: directory.path) {
      try FileManager.default.removeItem(at: directory.appending(path: file))
    }
  }

  /// Keeps the store as it is after a step.
  func save(_ step: Int) throws {
    let copy = directory.appending(path: "after-\(step).db")
    for suffix in ["", "-wal"] {
      let source = store.path + suffix
      try? FileManager.default.removeItem(atPath: copy.path + suffix)
      if FileManager.default.fileExists(atPath: source) {
        try FileManager.default.copyItem(atPath: source, toPath: copy.path + suffix)
      }
    }
  }

  /// Puts the store back as it was after a step; before the first there is none.
  func restore(_ step: Int) throws {
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: store.path + suffix)
    }
    guard step >= 0 else { return }
    let copy = directory.appending(path: "after-\(step).db")
    for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: copy.path + suffix) {
      try FileManager.default.copyItem(
        atPath: copy.path + suffix, toPath: store.path + suffix)
    }
  }

  // MARK: Pages

  /// The page that a request was answered with; nil when it cannot be had again.
  func page(_ request: RecordedRequest) async -> JSON? {
    guard request.method == "GET", let base = mock[request.vendor]?.baseURL,
      let url = URL(
        string: base + request.path + (request.query.isEmpty ? "" : "?" + request.query))
    else { return nil }
    var asked = URLRequest(url: url)
    for (name, value) in request.headers
    where !["host", "connection", "accept-encoding", "if-none-match"].contains(name) {
      asked.setValue(value, forHTTPHeaderField: name)
    }
    guard let (data, _) = try? await URLSession.shared.data(for: asked) else { return nil }
    return try? JSONDecoder().decode(JSON.self, from: data)
  }
}
