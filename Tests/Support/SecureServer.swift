import Foundation

/// An HTTPS server and a proxy before it, on loopback, which write down what they see.
public final class SecureServer: Sendable {
  /// One request to the server or the proxy.
  public struct Entry: Decodable, Sendable {
    /// `request` or `proxy`.
    public var kind: String
    /// The request line.
    public var line: String
    /// The fields by lower-case name.
    public var headers: [String: String]
    /// The version of TLS; nil at the proxy.
    public var tls: String?
  }

  /// Where the server listens.
  public let port: Int
  /// Where the proxy listens.
  public let proxyPort: Int
  /// The authority that signed the certificate.
  public let caFile: String
  private let server: PythonServer

  /// Starts both and waits until they listen.
  ///
  /// - Parameter options: those of `https_server.py`.
  public static func start(_ options: [String] = []) async throws -> SecureServer {
    try SecureServer(
      await PythonServer.start("https_server.py") { directory in
        ["--log", directory.appending(path: "log.jsonl").path, "--cert-dir", directory.path]
          + options
      })
  }

  private init(_ server: PythonServer) throws {
    struct Hello: Decodable {
      var port: Int
      var proxy: Int
      var ca: String
    }
    let hello = try JSONDecoder().decode(Hello.self, from: server.hello)
    self.server = server
    port = hello.port
    proxyPort = hello.proxy
    caFile = hello.ca
  }

  /// What was seen so far.
  public var entries: [Entry] {
    get throws { try server.lines(Entry.self, of: "log.jsonl") }
  }
}
