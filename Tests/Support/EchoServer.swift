import Foundation

/// A server on loopback that refuses every request and gives back what the request carried, in many forms.
public final class EchoServer: Sendable {
  /// Where it listens.
  public let origin: String
  private let server: PythonServer

  /// Starts it and waits until it listens.
  ///
  /// - Parameter status: what every request is answered.
  public static func start(status: Int) async throws -> EchoServer {
    try EchoServer(
      await PythonServer.start("echo_server.py") { _ in ["--status", String(status)] })
  }

  private init(_ server: PythonServer) throws {
    struct Hello: Decodable { var port: Int }
    origin = "http://127.0.0.1:\(try JSONDecoder().decode(Hello.self, from: server.hello).port)"
    self.server = server
  }
}
