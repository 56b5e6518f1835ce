import Foundation

/// A real mail server (aiosmtpd) on loopback, which writes down what it takes.
public final class SMTPSink: Sendable {
  /// Where it listens.
  public let port: Int
  /// The authority that signed its certificate, with TLS only.
  public let caFile: String?
  private let server: PythonServer

  /// Starts a server and waits until it listens.
  ///
  /// - Parameter options: those of `smtp_sink.py`.
  public static func start(_ options: [String] = []) async throws -> SMTPSink {
    try SMTPSink(
      await PythonServer.start("smtp_sink.py") { directory in
        [
          "--messages", directory.appending(path: "messages.jsonl").path, "--cert-dir",
          directory.path,
        ] + options
      })
  }

  private init(_ server: PythonServer) throws {
    struct Hello: Decodable {
      var port: Int
      var ca: String?
    }
    let hello = try JSONDecoder().decode(Hello.self, from: server.hello)
    self.server = server
    port = hello.port
    caFile = hello.ca
  }

  /// What it has taken so far, refused messages included.
  public var messages: [ParsedMail] {
    get throws { try server.lines(ParsedMail.self, of: "messages.jsonl") }
  }
}
