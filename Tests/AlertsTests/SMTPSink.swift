import Foundation
import Testing

/// A real mail server on loopback, which writes down what it takes.
final class SMTPSink: @unchecked Sendable {
  // Unchecked because of the process, which only init and deinit touch.
  let port: Int
  let caFile: String?
  private let process = Process()
  private let stdin = Pipe()
  private let directory: URL

  /// Starts a server and waits until it listens, on a thread that no other test needs.
  static func start(_ options: [String] = []) async throws -> SMTPSink {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(with: Result { try SMTPSink(options) })
      }
    }
  }

  private init(_ options: [String]) throws {
    directory = FileManager.default.temporaryDirectory
      .appending(path: "idsync-sink-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    process.executableURL = Python.interpreter
    process.arguments =
      [
        "-W", "ignore", Python.support.appending(path: "smtp_sink.py").path,
        "--messages", directory.appending(path: "messages.jsonl").path,
        "--cert-dir", directory.path,
      ] + options
    process.environment = ["PYTHONDONTWRITEBYTECODE": "1"]
    let stdout = Pipe()
    process.standardOutput = stdout
    process.standardError = FileHandle.nullDevice
    process.standardInput = stdin
    try process.run()
    struct Hello: Decodable {
      var port: Int
      var ca: String?
    }
    var line = Data()
    while line.last != 0x0A {
      let more = stdout.fileHandleForReading.availableData
      if more.isEmpty { break }
      line += more
    }
    let hello = try JSONDecoder().decode(Hello.self, from: line)
    port = hello.port
    caFile = hello.ca
  }

  deinit {
    try? stdin.fileHandleForWriting.close()
    process.terminate()
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: directory)
  }

  /// What it has taken so far, refused messages included.
  var messages: [ParsedMail] {
    get throws {
      let url = directory.appending(path: "messages.jsonl")
      guard let data = try? Data(contentsOf: url) else { return [] }
      return try data.split(separator: 0x0A).map {
        try JSONDecoder().decode(ParsedMail.self, from: $0)
      }
    }
  }
}
