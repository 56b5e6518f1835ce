import Foundation
import MockIdP
import TestSupport

/// A directory with a configuration and a store in it, the mock organisation beside it, and the built `idsync`.
final class Workbench: Sendable {
  /// What a command came to.
  struct Outcome: Sendable {
    var status: Int32
    var output: String
    var errors: String

    /// Standard output as JSON.
    func json() throws -> [String: Any] {
      try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] ?? [:]
    }

    /// The members of the status format, by address.
    func members() throws -> [String: [String: Any]] {
      let rows = try json()["members"] as? [[String: Any]] ?? []
      return Dictionary(uniqueKeysWithValues: rows.map { ($0["email"] as? String ?? "", $0) })
    }
  }

  let directory: URL
  let mock: MockIdP
  let environment: [String: String]

  /// Starts the mock and writes the configuration.
  init(
    _ scenario: Scenario, configuration: (MockIdP) -> String = Workbench.configuration
  ) async throws {
    mock = try await MockIdP.start(scenario)
    directory = FileManager.default.temporaryDirectory.appending(
      path: "idsync-e2e-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    environment = [
      "HEROKU_TOKEN": mock.heroku.token, "OKTA_TOKEN": mock.okta.token,
      "PATH": "/usr/bin:/bin", "HOME": directory.path,
    ]
    try write(configuration(mock), to: "idsync.yaml")
  }

  /// Ends the mock and takes the directory away.
  func close() async {
    await mock.stop()
    try? FileManager.default.removeItem(at: directory)
  }

  /// The configuration of one team on Heroku whose people sign in through Okta.
  static func configuration(_ mock: MockIdP) -> String { configuration(mock, extra: "") }

  static func configuration(_ mock: MockIdP, extra: String, app: String = TestScenario.app)
    -> String
  {
    """
    store: sqlite:idsync.db
    sources:
      heroku: { kind: heroku, url: "\(mock.heroku.baseURL)", token: env:HEROKU_TOKEN }
      okta: { kind: okta, url: "\(mock.okta.baseURL)", token: env:OKTA_TOKEN }
    teams:
      acme-widgets:
        roster: heroku
        sign_in: [ { provider: okta, app: \(app) } ]
    \(extra)
    """
  }

  func path(_ name: String) -> String { directory.appending(path: name).path }

  func write(_ text: String, to name: String, mode: Int = 0o600) throws {
    try Data(text.utf8).write(to: directory.appending(path: name))
    try FileManager.default.setAttributes(
      [.posixPermissions: mode], ofItemAtPath: path(name))
  }

  /// Runs `idsync` to its end.
  func run(_ arguments: String..., adding extra: [String: String] = [:]) async throws -> Outcome {
    try await run(arguments, adding: extra)
  }

  func run(_ arguments: [String], adding extra: [String: String] = [:]) async throws -> Outcome {
    let running = try start(arguments, adding: extra)
    return await running.outcome()
  }

  /// Starts `idsync`.
  func start(_ arguments: [String], adding extra: [String: String] = [:]) throws -> RunningCommand {
    try RunningCommand(
      executable: Self.binary, arguments: arguments,
      environment: environment.merging(extra) { $1 }, directory: directory)
  }

  /// Runs a shell script in the directory, with `idsync` as a command.
  ///
  /// - Parameter mounting: whether it has a name space of its own, in which it may mount file systems.
  func shell(_ script: String, mounting: Bool = false) async throws -> Outcome {
    let command = ["/bin/sh", "-c", "idsync() { '\(Self.binary.path)' \"$@\"; }\n\(script)"]
    let whole = mounting ? ["/usr/bin/unshare", "-rm"] + command : command
    let running = try RunningCommand(
      executable: URL(filePath: whole[0]), arguments: Array(whole.dropFirst()),
      environment: environment, directory: directory)
    return await running.outcome()
  }

  /// Whether this machine lets a user mount file systems in a name space of his own.
  static var mayMount: Bool {
    get async {
      let script = "mkdir -p \"$0\" && mount -t tmpfs none \"$0\""
      let place = FileManager.default.temporaryDirectory.appending(path: "idsync-mount").path
      let process = try? ChildProcess(
        URL(filePath: "/usr/bin/unshare"), ["-rm", "/bin/sh", "-c", script, place],
        environment: ["PATH": "/usr/bin:/bin"])
      return await process?.status == 0
    }
  }

  /// The program as built beside the tests.
  static let binary = Repository.product("idsync")
}

/// A command under way; its output goes to files, so that no pipe can fill.
final class RunningCommand: Sendable {
  let process: ChildProcess
  private let scratch: URL

  init(
    executable: URL, arguments: [String], environment: [String: String], directory: URL
  ) throws {
    let scratch = directory.appending(path: ".run-\(UUID().uuidString)")
    self.scratch = scratch
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    func file(_ name: String) throws -> FileHandle {
      let url = scratch.appending(path: name)
      try Data().write(to: url)
      return try FileHandle(forWritingTo: url)
    }
    process = try ChildProcess(
      executable, arguments, environment: environment, directory: directory,
      output: try file("out"), errors: try file("err"))
  }

  func kill() { process.signal(SIGKILL) }

  /// Waits for the end.
  func outcome() async -> Workbench.Outcome {
    let status = await process.status
    func text(_ name: String) -> String {
      let data = (try? Data(contentsOf: scratch.appending(path: name))) ?? Data()
      return String(decoding: data, as: UTF8.self)
    }
    defer { try? FileManager.default.removeItem(at: scratch) }
    return Workbench.Outcome(status: status, output: text("out"), errors: text("err"))
  }
}
