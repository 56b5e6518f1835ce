import Foundation

/// A real mail server (aiosmtpd) on loopback, which writes down what it takes.
///
/// It is ended when it is let go; nothing waits for that.
public final class SMTPSink: Sendable {
  /// Why a server did not start.
  public struct DidNotStart: Error {}

  /// Where it listens.
  public let port: Int
  /// The authority that signed its certificate, with TLS only.
  public let caFile: String?
  private let process: ChildProcess
  private let directory: URL

  /// Starts a server and waits until it listens, on a thread that no other test needs.
  ///
  /// - Parameter options: those of `smtp_sink.py`.
  public static func start(_ options: [String] = []) async throws -> SMTPSink {
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
    let output = Pipe()
    process = try ChildProcess(
      Python.interpreter,
      [
        "-W", "ignore", Repository.support.appending(path: "smtp_sink.py").path,
        "--messages", directory.appending(path: "messages.jsonl").path,
        "--cert-dir", directory.path, "--parent", "\(getpid())",
      ] + options, environment: ["PYTHONDONTWRITEBYTECODE": "1"], output: output)
    var line = Data()
    while line.last != 0x0A {
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else { throw DidNotStart() }
      line += more
    }
    struct Hello: Decodable {
      var port: Int
      var ca: String?
    }
    let hello = try JSONDecoder().decode(Hello.self, from: line)
    port = hello.port
    caFile = hello.ca
  }

  deinit {
    process.signal(SIGTERM)
    try? FileManager.default.removeItem(at: directory)
  }

  /// What it has taken so far, refused messages included.
  public var messages: [ParsedMail] {
    get throws {
      let url = directory.appending(path: "messages.jsonl")
      guard let data = try? Data(contentsOf: url) else { return [] }
      return try data.split(separator: 0x0A).map {
        try JSONDecoder().decode(ParsedMail.self, from: $0)
      }
    }
  }
}
