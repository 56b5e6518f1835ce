import Foundation

/// A server in Python beside the tests, with a directory of its own.
///
/// It prints a line of JSON when it listens. It is ended when it is let go; nothing waits for that.
final class PythonServer: Sendable {
  /// Why a server did not start.
  struct DidNotStart: Error {}

  /// Where it may write.
  let directory: URL
  /// What it printed.
  let hello: Data
  private let process: ChildProcess

  /// Starts a server and waits until it listens, on a thread that no other test needs.
  ///
  /// - Parameter arguments: made with its directory; the id of this process is added as `--parent`.
  static func start(
    _ script: String, _ arguments: @escaping @Sendable (URL) -> [String]
  ) async throws -> PythonServer {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(with: Result { try PythonServer(script, arguments) })
      }
    }
  }

  private init(_ script: String, _ arguments: (URL) -> [String]) throws {
    directory = FileManager.default.temporaryDirectory
      .appending(path: "idsync-server-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let output = Pipe()
    process = try ChildProcess(
      Python.interpreter,
      ["-W", "ignore", Repository.support.appending(path: script).path]
        + arguments(directory) + ["--parent", "\(getpid())"],
      environment: ["PYTHONDONTWRITEBYTECODE": "1"], output: output)
    var line = Data()
    while line.last != 0x0A {
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else { throw DidNotStart() }
      line += more
    }
    hello = line
  }

  deinit {
    process.signal(SIGTERM)
    try? FileManager.default.removeItem(at: directory)
  }

  /// The lines of a file that it writes, as JSON.
  func lines<T: Decodable>(_ type: T.Type, of file: String) throws -> [T] {
    guard let data = try? Data(contentsOf: directory.appending(path: file)) else { return [] }
    return try data.split(separator: 0x0A).map { try JSONDecoder().decode(type, from: $0) }
  }
}
